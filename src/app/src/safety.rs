//! Panel f: the promises of the protocol, and whether they hold. Quiet when right, loud when wrong.

use lesson::{Panel, Size};
use maud::{Markup, html};

use crate::icon::mark;
use crate::stage::ms;
use crate::state::LabState;

/// The panel.
#[must_use]
pub(crate) fn safety(state: LabState) -> Markup {
    html! { (promises(state)) div role="alert" { (breaches(state)) } }
}

fn promises(state: LabState) -> Markup {
    let shot = state.shot.get();
    let broken = shot.view.promises.iter().filter(|p| p.broken.is_some()).count();
    let label = if broken == 0 { "Promises, all kept".to_owned() } else { format!("Promises, {broken} broken") };
    html! {
        ul.safety aria-label=(label) {
            @if state.lab().size == Size::Full { li aria-hidden="true" { (state.key_of(Panel::Safety)) } }
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
                    button.moment type="button" data-at-us=(at.0) disabled[!state.is_live()] { "Show me that moment" }
                }
            }
        }
    }
}
