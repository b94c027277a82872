//! One register, or one key of a store: read, write, compare-and-set, append.
//!
//! A state is the value that is there. Values that only appends have made get numbers after those of the history.

use super::{Item, Model, State, Table, text_of};
use crate::history::op::{Answer, Call, Value};
use crate::history::record::Datum;

/// A register with compare-and-set, or a key of a store that can also be appended to.
#[derive(Clone, Debug)]
pub struct Store<'h> {
    values: &'h [Datum],
    /// Only if something is appended.
    texts: Option<Texts>,
}

/// The texts that are or may come to be there.
#[derive(Clone, Debug, Default)]
struct Texts {
    /// What the values are as text, if they can be appended to or be the outcome of an append.
    of_value: Table<u32, Box<str>>,
    /// The states that have some text.
    of_text: Table<Box<str>, u32>,
    /// What an append made of a state.
    grown: Table<(u32, u32), u32>,
    next: u32,
    bytes: usize,
}

impl<'h> Store<'h> {
    /// A store for these operations. `values` are those of their history.
    #[must_use]
    pub fn new(values: &'h [Datum], items: &[Item]) -> Self {
        let appends = items.iter().any(|item| matches!(item.call, Call::Append(_)));
        let texts = appends.then(|| {
            let next = u32::try_from(values.len()).unwrap_or(u32::MAX);
            let mut texts = Texts { next, ..Texts::default() };
            let mut know = |value: Value| texts.know(value, &values[value.0 as usize]);
            know(Value::NIL);
            for item in items {
                if let Some(Answer::Found(value)) = item.answer {
                    know(value);
                }
                match item.call {
                    Call::Write(value) | Call::Append(value) => know(value),
                    Call::Cas { from, to } => {
                        know(from);
                        know(to);
                    }
                    Call::Read | Call::Acquire | Call::Release | Call::Enqueue(_) | Call::Dequeue => {}
                }
            }
            texts
        });
        Self { values, texts }
    }

    /// Whether an append of `part` can be seen in `whole`.
    pub(crate) fn contains(&self, whole: Value, part: Value) -> bool {
        match (text_of(&self.values[whole.0 as usize]), text_of(&self.values[part.0 as usize])) {
            (Some(whole), Some(part)) => whole.contains(&*part),
            _ => false,
        }
    }
}

impl Texts {
    fn know(&mut self, value: Value, datum: &Datum) {
        let Some(text) = text_of(datum) else { return };
        // An append makes text. The number 12 is another value than the text "12", and nothing than the text "".
        if let Datum::Text(text) = datum {
            self.of_text.insert(text.as_str().into(), value.0);
        }
        self.of_value.insert(value.0, text.into());
    }

    fn append(&mut self, state: State, value: Value) -> Option<State> {
        if let Some(&grown) = self.grown.get(&(state.0, value.0)) {
            return Some(State(grown));
        }
        let text: Box<str> = [&**self.of_value.get(&state.0)?, &**self.of_value.get(&value.0)?].concat().into();
        let grown = match self.of_text.get(&text) {
            Some(&known) => known,
            None => {
                self.next = self.next.checked_add(1)?;
                self.bytes += 2 * text.len() + 64;
                self.of_text.insert(text.clone(), self.next);
                self.of_value.insert(self.next, text);
                self.next
            }
        };
        self.bytes += 32;
        self.grown.insert((state.0, value.0), grown);
        Some(State(grown))
    }
}

impl Model for Store<'_> {
    fn initial(&self) -> State {
        State(Value::NIL.0)
    }

    fn apply(&mut self, state: State, item: &Item) -> Option<State> {
        match (item.call, item.answer) {
            (Call::Read, Some(Answer::Found(value))) => (value.0 == state.0).then_some(state),
            (Call::Write(value), _) => Some(State(value.0)),
            (Call::Cas { from, to }, Some(Answer::Swapped(true))) => (from.0 == state.0).then_some(State(to.0)),
            (Call::Cas { from, .. }, Some(Answer::Swapped(false))) => (from.0 != state.0).then_some(state),
            (Call::Cas { from, to }, None) => Some(if from.0 == state.0 { State(to.0) } else { state }),
            (Call::Append(value), _) => self.texts.as_mut()?.append(state, value),
            (Call::Read, None) => Some(state),
            _ => None,
        }
    }

    fn is_blind(&self, item: &Item) -> bool {
        matches!(item.call, Call::Write(_))
    }

    fn is_silent(&self, item: &Item) -> bool {
        matches!(item.call, Call::Write(_) | Call::Append(_))
    }

    fn wanted(&self, item: &Item) -> Option<Value> {
        match (item.call, item.answer) {
            (Call::Read, Some(Answer::Found(value))) => Some(value),
            (Call::Cas { from, .. }, Some(Answer::Swapped(true)) | None) => Some(from),
            _ => None,
        }
    }

    fn made(&self, item: &Item) -> Option<Value> {
        match item.call {
            Call::Write(value) => Some(value),
            Call::Cas { to, .. } => item.changes().then_some(to),
            _ => None,
        }
    }

    fn leads(&self, state: State, wanted: Value) -> bool {
        if state.0 == wanted.0 {
            return true;
        }
        let Some(texts) = &self.texts else { return false };
        match (texts.of_value.get(&wanted.0), texts.of_value.get(&state.0)) {
            (Some(wanted), Some(has)) => wanted.starts_with(&**has),
            _ => false,
        }
    }

    fn grows(&self) -> bool {
        self.texts.is_some()
    }

    fn memory(&self) -> usize {
        self.texts.as_ref().map_or(0, |texts| texts.bytes)
    }
}
