//! A lab in words, for whoever reads the static page without its drawing.

use protocols::scenario::Invalid;
use protocols::view::{EventKind, NodeView, Stance, Status, View};
use sim::Time;

use crate::lab::Lab;

/// What happens in a lab up to its poster, and how things stand then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// The key events, in order of time.
    pub lines: Vec<Line>,
    /// How many client requests and commits were left out to keep it short.
    pub left_out: usize,
    /// One sentence a node, then one a client that waits.
    pub state: Vec<String>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Time,
    /// What kind of thing it is.
    pub kind: EventKind,
    /// What happened: a short sentence without a full stop.
    pub text: String,
}

/// More events than this, and clients' requests and commits are left out.
const LINES_MAX: usize = 24;

impl Transcript {
    /// Runs the lab up to its poster and writes down what matters.
    ///
    /// # Errors
    /// Why the lab's scenario can't be run.
    pub fn of(lab: &Lab) -> Result<Self, Invalid> {
        let mut run = lab.scenario.start()?;
        run.seek(lab.poster);
        let mut lines: Vec<Line> = run
            .events(Time::ZERO, lab.poster)
            .into_iter()
            .filter(|event| event.kind.is_key())
            .map(|event| Line { at: event.at, kind: event.kind, text: event.text })
            .collect();
        let all = lines.len();
        if all > LINES_MAX {
            lines.retain(|line| !matches!(line.kind, EventKind::Client | EventKind::Commit));
        }
        let left_out = all - lines.len();
        Ok(Self { lines, left_out, state: state(&run.view()) })
    }
}

/// How each node stands, and which clients wait, as sentences.
#[must_use]
pub fn state(view: &View) -> Vec<String> {
    let nodes = view.nodes.iter().map(|node| sentence(node, view.epoch_word));
    let clients = view.clients.iter().filter_map(|client| {
        let (what, since) = client.waiting.as_ref().filter(|(_, since)| *since < view.at)?;
        Some(format!("{} has waited for an answer to {what} for {}.", client.name, view.at.since(*since)))
    });
    nodes.chain(clients).collect()
}

fn sentence(node: &NodeView, epoch_word: &str) -> String {
    let name = &node.name;
    if node.status == Status::Down {
        return format!("{name} is down.");
    }
    let part = match node.stance {
        Stance::Leads => format!("{name} leads in {epoch_word} {}", node.epoch),
        Stance::Asks => format!("{name} asks to lead in {epoch_word} {}", node.epoch),
        Stance::Follows if node.epoch == 0 => format!("{name} follows, before the first {epoch_word}"),
        Stance::Follows => format!("{name} follows in {epoch_word} {}", node.epoch),
    };
    let part = if node.status == Status::Paused { format!("{part}, and is stalled") } else { part };
    let known = node.strip.known();
    match node.strip.len() {
        0 => format!("{part}; its log is empty."),
        1 if known == 1 => format!("{part}; its log has 1 entry, known to be committed."),
        1 => format!("{part}; its log has 1 entry, not known to be committed."),
        all if all == known => format!("{part}; its log has {all} entries, all known to be committed."),
        all => format!("{part}; its log has {all} entries, {known} of them known to be committed."),
    }
}
