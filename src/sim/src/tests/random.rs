//! The kernel's promises under random schedules.

use proptest::collection::vec;
use proptest::prelude::*;

use super::toy::{END, Line, Op, Toy, ask, at, facts, finished, ms, p, timeline};
use crate::{Action, Change, ClockChange, Latency, Loss, MsgId, Pick, ProcessId, Share, Span, Target, Time, Timeline};

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        4 => (0_u8..4).prop_map(p),
        1 => (0_u8..3).prop_map(|nth| Target::Role { role: "running".into(), nth }),
    ]
}

fn action() -> impl Strategy<Value = Action<Op>> {
    let two = || (target(), target(), any::<bool>());
    prop_oneof![
        vec(vec(target(), 0..3), 0..3).prop_map(|groups| Action::Partition { groups }),
        target().prop_map(Action::Isolate),
        two().prop_map(|(from, to, both)| Action::Cut { from, to, both }),
        two().prop_map(|(from, to, both)| Action::Heal { from, to, both }),
        Just(Action::HealAll),
        target().prop_map(Action::Crash),
        target().prop_map(Action::Restart),
        fault(),
        fault(),
        (0_u8..3).prop_map(|to| ask(to, Op::Keep(1))),
        (0_u8..3).prop_map(|to| ask(to, Op::Risk(1))),
        (0_u8..3).prop_map(|to| ask(to, Op::Greet)),
    ]
}

fn pick() -> impl Strategy<Value = Pick> {
    let some = || proptest::option::of(target());
    prop_oneof![
        (0_u32..300).prop_map(|id| Pick::Id(MsgId(id))),
        (some(), some(), 0_u8..3).prop_map(|(from, to, nth)| Pick::Fitting { kind: None, from, to, nth }),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let latency = prop_oneof![
        Just(Latency::Fixed(Span::from_millis(3))),
        Just(Latency::LongTail { usual: Span::from_millis(2), most: Span::from_millis(60) }),
    ];
    let share = || proptest::option::of((0_u32..4).prop_map(|share| Share(share * 300_000)));
    (proptest::option::of(latency), share(), share(), share())
        .prop_map(|(latency, loss, duplication, reordering)| Change { latency, loss, duplication, reordering })
}

fn fault() -> impl Strategy<Value = Action<Op>> {
    let some = || proptest::option::of(target());
    prop_oneof![
        vec(vec(target(), 0..3), 0..3).prop_map(|groups| Action::PartitionOneWay { groups }),
        (some(), some(), any::<bool>(), proptest::option::of(change()))
            .prop_map(|(from, to, both, change)| Action::Shape { from, to, both, change }),
        pick().prop_map(Action::DropMessage),
        (pick(), 0_u64..30).prop_map(|(pick, ms)| Action::DelayMessage { pick, by: Span::from_millis(ms) }),
        pick().prop_map(Action::DuplicateMessage),
        (target(), 0_u32..3).prop_map(|(who, kept)| Action::CrashTorn { who, kept }),
        target().prop_map(Action::Wipe),
        (target(), any::<bool>()).prop_map(|(who, lies)| Action::SetFsync { who, lies }),
        target().prop_map(Action::Pause),
        target().prop_map(Action::Resume),
        (target(), 0_u16..3).prop_map(|(who, times)| Action::Slow { who, times }),
        (target(), -600_000_i32..600_000)
            .prop_map(|(who, ppm)| Action::SetClock { who, change: ClockChange::Drift(ppm) }),
        (target(), any::<i32>())
            .prop_map(|(who, us)| Action::SetClock { who, change: ClockChange::Step(i64::from(us)) }),
        target().prop_map(|who| Action::Expire { who, timer: "beat".into() }),
    ]
}

pub(crate) fn script() -> impl Strategy<Value = Vec<Line>> {
    vec((0_u64..600, action()).prop_map(|(ms, action)| at(ms, action)), 0..20)
}

/// A moment, at times one at which the script may act.
fn moment() -> impl Strategy<Value = Time> {
    prop_oneof![(0_u64..700_000).prop_map(Time), (0_u64..700).prop_map(ms)]
}

/// What a reader does: looks somewhere, then perhaps acts.
fn reading() -> impl Strategy<Value = Vec<(Time, Option<Action<Op>>)>> {
    vec((moment(), proptest::option::of(action())), 1..15)
}

/// The facts at the cursor must be those of a run that went there without detours.
fn assert_straight(seed: u64, run: &Timeline<Toy>) {
    let mut straight = timeline(seed, run.script());
    straight.seek(run.now());
    assert_eq!(facts(&straight), facts(run));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_reader_does_the_merged_script_gives_the_same_run(
        seed in 0_u64..8,
        script in script(),
        reading in reading(),
        kilobytes in 0_usize..100,
    ) {
        let mut run = timeline(seed, &script);
        run.limit_checkpoints(kilobytes << 10, 20);
        for (to, action) in reading {
            run.seek(to);
            assert_straight(seed, &run);
            if let Some(action) = action {
                let (before, branch) = (facts(&run), run.current());
                if run.act(action).is_err() {
                    prop_assert_eq!(before, facts(&run));
                    prop_assert_eq!(branch, run.current());
                }
                assert_straight(seed, &run);
            }
        }
        for branch in 0..run.branches().count() {
            run.switch(branch);
            let known = run.trace().digest();
            let mut again = timeline(seed, run.script());
            again.seek(run.frontier());
            prop_assert_eq!(known, again.trace().digest(), "up to the frontier");
            run.seek(END);
            prop_assert_eq!(run.trace().digest(), finished(seed, run.script()).trace().digest(), "up to the end");
        }
    }

    #[test]
    fn every_event_has_an_earlier_cause_or_comes_from_outside(seed in 0_u64..8, script in script()) {
        let run = finished(seed, &script);
        for event in run.trace().iter() {
            let chain: Vec<_> = run.trace().causes(event.id).collect();
            prop_assert!(chain.is_sorted_by(|newer, older| newer.id > older.id && newer.at >= older.at));
            let origin = chain.last().expect("a chain holds the event itself");
            use crate::EventKind as K;
            prop_assert!(
                matches!(
                    origin.kind,
                    K::Started
                        | K::Crashed { .. }
                        | K::Restarted { .. }
                        | K::Cut { .. }
                        | K::Healed { .. }
                        | K::Requested { .. }
                        | K::Refused { .. }
                        | K::Shaped { .. }
                        | K::Dropped { loss: Loss::Picked(_), .. }
                        | K::Delayed { .. }
                        | K::Duplicated { by: Some(_), .. }
                        | K::Wiped { .. }
                        | K::FsyncSet { .. }
                        | K::Paused { .. }
                        | K::Resumed { .. }
                        | K::Slowed { .. }
                        | K::ClockSet { .. }
                        | K::Expired { .. }
                ),
                "{origin:?}"
            );
        }
    }

    #[test]
    fn every_message_arrives_when_it_is_due_or_is_lost_or_waits(seed in 0_u64..8, script in script()) {
        use crate::EventKind as K;
        let run = finished(seed, &script);
        let mut open = std::collections::BTreeMap::new();
        let mut waiting = std::collections::BTreeSet::new();
        for event in run.trace().iter() {
            match event.kind {
                K::Sent { id, due, .. } | K::Duplicated { copy: id, due, .. } => {
                    prop_assert!(open.insert(id, due).is_none());
                }
                K::Delayed { id, due, .. } => prop_assert!(open.insert(id, due).is_some_and(|before| before <= due)),
                K::Waits { id, .. } => {
                    prop_assert_eq!(open.remove(&id), Some(event.at));
                    waiting.insert(id);
                }
                K::Delivered { id, .. } => prop_assert!(waiting.remove(&id) || open.remove(&id) == Some(event.at)),
                K::Dropped { id, .. } => {
                    prop_assert!(waiting.remove(&id) || open.remove(&id).is_some_and(|due| event.at <= due));
                }
                _ => {}
            }
        }
        prop_assert!(open.values().all(|&due| due > END), "what is left is still on its way");
        prop_assert_eq!(open.len(), run.world().in_flight().count());
        let inboxes: usize = (0..3).map(|id| run.world().inbox(ProcessId(id)).count()).sum();
        prop_assert_eq!(waiting.len(), inboxes);
    }
}
