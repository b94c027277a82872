//! Why something happened: its chain of causes, newest first, each a way to its moment.

use maud::{Markup, html};
use protocols::view::{EventKind, Step};
use protocols::words::because;

use crate::stage::ms;
use crate::state::Bench;
use crate::words;

/// How many causes of a chain are shown before its root.
const CAUSES: usize = 2;

/// The answer to "why?" about what is selected.
#[must_use]
pub(crate) fn why(state: &Bench) -> Markup {
    let shot = state.shot.get();
    let names = &words::names(&shot.view);
    let steps = &shot.answer.steps;
    let live = state.is_live();
    let Some(first) = steps.first() else { return html! {} };
    // One more is not worth hiding.
    let shown = if steps.len() > CAUSES + 2 { CAUSES } else { steps.len() };
    let (head, tail) = steps.split_at(shown);
    html! {
        div.why role="group" aria-label="Why" data-why=(first.event.id.0) {
            h4 { "Why? " (words::set(&first.event.text, names)) }
            ol {
                @for step in head { (cause(step, names, live)) }
                @if let Some((root, between)) = tail.split_last() {
                    li.is-gap {
                        details {
                            summary { (between.len()) " more between" }
                            ol { @for step in between { (cause(step, names, live)) } }
                        }
                    }
                    (cause(root, names, live))
                }
            }
        }
    }
}

fn cause(step: &Step, names: &[String], live: bool) -> Markup {
    let e = &step.event;
    let fault = matches!(e.kind, EventKind::Fault | EventKind::Breach);
    let text = words::set(&e.text, names);
    html! {
        li.is-fault[fault] {
            span {
                @if fault { b { (text) } } @else { (text) }
                @if let Some(how) = step.because { small { (because(how)) } }
            }
            button.moment type="button" data-do="cause" data-us=(e.at.0) data-cause=(e.id.0) disabled[!live] aria-label={ "Go to " (ms(e.at)) " ms: " (e.text) } {
                (ms(e.at)) " ms"
            }
        }
    }
}
