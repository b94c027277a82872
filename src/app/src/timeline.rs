//! Panel c: the whole run as lanes, one to a server. A line follows, a dashed band asks, a heavy band leads;
//! cuts lie between the lanes that they part. The flag is the playhead.
//!
//! It is two drawings, one over the other: what stands still while time passes, and what depends on the moment.

#[cfg(feature = "csr")]
pub(crate) mod heads;
mod jumps;
pub(crate) mod lanes;
mod lens;
mod marks;
pub(crate) mod path;
mod runs;

use lesson::Panel;
#[cfg(not(feature = "csr"))]
use lesson::Size;
use maud::{Markup, html};
use protocols::view::Story;
use sim::{ProcessId, Time};

use crate::num::N;
use crate::stage::ms;
use crate::state::{Bench, Shot};

#[cfg(feature = "ssr")]
pub(crate) use jumps::jumps;
pub(crate) use runs::runs;

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
pub(crate) fn widths(state: &Bench) -> &'static [(Width, &'static str)] {
    match state.live.width.get() {
        Width::Wide => &[(Width::Wide, "is-live")],
        Width::Mid => &[(Width::Mid, "is-live")],
        Width::Column => &[(Width::Column, "is-live")],
        Width::Narrow => &[(Width::Narrow, "is-live")],
    }
}

#[cfg(not(feature = "csr"))]
pub(crate) fn widths(state: &Bench) -> &'static [(Width, &'static str)] {
    match state.lab().size {
        Size::Small | Size::Tiny => &[(Width::Column, "only-wide"), (Width::Narrow, "only-narrow")],
        Size::Full | Size::Hero => {
            &[(Width::Wide, "only-wide has-mid"), (Width::Mid, "only-mid"), (Width::Narrow, "only-narrow")]
        }
    }
}

/// Where everything stands in the drawing, from top to bottom.
pub(crate) struct Plan {
    /// The lanes from top to bottom, as places in the story.
    order: Vec<usize>,
    /// The row of the clients' operations.
    clients_y: Option<f32>,
    /// The ruler: the foot of the lanes.
    foot: f32,
    /// The first line of the tree of runs.
    runs: f32,
    /// Where the lines end that lead to the enlarged span, if it is shown below.
    legs: Option<f32>,
    /// Whether there is a tree of runs.
    tree: bool,
    height: f32,
}

impl Plan {
    /// Where the lines begin that lead to the enlarged span: at the lanes' foot, or below the tree of runs.
    fn legs_top(&self) -> f32 {
        match self.legs {
            Some(end) if self.tree => end - 22.0,
            _ => self.foot,
        }
    }

    fn of(state: &Bench, shot: &Shot, width: Width) -> Self {
        let order = lanes::order(&shot.story);
        let below = FIRST_LANE + LANE * order.len() as f32;
        let clients_y = (!shot.story.clients.is_empty()).then_some(below - 2.0);
        let foot = if clients_y.is_some() { below + 20.0 } else { below + 8.0 };
        let runs = foot + 38.0;
        let lines = if shot.branches.len() > 1 { 14.0 * shot.branches.len() as f32 } else { 0.0 };
        let end = foot + 26.0 + lines;
        let legs = (state.shows(Panel::Diagram) && width != Width::Narrow).then_some(end + 24.0);
        Self { order, clients_y, foot, runs, legs, tree: shot.branches.len() > 1, height: legs.unwrap_or(end) }
    }

    /// The middle of a lane, by its row.
    pub(crate) fn lane_y(&self, row: usize) -> f32 {
        FIRST_LANE + LANE * row as f32
    }

    /// The middle of a process's lane.
    fn y_of(&self, story: &Story, id: ProcessId) -> Option<f32> {
        self.order.iter().position(|&i| story.lanes[i].process == id).map(|row| self.lane_y(row))
    }
}

/// What stands still while time passes.
#[must_use]
pub(crate) fn timeline(state: &Bench) -> Markup {
    let shot = state.shot.get();
    html! {
        @for &(width, class) in widths(state) {
            @let plan = Plan::of(state, &shot, width);
            svg class={ "overview-svg " (class) } viewBox={ "0 0 " (N(width.px())) " " (N(plan.height)) } aria-hidden="true" {
                rect.time-ground x="0" y="0" width=(N(width.px())) height=(N(plan.foot)) {}
                (lanes::still(&shot.story, width.axis(shot.story.frontier, shot.end), &plan))
            }
        }
    }
}

/// What depends on the moment: the marks' labels, the span that is enlarged, the runs, the flag. It lies over the rest.
#[must_use]
pub(crate) fn playhead(state: &Bench) -> Markup {
    let shot = state.shot.get();
    html! { @for &(width, class) in widths(state) { (over(state, &shot, width, class)) } }
}

fn over(state: &Bench, shot: &Shot, width: Width, class: &str) -> Markup {
    let (plan, axis) = (Plan::of(state, shot, width), width.axis(shot.story.frontier, shot.end));
    let (now, story) = (shot.view.at, &shot.story);
    html! {
        svg class={ "overview-svg " (class) } viewBox={ "0 0 " (N(width.px())) " " (N(plan.height)) }
            role="group" aria-label="Timeline of the run: one lane for each node" {
            (veil(axis, &plan, now))
            g aria-hidden="true" {
                (marks::numbers(story, axis, &plan, shot.view.epoch_word, now))
                (marks::marks(story, axis, &plan, now))
            }
            (runs::lines(shot, axis, &plan))
            @if shot.near.to > shot.near.from { (lens::lens(&shot.near, axis, &plan)) }
            g.cursor data-playhead role="slider" tabindex="0" aria-label="Time" aria-valuemin="0" aria-valuemax=(ms(shot.end))
                aria-valuenow=(ms(now)) aria-valuetext={ (ms(now)) " milliseconds" } transform={ "translate(" (N(axis.x(now))) " 0)" } {
                (flag(axis, &plan, now))
            }
        }
    }
}

/// What lies ahead of the playhead shows through at 42 %. It moves with every frame.
fn veil(axis: Axis, plan: &Plan, now: Time) -> Markup {
    let (top, width) = (plan.lane_y(0) - LANE / 2.0, axis.right - axis.left + 4.0);
    let height = plan.foot - top - 1.0;
    html! {
        svg.veil-box x=(N(axis.left)) y=(N(top)) width=(N(width)) height=(N(height)) viewBox={ (N(axis.left)) " 0 " (N(width)) " " (N(height)) } aria-hidden="true" {
            rect.veil data-veil x="0" y="0" width=(N(width)) height=(N(height)) transform={ "translate(" (N(axis.x(now))) " 0)" } {}
        }
    }
}

/// The flag. Its place and its words are also written straight to it with every frame.
fn flag(axis: Axis, plan: &Plan, now: Time) -> Markup {
    html! {
        path.cursor-line d={ "M0 18V" (N(plan.foot)) } {}
        rect.flag-hit x="-12" y="18" width="24" height=(N(plan.foot - 18.0)) {}
        g.cursor-tag transform={ "translate(" (N(flag_shift(axis, now))) " 0)" } {
            rect.focus-ring x="-37" y="-4" width="74" height="27" {}
            rect.cursor-flag x="-33" y="0" width="66" height="19" {}
            text.cursor-n x="0" y="13.5" text-anchor="middle" { (ms(now)) " ms" }
        }
    }
}

/// The flag stays within the drawing.
#[must_use]
pub(crate) fn flag_shift(axis: Axis, at: Time) -> f32 {
    let x = axis.x(at);
    (33.0 - x).max(0.0) - (x + 33.0 - axis.right - 10.0).max(0.0)
}

/// What the panel's buttons and keys ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &crate::input::Seen, name: &str, from: Option<&web_sys::Element>) -> bool {
    jumps::command(&seen.state, name) || lens::command(&seen.state, name) || runs::command(&seen.state, name, from)
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
