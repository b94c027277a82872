//! Panel b: the selected server's state, grouped as the protocol groups it, and why it came to be so.

use maud::{Markup, html};
use protocols::view::{EventKind, EventView, Group, NodeView, Status, Value};

use crate::node::{hue, name};
use crate::stage::ms;
use crate::state::LabState;
use crate::words;

/// The panel.
#[must_use]
pub(crate) fn inspector(state: LabState) -> Markup {
    let shot = state.shot.get();
    let selected = state.selected.get();
    let names = words::names(&shot.view);
    html! {
        span.panel-k { "b" }
        div {
            @match shot.view.nodes.iter().find(|n| Some(n.id) == selected) {
                Some(node) => (of_node(node, &names)),
                None => { h3 { "Nothing selected" } p.quiet { "Select a node to see what it stores." } }
            }
        }
        @if let Some(first) = shot.why.first() { (why(first, &shot.why, &names, state.is_live())) }
    }
}

fn of_node(node: &NodeView, names: &[String]) -> Markup {
    html! {
        h3 {
            span.nd { (node.name) } " "
            small {
                @match node.status {
                    Status::Up => (node.role.to_ascii_lowercase()),
                    Status::Paused => { (node.role.to_ascii_lowercase()) ", stalled" },
                    Status::Down => "crashed",
                }
                " since " (ms(node.since)) " ms"
            }
        }
        @for g in &node.groups { (group(g, names)) }
    }
}

fn group(group: &Group, names: &[String]) -> Markup {
    html! {
        table.state {
            caption { (group.title) " " span { (group.remark) } }
            tbody { @for row in &group.rows { tr { th scope="row" { (row.key) } td { (value(&row.value, names)) } } } }
        }
    }
}

fn value(value: &Value, names: &[String]) -> Markup {
    let called = |id: &sim::ProcessId| names.get(id.index()).map_or("", String::as_str);
    html! {
        @match value {
            Value::Text(text) => (text),
            Value::Epoch(epoch) => span.chip.(hue(*epoch)) { (epoch) },
            Value::Node(Some(id)) => (name(called(id))),
            Value::Node(None) => i { "none" },
            Value::Nodes(all) => span.peers { @for id in all { b { span { (called(id)) } } } },
            Value::PerNode(all) => span.peers { @for (id, n) in all { b { span { (called(id)) } (n) } } },
        }
    }
}

/// How many causes of a chain are shown before its root.
const CAUSES: usize = 3;

fn why(first: &EventView, chain: &[EventView], names: &[String], live: bool) -> Markup {
    let root = chain.last().filter(|_| chain.len() > CAUSES);
    let hidden = chain.len().saturating_sub(CAUSES + 1);
    html! {
        section.why aria-label="Why" {
            h4 { "Why? " (words::set(&first.text, names)) }
            ol {
                @for e in chain.iter().take(CAUSES) { (cause(e, names, live)) }
                @if hidden > 0 { li.is-gap { span { (hidden) " more between" } } }
                @if let Some(e) = root { (cause(e, names, live)) }
            }
        }
    }
}

fn cause(e: &EventView, names: &[String], live: bool) -> Markup {
    let fault = matches!(e.kind, EventKind::Fault | EventKind::Breach);
    let text = words::set(&e.text, names);
    html! {
        li.is-fault[fault] {
            span { @if fault { b { (text) } } @else { (text) } }
            button.moment type="button" data-at-us=(e.at.0) disabled[!live] aria-label={ "Go to " (ms(e.at)) " ms" } { (ms(e.at)) " ms" }
        }
    }
}
