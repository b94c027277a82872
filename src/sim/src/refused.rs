//! Why an action can't be done.

use core::fmt;

use crate::event::Limit;
use crate::id::ProcessId;

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
    /// The run is over.
    Ended,
    /// The run hit a limit and goes no further.
    Halted(Limit),
    /// There are [`crate::timeline::BRANCHES_MAX`] branches already.
    TooManyBranches,
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
            Self::Ended => f.write_str("the run is over"),
            Self::Halted(_) => f.write_str("the run has hit a limit and goes no further"),
            Self::TooManyBranches => f.write_str("there are too many branches"),
        }
    }
}

impl std::error::Error for Refused {}
