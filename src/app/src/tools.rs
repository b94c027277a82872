//! The tools: cut and heal, crash and restart, write; and the picker of sides for those who cut without a pointer.

use leptos::prelude::*;
use lesson::Control;
use maud::{Markup, html};
use protocols::view::Status;

use crate::html::drawn;
use crate::icon::icon;
use crate::node::{hue, name};
use crate::state::LabState;
use crate::transport::button;
use crate::words;

/// The strip of tools.
#[must_use]
pub(crate) fn tools(state: LabState) -> AnyView {
    let any = [Control::Cut, Control::Crash, Control::Write].into_iter().any(|c| state.has(c));
    if !any {
        return ().into_any();
    }
    view! {
        <div class="tools" role="toolbar" aria-label="Faults and requests">
            {state.has(Control::Cut).then(|| network(state))}
            {state.has(Control::Crash).then(|| of_node(state))}
            {state.has(Control::Write).then(|| of_client(state))}
        </div>
        {state.has(Control::Cut).then(|| sides(state))}
    }
    .into_any()
}

/// Cut and Heal.
fn network(state: LabState) -> AnyView {
    let live = state.is_live();
    let on = move || state.side.get().is_some();
    view! {
        <div class="group" role="group" aria-label="Network">
            <span class="group-label">"Network"</span>
            <button
                type="button"
                class=move || if on() { "btn is-on" } else { "btn" }
                data-do="cut"
                aria-pressed=move || if on() { "true" } else { "false" }
                disabled=!live
            >
                {icon("cut")}"Cut"
            </button>
            <button type="button" class="btn" data-do="heal" disabled=move || !live || state.shot.get().view.cuts.is_empty()>
                {icon("heal")}"Heal"
            </button>
        </div>
    }
    .into_any()
}

/// Crash and Restart, for the selected node.
fn of_node(state: LabState) -> AnyView {
    let live = state.is_live();
    let status = move || {
        let shot = state.shot.get();
        let selected = state.selected.get()?;
        shot.view.nodes.iter().find(|n| n.id == selected).map(|n| n.status)
    };
    view! {
        <div class="group" role="group" aria-label="Selected node">
            <span class="group-label is-node" inner_html=drawn(state, chosen)></span>
            <button type="button" class="btn" data-do="crash" disabled=move || !live || status() != Some(Status::Up)>
                {icon("crash")}"Crash"
            </button>
            <button type="button" class="btn" data-do="restart" disabled=move || !live || status() != Some(Status::Down)>
                {icon("restart")}"Restart"
            </button>
        </div>
    }
    .into_any()
}

fn of_client(state: LabState) -> AnyView {
    let live = state.is_live();
    view! {
        <div class="group" role="group" aria-label="Client">
            <span class="group-label" inner_html=drawn(state, asked)></span>
            {button("write", "write", "Write", live)}
        </div>
    }
    .into_any()
}

fn chosen(state: LabState) -> Markup {
    let names = state.shot.with(|s| words::names(&s.view));
    let chosen = state.selected.get().and_then(|id| names.get(id.index()));
    html! { @if let Some(chosen) = chosen { "Node " (name(chosen)) } @else { "No node" } }
}

fn asked(state: LabState) -> Markup {
    state.shot.with(|s| html! { @if let Some(c) = s.view.clients.first() { "Client " (name(&c.name)) } })
}

/// The picker: a toggle for each node; those pressed are one side.
#[must_use]
pub(crate) fn sides(state: LabState) -> AnyView {
    let toggles = move || {
        let side = state.side.get().unwrap_or_default();
        state.shot.with(|s| {
            s.view
                .nodes
                .iter()
                .map(|n| {
                    let on = side.contains(&n.id);
                    view! {
                        <button
                            type="button"
                            class=format!("btn is-node {} {}", hue(n.epoch), if on { "is-on" } else { "" })
                            data-do="side"
                            data-process=n.id.0.to_string()
                            aria-pressed=if on { "true" } else { "false" }
                            aria-label=format!("Node {} on this side", n.name)
                        >
                            <span class="nd">{n.name.clone()}</span>
                        </button>
                    }
                })
                .collect_view()
        })
    };
    view! {
        {move || state.side.get().is_some().then(|| view! {
            <div class="sides" role="group" aria-label="Cut: who stands on one side">
                <span class="sides-say">"Put nodes on one side, here or on the stage, then cut. Or drag a line across the links."</span>
                <span class="group">{toggles}</span>
                <button type="button" class="btn is-main" data-do="cut-sides">"Cut them off"</button>
                <button type="button" class="btn is-quiet" data-do="escape">"Cancel"</button>
            </div>
        })}
    }
    .into_any()
}
