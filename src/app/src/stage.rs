//! Panel a: the cluster at this moment. Links, cuts, nodes, logs, messages, clients.

use lesson::{Control, Size};
use maud::{Markup, html};
use sim::{By, ProcessId, Time};

use crate::message;
use crate::node;
use crate::num::N;
use crate::scene::{CutMark, Frame, LinkMark, Scene, p, part_gone, stroke};
use crate::state::LabState;
use crate::words;

/// What is drawn on the stage: follows the shot, the selection and the frame. A poster has the drawing for a
/// wide page and for a phone, and the page's width picks one.
#[must_use]
pub(crate) fn stage(state: LabState) -> Markup {
    let size = state.lab().size;
    html! {
        @if size == Size::Full { span.panel-k { "a" } }
        @for (frame, which) in frames(state) { (svg(state, frame, which)) }
        @if size == Size::Full { ul.key aria-label="Key to messages" { (message::key()) } }
    }
}

#[cfg(feature = "csr")]
fn frames(state: LabState) -> [(Frame, &'static str); 1] {
    [(state.live.frame.get(), "is-live")]
}

#[cfg(not(feature = "csr"))]
fn frames(state: LabState) -> [(Frame, &'static str); 2] {
    let size = state.lab().size;
    [(wide_of(size), "only-wide"), (narrow_of(size), "only-narrow")]
}

/// The frame for a plate of this size where there is room.
#[must_use]
pub(crate) const fn wide_of(size: Size) -> Frame {
    match size {
        Size::Small => Frame::Column,
        Size::Full => Frame::Wide,
        Size::Hero => Frame::Hero,
    }
}

/// The frame for a plate of this size on a phone.
#[must_use]
pub(crate) const fn narrow_of(size: Size) -> Frame {
    match size {
        Size::Hero => Frame::HeroNarrow,
        _ => Frame::Narrow,
    }
}

/// Whole milliseconds.
#[must_use]
pub(crate) const fn ms(at: Time) -> u64 {
    at.0 / 1_000
}

fn svg(state: LabState, frame: Frame, which: &str) -> Markup {
    let (width, height) = frame.size();
    let shot = state.shot.get();
    let scene = Scene::of(&shot.view, frame);
    let hero = frame.word().is_some();
    let sliced = hero && scene.cuts.iter().any(|c| c.from.y < 0.0);
    html! {
        svg.stage-svg.(which).hero-svg[hero].is-cut[sliced].is-narrow[frame.is_narrow()].can-cut[state.has(Control::Cut)]
            viewBox={ "0 0 " (N(width)) " " (N(height)) } width=(N(width)) height=(N(height))
            role="group" aria-label=(words::stage_name(&shot.view)) {
            g aria-hidden="true" { (word(&state.lab().id, &scene)) }
            g.links aria-hidden="true" { (links(state, &scene)) }
            g.cuts aria-hidden="true" { @for (i, c) in scene.cuts.iter().enumerate() { (cut(c, i, frame)) } }
            g.strips aria-hidden="true" { @for n in &shot.view.nodes { (node::beside(n, &scene)) } }
            g.nodes { (nodes(state, &scene)) }
            g.msgs aria-hidden="true" {
                @for m in &shot.view.messages { (message::message(m, &scene, scene.along(m.from, m.to, part_gone(m, shot.view.at)))) }
            }
            g.losses aria-hidden="true" { @for l in &shot.view.losses { (message::loss(l, &scene)) } }
            g.clients aria-hidden="true" { @for c in &shot.view.clients { (node::client(c, &scene, shot.view.at)) } }
            g aria-hidden="true" { (sides(shot.view.nodes.len(), &scene)) }
            path.blade aria-hidden="true" {}
        }
    }
}

/// The word on the home page, sliced where the cut goes through it.
fn word(lab: &str, scene: &Scene) -> Markup {
    let Some((at, size)) = scene.frame.word() else { return html! {} };
    let id = format!("{lab}-{}", if scene.frame.is_narrow() { "n" } else { "w" });
    let clip = |rightward: bool| match scene.cuts.iter().find(|c| c.from.y < 0.0) {
        Some(c) => {
            let (nudge, edge) = if rightward { (1.5, 1400.0) } else { (-1.5, -300.0) };
            let (a, b) = (N(c.from.x + nudge), N(c.to.x + nudge));
            format!("M{e} {top}H{a}L{b} {low}H{e}Z", e = N(edge), top = N(c.from.y), low = N(c.to.y))
        }
        None if rightward => "M0 0".to_owned(),
        None => "M-300-100H1400V700H-300Z".to_owned(),
    };
    html! {
        clipPath id={ (id) "-l" } { path d=(clip(false)) {} }
        clipPath id={ (id) "-r" } { path d=(clip(true)) {} }
        g clip-path={ "url(#" (id) "-l)" } { text.word x=(N(at.x)) y=(N(at.y)) font-size=(size) { "Cutset" } }
        g clip-path={ "url(#" (id) "-r)" } { text.word.is-cut-off x=(N(at.x)) y=(N(at.y)) font-size=(size) { "Cutset" } }
    }
}

fn links(state: LabState, scene: &Scene) -> Markup {
    let names = state.shot.with(|s| words::names(&s.view));
    let side = state.side.get();
    let on = |id| side.as_ref().is_some_and(|s| s.contains(&id));
    html! { @for l in &scene.links { (link(l, &names, side.is_some() && !l.client && on(l.a) != on(l.b))) } }
}

fn link(mark: &LinkMark, names: &[String], would_part: bool) -> Markup {
    let cut = match (mark.ab_cut, mark.ba_cut) {
        (false, false) => "none",
        (true, true) => "both",
        (true, false) => "ab",
        (false, true) => "ba",
    };
    let severed = mark.ab_cut || mark.ba_cut;
    let gap = 9.5 / mark.from.distance(mark.to).max(1.0);
    let before = mark.from.toward(mark.to, (mark.crossing - gap).max(0.02));
    let after = mark.from.toward(mark.to, (mark.crossing + gap).min(0.98));
    // One direction cut: its stroke stands at the receiving end alone.
    let strokes = [(mark.ba_cut || would_part, before), (mark.ab_cut || would_part, after)];
    let breaks: String = strokes
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, at)| stroke(p(at.x + 0.5, at.y - 4.5), p(at.x - 0.5, at.y + 4.5)))
        .collect();
    let line = if severed { stroke(mark.from, before) + &stroke(mark.to, after) } else { stroke(mark.from, mark.to) };
    html! {
        g data-link={ (names[mark.a.index()]) "-" (names[mark.b.index()]) } data-cut=(cut) data-a=(mark.a.0) data-b=(mark.b.0) {
            path.link.is-client[mark.client] d=(line) {}
            @if !breaks.is_empty() { path.break.is-preview[!severed] d=(breaks) {} }
            path.link-hit d=(stroke(mark.from, mark.to)) {}
        }
    }
}

fn cut(mark: &CutMark, nth: usize, frame: Frame) -> Markup {
    let (width, _) = frame.size();
    let angle = mark.from.heading(mark.to) - 90.0;
    let path = stroke(mark.from, mark.to);
    let steep = mark.from.y < 0.0;
    let y = 10.0 + 17.0 * nth as f32;
    let (x, label_y) = if steep {
        let part = (y - mark.from.y) / (mark.to.y - mark.from.y).max(1.0);
        (mark.from.toward(mark.to, part).x + 10.0, y)
    } else {
        (width - 4.0, mark.from.y.min(mark.to.y).max(24.0) - 8.0)
    };
    let leftward = !steep || x > width - 150.0;
    let x = if steep && leftward { x - 20.0 } else { x };
    let by = match mark.by {
        By::Reader => "by you",
        By::Lesson => "by the lesson",
    };
    html! {
        g.cut data-cutline {
            path.cut-gap d=(path) {}
            path.cut-line d=(path) {}
            g transform={ "translate(" (N(mark.to.x)) " " (N(mark.to.y)) ") rotate(" (N(angle)) ")" } {
                path.scissors d="M-4.6 6.5 3.4-15M4.6 6.5-3.4-15" {}
                circle.scissors cx="-6.4" cy="10.6" r="4.4" {}
                circle.scissors cx="6.4" cy="10.6" r="4.4" {}
            }
            path.link-hit data-heal d=(path) {}
            @if !frame.is_narrow() && frame.word().is_none() {
                text.cut-label x=(N(x)) y=(N(label_y)) text-anchor=(if leftward { "end" } else { "start" }) {
                    "cut at " (ms(mark.since)) " ms, " (by)
                }
            }
        }
    }
}

fn nodes(state: LabState, scene: &Scene) -> Markup {
    let shot = state.shot.get();
    let (selected, side) = (state.selected.get(), state.side.get());
    let stop = selected.filter(|id| id.index() < shot.view.nodes.len()).map_or(0, ProcessId::index);
    let shown = |id: ProcessId| node::Shown {
        selected: selected == Some(id),
        tab_stop: id.index() == stop,
        on_side: side.as_ref().is_some_and(|s| s.contains(&id)),
    };
    html! {
        @for n in &shot.view.nodes { (node::node(n, scene.place(n.id), shot.view.at, shot.view.epoch_word, shown(n.id))) }
    }
}

/// How many stand on each side, if the cluster is in two pieces.
fn sides(whole: usize, scene: &Scene) -> Markup {
    html! {
        @if scene.frame.word().is_none() {
            @for side in &scene.sides {
                @let anchor = if side.anchor_end { "end" } else { "start" };
                @let count = side.members.len();
                text.side-n x=(N(side.at.x)) y=(N(side.at.y)) text-anchor=(anchor) { (count) " of " (whole) }
                text.side x=(N(side.at.x)) y=(N(side.at.y + 18.0)) text-anchor=(anchor) {
                    @if count * 2 > whole { "a majority" } @else { "no majority" }
                }
            }
        }
    }
}
