//! What does not change while the playhead moves: lanes, cuts between them, clients' operations, the ruler.

use maud::{Markup, html};
use protocols::view::{Band, CutSpan, LaneView, Stance, Status, Story, Verdict};
use sim::{ProcessId, Time};

use super::path::{Path, Strokes};
use super::{Axis, LANE, Plan};
use crate::node::{hue, split_name, weight};
use crate::num::N;

/// Strokes nearer to each other than this fall on one pixel: one of them is drawn.
const PIXEL: f32 = 0.75;

/// The order of the lanes: by id, but the sides of the last cut that parted all servers lie together.
#[must_use]
pub(crate) fn order(story: &Story) -> Vec<usize> {
    let mut order: Vec<usize> = (0..story.lanes.len()).collect();
    let whole = |c: &&CutSpan| c.sides.len() > 1 && story.lanes.iter().all(|l| side_of(c, l.process).is_some());
    if let Some(cut) = story.cuts.iter().rev().find(whole) {
        let first = |i: usize| {
            let side = side_of(cut, story.lanes[i].process).unwrap_or(0);
            cut.sides[side].iter().min().map_or(0, |id| id.index())
        };
        order.sort_by_key(|&i| (first(i), i));
    }
    order
}

/// On which side of a cut a process stands.
#[must_use]
pub(crate) fn side_of(cut: &CutSpan, id: ProcessId) -> Option<usize> {
    cut.sides.iter().position(|side| side.contains(&id))
}

/// All of it.
#[must_use]
pub(super) fn still(story: &Story, axis: Axis, plan: &Plan) -> Markup {
    html! {
        @for (row, &i) in plan.order.iter().enumerate() { (lane(&story.lanes[i], plan.lane_y(row), axis)) }
        @for c in &story.cuts { (cut(c, story, axis, plan)) }
        @if let Some(y) = plan.clients_y { (operations(story, y, axis)) }
        (ruler(axis, Time::ZERO, plan.foot, 74.0))
    }
}

fn lane(view: &LaneView, y: f32, axis: Axis) -> Markup {
    let mut strokes = Strokes::default();
    bands(&mut strokes, view, y, Time::ZERO, axis.span, &|t| axis.x(t));
    let mut commits = Path::default();
    let mut last = f32::MIN;
    for x in view.commits.iter().map(|&t| axis.x(t)).filter(|&x| x <= axis.right) {
        if x - last >= 2.0 * PIXEL {
            commits.go(x, y - 9.0).with("v4");
            last = x;
        }
    }
    html! {
        text.pt.is-lane x="14" y=(N(y + 5.0)) { (view.name) }
        (strokes.draw())
        @if !commits.is_empty() { path.commit d=(commits.d()) {} }
        (turns(view, y, axis))
    }
}

/// A lane's bands between two moments, along a horizontal axis.
pub(crate) fn bands(to: &mut Strokes, view: &LaneView, y: f32, from: Time, until: Time, x: &dyn Fn(Time) -> f32) {
    let mut drawn_to = f32::MIN;
    for b in view.bands.iter().filter(|b| b.to > from && b.from < until) {
        let (start, end) = (x(b.from.max(from)), x(b.to.min(until)));
        if end - start < PIXEL && end - drawn_to < PIXEL {
            continue;
        }
        drawn_to = end;
        to.at(class(b), hue(b.epoch)).go(start, y).across(end.max(start + PIXEL));
        if b.status == Status::Paused {
            to.at("stalled", "").go(start, y).across(end);
            to.at("stall-bars", "").go(start - 1.5, y - 6.0).with("v12m4 0v-12");
        }
    }
}

/// The class of a band: the weight of the ring, unrolled.
#[must_use]
pub(crate) const fn class(b: &Band) -> &'static str {
    match weight(b.status, b.stance).as_bytes() {
        b"is-crashed" => "band is-down",
        b"is-follower" => "band is-follower",
        b"is-candidate" => "band is-candidate",
        _ => "band is-leader",
    }
}

/// Crashes and restarts on a lane.
fn turns(view: &LaneView, y: f32, axis: Axis) -> Markup {
    let (mut crosses, mut rings) = (Path::default(), Path::default());
    for pair in view.bands.windows(2) {
        let x = axis.x(pair[1].from);
        match (pair[0].status, pair[1].status) {
            (Status::Up | Status::Paused, Status::Down) => {
                crosses.go(x - 5.0, y - 5.0).with("l10 10m0-10l-10 10");
            }
            (Status::Down, Status::Up) => {
                rings.circle(x, y, 4.0);
            }
            _ => {}
        }
    }
    html! {
        @if !crosses.is_empty() { path.fault-x d=(crosses.d()) {} }
        @if !rings.is_empty() { path.restart d=(rings.d()) {} }
    }
}

fn cut(span: &CutSpan, story: &Story, axis: Axis, plan: &Plan) -> Markup {
    let (from, to) = (axis.x(span.from), axis.x(span.to.unwrap_or(story.frontier)));
    let (mut line, mut ends, mut heals) = (Path::default(), Path::default(), Path::default());
    for y in gaps(span, story, plan) {
        line.go(from, y).across(to);
        ends.go(from, y - 7.0).with("v14");
        if span.to.is_some() {
            heals.go(to, y - 7.0).with("v14");
        }
    }
    html! {
        path.cut-line d=(line.d()) {}
        path.cut-ends d=(ends.d()) {}
        @if !heals.is_empty() { path.heal-end d=(heals.d()) {} }
    }
}

/// The gaps between lanes that a cut runs through: those whose two lanes stand on different sides.
#[must_use]
pub(super) fn gaps(span: &CutSpan, story: &Story, plan: &Plan) -> Vec<f32> {
    let side = |row: usize| side_of(span, story.lanes[plan.order[row]].process);
    let parted = |row: &usize| matches!((side(*row), side(*row + 1)), (Some(a), Some(b)) if a != b);
    (0..plan.order.len().saturating_sub(1)).filter(parted).map(|row| plan.lane_y(row) + LANE / 2.0).collect()
}

/// One row for all clients: a stroke for each operation that came to an end, by how it ended.
fn operations(story: &Story, y: f32, axis: Axis) -> Markup {
    let mut strokes = Strokes::default();
    for lane in &story.clients {
        let mut last = f32::MIN;
        for end in lane.ops.iter().filter_map(|op| op.end.as_ref()) {
            let x = axis.x(end.at);
            let due = end.how != Verdict::Ok || x - last >= 2.0 * PIXEL;
            if x > axis.right || !due {
                continue;
            }
            last = x;
            match end.how {
                Verdict::Ok => strokes.at("op-ok", "").go(x, y - 3.5).with("v7"),
                Verdict::Failed => strokes.at("op-failed", "").go(x, y - 3.5).with("v7m-3-1l6-5"),
                Verdict::Unknown => strokes.at("op-unknown", "").circle(x, y, 2.8),
            };
        }
    }
    html! {
        @if let Some(first) = story.clients.first() {
            text.pt.is-lane.is-faint x="14" y=(N(y + 4.0)) { (split_name(&first.name).0) }
        }
        path.lane-client d={ "M" (N(axis.left)) " " (N(y)) "H" (N(axis.x(story.frontier))) } {}
        (strokes.draw())
    }
}

/// The smallest round step, in µs, whose figures have `room` to stand; and how many small ticks it is divided into.
#[must_use]
pub(crate) fn step(px_per_us: f32, room: f32) -> u64 {
    const STEPS_US: [u64; 18] = [
        200,
        500,
        1_000,
        2_000,
        5_000,
        10_000,
        20_000,
        50_000,
        100_000,
        200_000,
        500_000,
        1_000_000,
        2_000_000,
        5_000_000,
        10_000_000,
        20_000_000,
        50_000_000,
        100_000_000,
    ];
    STEPS_US.into_iter().find(|&us| us as f32 * px_per_us >= room).unwrap_or(200_000_000)
}

/// A ruler below the lanes, in ms. `room` is what a figure takes.
pub(crate) fn ruler(axis: Axis, from: Time, y: f32, room: f32) -> Markup {
    let px_per_us = (axis.right - axis.left) / axis.span.0.max(1) as f32;
    let step = step(px_per_us, room);
    let small = (step / 5).max(1);
    let mut path = Path::default();
    path.go(axis.left, y).across(axis.right);
    let first = from.0.div_ceil(small);
    let mut figures = Vec::new();
    for i in first..=(from.0 + axis.span.0) / small {
        let x = axis.left + (i * small - from.0) as f32 * px_per_us;
        let tall = i % 5 == 0;
        path.go(x, y).with(if tall { "v9" } else { "v4" });
        if tall && x < axis.right - 12.0 {
            figures.push((x, i * small));
        }
    }
    html! {
        g.ruler {
            path d=(path.d()) {}
            @for (x, us) in figures {
                @if us == 0 {
                    text x=(N(x)) y=(N(y + 22.0)) { "0 ms" }
                } @else {
                    text x=(N(x)) y=(N(y + 22.0)) text-anchor="middle" { (figure(us)) }
                }
            }
        }
    }
}

/// A moment on a ruler, in ms, with as many places as it has.
#[must_use]
pub(crate) fn figure(us: u64) -> String {
    let mut said = (us / 1_000).to_string();
    if !us.is_multiple_of(1_000) {
        said.push('.');
        said.push(char::from(b'0' + (us % 1_000 / 100) as u8));
    }
    said
}

/// Whether a band is a leader's.
#[must_use]
pub(crate) const fn leads(b: &Band) -> bool {
    b.status.is_up() && matches!(b.stance, Stance::Leads)
}
