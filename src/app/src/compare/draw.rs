//! What is drawn of two runs: each with its stage, its lanes and how it stands; above them where they part.

use maud::{Markup, html};
use protocols::view::{Stance, Status, Story};
use sim::Time;

#[cfg(feature = "csr")]
use super::Candidate;
use super::{Pair, Side};
use crate::node::{hue, weight};
use crate::num::N;
use crate::scene::Frame;
#[cfg(feature = "ssr")]
use crate::sheets::Sheet;
use crate::stage::{self, ms};
use crate::state::Bench;
use crate::words;

/// The two runs, if there are two.
#[cfg(feature = "csr")]
#[must_use]
pub(crate) fn compare(state: &Bench) -> Markup {
    let narrow = state.live.frame.get().is_narrow();
    match state.live.beside.pair.get() {
        Some(pair) => both(&pair, if narrow { Frame::Narrow } else { Frame::Column }),
        None => html! {},
    }
}

/// The two runs: a poster has one.
#[cfg(not(feature = "csr"))]
#[must_use]
pub(crate) fn compare(_state: &Bench) -> Markup {
    html! {}
}

/// What the run can be compared with, as long as the sheet is open.
#[cfg(feature = "csr")]
#[must_use]
pub(crate) fn candidates(state: &Bench) -> Markup {
    if state.sheet.get() != "compare-with" {
        return html! {};
    }
    // They follow the run: another one is another shot.
    state.shot.with(|_| {});
    let all = state.candidates();
    let button = |nth: usize, candidate: &Candidate| {
        html! { li { button.btn type="button" data-do="beside" data-nth=(nth) { (candidate.name) } } }
    };
    html! {
        ul.compare-with {
            @for (nth, candidate) in all.iter().enumerate().filter(|(_, c)| c.set.is_none()) { (button(nth, candidate)) }
        }
        @if all.iter().any(|c| c.set.is_some()) {
            p.compare-or { "Or the same run with one rule or setting changed:" }
            ul.compare-with {
                @for (nth, candidate) in all.iter().enumerate().filter(|(_, c)| c.set.is_some()) { (button(nth, candidate)) }
            }
        }
    }
}

/// What a page keeps once: the sheet that asks what to compare with.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn templates() -> Markup {
    html! {
        template data-for-labs="compare-with" {
            (Sheet {
                name: "compare-with",
                class: "compare-sheet",
                title: "Compare with",
                about: "A second run plays beside this one, on the same clock.",
                close: "compare",
            }.with(&html! {}, &html! { div data-slot {} }))
        }
    }
}

fn both(pair: &Pair, frame: Frame) -> Markup {
    html! {
        div.compare role="group" aria-label="Two runs side by side" tabindex="-1" {
            div.compare-head {
                h3 { "Side by side" }
                (parting(pair))
                button.btn.is-quiet type="button" data-do="compare" { "End the comparison" }
            }
            div.compare-pair {
                @for (nth, side) in pair.sides.iter().enumerate() { (run(pair, side, nth, frame)) }
            }
        }
    }
}

/// Where the two part, with what each has there.
fn parting(pair: &Pair) -> Markup {
    let names = words::names(&pair.sides[0].view);
    let Some(parted) = &pair.parted else {
        return html! { p.compare-first { "They are alike up to " (ms(pair.seen_to)) " ms, as far as both have run." } };
    };
    html! {
        div.compare-first {
            p { "They first differ at " (ms(parted.at)) " ms: " }
            ol {
                @for (side, text) in pair.sides.iter().zip(&parted.texts) {
                    li {
                        span.compare-whose { (side.name) }
                        @if let Some(text) = text { (words::set(text, &names)) } @else { "nothing happens there" }
                    }
                }
            }
            button.btn type="button" data-at-us=(parted.at.0) { "Go to " (ms(parted.at)) " ms" }
        }
    }
}

fn run(pair: &Pair, side: &Side, nth: usize, frame: Frame) -> Markup {
    html! {
        div.compare-run role="group" aria-label=(side.name) data-side=(nth) {
            h4 { (side.name) }
            p.compare-sum { (words::set(&side.sum, &words::names(&side.view))) }
            (stage::still(&side.view, frame))
            (lanes(pair, side))
        }
    }
}

const WIDTH: f32 = 560.0;
const LEFT: f32 = 22.0;
const LANE: f32 = 15.0;

/// The whole run so far as lanes, both runs at one scale, with the moment looked at and where they part.
fn lanes(pair: &Pair, side: &Side) -> Markup {
    let span = pair.sides.iter().map(|s| s.story.frontier).max().unwrap_or(pair.end).0.max(1);
    let x = |at: Time| LEFT + (WIDTH - LEFT) * (at.0 as f32 / span as f32).min(1.0);
    let height = LANE * side.story.lanes.len() as f32 + 10.0;
    let down = |at: Time| ["M", &N(x(at)).to_string(), " 0V", &N(height).to_string()].concat();
    html! {
        svg.compare-lanes viewBox={ "0 0 " (N(WIDTH)) " " (N(height)) } aria-hidden="true" {
            (bands(&side.story, x))
            @if let Some(parted) = &pair.parted { path.compare-parted d=(down(parted.at)) {} }
            path.cursor-line d=(down(side.view.at)) {}
        }
    }
}

fn bands(story: &Story, x: impl Fn(Time) -> f32) -> Markup {
    html! {
        @for (nth, lane) in story.lanes.iter().enumerate() {
            @let y = LANE * (nth as f32 + 0.5) + 5.0;
            text.pt.compare-lane x="0" y=(N(y + 4.0)) { (lane.name) }
            @for band in &lane.bands {
                @let down = band.status == Status::Down;
                path.band.(weight(band.status, band.stance)).(hue(if down { 0 } else { band.epoch })).is-down[down]
                    d={ "M" (N(x(band.from))) " " (N(y)) "H" (N(x(band.to))) } {}
                @if !down && band.stance == Stance::Leads && x(band.to) - x(band.from) > 14.0 {
                    text.band-n.{ "on-" (hue(band.epoch)) } x=(N(x(band.from) + 4.0)) y=(N(y + 4.0)) { (band.epoch) }
                }
            }
        }
    }
}
