//! What Raft promises at all times, checked after every step: the five properties of the paper's Figure 3, and four
//! that its text promises: one vote a term, a commit index that never falls, operations applied once, fresh reads.
//!
//! The monitor sees all servers and is told nothing: it compares what they hold. Logs keep a digest of themselves up to
//! each entry ([`Log::digest_at`]), so a step costs as much as what it changed, and nothing if it changed nothing
//! (64 bits: a chance collision would hide a breach, never invent one).

use litemap::LiteMap;

use sim::{Monitor, OpId, ProcessId, Time};

use crate::op::Op;
use crate::raft::chunked::Chunked;
use crate::raft::log::{Log, Position};
use crate::raft::machine::{Machine, Retries};
use crate::raft::server::Server;
use crate::raft::{Client, Member};
use crate::scenario::Reads;

mod breach;

pub use breach::{Breach, Property};

/// What the monitor remembers. Each property is reported the first time that it is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaftMonitor {
    /// Each server as last seen, by id.
    seen: Vec<Seen>,
    /// Who led each term.
    leaders: LiteMap<u64, ProcessId>,
    prefixes: Prefixes,
    /// What was first applied at each index.
    settled: Chunked<Settled>,
    /// The store as it must be once all that is settled is applied, each operation once.
    store: Machine,
    /// For each client, by its place after the servers: its latest read, and how much was settled when it asked.
    asked: Vec<Asked>,
    reported: [bool; Property::ALL.len()],
}

/// A server as it was after its last step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Where its log ended, and the digest of the whole log.
    end: Position,
    digest: u64,
    commit: u64,
    applied: u64,
    /// The term that it led in.
    led: Option<u64>,
    /// Its latest vote, with its term. A crash does not change what it has promised.
    voted: Option<(u64, ProcessId)>,
}

/// An entry that somebody has applied, so that it counts as committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Settled {
    term: u64,
    /// Of the entry alone.
    entry: u64,
    /// Of the whole log up to it.
    prefix: u64,
    by: ProcessId,
    in_term: u64,
    /// How many operations have taken effect once it is applied.
    effects: u64,
}

/// A client's read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Asked {
    seq: u32,
    /// The highest index that was settled when it was asked.
    settled: u64,
}

impl RaftMonitor {
    /// The monitor of a cluster of `servers` servers and `clients` clients.
    #[must_use]
    pub fn new(servers: u8, clients: usize) -> Self {
        Self {
            seen: vec![Seen::default(); usize::from(servers)],
            leaders: LiteMap::new(),
            prefixes: Prefixes::default(),
            settled: Chunked::default(),
            store: Machine::default(),
            asked: vec![Asked::default(); clients],
            reported: Default::default(),
        }
    }
}

impl Monitor<Member> for RaftMonitor {
    type Breach = Breach;

    fn observe(&mut self, _at: Time, who: ProcessId, processes: &[Option<Member>], breaches: &mut Vec<Breach>) {
        match &processes[who.index()] {
            Some(Member::Client(client)) => self.note_asking(who, client),
            Some(Member::Server(server)) => self.check(server, processes, breaches),
            None => self.forget(who),
        }
    }

    fn bytes(&self) -> usize {
        let lists = self.seen.len() * size_of::<Seen>() + self.leaders.len() * size_of::<(u64, ProcessId)>();
        size_of::<Self>() + lists + self.prefixes.first.bytes() + self.settled.bytes() + self.store.bytes()
    }
}

impl RaftMonitor {
    /// A server crashed: it leads no more, commits and applies its log afresh, and keeps what it has promised.
    fn forget(&mut self, who: ProcessId) {
        if let Some(seen) = self.seen.get_mut(who.index()) {
            *seen = Seen { commit: 0, applied: 0, led: None, ..*seen };
        }
    }

    fn check(&mut self, server: &Server, processes: &[Option<Member>], breaches: &mut Vec<Breach>) {
        let mut found = Vec::new();
        self.check_vote(server, &mut found);
        self.check_leadership(server, &mut found);
        self.check_log(server, &mut found);
        self.check_commit(server, &mut found);
        self.check_applied(server, processes, &mut found);
        self.check_reads(server, &mut found);
        for breach in found {
            if !core::mem::replace(&mut self.reported[breach.property() as usize], true) {
                breaches.push(breach);
            }
        }
    }
}

/// Elections.
impl RaftMonitor {
    /// One vote a term: "each server will vote for at most one candidate in a given term" (§5.2), crashes or not.
    fn check_vote(&mut self, server: &Server, found: &mut Vec<Breach>) {
        let Some(vote) = server.persistent.voted_for else { return };
        let (who, term) = (server.id(), server.persistent.term);
        match self.seen[who.index()].voted.replace((term, vote)) {
            Some((before, first)) if before == term && first != vote => {
                found.push(Breach::OneVote { who, term, first, second: vote });
            }
            _ => {}
        }
    }

    /// Election safety: "at most one leader can be elected in a given term" (§5.2).
    fn check_leadership(&mut self, server: &Server, found: &mut Vec<Breach>) {
        let (who, term) = (server.id(), server.persistent.term);
        let seen = &mut self.seen[who.index()];
        if !server.leads() {
            seen.led = None;
            return;
        }
        if seen.led == Some(term) {
            return;
        }
        let first = *self.leaders.entry(term).or_insert(who);
        if first != who {
            found.push(Breach::ElectionSafety { term, first, second: who });
        }
        self.check_new_leader(server, found);
    }

    /// Leader completeness: "if a log entry is committed in a given term, then that entry will be present in
    /// the logs of the leaders for all higher-numbered terms" (§5.4). Here for a leader just elected.
    fn check_new_leader(&self, server: &Server, found: &mut Vec<Breach>) {
        let (log, term) = (&server.persistent.log, server.persistent.term);
        let lacks = |index: u64, settled: &Settled| settled.in_term < term && !holds(log, index, settled);
        // Logs that agree at one entry agree before it, so the last entry decides whether to look for the first.
        let last = self.settled.len() as u64;
        if self.settled.last().is_none_or(|settled| !lacks(last, settled)) {
            return;
        }
        let first = (1..).zip(self.settled.iter_from(0)).find(|(index, settled)| lacks(*index, settled));
        if let Some((index, settled)) = first {
            found.push(completeness(server, index, settled));
        }
    }
}

/// Logs.
impl RaftMonitor {
    /// Leader append-only: "a leader never overwrites or deletes entries in its log; it only appends" (§5.3).
    /// Log matching: "if two logs contain an entry with the same index and term, then the logs are identical
    /// in all entries up through the given index" (§5.3).
    fn check_log(&mut self, server: &Server, found: &mut Vec<Breach>) {
        let (leader, log, term) = (server.id(), &server.persistent.log, server.persistent.term);
        let before = self.seen[leader.index()];
        let end = log.last();
        let digest = log.digest_at(end.index).unwrap_or_default();
        if (before.end, before.digest) != (end, digest) {
            let kept = before.end.index < log.base().index || log.digest_at(before.end.index) == Some(before.digest);
            if before.led == Some(term) && !kept {
                let has = log.term_at(before.end.index);
                found.push(Breach::LeaderAppendOnly { leader, term, had: before.end, has });
            }
            self.check_matching(leader, log, found);
        }
        let led = server.leads().then_some(term);
        let seen = &mut self.seen[leader.index()];
        (seen.end, seen.digest, seen.led) = (end, digest, led);
    }

    /// Goes back along a log until it meets a prefix that is known: all before that has been looked at.
    fn check_matching(&mut self, who: ProcessId, log: &Log, found: &mut Vec<Breach>) {
        for index in (log.base().index + 1..=log.last_index()).rev() {
            let (Some(term), Some(digest)) = (log.term_at(index), log.digest_at(index)) else { return };
            let known = self.prefixes.note(index, Prefix { term, digest, first: who });
            match known {
                None => {}
                Some(known) if known.digest == digest => return,
                Some(known) => {
                    found.push(Breach::LogMatching { at: Position { term, index }, first: known.first, second: who });
                }
            }
        }
    }

    /// The commit index "increases monotonically" while a server runs (Figure 2, `commitIndex`).
    fn check_commit(&mut self, server: &Server, found: &mut Vec<Breach>) {
        let (who, commit) = (server.id(), server.volatile.commit);
        let seen = &mut self.seen[who.index()];
        if commit < seen.commit {
            found.push(Breach::CommitFalls { who, from: seen.commit, to: commit });
            // What it commits anew it applies anew.
            seen.applied = seen.applied.min(commit);
        }
        seen.commit = commit;
    }
}

/// The state machine.
impl RaftMonitor {
    /// State machine safety: "if a server has applied a log entry at a given index to its state machine, no
    /// other server will ever apply a different log entry for the same index" (§5.4.3).
    fn check_applied(&mut self, server: &Server, processes: &[Option<Member>], found: &mut Vec<Breach>) {
        let (who, log, applied) = (server.id(), &server.persistent.log, server.volatile.applied);
        let from = self.seen[who.index()].applied;
        if applied <= from {
            return;
        }
        self.seen[who.index()].applied = applied;
        // What a snapshot covers was applied elsewhere; its last entry speaks for the rest.
        let base = log.base();
        if base.index > from && self.settled_at(base.index).is_some_and(|first| !holds(log, base.index, first)) {
            self.differ(server, base, found);
        }
        for index in from.max(base.index) + 1..=applied {
            let Some(mine) = self.settle(server, index) else { continue };
            match self.settled_at(index).copied() {
                Some(first) if (first.term, first.entry) != (mine.term, mine.entry) => {
                    self.differ(server, Position { term: mine.term, index }, found);
                }
                Some(_) => {}
                None => {
                    self.settled.push(mine);
                    self.check_standing_leaders(&mine, index, processes, found);
                }
            }
        }
        self.check_effects(server, found);
    }

    /// What an entry that a server applies comes to; if it is the first to, the store takes it in.
    fn settle(&mut self, server: &Server, index: u64) -> Option<Settled> {
        let log = &server.persistent.log;
        let (entry, prefix) = (log.get(index)?, log.digest_at(index)?);
        if index == self.settled.len() as u64 + 1 {
            self.store.apply(&entry.command, Retries::Filtered);
        }
        let (by, in_term, effects) = (server.id(), server.persistent.term, self.store.effects());
        Some(Settled { term: entry.term, entry: entry.digest(), prefix, by, in_term, effects })
    }

    /// Exactly once: an operation takes effect once however often its client sends it (§8, thesis §6.3).
    fn check_effects(&self, server: &Server, found: &mut Vec<Breach>) {
        let (at, effects) = (server.volatile.applied, server.volatile.machine.effects());
        if let Some(settled) = self.settled_at(at)
            && effects != settled.effects
        {
            found.push(Breach::ExactlyOnce { who: server.id(), at, effects, operations: settled.effects });
        }
    }

    /// Leader completeness once more, for leaders of higher terms that were there before the entry was committed.
    fn check_standing_leaders(
        &self,
        settled: &Settled,
        index: u64,
        processes: &[Option<Member>],
        found: &mut Vec<Breach>,
    ) {
        // Only a leader that is deposed and does not know it commits beside a leader of a higher term.
        let newest = self.leaders.last().is_none_or(|(term, _)| *term <= settled.in_term);
        if newest {
            return;
        }
        for leader in processes.iter().flatten().filter_map(Member::server) {
            let higher = leader.leads() && leader.persistent.term > settled.in_term;
            if higher && !holds(&leader.persistent.log, index, settled) {
                found.push(completeness(leader, index, settled));
            }
        }
    }

    fn differ(&self, server: &Server, at: Position, found: &mut Vec<Breach>) {
        let Some(first) = self.settled_at(at.index) else { return };
        let (other_term, second) = (at.term, server.id());
        let at = Position { term: first.term, index: at.index };
        found.push(Breach::StateMachineSafety { at, first: first.by, second, other_term });
    }

    fn settled_at(&self, index: u64) -> Option<&Settled> {
        self.settled.get(usize::try_from(index.checked_sub(1)?).ok()?)
    }
}

/// Reads.
impl RaftMonitor {
    /// Remembers how much was settled when a client asked for a read.
    fn note_asking(&mut self, who: ProcessId, client: &Client) {
        let Some(pending) = &client.current else { return };
        let asked = who.index().checked_sub(self.seen.len()).and_then(|place| self.asked.get_mut(place));
        if let Some(asked) = asked.filter(|asked| asked.seq != pending.id.seq)
            && matches!(pending.op, Op::Get { .. } | Op::Read { .. })
        {
            *asked = Asked { seq: pending.id.seq, settled: self.settled.len() as u64 };
        }
    }

    /// Fresh reads: a read that promises it reflects all that was committed when it was asked for (§8, thesis §6.4).
    /// Stricter than linearizability asks, which wants only what was acknowledged by then; Raft keeps it all the same.
    fn check_reads(&self, server: &Server, found: &mut Vec<Breach>) {
        for served in server.volatile.served.iter().filter(|served| served.how != Reads::Local) {
            let OpId { client, seq } = served.id;
            let asked = client.index().checked_sub(self.seen.len()).and_then(|place| self.asked.get(place));
            if let Some(asked) = asked.filter(|asked| asked.seq == seq && asked.settled > served.through)
                && let Some(lacks) = self.settled_at(served.through + 1)
            {
                let lacks = Position { term: lacks.term, index: served.through + 1 };
                let (who, how) = (server.id(), served.how);
                found.push(Breach::FreshReads { who, client, how, lacks, asked: asked.settled });
            }
        }
    }
}

/// Whether a log holds an entry as it was settled, or has it in its snapshot.
fn holds(log: &Log, index: u64, settled: &Settled) -> bool {
    index < log.base().index || log.digest_at(index) == Some(settled.prefix)
}

fn completeness(leader: &Server, index: u64, lacks: &Settled) -> Breach {
    Breach::LeaderCompleteness {
        leader: leader.id(),
        term: leader.persistent.term,
        lacks: Position { term: lacks.term, index },
        committed_by: lacks.by,
        committed_in: lacks.in_term,
    }
}

/// The prefixes that logs have had, by index and term of their last entry. At nearly every index there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Prefixes {
    /// The first that was seen at each index, from 1.
    first: Chunked<Option<Prefix>>,
    /// The others, with their indices.
    more: Vec<(u64, Prefix)>,
}

/// A prefix of some log, known by its last entry's term and its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Prefix {
    term: u64,
    digest: u64,
    first: ProcessId,
}

impl Prefixes {
    /// Remembers a prefix, unless one that ends in the same index and term is known: then returns that.
    fn note(&mut self, index: u64, prefix: Prefix) -> Option<Prefix> {
        let place = usize::try_from(index - 1).expect("a log fits into memory");
        // Looked at from the end of a log, places come up before those under them.
        while self.first.len() <= place {
            self.first.push(None);
        }
        if let Some(Some(first)) = self.first.get(place) {
            if first.term == prefix.term {
                return Some(*first);
            }
        } else {
            *self.first.get_mut(place).expect("it was made just now") = Some(prefix);
            return None;
        }
        let known = self.more.iter().find(|(at, known)| (*at, known.term) == (index, prefix.term));
        if let Some((_, known)) = known {
            return Some(*known);
        }
        self.more.push((index, prefix));
        None
    }
}

#[cfg(test)]
#[path = "monitor_tests.rs"]
mod tests;
