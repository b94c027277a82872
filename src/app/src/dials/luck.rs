//! Luck: whose timer runs out first, and where all chance comes from.

use maud::{Markup, html};
use protocols::view::{NodeView, Stance, Status};

use crate::node::name as set_name;
#[cfg(feature = "ssr")]
use crate::sheets::Sheet;
use crate::state::Bench;
#[cfg(feature = "csr")]
use {
    super::{begin, settle},
    crate::input::Seen,
    crate::share,
    lesson::Control,
    protocols::Scenario,
    sim::{Action, ProcessId},
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlInputElement},
};

/// What chance can be made to do at this moment, as long as the sheet is open.
#[must_use]
pub(crate) fn luck(state: &Bench) -> Markup {
    if state.sheet.get() != "luck" {
        return html! {};
    }
    let (shot, id) = (state.shot.get(), state.selected());
    let node = id.and_then(|id| shot.node(id));
    let waiting = shot.view.nodes.iter().filter(|node| waits(node)).count();
    let seed = super::scenario_of(state).seed;
    let own = state.lab().scenario.seed;
    html! {
        div.luck-row {
            button.btn type="button" data-do="elect" {
                span { @if let Some(node) = node { "Elect " (set_name(&node.name)) } @else { "Elect the selected server" } }
            }
            span {
                @if let Some(node) = node {
                    @if leads(node) { "It leads already." } @else { "Its timer runs out now, so that it asks at once. The others answer by the rules." }
                } @else { "Select a server first: press its number, or click it." }
            }
        }
        div.luck-row {
            button.btn type="button" data-do="split-vote" { "Split the vote" }
            span { "The timers of all who wait for a leader run out at once: " (waiting) " of " (shot.view.nodes.len()) " servers." }
        }
        div.luck-row {
            button.btn type="button" data-do="new-seed" { "New seed" }
            span.luck-seed {
                label { "Seed " input.dial-field type="text" inputmode="numeric" autocomplete="off" value=(seed) data-on="seed" data-when="change"; }
                @if seed == own { "The lesson's own. " } @else {
                    "The lesson has " (own) ". "
                    button.btn type="button" data-do="own-seed" { "Back to it" }
                    button.btn type="button" data-do="beside" data-what="before" { "Compare with the run before" }
                }
            }
        }
    }
}

/// Whether a server waits for a leader to be silent for too long.
fn waits(node: &NodeView) -> bool {
    node.status == Status::Up && node.stance != Stance::Leads && node.timer.is_some()
}

fn leads(node: &NodeView) -> bool {
    node.status.is_up() && node.stance == Stance::Leads
}

/// The sheet.
#[cfg(feature = "ssr")]
pub(super) fn template() -> Markup {
    html! {
        template data-for-labs="luck" {
            (Sheet {
                name: "luck",
                class: "luck-sheet",
                title: "Luck",
                about: "Chance decides whose timer runs out first, and how long each message takes. Here you decide.",
                close: "luck",
            }.with(&html! {}, &html! {
                p.sheet-said role="status" data-said {}
                div data-slot {}
            }))
        }
    }
}

/// What its buttons ask for.
#[cfg(feature = "csr")]
pub(super) fn command(seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    let state = &seen.state;
    if !matches!(name, "luck" | "elect" | "split-vote" | "new-seed" | "own-seed" | "seed") {
        return false;
    }
    if !state.allows(Control::Luck) {
        return true;
    }
    match name {
        "luck" => share::open_sheet(seen, "luck"),
        "elect" => elect(state),
        "split-vote" => split_vote(state),
        "own-seed" => reseed(seen, state.lab().scenario.seed),
        "new-seed" => reseed(seen, state.live.kept.scenario().seed.wrapping_add(1)),
        _ => {
            let typed = from.and_then(|field| field.dyn_ref::<HtmlInputElement>()).map(HtmlInputElement::value);
            match typed.and_then(|text| text.trim().parse().ok()) {
                Some(seed) => reseed(seen, seed),
                None => settle(seen, "A seed is a whole number."),
            }
        }
    }
    true
}

#[cfg(feature = "csr")]
fn reseed(seen: &Seen, seed: u64) {
    begin(&seen.state, &Scenario { seed, ..seen.state.live.kept.scenario() });
    settle(seen, "");
}

/// Lets the selected server's timer run out, so that it asks to lead at once.
#[cfg(feature = "csr")]
fn elect(state: &Bench) {
    let shot = state.shot.get_untracked();
    let Some(node) = state.selected_server().and_then(|id| shot.node(id)) else {
        state.said.set("Select a server first.".to_owned());
        return;
    };
    let called = &*node.name;
    if leads(node) {
        state
            .said
            .set([called, " leads already, in ", shot.view.epoch_word, " ", &node.epoch.to_string(), "."].concat());
    } else if node.timer.is_none() {
        state.said.set([called, " has no timer that could run out. Is it down?"].concat());
    } else if expire(state, &[node.id]) {
        state.said.update(|said| said.insert_str(0, &[called, "'s timer runs out now. "].concat()));
    }
}

/// Lets the timers of all who wait run out at once.
#[cfg(feature = "csr")]
fn split_vote(state: &Bench) {
    let shot = state.shot.get_untracked();
    let mut waiting: Vec<ProcessId> = Vec::new();
    waiting.extend(shot.view.nodes.iter().filter(|node| waits(node)).map(|node| node.id));
    if waiting.len() < 2 {
        state.said.set("A vote is split between two servers at least, and fewer wait for a leader now.".to_owned());
    } else if expire(state, &waiting) {
        let told = [&waiting.len().to_string(), " timers run out at once. "].concat();
        state.said.update(|said| said.insert_str(0, &told));
    }
}

/// Lets these servers' timers run out now.
#[cfg(feature = "csr")]
fn expire(state: &Bench, who: &[ProcessId]) -> bool {
    let mut told = String::new();
    for &id in who {
        let timer = state.shot.with_untracked(|s| s.node(id).and_then(|node| node.timer));
        let Some(timer) = timer else { continue };
        if !state.act(Action::Expire { who: id.into(), timer: timer.name.to_owned() }) {
            return false;
        }
        // The first act may have begun another run; the last has nothing to tell.
        state.said.update(|said| {
            if said.is_empty() {
                said.clone_from(&told);
            } else {
                told.clone_from(said);
            }
        });
    }
    true
}
