//! What a space-time diagram says about the selection: brackets, its name, the steps that led to it, measured waits.

use maud::{Markup, html};
use protocols::view::{Band, Because, EventView};
use sim::{ProcessId, Time};

use super::arrows::line;
use super::field::Field;
use super::lanes::in_view;
use crate::num::N;
use crate::scene::{P, p};
use crate::stage::ms;
use crate::state::{Picked, Shot};
use crate::timeline::path::Path;

const BRACKETS: &str = "M-13-7V-13H-7M7-13H13V-7M13 7V13H7M-7 13H-13V7";

/// All of it.
#[must_use]
pub(super) fn notes(shot: &Shot, picked: Picked, field: &Field) -> Markup {
    if let Picked::Message(id) = picked {
        let arrow = shot.near.diagram.arrows.iter().find(|a| a.id == id);
        let place = arrow.and_then(|a| Some((line(a, shot, field)?.middle(), a)));
        return html! { @if let Some((at, arrow)) = place { (brackets(at)) (callout(at, field, arrow.kind)) } };
    }
    let steps = &shot.answer.steps;
    let selected = steps.first().map(|s| &s.event).filter(|e| in_view(field, e.at));
    html! {
        (waits(shot, field))
        (lit(shot, field))
        @if let Some(e) = selected { (selection(e, field)) }
    }
}

/// A ring around each step of the answer to "why?".
fn lit(shot: &Shot, field: &Field) -> Markup {
    let mut rings = Path::default();
    for step in shot.answer.steps.iter().skip(1).filter(|s| in_view(field, s.event.at)) {
        // Where a term begins, its chip is the mark.
        let lane = shot.story.lanes.iter().find(|l| Some(l.process) == step.event.process);
        let chip = |w: &[Band]| w[1].from == step.event.at && w[0].epoch != w[1].epoch;
        if lane.is_some_and(|l| l.bands.windows(2).any(chip)) {
            continue;
        }
        if let Some(place) = step.event.process.and_then(|id| field.across(id)) {
            let (x, y) = field.xy(field.along(step.event.at), place);
            rings.circle(x, y, 5.0);
        }
    }
    html! { @if !rings.is_empty() { path.step-ring d=(rings.d()) {} } }
}

fn selection(event: &EventView, field: &Field) -> Markup {
    let place = event.process.and_then(|id| field.across(id));
    let (x, y) = field.xy(field.along(event.at), place.unwrap_or(field.reach().0));
    let text = [event.text.as_str(), ", ", &ms(event.at).to_string(), " ms"].concat();
    html! {
        @if place.is_some() { (brackets(p(x, y))) }
        g data-picked-event=(event.id.0) { (callout(p(x, y), field, &text)) }
    }
}

fn brackets(at: P) -> Markup {
    html! { path.select d=(BRACKETS) transform={ "translate(" (N(at.x)) " " (N(at.y)) ")" } {} }
}

/// The selection by its name, below the drawing.
fn callout(at: P, field: &Field, text: &str) -> Markup {
    let (_, y, _, height) = field.body();
    if field.turned {
        return html! { text.callout-label x="2" y=(N(y + height + 20.0)) { (text) } };
    }
    let row = field.height - 6.0;
    let room = text.len() as f32 * 6.6 + 60.0;
    let left = at.x - room > 0.0;
    html! {
        path.callout d={ "M" (N(at.x)) " " (N(at.y + 15.0)) "V" (N(row - 4.0)) } {}
        text.callout-label x=(N(if left { at.x - 7.0 } else { at.x + 7.0 })) y=(N(row)) text-anchor=(if left { "end" } else { "start" }) {
            "selected: " (text)
        }
    }
}

/// The waits that the answer to "why?" tells of, measured: a line with heads, and how long it was.
fn waits(shot: &Shot, field: &Field) -> Markup {
    let silence = shot.answer.steps.iter().find_map(|step| match step.because {
        Some(Because::NothingHeardSince(since)) => Some((step.event.process?, since, step.event.at)),
        _ => None,
    });
    let Some((who, since, until)) = silence else { return html! {} };
    let Some(place) = field.across(who) else { return html! {} };
    if until <= field.from || since >= field.to {
        return html! {};
    }
    dimension(shot, field, who, place, (since, until))
}

fn dimension(shot: &Shot, field: &Field, who: ProcessId, place: f32, (since, until): (Time, Time)) -> Markup {
    let (start, end) = (field.along(since.max(field.from)), field.along(until.min(field.to)));
    let off = place + 22.0;
    let name = shot.node(who).map_or("", |n| n.name.as_str());
    let long = ms(Time(until.since(since).0)).to_string();
    let (mut path, mut heads) = (Path::default(), Path::default());
    let ((x0, y0), (x1, y1)) = (field.xy(start, off), field.xy(end, off));
    path.go(x0, y0).line(x1, y1);
    for (at, inside, bold) in [(start, 8.0, since >= field.from), (end, -8.0, until <= field.to)] {
        if !bold {
            continue;
        }
        let (x, y) = field.xy(at, off);
        let ((ax, ay), (bx, by)) = (field.xy(at + inside, off - 3.0), field.xy(at + inside, off + 3.0));
        heads.go(x, y).line(ax, ay).line(bx, by).with("z");
        let ((ax, ay), (bx, by)) = (field.xy(at, place + 8.0), field.xy(at, off + 5.0));
        path.go(ax, ay).line(bx, by);
    }
    let middle = f32::midpoint(start, end);
    html! {
        g.dim data-wait-us=(until.since(since).0) {
            path d=(path.d()) {}
            path.dim-head d=(heads.d()) {}
            @if field.turned {
                text x=(N(off - 4.0)) y=(N(middle)) text-anchor="middle" { (long) " ms" }
                text x=(N(off - 4.0)) y=(N(middle + 15.0)) text-anchor="middle" { "of silence" }
            } @else if end - start > 210.0 {
                text x=(N(middle)) y=(N(off + 4.5)) text-anchor="middle" { (long) " ms in which " tspan.pt-in { (name) } " hears nothing" }
            } @else {
                text x=(N(middle)) y=(N(off + 4.5)) text-anchor="middle" { (long) " ms" }
            }
        }
    }
}

/// There are more messages than can be told apart.
#[must_use]
pub(super) fn too_many(field: &Field) -> Markup {
    let (x, y, width, height) = field.body();
    html! {
        text.too-many x=(N(x + width / 2.0)) y=(N(y + height / 2.0)) text-anchor="middle" { "Zoom in to see messages" }
    }
}
