//! Panel b: the selected server's state, grouped as the protocol groups it, and why it came to be so.

use leptos::prelude::*;
use protocols::view::{EventKind, EventView, Group, NodeView, Row, Status, Value};

use crate::node::{hue, name};
use crate::stage::ms;
use crate::state::{LabState, Shot};
use crate::words;

/// The panel.
#[must_use]
pub(crate) fn inspector(state: LabState) -> AnyView {
    view! {
        <div class="inspector" data-inspector tabindex="0" role="region" aria-label="State of the selected node">
            <span class="panel-k">"b"</span>
            {move || {
                let shot = state.shot.get();
                let selected = state.selected.get();
                match shot.view.nodes.iter().find(|n| Some(n.id) == selected) {
                    Some(node) => of_node(node, &shot),
                    None => view! { <div><h4>"Nothing selected"</h4><p class="quiet">"Select a node to see what it stores."</p></div> }.into_any(),
                }
            }}
            {move || why(&state.shot.get())}
        </div>
    }
    .into_any()
}

fn of_node(node: &NodeView, shot: &Shot) -> AnyView {
    let names = words::names(&shot.view);
    let role = if node.status == Status::Up { node.role.to_lowercase() } else { "crashed".to_owned() };
    let since = format!("{role} since {} ms", ms(node.since));
    view! {
        <div>
            <h4><span class="nd">{node.name.clone()}</span>" "<small>{since}</small></h4>
            {node.groups.iter().map(|g| group(g, &names)).collect_view()}
        </div>
    }
    .into_any()
}

fn group(group: &Group, names: &[String]) -> AnyView {
    view! {
        <table class="state">
            <caption>{group.title}" "<span>{group.remark}</span></caption>
            <tbody>{group.rows.iter().map(|r| row(r, names)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(row: &Row, names: &[String]) -> AnyView {
    view! { <tr><th scope="row">{row.key}</th><td>{value(&row.value, names)}</td></tr> }.into_any()
}

fn value(value: &Value, names: &[String]) -> AnyView {
    match value {
        Value::Text(text) => text.clone().into_any(),
        Value::Epoch(epoch) => view! { <span class=format!("chip {}", hue(*epoch))>{epoch.to_string()}</span> }.into_any(),
        Value::Node(Some(id)) => name(names, *id),
        Value::Node(None) => view! { <i>"none"</i> }.into_any(),
        Value::PerNode(all) => {
            let each = |(id, n): &(sim::ProcessId, u64)| {
                let name = names.get(id.index()).cloned().unwrap_or_default();
                view! { <b><span>{name}</span>{n.to_string()}</b> }
            };
            view! { <span class="peers">{all.iter().map(each).collect_view()}</span> }.into_any()
        }
    }
}

/// How many causes of a chain are shown before its root.
const CAUSES: usize = 3;

fn why(shot: &Shot) -> AnyView {
    let Some(first) = shot.why.first() else { return ().into_any() };
    let names = words::names(&shot.view);
    let root = shot.why.last().filter(|_| shot.why.len() > CAUSES);
    let hidden = shot.why.len().saturating_sub(CAUSES + 1);
    let line = |e: &EventView| {
        let fault = matches!(e.kind, EventKind::Fault | EventKind::Breach);
        let text = words::set(&e.text, &names);
        let at = ms(e.at).to_string();
        view! {
            <li class=if fault { "is-fault" } else { "" }>
                <span>{if fault { view! { <b>{text}</b> }.into_any() } else { text }}</span>
                <button type="button" class="moment" data-at=at.clone() data-at-us=e.at.0.to_string() aria-label=format!("Go to {at} ms")>
                    {format!("{at} ms")}
                </button>
            </li>
        }
    };
    view! {
        <section class="why" aria-label="Why">
            <h5>"Why? "{words::set(&first.text, &names)}</h5>
            <ol>
                {shot.why.iter().take(CAUSES).map(line).collect_view()}
                {(hidden > 0).then(|| view! { <li class="is-gap"><span>{format!("{hidden} more between")}</span></li> })}
                {root.map(line)}
            </ol>
        </section>
    }
    .into_any()
}
