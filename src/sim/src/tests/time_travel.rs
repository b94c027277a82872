//! Looking at any moment, acting there, and the branches that come of it.

use super::digest;
use super::toy::{END, Line, Op, Toy, ask, at, facts, finished, ms, p, split, timeline};
use crate::timeline::{BRANCH_NAME_MAX, BRANCHES_MAX, CHECKPOINT_EVENTS};
use crate::{Action, By, Event, EventKind, Network, ProcessId, Refused, Span, Time, Timeline};

#[test]
fn seeking_anywhere_shows_what_a_straight_run_showed() {
    let script = [
        at(100, split(&[0], &[1, 2])),
        at(300, Action::Crash(p(1))),
        at(400, Action::HealAll),
        at(500, Action::Restart(p(1))),
    ];
    let mut straight = timeline(5, &script);
    let shown: Vec<_> = (0..200)
        .map(|step| ms(step * 10))
        .map(|at| {
            straight.seek(at);
            (at, facts(&straight))
        })
        .collect();
    straight.seek(END);
    let whole = digest(&straight);

    let mut other = timeline(5, &script);
    other.seek(END);
    assert_eq!(digest(&other), whole, "one leap records the same as many steps");
    for jump in [1, 199, 77, 131] {
        for step in 0..shown.len() {
            let (at, facts_then) = &shown[step * jump % shown.len()];
            other.seek(*at);
            assert_eq!(&facts(&other), facts_then);
        }
    }
    assert_eq!((digest(&other), other.branches().count(), other.frontier()), (whole, 1, END));
}

#[test]
fn acting_in_the_past_starts_a_branch_and_leaves_the_old_future_untouched() {
    let mut run = finished(5, &[at(1_500, Action::Crash(p(1)))]);
    let old = digest(&run);
    run.seek(ms(900));
    let event = run.act(split(&[0], &[1, 2])).unwrap();
    assert_eq!((run.current(), run.now(), run.frontier()), (1, ms(900), ms(900)));
    assert_eq!(run.branches().collect::<Vec<_>>(), [(0, Time::ZERO), (0, ms(900))]);
    assert!(matches!(run.trace().get(event), Some(Event { kind: EventKind::Cut { by: By::Reader, .. }, .. })));
    run.seek(END);
    assert_ne!(digest(&run), old);
    assert!(run.world().process(ProcessId(1)).is_none(), "the lesson's script goes on in the branch");

    run.switch(0);
    assert_eq!((run.now(), digest(&run)), (END, old));
    assert!(run.world().cuts().is_empty());
    run.seek(ms(900));
    run.switch(1);
    assert_eq!((run.now(), run.world().cuts().len()), (ms(900), 1));
}

#[test]
fn a_fork_at_a_moment_of_the_script_does_not_repeat_it() {
    let mut run = finished(5, &[at(300, ask(0, Op::Keep(10)))]);
    run.seek(ms(300));
    run.act(ask(1, Op::Greet)).unwrap();
    assert_eq!(run.script().len(), 2);
    run.seek(END);
    let requests = run.trace().iter().filter(|event| matches!(event.kind, EventKind::Requested { .. }));
    assert_eq!(requests.count(), 2);
}

#[test]
fn acting_at_the_frontier_goes_on_with_the_same_branch() {
    let mut run = timeline(5, &[]);
    run.seek(ms(300));
    run.act(Action::Crash(p(0))).unwrap();
    run.act(Action::Crash(p(1))).unwrap();
    run.act(Action::Restart(p(0))).unwrap();
    run.seek(ms(600));
    assert_eq!((run.branches().count(), run.script().len(), run.now()), (1, 3, ms(600)));
    run.seek(ms(300));
    let running: Vec<_> = run.world().processes().iter().map(Option::is_some).collect();
    assert_eq!(running, [true, false, true], "the moment of an action shows what came of it");
}

#[test]
fn a_branch_of_a_branch_keeps_what_was_done_before_its_fork_and_nothing_later() {
    let mut run = timeline(5, &[at(100, Action::Isolate(p(2)))]);
    run.seek(ms(200));
    run.act(ask(0, Op::Keep(1))).unwrap();
    run.seek(ms(400));
    run.act(Action::Crash(p(0))).unwrap();
    run.seek(ms(300));
    run.act(ask(1, Op::Keep(5))).unwrap();
    run.seek(END);
    assert_eq!(run.script().iter().map(|line| line.at).collect::<Vec<_>>(), [ms(100), ms(200), ms(300)]);
    assert!(run.world().process(ProcessId(0)).is_some());
    assert_eq!(digest(&run), digest(&finished(5, run.script())));
}

#[test]
fn a_script_with_the_readers_actions_in_it_gives_the_same_run_again() {
    // The reader acts at a moment of the script, at moments at which messages arrive, and several times at one.
    let mut run = timeline(5, &[at(300, split(&[0], &[1, 2])), at(301, Action::HealAll)]);
    run.seek(ms(300));
    run.act(Action::Crash(p(1))).unwrap();
    run.act(ask(0, Op::Greet)).unwrap();
    for _ in 0..20 {
        let next = run.next_event_time().unwrap();
        run.seek(next);
        run.act(ask(2, Op::Risk(1))).unwrap();
        run.act(ask(2, Op::Greet)).unwrap();
    }
    run.seek(END);
    let text = serde_json::to_string(run.script()).unwrap();
    let script: Vec<Line> = serde_json::from_str(&text).unwrap();
    assert_eq!(script.len(), 44);
    assert_eq!(digest(&finished(5, &script)), digest(&run));
}

#[test]
fn a_ten_minute_run_keeps_its_checkpoints_within_their_bytes_and_is_still_exact_everywhere() {
    let end = Time(600_000_000);
    let network = Network::uniform(Span::from_millis(5), Span::from_millis(9));
    let mut run = Timeline::new(Toy { population: 3 }, 1, network.clone(), vec![], end);
    let few = 100_000;
    run.limit_checkpoints(few, CHECKPOINT_EVENTS);
    let moments: Vec<_> = (0..60).map(|n| Time(n * 9_876_543)).collect();
    let straight: Vec<_> = moments
        .iter()
        .map(|&at| {
            run.seek(at);
            facts(&run)
        })
        .collect();
    run.seek(end);
    assert!(run.trace().len() > 300_000, "{}", run.trace().len());
    for (&at, facts_then) in moments.iter().zip(&straight).rev() {
        run.seek(at);
        assert_eq!(&facts(&run), facts_then);
        let checkpoints = run.checkpoints();
        assert!(run.checkpoint_bytes() <= few && checkpoints.len() > 10, "{checkpoints:?}");
        let nearest = checkpoints.iter().rfind(|&&events| events <= run.world().events()).unwrap();
        assert!(run.world().events() - nearest < 120_000, "a seek replays little");
    }
    // A branch far from the start shares its past, and is the same run as one with its script from the start.
    run.seek(Time(400_000_000));
    run.act(Action::Crash(p(0))).unwrap();
    run.seek(Time(410_000_000));
    let mut again = Timeline::new(Toy { population: 3 }, 1, network, run.script().to_vec(), end);
    again.seek(Time(410_000_000));
    assert_eq!((digest(&run), facts(&run)), (digest(&again), facts(&again)));
}

#[test]
fn stepping_visits_every_moment_of_the_run_in_both_directions() {
    let moments: Vec<Time> = {
        let run = finished(5, &[]);
        let mut moments: Vec<_> = run.trace().iter().map(|event| event.at).collect();
        moments.dedup();
        moments
    };
    let mut run = timeline(5, &[]);
    let mut forth = vec![run.now()];
    while let Some(next) = run.next_event_time() {
        run.seek(next);
        forth.push(run.now());
    }
    assert_eq!(forth, moments);
    let mut back = vec![run.now()];
    while let Some(previous) = run.previous_event_time() {
        run.seek(previous);
        back.push(run.now());
    }
    back.reverse();
    assert_eq!(back, moments);
}

#[test]
fn branches_have_names_and_can_be_deleted_but_for_the_first_and_the_one_in_view() {
    let mut run = finished(5, &[]);
    for at in [300, 600, 900] {
        run.seek(ms(at));
        run.act(Action::Crash(p(u8::try_from(at / 300 - 1).unwrap()))).unwrap();
        run.seek(END);
    }
    assert_eq!(run.branches().collect::<Vec<_>>(), [(0, Time::ZERO), (0, ms(300)), (1, ms(600)), (2, ms(900))]);
    run.set_name(3, Some("the last".into())).unwrap();
    assert_eq!(run.set_name(0, Some("x".repeat(BRANCH_NAME_MAX + 1))), Err(Refused::NameTooLong));
    assert_eq!(run.set_name(4, None), Err(Refused::NoSuchBranch));
    assert_eq!(run.delete(0), Err(Refused::OriginalBranch));
    assert_eq!(run.delete(3), Err(Refused::BranchInView));
    assert_eq!(run.delete(4), Err(Refused::NoSuchBranch));
    let known = digest(&run);
    run.delete(1).unwrap();
    assert_eq!(run.branches().collect::<Vec<_>>(), [(0, Time::ZERO), (0, ms(300)), (1, ms(900))]);
    assert_eq!((run.current(), run.name(2), run.name(1)), (2, Some("the last"), None));
    for at in [100, 400, 700, 2_000] {
        run.seek(ms(at));
        let mut straight = timeline(5, run.script());
        straight.seek(ms(at));
        assert_eq!(facts(&run), facts(&straight));
    }
    assert_eq!(digest(&run), known);
}

#[test]
fn two_branches_first_differ_where_one_of_them_was_acted_on() {
    let mut run = finished(5, &[]);
    run.seek(ms(1_500));
    let event = run.act(Action::Crash(p(1))).unwrap();
    run.seek(ms(1_600));
    assert_eq!((run.first_difference(0, 1), run.first_difference(1, 0)), (Some(event), Some(event)));
    assert!(matches!(run.trace().get(event).unwrap().kind, EventKind::Crashed { .. }));
    assert!(run.first_difference(1, 1).is_none());
}

#[test]
fn a_timeline_has_so_many_branches_and_no_more() {
    let mut run = finished(5, &[]);
    for _ in 1..BRANCHES_MAX {
        run.switch(0);
        run.seek(ms(1_900));
        run.act(Action::Crash(p(0))).unwrap();
    }
    run.switch(0);
    run.seek(ms(1_900));
    let refused = run.act(Action::Crash(p(0))).unwrap_err();
    assert_eq!((refused.to_string().as_str(), run.branches().count()), ("there are too many branches", BRANCHES_MAX));
    run.delete(BRANCHES_MAX - 1).unwrap();
    run.act(Action::Crash(p(0))).unwrap();
}

#[test]
fn checkpoints_lie_close_near_the_frontier_and_far_apart_long_ago() {
    let network = Network::uniform(Span::from_millis(5), Span::from_millis(9));
    let end = Time(600_000_000);
    let mut run = Timeline::new(Toy { population: 3 }, 1, network, vec![], end);
    run.limit_checkpoints(60_000, CHECKPOINT_EVENTS);
    run.seek(end);
    let checkpoints = run.checkpoints();
    let gaps: Vec<_> = checkpoints.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let half = gaps.len() / 2;
    let mean = |gaps: &[u32]| gaps.iter().sum::<u32>() / u32::try_from(gaps.len()).unwrap();
    assert!(checkpoints[0] < 20 && run.checkpoint_bytes() <= 60_000);
    assert!(mean(&gaps[..half]) > 3 * mean(&gaps[half..]), "{gaps:?}");
}

#[test]
fn two_hundred_processes_run_and_can_be_looked_back_at() {
    let network = Network::uniform(Span::from_millis(5), Span::from_millis(9));
    let mut run = Timeline::new(Toy { population: 200 }, 1, network, vec![], Time(40_000));
    run.seek(Time(20_000));
    let then = facts(&run);
    run.seek(Time(21_000));
    run.seek(Time(20_000));
    assert_eq!(facts(&run), then);
}
