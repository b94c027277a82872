//! Panel a: the cluster at this moment. Links, cuts, nodes, logs, messages, clients.

use leptos::prelude::*;
use lesson::{Control, Size};
use protocols::view::Shape;
use sim::{By, Time};

use crate::message;
use crate::node;
use crate::num::N;
use crate::scene::{CutMark, Frame, LinkMark, Scene, p, part_gone, stroke};
use crate::state::{LabState, Shot};
use crate::words;

/// The stage of a live lab, or of a poster: what is drawn follows the shot, the selection and the frame.
#[must_use]
pub(crate) fn stage(state: LabState, letter: bool) -> AnyView {
    let size = state.lab().size;
    view! {
        <div class="stage" data-stage>
            {letter.then(|| view! { <span class="panel-k">"a"</span> })}
            {move || svg(state, state.frame.get(), if state.is_live() { "" } else { poster_class(size, state.frame.get()) })}
            {(!state.is_live()).then(|| svg(state, narrow_of(size), poster_class(size, narrow_of(size))))}
            {(size == Size::Full).then(key)}
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

/// A poster has both drawings, and the page's width picks one.
const fn poster_class(_: Size, frame: Frame) -> &'static str {
    if frame.is_narrow() { "only-narrow" } else { "only-wide" }
}

fn svg(state: LabState, frame: Frame, which: &'static str) -> AnyView {
    let (width, height) = frame.size();
    let hero = frame.word().is_some();
    let can_cut = state.has(Control::Cut);
    let id = format!("{}-{}", state.lab().id, if frame.is_narrow() { "n" } else { "w" });
    let scene = Memo::new(move |_| Scene::of(&state.shot.get().view, frame));
    view! {
        <svg
            class=move || {
                let cut = hero && scene.with(|s| s.cuts.iter().any(|c| c.from.y < 0.0));
                let flags = [(hero, " hero-svg"), (cut, " is-cut"), (frame.is_narrow(), " is-narrow"), (can_cut, " can-cut")];
                let on: String = flags.iter().filter(|f| f.0).map(|f| f.1).collect();
                format!("stage-svg{on} {which}")
            }
            viewBox=format!("0 0 {} {}", N(width), N(height))
            width=N(width).to_string()
            height=N(height).to_string()
            role="group"
            aria-label=move || words::stage_name(&state.shot.get().view)
        >
            {hero.then(|| word(scene, id))}
            <g class="links" aria-hidden="true">{move || scene.with(|s| links(state, s))}</g>
            <g class="cuts" aria-hidden="true">
                {move || scene.with(|s| s.cuts.iter().enumerate().map(|(i, c)| cut(c, i, frame)).collect_view())}
            </g>
            <g class="strips" aria-hidden="true">
                {move || {
                    let shot = state.shot.get();
                    scene.with(|s| shot.view.nodes.iter().map(|n| node::beside(n, s)).collect_view())
                }}
            </g>
            <g class="nodes">{move || nodes(state, &state.shot.get(), scene)}</g>
            <g class="msgs" aria-hidden="true">{messages(state, scene)}</g>
            <g class="losses" aria-hidden="true">
                {move || {
                    let shot = state.shot.get();
                    scene.with(|s| shot.view.losses.iter().map(|l| message::loss(l, s)).collect_view())
                }}
            </g>
            <g class="clients">{move || clients(&state.shot.get(), scene)}</g>
            <g aria-hidden="true">{move || scene.with(|s| side_words(s, state.shot.get().view.nodes.len()))}</g>
            <path class="blade" d="" aria-hidden="true"></path>
        </svg>
    }
    .into_any()
}

fn word(scene: Memo<Scene>, id: String) -> AnyView {
    let (left, right) = (format!("{id}-l"), format!("{id}-r"));
    let clip = move |rightward: bool| {
        scene.with(|s| match s.cuts.iter().find(|c| c.from.y < 0.0) {
            Some(c) => {
                let nudge = if rightward { 1.5 } else { -1.5 };
                let edge = if rightward { 1400.0 } else { -300.0 };
                let (a, b) = (N(c.from.x + nudge), N(c.to.x + nudge));
                format!("M{e} {top}H{a}L{b} {low}H{e}Z", e = N(edge), top = N(c.from.y), low = N(c.to.y))
            }
            None if rightward => "M0 0".to_owned(),
            None => "M-300-100H1400V700H-300Z".to_owned(),
        })
    };
    let (at, size) = scene.with_untracked(|s| s.frame.word()).unwrap_or((p(0.0, 0.0), 196));
    let text = move |class: &'static str| {
        view! { <text class=class x=N(at.x).to_string() y=N(at.y).to_string() font-size=size.to_string()>"Cutset"</text> }
    };
    view! {
        <g aria-hidden="true">
            <clipPath id=left.clone()><path d=move || clip(false)></path></clipPath>
            <clipPath id=right.clone()><path d=move || clip(true)></path></clipPath>
            <g clip-path=format!("url(#{left})")>{text("word")}</g>
            <g clip-path=format!("url(#{right})")>{text("word is-cut-off")}</g>
        </g>
    }
    .into_any()
}

fn link(mark: &LinkMark, names: &[String], would_part: bool) -> AnyView {
    let name = format!("{}-{}", names[mark.a.index()], names[mark.b.index()]);
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
    view! {
        <g data-link=name data-cut=cut data-a=mark.a.0.to_string() data-b=mark.b.0.to_string()>
            <path class=if mark.client { "link is-client" } else { "link" } d=line></path>
            <path class=if severed { "break" } else { "break is-preview" } d=breaks></path>
            <path class="link-hit" d=stroke(mark.from, mark.to)></path>
        </g>
    }
    .into_any()
}

fn links(state: LabState, scene: &Scene) -> AnyView {
    let names = words::names(&state.shot.get().view);
    let side = state.side.get();
    let on = |id| side.as_ref().is_some_and(|s| s.contains(&id));
    let draw = |l: &LinkMark| link(l, &names, side.is_some() && !l.client && on(l.a) != on(l.b));
    scene.links.iter().map(draw).collect_view().into_any()
}

fn cut(mark: &CutMark, nth: usize, frame: Frame) -> AnyView {
    let (width, _) = frame.size();
    let angle = mark.from.heading(mark.to) - 90.0;
    let path = stroke(mark.from, mark.to);
    let y = 10.0 + 17.0 * nth as f32;
    let steep = mark.from.y < 0.0;
    let x = if steep {
        mark.from.toward(mark.to, (y - mark.from.y) / (mark.to.y - mark.from.y).max(1.0)).x + 10.0
    } else {
        width - 4.0
    };
    let label_y = if steep { y } else { mark.from.y.min(mark.to.y).max(24.0) - 8.0 };
    let anchor = if steep && x < width - 150.0 { "start" } else { "end" };
    let x = if steep && anchor == "end" { x - 20.0 } else { x };
    let by = match mark.by {
        By::Reader => "by you",
        By::Lesson => "by the lesson",
    };
    let label = if frame.is_narrow() || frame.word().is_some() { String::new() } else { format!("cut at {} ms, {by}", ms(mark.since)) };
    view! {
        <g class="cut" data-cutline>
            <path class="cut-gap" d=path.clone()></path>
            <path class="cut-line" d=path.clone()></path>
            <g transform=format!("translate({} {}) rotate({})", N(mark.to.x), N(mark.to.y), N(angle))>
                <path class="scissors" d="M-4.6 6.5 3.4-15M4.6 6.5-3.4-15"></path>
                <circle class="scissors" cx="-6.4" cy="10.6" r="4.4"></circle>
                <circle class="scissors" cx="6.4" cy="10.6" r="4.4"></circle>
            </g>
            <path class="link-hit" data-heal d=path></path>
            <text class="cut-label" x=N(x).to_string() y=N(label_y).to_string() text-anchor=anchor>{label}</text>
        </g>
    }
    .into_any()
}

/// Whole milliseconds.
#[must_use]
pub(crate) const fn ms(at: Time) -> u64 {
    at.0 / 1_000
}

fn nodes(state: LabState, shot: &Shot, scene: Memo<Scene>) -> AnyView {
    let (selected, side) = (state.selected.get(), state.side.get());
    let stop = selected.filter(|id| id.index() < shot.view.nodes.len()).map_or(0, |id| id.index());
    let draw = |n: &protocols::view::NodeView| {
        let on_side = side.as_ref().is_some_and(|s| s.contains(&n.id));
        let at = scene.with(|s| s.place(n.id));
        node::node(n, at, shot.view.at, shot.view.epoch_word, selected == Some(n.id), n.id.index() == stop, on_side)
    };
    shot.view.nodes.iter().map(draw).collect_view().into_any()
}

fn clients(shot: &Shot, scene: Memo<Scene>) -> AnyView {
    let draw = |c: &protocols::view::ClientView| {
        scene.with(|s| node::client(c, s.place(c.id), shot.view.at, s.frame.size().0, s.frame.is_narrow() || s.frame.word().is_some()))
    };
    shot.view.clients.iter().map(draw).collect_view().into_any()
}

/// Messages are keyed by id: a mark is made once, and each frame only moves it.
fn messages(state: LabState, scene: Memo<Scene>) -> AnyView {
    let draw = move |m: protocols::view::MessageView| {
        let now = state.shot.with_untracked(|s| s.view.at);
        scene.with_untracked(|s| message::message(&m, s, s.along(m.from, m.to, part_gone(&m, now))))
    };
    view! { <For each=move || state.shot.get().view.messages.clone() key=|m| m.id children=draw/> }.into_any()
}

fn side_words(scene: &Scene, whole: usize) -> AnyView {
    if scene.frame.word().is_some() {
        return ().into_any();
    }
    scene
        .sides
        .iter()
        .map(|side| {
            let anchor = if side.anchor_end { "end" } else { "start" };
            let count = side.members.len();
            let verdict = if count * 2 > whole { "a majority" } else { "no majority" };
            let (x, y) = (N(side.at.x).to_string(), side.at.y);
            view! {
                <text class="side-n" x=x.clone() y=N(y).to_string() text-anchor=anchor>{format!("{count} of {whole}")}</text>
                <text class="side" x=x y=N(y + 18.0).to_string() text-anchor=anchor>{verdict}</text>
            }
        })
        .collect_view()
        .into_any()
}

/// What the marks mean, under a full plate's stage.
fn key() -> AnyView {
    let lines: [(Shape, u64, &str); 7] = [
        (Shape::Ask, 3, "asks"),
        (Shape::Agree, 3, "agrees"),
        (Shape::Refuse, 3, "refuses"),
        (Shape::Cells(vec![3, 3]), 3, "carries entries"),
        (Shape::Beat, 3, "heartbeat"),
        (Shape::Ack, 3, "acknowledges"),
        (Shape::Request, 0, "client"),
    ];
    view! {
        <ul class="key" aria-label="Key to messages">
            {lines.iter().map(|(shape, epoch, word)| message::key_line(shape, *epoch, word)).collect_view()}
            {message::key_lost()}
        </ul>
    }
    .into_any()
}
