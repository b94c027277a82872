//! The state machine that the log drives: a key-value store that applies each operation once.

use litemap::LiteMap;

use sim::{OpId, ProcessId};

use crate::op::{Op, Outcome};
use crate::raft::log::Command;
use crate::raft::snapshot::Item;

/// The store, with each client's latest answer: together they give exactly-once semantics (§8, thesis §6.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Machine {
    values: LiteMap<String, String>,
    sessions: LiteMap<ProcessId, Session>,
    effects: u64,
}

/// The latest operation of a client that was applied. Clients have one operation outstanding, so one is enough.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// Its number at the client.
    pub seq: u32,
    /// What it came to.
    pub outcome: Outcome,
}

/// What becomes of an operation that was applied before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retries {
    /// It changes nothing (§8).
    Filtered,
    /// It is applied again: the rule broken on purpose.
    Applied,
}

impl Machine {
    /// An empty store that has seen so many operations take effect: the beginning of a snapshot that arrives.
    #[must_use]
    pub fn with_effects(effects: u64) -> Self {
        Self { effects, ..Self::default() }
    }

    /// Applies a committed command. A client's operation that was applied before, or that its client has
    /// given up and gone past, changes nothing: "if it receives a command whose serial number has already been
    /// executed, it responds immediately without re-executing the request" (§8).
    pub fn apply(&mut self, command: &Command, retries: Retries) {
        let Command::Client { id, op } = command else { return };
        if self.is_past(*id) && retries == Retries::Filtered {
            return;
        }
        self.effects += 1;
        let outcome = self.execute(op);
        self.sessions.insert(id.client, Session { seq: id.seq, outcome });
    }

    fn execute(&mut self, op: &Op) -> Outcome {
        match op {
            Op::Put { key, value } => {
                self.set(key, value.clone());
                Outcome::Written
            }
            Op::Get { key } | Op::Read { key, .. } => self.read(key),
            Op::Append { key, value } => {
                match self.values.get_mut(key) {
                    Some(there) => there.push_str(value),
                    None => self.set(key, value.clone()),
                }
                Outcome::Written
            }
            Op::Cas { key, expected, value } => {
                if self.value(key) != expected.as_deref() {
                    return Outcome::Mismatch(self.value(key).map(str::to_owned));
                }
                self.set(key, value.clone());
                Outcome::Written
            }
            Op::Delete { key } => {
                self.values.remove(key);
                Outcome::Written
            }
            // What operators ask for is not in the log.
            Op::Admin(_) => Outcome::Unknown,
        }
    }

    fn set(&mut self, key: &str, value: String) {
        match self.values.get_mut(key) {
            Some(there) => *there = value,
            None => {
                self.values.insert(key.to_owned(), value);
            }
        }
    }

    /// What a key has.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// What reading a key comes to.
    #[must_use]
    pub fn read(&self, key: &str) -> Outcome {
        Outcome::Value(self.value(key).map(str::to_owned))
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

    /// The clients' latest operations, by client.
    pub fn sessions(&self) -> impl Iterator<Item = (ProcessId, &Session)> {
        self.sessions.iter().map(|(client, session)| (*client, session))
    }

    /// About how many bytes a clone takes: it shares nothing.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let text: usize = self.values.iter().map(|(key, value)| key.len() + value.len()).sum();
        let rows = self.values.len() * size_of::<(String, String)>();
        size_of::<Self>() + text + rows + self.sessions.len() * size_of::<(ProcessId, Session)>()
    }

    /// How many client operations of the log took effect, reads among them; those that were filtered out as
    /// retries did not.
    #[must_use]
    pub fn effects(&self) -> u64 {
        self.effects
    }

    /// All that it holds, piece by piece: the keys and then the sessions.
    pub(crate) fn items(&self) -> impl Iterator<Item = Item> {
        let values = self.values.iter().map(|(key, value)| Item::Value(key.clone(), value.clone()));
        values.chain(self.sessions.iter().map(|(client, session)| Item::Session(*client, session.clone())))
    }

    /// Puts back one of [`Machine::items`].
    pub(crate) fn restore(&mut self, item: &Item) {
        match item {
            Item::Value(key, value) => {
                self.values.insert(key.clone(), value.clone());
            }
            Item::Session(client, session) => {
                self.sessions.insert(*client, session.clone());
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/machine.rs"]
mod tests;
