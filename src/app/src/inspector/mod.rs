//! Panel b: what is selected. A server with its state as the protocol groups it, a client, a message, a link, an
//! event; and if nothing is, what the marks mean.

#[cfg(feature = "ssr")]
mod key;
mod link;
mod message;

use maud::{Markup, PreEscaped, html};
use protocols::view::{ClientView, EventKind, Group, NodeView, Row, Status, Value};
use sim::{EventId, ProcessId, Time};

use crate::node::{hue, name};
use crate::stage::ms;
use crate::state::{Bench, Picked};
use crate::words;

#[cfg(feature = "ssr")]
pub(crate) use key::key;

/// The panel. Where nothing is selected it is empty, and the key beside it is shown.
#[must_use]
pub(crate) fn inspector(state: &Bench) -> Markup {
    let shot = state.shot.get();
    match state.picked.get() {
        Picked::Nothing => html! {},
        Picked::Process(id) => match (shot.node(id), shot.view.clients.iter().find(|c| c.id == id)) {
            (Some(node), _) => of_node(state, node, &words::names(&shot.view)),
            (None, Some(client)) => of_client(client, shot.view.at, &words::names(&shot.view)),
            (None, None) => html! {},
        },
        Picked::Link(a, b) => link::of_link(state, a, b),
        Picked::Message(id) => message::of_message(&shot, id, state.is_live()),
        Picked::Event(id) => of_event(state, id),
    }
}

/// A name that can be pressed: it selects whom it names.
fn who(id: ProcessId, names: &[String], live: bool) -> Markup {
    html! {
        button.moment type="button" data-do="select" data-process=(id.0) disabled[!live] {
            (name(names.get(id.index()).map_or("", String::as_str)))
        }
    }
}

/// A moment that can be gone to.
fn moment(at: Time, live: bool) -> Markup {
    html! { button.moment type="button" data-at-us=(at.0) disabled[!live] { (ms(at)) " ms" } }
}

/// A line of facts.
fn fact(key: &str, value: &Markup) -> Markup {
    html! { tr { th scope="row" { (key) } td { (value) } } }
}

fn of_node(state: &Bench, node: &NodeView, names: &[String]) -> Markup {
    let before = before(state, node.id);
    let groups = node.groups.iter().map(|now| (now, before.iter().find(|old| old.title == now.title)));
    let mut any = false;
    let drawn = html! { @for (now, old) in groups { (group(now, old, !before.is_empty(), names, &mut any)) } };
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
        (drawn)
        @if any { p.quiet.changed-note { (CHANGED) " changed in the last event" } }
    }
}

/// A server's state just before the last event; empty while time runs, or if there was none.
#[cfg(feature = "csr")]
fn before(state: &Bench, id: ProcessId) -> Vec<Group> {
    if state.playing.get() {
        return Vec::new();
    }
    state.with_run(|run| {
        let now = run.now();
        let last = if run.events(now, now).is_empty() { run.previous_event() } else { Some(now) };
        let Some(last) = last.filter(|last| last.0 > 0) else { return Vec::new() };
        run.seek(Time(last.0 - 1));
        let node = run.view().nodes.into_iter().find(|node| node.id == id);
        run.seek(now);
        node.map(|node| node.groups).unwrap_or_default()
    })
}

#[cfg(not(feature = "csr"))]
fn before(_state: &Bench, _id: ProcessId) -> Vec<Group> {
    Vec::new()
}

/// The mark of what has changed.
const CHANGED: PreEscaped<&str> = PreEscaped(
    "<svg class=\"changed\" width=\"8\" height=\"9\" viewBox=\"0 0 8 9\" aria-hidden=\"true\"><path d=\"M0 .5 7.5 4.5 0 8.5Z\"/></svg>",
);

/// A group of state, with what of it is not as it was, if that is known.
fn group(now: &Group, old: Option<&Group>, known: bool, names: &[String], any: &mut bool) -> Markup {
    let was = |row: &Row| old.and_then(|old| old.rows.iter().find(|other| other.key == row.key));
    html! {
        table.state {
            caption { (now.title) " " span { (now.remark) } }
            tbody {
                @for row in &now.rows {
                    @let was = was(row);
                    @let changed = known && was.is_none_or(|was| was.value != row.value);
                    @if changed { ({ *any = true; html! {} }) }
                    tr.is-changed[changed] {
                        th scope="row" { @if changed { (CHANGED) span.vh { "changed: " } } (row.key) }
                        td {
                            (value(&row.value, names))
                            @if let Some(was) = was.filter(|_| changed && is_short(&row.value)) {
                                i.was { "was " (value(&was.value, names)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether there is room beside a value for what it was.
fn is_short(value: &Value) -> bool {
    match value {
        Value::Epoch(_) | Value::Node(_) => true,
        Value::Text(text) => text.len() < 12,
        Value::Nodes(_) | Value::PerNode(_) => false,
    }
}

fn value(value: &Value, names: &[String]) -> Markup {
    let called = |id: &ProcessId| names.get(id.index()).map_or("", String::as_str);
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

fn of_client(client: &ClientView, now: Time, names: &[String]) -> Markup {
    html! {
        h3 { (name(&client.name)) " " small { "client" } }
        table.state.facts {
            caption { "What it knows" }
            tbody {
                @match &client.waiting {
                    Some((op, since)) => {
                        (fact("waits for", &html! { (op) }))
                        (fact("since", &html! { (ms(*since)) " ms, for " (ms(Time(now.since(*since).0))) " ms" }))
                    },
                    None => (fact("waits for", &html! { i { "nothing" } })),
                }
                (fact("would ask", &client.asks.map_or_else(|| html! { i { "nobody yet" } }, |id| who(id, names, true))))
                (fact("acknowledged", &html! { (client.done) }))
                (fact("outcome unknown", &html! { (client.unknown) }))
            }
        }
    }
}

fn of_event(state: &Bench, id: EventId) -> Markup {
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    let Some(event) = shot.answer.steps.first().map(|step| &step.event).filter(|e| e.id == id) else {
        return html! { h3 { small { "That event is not part of this run." } } };
    };
    let live = state.is_live();
    html! {
        h3.is-event { (words::set(&event.text, &names)) }
        table.state.facts {
            caption { "Event" }
            tbody {
                (fact("when", &moment(event.at, live)))
                (fact("where", &event.process.map_or_else(|| html! { "the network" }, |id| who(id, &names, live))))
                (fact("kind", &html! { (kind(event.kind)) }))
            }
        }
    }
}

const fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Fault => "fault",
        EventKind::Mend => "repair",
        EventKind::Role => "change of part",
        EventKind::Commit => "commit",
        EventKind::Client => "client operation",
        EventKind::Message => "message",
        EventKind::Timer => "timer",
        EventKind::Breach => "broken promise",
        EventKind::Refused => "refusal",
        EventKind::Halted => "limit",
        EventKind::Rule => "rule of the protocol",
    }
}

/// What the panel's buttons ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &crate::input::Seen, name: &str, from: Option<&web_sys::Element>) -> bool {
    if name != "select" {
        return false;
    }
    if let Some(id) = from.and_then(|el| crate::input::id_of(el, "data-process")) {
        seen.state.pick(Picked::Process(id));
    }
    true
}
