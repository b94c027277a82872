//! A run that can be played, rewound, acted on and asked: one object-safe face for every protocol.

use sim::{Action, EventId, OpId, ProcessId, Time};

use crate::op::{Op, Outcome};
use crate::scenario::Scenario;
use crate::view::{Cell, EventView, Step, Story, View};

/// A live run. It has a cursor (the moment that is looked at) and a frontier (how far it has been
/// simulated). Time travel only moves the cursor.
pub trait Run {
    /// The moment that is looked at.
    fn now(&self) -> Time;

    /// How far this branch has been simulated.
    fn frontier(&self) -> Time;

    /// Where the run ends.
    fn end(&self) -> Time;

    /// Looks at another moment: simulates on if it lies past the frontier, replays from a checkpoint if
    /// it lies in the past. Times past the end mean the end.
    fn seek(&mut self, to: Time);

    /// Does something now, as the reader: what a lesson does stands in the scenario's script. In the past of what
    /// has been simulated this starts a branch; the old future is kept.
    ///
    /// # Errors
    /// Why it can't be done now, in words for the reader.
    fn act(&mut self, action: Action<Op>) -> Result<(), Refusal>;

    /// The branches, as (index of its parent, time of the fork); the first is the original run and its own parent.
    fn branches(&self) -> Vec<(usize, Time)>;

    /// Which branch is looked at.
    fn branch(&self) -> usize;

    /// Looks at another branch, at the same moment or at its frontier if that is earlier.
    fn switch(&mut self, branch: usize);

    /// The picture at the cursor.
    fn view(&self) -> View;

    /// The cells of a server's log at the cursor, from one index up to and with another, as far as it has them;
    /// at most [`crate::view::CELLS_MAX`].
    fn cells(&self, node: ProcessId, from: u64, to: u64) -> Vec<Cell>;

    /// The operations acknowledged up to the cursor that changed something and that this server's log does not
    /// have. What a snapshot covers counts as had.
    fn missing(&self, node: ProcessId) -> Vec<OpId>;

    /// The whole run so far, for the timeline.
    fn story(&self) -> Story;

    /// The events of this branch from `from` up to and with `to`, as far as they have been simulated.
    fn events(&self, from: Time, to: Time) -> Vec<EventView>;

    /// One event.
    fn event(&self, id: EventId) -> Option<EventView>;

    /// The chain of causes that ends in this event, newest first; empty if there is no such event.
    fn why(&self, id: EventId) -> Vec<Step>;

    /// The time of the next thing that happens after the cursor, simulating on to find it; `None` at the end.
    fn next_event(&mut self) -> Option<Time>;

    /// The time of the last thing that happened before the cursor.
    fn previous_event(&self) -> Option<Time>;

    /// Every client operation of this branch so far, in order of invocation.
    fn history(&self) -> Vec<OpRecord>;

    /// A 64-bit digest of the whole trace so far, the same on every platform.
    fn hash(&self) -> u64;

    /// The scenario with the reader's actions of this branch in its script: starting it gives this run again.
    fn scenario(&self) -> Scenario;
}

/// A client operation from invocation to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpRecord {
    /// Which.
    pub id: OpId,
    /// What was asked.
    pub op: Op,
    /// When.
    pub invoked: Time,
    /// When and how it ended, if it has.
    pub completed: Option<(Time, Outcome)>,
    /// The log entries that leaders made of it, as (index, epoch).
    pub entries: Vec<(u64, u64)>,
}

/// Why an action can't be done now, as a sentence for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}
