//! Actions: the only way in which anything from outside enters a run. They are recorded with their time.

use serde::{Deserialize, Serialize};

use crate::id::ProcessId;
use crate::time::Time;

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum By {
    /// The scenario's own script.
    Lesson,
    /// The person at the lab.
    Reader,
}

/// Whom an action means: a process by name, or by the part that it plays at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Target {
    /// This process.
    Process(ProcessId),
    /// The `nth` process (from 0, in the order of ids) that plays this role when the action happens.
    /// The protocol says what its roles are ([`crate::Protocol::find`]).
    Role {
        /// The protocol's word, such as `leader`.
        role: String,
        /// Which of them, from 0.
        nth: u8,
    },
}

impl From<ProcessId> for Target {
    fn from(id: ProcessId) -> Self {
        Self::Process(id)
    }
}

/// Something done to the run from outside. `Op` is what the protocol's clients can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action<Op> {
    /// Cut every link between processes of different groups, in both directions, as one cut.
    /// A process in no group keeps its links.
    Partition {
        /// The sides of the cut; at least two.
        groups: Vec<Vec<Target>>,
    },
    /// Cut this process off from all others.
    Isolate(Target),
    /// Cut one link; only the direction `from` to `to` if `both` is false.
    Cut {
        /// One end: the sender, if only one direction is cut.
        from: Target,
        /// The other end.
        to: Target,
        /// Whether the way back is cut too.
        both: bool,
    },
    /// Mend one link; only the direction `from` to `to` if `both` is false.
    Heal {
        /// One end.
        from: Target,
        /// The other end.
        to: Target,
        /// Whether the way back is mended too.
        both: bool,
    },
    /// Mend every link.
    HealAll,
    /// Stop a process: what it fsynced stays, the rest of its disk and all its memory is lost.
    Crash(Target),
    /// Start a crashed process again from its disk.
    Restart(Target),
    /// Ask a process (usually a client) to do something.
    Request {
        /// Who is asked.
        to: Target,
        /// What it is asked for.
        op: Op,
    },
}

/// An action with its time and its author.
///
/// What the lesson does at a moment happens before anything else of that moment. What the reader does
/// happens after everything else of it, because the reader has seen it. So a run's script in order of
/// (time, author) says without doubt what happened when, and a reader's actions can be moved into
/// another run's script and mean the same there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scheduled<Op> {
    /// When.
    pub at: Time,
    /// Who.
    pub by: By,
    /// What.
    pub action: Action<Op>,
}
