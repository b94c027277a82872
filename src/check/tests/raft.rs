//! Predicates judged on real runs of Raft.

use check::{Facts, Goal, Mark, Predicate, Progress, SpanText};
use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scheduled};
use protocols::{Run, Scenario};
use sim::{Action, By, ProcessId, Span, Target, Time};

/// Five nodes and a client that writes; at 3 s the leader and one follower are cut off, at 10 s all is healed.
fn split() -> Box<dyn Run> {
    let role = |role: &str, nth| Target::Role { role: role.into(), nth };
    let minority = vec![role("leader", 0), role("follower", 0)];
    let majority = vec![role("follower", 1), role("follower", 2), role("follower", 3)];
    let script = [(3, Action::Partition { groups: vec![minority, majority] }), (10, Action::HealAll)];
    let scenario = Scenario {
        protocol: ProtocolConfig::Raft(RaftConfig::default()),
        nodes: ["A", "B", "C", "D", "E"].map(String::from).to_vec(),
        clients: vec![ClientConfig {
            name: "c1".into(),
            near: Vec::new(),
            write_every: Some(Span::from_millis(200)),
            does: Vec::new(),
            timeout: Span::from_secs(1),
        }],
        seed: 11,
        network: sim::Network::default(),
        script: script
            .into_iter()
            .map(|(s, action)| Scheduled { at: Time::ZERO + Span::from_secs(s), by: By::Lesson, action })
            .collect(),
        until: Time::ZERO + Span::from_secs(30),
    };
    scenario.start().expect("the scenario is valid")
}

fn at(ms: u64) -> Time {
    Time(ms * 1_000)
}

#[track_caller]
fn holds(run: &mut dyn Run, ms: u64, predicate: &Predicate) {
    let finding = predicate.judge(run, at(ms));
    assert!(finding.holds, "at {ms} ms: {predicate}; found: {}", finding.found);
}

#[test]
fn a_cut_off_leader_stays_until_it_hears_of_the_next() {
    let mut run = split();
    let two = |ms| Predicate::LeadersAtOnce { count: 2, lasting: SpanText(Span::from_millis(ms)) };
    holds(&mut *run, 2_900, &Predicate::Leaders(1));
    holds(&mut *run, 2_900, &Predicate::ElectionsAtMost(1));
    holds(&mut *run, 9_900, &Predicate::Leaders(2));
    holds(&mut *run, 9_900, &Predicate::ElectionsAtLeast(2));
    holds(&mut *run, 12_000, &Predicate::Leaders(1));
    holds(&mut *run, 30_000, &two(6_000));
    holds(&mut *run, 30_000, &Predicate::Not(Box::new(two(7_500))));
    holds(&mut *run, 30_000, &Predicate::PromisesHold(true));
}

#[test]
fn going_back_in_time_changes_no_verdict() {
    let mut run = split();
    let predicate = Predicate::All(vec![
        Predicate::Leaders(2),
        Predicate::LeadersAtOnce { count: 2, lasting: SpanText(Span::from_secs(1)) },
        Predicate::NoAcknowledgedWriteLost(true),
        Predicate::Acknowledged(10),
    ]);
    let first = predicate.judge(&mut *run, at(5_000));
    run.seek(at(30_000));
    assert_eq!(predicate.judge(&mut *run, at(5_000)), first);
    assert!(first.holds, "{}", first.found);
}

#[test]
fn acknowledged_writes_are_found_in_the_log_of_the_leader_that_has_them() {
    let mut run = split();
    let finding = Predicate::NoAcknowledgedWriteLost(true).judge(&mut *run, at(30_000));
    assert!(finding.holds, "{}", finding.found);
    let writes: u64 = finding.found.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(writes > 50, "the verdict is about many writes: {}", finding.found);
}

#[test]
fn a_challenge_is_won_when_its_time_is_full() {
    let mut run = split();
    let two = Predicate::LeadersAtOnce { count: 2, lasting: SpanText(Span::from_secs(5)) };
    let goals = [Goal::Reach(two), Goal::Keep(Predicate::NoAcknowledgedWriteLost(true))];
    let mut progress = Progress::new(&goals);
    for look in 1..=60 {
        run.seek(at(look * 500));
        progress.update(&goals, &Facts::now(&*run, goals.iter().map(Goal::predicate)));
        if progress.passed() {
            break;
        }
    }
    let Mark::Reached(when) = progress.goals()[0].0 else { panic!("the goal is reached: {progress:?}") };
    assert!(when >= at(8_000) && when <= at(9_500), "five seconds after the second leader stands: {when}");
}

#[test]
fn a_crash_is_counted_once() {
    let mut run = split();
    run.seek(at(1_000));
    run.act(Action::Crash(Target::Process(ProcessId(0)))).unwrap();
    run.seek(at(2_000));
    run.act(Action::Restart(Target::Process(ProcessId(0)))).unwrap();
    holds(&mut *run, 5_000, &Predicate::CrashesAtMost(1));
    holds(&mut *run, 5_000, &Predicate::Not(Box::new(Predicate::CrashesAtMost(0))));
}
