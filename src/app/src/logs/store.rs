//! What a server has applied: keys and values, what is still pending, and where others differ.

use maud::{Markup, html};
use protocols::view::{NodeView, Stance};

use crate::node::name;
use crate::state::{Bench, Shot};

/// The key-value state.
#[must_use]
pub(crate) fn store(state: &Bench) -> Markup {
    let shot = state.shot.get();
    let shown = state.selected().and_then(|id| shot.node(id)).or_else(|| leader(&shot));
    let Some(node) = shown else { return html! {} };
    html! {
        h3 { "What " (name(&node.name)) " has applied" }
        @if node.store.is_empty() {
            p.quiet { "No key has a value yet." }
        } @else {
            table.kv {
                thead { tr { th scope="col" { "key" } th scope="col" { "value" } th scope="col" { "elsewhere" } } }
                tbody { @for pair in &node.store { (row(&shot, node, pair)) } }
            }
        }
    }
}

/// The leader of the highest epoch; else any server that runs.
fn leader(shot: &Shot) -> Option<&NodeView> {
    let up = shot.view.nodes.iter().filter(|n| n.status.is_up());
    up.max_by_key(|n| (n.stance == Stance::Leads, n.epoch))
}

fn row(shot: &Shot, node: &NodeView, pair: &protocols::view::Pair) -> Markup {
    html! {
        tr {
            th scope="row" { (pair.key) }
            td {
                @match &pair.value { Some(value) => b { (value) }, None => i { "none" } }
                @for change in &pair.pending { " " span.pending { span.vh { "pending: " } (change) } }
            }
            td.others { (others(shot, node, pair)) }
        }
    }
}

/// The servers that have applied something else for this key, each with what it has.
fn others(shot: &Shot, node: &NodeView, pair: &protocols::view::Pair) -> Markup {
    let mut differ: Vec<(&str, &str)> = Vec::new();
    for other in shot.view.nodes.iter().filter(|n| n.id != node.id && n.status.is_up()) {
        let value = other.store.iter().find(|p| p.key == pair.key).and_then(|p| p.value.as_deref());
        if value != pair.value.as_deref() {
            differ.push((&other.name, value.unwrap_or("none")));
        }
    }
    html! {
        @if differ.is_empty() { i { "the same" } }
        @for (i, (who, value)) in differ.iter().enumerate() { @if i > 0 { ", " } (name(who)) " " (value) }
    }
}
