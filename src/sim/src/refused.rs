//! Why an action can't be done.

use core::fmt;

use crate::event::Limit;
use crate::id::{MsgId, ProcessId};

/// Why an action can't be done at the moment it was meant for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Refused {
    /// There is no process with this number.
    NoSuchProcess(ProcessId),
    /// Nobody plays this role at the moment, or fewer than `nth + 1` do.
    NobodyPlays {
        /// The protocol's word.
        role: String,
        /// Which of them was meant, from 0.
        nth: u8,
    },
    /// It is down already: it can't be crashed, nor asked for anything.
    Down(ProcessId),
    /// It runs already.
    Up(ProcessId),
    /// There is no link between the two.
    NoLink(ProcessId, ProcessId),
    /// Everything that would be cut is cut already, or there is nothing to cut.
    NothingToCut,
    /// Nothing of what would be mended is cut.
    NothingToHeal,
    /// A partition needs two sides with somebody on them.
    TooFewSides,
    /// A process stands on two sides of one partition.
    OnTwoSides(ProcessId),
    /// It is stalled already.
    Paused(ProcessId),
    /// It is not stalled, so it can't be let go on.
    NotPaused(ProcessId),
    /// It is just so already: as slow, its fsync as honest, its clock as fast.
    AsItIs(ProcessId),
    /// A clock can't run that much faster or slower: see [`crate::world::DRIFT_MAX`].
    TooMuchDrift(i32),
    /// A clock can't jump that far at once: see [`crate::world::STEP_MAX`].
    TooFarAStep(i64),
    /// No such message is on its way.
    NoSuchMessage(MsgId),
    /// Fewer than `nth + 1` messages that fit are on their way.
    NoMessageFits {
        /// Which of them was meant, from 0.
        nth: u8,
    },
    /// The protocol has no timer of this name.
    NoSuchTimer(String),
    /// The process has not set this timer.
    TimerNotSet {
        /// Who.
        who: ProcessId,
        /// The protocol's word.
        timer: String,
    },
    /// There is no link between those that are meant.
    NothingToShape,
    /// A latency from more to less, or a share of more than all.
    ImpossibleQuality,
    /// The run is over.
    Ended,
    /// The run hit a limit and goes no further.
    Halted(Limit),
    /// There are [`crate::timeline::BRANCHES_MAX`] branches already.
    TooManyBranches,
    /// There is no such branch.
    NoSuchBranch,
    /// The original run is no branch that can be deleted.
    OriginalBranch,
    /// The branch that is looked at can't be deleted.
    BranchInView,
    /// A branch's name has at most [`crate::timeline::BRANCH_NAME_MAX`] bytes.
    NameTooLong,
}

/// In plain words, with processes by number: who knows their names can say it better.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchProcess(p) => write!(f, "there is no process {}", p.0),
            Self::NobodyPlays { role, nth: 0 } => write!(f, "there is no {role} at the moment"),
            Self::NobodyPlays { role, nth } => write!(f, "there is no {role}:{nth} at the moment"),
            Self::Down(p) => write!(f, "process {} is down", p.0),
            Self::Up(p) => write!(f, "process {} is running", p.0),
            Self::NoLink(a, b) => write!(f, "there is no link between processes {} and {}", a.0, b.0),
            Self::NothingToCut => f.write_str("there is nothing left to cut there"),
            Self::NothingToHeal => f.write_str("nothing is cut there"),
            Self::TooFewSides => f.write_str("a partition needs two sides with somebody on them"),
            Self::OnTwoSides(p) => write!(f, "process {} stands on two sides", p.0),
            Self::Paused(p) => write!(f, "process {} is stalled already", p.0),
            Self::NotPaused(p) => write!(f, "process {} is not stalled", p.0),
            Self::AsItIs(p) => write!(f, "that would change nothing at process {}", p.0),
            Self::TooMuchDrift(ppm) => write!(f, "a clock can't drift by {ppm} ppm: at most 500000 either way"),
            Self::TooFarAStep(us) => write!(f, "a clock can't jump by {us} us at once: at most an hour either way"),
            Self::NoSuchMessage(id) => write!(f, "message {} is not on its way", id.0),
            Self::NoMessageFits { nth: 0 } => f.write_str("no such message is on its way"),
            Self::NoMessageFits { nth } => write!(f, "no more than {nth} such messages are on their way"),
            Self::NoSuchTimer(word) => write!(f, "there is no timer called {word}"),
            Self::TimerNotSet { who, timer } => write!(f, "process {} has not set its {timer} timer", who.0),
            Self::NothingToShape => f.write_str("there is no link between them"),
            Self::ImpossibleQuality => {
                f.write_str("a latency goes from less to more, and a share is at most 1000000 parts per million")
            }
            Self::Ended => f.write_str("the run is over"),
            Self::Halted(limit) => write!(f, "the run goes no further, because {limit}"),
            Self::TooManyBranches => f.write_str("there are too many branches"),
            Self::NoSuchBranch => f.write_str("there is no such branch"),
            Self::OriginalBranch => f.write_str("the original run can't be deleted"),
            Self::BranchInView => f.write_str("the branch that is looked at can't be deleted"),
            Self::NameTooLong => f.write_str("the name is too long"),
        }
    }
}

impl std::error::Error for Refused {}
