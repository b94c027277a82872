//! What can be wrong with a history, in words that say what to do.

use core::fmt;

use super::record::EVENTS_MAX;

/// What is wrong with a history, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: u32,
    /// What is wrong.
    pub what: FaultKind,
}

/// What is wrong with a line of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A process asks while an operation of its own is open.
    StillOpen {
        /// Whose.
        process: String,
        /// The line of the open operation.
        since: u32,
    },
    /// A process asks after one of its operations ended in nobody knows what.
    Crashed {
        /// Whose.
        process: String,
        /// The line of the operation that never ended.
        since: u32,
    },
    /// Something ends that was not asked.
    NotAsked {
        /// Whose.
        process: String,
    },
    /// Something else ends than was asked.
    Other {
        /// Whose.
        process: String,
        /// The line of what was asked.
        since: u32,
    },
    /// The time is before the line before.
    Backwards,
    /// A compare-and-set is not told as a pair.
    NoPair,
    /// The answer of a compare-and-set is neither true nor false nor its pair.
    NoTruth,
    /// Nothing is appended or enqueued.
    NoValue,
    /// The history has too many events.
    TooLong,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StillOpen { process, since } => write!(
                f,
                "{process} asks before its operation of line {since} ended; \
                 end that one first, or give each client that works at the same time a process of its own"
            ),
            Self::Crashed { process, since } => write!(
                f,
                "{process} asks again, but its operation of line {since} ended as `info` and stays open for ever; \
                 let the client go on as a new process"
            ),
            Self::NotAsked { process } => {
                write!(f, "an operation of {process} ends that was never invoked; put its `invoke` line before this one")
            }
            Self::Other { process, since } => write!(
                f,
                "{process} ends another operation than it invoked in line {since}; `f`, `key` and what is written must be the same in both"
            ),
            Self::Backwards => f.write_str("the time is before that of the line before; sort the lines by time"),
            Self::NoPair => f.write_str("a `cas` needs the value [expected, new]"),
            Self::NoTruth => {
                f.write_str("a `cas` ends with true if it was set, with false if something else was there, or with its pair if it was set")
            }
            Self::NoValue => f.write_str("a value is needed here: what is appended or enqueued can't be null"),
            Self::TooLong => write!(f, "a history has at most {EVENTS_MAX} events; check it in parts"),
        }
    }
}
