//! The page's one animation loop. It runs only while a lab plays in sight, or when a lab has to be drawn
//! once more. What changes with every frame is written straight to its elements: messages, timers, the
//! clock, the playhead. All else follows from signals, which change only when something happens.

use core::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use protocols::view::TimerView;
use sim::{Span, Time};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, SvgGraphicsElement, SvgTransform};

use crate::node::{arc, beats};
use crate::page::{document, window};
use crate::scene::{P, Scene, part_gone, stroke};
use crate::stage::ms;
use crate::state::{LabState, Shot};
use crate::timeline::{Axis, flag_shift};

/// The longest step that a frame takes, in ms of real time: a tab that was away does not leap.
const STEP_MAX_MS: f64 = 100.0;
/// How long the home page's lab plays by itself.
const SELF_PLAY_MS: f64 = 4_800.0;

/// A mounted lab.
struct Seat {
    state: LabState,
    figure: HtmlElement,
    visible: Rc<Cell<bool>>,
    /// How much longer it plays by itself, if it does.
    alone_ms: Option<f64>,
    /// Real time that has not been turned into virtual time yet.
    owed_us: f64,
    drawn: Option<Drawn>,
}

/// Handles into the drawing of one shot.
struct Drawn {
    shot: Arc<Shot>,
    scene: Scene,
    axis: Axis,
    movers: Vec<SvgTransform>,
    timers: Vec<(Element, TimerView)>,
    ticks: Vec<(Element, Element, TimerView)>,
    flag: Option<(SvgTransform, Option<SvgTransform>)>,
    flag_text: Option<web_sys::Node>,
    clock: Option<(Element, web_sys::Node)>,
}

#[derive(Default)]
struct Loop {
    seats: Vec<Seat>,
    tick: Option<Closure<dyn FnMut(f64)>>,
    requested: bool,
    last: Option<f64>,
}

thread_local! {
    static LOOP: RefCell<Loop> = RefCell::default();
}

/// Gives a lab a seat in the loop. `alone`: it plays once by itself.
pub(crate) fn seat(state: LabState, figure: HtmlElement, visible: Rc<Cell<bool>>, alone: bool) {
    let seat = Seat { state, figure, visible, alone_ms: alone.then_some(SELF_PLAY_MS), owed_us: 0.0, drawn: None };
    LOOP.with_borrow_mut(|l| l.seats.push(seat));
    wake();
}

/// The reader has taken over: the lab stops playing by itself.
pub(crate) fn taken_over(figure: &HtmlElement) {
    // Within a frame no reader's event arrives, so the loop is free.
    LOOP.with_borrow_mut(|l| {
        for seat in l.seats.iter_mut().filter(|s| &s.figure == figure) {
            seat.alone_ms = None;
        }
    });
}

/// Asks for a frame.
pub(crate) fn wake() {
    let _ = LOOP.try_with(|cell| {
        // Asked for from within a frame: the frame looks for itself whether another is needed.
        let Ok(mut l) = cell.try_borrow_mut() else { return };
        if l.requested {
            return;
        }
        let tick = l.tick.get_or_insert_with(|| Closure::new(run));
        l.requested = window().request_animation_frame(tick.as_ref().unchecked_ref()).is_ok();
    });
}

fn run(at: f64) {
    let mut seats = LOOP.with_borrow_mut(|l| {
        l.requested = false;
        core::mem::take(&mut l.seats)
    });
    let last = LOOP.with_borrow_mut(|l| l.last.replace(at));
    let step = last.map_or(0.0, |last| (at - last).clamp(0.0, STEP_MAX_MS));
    let hidden = document().hidden();
    let mut again = false;
    for seat in &mut seats {
        again |= seat.frame(step, hidden);
    }
    LOOP.with_borrow_mut(|l| {
        // Labs that were mounted meanwhile keep their seats.
        seats.append(&mut l.seats);
        l.seats = seats;
        if !again {
            l.last = None;
        }
    });
    if again {
        wake();
    }
}

impl Seat {
    /// One frame. Says whether there has to be another.
    fn frame(&mut self, step_ms: f64, hidden: bool) -> bool {
        let state = self.state;
        let before = state.shot.get_untracked();
        if self.drawn.as_ref().is_none_or(|d| !Arc::ptr_eq(&d.shot, &before)) {
            self.drawn = Some(Drawn::of(state, &self.figure, Arc::clone(&before)));
        }
        let playing = state.playing.get_untracked() && self.visible.get() && !hidden;
        if playing {
            self.play(step_ms);
        }
        if let Some(drawn) = &self.drawn {
            drawn.write(state.now(), state.live.still.get());
        }
        let changed = !Arc::ptr_eq(&before, &state.shot.get_untracked());
        changed || (state.playing.get_untracked() && self.visible.get() && !hidden)
    }

    fn play(&mut self, step_ms: f64) {
        let state = self.state;
        let slowed = f64::from(state.slowed.get_untracked().max(1));
        if state.live.still.get() {
            // Event by event: one in 400 ms at the slowest speed.
            self.owed_us += step_ms * 1_000.0;
            let each = (4_000.0 * slowed).max(60_000.0);
            if self.owed_us >= each {
                self.owed_us = 0.0;
                state.step_on();
                state.playing.set(state.with_run(|run| run.now() < run.end()));
            }
            return;
        }
        self.owed_us += step_ms * 1_000.0 / slowed;
        let whole = self.owed_us.floor();
        self.owed_us -= whole;
        if whole >= 1.0 {
            state.advance(Span(whole as u64));
        }
        if let Some(left) = &mut self.alone_ms {
            *left -= step_ms;
            if *left <= 0.0 {
                self.alone_ms = None;
                state.playing.set(false);
            }
        }
    }
}

impl Drawn {
    fn of(state: LabState, figure: &HtmlElement, shot: Arc<Shot>) -> Self {
        let find = |selector: &str| figure.query_selector(selector).ok().flatten();
        let scene = Scene::of(&shot.view, state.live.frame.get_untracked());
        let mut timers = Vec::new();
        let mut ticks = Vec::new();
        for node in &shot.view.nodes {
            let Some(mark) = find(&format!("[data-node=\"{}\"]", node.name)) else { continue };
            let part = |selector| mark.query_selector(selector).ok().flatten();
            if let Some(beat) = node.beat {
                if let (Some(gone), Some(left)) = (part(".is-gone"), part(".is-left")) {
                    ticks.push((gone, left, beat));
                }
            } else if let (Some(timer), Some(path)) = (node.timer, part(".timer")) {
                timers.push((path, timer));
            }
        }
        let marks = find(".msgs").map(|g| g.children());
        let movers: Vec<SvgTransform> = marks
            .iter()
            .flat_map(|m| (0..m.length()).filter_map(|i| m.item(i)))
            .filter_map(|el| translation(&el))
            .collect();
        // Marks and messages stand in the same order; while they don't agree, nothing is moved.
        let movers = if movers.len() == shot.view.messages.len() { movers } else { Vec::new() };
        let flag = find("[data-playhead]").and_then(|g| {
            let tag = g.query_selector(".cursor-tag").ok().flatten().and_then(|t| translation(&t));
            Some((translation(&g)?, tag))
        });
        let flag_text = find("[data-playhead] .cursor-n").and_then(|t| t.first_child());
        let clock = find("[data-clock]").and_then(|clock| {
            let text = clock.query_selector("[data-clock-ms]").ok().flatten()?.first_child()?;
            Some((clock, text))
        });
        let axis = state.live.width.get_untracked().axis(shot.story.frontier, shot.end);
        Self { scene, axis, movers, timers, ticks, flag, flag_text, clock, shot }
    }

    /// Puts everything that moves where it is at this moment.
    fn write(&self, now: Time, still: bool) {
        for (mover, message) in self.movers.iter().zip(&self.shot.view.messages) {
            let part = if still { 0.5 } else { part_gone(message, now) };
            let at = self.scene.along(message.from, message.to, part);
            let _ = mover.set_translate(at.x, at.y);
        }
        for (path, timer) in &self.timers {
            let _ = path.set_attribute("d", &arc(*timer, now));
        }
        for (gone, left, beat) in &self.ticks {
            let (gone_d, left_d) = beats(*beat, now);
            let _ = gone.set_attribute("d", &gone_d);
            let _ = left.set_attribute("d", &left_d);
        }
        let text = ms(now).to_string();
        if let Some((clock, shown)) = &self.clock {
            shown.set_node_value(Some(&text));
            let _ = clock.set_attribute("data-us", &now.0.to_string());
        }
        if let Some((place, tag)) = &self.flag {
            let _ = place.set_translate(self.axis.x(now), 0.0);
            if let Some(tag) = tag {
                let _ = tag.set_translate(flag_shift(self.axis, now), 0.0);
            }
        }
        if let Some(shown) = &self.flag_text {
            shown.set_node_value(Some(&format!("{text} ms")));
        }
    }
}

/// The element's first transform, which every mark here has as a translation.
fn translation(el: &Element) -> Option<SvgTransform> {
    let list = el.dyn_ref::<SvgGraphicsElement>()?.transform().base_val();
    (list.number_of_items() > 0).then(|| list.get_item(0).ok()).flatten()
}

/// Writes the blade's path while it is being drawn.
pub(crate) fn show_blade(figure: &HtmlElement, from: P, to: P) {
    if let Ok(Some(blade)) = figure.query_selector(".blade") {
        let _ = blade.set_attribute("d", &stroke(from, to));
    }
}

/// Takes the blade away.
pub(crate) fn hide_blade(figure: &HtmlElement) {
    if let Ok(Some(blade)) = figure.query_selector(".blade") {
        let _ = blade.set_attribute("d", "");
    }
}
