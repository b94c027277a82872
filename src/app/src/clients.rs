//! Panel e: what each client asked and was told, and who could be served when.

mod able;

use maud::{Markup, html};
use protocols::view::{ClientLane, OpSpan, Verdict};
use sim::Time;

use crate::node::{name, split_name};
use crate::num::N;
use crate::stage::ms;
use crate::state::{Bench, Shot};
use crate::timeline::path::Strokes;
use crate::timeline::{Axis, Width, lanes::ruler, widths};

const FIRST: f32 = 16.0;
const LANE: f32 = 30.0;
/// Operations narrower than this are drawn together, as strokes.
const NARROW: f32 = 7.0;
/// How wide a letter of the monospaced face is.
const LETTER: f32 = 7.0;
/// How many operations are told in words.
const TOLD: usize = 5;

/// What is drawn of it.
#[must_use]
pub(crate) fn clients(state: &Bench) -> Markup {
    let shot = state.shot.get();
    let live = state.is_live();
    html! {
        @for &(width, class) in widths(state) { (svg(&shot, width, class)) }
        div.clients-told {
            (latest(&shot, live))
            (able::told(&shot, live))
        }
    }
}

fn svg(shot: &Shot, width: Width, class: &str) -> Markup {
    let story = &shot.story;
    let axis = width.axis(story.frontier, shot.end);
    let strip = FIRST + LANE * story.clients.len() as f32 + 10.0;
    let foot = strip + able::height(story);
    html! {
        svg class={ "overview-svg clients-svg " (class) } viewBox={ "0 0 " (N(width.px())) " " (N(foot + 32.0)) }
            role="img" aria-label="Operations of the clients, and who could be served: told in words below" {
            @for (i, client) in story.clients.iter().enumerate() { (lane(client, FIRST + LANE * i as f32, axis, story.frontier)) }
            (able::strip(story, axis, strip))
            (veil(axis, shot.view.at, foot))
            (ruler(axis, Time::ZERO, foot, 74.0))
            path.cursor-line d={ "M" (N(axis.x(shot.view.at))) " 0V" (N(foot)) } {}
        }
    }
}

fn veil(axis: Axis, now: Time, foot: f32) -> Markup {
    let x = axis.x(now);
    html! { rect.veil x=(N(x)) y="0" width=(N((axis.right + 4.0 - x).max(0.0))) height=(N(foot - 1.0)) {} }
}

fn lane(view: &ClientLane, y: f32, axis: Axis, frontier: Time) -> Markup {
    let (letter, index) = split_name(&view.name);
    let mut narrow = Strokes::default();
    let mut wide = Vec::new();
    let mut last = f32::MIN;
    for op in &view.ops {
        let (x, end) = (axis.x(op.from), axis.x(op.end.as_ref().map_or(frontier, |e| e.at)));
        if end - x >= NARROW {
            wide.push(op);
        } else if x - last >= 1.2 {
            last = x;
            brief(&mut narrow, op, x, y);
        }
    }
    html! {
        text.pt.is-lane x="14" y=(N(y + 5.0)) { (letter) tspan.sub dy="3" { (index) } }
        path.lane-client d={ "M" (N(axis.left)) " " (N(y)) "H" (N(axis.x(frontier))) } {}
        (narrow.draw())
        @for op in wide { (span(op, y, axis, frontier)) }
    }
}

/// An operation for which there is no more room than a stroke.
fn brief(to: &mut Strokes, op: &OpSpan, x: f32, y: f32) {
    match op.end.as_ref().map(|e| e.how) {
        Some(Verdict::Ok) => to.at("op-ok", "").go(x, y - 6.0).with("v12"),
        Some(Verdict::Failed) => to.at("op-failed", "").go(x, y - 6.0).with("v12m-3-3l6-6"),
        Some(Verdict::Unknown) | None => to.at("op-unknown", "").circle(x, y, 3.0),
    };
}

/// An operation from invocation to reply: done is solid, refused is struck, unknown is hollow and open at its end.
fn span(op: &OpSpan, y: f32, axis: Axis, frontier: Time) -> Markup {
    let end = op.end.as_ref();
    let (x, to) = (axis.x(op.from), axis.x(end.map_or(frontier, |e| e.at)));
    let (class, open) = match end.map(|e| e.how) {
        Some(Verdict::Ok) => ("is-ok", false),
        Some(Verdict::Failed) => ("is-failed", false),
        Some(Verdict::Unknown) => ("is-unknown", true),
        None => ("is-waiting", true),
    };
    let room = op.text.len() as f32 * LETTER + 22.0 < to - x;
    let box_path = if open {
        ["M", &N(to).to_string(), " ", &N(y - 8.0).to_string(), "H", &N(x).to_string(), "v16H", &N(to).to_string()]
            .concat()
    } else {
        ["M", &N(x).to_string(), " ", &N(y - 8.0).to_string(), "H", &N(to).to_string(), "v16H", &N(x).to_string(), "z"]
            .concat()
    };
    html! {
        g.op.(class) data-event=(end.map_or(op.begun, |e| e.event).0) {
            rect.op-hit x=(N(x - 2.0)) y=(N(y - 13.0)) width=(N((to - x + 4.0).max(26.0))) height="26" {}
            path.op-box d=(box_path) {}
            @if class == "is-failed" { path.op-strike d={ "M" (N(x)) " " (N(y + 8.0)) "L" (N(to)) " " (N(y - 8.0)) } {} }
            @if room { text.op-text x=(N(x + 6.0)) y=(N(y + 4.0)) { (op.text) } }
            @if open {
                @let inside = to - x > 20.0;
                text.op-open x=(N(if inside { to - 4.0 } else { to + 4.0 })) y=(N(y + 4.5)) text-anchor=(if inside { "end" } else { "start" }) { "?" }
            }
        }
    }
}

/// The operations that began last, up to now, in words, and before those whatever was left without an answer.
fn latest(shot: &Shot, live: bool) -> Markup {
    let now = shot.view.at;
    let mut all: Vec<(&str, &OpSpan)> = Vec::new();
    let open = |op: &OpSpan| !op.end.as_ref().is_some_and(|e| e.at <= now && e.how != Verdict::Unknown);
    for lane in &shot.story.clients {
        let until = lane.ops.iter().rev().filter(|op| op.from <= now).enumerate();
        all.extend(until.filter(|(nth, op)| *nth < TOLD || open(op)).map(|(_, op)| (lane.name.as_str(), op)));
    }
    all.sort_by_key(|(_, op)| core::cmp::Reverse(op.from));
    let mut nth = 0;
    all.retain(|(_, op)| {
        nth += 1;
        nth <= TOLD || open(op)
    });
    all.truncate(2 * TOLD);
    html! {
        div {
            h4 { "The latest operations" }
            @if all.is_empty() { p.quiet { "No client has asked for anything up to now." } }
            ol.ops {
                @for (client, op) in &all {
                    li {
                        time { (ms(op.from)) }
                        span { (name(client)) " " code { (op.text) } ": " (outcome(op, now)) }
                        button.moment type="button" data-event=(op.end.as_ref().filter(|e| e.at <= now).map_or(op.begun, |e| e.event).0) disabled[!live] { "Why?" }
                    }
                }
            }
        }
    }
}

fn outcome(op: &OpSpan, now: Time) -> Markup {
    let end = op.end.as_ref().filter(|e| e.at <= now);
    let took = ms(Time(end.map_or(now, |e| e.at).since(op.from).0));
    html! {
        @match end.map(|e| (e.how, e.text.as_str())) {
            None => { "waits, for " (took) " ms so far" }
            Some((Verdict::Ok, "")) => { "done after " (took) " ms" }
            Some((Verdict::Ok, text)) => { "answered " code { (text) } " after " (took) " ms" }
            Some((Verdict::Failed, _)) => { "refused after " (took) " ms" }
            Some((Verdict::Unknown, _)) => { "gave up after " (took) " ms: nobody told it whether it was done" }
        }
    }
}
