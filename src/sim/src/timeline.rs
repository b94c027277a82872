//! A run that can be played, rewound and acted on, with all its branches.
//!
//! A branch has a *frontier*: how far it has been simulated. The *cursor* is the moment that is looked
//! at. Looking at the past restores the nearest checkpoint and replays from there without recording.
//! Acting in the past starts a branch there; the old future stays as it was.

use std::sync::Arc;

use crate::action::{Action, By, Scheduled};
use crate::draw::Chance;
use crate::id::EventId;
use crate::network::Network;
use crate::process::{OpOf, Protocol};
use crate::refused::Refused;
use crate::time::Time;
use crate::trace::Trace;
use crate::world::{Setup, World};

/// The most branches of a timeline.
pub const BRANCHES_MAX: usize = 64;

/// The most checkpoints of a branch. When there would be more, every second one goes and from then on
/// they are made half as often. So a seek replays at most about `2 / CHECKPOINTS_MAX` of the run, and
/// memory is bounded by so many worlds: how large a world is, is up to its protocol, which should
/// share what is long (a log) between clones.
pub const CHECKPOINTS_MAX: usize = 64;

/// How many events lie between two checkpoints at first.
const CHECKPOINT_EVENTS: u32 = 256;

/// A run with its branches, looked at from one moment of one of them.
pub struct Timeline<P: Protocol> {
    setup: Setup<P>,
    script: Vec<Scheduled<OpOf<P>>>,
    end: Time,
    branches: Vec<Branch<P>>,
    current: usize,
    /// The world at the cursor, if that lies before the frontier.
    past: Option<World<P>>,
}

struct Branch<P: Protocol> {
    parent: usize,
    fork: Time,
    /// In order of (time, author). The part before [`World::scripted`] of the tip never changes.
    script: Vec<Scheduled<OpOf<P>>>,
    trace: Trace<P>,
    /// The world at the frontier.
    tip: World<P>,
    checkpoints: Vec<Arc<World<P>>>,
    checkpoint_events: u32,
}

/// A script in order of time, the lesson's actions before the reader's. Scripts are short and mostly in order
/// as they come, and a sort of the standard library weighs 6 KB in the page's WASM.
fn in_order<O>(script: Vec<Scheduled<O>>) -> Vec<Scheduled<O>> {
    let mut ordered: Vec<Scheduled<O>> = Vec::with_capacity(script.len());
    for next in script {
        let place = ordered.partition_point(|other| (other.at, other.by) <= (next.at, next.by));
        ordered.insert(place, next);
    }
    ordered
}

impl<P: Protocol> Timeline<P> {
    /// A run at time zero: every process has started and what the script does at time zero has happened.
    /// The script need not be in order; what it does at one moment happens in the order given there,
    /// the lesson's actions before the reader's. Nothing is simulated past `end`.
    #[must_use]
    pub fn new(protocol: P, seed: u64, network: Network, script: Vec<Scheduled<OpOf<P>>>, end: Time) -> Self {
        let script = in_order(script);
        let setup = Setup { protocol, chance: Chance::new(seed), network };
        let mut trace = Trace::new();
        let tip = World::new(&setup, &mut trace);
        let checkpoints = vec![Arc::new(tip.clone())];
        let mut root = Branch {
            parent: 0,
            fork: Time::ZERO,
            script: script.clone(),
            trace,
            tip,
            checkpoints,
            checkpoint_events: CHECKPOINT_EVENTS,
        };
        root.run_to(&setup, Time::ZERO);
        Self { setup, script, end, branches: vec![root], current: 0, past: None }
    }

    /// The protocol with its settings.
    #[must_use]
    pub fn protocol(&self) -> &P {
        &self.setup.protocol
    }

    /// The moment that is looked at.
    #[must_use]
    pub fn now(&self) -> Time {
        self.world().now()
    }

    /// How far this branch has been simulated.
    #[must_use]
    pub fn frontier(&self) -> Time {
        self.branch().tip.now()
    }

    /// Where the run ends.
    #[must_use]
    pub fn end(&self) -> Time {
        self.end
    }

    /// The state of everything at the cursor.
    #[must_use]
    pub fn world(&self) -> &World<P> {
        self.past.as_ref().unwrap_or(&self.branch().tip)
    }

    /// The record of this branch, from the start of the run up to the frontier.
    #[must_use]
    pub fn trace(&self) -> &Trace<P> {
        &self.branch().trace
    }

    /// This branch's script with all that the reader did: a run started with it goes the same way.
    #[must_use]
    pub fn script(&self) -> &[Scheduled<OpOf<P>>] {
        &self.branch().script
    }

    /// Looks at another moment, after all that happens in it. Simulates on if it lies past the frontier.
    /// Times past the end mean the end; a run that has hit a limit stands still at that moment.
    pub fn seek(&mut self, to: Time) {
        let to = to.min(self.end);
        let branch = &mut self.branches[self.current];
        if to >= branch.tip.now() {
            self.past = None;
            branch.run_to(&self.setup, to);
            return;
        }
        let checkpoint = branch.checkpoint(to);
        let reached = self.past.take().filter(|world| (checkpoint.now()..=to).contains(&world.now()));
        let mut world = reached.unwrap_or_else(|| World::clone(checkpoint));
        while world.step(&self.setup, &branch.script, to, &mut branch.trace) {}
        world.pass_to(to);
        self.past = Some(world);
    }

    /// Does something at the cursor, as the reader, after all that has happened there. Returns its event.
    /// Before the frontier this starts a branch and looks at that; the old future is kept.
    ///
    /// # Errors
    /// Why it can't be done now. Nothing has changed then.
    pub fn act(&mut self, action: Action<OpOf<P>>) -> Result<EventId, Refused> {
        self.world().check(&self.setup, &action)?;
        if self.now() >= self.end {
            return Err(Refused::Ended);
        }
        if self.past.is_some() {
            self.fork()?;
        }
        let branch = &mut self.branches[self.current];
        let at = branch.tip.now();
        let event = EventId(branch.tip.events());
        branch.script.insert(branch.tip.scripted(), Scheduled { at, by: By::Reader, action });
        branch.run_to(&self.setup, at);
        Ok(event)
    }

    /// The branches as (index of the parent, time of the fork). The first is the original run, its own parent.
    pub fn branches(&self) -> impl Iterator<Item = (usize, Time)> {
        self.branches.iter().map(|branch| (branch.parent, branch.fork))
    }

    /// Which branch is looked at.
    #[must_use]
    pub fn current(&self) -> usize {
        self.current
    }

    /// Looks at another branch, at the same moment or at its frontier if that is earlier.
    ///
    /// # Panics
    /// If there is no such branch.
    pub fn switch(&mut self, branch: usize) {
        assert!(branch < self.branches.len(), "there are {} branches", self.branches.len());
        let now = self.now();
        self.current = branch;
        self.past = None;
        self.seek(now.min(self.frontier()));
    }

    /// When the next thing happens after the cursor; `None` if nothing does before the end.
    pub fn next_event_time(&mut self) -> Option<Time> {
        let now = self.now();
        let branch = &mut self.branches[self.current];
        let recorded = branch.trace.first_after(now).map(|event| event.at);
        recorded.or_else(|| branch.tip.next_due(&branch.script)).filter(|&at| at <= self.end)
    }

    /// When the last thing happened before the cursor; `None` at the start.
    #[must_use]
    pub fn previous_event_time(&self) -> Option<Time> {
        self.trace().last_before(self.now()).map(|event| event.at)
    }

    /// After how many events each checkpoint of this branch stands.
    #[cfg(test)]
    pub(crate) fn checkpoints(&self) -> Vec<u32> {
        self.branch().checkpoints.iter().map(|world| world.events()).collect()
    }

    fn branch(&self) -> &Branch<P> {
        &self.branches[self.current]
    }

    /// Starts a branch at the cursor and looks at it.
    fn fork(&mut self) -> Result<(), Refused> {
        if self.branches.len() >= BRANCHES_MAX {
            return Err(Refused::TooManyBranches);
        }
        let tip = self.past.take().expect("only the past is forked");
        let old = &self.branches[self.current];
        let (fork, events) = (tip.now(), tip.events());
        let done = &old.script[..tip.scripted()];
        let to_come = self.script.iter().filter(|scheduled| scheduled.at > fork);
        let branch = Branch {
            parent: self.current,
            fork,
            script: done.iter().chain(to_come).cloned().collect(),
            trace: old.trace.prefix(events as usize),
            checkpoints: old.checkpoints.iter().filter(|world| world.events() <= events).cloned().collect(),
            checkpoint_events: old.checkpoint_events,
            tip,
        };
        self.current = self.branches.len();
        self.branches.push(branch);
        Ok(())
    }
}

impl<P: Protocol> Branch<P> {
    /// Simulates on up to and with this moment.
    fn run_to(&mut self, setup: &Setup<P>, to: Time) {
        while self.tip.step(setup, &self.script, to, &mut self.trace) {
            let last = self.checkpoints.last().map_or(0, |world| world.events());
            if self.tip.events() - last >= self.checkpoint_events {
                self.add_checkpoint();
            }
        }
        self.tip.pass_to(to);
    }

    fn add_checkpoint(&mut self) {
        if self.checkpoints.len() >= CHECKPOINTS_MAX {
            let mut even = false;
            self.checkpoints.retain(|_| {
                even = !even;
                even
            });
            self.checkpoint_events *= 2;
        }
        self.checkpoints.push(Arc::new(self.tip.clone()));
    }

    /// The last checkpoint that does not lie after this moment.
    fn checkpoint(&self, at: Time) -> &World<P> {
        let after = self.checkpoints.partition_point(|world| world.now() <= at);
        &self.checkpoints[after.checked_sub(1).expect("the first checkpoint is at time zero")]
    }
}
