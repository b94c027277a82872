//! The replicated log: entries numbered from 1, each with the term in which a leader took it in (§5.3).
//!
//! It must never know who holds it or which of its entries are committed.

use core::hash::{Hash, Hasher};
use std::sync::Arc;

use sim::{Digest, OpId};

use crate::op::Op;
use crate::raft::chunked::Chunked;
use crate::raft::membership::Membership;

/// A log. Index 0 stands for its beginning, before the first entry; its term is 0. Once it was compacted (§7) it
/// begins after a later position, its base.
///
/// Beside each entry stands a digest of the whole log up to it, so that two logs are compared by one word
/// (64 bits: a chance collision would hide a difference, never invent one).
#[derive(Clone, Debug, Default)]
pub struct Log {
    base: Position,
    base_digest: u64,
    links: Chunked<Link>,
}

/// An entry with the digest of the log up to and with it.
#[derive(Clone, Debug, PartialEq)]
struct Link {
    entry: Entry,
    digest: u64,
}

/// One entry. Clones share the command.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The term of the leader that took it in.
    pub term: u64,
    /// What the state machine is to do.
    pub command: Arc<Command>,
    /// Of the two, made once.
    digest: u64,
}

/// What an entry tells the state machine, or the servers.
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
    /// Who is to decide from here on (§6).
    Configuration(Membership),
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
    /// An entry.
    #[must_use]
    pub fn new(term: u64, command: Command) -> Self {
        let digest = digest_of(&(term, &command));
        Self { term, command: Arc::new(command), digest }
    }

    /// An entry that holds no operation.
    #[must_use]
    pub fn no_op(term: u64) -> Self {
        Self::new(term, Command::NoOp)
    }

    /// An entry that holds a client's operation.
    #[must_use]
    pub fn client(term: u64, id: OpId, op: Op) -> Self {
        Self::new(term, Command::Client { id, op })
    }

    /// An entry that changes who decides.
    #[must_use]
    pub fn configuration(term: u64, membership: Membership) -> Self {
        Self::new(term, Command::Configuration(membership))
    }

    /// A digest of its term and its command.
    #[must_use]
    pub fn digest(&self) -> u64 {
        self.digest
    }
}

impl Log {
    /// What comes before its first entry: the beginning, or the last entry that a snapshot covers.
    #[must_use]
    pub fn base(&self) -> Position {
        self.base
    }

    /// The index of the first entry that it holds or would hold.
    #[must_use]
    pub fn first_index(&self) -> u64 {
        self.base.index + 1
    }

    /// The index of the last entry; that of the base if there is none.
    #[must_use]
    pub fn last_index(&self) -> u64 {
        self.base.index + self.links.len() as u64
    }

    /// Where the log ends.
    #[must_use]
    pub fn last(&self) -> Position {
        let term = self.links.last().map_or(self.base.term, |link| link.entry.term);
        Position { term, index: self.last_index() }
    }

    /// The entry at an index.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<&Entry> {
        self.links.get(self.place(index)?).map(|link| &link.entry)
    }

    /// The term at an index: 0 at the beginning, `None` past the end and where the log was dropped.
    #[must_use]
    pub fn term_at(&self, index: u64) -> Option<u64> {
        if index == self.base.index { Some(self.base.term) } else { self.get(index).map(|entry| entry.term) }
    }

    /// The position at an index, if the log reaches that far, and that far back.
    #[must_use]
    pub fn position(&self, index: u64) -> Option<Position> {
        self.term_at(index).map(|term| Position { term, index })
    }

    /// A digest of the whole log up to and with an index, also of what was dropped before the base; `None` past the
    /// end and before the base. Two logs with the same digest at an index are the same up to it.
    #[must_use]
    pub fn digest_at(&self, index: u64) -> Option<u64> {
        if index == self.base.index {
            return Some(self.base_digest);
        }
        self.links.get(self.place(index)?).map(|link| link.digest)
    }

    /// About how many bytes a clone takes that it does not share.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.links.bytes()
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Entry) {
        debug_assert!(entry.term >= self.last().term, "terms never fall along a log");
        let before = self.links.last().map_or(self.base_digest, |link| link.digest);
        let digest = digest_of(&(before, entry.digest));
        self.links.push(Link { entry, digest });
    }

    /// Removes the entry at an index and all after it. What was dropped before the base stays gone.
    pub fn truncate_from(&mut self, index: u64) {
        debug_assert!(index > self.base.index, "the beginning of a log can't be removed");
        if let Some(place) = self.place(index) {
            self.links.truncate(place);
        }
    }

    /// Lets the log begin after `last`, up to which it has this digest: drops what comes before, and all that
    /// follows, too, unless the log holds that very entry (Figure 13, 6 and 7). An older base changes nothing.
    pub fn begin_after(&mut self, last: Position, digest: u64) {
        if last.index < self.base.index {
            return;
        }
        if self.position(last.index) == Some(last) {
            let count = last.index - self.base.index;
            self.links.drop_first(usize::try_from(count).unwrap_or(usize::MAX));
        } else {
            self.links = Chunked::default();
        }
        (self.base, self.base_digest) = (last, digest);
    }

    /// At most `count` entries from an index on, or from the first that it holds.
    pub fn entries_from(&self, index: u64, count: usize) -> impl Iterator<Item = &Entry> {
        self.links.iter_from(self.place(index).unwrap_or(0)).take(count).map(|link| &link.entry)
    }

    /// The index of the first entry that it holds whose term is at least `term`; one past the end if there is none.
    #[must_use]
    pub fn first_of_term(&self, term: u64) -> u64 {
        first_where(self.first_index(), self.last_index() + 1, |index| {
            self.get(index).is_none_or(|entry| entry.term >= term)
        })
    }

    /// The first index at which the two logs differ, or one past the end of the shorter. If they differ before
    /// both begin, the later of the two bases.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> u64 {
        let begin = self.base.index.max(other.base.index);
        let end = self.last_index().min(other.last_index()) + 1;
        // Once two logs have parted, all digests after that differ.
        first_where(begin, end, |index| self.digest_at(index) != other.digest_at(index))
    }

    /// Where an index stands in a list that counts from 0. An index too large for this machine is past any end.
    fn place(&self, index: u64) -> Option<usize> {
        index.checked_sub(self.first_index()).map(|place| usize::try_from(place).unwrap_or(usize::MAX))
    }
}

/// The first of `low..high` where something holds that holds from there on; `high` if it holds nowhere.
fn first_where(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

fn digest_of<T: Hash>(value: &T) -> u64 {
    let mut digest = Digest::default();
    value.hash(&mut digest);
    digest.finish()
}

impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        let end = self.last();
        self.base == other.base && end == other.last() && self.digest_at(end.index) == other.digest_at(end.index)
    }
}

impl Eq for Log {}

impl Hash for Log {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let end = self.last();
        (self.base, end, self.digest_at(end.index)).hash(state);
    }
}

impl FromIterator<Entry> for Log {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut log = Self::default();
        entries.into_iter().for_each(|entry| log.push(entry));
        log
    }
}

/// As a reader sees it in a cell: `x = 7`, `read x`, `no-op`.
impl core::fmt::Display for Command {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoOp => f.write_str("no-op"),
            Self::Configuration(membership) if membership.is_joint() => f.write_str("joint"),
            Self::Configuration(_) => f.write_str("members"),
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
