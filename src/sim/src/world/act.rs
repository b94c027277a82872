//! Actions: doing them, once it is known whom they mean and that they can be done.

use super::deed::Deed;
use super::seat::Armed;
use super::step::Input;
use super::{Setup, World};
use crate::action::{Action, By, ClockChange, Scheduled};
use crate::draw::Purpose;
use crate::event::{EventKind, Loss};
use crate::flight::InFlight;
use crate::id::{MsgId, ProcessId};
use crate::links::{Cut, Direction};
use crate::network::Sending;
use crate::process::{OpOf, Protocol};
use crate::queue::Due;
use crate::time::Span;
use crate::trace::Trace;

impl<P: Protocol> World<P> {
    pub(super) fn act(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, scheduled: &Scheduled<OpOf<P>>) {
        let by = scheduled.by;
        let deed = match self.resolve(setup, &scheduled.action) {
            Ok(deed) => deed,
            Err(why) => {
                let action = || Box::new(scheduled.action.clone());
                self.emit(trace, None, None, || EventKind::Refused { by, action: action(), why });
                return;
            }
        };
        match deed {
            Deed::Cut { sides, links } => self.cut(trace, by, sides, links),
            Deed::Heal { links } => {
                self.links.heal(&links);
                self.emit(trace, None, None, || EventKind::Healed { by, links });
            }
            Deed::Shape { links, change } => {
                self.links.shape(&links, change);
                self.emit(trace, None, None, || EventKind::Shaped { by, links, change });
            }
            Deed::Drop(id) => {
                let InFlight { from, to, sent, .. } = self.in_flight.take(id).expect("it is on its way");
                let loss = Loss::Picked(by);
                self.emit(trace, None, None, || EventKind::Dropped { id, from, to, sent, loss });
            }
            Deed::Delay(id, span) => self.delay(trace, by, id, span),
            Deed::Duplicate(id) => self.duplicate_picked(setup, trace, by, id),
            Deed::Crash { who, kept } => self.crash(trace, by, who, kept),
            Deed::Restart(who) => {
                let root = self.emit(trace, Some(who), None, || EventKind::Restarted { by });
                let seat = &mut self.seats[who.index()];
                seat.crashed_by = None;
                self.processes[who.index()] = Some(setup.protocol.boot(who, &seat.disk));
                self.react(setup, trace, who, root, Input::Start);
            }
            Deed::Wipe(who) => {
                self.seats[who.index()].disk = Default::default();
                self.emit(trace, Some(who), None, || EventKind::Wiped { by });
            }
            Deed::SetFsync { who, lies } => {
                self.seats[who.index()].lies = lies;
                self.emit(trace, Some(who), None, || EventKind::FsyncSet { by, lies });
            }
            Deed::Pause(who) => {
                self.emit(trace, Some(who), None, || EventKind::Paused { by });
                self.seats[who.index()].paused = true;
                self.take_up(who);
            }
            Deed::Resume(who) => {
                self.emit(trace, Some(who), None, || EventKind::Resumed { by });
                self.seats[who.index()].paused = false;
                self.take_up(who);
            }
            Deed::Slow { who, times } => {
                self.emit(trace, Some(who), None, || EventKind::Slowed { by, times });
                self.seats[who.index()].slowness = times;
                self.take_up(who);
            }
            Deed::SetClock { who, change } => {
                self.emit(trace, Some(who), None, || EventKind::ClockSet { by, change });
                self.set_clock(who, change);
            }
            Deed::Expire { who, place } => self.expire(setup, trace, by, who, place),
            Deed::Request(to) => {
                let Action::Request { op, .. } = &scheduled.action else { unreachable!("resolved from a request") };
                let asked = self.emit(trace, Some(to), None, || EventKind::Requested { by, op: op.clone() });
                self.ask(setup, trace, to, asked, op.clone());
            }
        }
    }

    /// Cuts links, and loses what is on its way over them.
    fn cut(&mut self, trace: &mut Trace<P>, by: By, sides: Vec<Vec<ProcessId>>, links: Vec<Direction>) {
        let event = self.emit(trace, None, None, || EventKind::Cut { by, sides: sides.clone(), links: links.clone() });
        self.links.cut(Cut { event, since: self.now, by, sides, links });
        let cut_off = |flight: &&InFlight<_>| self.links.cut_by(flight.from, flight.to).is_some();
        let lost: Vec<MsgId> = self.in_flight.iter().filter(cut_off).map(|flight| flight.id).collect();
        for id in lost {
            let InFlight { from, to, sent, .. } = self.in_flight.take(id).expect("it was on its way");
            let loss = Loss::CutInFlight;
            self.emit(trace, None, Some(event), || EventKind::Dropped { id, from, to, sent, loss });
        }
    }

    fn delay(&mut self, trace: &mut Trace<P>, by: By, id: MsgId, span: Span) {
        let flight = self.in_flight.get(id).expect("it is on its way");
        let (sent, due) = (flight.sent, flight.due + span);
        self.emit(trace, None, None, || EventKind::Delayed { by, id, sent, due });
        self.in_flight.put_off(id, due);
        let key = self.queue.key(due);
        self.queue.push(key, Due::Arrival(id));
    }

    fn duplicate_picked(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, by: By, id: MsgId) {
        if self.copied_at != self.now {
            (self.copied_at, self.copied_then) = (self.now, 0);
        }
        let original = self.in_flight.get(id).expect("it is on its way").clone();
        let (from, to, nth) = (original.from, original.to, self.copied_then);
        self.copied_then += 1;
        let sending = Sending { chance: setup.chance, from, to, at: self.now, nth };
        let latency = self.links.quality(from, to).copy_latency(sending, Purpose::PickedCopyLatency);
        self.duplicate(trace, original, Some(by), latency);
    }

    /// Stops a process. The first `kept` of its writes that were not fsynced are on its disk all the same.
    fn crash(&mut self, trace: &mut Trace<P>, by: By, who: ProcessId, kept: u32) {
        let crash = self.emit(trace, Some(who), None, || EventKind::Crashed { by, kept });
        self.processes[who.index()] = None;
        let seat = &mut self.seats[who.index()];
        seat.sync(kept as usize);
        seat.unsynced.clear();
        seat.timers.clear();
        seat.paused = false;
        seat.crashed_by = Some(crash);
        self.empty_inbox(trace, who, crash);
        self.observe(trace, who, crash);
    }

    /// Changes a clock. Timers that have not run out yet do so when it will show their time.
    fn set_clock(&mut self, who: ProcessId, change: ClockChange) {
        let seat = &mut self.seats[who.index()];
        let drift = match change {
            ClockChange::Step(by) => return seat.clock.step(by),
            ClockChange::Drift(drift) => drift,
        };
        seat.clock.set_drift(self.now, drift);
        for place in 0..self.seats[who.index()].timers.len() {
            let seat = &self.seats[who.index()];
            let running = seat.timers[place].armed.filter(|armed| armed.key.0 > self.now);
            let Some(armed) = running else { continue };
            let key = self.queue.key(seat.clock.when(armed.shows));
            self.arm(who, place, Armed { key, ..armed });
        }
    }

    /// Lets a timer run out now, because of this.
    fn expire(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, by: By, who: ProcessId, place: usize) {
        let timer = self.seats[who.index()].timers[place].timer;
        let set_by = self.emit(trace, Some(who), None, || EventKind::Expired { by, timer });
        let key = self.queue.key(self.now);
        let slot = &mut self.seats[who.index()].timers[place];
        slot.armed = slot.armed.map(|armed| Armed { key, set_by, ..armed });
        let place = u8::try_from(place).expect("a process has at most 256 timers");
        self.run_out(setup, trace, who, place);
    }
}
