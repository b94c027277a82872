//! Panel e: the servers' logs, aligned by index, and the latest events.

use lesson::Panel;
use maud::{Markup, html};
use protocols::view::{Cell, NodeView};

use crate::node::hue;
use crate::scene::pieces;
use crate::stage::ms;
use crate::state::LabState;
use crate::words;

/// How many positions the table shows: the last ones.
const COLUMNS: u64 = 8;

/// The panel.
#[must_use]
pub(crate) fn logs(state: LabState) -> Markup {
    html! {
        div {
            (state.key_of(Panel::Logs))
            (table(state))
            p.logs-note { "Solid: the node knows the entry is committed. Hollow: it only holds it. The bar stands at its commit index." }
        }
        div.events { (events(state)) }
    }
}

fn table(state: LabState) -> Markup {
    let shot = state.shot.get();
    let nodes = &shot.view.nodes;
    let last = nodes.iter().filter_map(|n| n.strip.cells.last()).map(|c| c.index).max().unwrap_or(0);
    let first = (last + 1).saturating_sub(COLUMNS).max(1);
    let parts = pieces(nodes.len(), &shot.view.links);
    let part_of = |n: &NodeView| parts.iter().position(|p| p.contains(&n.id));
    html! {
        table.logs {
            caption.vh { "Log of each node" }
            thead {
                tr {
                    td.who {}
                    @for i in first..first + COLUMNS { th scope="col" { (i) } }
                    th.com scope="col" { span.vh { "Commit index" } }
                }
            }
            tbody {
                @for (i, node) in nodes.iter().enumerate() {
                    @if i > 0 && part_of(node) != part_of(&nodes[i - 1]) {
                        tr.cutrow { td colspan=(COLUMNS + 2) { span.vh { "The cut" } } }
                    }
                    tr {
                        th.who scope="row" { (node.name) }
                        @for i in first..first + COLUMNS { (place(node, i)) }
                        td.com { i { "commit " } (node.strip.settled) }
                    }
                }
            }
        }
    }
}

fn place(node: &NodeView, index: u64) -> Markup {
    let found = node.strip.cells.iter().find(|c| c.index == index);
    let bar = node.strip.settled == index && found.is_some();
    html! { td.is-commit-end[bar] { @if let Some(cell) = found { (entry(cell)) } } }
}

fn entry(cell: &Cell) -> Markup {
    let known = if cell.known { "is-known" } else { "is-held" };
    html! { span.entry.(known).(hue(cell.epoch)) { b { (cell.epoch) } span.op { (cell.label) } } }
}

fn events(state: LabState) -> Markup {
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    html! {
        h3 { "Events" }
        ol {
            @for (i, e) in shot.recent.iter().enumerate() {
                li aria-current=[(i + 1 == shot.recent.len()).then_some("true")] {
                    time { (ms(e.at)) }
                    button.event type="button" data-event=(e.id.0) disabled[!state.is_live()] { (words::set(&e.text, &names)) }
                }
            }
        }
    }
}
