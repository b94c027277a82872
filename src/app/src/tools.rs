//! The tools: cut and heal, crash and restart, write; and the picker of sides for those who cut without a pointer.

use lesson::Control;
use maud::{Markup, html};

use crate::icon::mark;
use crate::node::{hue, name};
use crate::state::LabState;
use crate::transport::{button, cut_and_heal};

/// The strip of tools.
#[must_use]
pub(crate) fn tools(state: LabState) -> Markup {
    html! {
        @if state.has(Control::Cut) {
            div.group role="group" aria-label="Network" { span.group-label { "Network" } (cut_and_heal(state)) }
        }
        @if state.has(Control::Crash) { (of_node(state)) }
        @if state.has(Control::Write) { (of_client(state)) }
    }
}

/// Crash and Restart, for the selected node.
fn of_node(state: LabState) -> Markup {
    let live = state.is_live();
    let shot = state.shot.get();
    let selected = state.selected.get();
    let node = shot.view.nodes.iter().find(|n| Some(n.id) == selected);
    let is = |up| live && node.is_some_and(|n| n.status.is_up() == up);
    html! {
        div.group role="group" aria-label="Selected node" {
            span.group-label.is-node { @if let Some(node) = node { "Node " (name(&node.name)) } @else { "No node" } }
            (button("is-crash", "crash", "crash", "Crash", is(true)))
            (button("is-restart", "restart", "restart", "Restart", is(false)))
        }
    }
}

fn of_client(state: LabState) -> Markup {
    let client = state.shot.with(|s| s.view.clients.first().map(|c| c.name.clone()));
    html! {
        div.group role="group" aria-label="Client" {
            span.group-label { @if let Some(client) = &client { "Client " (name(client)) } }
            (button("is-write", "write", "write", "Write", state.is_live() && client.is_some()))
        }
    }
}

/// The picker: a toggle for each node; those pressed are one side.
#[must_use]
pub(crate) fn sides(state: LabState) -> Markup {
    let side = state.side.get();
    let shot = state.shot.get();
    html! {
        @if let Some(side) = side {
            div.sides role="group" aria-label="Cut: who stands on one side" {
                span.sides-say { "Put nodes on one side, here or on the stage, then cut. Or drag a line across the links." }
                span.group {
                    @for n in &shot.view.nodes {
                        @let on = side.contains(&n.id);
                        button.btn.is-node.(hue(n.epoch)).is-on[on] type="button" data-do="side" data-process=(n.id.0)
                            aria-pressed=(if on { "true" } else { "false" }) aria-label={ "Node " (n.name) " on this side" } {
                            span.nd { (n.name) }
                        }
                    }
                }
                button.btn.is-main type="button" data-do="cut-sides" { (mark("cut")) "Cut them off" }
                button.btn.is-quiet type="button" data-do="escape" { "Cancel" }
            }
        }
    }
}
