//! The branches of a timeline: they form a tree, can be named, compared and deleted.

use super::{BRANCHES_MAX, Branch, Timeline};
use crate::id::EventId;
use crate::process::Protocol;
use crate::refused::Refused;
use crate::time::Time;
use crate::trace::Trace;

/// The longest name of a branch, in bytes.
pub const BRANCH_NAME_MAX: usize = 64;

impl<P: Protocol> Timeline<P> {
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

    /// The record of a branch, from the start of the run up to its frontier.
    #[must_use]
    pub fn trace_of(&self, branch: usize) -> Option<&Trace<P>> {
        Some(&self.branches.get(branch)?.trace)
    }

    /// What a branch is called, if somebody gave it a name.
    #[must_use]
    pub fn name(&self, branch: usize) -> Option<&str> {
        self.branches.get(branch)?.name.as_deref()
    }

    /// Gives a branch a name, or takes it away.
    ///
    /// # Errors
    /// If there is no such branch or the name is longer than [`BRANCH_NAME_MAX`].
    pub fn set_name(&mut self, branch: usize, name: Option<String>) -> Result<(), Refused> {
        if name.as_ref().is_some_and(|name| name.len() > BRANCH_NAME_MAX) {
            return Err(Refused::NameTooLong);
        }
        self.branches.get_mut(branch).ok_or(Refused::NoSuchBranch)?.name = name;
        Ok(())
    }

    /// Deletes a branch. What branched off from it stays, as branches of its parent: they share the past up to their
    /// forks all the same. The branches after it move up by one.
    ///
    /// # Errors
    /// The original run and the branch that is looked at can't be deleted.
    pub fn delete(&mut self, branch: usize) -> Result<(), Refused> {
        if branch >= self.branches.len() {
            return Err(Refused::NoSuchBranch);
        }
        if branch == 0 {
            return Err(Refused::OriginalBranch);
        }
        if branch == self.current {
            return Err(Refused::BranchInView);
        }
        let Branch { parent, fork, .. } = self.branches.remove(branch);
        for other in &mut self.branches {
            if other.parent == branch {
                // A fork that lay on the deleted branch's own part is, seen from the grandparent, where that began.
                (other.parent, other.fork) = (parent, other.fork.min(fork));
            }
            other.parent -= usize::from(other.parent > branch);
        }
        self.current -= usize::from(self.current > branch);
        self.checkpoints.forget(branch);
        Ok(())
    }

    /// The number of the first event at which two branches differ; one of them may have nothing more there. `None` if
    /// they are the same as far as both have been simulated.
    ///
    /// # Panics
    /// If there is no such branch.
    #[must_use]
    pub fn first_difference(&self, a: usize, b: usize) -> Option<EventId> {
        let (a, b) = (&self.branches[a], &self.branches[b]);
        let both_until = a.tip.now().min(b.tip.now());
        let id = a.trace.first_difference(&b.trace)?;
        let happened = |branch: &Branch<P>| branch.trace.get(id).is_some_and(|event| event.at <= both_until);
        (happened(a) || happened(b)).then_some(id)
    }

    pub(super) fn has_room_for_a_branch(&self) -> Result<(), Refused> {
        if self.branches.len() < BRANCHES_MAX { Ok(()) } else { Err(Refused::TooManyBranches) }
    }
}
