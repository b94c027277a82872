//! Changes of who decides: by joint consensus (§6), or one server at a time (thesis §4.1).

use super::{Role, Server};
use crate::op::Admin;
use crate::raft::Ctx;
use crate::raft::log::Entry;
use crate::raft::membership::{Members, Membership};
use crate::raft::note::{AdminRefused, Note};
use crate::scenario::Changes;

impl Server {
    /// Takes a new configuration into the log. It is in force at once, at each server that stores it.
    pub(super) fn begin_change(&mut self, wish: &Admin, ctx: &mut Ctx<'_>) -> Result<(), AdminRefused> {
        self.ensure_change_is_safe()?;
        let membership = self.changed(wish)?;
        self.take_in(Entry::configuration(self.persistent.term, membership), ctx);
        Ok(())
    }

    fn ensure_change_is_safe(&self) -> Result<(), AdminRefused> {
        let Role::Leader(leadership) = &self.role else {
            return Err(AdminRefused::NotLeader { leader: self.volatile.leader });
        };
        if let Some(transfer) = leadership.transfer {
            return Err(AdminRefused::Transferring { to: transfer.to });
        }
        // "Each change must be committed before the next is begun" (thesis §4.1); a joint one must be left, too (§6).
        let latest = self.volatile.configurations.latest();
        if latest.index > self.volatile.commit || latest.membership.is_joint() {
            return Err(AdminRefused::ChangeUnderway { index: latest.index });
        }
        // The correction of 2015: "a leader must not append a configuration entry until it has committed an entry
        // from its current term". Else two leaders may each change the same old configuration, to two new ones
        // whose majorities have nobody in common.
        let at_once = self.config.rules.change_at_once && self.config.changes == Changes::OneByOne;
        if !at_once && !self.has_committed_in_its_term() {
            return Err(AdminRefused::NothingCommittedYet);
        }
        Ok(())
    }

    /// The configuration after what is asked for.
    fn changed(&self, wish: &Admin) -> Result<Membership, AdminRefused> {
        let now = self.membership();
        let mut new = now;
        match wish {
            Admin::AddLearner(who) => new.learners = now.learners.with(*who),
            Admin::AddVoter(who) => new.voters = now.voters.with(*who),
            Admin::Remove(who) => {
                new.voters = now.voters.without(*who);
                new.learners = now.learners.without(*who);
            }
            Admin::Reconfigure(voters) => new.voters = voters.iter().copied().collect(),
            Admin::Transfer(_) | Admin::Compact => {}
        }
        let named = match wish {
            Admin::Reconfigure(voters) => voters.as_slice(),
            Admin::AddLearner(who) | Admin::AddVoter(who) | Admin::Remove(who) => core::slice::from_ref(who),
            Admin::Transfer(_) | Admin::Compact => &[],
        };
        // Who votes needs not be a learner.
        let voters = new.voters.iter();
        new.learners = voters.fold(new.learners, Members::without);
        if named.iter().any(|who| who.0 >= self.servers) {
            Err(AdminRefused::NoSuchServer)
        } else if new.voters.is_empty() {
            Err(AdminRefused::LastVoter)
        } else if new == now {
            Err(AdminRefused::Already)
        } else {
            Ok(self.on_the_way_to(new, matches!(wish, Admin::Reconfigure(_))))
        }
    }

    /// The configuration that leads to the new one: itself, if one server more or less votes and that is the way;
    /// otherwise one in which the old voters decide with the new.
    fn on_the_way_to(&self, new: Membership, any_set: bool) -> Membership {
        let old = self.membership().voters;
        let joint = new.voters != old && (any_set || self.config.changes == Changes::Joint);
        Membership { outgoing: if joint { old } else { Members::NOBODY }, ..new }
    }

    /// Whatever was waiting for a commit.
    pub(super) fn after_commit(&mut self, ctx: &mut Ctx<'_>) {
        if !self.leads() {
            return;
        }
        if self.has_committed_in_its_term() {
            self.check_leadership_for_reads(ctx);
        }
        self.finish_change(ctx);
    }

    /// "Once C-old,new has been committed, it is now safe for the leader to create a log entry describing C-new" (§6);
    /// also for a leader that came after the one that began. "The leader steps down once it has committed the
    /// C-new log entry", if it is not in it.
    fn finish_change(&mut self, ctx: &mut Ctx<'_>) {
        let latest = self.volatile.configurations.latest();
        if latest.index > self.volatile.commit {
            return;
        }
        if latest.membership.is_joint() {
            self.take_in(Entry::configuration(self.persistent.term, latest.membership.left()), ctx);
        } else if !self.is_voter() {
            ctx.note(Note::StepsAside { term: self.persistent.term });
            self.volatile.leader = None;
            self.become_follower(None, ctx);
        }
    }
}
