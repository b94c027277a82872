//! Panel f: the promises of the protocol, and whether they hold. Quiet when right, loud when wrong.

use lesson::Panel;
use maud::{Markup, html};
use protocols::view::{Breach, PromiseView};

use crate::icon::mark;
use crate::stage::ms;
use crate::state::{Bench, Picked};
use crate::{why, words};

/// The panel.
#[must_use]
pub(crate) fn safety(state: &Bench) -> Markup {
    html! { (promises(state)) (breaches(state)) }
}

fn promises(state: &Bench) -> Markup {
    let shot = state.shot.get();
    let broken = shot.view.promises.iter().filter(|p| p.broken.is_some()).count();
    // Before anything has happened nothing could have been broken.
    let untried = shot.view.nodes.iter().all(|n| n.epoch == 0);
    let label = match (broken, untried) {
        (0, true) => "Promises, none put to the test yet".to_owned(),
        (0, false) => "Promises, all kept".to_owned(),
        _ => format!("Promises, {broken} broken"),
    };
    html! {
        ul.safety aria-label=(label) {
            @for p in &shot.view.promises { (promise(p, untried)) }
            @if untried { li.is-untried { "not yet known" } }
        }
    }
}

/// A promise: its name, and behind it what it says.
fn promise(p: &PromiseView, untried: bool) -> Markup {
    let broken = p.broken.is_some();
    html! {
        li.is-broken[broken].is-untried[untried && !broken] data-promise=(if broken { "broken" } else if untried { "unknown" } else { "kept" }) {
            details {
                summary {
                    @if broken { (mark("crash")) span.vh { "broken: " } }
                    @else if !untried { (mark("ok")) }
                    (p.name)
                }
                p {
                    (p.promise) "."
                    @if untried && !broken { " Not yet known: nothing has happened that could break it." }
                }
            }
        }
    }
}

fn breaches(state: &Bench) -> Markup {
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    let live = state.is_live();
    html! {
        @for p in &shot.view.promises {
            @if let Some(Breach { at, event, facts }) = &p.broken {
                div.breach {
                    p { b { (p.name) } " broke at " (ms(*at)) " ms: " (words::set(facts, &names)) "." }
                    p.breach-rule { "The promise: " (p.promise) "." }
                    p.breach-do {
                        button.btn type="button" data-at-us=(at.0) disabled[!live] { "Show me that moment" }
                        button.btn type="button" data-event=(event.0) disabled[!live]
                            aria-pressed=[(state.picked.get() == Picked::Event(*event)).then_some("true")] { "Why?" }
                    }
                    @if state.picked.get() == Picked::Event(*event) && !state.shows(Panel::Inspector) { (why::why(state)) }
                }
            }
        }
    }
}
