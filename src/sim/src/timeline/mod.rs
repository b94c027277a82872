//! A run that can be played, rewound and acted on, with all its branches.
//!
//! A branch has a *frontier*: how far it has been simulated. The *cursor* is the moment that is looked
//! at. Looking at the past restores the nearest checkpoint and replays from there without recording.
//! Acting in the past starts a branch there; the old future stays as it was. Checkpoints are bounded in bytes and
//! thinned with age, so the far past takes a longer replay than the near one.

mod branches;
mod checkpoints;

use crate::action::{Action, By, Scheduled};
use crate::draw::Chance;
use crate::id::EventId;
use crate::network::Network;
use crate::process::{OpOf, Protocol};
use crate::refused::Refused;
use crate::time::Time;
use crate::trace::Trace;
use crate::world::{Setup, World};
use checkpoints::Checkpoints;

pub use branches::BRANCH_NAME_MAX;
pub use checkpoints::{CHECKPOINT_BYTES_MAX, CHECKPOINT_EVENTS};

/// The most branches of a timeline.
pub const BRANCHES_MAX: usize = 64;

/// A run with its branches, looked at from one moment of one of them.
pub struct Timeline<P: Protocol> {
    setup: Setup<P>,
    script: Vec<Scheduled<OpOf<P>>>,
    end: Time,
    branches: Vec<Branch<P>>,
    current: usize,
    checkpoints: Checkpoints<P>,
    /// The world at the cursor, if that lies before the frontier.
    past: Option<World<P>>,
}

struct Branch<P: Protocol> {
    name: Option<String>,
    parent: usize,
    fork: Time,
    /// In order of (time, author). The part before [`World::scripted`] of the tip never changes.
    script: Vec<Scheduled<OpOf<P>>>,
    trace: Trace<P>,
    /// The world at the frontier.
    tip: World<P>,
    /// After how many events the next checkpoint is made.
    next_checkpoint: u32,
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
    ///
    /// # Panics
    /// If the protocol has more than [`crate::world::PROCESSES_MAX`] processes.
    #[must_use]
    pub fn new(protocol: P, seed: u64, network: Network, script: Vec<Scheduled<OpOf<P>>>, end: Time) -> Self {
        let script = in_order(script);
        let setup = Setup { protocol, chance: Chance::new(seed), network };
        let mut trace = Trace::new();
        let tip = World::new(&setup, &mut trace);
        let mut checkpoints = Checkpoints::new(tip.clone());
        let mut root = Branch {
            name: None,
            parent: 0,
            fork: Time::ZERO,
            script: script.clone(),
            trace,
            next_checkpoint: tip.events() + CHECKPOINT_EVENTS,
            tip,
        };
        root.run_to(&setup, Time::ZERO, 0, &mut checkpoints);
        Self { setup, script, end, branches: vec![root], current: 0, checkpoints, past: None }
    }

    /// From now on lets the checkpoints of all branches together take at most so many bytes, and makes one each so
    /// many events at most, instead of [`CHECKPOINT_BYTES_MAX`] and [`CHECKPOINT_EVENTS`].
    pub fn limit_checkpoints(&mut self, bytes_max: usize, events_min: u32) {
        self.checkpoints.limit(bytes_max, events_min);
        for branch in &mut self.branches {
            branch.next_checkpoint = branch.tip.events().saturating_add(events_min);
        }
    }

    /// How many bytes the checkpoints take, as far as [`World::bytes`] knows.
    #[must_use]
    pub fn checkpoint_bytes(&self) -> usize {
        self.checkpoints.bytes()
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
            branch.run_to(&self.setup, to, self.current, &mut self.checkpoints);
            return;
        }
        let checkpoint = self.checkpoints.last_until(self.current, to);
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
        branch.run_to(&self.setup, at, self.current, &mut self.checkpoints);
        Ok(event)
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
        self.checkpoints.of(self.current)
    }

    fn branch(&self) -> &Branch<P> {
        &self.branches[self.current]
    }

    /// Starts a branch at the cursor and looks at it.
    fn fork(&mut self) -> Result<(), Refused> {
        self.has_room_for_a_branch()?;
        let tip = self.past.take().expect("only the past is forked");
        let old = &self.branches[self.current];
        let (fork, events) = (tip.now(), tip.events());
        let done = &old.script[..tip.scripted()];
        let to_come = self.script.iter().filter(|scheduled| scheduled.at > fork);
        let branch = Branch {
            name: None,
            parent: self.current,
            fork,
            script: done.iter().chain(to_come).cloned().collect(),
            trace: old.trace.prefix(events as usize),
            next_checkpoint: events.saturating_add(self.checkpoints.interval(tip.bytes())),
            tip,
        };
        self.checkpoints.fork(self.current, self.branches.len(), events);
        self.current = self.branches.len();
        self.branches.push(branch);
        Ok(())
    }
}

impl<P: Protocol> Branch<P> {
    /// Simulates on up to and with this moment. `number` is the branch's own.
    fn run_to(&mut self, setup: &Setup<P>, to: Time, number: usize, checkpoints: &mut Checkpoints<P>) {
        while self.tip.step(setup, &self.script, to, &mut self.trace) {
            if self.tip.events() >= self.next_checkpoint {
                self.next_checkpoint = checkpoints.add(number, &self.tip);
            }
        }
        self.tip.pass_to(to);
    }
}
