//! What was done to the run from outside, and what broke, by name along the top where there is room for the words.
//! Each is a way to its moment.

use maud::{Markup, PreEscaped, html};
use protocols::view::{Band, EventKind, Mark, Story};
use sim::Time;

use super::lanes::{gaps, leads};
use super::{Axis, Plan, flag_shift};
use crate::node::hue;
use crate::num::N;
use crate::stage::ms;

/// How wide a letter of a label is.
const LETTER: f32 = 6.3;
/// How far a label keeps from the middle of the flag.
const FLAG: f32 = 36.0;

/// Where the words of a label go.
struct Spot {
    x: f32,
    anchor: &'static str,
    from: f32,
    to: f32,
}

/// The marks. Their labels never lie over each other nor under the flag.
#[must_use]
pub(super) fn marks(story: &Story, axis: Axis, plan: &Plan, now: Time) -> Markup {
    let flag = axis.x(now) + flag_shift(axis, now);
    let mut drawn = String::new();
    let (mut free_from, mut last_stem) = (f32::MIN, f32::MIN);
    for mark in &story.marks {
        let x = axis.x(mark.event.at);
        let text = words(mark, story);
        let spot = spot(x, text.len() as f32 * LETTER, free_from, flag, axis);
        // What would fall on one pixel and has no room for its name is not drawn twice.
        if spot.is_none() && x - last_stem < 1.0 {
            continue;
        }
        last_stem = x;
        if let Some(spot) = &spot {
            free_from = spot.to + 6.0;
        }
        drawn.push_str(&one(mark, x, &text, spot, foot(mark, story, plan), now).into_string());
    }
    PreEscaped(drawn)
}

/// Right of the stem, or else left of it, or else nowhere.
fn spot(x: f32, room: f32, free_from: f32, flag: f32, axis: Axis) -> Option<Spot> {
    let right = Spot { x: x + 4.0, anchor: "start", from: x + 4.0, to: x + 4.0 + room };
    let left = Spot { x: x - 4.0, anchor: "end", from: x - 4.0 - room, to: x - 4.0 };
    [right, left].into_iter().find(|s| {
        s.from >= free_from.max(0.0) && s.to <= axis.right + 8.0 && (s.to < flag - FLAG || s.from > flag + FLAG)
    })
}

fn words(mark: &Mark, story: &Story) -> String {
    let mut text = mark.word.to_owned();
    if let Some(lane) = mark.event.process.and_then(|id| story.lanes.iter().find(|l| l.process == id)) {
        text.push(' ');
        text.push_str(&lane.name);
    }
    text
}

/// Down to where a mark's stem reaches: its lane, the cut's first gap, or the first lane.
fn foot(mark: &Mark, story: &Story, plan: &Plan) -> f32 {
    let e = &mark.event;
    if let Some(y) = e.process.and_then(|id| plan.y_of(story, id)) {
        return y - 7.0;
    }
    let cut = story.cuts.iter().find(|c| c.event == e.id || c.to == Some(e.at));
    let gap = cut.and_then(|c| gaps(c, story, plan).first().copied());
    gap.map_or_else(|| plan.lane_y(0) - 8.0, |y| y - 7.0)
}

fn one(mark: &Mark, x: f32, text: &str, spot: Option<Spot>, foot: f32, now: Time) -> Markup {
    let e = &mark.event;
    let (label, stem) = match e.kind {
        EventKind::Mend => ("mend-label", "mend-stem"),
        _ => ("fault-label", "fault-stem"),
    };
    html! {
        g.mark.is-ahead[e.at > now].is-breach[e.kind == EventKind::Breach] data-at-us=(e.at.0) data-mark=(mark.word) {
            title { (e.text) ", " (ms(e.at)) " ms" }
            path.(stem) d={ "M" (N(x)) " 22V" (N(foot)) } {}
            rect.mark-hit x=(N(x - 7.0)) y="4" width="14" height=(N(foot - 2.0)) {}
            @if let Some(s) = spot {
                rect.mark-hit x=(N(s.from)) y="4" width=(N(s.to - s.from)) height="20" {}
                text.(label) x=(N(s.x)) y="19" text-anchor=(s.anchor) { (text) }
            }
        }
    }
}

/// A leader's band carries its term where there is room.
#[must_use]
pub(super) fn numbers(story: &Story, axis: Axis, plan: &Plan, word: &str, now: Time) -> Markup {
    html! {
        @for (row, &i) in plan.order.iter().enumerate() {
            @for b in story.lanes[i].bands.iter().filter(|b| leads(b)) {
                (number(b, plan.lane_y(row), axis, word, now))
            }
        }
    }
}

fn number(b: &Band, y: f32, axis: Axis, word: &str, now: Time) -> Markup {
    let room = axis.x(b.to) - axis.x(b.from);
    html! {
        @if room > 14.0 {
            text.band-n.{ "on-" (hue(b.epoch)) }.is-dim[b.from > now] x=(N(axis.x(b.from) + 5.0)) y=(N(y + 4.0)) {
                @if room > 48.0 { (word) " " }
                (b.epoch)
            }
        }
    }
}
