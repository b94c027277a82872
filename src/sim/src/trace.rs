//! The record of a run: every event in order, with a digest of them all.

use core::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::digest::Digest;
use crate::event::Event;
use crate::id::EventId;
use crate::process::Protocol;
use crate::time::Time;

/// How many events a shared chunk holds.
const CHUNK: usize = 1 << 10;

/// An append-only list of events. Branches share the chunks of their common past.
pub struct Trace<P: Protocol> {
    sealed: Vec<Chunk<P>>,
    open: Vec<Event<P>>,
    digest: Digest,
}

/// [`CHUNK`] events, with the digest of all events up to its end.
struct Chunk<P: Protocol> {
    events: Arc<[Event<P>]>,
    digest: Digest,
}

impl<P: Protocol> Trace<P> {
    pub(crate) fn new() -> Self {
        Self { sealed: Vec::new(), open: Vec::new(), digest: Digest::default() }
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

    /// A digest of all events, the same on every platform.
    #[must_use]
    pub fn digest(&self) -> u64 {
        self.digest.finish()
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
        event.hash(&mut self.digest);
        self.open.push(event);
        if self.open.len() == CHUNK {
            let events = core::mem::take(&mut self.open).into();
            self.sealed.push(Chunk { events, digest: self.digest });
            self.open.reserve_exact(CHUNK);
        }
    }

    /// The first `len` events, for a branch that starts after them.
    pub(crate) fn prefix(&self, len: usize) -> Self {
        let share = |chunk: &Chunk<P>| Chunk { events: Arc::clone(&chunk.events), digest: chunk.digest };
        let sealed: Vec<_> = self.sealed[..len / CHUNK].iter().map(share).collect();
        let digest = sealed.last().map_or(Digest::default(), |chunk| chunk.digest);
        let mut prefix = Self { open: Vec::new(), digest, sealed };
        for event in self.range(prefix.len(), len) {
            prefix.push(event.clone());
        }
        prefix
    }

    fn at(&self, index: usize) -> Option<&Event<P>> {
        match self.sealed.get(index / CHUNK) {
            Some(chunk) => chunk.events.get(index % CHUNK),
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
