//! Messages as marks: open asks, solid agrees, struck refuses, cells carry data.

use leptos::prelude::*;
use protocols::view::{LossView, MessageView, Shape};

use crate::node::hue;
use crate::num::N;
use crate::scene::{P, Scene};

const TAG: &str = "M-9-6.5H4L10.5 0 4 6.5H-9Z";
const HEAD: &str = "M-3.2-3.6 3.6 0-3.2 3.6Z";
const CROSS: &str = "M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5";
/// At most so many cells are drawn on a message; the rest is a figure.
const CELLS: usize = 4;

/// A message on its way, at `at`. Its direction never changes, so that a frame only has to move it.
#[must_use]
pub(crate) fn message(view: &MessageView, scene: &Scene, at: P) -> AnyView {
    let heading = scene.place(view.from).heading(scene.place(view.to));
    let reach = reach(&view.shape, heading);
    let tag = matches!(view.shape, Shape::Request | Shape::Reply | Shape::TurnedAway);
    view! {
        <g class=format!("msg {}", hue_of(view)) data-msg=view.kind transform=format!("translate({} {})", N(at.x), N(at.y))>
            {(!tag).then(|| view! {
                <path class="msg-trail" d=format!("M{} 0H{}", N(-reach - 20.0), N(-reach - 2.0)) transform=format!("rotate({})", N(heading))></path>
            })}
            {shape(&view.shape, heading)}
            {(!tag).then(|| view! {
                <path class="msg-head" d=HEAD transform=format!("rotate({}) translate({} 0)", N(heading), N(reach + 5.0))></path>
            })}
            {(!view.label.is_empty() && tag).then(|| view! { <text class="op-label" y="-12">{view.label.clone()}</text> })}
        </g>
    }
    .into_any()
}

/// A message that was lost: its dashed outline, and a cross where it ended.
#[must_use]
pub(crate) fn loss(view: &LossView, scene: &Scene) -> AnyView {
    let at = scene.lost_at(&view.message, view.at);
    let heading = scene.place(view.message.from).heading(scene.place(view.message.to));
    let (sin, cos) = heading.to_radians().sin_cos();
    view! {
        <g class=format!("msg is-lost {}", hue_of(&view.message)) transform=format!("translate({} {})", N(at.x), N(at.y))>
            {shape(&view.message.shape, heading)}
            <path class="lost-x" d=CROSS transform=format!("translate({} {})", N(15.5 * cos), N(15.5 * sin))></path>
        </g>
    }
    .into_any()
}

fn hue_of(view: &MessageView) -> &'static str {
    if view.epoch == 0 { "" } else { hue(view.epoch) }
}

/// How far the mark reaches from its middle, in the direction that it goes.
fn reach(shape: &Shape, heading: f32) -> f32 {
    let (sin, cos) = heading.to_radians().sin_cos();
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

fn shape(shape: &Shape, heading: f32) -> AnyView {
    match shape {
        Shape::Ask => view! { <path class="msg-ask" d="M0-8.5 8.5 0 0 8.5-8.5 0Z"></path> }.into_any(),
        Shape::Agree => view! { <path class="msg-yes" d="M0-8 8 0 0 8-8 0Z"></path> }.into_any(),
        Shape::Refuse => view! { <path class="msg-no" d="M0-8.5 8.5 0 0 8.5-8.5 0ZM-8-8 8 8"></path> }.into_any(),
        Shape::Beat => {
            view! { <path class="msg-bar" d="M0-7.5V7.5" transform=format!("rotate({})", N(heading))></path> }.into_any()
        }
        Shape::Ack => view! { <circle class="msg-yes" r="4.6"></circle> }.into_any(),
        Shape::Mismatch => {
            view! { <circle class="msg-no" r="5"></circle><path class="msg-no" d="M-6-6 6 6"></path> }.into_any()
        }
        Shape::Cells(epochs) => cells(epochs),
        Shape::Request => tag("msg-op", heading),
        Shape::Reply => tag("msg-op is-reply", heading),
        Shape::TurnedAway => {
            view! { {tag("msg-op", heading)}<path class="msg-strike" d="M-8 8 8-8"></path> }.into_any()
        }
    }
}

/// A five-sided tag that points the way.
fn tag(class: &'static str, heading: f32) -> AnyView {
    let flip = if heading.abs() > 90.0 { "scale(-1 1)" } else { "" };
    view! { <path class=class d=TAG transform=flip></path> }.into_any()
}

fn cells(epochs: &[u64]) -> AnyView {
    let count = epochs.len().min(CELLS);
    let surplus = epochs.len() - count;
    epochs
        .iter()
        .rev()
        .take(count)
        .rev()
        .enumerate()
        .map(|(i, &epoch)| {
            let x = 15.0 * i as f32 - 7.5 * count as f32 + 1.0;
            let text = if i == 0 && surplus > 0 { format!("+{surplus}") } else { epoch.to_string() };
            view! {
                <g class=format!("cell is-known {}", hue(epoch))>
                    <rect x=N(x).to_string() y="-6.5" width="13" height="13"></rect>
                    <text x=N(x + 6.5).to_string() y="3.6">{text}</text>
                </g>
            }
        })
        .collect_view()
        .into_any()
}

/// One line of the key: the marks of messages that the reader may meet, with the protocol's own words.
#[must_use]
pub(crate) fn key_line(shown: &Shape, epoch: u64, word: &str) -> AnyView {
    let half = match shown {
        Shape::Cells(_) => 15,
        Shape::Request | Shape::Reply | Shape::TurnedAway => 11,
        Shape::Beat | Shape::Ack | Shape::Mismatch => 7,
        _ => 10,
    };
    view! {
        <li class=if epoch == 0 { "" } else { hue(epoch) }>
            <svg width=(2 * half).to_string() height="18" viewBox=format!("-{half} -9 {} 18", 2 * half) aria-hidden="true">
                {shape(shown, 0.0)}
            </svg>
            {word.to_owned()}
        </li>
    }
    .into_any()
}

/// The last line of the key.
#[must_use]
pub(crate) fn key_lost() -> AnyView {
    view! {
        <li><svg width="14" height="18" viewBox="-7 -9 14 18" aria-hidden="true"><path class="lost-x" d=CROSS></path></svg>"lost"</li>
    }
    .into_any()
}
