//! Why a history does not satisfy a model: the few operations that show it, and one sentence.
//!
//! Decides nothing: it is asked only about what has been judged.

mod core;
mod sentence;
mod told;

use super::level::Level;
use super::linear::{self, Limits, Order};
use super::model::{Item, Kind};
use super::record::History;
use super::verdict::Witness;
use super::weak::{How, Why};

use told::Teller;

/// How much one question may take while a core is looked for. There are many.
const QUESTION: Limits = Limits { steps: 200_000, bytes: 64 << 20 };

/// Why the operations on one key are not linearizable.
pub(crate) fn linearly(history: &History, kind: Kind, items: &[Item], limits: Limits) -> Witness {
    let small = Limits { steps: limits.steps.min(QUESTION.steps), bytes: limits.bytes.min(QUESTION.bytes) };
    let core = core::find(history.values(), kind, items, small);
    let key = items.first().map(|item| history.ops()[item.op as usize].key);
    let (longest, stuck) = match linear::order(history.values(), kind, items, limits) {
        Order::Part { order, stuck } => (order, stuck),
        Order::Whole(order) => (order, None),
        Order::Unknown(_) => (Vec::new(), None),
    };
    let sentence = sentence::of_core(&Teller::new(history, &core.items), items, core.any_start);
    Witness { key, core: core.items.iter().map(|item| item.op).collect(), longest, stuck, sentence }
}

/// Why a history does not satisfy a weaker model.
pub(crate) fn weakly(history: &History, level: Level, why: &Why) -> Witness {
    let mut core: Vec<u32> = [why.read, why.source].into_iter().flatten().collect();
    if let How::Between(op) | How::Every(Some(op)) = why.how {
        core.push(op);
    }
    core.sort_unstable();
    core.dedup();
    let key = why.read.map(|read| history.ops()[read as usize].key);
    let sentence = sentence::of_view(&Teller::new(history, &[]), level, why);
    Witness { key, core, longest: Vec::new(), stuck: None, sentence }
}
