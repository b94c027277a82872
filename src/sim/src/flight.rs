//! Messages on their way.

use std::collections::VecDeque;

use crate::id::{EventId, MsgId, ProcessId};
use crate::time::Time;

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InFlight<M> {
    /// Its number.
    pub id: MsgId,
    /// Its sender.
    pub from: ProcessId,
    /// Its receiver.
    pub to: ProcessId,
    /// When it was sent.
    pub sent_at: Time,
    /// When it arrives, if nothing happens to it.
    pub due: Time,
    /// Its `Sent` event.
    pub sent: EventId,
    /// What it says.
    pub message: M,
}

/// All messages on their way, in the order of sending. Message numbers have no gaps, so a message's
/// number is its place; the places of messages that are gone stay empty until they come to the front.
#[derive(Clone, Debug)]
pub(crate) struct Flights<M> {
    slots: VecDeque<Option<InFlight<M>>>,
    /// The number of the message whose place is at the front.
    first: u32,
    count: u32,
}

impl<M> Default for Flights<M> {
    fn default() -> Self {
        Self { slots: VecDeque::new(), first: 0, count: 0 }
    }
}

impl<M> Flights<M> {
    /// How many there are.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Adds the next message, or leaves its place empty if it was lost at once.
    pub(crate) fn push(&mut self, id: MsgId, flight: Option<InFlight<M>>) {
        debug_assert_eq!(id.0 as usize, self.first as usize + self.slots.len(), "messages come in order");
        self.count += u32::from(flight.is_some());
        self.slots.push_back(flight);
        self.trim();
    }

    pub(crate) fn contains(&self, id: MsgId) -> bool {
        self.place(id).is_some_and(|place| self.slots.get(place).is_some_and(Option::is_some))
    }

    /// Takes a message out, if it is still on its way.
    pub(crate) fn take(&mut self, id: MsgId) -> Option<InFlight<M>> {
        let place = self.place(id)?;
        let flight = self.slots.get_mut(place)?.take()?;
        self.count -= 1;
        self.trim();
        Some(flight)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &InFlight<M>> {
        self.slots.iter().flatten()
    }

    fn place(&self, id: MsgId) -> Option<usize> {
        id.0.checked_sub(self.first).map(|place| place as usize)
    }

    fn trim(&mut self) {
        while let Some(None) = self.slots.front() {
            self.slots.pop_front();
            self.first += 1;
        }
    }
}
