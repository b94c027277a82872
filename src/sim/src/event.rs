//! What happened: events, each with the event that made it happen.

use core::fmt;

use crate::action::{Action, By, ClockChange};
use crate::id::{EventId, MsgId, OpId, ProcessId};
use crate::network::Change;
use crate::process::{BreachOf, MsgOf, NoteOf, OpOf, OutcomeOf, Protocol, TimerOf};
use crate::refused::Refused;
use crate::time::Time;
use crate::world::{EVENTS_MAX, EVENTS_PER_INSTANT_MAX, IN_FLIGHT_MAX, INBOX_MAX};

/// One event of a run.
pub struct Event<P: Protocol> {
    /// Its number in the trace.
    pub id: EventId,
    /// When it happened.
    pub at: Time,
    /// At which process, if at one.
    pub process: Option<ProcessId>,
    /// The event that made it happen: see [`EventKind`]. `None` for what came from outside.
    pub cause: Option<EventId>,
    /// What happened.
    pub kind: EventKindOf<P>,
}

/// What an event is. A step (one input of a process, with all its effects) has one root event:
/// `Started`, `Restarted`, `Requested`, `Delivered` or `TimerFired`. It is the cause of all that the step does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EventKind<M, T, N, O, R, B> {
    /// A process came up for the first time.
    Started,
    /// A process was stopped: its memory, its timers and what it had not fsynced are gone.
    Crashed {
        /// Who did it.
        by: By,
        /// How many writes that were not fsynced are on its disk all the same.
        kept: u32,
    },
    /// A crashed process was built again from its disk.
    Restarted {
        /// Who did it.
        by: By,
    },
    /// Links were cut, in one act.
    Cut {
        /// Who did it.
        by: By,
        /// The sides, as meant by the act.
        sides: Vec<Vec<ProcessId>>,
        /// The links that were whole until now, as (sender, receiver).
        links: Vec<(ProcessId, ProcessId)>,
    },
    /// Links were mended.
    Healed {
        /// Who did it.
        by: By,
        /// The links that were cut until now, as (sender, receiver).
        links: Vec<(ProcessId, ProcessId)>,
    },
    /// A process was asked for something from outside.
    Requested {
        /// Who asked.
        by: By,
        /// For what.
        op: O,
    },
    /// A scheduled action could not be done.
    Refused {
        /// Whose action it was.
        by: By,
        /// The action.
        action: Box<Action<O>>,
        /// Why it could not be done.
        why: Refused,
    },
    /// A process sent a message. Caused by the step's root.
    Sent {
        /// The message's number.
        id: MsgId,
        /// Its receiver.
        to: ProcessId,
        /// When it arrives, if nothing happens to it.
        due: Time,
        /// What it says.
        message: M,
    },
    /// A message arrived. Caused by its `Sent`, which holds what it says.
    Delivered {
        /// The message's number.
        id: MsgId,
        /// Its sender.
        from: ProcessId,
        /// Its `Sent` event.
        sent: EventId,
    },
    /// A message was lost. Caused by the cut or the crash that lost it, unless [`Loss`] says otherwise.
    Dropped {
        /// The message's number.
        id: MsgId,
        /// Its sender.
        from: ProcessId,
        /// Its receiver.
        to: ProcessId,
        /// Its `Sent` event, which holds what it says.
        sent: EventId,
        /// Why it was lost.
        loss: Loss,
    },
    /// A timer ran out. Caused by the root of the step that set it.
    TimerFired {
        /// Its name.
        timer: T,
        /// When it was set.
        set_at: Time,
    },
    /// A process explained itself. Caused by the step's root.
    Noted(N),
    /// A client began an operation. Caused by the step's root.
    Invoked {
        /// Which.
        id: OpId,
        /// What it asks for.
        op: O,
    },
    /// A client's operation ended. Caused by the step's root.
    Completed {
        /// Which.
        id: OpId,
        /// What it came to.
        outcome: R,
    },
    /// The disk of a process that is down was emptied.
    Wiped {
        /// Who did it.
        by: By,
    },
    /// A process's fsync began to lie, or works again.
    FsyncSet {
        /// Who did it.
        by: By,
        /// Whether it lies now.
        lies: bool,
    },
    /// A process was stalled.
    Paused {
        /// Who did it.
        by: By,
    },
    /// A stalled process goes on.
    Resumed {
        /// Who did it.
        by: By,
    },
    /// A process was made slow, or fast again.
    Slowed {
        /// Who did it.
        by: By,
        /// What it needs for one input, in units of [`crate::world::WORK`]; 0 for nothing.
        times: u16,
    },
    /// A process's clock was changed.
    ClockSet {
        /// Who did it.
        by: By,
        /// How.
        change: ClockChange,
    },
    /// Somebody made a timer run out before its time. The `TimerFired` that it causes follows.
    Expired {
        /// Who did it.
        by: By,
        /// Which.
        timer: T,
    },
    /// Links treat what is sent over them otherwise from now on.
    Shaped {
        /// Who did it.
        by: By,
        /// Which links, as (sender, receiver).
        links: Vec<(ProcessId, ProcessId)>,
        /// What changed; `None` for all as at first.
        change: Option<Change>,
    },
    /// A message on its way was held up.
    Delayed {
        /// Who did it.
        by: By,
        /// Which.
        id: MsgId,
        /// Its `Sent` event.
        sent: EventId,
        /// When it arrives now.
        due: Time,
    },
    /// A message will arrive once more. Caused by its `Sent` if by chance, else by nothing before.
    Duplicated {
        /// Who did it; `None` for the network by itself.
        by: Option<By>,
        /// Which.
        id: MsgId,
        /// The number of the copy.
        copy: MsgId,
        /// The `Sent` event of both, which holds what it says.
        sent: EventId,
        /// When the copy arrives.
        due: Time,
    },
    /// A message arrived at a process that is stalled or busy, and waits there. Caused by its `Sent`.
    Waits {
        /// The message's number.
        id: MsgId,
        /// Its sender.
        from: ProcessId,
        /// Its `Sent` event.
        sent: EventId,
    },
    /// A rule was broken. Caused by the root of the step after which it was seen.
    Breached(B),
    /// The run hit a limit and goes no further.
    Halted(Limit),
}

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    /// Its link was cut while it was on its way.
    CutInFlight,
    /// Its link was cut when it was sent.
    SentIntoCut,
    /// Its receiver was down when it arrived.
    ReceiverDown,
    /// There is no link to its receiver. Caused by the step's root.
    NoLink,
    /// The network lost it by chance. Caused by its `Sent`.
    Chance,
    /// Somebody picked it and lost it. Caused by nothing before.
    Picked(By),
}

/// A bound that keeps a run from going on for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// [`crate::world::EVENTS_PER_INSTANT_MAX`]: virtual time stood still for too many events.
    EventsInOneInstant,
    /// [`crate::world::EVENTS_MAX`]: the run has too many events altogether.
    EventsInAll,
    /// [`crate::world::IN_FLIGHT_MAX`]: too many messages are on their way at once.
    MessagesInFlight,
    /// [`crate::world::INBOX_MAX`]: too much waits for a process that is stalled or slow.
    Inbox,
}

/// As a clause: `more than 4096 messages are on their way at once`.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventsInOneInstant => write!(f, "more than {EVENTS_PER_INSTANT_MAX} things happen at one moment"),
            Self::EventsInAll => write!(f, "more than {EVENTS_MAX} things have happened"),
            Self::MessagesInFlight => write!(f, "more than {IN_FLIGHT_MAX} messages are on their way at once"),
            Self::Inbox => write!(f, "more than {INBOX_MAX} inputs wait for one process"),
        }
    }
}

/// The event kinds of protocol `P`.
pub type EventKindOf<P> = EventKind<MsgOf<P>, TimerOf<P>, NoteOf<P>, OpOf<P>, OutcomeOf<P>, BreachOf<P>>;

// Derived impls would ask for `P: Hash` and so on; what has to have them is what `P` is made of.
impl<P: Protocol> Clone for Event<P> {
    fn clone(&self) -> Self {
        Self { id: self.id, at: self.at, process: self.process, cause: self.cause, kind: self.kind.clone() }
    }
}

impl<P: Protocol> core::hash::Hash for Event<P> {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        (self.id, self.at, self.process, self.cause).hash(state);
        self.kind.hash(state);
    }
}

impl<P: Protocol> fmt::Debug for Event<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {} ", self.id.0, self.at)?;
        if let Some(process) = self.process {
            write!(f, "p{} ", process.0)?;
        }
        self.kind.fmt(f)?;
        self.cause.map_or(Ok(()), |cause| write!(f, " <- #{}", cause.0))
    }
}
