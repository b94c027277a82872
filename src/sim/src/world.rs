//! The whole state of a run at one moment, and the rules by which the next thing happens to it.
//!
//! A world is a value: a clone of it is a checkpoint. It never looks at the trace that it writes, so
//! that a replay without recording goes the same way.

use core::mem;

use crate::action::{Action, By, Scheduled, Target};
use crate::draw::Chance;
use crate::event::{Event, EventKind, EventKindOf, Limit, Loss};
use crate::flight::{Flights, InFlight};
use crate::id::{EventId, MsgId, ProcessId};
use crate::network::{Cut, Links, Network};
use crate::process::{Context, Disk, DiskOf, Effect, EffectOf, Monitor, MsgOf, OpOf, Process, Protocol, TimerOf};
use crate::queue::{Due, Key, Queue};
use crate::refused::Refused;
use crate::time::Time;
use crate::trace::Trace;

/// The most events of one instant. Ten thousand is far more than any honest moment has, and takes
/// a few milliseconds.
pub const EVENTS_PER_INSTANT_MAX: u32 = 10_000;

/// The most events of a run. A ten-minute run of five servers has about 300,000; an event takes some
/// 100 to 150 bytes, so that a trace stays below 150 MB.
pub const EVENTS_MAX: u32 = 1_000_000;

/// The most messages on their way at once. Honest runs have a few hundred at most. It also keeps
/// checkpoints small.
pub const IN_FLIGHT_MAX: u32 = 4_096;

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
    /// Empty between steps; kept for their capacity.
    effects: Vec<EffectOf<P::Process>>,
    breaches: Vec<<P::Monitor as Monitor<P::Process>>::Breach>,
}

/// What the kernel keeps of a process besides its memory.
#[derive(Clone)]
struct Seat<P: Protocol> {
    disk: DiskOf<P>,
    unsynced: Vec<<DiskOf<P> as Disk>::Write>,
    timers: Vec<TimerSlot<TimerOf<P>>>,
    /// The crash that it is down from.
    crashed_by: Option<EventId>,
    /// When it last drew, and how many times in that moment.
    drawn_at: Time,
    drawn_then: u32,
}

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

/// A timer's place. Timers are mostly set anew long before they run out, so at most one queue entry
/// stands for each: if it comes up too early it is put back at the right time.
#[derive(Clone)]
struct TimerSlot<T> {
    timer: T,
    armed: Option<(Key, Time, EventId)>,
    queued: Option<Key>,
}

/// What a process is given in a step.
enum Input<P: Process> {
    Start,
    Message(ProcessId, P::Msg),
    Timer(P::Timer),
    Request(P::Op),
}

/// An action of which every part is known to exist.
enum Deed {
    Cut { sides: Vec<Vec<ProcessId>>, links: Vec<(ProcessId, ProcessId)> },
    Heal { links: Vec<(ProcessId, ProcessId)> },
    Crash(ProcessId),
    Restart(ProcessId),
    Request(ProcessId),
}

/// What happens next.
enum Next {
    Scripted,
    Queued(Key, Due),
}

/// Looking at it.
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
            let ((due, _), set_at, set_by) = slot.armed?;
            Some(ArmedTimer { timer: slot.timer, set_at, due, set_by })
        })
    }

    /// One of a process's timers, if it is set.
    #[must_use]
    pub fn timer(&self, id: ProcessId, timer: TimerOf<P>) -> Option<ArmedTimer<TimerOf<P>>> {
        self.timers(id).find(|armed| armed.timer == timer)
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

    /// How many events have happened.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.events
    }
}

/// Moving it on.
impl<P: Protocol> World<P> {
    /// A world in which every process has just started, at time zero, in the order of ids.
    pub(crate) fn new(setup: &Setup<P>, trace: &mut Trace<P>) -> Self {
        let population = setup.protocol.population();
        let seat = || Seat {
            disk: Default::default(),
            unsynced: Vec::new(),
            timers: Vec::new(),
            crashed_by: None,
            drawn_at: Time::ZERO,
            drawn_then: 0,
        };
        let seats: Vec<Seat<P>> = (0..population).map(|_| seat()).collect();
        let boot = |id| Some(setup.protocol.boot(ProcessId(id), &seats[usize::from(id)].disk));
        let mut world = Self {
            now: Time::ZERO,
            processes: (0..population).map(boot).collect(),
            in_flight: Flights::default(),
            links: Links::new(population, |a, b| setup.protocol.linked(a, b)),
            queue: Queue::default(),
            monitor: setup.protocol.monitor(),
            halted: None,
            scripted: 0,
            events: 0,
            events_this_instant: 0,
            messages: 0,
            effects: Vec::new(),
            breaches: Vec::new(),
            seats,
        };
        for id in (0..population).map(ProcessId) {
            let root = world.emit(trace, Some(id), None, || EventKind::Started);
            world.react(setup, trace, id, root, Input::Start);
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
                    Due::Timer(who, slot) => self.fire(setup, trace, who, slot),
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
            match due {
                Due::Arrival(id) => {
                    if self.in_flight.contains(id) {
                        return Some((key, due));
                    }
                    self.queue.pop();
                }
                Due::Timer(who, index) => {
                    let slot = self.seats[who.index()].timers.get_mut(usize::from(index));
                    let slot = slot.filter(|slot| slot.queued == Some(key));
                    if slot.as_ref().is_some_and(|slot| slot.armed.is_some_and(|(armed, ..)| armed == key)) {
                        return Some((key, due));
                    }
                    self.queue.pop();
                    if let Some(slot) = slot {
                        slot.queued = slot.armed.map(|(armed, ..)| armed);
                        if let Some(armed) = slot.queued {
                            self.queue.push(armed, due);
                        }
                    }
                }
            }
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

/// Messages, timers and what processes make of them.
impl<P: Protocol> World<P> {
    fn arrive(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, id: MsgId) {
        let flight = self.in_flight.take(id).expect("the queue's entry is up to date");
        let InFlight { from, to, sent, message, .. } = flight;
        if let Some(crash) = self.seats[to.index()].crashed_by {
            let loss = Loss::ReceiverDown;
            self.emit(trace, Some(to), Some(crash), || EventKind::Dropped { id, from, to, sent, loss });
            return;
        }
        let root = self.emit(trace, Some(to), Some(sent), || EventKind::Delivered { id, from, sent });
        self.react(setup, trace, to, root, Input::Message(from, message));
    }

    fn fire(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, who: ProcessId, slot: u8) {
        let slot = &mut self.seats[who.index()].timers[usize::from(slot)];
        let timer = slot.timer;
        let (_, set_at, set_by) = slot.armed.take().expect("the queue's entry is up to date");
        slot.queued = None;
        let root = self.emit(trace, Some(who), Some(set_by), || EventKind::TimerFired { timer, set_at });
        self.react(setup, trace, who, root, Input::Timer(timer));
    }

    /// One step of a process: it takes the input, then its effects take place in order.
    fn react(
        &mut self,
        setup: &Setup<P>,
        trace: &mut Trace<P>,
        who: ProcessId,
        root: EventId,
        input: Input<P::Process>,
    ) {
        let mut effects = mem::take(&mut self.effects);
        let process = self.processes[who.index()].as_mut().expect("only a running process takes a step");
        let seat = &mut self.seats[who.index()];
        if seat.drawn_at != self.now {
            (seat.drawn_at, seat.drawn_then) = (self.now, 0);
        }
        let mut ctx = Context::new(who, self.now, self.now, setup.chance, &mut effects).after_draws(seat.drawn_then);
        match input {
            Input::Start => process.start(&mut ctx),
            Input::Message(from, message) => process.on_message(from, message, &mut ctx),
            Input::Timer(timer) => process.on_timer(timer, &mut ctx),
            Input::Request(op) => process.on_request(op, &mut ctx),
        }
        seat.drawn_then = ctx.draws();
        for effect in effects.drain(..) {
            self.take_place(setup, trace, who, root, effect);
        }
        self.effects = effects;
        self.observe(trace, who, root);
    }

    fn take_place(
        &mut self,
        setup: &Setup<P>,
        trace: &mut Trace<P>,
        who: ProcessId,
        root: EventId,
        effect: EffectOf<P::Process>,
    ) {
        let seat = &mut self.seats[who.index()];
        match effect {
            Effect::Send { to, msg } => self.send(setup, trace, who, to, root, msg),
            Effect::SetTimer { timer, after } => {
                let key = self.queue.key(self.now + after);
                let index = seat.timers.iter().position(|slot| slot.timer == timer).unwrap_or_else(|| {
                    seat.timers.push(TimerSlot { timer, armed: None, queued: None });
                    seat.timers.len() - 1
                });
                let slot = &mut seat.timers[index];
                slot.armed = Some((key, self.now, root));
                if slot.queued.is_none_or(|queued| queued > key) {
                    slot.queued = Some(key);
                    let index = u8::try_from(index).expect("a process has at most 256 timers");
                    self.queue.push(key, Due::Timer(who, index));
                }
            }
            Effect::CancelTimer { timer } => {
                if let Some(slot) = seat.timers.iter_mut().find(|slot| slot.timer == timer) {
                    slot.armed = None;
                }
            }
            Effect::Write(write) => seat.unsynced.push(write),
            Effect::Fsync => {
                for write in seat.unsynced.drain(..) {
                    seat.disk.apply(&write);
                }
            }
            Effect::Note(note) => {
                self.emit(trace, Some(who), Some(root), || EventKind::Noted(note));
            }
            Effect::Invoke { id, op } => {
                self.emit(trace, Some(who), Some(root), || EventKind::Invoked { id, op });
            }
            Effect::Complete { id, outcome } => {
                self.emit(trace, Some(who), Some(root), || EventKind::Completed { id, outcome });
            }
        }
    }

    fn send(
        &mut self,
        setup: &Setup<P>,
        trace: &mut Trace<P>,
        from: ProcessId,
        to: ProcessId,
        root: EventId,
        message: MsgOf<P>,
    ) {
        let id = MsgId(self.messages);
        self.messages += 1;
        let exists = self.links.exists(from, to);
        // The latency is drawn even if the link is cut, so that a cut changes no other draw.
        let due = if exists {
            let nth = self.links.count_sending(from, to, self.now);
            self.now + setup.network.latency(setup.chance, from, to, self.now, nth)
        } else {
            self.now
        };
        let sent =
            self.emit(trace, Some(from), Some(root), || EventKind::Sent { id, to, due, message: message.clone() });
        let lost = match (exists, exists.then(|| self.links.cut_by(from, to)).flatten()) {
            (false, _) => Some((root, Loss::NoLink)),
            (true, Some(cut)) => Some((cut, Loss::SentIntoCut)),
            (true, None) => None,
        };
        if let Some((cause, loss)) = lost {
            self.in_flight.push(id, None);
            self.emit(trace, Some(from), Some(cause), || EventKind::Dropped { id, from, to, sent, loss });
            return;
        }
        self.in_flight.push(id, Some(InFlight { id, from, to, sent_at: self.now, due, sent, message }));
        let key = self.queue.key(due);
        self.queue.push(key, Due::Arrival(id));
    }

    /// Lets the monitor look, after a step of `who`.
    fn observe(&mut self, trace: &mut Trace<P>, who: ProcessId, root: EventId) {
        let mut breaches = mem::take(&mut self.breaches);
        self.monitor.observe(self.now, who, &self.processes, &mut breaches);
        for breach in breaches.drain(..) {
            self.emit(trace, Some(who), Some(root), || EventKind::Breached(breach));
        }
        self.breaches = breaches;
    }
}

/// Actions.
impl<P: Protocol> World<P> {
    fn act(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, scheduled: &Scheduled<OpOf<P>>) {
        let by = scheduled.by;
        match self.resolve(setup, &scheduled.action) {
            Err(why) => {
                let action = || Box::new(scheduled.action.clone());
                self.emit(trace, None, None, || EventKind::Refused { by, action: action(), why });
            }
            Ok(Deed::Cut { sides, links }) => self.cut(trace, by, sides, links),
            Ok(Deed::Heal { links }) => {
                self.links.heal(&links);
                self.emit(trace, None, None, || EventKind::Healed { by, links });
            }
            Ok(Deed::Crash(who)) => {
                let crash = self.emit(trace, Some(who), None, || EventKind::Crashed { by });
                self.processes[who.index()] = None;
                let seat = &mut self.seats[who.index()];
                seat.unsynced.clear();
                seat.timers.clear();
                seat.crashed_by = Some(crash);
                self.observe(trace, who, crash);
            }
            Ok(Deed::Restart(who)) => {
                let root = self.emit(trace, Some(who), None, || EventKind::Restarted { by });
                let seat = &mut self.seats[who.index()];
                seat.crashed_by = None;
                self.processes[who.index()] = Some(setup.protocol.boot(who, &seat.disk));
                self.react(setup, trace, who, root, Input::Start);
            }
            Ok(Deed::Request(to)) => {
                let Action::Request { op, .. } = &scheduled.action else { unreachable!("resolved from a request") };
                let root = self.emit(trace, Some(to), None, || EventKind::Requested { by, op: op.clone() });
                self.react(setup, trace, to, root, Input::Request(op.clone()));
            }
        }
    }

    /// Cuts links, and loses what is on its way over them.
    fn cut(&mut self, trace: &mut Trace<P>, by: By, sides: Vec<Vec<ProcessId>>, links: Vec<(ProcessId, ProcessId)>) {
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

    /// Finds out whom an action means and whether it can be done.
    fn resolve(&self, setup: &Setup<P>, action: &Action<OpOf<P>>) -> Result<Deed, Refused> {
        let find = |target: &Target| self.find(setup, target);
        match action {
            Action::Partition { groups } => {
                let sides =
                    groups.iter().map(|group| group.iter().map(find).collect()).collect::<Result<Vec<Vec<_>>, _>>()?;
                self.partition(sides)
            }
            Action::Isolate(target) => {
                let alone = find(target)?;
                let rest = self.ids().filter(|&id| id != alone).collect();
                self.partition(vec![vec![alone], rest])
            }
            Action::Cut { from, to, both } => {
                let (from, to) = (find(from)?, find(to)?);
                let links = self.directions(from, to, *both, false)?;
                if links.is_empty() {
                    Err(Refused::NothingToCut)
                } else {
                    Ok(Deed::Cut { sides: vec![vec![from], vec![to]], links })
                }
            }
            Action::Heal { from, to, both } => {
                let links = self.directions(find(from)?, find(to)?, *both, true)?;
                if links.is_empty() { Err(Refused::NothingToHeal) } else { Ok(Deed::Heal { links }) }
            }
            Action::HealAll => {
                let links: Vec<_> = self.links.cuts().iter().flat_map(|cut| cut.links.iter().copied()).collect();
                if links.is_empty() { Err(Refused::NothingToHeal) } else { Ok(Deed::Heal { links }) }
            }
            Action::Crash(target) => self.running(find(target)?).map(Deed::Crash),
            Action::Restart(target) => {
                let who = find(target)?;
                if self.process(who).is_some() { Err(Refused::Up(who)) } else { Ok(Deed::Restart(who)) }
            }
            Action::Request { to, .. } => self.running(find(to)?).map(Deed::Request),
        }
    }

    fn find(&self, setup: &Setup<P>, target: &Target) -> Result<ProcessId, Refused> {
        match target {
            Target::Process(id) if id.index() < self.processes.len() => Ok(*id),
            Target::Process(id) => Err(Refused::NoSuchProcess(*id)),
            Target::Role { role, nth } => {
                let found =
                    setup.protocol.find(role, *nth, &self.processes).filter(|id| id.index() < self.processes.len());
                found.ok_or_else(|| Refused::NobodyPlays { role: role.clone(), nth: *nth })
            }
        }
    }

    fn running(&self, who: ProcessId) -> Result<ProcessId, Refused> {
        if self.process(who).is_some() { Ok(who) } else { Err(Refused::Down(who)) }
    }

    fn ids(&self) -> impl Iterator<Item = ProcessId> + use<P> {
        let count = u8::try_from(self.processes.len()).expect("processes are numbered by a u8");
        (0..count).map(ProcessId)
    }

    /// The directions of a link that are cut, or those that are whole.
    fn directions(
        &self,
        from: ProcessId,
        to: ProcessId,
        both: bool,
        cut: bool,
    ) -> Result<Vec<(ProcessId, ProcessId)>, Refused> {
        if !self.links.exists(from, to) {
            return Err(Refused::NoLink(from, to));
        }
        let directions = [Some((from, to)), both.then_some((to, from))];
        Ok(directions.into_iter().flatten().filter(|&(a, b)| self.links.cut_by(a, b).is_some() == cut).collect())
    }

    /// Cuts whatever is whole between processes of different sides.
    fn partition(&self, sides: Vec<Vec<ProcessId>>) -> Result<Deed, Refused> {
        let mut side_of = vec![None; self.processes.len()];
        for (number, side) in sides.iter().enumerate() {
            for &who in side {
                if side_of[who.index()].replace(number).is_some_and(|other| other != number) {
                    return Err(Refused::OnTwoSides(who));
                }
            }
        }
        if sides.iter().filter(|side| !side.is_empty()).count() < 2 {
            return Err(Refused::TooFewSides);
        }
        let apart = |a: ProcessId, b: ProcessId| match (side_of[a.index()], side_of[b.index()]) {
            (Some(a), Some(b)) => a != b,
            _ => false,
        };
        let whole = |a, b| self.links.exists(a, b) && self.links.cut_by(a, b).is_none();
        let pairs = self.ids().flat_map(|a| self.ids().map(move |b| (a, b)));
        let links: Vec<_> = pairs.filter(|&(a, b)| apart(a, b) && whole(a, b)).collect();
        if links.is_empty() { Err(Refused::NothingToCut) } else { Ok(Deed::Cut { sides, links }) }
    }
}
