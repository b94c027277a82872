//! What could have had a part in an event, and what an event could have had a part in: happens-before (Lamport 1978,
//! "Time, Clocks, and the Ordering of Events in a Distributed System").
//!
//! One event happened before another if a chain of these edges leads from the first to the second:
//! - **The order within a process.** Of two events at one process the earlier comes first. Steps, what they do, and
//!   what is done to a process (a crash, a pause, a change of its clock) are events at it. What the network does to a
//!   message is not, even if the trace notes it at an end of the link, nor are messages that only wait, nor breaches:
//!   the process does not notice them.
//! - **The order within a message.** It is sent or duplicated, perhaps delayed, perhaps made to wait, and then
//!   delivered or lost, in this order. A copy comes after the sending of the original.
//! - **Cause.** An event comes after the event that caused it. This adds what no process carries: a loss comes after
//!   the cut or the crash that made it.
//!
//! An act from outside comes after nothing but what happened earlier at its own process. A heal has no edge to the
//! messages that get through because of it: that they were not lost is no event.

use crate::event::{Event, EventKind};
use crate::id::{EventId, MsgId};
use crate::process::Protocol;
use crate::trace::Trace;

/// A set of events, as one bit for each event of the trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventSet {
    bits: Bits,
}

impl EventSet {
    /// Whether an event is in the set.
    #[must_use]
    pub fn contains(&self, id: EventId) -> bool {
        self.bits.has(id.0)
    }

    /// How many events are in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bits.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no event is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.words.iter().all(|&word| word == 0)
    }

    /// The events of the set, in order.
    pub fn iter(&self) -> impl Iterator<Item = EventId> {
        let words = (0_u32..).zip(&self.bits.words);
        words.flat_map(|(place, &word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| EventId(place * 64 + bit))
        })
    }
}

impl<P: Protocol> Trace<P> {
    /// All events that happened before this one. Takes time in proportion to the events up to it.
    #[must_use]
    pub fn past(&self, id: EventId) -> EventSet {
        let mut past = EventSet::default();
        let Some(last) = self.get(id) else { return past };
        let mut touched = Touched::default();
        touched.add(last);
        for event in self.first(id.0 as usize).rev() {
            if touched.touches(event) || touched.needs.has(event.id.0) {
                past.bits.add(event.id.0);
                touched.add(event);
            }
        }
        past
    }

    /// All events that this one happened before. Takes time in proportion to the events after it.
    #[must_use]
    pub fn future(&self, id: EventId) -> EventSet {
        let mut future = EventSet::default();
        let Some(first) = self.get(id) else { return future };
        let mut touched = Touched::default();
        touched.add(first);
        for event in self.after(id) {
            let needed = needs(event).into_iter().flatten();
            if touched.touches(event) || needed.into_iter().any(|need| need == id || future.contains(need)) {
                future.bits.add(event.id.0);
                touched.add(event);
            }
        }
        future
    }
}

/// The processes and messages of which an event is in the set already: all their earlier events (if the set is a
/// past) or later ones (if it is a future) are in it too.
#[derive(Default)]
struct Touched {
    processes: Bits,
    messages: Bits,
    /// The events that those of the set name.
    needs: Bits,
}

impl Touched {
    fn touches<P: Protocol>(&self, event: &Event<P>) -> bool {
        place(event).is_some_and(|process| self.processes.has(process))
            || message(event).is_some_and(|message| self.messages.has(message.0))
    }

    fn add<P: Protocol>(&mut self, event: &Event<P>) {
        if let Some(process) = place(event) {
            self.processes.add(process);
        }
        if let Some(message) = message(event) {
            self.messages.add(message.0);
        }
        needs(event).into_iter().flatten().for_each(|need| self.needs.add(need.0));
    }
}

/// The process in whose order an event stands, if in one's.
fn place<P: Protocol>(event: &Event<P>) -> Option<u32> {
    let unnoticed = matches!(
        event.kind,
        EventKind::Dropped { .. } | EventKind::Duplicated { .. } | EventKind::Waits { .. } | EventKind::Breached(_)
    );
    event.process.filter(|_| !unnoticed).map(|process| u32::from(process.0))
}

/// The message to which an event happens, if to one.
fn message<P: Protocol>(event: &Event<P>) -> Option<MsgId> {
    match event.kind {
        EventKind::Sent { id, .. }
        | EventKind::Duplicated { copy: id, .. }
        | EventKind::Delayed { id, .. }
        | EventKind::Waits { id, .. }
        | EventKind::Delivered { id, .. }
        | EventKind::Dropped { id, .. } => Some(id),
        _ => None,
    }
}

/// The events that an event names as having happened before it.
fn needs<P: Protocol>(event: &Event<P>) -> [Option<EventId>; 2] {
    let sent = match event.kind {
        EventKind::Duplicated { sent, .. }
        | EventKind::Delayed { sent, .. }
        | EventKind::Waits { sent, .. }
        | EventKind::Delivered { sent, .. }
        | EventKind::Dropped { sent, .. } => Some(sent),
        _ => None,
    };
    [event.cause, sent]
}

/// A set of small numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Bits {
    words: Vec<u64>,
}

impl Bits {
    fn has(&self, number: u32) -> bool {
        self.words.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    fn add(&mut self, number: u32) {
        let place = number as usize / 64;
        if place >= self.words.len() {
            self.words.resize(place + 1, 0);
        }
        self.words[place] |= 1 << (number % 64);
    }
}
