//! Panel c: the whole run as lanes, one to a server. A line follows, a dashed band asks, a heavy band leads;
//! cuts lie between the lanes that they part. The flag is the playhead.

use lesson::Panel;
#[cfg(not(feature = "csr"))]
use lesson::Size;
use maud::{Markup, PreEscaped, html};
use protocols::view::{Band, BranchView, CutSpan, EventKind, LaneView, Stance, Status, Story};
use sim::{ProcessId, Span, Time};

use crate::node::{hue, weight};
use crate::num::N;
use crate::stage::ms;
use crate::state::{LabState, Shot, letter};

/// The widths that a timeline is drawn at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// A full plate.
    Wide,
    /// A full plate on a small screen.
    Mid,
    /// The text column.
    Column,
    /// A phone.
    Narrow,
}

/// Time to place, and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    /// Where time 0 stands.
    pub left: f32,
    /// Where the axis ends.
    pub right: f32,
    /// The moment at its right end.
    pub span: Time,
}

const FIRST_LANE: f32 = 40.0;
const LANE: f32 = 20.0;

impl Width {
    /// The drawing's width.
    #[must_use]
    pub(crate) const fn px(self) -> f32 {
        match self {
            Self::Wide => 1140.0,
            Self::Mid => 896.0,
            Self::Column => 588.0,
            Self::Narrow => 354.0,
        }
    }

    /// The axis for a run that has been simulated this far.
    #[must_use]
    pub(crate) fn axis(self, frontier: Time, end: Time) -> Axis {
        let left = if matches!(self, Self::Narrow | Self::Column) { 22.0 } else { 52.0 };
        Axis { left, right: self.px() - 10.0, span: span_of(frontier, end) }
    }
}

/// The shortest round span that holds the run so far with some room, but no more than the whole run.
fn span_of(frontier: Time, end: Time) -> Time {
    const STEPS_MS: [u64; 12] =
        [500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000];
    let wanted = frontier.0 + frontier.0 / 12;
    let step = STEPS_MS.iter().map(|ms| ms * 1_000).find(|&us| us >= wanted).unwrap_or(u64::MAX);
    Time(step.min(end.0.max(1)))
}

impl Axis {
    /// Where a moment stands.
    #[must_use]
    pub(crate) fn x(&self, at: Time) -> f32 {
        self.left + (self.right - self.left) * (at.0 as f32 / self.span.0.max(1) as f32)
    }

    /// The moment that stands there.
    #[cfg(any(feature = "csr", test))]
    #[must_use]
    pub(crate) fn time(&self, x: f32) -> Time {
        let part = ((x - self.left) / (self.right - self.left)).clamp(0.0, 1.0);
        Time((f64::from(part) * self.span.0 as f64) as u64)
    }
}

/// The widths of a plate's timeline: the live one takes the first that fits, a poster draws all.
#[cfg(feature = "csr")]
fn widths(state: LabState) -> &'static [(Width, &'static str)] {
    match state.live.width.get() {
        Width::Wide => &[(Width::Wide, "is-live")],
        Width::Mid => &[(Width::Mid, "is-live")],
        Width::Column => &[(Width::Column, "is-live")],
        Width::Narrow => &[(Width::Narrow, "is-live")],
    }
}

#[cfg(not(feature = "csr"))]
fn widths(state: LabState) -> &'static [(Width, &'static str)] {
    match state.lab().size {
        Size::Small => &[(Width::Column, "only-wide"), (Width::Narrow, "only-narrow")],
        Size::Full | Size::Hero => {
            &[(Width::Wide, "only-wide has-mid"), (Width::Mid, "only-mid"), (Width::Narrow, "only-narrow")]
        }
    }
}

/// The panel's drawing.
#[must_use]
pub(crate) fn timeline(state: LabState) -> Markup {
    let shot = state.shot.get();
    html! {
        (state.key_of(Panel::Timeline))
        @for &(width, class) in widths(state) { (svg(&shot, width, class)) }
    }
}

/// How high the drawing is.
fn height(lanes: usize, branches: usize) -> f32 {
    let runs = if branches > 1 { 14.0 + 14.0 * branches as f32 } else { 0.0 };
    FIRST_LANE + LANE * lanes as f32 + 34.0 + runs
}

fn svg(shot: &Shot, width: Width, class: &str) -> Markup {
    let lanes = shot.view.nodes.len();
    let axis = width.axis(shot.story.frontier, shot.end);
    let now = ms(shot.view.at);
    html! {
        svg class={ "overview-svg " (class) } viewBox={ "0 0 " (N(width.px())) " " (N(height(lanes, shot.branches.len()))) }
            role="group" aria-label="Timeline of the run: one lane for each node" data-timeline {
            rect.time-ground x="0" y="0" width=(N(width.px())) height=(N(height(lanes, 1))) {}
            g aria-hidden="true" { (still(shot, axis, width, lanes)) }
            g.cursor data-playhead role="slider" tabindex="0" aria-label="Time" aria-valuemin="0" aria-valuemax=(ms(shot.end))
                aria-valuenow=(now) aria-valuetext={ (now) " milliseconds" } transform={ "translate(" (N(axis.x(shot.view.at))) " 0)" } {
                (flag(shot, axis, lanes))
            }
        }
    }
}

/// Everything but the playhead.
fn still(shot: &Shot, axis: Axis, width: Width, lanes: usize) -> Markup {
    let story = &shot.story;
    let now = shot.view.at;
    html! {
        @for (i, l) in story.lanes.iter().enumerate() { (lane(l, lane_y(i), axis, now, shot.view.epoch_word)) }
        @for c in &story.cuts { (cut(c, story, axis, now)) }
        (marks(story, axis, now, width))
        (ruler(axis, lanes))
        (runs(shot, axis, lanes))
    }
}

fn lane_y(i: usize) -> f32 {
    FIRST_LANE + LANE * i as f32
}

fn lane(view: &LaneView, y: f32, axis: Axis, now: Time, word: &str) -> Markup {
    let ticks = |from: Time, to: Time| -> String {
        let within = view.commits.iter().filter(|&&t| from <= t && t < to);
        within.map(|&t| format!("M{} {}v4", N(axis.x(t)), N(y - 9.0))).collect()
    };
    let next = now + Span(1);
    html! {
        text.pt.is-lane x="14" y=(N(y + 5.0)) { (view.name) }
        @for b in view.bands.iter().filter(|b| b.from < now || b.from == Time::ZERO) { (band(&Band { to: b.to.min(now), ..*b }, y, axis)) }
        path.commit d=(ticks(Time::ZERO, next)) {}
        g.is-ahead {
            @for b in view.bands.iter().filter(|b| b.to > now) { (band(&Band { from: b.from.max(now), ..*b }, y, axis)) }
            path.commit d=(ticks(next, Time(u64::MAX))) {}
        }
        @for b in &view.bands { (number(b, y, axis, word, now)) }
        @for pair in view.bands.windows(2) { (turn(pair, y, axis)) }
    }
}

fn band(b: &Band, y: f32, axis: Axis) -> Markup {
    let class = if b.status == Status::Down { "is-down" } else { weight(b.status, b.stance) };
    html! { path.band.(class).(hue(b.epoch)) d={ "M" (N(axis.x(b.from))) " " (N(y)) "H" (N(axis.x(b.to))) } {} }
}

/// A leader's band carries its term where there is room.
fn number(b: &Band, y: f32, axis: Axis, word: &str, now: Time) -> Markup {
    let room = axis.x(b.to) - axis.x(b.from);
    let leads = b.status.is_up() && b.stance == Stance::Leads;
    html! {
        @if leads && room > 14.0 {
            text.band-n.{ "on-" (hue(b.epoch)) }.is-dim[b.from > now] x=(N(axis.x(b.from) + 5.0)) y=(N(y + 4.0)) {
                @if room > 48.0 { (word) " " }
                (b.epoch)
            }
        }
    }
}

/// A crash or a restart on a lane.
fn turn(pair: &[Band], y: f32, axis: Axis) -> Markup {
    let x = axis.x(pair[1].from);
    html! {
        @match (pair[0].status, pair[1].status) {
            (Status::Up | Status::Paused, Status::Down) => { path.fault-x d={ "M" (N(x - 5.0)) " " (N(y - 5.0)) "l10 10m0-10l-10 10" } {} }
            (Status::Down, Status::Up) => { circle.restart cx=(N(x)) cy=(N(y)) r="4" {} }
            _ => {}
        }
    }
}

fn cut(span: &CutSpan, story: &Story, axis: Axis, now: Time) -> Markup {
    let (from, to) = (axis.x(span.from), axis.x(span.to.unwrap_or(story.frontier)));
    html! {
        g.is-ahead[span.from > now] {
            @for y in gaps(span, story) {
                path.cut-line d={ "M" (N(from)) " " (N(y)) "H" (N(to)) } {}
                path.cut-ends d={ "M" (N(from)) " " (N(y - 7.0)) "v14" } {}
                @if span.to.is_some() { path.heal-end d={ "M" (N(to)) " " (N(y - 7.0)) "v14" } {} }
            }
        }
    }
}

/// The gaps between lanes that a cut runs through: those whose two lanes stand on different sides.
fn gaps<'s>(span: &'s CutSpan, story: &'s Story) -> impl Iterator<Item = f32> + 's {
    let side = |id: ProcessId| span.sides.iter().position(|s| s.contains(&id));
    let parted =
        move |pair: &[LaneView]| matches!((side(pair[0].process), side(pair[1].process)), (Some(a), Some(b)) if a != b);
    story.lanes.windows(2).enumerate().filter(move |(_, pair)| parted(pair)).map(|(i, _)| lane_y(i) + LANE / 2.0)
}

/// Crashes, restarts, cuts and heals by name along the top, where there is room for the words.
fn marks(story: &Story, axis: Axis, now: Time, width: Width) -> Markup {
    let per_letter = if width == Width::Narrow { 6.0 } else { 6.3 };
    let mut free_from = f32::MIN;
    let flag = axis.x(now) + flag_shift(axis, now);
    let mut drawn = String::new();
    for mark in &story.marks {
        let (e, word) = (&mark.event, mark.word);
        let x = axis.x(e.at);
        let (class, stem) = match e.kind {
            EventKind::Mend => ("mend-label", "mend-stem"),
            _ => ("fault-label", "fault-stem"),
        };
        let who = e.process.and_then(|id| story.lanes.iter().position(|l| l.process == id));
        let text = who.map_or_else(|| word.to_owned(), |i| format!("{word} {}", story.lanes[i].name));
        // Right of its stem, or else left of it, or else not at all: never under the flag or another word.
        let room = text.len() as f32 * per_letter;
        let clear = |from: f32| {
            let free = from >= free_from && from + room <= axis.right + 8.0;
            free && (from + room < flag - 35.0 || from > flag + 35.0)
        };
        let spot = [(x + 4.0, "start", x + 4.0), (x - 4.0, "end", x - 4.0 - room)].into_iter().find(|s| clear(s.2));
        if let Some((.., from)) = spot {
            free_from = from + room + 6.0;
        }
        let first_gap =
            || story.cuts.iter().find(|c| c.event == e.id || c.to == Some(e.at)).and_then(|c| gaps(c, story).next());
        let foot = who.map(|i| lane_y(i) - 7.0).or_else(|| first_gap().map(|y| y - 7.0)).unwrap_or(FIRST_LANE - 8.0);
        let mark = html! {
            g.is-ahead[e.at > now] {
                path.(stem) d={ "M" (N(x)) " 22V" (N(foot)) } {}
                @if let Some((lx, anchor, _)) = spot { text.(class) x=(N(lx)) y="19" text-anchor=(anchor) { (text) } }
            }
        };
        drawn.push_str(&mark.into_string());
    }
    PreEscaped(drawn)
}

fn ruler(axis: Axis, lanes: usize) -> Markup {
    // The smallest round step whose figures have room to stand.
    const STEPS: [u64; 12] = [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000];
    let y = lane_y(lanes) + 8.0;
    let px_per_ms = (axis.right - axis.left) / (axis.span.0 as f32 / 1_000.0);
    let step = STEPS.into_iter().find(|&s| s as f32 * px_per_ms >= 74.0).unwrap_or(200_000);
    let small = step / 5;
    let count = axis.span.0 / 1_000 / small;
    let ticks: String = (0..=count)
        .map(|i| format!("M{} {}v{}", N(axis.x(Time(i * small * 1_000))), N(y), if i % 5 == 0 { 9 } else { 4 }))
        .collect();
    html! {
        g.ruler {
            path d={ "M" (N(axis.left)) " " (N(y)) "H" (N(axis.right)) (ticks) } {}
            @for i in (0..=count).step_by(5) {
                @let x = axis.x(Time(i * small * 1_000));
                @if i == 0 {
                    text x=(N(x)) y=(N(y + 22.0)) { "0 ms" }
                } @else if x < axis.right - 12.0 {
                    text x=(N(x)) y=(N(y + 22.0)) text-anchor="middle" { (i * small) }
                }
            }
        }
    }
}

/// The runs, if the reader has made more than one: a line to each, leaving its parent where it branched off.
fn runs(shot: &Shot, axis: Axis, lanes: usize) -> Markup {
    let top = lane_y(lanes) + 8.0 + 38.0;
    let y_of = |i: usize| top + 14.0 * i as f32;
    html! {
        @if shot.branches.len() > 1 {
            @for (i, &BranchView { parent, fork, .. }) in shot.branches.iter().enumerate() {
                @let shown = i == shot.branch;
                @let from = if i == 0 { axis.left } else { axis.x(fork) };
                @let start = if i == 0 { from } else { from + 10.0 };
                @let end = (if shown { axis.x(shot.story.frontier) } else { axis.right - 60.0 }).max(start + 6.0);
                @let leave = if i == 0 { String::new() } else { format!("M{} {}L", N(from), N(y_of(parent))) };
                path.run.is-other[!shown] d={ (if i == 0 { "M" } else { "" }) (leave) (N(start)) " " (N(y_of(i))) "H" (N(end)) } {}
                text.run-label.is-other[!shown] x=(N(end + 7.0)) y=(N(y_of(i) + 4.0)) {
                    "run " (letter(i)) @if shown { ", shown" }
                }
            }
        }
    }
}

/// The flag. Its place and its words are also written straight to it with every frame.
fn flag(shot: &Shot, axis: Axis, lanes: usize) -> Markup {
    html! {
        path.cursor-line d={ "M0 18V" (N(lane_y(lanes) + 8.0)) } {}
        g.cursor-tag transform={ "translate(" (N(flag_shift(axis, shot.view.at))) " 0)" } {
            rect.focus-ring x="-37" y="-4" width="74" height="27" {}
            rect.cursor-flag x="-33" y="0" width="66" height="19" {}
            text.cursor-n x="0" y="13.5" text-anchor="middle" { (ms(shot.view.at)) " ms" }
        }
    }
}

/// The flag stays within the drawing.
#[must_use]
pub(crate) fn flag_shift(axis: Axis, at: Time) -> f32 {
    let x = axis.x(at);
    (33.0 - x).max(0.0) - (x + 33.0 - axis.right - 10.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_grows_with_the_run_and_never_past_its_end() {
        let span = |frontier, end| ms(span_of(Time(frontier), Time(end)));
        assert_eq!(span(180_000, 20_000_000), 500);
        assert_eq!(span(3_600_000, 60_000_000), 5_000);
        assert_eq!(span(59_000_000, 60_000_000), 60_000);
        assert_eq!(span(900_000, 1_500_000), 1_000);
    }

    #[test]
    fn a_place_on_the_axis_is_the_moment_that_stands_there() {
        let axis = Width::Wide.axis(Time(3_600_000), Time(60_000_000));
        for at in [0, 1_000_000, 4_999_000] {
            let back = axis.time(axis.x(Time(at))).0;
            assert!(back.abs_diff(at) < 1_000, "{at} came back as {back}");
        }
    }
}
