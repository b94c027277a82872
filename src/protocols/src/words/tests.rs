use sim::Limit;

use super::*;

#[test]
fn names_are_joined_as_one_speaks() {
    assert_eq!(list(&["A"]), "A");
    assert_eq!(list(&["A", "B"]), "A and B");
    assert_eq!(list(&["A", "B", "C"]), "A, B and C");
    assert_eq!([count(1, "vote"), count(3, "vote")], ["1 vote", "3 votes"]);
}

fn names() -> Names {
    Names::new(["A", "B", "C", "c1"].map(str::to_owned).to_vec())
}

/// A sentence, or a part of one, that a person wrote.
#[track_caller]
fn reads(text: &str) {
    let odd = ["{", "}", "Some(", "None", "?", "  ", "ProcessId", "\"", "[", "()"];
    assert!(!text.is_empty() && !text.ends_with('.') && !odd.iter().any(|odd| text.contains(odd)), "`{text}`");
}

fn ops() -> Vec<Op> {
    let (key, value) = (|| "x".to_owned(), || "7".to_owned());
    let (b, c) = (ProcessId(1), ProcessId(2));
    let reads = [Reads::Log, Reads::Index, Reads::Lease, Reads::Local];
    let mut ops: Vec<Op> = reads.into_iter().map(|how| Op::Read { key: key(), how }).collect();
    ops.extend([
        Op::Put { key: key(), value: value() },
        Op::Get { key: key() },
        Op::Append { key: key(), value: value() },
        Op::Cas { key: key(), expected: None, value: value() },
        Op::Cas { key: key(), expected: Some(value()), value: value() },
        Op::Delete { key: key() },
    ]);
    let admins = [
        Admin::Transfer(b),
        Admin::AddLearner(b),
        Admin::AddVoter(b),
        Admin::Remove(b),
        Admin::Reconfigure(vec![b, c]),
        Admin::Compact,
    ];
    ops.extend(admins.into_iter().map(Op::Admin));
    ops
}

#[test]
fn every_operation_and_what_it_comes_to_is_said() {
    for op in ops() {
        reads(&to_do(&names(), &op));
        reads(&invoked(&names(), "c1", &op));
        for outcome in [
            Outcome::Written,
            Outcome::Value(None),
            Outcome::Value(Some("7".to_owned())),
            Outcome::Unknown,
            Outcome::Mismatch(None),
            Outcome::Mismatch(Some("8".to_owned())),
        ] {
            reads(&completed(&names(), "c1", Some(&op), &outcome));
            reads(&completed(&names(), "c1", None, &outcome));
        }
    }
    let cas = Op::Cas { key: "x".into(), expected: None, value: "7".into() };
    assert_eq!(
        completed(&names(), "c1", Some(&cas), &Outcome::Mismatch(Some("8".into()))),
        "c1 hears that nothing changes: x is 8, not nothing"
    );
}

#[test]
fn every_action_is_said() {
    use sim::{Action, Change, MsgId, Pick, Target};
    let b = || Target::Process(ProcessId(1));
    let leader = || Target::Role { role: "leader".into(), nth: 0 };
    let fitting = |nth| Pick::Fitting { kind: Some("vote".into()), from: Some(b()), to: Some(leader()), nth };
    let sides = || vec![vec![b()], vec![leader(), Target::Role { role: "follower".into(), nth: 2 }]];
    let change = Change {
        latency: Some(Latency::LongTail { usual: Span::from_millis(5), most: Span::from_millis(50) }),
        loss: Some(Share(50_000)),
        duplication: Some(Share(2_500)),
        reordering: Some(Share(1)),
    };
    let mut actions = vec![
        Action::Partition { groups: sides() },
        Action::PartitionOneWay { groups: sides() },
        Action::Isolate(b()),
        Action::Cut { from: b(), to: leader(), both: true },
        Action::Heal { from: b(), to: leader(), both: false },
        Action::HealAll,
        Action::Crash(b()),
        Action::CrashTorn { who: b(), kept: 1 },
        Action::Restart(b()),
        Action::Wipe(b()),
        Action::SetFsync { who: b(), lies: true },
        Action::SetFsync { who: b(), lies: false },
        Action::Pause(b()),
        Action::Resume(b()),
        Action::Slow { who: b(), times: 0 },
        Action::Slow { who: b(), times: 5 },
        Action::SetClock { who: b(), change: ClockChange::Step(-1_500) },
        Action::SetClock { who: b(), change: ClockChange::Step(1_500) },
        Action::SetClock { who: b(), change: ClockChange::Drift(0) },
        Action::SetClock { who: b(), change: ClockChange::Drift(-20) },
        Action::Expire { who: b(), timer: "election".into() },
        Action::DropMessage(Pick::Id(MsgId(7))),
        Action::DelayMessage { pick: fitting(0), by: Span::from_millis(5) },
        Action::DuplicateMessage(fitting(4)),
    ];
    for (from, to) in [(None, None), (Some(b()), None), (None, Some(b())), (Some(b()), Some(leader()))] {
        for both in [false, true] {
            let (from, to) = (from.clone(), to.clone());
            actions.push(Action::Shape { from, to, both, change: Some(change) });
        }
    }
    actions.push(Action::Shape { from: None, to: None, both: false, change: None });
    actions.extend(ops().into_iter().map(|op| Action::Request { to: b(), op }));
    for action in &actions {
        reads(&deed(&names(), action));
    }
    assert_eq!(
        act::change(&change),
        "latency 5 ms with a long tail up to 50 ms, 5 % lost, 0.25 % doubled, 0.0001 % held back"
    );
    reads(&act::change(&Change::default()));
}

#[test]
fn every_refusal_is_said() {
    use sim::{MsgId, Refused};
    let b = ProcessId(1);
    for why in [
        Refused::NoSuchProcess(ProcessId(9)),
        Refused::NobodyPlays { role: "leader".into(), nth: 0 },
        Refused::NobodyPlays { role: "leader".into(), nth: 1 },
        Refused::Down(b),
        Refused::Up(b),
        Refused::NoLink(b, ProcessId(3)),
        Refused::NothingToCut,
        Refused::NothingToHeal,
        Refused::TooFewSides,
        Refused::OnTwoSides(b),
        Refused::Paused(b),
        Refused::NotPaused(b),
        Refused::AsItIs(b),
        Refused::TooMuchDrift(600_000),
        Refused::TooFarAStep(i64::MAX),
        Refused::NoSuchMessage(MsgId(3)),
        Refused::NoMessageFits { nth: 0 },
        Refused::NoMessageFits { nth: 2 },
        Refused::NoSuchTimer("egg".into()),
        Refused::TimerNotSet { who: b, timer: "election".into() },
        Refused::NothingToShape,
        Refused::ImpossibleQuality,
        Refused::NoSuchBranch,
        Refused::OriginalBranch,
        Refused::BranchInView,
        Refused::NameTooLong,
        Refused::Ended,
        Refused::Halted(Limit::EventsInOneInstant),
        Refused::Halted(Limit::EventsInAll),
        Refused::Halted(Limit::MessagesInFlight),
        Refused::Halted(Limit::Inbox),
        Refused::TooManyBranches,
    ] {
        reads(&refused(&names(), &why));
    }
}
