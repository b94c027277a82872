//! What one copy of a thing does, when clients ask it one after the other.
//!
//! A model knows nothing of clients, time or order: it says what an operation makes of a state, and whether the
//! answer that a client was given could have been given there.

mod mutex;
mod queue;
mod store;

use core::fmt;
use core::hash::{BuildHasherDefault, Hasher};
use core::str::FromStr;
use std::collections::HashMap;

use super::op::{Answer, Call, Op, Value};
use super::record::{Datum, History};

pub use mutex::Mutex;
pub use queue::Queue;
pub use store::Store;

/// A state of a model, as a number that the model gave it. Equal states have equal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(pub u32);

/// An operation as the judge sees it: one that happened, or may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its place in the history.
    pub op: u32,
    /// Whose.
    pub process: u32,
    /// What was asked.
    pub call: Call,
    /// What was answered; `None` if nobody knows, so that it may have had any effect or none.
    pub answer: Option<Answer>,
    /// The place of the event that asked.
    pub invoked: u32,
    /// The place of the event by which it had taken effect; [`u32::MAX`] if it may still.
    pub due: u32,
}

impl Item {
    /// An operation of a history; `None` if it failed, so that it never happened.
    #[must_use]
    pub fn of(index: u32, op: &Op) -> Option<Self> {
        if op.end == super::op::End::Failed {
            return None;
        }
        let (answer, due) = (op.answer(), op.due());
        Some(Self { op: index, process: op.process, call: op.call, answer, invoked: op.invoked.place, due })
    }

    /// Whether it surely happened.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.answer.is_some()
    }

    /// Whether it may change the state.
    #[must_use]
    pub fn changes(&self) -> bool {
        !matches!(
            (self.call, self.answer),
            (Call::Read, _)
                | (Call::Cas { .. }, Some(Answer::Swapped(false)))
                | (Call::Dequeue, Some(Answer::Found(Value::NIL)))
        )
    }
}

/// A thing that clients share, one copy of it.
pub trait Model {
    /// The state before anything happened.
    fn initial(&self) -> State;

    /// The state that `item` leaves if it happens in `state`; `None` if its answer can't be given there.
    /// An item without an answer does there what it can, and `state` comes back if that is nothing.
    fn apply(&mut self, state: State, item: &Item) -> Option<State>;

    /// Whether `item` happens in every state and always leaves the same one: a plain write.
    fn is_blind(&self, item: &Item) -> bool;

    /// Whether `item` can happen in every state and is answered the same in all of them. Directly before a blind
    /// operation, nobody can tell whether it was there.
    fn is_silent(&self, item: &Item) -> bool {
        self.is_blind(item)
    }

    /// The value that `item` must find, if it must find one; that it does nothing without, if nobody knows its end.
    fn wanted(&self, _item: &Item) -> Option<Value> {
        None
    }

    /// The value that `item` leaves, if it does not depend on the state.
    fn made(&self, _item: &Item) -> Option<Value> {
        None
    }

    /// Whether `state` holds `wanted`, or can come to hold it without another write. Saying yes is always sound.
    fn leads(&self, _state: State, _wanted: Value) -> bool {
        true
    }

    /// Whether a state can come to hold a value that nobody wrote as a whole.
    fn grows(&self) -> bool {
        false
    }

    /// About how many bytes the model has taken for states so far.
    fn memory(&self) -> usize {
        0
    }
}

/// Which model a history is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Registers with compare-and-set.
    Register,
    /// Keys with values, which can also be appended to.
    Kv,
    /// Locks.
    Mutex,
    /// Queues: first in, first out.
    Queue,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Register, Self::Kv, Self::Mutex, Self::Queue];

    /// Its name on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Kv => "kv",
            Self::Mutex => "mutex",
            Self::Queue => "queue",
        }
    }

    /// Whether clients can ask this of it.
    #[must_use]
    pub const fn takes(self, call: Call) -> bool {
        match call {
            Call::Read | Call::Write(_) | Call::Cas { .. } => matches!(self, Self::Register | Self::Kv),
            Call::Append(_) => matches!(self, Self::Kv),
            Call::Acquire | Call::Release => matches!(self, Self::Mutex),
            Call::Enqueue(_) | Call::Dequeue => matches!(self, Self::Queue),
        }
    }

    /// The model that takes all of a history's operations; the one with the fewest operations if several do.
    ///
    /// # Errors
    /// The line of an operation that goes with none of the models that the ones before it go with.
    pub fn of(history: &History) -> Result<Self, u32> {
        let mut left = Self::ALL.to_vec();
        for op in history.ops() {
            left.retain(|kind| kind.takes(op.call));
            if left.is_empty() {
                return Err(op.line);
            }
        }
        Ok(left[0])
    }

    /// The line of the first operation that this model does not take.
    #[must_use]
    pub fn misfit(self, history: &History) -> Option<u32> {
        history.ops().iter().find(|op| !self.takes(op.call)).map(|op| op.line)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.map(Self::word).into();
            format!("`{text}` is no model; there are {}", words.join(", "))
        })
    }
}

/// Those of some operations that happened or may have.
#[must_use]
pub fn items(history: &History, ops: &[u32]) -> Vec<Item> {
    ops.iter().filter_map(|&index| Item::of(index, &history.ops()[index as usize])).collect()
}

/// What a value is as text that can be appended.
fn text_of(datum: &Datum) -> Option<String> {
    match datum {
        Datum::Nil => Some(String::new()),
        Datum::Text(text) => Some(text.clone()),
        Datum::Int(number) => Some(number.to_string()),
        Datum::Bool(truth) => Some(truth.to_string()),
        Datum::List(_) => None,
    }
}

/// A map that is only ever asked for single keys: its order is never seen.
pub(crate) type Table<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// A fast hash, the same in every run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mix(u64);

impl Mix {
    /// Takes one word in.
    pub(crate) fn add(&mut self, word: u64) {
        // The odd constant is that of 64-bit Fibonacci hashing (Knuth, TAOCP 3, 6.4).
        self.0 = (self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 ^= self.0 >> 32;
    }
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word) ^ ((chunk.len() as u64) << 56));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.add(u64::from(word));
    }
}
