//! The one place where events, refusals and findings become sentences.
//!
//! Everything stays typed up to here, so that the page, the text twin and the command line agree.
//! Sentences are in the present tense, name the cause after a colon, give units, and end without a full stop.
//! What only a protocol can say is said by its [`Shown`] in the same manner.

mod act;
mod because;
#[cfg(test)]
mod tests;

use core::borrow::Borrow;

use sim::{By, ClockChange, Event, EventId, EventKind, Latency, Loss, OpId, ProcessId, Share, Span, Trace};

use crate::op::{Admin, Op, Outcome};
use crate::past::Past;
use crate::scenario::Reads;
use crate::shown::Shown;
use crate::view::Verdict;

pub use act::{deed, refusal, refused};
pub use because::because;

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

/// How far, whichever way: `500 ms` of -500,000 µs.
fn distance(us: i64) -> Span {
    Span(us.unsigned_abs())
}

/// A share as one says it: `5 %`, `0.25 %`.
fn share(share: Share) -> String {
    let (whole, fraction) = (share.0 / 10_000, share.0 % 10_000);
    if fraction == 0 {
        return format!("{whole} %");
    }
    let fraction = format!("{fraction:04}");
    format!("{whole}.{} %", fraction.trim_end_matches('0'))
}

/// How long messages are on their way: `latency 10 ms to 20 ms`.
fn latency(latency: Latency) -> String {
    match latency {
        Latency::Fixed(span) => format!("latency {span}"),
        Latency::Uniform(low, high) => format!("latency {low} to {high}"),
        Latency::LongTail { usual, most } => format!("latency {usual} with a long tail up to {most}"),
    }
}

/// An event as a short sentence. `op` finds what an operation asked for.
#[must_use]
pub fn event<'a, P: Shown>(
    names: &Names,
    past: &Past<'_, P>,
    event: &Event<P>,
    op: impl Fn(OpId) -> Option<&'a Op>,
) -> String {
    let trace = past.trace;
    let who = event.process.unwrap_or(ProcessId(u8::MAX));
    let me = names.of(who);
    let letter = |sent: EventId| Letter::find(names, trace, sent);
    match &event.kind {
        EventKind::Started => format!("{me} starts"),
        EventKind::Crashed { by, kept: 0 } => format!("{} crashes {me}", author(*by)),
        EventKind::Crashed { by, kept } => {
            let (by, writes) = (author(*by), count(u64::from(*kept), "write"));
            format!("{by} crashes {me} in the middle of writing: {writes} without fsync reached its disk")
        }
        EventKind::Restarted { by } => format!("{} restarts {me}", author(*by)),
        EventKind::Cut { by, sides, links } => cut(names, *by, sides, links),
        EventKind::Healed { by, links } => healed(names, *by, links),
        EventKind::Requested { by, op } => format!("{} asks {me} to {}", author(*by), to_do(names, op)),
        EventKind::Refused { by, action, why } => {
            format!("{} can't {}: {}", author(*by), deed(names, action), refused(names, why))
        }
        EventKind::Sent { to, message, .. } => {
            format!("{me} sends {} {}", names.of(*to), P::message_words(names, message))
        }
        EventKind::Delivered { from, sent, .. } => {
            format!("{me} receives {} from {}", letter(*sent).what, names.of(*from))
        }
        EventKind::Dropped { from, to, sent, loss, .. } => {
            let (what, from, to) = (letter(*sent).what, names.of(*from), names.of(*to));
            match loss {
                Loss::CutInFlight | Loss::SentIntoCut => {
                    format!("The link from {from} to {to} loses {what}: cut by {}", culprit(trace, event))
                }
                Loss::ReceiverDown => format!("{what} from {from} is lost: {to} is down"),
                Loss::Chance => format!("The link from {from} to {to} loses {what} by chance"),
                Loss::Picked(by) => format!("{} drops {what} from {from} to {to}", author(*by)),
                Loss::NoLink => format!("{what} from {from} is lost: there is no link to {to}"),
            }
        }
        EventKind::TimerFired { timer, set_at } => {
            match event.cause.and_then(|cause| trace.get(cause)).map(|e| &e.kind) {
                Some(EventKind::Expired { by, .. }) => {
                    format!("{me}'s {} timer runs out before its time: {} did it", P::timer_name(*timer), by_name(*by))
                }
                _ => P::timer_words(names, who, *timer, event.at.since(*set_at)),
            }
        }
        EventKind::Noted(note) => P::note_words(names, who, note),
        EventKind::Invoked { op, .. } => invoked(names, me, op),
        EventKind::Completed { id, outcome } => completed(names, me, op(*id), outcome),
        EventKind::Breached(breach) => {
            let (promise, facts) = P::breach_words(names, breach);
            format!("{} is broken: {facts}", P::PROMISES[promise].0)
        }
        EventKind::Wiped { by } => format!("{} empties {me}'s disk", author(*by)),
        EventKind::FsyncSet { by, lies: true } => {
            format!("{} makes {me}'s fsync lie: it does nothing and says that it did", author(*by))
        }
        EventKind::FsyncSet { by, lies: false } => format!("{} makes {me}'s fsync work again", author(*by)),
        EventKind::Paused { by } => format!("{} stalls {me}", author(*by)),
        EventKind::Resumed { by } => format!("{} lets {me} go on", author(*by)),
        EventKind::Slowed { by, times: 0 } => format!("{} makes {me} as fast as at first", author(*by)),
        EventKind::Slowed { by, times } => {
            format!("{} makes {me} slow: each input takes it {}", author(*by), work(*times))
        }
        EventKind::ClockSet { by, change } => clock_set(me, author(*by), *change),
        EventKind::Expired { by, timer } => {
            format!("{} lets {me}'s {} timer run out before its time", author(*by), P::timer_name(*timer))
        }
        EventKind::Shaped { by, links, change } => {
            let (by, links) = (author(*by), act::links(names, links));
            match change {
                Some(change) => format!("{by} changes {links}: {}", act::change(change)),
                None => format!("{by} makes {links} as at first"),
            }
        }
        EventKind::Delayed { by, sent, due, .. } => {
            format!("{} holds up {}: it arrives at {due}", author(*by), letter(*sent).on_its_way(names))
        }
        EventKind::Duplicated { by: Some(by), sent, .. } => {
            format!("{} doubles {}", author(*by), letter(*sent).on_its_way(names))
        }
        EventKind::Duplicated { by: None, sent, .. } => {
            let Letter { what, from, to } = letter(*sent);
            format!("The link from {} to {} doubles {what} by chance", names.of(from), names.of(to))
        }
        EventKind::Waits { from, sent, .. } => {
            let why = if past.stalled_by(who, event.id).is_some() { "stalled" } else { "busy" };
            format!("{}'s {} waits at {me}: it is {why}", names.of(*from), letter(*sent).what)
        }
        EventKind::Halted(limit) => format!("The run stops here: {limit}"),
    }
}

/// What handling one input takes a process that is so slow.
pub(crate) fn work(times: u16) -> Span {
    Span(sim::world::WORK.0.saturating_mul(u64::from(times)))
}

/// Who acted, at the head of a sentence.
fn author(by: By) -> &'static str {
    match by {
        By::Lesson => "The lesson",
        By::Reader => "The reader",
    }
}

/// Who acted, within a sentence.
fn by_name(by: By) -> &'static str {
    match by {
        By::Lesson => "the lesson",
        By::Reader => "the reader",
    }
}

/// Who made the cut that lost a message.
fn culprit<P: Shown>(trace: &Trace<P>, dropped: &Event<P>) -> &'static str {
    match dropped.cause.and_then(|cause| trace.get(cause)).map(|cause| &cause.kind) {
        Some(EventKind::Cut { by, .. }) => by_name(*by),
        _ => by_name(By::Lesson),
    }
}

/// A message with its two ends, as its `Sent` event has it.
struct Letter {
    what: String,
    from: ProcessId,
    to: ProcessId,
}

impl Letter {
    fn find<P: Shown>(names: &Names, trace: &Trace<P>, sent: EventId) -> Self {
        let nobody = ProcessId(u8::MAX);
        match trace.get(sent).map(|event| (event.process, &event.kind)) {
            Some((from, EventKind::Sent { to, message, .. })) => {
                Self { what: P::message_words(names, message), from: from.unwrap_or(nobody), to: *to }
            }
            _ => Self { what: "a message".to_owned(), from: nobody, to: nobody },
        }
    }

    fn on_its_way(&self, names: &Names) -> String {
        format!("{} from {} to {}", self.what, names.of(self.from), names.of(self.to))
    }
}

fn cut(names: &Names, by: By, sides: &[Vec<ProcessId>], links: &[(ProcessId, ProcessId)]) -> String {
    let author = author(by);
    // A cut of one direction only, between however many, has no way back in it.
    let one_way = links.first().is_some_and(|_| !links.iter().any(|&(a, b)| links.contains(&(b, a))));
    match (sides, links) {
        ([from, to], &[(a, b)]) if from.len() == 1 && to.len() == 1 => {
            format!("{author} cuts the link from {} to {}", names.of(a), names.of(b))
        }
        ([a, b], _) if a.len() == 1 && b.len() == 1 => {
            format!("{author} cuts the link between {} and {}", names.of(a[0]), names.of(b[0]))
        }
        ([first, rest @ ..], _) => {
            let rest: Vec<String> = rest.iter().map(|side| names.list(side)).collect();
            let what = format!("{author} cuts {} from {}", names.list(first), rest.join(" from "));
            if one_way { format!("{what}, one way only: {}", act::one_way(names, sides)) } else { what }
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

fn clock_set(me: &str, author: &str, change: ClockChange) -> String {
    match change {
        ClockChange::Step(us) if us < 0 => format!("{author} sets {me}'s clock back by {}", distance(us)),
        ClockChange::Step(us) => format!("{author} sets {me}'s clock ahead by {}", distance(us)),
        ClockChange::Drift(0) => format!("{author} makes {me}'s clock run as true time does"),
        ClockChange::Drift(ppm) => {
            let way = if ppm < 0 { "slow" } else { "fast" };
            format!("{author} makes {me}'s clock run {way}: {}", drift(ppm))
        }
    }
}

/// How far a time of day is off: `500 ms ahead`.
pub(crate) fn clock_off(us: i64) -> String {
    format!("{} {}", distance(us), if us < 0 { "back" } else { "ahead" })
}

/// The word for what was done from outside, or went wrong, as a mark on a timeline has room for it.
pub(crate) fn mark<P: Shown>(event: &Event<P>) -> &'static str {
    match event.kind {
        EventKind::Crashed { .. } => "crash",
        EventKind::Restarted { .. } => "restart",
        EventKind::Wiped { .. } => "wipe",
        EventKind::Cut { .. } => "cut",
        EventKind::Healed { .. } => "heal",
        EventKind::FsyncSet { lies: true, .. } => "fsync lies",
        EventKind::FsyncSet { lies: false, .. } => "fsync works",
        EventKind::Paused { .. } => "stall",
        EventKind::Resumed { .. } => "go on",
        EventKind::Slowed { times: 0, .. } => "fast",
        EventKind::Slowed { .. } => "slow",
        EventKind::ClockSet { .. } => "clock",
        EventKind::Expired { .. } => "timer",
        EventKind::Shaped { .. } => "link",
        EventKind::Delayed { .. } => "hold up",
        EventKind::Duplicated { .. } => "double",
        EventKind::Dropped { .. } => "drop",
        EventKind::Breached(_) => "broken",
        EventKind::Refused { .. } => "refused",
        EventKind::Halted(_) => "end",
        _ => "",
    }
}

/// How a clock drifts: `it gains 2.5 ms a second`.
pub(crate) fn drift(ppm: i32) -> String {
    let verb = if ppm < 0 { "loses" } else { "gains" };
    format!("it {verb} {} a second", distance(i64::from(ppm)))
}

/// What a client does, in the infinitive.
fn to_do(names: &Names, op: &Op) -> String {
    match op {
        Op::Put { .. } => format!("write {op}"),
        Op::Get { .. } => op.to_string(),
        Op::Read { key, how } => format!("read {key} {}", served(*how)),
        Op::Append { key, value } => format!("append {value} to {key}"),
        Op::Cas { key, expected, value } => {
            format!("set {key} to {value} if it is {}", value_or_none(expected.as_deref()))
        }
        Op::Delete { key } => format!("delete {key}"),
        Op::Admin(admin) => administer(names, admin),
    }
}

/// The same, as its doer does it.
fn invoked(names: &Names, me: &str, op: &Op) -> String {
    match op {
        Op::Put { .. } => format!("{me} writes {op}"),
        Op::Get { key } => format!("{me} reads {key}"),
        Op::Read { key, how } => format!("{me} reads {key} {}", served(*how)),
        Op::Append { key, value } => format!("{me} appends {value} to {key}"),
        Op::Cas { key, expected, value } => {
            format!("{me} sets {key} to {value} if it is {}", value_or_none(expected.as_deref()))
        }
        Op::Delete { key } => format!("{me} deletes {key}"),
        Op::Admin(admin) => format!("{me} asks to {}", administer(names, admin)),
    }
}

/// What an operator asks for, in the infinitive.
pub(crate) fn administer(names: &Names, admin: &Admin) -> String {
    match admin {
        Admin::Transfer(to) => format!("hand the leadership over to {}", names.of(*to)),
        Admin::AddLearner(who) => format!("add {} as a learner", names.of(*who)),
        Admin::AddVoter(who) => format!("add {} as a voter", names.of(*who)),
        Admin::Remove(who) => format!("remove {}", names.of(*who)),
        Admin::Reconfigure(voters) => format!("let exactly {} vote", names.list(voters)),
        Admin::Compact => "take a snapshot".to_owned(),
    }
}

/// How a read is served.
fn served(how: Reads) -> &'static str {
    match how {
        Reads::Log => "through the log",
        Reads::Index => "by a read index",
        Reads::Lease => "by lease",
        Reads::Local => "from whoever is asked",
    }
}

fn value_or_none(value: Option<&str>) -> &str {
    value.unwrap_or("nothing")
}

fn completed(names: &Names, me: &str, op: Option<&Op>, outcome: &Outcome) -> String {
    let what = op.map_or_else(|| "its operation".to_owned(), |op| to_do(names, op));
    match (outcome, op) {
        (Outcome::Written, Some(Op::Put { .. })) => format!("{me} hears that {} is written", asked(op)),
        (Outcome::Written, Some(Op::Append { key, value })) => format!("{me} hears that {value} is appended to {key}"),
        (Outcome::Written, Some(Op::Cas { key, value, .. })) => format!("{me} hears that {key} is set to {value}"),
        (Outcome::Written, Some(Op::Delete { key })) => format!("{me} hears that {key} is deleted"),
        (Outcome::Written, _) => format!("{me} hears that this is done: {what}"),
        (Outcome::Value(value), _) => {
            format!("{me} gets the answer to {}: {}", asked(op), value.as_deref().unwrap_or("no value"))
        }
        (Outcome::Mismatch(found), Some(Op::Cas { key, expected, .. })) => format!(
            "{me} hears that nothing changes: {key} is {}, not {}",
            value_or_none(found.as_deref()),
            value_or_none(expected.as_deref())
        ),
        (Outcome::Mismatch(found), _) => {
            format!("{me} hears that nothing changes: it is {}", value_or_none(found.as_deref()))
        }
        (Outcome::Unknown, Some(Op::Put { .. } | Op::Get { .. })) => {
            format!("{me} gives up on {}: it may take effect or not", asked(op))
        }
        (Outcome::Unknown, _) => format!("{me} gives up: {what} may take effect or not"),
    }
}

/// What an operation came to, as far as its client knows, and what came back, short.
pub(crate) fn verdict(outcome: &Outcome) -> (Verdict, String) {
    match outcome {
        Outcome::Written => (Verdict::Ok, String::new()),
        Outcome::Value(value) => (Verdict::Ok, value_or_none(value.as_deref()).to_owned()),
        Outcome::Mismatch(found) => (Verdict::Failed, value_or_none(found.as_deref()).to_owned()),
        Outcome::Unknown => (Verdict::Unknown, String::new()),
    }
}

/// An operation as a reader writes it.
fn asked(op: Option<&Op>) -> String {
    op.map_or_else(|| "its operation".to_owned(), ToString::to_string)
}
