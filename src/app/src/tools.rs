//! The tools: cut and heal, crash and restart, write. Which of them a lab shows is its lesson's choice; the rest
//! stand behind "All controls".

use maud::{Markup, html};

use crate::node::name;
use crate::state::Bench;
#[cfg(feature = "ssr")]
use crate::{icon::mark, skeleton::names};
#[cfg(feature = "ssr")]
use lesson::Control;

/// A button that asks for something by name.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn button(name: &str, icon: &str, label: &str) -> Markup {
    html! { button.btn.{ "is-" (name) } type="button" data-do=(name) disabled { (mark(icon)) (label) } }
}

/// The strip of tools.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn tools(state: &Bench) -> Markup {
    use Control::{Compare, Crash, Cut, Isolate, Luck, Pause, Read, Rules, Write};
    let lab = state.lab();
    let needs = |control: Control, word: &str, content: Markup| {
        html! { span.needs data-needs=(word) hidden[!names(lab, control)] { (content) } }
    };
    html! {
        div.tools role="toolbar" aria-label="Faults and requests" {
            div.group role="group" aria-label="Network" data-needs="cut" hidden[!names(lab, Cut)] {
                span.group-label { "Network" }
                (cut_and_heal())
            }
            div.group role="group" aria-label="Selected node" {
                span.group-label.is-node data-part="node-name" { (node_name(state)) }
                (needs(Crash, "crash", html! { (button("crash", "crash", "Crash")) (button("restart", "restart", "Restart")) }))
                (needs(Pause, "pause", html! { (button("pause", "pause", "Stall")) (button("resume", "play", "Go on")) }))
                (needs(Isolate, "isolate", button("isolate", "isolate", "Isolate")))
                (button("menu", "more", "More"))
            }
            div.group role="group" aria-label="Client" {
                span.group-label data-part="client-name" { (client_name(state)) }
                (needs(Write, "write", button("write", "write", "Write")))
                (needs(Read, "read", button("read", "read", "Read")))
            }
            div.group role="group" aria-label="Run" {
                span.group-label { "Run" }
                (needs(Luck, "luck", button("luck", "dice", "Luck")))
                (needs(Rules, "rules", button("dials", "dials", "Dials")))
                (needs(Compare, "compare", button("compare", "compare", "Compare")))
            }
        }
    }
}

/// The two buttons of the network.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn cut_and_heal() -> Markup {
    html! { (button("cut", "cut", "Cut")) (button("heal", "heal", "Heal")) }
}

/// Which node the tools act on.
#[must_use]
pub(crate) fn node_name(state: &Bench) -> Markup {
    let (shot, id) = (state.shot.get(), state.selected());
    let node = id.and_then(|id| shot.node(id));
    html! { @if let Some(node) = node { "Node " (name(&node.name)) } @else { "No node" } }
}

/// Which client the tools act on.
#[must_use]
pub(crate) fn client_name(state: &Bench) -> Markup {
    let (shot, id) = (state.shot.get(), state.selected());
    let clients = &shot.view.clients;
    let client = clients.iter().find(|c| Some(c.id) == id).or_else(|| clients.first());
    html! { @if let Some(client) = client { "Client " (name(&client.name)) } }
}
