//! Drags, keys and the wheel on the enlarged span: itself and its grips on c, the ground of d.

use core::cell::RefCell;
use std::rc::Rc;

use sim::{Span, Time};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent, WheelEvent};

use super::drags::{axis, place, point, timeline};
use super::{Listener, Seen, closest};
use crate::diagram::{Field, hit};
use crate::frame;
use crate::scene::P;
use crate::timeline::Axis;

/// How far a pointer moves before it pans, in user units.
const PANS_FROM: f32 = 5.0;

/// What the pointer is doing.
#[derive(Clone, Debug)]
enum Drag {
    /// Moving the enlarged span: the axis, where in the span it was taken, and how long the span is.
    Lens(Axis, Span, Span),
    /// Moving one end of it; the other stays.
    Grip(Axis, Time),
    /// Moving the ground of the diagram: from where, the span at the beginning, and whether it has moved.
    Pan(Box<Field>, P, bool),
    /// Two fingers on the diagram: the field and how far apart they were.
    Pinch(Box<Field>, f32),
}

/// A hand on the drawings: what it drags, and the pointers that are down on the diagram.
#[derive(Default)]
struct Hand {
    drag: Option<Drag>,
    fingers: Vec<(i32, P)>,
}

/// Listens to a plate.
pub(crate) fn listen(seen: &Seen) -> Vec<Listener> {
    let hand: Rc<RefCell<Hand>> = Rc::default();
    let figure = &seen.figure;
    let mut all = vec![seen.on(figure, "wheel", wheel)];
    for (kind, act) in [
        ("pointerdown", down as fn(&Seen, &PointerEvent, &mut Hand)),
        ("pointermove", moved),
        ("pointerup", up),
        ("pointercancel", gone),
    ] {
        let hand = Rc::clone(&hand);
        all.push(seen.on(figure, kind, move |seen, e| {
            if let Some(e) = e.dyn_ref::<PointerEvent>() {
                act(seen, e, &mut hand.borrow_mut());
            }
        }));
    }
    all
}

fn field(seen: &Seen) -> Option<Field> {
    Field::of(&seen.state.shot.get_untracked(), seen.state.live.width.get_untracked())
}

fn down(seen: &Seen, e: &PointerEvent, hand: &mut Hand) {
    if e.button() != 0 {
        return;
    }
    if let Some(drawing) = timeline(e) {
        hand.drag = take(seen, e, &drawing);
        if hand.drag.is_some() {
            frame::taken_over(&seen.figure);
            let _ = drawing.set_pointer_capture(e.pointer_id());
            moved(seen, e, hand);
        }
    } else if let (Some(drawing), Some(field)) = (closest(e, "[data-diagram]"), field(seen)) {
        frame::taken_over(&seen.figure);
        let at = place(seen, e, &drawing);
        hand.fingers.push((e.pointer_id(), at));
        hand.drag = Some(match hand.fingers.as_slice() {
            [(_, a), (_, b), ..] => Drag::Pinch(Box::new(field), a.distance(*b).max(1.0)),
            _ => Drag::Pan(Box::new(field), at, false),
        });
    }
}

/// What of the enlarged span was taken hold of on the timeline.
fn take(seen: &Seen, e: &PointerEvent, drawing: &Element) -> Option<Drag> {
    let axis = axis(seen);
    let (from, to) = seen.state.enlarged();
    match closest(e, "[data-grip]").and_then(|g| g.get_attribute("data-grip")).as_deref() {
        Some("from") => return Some(Drag::Grip(axis, to)),
        Some(_) => return Some(Drag::Grip(axis, from)),
        None => {}
    }
    let at = axis.time(place(seen, e, drawing).x);
    closest(e, "[data-lens]").map(|_| Drag::Lens(axis, at.since(from), to.since(from)))
}

fn moved(seen: &Seen, e: &PointerEvent, hand: &mut Hand) {
    let state = &seen.state;
    let on =
        if matches!(hand.drag, Some(Drag::Pan(..) | Drag::Pinch(..))) { "[data-diagram]" } else { "[data-timeline]" };
    let Some(drawing) = seen.figure.query_selector(on).ok().flatten() else { return };
    let at = place(seen, e, &drawing);
    if let Some(finger) = hand.fingers.iter_mut().find(|(id, _)| *id == e.pointer_id()) {
        finger.1 = at;
    }
    match &mut hand.drag {
        Some(Drag::Lens(axis, into, len)) => {
            let from = axis.time(at.x) - *into;
            state.enlarge(Some((from, from + *len)));
        }
        Some(Drag::Grip(axis, other)) => {
            let t = axis.time(at.x);
            state.enlarge(Some((t.min(*other), t.max(*other))));
        }
        Some(Drag::Pan(field, from, started)) if *started || from.distance(at) > PANS_FROM => {
            // The capture comes late: what is clicked is not captured.
            if !*started {
                let _ = drawing.set_pointer_capture(e.pointer_id());
            }
            *started = true;
            pan(seen, field, *from, at);
        }
        Some(Drag::Pinch(field, apart)) => {
            if let [(_, a), (_, b), ..] = hand.fingers.as_slice() {
                pinch(seen, field, *apart, *a, *b);
            }
        }
        Some(Drag::Pan(..)) | None => {}
    }
}

fn pan(seen: &Seen, field: &Field, from: P, to: P) {
    let by = if field.turned { from.y - to.y } else { from.x - to.x };
    let us = (by / field.per_us()).abs() as u64;
    let start = if by < 0.0 { field.from - Span(us) } else { field.from + Span(us) };
    seen.state.enlarge(Some((start, start + field.to.since(field.from))));
}

fn pinch(seen: &Seen, field: &Field, apart: f32, a: P, b: P) {
    let ratio = apart / a.distance(b).max(1.0);
    let len = Span((field.to.since(field.from).0 as f32 * ratio) as u64);
    let middle = if field.turned { f32::midpoint(a.y, b.y) } else { f32::midpoint(a.x, b.x) };
    let start = field.time(middle) - Span(len.0 / 2);
    seen.state.enlarge(Some((start, start + len)));
}

fn up(seen: &Seen, e: &PointerEvent, hand: &mut Hand) {
    if let Some(Drag::Pan(field, at, false)) = &hand.drag {
        hit::pick_at(&seen.state, field, *at);
    }
    gone(seen, e, hand);
}

fn gone(_: &Seen, e: &PointerEvent, hand: &mut Hand) {
    hand.fingers.retain(|(id, _)| *id != e.pointer_id());
    hand.drag = None;
}

/// Ctrl and the wheel zoom the diagram around the pointer. So does a pinch on a touchpad.
fn wheel(seen: &Seen, event: &Event) {
    let Some(e) = event.dyn_ref::<WheelEvent>().filter(|e| e.ctrl_key()) else { return };
    let (Some(drawing), Some(field)) = (closest(event, "[data-diagram]"), field(seen)) else { return };
    event.prevent_default();
    let at = point(seen, f64::from(e.client_x()), f64::from(e.client_y()), &drawing);
    let around = field.time(if field.turned { at.y } else { at.x });
    seen.state.zoom(Some(around), if e.delta_y() < 0.0 { 80 } else { 125 });
}

/// Arrows on a grip move it; arrows on the diagram go from event to event. Says whether that was all.
pub(crate) fn key(seen: &Seen, e: &KeyboardEvent) -> bool {
    if e.ctrl_key() || e.alt_key() || e.meta_key() {
        return false;
    }
    match (closest(e, "[data-grip]"), closest(e, "[data-diagram]")) {
        (Some(grip), _) => move_grip(seen, &grip, &e.key(), e.shift_key()),
        (None, Some(_)) => on_diagram(seen, &e.key()),
        _ => false,
    }
}

fn move_grip(seen: &Seen, grip: &Element, key: &str, far: bool) -> bool {
    let state = &seen.state;
    let (mut from, mut to) = state.enlarged();
    let first = grip.get_attribute("data-grip").as_deref() == Some("from");
    let step = Span((to.since(from).0 / if far { 4 } else { 20 }).max(500));
    let at = if first { &mut from } else { &mut to };
    match key {
        "ArrowLeft" | "ArrowDown" => *at = *at - step,
        "ArrowRight" | "ArrowUp" => *at += step,
        "Home" if first => *at = Time::ZERO,
        "End" if !first => *at = state.shot.with_untracked(|s| s.story.frontier),
        _ => return false,
    }
    if from < to {
        state.enlarge(Some((from, to)));
    }
    true
}

fn on_diagram(seen: &Seen, key: &str) -> bool {
    let Some(field) = field(seen) else { return false };
    let (on, lane) = match key {
        "ArrowRight" => (true, false),
        "ArrowLeft" => (false, false),
        "ArrowDown" => (true, true),
        "ArrowUp" => (false, true),
        "Enter" => {
            hit::go_to_selected(&seen.state);
            return true;
        }
        _ => return false,
    };
    hit::walk(&seen.state, &field, on, lane);
    true
}
