//! A lock, which only its holder can give back.

use super::{Item, Model, State};
use crate::history::op::Call;

/// A lock. The state is who holds it, by the place of the process plus one; 0 is nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mutex;

impl Model for Mutex {
    fn initial(&self) -> State {
        State(0)
    }

    fn apply(&mut self, state: State, item: &Item) -> Option<State> {
        let holder = State(item.process.saturating_add(1));
        let (needed, left) = match item.call {
            Call::Acquire => (State(0), holder),
            Call::Release => (holder, State(0)),
            _ => return None,
        };
        if state == needed {
            return Some(left);
        }
        // One that nobody knows the end of may have done nothing.
        (!item.is_known()).then_some(state)
    }

    fn is_blind(&self, _item: &Item) -> bool {
        false
    }
}
