//! The parts of a plate that change: each a pure function from the lab's state to markup, drawn anew when a piece of
//! state that it has read changes, and patched into its place.
//!
//! What never changes is drawn once, natively, by [`crate::skeleton`].

use maud::{Markup, html};

use crate::state::Bench;
use crate::words;
#[cfg(feature = "csr")]
use crate::{timeline, tools, transport, twin};

/// A part that changes: its name in `data-part`, and how it is drawn.
#[cfg(feature = "csr")]
pub(crate) type Part = (&'static str, fn(&Bench) -> Markup);

/// The parts of a plate that change and are drawn from the first; the others are in [`crate::more`].
#[cfg(feature = "csr")]
pub(crate) const PARTS: &[Part] = &[
    ("node-name", tools::node_name),
    ("client-name", tools::client_name),
    ("now", transport::now),
    ("timeline", timeline::timeline),
    ("playhead", timeline::playhead),
    ("heard", heard),
    ("alarm", twin::alarm),
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
