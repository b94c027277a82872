//! The record of a run: every event in order.

use core::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::digest::Digest;
use crate::event::Event;
use crate::id::EventId;
use crate::process::Protocol;
use crate::time::Time;

/// How many events a shared chunk holds.
const CHUNK: usize = 1 << 9;

/// An append-only list of events. Branches share the chunks of their common past.
pub struct Trace<P: Protocol> {
    /// [`CHUNK`] events each.
    sealed: Vec<Arc<Vec<Event<P>>>>,
    open: Vec<Event<P>>,
}

impl<P: Protocol> Trace<P> {
    pub(crate) fn new() -> Self {
        Self { sealed: Vec::new(), open: Vec::with_capacity(CHUNK) }
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sealed.len() * CHUNK + self.open.len()
    }

    /// Whether nothing has happened yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One event, if it has happened.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<&Event<P>> {
        self.at(id.0 as usize)
    }

    /// A digest of all events, the same on every platform. It is computed from all of them when it is asked for.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::default();
        self.iter().for_each(|event| event.hash(&mut digest));
        digest.finish()
    }

    /// The number of the first event that two records do not have in common, be it that one of them ends there.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<EventId> {
        let shared = self.sealed.iter().zip(&other.sealed).take_while(|(a, b)| Arc::ptr_eq(a, b)).count() * CHUNK;
        let digest = |event: &Event<P>| {
            let mut digest = Digest::default();
            event.hash(&mut digest);
            digest.finish()
        };
        let same = |index: usize| self.at(index).map(digest) == other.at(index).map(digest);
        let first = (shared..self.len().max(other.len())).find(|&index| !same(index))?;
        Some(EventId(u32::try_from(first).expect("events are numbered by a u32")))
    }

    /// All events in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Event<P>> + Clone {
        self.range(0, self.len())
    }

    /// The events from `from` up to and with `to`.
    pub fn between(&self, from: Time, to: Time) -> impl DoubleEndedIterator<Item = &Event<P>> + Clone {
        let start = self.count_before(from);
        self.range(start, self.count_until(to).max(start))
    }

    /// The events up to and with `to`.
    pub fn until(&self, to: Time) -> impl DoubleEndedIterator<Item = &Event<P>> + Clone {
        self.range(0, self.count_until(to))
    }

    /// The first event after a moment.
    #[must_use]
    pub fn first_after(&self, at: Time) -> Option<&Event<P>> {
        self.at(self.count_until(at))
    }

    /// The last event before a moment.
    #[must_use]
    pub fn last_before(&self, at: Time) -> Option<&Event<P>> {
        self.count_before(at).checked_sub(1).and_then(|index| self.at(index))
    }

    /// How many events happened before a moment.
    #[must_use]
    pub fn count_before(&self, at: Time) -> usize {
        self.partition_point(|event| event.at < at)
    }

    /// How many events happened up to and with a moment.
    #[must_use]
    pub fn count_until(&self, at: Time) -> usize {
        self.partition_point(|event| event.at <= at)
    }

    /// The first `count` events.
    pub(crate) fn first(&self, count: usize) -> impl DoubleEndedIterator<Item = &Event<P>> + Clone {
        self.range(0, count)
    }

    /// The events after this one.
    pub(crate) fn after(&self, id: EventId) -> impl DoubleEndedIterator<Item = &Event<P>> + Clone {
        self.range(id.0 as usize + 1, self.len())
    }

    /// The event, the event that caused it, the one that caused that, and so on to what came from outside.
    pub fn causes(&self, id: EventId) -> impl Iterator<Item = &Event<P>> {
        core::iter::successors(self.get(id), |event| event.cause.and_then(|cause| self.get(cause)))
    }

    /// Whether the event is new. During a replay it is not, and need not be made.
    pub(crate) fn lacks(&self, id: EventId) -> bool {
        id.0 as usize >= self.len()
    }

    pub(crate) fn push(&mut self, event: Event<P>) {
        assert!(event.id.0 as usize == self.len(), "events are recorded in order and once");
        debug_assert!(
            self.at(self.len().wrapping_sub(1)).is_none_or(|last| last.at <= event.at),
            "time never goes back"
        );
        debug_assert!(event.cause.is_none_or(|cause| cause < event.id), "causes come before their effects");
        self.open.push(event);
        if self.open.len() == CHUNK {
            let full = core::mem::replace(&mut self.open, Vec::with_capacity(CHUNK));
            self.sealed.push(Arc::new(full));
        }
    }

    /// The first `len` events, for a branch that starts after them.
    pub(crate) fn prefix(&self, len: usize) -> Self {
        let mut prefix = Self { sealed: self.sealed[..len / CHUNK].to_vec(), open: Vec::with_capacity(CHUNK) };
        for event in self.range(prefix.len(), len) {
            prefix.push(event.clone());
        }
        prefix
    }

    fn at(&self, index: usize) -> Option<&Event<P>> {
        match self.sealed.get(index / CHUNK) {
            Some(chunk) => chunk.get(index % CHUNK),
            None => self.open.get(index.checked_sub(self.sealed.len() * CHUNK)?),
        }
    }

    fn range(&self, start: usize, end: usize) -> impl DoubleEndedIterator<Item = &Event<P>> + Clone {
        (start..end).map(|index| self.at(index).expect("the range lies within the trace"))
    }

    /// The number of events, from the first, for which `before` holds; it holds for no later one.
    fn partition_point(&self, before: impl Fn(&Event<P>) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle).is_some_and(&before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}
