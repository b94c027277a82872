//! Happens-before, against its definition.

use super::random::script;
use super::toy::{Op, Toy, ask, at, finished, ms, p, timeline};
use crate::{Action, Event, EventId, EventKind as K, ProcessId, Trace};
use proptest::prelude::*;

/// Every edge of the definition, one event at a time.
fn is_edge(a: &Event<Toy>, b: &Event<Toy>) -> bool {
    let at = |event: &Event<Toy>| match event.kind {
        K::Dropped { .. } | K::Duplicated { .. } | K::Waits { .. } | K::Breached(_) => None,
        _ => event.process,
    };
    let message = |event: &Event<Toy>| match event.kind {
        K::Sent { id, .. }
        | K::Delayed { id, .. }
        | K::Waits { id, .. }
        | K::Delivered { id, .. }
        | K::Dropped { id, .. } => Some(id),
        K::Duplicated { copy, .. } => Some(copy),
        _ => None,
    };
    let is_original = match b.kind {
        K::Duplicated { sent, .. } => sent == a.id,
        _ => false,
    };
    at(a).is_some() && at(a) == at(b)
        || message(a).is_some() && message(a) == message(b)
        || b.cause == Some(a.id)
        || is_original
}

/// The past of each event by closure over the edges.
fn closure(trace: &Trace<Toy>) -> Vec<Vec<bool>> {
    let events: Vec<_> = trace.iter().collect();
    let mut pasts: Vec<Vec<bool>> = Vec::new();
    for (b, event) in events.iter().enumerate() {
        let mut past = vec![false; events.len()];
        for a in 0..b {
            if is_edge(events[a], event) {
                past[a] = true;
                past.iter_mut().zip(&pasts[a]).for_each(|(mine, theirs)| *mine |= theirs);
            }
        }
        pasts.push(past);
    }
    pasts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn past_and_future_are_what_the_edges_make_them(seed in 0_u64..8, script in script()) {
        let mut run = timeline(seed, &script);
        run.seek(ms(250));
        let trace = run.trace();
        let pasts = closure(trace);
        for event in trace.iter().step_by(7) {
            let (past, future) = (trace.past(event.id), trace.future(event.id));
            for other in trace.iter() {
                let (here, there) = (event.id.0 as usize, other.id.0 as usize);
                prop_assert_eq!(past.contains(other.id), pasts[here][there], "{:?} before {:?}", other, event);
                prop_assert_eq!(future.contains(other.id), pasts[there][here], "{:?} after {:?}", other, event);
            }
            prop_assert_eq!(past.len(), past.iter().count());
        }
    }
}

#[test]
fn a_request_has_no_part_in_what_happens_elsewhere_before_a_message_can_get_there() {
    let run = finished(1, &[at(100, ask(0, Op::Keep(1)))]);
    let trace = run.trace();
    let request = trace.iter().find(|event| matches!(event.kind, K::Requested { .. })).unwrap();
    let future = trace.future(request.id);
    let elsewhere = |event: &&Event<Toy>| event.process != Some(ProcessId(0)) && future.contains(event.id);
    let first = trace.iter().find(elsewhere).unwrap();
    assert!(matches!(first.kind, K::Delivered { from: ProcessId(0), .. }), "{first:?}");
    assert!(future.contains(trace.iter().next_back().unwrap().id) && !future.contains(request.id));
}

#[test]
fn who_is_cut_off_is_in_nobodys_future_until_the_heal() {
    let run = finished(1, &[at(100, Action::Isolate(p(0)))]);
    let trace = run.trace();
    let last = trace.iter().rfind(|event| event.process == Some(ProcessId(1))).unwrap();
    let past = trace.past(last.id);
    let late =
        |id: EventId| trace.get(id).is_some_and(|event| event.at > ms(110) && event.process == Some(ProcessId(0)));
    assert!(!past.is_empty() && !past.iter().any(late));
}
