//! Mounting: a poster in the page becomes a live lab, in the same place and of the same size.

use core::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Once;

use gloo_timers::callback::Timeout;
use leptos::reactive::effect::ImmediateEffect;
use lesson::Size;
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, IntersectionObserver, IntersectionObserverEntry};

use crate::challenge::{self, Trial};
use crate::frame;
use crate::gestures;
use crate::page::{document, window};
use crate::patch::patch;
use crate::plate::{PARTS, Part, plate};
use crate::scene::Frame;
use crate::slot::Slot;
use crate::stage::{narrow_of, wide_of};
use crate::state::{Bench, LabState, Live, Shot};
use crate::timeline::Width;

/// How long a window keeps its size before the labs take notice.
const RESIZE_RESTS_MS: u32 = 100;

/// Brings the lab in an element's `data-lab` to life, in place of what the element holds.
///
/// # Errors
/// A sentence for the reader that says why the lab can't be run.
#[wasm_bindgen]
pub fn mount_lab(figure: &HtmlElement) -> Result<(), JsValue> {
    show_panics();
    let code = figure.get_attribute("data-lab").ok_or("This plate holds no lab.")?;
    let lab = lesson::decode(&code).map_err(|problem| problem.to_string())?;
    let mut run = lab.scenario.start().map_err(|problem| problem.to_string())?;
    run.seek(lab.poster);
    let size = lab.size;
    let id = lab.id.clone();
    let shot = Shot::opening(run.as_ref(), &lab);
    let links = figure.query_selector(".hero-go").ok().flatten().map(|el| el.inner_html()).unwrap_or_default();
    let words_open = figure.query_selector("details.alt[open]").ok().flatten().is_some();
    let section = document().query_selector(&format!("[data-challenge=\"{id}\"]")).ok().flatten();
    let section = section.and_then(|el| el.dyn_into::<HtmlElement>().ok());

    let live = Live {
        frame: Slot::new(frame_for(size)),
        width: Slot::new(width_for(size)),
        event: Slot::new(None),
        trial: Slot::new(Trial::of(&lab)),
        still: Cell::new(matches("(prefers-reduced-motion: reduce)")),
        told_at: Cell::new(0.0),
    };
    let state = Bench::new(lab, shot, run, live);
    state.refresh();
    figure.set_inner_html(&plate(state, &links).into_string());
    keep_drawn(figure, state, &PARTS);
    if let Some(section) = section {
        mount_challenge(&section, figure, state);
    }
    if words_open && let Ok(Some(words)) = figure.query_selector("details.alt") {
        let _ = words.set_attribute("open", "");
    }
    connect(figure, state, size);
    // A click anywhere in the plate brings the keys to it.
    figure.set_tab_index(-1);
    let _ = figure.set_attribute("data-mounted", "");
    Ok(())
}

/// Draws each of these panels anew, in its place, whenever what it has read of the state changes.
/// An immediate effect needs no executor, whose weight the page can do without.
fn keep_drawn(root: &HtmlElement, state: LabState, parts: &'static [Part]) {
    for &(name, draw) in parts {
        let Ok(Some(place)) = root.query_selector(&format!("[data-part=\"{name}\"]")) else { continue };
        let place = SendWrapper::new(place);
        let state = SendWrapper::new(state);
        // The plate has just been drawn from the same state: the first drawing only finds out what it follows.
        let last = SendWrapper::new(RefCell::new(None));
        let renew = move || {
            let html = draw(*state).into_string();
            let mut last = last.borrow_mut();
            if last.as_ref().is_some_and(|last| *last != html) {
                patch(&place, &html);
                frame::wake();
            }
            *last = Some(html);
        };
        // Plates are never taken down: their panels live as long as the page.
        core::mem::forget(ImmediateEffect::new(renew));
    }
}

/// The challenge stands in its own section of the page, after its plate.
fn mount_challenge(section: &HtmlElement, figure: &HtmlElement, state: LabState) {
    let text = |selector: &str| section.query_selector(selector).ok().flatten();
    let heading = text(".challenge-k").and_then(|el| el.text_content()).unwrap_or_else(|| "Challenge".to_owned());
    let title_id = text("h2, h3").map(|el| el.id()).unwrap_or_default();
    section.set_inner_html(&challenge::challenge(state, &heading, &title_id).into_string());
    keep_drawn(section, state, &challenge::PARTS);
    gestures::listen_to_buttons(section, figure, state);
}

/// Connects the lab with the page: gestures, the frame loop, what is in sight, how wide the window is.
fn connect(figure: &HtmlElement, state: LabState, size: Size) {
    gestures::listen(figure, state);
    let visible = Rc::new(Cell::new(true));
    watch(figure, Rc::clone(&visible));
    let alone = size == Size::Hero && !state.live.still.get();
    frame::seat(state, figure.clone(), visible, alone);
    state.playing.set(alone);
    // While a window is dragged to its size it is drawn anew once, when the hand rests.
    let settled = Cell::new(None);
    gestures::on(&window(), "resize", move |_| {
        settled.set(Some(Timeout::new(RESIZE_RESTS_MS, move || fit(state, size))));
    });
    gestures::on(&document(), "visibilitychange", |_| frame::wake());
}

/// Draws the lab in the layout that the window has room for.
fn fit(state: LabState, size: Size) {
    if state.live.frame.get_untracked() != frame_for(size) {
        state.live.frame.set(frame_for(size));
    }
    if state.live.width.get_untracked() != width_for(size) {
        state.live.width.set(width_for(size));
    }
}

/// Off-screen labs sleep.
fn watch(figure: &HtmlElement, visible: Rc<Cell<bool>>) {
    let seen = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        if let Some(entry) = entries.iter().last().and_then(|e| e.dyn_into::<IntersectionObserverEntry>().ok()) {
            visible.set(entry.is_intersecting());
            frame::wake();
        }
    });
    if let Ok(observer) = IntersectionObserver::new(seen.as_ref().unchecked_ref()) {
        observer.observe(figure);
    }
    seen.forget();
}

fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|m| m.matches())
}

fn frame_for(size: Size) -> Frame {
    if matches("(max-width: 40rem)") { narrow_of(size) } else { wide_of(size) }
}

fn width_for(size: Size) -> Width {
    match size {
        _ if matches("(max-width: 40rem)") => Width::Narrow,
        Size::Small => Width::Column,
        _ if matches("(max-width: 78.7rem)") => Width::Mid,
        _ => Width::Wide,
    }
}

/// A panic stops the whole module. Each plate then says so, instead of going dead.
fn show_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            web_sys::console::error_1(&JsValue::from_str(&info.to_string()));
            let Some(document) = web_sys::window().and_then(|w| w.document()) else { return };
            let Ok(plates) = document.query_selector_all("[data-mounted], [data-lab]") else { return };
            for i in 0..plates.length() {
                if let Some(plate) = plates.item(i).and_then(|p| p.dyn_into::<Element>().ok()) {
                    say(&document, &plate);
                }
            }
        }));
    });
}

fn say(document: &web_sys::Document, plate: &Element) {
    if plate.has_attribute("data-stopped") {
        return;
    }
    let _ = plate.set_attribute("data-stopped", "");
    if let Ok(note) = document.create_element("p") {
        note.set_class_name("plate-note");
        let _ = note.set_attribute("role", "alert");
        note.set_text_content(Some(
            "This lab has stopped: it met a fault of its own. Reload the page to start it again.",
        ));
        let _ = plate.prepend_with_node_1(&note);
    }
}
