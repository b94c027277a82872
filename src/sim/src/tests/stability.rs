//! Counterfactual stability: one difference in the script changes no draw but those of what it makes happen.

use super::toy::{Op, Timer, Toy, ask, at, finished, p};
use crate::{Action, Change, EventKind, Share, Timeline};

/// Everything that chance decided in a run: for each sending how long it takes and what becomes of it, and for each
/// process how long it waits for its next beat.
fn draws(run: &Timeline<Toy>) -> std::collections::BTreeSet<String> {
    let drawn = run.trace().iter().filter_map(|event| {
        let (at, who) = (event.at, event.process);
        match &event.kind {
            EventKind::Sent { to, due, message, .. } => Some(format!("{at} {who:?} {to:?} {due} {message:?}")),
            EventKind::Dropped { from, to, loss, .. } => Some(format!("{at} {from:?} {to:?} {loss:?}")),
            EventKind::Duplicated { sent, due, .. } => {
                Some(format!("{at} copy of what was sent at {} is due {due}", run.trace().get(*sent)?.at))
            }
            EventKind::TimerFired { timer: Timer::Beat, set_at } => Some(format!("{at} {who:?} {set_at}")),
            _ => None,
        }
    });
    drawn.collect()
}

fn rough() -> super::toy::Line {
    let change = Change {
        loss: Some(Share(100_000)),
        duplication: Some(Share(100_000)),
        reordering: Some(Share(100_000)),
        ..Change::default()
    };
    at(0, Action::Shape { from: None, to: None, both: false, change: Some(change) })
}

#[test]
fn one_more_request_changes_no_other_draw_of_a_rough_network() {
    let pauses = [at(900, Action::Pause(p(2))), at(1_000, Action::Resume(p(2)))];
    for seed in 0..5 {
        let plain = [&[rough()][..], &pauses].concat();
        let more = [&plain[..], &[at(500, ask(1, Op::Greet))]].concat();
        let (plain, more) = (draws(&finished(seed, &plain)), draws(&finished(seed, &more)));
        assert!(plain.is_subset(&more), "{seed}: {:#?}", plain.difference(&more).collect::<Vec<_>>());
        assert!(more.len() > plain.len());
    }
}

#[test]
fn cutting_a_link_that_carries_nothing_changes_no_draw() {
    // After its crash nothing is sent by process 2, so the link from there carries nothing.
    let plain = [rough(), at(300, Action::Crash(p(2)))];
    let cut = Action::Cut { from: p(2), to: p(0), both: false };
    let more = [&plain[..], &[at(500, cut), at(800, Action::HealAll)]].concat();
    for seed in 0..5 {
        assert_eq!(draws(&finished(seed, &plain)), draws(&finished(seed, &more)));
    }
}

#[test]
fn loss_and_duplication_change_no_latency_of_what_is_sent_all_the_same() {
    // Beats do not depend on what arrives, so the same greetings are sent with and without.
    let greetings = |run: &Timeline<Toy>| {
        let sent = run.trace().iter().filter_map(|event| match event.kind {
            EventKind::Sent { to, due, message: super::toy::Msg::Ping(n), .. } => {
                Some((event.at, event.process, to, due, n))
            }
            _ => None,
        });
        sent.collect::<Vec<_>>()
    };
    let share = Some(Share(300_000));
    let change = Some(Change { loss: share, duplication: share, ..Change::default() });
    let lossy = at(0, Action::Shape { from: None, to: None, both: false, change });
    assert_eq!(greetings(&finished(3, &[])), greetings(&finished(3, &[lossy])));
}
