//! The whole state of a run at one moment, and the rules by which the next thing happens to it.
//!
//! A world is a value: a clone of it is a checkpoint. It never looks at the trace that it writes, so
//! that a replay without recording goes the same way.

mod act;
mod clock;
mod deed;
mod inbox;
mod look;
mod seat;
mod step;

pub use clock::{DRIFT_MAX, STEP_MAX};
pub use look::ArmedTimer;

use crate::action::{Action, By, Scheduled};
use crate::draw::Chance;
use crate::event::{Event, EventKind, EventKindOf, Limit};
use crate::flight::Flights;
use crate::id::{EventId, ProcessId};
use crate::links::Links;
use crate::network::Network;
use crate::process::{EffectOf, Monitor, MsgOf, OpOf, Protocol};
use crate::queue::{Due, Key, Queue};
use crate::refused::Refused;
use crate::time::{Span, Time};
use crate::trace::Trace;
use seat::Seat;

/// The most events of one instant. Ten thousand is far more than any honest moment has, and takes
/// a few milliseconds.
pub const EVENTS_PER_INSTANT_MAX: u32 = 10_000;

/// The most events of a run. A ten-minute run of five servers has about 300,000; an event takes some
/// 100 to 150 bytes, so that a trace stays below 150 MB.
pub const EVENTS_MAX: u32 = 1_000_000;

/// The most messages on their way at once. Honest runs have a few hundred at most. It also keeps
/// checkpoints small.
pub const IN_FLIGHT_MAX: u32 = 4_096;

/// The most processes of a run, servers and clients together. Links grow with the square of it.
pub const PROCESSES_MAX: u8 = 200;

/// The most inputs that wait for one process.
pub const INBOX_MAX: u32 = 4_096;

/// What handling one input takes a slow process, for each unit of its slowness.
pub const WORK: Span = Span::from_millis(1);

/// What stays the same over a whole run.
#[derive(Clone)]
pub(crate) struct Setup<P: Protocol> {
    pub(crate) protocol: P,
    pub(crate) chance: Chance,
    pub(crate) network: Network,
}

/// The state of a run at one moment.
#[derive(Clone)]
pub struct World<P: Protocol> {
    now: Time,
    processes: Vec<Option<P::Process>>,
    seats: Vec<Seat<P>>,
    in_flight: Flights<MsgOf<P>>,
    links: Links,
    queue: Queue,
    monitor: P::Monitor,
    halted: Option<Limit>,
    /// How much of the script has been done.
    scripted: usize,
    events: u32,
    events_this_instant: u32,
    messages: u32,
    inbox_overflows: bool,
    /// When somebody last duplicated a message, and how many times in that moment.
    copied_at: Time,
    copied_then: u32,
    /// Empty between steps; kept for their capacity.
    effects: Vec<EffectOf<P::Process>>,
    breaches: Vec<<P::Monitor as Monitor<P::Process>>::Breach>,
}

/// What happens next.
enum Next {
    Scripted,
    Queued(Key, Due),
}

/// Moving it on.
impl<P: Protocol> World<P> {
    /// A world in which every process has just started, at time zero, in the order of ids.
    pub(crate) fn new(setup: &Setup<P>, trace: &mut Trace<P>) -> Self {
        let population = setup.protocol.population();
        assert!(population <= PROCESSES_MAX, "a run has at most {PROCESSES_MAX} processes, not {population}");
        let seats: Vec<Seat<P>> = (0..population).map(|id| Seat::new(setup.protocol.disk(ProcessId(id)))).collect();
        let boot = |id| Some(setup.protocol.boot(ProcessId(id), &seats[usize::from(id)].disk));
        let mut world = Self {
            now: Time::ZERO,
            processes: (0..population).map(boot).collect(),
            in_flight: Flights::default(),
            links: Links::new(population, &setup.network, |a, b| setup.protocol.linked(a, b)),
            queue: Queue::default(),
            monitor: setup.protocol.monitor(),
            halted: None,
            scripted: 0,
            events: 0,
            events_this_instant: 0,
            messages: 0,
            inbox_overflows: false,
            copied_at: Time::ZERO,
            copied_then: 0,
            effects: Vec::new(),
            breaches: Vec::new(),
            seats,
        };
        for id in (0..population).map(ProcessId) {
            let root = world.emit(trace, Some(id), None, || EventKind::Started);
            world.react(setup, trace, id, root, step::Input::Start);
        }
        world
    }

    /// How much of the script has been done: where an action of this moment would be put in.
    pub(crate) fn scripted(&self) -> usize {
        self.scripted
    }

    /// When the next thing happens, if anything is to come.
    pub(crate) fn next_due(&mut self, script: &[Scheduled<OpOf<P>>]) -> Option<Time> {
        match self.next(script)? {
            Next::Scripted => Some(script[self.scripted].at),
            Next::Queued((at, _), _) => Some(at),
        }
    }

    /// Lets the next thing happen, if it happens no later than `until`. Says whether it did.
    pub(crate) fn step(
        &mut self,
        setup: &Setup<P>,
        script: &[Scheduled<OpOf<P>>],
        until: Time,
        trace: &mut Trace<P>,
    ) -> bool {
        let Some(next) = self.next(script) else { return false };
        let at = match next {
            Next::Scripted => script[self.scripted].at,
            Next::Queued((at, _), _) => at,
        };
        if at > until {
            return false;
        }
        self.pass_to(at);
        if let Some(limit) = self.limit_reached() {
            self.emit(trace, None, None, || EventKind::Halted(limit));
            self.halted = Some(limit);
            return false;
        }
        match next {
            Next::Scripted => {
                let scheduled = &script[self.scripted];
                self.scripted += 1;
                self.act(setup, trace, scheduled);
            }
            Next::Queued(_, due) => {
                self.queue.pop();
                match due {
                    Due::Arrival(id) => self.arrive(setup, trace, id),
                    Due::Timer(who, place) => self.run_out(setup, trace, who, place),
                    Due::Work(who) => self.work(setup, trace, who),
                }
            }
        }
        true
    }

    /// Lets time pass in which nothing happens. In a halted world time stands still.
    pub(crate) fn pass_to(&mut self, at: Time) {
        debug_assert!(at >= self.now, "time never goes back");
        if at > self.now && self.halted.is_none() {
            self.now = at;
            self.events_this_instant = 0;
        }
    }

    /// Whether an action can be done now.
    pub(crate) fn check(&self, setup: &Setup<P>, action: &Action<OpOf<P>>) -> Result<(), Refused> {
        self.halted.map_or(Ok(()), |limit| Err(Refused::Halted(limit)))?;
        self.resolve(setup, action).map(drop)
    }

    fn limit_reached(&self) -> Option<Limit> {
        if self.events_this_instant >= EVENTS_PER_INSTANT_MAX {
            Some(Limit::EventsInOneInstant)
        } else if self.events >= EVENTS_MAX {
            Some(Limit::EventsInAll)
        } else if self.in_flight.count() > IN_FLIGHT_MAX {
            Some(Limit::MessagesInFlight)
        } else if self.inbox_overflows {
            Some(Limit::Inbox)
        } else {
            None
        }
    }

    /// What happens next. At one moment: the lesson's actions, all that is queued, the reader's actions.
    fn next(&mut self, script: &[Scheduled<OpOf<P>>]) -> Option<Next> {
        if self.halted.is_some() {
            return None;
        }
        let queued = self.next_queued();
        let scripted = script.get(self.scripted).map(|scheduled| match scheduled.by {
            By::Lesson => (scheduled.at, 0),
            By::Reader => (scheduled.at, u64::MAX),
        });
        match (scripted, queued) {
            (Some(scripted), Some((key, due))) if key < scripted => Some(Next::Queued(key, due)),
            (Some(_), _) => Some(Next::Scripted),
            (None, queued) => queued.map(|(key, due)| Next::Queued(key, due)),
        }
    }

    /// The first entry of the queue that is not out of date. Drops those before it.
    fn next_queued(&mut self) -> Option<(Key, Due)> {
        loop {
            let (key, due) = self.queue.peek()?;
            let current = match due {
                Due::Arrival(id) => self.in_flight.get(id).is_some_and(|flight| flight.due == key.0),
                Due::Work(who) => self.seats[who.index()].at_work == Some(key),
                Due::Timer(who, place) => self.is_timer_due(who, place, key),
            };
            if current {
                return Some((key, due));
            }
            self.queue.pop();
            if let Due::Timer(who, place) = due {
                self.requeue_timer(who, place, key);
            }
        }
    }

    fn is_timer_due(&self, who: ProcessId, place: u8, key: Key) -> bool {
        let slot = self.seats[who.index()].timers.get(usize::from(place));
        slot.is_some_and(|slot| slot.queued == Some(key) && slot.armed.is_some_and(|armed| armed.key == key))
    }

    /// A timer's entry has come up too early, because the timer was set anew meanwhile, or for nothing.
    fn requeue_timer(&mut self, who: ProcessId, place: u8, key: Key) {
        let slot = self.seats[who.index()].timers.get_mut(usize::from(place));
        let Some(slot) = slot.filter(|slot| slot.queued == Some(key)) else { return };
        slot.queued = slot.armed.map(|armed| armed.key);
        if let Some(key) = slot.queued {
            self.queue.push(key, Due::Timer(who, place));
        }
    }

    /// Counts an event, and records it unless the trace has it already.
    fn emit(
        &mut self,
        trace: &mut Trace<P>,
        process: Option<ProcessId>,
        cause: Option<EventId>,
        kind: impl FnOnce() -> EventKindOf<P>,
    ) -> EventId {
        let id = EventId(self.events);
        self.events += 1;
        self.events_this_instant += 1;
        if trace.lacks(id) {
            trace.push(Event { id, at: self.now, process, cause, kind: kind() });
        }
        id
    }
}
