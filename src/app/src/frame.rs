//! The page's one animation loop. It runs only while a lab plays in sight, or when a lab has to be drawn once more.

use core::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use lesson::Size;
use sim::Span;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlElement;

use crate::guard;
use crate::input::Seen;
use crate::logs;
use crate::more::{self, Complete};
use crate::motion::Drawn;
use crate::page::{document, window};
use crate::state::Bench;
use crate::turns;

/// The longest step that a frame takes, in ms of real time: a tab that was away does not leap.
const STEP_MAX_MS: f64 = 100.0;
/// How long the home page's lab plays by itself.
const SELF_PLAY_MS: f64 = 4_800.0;

/// A mounted lab.
struct Seat {
    state: Rc<Bench>,
    visible: Rc<Cell<bool>>,
    /// Real time that has not been turned into virtual time yet.
    owed_us: f64,
    drawn: Drawn,
    /// What the second module has added.
    complete: Option<Complete>,
}

/// A seat, shared by the loop and by the frame that is being made, with what can be looked at even in the midst of
/// a frame.
struct Place {
    figure: HtmlElement,
    /// How much longer it plays by itself, if it does.
    alone_ms: Cell<Option<f64>>,
    seat: RefCell<Seat>,
}

#[derive(Default)]
struct Loop {
    places: Vec<Rc<Place>>,
    tick: Option<Closure<dyn Fn(f64)>>,
    requested: bool,
    last: Option<f64>,
}

thread_local! {
    static LOOP: RefCell<Loop> = RefCell::default();
}

/// Gives a lab a seat in the loop. The home page's plays once by itself.
pub(crate) fn seat(state: &Rc<Bench>, figure: HtmlElement, visible: Rc<Cell<bool>>) {
    let alone = state.lab().size == Size::Hero && !state.live.still.get();
    let complete = more::complete(&Seen { state: Rc::clone(state), figure: figure.clone() });
    let drawn = Drawn::of(state, &figure);
    let seat = Seat { state: Rc::clone(state), visible, owed_us: 0.0, drawn, complete };
    let place = Place { figure, alone_ms: Cell::new(alone.then_some(SELF_PLAY_MS)), seat: RefCell::new(seat) };
    LOOP.with_borrow_mut(|l| l.places.push(Rc::new(place)));
    wake();
}

/// Takes a lab's seat away.
pub(crate) fn leave(figure: &HtmlElement) {
    LOOP.with_borrow_mut(|l| l.places.retain(|place| &place.figure != figure));
}

/// Takes a lab's seat away after a fault within a frame of it or outside: what that frame held stays as it is, and
/// the loop begins anew.
pub(crate) fn give_up(figure: &HtmlElement) {
    LOOP.with_borrow_mut(|l| {
        let (gone, others) = l.places.drain(..).partition(|place| &place.figure == figure);
        l.places = others;
        core::mem::forget::<Vec<_>>(gone);
        core::mem::forget(l.tick.take());
        l.requested = false;
    });
    wake();
}

/// The reader has taken over: the lab stops playing by itself.
pub(crate) fn taken_over(figure: &HtmlElement) {
    LOOP.with_borrow(|l| {
        for place in l.places.iter().filter(|place| &place.figure == figure) {
            place.alone_ms.set(None);
        }
    });
}

/// Asks for a frame.
pub(crate) fn wake() {
    LOOP.with_borrow_mut(|l| {
        if l.requested {
            return;
        }
        let tick = l.tick.get_or_insert_with(|| Closure::new(run));
        l.requested = window().request_animation_frame(tick.as_ref().unchecked_ref()).is_ok();
    });
}

/// One frame of every lab. The loop itself is not held meanwhile: a lab that meets a fault takes no other down.
fn run(at: f64) {
    let (places, last) = LOOP.with_borrow_mut(|l| {
        l.requested = false;
        (l.places.clone(), l.last.replace(at))
    });
    let step = last.map_or(0.0, |last| (at - last).clamp(0.0, STEP_MAX_MS));
    let hidden = document().hidden();
    let mut again = false;
    for place in places {
        again |= guard::within(&place.figure, || place.frame(step, hidden));
    }
    if again {
        wake();
    } else {
        LOOP.with_borrow_mut(|l| l.last = None);
    }
}

impl Place {
    /// One frame. Says whether there has to be another.
    fn frame(&self, step_ms: f64, hidden: bool) -> bool {
        let mut seat = self.seat.borrow_mut();
        let seat = &mut *seat;
        if seat.complete.is_none() {
            seat.complete = more::complete(&Seen { state: Rc::clone(&seat.state), figure: self.figure.clone() });
        }
        let before = seat.state.shot.get_untracked();
        seat.drawn.find(&self.figure);
        logs::follow(&seat.state, &self.figure);
        let awake = seat.visible.get() && !hidden;
        if awake && seat.state.playing.get_untracked() {
            seat.play(step_ms);
            self.play_alone(step_ms, &seat.state);
        }
        seat.drawn.write(seat.state.now(), seat.state.live.still.get());
        let waiting = awake && turns::take(&seat.state);
        let more = seat.state.more().is_some_and(|more| (more.frame)(&seat.state, &self.figure, awake));
        let changed = !Arc::ptr_eq(&before, &seat.state.shot.get_untracked());
        changed || waiting || more || (awake && seat.state.playing.get_untracked())
    }

    fn play_alone(&self, step_ms: f64, state: &Bench) {
        if let Some(left) = self.alone_ms.get() {
            let left = (left > step_ms).then_some(left - step_ms);
            self.alone_ms.set(left);
            if left.is_none() {
                state.playing.set(false);
            }
        }
    }
}

impl Seat {
    fn play(&mut self, step_ms: f64) {
        let state = &self.state;
        let slowed = f64::from(state.slowed.get_untracked().max(1));
        if state.live.still.get() {
            // Event by event: one in 400 ms at the slowest speed.
            self.owed_us += step_ms * 1_000.0;
            let each = (4_000.0 * slowed).max(60_000.0);
            if self.owed_us >= each {
                self.owed_us = 0.0;
                state.next_event();
                if state.with_run(|run| run.now() >= run.end()) {
                    state.playing.set(false);
                }
            }
            return;
        }
        self.owed_us += step_ms * 1_000.0 / slowed;
        let whole = self.owed_us.floor();
        self.owed_us -= whole;
        if whole >= 1.0 {
            state.advance(Span(whole as u64));
        }
    }
}
