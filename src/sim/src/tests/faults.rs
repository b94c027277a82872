//! What each fault does, and that what it can't do is refused.

use super::toy::{END, Msg, Op, Timer, Toy, ask, at, finished, ms, p, timeline};
use super::{losses, only};
use crate::world::{DRIFT_MAX, INBOX_MAX, STEP_MAX, WORK};
use crate::{
    Action, By, Change, ClockChange, Event, EventKind, Latency, Limit, Loss, MsgId, Network, Pick, ProcessId, Quality,
    Refused, Share, Span, Target, Time, Timeline,
};

const A: ProcessId = ProcessId(0);
const B: ProcessId = ProcessId(1);

fn shape(from: u8, to: u8, change: Option<Change>) -> Action<Op> {
    Action::Shape { from: Some(p(from)), to: Some(p(to)), both: false, change }
}

fn ping(from: u8, to: u8) -> Pick {
    Pick::Fitting { kind: Some("ping".into()), from: Some(p(from)), to: Some(p(to)), nth: 0 }
}

/// How long each message was on its way, as drawn at the sending.
fn latencies(run: &Timeline<Toy>, from: ProcessId, to: ProcessId) -> Vec<Span> {
    let sent = run.trace().iter().filter(|event| event.process == Some(from));
    let latency = |event: &Event<Toy>| match event.kind {
        EventKind::Sent { to: receiver, due, .. } if receiver == to => Some(due.since(event.at)),
        _ => None,
    };
    sent.filter_map(latency).collect()
}

fn run_over(quality: Quality) -> Timeline<Toy> {
    let network = Network { quality, links: Vec::new() };
    let mut run = Timeline::new(Toy { population: 3 }, 1, network, Vec::new(), Time(20_000_000));
    run.seek(Time(20_000_000));
    run
}

fn good() -> Quality {
    Network::uniform(Span::from_millis(5), Span::from_millis(9)).quality
}

fn count(
    run: &Timeline<Toy>,
    wanted: impl Fn(&EventKind<Msg, Timer, super::toy::Silent, Op, u64, ProcessId>) -> bool,
) -> usize {
    run.trace().iter().filter(|event| wanted(&event.kind)).count()
}

#[test]
fn a_one_way_partition_cuts_one_direction_only() {
    let groups = vec![vec![p(0)], vec![p(1), p(2)]];
    let run = finished(1, &[at(100, Action::PartitionOneWay { groups })]);
    let cut = only(run.trace(), |event| matches!(event.kind, EventKind::Cut { .. }));
    let EventKind::Cut { links, .. } = &cut.kind else { unreachable!("only cuts were looked for") };
    assert_eq!(links[..], [(A, B), (A, ProcessId(2))]);
    assert!(run.world().is_cut(A, B) && !run.world().is_cut(B, A));
}

#[test]
fn a_long_tail_doubles_one_time_in_four() {
    let usual = Span::from_millis(1);
    let latency = Latency::LongTail { usual, most: Span::from_millis(50) };
    let run = run_over(Quality { latency, ..good() });
    let spans: Vec<Span> = run
        .trace()
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Sent { due, .. } => Some(due.since(event.at)),
            _ => None,
        })
        .collect();
    let share = |times: u64| spans.iter().filter(|span| span.0 > usual.0 * times).count() * 1_000 / spans.len();
    assert!(spans.iter().all(|&span| usual <= span && span <= Span::from_millis(50)));
    assert!((230..270).contains(&share(2)) && (50..75).contains(&share(4)), "{} {}", share(2), share(4));
    assert!(share(49) > 0 || spans.iter().any(|&span| span == Span::from_millis(50)), "the tail is cut off there");
}

#[test]
fn loss_and_duplication_by_rate_come_as_often_as_they_should() {
    let run = run_over(Quality { loss: Share(100_000), duplication: Share(200_000), ..good() });
    let sent = count(&run, |kind| matches!(kind, EventKind::Sent { .. }));
    let lost = losses(run.trace());
    assert!((90..110).contains(&(lost.len() * 1_000 / sent)), "{} of {sent}", lost.len());
    assert!(lost.iter().all(|(event, loss)| *loss == Loss::Chance
        && matches!(run.trace().get(event.cause.unwrap()).unwrap().kind, EventKind::Sent { .. })));
    let doubled = count(&run, |kind| matches!(kind, EventKind::Duplicated { by: None, .. }));
    assert!((165..195).contains(&(doubled * 1_000 / sent)), "a fifth of what is not lost: {doubled} of {sent}");
}

#[test]
fn reordering_holds_some_messages_back_for_their_latency_and_changes_no_other() {
    let plain = run_over(good());
    let spans = latencies(&plain, A, B);
    let held = latencies(&run_over(Quality { reordering: Share(250_000), ..good() }), A, B);
    assert!(spans[0] == held[0] || held[0] == spans[0] + spans[0]);
    let late = held.iter().filter(|span| **span > Span::from_millis(9)).count() * 100 / held.len();
    assert!((20..31).contains(&late), "{late} %");
}

#[test]
fn a_link_of_its_own_quality_keeps_it_and_goes_back_to_it_after_shaping() {
    let fixed = |ms| Change { latency: Some(Latency::Fixed(Span::from_millis(ms))), ..Change::default() };
    let network = Network { quality: good(), links: vec![(A, B, fixed(1))] };
    let script = vec![at(500, shape(0, 1, Some(fixed(40)))), at(1_000, shape(0, 1, None))];
    let mut run = Timeline::new(Toy { population: 3 }, 1, network, script, END);
    let mut seen = Vec::new();
    for moment in [400, 900, 1_400] {
        run.seek(ms(moment));
        seen.push(run.world().quality(A, B).latency);
        assert_eq!(run.world().quality(B, A), good(), "the way back is as it was");
    }
    assert_eq!(seen, [1, 40, 1].map(|ms| Latency::Fixed(Span::from_millis(ms))));
    let spans = latencies(&run, A, B);
    assert!(spans.contains(&Span::from_millis(1)) && spans.contains(&Span::from_millis(40)) && spans.len() > 10);
    assert!(spans.iter().all(|&span| [1, 40].map(Span::from_millis).contains(&span)));
}

#[test]
fn one_picked_message_is_lost() {
    let run = finished(1, &[at(10, ask(0, Op::Greet)), at(11, Action::DropMessage(ping(0, 1)))]);
    let losses = losses(run.trace());
    let [(event, loss)] = losses[..] else { panic!("{losses:?}") };
    assert_eq!((loss, event.at, event.cause), (Loss::Picked(By::Lesson), ms(11), None));
}

#[test]
fn one_picked_message_arrives_later_by_so_much() {
    let by = Span::from_millis(700);
    let run = finished(1, &[at(10, ask(0, Op::Greet)), at(11, Action::DelayMessage { pick: ping(0, 1), by })]);
    let delayed = only(run.trace(), |event| matches!(event.kind, EventKind::Delayed { .. }));
    let EventKind::Delayed { id, due, sent, .. } = delayed.kind else { unreachable!("only that was looked for") };
    let EventKind::Sent { due: before, .. } = run.trace().get(sent).unwrap().kind else { panic!("not a sending") };
    assert_eq!(due, before + by);
    let arrival = only(run.trace(), |event| matches!(event.kind, EventKind::Delivered { id: it, .. } if it == id));
    assert_eq!(arrival.at, due);
}

#[test]
fn one_picked_message_arrives_twice_as_two_messages_of_one_sending() {
    let run = finished(1, &[at(10, ask(0, Op::Greet)), at(11, Action::DuplicateMessage(ping(0, 1)))]);
    let doubled = only(run.trace(), |event| matches!(event.kind, EventKind::Duplicated { .. }));
    let EventKind::Duplicated { id, copy, sent, .. } = doubled.kind else { unreachable!("only that was looked for") };
    let arrivals: Vec<_> = run
        .trace()
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Delivered { id, sent: it, .. } if it == sent => Some(id),
            _ => None,
        })
        .collect();
    assert!(arrivals.len() == 2 && arrivals.contains(&id) && arrivals.contains(&copy), "{arrivals:?}");
}

#[test]
fn a_torn_crash_keeps_the_first_writes_that_were_not_fsynced() {
    for (kept, disk, recorded) in [(0, 0, 0), (1, 3, 1), (2, 7, 2), (9, 7, 2)] {
        let script =
            [at(1, ask(0, Op::Risk(3))), at(2, ask(0, Op::Risk(4))), at(3, Action::CrashTorn { who: p(0), kept })];
        let mut run = timeline(1, &script);
        run.seek(ms(4));
        assert_eq!(run.world().disk(A).0, disk, "{kept} kept");
        let crash = only(run.trace(), |event| matches!(event.kind, EventKind::Crashed { .. }));
        assert!(matches!(crash.kind, EventKind::Crashed { kept, .. } if kept == recorded));
    }
}

#[test]
fn a_wiped_disk_is_empty() {
    let script = [
        at(1, ask(0, Op::Keep(3))),
        at(2, Action::Crash(p(0))),
        at(3, Action::Wipe(p(0))),
        at(4, Action::Restart(p(0))),
    ];
    let mut run = timeline(1, &script);
    run.seek(ms(4));
    assert_eq!(run.world().process(A).unwrap().count, 0);
}

#[test]
fn a_lying_fsync_keeps_nothing_until_an_honest_one_keeps_all() {
    let lies = |lies| Action::SetFsync { who: p(0), lies };
    let mut run =
        timeline(1, &[at(1, lies(true)), at(2, ask(0, Op::Keep(3))), at(3, lies(false)), at(4, ask(0, Op::Keep(4)))]);
    run.seek(ms(3));
    assert_eq!((run.world().disk(A).0, run.world().unsynced(A)), (0, &[3][..]));
    run.seek(ms(4));
    assert_eq!((run.world().disk(A).0, run.world().unsynced(A)), (7, &[][..]));
    run.seek(ms(2));
    run.act(Action::Crash(p(0))).unwrap();
    run.act(Action::Restart(p(0))).unwrap();
    assert_eq!(run.world().process(A).unwrap().count, 0);
    assert!(run.world().lies(A), "a restart keeps that");
}

#[test]
fn a_stalled_process_takes_all_that_waited_for_it_in_order_when_it_goes_on() {
    let run = finished(1, &[at(100, Action::Pause(p(0))), at(200, ask(0, Op::Keep(5))), at(300, Action::Resume(p(0)))]);
    let mine = |from, to| run.trace().between(from, to).filter(|event| event.process == Some(A));
    let waited: Vec<_> = mine(ms(100), ms(300))
        .filter_map(|event| match event.kind {
            EventKind::Waits { id, .. } => Some(id),
            EventKind::Paused { .. } | EventKind::Requested { .. } | EventKind::Resumed { .. } => None,
            EventKind::Delivered { .. } | EventKind::TimerFired { .. } => {
                assert!(event.at < ms(100) || event.at >= ms(300), "{event:?}");
                None
            }
            _ => None,
        })
        .collect();
    let taken: Vec<_> = mine(ms(300), ms(300))
        .filter_map(|event| match event.kind {
            EventKind::Delivered { id, .. } => Some(id),
            _ => None,
        })
        .collect();
    assert!(waited.len() > 10);
    assert_eq!(waited, taken);
    let late = mine(ms(300), ms(300)).find(|event| matches!(event.kind, EventKind::TimerFired { .. })).unwrap();
    assert!(matches!(late.kind, EventKind::TimerFired { timer: Timer::Beat, set_at } if set_at < ms(100)));
    let answered = only(run.trace(), |event| matches!(event.kind, EventKind::Completed { .. }));
    assert_eq!(answered.at, ms(300));
}

#[test]
fn a_timer_that_waits_does_not_run_out_if_an_earlier_input_sets_it_anew() {
    // `Silence` runs out some 30 ms after the last message that was taken; of the messages that wait, those that came
    // before it set it anew.
    let run = finished(1, &[at(100, Action::Pause(p(0))), at(300, Action::Resume(p(0)))]);
    let at_resume = run.trace().between(ms(300), ms(300)).filter(|event| event.process == Some(A));
    let fired = at_resume.filter(|event| matches!(event.kind, EventKind::TimerFired { timer: Timer::Silence, .. }));
    assert_eq!(fired.count(), 0);
    assert_eq!(run.world().inbox(A).count(), 0);
}

#[test]
fn a_slow_process_needs_its_time_for_each_input() {
    let run = finished(1, &[at(100, Action::Slow { who: p(0), times: 3 })]);
    let taken: Vec<_> = run
        .trace()
        .between(ms(110), END)
        .filter(|event| event.process == Some(A))
        .filter(|event| matches!(event.kind, EventKind::Delivered { .. } | EventKind::TimerFired { .. }))
        .map(|event| event.at)
        .collect();
    assert!(taken.len() > 100);
    assert!(taken.windows(2).all(|pair| pair[1].since(pair[0]) >= Span(3 * WORK.0)));
    let waits = count(&run, |kind| matches!(kind, EventKind::Waits { .. }));
    assert!(waits > 100, "{waits}");
}

#[test]
fn a_crash_loses_what_waits() {
    let script = [at(100, Action::Pause(p(0))), at(200, Action::Crash(p(0))), at(300, Action::Restart(p(0)))];
    let mut run = timeline(1, &script);
    run.seek(ms(199));
    let waiting = run.world().inbox(A).count();
    assert!(waiting > 5);
    run.seek(ms(400));
    let crash = only(run.trace(), |event| matches!(event.kind, EventKind::Crashed { .. })).id;
    let at_crash = losses(run.trace()).into_iter().filter(|(event, _)| event.at == ms(200));
    assert!(at_crash.clone().count() >= waiting);
    assert!(at_crash.clone().all(|(event, loss)| loss == Loss::ReceiverDown && event.cause == Some(crash)));
    assert!(!run.world().is_paused(A), "it comes up awake");
}

#[test]
fn a_drifting_clock_makes_timers_run_out_early_or_late_and_jumps_do_not() {
    let beats = |change| {
        let run = finished(1, &[at(0, Action::SetClock { who: p(0), change })]);
        let beat = |event: &Event<Toy>| {
            event.process == Some(A) && matches!(event.kind, EventKind::TimerFired { timer: Timer::Beat, .. })
        };
        (run.trace().iter().filter(|event| beat(event)).count(), run.world().clock(A).0, run.world().wall(A))
    };
    let (plain, ..) = beats(ClockChange::Step(-5));
    assert_eq!(beats(ClockChange::Step(-5)), (plain, END.0, END.0.cast_signed() - 5));
    let (fast, clock, _) = beats(ClockChange::Drift(DRIFT_MAX));
    assert_eq!(clock, END.0 / 2 * 3);
    assert!((140..160).contains(&(fast * 100 / plain)), "{fast} to {plain}");
    let (slow, ..) = beats(ClockChange::Drift(-DRIFT_MAX));
    assert!((45..55).contains(&(slow * 100 / plain)), "{slow} to {plain}");
}

#[test]
fn a_timer_that_is_set_already_runs_out_by_the_new_speed() {
    let mut run = timeline(1, &[]);
    run.seek(ms(10));
    let due = run.world().timer(A, Timer::Beat).unwrap().due;
    run.act(Action::SetClock { who: p(0), change: ClockChange::Drift(-DRIFT_MAX) }).unwrap();
    let later = run.world().timer(A, Timer::Beat).unwrap().due;
    assert_eq!(later.since(ms(10)).0, due.since(ms(10)).0 * 2);
    run.seek(later);
    let fired = run.trace().between(later, later).any(|event| {
        event.process == Some(A) && matches!(event.kind, EventKind::TimerFired { timer: Timer::Beat, .. })
    });
    assert!(fired);
}

#[test]
fn an_expired_timer_runs_out_at_once_because_of_that_and_not_again() {
    let run = finished(1, &[at(5, Action::Expire { who: p(0), timer: "beat".into() })]);
    let expired = only(run.trace(), |event| matches!(event.kind, EventKind::Expired { .. }));
    let fired = only(run.trace(), |event| event.cause == Some(expired.id));
    assert!(matches!(fired.kind, EventKind::TimerFired { timer: Timer::Beat, .. }) && fired.at == ms(5));
    let next = run.trace().iter().find(|event| {
        event.id > fired.id
            && event.process == Some(A)
            && matches!(event.kind, EventKind::TimerFired { timer: Timer::Beat, .. })
    });
    assert!(next.unwrap().at >= ms(25));
}

#[test]
fn what_a_fault_can_not_do_is_refused() {
    let mut run = timeline(1, &[]);
    run.seek(ms(5));
    let clock = |change| Action::SetClock { who: p(0), change };
    let expire = |timer: &str| Action::Expire { who: p(0), timer: timer.into() };
    let shares = |loss| Some(Change { loss: Some(Share(loss)), ..Change::default() });
    let backwards = Latency::Uniform(Span(2), Span(1));
    let refusals = [
        (Action::Resume(p(0)), Refused::NotPaused(A), "process 0 is not stalled"),
        (Action::Wipe(p(0)), Refused::Up(A), "process 0 is running"),
        (Action::Slow { who: p(0), times: 0 }, Refused::AsItIs(A), "that would change nothing at process 0"),
        (Action::SetFsync { who: p(0), lies: false }, Refused::AsItIs(A), "that would change nothing at process 0"),
        (clock(ClockChange::Drift(0)), Refused::AsItIs(A), "that would change nothing at process 0"),
        (
            clock(ClockChange::Drift(DRIFT_MAX + 1)),
            Refused::TooMuchDrift(DRIFT_MAX + 1),
            "a clock can't drift by 500001 ppm: at most 500000 either way",
        ),
        (
            clock(ClockChange::Step(-STEP_MAX - 1)),
            Refused::TooFarAStep(-STEP_MAX - 1),
            "a clock can't jump by -3600000001 us at once: at most an hour either way",
        ),
        (Action::DropMessage(Pick::Id(MsgId(9))), Refused::NoSuchMessage(MsgId(9)), "message 9 is not on its way"),
        (Action::DuplicateMessage(ping(0, 1)), Refused::NoMessageFits { nth: 0 }, "no such message is on its way"),
        (expire("nap"), Refused::NoSuchTimer("nap".into()), "there is no timer called nap"),
        (
            expire("flood"),
            Refused::TimerNotSet { who: A, timer: "flood".into() },
            "process 0 has not set its flood timer",
        ),
        (shape(0, 0, None), Refused::NothingToShape, "there is no link between them"),
        (
            shape(0, 1, shares(1_000_001)),
            Refused::ImpossibleQuality,
            "a latency goes from less to more, and a share is at most 1000000 parts per million",
        ),
        (
            shape(0, 1, Some(Change { latency: Some(backwards), ..Change::default() })),
            Refused::ImpossibleQuality,
            "a latency goes from less to more, and a share is at most 1000000 parts per million",
        ),
    ];
    for (action, why, words) in refusals {
        assert_eq!((run.act(action), why.to_string().as_str()), (Err(why), words));
    }
    run.act(Action::Pause(p(0))).unwrap();
    assert_eq!(run.act(Action::Pause(p(0))), Err(Refused::Paused(A)));
    run.act(Action::Crash(p(0))).unwrap();
    for action in [Action::Pause(p(0)), Action::Resume(p(0)), expire("beat"), Action::CrashTorn { who: p(0), kept: 1 }]
    {
        assert_eq!(run.act(action), Err(Refused::Down(A)));
    }
    let nobody = Target::Role { role: "emperor".into(), nth: 0 };
    assert!(matches!(run.act(Action::Pause(nobody)), Err(Refused::NobodyPlays { .. })));
}

#[test]
fn an_inbox_that_overflows_halts_the_run_and_says_so() {
    let network = Network::uniform(Span::from_millis(5), Span::from_millis(9));
    let script = vec![at(1, Action::Pause(p(0)))];
    let end = Time(120_000_000);
    let mut run = Timeline::new(Toy { population: 3 }, 1, network, script, end);
    run.seek(end);
    assert_eq!(run.world().halted(), Some(Limit::Inbox));
    assert!(run.world().inbox(A).count() <= INBOX_MAX as usize + 1);
}

#[test]
fn a_message_that_is_held_up_for_long_costs_no_room() {
    let by = Span::from_secs(600);
    let end = Time(60_000_000);
    let network = Network::uniform(Span::from_millis(5), Span::from_millis(9));
    let script = vec![at(10, ask(0, Op::Greet)), at(11, Action::DelayMessage { pick: ping(0, 1), by })];
    let mut run = Timeline::new(Toy { population: 3 }, 1, network, script, end);
    run.seek(end);
    assert_eq!(run.world().in_flight().next().map(|flight| flight.due.since(end) > Span::from_secs(500)), Some(true));
    assert!(run.world().in_flight().is_sorted_by_key(|flight| flight.id));
}
