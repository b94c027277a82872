//! What changes with every frame in the drawings of two runs: their messages, and the line of the moment.

use std::sync::Arc;

use sim::Time;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, SvgGraphicsElement, SvgTransform};

use super::Pair;
use crate::scene::{Frame, Scene, part_gone};
use crate::state::Bench;

/// Handles into the drawings of a pair.
pub(super) struct Moving {
    pair: Arc<Pair>,
    sides: Vec<(Scene, Vec<SvgTransform>)>,
}

impl Moving {
    fn of(figure: &HtmlElement, pair: Arc<Pair>, frame: Frame) -> Self {
        let places = figure.query_selector_all(".compare-run .msgs").ok();
        let mut sides = Vec::new();
        for (nth, side) in (0..).zip(&pair.sides) {
            let marks = places.as_ref().and_then(|all| all.item(nth)).and_then(|g| g.dyn_into::<Element>().ok());
            let movers = marks.map(|g| translations(&g)).unwrap_or_default();
            // Marks and messages stand in the same order; while they don't agree, nothing is moved.
            let movers = if movers.len() == side.view.messages.len() { movers } else { Vec::new() };
            sides.push((Scene::of(&side.view, frame), movers));
        }
        Self { pair, sides }
    }

    fn write(&self, now: Time, still: bool) {
        for (side, (scene, movers)) in self.pair.sides.iter().zip(&self.sides) {
            for (mover, message) in movers.iter().zip(&side.view.messages) {
                let part = if still { 0.5 } else { part_gone(message, now) };
                let at = scene.along(message.from, message.to, part);
                let _ = mover.set_translate(at.x, at.y);
            }
        }
    }
}

fn translations(group: &Element) -> Vec<SvgTransform> {
    let marks = group.children();
    let mut found = Vec::new();
    for i in 0..marks.length() {
        if let Some(mark) = marks.item(i).and_then(|mark| mark.dyn_into::<SvgGraphicsElement>().ok()) {
            let list = mark.transform().base_val();
            found.extend((list.number_of_items() > 0).then(|| list.get_item(0).ok()).flatten());
        }
    }
    found
}

/// Puts what moves in the two drawings where it is at this moment.
pub(crate) fn write(state: &Bench, figure: &HtmlElement) {
    let beside = &state.live.beside;
    let Some(pair) = beside.pair.with_untracked(Clone::clone) else { return };
    let mut moving = beside.moving.borrow_mut();
    if moving.as_ref().is_none_or(|known| !Arc::ptr_eq(&known.pair, &pair)) {
        let narrow = state.live.frame.with_untracked(|frame| frame.is_narrow());
        *moving = Some(Moving::of(figure, pair, if narrow { Frame::Narrow } else { Frame::Column }));
    }
    if let Some(moving) = &*moving {
        moving.write(state.now(), state.live.still.get());
    }
}
