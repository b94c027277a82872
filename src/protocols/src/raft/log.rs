//! The replicated log: entries numbered from 1, each with the term in which a leader took it in (§5.3).
//!
//! It must never know who holds it or which of its entries are committed.

use std::sync::Arc;

use sim::OpId;

use crate::op::Op;
use crate::raft::chunked::Chunked;

/// A log. Index 0 stands for its beginning, before the first entry; its term is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Log {
    entries: Chunked<Entry>,
}

/// One entry. Clones share the command.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The term of the leader that took it in.
    pub term: u64,
    /// What the state machine is to do.
    pub command: Arc<Command>,
}

/// What an entry tells the state machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Nothing: each leader begins its term with one, so that it can commit what came before (§8).
    NoOp,
    /// A client's operation.
    Client {
        /// Which, so that it is applied once however often it is sent (§8).
        id: OpId,
        /// What it asks for.
        op: Op,
    },
}

/// An index with the term of the entry there. Positions of last entries are ordered by term first, then by
/// index: that order is "at least as up-to-date" (§5.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The entry's term.
    pub term: u64,
    /// Its index, from 1; 0 for the beginning of the log.
    pub index: u64,
}

impl Entry {
    /// An entry that holds no operation.
    #[must_use]
    pub fn no_op(term: u64) -> Self {
        Self { term, command: Arc::new(Command::NoOp) }
    }

    /// An entry that holds a client's operation.
    #[must_use]
    pub fn client(term: u64, id: OpId, op: Op) -> Self {
        Self { term, command: Arc::new(Command::Client { id, op }) }
    }
}

impl Log {
    /// The index of the first entry that it holds or would hold.
    #[must_use]
    pub fn first_index(&self) -> u64 {
        1
    }

    /// The index of the last entry; 0 if there is none.
    #[must_use]
    pub fn last_index(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Where the log ends.
    #[must_use]
    pub fn last(&self) -> Position {
        Position { term: self.entries.last().map_or(0, |entry| entry.term), index: self.last_index() }
    }

    /// The entry at an index.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<&Entry> {
        self.entries.get(place(index)?)
    }

    /// The term at an index: 0 at the beginning, `None` past the end.
    #[must_use]
    pub fn term_at(&self, index: u64) -> Option<u64> {
        if index == 0 { Some(0) } else { self.get(index).map(|entry| entry.term) }
    }

    /// The position at an index, if the log reaches that far.
    #[must_use]
    pub fn position(&self, index: u64) -> Option<Position> {
        self.term_at(index).map(|term| Position { term, index })
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Entry) {
        debug_assert!(entry.term >= self.last().term, "terms never fall along a log");
        self.entries.push(entry);
    }

    /// Removes the entry at an index and all after it.
    pub fn truncate_from(&mut self, index: u64) {
        debug_assert!(index > 0, "the beginning of a log can't be removed");
        if let Some(place) = place(index) {
            self.entries.truncate(place);
        }
    }

    /// At most `count` entries from an index on.
    pub fn entries_from(&self, index: u64, count: usize) -> impl Iterator<Item = &Entry> {
        self.entries.iter_from(place(index).unwrap_or(0)).take(count)
    }

    /// The index of the first entry whose term is at least `term`; one past the end if there is none.
    #[must_use]
    pub fn first_of_term(&self, term: u64) -> u64 {
        let (mut low, mut high) = (1, self.last_index() + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).is_some_and(|entry| entry.term < term) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The first index at which the two logs differ, or one past the end of the shorter.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> u64 {
        self.entries.first_difference(&other.entries) as u64 + 1
    }
}

impl FromIterator<Entry> for Log {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut log = Self::default();
        entries.into_iter().for_each(|entry| log.push(entry));
        log
    }
}

/// Where an index stands in a list that counts from 0. An index too large for this machine is past any end.
fn place(index: u64) -> Option<usize> {
    index.checked_sub(1).map(|place| usize::try_from(place).unwrap_or(usize::MAX))
}

/// As a reader sees it in a cell: `x = 7`, `read x`, `no-op`.
impl core::fmt::Display for Command {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoOp => f.write_str("no-op"),
            Self::Client { op, .. } => op.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_index_of_a_term_is_found_whether_the_log_has_it_or_not() {
        let log: Log = [1, 2, 2, 4, 4].into_iter().map(Entry::no_op).collect();
        for (term, first) in [(1, 1), (2, 2), (3, 4), (4, 4), (5, 6)] {
            assert_eq!(log.first_of_term(term), first, "term {term}");
        }
        assert_eq!(Log::default().first_of_term(1), 1);
    }

    #[test]
    fn up_to_date_means_a_later_last_term_and_only_then_a_longer_log() {
        let ends = [(0, 0), (1, 1), (1, 3), (2, 1), (2, 2), (3, 1)];
        let positions = ends.map(|(term, index)| Position { term, index });
        assert!(positions.is_sorted(), "{positions:?}");
    }
}
