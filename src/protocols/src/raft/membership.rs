//! Who decides: configurations of the cluster, and what a quorum of them is (paper §6, thesis chapter 4).
//!
//! It knows no log and no message: who is in a configuration, and whether some servers are enough of it.

use core::fmt;

use sim::ProcessId;

/// A set of servers. Servers have the ids below [`Members::LIMIT`], so one word holds it.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Members(u128);

impl Members {
    /// Ids from here on are in no set.
    pub const LIMIT: u8 = 128;

    /// Nobody.
    pub const NOBODY: Self = Self(0);

    /// The servers with the first `count` ids.
    #[must_use]
    pub fn first(count: u8) -> Self {
        (0..count).map(ProcessId).collect()
    }

    const fn bit(id: ProcessId) -> u128 {
        if id.0 < Self::LIMIT { 1 << id.0 } else { 0 }
    }

    /// Whether a server is in it.
    #[must_use]
    pub const fn contains(self, id: ProcessId) -> bool {
        self.0 & Self::bit(id) != 0
    }

    /// The same with a server in it.
    #[must_use]
    pub const fn with(self, id: ProcessId) -> Self {
        Self(self.0 | Self::bit(id))
    }

    /// The same without a server.
    #[must_use]
    pub const fn without(self, id: ProcessId) -> Self {
        Self(self.0 & !Self::bit(id))
    }

    /// Those in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> u8 {
        u8::try_from(self.0.count_ones()).unwrap_or(Self::LIMIT)
    }

    /// Whether nobody is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The servers, in the order of ids.
    pub fn iter(self) -> impl Iterator<Item = ProcessId> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let id = u8::try_from(rest.trailing_zeros()).ok().filter(|&id| id < Self::LIMIT)?;
            rest &= rest - 1;
            Some(ProcessId(id))
        })
    }
}

impl FromIterator<ProcessId> for Members {
    fn from_iter<I: IntoIterator<Item = ProcessId>>(ids: I) -> Self {
        ids.into_iter().fold(Self::NOBODY, Self::with)
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|id| id.0)).finish()
    }
}

/// A configuration: the servers that vote and those that only receive the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Membership {
    /// Who votes; while it is joint, who is to vote (the new configuration of §6).
    pub voters: Members,
    /// Who voted before, while the configuration is joint (the old configuration of §6): they still have to agree
    /// to everything. Nobody at other times.
    pub outgoing: Members,
    /// Who receives the log and does not count (thesis §4.2.1).
    pub learners: Members,
}

impl Membership {
    /// A configuration of these voters alone.
    #[must_use]
    pub fn of(voters: Members) -> Self {
        Self { voters, outgoing: Members::NOBODY, learners: Members::NOBODY }
    }

    /// Whether two configurations decide together (§6, joint consensus).
    #[must_use]
    pub fn is_joint(self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Everybody whose vote counts, in either half.
    #[must_use]
    pub fn all_voters(self) -> Members {
        self.voters.or(self.outgoing)
    }

    /// Everybody to whom the log is sent.
    #[must_use]
    pub fn everybody(self) -> Members {
        self.all_voters().or(self.learners)
    }

    /// Whether these are enough to decide. While it is joint, "agreement (for elections and entry commitment)
    /// requires separate majorities from both the old and new configurations" (§6).
    #[must_use]
    pub fn is_quorum(self, of: Members, quorum: Quorum) -> bool {
        let enough = |half: Members| of.and(half).len() >= quorum.of(half.len());
        enough(self.voters) && (!self.is_joint() || enough(self.outgoing))
    }

    /// The configuration that follows a joint one: the new half alone (§6).
    #[must_use]
    pub fn left(self) -> Self {
        Self { outgoing: Members::NOBODY, ..self }
    }
}

/// How many of a set of voters are enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Quorum {
    /// More than half (§5.2).
    #[default]
    Majority,
    /// Half, rounded down: the rule broken on purpose. Two such quorums need not have a server in common.
    Half,
}

impl Quorum {
    /// How many of so many; never none.
    #[must_use]
    pub const fn of(self, voters: u8) -> u8 {
        match self {
            Self::Majority => voters / 2 + 1,
            Self::Half if voters < 2 => 1,
            Self::Half => voters / 2,
        }
    }
}

/// The configurations of a log, in the order of their entries: "a server always uses the latest configuration in
/// its log, regardless of whether the entry is committed" (§6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Configurations {
    /// What holds without any of the entries: the first configuration of the cluster or that of the snapshot.
    base: Configured,
    /// Those of the log, oldest first. Few: one change at a time.
    later: Vec<Configured>,
}

/// A configuration with the index of its entry; 0 for the cluster's first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Configured {
    /// Where it stands in the log.
    pub index: u64,
    /// The configuration.
    pub membership: Membership,
}

impl Configurations {
    /// Only this one.
    #[must_use]
    pub fn new(base: Configured) -> Self {
        Self { base, later: Vec::new() }
    }

    /// The one in force.
    #[must_use]
    pub fn latest(&self) -> Configured {
        self.later.last().copied().unwrap_or(self.base)
    }

    /// The one that holds at an index; that of the base for any index before it.
    #[must_use]
    pub fn at(&self, index: u64) -> Configured {
        self.later.iter().copied().rfind(|one| one.index <= index).unwrap_or(self.base)
    }

    /// An entry with a configuration was appended at `index`: it is in force at once.
    pub fn append(&mut self, index: u64, membership: Membership) {
        debug_assert!(index > self.latest().index, "configurations stand in the order of the log");
        self.later.push(Configured { index, membership });
    }

    /// The log was cut from this index on. Says whether that took a configuration out of force.
    pub fn truncate_from(&mut self, index: u64) -> bool {
        let before = self.later.len();
        while self.later.last().is_some_and(|last| last.index >= index) {
            self.later.pop();
        }
        self.later.len() < before
    }

    /// The log up to and with this index is gone.
    pub fn compact_through(&mut self, index: u64) {
        self.base = self.at(index);
        self.later.retain(|one| one.index > index);
    }
}

#[cfg(test)]
#[path = "tests/membership.rs"]
mod tests;
