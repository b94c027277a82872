//! What the kernel keeps of a process besides its memory: its disk, its timers, its clock and what waits for it.

use std::collections::VecDeque;

use super::clock::Clock;
use super::inbox::Waiting;
use crate::id::EventId;
use crate::process::{Disk, DiskOf, Process, Protocol, TimerOf};
use crate::queue::Key;
use crate::time::Time;

#[derive(Clone)]
pub(super) struct Seat<P: Protocol> {
    pub(super) disk: DiskOf<P>,
    pub(super) unsynced: Vec<<DiskOf<P> as Disk>::Write>,
    /// Whether its fsync does nothing and says that it did.
    pub(super) lies: bool,
    pub(super) timers: Vec<TimerSlot<TimerOf<P>>>,
    pub(super) clock: Clock,
    /// The inputs that wait for it, in the order in which they became due.
    pub(super) inbox: VecDeque<Waiting<P::Process>>,
    /// The queue's entry for when it is done with the first of them, if it is at work on that.
    pub(super) at_work: Option<Key>,
    pub(super) paused: bool,
    /// What it needs for one input, in units of [`super::WORK`].
    pub(super) slowness: u16,
    /// The crash that it is down from.
    pub(super) crashed_by: Option<EventId>,
    /// When it last drew, and how many times in that moment.
    pub(super) drawn_at: Time,
    pub(super) drawn_then: u32,
}

/// A timer's place. Timers are mostly set anew long before they run out, so at most one queue entry
/// stands for each: if it comes up too early it is put back at the right time.
#[derive(Clone)]
pub(super) struct TimerSlot<T> {
    pub(super) timer: T,
    pub(super) armed: Option<Armed>,
    pub(super) queued: Option<Key>,
}

/// How a timer is set.
#[derive(Clone, Copy)]
pub(super) struct Armed {
    /// When it runs out. Without a queue entry: it has, and waits in the inbox.
    pub(super) key: Key,
    /// What the process's clock shows when it runs out.
    pub(super) shows: Time,
    pub(super) set_at: Time,
    /// The root event of the step that set it.
    pub(super) set_by: EventId,
}

impl<P: Protocol> Seat<P> {
    pub(super) fn new(disk: DiskOf<P>) -> Self {
        Self {
            disk,
            unsynced: Vec::new(),
            lies: false,
            timers: Vec::new(),
            clock: Clock::default(),
            inbox: VecDeque::new(),
            at_work: None,
            paused: false,
            slowness: 0,
            crashed_by: None,
            drawn_at: Time::ZERO,
            drawn_then: 0,
        }
    }

    /// Whether an input has to wait in the inbox.
    pub(super) fn makes_wait(&self) -> bool {
        self.paused || self.slowness > 0 || self.at_work.is_some()
    }

    /// The place of a timer in the table, if it was ever set.
    pub(super) fn slot(&self, timer: <P::Process as Process>::Timer) -> Option<usize> {
        self.timers.iter().position(|slot| slot.timer == timer)
    }

    /// About how many bytes a clone takes.
    pub(super) fn bytes(&self) -> usize {
        let unsynced = size_of_val(self.unsynced.as_slice());
        let timers = size_of_val(self.timers.as_slice());
        let inbox = self.inbox.len() * size_of::<Waiting<P::Process>>();
        size_of::<Self>() + self.disk.bytes() + unsynced + timers + inbox
    }

    /// Makes the first so many writes that were not fsynced lasting.
    pub(super) fn sync(&mut self, kept: usize) {
        for write in self.unsynced.drain(..kept) {
            self.disk.apply(&write);
        }
    }
}
