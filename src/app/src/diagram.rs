//! Panel d: a span of the run, message by message, as a space-time diagram. Lanes are processes, slanted lines are
//! messages; on a phone lanes are columns and time runs down.
//!
//! Everything that looks the same is one path, so nothing in it can be pressed by itself: [`hit`] finds what is meant.

mod arrows;
mod field;
#[cfg(feature = "csr")]
pub(crate) mod hit;
mod lanes;
mod notes;

use maud::{Markup, html};
use sim::Time;

use crate::num::N;
use crate::stage::ms;
use crate::state::{Bench, Shot};
use crate::timeline::{Width, widths};

pub(crate) use field::Field;

/// The most messages that are drawn with their marks.
const MARKED_MAX: usize = 600;
/// The most messages that are drawn at all.
const DRAWN_MAX: usize = 1_500;

/// How long a millisecond has to be for marks to lie apart, in user units.
const MARKED_FROM: f32 = 0.7;

/// How much of the messages is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// Lines with marks.
    Marks,
    /// Thin lines alone.
    Lines,
    /// Nothing: there are too many.
    None,
}

impl Detail {
    /// `per_ms` is how long a millisecond is drawn.
    fn of(arrows: usize, more: bool, per_ms: f32) -> Self {
        if more || arrows > DRAWN_MAX {
            Self::None
        } else if arrows > MARKED_MAX || per_ms < MARKED_FROM {
            Self::Lines
        } else {
            Self::Marks
        }
    }
}

/// What is drawn of it.
#[must_use]
pub(crate) fn diagram(state: &Bench) -> Markup {
    let (shot, picked) = (state.shot.get(), state.picked.get());
    html! {
        @for &(width, class) in widths(state) {
            @if let Some(field) = Field::of(&shot, width) { (svg(&shot, picked, &field, width, class)) }
        }
    }
}

fn svg(shot: &Shot, picked: crate::state::Picked, field: &Field, width: Width, class: &str) -> Markup {
    let near = &shot.near;
    let detail = Detail::of(near.diagram.arrows.len(), near.diagram.more, field.per_us() * 1_000.0);
    let lit = !shot.answer.past.is_empty();
    html! {
        svg class={ "spacetime-svg " (class) } viewBox={ "0 0 " (N(width.px())) " " (N(field.height)) } role="application" tabindex="0"
            aria-label={ "Space-time diagram, " (ms(near.from)) " to " (ms(near.to)) " milliseconds. Left and Right go from event to event, Enter goes to its moment." }
            data-diagram data-from-us=(near.from.0) data-to-us=(near.to.0) data-arrows=(near.diagram.arrows.len()) {
            g aria-hidden="true" {
                rect.time-ground x="0" y="0" width=(N(width.px())) height=(N(field.height)) {}
                (lanes::cuts(shot, field))
                (lanes::bands(shot, field))
                (framed(field, &html! {
                    g.arrows.has-past[lit].is-thin[detail == Detail::Lines] { (arrows::arrows(shot, field, detail)) }
                }))
                (lanes::points(shot, field, detail == Detail::Marks))
                (veil(field, shot.view.at))
                (lanes::names(shot, field))
                (field.ruler())
                (notes::notes(shot, picked, field))
                @if detail == Detail::None { (notes::too_many(field)) }
                (playhead(field, shot.view.at))
            }
        }
    }
}

/// What ends at the edges of the span.
fn framed(field: &Field, content: &Markup) -> Markup {
    let (x, y, width, height) = field.body();
    html! {
        svg.veil-box x=(N(x)) y=(N(y)) width=(N(width)) height=(N(height)) viewBox={ (N(x)) " " (N(y)) " " (N(width)) " " (N(height)) } { (content) }
    }
}

/// What lies ahead of the playhead shows through at 42 %.
fn veil(field: &Field, now: Time) -> Markup {
    let (.., width, height) = field.body();
    let (x, y) = field.veil_at(now);
    framed(
        field,
        &html! {
            rect.veil data-near-veil x="0" y="0" width=(N(width)) height=(N(height)) transform={ "translate(" (N(x)) " " (N(y)) ")" } {}
        },
    )
}

fn playhead(field: &Field, now: Time) -> Markup {
    let (x, y) = field.line_at(now);
    let (x0, y0, width, height) = field.body();
    html! {
        g data-near-now transform={ "translate(" (N(x)) " " (N(y)) ")" } {
            @if field.turned {
                path.cursor-line d={ "M" (N(x0 - 6.0)) " 0H" (N(x0 + width)) } {}
                rect.cursor-flag x="-12" y="-9.5" width="62" height="19" {}
                text.cursor-n x="19" y="4" text-anchor="middle" { (ms(now)) " ms" }
            } @else {
                path.cursor-line d={ "M0 18V" (N(y0 + height)) } {}
                rect.cursor-flag x="-33" y="0" width="66" height="19" {}
                text.cursor-n x="0" y="13.5" text-anchor="middle" { (ms(now)) " ms" }
            }
        }
    }
}

/// What stands above the drawing.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn head() -> Markup {
    use crate::icon::mark;
    html! {
        div.time-head {
            p.time-says { "The marked span of " b { "c" } ", enlarged. Heavy lines are everything that led to the selected event." }
            div.time-zoom {
                button.btn type="button" data-do="follow" aria-pressed="true" disabled { "Follow" }
                div.group role="group" aria-label="Zoom" {
                    button.btn.is-icon type="button" data-do="zoom-out" aria-label="Wider span" title="Wider span" disabled { (mark("zoom-out")) }
                    button.btn.is-icon type="button" data-do="zoom-in" aria-label="Narrower span" title="Narrower span" disabled { (mark("zoom-in")) }
                }
            }
        }
    }
}

/// What its buttons and keys ask for. The span's own are answered by [`crate::timeline`].
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &crate::input::Seen, name: &str, from: Option<&web_sys::Element>) -> bool {
    use crate::input::number;
    let moment = from.and_then(|el| Some((number(el, "data-us")?, number(el, "data-cause")?)));
    match (name, moment) {
        ("cause", Some((at, event))) => hit::go_to(&seen.state, Time(at), event),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::Detail;

    #[test]
    fn crowded_spans_lose_their_marks_first_and_then_their_lines() {
        assert_eq!(Detail::of(600, false, 1.0), Detail::Marks);
        assert_eq!(Detail::of(601, false, 1.0), Detail::Lines);
        assert_eq!(Detail::of(1_501, false, 1.0), Detail::None);
        assert_eq!(Detail::of(10, true, 1.0), Detail::None);
        assert_eq!(Detail::of(10, false, 0.5), Detail::Lines);
    }
}
