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

/// For each message on its way the ring may have so many places, before its oldest ones are set apart.
const PLACES_PER_MESSAGE: usize = 8;

/// All messages on their way, in the order of sending. Message numbers have no gaps, so a message's number is its
/// place in the ring; the places of messages that are gone stay empty until they come to the front. A message that
/// takes much longer than others would hold up the front, so it is set apart.
#[derive(Clone, Debug)]
pub(crate) struct Flights<M> {
    /// In order, all sent before those of the ring.
    stragglers: Vec<InFlight<M>>,
    ring: VecDeque<Option<InFlight<M>>>,
    /// The number of the message whose place is at the front of the ring.
    first: u32,
    count: u32,
}

impl<M> Default for Flights<M> {
    fn default() -> Self {
        Self { stragglers: Vec::new(), ring: VecDeque::new(), first: 0, count: 0 }
    }
}

impl<M> Flights<M> {
    /// How many there are.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Adds the next message, or leaves its place empty if it was lost at once.
    pub(crate) fn push(&mut self, id: MsgId, flight: Option<InFlight<M>>) {
        debug_assert_eq!(id.0 as usize, self.first as usize + self.ring.len(), "messages come in order");
        self.count += u32::from(flight.is_some());
        self.ring.push_back(flight);
        self.trim();
    }

    /// A message, if it is still on its way.
    pub(crate) fn get(&self, id: MsgId) -> Option<&InFlight<M>> {
        match self.place(id) {
            Some(place) => self.ring.get(place)?.as_ref(),
            None => self.stragglers.get(self.straggler(id)?),
        }
    }

    /// Lets a message that is still on its way arrive at another time.
    pub(crate) fn put_off(&mut self, id: MsgId, due: Time) {
        let flight = match self.place(id) {
            Some(place) => self.ring.get_mut(place).and_then(Option::as_mut),
            None => self.straggler(id).and_then(|place| self.stragglers.get_mut(place)),
        };
        if let Some(flight) = flight {
            flight.due = due;
        }
    }

    /// Takes a message out, if it is still on its way.
    pub(crate) fn take(&mut self, id: MsgId) -> Option<InFlight<M>> {
        let flight = match self.place(id) {
            Some(place) => self.ring.get_mut(place)?.take()?,
            None => self.stragglers.remove(self.straggler(id)?),
        };
        self.count -= 1;
        self.trim();
        Some(flight)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &InFlight<M>> {
        self.stragglers.iter().chain(self.ring.iter().flatten())
    }

    /// How many bytes a clone takes, without what messages hold elsewhere.
    pub(crate) fn bytes(&self) -> usize {
        (self.ring.len() + self.stragglers.len()) * size_of::<Option<InFlight<M>>>()
    }

    fn place(&self, id: MsgId) -> Option<usize> {
        id.0.checked_sub(self.first).map(|place| place as usize)
    }

    fn straggler(&self, id: MsgId) -> Option<usize> {
        self.stragglers.binary_search_by_key(&id, |flight| flight.id).ok()
    }

    fn trim(&mut self) {
        while self.ring.front().is_some_and(Option::is_none) {
            self.ring.pop_front();
            self.first += 1;
        }
        if self.ring.len() > PLACES_PER_MESSAGE * (self.count as usize + PLACES_PER_MESSAGE) {
            self.set_front_apart();
        }
    }

    /// Makes the ring shorter by the message at its front.
    #[cold]
    fn set_front_apart(&mut self) {
        self.stragglers.extend(self.ring.pop_front().flatten());
        self.first += 1;
        self.trim();
    }
}
