//! What is true now, written into an open menu: names, what makes sense, what can't be done and why.

use maud::{Markup, html};
use protocols::view::{NodeView, Status};
use sim::{Latency, ProcessId};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use super::deed::{decimal, leader, near};
use crate::buttons::control;
use crate::state::{Bench, Picked, Shot};
use crate::words;

/// Does something with each element within another that fits.
pub(crate) fn each(root: &Element, selector: &str, mut work: impl FnMut(&Element)) {
    if let Ok(all) = root.query_selector_all(selector) {
        for i in 0..all.length() {
            if let Some(el) = all.item(i).and_then(|node| node.dyn_into::<Element>().ok()) {
                work(&el);
            }
        }
    }
}

fn show(el: &Element, shown: bool) {
    let _ = el.toggle_attribute_with_force("hidden", !shown);
}

/// Makes a menu say what is true of what it is about.
pub(super) fn fill(state: &Bench, about: Picked, menu: &Element) {
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    let facts = facts(&shot, about);
    let is = |el: &Element, name: &str| el.get_attribute(name).is_none_or(|fact| facts.contains(&fact.as_str()));
    each(menu, "[data-needs], [data-only]", |el| {
        let has = el.get_attribute("data-needs").is_none_or(|name| control(&name).is_none_or(|c| state.has(c)));
        show(el, has && is(el, "data-only"));
    });
    each(menu, "[data-if]", |el| {
        let can = is(el, "data-if");
        each(el, "button", |button| {
            let _ = button.toggle_attribute_with_force("disabled", !can);
        });
        each(el, ".menu-not", |why| show(why, !can));
    });
    each(menu, "[data-fill]", |el| {
        let text = text(&shot, about, &names, &el.get_attribute("data-fill").unwrap_or_default());
        el.set_inner_html(&words::set(&text, &names).into_string());
    });
    each(menu, "[data-options]", |el| {
        let html = options(&shot, about, &names, &el.get_attribute("data-options").unwrap_or_default()).into_string();
        if el.inner_html() != html {
            el.set_inner_html(&html);
        }
    });
    each(menu, ".menu-rest", |el| show(el, !state.all.get()));
    let _ = menu.set_attribute("aria-label", &text(&shot, about, &names, "title"));
}

/// What holds of a thing, in the words that the entries ask for.
fn facts(shot: &Shot, about: Picked) -> Vec<&'static str> {
    let mut facts = Vec::new();
    if about != Picked::Nothing {
        facts.push("part");
    }
    let mut so = |is: bool, fact| {
        if is {
            facts.push(fact);
        }
    };
    match about {
        Picked::Process(id) => {
            if let Some(node) = shot.node(id) {
                so(node.status != Status::Down, "up");
                so(node.status == Status::Down, "down");
                so(node.status == Status::Up, "going");
                so(node.status == Status::Paused, "stalled");
                so(node.machine.slow > 0, "slow");
                so(node.machine.drift != 0, "drifts");
                so(node.machine.lies, "lies");
                so(!node.machine.lies, "works");
                so(node.timer.is_some(), "timer");
                so(node.beat.is_some(), "beat");
                so(near(shot, id).is_some(), "near");
                so(leader(shot).is_some_and(|n| n.id != id), "led");
                so(shot.view.links.iter().any(|l| l.a == id || l.b == id), "linked");
            }
        }
        Picked::Link(a, b) => {
            if let Some(l) = shot.view.links.iter().find(|l| l.a == a && l.b == b) {
                so(!(l.ab_cut && l.ba_cut), "some");
                so(l.ab_cut || l.ba_cut, "cut");
                so(!l.ab_cut, "ab");
                so(!l.ba_cut, "ba");
                so(l.ab_cut, "ab-cut");
                so(l.ba_cut, "ba-cut");
            }
        }
        Picked::Message(id) => so(shot.view.messages.iter().any(|m| m.id == id), "flying"),
        Picked::Event(_) | Picked::Nothing => {
            so(shot.view.links.iter().any(|l| l.ab_cut || l.ba_cut), "cut");
            so(!shot.view.messages.is_empty(), "flying");
            so(!shot.view.clients.is_empty(), "clients");
        }
    }
    facts
}

fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// What stands where an entry asks for it.
fn text(shot: &Shot, about: Picked, names: &[String], what: &str) -> String {
    let name = |id: ProcessId| names.get(id.index()).map_or("", String::as_str);
    match about {
        Picked::Process(id) => match shot.node(id) {
            Some(node) => of_node(shot, node, names, what),
            None => joined(&["Client ", name(id)]),
        },
        Picked::Link(a, b) => match what {
            "a" => name(a).to_owned(),
            "b" => name(b).to_owned(),
            "way-ab" => joined(&[name(a), " to ", name(b), " only"]),
            "way-ba" => joined(&[name(b), " to ", name(a), " only"]),
            _ => joined(&["Link between ", name(a), " and ", name(b)]),
        },
        Picked::Message(id) => {
            let message = shot.view.messages.iter().find(|m| m.id == id);
            message
                .map_or_else(|| "Message".to_owned(), |m| joined(&[m.kind, " from ", name(m.from), " to ", name(m.to)]))
        }
        Picked::Event(_) | Picked::Nothing => "The network".to_owned(),
    }
}

fn of_node(shot: &Shot, node: &NodeView, names: &[String], what: &str) -> String {
    match what {
        "timer" => node.timer.map_or("", |t| t.name).to_owned(),
        "beat" => node.beat.map_or("", |t| t.name).to_owned(),
        "unsynced" => node.machine.unsynced.to_string(),
        "fsync" => if node.machine.lies { "lies" } else { "works" }.to_owned(),
        "client" => {
            near(shot, node.id).and_then(|id| names.get(id.index()).cloned()).unwrap_or_else(|| "a client".to_owned())
        }
        _ => joined(&["Node ", &node.name]),
    }
}

/// What can be chosen from a list.
fn options(shot: &Shot, about: Picked, names: &[String], what: &str) -> Markup {
    let name = |id: ProcessId| names.get(id.index()).map_or("", String::as_str);
    html! {
        @match (what, about) {
            ("peers", Picked::Process(id)) => @for l in &shot.view.links {
                @if l.a == id { option value=(l.b.0) { (name(l.b)) } }
                @if l.b == id { option value=(l.a.0) { (name(l.a)) } }
            },
            ("messages", _) => @for m in &shot.view.messages {
                option value=(m.id.0) { (m.kind) " from " (name(m.from)) " to " (name(m.to)) }
            },
            _ => @for c in &shot.view.clients { option value=(c.id.0) { (c.name) } },
        }
    }
}

/// Puts into the fields of a menu that opens what is so already.
pub(super) fn set_fields(state: &Bench, about: Picked, menu: &Element) {
    let shot = state.shot.get_untracked();
    let set = |name: &str, value: &str| {
        if let Ok(Some(field)) = menu.query_selector(&joined(&["[name=", name, "]"])) {
            let _ = js_sys::Reflect::set(&field, &JsValue::from_str("value"), &JsValue::from_str(value));
        }
    };
    match about {
        Picked::Link(a, b) => {
            let Some(l) = shot.view.links.iter().find(|l| l.a == a && l.b == b) else { return };
            let Some(change) = l.ab_shape.or(l.ba_shape) else { return };
            if l.ab_shape != l.ba_shape {
                set("way", if l.ab_shape.is_some() { "ab" } else { "ba" });
            }
            let (low, high) = match change.latency {
                Some(Latency::Fixed(span)) => (Some(span), Some(span)),
                Some(Latency::Uniform(low, high)) => (Some(low), Some(high)),
                Some(Latency::LongTail { usual, most }) => {
                    set("spread", "tail");
                    (Some(usual), Some(most))
                }
                None => (None, None),
            };
            for (name, span) in [("low", low), ("high", high)] {
                set(name, &span.map_or_else(String::new, |span| decimal(span.0, 3)));
            }
            let shares =
                [("loss", change.loss), ("duplication", change.duplication), ("reordering", change.reordering)];
            for (name, share) in shares {
                set(name, &share.map_or_else(String::new, |share| decimal(u64::from(share.0), 4)));
            }
        }
        Picked::Process(id) => {
            if let Some(slow) = shot.node(id).map(|n| n.machine.slow).filter(|slow| *slow > 0) {
                set("times", &slow.to_string());
            }
        }
        _ => {}
    }
}
