//! The one place where events, refusals and findings become sentences.
//!
//! Everything stays typed up to here, so that the page, the text twin and the command line agree.
//! Sentences are in the present tense, name the cause after a colon, give units, and end without a full stop.
//! What only a protocol can say is said by its [`Shown`] in the same manner.

use core::borrow::Borrow;

use sim::{Action, By, Event, EventKind, Limit, Loss, OpId, ProcessId, Refused, Span, Target, Trace};

use crate::op::{Op, Outcome};
use crate::shown::Shown;

/// The names of all processes, by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(Vec<String>);

impl Names {
    /// These names, the servers' first.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self(names)
    }

    /// A process's name.
    #[must_use]
    pub fn of(&self, id: ProcessId) -> &str {
        self.0.get(id.index()).map_or("?", String::as_str)
    }

    /// Several names: `A`, `A and B`, `A, B and C`.
    #[must_use]
    pub fn list(&self, ids: &[ProcessId]) -> String {
        list(&ids.iter().map(|&id| self.of(id)).collect::<Vec<_>>())
    }
}

/// Joins words: `A`, `A and B`, `A, B and C`.
#[must_use]
pub fn list<S: Borrow<str>>(words: &[S]) -> String {
    match words {
        [] => "none".to_owned(),
        [one] => one.borrow().to_owned(),
        [first @ .., last] => format!("{} and {}", first.join(", "), last.borrow()),
    }
}

/// A count with its noun: `1 vote`, `3 votes`.
#[must_use]
pub fn count(number: u64, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// A span as one says it: whole milliseconds, unless it is shorter than ten.
#[must_use]
pub fn about(span: Span) -> String {
    if span < Span::from_millis(10) { span.to_string() } else { Span(span.0 / 1_000 * 1_000).to_string() }
}

/// An event as a short sentence. `op` finds what an operation asked for.
#[must_use]
pub fn event<'a, P: Shown>(
    names: &Names,
    trace: &Trace<P>,
    event: &Event<P>,
    op: impl Fn(OpId) -> Option<&'a Op>,
) -> String {
    let who = event.process.unwrap_or(ProcessId(u8::MAX));
    let me = names.of(who);
    match &event.kind {
        EventKind::Started => format!("{me} starts"),
        EventKind::Crashed { by, .. } => format!("{} crashes {me}", author(*by)),
        EventKind::Restarted { by } => format!("{} restarts {me}", author(*by)),
        EventKind::Cut { by, sides, links } => cut(names, *by, sides, links),
        EventKind::Healed { by, links } => healed(names, *by, links),
        EventKind::Requested { by, op } => format!("{} asks {me} to {}", author(*by), to_do(op)),
        EventKind::Refused { by, action, why } => {
            format!("{} can't {}: {}", author(*by), deed(names, action), refused(names, why))
        }
        EventKind::Sent { to, message, .. } => {
            format!("{me} sends {} {}", names.of(*to), P::message_words(names, message))
        }
        EventKind::Delivered { from, sent, .. } => {
            format!("{me} receives {} from {}", message::<P>(names, trace, *sent), names.of(*from))
        }
        EventKind::Dropped { from, to, sent, loss, .. } => {
            let (what, from, to) = (message::<P>(names, trace, *sent), names.of(*from), names.of(*to));
            match loss {
                Loss::CutInFlight | Loss::SentIntoCut => {
                    format!("The link from {from} to {to} loses {what}: cut by {}", culprit(trace, event))
                }
                Loss::ReceiverDown => format!("{what} from {from} is lost: {to} is down"),
                Loss::Chance | Loss::Picked(_) => String::new(), // H3
                Loss::NoLink => format!("{what} from {from} is lost: there is no link to {to}"),
            }
        }
        EventKind::TimerFired { timer, set_at } => P::timer_words(names, who, *timer, event.at.since(*set_at)),
        EventKind::Noted(note) => P::note_words(names, who, note),
        EventKind::Invoked { op, .. } => match op {
            Op::Put { .. } => format!("{me} writes {op}"),
            Op::Get { key } => format!("{me} reads {key}"),
            other => format!("{me} asks {other}"), // H3
        },
        EventKind::Completed { id, outcome } => completed(me, op(*id), outcome),
        EventKind::Breached(breach) => {
            let (promise, facts) = P::breach_words(names, breach);
            format!("{} is broken: {facts}", P::PROMISES[promise].0)
        }
        EventKind::Wiped { .. }
        | EventKind::FsyncSet { .. }
        | EventKind::Paused { .. }
        | EventKind::Resumed { .. }
        | EventKind::Slowed { .. }
        | EventKind::ClockSet { .. }
        | EventKind::Expired { .. }
        | EventKind::Shaped { .. }
        | EventKind::Delayed { .. }
        | EventKind::Duplicated { .. }
        | EventKind::Waits { .. } => String::new(), // H3
        EventKind::Halted(limit) => format!("The run stops here: {}", halted(*limit)),
    }
}

/// Who acted, at the head of a sentence.
fn author(by: By) -> &'static str {
    match by {
        By::Lesson => "The lesson",
        By::Reader => "The reader",
    }
}

/// Who made the cut that lost a message.
fn culprit<P: Shown>(trace: &Trace<P>, dropped: &Event<P>) -> &'static str {
    match dropped.cause.and_then(|cause| trace.get(cause)).map(|cause| &cause.kind) {
        Some(EventKind::Cut { by: By::Reader, .. }) => "the reader",
        _ => "the lesson",
    }
}

fn message<P: Shown>(names: &Names, trace: &Trace<P>, sent: sim::EventId) -> String {
    match trace.get(sent).map(|event| &event.kind) {
        Some(EventKind::Sent { message, .. }) => P::message_words(names, message),
        _ => "a message".to_owned(),
    }
}

fn cut(names: &Names, by: By, sides: &[Vec<ProcessId>], links: &[(ProcessId, ProcessId)]) -> String {
    let author = author(by);
    match (sides, links) {
        ([from, to], &[(a, b)]) if from.len() == 1 && to.len() == 1 => {
            format!("{author} cuts the link from {} to {}", names.of(a), names.of(b))
        }
        ([a, b], _) if a.len() == 1 && b.len() == 1 => {
            format!("{author} cuts the link between {} and {}", names.of(a[0]), names.of(b[0]))
        }
        ([first, rest @ ..], _) => {
            let rest: Vec<String> = rest.iter().map(|side| names.list(side)).collect();
            format!("{author} cuts {} from {}", names.list(first), rest.join(" from "))
        }
        ([], _) => format!("{author} cuts nothing"),
    }
}

fn healed(names: &Names, by: By, links: &[(ProcessId, ProcessId)]) -> String {
    let author = author(by);
    match *links {
        [(a, b)] => format!("{author} heals the link from {} to {}", names.of(a), names.of(b)),
        [(a, b), (c, d)] if (a, b) == (d, c) => {
            format!("{author} heals the link between {} and {}", names.of(a), names.of(b))
        }
        _ => format!("{author} heals all links"),
    }
}

fn to_do(op: &Op) -> String {
    match op {
        Op::Put { .. } => format!("write {op}"),
        other => other.to_string(), // H3
    }
}

fn completed(me: &str, op: Option<&Op>, outcome: &Outcome) -> String {
    let op = op.map_or_else(|| "its operation".to_owned(), ToString::to_string);
    match outcome {
        Outcome::Written => format!("{me} hears that {op} is written"),
        Outcome::Value(Some(value)) => format!("{me} gets the answer to {op}: {value}"),
        Outcome::Value(None) => format!("{me} gets the answer to {op}: no value"),
        Outcome::Mismatch(_) => String::new(), // H3
        Outcome::Unknown => format!("{me} gives up on {op}: it may take effect or not"),
    }
}

fn deed(names: &Names, action: &Action<Op>) -> String {
    let name = |target: &Target| match target {
        Target::Process(id) => names.of(*id).to_owned(),
        Target::Role { role, nth: 0 } => format!("the {role}"),
        Target::Role { role, nth } => format!("{role}:{nth}"),
    };
    let between = |from: &Target, to: &Target, both: bool| {
        let (first, second) = if both { ("between", "and") } else { ("from", "to") };
        format!("the link {first} {} {second} {}", name(from), name(to))
    };
    match action {
        Action::Partition { groups } => {
            let side = |group: &Vec<Target>| {
                let members: Vec<String> = group.iter().map(name).collect();
                list(&members)
            };
            format!("cut {}", groups.iter().map(side).collect::<Vec<_>>().join(" from "))
        }
        Action::Isolate(target) => format!("isolate {}", name(target)),
        Action::Cut { from, to, both } => format!("cut {}", between(from, to, *both)),
        Action::Heal { from, to, both } => format!("heal {}", between(from, to, *both)),
        Action::HealAll => "heal all links".to_owned(),
        Action::Crash(target) => format!("crash {}", name(target)),
        Action::Restart(target) => format!("restart {}", name(target)),
        Action::Request { to, op } => format!("ask {} to {}", name(to), to_do(op)),
        other => format!("{other:?}"), // H3
    }
}

/// Why an action can't be done, as a clause.
#[must_use]
pub fn refused(names: &Names, why: &Refused) -> String {
    match why {
        Refused::NoSuchProcess(id) => format!("there is no process with the number {}", id.0),
        Refused::NobodyPlays { role, nth: 0 } => format!("there is no {role} at this moment"),
        Refused::NobodyPlays { role, nth } => format!("there are no more than {nth} of {role} at this moment"),
        Refused::Down(id) => format!("{} is down", names.of(*id)),
        Refused::Up(id) => format!("{} is running", names.of(*id)),
        Refused::NoLink(a, b) => format!("there is no link between {} and {}", names.of(*a), names.of(*b)),
        Refused::NothingToCut => "all of that is cut already".to_owned(),
        Refused::NothingToHeal => "nothing of that is cut".to_owned(),
        Refused::TooFewSides => "a partition needs two sides with somebody on them".to_owned(),
        Refused::OnTwoSides(id) => format!("{} can't stand on two sides at once", names.of(*id)),
        Refused::Ended => "the run is over".to_owned(),
        Refused::Halted(limit) => halted(*limit),
        other @ (Refused::Paused(_)
        | Refused::NotPaused(_)
        | Refused::AsItIs(_)
        | Refused::TooMuchDrift(_)
        | Refused::TooFarAStep(_)
        | Refused::NoSuchMessage(_)
        | Refused::NoMessageFits { .. }
        | Refused::NoSuchTimer(_)
        | Refused::TimerNotSet { .. }
        | Refused::NothingToShape
        | Refused::ImpossibleQuality
        | Refused::NoSuchBranch
        | Refused::OriginalBranch
        | Refused::BranchInView
        | Refused::NameTooLong) => other.to_string(), // H3
        Refused::TooManyBranches => {
            format!("there are {} branches already: start the lab afresh", sim::timeline::BRANCHES_MAX)
        }
    }
}

/// A refusal as a sentence to the one who acted: `This can't be done: A is down`.
#[must_use]
pub fn refusal(names: &Names, why: &Refused) -> String {
    format!("This can't be done: {}", refused(names, why))
}

fn halted(limit: Limit) -> String {
    match limit {
        Limit::EventsInOneInstant => {
            format!("more than {} things happen at this one moment", sim::world::EVENTS_PER_INSTANT_MAX)
        }
        Limit::EventsInAll => format!("more than {} things have happened", sim::world::EVENTS_MAX),
        Limit::MessagesInFlight => {
            format!("more than {} messages are on their way", sim::world::IN_FLIGHT_MAX)
        }
        Limit::Inbox => format!("more than {} things wait for one process", sim::world::INBOX_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_as_one_speaks() {
        assert_eq!(list(&["A"]), "A");
        assert_eq!(list(&["A", "B"]), "A and B");
        assert_eq!(list(&["A", "B", "C"]), "A, B and C");
        assert_eq!([count(1, "vote"), count(3, "vote")], ["1 vote", "3 votes"]);
    }
}
