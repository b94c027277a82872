//! The rectangle in c that d enlarges: drawn with two grips, moved, widened and narrowed.

use maud::{Markup, html};
#[cfg(feature = "csr")]
use sim::Span;
use sim::Time;

use super::{Axis, Plan};
use crate::num::N;
use crate::stage::ms;
use crate::state::Near;
#[cfg(feature = "csr")]
use crate::state::{Bench, NEAR};

/// The shortest span that can be enlarged, in µs: a few messages.
#[cfg(feature = "csr")]
const SHORTEST_US: u64 = 5_000;

/// The rectangle, its grips, and the lines that lead from it to the enlarged drawing below.
#[must_use]
pub(super) fn lens(near: &Near, axis: Axis, plan: &Plan) -> Markup {
    let (from, to) = (axis.x(near.from), axis.x(near.to).min(axis.right));
    let (top, foot) = (plan.lane_y(0) - 13.0, plan.foot);
    html! {
        @if let Some(bottom) = plan.legs {
            path.lens-leg d={
                "M" (N(from)) " " (N(plan.legs_top())) "V" (N(bottom - 20.0)) "L" (N(axis.left.max(42.0))) " " (N(bottom))
                "M" (N(to)) " " (N(plan.legs_top())) "V" (N(bottom - 20.0)) "L" (N(axis.right)) " " (N(bottom))
            } {}
        }
        rect.lens data-lens x=(N(from)) y=(N(top)) width=(N((to - from).max(1.0))) height=(N(foot - top)) {}
        (grip("from", "Start of the enlarged span", from, near.from, (Time::ZERO, near.to), (top + foot) / 2.0))
        (grip("to", "End of the enlarged span", to, near.to, (near.from, axis.span), (top + foot) / 2.0))
    }
}

fn grip(which: &str, label: &str, x: f32, at: Time, (least, most): (Time, Time), y: f32) -> Markup {
    html! {
        g.grip data-grip=(which) role="slider" tabindex="0" aria-label=(label) aria-valuemin=(ms(least)) aria-valuemax=(ms(most))
            aria-valuenow=(ms(at)) aria-valuetext={ (ms(at)) " milliseconds" } transform={ "translate(" (N(x)) " " (N(y)) ")" } {
            rect.grip-hit x="-24" y="-24" width="48" height="48" {}
            rect.focus-ring x="-6" y="-12" width="12" height="24" {}
            path.lens-grip d="M0-7V7" {}
        }
    }
}

#[cfg(feature = "csr")]
impl Bench {
    /// Enlarges another span, or lets it follow the moment looked at.
    pub(crate) fn enlarge(&self, span: Option<(Time, Time)>) {
        let end = self.shot.with_untracked(|s| s.end);
        self.span.set(span.map(|(from, to)| within(from, to, end)));
        self.refresh();
    }

    /// Widens (above 1) or narrows the enlarged span around a moment in it, by a ratio in percent.
    pub(crate) fn zoom(&self, around: Option<Time>, percent: u64) {
        let (from, to) = self.enlarged();
        let now = self.now();
        let about = self.shot.with_untracked(|s| s.answer.steps.first().map(|step| step.event.at));
        let inside = |t: &Time| from <= *t && *t <= to;
        let middle = Time(from.0.midpoint(to.0));
        let about = around.filter(inside).or(about.filter(inside)).or(Some(now).filter(inside)).unwrap_or(middle);
        let old = to.since(from).0.max(1);
        let len = (old * percent / 100).max(SHORTEST_US);
        let before = (u128::from(about.since(from).0) * u128::from(len) / u128::from(old)) as u64;
        let start = Time(about.0.saturating_sub(before));
        self.enlarge(Some((start, start + Span(len))));
    }

    /// The span that is enlarged now.
    #[must_use]
    pub(crate) fn enlarged(&self) -> (Time, Time) {
        self.shot.with_untracked(|s| (s.near.from, s.near.to))
    }

    /// Brings a moment into the enlarged span, if the reader has fixed that elsewhere.
    pub(crate) fn bring_into_sight(&self, at: Time) {
        let (from, to) = self.enlarged();
        if self.span.get_untracked().is_some() && (at < from || at > to) {
            let half = Span(to.since(from).0 / 2);
            self.enlarge(Some((at - half, at - half + Span(half.0 * 2))));
        }
    }
}

/// A span that is neither too short nor past the ends of the run.
#[cfg(feature = "csr")]
fn within(from: Time, to: Time, end: Time) -> (Time, Time) {
    let len = to.since(from).0.clamp(SHORTEST_US, end.0.max(SHORTEST_US));
    let from = Time(from.0.min(end.0.saturating_sub(len)));
    (from, from + Span(len))
}

/// What the buttons and keys of the enlarged span ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(state: &Bench, name: &str) -> bool {
    match name {
        "zoom-in" => state.zoom(None, 50),
        "zoom-out" => state.zoom(None, 200),
        "follow" => {
            let following = state.span.get_untracked().is_none();
            let (from, _) = state.enlarged();
            state.enlarge(following.then_some((from, from + NEAR)));
        }
        _ => return false,
    }
    true
}
