//! Mounting: the still plate in the page becomes a live lab, in the same place and of the same size, and can be put
//! back to rest.
//!
//! The plate's skeleton stands in the page already: what never changes is not drawn here again.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::reactive::effect::ImmediateEffect;
use lesson::Size;
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, IntersectionObserver, IntersectionObserverEntry};

use crate::buttons;
use crate::frame;
use crate::guard;
use crate::input::{self, Listener, Seen};
use crate::logs;
use crate::motion;
use crate::page::{document, window};
use crate::parts::{PARTS, Part};
use crate::patch::patch;
use crate::scene::Frame;
use crate::share;
use crate::stage::{narrow_of, wide_of};
use crate::state::{Bench, Live, Shot};
use crate::timeline::Width;
use crate::turns::{self, Turn};

/// How long a window keeps its size before the labs take notice.
const RESIZE_RESTS_MS: u32 = 100;

/// A live lab, with all that keeps it alive. Dropping it puts it to rest.
struct Mounted {
    seen: Seen,
    _effects: Vec<ImmediateEffect>,
    _listeners: Vec<Listener>,
    sight: Sight,
}

/// Whether a plate is in sight.
struct Sight {
    observer: Option<IntersectionObserver>,
    _seen: Closure<dyn Fn(js_sys::Array)>,
    visible: Rc<Cell<bool>>,
}

thread_local! {
    static MOUNTED: RefCell<Vec<Mounted>> = const { RefCell::new(Vec::new()) };
}

/// Brings the lab in an element's `data-lab` to life, in the plate that the element holds.
///
/// # Errors
/// A sentence for the reader that says why the lab can't be run.
#[wasm_bindgen]
pub fn mount_lab(figure: &HtmlElement) -> Result<(), JsValue> {
    unmount_lab(figure);
    guard::within(figure, || {
        let mounted = mount(figure)?;
        let state = Rc::clone(&mounted.seen.state);
        let (figure, visible) = (figure.clone(), Rc::clone(&mounted.sight.visible));
        MOUNTED.with_borrow_mut(|all| all.push(mounted));
        frame::seat(&state, figure, visible);
        Ok(())
    })
}

/// Puts a lab to rest: it stands still as it is, and nothing of it stays in memory.
#[wasm_bindgen]
pub fn unmount_lab(figure: &HtmlElement) {
    frame::leave(figure);
    drop(taken(figure));
    let _ = figure.remove_attribute("data-mounted");
}

/// Gives up a lab whose work did not come to its end: nothing of it is called again, not even to take it down. Says
/// where its run can be found.
pub(crate) fn give_up(figure: &HtmlElement) -> Option<String> {
    frame::give_up(figure);
    let mounted = taken(figure)?;
    let link = share::last_link(&mounted.seen.state);
    core::mem::forget(mounted);
    Some(link)
}

/// The state of a lab that is mounted.
pub(crate) fn state_of(figure: &HtmlElement) -> Option<Rc<Bench>> {
    MOUNTED.with_borrow(|all| all.iter().find(|m| &m.seen.figure == figure).map(|m| Rc::clone(&m.seen.state)))
}

/// The states of all labs that are mounted.
pub(crate) fn states() -> Vec<Rc<Bench>> {
    MOUNTED.with_borrow(|all| all.iter().map(|m| Rc::clone(&m.seen.state)).collect())
}

fn taken(figure: &HtmlElement) -> Option<Mounted> {
    MOUNTED.with_borrow_mut(|all| {
        let place = all.iter().position(|mounted| &mounted.seen.figure == figure)?;
        Some(all.swap_remove(place))
    })
}

fn mount(figure: &HtmlElement) -> Result<Mounted, JsValue> {
    let code = figure.get_attribute("data-lab").ok_or("This plate holds no lab.")?;
    let (mut lab, sealed) = lesson::decode_own(&bytes_of(&code)?).map_err(|problem| problem.to_string())?;
    let caption = figure.query_selector("[data-caption]").ok().flatten();
    lab.caption = caption.and_then(|place| place.get_attribute("data-caption")).unwrap_or_default();
    let mut run = lab.start();
    run.seek(lab.poster);
    let size = lab.size;
    let shot = Shot::opening(run.as_ref(), &lab);
    let still = matches("(prefers-reduced-motion: reduce)");
    let live = Live::new(run, sealed, frame_for(size), width_for(size), still);
    let state = Rc::new(Bench::new(lab, shot, live));
    state.refresh();
    let seen = Seen { state: Rc::clone(&state), figure: figure.clone() };
    let mut effects = keep_drawn(figure, &state, PARTS);
    effects.extend(motion::keep(figure, &state));
    effects.push(buttons::keep(figure, &state));
    let mut listeners = input::listen(&seen);
    listeners.extend(evidence(&seen));
    let alone = size == Size::Hero && !still;
    state.playing.set(alone);
    listeners.extend(follow_window(&seen, size));
    // A click anywhere in the plate brings the keys to it.
    figure.set_tab_index(-1);
    let _ = figure.set_attribute("data-mounted", "");
    Ok(Mounted { seen, _effects: effects, _listeners: listeners, sight: Sight::of(figure) })
}

/// The bytes that a plate's code stands for, by the browser's own means.
fn bytes_of(code: &str) -> Result<Vec<u8>, JsValue> {
    let binary = window().atob(&code.replace('-', "+").replace('_', "/"))?;
    // Each character stands for a byte.
    Ok(binary.chars().map(|c| c as u8).collect())
}

/// The buttons beside a prediction that show its evidence in this plate.
fn evidence(seen: &Seen) -> Vec<Listener> {
    let asked = document().query_selector_all(&["[data-evidence=\"", &seen.state.lab().id, "\"]"].concat());
    let mut all = Vec::new();
    for i in 0..asked.as_ref().map_or(0, web_sys::NodeList::length) {
        let place = asked.as_ref().ok().and_then(|list| list.item(i)).and_then(|el| el.dyn_into::<HtmlElement>().ok());
        all.extend(place.map(|place| input::listen_to_buttons(&place, seen)));
    }
    all
}

/// Draws each of these parts, in its place, and again whenever what it has read of the state changes: at once if the
/// reader had a hand in that, and in its turn while the lab plays (see [`turns`]). Nothing is drawn in a panel that is
/// not shown. An immediate effect needs no executor, whose weight the page can do without.
pub(crate) fn keep_drawn(root: &HtmlElement, state: &Rc<Bench>, parts: &'static [Part]) -> Vec<ImmediateEffect> {
    let mut effects = Vec::new();
    for &(name, draw) in parts {
        let Ok(Some(place)) = root.query_selector(&format!("[data-part=\"{name}\"]")) else { continue };
        let panel = buttons::panel_around(&place);
        let turn = Rc::new(Turn::default());
        let held = SendWrapper::new((place, Rc::clone(state), turn, RefCell::new(None::<String>)));
        effects.push(ImmediateEffect::new(move || {
            let (place, state, turn, last) = &*held;
            if turns::waits(state, turn) {
                return;
            }
            let shown = panel.is_none_or(|panel| state.shows(panel));
            let html = if shown { draw(state).into_string() } else { String::new() };
            if last.borrow().as_ref() != Some(&html) {
                let focused = document().active_element().filter(|el| place.contains(Some(el)));
                patch(place, &html);
                if focused.is_some_and(|el| !el.is_connected()) {
                    keep_focus(place);
                }
                match name {
                    "logs" => logs::drawn(place, state),
                    "playhead" => state.live.flag_drawn.set(true),
                    "diagram" => state.live.near_drawn.set(true),
                    _ => {}
                }
                frame::wake();
                last.replace(Some(html));
            }
        }));
    }
    effects
}

/// What had the focus was drawn away: the focus goes to what is around it, and the keys stay with the plate.
fn keep_focus(part: &Element) {
    let around = part.parent_element().and_then(|el| el.closest("[tabindex]").ok().flatten());
    if let Some(around) = around.and_then(|el| el.dyn_into::<HtmlElement>().ok()) {
        let still = web_sys::FocusOptions::new();
        still.set_prevent_scroll(true);
        let _ = around.focus_with_options(&still);
    }
}

/// The lab follows its window: how wide it is, and whether anybody looks.
fn follow_window(seen: &Seen, size: Size) -> [Listener; 2] {
    // While a window is dragged to its size it is drawn anew once, when the hand rests.
    let settled = RefCell::new(None);
    [
        seen.on(&window(), "resize", move |seen, _| {
            let seen = seen.clone();
            let rests = Timeout::new(RESIZE_RESTS_MS, move || guard::within(&seen.figure, || fit(&seen.state, size)));
            settled.replace(Some(rests));
        }),
        seen.on(&document(), "visibilitychange", |_, _| frame::wake()),
    ]
}

/// Draws the lab in the layout that the window has room for.
fn fit(state: &Bench, size: Size) {
    if state.live.frame.get_untracked() != frame_for(size) {
        state.live.frame.set(frame_for(size));
    }
    if state.live.width.get_untracked() != width_for(size) {
        state.live.width.set(width_for(size));
    }
}

impl Sight {
    /// Off-screen labs sleep.
    fn of(figure: &HtmlElement) -> Self {
        let visible = Rc::new(Cell::new(true));
        let told = Rc::clone(&visible);
        let seen = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
            if let Some(entry) = entries.iter().last().and_then(|e| e.dyn_into::<IntersectionObserverEntry>().ok()) {
                told.set(entry.is_intersecting());
                frame::wake();
            }
        });
        let observer = IntersectionObserver::new(seen.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(figure);
        }
        Self { observer, _seen: seen, visible }
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
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
        Size::Small | Size::Tiny => Width::Column,
        _ if matches("(max-width: 78.7rem)") => Width::Mid,
        _ => Width::Wide,
    }
}
