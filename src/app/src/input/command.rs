//! Commands by name: what a button's `data-do` or a key asks for.
//!
//! Each panel answers for its own commands; the first that knows a name takes it.

use lesson::Control;
use sim::{Action, EventId, MsgId, ProcessId, Time};
use web_sys::{Element, Event};

use super::{Seen, closest, id_of, number, process};
use crate::state::Picked;
use crate::{menu, more, sides, transport};

/// One command: whose lab, what is asked for, and the element that asks, if one does.
pub(crate) type Handler = fn(&Seen, &str, Option<&Element>) -> bool;

/// The commands that can be done from the first; the others are in [`crate::more`].
const HANDLERS: &[Handler] = &[transport::command, network, nodes, menu::closes];

/// Does what a button or a key names.
pub(crate) fn run(seen: &Seen, name: &str, from: Option<&Element>) {
    seen.state.said.set(String::new());
    if one_of(HANDLERS, seen, name, from) {
        return;
    }
    let (name, from) = (name.to_owned(), from.cloned());
    more::then(seen, move |more, seen| {
        seen.state.said.set(String::new());
        one_of(more.handlers, seen, &name, from.as_ref());
    });
}

fn one_of(handlers: &[Handler], seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    handlers.iter().any(|handler| handler(seen, name, from))
}

fn network(seen: &Seen, name: &str, _: Option<&Element>) -> bool {
    let state = &seen.state;
    match name {
        "heal" if state.allows(Control::Cut) => {
            state.act(Action::HealAll);
        }
        "heal-last" if state.allows(Control::Cut) => state.heal_last(),
        _ => return false,
    }
    true
}

/// What is done to the selected node, or through the first client.
fn nodes(seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    let state = &seen.state;
    let (control, action): (Control, fn(ProcessId) -> Action<protocols::Op>) = match name {
        "crash" => (Control::Crash, |id| Action::Crash(id.into())),
        "restart" => (Control::Crash, |id| Action::Restart(id.into())),
        "pause" => (Control::Pause, |id| Action::Pause(id.into())),
        "resume" => (Control::Pause, |id| Action::Resume(id.into())),
        "isolate" => (Control::Isolate, |id| Action::Isolate(id.into())),
        "write" if state.allows(Control::Write) => {
            state.write();
            return true;
        }
        "read" if state.allows(Control::Read) => {
            state.read();
            return true;
        }
        _ => return false,
    };
    if !state.allows(control) {
        return true;
    }
    match from.and_then(|el| id_of(el, "data-process")).or_else(|| state.selected_server()) {
        Some(id) => {
            state.act(action(id));
        }
        None => state.said.set("Select a node first.".to_owned()),
    }
    true
}

/// A click anywhere in the plate, or in the lab's challenge.
pub(super) fn click(seen: &Seen, e: &Event) {
    let state = &seen.state;
    if let Some(button) = closest(e, "[data-do]") {
        if !button.has_attribute("disabled") {
            run(seen, &button.get_attribute("data-do").unwrap_or_default(), Some(&button));
        }
    } else if let Some(at) = closest(e, "[data-at-us]").and_then(|el| number(&el, "data-at-us")) {
        state.playing.set(false);
        state.seek(Time(at));
    } else if let Some(event) = closest(e, "[data-event]").and_then(|el| number(&el, "data-event")) {
        state.pick(u32::try_from(event).map_or(Picked::Nothing, |id| Picked::Event(EventId(id))));
    } else if let Some(message) = closest(e, "[data-message]").and_then(|el| number(&el, "data-message")) {
        state.playing.set(false);
        state.pick(u32::try_from(message).map_or(Picked::Nothing, |id| Picked::Message(MsgId(id))));
    } else if let Some(id) = process(e, "[data-node], [data-client]") {
        sides::pick(state, id);
    } else if closest(e, "[data-heal]").is_some() && state.allows(Control::Cut) {
        state.heal_last();
    } else if let Some(link) = closest(e, "[data-link]").filter(|_| state.allows(Control::Cut))
        && let (Some(a), Some(b)) = (id_of(&link, "data-a"), id_of(&link, "data-b"))
    {
        state.toggle_link(a, b);
    } else if closest(e, ".stage-svg").is_some() && state.sides.with_untracked(Option::is_none) {
        state.pick(Picked::Nothing);
    }
}

/// Something was typed into or chosen in a form within the plate.
pub(super) fn typed(seen: &Seen, e: &Event) {
    if let Some(field) = closest(e, "[data-on]") {
        let name = field.get_attribute("data-on").unwrap_or_default();
        if field.get_attribute("data-when").is_none_or(|when| when == e.type_()) {
            run(seen, &name, Some(&field));
        }
    }
}

/// A form within the plate was sent: its `data-do` says what for.
pub(super) fn submitted(seen: &Seen, e: &Event) {
    e.prevent_default();
    if let Some(form) = closest(e, "form[data-send]") {
        run(seen, &form.get_attribute("data-send").unwrap_or_default(), Some(&form));
    }
}
