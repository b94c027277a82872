//! What can be seen of a world.

use super::World;
use super::inbox::Waiting;
use super::seat::Seat;
use crate::event::Limit;
use crate::flight::InFlight;
use crate::id::{EventId, ProcessId};
use crate::links::Cut;
use crate::network::{Change, Quality};
use crate::process::{Disk, DiskOf, Monitor, MsgOf, Process, Protocol, TimerOf};
use crate::time::Time;

/// A timer that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArmedTimer<T> {
    /// Its name.
    pub timer: T,
    /// When it was set.
    pub set_at: Time,
    /// When it runs out.
    pub due: Time,
    /// The root event of the step that set it.
    pub set_by: EventId,
}

impl<P: Protocol> World<P> {
    /// The moment. Everything up to and with it has happened.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// The processes by id; `None` where one is down.
    #[must_use]
    pub fn processes(&self) -> &[Option<P::Process>] {
        &self.processes
    }

    /// One process; `None` while it is down.
    #[must_use]
    pub fn process(&self, id: ProcessId) -> Option<&P::Process> {
        self.processes.get(id.index()).and_then(Option::as_ref)
    }

    /// What a process has on disk for good: what it would be restarted from.
    #[must_use]
    pub fn disk(&self, id: ProcessId) -> &DiskOf<P> {
        &self.seats[id.index()].disk
    }

    /// The writes that a crash now would undo, oldest first.
    #[must_use]
    pub fn unsynced(&self, id: ProcessId) -> &[<DiskOf<P> as Disk>::Write] {
        &self.seats[id.index()].unsynced
    }

    /// A process's timers that are set.
    pub fn timers(&self, id: ProcessId) -> impl Iterator<Item = ArmedTimer<TimerOf<P>>> {
        self.seats[id.index()].timers.iter().filter_map(|slot| {
            let armed = slot.armed?;
            Some(ArmedTimer { timer: slot.timer, set_at: armed.set_at, due: armed.key.0, set_by: armed.set_by })
        })
    }

    /// One of a process's timers, if it is set.
    #[must_use]
    pub fn timer(&self, id: ProcessId, timer: TimerOf<P>) -> Option<ArmedTimer<TimerOf<P>>> {
        self.timers(id).find(|armed| armed.timer == timer)
    }

    /// Whether a process is stalled.
    #[must_use]
    pub fn is_paused(&self, id: ProcessId) -> bool {
        self.seats[id.index()].paused
    }

    /// How slow a process is: what it needs for one input, in units of [`WORK`]. It stays so over a restart.
    #[must_use]
    pub fn slowness(&self, id: ProcessId) -> u16 {
        self.seats[id.index()].slowness
    }

    /// Whether a process's fsync does nothing and says that it did.
    #[must_use]
    pub fn lies(&self, id: ProcessId) -> bool {
        self.seats[id.index()].lies
    }

    /// What a process's own clock shows.
    #[must_use]
    pub fn clock(&self, id: ProcessId) -> Time {
        self.seats[id.index()].clock.shows(self.now)
    }

    /// A process's time of day, in µs.
    #[must_use]
    pub fn wall(&self, id: ProcessId) -> i64 {
        self.seats[id.index()].clock.wall(self.now)
    }

    /// What a process's clock gains on the true time, in parts per million.
    #[must_use]
    pub fn drift(&self, id: ProcessId) -> i32 {
        self.seats[id.index()].clock.drift()
    }

    /// The messages that have arrived at a process and wait for it, in the order of arrival.
    pub fn inbox(&self, id: ProcessId) -> impl Iterator<Item = &InFlight<MsgOf<P>>> {
        self.seats[id.index()].inbox.iter().filter_map(|waiting| match waiting {
            Waiting::Message(flight) => Some(flight),
            Waiting::Timer(..) | Waiting::Request(..) => None,
        })
    }

    /// How the link from one process to another treats what is sent over it now.
    #[must_use]
    pub fn quality(&self, from: ProcessId, to: ProcessId) -> Quality {
        self.links.quality(from, to)
    }

    /// In what a link from one process to another is not as it was at first, if somebody changed it.
    #[must_use]
    pub fn changed(&self, from: ProcessId, to: ProcessId) -> Option<Change> {
        self.links.shape_of((from, to))
    }

    /// The messages on their way, in the order of sending.
    pub fn in_flight(&self) -> impl Iterator<Item = &InFlight<MsgOf<P>>> {
        self.in_flight.iter()
    }

    /// Whether there is a link from one process to another, cut or whole.
    #[must_use]
    pub fn is_linked(&self, from: ProcessId, to: ProcessId) -> bool {
        self.links.exists(from, to)
    }

    /// Whether messages from one process to another are cut off.
    #[must_use]
    pub fn is_cut(&self, from: ProcessId, to: ProcessId) -> bool {
        self.links.exists(from, to) && self.links.cut_by(from, to).is_some()
    }

    /// The cuts in force, oldest first: one for each act of cutting.
    #[must_use]
    pub fn cuts(&self) -> &[Cut] {
        self.links.cuts()
    }

    /// What watches for broken rules, with what it remembers.
    #[must_use]
    pub fn monitor(&self) -> &P::Monitor {
        &self.monitor
    }

    /// The limit that has stopped the run, if one has.
    #[must_use]
    pub fn halted(&self) -> Option<Limit> {
        self.halted
    }

    /// About how many bytes a clone takes: what bounds checkpoints.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let processes: usize = self.processes.iter().flatten().map(Process::bytes).sum();
        let seats: usize = self.seats.iter().map(Seat::bytes).sum();
        let network = self.in_flight.bytes() + self.links.bytes() + self.queue.bytes();
        size_of::<Self>() + processes + seats + network + self.monitor.bytes()
    }

    /// How many events have happened.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.events
    }
}
