//! The kernel's promises, each as a story told with a toy protocol.

mod causality;
mod faults;
mod random;
mod stability;
mod toy;

use toy::{END, Op, Toy, ask, at, facts, finished, ms, p, split, timeline};

use crate::timeline::{BRANCH_NAME_MAX, BRANCHES_MAX};
use crate::world::{EVENTS_MAX, EVENTS_PER_INSTANT_MAX};
use crate::{
    Action, By, Event, EventKind, Limit, Loss, Network, ProcessId, Refused, Scheduled, Span, Target, Time, Timeline,
    Trace,
};

fn losses(trace: &Trace<Toy>) -> Vec<(&Event<Toy>, Loss)> {
    let loss = |event| match event {
        &Event { kind: EventKind::Dropped { loss, .. }, .. } => Some((event, loss)),
        _ => None,
    };
    trace.iter().filter_map(loss).collect()
}

fn only(trace: &Trace<Toy>, wanted: impl Fn(&Event<Toy>) -> bool) -> &Event<Toy> {
    let found: Vec<_> = trace.iter().filter(|event| wanted(event)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0]
}

fn digest(timeline: &Timeline<Toy>) -> u64 {
    timeline.trace().digest()
}

#[test]
fn the_same_seed_gives_the_same_trace_and_another_seed_another() {
    let script = [at(100, split(&[0], &[1, 2])), at(400, Action::HealAll)];
    assert_eq!(digest(&finished(7, &script)), digest(&finished(7, &script)));
    assert_ne!(digest(&finished(7, &script)), digest(&finished(8, &script)));
    assert_ne!(digest(&finished(7, &script)), digest(&finished(7, &script[..1])));
}

#[test]
fn a_trace_is_what_it_was_when_this_test_was_written() {
    // The same figure must come out in WASM. If it changes, every recorded hash of a run is void.
    let script = [at(100, split(&[0], &[1, 2])), at(300, Action::Crash(p(1))), at(400, Action::HealAll)];
    assert_eq!(format!("{:016x}", digest(&finished(7, &script))), "3df3f6380c9d9c09");
}

#[test]
fn a_crash_keeps_what_was_fsynced_and_loses_the_rest() {
    let mut run = timeline(1, &[at(1, ask(0, Op::Keep(100))), at(2, ask(0, Op::Risk(7))), at(3, Action::Crash(p(0)))]);
    run.seek(ms(2));
    assert_eq!(run.world().process(ProcessId(0)).map(|process| process.count), Some(107));
    assert_eq!((run.world().disk(ProcessId(0)).0, run.world().unsynced(ProcessId(0))), (100, &[107][..]));
    run.seek(ms(3));
    assert!(run.world().process(ProcessId(0)).is_none());
    assert_eq!(run.world().timers(ProcessId(0)).count(), 0);
    assert!(run.world().unsynced(ProcessId(0)).is_empty(), "no later fsync may bring back what was lost");
    run.act(Action::Restart(p(0))).unwrap();
    let restarted = run.world().process(ProcessId(0)).unwrap();
    assert_eq!((restarted.count, restarted.heard), (100, 0));
    run.seek(ms(200));
    assert!(run.world().process(ProcessId(0)).unwrap().heard > 10, "it takes part again");
}

#[test]
fn a_timer_of_the_life_before_a_crash_never_fires() {
    let run = finished(1, &[at(1, Action::Crash(p(0))), at(2, Action::Restart(p(0)))]);
    let beats = |event: &&Event<Toy>| {
        event.process == Some(ProcessId(0))
            && matches!(event.kind, EventKind::TimerFired { timer: toy::Timer::Beat, .. })
    };
    let mut last = ms(2);
    for beat in run.trace().iter().filter(beats) {
        assert!(beat.at.since(last) >= Span::from_millis(20), "{beat:?} comes too early after {last}");
        last = beat.at;
    }
    assert!(last > ms(1_900));
}

#[test]
fn a_timer_set_anew_runs_out_at_its_last_setting_and_only_then() {
    // Each message sets the timer `Silence` anew, so it runs out only in those who are cut off.
    let run =
        finished(1, &[at(100, Action::Isolate(p(0))), at(900, Action::HealAll), at(1_500, Action::Isolate(p(1)))]);
    let mut fired = 0;
    for event in run.trace().iter() {
        let EventKind::TimerFired { timer: toy::Timer::Silence, set_at } = event.kind else { continue };
        fired += 1;
        assert!((Span::from_millis(25)..=Span::from_millis(35)).contains(&event.at.since(set_at)), "{event:?}");
        let heard =
            |other: &&Event<Toy>| other.process == event.process && matches!(other.kind, EventKind::Delivered { .. });
        let last = run.trace().between(set_at, event.at).rfind(heard).unwrap();
        assert_eq!((Some(last.id), last.at), (event.cause, set_at), "the last message set it");
    }
    assert!(fired >= 2, "{fired}");
}

#[test]
fn what_is_sent_to_a_crashed_process_is_lost_on_arrival_because_of_the_crash() {
    let run = finished(1, &[at(100, Action::Crash(p(2)))]);
    let crash = only(run.trace(), |event| matches!(event.kind, EventKind::Crashed { .. }));
    let losses = losses(run.trace());
    assert!(losses.len() > 50);
    for (event, loss) in losses {
        assert_eq!((loss, event.cause, event.process), (Loss::ReceiverDown, Some(crash.id), Some(ProcessId(2))));
    }
}

#[test]
fn what_a_process_sent_before_it_crashed_still_arrives() {
    let run = finished(1, &[at(10, ask(0, Op::Greet)), at(11, Action::Crash(p(0)))]);
    let arrivals =
        run.trace().iter().filter(|event| matches!(event.kind, EventKind::Delivered { from: ProcessId(0), .. }));
    assert_eq!(arrivals.count(), 2);
}

#[test]
fn a_cut_loses_what_is_on_its_way_and_what_is_sent_later_and_is_the_cause_of_both() {
    let run = finished(1, &[at(10, ask(0, Op::Greet)), at(12, split(&[0], &[1, 2])), at(200, Action::HealAll)]);
    let cut = only(run.trace(), |event| matches!(event.kind, EventKind::Cut { .. }));
    let losses = losses(run.trace());
    let (at_once, later): (Vec<_>, Vec<_>) = losses.iter().partition(|(event, _)| event.at == ms(12));
    assert_eq!(at_once.len(), 2, "both greetings were on their way");
    assert!(at_once.iter().all(|&&(_, loss)| loss == Loss::CutInFlight));
    assert!(later.len() > 20 && later.iter().all(|&&(_, loss)| loss == Loss::SentIntoCut));
    for (event, _) in losses {
        assert_eq!(event.cause, Some(cut.id));
        assert!(event.at < ms(200), "nothing is lost after the heal: {event:?}");
    }
    assert_eq!(run.world().cuts(), []);
}

#[test]
fn cutting_one_direction_leaves_the_other_whole() {
    let one_way = Action::Cut { from: p(0), to: p(1), both: false };
    let mut run = timeline(1, &[at(50, one_way)]);
    run.seek(ms(500));
    let (a, b) = (ProcessId(0), ProcessId(1));
    assert!(run.world().is_cut(a, b) && !run.world().is_cut(b, a));
    let delivered = |from, to| {
        let to_it = move |event: &&Event<Toy>| event.process == Some(to);
        let from_it =
            move |event: &&Event<Toy>| matches!(event.kind, EventKind::Delivered { from: f, .. } if f == from);
        run.trace().between(ms(60), ms(500)).filter(to_it).filter(from_it).count()
    };
    assert_eq!(delivered(a, b), 0);
    assert!(delivered(b, a) > 10);
}

#[test]
fn each_act_of_cutting_stays_one_cut_until_all_of_it_is_healed() {
    let cut = |from, to| Action::Cut { from: p(from), to: p(to), both: true };
    let heal = |from, to| Action::Heal { from: p(from), to: p(to), both: true };
    let mut run =
        timeline(1, &[at(10, cut(0, 1)), at(20, Action::Isolate(p(0))), at(30, heal(0, 1)), at(40, heal(2, 0))]);
    let links_per_cut = |run: &Timeline<Toy>| run.world().cuts().iter().map(|cut| cut.links.len()).collect::<Vec<_>>();
    run.seek(ms(20));
    assert_eq!(links_per_cut(&run), [2, 2], "the second act cuts only what was still whole");
    assert_eq!(run.world().cuts()[1].sides, [vec![ProcessId(0)], vec![ProcessId(1), ProcessId(2)]]);
    run.seek(ms(30));
    assert_eq!(links_per_cut(&run), [2]);
    run.seek(ms(40));
    assert!(links_per_cut(&run).is_empty());
}

#[test]
fn causes_lead_from_a_pong_back_to_the_start_of_the_run() {
    let run = finished(1, &[]);
    let is_pong = |event: &&Event<Toy>| matches!(event.kind, EventKind::Sent { message: toy::Msg::Pong(1), .. });
    let pong = run.trace().iter().find(is_pong).unwrap();
    let kinds: Vec<_> = run.trace().causes(pong.id).map(|event| event.kind.clone()).collect();
    assert!(
        matches!(
            kinds[..],
            [
                EventKind::Sent { .. },
                EventKind::Delivered { .. },
                EventKind::Sent { .. },
                EventKind::TimerFired { .. },
                EventKind::Started
            ]
        ),
        "{kinds:?}"
    );
}

#[test]
fn a_message_without_a_link_is_lost_and_harms_nobody() {
    for stranger in [0, 3, 255] {
        let run = finished(1, &[at(10, ask(0, Op::GreetStranger(ProcessId(stranger))))]);
        let losses = losses(run.trace());
        assert_eq!(losses.iter().map(|&(_, loss)| loss).collect::<Vec<_>>(), [Loss::NoLink]);
    }
}

#[test]
fn latencies_fill_their_range_and_no_more() {
    let run = finished(1, &[]);
    let latency = |event: &Event<Toy>| match event.kind {
        EventKind::Sent { due, .. } => Some(due.since(event.at)),
        _ => None,
    };
    let latencies: Vec<_> = run.trace().iter().filter_map(latency).collect();
    assert!(latencies.iter().all(|span| (Span::from_millis(5)..=Span::from_millis(9)).contains(span)));
    assert!(latencies.iter().any(|span| span.0 < 5_100) && latencies.iter().any(|span| span.0 > 8_900));
}

#[test]
fn two_messages_sent_at_once_over_one_link_draw_their_own_latencies() {
    let run = finished(1, &[at(100, ask(1, Op::Storm))]);
    let is_twin = |event: &&Event<Toy>| matches!(event.kind, EventKind::Sent { message: toy::Msg::Storm, .. });
    let mut dues = run.trace().iter().filter(is_twin).skip(1).map(|event| match event.kind {
        EventKind::Sent { due, .. } => (event.at, due),
        _ => unreachable!("only sent messages are left"),
    });
    let (first, second) = (dues.next().unwrap(), dues.next().unwrap());
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
}

#[test]
fn one_more_request_changes_no_other_draw() {
    // Greeting draws two more latencies and makes the others draw patience, all at new moments.
    let draws = |script: &[toy::Line]| {
        let run = finished(3, script);
        let sent = run.trace().iter().filter_map(|event| match &event.kind {
            EventKind::Sent { to, due, message, .. } => {
                Some(format!("{} {:?} {to:?} {due} {message:?}", event.at, event.process))
            }
            EventKind::TimerFired { timer: toy::Timer::Beat, set_at } => {
                Some(format!("{} {:?} {set_at}", event.at, event.process))
            }
            _ => None,
        });
        sent.collect::<std::collections::BTreeSet<_>>()
    };
    let (plain, more) = (draws(&[]), draws(&[at(777, ask(1, Op::Greet))]));
    assert!(plain.is_subset(&more), "{:#?}", plain.difference(&more).collect::<Vec<_>>());
    assert_eq!(more.len() - plain.len(), 4, "two greetings and two answers");
}

#[test]
fn a_process_that_steps_twice_in_a_moment_draws_anew() {
    let twice = [at(10, Action::Crash(p(0))), at(10, Action::Restart(p(0)))];
    let beat = |script: &[toy::Line]| {
        let mut run = timeline(1, script);
        run.seek(ms(10));
        run.world().timer(ProcessId(0), toy::Timer::Beat).unwrap().due
    };
    let again = [&twice[..], &twice[..]].concat();
    assert_ne!(beat(&twice), beat(&again));
}

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
    let script: Vec<toy::Line> = serde_json::from_str(&text).unwrap();
    assert_eq!(script.len(), 44);
    assert_eq!(digest(&finished(5, &script)), digest(&run));
}

#[test]
fn the_lesson_acts_before_and_the_reader_after_everything_else_of_a_moment() {
    let busy = {
        let run = finished(5, &[]);
        run.trace().iter().find(|event| matches!(event.kind, EventKind::Delivered { .. })).unwrap().at
    };
    let kinds = |by| {
        let line = Scheduled { at: busy, by, action: Action::Crash(p(0)) };
        let run = finished(5, &[line]);
        run.trace().between(busy, busy).map(|event| event.kind.clone()).collect::<Vec<_>>()
    };
    assert!(matches!(kinds(By::Lesson).first(), Some(EventKind::Crashed { .. })));
    assert!(matches!(kinds(By::Reader).last(), Some(EventKind::Crashed { .. })));
}

#[test]
fn a_refused_action_of_the_reader_changes_nothing() {
    let mut run = finished(5, &[]);
    run.seek(ms(100));
    let before = facts(&run);
    let role = |nth| Target::Role { role: "running".into(), nth };
    let refusals = [
        (Action::Crash(p(3)), Refused::NoSuchProcess(ProcessId(3))),
        (Action::Crash(role(3)), Refused::NobodyPlays { role: "running".into(), nth: 3 }),
        (Action::Restart(role(2)), Refused::Up(ProcessId(2))),
        (Action::HealAll, Refused::NothingToHeal),
        (Action::Heal { from: p(0), to: p(1), both: true }, Refused::NothingToHeal),
        (Action::Cut { from: p(1), to: p(1), both: true }, Refused::NoLink(ProcessId(1), ProcessId(1))),
        (split(&[0, 1], &[1, 2]), Refused::OnTwoSides(ProcessId(1))),
        (split(&[0, 1, 2], &[]), Refused::TooFewSides),
    ];
    for (action, why) in refusals {
        assert_eq!(run.act(action), Err(why));
    }
    assert_eq!((run.branches().count(), facts(&run)), (1, before));
    run.act(Action::Crash(p(0))).unwrap();
    assert_eq!(run.act(Action::Crash(p(0))), Err(Refused::Down(ProcessId(0))));
    assert_eq!(run.act(ask(0, Op::Greet)), Err(Refused::Down(ProcessId(0))));
    run.act(split(&[0], &[1, 2])).unwrap();
    assert_eq!(run.act(Action::Isolate(p(0))), Err(Refused::NothingToCut));
    run.seek(END);
    assert_eq!(run.act(Action::HealAll), Err(Refused::Ended));
}

#[test]
fn a_refused_action_of_the_script_is_recorded_with_its_reason() {
    let nobody = Target::Role { role: "emperor".into(), nth: 0 };
    let run = finished(5, &[at(100, Action::Crash(nobody.clone()))]);
    let refused = only(run.trace(), |event| matches!(event.kind, EventKind::Refused { .. }));
    let EventKind::Refused { by, action, why } = &refused.kind else { panic!("{refused:?}") };
    assert_eq!((refused.at, *by, &**action), (ms(100), By::Lesson, &Action::Crash(nobody)));
    assert_eq!(why.to_string(), "there is no emperor at the moment");
    assert_eq!(run.now(), END);
}

#[test]
fn a_flood_of_events_in_one_instant_halts_the_run_and_says_so() {
    let mut run = finished(5, &[at(100, ask(1, Op::Flood))]);
    assert_eq!(run.world().halted(), Some(Limit::EventsInOneInstant));
    assert_eq!((run.now(), run.next_event_time()), (ms(100), None));
    let last = run.trace().iter().next_back().unwrap();
    assert!(matches!(last.kind, EventKind::Halted(Limit::EventsInOneInstant)), "{last:?}");
    let flooded = u32::try_from(run.trace().between(ms(100), ms(100)).count()).unwrap();
    assert!((EVENTS_PER_INSTANT_MAX..EVENTS_PER_INSTANT_MAX + 10).contains(&flooded));
    assert_eq!(run.act(Action::Crash(p(1))), Err(Refused::Halted(Limit::EventsInOneInstant)));
    // Before the flood all is well, and a branch can avoid nothing but what it changes.
    run.seek(ms(99));
    run.act(Action::Crash(p(1))).unwrap();
    run.seek(END);
    assert_eq!((run.now(), run.world().halted()), (END, None));
}

#[test]
fn a_storm_of_messages_halts_the_run_and_says_so() {
    let mut run = finished(5, &[at(100, ask(1, Op::Storm))]);
    assert_eq!(run.world().halted(), Some(Limit::MessagesInFlight));
    assert!(run.now() < ms(1_000) && run.trace().len() < 100_000);
    run.seek(ms(100));
    assert_eq!(run.world().halted(), None);
}

#[test]
fn a_run_without_end_halts_at_the_limit_of_events() {
    let network = Network::uniform(Span::from_millis(5), Span::from_millis(9));
    let mut run = Timeline::new(Toy { population: 6 }, 1, network, vec![], Time(u64::MAX));
    run.seek(Time(u64::MAX));
    assert_eq!(run.world().halted(), Some(Limit::EventsInAll));
    assert!(run.trace().len() - EVENTS_MAX as usize <= 20, "a step may end past the limit, none begins there");
}

#[test]
fn a_ten_minute_run_keeps_its_checkpoints_within_their_bytes_and_is_still_exact_everywhere() {
    let end = Time(600_000_000);
    let network = Network::uniform(Span::from_millis(5), Span::from_millis(9));
    let mut run = Timeline::new(Toy { population: 3 }, 1, network.clone(), vec![], end);
    let few = 100_000;
    run.limit_checkpoints(few);
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
fn a_broken_rule_is_an_event_caused_by_the_step_that_broke_it() {
    let run = finished(5, &[at(100, ask(1, Op::Lie))]);
    let breach = only(run.trace(), |event| matches!(event.kind, EventKind::Breached(_)));
    let request = only(run.trace(), |event| matches!(event.kind, EventKind::Requested { .. }));
    assert_eq!((breach.at, breach.cause, breach.process), (ms(100), Some(request.id), Some(ProcessId(1))));
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
    assert!(run.first_difference(0, 1).is_some());
    run.seek(ms(1_600));
    let (original, other) = run.first_difference(0, 1).unwrap();
    assert_eq!((original.map(|event| event.id), other.map(|event| event.id)), (Some(event), Some(event)));
    assert!(matches!(other.unwrap().kind, EventKind::Crashed { .. }));
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
    run.limit_checkpoints(60_000);
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
