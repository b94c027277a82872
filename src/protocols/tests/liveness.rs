//! Partial connectivity: what Raft does when some links fail and others don't, with PreVote and CheckQuorum off and on.
//!
//! The topologies of Howard and Abraham, "Raft does not guarantee liveness in the face of network faults" (2020), and
//! the constrained election of Ng, Haridi and Carbone, "Omni-Paxos" (EuroSys 2023, §2). A tick is 10 ms: links take
//! one, heartbeats come each tick, elections time out after 10 to 19, and a client asks for one write a tick.

#[allow(dead_code, reason = "each suite uses what it needs of it")]
mod common;

use common::{leaders, ms, target, targets};
use protocols::Run;
use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scenario, Scheduled};
use protocols::view::{EventKind, Stance};
use sim::{Action, By, Latency, Network, ProcessId, Span, Time};

const TICK: Span = Span::from_millis(10);
/// When links fail: the cluster has long had its leader then.
const CUT: Time = ms(1_000);
/// How long each topology is watched from then on: 3,000 ticks.
const WATCHED: Span = Span::from_secs(30);
/// How many runs are averaged.
const SEEDS: u64 = 10;

/// PreVote and CheckQuorum, each off or on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mode {
    pre_vote: bool,
    check_quorum: bool,
}

const PLAIN: Mode = Mode { pre_vote: false, check_quorum: false };
const PRE_VOTE: Mode = Mode { pre_vote: true, check_quorum: false };
const CHECK_QUORUM: Mode = Mode { pre_vote: false, check_quorum: true };
const BOTH: Mode = Mode { pre_vote: true, check_quorum: true };
const MODES: [Mode; 4] = [PLAIN, PRE_VOTE, CHECK_QUORUM, BOTH];

/// What became of a cluster while it was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Health {
    /// In how many spans of five ticks, of a thousand, something was committed: a write takes four.
    committing: u64,
    /// In how many terms somebody was elected.
    elections: u64,
    /// The longest time without a commit, in ticks.
    gap: u64,
    /// How far the highest term rose.
    terms: u64,
}

/// Five servers of which this one leads, every link as it is until [`CUT`].
fn cluster(leader: &str, mode: Mode, seed: u64, near: &str) -> Scenario {
    let config = RaftConfig {
        election_timeout: (Span(TICK.0 * 10), Span(TICK.0 * 19)),
        heartbeat: TICK,
        pre_vote: mode.pre_vote,
        check_quorum: mode.check_quorum,
        ..RaftConfig::default()
    };
    let mut network = Network::default();
    network.quality.latency = Latency::Fixed(TICK);
    let writer = ClientConfig {
        name: "c1".to_owned(),
        near: near.bytes().map(|name| ProcessId(name - b'A')).collect(),
        write_every: Some(TICK),
        does: Vec::new(),
        timeout: Span(TICK.0 * 40),
    };
    Scenario {
        protocol: ProtocolConfig::Raft(config),
        nodes: ["A", "B", "C", "D", "E"].map(str::to_owned).to_vec(),
        clients: (0..4).map(|nth| ClientConfig { name: format!("c{nth}"), ..writer.clone() }).collect(),
        seed,
        network,
        script: vec![at(ms(0), Action::Expire { who: target(leader), timer: "election".to_owned() })],
        until: CUT + WATCHED,
    }
}

fn at(at: Time, action: Action<protocols::Op>) -> Scheduled {
    Scheduled { at, by: By::Lesson, action }
}

fn cut(a: &str, b: &str) -> Scheduled {
    at(CUT, Action::Cut { from: target(a), to: target(b), both: true })
}

/// Plays a run to its end and says how it went after the cut.
fn watch(scenario: &Scenario, leader: &str) -> Health {
    let mut run = scenario.start().expect("the scenario is valid");
    run.seek(CUT);
    assert_eq!(leaders(&*run).first().map(|(name, _)| name.as_str()), Some(leader), "the one that was expired leads");
    let term = |run: &dyn Run| run.view().nodes.iter().map(|node| node.epoch).max().unwrap_or_default();
    let before = term(&*run);
    run.seek(run.end());
    let events = run.events(CUT, run.end());
    let commits: Vec<u64> =
        events.iter().filter(|event| event.kind == EventKind::Commit).map(|event| event.at.0 / TICK.0).collect();
    let mut spans: Vec<u64> = commits.iter().map(|tick| tick / 5).collect();
    spans.dedup();
    let edges = [CUT.0 / TICK.0].into_iter().chain(commits).chain([run.end().0 / TICK.0]);
    let edges: Vec<u64> = edges.collect();
    let bands = run.story().lanes.into_iter().flat_map(|lane| lane.bands);
    let elected = bands.filter(|band| band.stance == Stance::Leads && band.from > CUT).count();
    Health {
        committing: spans.len() as u64 * 1_000 / (WATCHED.0 / TICK.0 / 5),
        elections: elected as u64,
        gap: edges.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default(),
        terms: term(&*run) - before,
    }
}

/// The mean over some seeds.
fn mean(leader: &str, mode: Mode, near: &str, faults: &[Scheduled]) -> Health {
    let mut sum = Health::default();
    for seed in 0..SEEDS {
        let mut scenario = cluster(leader, mode, seed, near);
        scenario.script.extend_from_slice(faults);
        let health = watch(&scenario, leader);
        sum.committing += health.committing;
        sum.elections += health.elections;
        sum.gap += health.gap;
        sum.terms += health.terms;
    }
    let mean = Health {
        committing: sum.committing / SEEDS,
        elections: sum.elections / SEEDS,
        gap: sum.gap / SEEDS,
        terms: sum.terms / SEEDS,
    };
    println!("{leader} leads, {mode:?}: {mean:?}");
    mean
}

#[test]
fn a_healthy_cluster_keeps_its_leader_in_every_mode() {
    for mode in MODES {
        let health = mean("C", mode, "", &[]);
        assert!(health.committing >= 900 && health.elections == 0 && health.terms == 0, "{mode:?}: {health:?}");
    }
}

/// A, B and C are linked to each other, D only to B, E only to C, which leads.
#[test]
fn outsiders_that_hear_no_leader_unseat_it_again_and_again_unless_votes_are_asked_for_first() {
    let faults = [cut("A", "D"), cut("A", "E"), cut("B", "E"), cut("C", "D"), cut("D", "E")];
    let plain = mean("C", PLAIN, "ABC", &faults);
    assert!(plain.elections >= 10 && plain.committing <= 800 && plain.gap >= 30, "{plain:?}");
    for mode in [PRE_VOTE, BOTH] {
        let calm = mean("C", mode, "ABC", &faults);
        assert!(calm.elections == 0 && calm.committing >= 900 && calm.terms == 0, "{mode:?}: {calm:?}");
    }
    let sticky = mean("C", CHECK_QUORUM, "ABC", &faults);
    assert!(sticky.elections <= 1 && sticky.committing >= 900, "{sticky:?}");
    assert!(sticky.terms >= 50, "the outsider's own term runs away, and nobody follows it: {sticky:?}");
}

/// A, B and C are linked to each other, D, which leads, only to B, and E is down.
#[test]
fn a_leader_without_a_quorum_blocks_everybody_if_votes_are_asked_for_first_and_quorums_not_checked() {
    let crash = at(CUT, Action::Crash(target("E")));
    let faults = [crash, cut("A", "D"), cut("C", "D")];
    let blocked = mean("D", PRE_VOTE, "ABC", &faults);
    assert!(blocked.elections == 0 && blocked.committing <= 5 && blocked.gap >= 2_900, "{blocked:?}");
    for mode in [PLAIN, CHECK_QUORUM, BOTH] {
        let freed = mean("D", mode, "ABC", &faults);
        assert!(freed.elections >= 1 && freed.committing >= 850 && freed.gap <= 250, "{mode:?}: {freed:?}");
    }
}

/// E is cut off for 200 ticks and comes back.
#[test]
fn a_server_that_comes_back_unseats_the_leader_unless_votes_are_asked_for_first() {
    let back = at(CUT + Span(TICK.0 * 200), Action::HealAll);
    let faults = [at(CUT, Action::Isolate(target("E"))), back];
    let plain = mean("C", PLAIN, "", &faults);
    assert!(plain.elections >= 1 && plain.terms >= 5, "{plain:?}");
    for mode in [PRE_VOTE, BOTH] {
        let calm = mean("C", mode, "", &faults);
        assert!(calm.elections == 0 && calm.terms == 0, "{mode:?}: {calm:?}");
    }
}

/// E leads and then is gone; B, C and D are linked to A alone, whose log is behind theirs. A could reach a majority,
/// and nobody may vote for it; the others may be voted for, and reach nobody but A.
#[test]
fn a_constrained_election_leaves_every_mode_without_a_leader_until_a_link_heals() {
    let lag = CUT - Span(TICK.0 * 8);
    let star = vec![targets("B"), targets("C"), targets("D"), targets("E")];
    let faults = [
        at(lag, Action::Cut { from: target("E"), to: target("A"), both: true }),
        at(CUT, Action::Isolate(target("E"))),
        at(CUT, Action::Partition { groups: star }),
        at(CUT + Span::from_secs(20), Action::Heal { from: target("B"), to: target("C"), both: true }),
    ];
    for mode in MODES {
        for seed in 0..SEEDS {
            let mut scenario = cluster("E", mode, seed, "");
            scenario.script.extend_from_slice(&faults);
            let mut run = scenario.start().expect("the scenario is valid");
            run.seek(CUT + Span::from_secs(20));
            let elected = |run: &dyn Run| {
                run.story().lanes.iter().flat_map(|lane| &lane.bands).any(|b| b.stance == Stance::Leads && b.from > CUT)
            };
            assert!(!elected(&*run), "{mode:?}, seed {seed}: nobody can win");
            run.seek(run.end());
            assert!(elected(&*run), "{mode:?}, seed {seed}: with one link more somebody wins");
        }
    }
}
