//! Raft, explored exhaustively: every state that three servers can reach within bounds keeps every promise of the
//! paper, and each rule that is broken on purpose leads to a state that does not.
//!
//! See [`model`] for how a model checker sees Raft, and [`promises`] for what it looks for. To read the figures:
//! `cargo test -p protocols --test exhaustive -- --nocapture`.

#[path = "exhaustive/model.rs"]
mod model;
#[path = "exhaustive/promises.rs"]
mod promises;

use std::time::Instant;

use model::{Bounds, Cluster, Step};
use protocols::raft::{Entry, Members, Membership, Persistent};
use protocols::scenario::{Changes, RaftConfig, Rules};
use sim::ProcessId;
use stateright::{Checker, Expectation, HasDiscoveries, Model as _};

/// Takes every step from every state, and fails with the steps that lead to a broken promise.
fn explore(what: &str, cluster: Cluster) -> impl Checker<Cluster> {
    let start = Instant::now();
    let checker = cluster.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let (states, depth) = (checker.unique_state_count(), checker.max_depth() - 1);
    println!("{what}: {states} states, at most {depth} steps deep, {:.1} s", start.elapsed().as_secs_f32());
    for promise in promises::all().iter().filter(|property| property.expectation == Expectation::Always) {
        let broken = checker.discovery(promise.name).map(|path| told(&path.into_actions()));
        assert!(broken.is_none(), "{} It is broken by:\n{}", promise.name, broken.unwrap_or_default());
    }
    checker
}

/// The shortest way to a state that breaks a promise.
fn shortest_breach(rule: &str, cluster: impl Fn() -> Cluster, promise: &'static str) -> Vec<Step> {
    let mut shortest: Option<Vec<Step>> = None;
    let mut states = 0;
    // The checker looks at states in order of depth but may stop a little late, so ask again for less.
    loop {
        let wanted = HasDiscoveries::AnyOf([promise].into());
        let search = cluster().checker().finish_when(wanted);
        let search = shortest.iter().fold(search, |search, known| search.target_max_depth(known.len() + 1));
        let checker = search.spawn_bfs().join();
        states = checker.unique_state_count().max(states);
        match checker.discovery(promise) {
            Some(path) => shortest = Some(path.into_actions()),
            None => break,
        }
    }
    let steps = shortest.unwrap_or_else(|| panic!("{rule} does not break `{promise}` in {states} states"));
    println!("{rule} breaks `{promise}` in {} steps, found in {states} states:\n{}", steps.len(), told(&steps));
    steps
}

/// Steps, one a line.
fn told(steps: &[Step]) -> String {
    steps.iter().map(|step| format!("  {step}\n")).collect()
}

/// The Raft of the paper, but for these rules.
fn breaking(rules: Rules) -> RaftConfig {
    RaftConfig { rules, ..RaftConfig::default() }
}

/// Whoever campaigns when, whatever is lost.
#[test]
fn all_promises_hold_through_three_elections() {
    let bounds = Bounds { elections: 3, ..Bounds::default() };
    explore("three elections", Cluster::new(RaftConfig::default(), bounds)).assert_properties();
}

/// With a heartbeat, which sends once more what was not answered.
#[test]
fn all_promises_hold_through_a_crash() {
    let bounds = Bounds { elections: 2, heartbeats: 1, crashes: 1, ..Bounds::default() };
    explore("two elections, a heartbeat and a crash", Cluster::new(RaftConfig::default(), bounds)).assert_properties();
}

/// With no-ops and a pipeline: a leader sends the write before its no-op is answered.
#[test]
fn all_promises_hold_through_a_write_and_a_crash() {
    let bounds = Bounds { elections: 2, writes: 1, crashes: 1, ..Bounds::default() };
    explore("two elections, a write and a crash", Cluster::new(RaftConfig::default(), bounds)).assert_properties();
}

/// Without no-ops and pipeline, as in the paper's Figure 2.
#[test]
fn all_promises_hold_through_two_writes_and_a_crash() {
    let config = RaftConfig { no_op: false, window: 1, ..RaftConfig::default() };
    let bounds = Bounds { elections: 2, writes: 2, crashes: 1, ..Bounds::default() };
    explore("two elections, two writes and a crash", Cluster::new(config, bounds)).assert_properties();
}

/// The same with a heartbeat for the crash, or with a pipeline: 12 million states, some minutes and gigabytes.
/// `cargo test -p protocols --test exhaustive -- --ignored --nocapture --test-threads 1`.
#[test]
#[ignore = "takes minutes"]
fn all_promises_hold_through_more() {
    let config = RaftConfig { no_op: false, ..RaftConfig::default() };
    let bounds = Bounds { elections: 2, writes: 2, ..Bounds::default() };
    let one_by_one = RaftConfig { window: 1, ..config.clone() };
    let beating = Cluster::new(one_by_one, Bounds { heartbeats: 1, ..bounds });
    explore("two elections, two writes and a heartbeat", beating).assert_properties();
    explore("two elections and two writes in a pipeline", Cluster::new(config, bounds)).assert_properties();
}

/// C votes, forgets it in a crash, and votes for another in the same term.
#[test]
fn forgotten_votes_elect_two_leaders_in_a_term() {
    let bounds = Bounds { elections: 2, crashes: 1, ..Bounds::default() };
    let cluster = || Cluster::new(breaking(Rules { forget_vote: true, ..Rules::default() }), bounds);
    assert_eq!(shortest_breach("forget_vote", cluster, promises::ONE_VOTE).len(), 4);
    assert_eq!(shortest_breach("forget_vote", cluster, promises::ELECTION_SAFETY).len(), 7);
}

/// An entry that A and B have committed is unknown to C, which is elected all the same.
#[test]
fn votes_for_logs_that_are_behind_lose_committed_entries() {
    let bounds = Bounds { elections: 3, ..Bounds::default() };
    let cluster = || Cluster::new(breaking(Rules { skip_up_to_date_check: true, ..Rules::default() }), bounds);
    assert_eq!(shortest_breach("skip_up_to_date_check", cluster, promises::LEADER_COMPLETENESS).len(), 8);
}

/// Of three servers, half is one: whoever asks for votes has enough, and commits alone.
#[test]
fn half_of_the_servers_elect_two_leaders_in_a_term() {
    let bounds = Bounds { elections: 2, writes: 2, ..Bounds::default() };
    let cluster = || Cluster::new(breaking(Rules { quorum_of_half: true, ..Rules::default() }), bounds);
    assert_eq!(shortest_breach("quorum_of_half", cluster, promises::ELECTION_SAFETY).len(), 2);
    assert_eq!(shortest_breach("quorum_of_half", cluster, promises::LOG_MATCHING).len(), 4);
    assert_eq!(shortest_breach("quorum_of_half", cluster, promises::STATE_MACHINE_SAFETY).len(), 3);
}

/// The paper's Figure 8, with three servers for its five: at moment (b) A has taken in an entry in term 1, and B,
/// elected by C in term 2, another at the same index. Then A leads again.
fn figure_8(config: RaftConfig) -> Cluster {
    let b = ProcessId(1);
    let disk = |term, voted_for, log: &[u64]| Persistent {
        term,
        voted_for: Some(voted_for),
        log: log.iter().copied().map(Entry::no_op).collect(),
        ..Persistent::default()
    };
    let disks = vec![disk(2, b, &[1]), disk(2, b, &[2]), disk(2, b, &[])];
    let bounds = Bounds { elections: 2, ..Bounds::default() };
    Cluster::with_disks(config, bounds, disks)
}

/// A commits its entry of term 1 with C's copy of it, in term 3. B's last entry is of a later term, so C votes for B
/// in term 4.
#[test]
fn counting_copies_of_old_terms_loses_committed_entries() {
    let cluster = || figure_8(breaking(Rules { count_old_terms: true, ..Rules::default() }));
    assert_eq!(shortest_breach("count_old_terms", cluster, promises::LEADER_COMPLETENESS).len(), 11);
}

#[test]
fn all_promises_hold_from_figure_8_on() {
    explore("two elections from Figure 8 (b) on", figure_8(RaftConfig::default()));
}

/// B answers for what is not on its disk, and a crash takes it back: the entry that A has committed with B's copy, a
/// vote, a term. The last is how a committed entry is lost soonest: A commits in term 1, with the help of a server
/// that has forgotten that it helped to elect B in term 2.
#[test]
fn answers_before_fsync_lose_entries_and_votes() {
    let bounds = Bounds { elections: 2, crashes: 1, ..Bounds::default() };
    let cluster = || Cluster::new(breaking(Rules { ack_before_fsync: true, ..Rules::default() }), bounds);
    assert_eq!(shortest_breach("ack_before_fsync", cluster, promises::LASTING).len(), 6);
    assert_eq!(shortest_breach("ack_before_fsync", cluster, promises::ELECTION_SAFETY).len(), 7);
    assert_eq!(shortest_breach("ack_before_fsync", cluster, promises::LEADER_COMPLETENESS).len(), 9);
}

/// Four servers that change their membership one server at a time. A led term 1 and has taken in that D goes. Nobody
/// else has heard of it.
fn one_change_begun(rules: Rules) -> Cluster {
    let config = RaftConfig { changes: Changes::OneByOne, no_op: false, window: 1, ..breaking(rules) };
    let without_d = Membership::of(Members::first(3));
    let log = [Entry::configuration(1, without_d)].into_iter().collect();
    let voted_for = Some(ProcessId(0));
    let others = Persistent { term: 1, voted_for, ..Persistent::default() };
    let disks = vec![Persistent { log, ..others.clone() }, others.clone(), others.clone(), others];
    let bounds = Bounds { elections: 2, removals: 1, ..Bounds::default() };
    Cluster::with_disks(config, bounds, disks)
}

/// B leads term 2 and takes a server out, with D's copy: two of three. Then A leads term 3 with C's vote: two of the
/// three that A thinks decide.
#[test]
fn changes_at_once_make_two_majorities_without_a_common_server() {
    let cluster = || one_change_begun(Rules { change_at_once: true, ..Rules::default() });
    assert_eq!(shortest_breach("change_at_once", cluster, promises::LEADER_COMPLETENESS).len(), 14);
}

/// A leader of these has committed nothing in its own term, so it takes no change in.
#[test]
fn all_promises_hold_after_a_change_that_was_begun() {
    explore("two elections and a removal", one_change_begun(Rules::default()));
}
