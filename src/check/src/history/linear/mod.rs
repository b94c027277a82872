//! Linearizability: whether all operations on a thing can be put in one order that fits real time and the answers.
//!
//! Herlihy & Wing, *Linearizability: a correctness condition for concurrent objects* (1990). It is a local property:
//! each key is judged by itself. In general the question is NP-complete (Gibbons & Korach 1997), so the search has
//! limits, and says so when it meets one.
//!
//! - Wing & Gong, *Testing and verifying concurrent objects* (1993): the search.
//! - Lowe, *Testing for linearizability* (2017): the list of events, and the memory of configurations.

mod ahead;
mod aspects;
mod list;
pub(crate) mod prune;
mod search;
pub(crate) mod seen;
mod zones;

use core::fmt;

use super::model::{self, Item, Model, Mutex, Queue, Store};
use super::record::Datum;

use search::{Found, search};

/// How much one search may take. Counted in steps, not in seconds, so that a verdict is the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many operations may be put in order, counting each time that one is.
    pub steps: u64,
    /// How many bytes may be taken for the configurations that have been entered, about.
    pub bytes: u64,
}

/// Some ten seconds, and half a gigabyte.
impl Default for Limits {
    fn default() -> Self {
        Self { steps: 50_000_000, bytes: 512 << 20 }
    }
}

/// A limit that a search has met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// [`Limits::steps`].
    Steps(u64),
    /// [`Limits::bytes`].
    Bytes(u64),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Steps(steps) => write!(f, "the limit of {steps} steps"),
            Self::Bytes(bytes) => write!(f, "the limit of {} MiB", bytes >> 20),
        }
    }
}

/// What the operations on one key come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They are linearizable.
    Fits,
    /// They are not.
    Breaks,
    /// A limit was met before that was known.
    Unknown(Bound),
}

/// Whether the operations on one key are linearizable. `values` are those of their history.
#[must_use]
pub fn decide(values: &[Datum], kind: model::Kind, items: &[Item], limits: Limits) -> Outcome {
    let kept = prune::prune(items, &Store::new(values, &[]));
    let quick = match kind {
        model::Kind::Register | model::Kind::Kv => zones::decide(&kept),
        model::Kind::Queue => aspects::decide(&kept),
        model::Kind::Mutex => None,
    };
    if let Some(fits) = quick {
        return if fits { Outcome::Fits } else { Outcome::Breaks };
    }
    match find(values, kind, &kept, limits) {
        Found::Order(_) => Outcome::Fits,
        Found::Nothing { .. } => Outcome::Breaks,
        Found::GaveUp(bound) => Outcome::Unknown(bound),
    }
}

/// An order that explains the operations on one key, as places in the history; the longest part of one, with the
/// operation that is due and has no place in it, if there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// All of what surely happened, and of the rest what is needed.
    Whole(Vec<u32>),
    /// As much as fits.
    Part {
        /// In order.
        order: Vec<u32>,
        /// What is due after that.
        stuck: Option<u32>,
    },
    /// A limit was met before that was known.
    Unknown(Bound),
}

/// Looks for an order of the operations on one key. `values` are those of their history.
#[must_use]
pub fn order(values: &[Datum], kind: model::Kind, items: &[Item], limits: Limits) -> Order {
    let kept = prune::prune(items, &Store::new(values, &[]));
    let ops = |order: Vec<u32>| order.into_iter().map(|item| kept[item as usize].op).collect();
    match find(values, kind, &kept, limits) {
        Found::Order(order) => Order::Whole(ops(order)),
        Found::Nothing { longest, stuck } => {
            Order::Part { order: ops(longest), stuck: stuck.map(|item| kept[item as usize].op) }
        }
        Found::GaveUp(bound) => Order::Unknown(bound),
    }
}

fn find(values: &[Datum], kind: model::Kind, items: &[Item], limits: Limits) -> Found {
    fn by<M: Model>(model: M, items: &[Item], limits: Limits) -> Found {
        search(model, items, limits)
    }
    match kind {
        model::Kind::Register | model::Kind::Kv => by(Store::new(values, items), items, limits),
        model::Kind::Mutex => by(Mutex, items, limits),
        model::Kind::Queue => by(Queue::new(items), items, limits),
    }
}
