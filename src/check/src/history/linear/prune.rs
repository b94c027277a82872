//! Which operations of unknown outcome can't matter, so that the search need not try them.
//!
//! Each may be left out of any order that explains a history, and the order still explains it:
//! - A read that nobody got an answer to changes nothing.
//! - A lock that a process took and never heard of is held for ever: nobody else can give it back, and the process
//!   does nothing any more. So nothing can stand behind it, and it may as well not have happened.
//! - A write whose value nobody saw: what stands between it and the next write did not look, or saw another value.
//!   Only a failed compare-and-set sees that a value is *not* there, so with one of those nothing is left out.
//! - The same for an append of text that is in nobody's answer, and for a compare-and-set that leaves what nobody saw.
//!   What an unknown compare-and-set compares counts as seen, if that itself is kept.
//! - A value that was enqueued and that no answer holds: without it, the others come out in the same order. If a
//!   dequeue of unknown outcome took it, that is left out with it.

use crate::history::model::{Item, Store};
use crate::history::op::{Answer, Call, Value};

/// The items without those of unknown outcome that can't matter.
pub(crate) fn prune(items: &[Item], store: &Store<'_>) -> Vec<Item> {
    if items.iter().all(Item::is_known) {
        return items.to_vec();
    }
    let blunt = items.iter().any(|item| item.answer == Some(Answer::Swapped(false)));
    let appends = items.iter().any(|item| matches!(item.call, Call::Append(_)));
    let mut seen: Vec<Value> = items.iter().filter_map(found).collect();
    seen.sort_unstable();
    seen.dedup();
    let is_seen = |seen: &[Value], value: Value| {
        seen.binary_search(&value).is_ok() || (appends && seen.iter().any(|&whole| store.contains(whole, value)))
    };
    // Each turn makes at least one more value seen, so there are no more turns than values.
    loop {
        let more = items.iter().find_map(|item| match (item.call, item.answer) {
            (Call::Cas { from, to }, None) if seen.binary_search(&from).is_err() && is_seen(&seen, to) => Some(from),
            _ => None,
        });
        let Some(more) = more else { break };
        let at = seen.partition_point(|&value| value < more);
        seen.insert(at, more);
    }
    let matters = |item: &&Item| {
        item.is_known()
            || match item.call {
                Call::Read | Call::Acquire => false,
                Call::Write(value) | Call::Cas { to: value, .. } | Call::Append(value) => {
                    blunt || is_seen(&seen, value)
                }
                Call::Enqueue(value) => seen.binary_search(&value).is_ok(),
                Call::Release | Call::Dequeue => true,
            }
    };
    items.iter().filter(matters).copied().collect()
}

/// The value that an answer shows to have been there.
fn found(item: &Item) -> Option<Value> {
    match (item.call, item.answer) {
        (Call::Read | Call::Dequeue, Some(Answer::Found(value))) => Some(value),
        (Call::Cas { from, .. }, Some(Answer::Swapped(true))) => Some(from),
        _ => None,
    }
}
