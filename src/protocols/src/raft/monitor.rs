//! The five properties that Raft guarantees at all times (Figure 3 of the paper), checked after every step.
//!
//! It sees all servers and is told nothing: it compares what they hold. It remembers, for each server, the log
//! that it last saw; so a step costs as much as what it changed. Digests of whole prefixes stand for the prefixes
//! (64 bits: a chance collision would hide a breach, never invent one).

use core::hash::{Hash, Hasher};
use litemap::LiteMap;

use sim::{Digest, Monitor, ProcessId, Time};

use crate::raft::chunked::Chunked;
use crate::raft::log::{Entry, Log, Position};
use crate::raft::server::Server;
use crate::raft::{Command, Member};

/// A broken rule, with the two facts that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Breach {
    /// Two leaders in one term.
    ElectionSafety {
        /// The term.
        term: u64,
        /// Who led it first.
        first: ProcessId,
        /// Who leads it too.
        second: ProcessId,
    },
    /// A leader changed or removed an entry of its log.
    LeaderAppendOnly {
        /// The leader.
        leader: ProcessId,
        /// Its term.
        term: u64,
        /// The entry that was there.
        had: Position,
        /// The term of what is there now, if anything is.
        has: Option<u64>,
    },
    /// Two logs have the same index and term in common and differ at or before it.
    LogMatching {
        /// What both have.
        at: Position,
        /// Whose log was seen with it first.
        first: ProcessId,
        /// Whose log differs.
        second: ProcessId,
    },
    /// A leader lacks an entry that was committed in an earlier term.
    LeaderCompleteness {
        /// The leader.
        leader: ProcessId,
        /// Its term.
        term: u64,
        /// The committed entry.
        lacks: Position,
        /// Who committed it.
        committed_by: ProcessId,
        /// In which term.
        committed_in: u64,
    },
    /// Two servers applied different entries at one index.
    StateMachineSafety {
        /// The index with the term of the entry that was applied first.
        at: Position,
        /// Who applied that.
        first: ProcessId,
        /// Who applied another there.
        second: ProcessId,
        /// The other's term.
        other_term: u64,
    },
}

/// The names of the properties, in the order of Figure 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// At most one leader a term.
    ElectionSafety,
    /// Leaders only append.
    LeaderAppendOnly,
    /// Logs that agree at one entry agree on all before it.
    LogMatching,
    /// Committed entries are in the logs of all later leaders.
    LeaderCompleteness,
    /// Nobody applies another entry at an index than somebody else did.
    StateMachineSafety,
}

impl Property {
    /// All five.
    pub const ALL: [Self; 5] = [
        Self::ElectionSafety,
        Self::LeaderAppendOnly,
        Self::LogMatching,
        Self::LeaderCompleteness,
        Self::StateMachineSafety,
    ];
}

impl Breach {
    /// Which property is broken.
    #[must_use]
    pub fn property(&self) -> Property {
        match self {
            Self::ElectionSafety { .. } => Property::ElectionSafety,
            Self::LeaderAppendOnly { .. } => Property::LeaderAppendOnly,
            Self::LogMatching { .. } => Property::LogMatching,
            Self::LeaderCompleteness { .. } => Property::LeaderCompleteness,
            Self::StateMachineSafety { .. } => Property::StateMachineSafety,
        }
    }
}

/// What the monitor remembers. Each property is reported the first time that it is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaftMonitor {
    /// Each server as last seen, by id.
    seen: Vec<Seen>,
    /// Who led each term.
    leaders: LiteMap<u64, ProcessId>,
    /// The prefixes that logs have had, by the index of their last entry.
    prefixes: Chunked<Vec<Prefix>>,
    /// What was first applied at each index.
    settled: Chunked<Settled>,
    reported: [bool; Property::ALL.len()],
}

/// A server as it was after its last step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    log: Log,
    /// The digest of the log up to each entry.
    digests: Chunked<u64>,
    applied: u64,
    /// The term that it led in.
    led: Option<u64>,
}

/// A prefix of some log, known by its last entry's term and its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Prefix {
    term: u64,
    digest: u64,
    first: ProcessId,
}

/// An entry that somebody has applied, so that it counts as committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Settled {
    term: u64,
    /// Of the command.
    command: u64,
    /// Of the whole log up to it.
    prefix: u64,
    by: ProcessId,
    in_term: u64,
}

impl RaftMonitor {
    /// The monitor of a cluster of `servers` servers.
    #[must_use]
    pub fn new(servers: u8) -> Self {
        Self {
            seen: vec![Seen::default(); usize::from(servers)],
            leaders: LiteMap::new(),
            prefixes: Chunked::default(),
            settled: Chunked::default(),
            reported: Default::default(),
        }
    }
}

impl Monitor<Member> for RaftMonitor {
    type Breach = Breach;

    fn observe(&mut self, _at: Time, who: ProcessId, processes: &[Option<Member>], breaches: &mut Vec<Breach>) {
        let Some(seen) = self.seen.get_mut(who.index()) else { return };
        let Some(server) = processes[who.index()].as_ref().and_then(Member::server) else {
            // It crashed: it leads no more, and will apply its log afresh.
            (seen.led, seen.applied) = (None, 0);
            return;
        };
        let mut found = Vec::new();
        self.check_leadership(server, &mut found);
        self.check_log(server, &mut found);
        self.check_applied(server, processes, &mut found);
        for breach in found {
            if !core::mem::replace(&mut self.reported[breach.property() as usize], true) {
                breaches.push(breach);
            }
        }
    }
}

impl RaftMonitor {
    /// Election safety: "at most one leader can be elected in a given term" (§5.2).
    fn check_leadership(&mut self, server: &Server, found: &mut Vec<Breach>) {
        let (second, term) = (server.id(), server.persistent.term);
        if !server.leads() {
            self.seen[second.index()].led = None;
            return;
        }
        let first = *self.leaders.entry(term).or_insert(second);
        if first != second {
            found.push(Breach::ElectionSafety { term, first, second });
        }
    }

    /// Leader append-only: "a leader never overwrites or deletes entries in its log; it only appends" (§5.3).
    /// Log matching: "if two logs contain an entry with the same index and term, then the logs are identical
    /// in all entries up through the given index" (§5.3).
    fn check_log(&mut self, server: &Server, found: &mut Vec<Breach>) {
        let (who, term, log) = (server.id(), server.persistent.term, &server.persistent.log);
        let seen = &mut self.seen[who.index()];
        let fresh = seen.log.first_difference(log);
        if let Some(had) = seen.log.position(fresh)
            && seen.led == Some(term)
        {
            found.push(Breach::LeaderAppendOnly { leader: who, term, had, has: log.term_at(fresh) });
        }
        seen.digests.truncate(place(fresh));
        let mut digest = seen.digests.last().copied().unwrap_or_default();
        for (index, entry) in (fresh..).zip(log.entries_from(fresh, usize::MAX)) {
            digest = digest_of(&(digest, entry.term, &*entry.command));
            seen.digests.push(digest);
            let known = Prefix { term: entry.term, digest, first: who };
            let first = note_prefix(&mut self.prefixes, index, known);
            if first.digest != digest {
                let at = Position { term: entry.term, index };
                found.push(Breach::LogMatching { at, first: first.first, second: who });
            }
        }
        if fresh <= seen.log.last_index().max(log.last_index()) {
            seen.log = log.clone();
            // What changed has to be applied again, whatever the server says.
            seen.applied = seen.applied.min(fresh - 1);
        }
        let newly_led = server.leads() && seen.led.replace(term) != Some(term);
        if newly_led {
            self.check_new_leader(server, found);
        }
    }

    /// Leader completeness: "if a log entry is committed in a given term, then that entry will be present in
    /// the logs of the leaders for all higher-numbered terms" (§5.4). Here for a leader just elected.
    fn check_new_leader(&self, server: &Server, found: &mut Vec<Breach>) {
        let digests = &self.seen[server.id().index()].digests;
        let lacks = |&(place, settled): &(usize, &Settled)| {
            settled.in_term < server.persistent.term && digests.get(place) != Some(&settled.prefix)
        };
        // Prefixes agree up to the place where they part, so the last decides whether to look for the first.
        let before = self.settled.iter_from(0).enumerate();
        if self.settled.last().is_some_and(|last| lacks(&(self.settled.len() - 1, last)))
            && let Some((place, settled)) = before.into_iter().find(lacks)
        {
            found.push(completeness(server, place, settled));
        }
    }

    /// State machine safety: "if a server has applied a log entry at a given index to its state machine, no
    /// other server will ever apply a different log entry for the same index" (§5.4.3). And leader
    /// completeness once more, for leaders of higher terms that were there before the entry was committed.
    fn check_applied(&mut self, server: &Server, processes: &[Option<Member>], found: &mut Vec<Breach>) {
        let (who, log, applied) = (server.id(), &server.persistent.log, server.volatile.applied);
        let seen = &mut self.seen[who.index()];
        let from = seen.applied.min(applied);
        seen.applied = applied;
        for (index, entry) in (from + 1..=applied).zip(log.entries_from(from + 1, usize::MAX)) {
            let place = place(index);
            let mine = settled(server, entry, &self.seen[who.index()].digests, place);
            let Some(first) = self.settled.get(place) else {
                self.settled.push(mine);
                self.check_standing_leaders(&mine, place, processes, found);
                continue;
            };
            if (first.term, first.command) != (mine.term, mine.command) {
                let at = Position { term: first.term, index };
                let other_term = mine.term;
                found.push(Breach::StateMachineSafety { at, first: first.by, second: who, other_term });
            }
        }
    }

    fn check_standing_leaders(
        &self,
        settled: &Settled,
        place: usize,
        processes: &[Option<Member>],
        found: &mut Vec<Breach>,
    ) {
        for leader in processes.iter().flatten().filter_map(Member::server) {
            let higher = leader.leads() && leader.persistent.term > settled.in_term;
            if higher && self.seen[leader.id().index()].digests.get(place) != Some(&settled.prefix) {
                found.push(completeness(leader, place, settled));
            }
        }
    }
}

fn completeness(leader: &Server, place: usize, lacks: &Settled) -> Breach {
    Breach::LeaderCompleteness {
        leader: leader.id(),
        term: leader.persistent.term,
        lacks: Position { term: lacks.term, index: place as u64 + 1 },
        committed_by: lacks.by,
        committed_in: lacks.in_term,
    }
}

fn settled(server: &Server, entry: &Entry, digests: &Chunked<u64>, place: usize) -> Settled {
    Settled {
        term: entry.term,
        command: digest_of::<Command>(&entry.command),
        prefix: digests.get(place).copied().unwrap_or_default(),
        by: server.id(),
        in_term: server.persistent.term,
    }
}

/// Remembers a prefix unless one with the same last entry is known, and returns the known one.
fn note_prefix(prefixes: &mut Chunked<Vec<Prefix>>, index: u64, prefix: Prefix) -> Prefix {
    let place = place(index);
    while prefixes.len() <= place {
        prefixes.push(Vec::new());
    }
    let known = prefixes.get(place).and_then(|at| at.iter().find(|known| known.term == prefix.term));
    if let Some(known) = known {
        return *known;
    }
    if let Some(at) = prefixes.get_mut(place) {
        at.push(prefix);
    }
    prefix
}

/// Where an index stands in a list that counts from 0.
fn place(index: u64) -> usize {
    usize::try_from(index - 1).expect("a log fits into memory")
}

fn digest_of<T: Hash>(value: &T) -> u64 {
    let mut digest = Digest::default();
    value.hash(&mut digest);
    digest.finish()
}

#[cfg(test)]
#[path = "monitor_tests.rs"]
mod tests;
