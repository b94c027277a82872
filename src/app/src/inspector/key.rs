//! What the marks mean: what stands in the inspector while nothing is selected. Part of the page, drawn once.

use maud::{Markup, PreEscaped, html};

/// Each mark, drawn in a square of 36 units around its middle, with what it means.
const MARKS: [(&str, &str); 12] = [
    ("<circle r='11' stroke-width='2'/>", "follows"),
    ("<circle r='11' stroke-width='3' stroke-dasharray='5.2 3.4'/>", "asks to lead"),
    ("<circle r='10' stroke-width='6'/>", "leads"),
    (
        "<circle class='is-faint' r='11' stroke-width='1.5' stroke-dasharray='1.5 3'/><path class='is-fault' d='m-8-8 16 16m0-16-16 16' stroke-width='2'/>",
        "crashed",
    ),
    (
        "<circle r='11' stroke-width='2'/><path d='M-3-15V15M3-15V15' stroke-width='2'/>",
        "stalled: alive, and takes no step",
    ),
    (
        "<circle r='9' stroke-width='2'/><path class='is-faint' d='M0-15A15 15 0 1 1-15 0' stroke-width='1.5'/>",
        "arc: time left on its election timer",
    ),
    (
        "<circle r='9' stroke-width='5'/><path d='M0-17v3M8.5-14.7 7-12.1M14.7-8.5 12.1-7M17 0H14M14.7 8.5 12.1 7' stroke-width='1.5'/>",
        "ticks: time to its next heartbeat",
    ),
    ("<path d='M-10-10H10V10H-10Z' stroke-width='1.5'/>", "a client"),
    ("<path class='is-solid' d='M-13-8H13V8H-13Z'/>", "solid: known to be committed"),
    ("<path d='M-13-8H13V8H-13Z' stroke-width='1.5'/>", "hollow: held, not known to be committed"),
    (
        "<path d='M-16 0H-5M5 0H16' class='is-faint' stroke-width='1.5'/><path class='is-fault' d='M-7 5-3-5M3 5 7-5' stroke-width='1.5'/>",
        "a severed link",
    ),
    ("<path d='M-15-8V-15H-8M8-15H15V-8M15 8V15H8M-8 15H-15V8' stroke-width='1.75'/>", "selected"),
];

/// The key.
pub(crate) fn key() -> Markup {
    html! {
        div.inspector-key {
            h3 { "Nothing selected" }
            p { "Select a node, a message, a link or an event to see what it is and why." }
            h4 { "What the marks mean" }
            ul {
                @for (mark, means) in MARKS {
                    li { svg viewBox="-18 -18 36 36" width="28" height="28" aria-hidden="true" { (PreEscaped(mark)) } span { (means) } }
                }
            }
            p.quiet { "Colour and number are the term. Vermilion is what broke." }
        }
    }
}
