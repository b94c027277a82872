//! Verdicts by trying everything: slow, short, and written apart from what they check.

use check::history::{Answer, Call, Datum, End, History, Key, Op, Value};

/// What one key holds.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Thing {
    value: Option<Datum>,
    holder: Option<u32>,
    queue: Vec<Value>,
}

impl Thing {
    /// What it is after `op`; `None` if the answer does not fit.
    pub(crate) fn after(&self, history: &History, op: &Op) -> Option<Self> {
        let mut thing = self.clone();
        let datum = |value: Value| Some(history.value(value).clone()).filter(|datum| *datum != Datum::Nil);
        let answer = op.answer();
        let fits = match op.call {
            Call::Read => {
                answer.is_none_or(|answer| matches!(answer, Answer::Found(value) if datum(value) == self.value))
            }
            Call::Write(value) => {
                thing.value = datum(value);
                true
            }
            Call::Cas { from, to } => {
                let swaps = self.value == datum(from);
                if swaps {
                    thing.value = datum(to);
                }
                answer.is_none_or(|answer| answer == Answer::Swapped(swaps))
            }
            Call::Append(value) => {
                let text = |datum: Option<&Datum>| match datum {
                    Some(Datum::Text(text)) => text.clone(),
                    Some(other) => other.to_string(),
                    None => String::new(),
                };
                thing.value = Some(Datum::Text(text(self.value.as_ref()) + &text(datum(value).as_ref())));
                true
            }
            Call::Acquire => {
                let free = self.holder.is_none();
                if free {
                    thing.holder = Some(op.process);
                }
                free || answer.is_none()
            }
            Call::Release => {
                let holds = self.holder == Some(op.process);
                if holds {
                    thing.holder = None;
                }
                holds || answer.is_none()
            }
            Call::Enqueue(value) => {
                thing.queue.push(value);
                true
            }
            Call::Dequeue => {
                let first = if thing.queue.is_empty() { Value::NIL } else { thing.queue.remove(0) };
                answer.is_none_or(|answer| answer == Answer::Found(first))
            }
        };
        fits.then_some(thing)
    }
}

/// Whether the operations on a key can be put in one order.
pub(crate) fn linearizable(history: &History, key: Key) -> bool {
    let ops: Vec<&Op> = history.ops().iter().filter(|op| op.key == key && op.end != End::Failed).collect();
    extend(history, &ops, &mut vec![false; ops.len()], &Thing::default())
}

fn extend(history: &History, ops: &[&Op], used: &mut [bool], thing: &Thing) -> bool {
    if ops.iter().zip(&*used).all(|(op, &used)| used || op.due() == u32::MAX) {
        return true;
    }
    for at in 0..ops.len() {
        let waits = |(other, &used): (&&Op, &bool)| !used && other.due() < ops[at].invoked.place;
        if used[at] || ops.iter().zip(&*used).any(waits) {
            continue;
        }
        let Some(after) = thing.after(history, ops[at]) else { continue };
        used[at] = true;
        if extend(history, ops, used, &after) {
            return true;
        }
        used[at] = false;
    }
    false
}

/// Whether an order, as places in the history, explains the operations on a key.
pub(crate) fn explains(history: &History, key: Key, order: &[u32]) -> Result<(), String> {
    let mut thing = Thing::default();
    let ops = history.ops();
    for (&op, at) in order.iter().zip(0..) {
        let op = &ops[op as usize];
        thing = thing.after(history, op).ok_or_else(|| format!("{op:?} does not fit {thing:?}"))?;
        if let Some(&late) = order[at + 1..].iter().find(|&&late| ops[late as usize].due() < op.invoked.place) {
            return Err(format!("{op:?} stands before {:?}", ops[late as usize]));
        }
    }
    let missing = |&(op, index): &(&Op, u32)| {
        op.key == key && op.due() < u32::MAX && op.end != End::Failed && !order.contains(&index)
    };
    match ops.iter().zip(0..).find(missing) {
        Some((op, _)) => Err(format!("{op:?} is missing")),
        None => Ok(()),
    }
}
