//! Panel e: the servers' logs, aligned by index, what they have applied, and the latest events.
//!
//! It knows positions and epochs, and never what an entry means to its protocol.

#[cfg(feature = "csr")]
mod scroll;
mod store;
mod table;

use maud::{Markup, html};
use protocols::view::NodeView;
use sim::ProcessId;

use crate::node::name;
use crate::stage::ms;
use crate::state::{Bench, Picked};
use crate::words;

#[cfg(feature = "csr")]
pub(crate) use scroll::{drawn, follow, listen};
pub(crate) use store::store;
#[cfg(feature = "ssr")]
pub(crate) use table::TRIANGLE;
pub(crate) use table::logs;

/// What of the logs is on show: where the reader has scrolled to, and which entry is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// The first position in sight; `None` while the end is followed.
    pub(crate) first: Option<u64>,
    /// For how many positions there is room.
    pub(crate) fits: u64,
    /// How many px the table is widened by, so that its end and a position's beginning are both in sight.
    pub(crate) slack: u64,
    /// The entry that was selected, with what was picked for it. It is selected as long as that is.
    pub(crate) entry: Option<(ProcessId, u64, Picked)>,
}

impl Default for Window {
    fn default() -> Self {
        Self { first: None, fits: 16, slack: 0, entry: None }
    }
}

/// What is on show, and how wide a position is drawn in px. A poster shows the end.
fn window(state: &Bench) -> (Window, u64) {
    #[cfg(feature = "csr")]
    return (state.live.logs.get(), state.live.width.get().log_pitch());
    #[cfg(not(feature = "csr"))]
    {
        _ = state;
        (Window::default(), 0)
    }
}

/// The selected entry: whose log, and where in it.
fn chosen(state: &Bench, window: &Window) -> Option<(ProcessId, u64)> {
    let (node, index, picked) = window.entry?;
    (state.picked.get() == picked).then_some((node, index))
}

/// What stands below the logs: the selected entry and how it came there, what is in snapshots, and the way back to
/// the end.
#[must_use]
pub(crate) fn entry(state: &Bench) -> Markup {
    let shot = state.shot.get();
    let (window, _) = window(state);
    let kept = shot.view.nodes.iter().filter(|n| n.strip.first > 1);
    html! {
        @match chosen(state, &window) {
            Some((id, index)) => (story(state, id, index)),
            None => p.quiet { "Select an entry to ask why it is there." },
        }
        @for n in kept { p.quiet { (name(&n.name)) ": entries " (snapshot(n)) "." } }
        @if window.first.is_some() {
            button.btn type="button" data-do="logs-end" { "Back to the end" }
        }
    }
}

/// `1 to 40 in a snapshot`.
fn snapshot(node: &NodeView) -> String {
    let mut said = String::from("1 to ");
    said.push_str(&(node.strip.first - 1).to_string());
    said.push_str(" in a snapshot");
    said
}

/// What the selected entry is, and the events that it is due to.
#[cfg(feature = "csr")]
fn story(state: &Bench, id: ProcessId, index: u64) -> Markup {
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    let (cell, how) = state.with_run(|run| (run.cells(id, index, index).pop(), run.entry(id, index)));
    let Some((cell, node)) = cell.zip(shot.node(id)) else {
        return html! { p.quiet { "That entry is not there at this moment." } };
    };
    let settled = how.settled.filter(|_| cell.known);
    html! {
        p.entry-said data-entry={ (node.name) (index) } {
            b { "Entry " (index) " of " (name(&node.name)) ", " (shot.view.epoch_word) " " (cell.epoch) ": " }
            code { (cell.label) }
            @if cell.known { ", committed" } @else { ", not known to be committed" }
        }
        @for e in how.taken_in.iter().chain(&settled) {
            p.entry-how {
                time { (ms(e.at)) }
                button.event type="button" data-event=(e.id.0) aria-pressed=[(state.picked.get() == Picked::Event(e.id)).then_some("true")] {
                    (words::set(&e.text, &names))
                }
            }
        }
    }
}

#[cfg(not(feature = "csr"))]
fn story(_state: &Bench, _id: ProcessId, _index: u64) -> Markup {
    html! {}
}

/// The latest events.
#[must_use]
pub(crate) fn events(state: &Bench) -> Markup {
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    let picked = state.picked.get();
    html! {
        h3 { "Events" }
        div.events-lines {
            ol {
                @for (i, e) in shot.recent.iter().enumerate() {
                    li aria-current=[(i + 1 == shot.recent.len()).then_some("true")] {
                        time { (ms(e.at)) }
                        button.event type="button" data-event=(e.id.0) disabled[!state.is_live()]
                            aria-pressed=[(picked == Picked::Event(e.id)).then_some("true")] { (words::set(&e.text, &names)) }
                    }
                }
            }
        }
    }
}

/// What the panel's buttons ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &crate::input::Seen, name: &str, from: Option<&web_sys::Element>) -> bool {
    match name {
        "logs-end" => scroll::to_end(seen),
        "entry" => {
            let Some(button) = from else { return true };
            let place = crate::input::id_of(button, "data-process").zip(crate::input::number(button, "data-index"));
            if let Some((id, index)) = place {
                choose(&seen.state, id, index);
            }
        }
        _ => return false,
    }
    true
}

/// Selects an entry, by the event that brought it where it is.
#[cfg(feature = "csr")]
fn choose(state: &Bench, id: ProcessId, index: u64) {
    let how = state.with_run(|run| run.entry(id, index));
    let picked = how.taken_in.map_or(Picked::Process(id), |e| Picked::Event(e.id));
    state.live.logs.update(|window| window.entry = Some((id, index, picked)));
    state.pick(picked);
}
