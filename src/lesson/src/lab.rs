//! A lab as data: what the page mounts, what the poster draws, what the claims are about.
//!
//! This part compiles to WASM. Reading it from TOML is the feature `read`'s work and stays native.

use check::{Goal, Predicate};
use protocols::{Op, Run, Scenario};
use serde::{Deserialize, Serialize};
use sim::{Action, ClockChange, Time};

/// A lab: a scenario with how it is shown. The order of the fields is that of [`crate::code`]'s bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lab {
    /// Stable: links and progress hang on it. Lower-case words joined by hyphens.
    pub id: String,
    /// Its title on the plate.
    pub title: String,
    /// The plate's number within the course, such as `14-2`. Given by the course, not by the author.
    pub number: String,
    /// What the reader should see in it, as plain text; `*A*` sets a node's name.
    pub caption: String,
    /// The run.
    pub scenario: Scenario,
    /// The moment that the static page draws and that the lab opens at.
    pub poster: Time,
    /// How large it is.
    pub size: Size,
    /// Which panels it has besides the stage, in the order of the page.
    pub panels: Vec<Panel>,
    /// Which controls it shows. The transport is always there.
    pub controls: Vec<Control>,
    /// How many times slower than life it plays at first: 1, 5, 20 or 100.
    pub slowed: u32,
    /// What the reader is asked to bring about, if anything.
    pub challenge: Option<Challenge>,
}

impl Lab {
    /// Starts the lab's own run, at time zero. Its scenario was validated when the lab was written or read.
    #[must_use]
    pub fn start(&self) -> Box<dyn Run> {
        self.scenario.start_valid()
    }

    /// The scenario with the challenge's solution in its script, if there is a challenge.
    #[must_use]
    pub fn solved(&self) -> Option<Scenario> {
        self.challenge.as_ref().map(|challenge| challenge.solved(&self.scenario))
    }
}

/// Whether an action counts against a challenge's fault budget: whatever does harm does; mending and asking is free.
#[must_use]
pub fn is_fault(action: &Action<Op>) -> bool {
    match action {
        Action::Partition { .. }
        | Action::PartitionOneWay { .. }
        | Action::Isolate(_)
        | Action::Cut { .. }
        | Action::DropMessage(_)
        | Action::DelayMessage { .. }
        | Action::DuplicateMessage(_)
        | Action::Crash(_)
        | Action::CrashTorn { .. }
        | Action::Wipe(_)
        | Action::Pause(_)
        | Action::Expire { .. } => true,
        Action::Shape { change, .. } => change.is_some(),
        Action::SetFsync { lies, .. } => *lies,
        Action::Slow { times, .. } => *times > 0,
        Action::SetClock { change, .. } => *change != ClockChange::Drift(0),
        Action::Heal { .. } | Action::HealAll | Action::Restart(_) | Action::Resume(_) | Action::Request { .. } => {
            false
        }
    }
}

/// How large a lab is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// In the text column: one idea.
    #[default]
    Small,
    /// The page's whole width: the lesson's main experiment, at most one a lesson.
    Full,
    /// The home page's.
    Hero,
    /// Smaller than a paragraph: the stage and one control.
    Tiny,
}

/// A panel of a plate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    /// The selected node's state.
    Inspector,
    /// The whole run as lanes.
    Timeline,
    /// The nodes' logs aligned by index, and the latest events.
    Logs,
    /// The promises and whether they hold.
    Safety,
    /// A span of the run, message by message: the space-time diagram.
    Diagram,
    /// What each client asked and was told, and who could be served.
    Clients,
}

/// A group of controls. Those that a lab does not name stand behind "All controls".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Cut links, split the cluster, heal.
    Cut,
    /// Crash and restart nodes.
    Crash,
    /// Write through a client.
    Write,
    /// Read through a client.
    Read,
    /// Stall nodes and let them go on; make them slow.
    Pause,
    /// Cut a node off from all others.
    Isolate,
    /// Lose, delay and double messages; make links slow or lossy.
    Network,
    /// Set clocks and let them drift; let timers run out.
    Clock,
    /// Empty disks, tear writes, let fsync lie.
    Disk,
    /// Choose who is elected, split the vote, take another seed.
    Luck,
    /// Turn timeouts, load and rules.
    Rules,
    /// Make a run beside the run, and see where they part.
    Compare,
}

/// A task that the simulator judges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// What to bring about, in a sentence.
    pub goal: String,
    /// The goals; all must be reached.
    pub goals: Vec<NamedGoal>,
    /// How many faults the reader may use ([`is_fault`]); heals, restarts and client requests are free.
    pub fault_budget: u32,
    /// Help, a step at a time.
    pub hints: Vec<String>,
    /// The reader's actions in a run that reaches the goals.
    pub solution: Vec<protocols::scenario::Scheduled>,
}

impl Challenge {
    /// A lab's scenario with the solution in its script.
    #[must_use]
    pub fn solved(&self, scenario: &Scenario) -> Scenario {
        let mut solved = scenario.clone();
        for step in &self.solution {
            let place = solved.script.partition_point(|other| other.at <= step.at);
            solved.script.insert(place, step.clone());
        }
        solved
    }
}

/// A goal with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedGoal {
    /// What must come about, short.
    pub text: String,
    /// The same as a predicate.
    pub goal: Goal,
}

/// Something that the prose says of a lab. CI replays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The moment at which it is judged; a window's end.
    pub at: Time,
    /// What is claimed.
    pub that: Predicate,
    /// Where it stands in the lesson's file, from 1.
    pub line: usize,
}
