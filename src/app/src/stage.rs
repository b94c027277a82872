//! Panel a: the cluster at this moment. Links, cuts, nodes, logs, messages, clients.
//!
//! It is drawn in layers, and each layer as a list of pieces: a piece has a key that tells which it is, looks that tell
//! whether it has changed, and its markup, which is only asked for when it has. A poster draws all of them at once.

use std::sync::Arc;

use lesson::{Control, Size};
use maud::{Markup, PreEscaped, html};
use protocols::View;
use sim::{By, Change, Latency, ProcessId, Span, Time};

use crate::message;
use crate::node;
use crate::num::N;
use crate::scene::{CutMark, Frame, LinkMark, P, Scene, Side, p, part_gone, stroke};
use crate::state::{Bench, Picked, Shot};
use crate::words;

/// What the stage is drawn from: follows the shot, the selection, the sides and the frame.
pub(crate) struct Picture {
    /// The moment.
    pub(crate) shot: Arc<Shot>,
    /// Where everything stands.
    pub(crate) scene: Scene,
    lab: String,
    names: Vec<String>,
    picked: Picked,
    selected: Option<ProcessId>,
    sides: Option<Vec<Vec<ProcessId>>>,
    /// Whether the reader may cut.
    pub(crate) can_cut: bool,
    /// The links that have elements of their own, as places in the scene's list. In a crowd all others are one path.
    apart: Vec<usize>,
}

/// One layer of the drawing.
pub(crate) struct Layer {
    /// Its class.
    pub(crate) name: &'static str,
    /// The key and the looks of each of its pieces.
    pub(crate) pieces: fn(&Picture) -> Vec<(u32, u64)>,
    /// Draws a piece by its place in that list, as one element.
    pub(crate) draw: fn(&Picture, usize) -> Markup,
}

/// Which of the layers holds the nodes.
pub(crate) const NODES: usize = 3;

/// Which of the layers holds the clients.
pub(crate) const CLIENTS: usize = 5;

/// The layers, from the ground up. Messages move between the nodes and what follows them.
pub(crate) static LAYERS: [Layer; 7] = [
    Layer { name: "links", pieces: link_pieces, draw: draw_link },
    Layer { name: "cuts", pieces: cut_pieces, draw: draw_cut },
    Layer { name: "strips", pieces: strip_pieces, draw: draw_strip },
    Layer { name: "nodes", pieces: node_pieces, draw: draw_node },
    Layer { name: "losses", pieces: loss_pieces, draw: draw_loss },
    Layer { name: "clients", pieces: client_pieces, draw: draw_client },
    Layer { name: "counts", pieces: side_pieces, draw: draw_side },
];

/// Looks as a number: two that differ have, for all that it matters here, different numbers.
pub(crate) fn looks(parts: &[u64]) -> u64 {
    parts.iter().fold(0x51_7c_c1_b7, |all, part| (all ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29))
}

/// A place as a part of looks.
pub(crate) fn spot(at: P) -> u64 {
    u64::from(at.x.to_bits()) << 32 | u64::from(at.y.to_bits())
}

/// A text as a part of looks.
pub(crate) fn letters(text: &str) -> u64 {
    text.bytes().fold(text.len() as u64, |all, byte| looks(&[all, byte.into()]))
}

impl Picture {
    /// The picture in this frame.
    pub(crate) fn of(state: &Bench, frame: Frame) -> Self {
        let shot = state.shot.get();
        let scene = Scene::of(&shot.view, frame);
        let picked = state.picked.get();
        let apart = apart(&scene, picked);
        Self {
            lab: format!("{}-{}", state.lab().id, if frame.is_narrow() { "n" } else { "w" }),
            names: words::names(&shot.view),
            selected: state.selected(),
            sides: state.sides.get(),
            can_cut: state.has(Control::Cut),
            picked,
            apart,
            scene,
            shot,
        }
    }

    /// A picture to be looked at and not acted on.
    fn still(view: &View, frame: Frame) -> Self {
        let scene = Scene::of(view, frame);
        let apart = apart(&scene, Picked::Nothing);
        Self {
            lab: String::new(),
            names: words::names(view),
            selected: None,
            sides: None,
            can_cut: false,
            picked: Picked::Nothing,
            apart,
            scene,
            shot: Arc::new(Shot::of_view(view.clone())),
        }
    }

    /// Whether a message is selected.
    pub(crate) fn is_picked(&self, message: &protocols::view::MessageView) -> bool {
        self.picked == Picked::Message(message.id)
    }

    /// The whole drawing.
    pub(crate) fn svg(&self, which: &str) -> Markup {
        let frame = self.scene.frame;
        let (width, height) = frame.size();
        let layer = |layer: &Layer| {
            let count = (layer.pieces)(self).len();
            html! { @for i in 0..count { ((layer.draw)(self, i)) } }
        };
        let view = &self.shot.view;
        html! {
            svg.stage-svg.(which).hero-svg[frame.word().is_some()].is-narrow[frame.is_narrow()].can-cut[self.can_cut].is-cut[self.is_sliced()]
                .is-crowd[self.scene.is_crowd()] viewBox={ "0 0 " (N(width)) " " (N(height)) } width=(N(width)) height=(N(height))
                role="group" aria-label=(words::stage_name(view)) {
                g.words aria-hidden="true" { (self.word()) }
                @for (i, l) in LAYERS.iter().enumerate() {
                    g.(l.name) aria-hidden=[(i != NODES).then_some("true")] { (layer(l)) }
                    @if i == NODES {
                        g.msgs aria-hidden="true" {
                            @for m in &view.messages {
                                (message::message(m, &self.scene, self.scene.along(m.from, m.to, part_gone(m, view.at)), self.is_picked(m)))
                            }
                        }
                    }
                }
                path.blade aria-hidden="true" {}
            }
        }
    }

    /// Whether a cut goes through the word on the home page.
    pub(crate) fn is_sliced(&self) -> bool {
        self.scene.frame.word().is_some() && self.through_word().is_some()
    }

    fn through_word(&self) -> Option<&CutMark> {
        self.scene.cuts.iter().find(|c| c.from.y < 0.0 && c.around.is_none())
    }

    /// The word on the home page, sliced where the cut goes through it.
    pub(crate) fn word(&self) -> Markup {
        let Some((at, size)) = self.scene.frame.word() else { return html! {} };
        let id = &self.lab;
        let clip = |rightward: bool| match self.through_word() {
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

    fn side_of(&self, id: ProcessId) -> Option<usize> {
        self.sides.iter().flatten().position(|side| side.contains(&id))
    }

    fn would_part(&self, l: &LinkMark) -> bool {
        self.sides.is_some() && !l.client && self.side_of(l.a) != self.side_of(l.b)
    }

    fn shown(&self, id: ProcessId) -> node::Shown {
        let stop = self.selected.filter(|id| id.index() < self.shot.view.nodes.len()).map_or(0, ProcessId::index);
        node::Shown {
            selected: self.selected == Some(id),
            tab_stop: id.index() == stop,
            on_side: self.side_of(id).is_some(),
        }
    }
}

/// The links that have elements of their own, as places in the scene's list.
fn apart(scene: &Scene, picked: Picked) -> Vec<usize> {
    let own = |l: &LinkMark| {
        !scene.is_crowd() || l.ab_cut != l.ba_cut || l.shapes != (None, None) || picked == Picked::Link(l.a, l.b)
    };
    scene.links.iter().enumerate().filter(|(_, l)| own(l)).map(|(i, _)| i).collect()
}

/// The stage as the page holds it before anything runs: the drawing for a wide page and that for a phone. The page's
/// width picks one.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn stage(state: &Bench) -> Markup {
    let size = state.lab().size;
    html! {
        (Picture::of(state, wide_of(size)).svg("only-wide"))
        (Picture::of(state, narrow_of(size)).svg("only-narrow"))
    }
}

/// The frame for a plate of this size where there is room.
#[must_use]
pub(crate) const fn wide_of(size: Size) -> Frame {
    match size {
        Size::Tiny => Frame::Tiny,
        Size::Small => Frame::Column,
        Size::Full => Frame::Wide,
        Size::Hero => Frame::Hero,
    }
}

/// The frame for a plate of this size on a phone.
#[must_use]
pub(crate) const fn narrow_of(size: Size) -> Frame {
    match size {
        Size::Tiny => Frame::TinyNarrow,
        Size::Hero => Frame::HeroNarrow,
        _ => Frame::Narrow,
    }
}

/// Whole milliseconds.
#[must_use]
pub(crate) const fn ms(at: Time) -> u64 {
    at.0 / 1_000
}

/// The key of what joins two processes.
fn pair(l: &LinkMark) -> u32 {
    u32::from(l.a.0) << 8 | u32::from(l.b.0)
}

fn link_looks(pic: &Picture, l: &LinkMark) -> u64 {
    let flags = u64::from(l.ab_cut) | u64::from(l.ba_cut) << 1 | u64::from(pic.would_part(l)) << 2;
    let picked = u64::from(pic.picked == Picked::Link(l.a, l.b)) | u64::from(pic.can_cut) << 1;
    let shapes = [l.shapes.0, l.shapes.1].map(|s| s.map_or(0, |s| letters(&figure(&s))));
    looks(&[flags, picked, spot(l.from), spot(l.to), u64::from(l.crossing.to_bits()), shapes[0], shapes[1]])
}

fn link_pieces(pic: &Picture) -> Vec<(u32, u64)> {
    let mut all = Vec::new();
    if pic.scene.is_crowd() {
        let mut whole = pic.apart.len() as u64;
        for l in &pic.scene.links {
            whole = looks(&[whole, pair(l).into(), u64::from(l.ab_cut), u64::from(l.crossing.to_bits()), spot(l.from)]);
        }
        all.push((u32::MAX, whole));
    }
    all.extend(pic.apart.iter().map(|&i| &pic.scene.links[i]).map(|l| (pair(l), link_looks(pic, l))));
    all
}

fn draw_link(pic: &Picture, nth: usize) -> Markup {
    let nth = if pic.scene.is_crowd() { nth.checked_sub(1) } else { Some(nth) };
    match nth.and_then(|nth| pic.apart.get(nth)) {
        Some(&i) => link(pic, &pic.scene.links[i]),
        None => mesh(pic),
    }
}

/// A piece of a link's path on each side of its break.
fn around_break(l: &LinkMark) -> (P, P) {
    let gap = 9.5 / l.from.distance(l.to).max(1.0);
    (l.from.toward(l.to, (l.crossing - gap).max(0.02)), l.from.toward(l.to, (l.crossing + gap).min(0.98)))
}

/// All links of a crowd that have nothing of their own.
fn mesh(pic: &Picture) -> Markup {
    let (mut lines, mut clients, mut breaks) = (String::new(), String::new(), String::new());
    let severed = pic.scene.links.iter().filter(|l| l.ab_cut).count();
    for (i, l) in pic.scene.links.iter().enumerate() {
        if pic.apart.binary_search(&i).is_ok() {
            continue;
        }
        let path = if l.client { &mut clients } else { &mut lines };
        if l.ab_cut {
            let (before, after) = around_break(l);
            *path += &(stroke(l.from, before) + &stroke(l.to, after));
            // So many strokes would be a wall: the cut's own line says it.
            if severed <= 120 {
                breaks += &(break_at(before) + &break_at(after));
            }
        } else {
            *path += &stroke(l.from, l.to);
        }
    }
    html! {
        g.mesh.is-fine[pic.scene.beside.len() > 24].is-faint[pic.scene.beside.len() > 48] {
            path.link d=(lines) {}
            path.link.is-client d=(clients) {}
            @if !breaks.is_empty() { path.break d=(breaks) {} }
        }
    }
}

fn break_at(at: P) -> String {
    stroke(p(at.x + 0.5, at.y - 4.5), p(at.x - 0.5, at.y + 4.5))
}

fn link(pic: &Picture, mark: &LinkMark) -> Markup {
    let cut = match (mark.ab_cut, mark.ba_cut) {
        (false, false) => "none",
        (true, true) => "both",
        (true, false) => "ab",
        (false, true) => "ba",
    };
    let severed = mark.ab_cut || mark.ba_cut;
    let would_part = pic.would_part(mark);
    let (before, after) = around_break(mark);
    // One direction cut: its stroke stands at the receiving end alone.
    let strokes = [(mark.ba_cut || would_part, before), (mark.ab_cut || would_part, after)];
    let breaks: String = strokes.iter().filter(|(on, _)| *on).map(|(_, at)| break_at(*at)).collect();
    let line = if severed { stroke(mark.from, before) + &stroke(mark.to, after) } else { stroke(mark.from, mark.to) };
    let name = |id: ProcessId| pic.names.get(id.index()).map_or("", String::as_str);
    let picked = pic.picked == Picked::Link(mark.a, mark.b);
    let one_way = mark.ab_cut != mark.ba_cut;
    html! {
        g.is-picked[picked].is-one-way[one_way] data-link={ (name(mark.a)) "-" (name(mark.b)) } data-cut=(cut) data-a=(mark.a.0) data-b=(mark.b.0) {
            path.link.is-client[mark.client] d=(line) {}
            @if !breaks.is_empty() { path.break.is-preview[!severed] d=(breaks) {} }
            path.link-hit d=(stroke(mark.from, mark.to)) {}
            @if one_way || (!mark.client && pic.can_cut && cfg!(feature = "csr")) {
                (arrow(mark, "ab", mark.ab_cut))
                (arrow(mark, "ba", mark.ba_cut))
            }
            (figures(mark))
        }
    }
}

/// An arrowhead at the receiving end of one direction of a link: it can be pressed. Between the two there is always
/// a part of the link that is the link's own.
fn arrow(mark: &LinkMark, which: &str, cut: bool) -> Markup {
    let (from, to) = if which == "ab" { (mark.from, mark.to) } else { (mark.to, mark.from) };
    let length = from.distance(to).max(30.0);
    let at = to.toward(from, 15.0 / length);
    let half = N(((length / 2.0 - 12.0) / 2.0).clamp(6.0, 12.0));
    html! {
        g.arrow.is-barred[cut] data-arrow=(which) transform={ "translate(" (N(at.x)) " " (N(at.y)) ") rotate(" (N(from.heading(to))) ")" } {
            path.arrow-hit d={ "M-" (half) "-12H" (half) "V12H-" (half) "Z" } {}
            path.arrow-head d="M-5-4.5 3 0-5 4.5" {}
        }
    }
}

/// What was changed about a link, as figures on it: one if it is the same in both directions, else each at its
/// receiving end.
fn figures(mark: &LinkMark) -> Markup {
    let text = |shape: &Option<Change>| shape.as_ref().map(figure).unwrap_or_default();
    let (there, back) = (text(&mark.shapes.0), text(&mark.shapes.1));
    let one = there == back;
    let spots = [(if one { 0.5 } else { 0.68 }, there), (0.32, if one { String::new() } else { back })];
    html! {
        @for (part, text) in spots.iter().filter(|(_, text)| !text.is_empty()) {
            @let at = mark.from.toward(mark.to, *part);
            text.link-n x=(N(at.x)) y=(N(at.y + 4.0)) { (text) }
        }
    }
}

/// What was changed about one direction of a link: `40 ms`, `10 %`.
fn figure(change: &Change) -> String {
    let mut out = String::new();
    let mut add = |text: String| {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&text);
    };
    if let Some(latency) = change.latency {
        let (low, high) = match latency {
            Latency::Fixed(span) => (span, span),
            Latency::Uniform(low, high) | Latency::LongTail { usual: low, most: high } => (low, high),
        };
        add(if low == high { span(low) } else { format!("{} to {}", ms(Time(low.0)), span(high)) });
    }
    for (share, what) in [(change.loss, ""), (change.duplication, " twice"), (change.reordering, " late")] {
        if let Some(share) = share {
            let tenths = share.0 / 1_000;
            let (whole, rest) = (tenths / 10, tenths % 10);
            add(if rest == 0 { format!("{whole} %{what}") } else { format!("{whole}.{rest} %{what}") });
        }
    }
    out
}

fn span(span: Span) -> String {
    format!("{} ms", ms(Time(span.0)))
}

fn cut_pieces(pic: &Picture) -> Vec<(u32, u64)> {
    let of = |(i, c): (usize, &CutMark)| {
        let key = c.event.0.wrapping_mul(16).wrapping_add(i as u32);
        (key, looks(&[spot(c.from), spot(c.to), i as u64, u64::from(c.barred.is_some())]))
    };
    pic.scene.cuts.iter().enumerate().map(of).collect()
}

fn draw_cut(pic: &Picture, nth: usize) -> Markup {
    let mark = &pic.scene.cuts[nth];
    let first = pic.scene.cuts.iter().position(|c| c.event == mark.event) == Some(nth);
    let path = match mark.around {
        Some(r) => {
            let r = N(r);
            format!(
                "M{} {}m-{r} 0a{r} {r} 0 1 1 0 .1Z",
                N(mark.from.x + mark.around.unwrap_or_default()),
                N(mark.from.y)
            )
        }
        None => stroke(mark.from, mark.to),
    };
    html! {
        g.cut data-cutline {
            path.cut-gap d=(path) {}
            path.cut-line d=(path) {}
            @if mark.around.is_none() {
                g transform={ "translate(" (N(mark.to.x)) " " (N(mark.to.y)) ") rotate(" (N(mark.from.heading(mark.to) - 90.0)) ")" } {
                    path.scissors d="M-4.6 6.5 3.4-15M4.6 6.5-3.4-15" {}
                    circle.scissors cx="-6.4" cy="10.6" r="4.4" {}
                    circle.scissors cx="6.4" cy="10.6" r="4.4" {}
                }
                (barred_way(mark))
            }
            path.link-hit data-heal d=(path) {}
            @if first { (cut_label(mark, pic.scene.cuts[..nth].len(), pic.scene.frame)) }
        }
    }
}

/// The arrowhead on the line of a cut of one direction: the way that nothing goes.
fn barred_way(mark: &CutMark) -> Markup {
    let Some(source) = mark.barred else { return html! {} };
    let at = mark.from.toward(mark.to, 0.5);
    let (dx, dy) = (mark.to.x - mark.from.x, mark.to.y - mark.from.y);
    let left = dx * (source.y - mark.from.y) - dy * (source.x - mark.from.x) > 0.0;
    let turn = mark.from.heading(mark.to) + if left { -90.0 } else { 90.0 };
    html! {
        path.barred-way d="M-7-7 6 0-7 7Z" transform={ "translate(" (N(at.x)) " " (N(at.y)) ") rotate(" (N(turn)) ")" } {}
    }
}

fn cut_label(mark: &CutMark, nth: usize, frame: Frame) -> Markup {
    if frame.is_narrow() || frame.word().is_some() || frame.is_tiny() {
        return html! {};
    }
    let (width, _) = frame.size();
    let steep = mark.from.y < 0.0;
    let y = 10.0 + 17.0 * nth as f32;
    let (x, y, leftward) = if let Some(r) = mark.around {
        (mark.from.x, mark.from.y - r - 7.0, mark.from.x > width / 2.0)
    } else if steep {
        let part = (y - mark.from.y) / (mark.to.y - mark.from.y).max(1.0);
        let x = mark.from.toward(mark.to, part).x + 10.0;
        // Near the right edge there is the other side's count.
        if x > width - 260.0 { (x - 20.0, y, true) } else { (x, y, false) }
    } else {
        (width - 4.0, mark.from.y.min(mark.to.y).max(24.0) - 8.0, true)
    };
    let by = match mark.by {
        By::Reader => "by you",
        By::Lesson => "by the lesson",
    };
    html! {
        text.cut-label x=(N(x)) y=(N(y)) text-anchor=(if leftward { "end" } else { "start" }) {
            "cut at " (ms(mark.since)) " ms, " (by)
        }
    }
}

fn strip_pieces(pic: &Picture) -> Vec<(u32, u64)> {
    if pic.scene.is_crowd() || pic.scene.frame.is_tiny() {
        return Vec::new();
    }
    pic.shot.view.nodes.iter().map(|n| (n.id.0.into(), node::strip_looks(n, &pic.scene))).collect()
}

fn draw_strip(pic: &Picture, nth: usize) -> Markup {
    node::beside(&pic.shot.view.nodes[nth], &pic.scene)
}

fn node_pieces(pic: &Picture) -> Vec<(u32, u64)> {
    let of = |n: &protocols::view::NodeView| (n.id.0.into(), node::looks_of(n, &pic.scene, pic.shown(n.id)));
    pic.shot.view.nodes.iter().map(of).collect()
}

fn draw_node(pic: &Picture, nth: usize) -> Markup {
    let (view, node) = (&pic.shot.view, &pic.shot.view.nodes[nth]);
    node::node(node, &pic.scene, view.at, view.epoch_word, pic.shown(node.id))
}

fn loss_pieces(pic: &Picture) -> Vec<(u32, u64)> {
    let of = |l: &protocols::view::LossView| (l.message.id.0, spot(pic.scene.lost_at(&l.message, l.at)));
    pic.shot.view.losses.iter().map(of).collect()
}

fn draw_loss(pic: &Picture, nth: usize) -> Markup {
    message::loss(&pic.shot.view.losses[nth], &pic.scene)
}

fn client_pieces(pic: &Picture) -> Vec<(u32, u64)> {
    let of = |c: &protocols::view::ClientView| {
        let waits = c.waiting.as_ref().map_or(0, |(op, since)| looks(&[letters(op), since.0]));
        let selected = u64::from(pic.selected == Some(c.id));
        (c.id.0.into(), looks(&[spot(pic.scene.place(c.id)), letters(&c.name), waits, selected]))
    };
    pic.shot.view.clients.iter().map(of).collect()
}

fn draw_client(pic: &Picture, nth: usize) -> Markup {
    let client = &pic.shot.view.clients[nth];
    node::client(client, &pic.scene, pic.shot.view.at, pic.selected == Some(client.id))
}

fn side_pieces(pic: &Picture) -> Vec<(u32, u64)> {
    if pic.scene.frame.word().is_some() {
        return Vec::new();
    }
    let of = |side: &Side| {
        let key = side.members.first().map_or(0, |id| u32::from(id.0));
        (key, looks(&[spot(side.at), side.members.len() as u64, letters(&able(pic, side)), letters(&roll(pic, side))]))
    };
    pic.scene.sides.iter().map(of).collect()
}

/// How many stand on a side, and what they can do.
fn draw_side(pic: &Picture, nth: usize) -> Markup {
    let side = &pic.scene.sides[nth];
    let anchor = if side.anchor_end { "end" } else { "start" };
    html! {
        g text-anchor=(anchor) {
            text.side-n x=(N(side.at.x)) y=(N(side.at.y)) {
                (side.members.len()) " of " (pic.shot.view.nodes.len())
                @let roll = roll(pic, side);
                @if !roll.is_empty() { tspan.side-who dx="7" { (roll) } }
            }
            @let able = able(pic, side);
            @let lines = if pic.scene.frame.is_narrow() { able.split(", ").collect() } else { vec![able.as_str()] };
            text.side x=(N(side.at.x)) y=(N(side.at.y + 18.0)) {
                @for (i, line) in lines.iter().enumerate() {
                    @if i == 0 { (line) } @else { tspan x=(N(side.at.x)) dy="15" { (line) } }
                }
            }
        }
    }
}

/// Who stands on a side, where one can't see it at once: of three and more.
fn roll(pic: &Picture, side: &Side) -> String {
    if pic.scene.sides.len() < 3 || side.members.len() > 5 {
        return String::new();
    }
    let mut out = String::new();
    for name in side.members.iter().filter_map(|id| pic.names.get(id.index())) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(name);
    }
    out
}

/// What the servers of a side can do, as far as it is known; else whether they are a majority.
fn able(pic: &Picture, side: &Side) -> String {
    let most = side.members.len() * 2 > pic.shot.view.nodes.len();
    let now = pic.shot.view.at;
    let span = pic.shot.story.able.iter().rev().find(|a| a.from <= now && now <= a.to);
    let known = span.and_then(|a| a.sides.iter().find(|s| s.members == side.members));
    let text = match (known, most) {
        (Some(s), _) if s.commits.is_some() => "can elect, can commit",
        (Some(_), true) => "a majority, cannot commit yet",
        (Some(_), false) => "cannot elect, cannot commit",
        (None, true) => "a majority",
        (None, false) => "no majority",
    };
    text.to_owned()
}

/// The stage of a run, to be looked at and not acted on: a picture, with nothing in it that can be pressed.
#[must_use]
pub(crate) fn still(view: &View, frame: Frame) -> Markup {
    const LIVE: [(&str, &str); 6] = [
        ("role=\"button\"", ""),
        ("role=\"group\"", "role=\"img\""),
        ("tabindex=\"-1\"", ""),
        ("data-node=", "data-of="),
        ("data-process=", "data-id="),
        ("data-link=", "data-of="),
    ];
    let mut marks = Picture::still(view, frame).svg("is-still").into_string().replace("tabindex=\"0\"", "");
    for (live, still) in LIVE {
        marks = marks.replace(live, still);
    }
    PreEscaped(marks)
}
