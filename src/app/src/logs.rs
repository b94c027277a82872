//! Panel e: the servers' logs, aligned by index, and the latest events.

use leptos::prelude::*;
use protocols::view::{Cell, EventView, NodeView};

use crate::node::hue;
use crate::scene::pieces;
use crate::stage::ms;
use crate::state::{LabState, Shot};
use crate::words;

/// How many positions the table shows: the last ones.
const COLUMNS: u64 = 8;

/// The panel.
#[must_use]
pub(crate) fn logs(state: LabState, key: &'static str) -> AnyView {
    view! {
        <div class="lab-logs">
            <div>
                {(!key.is_empty()).then(|| view! { <span class="panel-k">{key}</span> })}
                {move || table(&state.shot.get())}
                <p class="logs-note">"Solid: the node knows the entry is committed. Hollow: it only holds it. The bar stands at its commit index."</p>
            </div>
            <div class="events">
                <h5>"Events"</h5>
                {move || state.shot.with(events)}
            </div>
        </div>
    }
    .into_any()
}

fn table(shot: &Shot) -> AnyView {
    let last = shot.view.nodes.iter().filter_map(|n| n.strip.cells.last()).map(|c| c.index).max().unwrap_or(0);
    let first = (last + 1).saturating_sub(COLUMNS).max(1);
    let columns: Vec<u64> = (first..first + COLUMNS).collect();
    let parts = pieces(shot.view.nodes.len(), &shot.view.links);
    let part_of = |n: &NodeView| parts.iter().position(|p| p.contains(&n.id));
    let rows = shot.view.nodes.iter().enumerate().map(|(i, node)| {
        let parted = i > 0 && part_of(node) != part_of(&shot.view.nodes[i - 1]);
        let span = (COLUMNS + 2).to_string();
        view! {
            {parted.then(|| view! { <tr class="cutrow"><td colspan=span><span class="vh">"The cut"</span></td></tr> })}
            {row(node, &columns)}
        }
    });
    view! {
        <table class="logs">
            <caption class="vh">"Log of each node"</caption>
            <thead>
                <tr>
                    <td class="who"></td>
                    {columns.iter().map(|c| view! { <th scope="col">{c.to_string()}</th> }).collect_view()}
                    <th class="com" scope="col"><span class="vh">"Commit index"</span></th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(node: &NodeView, columns: &[u64]) -> AnyView {
    let cell = |index: &u64| {
        let found = node.strip.cells.iter().find(|c| c.index == *index);
        let bar = node.strip.settled == *index && found.is_some();
        view! { <td class=if bar { "is-commit-end" } else { "" }>{found.map(entry)}</td> }
    };
    view! {
        <tr>
            <th class="who" scope="row">{node.name.clone()}</th>
            {columns.iter().map(cell).collect_view()}
            <td class="com"><i>"commit "</i>{node.strip.settled.to_string()}</td>
        </tr>
    }
    .into_any()
}

fn entry(cell: &Cell) -> AnyView {
    let class = format!("entry {} {}", if cell.known { "is-known" } else { "is-held" }, hue(cell.epoch));
    view! { <span class=class><b>{cell.epoch.to_string()}</b><span class="op">{cell.label.clone()}</span></span> }.into_any()
}

fn events(shot: &std::sync::Arc<Shot>) -> AnyView {
    let names = words::names(&shot.view);
    let count = shot.recent.len();
    let line = |(i, e): (usize, &EventView)| {
        let at = ms(e.at).to_string();
        view! {
            <li aria-current=if i + 1 == count { "true" } else { "false" }>
                <time>{at}</time>
                <button type="button" class="event" data-event=e.id.0.to_string()>{words::set(&e.text, &names)}</button>
            </li>
        }
    };
    view! { <ol>{shot.recent.iter().enumerate().map(line).collect_view()}</ol> }.into_any()
}
