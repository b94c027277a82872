//! Whole runs of Raft, seen as a reader sees them.

#[allow(dead_code, reason = "each suite uses what it needs of it")]
mod common;
mod golden;

use common::{at, broken, first, five, leaders, ms, target, targets, writer};
use protocols::scenario::{ProtocolConfig, RaftConfig, Rules, Scenario};
use protocols::view::{Stance, Status, Value};
use protocols::{Op, Outcome, Run};
use sim::{Action, ProcessId, Target, Time};

fn start(scenario: &Scenario) -> Box<dyn Run> {
    scenario.start().expect("the scenario is valid")
}

fn values_in_log(run: &dyn Run, node: u8) -> Vec<String> {
    run.cells(ProcessId(node), 1, u64::MAX).into_iter().map(|cell| cell.label).collect()
}

/// Every write that a client was told of by the cursor.
fn acknowledged(run: &dyn Run) -> Vec<String> {
    let now = run.now();
    let done = |record: protocols::run::OpRecord| match record.completed {
        Some((end, Outcome::Written)) if end <= now => Some(record.op.to_string()),
        _ => None,
    };
    run.history().into_iter().filter_map(done).collect()
}

/// Cuts A and B from the others while A leads, at 2 s; heals at 6 s.
fn split_with_the_leader_in_the_minority() -> (Scenario, u64) {
    let seed = (0..)
        .find(|&seed| {
            let mut run = start(&five(seed));
            run.seek(ms(2_000));
            leaders(&*run).first().is_some_and(|(name, _)| name == "A")
        })
        .expect("A leads for some seed");
    let mut scenario = five(seed);
    scenario.clients.push(protocols::scenario::ClientConfig {
        near: vec![ProcessId(2), ProcessId(3), ProcessId(4)],
        ..writer("c2", Some(150))
    });
    let groups = vec![targets("AB"), targets("CDE")];
    scenario.script = vec![at(2_000, Action::Partition { groups }), at(6_000, Action::HealAll)];
    let mut run = start(&scenario);
    run.seek(ms(1_999));
    let term = leaders(&*run)[0].1;
    assert_eq!(leaders(&*run)[0].0, "A", "the second client changes nobody's draws");
    (scenario, term)
}

#[test]
fn five_servers_elect_one_leader_and_keep_it() {
    for seed in 0..20 {
        let mut run = start(&five(seed));
        run.seek(ms(2_000));
        let then = leaders(&*run);
        assert_eq!(then.len(), 1, "seed {seed}: {then:?}");
        assert!(run.view().nodes.iter().all(|node| node.epoch == then[0].1), "seed {seed}: all know the term");
        run.seek(ms(30_000));
        assert_eq!(leaders(&*run), then, "seed {seed}: without faults nobody is replaced");
        assert!(run.history().len() > 250, "seed {seed}: {} writes", run.history().len());
        assert_eq!(broken(&*run), [""; 0]);
    }
}

#[test]
fn a_majority_elects_in_a_higher_term_while_the_old_leader_still_believes() {
    let (scenario, term) = split_with_the_leader_in_the_minority();
    let mut run = start(&scenario);
    run.seek(ms(2_000));
    let two = first(&mut *run, ms(6_000), |run| leaders(run).len() == 2).expect("the majority elects");
    let now = leaders(&*run);
    assert_eq!(now[0], ("A".to_owned(), term));
    assert!(["C", "D", "E"].contains(&now[1].0.as_str()) && now[1].1 > term, "{now:?}");
    assert!(two < ms(4_000), "{two}");
    run.seek(ms(5_999));
    assert_eq!(leaders(&*run).len(), 2, "nothing tells A otherwise while the cut lasts");
    let (a, c) = (run.view().nodes[0].clone(), run.view().nodes[2].clone());
    assert!(c.strip.settled > a.strip.settled, "the majority commits, the minority does not");
    assert_eq!(run.view().cuts.len(), 1);
    assert_eq!(broken(&*run), [""; 0]);
}

#[test]
fn healing_makes_the_old_leader_step_down_and_take_over_the_others_log() {
    let (scenario, _) = split_with_the_leader_in_the_minority();
    let mut run = start(&scenario);
    run.seek(ms(5_999));
    let told_before = acknowledged(&*run);
    run.seek(ms(8_000));
    assert_eq!(leaders(&*run).len(), 1);
    assert_eq!(run.view().nodes[0].stance, Stance::Follows);
    assert_eq!(run.view().cuts, []);
    for node in 0..5 {
        let log = values_in_log(&*run, node);
        assert!(told_before.iter().all(|write| log.contains(write)), "an acknowledged write is missing at {node}");
    }
    assert_eq!(broken(&*run), [""; 0]);
}

#[test]
fn why_an_election_leads_back_to_the_cut() {
    let (scenario, _) = split_with_the_leader_in_the_minority();
    let mut run = start(&scenario);
    run.seek(ms(5_000));
    let elected = run.events(ms(2_000), ms(5_000)).into_iter().find(|event| event.text.contains("becomes leader"));
    let chain: Vec<String> = run.why(elected.unwrap().id).into_iter().map(|step| step.event.text).collect();
    let told = chain.join("\n");
    let order =
        ["becomes leader", "votes for", "becomes candidate", "election timer runs out", "loses", "The lesson cuts"];
    let places: Vec<_> = order.iter().map(|words| chain.iter().position(|text| text.contains(words))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{told}");
    assert_eq!(chain.iter().filter(|text| text.contains("votes for")).count(), 2, "a third vote is its own\n{told}");
    assert!(chain.last().unwrap().starts_with("The lesson cuts A and B from C, D and E"), "{told}");
}

#[test]
fn why_an_election_after_a_crash_leads_back_to_the_crash() {
    let mut scenario = five(3);
    scenario.script = vec![at(2_000, Action::Crash(Target::Role { role: "leader".into(), nth: 0 }))];
    let mut run = start(&scenario);
    run.seek(ms(5_000));
    let elected = run.events(ms(2_000), ms(5_000)).into_iter().find(|event| event.text.contains("becomes leader"));
    let chain = run.why(elected.unwrap().id);
    let last = &chain.last().unwrap().event;
    assert!(last.text.starts_with("The lesson crashes") && last.at == ms(2_000), "{chain:#?}");
}

#[test]
fn a_crash_keeps_the_vote_and_loses_the_commit_index() {
    let mut scenario = five(1);
    scenario.script = vec![at(3_000, Action::Crash(target("B"))), at(4_000, Action::Restart(target("B")))];
    let mut run = start(&scenario);
    let disk = |run: &dyn Run| run.view().nodes[1].groups[0].rows[..2].to_vec();
    run.seek(ms(2_999));
    let before = disk(&*run);
    assert!(matches!(before[1].value, Value::Node(Some(_))), "{before:?}");
    run.seek(ms(3_500));
    assert_eq!((run.view().nodes[1].status, disk(&*run)), (Status::Down, before.clone()));
    run.seek(ms(4_000));
    let b = run.view().nodes[1].clone();
    assert_eq!((b.status, b.stance, b.strip.settled, b.since), (Status::Up, Stance::Follows, 0, ms(4_000)));
    assert_eq!(disk(&*run), before);
    run.seek(ms(5_000));
    assert!(run.view().nodes[1].strip.settled > 0, "the leader tells it");
}

#[test]
fn without_a_majority_nobody_leads_and_nothing_is_acknowledged() {
    let mut scenario = five(4);
    let groups = ["AB", "CD", "E"].map(targets).to_vec();
    scenario.script = vec![at(0, Action::Partition { groups })];
    let mut run = start(&scenario);
    run.seek(ms(10_000));
    assert_eq!((leaders(&*run).len(), acknowledged(&*run).len()), (0, 0));
    assert!(run.history().iter().any(|record| matches!(record.completed, Some((_, Outcome::Unknown)))));
    assert!(run.view().clients[0].unknown > 0);
}

#[test]
fn a_client_of_the_minority_side_finds_the_majority_although_hints_send_it_back() {
    let (mut scenario, _) = split_with_the_leader_in_the_minority();
    scenario.script.truncate(1);
    let mut run = start(&scenario);
    run.seek(ms(10_000));
    let view = run.view();
    let c1 = &view.clients[0];
    assert!(c1.asks.is_some_and(|server| server >= ProcessId(2)), "{c1:?}");
    assert!(c1.unknown <= 1 && c1.done > 60, "{c1:?}");
}

#[test]
fn a_read_returns_what_was_written_last() {
    let mut scenario = five(5);
    scenario.clients = vec![writer("c1", None)];
    let ask = |time, op| at(time, Action::Request { to: Target::Process(ProcessId(5)), op });
    let put = |value: &str| Op::Put { key: "x".into(), value: value.into() };
    let get = Op::Get { key: "x".into() };
    scenario.script = vec![ask(1_000, get.clone()), ask(1_000, put("7")), ask(1_000, put("8")), ask(1_500, get)];
    let mut run = start(&scenario);
    run.seek(ms(4_000));
    let outcomes: Vec<Outcome> =
        run.history().into_iter().filter_map(|record| record.completed).map(|(_, o)| o).collect();
    let value = |value: Option<&str>| Outcome::Value(value.map(str::to_owned));
    assert_eq!(outcomes, [value(None), Outcome::Written, Outcome::Written, value(Some("8"))]);
}

#[test]
fn going_back_shows_the_same_picture_and_going_on_the_same_run() {
    let (scenario, _) = split_with_the_leader_in_the_minority();
    let mut run = start(&scenario);
    run.seek(ms(2_700));
    let (view, story) = (run.view(), run.story());
    run.seek(ms(9_000));
    let hash = run.hash();
    run.seek(ms(2_700));
    assert_eq!(run.view(), view);
    assert_eq!(run.frontier(), ms(9_000));
    assert!(run.story().lanes[0].bands.len() >= story.lanes[0].bands.len());
    run.seek(ms(9_000));
    assert_eq!(run.hash(), hash);
}

#[test]
fn acting_in_the_past_starts_a_branch_that_can_be_run_again_from_its_scenario() {
    let mut run = start(&five(6));
    run.seek(ms(5_000));
    let hash = run.hash();
    run.seek(ms(2_000));
    let leader = Target::Role { role: "leader".into(), nth: 0 };
    run.act(Action::Crash(leader.clone())).unwrap();
    let forks: Vec<(usize, Time)> = run.branches().iter().map(|branch| (branch.parent, branch.fork)).collect();
    assert_eq!((run.branch(), forks), (1, vec![(0, Time::ZERO), (0, ms(2_000))]));
    run.seek(ms(5_000));
    assert_eq!(run.view().nodes.iter().filter(|node| node.status == Status::Down).count(), 1);
    assert_eq!(run.story().marks.len(), 1);

    let mut again = start(&run.scenario());
    again.seek(ms(5_000));
    assert_eq!((again.hash(), again.view()), (run.hash(), run.view()));

    run.switch(0);
    run.seek(ms(5_000));
    assert_eq!(run.hash(), hash, "the old future is kept");
    assert_eq!(run.story().marks, []);
}

#[test]
fn what_cannot_be_done_is_refused_in_words() {
    let mut run = start(&five(1));
    let reader = |run: &mut Box<dyn Run>, action| run.act(action).map_err(|refusal| refusal.to_string());
    let c1 = Target::Process(ProcessId(5));
    let op = Op::Get { key: "x".into() };
    for (action, words) in [
        (Action::Restart(target("A")), "This can't be done: A is running"),
        (Action::HealAll, "This can't be done: nothing of that is cut"),
        (Action::Crash(c1.clone()), "This can't be done: c1 is a client: only servers crash"),
        (Action::Request { to: target("A"), op }, "This can't be done: A is a server: ask a client"),
        (
            Action::Crash(Target::Role { role: "leader".into(), nth: 0 }),
            "This can't be done: there is no leader at this moment",
        ),
        (Action::Crash(Target::Process(ProcessId(77))), "This can't be done: there is no process with the number 77"),
    ] {
        assert_eq!(reader(&mut run, action), Err(words.to_owned()));
    }
    assert_eq!(run.branches().len(), 1);
}

#[test]
fn the_timeline_has_no_gaps_and_agrees_with_the_picture() {
    let (scenario, _) = split_with_the_leader_in_the_minority();
    let mut run = start(&scenario);
    run.seek(ms(9_000));
    let story = run.story();
    for lane in &story.lanes {
        assert_eq!((lane.bands[0].from, lane.bands.last().unwrap().to), (Time::ZERO, story.frontier));
        assert!(lane.bands.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].from < pair[0].to));
    }
    assert_eq!((story.cuts.len(), story.cuts[0].from, story.cuts[0].to), (1, ms(2_000), Some(ms(6_000))));
    for moment in (0..9_000).step_by(37).map(ms) {
        run.seek(moment);
        for (node, lane) in run.view().nodes.iter().zip(&story.lanes) {
            let band = lane.bands.iter().rfind(|band| band.from <= moment).unwrap();
            assert_eq!((node.status, node.stance, node.epoch), (band.status, band.stance, band.epoch), "{moment}");
        }
    }
}

fn soak(seed: u64, length: Time, config: RaftConfig) -> Box<dyn Run> {
    let mut scenario = five(seed);
    scenario.protocol = ProtocolConfig::Raft(config);
    scenario.clients.push(writer("c2", Some(70)));
    scenario.script = golden::faults(seed, length);
    scenario.until = length;
    let mut run = start(&scenario);
    run.seek(length);
    run
}

#[test]
fn no_promise_is_broken_in_two_hundred_runs_of_random_faults() {
    let mut acknowledged_writes = 0;
    let mut leaders_elected = 0;
    for seed in 0..200 {
        let run = soak(seed, ms(20_000), RaftConfig::default());
        assert_eq!(broken(&*run), [""; 0], "seed {seed}");
        acknowledged_writes += acknowledged(&*run).len();
        let bands = run.story().lanes.into_iter().flat_map(|lane| lane.bands);
        leaders_elected += bands.filter(|band| band.stance == Stance::Leads && band.status == Status::Up).count();
    }
    assert!(acknowledged_writes > 10_000, "the runs do something: {acknowledged_writes} writes");
    assert!(leaders_elected > 1_000, "and something happens to them: {leaders_elected} leaders");
}

/// In which of some hundred runs of random faults some promise is broken if this rule is.
fn breaches_with(rules: Rules) -> Vec<String> {
    let config = RaftConfig { rules, ..RaftConfig::default() };
    (0..100).flat_map(|seed| broken(&*soak(seed, ms(20_000), config.clone()))).collect()
}

#[test]
fn voting_for_candidates_whose_log_is_behind_loses_committed_entries() {
    let breaches = breaches_with(Rules { skip_up_to_date_check: true, ..Rules::default() });
    assert!(breaches.iter().any(|breach| breach.starts_with("Leader completeness")), "{breaches:?}");
    assert!(breaches.iter().any(|breach| breach.starts_with("State machine safety")), "{breaches:?}");
}

#[test]
fn a_quorum_of_half_elects_two_leaders_in_one_term() {
    let breaches = breaches_with(Rules { quorum_of_half: true, ..Rules::default() });
    assert!(breaches.iter().any(|breach| breach.starts_with("Election safety")), "{breaches:?}");
}

/// Runs as CI replays them, with the digest of their traces: the same on every platform and for ever.
#[test]
fn the_same_scenario_has_the_same_trace_as_when_it_was_written_down() {
    let mut lines = Vec::new();
    for (name, scenario) in golden::scenarios() {
        let mut run = start(&scenario);
        run.seek(scenario.until);
        let hash = run.hash();
        let mut in_steps = start(&scenario);
        (0..=scenario.until.0).step_by(777_777).for_each(|us| in_steps.seek(Time(us)));
        in_steps.seek(scenario.until);
        assert_eq!(in_steps.hash(), hash, "{name}: in one go or in steps");
        lines.push(format!("{name} {hash:016x}"));
    }
    let now = lines.join("\n") + "\n";
    assert_eq!(now, golden::HASHES, "if the protocol changed on purpose, write this down:\n{now}");
}

/// The short account of a run, as a reader of the log gets it.
#[test]
fn a_run_reads_as_it_did_when_it_was_written_down() {
    let mut scenario = five(1);
    scenario.clients[0].write_every = Some(sim::Span::from_millis(700));
    let groups = vec![targets("AC"), targets("BDE")];
    let leader = Target::Role { role: "leader".into(), nth: 0 };
    scenario.script = vec![
        at(1_000, Action::Partition { groups }),
        at(2_000, Action::HealAll),
        at(2_500, Action::Crash(leader)),
        at(3_000, Action::Restart(target("D"))),
    ];
    let mut run = start(&scenario);
    run.seek(ms(3_200));
    let key = run.events(Time::ZERO, ms(3_200)).into_iter().filter(|event| event.kind.is_key());
    let told: Vec<String> = key.map(|event| format!("{}: {}\n", event.at, event.text)).collect();
    let told = told.concat();
    assert_eq!(told, include_str!("golden/account.txt"), "if the words changed on purpose, write this down:\n{told}");
}

#[test]
fn every_event_has_a_sentence_without_a_full_stop() {
    let run = soak(11, ms(20_000), RaftConfig::default());
    let events = run.events(Time::ZERO, run.frontier());
    assert!(events.len() > 5_000);
    for event in &events {
        let text = &event.text;
        let whole = !text.is_empty() && !text.contains('?') && !text.ends_with('.') && !text.contains("  ");
        assert!(whole, "{event:?}");
        assert!(run.why(event.id).len() <= protocols::live::WHY_MAX);
    }
}
