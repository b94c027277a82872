//! The flag on the timeline, dragged through time.

use core::cell::RefCell;
use std::rc::Rc;

use sim::Time;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, PointerEvent};

use super::{Listener, Seen, closest};
use crate::frame;
use crate::scene::{P, p};
use crate::timeline::Axis;

/// The flag that is being moved: along this axis, up to that moment.
type Drag = Option<(Axis, Time)>;

/// Listens to a plate.
pub(super) fn listen(seen: &Seen) -> Vec<Listener> {
    let drag: Rc<RefCell<Drag>> = Rc::default();
    let mut all = Vec::new();
    for (kind, act) in [
        ("pointerdown", down as fn(&Seen, &PointerEvent, &mut Drag)),
        ("pointermove", moved),
        ("pointerup", gone),
        ("pointercancel", gone),
    ] {
        let drag = Rc::clone(&drag);
        all.push(seen.on(&seen.figure, kind, move |seen, e| {
            if let Some(e) = e.dyn_ref::<PointerEvent>() {
                act(seen, e, &mut drag.borrow_mut());
            }
        }));
    }
    all
}

/// Whether a pointer is on a drawing along time, which then is nobody else's business.
pub(super) fn owns(e: &Event) -> bool {
    closest(e, "[data-timeline], [data-diagram]").is_some()
}

/// The timeline under a pointer, if that goes down there to take hold of something.
pub(super) fn timeline(e: &PointerEvent) -> Option<Element> {
    closest(e, "[data-timeline]")
        .filter(|_| e.button() == 0 && e.is_primary() && closest(e, "[data-at-us], [data-do]").is_none())
}

/// Where a pointer is, in the user units of a drawing.
pub(super) fn place(seen: &Seen, e: &PointerEvent, drawing: &Element) -> P {
    point(seen, f64::from(e.client_x()), f64::from(e.client_y()), drawing)
}

pub(super) fn point(seen: &Seen, x: f64, y: f64, drawing: &Element) -> P {
    let rect = drawing.get_bounding_client_rect();
    let scale = f64::from(seen.state.live.width.get_untracked().px()) / rect.width().max(1.0);
    p(((x - rect.left()) * scale) as f32, ((y - rect.top()) * scale) as f32)
}

pub(super) fn axis(seen: &Seen) -> Axis {
    let (frontier, end) = seen.state.shot.with_untracked(|s| (s.story.frontier, s.end));
    seen.state.live.width.get_untracked().axis(frontier, end)
}

fn down(seen: &Seen, e: &PointerEvent, drag: &mut Drag) {
    let Some(drawing) = timeline(e).filter(|_| closest(e, "[data-grip], [data-lens]").is_none()) else { return };
    frame::taken_over(&seen.figure);
    let _ = drawing.set_pointer_capture(e.pointer_id());
    seen.state.playing.set(false);
    // Not so far that the axis would have to change under the pointer.
    let frontier = seen.state.shot.with_untracked(|s| s.story.frontier);
    let axis = axis(seen);
    *drag = Some((axis, Time(axis.span.0 / 13 * 12).max(frontier)));
    moved(seen, e, drag);
}

fn moved(seen: &Seen, e: &PointerEvent, drag: &mut Drag) {
    let Some((axis, limit)) = *drag else { return };
    if let Ok(Some(drawing)) = seen.figure.query_selector("[data-timeline]") {
        seen.state.seek(axis.time(place(seen, e, &drawing).x).min(limit));
    }
}

fn gone(_: &Seen, _: &PointerEvent, drag: &mut Drag) {
    *drag = None;
}
