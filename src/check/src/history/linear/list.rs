//! The events that are still to be put in order, as a doubly linked list (Lowe 2017, section 5): taking an operation
//! out and putting it back takes constant time.

use crate::history::model::Item;

/// No event.
const NONE: u32 = u32::MAX;

/// Calls and returns in the order of their places, without those of operations that have been taken out.
///
/// Events are numbered by their operation: `2 * item` is the call, `2 * item + 1` the return.
#[derive(Clone, Debug)]
pub(crate) struct List {
    next: Vec<u32>,
    before: Vec<u32>,
    head: u32,
    left: u32,
}

impl List {
    /// The events of `items`, all of which have ended.
    pub(crate) fn new(items: &[Item]) -> Self {
        let count = items.len() * 2;
        let mut order: Vec<(u32, u32)> = Vec::with_capacity(count);
        for (item, index) in items.iter().zip(0..) {
            order.push((item.invoked, 2 * index));
            order.push((item.due, 2 * index + 1));
        }
        order.sort_unstable();
        let mut list = Self { next: vec![NONE; count], before: vec![NONE; count], head: NONE, left: 0 };
        list.left = u32::try_from(items.len()).unwrap_or(u32::MAX);
        for pair in order.windows(2) {
            list.next[pair[0].1 as usize] = pair[1].1;
            list.before[pair[1].1 as usize] = pair[0].1;
        }
        list.head = order.first().map_or(NONE, |first| first.1);
        list
    }

    /// How many operations are left.
    pub(crate) fn left(&self) -> u32 {
        self.left
    }

    /// The operation that is left and was called first.
    pub(crate) fn head(&self) -> Option<u32> {
        (self.head != NONE).then_some(self.head / 2)
    }

    /// Fills `pending` with the operations that were called before the first return, in the order of their calls,
    /// and says which one returns first.
    pub(crate) fn pending(&self, pending: &mut Vec<u32>) -> Option<u32> {
        pending.clear();
        let mut event = self.head;
        while event != NONE {
            if event % 2 == 1 {
                return Some(event / 2);
            }
            pending.push(event / 2);
            event = self.next[event as usize];
        }
        None
    }

    /// Takes an operation out.
    pub(crate) fn lift(&mut self, item: u32) {
        self.cut(2 * item);
        self.cut(2 * item + 1);
        self.left -= 1;
    }

    /// Puts back the operation that was taken out last.
    pub(crate) fn unlift(&mut self, item: u32) {
        self.mend(2 * item + 1);
        self.mend(2 * item);
        self.left += 1;
    }

    fn cut(&mut self, event: u32) {
        let (before, next) = (self.before[event as usize], self.next[event as usize]);
        if before == NONE {
            self.head = next;
        } else {
            self.next[before as usize] = next;
        }
        if next != NONE {
            self.before[next as usize] = before;
        }
    }

    fn mend(&mut self, event: u32) {
        let (before, next) = (self.before[event as usize], self.next[event as usize]);
        if before == NONE {
            self.head = event;
        } else {
            self.next[before as usize] = event;
        }
        if next != NONE {
            self.before[next as usize] = event;
        }
    }
}
