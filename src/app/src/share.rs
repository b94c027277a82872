//! Sharing: a link that holds the run and the moment, the run as a file, the figure as a drawing.
//!
//! What the browser does better is in `src/share.js`: copying, drawing the figure by itself, starting a download.
//! Nothing of a run leaves the page but in the link that the reader takes away.

use maud::{Markup, html};

#[cfg(feature = "ssr")]
use crate::sheets::Sheet;
use crate::stage::ms;
use crate::state::{Bench, letter};
#[cfg(feature = "csr")]
use {
    crate::guard::template,
    crate::input::Seen,
    crate::mount,
    crate::page::document,
    crate::sheets,
    core::cell::RefCell,
    lesson::write::{Heading, lab_toml},
    lesson::{Lab, link},
    protocols::{Op, Run, Scenario},
    sim::{Action, By, Time},
    wasm_bindgen::prelude::wasm_bindgen,
    web_sys::{Element, HtmlElement},
};

/// The link, as long as the sheet is open.
#[must_use]
pub(crate) fn share(state: &Bench) -> Markup {
    if state.sheet.get() != "share" {
        return html! {};
    }
    let (at, branch, runs) = state.shot.with(|s| (s.view.at, s.branch, s.branches.len()));
    let link = link_of(state);
    html! {
        input.share-url type="text" readonly aria-label="Link to this moment" value=(link) data-ms=(ms(at)) data-us=(at.0);
        p.share-says {
            "It opens " @if runs > 1 { "run " (letter(branch)) } @else { "this run" } " at " (ms(at)) " ms. "
            (link.len()) " characters."
        }
        p.share-printed { "This moment: " (link) }
    }
}

#[cfg(not(feature = "csr"))]
fn link_of(_state: &Bench) -> String {
    String::new()
}

/// What a page keeps once: the sheet, and the note of a link that could not be opened.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn templates() -> Markup {
    html! {
        template data-for-labs="share" { (sheet()) }
        template data-for-labs="bad-link" {
            div.plate-note.link-note role="alert" {
                p { "This link's run could not be opened: " span data-why {} ". The lab stands as the lesson has it." }
                p { button.btn type="button" data-do="put-away" { "Close" } }
            }
        }
    }
}

#[cfg(feature = "ssr")]
fn sheet() -> Markup {
    let sheet = Sheet {
        name: "share",
        class: "share-sheet",
        title: "Share this moment",
        about: "The link holds the whole run: its settings, everything that was done, and the moment. It is kept nowhere else.",
        close: "share",
    };
    sheet.with(
        &html! {},
        &html! {
            div.share-link {
                div data-slot {}
                button.btn.is-main type="button" data-share="copy" { "Copy" }
            }
            div.share-more {
                button.btn type="button" data-share="file" { "Save the run as a scenario file" }
                button.btn type="button" data-share="figure" { "Save the figure as SVG" }
                button.btn type="button" data-share="print" { "Print" }
                p role="status" data-share-said {}
            }
        },
    )
}

#[cfg(feature = "csr")]
thread_local! {
    /// The address that was opened last. One that led to a fault is not opened again by starting the lab anew.
    static OPENED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Opens the run that the page's address asks for in this lab, at its moment. If the run can't be had, a note in the
/// plate says why.
#[cfg(feature = "csr")]
pub(crate) fn open_asked(seen: &Seen) {
    let (figure, lab) = (&seen.figure, seen.state.lab());
    if let Ok(Some(note)) = figure.query_selector(".link-note") {
        note.remove();
    }
    let address = document().url().unwrap_or_default();
    let Some(asked) = link::read(&address).filter(|asked| asked.lab == lab.id && !asked.run.is_empty()) else {
        return;
    };
    if OPENED.replace(address.clone()) == address {
        return;
    }
    match open(lab, &asked.run) {
        Ok((scenario, moment)) => {
            seen.state.playing.set(false);
            seen.state.restart_as(&scenario, moment);
        }
        Err(why) => complain(figure, &why),
    }
}

/// The run of a code, if it is one of this lab's.
#[cfg(feature = "csr")]
fn open(lab: &Lab, code: &str) -> Result<(Scenario, Time), String> {
    let (scenario, moment) = lesson::decode_run(code).map_err(|bad| bad.to_string())?;
    let own = &lab.scenario;
    // The lesson speaks of these servers and clients, and so do the goals.
    let same = scenario.nodes == own.nodes
        && scenario.clients.len() == own.clients.len()
        && scenario.clients.iter().zip(&own.clients).all(|(a, b)| a.name == b.name);
    if same { Ok((scenario, moment)) } else { Err("it is a run of other servers or clients".to_owned()) }
}

#[cfg(feature = "csr")]
fn complain(figure: &HtmlElement, why: &str) {
    let Some(note) = template("bad-link") else { return };
    if let Ok(Some(place)) = note.query_selector("[data-why]") {
        place.set_text_content(Some(why));
    }
    let _ = figure.prepend_with_node_1(&note);
}

/// The scenario of the run as it is, with everything that was done: kept outside the run, which can't be asked any
/// more after a fault.
#[cfg(feature = "csr")]
pub(crate) struct Kept(RefCell<Scenario>);

#[cfg(feature = "csr")]
impl Kept {
    /// Of a run that begins.
    pub(crate) fn of(run: &dyn Run) -> Self {
        Self(RefCell::new(run.scenario()))
    }

    /// The scenario, with everything that was done in its script.
    pub(crate) fn scenario(&self) -> Scenario {
        self.0.borrow().clone()
    }

    /// Keeps the run as it is now.
    pub(crate) fn keep(&self, run: &dyn Run) {
        *self.0.borrow_mut() = run.scenario();
    }

    /// Keeps what is about to be done, in case that the run does not survive it.
    pub(crate) fn expect(&self, at: Time, action: Action<Op>) {
        let mut kept = self.0.borrow_mut();
        kept.script.retain(|act| act.at <= at);
        kept.script.push(protocols::scenario::Scheduled { at, by: By::Reader, action });
    }
}

#[cfg(feature = "csr")]
pub(crate) fn link_of(state: &Bench) -> String {
    let at = state.shot.with_untracked(|s| s.view.at);
    let page = document().url().unwrap_or_default();
    // After a fault it may never have been given back.
    let kept = state.live.kept.0.try_borrow();
    kept.map(|scenario| link::to(&page, &state.lab().id, &scenario, at)).unwrap_or_default()
}

/// A link to the run as it was when it was last drawn.
#[cfg(feature = "csr")]
pub(crate) fn last_link(state: &Bench) -> String {
    state.more().map_or_else(|| document().url().unwrap_or_default(), |more| (more.link)(state))
}

/// The run of a plate as a scenario file, which the command line and lessons read.
#[cfg(feature = "csr")]
#[wasm_bindgen]
#[must_use]
pub fn scenario_file(figure: &HtmlElement) -> String {
    let state = mount::state_of(figure);
    state.and_then(|state| Some((state.more()?.file)(&state))).unwrap_or_default()
}

/// The same, written.
#[cfg(feature = "csr")]
pub(crate) fn file_of(state: &Bench) -> String {
    let lab = state.lab();
    let remark = ["Run it: cutset run ", &lab.id, ".toml\nSee it: ", &link_of(state)].concat();
    let heading = Heading {
        id: &lab.id,
        title: &lab.title,
        caption: &lab.caption,
        poster: state.shot.with_untracked(|s| s.view.at),
        remark: &remark,
    };
    let kept = state.live.kept.0.borrow();
    lab_toml(&kept, &heading)
}

/// Opens a sheet, or closes it. What changes in it is moved to where the sheet has room for it.
#[cfg(feature = "csr")]
pub(crate) fn open_sheet(seen: &Seen, name: &'static str) {
    sheets::toggle(seen, name);
    let find = |selector: String| seen.figure.query_selector(&selector).ok().flatten();
    if seen.state.sheet.get_untracked() == name {
        let part = find(["[data-part=\"", name, "\"]"].concat());
        let slot = find(["[data-sheet=\"", name, "\"] [data-slot]"].concat());
        if let (Some(part), Some(slot)) = (part, slot) {
            let _ = slot.append_child(&part);
        }
    }
}

/// What its buttons and keys ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    match name {
        "share" => {
            // The moment that is shared is the one that is looked at.
            seen.state.playing.set(false);
            seen.state.refresh();
            open_sheet(seen, "share");
        }
        "put-away" => {
            if let Some(note) = from.and_then(|button| button.closest(".plate-note").ok().flatten()) {
                note.remove();
            }
        }
        _ => return false,
    }
    true
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_offers_what_a_reader_takes_away() {
        let html = templates().into_string();
        for what in ["data-share=\"copy\"", "data-share=\"file\"", "data-share=\"figure\"", "data-share=\"print\""] {
            assert!(html.contains(what), "{what}");
        }
    }
}
