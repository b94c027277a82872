//! The picker of sides: nodes are put on sides by clicks, by a lasso or by their numbers, then the sides are cut apart.
//! It is the way to cut for those without a pointer, and the only one for more than two sides or for one direction.

use maud::{Markup, html};
use protocols::view::NodeView;
use sim::ProcessId;

use crate::icon::mark;
use crate::node::hue;
use crate::state::Bench;
#[cfg(feature = "csr")]
use {
    crate::drive::with_clients,
    crate::input::{Seen, id_of},
    crate::state::Picked,
    lesson::Control,
    sim::{Action, Target},
    web_sys::Element,
};

/// Which way sides are cut apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing gets through.
    #[default]
    Both,
    /// Nothing gets from a side to a later one.
    Onward,
    /// Nothing gets from a side to an earlier one.
    Back,
}

/// The picker: a toggle for each node, the sides as they are, and what is cut between them.
#[must_use]
pub(crate) fn sides(state: &Bench) -> Markup {
    let Some(sides) = state.sides.get() else { return html! {} };
    let shot = state.shot.get();
    let nodes = &shot.view.nodes;
    let all = in_order(&sides, nodes);
    let ready = all.len() > 1;
    let current = sides.last().cloned().unwrap_or_default();
    html! {
        div.sides role="group" aria-label="Cut: who stands on which side" {
            p.sides-say { "Put nodes on one side: here, by clicks or a lasso on the stage, or by their numbers. Then cut. Or drag a line across the links." }
            span.group role="group" aria-label={ "Nodes for side " (sides.len().max(1)) } {
                @for n in nodes {
                    @let on = current.contains(&n.id);
                    button.btn.is-node.(hue(n.epoch)).is-on[on] type="button" data-do="side" data-process=(n.id.0)
                        aria-pressed=(if on { "true" } else { "false" }) aria-label={ "Node " (n.name) " on this side" } {
                        span.nd { (n.name) }
                    }
                }
            }
            ol.sides-list aria-label="Sides" {
                @for (i, side) in sides.iter().enumerate().filter(|(_, side)| !side.is_empty()) {
                    li { span { "Side " (i + 1) } " " (members(nodes, side)) }
                }
                @if all.len() > sides.iter().filter(|side| !side.is_empty()).count() {
                    li { span { "The rest" } " " @if let Some(rest) = all.last() { (members(nodes, rest)) } }
                }
            }
            button.btn type="button" data-do="another-side" disabled[current.is_empty()] { "Another side" }
            @if ready { (ways(state.way.get(), nodes, &all)) }
            span.sides-do {
                button.btn.is-main type="button" data-do="cut-sides" { (mark("cut")) "Cut them off" }
                button.btn.is-quiet type="button" data-do="escape" { "Cancel" }
            }
        }
    }
}

/// What is cut: both ways, or one, with the names of the sides in the order in which nothing gets through.
fn ways(way: Way, nodes: &[NodeView], all: &[Vec<ProcessId>]) -> Markup {
    let back: Vec<Vec<ProcessId>> = all.iter().rev().cloned().collect();
    let chain = |all: &[Vec<ProcessId>]| {
        html! { @for (i, side) in all.iter().enumerate() { @if i > 0 { (mark("right")) span.vh { " to " } } (members(nodes, side)) } }
    };
    let one = |is: Way, name: &str, content: Markup| {
        html! {
            button.btn.is-on[way == is] type="button" data-do="way" data-way=(name) aria-pressed=(if way == is { "true" } else { "false" }) { (content) }
        }
    };
    html! {
        span.group.sides-way role="group" aria-label="What is cut" {
            (one(Way::Both, "both", html! { "Both ways" }))
            (one(Way::Onward, "onward", html! { span.vh { "Only from " } (chain(all)) }))
            (one(Way::Back, "back", html! { span.vh { "Only from " } (chain(&back)) }))
        }
    }
}

fn members(nodes: &[NodeView], side: &[ProcessId]) -> Markup {
    html! {
        span.sides-who { @for n in nodes.iter().filter(|n| side.contains(&n.id)) { span.nd { (n.name) } " " } }
    }
}

/// The sides that somebody stands on, those that were made up first; then all others, as the last.
fn in_order(sides: &[Vec<ProcessId>], nodes: &[NodeView]) -> Vec<Vec<ProcessId>> {
    let mut all = sides.to_vec();
    let rest = nodes.iter().map(|n| n.id).filter(|id| !sides.iter().any(|side| side.contains(id)));
    all.push(rest.collect());
    all.retain(|side| !side.is_empty());
    all
}

/// What the picker's buttons and keys ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    let state = &seen.state;
    match name {
        "cut" if state.allows(Control::Cut) => {
            let open = state.sides.with_untracked(Option::is_none);
            crate::menu::close(seen);
            state.way.set(Way::Both);
            state.sides.set(open.then(Vec::new));
            if open {
                state.playing.set(false);
            }
        }
        "side" => {
            if let Some(id) = from.and_then(|el| id_of(el, "data-process")) {
                toggle(state, id);
            }
        }
        "another-side" => state.sides.update(|sides| {
            if let Some(sides) = sides
                && sides.last().is_some_and(|side| !side.is_empty())
            {
                sides.push(Vec::new());
            }
        }),
        "way" => state.way.set(match from.and_then(|el| el.get_attribute("data-way")).as_deref() {
            Some("onward") => Way::Onward,
            Some("back") => Way::Back,
            _ => Way::Both,
        }),
        "cut-sides" => cut(state),
        _ => return false,
    }
    true
}

/// A process was chosen: put on the side that is being made up, or selected.
#[cfg(feature = "csr")]
pub(crate) fn pick(state: &Bench, id: ProcessId) {
    if state.sides.with_untracked(Option::is_none) {
        state.pick(Picked::Process(id));
    } else if state.shot.with_untracked(|s| s.node(id).is_some()) {
        toggle(state, id);
    }
}

#[cfg(feature = "csr")]
fn toggle(state: &Bench, id: ProcessId) {
    let there = state
        .sides
        .with_untracked(|sides| sides.as_ref().and_then(|sides| sides.last()).is_some_and(|side| side.contains(&id)));
    if there {
        state.sides.update(|sides| sides.iter_mut().flatten().for_each(|side| side.retain(|other| *other != id)));
    } else {
        put(state, id);
    }
}

/// Puts a node on the side that is being made up, wherever it stood.
#[cfg(feature = "csr")]
pub(crate) fn put(state: &Bench, id: ProcessId) {
    state.sides.update(|sides| {
        if let Some(sides) = sides {
            for side in sides.iter_mut() {
                side.retain(|other| *other != id);
            }
            if sides.is_empty() {
                sides.push(Vec::new());
            }
            if let Some(side) = sides.last_mut() {
                side.push(id);
            }
        }
    });
}

/// Cuts the servers of the sides from each other and from all others, and closes the tool. If that can't be done the
/// tool stays.
#[cfg(feature = "csr")]
fn cut(state: &Bench) {
    let Some(sides) = state.sides.get_untracked() else { return };
    let mut all = state.shot.with_untracked(|s| in_order(&sides, &s.view.nodes));
    if all.len() < 2 {
        state.said.set("Put at least one node on each side, then cut.".to_owned());
        return;
    }
    let way = state.way.get_untracked();
    if way == Way::Back {
        all.reverse();
    }
    let groups = state.shot.with_untracked(|s| with_clients(&s.view, &all));
    let groups = groups.iter().map(|g| g.iter().copied().map(Target::from).collect()).collect();
    let action = if way == Way::Both { Action::Partition { groups } } else { Action::PartitionOneWay { groups } };
    if state.act(action) {
        state.sides.set(None);
    }
}
