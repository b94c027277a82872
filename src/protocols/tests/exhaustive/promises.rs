//! What Raft promises (Figure 3 of the paper), and what the exploration must have seen for that to mean anything.
//!
//! The monitor of the course watches the same promises step by step. These are written again, from the paper and
//! without a look at it: as predicates on a whole state, which remembers what they need of the past.

use std::sync::Arc;

use protocols::raft::{Entry, Log, Message, Persistent, Role, Server};
use sim::ProcessId;
use stateright::Property as Promise;

use crate::model::{Cluster, State};

pub(crate) const ELECTION_SAFETY: &str = "Election safety: at most one leader is elected in a term";
pub(crate) const LEADER_APPEND_ONLY: &str = "Leader append-only: a leader never changes or removes its own entries";
pub(crate) const LOG_MATCHING: &str = "Log matching: logs that agree on an entry's index and term agree up to it";
pub(crate) const LEADER_COMPLETENESS: &str = "Leader completeness: later leaders have every committed entry";
pub(crate) const STATE_MACHINE_SAFETY: &str = "State machine safety: nobody applies another entry at an applied index";
pub(crate) const ONE_VOTE: &str = "One vote: no server votes for two candidates in a term";
pub(crate) const LASTING: &str = "Lasting: a committed entry stays in the logs of a majority";
pub(crate) const OWN_ASSERTIONS: &str = "Own assertions: no server meets what it takes to be impossible";

pub(crate) const SOME_LEADER: &str = "a leader is elected";
pub(crate) const SOME_COMMIT: &str = "an entry is committed";
pub(crate) const TWO_LEADERS: &str = "two servers lead at once, in different terms";
pub(crate) const TRUNCATED: &str = "a deposed leader has removed what it took in";

/// Every promise, and everything that must be reachable.
pub(crate) fn all() -> Vec<Promise<Cluster>> {
    vec![
        Promise::<Cluster>::always(ELECTION_SAFETY, |_, state| election_safety(state)),
        Promise::<Cluster>::always(LEADER_APPEND_ONLY, |_, state| !state.overwrote),
        Promise::<Cluster>::always(LOG_MATCHING, |_, state| log_matching(state)),
        Promise::<Cluster>::always(LEADER_COMPLETENESS, |_, state| leader_completeness(state)),
        Promise::<Cluster>::always(STATE_MACHINE_SAFETY, |_, state| !state.applied_two),
        Promise::<Cluster>::always(ONE_VOTE, |_, state| one_vote(state)),
        Promise::<Cluster>::always(LASTING, |cluster, state| cluster.bounds.removals > 0 || lasting(state)),
        Promise::<Cluster>::always(OWN_ASSERTIONS, |_, state| !state.panicked),
        Promise::<Cluster>::sometimes(SOME_LEADER, |_, state| state.servers().any(Server::leads)),
        Promise::<Cluster>::sometimes(SOME_COMMIT, |_, state| !state.applied.is_empty()),
        Promise::<Cluster>::sometimes(TWO_LEADERS, |_, state| {
            state.servers().filter(|server| server.leads()).count() == 2
        }),
        Promise::<Cluster>::sometimes(TRUNCATED, |_, state| truncated(state)),
    ]
}

/// "At most one leader can be elected in a given term." Those who lead now, and those who once sent an `AppendEntries`:
/// none of those is ever discarded.
fn election_safety(state: &State) -> bool {
    let now = state.servers().filter(|server| server.leads()).map(|server| (server.persistent.term, server.id()));
    let ever = state.letters.iter().filter_map(|letter| match letter.message {
        Message::Append { term, .. } => Some((term, letter.from)),
        _ => None,
    });
    one_each(now.chain(ever))
}

/// "A leader never overwrites or deletes entries in its log; it only appends new entries." Whether a step breaks that.
pub(crate) fn overwrites(before: &Server, after: &Server) -> bool {
    let leads_on = before.leads() && after.leads() && before.persistent.term == after.persistent.term;
    leads_on && common_end(&before.persistent.log, &after.persistent.log) < before.persistent.log.last_index()
}

/// "If two logs contain an entry with the same index and term, then the logs are identical in all entries up through
/// the given index."
fn log_matching(state: &State) -> bool {
    let logs: Vec<&Log> = state.servers().map(|server| &server.persistent.log).collect();
    logs.iter().all(|a| {
        logs.iter().all(|b| {
            let meets = |&index: &u64| a.term_at(index) == b.term_at(index);
            let last = (1..=a.last_index().min(b.last_index())).rev().find(meets);
            last.is_none_or(|last| common_end(a, b) >= last)
        })
    })
}

/// "If a log entry is committed in a given term, then that entry will be present in the logs of the leaders for all
/// higher-numbered terms." An entry is applied as soon as it is known to be committed.
fn leader_completeness(state: &State) -> bool {
    state.servers().filter(|server| server.leads()).all(|leader| {
        (1..).zip(state.applied.iter()).all(|(index, (entry, term))| {
            leader.persistent.term <= *term || leader.persistent.log.get(index) == Some(entry)
        })
    })
}

/// "Each server will vote for at most one candidate in a given term" (§5.2): for whom it has sent its vote, and itself
/// if it has asked for votes.
fn one_vote(state: &State) -> bool {
    one_each(state.votes.iter().map(|vote| ((vote.voter, vote.term), vote.candidate)))
}

/// What the proof of leader completeness rests on (§5.4.3): while no server goes, a majority holds what is committed.
fn lasting(state: &State) -> bool {
    (1..).zip(state.applied.iter()).all(|(index, (entry, _))| {
        let copies = state.servers().filter(|server| server.persistent.log.get(index) == Some(entry)).count();
        copies > state.nodes.len() / 2
    })
}

/// A server lacks an entry that it once sent as a leader.
fn truncated(state: &State) -> bool {
    state.letters.iter().any(|letter| {
        let Message::Append { prev, entries, .. } = &letter.message else { return false };
        let log = &state.nodes[letter.from.index()].server().persistent.log;
        (prev.index + 1..).zip(entries.iter()).any(|(index, entry)| log.get(index) != Some(entry))
    })
}

/// Whether no key stands beside two different servers.
fn one_each<K: PartialEq>(pairs: impl Iterator<Item = (K, ProcessId)>) -> bool {
    let mut seen: Vec<(K, ProcessId)> = Vec::new();
    for (key, id) in pairs {
        match seen.iter().find(|(other, _)| *other == key) {
            Some(&(_, other)) if other != id => return false,
            Some(_) => {}
            None => seen.push((key, id)),
        }
    }
    true
}

/// The last index up to which two logs are identical.
fn common_end(a: &Log, b: &Log) -> u64 {
    let differs = |&index: &u64| a.get(index).is_none() || a.get(index) != b.get(index);
    (1..).find(differs).expect("logs end") - 1
}

/// No rule of the course breaks this promise, so nothing else shows that its predicate can fail.
#[test]
fn a_leader_that_loses_or_changes_an_entry_in_its_term_is_noticed() {
    let leader = |log: &[u64]| {
        let log = log.iter().copied().map(Entry::no_op).collect();
        let disk = Persistent { term: 3, log, ..Persistent::default() };
        let mut server = Server::new(ProcessId(0), 3, Arc::default(), disk);
        server.role = Role::Leader(Box::default());
        server
    };
    let before = leader(&[1, 2]);
    assert!(!overwrites(&before, &leader(&[1, 2])));
    assert!(!overwrites(&before, &leader(&[1, 2, 3])));
    assert!(overwrites(&before, &leader(&[1])));
    assert!(overwrites(&before, &leader(&[1, 3, 3])));
}
