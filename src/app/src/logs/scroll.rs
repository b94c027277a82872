//! Scrolling through logs that are longer than the panel is wide: by pointer, by wheel and by key. The end is followed
//! until the reader scrolls back.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use super::Window;
use crate::input::{Listener, Seen, closest, id_of, number};
use crate::state::Bench;
use crate::timeline::Width;

impl Width {
    /// How wide a position of a log is drawn, in px. `logs.css` has the same.
    pub(crate) const fn log_pitch(self) -> u64 {
        match self {
            Self::Wide | Self::Mid => 80,
            Self::Column | Self::Narrow => 44,
        }
    }
}

fn scroller(figure: &Element) -> Option<Element> {
    figure.query_selector(".logs-scroll").ok().flatten()
}

/// Listens to the region that scrolls, if the lab has one.
pub(crate) fn listen(seen: &Seen) -> Vec<Listener> {
    let Some(place) = scroller(&seen.figure) else { return Vec::new() };
    take(&seen.state, &place);
    vec![
        seen.on(&place, "scroll", |seen, _| {
            if let Some(place) = scroller(&seen.figure) {
                take(&seen.state, &place);
            }
        }),
        seen.on(&place, "keydown", key),
    ]
}

/// Takes notice of where the region has been scrolled to.
fn take(state: &Bench, place: &Element) {
    let pitch = i32::try_from(state.live.width.get_untracked().log_pitch()).unwrap_or(1);
    let (at, wide) = (place.scroll_left(), place.client_width());
    if wide == 0 {
        return;
    }
    let at_end = at + wide + 4 >= place.scroll_width();
    let old = state.live.logs.get_untracked();
    let first = (!at_end).then_some(u64::try_from(at / pitch).unwrap_or(0) + 1);
    let odd = (place.scroll_width() - wide).max(0) % pitch;
    let slack = (old.slack + u64::try_from((pitch - odd) % pitch).unwrap_or(0)) % u64::try_from(pitch).unwrap_or(1);
    let window = Window { first, fits: u64::try_from(wide / pitch).unwrap_or(0) + 1, slack, ..old };
    if window != old {
        state.live.logs.set(window);
    }
}

/// The table has been drawn: whoever follows the end is taken there if it has moved, with the next frame.
pub(crate) fn drawn(place: &Element, state: &Bench) {
    let Some(scroller) = place.parent_element() else { return };
    let columns = place.first_element_child().and_then(|table| table.get_attribute("data-columns"));
    let known = scroller.get_attribute("data-columns");
    if columns == known {
        return;
    }
    if let Some(columns) = columns {
        let _ = scroller.set_attribute("data-columns", &columns);
    }
    if state.live.logs.with_untracked(|window| window.first.is_none()) {
        state.live.logs_grew.set(true);
    }
}

/// Goes to the end if it is to be followed. At a frame's beginning, when where everything stands is known already.
pub(crate) fn follow(state: &Bench, figure: &Element) {
    if state.live.logs_grew.take()
        && let Some(place) = scroller(figure)
    {
        place.set_scroll_left(i32::MAX);
    }
}

/// Back to the end.
pub(super) fn to_end(seen: &Seen) {
    seen.state.live.logs.update(|window| window.first = None);
    if let Some(place) = scroller(&seen.figure) {
        place.set_scroll_left(i32::MAX);
        if let Some(place) = place.dyn_ref::<HtmlElement>() {
            let _ = place.focus();
        }
    }
}

/// Keys within the region. On the region itself arrows scroll, and Down or Enter goes to the entries; on an entry,
/// arrows go to the next.
fn key(seen: &Seen, event: &Event) {
    let Some(e) = event.dyn_ref::<KeyboardEvent>().filter(|e| !e.ctrl_key() && !e.meta_key() && !e.alt_key()) else {
        return;
    };
    let Some(place) = scroller(&seen.figure) else { return };
    let key = e.key();
    let done = match closest(event, "[data-index]") {
        Some(entry) => walk(seen, &place, &entry, &key),
        None => scroll(seen, &place, &key),
    };
    if done {
        // The lab's own keys step through time.
        event.prevent_default();
        event.stop_propagation();
    }
}

fn scroll(seen: &Seen, place: &Element, key: &str) -> bool {
    let pitch = i32::try_from(seen.state.live.width.get_untracked().log_pitch()).unwrap_or(1);
    let at = place.scroll_left();
    let to = match key {
        "ArrowLeft" => at - pitch,
        "ArrowRight" => at + pitch,
        "PageUp" => at - place.client_width() / 2,
        "PageDown" => at + place.client_width() / 2,
        "Home" => 0,
        "End" => i32::MAX,
        "ArrowDown" | "Enter" => {
            // The last entry of the first row.
            let all = place.query_selector_all("tbody tr:first-child [data-index]").ok();
            let last = all.and_then(|all| all.item(all.length().checked_sub(1)?));
            if let Some(entry) = last.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
                let _ = entry.focus();
            }
            return true;
        }
        _ => return false,
    };
    place.set_scroll_left(to);
    take(&seen.state, place);
    true
}

/// Moves the focus from one entry to another.
fn walk(seen: &Seen, place: &Element, entry: &Element, key: &str) -> bool {
    let Some((id, index)) = id_of(entry, "data-process").zip(number(entry, "data-index")) else { return false };
    let state = &seen.state;
    let order: Vec<_> = rows(place);
    let Some(row) = order.iter().position(|other| *other == id.0) else { return false };
    let (row, index) = match key {
        "ArrowLeft" => (row, index.saturating_sub(1)),
        "ArrowRight" => (row, index + 1),
        "ArrowUp" => (row.saturating_sub(1), index),
        "ArrowDown" => ((row + 1).min(order.len() - 1), index),
        "Home" => (row, 1),
        "End" => (row, u64::MAX),
        _ => return false,
    };
    let who = order[row];
    let strip = state
        .shot
        .with_untracked(|s| s.view.nodes.iter().find(|n| n.id.0 == who).map(|n| (n.strip.first, n.strip.last)));
    let Some((first, last)) = strip.filter(|(first, last)| first <= last) else { return true };
    let index = index.clamp(first, last);
    show(state, place, index);
    let found = place.query_selector(&format!("[data-process=\"{who}\"][data-index=\"{index}\"]")).ok().flatten();
    if let Some(entry) = found.and_then(|el| el.dyn_into::<HtmlElement>().ok()) {
        let _ = entry.focus();
    }
    true
}

/// The servers, in the order of the rows.
fn rows(place: &Element) -> Vec<u8> {
    let mut found = Vec::new();
    if let Ok(all) = place.query_selector_all("tbody tr") {
        for i in 0..all.length() {
            let row = all.item(i).and_then(|node| node.dyn_into::<Element>().ok());
            let entry = row.and_then(|row| row.query_selector("[data-index]").ok().flatten());
            found.extend(entry.and_then(|entry| id_of(&entry, "data-process")).map(|id| id.0));
        }
    }
    found
}

/// Scrolls as little as is needed for a position to be in sight, and draws it.
fn show(state: &Bench, place: &Element, index: u64) {
    let pitch = i32::try_from(state.live.width.get_untracked().log_pitch()).unwrap_or(1);
    let left = i32::try_from(index - 1).unwrap_or(0).saturating_mul(pitch);
    // The names and the commit indices stand over the table's ends.
    let room = place.client_width() - 2 * pitch;
    let at = place.scroll_left();
    if left < at {
        place.set_scroll_left(left);
    } else if left + pitch > at + room {
        place.set_scroll_left(left + pitch - room);
    }
    take(state, place);
}
