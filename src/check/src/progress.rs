//! How far a reader has come with a challenge's goals.

use sim::Time;

use crate::facts::{Facts, Finding};
use crate::predicate::{Goal, Predicate};

/// Where one goal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// To be reached, and not reached yet.
    Open,
    /// Reached, first seen then.
    Reached(Time),
    /// To be kept, and kept so far.
    Kept,
    /// To be kept, and lost for good, first seen then.
    Lost(Time),
}

/// The standing of a challenge's goals over a run.
///
/// Tell it what the run shows as time goes on. Going back in time takes back what had not happened yet, so
/// a reader who rewinds and acts differently is judged by the new run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    goals: Vec<(Mark, Option<Finding>)>,
}

impl Goal {
    /// What it is about.
    #[must_use]
    pub fn predicate(&self) -> &Predicate {
        match self {
            Self::Reach(predicate) | Self::Keep(predicate) => predicate,
        }
    }

    fn start(&self) -> Mark {
        match self {
            Self::Reach(_) => Mark::Open,
            Self::Keep(_) => Mark::Kept,
        }
    }
}

impl Progress {
    /// Before anything was seen of a run.
    pub fn new<'g>(goals: impl IntoIterator<Item = &'g Goal>) -> Self {
        Self { goals: goals.into_iter().map(|goal| (goal.start(), None)).collect() }
    }

    /// Takes note of what a run shows at a moment. `goals` are those that it was made for.
    pub fn update<'g>(&mut self, goals: impl IntoIterator<Item = &'g Goal>, facts: &Facts) {
        let at = facts.at();
        for ((mark, finding), goal) in self.goals.iter_mut().zip(goals) {
            if matches!(mark, Mark::Reached(when) | Mark::Lost(when) if *when > at) {
                *mark = goal.start();
            }
            if matches!(mark, Mark::Reached(_) | Mark::Lost(_)) {
                continue;
            }
            let found = facts.judge(goal.predicate());
            *mark = match (goal, found.holds) {
                (Goal::Reach(_), true) => Mark::Reached(at),
                (Goal::Reach(_), false) => Mark::Open,
                (Goal::Keep(_), true) => Mark::Kept,
                (Goal::Keep(_), false) => Mark::Lost(at),
            };
            *finding = Some(found);
        }
    }

    /// Each goal's standing, with what was found last; `None` before the first look.
    #[must_use]
    pub fn goals(&self) -> &[(Mark, Option<Finding>)] {
        &self.goals
    }

    /// Whether every goal to be reached has been, and none to be kept was lost.
    #[must_use]
    pub fn passed(&self) -> bool {
        let mut reached = false;
        for (mark, _) in &self.goals {
            match mark {
                Mark::Open | Mark::Lost(_) => return false,
                Mark::Reached(_) => reached = true,
                Mark::Kept => {}
            }
        }
        reached
    }

    /// Whether a goal that had to be kept was lost, so that only going back helps.
    #[must_use]
    pub fn lost(&self) -> bool {
        self.goals.iter().any(|(mark, _)| matches!(mark, Mark::Lost(_)))
    }
}
