//! The commit index and the state machine (§5.3, §8).

use std::sync::Arc;

use super::Server;
use crate::raft::Ctx;
use crate::raft::log::Command;
use crate::raft::machine::Retries;
use crate::raft::membership::Members;
use crate::raft::note::Note;

impl Server {
    /// Moves the commit index up and applies what it passes: "if commitIndex > lastApplied" (§5.3). `copies` are
    /// the servers that a leader knows to hold the last entry.
    pub(super) fn commit_through(&mut self, index: u64, copies: Option<Members>, ctx: &mut Ctx<'_>) {
        let (first, last) = (self.volatile.commit + 1, index);
        if last < first {
            return;
        }
        let voters = self.membership().all_voters();
        let copies = copies.map(|copies| copies.and(voters).len());
        ctx.note(Note::Commits { first, last, copies, of: voters.len() });
        self.volatile.commit = last;
        while self.volatile.applied < self.volatile.commit {
            self.volatile.applied += 1;
            self.apply(self.volatile.applied, ctx);
        }
        self.after_commit(ctx);
    }

    /// Applies one entry; a leader answers the client that waits for it.
    fn apply(&mut self, index: u64, ctx: &mut Ctx<'_>) {
        let entry = self.persistent.log.get(index).expect("a committed entry is in the log");
        let command = Arc::clone(&entry.command);
        self.volatile.machine.apply(&command, self.retries());
        match &*command {
            Command::NoOp => {}
            Command::Client { id, op } => self.answer_applied(*id, op, index, ctx),
            &Command::Configuration(membership) => ctx.note(Note::SettlesMembership { index, membership }),
        }
    }

    fn retries(&self) -> Retries {
        if self.config.rules.apply_retries { Retries::Applied } else { Retries::Filtered }
    }
}
