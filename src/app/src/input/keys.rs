//! Keys. They act only while the focus is within a plate, and never in place of what a control does by itself.

use lesson::Control;
use sim::{ProcessId, Span};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

use super::{Seen, closest, id_of, pointer};
use crate::frame;
use crate::menu;
use crate::sides;
use crate::state::Picked;

/// A key went down within a plate.
pub(super) fn down(seen: &Seen, event: &Event) {
    let Some(e) = event.dyn_ref::<KeyboardEvent>() else { return };
    if e.meta_key() || e.alt_key() || (e.ctrl_key() && e.key() != "z") {
        return;
    }
    if seen.state.more().is_some_and(|more| (more.key)(seen, e)) {
        e.prevent_default();
        return;
    }
    let on = |selector: &str| closest(e, selector).is_some();
    let key = e.key();
    if let Some(menu) = closest(e, ".menu")
        && within_menu(seen, e, &menu, &key)
    {
        return;
    }
    // A control that has the focus is pressed by Space and Enter, and a field takes all keys but Escape.
    let pressed = matches!(key.as_str(), " " | "Enter") && on("button, a, summary, input, select");
    let typed = key != "Escape" && on("input, select, textarea");
    // Keys that write something can be turned off for the page (WCAG 2.1.4).
    let off = key.len() == 1 && key != " " && crate::page::keys_are_off();
    if !pressed && !typed && !off && handled(seen, e, &key) {
        e.prevent_default();
        frame::taken_over(&seen.figure);
    }
}

/// A menu has its own keys: arrows move in it, Escape closes it, and what is typed in it is meant for it alone. Says
/// whether that was all.
fn within_menu(seen: &Seen, e: &KeyboardEvent, menu: &Element, key: &str) -> bool {
    let on = |selector: &str| closest(e, selector).is_some();
    let moves = match key {
        "Escape" => return false,
        "ArrowUp" | "ArrowDown" => !on("select"),
        "ArrowLeft" | "ArrowRight" => !on("select, input"),
        _ => false,
    };
    if moves {
        menu::walk(menu, matches!(key, "ArrowDown" | "ArrowRight"));
        e.prevent_default();
    }
    if matches!(key, "m" | "M") && !on("select, input") {
        menu::close(seen);
        e.prevent_default();
    }
    true
}

fn handled(seen: &Seen, e: &KeyboardEvent, key: &str) -> bool {
    if let Some(node) = closest(e, "[data-node]")
        && on_node(seen, &node, key)
    {
        return true;
    }
    let state = &seen.state;
    let cutting = state.sides.with_untracked(Option::is_some);
    if matches!(key, " " | "Enter")
        && !cutting
        && let Some(thing) = closest(e, menu::THINGS)
        && on_thing(seen, &thing, key)
    {
        return true;
    }
    let run = |name: &str| {
        super::command(seen, name, None);
        true
    };
    let times = if e.shift_key() { 10 } else { 1 };
    match key {
        " " => run("play"),
        "ArrowLeft" | "ArrowRight" => {
            for _ in 0..times {
                run(if key == "ArrowLeft" { "step-back" } else { "step-on" });
            }
            true
        }
        "Home" => run("start"),
        "End" => run("end"),
        "," | "<" => seek_by(seen, false),
        "." | ">" => seek_by(seen, true),
        "[" => run("slower"),
        "]" => run("faster"),
        "-" => run("zoom-out"),
        "+" | "=" => run("zoom-in"),
        "z" if e.ctrl_key() => run("undo"),
        "x" => run("cut"),
        "X" if state.allows(Control::Cut) => {
            state.said.set("Which link? Press the number of its other end.".to_owned());
            seen.figure.dataset().set("sever", "1").is_ok()
        }
        "Enter" if cutting => run("cut-sides"),
        "n" | "N" if cutting => run("another-side"),
        "h" => run("heal"),
        "H" => run("heal-last"),
        "k" | "K" => run("crash"),
        "r" | "R" => run("restart"),
        "p" | "P" => run(if state.is_stalled() { "resume" } else { "pause" }),
        "i" | "I" => run("isolate"),
        "w" | "W" => run("write"),
        "q" | "Q" => run("read"),
        "m" | "M" => run("menu"),
        "b" => run("what-if"),
        "B" => run("branch"),
        "e" => run("next-election"),
        "E" => run("previous-election"),
        "c" => run("next-commit"),
        "C" => run("previous-commit"),
        "v" => run("next-fault"),
        "V" => run("previous-fault"),
        "a" | "A" => run("all"),
        "f" | "F" => run("full-screen"),
        "s" | "S" => run("share"),
        "?" => run("keys"),
        "Escape" => {
            seen.figure.dataset().delete("sever");
            pointer::cancel(seen) || run("escape")
        }
        _ => digit(seen, key),
    }
}

fn on_node(seen: &Seen, node: &Element, key: &str) -> bool {
    let cutting = seen.state.sides.with_untracked(Option::is_some);
    match key {
        "ArrowLeft" | "ArrowUp" => walk(seen, node, -1),
        "ArrowRight" | "ArrowDown" => walk(seen, node, 1),
        " " => {
            if let Some(id) = id_of(node, "data-process") {
                sides::pick(&seen.state, id);
            }
            true
        }
        "Enter" if !cutting => {
            if let Some(id) = id_of(node, "data-process") {
                seen.state.pick(Picked::Process(id));
                super::command(seen, "menu", Some(node));
            }
            true
        }
        _ => false,
    }
}

/// A client, a link or a message that has the focus: Space selects it, Enter opens its menu.
fn on_thing(seen: &Seen, thing: &Element, key: &str) -> bool {
    match menu::thing(thing) {
        Some(picked) if key == " " => {
            seen.state.playing.set(false);
            seen.state.pick(picked);
        }
        Some(_) => super::command(seen, "menu", Some(thing)),
        None => return false,
    }
    true
}

fn seek_by(seen: &Seen, on: bool) -> bool {
    seen.state.playing.set(false);
    let (now, ms) = (seen.state.now(), Span::from_millis(1));
    seen.state.seek(if on { now + ms } else { now - ms });
    true
}

/// A number names a node: to be selected, to be put on a side, or as the other end of a link to sever.
fn digit(seen: &Seen, key: &str) -> bool {
    let state = &seen.state;
    let Some(n) = key.parse::<u8>().ok().filter(|n| (1..=9).contains(n)) else { return false };
    let id = ProcessId(n - 1);
    if state.shot.with_untracked(|s| id.index() >= s.view.nodes.len()) {
        return false;
    }
    if seen.figure.dataset().get("sever").is_some() {
        seen.figure.dataset().delete("sever");
        state.said.set(String::new());
        match state.selected_server().filter(|s| *s != id) {
            Some(from) => state.toggle_link(from.min(id), from.max(id)),
            None => state.said.set("Select the node at one end first.".to_owned()),
        }
        return true;
    }
    sides::pick(state, id);
    true
}

/// Moves the focus to the next node, and the selection with it.
fn walk(seen: &Seen, node: &Element, by: i16) -> bool {
    let count = seen.state.shot.with_untracked(|s| s.view.nodes.len());
    let Some(here) = id_of(node, "data-process") else { return false };
    let count = i16::try_from(count.max(1)).unwrap_or(1);
    let Ok(there) = u8::try_from((i16::from(here.0) + by).rem_euclid(count)) else { return false };
    seen.state.pick(Picked::Process(ProcessId(there)));
    let next = seen.figure.query_selector(&format!("[data-node][data-process=\"{there}\"]")).ok().flatten();
    if let Some(next) = next.and_then(|n| n.dyn_into::<web_sys::SvgElement>().ok()) {
        let _ = next.focus();
    }
    true
}
