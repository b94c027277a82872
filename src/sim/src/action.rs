//! Actions: the only way in which anything from outside enters a run. They are recorded with their time.

use serde::{Deserialize, Serialize};

use crate::id::{MsgId, ProcessId};
use crate::network::Change;
use crate::time::{Span, Time};

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
    /// Cut every link from a process of one group to a process of a later group; the ways back stay whole.
    PartitionOneWay {
        /// The sides of the cut; at least two.
        groups: Vec<Vec<Target>>,
    },
    /// Change how links treat what is sent over them from now on: traffic shaping.
    Shape {
        /// The sender, or everybody.
        from: Option<Target>,
        /// The receiver, or everybody.
        to: Option<Target>,
        /// Whether the ways back are shaped too.
        both: bool,
        /// What changes; `None` for all as the scenario has it.
        change: Option<Change>,
    },
    /// Lose one message that is on its way.
    DropMessage(Pick),
    /// Let one message that is on its way arrive later.
    DelayMessage {
        /// Which.
        pick: Pick,
        /// How much later than it would.
        by: Span,
    },
    /// Let one message that is on its way arrive once more, after a latency of its own, drawn at this moment.
    DuplicateMessage(Pick),
    /// Stop a process in the middle of writing: the first `kept` of its writes that were not fsynced are on its
    /// disk all the same, the rest is lost.
    CrashTorn {
        /// Who.
        who: Target,
        /// How many of these writes stay, oldest first.
        kept: u32,
    },
    /// Empty the disk of a process that is down.
    Wipe(Target),
    /// From now on a process's fsync does nothing and says that it did (`lies`), or works again. A restart keeps that.
    SetFsync {
        /// Whose.
        who: Target,
        /// Whether it lies.
        lies: bool,
    },
    /// Stall a process, as a long garbage collection does: it keeps its memory, and takes no step. What arrives
    /// waits for it, and its timers run out late. A crash ends the stall, and loses what waited.
    Pause(Target),
    /// Let a stalled process go on: it takes what has waited for it, in order.
    Resume(Target),
    /// Make a process slow: it handles one input at a time, and each takes `times` × [`crate::world::WORK`].
    /// 0 for as fast as at first. Work that it is at begins anew at the new speed. A restart keeps that.
    Slow {
        /// Who.
        who: Target,
        /// How slow.
        times: u16,
    },
    /// Change a process's clock.
    SetClock {
        /// Whose.
        who: Target,
        /// How.
        change: ClockChange,
    },
    /// Let a timer of a process run out now.
    Expire {
        /// Whose.
        who: Target,
        /// The protocol's word for the timer ([`crate::Protocol::timer_named`]).
        timer: String,
    },
}

/// A message that is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pick {
    /// This one.
    Id(MsgId),
    /// Of those that fit, the `nth` (from 0) in the order of sending.
    Fitting {
        /// The protocol's word for its kind ([`crate::Protocol::kind`]), or any.
        kind: Option<String>,
        /// Its sender, or anybody.
        from: Option<Target>,
        /// Its receiver, or anybody.
        to: Option<Target>,
        /// Which of them, from 0.
        nth: u8,
    },
}

/// A change of a process's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClockChange {
    /// Its time of day jumps by so many µs, ahead or back. Timers, which measure spans, do not notice.
    Step(i64),
    /// From now on it gains so many µs a second (loses, if negative): parts per million. Timers notice.
    Drift(i32),
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
