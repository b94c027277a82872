//! Messages as marks: open asks, solid agrees, struck refuses, cells carry data.

use maud::{Markup, html};
use protocols::view::{LossView, MessageView, Shape};

use crate::node::hue;
use crate::num::{N, sin_cos};
use crate::scene::{P, Scene};

const TAG: &str = "M-9-6.5H4L10.5 0 4 6.5H-9Z";
const HEAD: &str = "M-3.2-3.6 3.6 0-3.2 3.6Z";
const CROSS: &str = "M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5";
/// At most so many cells are drawn on a message; the rest is a figure.
const CELLS: usize = 4;

/// A message on its way, at `at`. Its direction never changes, so that a frame only has to move it.
#[must_use]
pub(crate) fn message(view: &MessageView, scene: &Scene, at: P) -> Markup {
    let heading = scene.place(view.from).heading(scene.place(view.to));
    let reach = reach(&view.shape, heading);
    let tag = matches!(view.shape, Shape::Request | Shape::Reply | Shape::TurnedAway);
    html! {
        g.msg.(hue_of(view)) data-msg=(view.kind) transform={ "translate(" (N(at.x)) " " (N(at.y)) ")" } {
            @if !tag {
                path.msg-trail d={ "M" (N(-reach - 20.0)) " 0H" (N(-reach - 2.0)) } transform={ "rotate(" (N(heading)) ")" } {}
            }
            (shape(&view.shape, heading))
            @if !tag {
                path.msg-head d=(HEAD) transform={ "rotate(" (N(heading)) ") translate(" (N(reach + 5.0)) " 0)" } {}
            } @else if !view.label.is_empty() {
                text.op-label y="-12" { (view.label) }
            }
        }
    }
}

/// A message that was lost: its dashed outline, and a cross where it ended.
#[must_use]
pub(crate) fn loss(view: &LossView, scene: &Scene) -> Markup {
    let at = scene.lost_at(&view.message, view.at);
    let heading = scene.place(view.message.from).heading(scene.place(view.message.to));
    let (sin, cos) = sin_cos(heading.to_radians());
    html! {
        g.msg.is-lost.(hue_of(&view.message)) transform={ "translate(" (N(at.x)) " " (N(at.y)) ")" } {
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
