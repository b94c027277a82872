//! What a leader sends to a follower, and how much of it at once (§5.3, §7): probing for where the logs agree, then
//! entries in a pipeline, or a snapshot piece by piece.

use std::sync::Arc;

use sim::ProcessId;

use super::{Progress, Role, Server, Stage};
use crate::raft::Ctx;
use crate::raft::log::{Entry, Position};
use crate::raft::message::Message;
use crate::raft::note::Note;

/// The entries that were sent last, so that those for many followers are gathered once.
#[derive(Debug, Default)]
pub(super) struct Batch {
    from: u64,
    entries: Arc<[Entry]>,
}

impl Server {
    /// Sends a follower what it lacks, as far as may be on its way at once. Says whether it sent anything. A leader
    /// that does not know yet where the logs agree has always something to send: the question.
    pub(super) fn replicate(&mut self, to: ProcessId, batch: &mut Batch, ctx: &mut Ctx<'_>) -> bool {
        let (window, last) = (self.config.window.max(1) as usize, self.persistent.log.last_index());
        let first = self.persistent.log.first_index();
        let mut sent = false;
        while let Some(progress) = self.progress_mut(to) {
            let in_flight = progress.in_flight.len();
            let room = match progress.stage {
                Stage::Replicate => in_flight < window && progress.next <= last,
                Stage::Probe | Stage::Snapshot { .. } => in_flight == 0,
            };
            if !room {
                break;
            }
            if matches!(progress.stage, Stage::Snapshot { .. }) {
                self.send_part(to, ctx);
            } else if progress.next < first {
                self.begin_snapshot(to, ctx);
            } else {
                self.send_entries(to, batch, ctx);
            }
            sent = true;
        }
        sent
    }

    /// Sends what stands in the log from `nextIndex` on, as much as one message carries.
    fn send_entries(&mut self, to: ProcessId, batch: &mut Batch, ctx: &mut Ctx<'_>) {
        let Some(progress) = self.progress_mut(to) else { return };
        let next = progress.next;
        let entries = self.batch_from(next, batch);
        let end = next - 1 + entries.len() as u64;
        if let Some(progress) = self.progress_mut(to) {
            if progress.stage == Stage::Replicate {
                progress.next = end + 1;
            }
            progress.in_flight.push_back(end);
        }
        let prev = self.persistent.log.position(next - 1);
        let prev = prev.expect("a follower's nextIndex is in the leader's log, or one past its end");
        self.send_append(to, prev, entries, ctx);
    }

    fn batch_from(&self, next: u64, batch: &mut Batch) -> Arc<[Entry]> {
        let log = &self.persistent.log;
        if next > log.last_index() {
            return Arc::default();
        }
        if batch.from != next {
            let count = usize::try_from(self.config.batch.max(1)).unwrap_or(usize::MAX);
            *batch = Batch { from: next, entries: log.entries_from(next, count).cloned().collect() };
        }
        Arc::clone(&batch.entries)
    }

    /// A heartbeat vouches for what is known to match and for nothing else, so it is never refused.
    pub(super) fn send_heartbeat(&mut self, to: ProcessId, ctx: &mut Ctx<'_>) {
        let Some(progress) = self.progress_mut(to) else { return };
        let matched = progress.matched;
        // The beginning of the log is the same everywhere.
        let prev = self.persistent.log.position(matched).unwrap_or_default();
        self.send_append(to, prev, Arc::default(), ctx);
    }

    fn send_append(&mut self, to: ProcessId, prev: Position, entries: Arc<[Entry]>, ctx: &mut Ctx<'_>) {
        let (term, commit, round) = (self.persistent.term, self.volatile.commit, self.round());
        self.send(to, Message::Append { term, prev, entries, commit, round }, ctx);
    }

    /// "The leader must occasionally send snapshots to followers that lag behind. This happens when the leader has
    /// already discarded the next log entry that it needs to send" (§7).
    fn begin_snapshot(&mut self, to: ProcessId, ctx: &mut Ctx<'_>) {
        let snapshot = self.persistent.snapshot.clone().expect("only a snapshot lets a log begin later");
        ctx.note(Note::SendsSnapshot { to, through: snapshot.last });
        if let Some(progress) = self.progress_mut(to) {
            progress.stage = Stage::Snapshot { snapshot, items: 0 };
            progress.in_flight.clear();
            progress.overdue = false;
        }
        self.send_part(to, ctx);
    }

    /// Sends the next piece of the snapshot.
    fn send_part(&mut self, to: ProcessId, ctx: &mut Ctx<'_>) {
        let count = self.config.snapshot_chunk;
        let Some(Progress { stage: Stage::Snapshot { snapshot, items }, in_flight, .. }) = self.progress_mut(to) else {
            return;
        };
        let part = snapshot.part(*items, count);
        in_flight.push_back(u64::from(part.offset) + part.items.len() as u64);
        let (term, round) = (self.persistent.term, self.round());
        self.send(to, Message::InstallSnapshot { term, part: Arc::new(part), round }, ctx);
    }

    /// A follower has so many items of a snapshot on its disk: the rest follows. Fewer than before means that it
    /// lost some, unless the answer is an old one.
    pub(super) fn on_piece_stored(&mut self, from: ProcessId, last: u64, stored: u32, ctx: &mut Ctx<'_>) {
        let Some(progress) = self.progress_mut(from) else { return };
        let Stage::Snapshot { snapshot, items } = &mut progress.stage else { return };
        if snapshot.last.index == last && (stored > *items || (stored < *items && progress.overdue)) {
            *items = stored;
            progress.in_flight.clear();
            progress.overdue = false;
            self.replicate(from, &mut Batch::default(), ctx);
        }
    }

    /// The latest round of heartbeats.
    pub(super) fn round(&self) -> u64 {
        if let Role::Leader(leadership) = &self.role { leadership.rounds.latest } else { 0 }
    }
}
