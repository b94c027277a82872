//! The parts of a plate that change: each a pure function from the lab's state to markup, drawn anew when a piece of
//! state that it has read changes, and patched into its place.
//!
//! What never changes is drawn once, natively, by [`crate::skeleton`].

use maud::{Markup, html};

use crate::state::Bench;
use crate::words;
#[cfg(feature = "csr")]
use crate::{
    clients, compare, diagram, dials, inspector, logs, safety, share, sides, timeline, tools, transport, twin, why,
};

/// A part that changes: its name in `data-part`, and how it is drawn.
#[cfg(feature = "csr")]
pub(crate) type Part = (&'static str, fn(&Bench) -> Markup);

/// Every part of a plate that changes.
#[cfg(feature = "csr")]
pub(crate) const PARTS: &[Part] = &[
    ("node-name", tools::node_name),
    ("client-name", tools::client_name),
    ("sides", sides::sides),
    ("inspector", inspector::inspector),
    ("why", why::why),
    ("now", transport::now),
    ("timeline", timeline::timeline),
    ("playhead", timeline::playhead),
    ("runs", timeline::runs),
    ("diagram", diagram::diagram),
    ("clients", clients::clients),
    ("logs", logs::logs),
    ("entry", logs::entry),
    ("store", logs::store),
    ("events", logs::events),
    ("safety", safety::safety),
    ("compare", compare::compare),
    ("dials", dials::dials),
    ("luck", dials::luck),
    ("compare-with", compare::candidates),
    ("share", share::share),
    ("heard", heard),
    ("alarm", twin::alarm),
    ("words", twin::in_words),
    ("log", twin::log),
    ("leads", leads),
];

/// What a screen reader hears as the run goes on.
pub(crate) fn heard(state: &Bench) -> Markup {
    html! { p { (state.heard.get()) } }
}

/// Who leads, on the home page.
pub(crate) fn leads(state: &Bench) -> Markup {
    let shot = state.shot.get();
    words::set(&words::leaders_short(&shot.view), &words::names(&shot.view))
}
