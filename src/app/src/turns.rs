//! Turns: while a lab plays, something happens in nearly every frame, and to draw all of its parts anew each time
//! would take longer than a frame may. So the stage alone is drawn as it happens. The other parts wait in a queue, and
//! a frame draws one of them: the one that has waited longest of those that may be drawn again.
//!
//! What the reader does is answered at once by every part.

use core::cell::Cell;
use std::rc::Rc;

use js_sys::Date;
use leptos::reactive::signal::ArcTrigger;
use leptos::reactive::traits::{Notify as _, Track as _};

use crate::state::Bench;

/// How many times as long as its drawing took a part rests before it is drawn again.
const RESTS: f64 = 200.0;
/// The longest that it rests, in ms.
const RESTS_MAX_MS: f64 = 1_000.0;

/// A part's place in the queue.
#[derive(Default)]
pub(crate) struct Turn {
    /// It is this part's turn.
    comes: ArcTrigger,
    /// It waits in the queue.
    queued: Cell<bool>,
    /// From when on it may be drawn again, in ms of real time.
    rested: Cell<f64>,
}

/// Whether a part that is to be drawn has to wait for its turn. It queues up then. Until then it follows nothing but
/// what the reader can have a hand in.
pub(crate) fn waits(state: &Bench, turn: &Rc<Turn>) -> bool {
    if !state.live.rushes.get() {
        return false;
    }
    turn.comes.track();
    state.follow_hand();
    if !turn.queued.replace(true) {
        state.live.turns.borrow_mut().push(Rc::clone(turn));
    }
    true
}

/// Draws one of the parts that wait. Says whether any still does.
pub(crate) fn take(state: &Bench) -> bool {
    let begun = Date::now();
    let next = {
        let mut turns = state.live.turns.borrow_mut();
        turns.iter().position(|turn| turn.rested.get() <= begun).map(|place| turns.remove(place))
    };
    if let Some(turn) = next {
        turn.queued.set(false);
        turn.comes.notify();
        let ended = Date::now();
        turn.rested.set(ended + ((ended - begun) * RESTS).min(RESTS_MAX_MS));
    }
    !state.live.turns.borrow().is_empty()
}
