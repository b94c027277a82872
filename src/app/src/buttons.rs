//! The standing of the plate's own buttons, which are part of the page: whether they can be pressed, whether they
//! are, and whether they are shown at all.

use std::rc::Rc;

use leptos::reactive::effect::ImmediateEffect;
use lesson::{Control, Panel};
use protocols::view::Status;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::frame;
use crate::state::Bench;

/// How a button stands.
struct Standing {
    /// It can be pressed.
    on: bool,
    /// It is a switch, and is pressed.
    pressed: Option<bool>,
}

/// Keeps the buttons of a plate, and of what belongs to it, as they stand. Those within parts that are drawn anew are
/// not its business.
pub(crate) fn keep(root: &HtmlElement, state: &Rc<Bench>) -> ImmediateEffect {
    let held = SendWrapper::new((
        within(root, "[data-do]"),
        within(root, "[data-needs]"),
        within(root, "[data-panel]"),
        Rc::clone(state),
    ));
    ImmediateEffect::new(move || {
        let (buttons, groups, panels, state) = &*held;
        for group in groups {
            let shown = control(&attribute(group, "data-needs")).is_none_or(|control| state.has(control));
            set(group, "hidden", !shown);
        }
        for place in panels {
            let shown = panel(&attribute(place, "data-panel")).is_none_or(|panel| state.shows(panel));
            set(place, "hidden", !shown);
        }
        for button in buttons {
            show(button, &standing(state, &attribute(button, "data-do"), button));
        }
        // Whether time runs is one of them.
        frame::wake();
    })
}

fn within(root: &HtmlElement, selector: &str) -> Vec<Element> {
    let mut found = Vec::new();
    if let Ok(all) = root.query_selector_all(selector) {
        for i in 0..all.length() {
            if let Some(element) = all.item(i).and_then(|node| node.dyn_into::<Element>().ok())
                && element.closest("[data-part]").ok().flatten().is_none()
            {
                found.push(element);
            }
        }
    }
    found
}

fn attribute(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

fn set(element: &Element, name: &str, on: bool) {
    if element.has_attribute(name) != on {
        let _ = element.toggle_attribute_with_force(name, on);
    }
}

fn show(button: &Element, standing: &Standing) {
    set(button, "disabled", !standing.on);
    if let Some(pressed) = standing.pressed {
        let _ = button.class_list().toggle_with_force("is-on", pressed);
        // A button with two names says what it does next; any other says whether it is pressed.
        match button.get_attribute(if pressed { "data-name-on" } else { "data-name-off" }) {
            Some(name) => {
                let _ = button.set_attribute("aria-label", &name);
            }
            None => {
                let _ = button.set_attribute("aria-pressed", if pressed { "true" } else { "false" });
            }
        }
    }
}

fn standing(state: &Bench, name: &str, button: &Element) -> Standing {
    let can = |on| Standing { on, pressed: None };
    let switch = |pressed| Standing { on: true, pressed: Some(pressed) };
    let node = |is: fn(Status) -> bool| {
        let (shot, id) = (state.shot.get(), state.selected());
        can(id.and_then(|id| shot.node(id)).is_some_and(|n| is(n.status)))
    };
    match name {
        "play" => switch(state.playing.get()),
        "speed" => switch(attribute(button, "data-slowed") == state.slowed.get().to_string()),
        "follow" => switch(state.span.with(Option::is_none)),
        "cut" => switch(state.sides.with(Option::is_some)),
        "all" => switch(state.all.get()),
        "keys" | "dials" | "luck" | "share" => switch(state.sheet.get() == name),
        "compare" => switch(state.sheet.get() == "compare-with" || state.live.beside.pair.with(Option::is_some)),
        "heal" => can(state.shot.with(|s| s.view.links.iter().any(|l| l.ab_cut || l.ba_cut))),
        "crash" => node(|status| status != Status::Down),
        "restart" => node(|status| status == Status::Down),
        "pause" => node(|status| status == Status::Up),
        "resume" => node(|status| status == Status::Paused),
        "isolate" => node(|_| true),
        "write" | "read" => can(state.shot.with(|s| !s.view.clients.is_empty())),
        "branch" => can(state.shot.with(|s| s.branches.len() > 1)),
        "hint" => can(state.live.trial.with(|t| t.hints_left(state.challenge()))),
        _ => can(true),
    }
}

/// The group of controls that a `data-needs` names.
pub(crate) fn control(name: &str) -> Option<Control> {
    Some(match name {
        "cut" => Control::Cut,
        "crash" => Control::Crash,
        "write" => Control::Write,
        "read" => Control::Read,
        "pause" => Control::Pause,
        "isolate" => Control::Isolate,
        "network" => Control::Network,
        "clock" => Control::Clock,
        "disk" => Control::Disk,
        "luck" => Control::Luck,
        "rules" => Control::Rules,
        "compare" => Control::Compare,
        _ => return None,
    })
}

/// The panel that an element stands in.
pub(crate) fn panel_around(element: &Element) -> Option<Panel> {
    panel(&attribute(&element.closest("[data-panel]").ok().flatten()?, "data-panel"))
}

fn panel(name: &str) -> Option<Panel> {
    Some(match name {
        "inspector" => Panel::Inspector,
        "timeline" => Panel::Timeline,
        "diagram" => Panel::Diagram,
        "clients" => Panel::Clients,
        "logs" => Panel::Logs,
        "safety" => Panel::Safety,
        _ => return None,
    })
}
