//! The state machine that the log drives: a key-value store that applies each operation once.

use litemap::LiteMap;

use sim::{OpId, ProcessId};

use crate::op::{Op, Outcome};
use crate::raft::log::Command;

/// The store, with each client's latest answer: together they give exactly-once semantics (§8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Machine {
    values: LiteMap<String, String>,
    sessions: LiteMap<ProcessId, Session>,
}

/// The latest operation of a client that was applied. Clients have one operation outstanding, so one is enough.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Session {
    seq: u32,
    outcome: Outcome,
}

impl Machine {
    /// Applies a committed command. A client's operation that was applied before, or that its client has
    /// given up and gone past, changes nothing.
    pub fn apply(&mut self, command: &Command) {
        let Command::Client { id, op } = command else { return };
        if self.is_past(*id) {
            return;
        }
        let outcome = match op {
            Op::Put { key, value } => {
                self.values.insert(key.clone(), value.clone());
                Outcome::Written
            }
            Op::Get { key } => Outcome::Value(self.values.get(key).cloned()),
            _ => return, // H2
        };
        self.sessions.insert(id.client, Session { seq: id.seq, outcome });
    }

    /// Whether an operation or a later one of its client was applied.
    #[must_use]
    pub fn is_past(&self, id: OpId) -> bool {
        self.sessions.get(&id.client).is_some_and(|session| id.seq <= session.seq)
    }

    /// What an operation came to, if it is its client's latest that was applied.
    #[must_use]
    pub fn outcome(&self, id: OpId) -> Option<&Outcome> {
        self.sessions.get(&id.client).filter(|session| session.seq == id.seq).map(|session| &session.outcome)
    }

    /// The keys and their values, by key.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}
