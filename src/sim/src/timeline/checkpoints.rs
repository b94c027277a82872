//! Checkpoints: worlds of the past, kept so that a look back replays little, in a bounded number of bytes.

use crate::process::Protocol;
use crate::time::Time;
use crate::world::World;

/// The most bytes that the checkpoints of a timeline take, all its branches together, as far as
/// [`World::bytes`] knows. The first checkpoint, at time zero, is kept whatever it takes.
pub const CHECKPOINT_BYTES_MAX: usize = 32 << 20;

/// The fewest events between two checkpoints. To replay so many takes well below a millisecond.
pub const CHECKPOINT_EVENTS: u32 = 2_048;

/// A world of so many bytes is copied about as fast as one event happens, so a large world waits for so many more
/// events: copying takes a small share of the time, and a replay no more than some ten times what a copy takes.
const BYTES_PER_EVENT: usize = 32;

/// The checkpoints of all branches, in the order of making.
pub(super) struct Checkpoints<P: Protocol> {
    kept: Vec<Checkpoint<P>>,
    bytes: usize,
    bytes_max: usize,
    /// The fewest events between two.
    events_min: u32,
}

struct Checkpoint<P: Protocol> {
    world: Box<World<P>>,
    bytes: usize,
    branches: BranchSet,
}

/// Branches as bits; there are at most [`super::BRANCHES_MAX`].
#[derive(Clone, Copy, PartialEq, Eq)]
struct BranchSet(u64);

impl BranchSet {
    const fn only(branch: usize) -> Self {
        Self(1 << branch)
    }

    const fn has(self, branch: usize) -> bool {
        self.0 >> branch & 1 == 1
    }

    const fn with(self, branch: usize) -> Self {
        Self(self.0 | 1 << branch)
    }

    const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Takes a branch out; those after it move up by one.
    const fn without(self, branch: usize) -> Self {
        let before = self.0 & ((1 << branch) - 1);
        let after = self.0 >> branch >> 1 << branch;
        Self(before | after)
    }
}

impl<P: Protocol> Checkpoints<P> {
    /// The first checkpoint, of branch 0.
    pub(super) fn new(first: World<P>) -> Self {
        let mut checkpoints =
            Self { kept: Vec::new(), bytes: 0, bytes_max: CHECKPOINT_BYTES_MAX, events_min: CHECKPOINT_EVENTS };
        checkpoints.keep(0, first);
        checkpoints
    }

    /// Makes one of a branch's frontier. If all take too many bytes, others go. Says after how many events the next
    /// is to be made.
    pub(super) fn add(&mut self, branch: usize, tip: &World<P>) -> u32 {
        let bytes = self.keep(branch, tip.clone());
        self.thin();
        tip.events().saturating_add(self.interval(bytes))
    }

    /// The last one of a branch that does not lie after this moment.
    pub(super) fn last_until(&self, branch: usize, at: Time) -> &World<P> {
        let fitting = self.kept.iter().filter(|kept| kept.branches.has(branch) && kept.world.now() <= at);
        &fitting.max_by_key(|kept| kept.world.events()).expect("the first checkpoint is at time zero").world
    }

    /// A new branch has the checkpoints of its parent up to the fork.
    pub(super) fn fork(&mut self, parent: usize, branch: usize, events: u32) {
        for kept in &mut self.kept {
            if kept.branches.has(parent) && kept.world.events() <= events {
                kept.branches = kept.branches.with(branch);
            }
        }
    }

    /// A branch is gone, and those after it have moved up by one.
    pub(super) fn forget(&mut self, branch: usize) {
        for kept in &mut self.kept {
            kept.branches = kept.branches.without(branch);
        }
        self.kept.retain(|kept| kept.branches != BranchSet(0));
        self.bytes = self.kept.iter().map(|kept| kept.bytes).sum();
    }

    /// Keeps within other limits from now on.
    pub(super) fn limit(&mut self, bytes_max: usize, events_min: u32) {
        (self.bytes_max, self.events_min) = (bytes_max, events_min);
        self.thin();
    }

    /// How many events are to lie between two checkpoints of worlds of this size.
    pub(super) fn interval(&self, bytes: usize) -> u32 {
        u32::try_from(bytes / BYTES_PER_EVENT).unwrap_or(u32::MAX).max(self.events_min)
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// After how many events each checkpoint of a branch stands.
    #[cfg(test)]
    pub(super) fn of(&self, branch: usize) -> Vec<u32> {
        let mut events: Vec<_> =
            self.kept.iter().filter(|kept| kept.branches.has(branch)).map(|kept| kept.world.events()).collect();
        events.sort_unstable();
        events
    }

    fn keep(&mut self, branch: usize, world: World<P>) -> usize {
        let bytes = world.bytes();
        self.bytes += bytes;
        self.kept.push(Checkpoint { world: Box::new(world), bytes, branches: BranchSet::only(branch) });
        bytes
    }

    /// Drops checkpoints until the limit is kept, each time the one that is missed least for its age.
    fn thin(&mut self) {
        while self.bytes > self.bytes_max {
            let Some(place) = self.least_missed() else { return };
            self.bytes -= self.kept.remove(place).bytes;
        }
    }

    /// The checkpoint whose gap to the one before it, which a replay would have to cross if it were gone, is the
    /// smallest in proportion to how far back it lies. Never the first of all, nor the newest.
    fn least_missed(&self) -> Option<usize> {
        let newest = self.kept.last()?.world.events();
        let score = |place: usize| {
            let checkpoint = &self.kept[place];
            let events = checkpoint.world.events();
            let before = self.kept[..place]
                .iter()
                .rev()
                .find(|other| other.branches.meets(checkpoint.branches) && other.world.events() <= events);
            let gap = events - before.map_or(0, |before| before.world.events());
            // Compared as fractions, with integers: gap / age.
            (u64::from(gap), u64::from(newest.abs_diff(events)) + 1)
        };
        let smaller = |a: (u64, u64), b: (u64, u64)| a.0 * b.1 < b.0 * a.1;
        let mut least: Option<(usize, (u64, u64))> = None;
        for place in 1..self.kept.len().saturating_sub(1) {
            let score = score(place);
            if least.is_none_or(|(_, least)| smaller(score, least)) {
                least = Some((place, score));
            }
        }
        least.map(|(place, _)| place)
    }
}
