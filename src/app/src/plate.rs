//! A whole plate: head, tools, panels, words, caption. The same for a live lab and for its poster.
//!
//! A panel is a pure function from the lab's state to markup. The plate is set once; after that each panel is
//! drawn anew when a piece of state that it has read changes, and patched into its place.

use lesson::{Control, Panel, Size};
use maud::{Markup, PreEscaped, html};

use crate::icon::mark;
use crate::inspector::inspector;
use crate::logs::logs;
use crate::safety::safety;
use crate::stage::stage;
use crate::state::LabState;
use crate::timeline::timeline;
use crate::tools::{sides, tools};
use crate::transport::{button, transport};
use crate::words;

/// A panel that changes: its name in `data-part`, and how it is drawn.
#[cfg(feature = "csr")]
pub(crate) type Part = (&'static str, fn(LabState) -> Markup);

/// Every panel that changes.
#[cfg(feature = "csr")]
pub(crate) const PARTS: [Part; 12] = [
    ("tools", tools),
    ("sides", sides),
    ("stage", stage),
    ("inspector", inspector),
    ("transport", transport),
    ("timeline", timeline),
    ("logs", logs),
    ("safety", safety),
    ("sheet", sheet),
    ("heard", heard),
    ("words", in_words),
    ("leads", leads),
];

/// The figure's class for a size.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) const fn class_of(size: Size) -> &'static str {
    match size {
        Size::Small => "plate is-small",
        Size::Full => "plate is-full",
        Size::Hero => "plate is-full hero",
    }
}

/// What stands inside the figure. `links` is HTML that the page put into the home plate.
#[must_use]
pub(crate) fn plate(state: LabState, links: &str) -> Markup {
    if state.lab().size == Size::Hero { hero(state, links) } else { lab(state) }
}

fn lab(state: LabState) -> Markup {
    let lab = state.lab();
    let live = state.is_live();
    let full = lab.size == Size::Full;
    let top = if state.shows(Panel::Inspector) { "is-double" } else { "is-single" };
    let any_tool = [Control::Cut, Control::Crash, Control::Write].into_iter().any(|c| state.has(c));
    html! {
        div.plate-head {
            span.plate-no { "Plate " (lab.number.replace('-', "·")) }
            p.plate-title id={ (lab.id) "-title" } { (lab.title) }
            div.plate-acts {
                (button("is-quiet", "reset", "reset", "Reset", live))
                @if full {
                    button.btn.is-quiet.is-icon type="button" data-do="keys" aria-label="All keys" title="All keys" disabled[!live] { (mark("keys")) }
                }
            }
        }
        @if any_tool { div.tools data-part="tools" role="toolbar" aria-label="Faults and requests" { (tools(state)) } }
        div.sides-place data-part="sides" { (sides(state)) }
        div.lab-top.(top) {
            div.stage data-part="stage" { (stage(state)) }
            @if state.shows(Panel::Inspector) {
                div.inspector data-part="inspector" tabindex="0" role="region" aria-label="State of the selected node" { (inspector(state)) }
            }
        }
        div.transport data-part="transport" role="group" aria-label="Playback" { (transport(state)) }
        @if state.shows(Panel::Timeline) { div.time.lab-panel data-part="timeline" { (timeline(state)) } }
        @if state.shows(Panel::Logs) { div.lab-logs data-part="logs" { (logs(state)) } }
        @if state.shows(Panel::Safety) { div.safety-panel data-part="safety" { (safety(state)) } }
        @if full { (key_line()) }
        (common(state))
        figcaption { (words::caption(&lab.caption)) }
    }
}

fn hero(state: LabState, links: &str) -> Markup {
    let lab = state.lab();
    html! {
        div.hero-stage { div.stage data-part="stage" { (stage(state)) } }
        div.hero-text {
            p.promise id={ (lab.id) "-title" } { "Learn how distributed systems work by cutting them in two and watching what they do." }
            p.hero-now data-part="leads" { (leads(state)) }
            p.hero-do { "This one is live. Drag across the links to cut them. Click a node to select it, then crash it. Drag the flag to go back in time." }
            div.hero-go { (PreEscaped(links)) }
        }
        div.hero-time {
            div.transport data-part="transport" role="group" aria-label="Playback" { (transport(state)) }
            div.sides-place data-part="sides" { (sides(state)) }
            @if state.shows(Panel::Timeline) { div.time.lab-panel data-part="timeline" { (timeline(state)) } }
            (common(state))
        }
        figcaption { (words::caption(&lab.caption)) }
    }
}

/// What every plate has besides its drawing: the sheet of keys, the log that is heard, the plate in words.
fn common(state: LabState) -> Markup {
    html! {
        div.sheet-place data-part="sheet" { (sheet(state)) }
        div.vh data-part="heard" role="log" aria-live="polite" aria-label="Events" { (heard(state)) }
        details.alt {
            summary { "This plate in words" }
            ul.alt-lines data-part="words" { (in_words(state)) }
        }
    }
}

/// The keys that a full plate names under itself.
fn key_line() -> Markup {
    html! {
        ul.keys aria-label="Keys" {
            li { kbd { "Space" } " play" }
            li { kbd { (mark("left")) span.vh { "Left" } } " " kbd { (mark("right")) span.vh { "Right" } } " one event" }
            li { kbd { "1" } " to " kbd { "9" } " select a node" }
            @for (key, what) in [("X", "cut"), ("H", "heal"), ("K", "crash"), ("W", "write"), ("?", "all keys")] {
                li { kbd { (key) } " " (what) }
            }
        }
    }
}

const KEYS: [(&str, &str); 15] = [
    ("Space", "play or pause"),
    ("Left, Right", "one event back, on; on the stage, to the next node"),
    ("Shift and Left, Right", "ten events back, on"),
    ("Home, End", "to the start, to the end of what has run"),
    (", .", "one millisecond back, on"),
    ("[ ]", "slower, faster"),
    ("1 to 9", "select a node: 1 is A"),
    ("X, numbers, Enter", "cut these nodes off from the others"),
    ("Shift X, number", "sever the link from the selected node to that one"),
    ("H, Shift H", "heal everything; heal the last cut"),
    ("K, R", "crash, restart the selected node"),
    ("W", "write through the first client"),
    ("B", "look at another run, after you acted in the past"),
    ("Escape", "leave the tool or this sheet"),
    ("?", "this sheet"),
];

fn sheet(state: LabState) -> Markup {
    html! {
        @if state.keys.get() {
            section.key-sheet aria-label="All keys" tabindex="-1" {
                div.key-sheet-head {
                    h3 { "All keys" }
                    span { "They act while the focus is within this plate." }
                    button.btn.is-quiet type="button" data-do="keys" { "Close" }
                }
                dl { @for (key, what) in KEYS { div { dt { kbd { (key) } } dd { (what) } } } }
            }
        }
    }
}

/// What a screen reader hears as the run goes on.
fn heard(state: LabState) -> Markup {
    html! { p { (state.heard.get()) } }
}

fn in_words(state: LabState) -> Markup {
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    html! { @for sentence in words::twin(&shot.view) { li { (words::set(&sentence, &names)) } } }
}

/// Who leads, on the home page.
fn leads(state: LabState) -> Markup {
    let shot = state.shot.get();
    words::set(&words::leaders_short(&shot.view), &words::names(&shot.view))
}
