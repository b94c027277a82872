//! What happens when a lab meets a fault of its own: it stops, says so, and offers a way back; the other labs of the
//! page go on.
//!
//! A trap ends the call that it happens in and nothing else: the module can be called again. But what that call was
//! changing is left half changed. So whatever the page calls is called on behalf of one lab, and a lab whose call did
//! not come to its end is never called again: its listeners, its effects and its seat in the frame loop are given up.

use core::cell::RefCell;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlTemplateElement};

use crate::input::Listener;
use crate::mount;
use crate::page::document;

thread_local! {
    /// The lab that is being worked for.
    static CURRENT: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

/// Works for a lab. If the work does not come to its end, [`stopped`] knows whose it was.
pub(crate) fn within<T>(figure: &HtmlElement, work: impl FnOnce() -> T) -> T {
    let outer = CURRENT.replace(Some(figure.clone()));
    let done = work();
    CURRENT.set(outer);
    done
}

/// To be called when an error reached the page: gives up the lab in whose work it happened, if it was one. Says
/// whether it was.
#[wasm_bindgen]
#[must_use]
pub fn stopped() -> bool {
    let Some(figure) = CURRENT.take() else { return false };
    let link = mount::give_up(&figure).unwrap_or_default();
    say(&figure, &link);
    true
}

/// Puts the note into the plate: what happened, a way back, and a link to report.
fn say(figure: &HtmlElement, link: &str) {
    let _ = figure.set_attribute("data-stopped", "");
    let _ = figure.remove_attribute("data-mounted");
    let Some(note) = template("stopped") else { return };
    if let Ok(Some(field)) = note.query_selector(".share-url")
        && let Some(field) = field.dyn_ref::<HtmlInputElement>()
    {
        field.set_value(link);
    }
    if let Ok(Some(button)) = note.query_selector("[data-do=revive]") {
        let figure = figure.clone();
        Listener::new(&button, "click", move |_| revive(&figure)).keep();
    }
    let _ = figure.prepend_with_node_1(&note);
}

/// Brings a lab that has stopped back to its beginning, in an element that nothing listens to yet.
fn revive(figure: &HtmlElement) {
    let Some(fresh) = figure.clone_node_with_deep(true).ok().and_then(|node| node.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    let _ = fresh.remove_attribute("data-stopped");
    if let Ok(Some(note)) = fresh.query_selector(".plate-note") {
        note.remove();
    }
    let _ = figure.replace_with_with_node_1(&fresh);
    let _ = mount::mount_lab(&fresh);
}

/// A copy of a piece of the page that is kept in a template for labs.
pub(crate) fn template(name: &str) -> Option<Element> {
    let template = document().query_selector(&format!("template[data-for-labs=\"{name}\"]")).ok().flatten()?;
    let content = template.dyn_ref::<HtmlTemplateElement>()?.content();
    content.first_element_child()?.clone_node_with_deep(true).ok()?.dyn_into().ok()
}
