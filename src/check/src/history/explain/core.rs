//! The smallest window that can't be ordered.
//!
//! First the end: of all moments at which an operation is due, the first by which there is no order any more. What is
//! still open then may yet have any end. Then one part after the other is left out, as long as there is no order
//! without it. Only what is sound to leave out is: if the whole had an order, the rest would have one too.
//!
//! - What changes nothing.
//! - What leaves a value that none of the others found, where nobody was told that something is *not* there.
//! - A lock's acquire and the release that its process did next: nothing can stand between them.
//! - All that a queue did with one value.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::linear::{self, Limits, Outcome};
use crate::history::model::{Item, Kind, Store};
use crate::history::op::{Answer, Call, Value};
use crate::history::record::Datum;

/// The most questions that are asked.
const QUESTIONS_MAX: u32 = 3_000;

/// A part of `items` that has no order, and of which nothing can be left out.
pub(crate) fn find(values: &[Datum], kind: Kind, items: &[Item], limits: Limits) -> Vec<Item> {
    let mut cutter = Cutter { values, kind, limits, questions: QUESTIONS_MAX };
    let mut items = cutter.first_end(items);
    loop {
        let before = items.len();
        items = cutter.thin(items);
        if items.len() == before {
            return items;
        }
    }
}

struct Cutter<'h> {
    values: &'h [Datum],
    kind: Kind,
    limits: Limits,
    questions: u32,
}

impl Cutter<'_> {
    /// Whether there surely is no order.
    fn breaks(&mut self, items: &[Item]) -> bool {
        if self.questions == 0 {
            return false;
        }
        self.questions -= 1;
        linear::decide(self.values, self.kind, items, self.limits) == Outcome::Breaks
    }

    /// What had happened by the first moment by which there is no order.
    fn first_end(&mut self, items: &[Item]) -> Vec<Item> {
        let mut dues: Vec<u32> = items.iter().filter(|item| item.is_known()).map(|item| item.due).collect();
        dues.sort_unstable();
        // There is no order at the end of `dues[high]`. Whether there is at `dues[low - 1]` and before is known.
        let (mut low, mut high) = (0, dues.len().saturating_sub(1));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.breaks(&until(items, dues[middle])) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        dues.get(high).map_or_else(|| items.to_vec(), |&due| until(items, due))
    }

    /// Leaves out what can be: half of all parts at once, then a quarter, and so on.
    fn thin(&mut self, mut items: Vec<Item>) -> Vec<Item> {
        let mut size = self.parts(&items).len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            loop {
                let parts = self.parts(&items);
                if from >= parts.len() {
                    break;
                }
                let out: BTreeSet<u32> = parts[from..parts.len().min(from + size)].iter().flatten().copied().collect();
                let rest: Vec<Item> = items.iter().filter(|item| !out.contains(&item.op)).copied().collect();
                if self.breaks(&rest) {
                    items = rest;
                } else {
                    from += size;
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
        items
    }

    /// What can be left out, each part by itself or several together.
    fn parts(&self, items: &[Item]) -> Vec<Vec<u32>> {
        match self.kind {
            Kind::Register | Kind::Kv => self.parts_of_store(items),
            Kind::Mutex => parts_of_lock(items),
            Kind::Queue => parts_of_queue(items),
        }
    }

    fn parts_of_store(&self, items: &[Item]) -> Vec<Vec<u32>> {
        let blunt = items.iter().any(|item| item.answer == Some(Answer::Swapped(false)));
        let appends = items.iter().any(|item| matches!(item.call, Call::Append(_)));
        let found = |item: &Item| match (item.call, item.answer) {
            (Call::Read, Some(Answer::Found(value))) => Some(value),
            (Call::Cas { from, .. }, answer) if answer != Some(Answer::Swapped(false)) => Some(from),
            _ => None,
        };
        let seen: BTreeSet<Value> = items.iter().filter_map(found).collect();
        let store = Store::new(self.values, &[]);
        let can_go = |item: &&Item| match item.call {
            _ if !item.changes() => true,
            Call::Write(value) | Call::Cas { to: value, .. } | Call::Append(value) => {
                !blunt && !seen.contains(&value) && !(appends && seen.iter().any(|&whole| store.contains(whole, value)))
            }
            _ => false,
        };
        items.iter().filter(can_go).map(|item| vec![item.op]).collect()
    }
}

/// What had happened by the end of the event at `place`: what is due later may have any end.
fn until(items: &[Item], place: u32) -> Vec<Item> {
    let called = items.iter().filter(|item| item.invoked < place);
    let open = |item: &Item| if item.due <= place { *item } else { Item { answer: None, due: u32::MAX, ..*item } };
    called.map(open).collect()
}

fn parts_of_lock(items: &[Item]) -> Vec<Vec<u32>> {
    let mut parts = Vec::new();
    let mut taken: BTreeMap<u32, u32> = BTreeMap::new();
    for item in items {
        match item.call {
            Call::Acquire => drop(taken.insert(item.process, item.op)),
            Call::Release => parts.extend(taken.remove(&item.process).map(|acquire| vec![acquire, item.op])),
            _ => {}
        }
    }
    parts
}

fn parts_of_queue(items: &[Item]) -> Vec<Vec<u32>> {
    let mut parts: BTreeMap<Value, Vec<u32>> = BTreeMap::new();
    let mut alone = Vec::new();
    for item in items {
        match (item.call, item.answer) {
            (_, Some(Answer::Found(Value::NIL))) => alone.push(vec![item.op]),
            (Call::Enqueue(value), _) | (_, Some(Answer::Found(value))) => {
                parts.entry(value).or_default().push(item.op)
            }
            _ => {}
        }
    }
    parts.into_values().chain(alone).collect()
}
