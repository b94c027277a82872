//! Messages as marks: open asks, solid agrees, struck refuses, cells carry data.

use maud::{Markup, html};
use protocols::view::{LossView, MessageView, Shape};

use crate::node::{brackets, hue};
use crate::num::{N, sin_cos};
use crate::scene::{P, Scene};
use crate::stage::{letters, looks};

const TAG: &str = "M-9-6.5H4L10.5 0 4 6.5H-9Z";
const HEAD: &str = "M-3.2-3.6 3.6 0-3.2 3.6Z";
const CROSS: &str = "M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5";
/// At most so many cells are drawn on a message; the rest is a figure.
const CELLS: usize = 4;

/// A message on its way, at `at`. Its direction never changes, so that a frame only has to move it.
#[must_use]
pub(crate) fn message(view: &MessageView, scene: &Scene, at: P, picked: bool) -> Markup {
    let heading = heading(view, scene);
    let place = format!("translate({} {})", N(at.x), N(at.y));
    if scene.is_crowd() {
        let (class, path) = small(&view.shape);
        let turn = if picked { String::new() } else { format!(" rotate({})", N(heading)) };
        let path = if picked { brackets(9.0, 4.0) + path } else { path.to_owned() };
        return html! {
            path.msg.is-small.(class).(hue_of(view)) data-msg=(view.kind) data-message=(view.id.0) transform={ (place) (turn) } d=(path) {}
        };
    }
    let reach = reach(&view.shape, heading);
    let tag = is_tag(&view.shape);
    html! {
        g.msg.(hue_of(view)) data-msg=(view.kind) data-message=(view.id.0) transform=(place) {
            circle.msg-hit r="12" {}
            @if !tag {
                path.msg-trail d={ "M" (N(-reach - 20.0)) " 0H" (N(-reach - 2.0)) } transform={ "rotate(" (N(heading)) ")" } {}
            }
            (shape(&view.shape, heading))
            @if !tag {
                path.msg-head d=(HEAD) transform={ "rotate(" (N(heading)) ") translate(" (N(reach + 5.0)) " 0)" } {}
            } @else if !view.label.is_empty() {
                text.op-label y="-12" { (view.label) }
            }
            @if picked { path.select d=(brackets((reach + 6.0).clamp(15.0, 34.0), 6.0)) {} }
        }
    }
}

/// What of a message can be seen, besides its place, as a number.
#[must_use]
pub(crate) fn looks_of(view: &MessageView, scene: &Scene, picked: bool) -> u64 {
    let epochs = match &view.shape {
        Shape::Cells(epochs) => epochs.iter().fold(epochs.len() as u64, |all, epoch| looks(&[all, *epoch])),
        Shape::Ask => 101,
        Shape::Agree => 102,
        Shape::Refuse => 103,
        Shape::Beat => 104,
        Shape::Ack => 105,
        Shape::Mismatch => 106,
        Shape::Request => 107,
        Shape::Reply => 108,
        Shape::TurnedAway => 109,
    };
    let turn = u64::from(heading(view, scene).to_bits()) << 1 | u64::from(picked);
    looks(&[epochs, view.epoch, turn, letters(&view.label), view.kind.as_ptr() as u64])
}

fn heading(view: &MessageView, scene: &Scene) -> f32 {
    scene.place(view.from).heading(scene.place(view.to))
}

const fn is_tag(shape: &Shape) -> bool {
    matches!(shape, Shape::Request | Shape::Reply | Shape::TurnedAway)
}

/// A mark among many: its class and its path, which points to the right.
const fn small(shape: &Shape) -> (&'static str, &'static str) {
    match shape {
        Shape::Ask => ("msg-ask", "M0-4.2 4.2 0 0 4.2-4.2 0Z"),
        Shape::Agree => ("msg-yes", "M0-4.2 4.2 0 0 4.2-4.2 0Z"),
        Shape::Refuse => ("msg-no", "M0-4.2 4.2 0 0 4.2-4.2 0ZM-4-4 4 4"),
        Shape::Beat => ("msg-bar", "M0-4.5V4.5"),
        Shape::Ack => ("msg-yes", "M-2.4 0a2.4 2.4 0 1 1 4.8 0a2.4 2.4 0 1 1-4.8 0Z"),
        Shape::Mismatch => ("msg-no", "M-2.8 0a2.8 2.8 0 1 1 5.6 0a2.8 2.8 0 1 1-5.6 0ZM-4-4 4 4"),
        Shape::Cells(_) => ("msg-yes", "M-3.6-3.6h7.2v7.2h-7.2Z"),
        Shape::Request => ("msg-op", "M-5-3.4H2L5.4 0 2 3.4H-5Z"),
        Shape::Reply => ("msg-op is-reply", "M-5-3.4H2L5.4 0 2 3.4H-5Z"),
        Shape::TurnedAway => ("msg-op", "M-5-3.4H2L5.4 0 2 3.4H-5ZM-4 4 4-4"),
    }
}

/// A message that was lost: its dashed outline, and a cross where it ended.
#[must_use]
pub(crate) fn loss(view: &LossView, scene: &Scene) -> Markup {
    let at = scene.lost_at(&view.message, view.at);
    let heading = scene.place(view.message.from).heading(scene.place(view.message.to));
    let (sin, cos) = sin_cos(heading.to_radians());
    if scene.is_crowd() {
        return html! { path.lost-x transform={ "translate(" (N(at.x)) " " (N(at.y)) ")" } d="M-3-3 3 3M3-3-3 3" {} };
    }
    html! {
        g.msg.is-lost.(hue_of(&view.message)) data-message=(view.message.id.0) transform={ "translate(" (N(at.x)) " " (N(at.y)) ")" } {
            circle.msg-hit r="12" {}
            (shape(&view.message.shape, heading))
            path.lost-x d=(CROSS) transform={ "translate(" (N(15.5 * cos)) " " (N(15.5 * sin)) ")" } {}
        }
    }
}

fn hue_of(view: &MessageView) -> &'static str {
    if view.epoch == 0 { "is-plain" } else { hue(view.epoch) }
}

/// How far the mark reaches from its middle, in the direction that it goes.
fn reach(shape: &Shape, heading: f32) -> f32 {
    let (sin, cos) = sin_cos(heading.to_radians());
    match shape {
        Shape::Cells(epochs) => {
            let half = epochs.len().min(CELLS) as f32 * 7.5 - 1.0;
            (half / cos.abs().max(0.01)).min(6.5 / sin.abs().max(0.01))
        }
        Shape::Ask | Shape::Agree | Shape::Refuse => 8.5,
        Shape::Beat => 1.5,
        _ => 5.0,
    }
}

fn shape(shape: &Shape, heading: f32) -> Markup {
    match shape {
        Shape::Ask => html! { path.msg-ask d="M0-8.5 8.5 0 0 8.5-8.5 0Z" {} },
        Shape::Agree => html! { path.msg-yes d="M0-8 8 0 0 8-8 0Z" {} },
        Shape::Refuse => html! { path.msg-no d="M0-8.5 8.5 0 0 8.5-8.5 0ZM-8-8 8 8" {} },
        Shape::Beat => html! { path.msg-bar d="M0-7.5V7.5" transform={ "rotate(" (N(heading)) ")" } {} },
        Shape::Ack => html! { circle.msg-yes r="4.6" {} },
        Shape::Mismatch => html! { circle.msg-no r="5" {} path.msg-no d="M-6-6 6 6" {} },
        Shape::Cells(epochs) => cells(epochs),
        Shape::Request => tag("msg-op", heading),
        Shape::Reply => tag("msg-op is-reply", heading),
        Shape::TurnedAway => html! { (tag("msg-op", heading)) path.msg-strike d="M-8 8 8-8" {} },
    }
}

/// A five-sided tag that points the way.
fn tag(class: &'static str, heading: f32) -> Markup {
    let flip = if heading.abs() > 90.0 { "scale(-1 1)" } else { "" };
    html! { path class=(class) d=(TAG) transform=(flip) {} }
}

fn cells(epochs: &[u64]) -> Markup {
    let surplus = epochs.len().saturating_sub(CELLS);
    let shown = &epochs[surplus..];
    html! {
        @for (i, epoch) in shown.iter().enumerate() {
            @let x = 15.0 * i as f32 - 7.5 * shown.len() as f32 + 1.0;
            g.cell.is-known.(hue(*epoch)) {
                rect x=(N(x)) y="-6.5" width="13" height="13" {}
                text x=(N(x + 6.5)) y="3.6" { @if i == 0 && surplus > 0 { "+" (surplus) } @else { (epoch) } }
            }
        }
    }
}

/// What the marks mean, as a list.
#[must_use]
#[cfg(feature = "ssr")]
pub(crate) fn key() -> Markup {
    let lines: [(Shape, u64, &str); 7] = [
        (Shape::Ask, 3, "asks"),
        (Shape::Agree, 3, "agrees"),
        (Shape::Refuse, 3, "refuses"),
        (Shape::Cells(vec![3, 3]), 3, "carries entries"),
        (Shape::Beat, 3, "heartbeat"),
        (Shape::Ack, 3, "acknowledges"),
        (Shape::Request, 0, "client"),
    ];
    html! {
        @for (shown, epoch, word) in &lines {
            @let half = match shown {
                Shape::Cells(_) => 15,
                Shape::Request => 11,
                Shape::Beat | Shape::Ack => 7,
                _ => 10,
            };
            li.(hue(*epoch)) {
                svg width=(2 * half) height="18" viewBox={ "-" (half) " -9 " (2 * half) " 18" } aria-hidden="true" { (shape(shown, 0.0)) }
                (word)
            }
        }
        li {
            svg width="14" height="18" viewBox="-7 -9 14 18" aria-hidden="true" { path.lost-x d=(CROSS) {} }
            "lost"
        }
    }
}
