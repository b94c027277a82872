//! The kernel's promises, each as a story told with a toy protocol.

mod causality;
mod faults;
mod random;
mod stability;
mod time_travel;
mod toy;

use toy::{END, Op, Toy, ask, at, facts, finished, ms, p, split, timeline};

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
    let refused = run.act(Action::Crash(p(1))).unwrap_err();
    assert_eq!(refused, Refused::Halted(Limit::EventsInOneInstant));
    assert_eq!(refused.to_string(), "the run goes no further, because more than 10000 things happen at one moment");
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
fn a_broken_rule_is_an_event_caused_by_the_step_that_broke_it() {
    let run = finished(5, &[at(100, ask(1, Op::Lie))]);
    let breach = only(run.trace(), |event| matches!(event.kind, EventKind::Breached(_)));
    let request = only(run.trace(), |event| matches!(event.kind, EventKind::Requested { .. }));
    assert_eq!((breach.at, breach.cause, breach.process), (ms(100), Some(request.id), Some(ProcessId(1))));
}

#[test]
#[should_panic(expected = "a run has at most 200 processes, not 201")]
fn more_processes_than_the_bound_are_not_taken() {
    let network = Network::uniform(Span::from_millis(5), Span::from_millis(9));
    let _ = Timeline::new(Toy { population: 201 }, 1, network, vec![], END);
}
