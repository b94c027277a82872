//! A queue: what was put in first comes out first.

use super::{Item, Model, State, Table};
use crate::history::op::{Answer, Call, Value};

/// A first-in, first-out queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// What is in the queue in each state, the first one first.
    contents: Vec<Box<[u32]>>,
    states: Table<Box<[u32]>, u32>,
    /// When each value that is enqueued once comes out, as (invoked, due).
    exits: Table<u32, (u32, u32)>,
    bytes: usize,
}

impl Queue {
    /// A queue for these operations.
    #[must_use]
    pub fn new(items: &[Item]) -> Self {
        let mut queue = Self { contents: Vec::new(), states: Table::default(), exits: Table::default(), bytes: 0 };
        queue.number(Box::default());
        let mut times: Table<u32, u32> = Table::default();
        for item in items {
            if let Call::Enqueue(value) = item.call {
                *times.entry(value.0).or_default() += 1;
            }
        }
        for item in items {
            if let (Call::Dequeue, Some(Answer::Found(value))) = (item.call, item.answer)
                && times.get(&value.0) == Some(&1)
            {
                queue.exits.insert(value.0, (item.invoked, item.due));
            }
        }
        queue
    }

    fn number(&mut self, content: Box<[u32]>) -> State {
        if let Some(&known) = self.states.get(&content) {
            return State(known);
        }
        let number = u32::try_from(self.contents.len()).unwrap_or(u32::MAX);
        self.bytes += 2 * 4 * content.len() + 64;
        self.states.insert(content.clone(), number);
        self.contents.push(content);
        State(number)
    }

    /// Whether `value` can't stand behind what is in the queue: it came out before something in front of it was
    /// even asked for. Values that are enqueued more than once are not looked at.
    fn jumps(&self, content: &[u32], value: u32) -> bool {
        let Some(&(_, due)) = self.exits.get(&value) else { return false };
        content.iter().any(|front| self.exits.get(front).is_some_and(|&(invoked, _)| due < invoked))
    }
}

impl Model for Queue {
    fn initial(&self) -> State {
        State(0)
    }

    fn apply(&mut self, state: State, item: &Item) -> Option<State> {
        let content = &self.contents[state.0 as usize];
        match (item.call, item.answer) {
            (Call::Enqueue(value), _) => {
                if self.jumps(content, value.0) {
                    return None;
                }
                let longer = content.iter().copied().chain([value.0]).collect();
                Some(self.number(longer))
            }
            (Call::Dequeue, Some(Answer::Found(Value::NIL))) => content.is_empty().then_some(state),
            (Call::Dequeue, answer) => {
                let Some((&first, rest)) = content.split_first() else {
                    return answer.is_none().then_some(state);
                };
                if answer.is_some_and(|answer| answer != Answer::Found(Value(first))) {
                    return None;
                }
                let rest = rest.into();
                Some(self.number(rest))
            }
            _ => None,
        }
    }

    fn is_blind(&self, _item: &Item) -> bool {
        false
    }

    fn memory(&self) -> usize {
        self.bytes
    }
}
