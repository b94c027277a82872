//! What lies ahead of a search, worked out once: who must find what by when, and who could leave it.

use crate::history::model::{Item, Model, State, Table};
use crate::history::op::Value;

/// What must be found by when, and who could leave it.
pub(super) struct Ahead {
    /// By their due times.
    pub(super) wants: Vec<Want>,
    pub(super) makers: Vec<Makers>,
    /// By known item: when the first plain write that is called then or later is over.
    pub(super) over: Vec<u32>,
    /// Whether the model tells who looks for what.
    pub(super) looks: bool,
}

/// An item that must find a value.
pub(super) struct Want {
    pub(super) item: u32,
    pub(super) value: Value,
    pub(super) makers: u32,
}

/// Who can leave a value, or something that can grow to it.
#[derive(Default)]
pub(super) struct Makers {
    /// Known items.
    pub(super) known: Vec<u32>,
    /// Classes of unknown items.
    pub(super) unknown: Vec<u32>,
}

impl Ahead {
    pub(super) fn new<M: Model>(model: &M, items: &[Item], known: usize, unknown: &[Vec<u32>]) -> Self {
        let mut wants = Vec::new();
        let mut makers: Vec<Makers> = Vec::new();
        let mut of_value = Table::default();
        for (item, index) in items[..known].iter().zip(0..) {
            let Some(value) = model.wanted(item) else { continue };
            let at = *of_value.entry(value.0).or_insert(makers.len());
            if at == makers.len() {
                makers.push(Makers::default());
            }
            wants.push(Want { item: index, value, makers: u32::try_from(at).unwrap_or(u32::MAX) });
        }
        let mut values: Vec<(u32, usize)> = of_value.iter().map(|(&value, &at)| (value, at)).collect();
        values.sort_unstable();
        let mut give = |item: &Item, add: &mut dyn FnMut(&mut Makers)| {
            let Some(made) = model.made(item) else { return };
            if model.grows() {
                for &(value, at) in &values {
                    if model.leads(State(made.0), Value(value)) {
                        add(&mut makers[at]);
                    }
                }
            } else if let Some(&at) = of_value.get(&made.0) {
                add(&mut makers[at]);
            }
        };
        for (item, index) in items[..known].iter().zip(0..) {
            give(item, &mut |makers| makers.known.push(index));
        }
        for (class, index) in unknown.iter().zip(0..) {
            if let Some(&first) = class.first() {
                give(&items[first as usize], &mut |makers| makers.unknown.push(index));
            }
        }
        wants.sort_by_key(|want| items[want.item as usize].due);
        let mut over = vec![u32::MAX; known + 1];
        for at in (0..known).rev() {
            let item = &items[at];
            over[at] = if model.is_blind(item) { over[at + 1].min(item.due) } else { over[at + 1] };
        }
        let looks = items.iter().any(|item| model.is_blind(item));
        Self { wants, makers, over, looks }
    }
}
