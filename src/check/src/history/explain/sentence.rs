//! One sentence that says why.
//!
//! It is about the operation with whose return the order was lost, and names the operations that leave it no place.

use super::told::Teller;
use crate::history::level::Level;
use crate::history::model::Item;
use crate::history::op::{Answer, Call, Value};
use crate::history::weak::{How, Why};

/// Why a core has no order. `all` are the operations that it is part of. With `any_start`, it has none whatever was
/// there before.
pub(crate) fn of_core(teller: &Teller<'_>, all: &[Item], any_start: bool) -> String {
    let last = teller.core.iter().filter(|item| item.is_known()).max_by_key(|item| item.due);
    let Some(last) = last else { return "No order of all operations explains the answers.".to_owned() };
    let why = match (last.call, last.answer) {
        (Call::Read, Some(Answer::Found(value))) => found(teller, all, last, value, any_start),
        (Call::Cas { from, .. }, Some(Answer::Swapped(true))) => found(teller, all, last, from, any_start),
        (Call::Acquire, _) => acquired(teller, last),
        (Call::Release, _) => released(teller, last),
        (Call::Dequeue, Some(Answer::Found(value))) => dequeued(teller, all, last, value),
        _ => None,
    };
    why.unwrap_or_else(|| whatever(teller, last))
}

/// When nothing shorter is true.
fn whatever(teller: &Teller<'_>, last: &Item) -> String {
    let known = teller.core.iter().filter(|item| item.is_known()).count();
    let others = known.saturating_sub(1);
    let deed = teller.deed(last.op);
    match others {
        0 => format!("{deed}, which can't be."),
        1 => {
            let other = teller.core.iter().find(|item| item.is_known() && item.op != last.op);
            let other = other.map_or_else(String::new, |other| teller.deed(other.op));
            format!("{deed} and {other}, and no order of the two explains both.")
        }
        _ => format!(
            "{deed}, and no order of that and the {others} other operations in the window explains all answers."
        ),
    }
}

/// What leaves `value`, as text or as a whole.
fn makes(item: &Item, value: Value) -> bool {
    match item.call {
        Call::Write(made) | Call::Cas { to: made, .. } => made == value && item.changes(),
        _ => false,
    }
}

/// What shows that `value` was there.
fn shows(item: &Item, value: Value) -> bool {
    makes(item, value) || matches!((item.call, item.answer), (Call::Read, Some(Answer::Found(found))) if found == value)
}

/// A read or a compare-and-set found what it can't have.
fn found(teller: &Teller<'_>, all: &[Item], last: &Item, value: Value, any_start: bool) -> Option<String> {
    let deed = teller.deed(last.op);
    let core = teller.core;
    if core.iter().any(|item| matches!(item.call, Call::Append(_))) {
        return None;
    }
    let appended = all.iter().any(|item| matches!(item.call, Call::Append(_)));
    let writers: Vec<&Item> = core.iter().filter(|item| item.op != last.op && makes(item, value)).collect();
    if writers.is_empty() && value != Value::NIL && !any_start {
        let later = all.iter().find(|item| makes(item, value) && item.invoked > last.due);
        return Some(match later {
            _ if appended => format!("{deed}, which no writes and appends before it can have left."),
            Some(later) => format!("{deed} before {} began.", teller.act(later.op)),
            None => format!("{deed}, which nobody had written."),
        });
    }
    // Something else was there in between: it came after the value had been there, and was over before the end.
    let was = |item: &&Item| shows(item, value) && item.op != last.op;
    let came_after = |other: &&Item| {
        value == Value::NIL
            || (any_start && writers.is_empty())
            || core.iter().filter(was).any(|early| early.due < other.invoked)
    };
    let made = |item: &Item| match (item.call, item.answer) {
        (Call::Write(made) | Call::Cas { to: made, .. }, _) if item.changes() => Some(made),
        _ => None,
    };
    let one_writer = writers.len() <= 1;
    let over = |item: &&Item| item.is_known() && item.due < last.invoked && item.op != last.op;
    // C1 wrote 4 after 3 had been there, and that had returned.
    let stale = core.iter().filter(over).filter(|item| made(item).is_some_and(|made| made != value)).find(came_after);
    if let (Some(stale), true) = (stale, one_writer) {
        return Some(format!("{deed} after {} had returned.", teller.act(stale.op)));
    }
    // C3 had read 4 by then, which was there after 3.
    let reader = core.iter().filter(over).find(|item| match (item.call, item.answer) {
        (Call::Read, Some(Answer::Found(other))) if other != value => {
            let late = core.iter().filter(|item| shows(item, other)).any(|item| came_after(&item));
            late && one_writer
        }
        _ => false,
    });
    if let Some(reader) = reader {
        return Some(format!("{deed} after {}, which came later.", teller.deed(reader.op)));
    }
    // Two compare-and-sets took the same value away.
    let taken = core.iter().find(|item| {
        item.op != last.op
            && matches!(item.call, Call::Cas { from, .. } if from == value)
            && item.answer == Some(Answer::Swapped(true))
    });
    taken.filter(|_| one_writer && matches!(last.call, Call::Cas { .. })).map(|taken| {
        format!(
            "{deed} although {} had been set to something else: {} as well.",
            teller.value(value),
            teller.deed(taken.op)
        )
    })
}

fn acquired(teller: &Teller<'_>, last: &Item) -> Option<String> {
    let holds = |item: &&Item| {
        let gave_back =
            |other: &Item| other.call == Call::Release && other.process == item.process && other.invoked > item.invoked;
        item.call == Call::Acquire && item.is_known() && item.op != last.op && !teller.core.iter().any(gave_back)
    };
    let holder = teller.core.iter().find(holds)?;
    Some(format!("{} while {} held it.", teller.deed(last.op), teller.who(holder.op)))
}

fn released(teller: &Teller<'_>, last: &Item) -> Option<String> {
    let own = |item: &Item| item.call == Call::Acquire && item.process == last.process;
    let held = teller.core.iter().any(own);
    (!held).then(|| format!("{} without holding it.", teller.deed(last.op)))
}

fn dequeued(teller: &Teller<'_>, all: &[Item], last: &Item, value: Value) -> Option<String> {
    let deed = teller.deed(last.op);
    let core = teller.core;
    if value == Value::NIL {
        let held = core.iter().find(|item| matches!(item.call, Call::Enqueue(_)) && item.due < last.invoked)?;
        return Some(format!(
            "{deed} after {} had returned, before anybody could have taken that out.",
            teller.act(held.op)
        ));
    }
    let entries = core.iter().filter(|item| item.call == Call::Enqueue(value)).count();
    let takes = |item: &Item| item.call == Call::Dequeue && item.answer == Some(Answer::Found(value));
    if entries == 0 {
        let later = all.iter().find(|item| item.call == Call::Enqueue(value) && item.invoked > last.due);
        return Some(match later {
            Some(later) => format!("{deed} before {} began.", teller.act(later.op)),
            None => format!("{deed}, which nobody had put in."),
        });
    }
    if let Some(other) = core.iter().find(|item| takes(item) && item.op != last.op).filter(|_| entries == 1) {
        return Some(format!("{deed}, which {} had taken out already.", teller.who(other.op)));
    }
    let entry = core.iter().find(|item| item.call == Call::Enqueue(value))?;
    let passed = core.iter().find(|item| {
        matches!(item.call, Call::Enqueue(other) if other != value)
            && (item.due < entry.invoked || entry.due < item.invoked)
    })?;
    let (first, second) = if passed.due < entry.invoked { (passed, entry) } else { (entry, passed) };
    Some(format!("{deed}, but {} had returned before {} began.", teller.act(first.op), teller.act(second.op)))
}

/// Why a process can't have seen what it did.
pub(crate) fn of_view(teller: &Teller<'_>, level: Level, why: &Why) -> String {
    let Some(read) = why.read else {
        return "No order of all operations that keeps each process's own order explains the answers.".to_owned();
    };
    let deed = teller.deed(read);
    let process = teller.op(read).process;
    match why.how {
        How::Nowhere => format!("{deed}, which nobody else had written."),
        How::Before => format!("{deed} before that was written: the write follows from the read."),
        How::Between(op) if level == Level::ReadYourWrites => format!("{deed} after its own {}.", own(teller, op)),
        How::Between(op) if teller.op(op).process == process && op < read => {
            format!("{deed} after its own {}.", own(teller, op))
        }
        How::Between(op) => {
            let write = teller.act(op);
            let seen = seen_before(teller, read, op);
            match (seen, why.source) {
                (true, Some(_)) => format!("{deed} after it had seen {write}, which came later."),
                (true, None) => format!("{deed} after it had seen {write}."),
                (false, Some(source)) => {
                    format!("{deed} although {write} had to be seen by then, and came after {}.", teller.act(source))
                }
                (false, None) => format!("{deed} although {write} had to be seen by then."),
            }
        }
        How::Every(_) => {
            format!("{deed}, but whichever writes the reads of that value and others saw, one of them comes too late.")
        }
    }
}

/// What a process did itself: `write of 4`.
fn own(teller: &Teller<'_>, op: u32) -> String {
    let act = teller.act(op);
    let name = format!("{}'s ", teller.who(op));
    act.strip_prefix(&name).unwrap_or(&act).to_owned()
}

/// Whether a process had read what `write` wrote before its `read`.
fn seen_before(teller: &Teller<'_>, read: u32, write: u32) -> bool {
    let (reader, writer) = (teller.op(read), teller.op(write));
    let (Call::Write(value) | Call::Cas { to: value, .. }) = writer.call else { return false };
    let earlier = &teller.history.ops()[..read as usize];
    earlier
        .iter()
        .any(|op| op.process == reader.process && op.key == writer.key && op.answer() == Some(Answer::Found(value)))
}
