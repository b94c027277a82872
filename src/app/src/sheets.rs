//! What can be opened over or around a plate: sheets, all of its controls, the whole screen.

#[cfg(feature = "ssr")]
use maud::{Markup, html};
#[cfg(feature = "csr")]
use {crate::guard::template, crate::input::Seen, crate::state::Picked, wasm_bindgen::JsCast, web_sys::Element};

/// A sheet as the page keeps it.
#[cfg(feature = "ssr")]
pub(crate) struct Sheet {
    /// What it is opened by, in `data-sheet`.
    pub name: &'static str,
    /// Its class, beside `sheet`.
    pub class: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is said of it beside the heading.
    pub about: &'static str,
    /// The command that closes it: the one that opens it.
    pub close: &'static str,
}

#[cfg(feature = "ssr")]
impl Sheet {
    /// The sheet with `acts` in its head and this below it.
    pub(crate) fn with(&self, acts: &Markup, inside: &Markup) -> Markup {
        html! {
            div.sheet.(self.class) data-sheet=(self.name) role="group" aria-label=(self.title) tabindex="-1" {
                div.sheet-head {
                    h3 { (self.title) }
                    span { (self.about) }
                    (acts)
                    button.btn.is-quiet type="button" data-do=(self.close) { "Close" }
                }
                (inside)
            }
        }
    }
}

/// Opens, closes and puts away.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &Seen, name: &str, _: Option<&Element>) -> bool {
    let state = &seen.state;
    match name {
        "keys" => toggle(seen, "keys"),
        "all" => {
            state.all.update(|all| *all = !*all);
            state.refresh();
        }
        "full-screen" => full_screen(seen),
        "escape" => {
            let busy = state.sides.with_untracked(Option::is_some) || !state.sheet.get_untracked().is_empty();
            state.sides.set(None);
            show(seen, "");
            if !busy && crate::page::document().fullscreen_element().is_some() {
                crate::page::document().exit_fullscreen();
            } else if !busy {
                state.pick(Picked::Nothing);
            }
        }
        _ => return false,
    }
    true
}

/// Opens a sheet, or closes it if it is open.
#[cfg(feature = "csr")]
pub(crate) fn toggle(seen: &Seen, name: &'static str) {
    let open = seen.state.sheet.get_untracked() == name;
    show(seen, if open { "" } else { name });
}

/// Shows one sheet, or none. What stands in a template is brought into the plate the first time.
#[cfg(feature = "csr")]
fn show(seen: &Seen, name: &'static str) {
    let Ok(Some(place)) = seen.figure.query_selector(".sheet-place") else { return };
    let own = |sheet: &str| place.query_selector(&format!("[data-sheet=\"{sheet}\"]")).ok().flatten();
    if !name.is_empty()
        && own(name).is_none()
        && let Some(sheet) = template(name)
    {
        let _ = place.append_child(&sheet);
    }
    let last = seen.state.sheet.get_untracked();
    // The keys stay with the plate when what has the focus goes.
    let focused = crate::page::document().active_element();
    if name.is_empty() && own(last).is_some_and(|sheet| sheet.contains(focused.as_deref())) {
        let still = web_sys::FocusOptions::new();
        still.set_prevent_scroll(true);
        let _ = seen.figure.focus_with_options(&still);
    }
    seen.state.sheet.set(name);
    if let Some(sheet) = own(last).filter(|_| last != name) {
        let _ = sheet.set_attribute("hidden", "");
    }
    if let Some(sheet) = own(name).and_then(|sheet| sheet.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = sheet.remove_attribute("hidden");
        let _ = sheet.focus();
    }
}

#[cfg(feature = "csr")]
fn full_screen(seen: &Seen) {
    let document = crate::page::document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if seen.figure.request_fullscreen().is_err() {
        seen.state.said.set("This browser shows no plate on the whole screen.".to_owned());
    }
}
