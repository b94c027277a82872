//! What the drawing says, in words: names for what can be pressed, and "This plate in words".

use maud::{Markup, PreEscaped, Render, html};
use protocols::View;
use protocols::view::{NodeView, Shape, Stance, Status};
use protocols::words::list;
use sim::{By, ProcessId};

use crate::node::name;
use crate::scene::pieces;
use crate::stage::ms;

/// The names of all processes, by id.
#[must_use]
pub(crate) fn names(view: &View) -> Vec<String> {
    view.nodes.iter().map(|n| n.name.clone()).chain(view.clients.iter().map(|c| c.name.clone())).collect()
}

/// A node's full name: `Node D, term 3: leader. 7 log entries, 4 known committed.`
/// It holds the words that stand in the drawing as they stand there, so that a reader who speaks can say them.
#[must_use]
pub(crate) fn node_name(node: &NodeView, epoch_word: &str) -> String {
    if node.status == Status::Down {
        return format!("Node {}, down: crashed. {}.", node.name, log_words(node));
    }
    let stalled = if node.status == Status::Paused { ", stalled" } else { "" };
    let role = node.role.to_ascii_lowercase();
    format!("Node {}, {epoch_word} {}: {role}{stalled}. {}.", node.name, node.epoch, log_words(node))
}

fn log_words(node: &NodeView) -> String {
    match usize::try_from(node.strip.len()).unwrap_or(usize::MAX) {
        0 => "Empty log".to_owned(),
        entries => format!("{}, {} known committed", count(entries, "log entry", "log entries"), node.strip.settled),
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// A number at the head of a sentence.
fn spelled(n: usize) -> String {
    const WORDS: [&str; 10] = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    WORDS.get(n).map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

fn members(names: &[String], ids: &[ProcessId]) -> String {
    let found: Vec<String> = ids.iter().filter_map(|id| names.get(id.index()).cloned()).collect();
    list(&found)
}

/// The stage's name: how many nodes, at what moment, who leads.
#[must_use]
pub(crate) fn stage_name(view: &View) -> String {
    format!("{} at {} ms. {}", count(view.nodes.len(), "node", "nodes"), ms(view.at), leaders(view))
}

fn leading(view: &View) -> impl Iterator<Item = &NodeView> {
    view.nodes.iter().filter(|n| n.status.is_up() && n.stance == Stance::Leads)
}

/// Who leads, as one or more sentences.
#[must_use]
pub(crate) fn leaders(view: &View) -> String {
    let all: Vec<&NodeView> = leading(view).collect();
    match all.as_slice() {
        [] => "No node leads.".to_owned(),
        [one] => format!("{} leads in {} {}.", one.name, view.epoch_word, one.epoch),
        many => {
            let each: Vec<String> =
                many.iter().map(|n| format!("{} in {} {}", n.name, view.epoch_word, n.epoch)).collect();
            format!("{} nodes believe that they lead: {}.", spelled(many.len()), list(&each))
        }
    }
}

/// Who leads, in the fewest words, for the home page.
#[must_use]
pub(crate) fn leaders_short(view: &View) -> String {
    let each: Vec<String> =
        leading(view).map(|n| format!("{} leads in {} {}", n.name, view.epoch_word, n.epoch)).collect();
    if each.is_empty() { "No node leads.".to_owned() } else { format!("{}.", list(&each)) }
}

/// This plate in words: everything on the stage at this moment.
#[must_use]
pub(crate) fn twin(view: &View) -> Vec<String> {
    let names = names(view);
    let all: Vec<ProcessId> = view.nodes.iter().map(|n| n.id).collect();
    let mut said = vec![format!(
        "At {} ms there are {}: {}. {}",
        ms(view.at),
        count(view.nodes.len(), "node", "nodes"),
        members(&names, &all),
        leaders(view)
    )];
    for c in &view.cuts {
        let by = if c.by == By::Reader { "you cut" } else { "the lesson cut" };
        let sides: Vec<String> = c.sides.iter().map(|s| members(&names, s)).collect();
        said.push(format!(
            "At {} ms {by} {}. {} in one direction each are still severed.",
            ms(c.since),
            sides.join(" from "),
            count(c.links.len(), "link", "links")
        ));
    }
    let parts = pieces(view.nodes.len(), &view.links);
    if parts.len() > 1 {
        let sides: Vec<String> = parts.iter().map(|s| members(&names, s)).collect();
        said.push(format!("The network is in {} pieces: {}.", parts.len(), sides.join("; ")));
    }
    said.extend(view.nodes.iter().map(|n| {
        let timer = n.timer.filter(|_| n.beat.is_none() && n.status == Status::Up);
        let waits = timer.map(|t| format!(" Its timer runs out in {} ms.", t.due.since(view.at).0 / 1_000));
        format!("{}{}", node_name(n, view.epoch_word), waits.unwrap_or_default())
    }));
    for c in view.clients.iter().filter(|c| c.waiting.is_some()) {
        if let Some((op, since)) = &c.waiting {
            said.push(format!("Client {} has waited {} ms for {op}.", c.name, view.at.since(*since).0 / 1_000));
        }
    }
    said.push(on_the_way(view));
    let broken: Vec<String> = view
        .promises
        .iter()
        .filter_map(|p| p.broken.as_ref().map(|b| format!("{} broke at {} ms: {}.", p.name, ms(b.at), b.facts)))
        .collect();
    match (broken.is_empty(), view.promises.is_empty()) {
        (true, false) => said.push("No promise is broken.".to_owned()),
        _ => said.extend(broken),
    }
    said
}

fn on_the_way(view: &View) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for m in &view.messages {
        let kind = if matches!(m.shape, Shape::Beat) { "heartbeat" } else { m.kind };
        match kinds.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, n)) => *n += 1,
            None => kinds.push((kind, 1)),
        }
    }
    if kinds.is_empty() {
        return "No message is on its way.".to_owned();
    }
    let each: Vec<String> = kinds.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
    format!("{} on the way: {}.", count(view.messages.len(), "message", "messages"), list(&each))
}

/// An event with its time, for a log that is read out.
#[cfg(feature = "csr")]
#[must_use]
pub(crate) fn line(event: &protocols::view::EventView) -> String {
    [&(event.at.0 / 1_000).to_string(), " ms: ", &event.text].concat()
}

/// Running text with the names of processes set as in the drawing.
#[must_use]
pub(crate) fn set(text: &str, names: &[String]) -> Markup {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_letter(c)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        if names.iter().any(|n| n == word) {
            name(word).render_to(&mut out);
        } else {
            word.render_to(&mut out);
        }
        let gap = tail.find(is_letter).unwrap_or(tail.len());
        tail[..gap].render_to(&mut out);
        rest = &tail[gap..];
    }
    PreEscaped(out)
}

/// Whether a character can be part of a name. Unicode's own tables are too heavy for the page.
const fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii()
}

/// A caption: plain text in which `*A*` sets a node's name.
#[must_use]
pub(crate) fn caption(text: &str) -> Markup {
    html! {
        @for (i, part) in text.split('*').enumerate() {
            @if i % 2 == 1 { span.nd { (part) } } @else { (part) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_sentences() {
        let of = |items: &[&str]| list(&items.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["A"]), "A");
        assert_eq!(of(&["A", "B"]), "A and B");
        assert_eq!(of(&["A", "B", "C"]), "A, B and C");
    }
}
