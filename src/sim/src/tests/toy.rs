//! A toy protocol for the kernel's own tests: processes that count their beats and greet each other.

use serde::{Deserialize, Serialize};

use crate::{
    Action, By, Context, Disk, Monitor, Network, OpId, Process, ProcessId, Protocol, Scheduled, Span, Target, Time,
    Timeline,
};

/// So many processes in a full mesh.
#[derive(Clone, Debug)]
pub(crate) struct Toy {
    pub(crate) population: u8,
}

#[derive(Clone, Debug, Hash)]
pub(crate) struct Greeter {
    id: ProcessId,
    population: u8,
    pub(crate) count: u64,
    pub(crate) heard: u64,
    pub(crate) lying: bool,
    asked: u32,
}

#[derive(Clone, Debug, Hash)]
pub(crate) enum Msg {
    Ping(u64),
    Pong(u64),
    /// Answered by two of its kind.
    Storm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Timer {
    Beat,
    Flood,
    /// Set anew at each message, so that it runs out only in silence.
    Silence,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Op {
    /// Count up, and fsync.
    Keep(u64),
    /// Count up without fsync.
    Risk(u64),
    /// Greet everyone out of turn.
    Greet,
    /// Greet a process that may not exist.
    GreetStranger(ProcessId),
    /// Set a timer of no length for ever.
    Flood,
    /// Send a message that breeds.
    Storm,
    /// Break the rule.
    Lie,
}

#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Count(pub(crate) u64);

impl Disk for Count {
    type Write = u64;
    fn apply(&mut self, write: &u64) {
        self.0 = *write;
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Silent;

pub(crate) type Ctx<'a> = Context<'a, Greeter>;

impl Greeter {
    fn greet(&self, ctx: &mut Ctx<'_>) {
        for to in (0..self.population).map(ProcessId).filter(|&to| to != self.id) {
            ctx.send(to, Msg::Ping(self.count));
        }
    }

    fn set_beat(ctx: &mut Ctx<'_>) {
        let span = ctx.random_span(Span::from_millis(20), Span::from_millis(40));
        ctx.set_timer(Timer::Beat, span);
    }
}

impl Process for Greeter {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Count;
    type Note = Silent;
    type Op = Op;
    type Outcome = u64;

    fn start(&mut self, ctx: &mut Ctx<'_>) {
        Self::set_beat(ctx);
    }

    fn on_message(&mut self, from: ProcessId, msg: Msg, ctx: &mut Ctx<'_>) {
        self.heard += 1;
        let patience = ctx.random_span(Span::from_millis(25), Span::from_millis(35));
        ctx.set_timer(Timer::Silence, patience);
        match msg {
            Msg::Ping(n) => ctx.send(from, Msg::Pong(n)),
            Msg::Pong(n) if n > 10_000 => ctx.cancel_timer(Timer::Silence),
            Msg::Pong(_) => {}
            Msg::Storm => (0..2).for_each(|_| ctx.send(from, Msg::Storm)),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx<'_>) {
        match timer {
            Timer::Beat => {
                self.count += 1;
                ctx.write(self.count);
                if self.count.is_multiple_of(3) {
                    ctx.fsync();
                }
                self.greet(ctx);
                Self::set_beat(ctx);
            }
            Timer::Flood => ctx.set_timer(Timer::Flood, Span::ZERO),
            Timer::Silence => ctx.note(Silent),
        }
    }

    fn on_request(&mut self, op: Op, ctx: &mut Ctx<'_>) {
        self.asked += 1;
        let id = OpId { client: self.id, seq: self.asked };
        ctx.invoke(id, op.clone());
        match op {
            Op::Keep(n) => {
                self.count += n;
                ctx.write(self.count);
                ctx.fsync();
            }
            Op::Risk(n) => {
                self.count += n;
                ctx.write(self.count);
            }
            Op::Greet => self.greet(ctx),
            Op::GreetStranger(who) => ctx.send(who, Msg::Ping(0)),
            Op::Flood => ctx.set_timer(Timer::Flood, Span::ZERO),
            Op::Storm => ctx.send(ProcessId(0), Msg::Storm),
            Op::Lie => self.lying = true,
        }
        ctx.complete(id, self.count);
    }
}

/// Nobody lies. Told once a lie.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Honesty {
    liars: Vec<ProcessId>,
}

impl Monitor<Greeter> for Honesty {
    type Breach = ProcessId;

    fn observe(&mut self, _at: Time, who: ProcessId, processes: &[Option<Greeter>], breaches: &mut Vec<ProcessId>) {
        let lies = processes[who.index()].as_ref().is_some_and(|process| process.lying);
        if lies && !self.liars.contains(&who) {
            self.liars.push(who);
            breaches.push(who);
        }
    }
}

impl Protocol for Toy {
    type Process = Greeter;
    type Monitor = Honesty;

    fn population(&self) -> u8 {
        self.population
    }

    fn boot(&self, id: ProcessId, disk: &Count) -> Greeter {
        Greeter { id, population: self.population, count: disk.0, heard: 0, lying: false, asked: 0 }
    }

    fn monitor(&self) -> Honesty {
        Honesty::default()
    }

    fn linked(&self, _a: ProcessId, _b: ProcessId) -> bool {
        true
    }

    fn kind(message: &Msg) -> &'static str {
        match message {
            Msg::Ping(_) => "ping",
            Msg::Pong(_) => "pong",
            Msg::Storm => "storm",
        }
    }

    fn timer_named(word: &str) -> Option<Timer> {
        match word {
            "beat" => Some(Timer::Beat),
            "flood" => Some(Timer::Flood),
            _ => None,
        }
    }

    /// `running`: the processes that run.
    fn find(&self, role: &str, nth: u8, processes: &[Option<Greeter>]) -> Option<ProcessId> {
        let mut running = processes.iter().flatten().map(|process| process.id).filter(|_| role == "running");
        running.nth(usize::from(nth))
    }
}

pub(crate) type Line = Scheduled<Op>;

pub(crate) const END: Time = Time(2_000_000);

/// A run of three processes up to 2 s with this script.
pub(crate) fn timeline(seed: u64, script: &[Line]) -> Timeline<Toy> {
    let network = Network::uniform(Span::from_millis(5), Span::from_millis(9));
    Timeline::new(Toy { population: 3 }, seed, network, script.to_vec(), END)
}

/// The same, run to its end.
pub(crate) fn finished(seed: u64, script: &[Line]) -> Timeline<Toy> {
    let mut timeline = timeline(seed, script);
    timeline.seek(END);
    timeline
}

/// What the lesson does at so many ms.
pub(crate) fn at(ms: u64, action: Action<Op>) -> Line {
    Scheduled { at: Time::ZERO + Span::from_millis(ms), by: By::Lesson, action }
}

pub(crate) fn ms(ms: u64) -> Time {
    Time::ZERO + Span::from_millis(ms)
}

pub(crate) fn p(id: u8) -> Target {
    ProcessId(id).into()
}

pub(crate) fn ask(id: u8, op: Op) -> Action<Op> {
    Action::Request { to: p(id), op }
}

pub(crate) fn split(left: &[u8], right: &[u8]) -> Action<Op> {
    let side = |ids: &[u8]| ids.iter().map(|&id| p(id)).collect();
    Action::Partition { groups: vec![side(left), side(right)] }
}

/// Everything there is to know of the world at the cursor, as text.
pub(crate) fn facts(timeline: &Timeline<Toy>) -> String {
    use core::fmt::Write;

    let world = timeline.world();
    let mut text = format!("{} {:?} {:?}\n", world.now(), world.monitor(), world.halted());
    for id in (0..timeline.protocol().population).map(ProcessId) {
        let timers: Vec<_> = world.timers(id).collect();
        let (process, disk, unsynced) = (world.process(id), world.disk(id), world.unsynced(id));
        writeln!(text, "{process:?} {disk:?} {unsynced:?} {timers:?}").expect("a string takes all text");
        let inbox: Vec<_> = world.inbox(id).collect();
        let (paused, slowness, lies) = (world.is_paused(id), world.slowness(id), world.lies(id));
        let (clock, wall) = (world.clock(id), world.wall(id));
        writeln!(text, "{inbox:?} {paused} {slowness} {lies} {clock} {wall}").expect("a string takes all text");
    }
    let flights: Vec<_> = world.in_flight().collect();
    writeln!(text, "{flights:?}\n{:?} {}", world.cuts(), world.events()).expect("a string takes all text");
    text
}
