//! The menus of what is on the stage: a node, a client, a link, a message, the network as a whole. Each fault that
//! the kernel has can be reached from one.
//!
//! The menus are part of the page ([`templates`]); here one is brought in, filled with what is true now, and taken
//! away again. What its entries do stands in [`deed`].

#[cfg(feature = "csr")]
pub(crate) mod deed;
#[cfg(feature = "csr")]
mod fill;
#[cfg(feature = "ssr")]
mod templates;

#[cfg(feature = "csr")]
use core::cell::RefCell;
#[cfg(feature = "csr")]
use std::rc::Rc;

#[cfg(feature = "csr")]
pub(crate) use fill::each;
#[cfg(feature = "csr")]
use {
    crate::guard::template,
    crate::input::{Seen, id_of, number},
    crate::page::{document, window},
    crate::slot::Slot,
    crate::state::{Bench, Picked},
    deed::Fields,
    leptos::reactive::effect::ImmediateEffect,
    send_wrapper::SendWrapper,
    sim::MsgId,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement, SvgElement},
};

#[cfg(feature = "ssr")]
pub(crate) use templates::templates;

/// What has a menu of its own on the stage.
#[cfg(feature = "csr")]
pub(crate) const THINGS: &str = "[data-node], [data-client], [data-link], [data-message]";

/// The menu that is open, if one is.
#[cfg(feature = "csr")]
pub(crate) struct Open {
    /// What it is about; [`Picked::Nothing`] stands for the network as a whole.
    about: Slot<Option<Picked>>,
    /// What had the focus before.
    back: RefCell<Option<Element>>,
}

#[cfg(feature = "csr")]
impl Open {
    /// No menu.
    pub(crate) fn none() -> Self {
        Self { about: Slot::new(None), back: RefCell::new(None) }
    }
}

/// Keeps the open menu true to the moment that is looked at, and takes it away when it is closed.
#[cfg(feature = "csr")]
pub(crate) fn keep(figure: &HtmlElement, state: &Rc<Bench>) -> ImmediateEffect {
    let held = SendWrapper::new((figure.clone(), Rc::clone(state)));
    ImmediateEffect::new(move || {
        let (figure, state) = &*held;
        let Ok(Some(place)) = figure.query_selector(".menu-place") else { return };
        match state.live.menu.about.get() {
            Some(about) => {
                if let Some(menu) = place.first_element_child() {
                    fill::fill(state, about, &menu);
                }
            }
            None => place.set_inner_html(""),
        }
    })
}

/// What its buttons and keys ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    match name {
        "menu" => open(seen, asked(seen, from), None),
        "menu-network" => open(seen, Picked::Nothing, None),
        "menu-of" => {
            let fields = from.map(Fields::around);
            if let Some(about) = fields.and_then(|fields| deed::chosen(&seen.state, about(seen), &fields)) {
                open(seen, about, None);
            }
        }
        "menu-act" => {
            if let Some(from) = from {
                act(seen, from);
            }
        }
        _ => return false,
    }
    true
}

/// What closes an open menu.
#[cfg(feature = "csr")]
pub(crate) fn closes(seen: &Seen, name: &str, _: Option<&Element>) -> bool {
    let closes = matches!(name, "menu" | "menu-close" | "escape");
    let closes = closes && seen.state.live.menu.about.with_untracked(Option::is_some);
    if closes {
        close(seen);
    }
    closes
}

/// The thing on the stage that an element stands for.
#[cfg(feature = "csr")]
pub(crate) fn thing(el: &Element) -> Option<Picked> {
    if let (Some(a), Some(b)) = (id_of(el, "data-a"), id_of(el, "data-b")) {
        return Some(Picked::Link(a, b));
    }
    match id_of(el, "data-process") {
        Some(id) => Some(Picked::Process(id)),
        None => number(el, "data-message").and_then(|id| u32::try_from(id).ok()).map(|id| Picked::Message(MsgId(id))),
    }
}

/// What a menu is asked for: the thing that the asking element stands for, else what is selected.
#[cfg(feature = "csr")]
fn asked(seen: &Seen, from: Option<&Element>) -> Picked {
    let on_stage = from.and_then(|el| el.closest(THINGS).ok().flatten());
    on_stage.and_then(|el| thing(&el)).unwrap_or_else(|| match seen.state.picked.get_untracked() {
        Picked::Event(_) => seen.state.selected_server().map_or(Picked::Nothing, Picked::Process),
        picked => picked,
    })
}

#[cfg(feature = "csr")]
fn about(seen: &Seen) -> Picked {
    seen.state.live.menu.about.get_untracked().unwrap_or_default()
}

/// Opens the menu of a thing, at a place in the window or else beside the thing. Time stands still meanwhile.
#[cfg(feature = "csr")]
pub(crate) fn open(seen: &Seen, about: Picked, at: Option<(f64, f64)>) {
    let state = &seen.state;
    if state.live.menu.about.with_untracked(|open| *open == Some(about)) {
        return;
    }
    let name = match about {
        Picked::Process(id) if state.shot.with_untracked(|s| s.node(id).is_some()) => "menu-node",
        Picked::Process(_) => "menu-client",
        Picked::Link(..) => "menu-link",
        Picked::Message(_) => "menu-message",
        Picked::Event(_) | Picked::Nothing => "menu-network",
    };
    let (Ok(Some(place)), Some(menu)) = (seen.figure.query_selector(".menu-place"), template(name)) else { return };
    state.playing.set(false);
    if about != Picked::Nothing {
        state.pick(about);
    }
    if state.live.menu.about.with_untracked(Option::is_none) {
        *state.live.menu.back.borrow_mut() = document().active_element();
    }
    place.set_inner_html("");
    let _ = place.append_child(&menu);
    state.live.menu.about.set(Some(about));
    fill::set_fields(state, about, &menu);
    put(seen, about, at, &menu);
    let first = controls(&menu).into_iter().find(|el| el.tag_name() == "BUTTON" && !el.has_attribute("data-last"));
    focus(first.as_ref().unwrap_or(&menu));
}

/// Closes the menu, and gives the focus back to what had it.
#[cfg(feature = "csr")]
pub(crate) fn close(seen: &Seen) {
    let menu = &seen.state.live.menu;
    menu.about.set(None);
    if let Some(back) = menu.back.borrow_mut().take() {
        focus(if back.is_connected() && seen.figure.contains(Some(&back)) { &back } else { &seen.figure });
    }
}

/// Closes the menu because the pointer went elsewhere. Says whether one was open.
#[cfg(feature = "csr")]
pub(crate) fn leave(seen: &Seen) -> bool {
    let open = seen.state.live.menu.about.with_untracked(Option::is_some);
    if open {
        seen.state.live.menu.about.set(None);
        seen.state.live.menu.back.borrow_mut().take();
    }
    open
}

/// Does what an entry is for. If it can't be done the menu stays, and says why.
#[cfg(feature = "csr")]
fn act(seen: &Seen, entry: &Element) {
    let state = &seen.state;
    let why = match deed::action(state, about(seen), &Fields::around(entry)) {
        Ok(action) => {
            if state.act(action) {
                return close(seen);
            }
            state.said.get_untracked()
        }
        Err(why) => why.to_owned(),
    };
    if let Ok(Some(alert)) = seen.figure.query_selector(".menu-why") {
        alert.set_text_content(Some(&why));
    }
}

/// Moves the focus within the menu.
#[cfg(feature = "csr")]
pub(crate) fn walk(menu: &Element, on: bool) {
    let all = controls(menu);
    let here = document().active_element().and_then(|el| all.iter().position(|other| *other == el));
    let next = match (here, on) {
        (Some(i), true) => i + 1,
        (Some(i), false) => i + all.len() - 1,
        (None, _) => 0,
    };
    if let Some(next) = all.get(next % all.len().max(1)) {
        focus(next);
    }
}

/// What can be pressed or filled in, in order.
#[cfg(feature = "csr")]
fn controls(menu: &Element) -> Vec<Element> {
    let mut found = Vec::new();
    each(menu, "button, input, select", |el| {
        if !el.has_attribute("disabled") && el.get_bounding_client_rect().width() > 0.0 {
            found.push(el.clone());
        }
    });
    found
}

#[cfg(feature = "csr")]
fn focus(el: &Element) {
    if let Some(el) = el.dyn_ref::<HtmlElement>() {
        let _ = el.focus();
    } else if let Some(el) = el.dyn_ref::<SvgElement>() {
        let _ = el.focus();
    }
}

/// How far from the middle of a node its menu stands, in px.
#[cfg(feature = "csr")]
const CLEAR: f64 = 56.0;

/// How high the page's bar is, and how far from the window's lower edge a menu keeps, in px.
#[cfg(feature = "csr")]
const BAR: f64 = 56.0;
#[cfg(feature = "csr")]
const EDGE: f64 = 12.0;

/// Puts a menu beside what it is about, within the stage's width and the window's height. On a phone the style makes it a sheet: then the
/// page moves so that the thing can be seen above it.
#[cfg(feature = "csr")]
fn put(seen: &Seen, about: Picked, at: Option<(f64, f64)>, menu: &Element) {
    let (Ok(Some(stage)), Some(menu)) = (seen.figure.query_selector(".stage"), menu.dyn_ref::<HtmlElement>()) else {
        return;
    };
    let (stage, own) = (stage.get_bounding_client_rect(), menu.get_bounding_client_rect());
    let thing = anchor(seen, about).map(|el| el.get_bounding_client_rect());
    let middle = thing.map(|r| (r.left() + r.width() / 2.0, r.top() + r.height() / 2.0));
    let clear = if matches!(about, Picked::Process(_)) { CLEAR } else { 12.0 };
    // A node's menu stands beside it wherever on it the pointer was.
    let point = if clear < CLEAR { at.or(middle) } else { middle.or(at) };
    let (x, y) = point.unwrap_or((stage.left() + stage.width() / 2.0, stage.top()));
    let (x, y) = (x - stage.left(), y - stage.top());
    let right = x + clear;
    let left = if right + own.width() <= stage.width() { right } else { (x - clear - own.width()).max(0.0) };
    let height = window().inner_height().ok().and_then(|h| h.as_f64()).unwrap_or_default();
    let lowest = height - EDGE - own.height() - stage.top();
    let top = (y - clear / 2.0).min(lowest).max(BAR - stage.top());
    let style = menu.style();
    let _ = style.set_property("--menu-x", &px(left));
    let _ = style.set_property("--menu-y", &px(top));
    let own = menu.get_bounding_client_rect();
    if seen.state.live.frame.get_untracked().is_narrow()
        && let Some((_, y)) = point
        && y + clear > own.top()
    {
        window().scroll_by_with_x_and_y(0.0, y + clear - own.top());
    }
}

#[cfg(feature = "csr")]
fn anchor(seen: &Seen, about: Picked) -> Option<Element> {
    let selector = match about {
        Picked::Process(id) => format!("[data-node][data-process=\"{0}\"], [data-client][data-process=\"{0}\"]", id.0),
        Picked::Link(a, b) => format!("[data-link][data-a=\"{}\"][data-b=\"{}\"]", a.0, b.0),
        Picked::Message(id) => format!(".stage [data-message=\"{}\"]", id.0),
        Picked::Event(_) | Picked::Nothing => return None,
    };
    seen.figure.query_selector(&selector).ok().flatten()
}

#[cfg(feature = "csr")]
fn px(length: f64) -> String {
    let mut text = (length as i32).to_string();
    text.push_str("px");
    text
}
