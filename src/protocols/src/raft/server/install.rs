//! Snapshots: taking one and dropping the log that it covers, and receiving a leader's (§7).

use std::sync::Arc;

use sim::ProcessId;

use super::{Server, configurations_of};
use crate::raft::Ctx;
use crate::raft::disk::Write;
use crate::raft::message::Answer;
use crate::raft::note::{AdminRefused, Note};
use crate::raft::snapshot::{Part, Snapshot};

/// "Each server takes snapshots independently, covering just the committed entries in its log."
impl Server {
    /// Takes a snapshot once the log holds so many applied entries as the scenario says.
    pub(super) fn compact_if_due(&mut self, ctx: &mut Ctx<'_>) {
        let applied = self.volatile.applied.saturating_sub(self.persistent.log.base().index);
        if self.config.compact_at.is_some_and(|at| applied >= u64::from(at.max(1))) {
            self.compact(ctx);
        }
    }

    pub(super) fn compact_on_request(&mut self, ctx: &mut Ctx<'_>) -> Result<(), AdminRefused> {
        if self.volatile.applied <= self.persistent.log.base().index {
            return Err(AdminRefused::NothingToCompact);
        }
        self.compact(ctx);
        Ok(())
    }

    fn compact(&mut self, ctx: &mut Ctx<'_>) {
        let (log, applied) = (&self.persistent.log, self.volatile.applied);
        let (Some(last), Some(digest)) = (log.position(applied), log.digest_at(applied)) else { return };
        let configured = self.volatile.configurations.at(applied);
        let snapshot = Snapshot { last, digest, machine: self.volatile.machine.clone(), configured };
        self.write(Write::Snapshot(Arc::new(snapshot)), ctx);
        self.volatile.configurations.compact_through(applied);
        ctx.note(Note::Compacts { through: last });
    }
}

/// As a follower.
impl Server {
    /// Figure 13, "InstallSnapshot RPC, receiver implementation". A piece that does not join on to what is there is
    /// not stored; the answer tells how much is there, so the leader goes on from that.
    pub(super) fn on_install_snapshot(
        &mut self,
        leader: ProcessId,
        term: u64,
        part: &Arc<Part>,
        ctx: &mut Ctx<'_>,
    ) -> Option<Answer> {
        let last = part.last;
        if term < self.persistent.term {
            return Some(Answer::Outdated);
        }
        if !self.follow(leader, ctx) {
            return None;
        }
        // "If existing log entry has same index and term as snapshot's last included entry, retain log entries
        // following it and reply": what the snapshot covers is committed, and is there already.
        if last.index <= self.volatile.commit || self.persistent.log.position(last.index) == Some(last) {
            self.commit_through(last.index, None, ctx);
            return Some(Answer::Matches { through: last.index });
        }
        if part.offset == self.items_of(part) {
            self.write(Write::Part(Arc::clone(part)), ctx);
            if part.done {
                self.install(leader, ctx);
                return Some(Answer::Matches { through: last.index });
            }
        }
        Some(Answer::Holds { last: last.index, items: self.items_of(part) })
    }

    /// How many items of a piece's snapshot are there.
    fn items_of(&self, part: &Part) -> u32 {
        let incoming = self.persistent.incoming.as_ref();
        incoming.filter(|incoming| incoming.snapshot.last == part.last).map_or(0, |incoming| incoming.items)
    }

    /// "Discard the entire log; reset state machine using snapshot contents (and load snapshot's cluster
    /// configuration)."
    fn install(&mut self, leader: ProcessId, ctx: &mut Ctx<'_>) {
        let Some(incoming) = self.persistent.incoming.clone() else { return };
        let snapshot = &incoming.snapshot;
        self.write(Write::Snapshot(Arc::new(snapshot.clone())), ctx);
        self.volatile.machine = snapshot.machine.clone();
        self.volatile.commit = snapshot.last.index;
        self.volatile.applied = snapshot.last.index;
        self.volatile.configurations = configurations_of(snapshot.configured, &self.persistent);
        ctx.note(Note::Installs { leader, through: snapshot.last });
    }
}
