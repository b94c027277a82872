//! Which messages were on their way when: what a diagram of messages is drawn from without a walk through the trace.
//!
//! It knows neither what messages say nor who sent them.

use litemap::LiteMap;

use sim::{Event, EventId, EventKind, MsgId, Protocol, Time, Trace};

/// How many messages, one sent after the other, are passed over at once if none of them was on its way.
const BLOCK: usize = 256;

/// All messages of a branch, by number: numbers have no gaps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flights {
    flights: Vec<Flight>,
    /// One for each [`BLOCK`] messages.
    blocks: Vec<Block>,
    /// When messages are due that have not arrived, where their `Sent` does not say it: copies, and what was held up.
    due: LiteMap<MsgId, Time>,
}

#[derive(Clone, Copy, Debug)]
struct Flight {
    /// Its `Sent` event: for a copy that of the original.
    sent: EventId,
    /// Its arrival, its loss, or since when it waits at its receiver.
    end: Option<EventId>,
}

/// What several messages have in common.
#[derive(Clone, Copy, Debug)]
struct Block {
    first_sent: Time,
    last_end: Time,
    /// How many of them have not ended.
    open: u32,
}

impl Flights {
    /// Takes in an event that has to do with a message.
    pub(crate) fn take<P: Protocol>(&mut self, event: &Event<P>, trace: &Trace<P>) {
        match event.kind {
            EventKind::Sent { id, .. } => self.begin(id, event.id, event.at),
            EventKind::Duplicated { copy, sent, due, .. } => {
                self.begin(copy, sent, trace.get(sent).map_or(event.at, |sent| sent.at));
                self.due.insert(copy, due);
            }
            EventKind::Delayed { id, due, .. } => {
                self.due.insert(id, due);
            }
            EventKind::Delivered { id, .. } | EventKind::Dropped { id, .. } | EventKind::Waits { id, .. } => {
                self.end(id, event.id, event.at);
            }
            _ => {}
        }
    }

    fn begin(&mut self, id: MsgId, sent: EventId, at: Time) {
        debug_assert_eq!(id.0 as usize, self.flights.len(), "messages are numbered in order");
        if self.flights.len().is_multiple_of(BLOCK) {
            self.blocks.push(Block { first_sent: at, last_end: at, open: 0 });
        }
        self.flights.push(Flight { sent, end: None });
        if let Some(block) = self.blocks.last_mut() {
            block.first_sent = block.first_sent.min(at);
            block.open += 1;
        }
    }

    /// A message that waited at its receiver ends a second time.
    fn end(&mut self, id: MsgId, event: EventId, at: Time) {
        let place = id.0 as usize;
        let (Some(flight), Some(block)) = (self.flights.get_mut(place), self.blocks.get_mut(place / BLOCK)) else {
            return;
        };
        if flight.end.replace(event).is_none() {
            block.open -= 1;
            self.due.remove(&id);
        }
        block.last_end = at;
    }

    /// The messages that were on their way at some time between two moments, in the order of sending, each with
    /// its `Sent` event.
    pub(crate) fn between<P: Protocol>(&self, from: Time, to: Time, trace: &Trace<P>) -> Vec<(EventId, MsgId)> {
        let mut found: Vec<(EventId, MsgId)> = Vec::new();
        for (nth, block) in self.blocks.iter().enumerate() {
            if block.first_sent > to || (block.open == 0 && block.last_end < from) {
                continue;
            }
            let first = nth * BLOCK;
            for place in first..self.flights.len().min(first + BLOCK) {
                let sent = self.flights[place].sent;
                let id = MsgId(u32::try_from(place).expect("messages are numbered by a u32"));
                if trace.get(sent).is_some_and(|sent| sent.at <= to) && self.end_of(id, trace).1 >= from {
                    // Only copies that somebody made on the way come out of order.
                    let out_of_order = found.last().is_some_and(|last| *last > (sent, id));
                    let place =
                        if out_of_order { found.partition_point(|other| *other < (sent, id)) } else { found.len() };
                    found.insert(place, (sent, id));
                }
            }
        }
        found
    }

    /// How a message ended and when; without an event while it is on its way: then when it is due.
    pub(crate) fn end_of<P: Protocol>(&self, id: MsgId, trace: &Trace<P>) -> (Option<EventId>, Time) {
        let Some(flight) = self.flights.get(id.0 as usize) else { return (None, Time::ZERO) };
        if let Some(end) = flight.end {
            return (Some(end), trace.get(end).map_or(Time::ZERO, |end| end.at));
        }
        let due = self.due.get(&id).copied().or_else(|| match trace.get(flight.sent)?.kind {
            EventKind::Sent { due, .. } => Some(due),
            _ => None,
        });
        (None, due.unwrap_or_default())
    }
}
