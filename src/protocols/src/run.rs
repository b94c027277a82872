//! A run that can be played, rewound, acted on and asked: one object-safe face for every protocol.

use core::any::Any;

use sim::{Action, EventId, EventSet, OpId, ProcessId, Time};

use crate::entry::EntryEvents;
use crate::live::Live;
use crate::op::{Op, Outcome};
use crate::raft::Raft;
use crate::scenario::Scenario;
use crate::view::{BranchView, Cell, Diagram, EventView, Step, Story, View};

/// A live run. It has a cursor (the moment that is looked at) and a frontier (how far it has been
/// simulated). Time travel only moves the cursor.
///
/// What is asked of a run now and then, as opposed to what it takes to play it and to draw it, are methods of `dyn Run`
/// itself (see [`Asked`]): a page that has not come to such a question need not have the answer's code.
pub trait Run: Any {
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

    /// The branches; the first is the original run and its own parent.
    fn branches(&self) -> Vec<BranchView>;

    /// Which branch is looked at.
    fn branch(&self) -> usize;

    /// Looks at another branch, at the same moment or at its frontier if that is earlier.
    ///
    /// # Panics
    /// If there is no such branch.
    fn switch(&mut self, branch: usize);

    /// Gives a branch a name, or takes it away.
    ///
    /// # Errors
    /// If there is no such branch, or the name is too long, in words for the reader.
    fn name_branch(&mut self, branch: usize, name: Option<String>) -> Result<(), Refusal>;

    /// Deletes a branch. What branched off from it stays; the branches after it move up by one.
    ///
    /// # Errors
    /// The original run and the branch that is looked at can't be deleted; in words for the reader.
    fn delete_branch(&mut self, branch: usize) -> Result<(), Refusal>;

    /// The picture at the cursor.
    fn view(&self) -> View;

    /// The operations acknowledged up to the cursor that changed something and that this server's log does not
    /// have. What a snapshot covers counts as had.
    fn missing(&self, node: ProcessId) -> Vec<OpId>;

    /// The whole run so far, for the timeline.
    fn story(&self) -> Story;

    /// The events of this branch from `from` up to and with `to`, as far as they have been simulated.
    fn events(&self, from: Time, to: Time) -> Vec<EventView>;

    /// One event.
    fn event(&self, id: EventId) -> Option<EventView>;

    /// The time of the next thing that happens after the cursor, simulating on to find it; `None` at the end.
    fn next_event(&mut self) -> Option<Time>;

    /// The time of the last thing that happened before the cursor.
    fn previous_event(&self) -> Option<Time>;

    /// Every client operation of this branch so far, in order of invocation.
    fn history(&self) -> Vec<OpRecord>;

    /// The scenario with the reader's actions of this branch in its script: starting it gives this run again.
    fn scenario(&self) -> Scenario;
}

/// What a run is asked now and then. It is reached through the methods of `dyn Run` alone, not through a run's own
/// table of methods, so that it is no part of a program that does not ask. Those methods say what each is.
pub(crate) trait Asked {
    fn first_difference(&self, a: usize, b: usize) -> Option<Difference>;
    fn cells(&self, node: ProcessId, from: u64, to: u64) -> Vec<Cell>;
    fn entry(&self, node: ProcessId, index: u64) -> EntryEvents;
    fn diagram(&self, from: Time, to: Time) -> Diagram;
    fn why(&self, id: EventId) -> Vec<Step>;
    fn past(&self, id: EventId) -> EventSet;
    fn future(&self, id: EventId) -> EventSet;
    fn memory(&self) -> Memory;
    fn hash(&self) -> u64;
}

impl dyn Run {
    /// The run as what can be asked. A new protocol is a line here.
    fn asked(&self) -> &dyn Asked {
        let run: &dyn Any = self;
        run.downcast_ref::<Live<Raft>>().expect("every run is of one of these protocols")
    }

    /// The first event at which two branches differ, as each has it; `None` on a side where nothing more happened.
    /// `None` for both if they are the same as far as both have been simulated, or there are no such branches.
    pub fn first_difference(&self, a: usize, b: usize) -> Option<Difference> {
        self.asked().first_difference(a, b)
    }

    /// The cells of a server's log at the cursor, from one index up to and with another, as far as it has them;
    /// at most [`crate::view::CELLS_MAX`].
    pub fn cells(&self, node: ProcessId, from: u64, to: u64) -> Vec<Cell> {
        self.asked().cells(node, from, to)
    }

    /// How the entry that a server's log has at an index at the cursor came about.
    pub fn entry(&self, node: ProcessId, index: u64) -> EntryEvents {
        self.asked().entry(node, index)
    }

    /// The messages and other events between two moments, as far as they have been simulated, for a space-time
    /// diagram.
    pub fn diagram(&self, from: Time, to: Time) -> Diagram {
        self.asked().diagram(from, to)
    }

    /// The chain of causes that ends in this event, newest first; empty if there is no such event.
    pub fn why(&self, id: EventId) -> Vec<Step> {
        self.asked().why(id)
    }

    /// All events that happened before this one (Lamport 1978), by number: what could have had a part in it. Takes
    /// time in proportion to the events up to it.
    pub fn past(&self, id: EventId) -> EventSet {
        self.asked().past(id)
    }

    /// All events of this branch so far that this one happened before, by number: what it could have had a part in.
    /// Takes time in proportion to the events after it.
    pub fn future(&self, id: EventId) -> EventSet {
        self.asked().future(id)
    }

    /// What the run takes of memory.
    pub fn memory(&self) -> Memory {
        self.asked().memory()
    }

    /// A 64-bit digest of the whole trace so far, the same on every platform.
    pub fn hash(&self) -> u64 {
        self.asked().hash()
    }
}

/// Where two branches part: what each has there; `None` where nothing more happened.
pub type Difference = (Option<EventView>, Option<EventView>);

/// What a run takes of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// How many bytes its checkpoints take, all branches together; at most about
    /// [`sim::timeline::CHECKPOINT_BYTES_MAX`].
    pub checkpoint_bytes: usize,
    /// About how many bytes the events of the branch that is looked at take, without what they share with each other.
    pub trace_bytes: usize,
    /// How many events the branch that is looked at has. Branches share the events of their common past.
    pub events: usize,
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
