//! The search for an order, after Wing & Gong (1993) with Lowe's memoisation (2017).
//!
//! It goes from configuration to configuration: which operations have been put in order, and the state they left.
//! A configuration that has been left without success is never entered again. What keeps the number of them small:
//!
//! - **Pure operations at once.** An answer that changes nothing and fits the state is put in order as soon as it can:
//!   any way on has it somewhere, and it can be moved here without changing what the others see.
//! - **Hidden writes.** A plain write that another plain write directly follows is seen by nobody. So a write need not
//!   be tried where nobody waits for it: it is put off, and when it is due, it may be slipped in before the last plain
//!   write that was put in order since it was called. So may an append.
//! - **Unknowns just in time.** What may or may not have happened is tried only where the next operation needs it: if
//!   that would leave the same state without it, it may as well not have happened (take the order with the fewest).
//! - **Equals by their due time.** Of operations that ask and were told the same, the one that is due first goes first:
//!   in any order they can be exchanged, unless one is an append that can be hidden and the other is not. Of unknowns that ask the same, the one that was called first.
//! - **A look ahead.** The next values that must be found must be there, or be still to come. A state that nobody looks
//!   at before the next plain write is as good as any other such state, and not worth a write.
//! - **Costs.** A configuration that differs from one that failed only in that more unknowns have been used up, or fewer
//!   writes can be hidden, fails too.

use crate::history::model::{Item, Model, State, Table};
use crate::history::op::{Call, Value};

use super::ahead::Ahead;
use super::list::List;
use super::seen::Seen;
use super::{Bound, Limits};

/// How many of the next operations that must find a value are looked at.
const AHEAD: usize = 4;

/// What a search came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// This order explains the history, as indices of items.
    Order(Vec<u32>),
    /// No order does. This is the longest part of one, and the first item that is due and has no place in it.
    Nothing { longest: Vec<u32>, stuck: Option<u32> },
    /// It was given up.
    GaveUp(Bound),
}

/// Looks for an order of `items`.
pub(crate) fn search<M: Model>(model: M, items: &[Item], limits: Limits) -> Found {
    Search::new(model, items, limits).run()
}

struct Search<M> {
    model: M,
    limits: Limits,
    /// Those that surely happened, by their calls, and then the others.
    items: Vec<Item>,
    /// Where each of them was in what the caller gave.
    given: Vec<u32>,
    /// How many surely happened.
    known: u32,
    /// By known item: which others ask and were told the same.
    class: Vec<u32>,
    /// Unknown items that ask the same, by their calls.
    unknown: Vec<Vec<u32>>,
    /// How many of each have been put in order.
    used: Vec<u32>,
    list: List,
    done: Vec<u64>,
    trail: Vec<Put>,
    seen: Seen,
    ahead: Ahead,
    steps: u64,
    longest: Vec<Put>,
    stuck: Option<u32>,
    /// How many known items the longest part has.
    reach: u32,
    // Buffers.
    pending: Vec<u32>,
    moves: Vec<Move>,
    key: Vec<u64>,
    cost: Vec<u32>,
    /// Which values are looked for before the next plain write is over that has not been called yet.
    soon: Vec<Value>,
    /// Whether somebody was told before then that something is not there.
    blunt: bool,
}

/// An item that was put in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Put {
    item: u32,
    /// Whether it was slipped in before the last plain write.
    hidden: bool,
}

/// What could be next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Move {
    item: u32,
    after: State,
    hidden: bool,
    /// The lower, the more promising; then by the due time.
    rank: (u8, u32),
}

/// A configuration, without what has been put in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    state: State,
    /// The state without the unknown that was put in order last, if nothing has needed it yet.
    owed: Option<State>,
    /// Plain writes that were called before this place can be hidden.
    hide_before: u32,
    /// Of those that must find a value by their due times, the first ones are all put in order.
    wants_done: u32,
}

/// A configuration on the way, with what can still be tried from there.
struct Frame {
    place: Place,
    trail: u32,
    /// Its moves: those from here to the start of the next frame's, the best one last.
    moves: u32,
}

impl<M: Model> Search<M> {
    fn new(model: M, given: &[Item], limits: Limits) -> Self {
        let mut order: Vec<u32> = (0..).take(given.len()).collect();
        order.sort_by_key(|&index| (!given[index as usize].is_known(), given[index as usize].invoked));
        let items: Vec<Item> = order.iter().map(|&index| given[index as usize]).collect();
        let count = items.iter().take_while(|item| item.is_known()).count();
        let mut classes = Table::default();
        let mut class = Vec::with_capacity(count);
        for item in &items[..count] {
            let next = u32::try_from(classes.len()).unwrap_or(u32::MAX);
            class.push(*classes.entry((item.call, item.answer, owner(item))).or_insert(next));
        }
        let mut unknown: Vec<Vec<u32>> = Vec::new();
        let mut of_call = Table::default();
        for (item, index) in items.iter().zip(0..).skip(count) {
            let at = *of_call.entry((item.call, owner(item))).or_insert(unknown.len());
            if at == unknown.len() {
                unknown.push(Vec::new());
            }
            unknown[at].push(index);
        }
        Self {
            list: List::new(&items[..count]),
            done: vec![0; count.div_ceil(64)],
            used: vec![0; unknown.len()],
            ahead: Ahead::new(&model, &items, count, &unknown),
            known: u32::try_from(count).unwrap_or(u32::MAX),
            given: order,
            model,
            limits,
            items,
            class,
            unknown,
            trail: Vec::new(),
            seen: Seen::new(),
            steps: 0,
            longest: Vec::new(),
            stuck: None,
            reach: 0,
            pending: Vec::new(),
            moves: Vec::new(),
            key: Vec::new(),
            cost: Vec::new(),
            soon: Vec::new(),
            blunt: false,
        }
    }

    fn run(mut self) -> Found {
        let mut frames: Vec<Frame> = Vec::new();
        let start = self.model.initial();
        let mut place = Place { state: start, owed: None, hide_before: 0, wants_done: 0 };
        loop {
            let first = self.settle(&mut place);
            let Some(first) = first else { return Found::Order(self.order(&self.trail)) };
            if let Some(bound) = self.exhausted() {
                return Found::GaveUp(bound);
            }
            let moves = len(&self.moves);
            self.look_ahead(first);
            if self.is_new(&place, first) && self.is_open(&mut place) {
                self.collect(&place, first);
            }
            if len(&self.moves) == moves {
                self.note(first);
            }
            frames.push(Frame { place, trail: len(&self.trail), moves });
            // The next move of the last configuration that has one.
            place = loop {
                let Some(frame) = frames.last() else {
                    let longest = self.order(&self.longest);
                    let stuck = self.stuck.map(|item| self.given[item as usize]);
                    return Found::Nothing { longest, stuck };
                };
                if len(&self.moves) > frame.moves
                    && let Some(next) = self.moves.pop()
                {
                    let (place, trail) = (frame.place, frame.trail);
                    self.undo(trail);
                    break self.make(place, next);
                }
                frames.pop();
            };
        }
    }

    /// Puts every pure operation in order that fits; says which operation is due first, `None` if all are in order.
    fn settle(&mut self, place: &mut Place) -> Option<u32> {
        loop {
            let mut pending = core::mem::take(&mut self.pending);
            let first = self.list.pending(&mut pending);
            let mut moved = false;
            for &item in &pending {
                let op = &self.items[item as usize];
                if !op.changes() && self.model.apply(place.state, op).is_some() {
                    self.put(Put { item, hidden: false });
                    moved = true;
                }
            }
            self.pending = pending;
            if !moved {
                return first;
            }
            place.owed = None;
        }
    }

    fn exhausted(&self) -> Option<Bound> {
        if self.steps > self.limits.steps {
            return Some(Bound::Steps(self.limits.steps));
        }
        let bytes = (self.seen.bytes() + self.model.memory()) as u64;
        (bytes > self.limits.bytes).then_some(Bound::Bytes(self.limits.bytes))
    }

    /// Finds out which values somebody looks for while what is done now can still be seen.
    fn look_ahead(&mut self, first: u32) {
        self.soon.clear();
        self.blunt = false;
        if !self.ahead.looks {
            return;
        }
        let due = self.items[first as usize].due;
        let known = &self.items[..self.known as usize];
        // A plain write that has not been called yet stands after what is done now, and before what is called after
        // its return.
        let called = known.partition_point(|item| item.invoked < due);
        let over = self.ahead.over[called];
        let head = self.list.head().unwrap_or(self.known);
        for (item, index) in known.iter().zip(0_u32..).skip(head as usize) {
            if item.invoked > over {
                break;
            }
            if self.done[index as usize / 64] >> (index % 64) & 1 == 1 {
                continue;
            }
            match self.model.wanted(item) {
                Some(value) => self.soon.push(value),
                // Then every state is seen, and nothing else needs to be known.
                None if !item.changes() => {
                    self.blunt = true;
                    return;
                }
                None => {}
            }
        }
        for (class, &used) in self.unknown.iter().zip(&self.used) {
            let next = class.get(used as usize).map(|&item| &self.items[item as usize]);
            let next = next.filter(|item| item.invoked < over && !self.model.is_silent(item));
            match next.map(|item| self.model.wanted(item)) {
                Some(Some(value)) => self.soon.push(value),
                Some(None) => self.blunt = true,
                None => {}
            }
        }
        self.soon.sort_unstable();
        self.soon.dedup();
    }

    /// Whether anybody may find something in a state, or in what it grows to, before it is written over.
    fn is_seen(&self, state: State) -> bool {
        self.blunt || !self.ahead.looks || self.soon.iter().any(|&value| self.model.leads(state, value))
    }

    /// Whether this configuration has not been entered before.
    fn is_new(&mut self, place: &Place, first: u32) -> bool {
        let due = self.items[first as usize].due;
        let known = &self.items[..self.known as usize];
        let called = known.partition_point(|item| item.invoked < due);
        let head = self.list.head().map_or(0, u64::from);
        // Where a write can be hidden matters only for those that are left.
        let can_hide = |&&item: &&u32| {
            let op = &self.items[item as usize];
            op.invoked < place.hide_before && self.model.is_silent(op)
        };
        let hidden = self.pending.iter().rev().find(can_hide).map_or(0, |&item| item + 1);
        // All states that nobody looks at are as good as each other.
        let state = if self.is_seen(place.state) { place.state.0 } else { u32::MAX };
        let owed = place.owed.map_or(0, |state| u64::from(state.0) + 1);
        self.key.clear();
        self.key.extend([head | (u64::from(state) << 32), owed]);
        // All before the head are in order, and none that were called after the first return.
        let from = usize::try_from(head / 64).unwrap_or(0);
        self.key.extend_from_slice(&self.done[from..called.div_ceil(64).max(from)]);
        // It costs to have used unknowns up, and to be able to hide fewer writes.
        self.cost.clear();
        self.cost.push(u32::MAX - hidden);
        self.cost.extend_from_slice(&self.used);
        self.seen.insert_at(&self.key, &self.cost)
    }

    /// Whether the next values that must be found are there or can still come.
    fn is_open(&mut self, place: &mut Place) -> bool {
        let is_done = |done: &[u64], item: u32| done[item as usize / 64] >> (item % 64) & 1 == 1;
        let wants = &self.ahead.wants;
        let mut at = place.wants_done as usize;
        while at < wants.len() && is_done(&self.done, wants[at].item) {
            at += 1;
        }
        place.wants_done = u32::try_from(at).unwrap_or(u32::MAX);
        let head = self.list.head().unwrap_or(self.known);
        let mut looked = 0;
        for want in &wants[at..] {
            if looked == AHEAD {
                break;
            }
            if is_done(&self.done, want.item) {
                continue;
            }
            looked += 1;
            if self.model.leads(place.state, want.value) {
                continue;
            }
            let due = self.items[want.item as usize].due;
            let makers = &self.ahead.makers[want.makers as usize];
            let from = makers.known.partition_point(|&item| item < head);
            let comes = makers.known[from..]
                .iter()
                .take_while(|&&item| self.items[item as usize].invoked < due)
                .any(|&item| item != want.item && !is_done(&self.done, item));
            let may_come = || {
                makers.unknown.iter().any(|&class| {
                    let class = class as usize;
                    let next = self.unknown[class].get(self.used[class] as usize);
                    next.is_some_and(|&item| self.items[item as usize].invoked < due)
                })
            };
            if !comes && !may_come() {
                return false;
            }
        }
        true
    }

    /// Collects what could be next. The most promising move stands last.
    fn collect(&mut self, place: &Place, first: u32) {
        let start = self.moves.len();
        let pending = core::mem::take(&mut self.pending);
        let due = self.items[first as usize].due;
        for &item in &pending {
            let op = self.items[item as usize];
            let class = self.class[item as usize];
            let blind = self.model.is_blind(&op);
            let earlier = |&other: &u32| {
                let other_op = &self.items[other as usize];
                // One that could still be hidden, where this one could not, is better kept; a blind one hides the rest.
                let keeps = other_op.invoked < place.hide_before && place.hide_before <= op.invoked && !blind;
                self.class[other as usize] == class && other_op.due < op.due && !keeps
            };
            if !op.changes() || pending.iter().any(earlier) {
                continue;
            }
            let Some(after) = self.model.apply(place.state, &op) else { continue };
            if place.owed.is_some_and(|without| self.model.apply(without, &op) == Some(after)) {
                continue;
            }
            let silent = self.model.is_silent(&op);
            let can_hide = silent && op.invoked < place.hide_before && place.owed.is_none();
            if item == first && can_hide {
                self.moves.push(Move { item, after: place.state, hidden: true, rank: (2, 0) });
            }
            // What nobody will see may as well be hidden, if not now then by the write that comes next.
            if silent && (item != first || can_hide) && !self.is_seen(after) {
                continue;
            }
            let use_of = self.use_of(&pending, first, item, after, due);
            if item == first || !blind || use_of < 3 {
                self.moves.push(Move { item, after, hidden: false, rank: (use_of, op.due) });
            }
        }
        for class in 0..self.unknown.len() {
            let Some(&item) = self.unknown[class].get(self.used[class] as usize) else { continue };
            let op = self.items[item as usize];
            let blind = self.model.is_blind(&op);
            // A known write of the same is as good, and has to go somewhere anyway.
            if op.invoked > due || (blind && pending.iter().any(|&other| self.items[other as usize].call == op.call)) {
                continue;
            }
            let Some(after) = self.model.apply(place.state, &op).filter(|&after| after != place.state) else {
                continue;
            };
            if place.owed.is_some_and(|without| self.model.apply(without, &op) == Some(after)) {
                continue;
            }
            let use_of = self.use_of(&pending, first, item, after, due);
            if !blind || use_of < 3 {
                self.moves.push(Move { item, after, hidden: false, rank: (use_of.saturating_add(2), u32::MAX) });
            }
        }
        self.pending = pending;
        self.moves[start..].sort_by_key(|next| core::cmp::Reverse(next.rank));
    }

    /// What it is good for that `item` leaves the state `after`: 0, the operation that is due first can follow or is
    /// it; 1, a pure operation can follow; 2, another that looks at the state can; 3, nothing that looks at it.
    fn use_of(&mut self, pending: &[u32], first: u32, item: u32, after: State, due: u32) -> u8 {
        let mut best = 3;
        for &other in pending {
            if other == item {
                continue;
            }
            let op = &self.items[other as usize];
            if self.model.is_blind(op) || self.model.apply(after, op).is_none() {
                continue;
            }
            if other == first {
                return 0;
            }
            best = best.min(if op.changes() { 2 } else { 1 });
        }
        if item == first && best < 2 {
            return 0;
        }
        if best == 3 {
            for (class, &used) in self.unknown.iter().zip(&self.used) {
                let next = class.iter().skip(used as usize).find(|&&other| other != item);
                let Some(op) = next.map(|&other| &self.items[other as usize]).filter(|op| op.invoked < due) else {
                    continue;
                };
                if !self.model.is_blind(op) && self.model.apply(after, op).is_some_and(|then| then != after) {
                    return 2;
                }
            }
        }
        best
    }

    /// Goes on to the configuration after a move.
    fn make(&mut self, place: Place, next: Move) -> Place {
        let op = self.items[next.item as usize];
        let mut after = Place { state: next.after, owed: None, ..place };
        if !next.hidden && self.model.is_blind(&op) {
            // Everything that could be put in order now was called before the first return.
            let mut pending = core::mem::take(&mut self.pending);
            let first = self.list.pending(&mut pending);
            self.pending = pending;
            after.hide_before = first.map_or(u32::MAX, |first| self.items[first as usize].due);
        }
        if !op.is_known() {
            after.owed = Some(place.state);
        }
        self.put(Put { item: next.item, hidden: next.hidden });
        after
    }

    fn put(&mut self, put: Put) {
        self.steps += 1;
        self.trail.push(put);
        if put.item < self.known {
            self.list.lift(put.item);
            self.done[put.item as usize / 64] |= 1 << (put.item % 64);
        } else {
            let class = self.class_of_unknown(put.item);
            self.used[class] += 1;
        }
    }

    /// Takes back what was put in order after the first `trail`.
    fn undo(&mut self, trail: u32) {
        while self.trail.len() > trail as usize {
            let Some(put) = self.trail.pop() else { return };
            if put.item < self.known {
                self.list.unlift(put.item);
                self.done[put.item as usize / 64] &= !(1 << (put.item % 64));
            } else {
                let class = self.class_of_unknown(put.item);
                self.used[class] -= 1;
            }
        }
    }

    fn class_of_unknown(&self, item: u32) -> usize {
        self.unknown.iter().position(|class| class.binary_search(&item).is_ok()).expect("each unknown has a class")
    }

    /// Keeps what is in order now, if it is the most so far.
    fn note(&mut self, first: u32) {
        let reach = self.known - self.list.left();
        if reach > self.reach || self.stuck.is_none() {
            self.reach = reach;
            self.longest.clone_from(&self.trail);
            self.stuck = Some(first);
        }
    }

    /// What was put in order, hidden writes before the writes that hide them, as places in what the caller gave.
    fn order(&self, trail: &[Put]) -> Vec<u32> {
        let mut after: Vec<(usize, bool, u32)> = Vec::with_capacity(trail.len());
        let mut last_blind = 0;
        for (put, at) in trail.iter().zip(0..) {
            let item = &self.items[put.item as usize];
            if put.hidden {
                after.push((last_blind, false, put.item));
                continue;
            }
            if self.model.is_blind(item) {
                last_blind = at;
            }
            after.push((at, true, put.item));
        }
        after.sort_by_key(|&(at, seen, _)| (at, seen));
        after.into_iter().map(|(_, _, item)| self.given[item as usize]).collect()
    }
}

/// Whose it is, where that matters.
fn owner(item: &Item) -> u32 {
    if matches!(item.call, Call::Acquire | Call::Release) { item.process } else { 0 }
}

fn len<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}
