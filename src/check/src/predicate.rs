//! What can be said of a run, as data: the language of claims and of challenge goals.
//!
//! Nodes are named as the scenario names them. In TOML: `that = { leader_in = ["C", "D", "E"] }`.

use protocols::Run;
use serde::{Deserialize, Serialize};
use sim::{Span, Time};

/// A statement about a run at a moment, or about everything up to that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Predicate {
    /// One of these nodes leads, and runs.
    LeaderIn(Vec<String>),
    /// Exactly so many running nodes believe that they lead.
    Leaders(u32),
    /// This node's epoch (term) is exactly this.
    Epoch {
        /// The node.
        node: String,
        /// Its epoch.
        is: u64,
    },
    /// This node plays this part: `follows`, `asks` or `leads`.
    Plays {
        /// The node.
        node: String,
        /// The part.
        part: Part,
    },
    /// So many log entries, at least, are known to be settled (committed) at each of these nodes.
    Settled {
        /// The nodes.
        on: Vec<String>,
        /// The commit index, at least.
        at_least: u64,
    },
    /// At least so many client operations have been acknowledged.
    Acknowledged(u32),
    /// At some time up to the moment, so many nodes at least believed at once, without a break, that they lead.
    LeadersAtOnce {
        /// How many, at least.
        count: u32,
        /// For how long, at least.
        #[serde(rename = "for")]
        lasting: SpanText,
    },
    /// At some time up to the moment, no running node led for so long without a break.
    NoLeaderFor(SpanText),
    /// Up to the moment, so many epochs at most have had a leader.
    ElectionsAtMost(u32),
    /// Up to the moment, so many epochs at least have had a leader.
    ElectionsAtLeast(u32),
    /// No invariant has been broken up to the moment.
    PromisesHold(bool),
    /// Every write acknowledged up to the moment is in the log of each running node that leads in the highest epoch.
    NoAcknowledgedWriteLost(bool),
    /// All of these.
    All(Vec<Predicate>),
    /// None of these.
    Not(Box<Predicate>),
}

/// A part that a node can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Follows.
    Follows,
    /// Asks to lead.
    Asks,
    /// Leads.
    Leads,
}

/// A span that reads from `"5s"` in text formats and is a number of µs in binary ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanText(pub Span);

impl Serialize for SpanText {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.serialize_str(&format!("{}us", self.0.0))
        } else {
            s.serialize_u64(self.0.0)
        }
    }
}

impl<'de> Deserialize<'de> for SpanText {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            let text = String::deserialize(d)?;
            text.parse().map(SpanText).map_err(serde::de::Error::custom)
        } else {
            u64::deserialize(d).map(|us| Self(Span(us)))
        }
    }
}

/// A challenge's goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Reached as soon as the predicate holds, and kept.
    Reach(Predicate),
    /// Holds from the start; lost for good as soon as the predicate does not.
    Keep(Predicate),
}

/// What judging found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the predicate holds.
    pub holds: bool,
    /// What was found, as a short sentence, whether it holds or not: `D leads in term 3; A leads in term 2`.
    pub found: String,
    /// For predicates with a length or a count: how far it got, and how far it has to, for a meter.
    pub progress: Option<(u64, u64)>,
}

impl Predicate {
    /// Judges the predicate at a moment. Moves the run's cursor there.
    pub fn judge(&self, run: &mut dyn Run, at: Time) -> Finding {
        let _ = (run, at);
        todo!("judged by the checker's author")
    }
}
