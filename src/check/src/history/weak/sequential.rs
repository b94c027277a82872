//! Sequential consistency: one order of everything, in which each process's operations stand as it did them.
//!
//! Not a local property: all keys are judged together. NP-complete in general (Gibbons & Korach 1997), so the search
//! has limits. What decides most histories before it: a linearizable history is sequentially consistent, and one that
//! is not causally consistent is not.

use super::{Outcome, Why};
use crate::history::linear::{Bound, Limits, prune, seen::Seen};
use crate::history::model::{Item, Model, State, Store};
use crate::history::record::History;

/// What the search came to: `None` if no order was found, and there is none.
pub(crate) fn search(history: &History, limits: Limits) -> Result<bool, Bound> {
    Search::new(history, limits).run()
}

/// Whether a history that is not linearizable is sequentially consistent. `causal` is what is known of the weaker model.
pub(crate) fn judge(history: &History, causal: &Outcome, limits: Limits) -> Outcome {
    if let Outcome::Fails(why) = causal {
        return Outcome::Fails(why.clone());
    }
    match search(history, limits) {
        Ok(true) => Outcome::Holds,
        Ok(false) => Outcome::Fails(Why::no_order()),
        Err(bound) => Outcome::Unknown(bound),
    }
}

struct Search<'h> {
    store: Store<'h>,
    limits: Limits,
    /// By process, in its order.
    queues: Vec<Vec<(Item, u32)>>,
    /// How many of each process's are in order.
    at: Vec<u32>,
    /// By key.
    states: Vec<State>,
    /// How many that surely happened are left.
    left: u32,
    seen: Seen,
    steps: u64,
    key: Vec<u64>,
}

/// How to take a move back.
#[derive(Clone, Copy)]
struct Undo {
    process: u32,
    key: u32,
    before: State,
}

struct Frame {
    trail: u32,
    next: u32,
}

impl<'h> Search<'h> {
    fn new(history: &'h History, limits: Limits) -> Self {
        let all: Vec<Item> = history.ops().iter().zip(0..).filter_map(|(op, index)| Item::of(index, op)).collect();
        let store = Store::new(history.values(), &all);
        let mut queues = vec![Vec::new(); history.processes().len()];
        let mut left = 0;
        let mut kept: Vec<Item> = Vec::new();
        for key in history.by_key() {
            let of_key: Vec<Item> =
                key.iter().filter_map(|&index| Item::of(index, &history.ops()[index as usize])).collect();
            kept.extend(prune::prune(&of_key, &store));
        }
        kept.sort_by_key(|item| item.op);
        for item in kept {
            left += u32::from(item.is_known());
            queues[item.process as usize].push((item, history.ops()[item.op as usize].key.0));
        }
        Self {
            states: vec![store.initial(); history.keys() as usize],
            at: vec![0; queues.len()],
            store,
            limits,
            queues,
            left,
            seen: Seen::new(),
            steps: 0,
            key: Vec::new(),
        }
    }

    fn run(mut self) -> Result<bool, Bound> {
        let mut trail: Vec<Undo> = Vec::new();
        let mut frames: Vec<Frame> = Vec::new();
        loop {
            self.settle(&mut trail);
            if self.left == 0 {
                return Ok(true);
            }
            self.within_limits()?;
            if self.is_new() {
                frames.push(Frame { trail: len(&trail), next: 0 });
            }
            loop {
                let Some(frame) = frames.last_mut() else { return Ok(false) };
                self.undo(&mut trail, frame.trail);
                let process = frame.next;
                if process as usize == self.queues.len() {
                    frames.pop();
                    continue;
                }
                frame.next += 1;
                if self.step(process, &mut trail, true) {
                    break;
                }
            }
        }
    }

    fn within_limits(&self) -> Result<(), Bound> {
        if self.steps > self.limits.steps {
            return Err(Bound::Steps(self.limits.steps));
        }
        if (self.seen.bytes() + self.store.memory()) as u64 > self.limits.bytes {
            return Err(Bound::Bytes(self.limits.bytes));
        }
        Ok(())
    }

    /// Puts every operation in order that fits and changes nothing: it can be moved here from wherever it stands.
    fn settle(&mut self, trail: &mut Vec<Undo>) {
        for process in (0..).take(self.queues.len()) {
            while self.step(process, trail, false) {}
        }
    }

    /// Puts the next operation of a process in order, if it fits and changes something or not, as is asked.
    fn step(&mut self, process: u32, trail: &mut Vec<Undo>, changes: bool) -> bool {
        let next = self.queues[process as usize].get(self.at[process as usize] as usize);
        let Some(&(item, key)) = next.filter(|(item, _)| item.changes() == changes) else { return false };
        let before = self.states[key as usize];
        let Some(after) = self.store.apply(before, &item) else { return false };
        self.steps += 1;
        self.states[key as usize] = after;
        self.at[process as usize] += 1;
        self.left -= u32::from(item.is_known());
        trail.push(Undo { process, key, before });
        true
    }

    fn undo(&mut self, trail: &mut Vec<Undo>, to: u32) {
        while trail.len() > to as usize {
            let Some(Undo { process, key, before }) = trail.pop() else { return };
            self.at[process as usize] -= 1;
            self.states[key as usize] = before;
            let (item, _) = self.queues[process as usize][self.at[process as usize] as usize];
            self.left += u32::from(item.is_known());
        }
    }

    fn is_new(&mut self) -> bool {
        self.key.clear();
        let words = self.at.iter().copied().chain(self.states.iter().map(|state| state.0));
        let mut half = None;
        for word in words {
            match half.take() {
                None => half = Some(u64::from(word)),
                Some(high) => self.key.push((high << 32) | u64::from(word)),
            }
        }
        self.key.extend(half);
        self.seen.insert(&self.key)
    }
}

fn len<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}
