//! What happened: events, each with the event that made it happen.

use core::fmt;

use crate::action::{Action, By};
use crate::id::{EventId, MsgId, OpId, ProcessId};
use crate::process::{BreachOf, MsgOf, NoteOf, OpOf, OutcomeOf, Protocol, TimerOf};
use crate::refused::Refused;
use crate::time::Time;

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
    /// A message was lost. Caused by the cut or the crash that lost it.
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
