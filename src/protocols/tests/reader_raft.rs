//! What Raft's later parts look like to a reader: pre-votes, quorum checks, transfers, snapshots, memberships and
//! reads, over whole runs.

mod common;

use common::{at, broken, first, five, leaders, ms, target, writer};
use protocols::op::Admin;
use protocols::scenario::{ProtocolConfig, RaftConfig, Reads, Scenario};
use protocols::view::{Because, EventKind, Step, Value};
use protocols::{Op, Run};
use sim::{Action, ProcessId, Target, Time};

/// Five servers with these settings, a client that writes each 100 ms, and this script; simulated for so long.
fn run_with(set: impl Fn(&mut RaftConfig), until_ms: u64, script: Vec<sim::Scheduled<Op>>) -> Box<dyn Run> {
    let mut scenario = Scenario { script, ..five(1) };
    let ProtocolConfig::Raft(config) = &mut scenario.protocol;
    set(config);
    let mut run = scenario.start().expect("the scenario is valid");
    run.seek(ms(until_ms));
    run
}

fn leader() -> Target {
    Target::Role { role: "leader".into(), nth: 0 }
}

fn ask(time_ms: u64, admin: Admin) -> sim::Scheduled<Op> {
    at(time_ms, Action::Request { to: leader(), op: Op::Admin(admin) })
}

fn why(run: &dyn Run, from_ms: u64, words: &str) -> Vec<Step> {
    let events = run.events(ms(from_ms), run.frontier());
    let found = events.into_iter().find(|event| event.text.contains(words));
    run.why(found.unwrap_or_else(|| panic!("nobody says `{words}` after {from_ms} ms")).id)
}

fn told(chain: &[Step]) -> Vec<String> {
    chain.iter().map(|step| format!("{} ({:?})", step.event.text, step.because)).collect()
}

/// The rows of a group, as text, of the first server that has a row of this name; empty if none has.
fn row(run: &dyn Run, key: &str) -> Option<Value> {
    let view = run.view();
    let rows = view.nodes.into_iter().flat_map(|node| node.groups).flat_map(|group| group.rows);
    rows.into_iter().find(|row| row.key == key).map(|row| row.value)
}

/// The first moment up to so many ms at which some server has a row of this name.
fn first_row(run: &mut dyn Run, from_ms: u64, until_ms: u64, key: &str) -> Value {
    run.seek(ms(from_ms));
    first(run, ms(until_ms), |run| row(run, key).is_some()).unwrap_or_else(|| panic!("nobody ever has `{key}`"));
    row(run, key).expect("it was just there")
}

#[test]
fn a_pre_candidate_is_seen_and_its_election_leads_back_through_the_promises_to_the_crash() {
    let mut run = run_with(|config| config.pre_vote = true, 4_000, vec![at(2_000, Action::Crash(leader()))]);
    let chain = why(&*run, 2_000, "becomes leader");
    let chain_told = told(&chain);
    let order =
        ["becomes leader", "votes for", "becomes candidate", "would vote for", "asks whether", "timer", "crashes"];
    let places: Vec<_> = order.iter().map(|words| chain_told.iter().position(|text| text.contains(words))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} {chain_told:#?}");
    assert!(matches!(chain.last().unwrap().because, Some(Because::Acted(_))), "{chain_told:#?}");
    first_row(&mut *run, 2_000, 4_000, "pre-votes");
    assert!(run.view().nodes.iter().any(|node| node.role == "Pre-candidate"));
}

#[test]
fn the_timeline_agrees_with_the_picture_when_pre_candidates_fail() {
    let isolate = |time| at(time, Action::Isolate(target("A")));
    let script = vec![isolate(1_000), at(2_000, Action::HealAll), isolate(3_000), at(4_000, Action::HealAll)];
    let set = |config: &mut RaftConfig| (config.pre_vote, config.check_quorum) = (true, true);
    let mut run = run_with(set, 6_000, script);
    let story = run.story();
    for moment in (0..6_000).step_by(23).map(ms) {
        run.seek(moment);
        for (node, lane) in run.view().nodes.iter().zip(&story.lanes) {
            let band = lane.bands.iter().rfind(|band| band.from <= moment).unwrap();
            assert_eq!((node.stance, node.epoch), (band.stance, band.epoch), "{moment} {}", node.name);
        }
    }
}

#[test]
fn a_leader_that_loses_its_quorum_leads_back_to_the_cut() {
    let script = vec![at(2_000, Action::Isolate(leader()))];
    let run = run_with(|config| config.check_quorum = true, 4_000, script);
    let chain = why(&*run, 2_000, "too few to lead");
    assert_eq!(chain[0].event.kind, EventKind::Role);
    assert!(matches!(chain[0].because, Some(Because::NothingHeardSince(_))), "{:#?}", told(&chain));
    assert!(chain.last().unwrap().event.text.starts_with("The lesson cuts"), "{:#?}", told(&chain));
}

#[test]
fn a_leader_that_loses_its_quorum_to_crashes_leads_back_to_one() {
    let old = {
        let run = run_with(|_| {}, 2_000, Vec::new());
        ProcessId(leaders(&*run)[0].0.as_bytes()[0] - b'A')
    };
    let others = (0..5).map(ProcessId).filter(|&id| id != old).take(3);
    let script = others.map(|id| at(2_000, Action::Crash(Target::Process(id)))).collect();
    let run = run_with(|config| config.check_quorum = true, 4_000, script);
    let chain = why(&*run, 2_000, "too few to lead");
    assert!(chain.last().unwrap().event.text.starts_with("The lesson crashes"), "{:#?}", told(&chain));
}

#[test]
fn a_transfer_is_seen_and_is_why_the_other_leads() {
    let script = vec![ask(2_000, Admin::Transfer(ProcessId(0))), ask(2_000, Admin::Transfer(ProcessId(1)))];
    let run = run_with(|_| {}, 3_000, script);
    let chain = why(&*run, 2_000, "becomes candidate");
    let chain_told = told(&chain);
    assert!(chain_told.iter().any(|text| text.contains("receives TimeoutNow")), "{chain_told:#?}");
    assert!(chain_told.iter().any(|text| text.contains("its log is complete")), "{chain_told:#?}");
    let refused = run.events(ms(2_000), ms(2_000)).into_iter().find(|event| event.text.contains("does not hand"));
    assert_eq!(refused.expect("one at a time").kind, EventKind::Refused);
}

#[test]
fn a_joint_configuration_a_learner_and_a_non_voter_are_seen() {
    let set = |config: &mut RaftConfig| config.voters = [0, 1, 2].map(ProcessId).to_vec();
    let script = vec![
        ask(2_000, Admin::AddLearner(ProcessId(3))),
        ask(3_000, Admin::Reconfigure([1, 2, 3].map(ProcessId).to_vec())),
    ];
    let mut run = run_with(set, 6_000, script);
    run.seek(ms(1_900));
    let roles: Vec<&str> = run.view().nodes.iter().map(|node| node.role).collect();
    assert_eq!(roles[3..], ["Non-voter", "Non-voter"]);
    run.seek(ms(2_900));
    assert_eq!(run.view().nodes[3].role, "Learner");
    assert_eq!(row(&*run, "learners"), Some(Value::Nodes(vec![ProcessId(3)])));
    assert_eq!(first_row(&mut *run, 3_000, 4_000, "old voters"), Value::Nodes([0, 1, 2].map(ProcessId).to_vec()));
    assert_eq!(row(&*run, "new voters"), Some(Value::Nodes([1, 2, 3].map(ProcessId).to_vec())));
    run.seek(ms(6_000));
    // A was taken out, and nobody tells it any more.
    let rows = run.view().nodes.swap_remove(1).groups.into_iter().flat_map(|group| group.rows);
    let of_b: Vec<&str> = rows.map(|row| row.key).collect();
    assert!(of_b.contains(&"voters") && !of_b.contains(&"old voters"), "{of_b:?}");
    assert_eq!(broken(&*run), [""; 0]);
}

#[test]
fn a_snapshot_begins_the_strip_later_and_nothing_acknowledged_is_missing() {
    let set = |config: &mut RaftConfig| (config.compact_at, config.snapshot_chunk) = (Some(10), 1);
    let script = vec![at(1_000, Action::Isolate(target("E"))), at(5_000, Action::HealAll)];
    let mut run = run_with(set, 10_000, script);
    let view = run.view();
    for node in &view.nodes {
        let strip = &node.strip;
        assert!(strip.first > 10 && strip.len() > 60, "{}: {} to {}", node.name, strip.first, strip.len());
        assert_eq!(strip.cells.first().map(|cell| cell.index), Some(strip.first.max(strip.last - 31)));
        assert_eq!(run.cells(node.id, 1, u64::MAX).first().map(|cell| cell.index), Some(strip.first));
        assert_eq!(run.missing(node.id).len(), 0, "{}", node.name);
    }
    assert!(row(&*run, "snapshot").is_some());
    assert!(run.events(ms(5_000), ms(10_000)).iter().any(|event| event.text.contains("E takes")));
    first_row(&mut *run, 4_990, 6_000, "snapshot items sent");
}

#[test]
fn reads_that_wait_and_leases_are_seen() {
    let mut scenario = five(1);
    scenario.clients = vec![writer("c1", None)];
    let read = |how| Op::Read { key: "x".into(), how };
    let c1 = || Target::Process(ProcessId(5));
    scenario.script = vec![
        at(2_000, Action::Request { to: c1(), op: read(Reads::Index) }),
        at(3_000, Action::Request { to: c1(), op: read(Reads::Lease) }),
    ];
    let ProtocolConfig::Raft(config) = &mut scenario.protocol;
    config.check_quorum = true;
    config.reads = Reads::Lease;
    let mut run = scenario.start().expect("the scenario is valid");
    run.seek(ms(4_000));
    let say = |words: &str| run.events(Time::ZERO, ms(4_000)).iter().any(|event| event.text.contains(words));
    for words in ["reads x by a read index", "makes sure that it still leads", "read by read index", "read by lease"] {
        assert!(say(words), "nobody says `{words}`");
    }
    first_row(&mut *run, 2_000, 3_000, "reads that wait");
    assert!(row(&*run, "readIndex").is_some());
    first_row(&mut *run, 3_000, 3_100, "lease");
}

#[test]
fn the_usual_inspector_has_grown_by_nothing() {
    let mut run = run_with(|_| {}, 0, Vec::new());
    run.seek(ms(3_000));
    let usual = ["currentTerm", "votedFor", "log", "leader", "commitIndex", "lastApplied", "nextIndex", "matchIndex"];
    for node in run.view().nodes {
        for row in node.groups.iter().flat_map(|group| &group.rows) {
            assert!(usual.contains(&row.key), "{}: {row:?}", node.name);
        }
    }
}
