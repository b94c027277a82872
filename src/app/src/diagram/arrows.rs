//! Messages as lines from sending to arrival, with their marks in the middle. A lost one ends where it died, with a
//! cross; one that is on its way ends where the run has been simulated to.

use maud::{Markup, html};
use protocols::view::{Arrow, ArrowEnd, CutSpan, Shape};
use sim::Time;

use super::Detail;
use super::field::Field;
use super::lanes::gaps;
use crate::node::hue;
use crate::num::N;
use crate::scene::{P, p};
use crate::state::Shot;
use crate::timeline::path::{Path, Strokes};

/// How far a head and a cross keep from a lane.
const SHORT: f32 = 4.0;
/// How many operations are named beside their marks, where there is room.
const NAMED_MAX: usize = 60;
/// How long a millisecond has to be for operations to be named, in user units.
const NAMED_FROM: f32 = 3.0;

/// A message's line in the drawing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// Its sending.
    pub(super) from: P,
    /// Its end, as drawn.
    pub(super) to: P,
}

impl Line {
    /// Where its mark stands.
    pub(super) fn middle(self) -> P {
        p(f32::midpoint(self.from.x, self.to.x), f32::midpoint(self.from.y, self.to.y))
    }
}

/// Where a message's line runs.
#[must_use]
pub(super) fn line(arrow: &Arrow, shot: &Shot, field: &Field) -> Option<Line> {
    let (start, stop) = (field.across(arrow.from)?, field.across(arrow.to)?);
    let (end_at, end_across) = match arrow.end {
        ArrowEnd::Arrived(_, at) => (at, stop),
        ArrowEnd::Lost(_, at) => (at, died(arrow, at, shot, field, start, stop)),
        ArrowEnd::Flying(due) => {
            let until = shot.near.frontier.clamp(arrow.sent_at, due);
            let whole = due.since(arrow.sent_at).0.max(1) as f32;
            (until, start + (stop - start) * (until.since(arrow.sent_at).0 as f32 / whole))
        }
    };
    let at = |along: Time, across: f32| {
        let (x, y) = field.xy(field.along(along), across);
        p(x, y)
    };
    Some(Line { from: at(arrow.sent_at, start), to: at(end_at, end_across) })
}

/// Where a message died: at the first cut on its way; without one a little after its sending, or just before its end.
fn died(arrow: &Arrow, at: Time, shot: &Shot, field: &Field, start: f32, stop: f32) -> f32 {
    let in_force = |c: &&CutSpan| c.from <= at && c.to.is_none_or(|to| to >= at);
    let way = if stop > start { 1.0 } else { -1.0 };
    let mut nearest: Option<f32> = None;
    for cut in shot.story.cuts.iter().filter(in_force) {
        for gap in gaps(cut, field) {
            let ahead = (gap - start) * way;
            let between = ahead > 0.0 && (stop - gap) * way > 0.0;
            if between && nearest.is_none_or(|n| ahead < (n - start) * way) {
                nearest = Some(gap);
            }
        }
    }
    let blade = 7.0 * way;
    match nearest {
        Some(gap) => gap - blade,
        None if at == arrow.sent_at => start + (stop - start) * 0.3,
        None => stop - blade,
    }
}

/// The messages.
#[must_use]
pub(super) fn arrows(shot: &Shot, field: &Field, detail: Detail) -> Markup {
    if detail == Detail::None {
        return html! {};
    }
    let (mut lines, mut marks, mut past) = (Strokes::default(), Strokes::default(), Strokes::default());
    let mut named = Vec::new();
    for arrow in &shot.near.diagram.arrows {
        let Some(l) = line(arrow, shot, field) else { continue };
        let in_past = led_to(arrow, shot);
        stroke(if in_past { &mut past } else { &mut lines }, arrow, l, in_past, detail);
        if detail == Detail::Marks {
            mark(&mut marks, arrow, l);
            if !arrow.label.is_empty() && named.len() < NAMED_MAX {
                named.push((l.middle(), arrow.label.as_str()));
            }
        }
    }
    let room = field.per_us() * 1_000.0 >= NAMED_FROM && !field.turned;
    html! {
        (lines.draw())
        (past.draw())
        (marks.draw())
        @if room { @for (at, label) in named { text.op-label x=(N(at.x)) y=(N(at.y - 9.0)) { (label) } } }
    }
}

/// Whether a message is one of the causes of what is selected.
#[must_use]
pub(super) fn led_to(arrow: &Arrow, shot: &Shot) -> bool {
    let answer = &shot.answer;
    matches!(arrow.end, ArrowEnd::Arrived(end, _) if answer.about == Some(end) || answer.past.contains(end))
}

fn stroke(to: &mut Strokes, arrow: &Arrow, l: Line, in_past: bool, detail: Detail) {
    let length = l.from.distance(l.to).max(0.1);
    let (ux, uy) = ((l.to.x - l.from.x) / length, (l.to.y - l.from.y) / length);
    let arrived = matches!(arrow.end, ArrowEnd::Arrived(..));
    let tip = if arrived { p(l.to.x - ux * SHORT, l.to.y - uy * SHORT) } else { l.to };
    to.at(if in_past { "ml is-past" } else { "ml" }, "").go(l.from.x, l.from.y).line(tip.x, tip.y);
    if matches!(arrow.end, ArrowEnd::Lost(..)) {
        to.at("lost-x", "").go(l.to.x - 3.0, l.to.y - 3.0).with("l6 6m0-6l-6 6");
    }
    if detail == Detail::Lines {
        return;
    }
    if arrived && length > 8.0 {
        let (bx, by) = (tip.x - ux * 6.0, tip.y - uy * 6.0);
        to.at(if in_past { "mh is-past" } else { "mh" }, "")
            .go(tip.x, tip.y)
            .line(bx - uy * 3.2, by + ux * 3.2)
            .line(bx + uy * 3.2, by - ux * 3.2)
            .with("z");
    }
    if in_past {
        to.at("past-end", "").circle(l.from.x, l.from.y, 2.4).circle(l.to.x, l.to.y, 2.4);
    }
}

/// A message's mark: open asks, solid agrees, struck refuses, cells carry data.
fn mark(to: &mut Strokes, arrow: &Arrow, l: Line) {
    let at = l.middle();
    let tint = if arrow.epoch == 0 { "is-plain" } else { hue(arrow.epoch) };
    let (x, y) = (at.x, at.y);
    match &arrow.shape {
        Shape::Ask => to.at("msg-ask", tint).go(x, y - 5.5).with("l5.5 5.5-5.5 5.5-5.5-5.5z"),
        Shape::Agree => to.at("msg-yes", tint).go(x, y - 5.2).with("l5.2 5.2-5.2 5.2-5.2-5.2z"),
        Shape::Refuse => to.at("msg-no", tint).go(x, y - 5.5).with("l5.5 5.5-5.5 5.5-5.5-5.5zm-5 .5l10 10"),
        Shape::Beat => {
            let length = l.from.distance(l.to).max(0.1);
            let (nx, ny) = (-(l.to.y - l.from.y) / length * 4.5, (l.to.x - l.from.x) / length * 4.5);
            to.at("msg-bar", tint).go(x - nx, y - ny).line(x + nx, y + ny)
        }
        Shape::Ack => to.at("msg-yes", tint).circle(x, y, 2.6),
        Shape::Mismatch => to.at("msg-no", tint).circle(x, y, 3.4).go(x - 4.5, y - 4.5).with("l9 9"),
        Shape::Cells(epochs) => cells(to, epochs, x, y),
        Shape::Request => tag(to, "msg-op", x, y, l),
        Shape::Reply => tag(to, "msg-op is-reply", x, y, l),
        Shape::TurnedAway => tag(to, "msg-op", x, y, l).go(x - 6.0, y + 6.0).with("l12-12"),
    };
}

fn cells<'s>(to: &'s mut Strokes, epochs: &[u64], x: f32, y: f32) -> &'s mut Path {
    let shown = &epochs[epochs.len().saturating_sub(3)..];
    let left = x - 5.0 * shown.len() as f32 + 1.0;
    for (i, epoch) in shown.iter().enumerate() {
        to.at("msg-cell", hue(*epoch)).go(left + 10.0 * i as f32, y - 4.0).with("h8v8h-8z");
    }
    to.at("msg-cell", hue(shown.last().copied().unwrap_or_default()))
}

fn tag<'s>(to: &'s mut Strokes, class: &'static str, x: f32, y: f32, l: Line) -> &'s mut Path {
    if l.to.x < l.from.x {
        return to.at(class, "is-plain").go(x + 6.0, y - 4.5).with("h-8.5l-4.5 4.5 4.5 4.5h8.5z");
    }
    to.at(class, "is-plain").go(x - 6.0, y - 4.5).with("h8.5l4.5 4.5-4.5 4.5h-8.5z")
}
