//! The stage in the page, and what changes with every frame. When something happens, only the pieces of the drawing
//! that look different are touched. Between, what moves is written straight to its elements: messages, timers, the
//! clock, the flag.

use core::cell::Cell;
use std::rc::Rc;

use leptos::reactive::effect::ImmediateEffect;
use protocols::view::NodeView;
use send_wrapper::SendWrapper;
use sim::{MsgId, Time};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, SvgGraphicsElement, SvgTransform};

use crate::frame;
use crate::message;
use crate::node::{arc, beats, left_of, set_mark, ticks_gone};
use crate::patch::{Row, append, patch};
use crate::scene::{P, part_gone, stroke};
use crate::stage::{CLIENTS, LAYERS, NODES, Picture, ms};
use crate::state::Bench;
use crate::timeline::heads::Heads;
use crate::words;

/// Messages that have ended, kept for those to come.
const SPARE: usize = 256;

/// The stage as it stands in the page.
pub(crate) struct Stage {
    svg: Element,
    picture: Picture,
    rows: Vec<Row>,
    marks: Marks,
    hands: Vec<Hand>,
    waits: Vec<(web_sys::Node, Time, u64)>,
}

/// Keeps the stage drawn. What it has read, it follows.
pub(crate) fn keep(figure: &HtmlElement, state: &Rc<Bench>) -> Option<ImmediateEffect> {
    let place = figure.query_selector("[data-part=\"stage\"]").ok().flatten()?;
    let held = SendWrapper::new((place, Rc::clone(state)));
    Some(ImmediateEffect::new(move || {
        let (place, state) = &*held;
        let picture = Picture::of(state, state.live.frame.get());
        let mut stage = state.live.stage.borrow_mut();
        match stage.as_mut() {
            Some(there) if there.fits(&picture) => there.draw(picture),
            _ => *stage = Stage::adopt(place, picture),
        }
        frame::wake();
    }))
}

fn inside(el: &Element, selector: &str) -> Option<Element> {
    el.query_selector(selector).ok().flatten()
}

impl Stage {
    /// Draws the whole stage, into what stands there, and takes hold of its pieces.
    fn adopt(place: &Element, picture: Picture) -> Option<Self> {
        patch(place, &picture.svg("is-live").into_string());
        let svg = place.first_element_child()?;
        let mut rows = Vec::new();
        for layer in &LAYERS {
            let row = inside(&svg, &format!(".{}", layer.name))?;
            rows.push(Row::adopt(row, &(layer.pieces)(&picture)));
        }
        let marks = Marks { place: inside(&svg, ".msgs")?, live: Vec::new(), spare: Vec::new() };
        marks.place.set_inner_html("");
        let mut stage = Self { svg, rows, marks, hands: Vec::new(), waits: Vec::new(), picture };
        stage.take_hold();
        Some(stage)
    }

    /// Whether the picture is one of the same kind.
    fn fits(&self, picture: &Picture) -> bool {
        let (old, new) = (&self.picture.scene, &picture.scene);
        old.frame == new.frame && old.is_crowd() == new.is_crowd()
    }

    fn draw(&mut self, picture: Picture) {
        let old = core::mem::replace(&mut self.picture, picture);
        let new = &self.picture;
        for (layer, row) in LAYERS.iter().zip(&mut self.rows) {
            row.update(&(layer.pieces)(new), &|nth| (layer.draw)(new, nth).into_string());
        }
        if new.scene.frame.word().is_some()
            && old.scene.cuts != new.scene.cuts
            && let Some(word) = inside(&self.svg, ".words")
        {
            patch(&word, &new.word().into_string());
        }
        let classes = self.svg.class_list();
        let _ = classes.toggle_with_force("is-cut", new.is_sliced());
        let _ = classes.toggle_with_force("can-cut", new.can_cut);
        let _ = self.svg.set_attribute("aria-label", &words::stage_name(&new.shot.view));
        self.take_hold();
    }

    /// Finds what moves within the pieces that were drawn.
    fn take_hold(&mut self) {
        let (picture, view) = (&self.picture, &self.picture.shot.view);
        self.hands.truncate(view.nodes.len());
        for (i, node) in view.nodes.iter().enumerate() {
            let Some((looks, el)) = self.rows[NODES].get(i) else { continue };
            let log = (node.strip.last, node.strip.settled);
            match self.hands.get_mut(i) {
                Some(hand) if hand.looks == looks => {
                    if hand.log != log {
                        hand.log = log;
                        let _ = el.set_attribute("aria-label", &words::node_name(node, view.epoch_word));
                    }
                }
                Some(hand) => *hand = Hand::of(el, looks, log),
                None => self.hands.push(Hand::of(el, looks, log)),
            }
        }
        self.waits.clear();
        for (i, client) in view.clients.iter().enumerate() {
            if let (Some((_, since)), Some((_, el))) = (&client.waiting, self.rows[CLIENTS].get(i))
                && let Some(text) = inside(el, ".waited").and_then(|el| el.first_child())
            {
                self.waits.push((text, *since, u64::MAX));
            }
        }
        self.marks.update(picture);
    }

    /// Puts everything that moves where it is at this moment.
    fn write(&mut self, now: Time, still: bool) {
        let (scene, view) = (&self.picture.scene, &self.picture.shot.view);
        for (mark, m) in self.marks.live.iter().zip(&view.messages) {
            let part = if still { 0.5 } else { part_gone(m, now) };
            let at = scene.along(m.from, m.to, part);
            let _ = mark.mover.set_translate(at.x, at.y);
        }
        for (hand, node) in self.hands.iter_mut().zip(&view.nodes) {
            hand.write(node, now, scene.timer());
        }
        for (text, since, shown) in &mut self.waits {
            let waited = now.since(*since).0 / 1_000;
            if *shown != waited {
                *shown = waited;
                text.set_node_value(Some(&waited.to_string()));
            }
        }
    }
}

/// What moves in a node: its timer and its ticks.
struct Hand {
    looks: u64,
    log: (u64, u64),
    timer: Option<Element>,
    start: Option<Element>,
    ticks: Option<(Element, Element)>,
    /// What is shown: how far it has come, and when it was set.
    shown: usize,
    set: Option<Time>,
}

impl Hand {
    fn of(el: &Element, looks: u64, log: (u64, u64)) -> Self {
        let ticks = inside(el, ".is-gone").zip(inside(el, ".is-left"));
        let (timer, start) = (inside(el, ".timer"), inside(el, ".timer-start"));
        Self { looks, log, timer, start, ticks, shown: usize::MAX, set: None }
    }

    fn write(&mut self, node: &NodeView, now: Time, radius: f32) {
        if let (Some(beat), Some((gone, left))) = (node.beat, &self.ticks) {
            let come = ticks_gone(beat, now);
            if come != self.shown {
                self.shown = come;
                let (gone_d, left_d) = beats(beat, now);
                let _ = gone.set_attribute("d", &gone_d);
                let _ = left.set_attribute("d", &left_d);
            }
        } else if let (Some(timer), Some(path)) = (node.timer, &self.timer) {
            // A step is less than a tenth of a unit on the ring.
            let come = (left_of(timer, now) * radius * 40.0) as usize;
            if come != self.shown {
                self.shown = come;
                let _ = path.set_attribute("d", &arc(timer, now, radius));
            }
            if self.set != Some(timer.set) {
                self.set = Some(timer.set);
                if let Some(start) = &self.start {
                    let _ = start.set_attribute("d", &set_mark(timer));
                }
            }
        }
    }
}

/// The messages on their way, in the picture's order, and elements of such that have ended.
struct Marks {
    place: Element,
    live: Vec<Mark>,
    spare: Vec<Mark>,
}

struct Mark {
    id: MsgId,
    looks: u64,
    el: Element,
    mover: SvgTransform,
}

impl Marks {
    /// Gives each message of the picture an element: its own if it has one, that of one that has ended and looked the
    /// same, or a new one.
    fn update(&mut self, picture: &Picture) {
        let messages = &picture.shot.view.messages;
        let mut old = core::mem::take(&mut self.live).into_iter().peekable();
        let mut live: Vec<Option<Mark>> = Vec::new();
        let mut wanted: Vec<u64> = Vec::new();
        let mut ended = Vec::new();
        for m in messages {
            let looks = message::looks_of(m, &picture.scene, picture.is_picked(m));
            // Both are in the order of sending.
            while let Some(gone) = old.next_if(|mark| mark.id < m.id) {
                ended.push(gone);
            }
            let same = old.next_if(|mark| mark.id == m.id);
            match same {
                Some(mark) if mark.looks == looks => live.push(Some(mark)),
                other => {
                    ended.extend(other);
                    live.push(None);
                }
            }
            wanted.push(looks);
        }
        ended.extend(old);
        let shown = ended.len();
        // Those that have just ended are taken first: they need not be hidden and shown again.
        core::mem::swap(&mut self.spare, &mut ended);
        self.spare.append(&mut ended);
        let mut visible = shown;
        let mut html = String::new();
        for ((slot, m), &looks) in live.iter_mut().zip(messages).zip(&wanted) {
            if slot.is_some() {
                continue;
            }
            if let Some(nth) = self.spare.iter().position(|mark| mark.looks == looks) {
                let mut mark = self.spare.remove(nth);
                if nth < visible {
                    visible -= 1;
                } else {
                    let _ = mark.el.remove_attribute("display");
                }
                mark.id = m.id;
                let _ = mark.el.set_attribute("data-message", &m.id.0.to_string());
                *slot = Some(mark);
            } else {
                html.push_str(&message::message(m, &picture.scene, P::default(), picture.is_picked(m)).into_string());
            }
        }
        for hidden in &self.spare[..visible] {
            let _ = hidden.el.set_attribute("display", "none");
        }
        while self.spare.len() > SPARE {
            if let Some(surplus) = self.spare.pop() {
                surplus.el.remove();
            }
        }
        let mut fresh = if html.is_empty() { Vec::new() } else { append(&self.place, &html) }.into_iter();
        for ((slot, m), looks) in live.iter_mut().zip(messages).zip(wanted) {
            if slot.is_none()
                && let Some(el) = fresh.next()
            {
                *slot = translation(&el).map(|mover| Mark { id: m.id, looks, el, mover });
            }
        }
        self.live = live.into_iter().flatten().collect();
    }
}

/// Handles into what moves outside the stage.
pub(crate) struct Drawn {
    state: Rc<Bench>,
    heads: Heads,
    clock: Option<Element>,
    clock_text: Option<web_sys::Node>,
    shown: Cell<u64>,
}

impl Drawn {
    /// Finds the clock in a plate.
    pub(crate) fn of(state: &Rc<Bench>, figure: &HtmlElement) -> Self {
        let clock = inside(figure, "[data-clock]");
        let clock_text = clock.as_ref().and_then(|c| inside(c, "[data-clock-ms]")).and_then(|t| t.first_child());
        Self { heads: Heads::default(), clock, clock_text, shown: Cell::new(u64::MAX), state: Rc::clone(state) }
    }

    /// Finds what was drawn anew.
    pub(crate) fn find(&mut self, figure: &HtmlElement) {
        self.heads.find(&self.state, figure, &self.state.shot.get_untracked());
    }

    /// Puts everything that moves where it is at this moment.
    pub(crate) fn write(&self, now: Time, still: bool) {
        if let Some(stage) = self.state.live.stage.borrow_mut().as_mut() {
            stage.write(now, still);
        }
        self.heads.write(now);
        if let Some(clock) = &self.clock {
            let _ = clock.set_attribute("data-us", &now.0.to_string());
        }
        if self.shown.replace(ms(now)) == ms(now) {
            return;
        }
        if let Some(shown) = &self.clock_text {
            shown.set_node_value(Some(&ms(now).to_string()));
        }
    }
}

/// The element's first transform, which every mark here has as a translation.
fn translation(el: &Element) -> Option<SvgTransform> {
    let list = el.dyn_ref::<SvgGraphicsElement>()?.transform().base_val();
    (list.number_of_items() > 0).then(|| list.get_item(0).ok()).flatten()
}

/// Writes the blade's path while it is being drawn.
pub(crate) fn show_blade(figure: &HtmlElement, from: P, to: P) {
    if let Some(blade) = inside(figure, ".blade") {
        let _ = blade.set_attribute("d", &stroke(from, to));
    }
}

/// Takes the blade away.
pub(crate) fn hide_blade(figure: &HtmlElement) {
    if let Some(blade) = inside(figure, ".blade") {
        let _ = blade.set_attribute("d", "");
    }
}
