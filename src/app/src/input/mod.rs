//! What the reader does: buttons, keys and pointer, turned into acts on the lab. What was meant is read from `data-`
//! attributes.

mod command;
mod drags;
mod keys;
mod pointer;
pub(crate) mod spans;

use std::rc::Rc;

use sim::ProcessId;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventTarget, HtmlElement};

use crate::frame;
use crate::guard;
use crate::state::Bench;

pub(crate) use command::{Handler, run as command};

/// Something that is listened to, until this is dropped.
pub(crate) struct Listener {
    target: EventTarget,
    kind: &'static str,
    closure: Closure<dyn Fn(Event)>,
}

impl Listener {
    /// Calls `handle` for each event of a kind.
    pub(crate) fn new(target: &EventTarget, kind: &'static str, handle: impl Fn(Event) + 'static) -> Self {
        Self::boxed(target, kind, Box::new(handle))
    }

    fn boxed(target: &EventTarget, kind: &'static str, handle: Box<dyn Fn(Event)>) -> Self {
        let closure = Closure::wrap(handle);
        let _ = target.add_event_listener_with_callback(kind, closure.as_ref().unchecked_ref());
        Self { target: target.clone(), kind, closure }
    }

    /// Listens for as long as the page lives.
    pub(crate) fn keep(self) {
        core::mem::forget(self);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.closure.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.kind, callback);
    }
}

/// A lab and its plate: what every handler works with.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) state: Rc<Bench>,
    pub(crate) figure: HtmlElement,
}

impl Seen {
    /// Listens to an element of the page on behalf of the lab.
    pub(crate) fn on(
        &self,
        target: &EventTarget,
        kind: &'static str,
        handle: impl Fn(&Self, &Event) + 'static,
    ) -> Listener {
        let seen = self.clone();
        Listener::new(target, kind, move |e| guard::within(&seen.figure, || handle(&seen, &e)))
    }
}

/// Listens to a plate.
pub(crate) fn listen(seen: &Seen) -> Vec<Listener> {
    let figure = seen.figure.clone();
    let mut all = drags::listen(seen);
    all.extend([
        seen.on(&figure, "keydown", keys::down),
        seen.on(&figure, "input", command::typed),
        seen.on(&figure, "change", command::typed),
        seen.on(&figure, "submit", command::submitted),
    ]);
    all.extend(pointer::listen(seen));
    all
}

/// Listens for buttons of a lab that stand outside its plate.
pub(crate) fn listen_to_buttons(section: &HtmlElement, seen: &Seen) -> Listener {
    seen.on(section, "click", |seen, e| {
        frame::taken_over(&seen.figure);
        command::click(seen, e);
    })
}

/// The nearest element around an event's target that fits.
pub(crate) fn closest(e: &Event, selector: &str) -> Option<Element> {
    e.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

/// A number in an attribute.
pub(crate) fn number(el: &Element, name: &str) -> Option<u64> {
    el.get_attribute(name)?.parse().ok()
}

/// A process's id in an attribute.
pub(crate) fn id_of(el: &Element, name: &str) -> Option<ProcessId> {
    number(el, name).and_then(|n| u8::try_from(n).ok()).map(ProcessId)
}

/// The process that an event happened at.
pub(crate) fn process(e: &Event, selector: &str) -> Option<ProcessId> {
    id_of(&closest(e, selector)?, "data-process")
}
