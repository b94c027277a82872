//! Snapshots: what stands for the beginning of a log that is no longer kept (§7).

use sim::ProcessId;

use crate::raft::log::Position;
use crate::raft::machine::{Machine, Session};
use crate::raft::membership::Configured;

/// The state after the entries up to `last`, which the log need no longer hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// The last entry that it covers (`lastIncludedIndex`, `lastIncludedTerm`).
    pub last: Position,
    /// The digest of the log up to that entry ([`crate::raft::Log::digest_at`]).
    pub digest: u64,
    /// The state machine, with the table of client sessions (§8).
    pub machine: Machine,
    /// "The latest configuration in the log as of lastIncludedIndex" (§7).
    pub configured: Configured,
}

/// A piece of a snapshot, as one `InstallSnapshot` carries it (§7, Figure 13).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// Of which snapshot: what it covers.
    pub last: Position,
    /// Its [`Snapshot::digest`].
    pub digest: u64,
    /// Its [`Snapshot::configured`].
    pub configured: Configured,
    /// Its [`Machine::effects`].
    pub effects: u64,
    /// How many items come before these (`offset`).
    pub offset: u32,
    /// The items, in the order of [`Snapshot::items`].
    pub items: Vec<Item>,
    /// Whether these are the last (`done`).
    pub done: bool,
}

/// What a snapshot is sent as: one key, or one client's session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// A key with its value.
    Value(String, String),
    /// A client's latest operation with its answer.
    Session(ProcessId, Session),
}

/// The pieces of a snapshot that have arrived so far, on the receiver's disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Incoming {
    /// What the snapshot will be; its machine holds the items so far.
    pub snapshot: Snapshot,
    /// How many items that is.
    pub items: u32,
}

impl Snapshot {
    /// How many items it has: keys and sessions.
    #[must_use]
    pub fn items(&self) -> u32 {
        u32::try_from(self.machine.items().count()).unwrap_or(u32::MAX)
    }

    /// The piece with at most `count` items after the first `offset`.
    #[must_use]
    pub fn part(&self, offset: u32, count: u32) -> Part {
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let count = usize::try_from(count.max(1)).unwrap_or(usize::MAX);
        let mut rest = self.machine.items().skip(skip);
        let items: Vec<Item> = rest.by_ref().take(count).collect();
        let done = rest.next().is_none();
        let Self { last, digest, configured, .. } = *self;
        Part { last, digest, configured, effects: self.machine.effects(), offset, items, done }
    }
}

impl Incoming {
    /// What is there after this piece, given what was there before: the first piece of another snapshot starts
    /// afresh, and one that does not join on changes nothing.
    #[must_use]
    pub fn after(before: Option<&Self>, part: &Part) -> Option<Self> {
        let same = before.filter(|incoming| incoming.snapshot.last == part.last);
        let mut incoming = match same {
            Some(incoming) => incoming.clone(),
            None => Self {
                snapshot: Snapshot {
                    last: part.last,
                    digest: part.digest,
                    machine: Machine::with_effects(part.effects),
                    configured: part.configured,
                },
                items: 0,
            },
        };
        if incoming.items != part.offset {
            return before.cloned();
        }
        for item in &part.items {
            incoming.snapshot.machine.restore(item);
            incoming.items += 1;
        }
        Some(incoming)
    }
}
