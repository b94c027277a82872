//! Queues whose values are all distinct: decided in n log n, after Henzinger, Sezgin & Vafeiadis, *Aspect-oriented
//! linearizability proofs* (CONCUR 2013, theorem 1).
//!
//! If every value is enqueued once, there is an order if and only if none of these is seen: a value that was dequeued
//! and not enqueued before (VFresh); a value that was dequeued twice (VRepet); a value that came out before another, or
//! alone, although it was enqueued after that one had been (VOrd); a queue that was found empty although at every
//! moment something was surely in it (VWit).

use crate::history::model::{Item, Table};
use crate::history::op::{Answer, Call, Value};

/// One value's way through the queue.
#[derive(Clone, Copy, Debug)]
struct Passage {
    /// The enqueue: called, due.
    entry: (u32, u32),
    /// The dequeue: called, due.
    exit: Option<(u32, u32)>,
}

impl Passage {
    /// When it was taken out at the earliest.
    fn leaves(&self) -> u32 {
        self.exit.map_or(u32::MAX, |exit| exit.0)
    }
}

/// Whether the items are linearizable, if this can tell. They must be pruned: an unknown enqueue that is left was
/// dequeued, so it surely happened.
pub(crate) fn decide(items: &[Item]) -> Option<bool> {
    let mut passages: Vec<Passage> = Vec::new();
    let mut of_value = Table::default();
    for item in items {
        match (item.call, item.answer) {
            (Call::Enqueue(value), _) => {
                if of_value.insert(value.0, passages.len()).is_some() {
                    return None;
                }
                passages.push(Passage { entry: (item.invoked, item.due), exit: None });
            }
            (Call::Dequeue, Some(_)) => {}
            _ => return None,
        }
    }
    let mut empties = Vec::new();
    for item in items {
        match item.answer {
            Some(Answer::Found(Value::NIL)) => empties.push((item.invoked, item.due)),
            Some(Answer::Found(value)) => {
                let Some(&at) = of_value.get(&value.0) else { return Some(false) };
                let passage = &mut passages[at];
                if passage.exit.is_some() || item.due < passage.entry.0 {
                    return Some(false);
                }
                passage.exit = Some((item.invoked, item.due));
            }
            _ => {}
        }
    }
    Some(in_order(&mut passages) && empties.iter().all(|&empty| !always_held(&passages, empty)))
}

/// Whether no value came out before one that had been enqueued before it.
fn in_order(passages: &mut [Passage]) -> bool {
    let mut by_call: Vec<Passage> = passages.to_vec();
    by_call.sort_unstable_by_key(|passage| passage.entry.0);
    passages.sort_unstable_by_key(|passage| passage.entry.1);
    // The last to leave of those that were surely in before the one that is looked at.
    let mut last = 0;
    let mut before = passages.iter().peekable();
    by_call.iter().all(|passage| {
        while let Some(earlier) = before.next_if(|earlier| earlier.entry.1 < passage.entry.0) {
            last = last.max(earlier.leaves());
        }
        passage.exit.is_none_or(|exit| exit.1 > last)
    })
}

/// Whether something was surely in the queue at every moment of a span. Passages are sorted by when they were in.
fn always_held(passages: &[Passage], (from, to): (u32, u32)) -> bool {
    let mut held = from;
    for passage in passages.iter().take_while(|passage| passage.entry.1 <= to) {
        if passage.entry.1 > held {
            continue;
        }
        held = held.max(passage.leaves());
    }
    // What starts after the first gap can't close it, and what starts before it was counted.
    held > to
}
