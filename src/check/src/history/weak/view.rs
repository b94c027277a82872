//! What one process saw: whether one order of all writes and its own reads fits what it found.
//!
//! A model says which acts must stand before which. From that more follows: if a read saw one write, another write to
//! the same key that stands before the read must stand before that write. A view is possible if and only if this never
//! closes a cycle, as long as the process's own reads are in one order (Bouajjani et al. 2017, lemma for CM; the proof
//! schedules, read by read, what stands before it, and needs nothing else of the relation).

use super::acts::{Acts, Source};
use super::relation::Relation;
use crate::history::level::Level;

/// Why a view is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clash {
    /// The read that can't have found what it did.
    pub(crate) read: u32,
    /// What it saw.
    pub(crate) source: Source,
    /// A write to the same key that stands between, if that is why.
    pub(crate) between: Option<u32>,
}

/// A process's view, with what its reads saw so far.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) process: u32,
    relation: Relation,
    /// Which write each read saw: those of the process alone.
    saw: Vec<(u32, Source)>,
}

impl View {
    /// Before anything is known of what reads saw.
    pub(crate) fn new(acts: &Acts, level: Level, process: u32) -> Self {
        let mut view = Self { process, relation: Relation::new(acts.count()), saw: Vec::new() };
        // The order of each process points forward, so nothing here closes a cycle.
        let mut last: Vec<Vec<u32>> = vec![Vec::new(); acts.processes as usize];
        for act in acts.numbers() {
            let earlier = &mut last[acts.get(act).process as usize];
            for &before in earlier.iter().rev() {
                if keeps(acts, level, process, before, act) {
                    let added = view.relation.add(before, act);
                    debug_assert!(added.is_ok(), "a process's own order has no cycle");
                }
            }
            earlier.push(act);
        }
        view
    }

    /// How much work has been done.
    pub(crate) fn work(&self) -> u64 {
        self.relation.work
    }

    /// Takes note that a read saw a write. For causal memory and writes follow reads, of any process's read.
    pub(crate) fn saw(&mut self, acts: &Acts, level: Level, read: u32, source: Source) -> Result<(), Clash> {
        let own = acts.get(read).process == self.process;
        let clash = |_| Clash { read, source, between: None };
        if let Some(write) = source {
            if own || level == Level::Causal {
                self.relation.add(write, read).map_err(clash)?;
            }
            if level == Level::WritesFollowReads {
                let process = acts.get(read).process;
                // A write at once with the read follows it too.
                let follows = |&later: &u32| later >= read && acts.get(later).writes.is_some() && later != write;
                for later in acts.of_process(process).filter(follows).collect::<Vec<_>>() {
                    self.relation.add(write, later).map_err(clash)?;
                }
            }
        }
        if own {
            self.saw.push((read, source));
        }
        Ok(())
    }

    /// Draws what follows, until nothing more does.
    pub(crate) fn close(&mut self, acts: &Acts) -> Result<(), Clash> {
        loop {
            let mut more = false;
            for &(read, source) in &self.saw {
                let key = acts.get(read).key;
                for &other in acts.writes_to(key) {
                    if other == read || Some(other) == source || !self.relation.has(other, read) {
                        continue;
                    }
                    let clash = Clash { read, source, between: Some(other) };
                    let Some(write) = source else { return Err(clash) };
                    more |= self.relation.add(other, write).map_err(|_| clash)?;
                }
            }
            if !more {
                return Ok(());
            }
        }
    }
}

/// Whether a model keeps the order of two acts of one process in the view of `viewer`.
fn keeps(acts: &Acts, level: Level, viewer: u32, before: u32, after: u32) -> bool {
    let (before, after) = (acts.get(before), acts.get(after));
    let own = before.process == viewer;
    let both_write = before.writes.is_some() && after.writes.is_some();
    match level {
        Level::Causal => true,
        Level::Pram => own || both_write,
        // A read never sees what its own process wrote later.
        Level::MonotonicReads | Level::WritesFollowReads => own && before.reads.is_some(),
        Level::MonotonicWrites => both_write || (own && before.reads.is_some()),
        Level::Linearizable | Level::Sequential | Level::ReadYourWrites => false,
    }
}
