//! What in a space-time diagram is meant by a pointer or a key.

use sim::{EventId, ProcessId, Span, Time};

use protocols::view::ArrowEnd;

use super::Field;
use super::arrows::line;
use crate::scene::{P, p};
use crate::stage::ms;
use crate::state::{Bench, Picked, Shot};

/// How near to an event a pointer has to be, in user units.
const NEAR_ENOUGH: f32 = 12.0;

/// Something in the diagram that can be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// When.
    pub(crate) at: Time,
    /// On whose lane.
    pub(crate) process: ProcessId,
    /// Which event.
    pub(crate) event: EventId,
}

/// The events of the span, in order.
fn spots(shot: &Shot, field: &Field) -> Vec<Spot> {
    let mut all = Vec::new();
    let inside = |at: Time| field.from <= at && at <= field.to;
    for point in shot.near.diagram.points.iter().filter(|e| inside(e.at)) {
        all.push(Spot { at: point.at, process: point.process, event: point.event });
    }
    for arrow in &shot.near.diagram.arrows {
        if inside(arrow.sent_at) {
            all.push(Spot { at: arrow.sent_at, process: arrow.from, event: arrow.sent });
        }
        match arrow.end {
            ArrowEnd::Arrived(event, at) | ArrowEnd::Lost(event, at) if inside(at) => {
                all.push(Spot { at, process: arrow.to, event });
            }
            _ => {}
        }
    }
    all.sort_unstable_by_key(|s| (s.at, s.event));
    all.dedup_by_key(|s| s.event);
    all
}

/// What lies at a place of the drawing: a message's mark, an event, or nothing.
#[must_use]
pub(crate) fn at(shot: &Shot, field: &Field, place: P) -> Option<Picked> {
    let mut best: Option<(f32, Picked)> = None;
    let mut offer = |distance: f32, picked: Picked| {
        if distance <= NEAR_ENOUGH && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, picked));
        }
    };
    for spot in spots(shot, field) {
        if let Some(across) = field.across(spot.process) {
            let (x, y) = field.xy(field.along(spot.at), across);
            offer(place.distance(p(x, y)), Picked::Event(spot.event));
        }
    }
    for arrow in &shot.near.diagram.arrows {
        let Some(l) = line(arrow, shot, field) else { continue };
        offer(place.distance(l.middle()), Picked::Message(arrow.id));
        if let ArrowEnd::Lost(event, _) = arrow.end {
            offer(place.distance(l.to) - 2.0, Picked::Event(event));
        }
    }
    best.map(|(_, picked)| picked)
}

/// Selects what lies at a place, and says so.
pub(crate) fn pick_at(state: &Bench, field: &Field, place: P) {
    let shot = state.shot.get_untracked();
    match at(&shot, field, place) {
        Some(Picked::Event(event)) => pick(state, event),
        Some(message) => {
            state.playing.set(false);
            state.pick(message);
        }
        None => {}
    }
}

/// Selects an event, and says which it is.
pub(crate) fn pick(state: &Bench, event: EventId) {
    state.playing.set(false);
    state.pick(Picked::Event(event));
    if let Some(e) = state.with_run(|run| run.event(event)) {
        state.heard.set([e.text.as_str(), ", at ", &ms(e.at).to_string(), " ms."].concat());
    }
}

/// Goes to a cause: to its moment, and selects it, so that the diagram lights it.
pub(crate) fn go_to(state: &Bench, at: Time, event: u64) {
    state.playing.set(false);
    if let Ok(event) = u32::try_from(event) {
        state.picked.set(Picked::Event(EventId(event)));
    }
    state.seek(at);
    state.bring_into_sight(at);
}

/// Goes from the selected event to the next or the previous one, on its own lane alone if so wanted.
pub(crate) fn walk(state: &Bench, field: &Field, on: bool, lane: bool) {
    let shot = state.shot.get_untracked();
    let here = shot.answer.steps.first().map(|s| &s.event);
    let known = here.filter(|e| field.from <= e.at && e.at <= field.to);
    let start = known.map_or((shot.view.at, EventId(u32::MAX)), |e| (e.at, e.id));
    let process = known.and_then(|e| e.process).filter(|_| lane);
    let fits = |s: &&Spot| process.is_none_or(|id| s.process == id);
    let all = spots(&shot, field);
    let next = if on {
        all.iter().filter(fits).find(|s| (s.at, s.event) > start)
    } else {
        all.iter().rev().filter(fits).find(|s| (s.at, s.event) < start)
    };
    match next {
        Some(spot) => pick(state, spot.event),
        // Past the edge the span moves on, and the next key goes on in it.
        None => state.enlarge(Some(around(field, if on { field.to } else { field.from }))),
    }
}

/// Goes to the moment of what is selected.
pub(crate) fn go_to_selected(state: &Bench) {
    let at = state.shot.with_untracked(|s| s.answer.steps.first().map(|step| step.event.at));
    if let Some(at) = at {
        state.playing.set(false);
        state.seek(at);
    }
}

/// A span as long as the enlarged one, around a moment.
fn around(field: &Field, at: Time) -> (Time, Time) {
    let len = field.to.since(field.from).0;
    let from = Time(at.0.saturating_sub(len / 2));
    (from, from + Span(len))
}
