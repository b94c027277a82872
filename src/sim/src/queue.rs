//! What is due when. Entries may be out of date (a message that a cut has killed, a timer set anew):
//! who takes one out checks it.

use core::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::id::{MsgId, ProcessId};
use crate::time::Time;

/// The order in which things happen: by time, then in the order in which they were asked for.
pub(crate) type Key = (Time, u64);

/// Something that is due.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Due {
    /// A message arrives.
    Arrival(MsgId),
    /// A process's timer runs out; the number is its place in the process's table.
    Timer(ProcessId, u8),
    /// A process that has let inputs wait is done with the first of them.
    Work(ProcessId),
}

/// The queue. No two keys are the same, so the order is total.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Entry>,
    keys: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: Key,
    due: Due,
}

impl Queue {
    /// A key for something due at this time, after everything else asked for so far for that time.
    pub(crate) fn key(&mut self, at: Time) -> Key {
        self.keys += 1;
        (at, self.keys)
    }

    pub(crate) fn push(&mut self, key: Key, due: Due) {
        self.heap.push(Entry { key, due });
    }

    /// How many bytes a clone takes.
    pub(crate) fn bytes(&self) -> usize {
        self.heap.len() * size_of::<Entry>()
    }

    pub(crate) fn peek(&self) -> Option<(Key, Due)> {
        self.heap.peek().map(|entry| (entry.key, entry.due))
    }

    pub(crate) fn pop(&mut self) {
        self.heap.pop();
    }
}

/// By key alone, the earliest greatest, because the standard heap gives out the greatest.
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Entry {}
