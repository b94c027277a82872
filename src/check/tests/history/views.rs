//! The weaker models by trying everything: the definitions as they stand in the docs, and nothing clever.

use check::history::{Answer, Call, End, History, Level, Op, Value};

use crate::brute::Thing;

/// Whether a history satisfies a model from sequential consistency down.
pub(crate) fn holds(history: &History, level: Level) -> bool {
    let ops: Vec<&Op> = history.ops().iter().filter(|op| op.end != End::Failed).collect();
    let known: Vec<&Op> = ops.iter().filter(|op| op.answer().is_some()).copied().collect();
    let unknown: Vec<&Op> = ops.iter().filter(|op| op.answer().is_none() && op.call != Call::Read).copied().collect();
    // Which of the unknown ones took effect.
    (0..1_u32 << unknown.len()).any(|chosen| {
        let some = unknown.iter().zip(0..).filter(|(_, at)| chosen >> at & 1 == 1).map(|(op, _)| *op);
        let mut acts: Vec<&Op> = known.iter().copied().chain(some).collect();
        acts.sort_by_key(|op| op.invoked.place);
        match level {
            Level::Sequential => in_one_order(history, &acts),
            Level::Causal | Level::WritesFollowReads => some_sources(&acts, &mut Vec::new(), level),
            Level::ReadYourWrites => (0..acts.len()).filter(|&at| reads(acts[at])).all(|read| sees_own(&acts, read)),
            _ => processes(&acts).all(|viewer| sees(&acts, viewer, level)),
        }
    })
}

fn processes(acts: &[&Op]) -> impl Iterator<Item = u32> {
    let last = acts.iter().map(|op| op.process).max();
    last.map_or(0..0, |last| 0..last + 1)
}

fn reads(op: &Op) -> bool {
    matches!(op.answer(), Some(Answer::Found(_) | Answer::Swapped(_)))
}

/// What it leaves, whoever looks.
fn writes(op: &Op) -> Option<Value> {
    match (op.call, op.answer()) {
        (Call::Write(value), _) => Some(value),
        (Call::Cas { .. }, Some(Answer::Swapped(false))) => None,
        (Call::Cas { to, .. }, _) => Some(to),
        _ => None,
    }
}

/// Whether an answer fits what was there.
fn fits(op: &Op, there: Value) -> bool {
    match (op.call, op.answer()) {
        (Call::Read, Some(Answer::Found(value))) => value == there,
        (Call::Cas { from, .. }, Some(Answer::Swapped(swapped))) => (from == there) == swapped,
        _ => true,
    }
}

fn in_one_order(history: &History, acts: &[&Op]) -> bool {
    let things = vec![Thing::default(); history.keys() as usize];
    interleave(history, acts, &mut vec![false; acts.len()], &things)
}

fn interleave(history: &History, acts: &[&Op], used: &mut [bool], things: &[Thing]) -> bool {
    if used.iter().all(|used| *used) {
        return true;
    }
    for at in 0..acts.len() {
        let first = (0..at).all(|before| used[before] || acts[before].process != acts[at].process);
        if used[at] || !first {
            continue;
        }
        let key = acts[at].key.0 as usize;
        let Some(after) = things[key].after(history, acts[at]) else { continue };
        let mut next = things.to_vec();
        next[key] = after;
        used[at] = true;
        if interleave(history, acts, used, &next) {
            return true;
        }
        used[at] = false;
    }
    false
}

/// Whether the acts for which `belongs` holds can be put in an order in which `before` is kept and `legal` holds of
/// each and of the acts before it.
fn ordered(
    acts: &[&Op],
    belongs: &dyn Fn(usize) -> bool,
    before: &dyn Fn(usize, usize) -> bool,
    legal: &dyn Fn(&[usize], usize) -> bool,
    order: &mut Vec<usize>,
) -> bool {
    let left: Vec<usize> = (0..acts.len()).filter(|&at| belongs(at) && !order.contains(&at)).collect();
    if left.is_empty() {
        return true;
    }
    left.iter().any(|&at| {
        if left.iter().any(|&other| other != at && before(other, at)) || !legal(order, at) {
            return false;
        }
        order.push(at);
        let found = ordered(acts, belongs, before, legal, order);
        order.pop();
        found
    })
}

/// The last write to the key of `at`.
fn last_write(acts: &[&Op], order: &[usize], at: usize) -> Option<usize> {
    order.iter().rev().copied().find(|&other| acts[other].key == acts[at].key && writes(acts[other]).is_some())
}

fn there(acts: &[&Op], order: &[usize], at: usize) -> Value {
    last_write(acts, order, at).and_then(|write| writes(acts[write])).unwrap_or(Value::NIL)
}

fn own_order(acts: &[&Op], a: usize, b: usize) -> bool {
    a < b && acts[a].process == acts[b].process
}

fn both_write(acts: &[&Op], a: usize, b: usize) -> bool {
    writes(acts[a]).is_some() && writes(acts[b]).is_some()
}

fn sees(acts: &[&Op], viewer: u32, level: Level) -> bool {
    let own = |at: usize| acts[at].process == viewer;
    let belongs = |at: usize| own(at) || writes(acts[at]).is_some();
    let before = |a: usize, b: usize| {
        own_order(acts, a, b)
            && match level {
                Level::Pram => true,
                Level::MonotonicReads => own(a) && reads(acts[a]),
                Level::MonotonicWrites => both_write(acts, a, b) || (own(a) && reads(acts[a])),
                _ => unreachable!("judged elsewhere"),
            }
    };
    let legal = |order: &[usize], at: usize| !own(at) || fits(acts[at], there(acts, order, at));
    ordered(acts, &belongs, &before, &legal, &mut Vec::new())
}

fn sees_own(acts: &[&Op], read: usize) -> bool {
    let own = |at: usize| acts[at].process == acts[read].process;
    let belongs = |at: usize| at == read || writes(acts[at]).is_some();
    let before = |a: usize, b: usize| own(a) && own_order(acts, a, b);
    let legal = |order: &[usize], at: usize| at != read || fits(acts[at], there(acts, order, at));
    ordered(acts, &belongs, &before, &legal, &mut Vec::new())
}

/// Whether one way to tell which write each read saw lets every process have its view. `sources` are those of the
/// first reads.
fn some_sources(acts: &[&Op], sources: &mut Vec<Option<usize>>, level: Level) -> bool {
    let readers: Vec<usize> = (0..acts.len()).filter(|&at| reads(acts[at])).collect();
    let Some(&read) = readers.get(sources.len()) else {
        let saw: Vec<(usize, Option<usize>)> = readers.iter().copied().zip(sources.iter().copied()).collect();
        return processes(acts).all(|viewer| sees_sources(acts, viewer, &saw, level));
    };
    let mut choices: Vec<Option<usize>> = Vec::new();
    if fits(acts[read], Value::NIL) {
        choices.push(None);
    }
    let writer = |&at: &usize| {
        at != read && acts[at].key == acts[read].key && writes(acts[at]).is_some_and(|value| fits(acts[read], value))
    };
    choices.extend((0..acts.len()).filter(writer).map(Some));
    choices.into_iter().any(|choice| {
        sources.push(choice);
        let found = some_sources(acts, sources, level);
        sources.pop();
        found
    })
}

fn sees_sources(acts: &[&Op], viewer: u32, saw: &[(usize, Option<usize>)], level: Level) -> bool {
    let count = acts.len();
    let own = |at: usize| acts[at].process == viewer;
    let source = |at: usize| saw.iter().find(|(read, _)| *read == at).and_then(|(_, write)| *write);
    let mut before = vec![vec![false; count]; count];
    for a in 0..count {
        for b in 0..count {
            before[a][b] = match level {
                Level::Causal => own_order(acts, a, b) || source(b) == Some(a),
                _ => {
                    let follows = |(read, write): &(usize, Option<usize>)| {
                        *write == Some(a)
                            && a != b
                            && (own_order(acts, *read, b) || *read == b)
                            && writes(acts[b]).is_some()
                    };
                    (own_order(acts, a, b) && own(a) && reads(acts[a])) || saw.iter().any(follows)
                }
            };
        }
    }
    for middle in 0..count {
        for a in 0..count {
            for b in 0..count {
                before[a][b] |= before[a][middle] && before[middle][b];
            }
        }
    }
    let belongs = |at: usize| own(at) || writes(acts[at]).is_some();
    let legal = |order: &[usize], at: usize| !own(at) || !reads(acts[at]) || last_write(acts, order, at) == source(at);
    (0..count).all(|at| !before[at][at]) && ordered(acts, &belongs, &|a, b| before[a][b], &legal, &mut Vec::new())
}
