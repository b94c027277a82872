//! What the kernel asks of a protocol: plain values that turn an input into effects.
//!
//! A [`Process`] does no I/O. It never reads a clock or a random number but through its [`Context`],
//! so the same type runs in the simulator, in unit tests with no network at all, and in an
//! exhaustive model checker.

use core::fmt::Debug;
use core::hash::Hash;

use crate::draw::{Chance, Purpose};
use crate::id::{OpId, ProcessId};
use crate::time::{Span, Time};

/// What survives a crash. The kernel keeps it; a process changes it by [`Context::write`] and makes
/// the change lasting by [`Context::fsync`].
pub trait Disk: Clone + Default {
    /// One change.
    type Write: Clone + Debug + Hash;

    /// Makes the change.
    fn apply(&mut self, write: &Self::Write);

    /// About how many bytes a clone takes that it does not share with the original: what bounds checkpoints.
    fn bytes(&self) -> usize {
        size_of_val(self)
    }
}

/// A server or a client: a sans-I/O state machine.
pub trait Process: Clone + Sized {
    /// What travels over links.
    type Msg: Clone + Debug + Hash;
    /// The names of its timers. Each is set at most once at a time.
    type Timer: Copy + Ord + Debug + Hash;
    /// Its disk.
    type Disk: Disk;
    /// A rule that fired or a state that changed, for the trace: what "why?" is told from.
    type Note: Clone + Debug + Hash;
    /// What it can be asked from outside.
    type Op: Clone + Debug + Hash;
    /// What an operation comes to.
    type Outcome: Clone + Debug + Hash;

    /// The process has come up, for the first time or after a crash. It was built from its disk by
    /// [`Protocol::boot`].
    fn start(&mut self, ctx: &mut Context<'_, Self>);
    /// A message has arrived.
    fn on_message(&mut self, from: ProcessId, msg: Self::Msg, ctx: &mut Context<'_, Self>);
    /// A timer that it set has run out.
    fn on_timer(&mut self, timer: Self::Timer, ctx: &mut Context<'_, Self>);
    /// Someone outside asks for something.
    fn on_request(&mut self, op: Self::Op, ctx: &mut Context<'_, Self>);

    /// About how many bytes a clone takes that it does not share with the original: what bounds checkpoints.
    fn bytes(&self) -> usize {
        size_of_val(self)
    }
}

/// A protocol with its settings: how many processes there are, how each is built, and what must always hold.
pub trait Protocol: Clone {
    /// Its servers and clients, as one type.
    type Process: Process;
    /// What watches the whole cluster for broken rules.
    type Monitor: Monitor<Self::Process>;

    /// How many processes there are, servers and clients together.
    fn population(&self) -> u8;

    /// What a process's disk holds at first.
    fn disk(&self, _id: ProcessId) -> <Self::Process as Process>::Disk {
        Default::default()
    }

    /// Builds a process from what its disk holds.
    fn boot(&self, id: ProcessId, disk: &<Self::Process as Process>::Disk) -> Self::Process;

    /// Builds the monitor of a run.
    fn monitor(&self) -> Self::Monitor;

    /// Whether there is a link between two processes. Links go both ways unless cut.
    fn linked(&self, a: ProcessId, b: ProcessId) -> bool;

    /// The `nth` process (from 0, in the order of ids) that plays `role` now, if there is one.
    /// `processes` holds `None` where a process is down.
    fn find(&self, role: &str, nth: u8, processes: &[Option<Self::Process>]) -> Option<ProcessId>;

    /// The protocol's word for a message's kind, such as `RequestVote`.
    fn kind(message: &<Self::Process as Process>::Msg) -> &'static str;

    /// The timer that a word means, such as `election`.
    fn timer_named(word: &str) -> Option<<Self::Process as Process>::Timer>;
}

/// Watches for broken rules: told after each step of a process, and remembers what it must.
/// It is part of the run's state, so it is cloned into checkpoints: keep it small and incremental.
pub trait Monitor<P: Process>: Clone {
    /// A broken rule with the facts that contradict each other.
    type Breach: Clone + Debug + Hash;

    /// `who` has just taken a step (an input handled with all its effects), or has crashed or come up.
    /// Says which rules that broke. A rule that stays broken is reported once.
    fn observe(&mut self, at: Time, who: ProcessId, processes: &[Option<P>], breaches: &mut Vec<Self::Breach>);

    /// About how many bytes a clone takes that it does not share with the original: what bounds checkpoints.
    fn bytes(&self) -> usize {
        size_of_val(self)
    }
}

/// Something that a step asked for. Effects take place in order, after the step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect<M, T, W, N, O, R> {
    /// Send a message.
    Send {
        /// To whom.
        to: ProcessId,
        /// What.
        msg: M,
    },
    /// Set a timer, in place of the one of that name if it is set.
    SetTimer {
        /// Its name.
        timer: T,
        /// How long from now, on the process's own clock.
        after: Span,
    },
    /// Unset a timer, if it is set.
    CancelTimer {
        /// Its name.
        timer: T,
    },
    /// Change the disk. Until the next fsync a crash undoes it.
    Write(W),
    /// Make all writes so far lasting, before anything that follows.
    Fsync,
    /// Explain.
    Note(N),
    /// A client begins an operation.
    Invoke {
        /// Which.
        id: OpId,
        /// What it asks for.
        op: O,
    },
    /// A client's operation has ended, as far as the client knows.
    Complete {
        /// Which.
        id: OpId,
        /// What it came to.
        outcome: R,
    },
}

/// The effects that a process of type `P` can ask for.
pub type EffectOf<P> = Effect<
    <P as Process>::Msg,
    <P as Process>::Timer,
    <<P as Process>::Disk as Disk>::Write,
    <P as Process>::Note,
    <P as Process>::Op,
    <P as Process>::Outcome,
>;

/// A process's only window on the world during one step.
#[derive(Debug)]
pub struct Context<'a, P: Process> {
    id: ProcessId,
    clock: Time,
    wall: i64,
    at: Time,
    chance: Chance,
    draws: u32,
    effects: &'a mut Vec<EffectOf<P>>,
}

impl<'a, P: Process> Context<'a, P> {
    /// A window for one step of process `id`: `at` is the true time, `clock` what its own clock shows.
    /// `effects` collects what it asks for.
    #[must_use]
    pub fn new(id: ProcessId, at: Time, clock: Time, chance: Chance, effects: &'a mut Vec<EffectOf<P>>) -> Self {
        Self { id, clock, wall: clock.0.cast_signed(), at, chance, draws: 0, effects }
    }

    /// The same window, for a process whose time of day is not what its clock shows.
    #[must_use]
    pub fn at_wall(self, wall: i64) -> Self {
        Self { wall, ..self }
    }

    /// The same window, for a process that has drawn so many times already in this moment.
    #[must_use]
    pub fn after_draws(self, draws: u32) -> Self {
        Self { draws, ..self }
    }

    /// How many times the process has drawn in this moment.
    #[must_use]
    pub fn draws(&self) -> u32 {
        self.draws
    }

    /// Who takes this step.
    #[must_use]
    pub fn id(&self) -> ProcessId {
        self.id
    }

    /// What the process's own clock shows: it never goes back, but may be fast or slow. Timers run on it.
    #[must_use]
    pub fn clock(&self) -> Time {
        self.clock
    }

    /// The process's time of day, in µs: its own clock with all the jumps that somebody made it take. It may go
    /// back, and below zero.
    #[must_use]
    pub fn wall(&self) -> i64 {
        self.wall
    }

    /// A random span from `low` to `high`, both included.
    pub fn random_span(&mut self, low: Span, high: Span) -> Span {
        let nth = self.draws;
        self.draws += 1;
        self.chance.span(Purpose::Process, u64::from(self.id.0), self.at, nth, low, high)
    }

    /// Sends a message.
    pub fn send(&mut self, to: ProcessId, msg: P::Msg) {
        self.effects.push(Effect::Send { to, msg });
    }

    /// Sets a timer to run out after `after` on the process's own clock, in place of the one of that name.
    pub fn set_timer(&mut self, timer: P::Timer, after: Span) {
        self.effects.push(Effect::SetTimer { timer, after });
    }

    /// Unsets a timer.
    pub fn cancel_timer(&mut self, timer: P::Timer) {
        self.effects.push(Effect::CancelTimer { timer });
    }

    /// Changes the disk. A crash before the next [`Context::fsync`] undoes it.
    pub fn write(&mut self, write: <P::Disk as Disk>::Write) {
        self.effects.push(Effect::Write(write));
    }

    /// Makes all writes so far lasting. What is sent after this is sent only once they are.
    pub fn fsync(&mut self) {
        self.effects.push(Effect::Fsync);
    }

    /// Tells the trace which rule fired or what changed.
    pub fn note(&mut self, note: P::Note) {
        self.effects.push(Effect::Note(note));
    }

    /// Records that a client begins an operation.
    pub fn invoke(&mut self, id: OpId, op: P::Op) {
        self.effects.push(Effect::Invoke { id, op });
    }

    /// Records that a client's operation has ended.
    pub fn complete(&mut self, id: OpId, outcome: P::Outcome) {
        self.effects.push(Effect::Complete { id, outcome });
    }
}

/// What travels between the processes of protocol `P`.
pub type MsgOf<P> = <<P as Protocol>::Process as Process>::Msg;
/// The timers of the processes of protocol `P`.
pub type TimerOf<P> = <<P as Protocol>::Process as Process>::Timer;
/// The disk of the processes of protocol `P`.
pub type DiskOf<P> = <<P as Protocol>::Process as Process>::Disk;
/// What the processes of protocol `P` tell the trace.
pub type NoteOf<P> = <<P as Protocol>::Process as Process>::Note;
/// What the processes of protocol `P` can be asked for.
pub type OpOf<P> = <<P as Protocol>::Process as Process>::Op;
/// What operations of protocol `P` come to.
pub type OutcomeOf<P> = <<P as Protocol>::Process as Process>::Outcome;
/// A broken rule of protocol `P`.
pub type BreachOf<P> = <<P as Protocol>::Monitor as Monitor<<P as Protocol>::Process>>::Breach;
