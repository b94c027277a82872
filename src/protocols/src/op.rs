//! What clients ask of a replicated store, whatever protocol replicates it.

use serde::{Deserialize, Serialize};
use sim::ProcessId;

use crate::scenario::Reads;

/// A client's operation on a key-value store.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Op {
    /// Set `key` to `value`.
    Put {
        /// The key.
        key: String,
        /// Its new value.
        value: String,
    },
    /// Read `key`, as the scenario says reads are served.
    Get {
        /// The key.
        key: String,
    },
    /// Read `key`, served in this way.
    Read {
        /// The key.
        key: String,
        /// How.
        how: Reads,
    },
    /// Put `value` at the end of what `key` has, or set it if it has nothing.
    Append {
        /// The key.
        key: String,
        /// What is added.
        value: String,
    },
    /// Set `key` to `value` if it has the value `expected` (compare-and-set).
    Cas {
        /// The key.
        key: String,
        /// What it must have; `None` for nothing.
        expected: Option<String>,
        /// Its new value.
        value: String,
    },
    /// Remove `key`.
    Delete {
        /// The key.
        key: String,
    },
    /// Something that an operator asks a server for.
    Admin(Admin),
}

impl Op {
    /// Whether it is done by an entry of its own in the log, whatever the scenario's settings.
    #[must_use]
    pub const fn is_logged(&self) -> bool {
        matches!(self, Self::Put { .. } | Self::Append { .. } | Self::Cas { .. } | Self::Delete { .. })
    }
}

/// What an operator asks of a server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Admin {
    /// Hand the leadership over to this server (thesis §3.10).
    Transfer(ProcessId),
    /// Let this server receive the log without a vote (a learner, thesis §4.2.1).
    AddLearner(ProcessId),
    /// Let this server vote: one more (thesis §4.1), or by way of a joint configuration (paper §6).
    AddVoter(ProcessId),
    /// Take this server out.
    Remove(ProcessId),
    /// Let exactly these servers vote, by way of a joint configuration (paper §6).
    Reconfigure(Vec<ProcessId>),
    /// Take a snapshot and drop the log that it covers (§7).
    Compact,
}

/// What an operation came to, as far as its client knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// A write was acknowledged.
    Written,
    /// A read returned this value; `None` if the key has none.
    Value(Option<String>),
    /// The client gave up waiting. The operation may have taken effect, or may yet.
    Unknown,
    /// A compare-and-set found this instead of what it expected, and changed nothing.
    Mismatch(Option<String>),
}

impl Op {
    /// The key that it is about.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Put { key, .. }
            | Self::Get { key }
            | Self::Read { key, .. }
            | Self::Append { key, .. }
            | Self::Cas { key, .. }
            | Self::Delete { key } => Some(key),
            Self::Admin(_) => None,
        }
    }

    /// The key that it reads and how that is served, if it is a read. `usual` is how reads are served that do not
    /// say it themselves.
    #[must_use]
    pub fn read(&self, usual: Reads) -> Option<(&str, Reads)> {
        match self {
            Self::Get { key } => Some((key, usual)),
            Self::Read { key, how } => Some((key, *how)),
            _ => None,
        }
    }
}

/// As a reader writes it: `x = 7`, `read x`.
impl core::fmt::Display for Op {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Put { key, value } => write!(f, "{key} = {value}"),
            Self::Get { key } | Self::Read { key, .. } => write!(f, "read {key}"),
            Self::Append { key, value } => write!(f, "{key} + {value}"),
            Self::Cas { key, expected, value } => {
                write!(f, "{key}: {} → {value}", expected.as_deref().unwrap_or("nothing"))
            }
            Self::Delete { key } => write!(f, "delete {key}"),
            Self::Admin(admin) => match admin {
                Admin::Transfer(_) => f.write_str("transfer"),
                Admin::AddLearner(_) => f.write_str("add learner"),
                Admin::AddVoter(_) => f.write_str("add"),
                Admin::Remove(_) => f.write_str("remove"),
                Admin::Reconfigure(_) => f.write_str("reconfigure"),
                Admin::Compact => f.write_str("compact"),
            },
        }
    }
}
