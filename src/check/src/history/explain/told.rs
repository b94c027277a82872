//! The words for single operations: who did what to what.

use crate::history::model::Item;
use crate::history::op::{Answer, Call, Op, Value};
use crate::history::record::{Datum, History};

/// Tells of the operations of a history.
pub(crate) struct Teller<'h> {
    pub(crate) history: &'h History,
    /// The operations that can't be ordered.
    pub(crate) core: &'h [Item],
}

impl<'h> Teller<'h> {
    pub(crate) fn new(history: &'h History, core: &'h [Item]) -> Self {
        Self { history, core }
    }

    pub(crate) fn op(&self, op: u32) -> &'h Op {
        &self.history.ops()[op as usize]
    }

    /// Who did it.
    pub(crate) fn who(&self, op: u32) -> &'h str {
        &self.history.processes()[self.op(op).process as usize]
    }

    /// A value, shortened if it is long.
    pub(crate) fn value(&self, value: Value) -> String {
        short(self.history.value(value))
    }

    /// Which key it was on, if there are several: ` of "x"`.
    pub(crate) fn of_key(&self, op: u32) -> String {
        match self.history.key(self.op(op).key) {
            Datum::Nil => String::new(),
            _ if self.history.keys() == 1 => String::new(),
            key => format!(" of key {}", short(key)),
        }
    }

    /// What somebody did and was told: `C2 read 3`.
    pub(crate) fn deed(&self, op: u32) -> String {
        format!("{} {}", self.who(op), self.did(op))
    }

    fn did(&self, op: u32) -> String {
        let key = self.of_key(op);
        let op = self.op(op);
        match (op.call, op.answer()) {
            (Call::Read, Some(Answer::Found(Value::NIL))) => format!("read nothing{key}"),
            (Call::Read, Some(Answer::Found(value))) => format!("read {}{key}", self.value(value)),
            (Call::Read, _) => format!("read{key}"),
            (Call::Write(value), _) => format!("wrote {}{key}", self.value(value)),
            (Call::Cas { from, to }, Some(Answer::Swapped(false))) => {
                format!("found {} not to be there{key} and did not set {}", self.value(from), self.value(to))
            }
            (Call::Cas { from, to }, _) => format!("set {} to {}{key}", self.value(from), self.value(to)),
            (Call::Append(value), _) => format!("appended {}{key}", self.value(value)),
            (Call::Acquire, _) => format!("acquired the lock{key}"),
            (Call::Release, _) => format!("released the lock{key}"),
            (Call::Enqueue(value), _) => format!("put {} into the queue{key}", self.value(value)),
            (Call::Dequeue, Some(Answer::Found(Value::NIL))) => format!("found the queue empty{key}"),
            (Call::Dequeue, Some(Answer::Found(value))) => format!("took {} out of the queue{key}", self.value(value)),
            (Call::Dequeue, _) => format!("took something out of the queue{key}"),
        }
    }

    /// What somebody did, as a thing: `C1's write of 4`.
    pub(crate) fn act(&self, op: u32) -> String {
        let who = self.who(op);
        match self.op(op).call {
            Call::Write(value) => format!("{who}'s write of {}", self.value(value)),
            Call::Cas { to, .. } => format!("{who}'s compare-and-set to {}", self.value(to)),
            Call::Append(value) => format!("{who}'s append of {}", self.value(value)),
            Call::Enqueue(value) => format!("{who}'s enqueue of {}", self.value(value)),
            Call::Read => format!("{who}'s read"),
            Call::Acquire => format!("{who}'s acquire"),
            Call::Release => format!("{who}'s release"),
            Call::Dequeue => format!("{who}'s dequeue"),
        }
    }
}

/// The most characters of a value that a sentence shows.
const SHOWN_MAX: usize = 40;

fn short(datum: &Datum) -> String {
    let text = datum.to_string();
    if text.chars().count() <= SHOWN_MAX {
        return text;
    }
    let half = SHOWN_MAX / 2;
    let start: String = text.chars().take(half).collect();
    let end: Vec<char> = text.chars().rev().take(half).collect();
    format!("{start}…{}", end.into_iter().rev().collect::<String>())
}
