//! Panel f: the promises of the protocol, and whether they hold. Quiet when right, loud when wrong.

use leptos::prelude::*;
use maud::{Markup, html};

use crate::html::drawn;
use crate::icon::mark;
use crate::stage::ms;
use crate::state::LabState;

/// The panel.
#[must_use]
pub(crate) fn safety(state: LabState, key: &'static str) -> AnyView {
    let list = move || promises(state, key).into_string();
    view! {
        <div class="safety-panel">
            <div inner_html=list></div>
            <div role="alert" inner_html=drawn(state, breaches)></div>
        </div>
    }
    .into_any()
}

fn promises(state: LabState, key: &str) -> Markup {
    let shot = state.shot.get();
    let broken = shot.view.promises.iter().filter(|p| p.broken.is_some()).count();
    let label = if broken == 0 { "Promises, all kept".to_owned() } else { format!("Promises, {broken} broken") };
    html! {
        ul.safety aria-label=(label) {
            @if !key.is_empty() { li aria-hidden="true" { span.panel-k { (key) } } }
            @for p in &shot.view.promises {
                li.is-broken[p.broken.is_some()] title=(p.promise) {
                    (mark(if p.broken.is_some() { "crash" } else { "ok" })) (p.name)
                }
            }
        }
    }
}

fn breaches(state: LabState) -> Markup {
    let shot = state.shot.get();
    html! {
        @for p in &shot.view.promises {
            @if let Some((at, facts)) = &p.broken {
                p.breach {
                    (p.name) " broke at " (ms(*at)) " ms. " (facts) ". "
                    button.moment type="button" data-at-us=(at.0) { "Show me that moment" }
                }
            }
        }
    }
}
