//! What is due when. Entries may be out of date (a message that a cut has killed, a timer set anew):
//! who takes one out checks it.

use core::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::id::{MsgId, ProcessId};
use crate::time::Time;

/// The order in which things happen: by time, then in the order in which they were asked for.
pub(crate) type Key = (Time, u64);

/// Something that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// A message arrives.
    Arrival(MsgId),
    /// A process's timer runs out; the number is its place in the process's table.
    Timer(ProcessId, u8),
}

/// The queue. No two keys are the same, so the order is total.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<(Key, Due)>>,
    keys: u64,
}

impl Queue {
    /// A key for something due at this time, after everything else asked for so far for that time.
    pub(crate) fn key(&mut self, at: Time) -> Key {
        self.keys += 1;
        (at, self.keys)
    }

    pub(crate) fn push(&mut self, key: Key, due: Due) {
        self.heap.push(Reverse((key, due)));
    }

    pub(crate) fn peek(&self) -> Option<(Key, Due)> {
        self.heap.peek().map(|&Reverse(entry)| entry)
    }

    pub(crate) fn pop(&mut self) {
        self.heap.pop();
    }
}
