//! Panel a: the cluster at this moment. Links, cuts, nodes, logs, messages, clients.

use leptos::prelude::*;
use lesson::{Control, Size};
use maud::{Markup, html};
use sim::{By, Time};

use crate::html::layer;
use crate::message;
use crate::node;
use crate::num::N;
use crate::scene::{CutMark, Frame, LinkMark, Scene, p, part_gone, stroke};
use crate::state::LabState;
use crate::words;

/// The stage of a live lab, or of a poster: what is drawn follows the shot, the selection and the frame.
#[must_use]
pub(crate) fn stage(state: LabState, letter: bool) -> AnyView {
    let size = state.lab().size;
    let key = (size == Size::Full).then(|| message::key().into_string());
    view! {
        <div class="stage" data-stage>
            {letter.then(|| view! { <span class="panel-k">"a"</span> })}
            {move || svg(state, state.frame.get())}
            {(!state.is_live()).then(|| svg(state, narrow_of(size)))}
            {key.map(|key| view! { <ul class="key" aria-label="Key to messages" inner_html=key></ul> })}
        </div>
    }
    .into_any()
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

fn svg(state: LabState, frame: Frame) -> AnyView {
    let (width, height) = frame.size();
    let scene = Memo::new(move |_| Scene::of(&state.shot.get().view, frame));
    // A poster has both drawings, and the page's width picks one.
    let which = match (state.is_live(), frame.is_narrow()) {
        (true, _) => "",
        (false, true) => "only-narrow",
        (false, false) => "only-wide",
    };
    let hero = frame.word().is_some();
    let can_cut = state.has(Control::Cut);
    let class = move || {
        let cut = hero && scene.with(|s| s.cuts.iter().any(|c| c.from.y < 0.0));
        let flags = [(hero, " hero-svg"), (cut, " is-cut"), (frame.is_narrow(), " is-narrow"), (can_cut, " can-cut")];
        let on: String = flags.iter().filter(|f| f.0).map(|f| f.1).collect();
        format!("stage-svg{on} {which}")
    };
    view! {
        <svg
            class=class
            viewBox=format!("0 0 {} {}", N(width), N(height))
            width=N(width).to_string()
            height=N(height).to_string()
            role="group"
            aria-label=move || words::stage_name(&state.shot.get().view)
        >
            <g aria-hidden="true" inner_html=layer(state, scene, word)></g>
            <g class="links" aria-hidden="true" inner_html=layer(state, scene, links)></g>
            <g class="cuts" aria-hidden="true" inner_html=layer(state, scene, cuts)></g>
            <g class="strips" aria-hidden="true" inner_html=layer(state, scene, strips)></g>
            <g class="nodes">{move || nodes(state, scene)}</g>
            <g class="msgs" aria-hidden="true" inner_html=layer(state, scene, messages)></g>
            <g class="losses" aria-hidden="true" inner_html=layer(state, scene, losses)></g>
            <g class="clients" aria-hidden="true" inner_html=layer(state, scene, clients)></g>
            <g aria-hidden="true" inner_html=layer(state, scene, sides)></g>
            <path class="blade" d="" aria-hidden="true"></path>
        </svg>
    }
    .into_any()
}

/// The word on the home page, sliced where the cut goes through it.
fn word(state: LabState, scene: &Scene) -> Markup {
    let Some((at, size)) = scene.frame.word() else { return html! {} };
    let id = format!("{}-{}", state.lab().id, if scene.frame.is_narrow() { "n" } else { "w" });
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

fn cuts(_: LabState, scene: &Scene) -> Markup {
    html! { @for (i, c) in scene.cuts.iter().enumerate() { (cut(c, i, scene.frame)) } }
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

fn strips(state: LabState, scene: &Scene) -> Markup {
    let shot = state.shot.get();
    html! { @for n in &shot.view.nodes { (node::beside(n, scene)) } }
}

/// Nodes are components: they keep the focus while what they show changes.
fn nodes(state: LabState, scene: Memo<Scene>) -> AnyView {
    let shot = state.shot.get();
    let (selected, side) = (state.selected.get(), state.side.get());
    let stop = selected.filter(|id| id.index() < shot.view.nodes.len()).map_or(0, |id| id.index());
    let draw = |n: &protocols::view::NodeView| {
        let on_side = side.as_ref().is_some_and(|s| s.contains(&n.id));
        let at = scene.with(|s| s.place(n.id));
        node::node(n, at, shot.view.at, shot.view.epoch_word, selected == Some(n.id), n.id.index() == stop, on_side)
    };
    shot.view.nodes.iter().map(draw).collect_view().into_any()
}

fn messages(state: LabState, scene: &Scene) -> Markup {
    let shot = state.shot.get();
    let place = |m: &protocols::view::MessageView| scene.along(m.from, m.to, part_gone(m, shot.view.at));
    html! { @for m in &shot.view.messages { (message::message(m, scene, place(m))) } }
}

fn losses(state: LabState, scene: &Scene) -> Markup {
    let shot = state.shot.get();
    html! { @for l in &shot.view.losses { (message::loss(l, scene)) } }
}

fn clients(state: LabState, scene: &Scene) -> Markup {
    let shot = state.shot.get();
    html! { @for c in &shot.view.clients { (node::client(c, scene, shot.view.at)) } }
}

/// How many stand on each side, if the cluster is in two pieces.
fn sides(state: LabState, scene: &Scene) -> Markup {
    let whole = state.shot.with(|s| s.view.nodes.len());
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
