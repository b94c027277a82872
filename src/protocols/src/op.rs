//! What clients ask of a replicated store, whatever protocol replicates it.

use serde::{Deserialize, Serialize};

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
    /// Read `key`.
    Get {
        /// The key.
        key: String,
    },
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
}

/// As a reader writes it: `x = 7`, `read x`.
impl core::fmt::Display for Op {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Put { key, value } => write!(f, "{key} = {value}"),
            Self::Get { key } => write!(f, "read {key}"),
        }
    }
}
