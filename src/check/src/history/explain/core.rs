//! The smallest window that can't be ordered.
//!
//! First the end: of all moments at which an operation is due, the first by which there is no order any more. What is
//! still open then may yet have any end. Then the start, if values are written more than once: the last moment after
//! which there is no order, whatever the register held then. What is open at that moment may have happened before it.
//! Then one part after the other is left out, as long as there is no order
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
pub(crate) fn find(values: &[Datum], kind: Kind, items: &[Item], limits: Limits) -> Core {
    let mut cutter = Cutter { values, kind, limits, questions: QUESTIONS_MAX, any_start: false };
    let items = cutter.first_end(items);
    let core = cutter.thinnest(items.clone());
    if core.len() <= FEW || !matches!(kind, Kind::Register | Kind::Kv) || items.iter().any(is_append) {
        return Core { items: core, any_start: false };
    }
    cutter.any_start = true;
    cutter.questions = QUESTIONS_MAX;
    match cutter.last_start(&items).map(|items| cutter.thinnest(items)) {
        Some(window) if window.len() < core.len() => Core { items: window, any_start: true },
        _ => Core { items: core, any_start: false },
    }
}

/// A core of so many operations is told as it is.
const FEW: usize = 3;

/// A part of a history that has no order.
pub(crate) struct Core {
    pub(crate) items: Vec<Item>,
    /// Whether that is so whatever was there before.
    pub(crate) any_start: bool,
}

fn is_append(item: &Item) -> bool {
    matches!(item.call, Call::Append(_))
}

/// A value that no history has.
const OTHER: Value = Value(u32::MAX - 1);

struct Cutter<'h> {
    values: &'h [Datum],
    kind: Kind,
    limits: Limits,
    questions: u32,
    /// Whether what was there at the start is not known.
    any_start: bool,
}

impl Cutter<'_> {
    /// Leaves out all that can be.
    fn thinnest(&mut self, mut items: Vec<Item>) -> Vec<Item> {
        loop {
            let before = items.len();
            items = self.thin(items);
            if items.len() == before {
                return items;
            }
        }
    }

    /// What happened after the last moment after which there is no order whatever was there; `None` if there is none.
    fn last_start(&mut self, items: &[Item]) -> Option<Vec<Item>> {
        let starts: Vec<u32> = items.iter().map(|item| item.invoked).collect();
        let (mut low, mut high) = (0, starts.len());
        let mut last = None;
        while low < high {
            let middle = low + (high - low) / 2;
            let window = since(items, starts[middle]);
            if self.breaks(&window) {
                last = Some(window);
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        last
    }

    /// Whether there surely is no order.
    fn breaks(&mut self, items: &[Item]) -> bool {
        if self.questions == 0 {
            return false;
        }
        self.questions -= 1;
        let breaks = |items: &[Item]| linear::decide(self.values, self.kind, items, self.limits) == Outcome::Breaks;
        if !self.any_start {
            return breaks(items);
        }
        // What is found by nobody is as good as any other such value.
        let mut starts: BTreeSet<Value> = items.iter().filter_map(looked_for).collect();
        starts.extend([Value::NIL, OTHER]);
        starts.into_iter().all(|value| {
            let (call, answer) = (Call::Write(value), Some(Answer::Done));
            let start = Item { op: u32::MAX, process: u32::MAX, call, answer, invoked: 0, due: 1 };
            let later = |item: &Item| Item { invoked: item.invoked + 2, due: item.due.saturating_add(2), ..*item };
            let with: Vec<Item> = std::iter::once(start).chain(items.iter().map(later)).collect();
            breaks(&with)
        })
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
                let grown = || appends && seen.iter().any(|&whole| store.contains(whole, value));
                !(blunt || seen.contains(&value) || grown())
            }
            _ => false,
        };
        items.iter().filter(can_go).map(|item| vec![item.op]).collect()
    }
}

/// What happened after `place`. What was open then may have happened before, so it need not be in the window.
fn since(items: &[Item], place: u32) -> Vec<Item> {
    let after = items.iter().filter(|item| item.due >= place);
    let open = |item: &Item| {
        if item.invoked >= place { *item } else { Item { answer: None, due: u32::MAX, ..*item } }
    };
    after.map(open).collect()
}

/// The value that an item finds or compares.
fn looked_for(item: &Item) -> Option<Value> {
    match (item.call, item.answer) {
        (Call::Read, Some(Answer::Found(value))) => Some(value),
        (Call::Cas { from, .. }, _) => Some(from),
        _ => None,
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
                parts.entry(value).or_default().push(item.op);
            }
            _ => {}
        }
    }
    parts.into_values().chain(alone).collect()
}
