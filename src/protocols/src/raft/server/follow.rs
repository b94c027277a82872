//! Replication, as a follower (§5.3).

use sim::ProcessId;

use super::{Role, Server, now};
use crate::raft::Ctx;
use crate::raft::disk::Write;
use crate::raft::log::{Entry, Position};
use crate::raft::message::{Answer, Message};
use crate::raft::note::Note;

impl Server {
    /// Figure 2, "AppendEntries RPC, receiver implementation".
    pub(super) fn on_append(
        &mut self,
        leader: ProcessId,
        term: u64,
        prev: Position,
        entries: &[Entry],
        commit: u64,
        ctx: &mut Ctx<'_>,
    ) -> Option<Answer> {
        if term < self.persistent.term {
            return Some(Answer::Outdated);
        }
        if !self.follow(leader, ctx) {
            return None;
        }
        // Only what this message vouches for is known to be the leader's: a longer tail may be another's.
        let through = prev.index + entries.len() as u64;
        let (prev, entries) = self.after_snapshot(prev, entries);
        let log = &self.persistent.log;
        if log.position(prev.index) != Some(prev) {
            let conflict = log.term_at(prev.index);
            let first = conflict.map_or(log.last_index() + 1, |term| log.first_of_term(term));
            ctx.note(Note::Differs { leader, prev, has: conflict });
            return Some(Answer::Differs { prev: prev.index, conflict, first });
        }
        self.store(leader, prev.index, entries, ctx);
        self.commit_through(commit.min(through), None, ctx);
        Some(Answer::Matches { through })
    }

    /// What of a message comes after the snapshot. The entries that the snapshot covers are committed, so they
    /// are the leader's.
    fn after_snapshot<'a>(&self, prev: Position, entries: &'a [Entry]) -> (Position, &'a [Entry]) {
        let base = self.persistent.log.base();
        match base.index.checked_sub(prev.index) {
            None | Some(0) => (prev, entries),
            Some(covered) => {
                let covered = usize::try_from(covered).unwrap_or(usize::MAX);
                (base, entries.get(covered..).unwrap_or_default())
            }
        }
    }

    /// Recognises the leader of its own term. Says whether it follows it: a leader that hears of another
    /// leader of its term has met a broken rule, and stays as it is.
    pub(super) fn follow(&mut self, leader: ProcessId, ctx: &mut Ctx<'_>) -> bool {
        let term = self.persistent.term;
        match self.role {
            Role::Leader(_) => return false,
            Role::PreCandidate { .. } | Role::Candidate { .. } => {
                self.step_down(term, leader, true, ctx);
                if self.config.rules.forget_vote {
                    self.write_ballot(term, None, ctx);
                }
            }
            Role::Follower => {}
        }
        if self.volatile.leader.replace(leader) != Some(leader) {
            ctx.note(Note::Follows { leader, term });
        }
        self.volatile.loyal_since = Some(now(ctx));
        self.restart_election_timer(ctx);
        true
    }

    /// Answers a leader, in its own term: one that is behind learns so, and steps down.
    pub(super) fn answer_leader(&mut self, to: ProcessId, answer: Option<Answer>, round: u64, ctx: &mut Ctx<'_>) {
        let term = self.persistent.term;
        if let Some(answer) = answer {
            self.send(to, Message::Appended { term, answer, round }, ctx);
        }
    }

    /// Steps 3 and 4: removes what conflicts, appends what is missing. What matches stays, with all that
    /// follows it: an older message that arrives late must not shorten the log.
    fn store(&mut self, leader: ProcessId, prev: u64, entries: &[Entry], ctx: &mut Ctx<'_>) {
        let log = &self.persistent.log;
        let known = (prev + 1..).zip(entries).take_while(|(index, entry)| log.term_at(*index) == Some(entry.term));
        let matching = known.count();
        let fresh = entries.get(matching..).unwrap_or_default();
        let (Some(end), first) = (fresh.last(), prev + matching as u64 + 1) else { return };
        let last = Position { term: end.term, index: prev + entries.len() as u64 };
        self.remove_from(first, leader, ctx);
        for entry in fresh {
            self.append(entry.clone(), ctx);
        }
        ctx.note(Note::Stores { leader, first, last });
    }

    fn remove_from(&mut self, first: u64, leader: ProcessId, ctx: &mut Ctx<'_>) {
        let Some(term) = self.persistent.log.term_at(first) else { return };
        let last = self.persistent.log.last_index();
        self.write(Write::Truncate { from: first }, ctx);
        ctx.note(Note::Removes { leader, first, last, term });
        if self.volatile.configurations.truncate_from(first) {
            let now = self.volatile.configurations.latest();
            ctx.note(Note::RollsBack { index: now.index, membership: now.membership });
        }
        // Committed entries are never removed, unless a rule of the paper is switched off. Then this
        // server will apply another entry at the same index, and the monitor will say so.
        self.volatile.commit = self.volatile.commit.min(first - 1);
        self.volatile.applied = self.volatile.applied.min(first - 1);
    }
}
