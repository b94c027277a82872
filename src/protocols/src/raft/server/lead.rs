//! Replication, as a leader (§5.3, §5.4.2, §8).

use sim::{OpId, ProcessId};

use super::send::Batch;
use super::{Leadership, Progress, Role, Server, Stage, now};
use crate::op::{Op, Outcome};
use crate::raft::log::Entry;
use crate::raft::membership::Members;
use crate::raft::message::{Answer, Message};
use crate::raft::note::{Note, PutOff};
use crate::raft::{Ctx, Timer};
use crate::scenario::Reads;

/// The most entries that a leader takes in before they are committed. What clients ask for then is put off, so that
/// a leader without a quorum does not fill its disk.
pub const UNCOMMITTED_MAX: u64 = 1_024;

/// Clients (§8).
impl Server {
    /// A client's operation. Only reads that may be stale are served by whoever is asked.
    pub(super) fn on_operation(&mut self, id: OpId, op: Op, ctx: &mut Ctx<'_>) {
        let reads = op.read(self.config.reads);
        if let Some((key, Reads::Local)) = reads {
            self.serve_read(id, key, Reads::Local, ctx);
        } else if !self.leads() {
            let leader = self.volatile.leader;
            ctx.note(Note::TurnsAway { id, leader });
            self.send(id.client, Message::NotLeader { id, leader }, ctx);
        } else if let Some(why) = self.reason_to_put_off() {
            ctx.note(Note::PutsOff { id, why });
            self.send(id.client, Message::NotLeader { id, leader: None }, ctx);
        } else if let Some((key, how @ (Reads::Index | Reads::Lease))) = reads {
            self.take_read(id, key.to_owned(), how, ctx);
        } else {
            self.take_operation(id, op, ctx);
        }
    }

    fn reason_to_put_off(&self) -> Option<PutOff> {
        let Role::Leader(leadership) = &self.role else { return None };
        let uncommitted = self.persistent.log.last_index() - self.volatile.commit;
        let transferring = leadership.transfer.map(|transfer| PutOff::Transferring { to: transfer.to });
        transferring.or_else(|| (uncommitted >= UNCOMMITTED_MAX).then_some(PutOff::TooManyUncommitted))
    }

    /// One that was applied already is answered, not applied again (§8).
    fn take_operation(&mut self, id: OpId, op: Op, ctx: &mut Ctx<'_>) {
        if !self.config.rules.apply_retries {
            if let Some(outcome) = self.volatile.machine.outcome(id).cloned() {
                ctx.note(Note::AnswersAgain { id });
                self.send(id.client, Message::Reply { id, outcome }, ctx);
                return;
            }
            if self.volatile.machine.is_past(id) || self.awaits(id) {
                return;
            }
        }
        let (index, term) = (self.persistent.log.last_index() + 1, self.persistent.term);
        if let Some(leadership) = self.leadership_mut() {
            leadership.waiting.insert(id.client, id.seq);
        }
        ctx.note(Note::TakesIn { index, term, id, op: op.clone() });
        self.take_in(Entry::client(term, id, op), ctx);
    }

    /// Whether the client of this operation waits for the leader's answer to it.
    fn awaits(&self, id: OpId) -> bool {
        matches!(&self.role, Role::Leader(leadership) if leadership.waiting.get(&id.client) == Some(&id.seq))
    }

    /// An operation of the log was applied: a leader answers the client that waits for it.
    pub(super) fn answer_applied(&mut self, id: OpId, op: &Op, through: u64, ctx: &mut Ctx<'_>) {
        if !self.awaits(id) {
            return;
        }
        let Some(outcome) = self.volatile.machine.outcome(id).cloned() else { return };
        if let Some(leadership) = self.leadership_mut() {
            leadership.waiting.remove(&id.client);
        }
        if let (Op::Get { .. } | Op::Read { .. }, Outcome::Value(_)) = (op, &outcome) {
            self.volatile.served.push(super::Served { id, how: Reads::Log, through });
        }
        self.send(id.client, Message::Reply { id, outcome }, ctx);
    }
}

impl Leadership {
    /// All operations whose clients wait for this leader.
    pub(super) fn awaited(&self) -> impl Iterator<Item = OpId> {
        let of_the_log = self.waiting.iter().map(|(&client, &seq)| OpId { client, seq });
        of_the_log.chain(self.reads.iter().map(|read| read.id))
    }
}

/// Entries and heartbeats.
impl Server {
    /// Appends an entry to the leader's own log and sends it to all others.
    pub(super) fn take_in(&mut self, entry: Entry, ctx: &mut Ctx<'_>) {
        self.append(entry, ctx);
        self.sync(ctx);
        self.replicate_to_all(ctx);
        self.commit_what_a_quorum_has(self.persistent.log.last_index(), ctx);
    }

    pub(super) fn replicate_to_all(&mut self, ctx: &mut Ctx<'_>) {
        let mut batch = Batch::default();
        for peer in self.peers().iter() {
            self.replicate(peer, &mut batch, ctx);
        }
    }

    /// "Upon election and during idle periods": says that it lives.
    pub(super) fn beat(&mut self, ctx: &mut Ctx<'_>) {
        if self.steps_down_without_quorum(ctx) {
            return;
        }
        ctx.set_timer(Timer::Heartbeat, self.config.heartbeat);
        self.begin_round_if_wanted(ctx);
        let mut batch = Batch::default();
        for peer in self.peers().iter() {
            self.beat_to(peer, &mut batch, ctx);
        }
    }

    /// Where something is on its way the heartbeat goes bare; if the next one finds it still unanswered it carries
    /// it again.
    fn beat_to(&mut self, peer: ProcessId, batch: &mut Batch, ctx: &mut Ctx<'_>) {
        let Some(progress) = self.progress_mut(peer) else { return };
        if progress.in_flight.is_empty() {
            if !self.replicate(peer, batch, ctx) {
                self.send_heartbeat(peer, ctx);
            }
        } else if progress.overdue {
            progress.send_again();
            self.replicate(peer, batch, ctx);
        } else {
            progress.overdue = true;
            self.send_heartbeat(peer, ctx);
        }
    }

    /// "A leader steps down if an election timeout elapses without a successful round of heartbeats to a majority
    /// of its cluster" (CheckQuorum, thesis §6.2).
    fn steps_down_without_quorum(&mut self, ctx: &mut Ctx<'_>) -> bool {
        if !self.check_quorum() {
            return false;
        }
        let (now, timeout) = (now(ctx), self.election_timeout());
        let heard = self.servers_where(|progress| now.since(progress.heard) <= timeout);
        if self.is_quorum(heard) {
            return false;
        }
        let voters = self.membership().all_voters();
        ctx.note(Note::LosesQuorum { term: self.persistent.term, heard: heard.and(voters), of: voters.len() });
        self.volatile.leader = None;
        self.become_follower(None, ctx);
        true
    }

    /// The leader itself and the others of which something holds.
    pub(super) fn servers_where(&self, holds: impl Fn(&Progress) -> bool) -> Members {
        let Role::Leader(leadership) = &self.role else { return Members::NOBODY };
        let me = Members::NOBODY.with(self.id);
        leadership.progress.iter().filter(|(_, progress)| holds(progress)).fold(me, |those, (&id, _)| those.with(id))
    }

    pub(super) fn progress_mut(&mut self, of: ProcessId) -> Option<&mut Progress> {
        self.leadership_mut()?.progress.get_mut(&of)
    }
}

/// Answers.
impl Server {
    pub(super) fn on_appended(&mut self, from: ProcessId, term: u64, answer: Answer, round: u64, ctx: &mut Ctx<'_>) {
        // A server that leads again may be answered what it sent when it led before: that is nothing it asks now.
        if term != self.persistent.term || answer == Answer::Outdated {
            return;
        }
        let Some(progress) = self.progress_mut(from) else { return };
        progress.heard = now(ctx);
        progress.round = progress.round.max(round);
        match answer {
            Answer::Matches { through } => self.on_match(from, through, ctx),
            Answer::Differs { prev, conflict, first } => self.on_difference(from, prev, conflict, first, ctx),
            Answer::Holds { last, items } => self.on_piece_stored(from, last, items, ctx),
            Answer::Outdated => {}
        }
        self.on_round_answered(round, ctx);
    }

    fn on_match(&mut self, from: ProcessId, through: u64, ctx: &mut Ctx<'_>) {
        debug_assert!(through <= self.persistent.log.last_index(), "a follower matches no more than a leader has");
        let Some(progress) = self.progress_mut(from) else { return };
        let news = through > progress.matched;
        progress.on_match(through);
        if news {
            self.commit_what_a_quorum_has(through, ctx);
        }
        self.replicate(from, &mut Batch::default(), ctx);
        self.hand_over_if_caught_up(ctx);
    }

    /// "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry", by whole terms
    /// (end of §5.3).
    fn on_difference(&mut self, from: ProcessId, prev: u64, conflict: Option<u64>, first: u64, ctx: &mut Ctx<'_>) {
        let log = &self.persistent.log;
        let ours = conflict.map(|term| (log.first_of_term(term), log.first_of_term(term + 1)));
        let after_term = ours.filter(|(start, end)| start < end).map(|(_, end)| end);
        let Some(progress) = self.progress_mut(from) else { return };
        if progress.refused_now(prev) {
            progress.probe_from(after_term.unwrap_or(first).min(prev));
            self.replicate(from, &mut Batch::default(), ctx);
        } else if prev > 0 && prev == progress.matched && core::mem::replace(&mut progress.doubted, true) {
            // Raft knows no disk that forgets. Yet nothing may be counted that is not there any more. Only the
            // beginning of a log can't be lost.
            ctx.note(Note::FindsLoss { follower: from, first, last: prev });
            *progress = Progress::new(first.min(prev), progress.heard);
            self.replicate(from, &mut Batch::default(), ctx);
        }
    }

    /// "If there exists an N > commitIndex, a majority of matchIndex\[i\] >= N, and log\[N\].term == currentTerm:
    /// set commitIndex = N." `news` is the highest index that somebody has newly stored: it bounds N from above, and
    /// as terms never fall along a log nothing can be committed if its term is not the leader's.
    fn commit_what_a_quorum_has(&mut self, news: u64, ctx: &mut Ctx<'_>) {
        let may_commit = |server: &Self, index| {
            server.config.rules.count_old_terms || server.persistent.log.term_at(index) == Some(server.persistent.term)
        };
        if news <= self.volatile.commit || !may_commit(self, news) {
            return;
        }
        let holders = |server: &Self, index| server.servers_where(|progress| progress.matched >= index);
        let held = self.highest_with_quorum(self.volatile.commit, news, holders);
        if let Some(held) = held.filter(|&held| may_commit(self, held)) {
            let copies = holders(self, held);
            self.commit_through(held, Some(copies), ctx);
        }
    }

    /// The highest number above `floor`, and no higher than `ceiling`, that a quorum has reached, where whoever
    /// has reached a number has reached all below it.
    pub(super) fn highest_with_quorum(
        &self,
        floor: u64,
        ceiling: u64,
        reached: impl Fn(&Self, u64) -> Members,
    ) -> Option<u64> {
        let agreed = |number| self.is_quorum(reached(self, number));
        // Most answers decide nothing, and most of those that do decide all up to the newest.
        if ceiling <= floor || !agreed(floor + 1) {
            return None;
        }
        if agreed(ceiling) {
            return Some(ceiling);
        }
        let (mut low, mut high) = (floor + 1, ceiling);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if agreed(middle) { low = middle } else { high = middle }
        }
        Some(low)
    }
}

/// What answers say of a follower.
impl Progress {
    fn on_match(&mut self, through: u64) {
        self.matched = self.matched.max(through);
        self.doubted = false;
        match &self.stage {
            Stage::Snapshot { snapshot, .. } if self.matched < snapshot.last.index => return,
            Stage::Snapshot { .. } => self.in_flight.clear(),
            Stage::Probe | Stage::Replicate => {}
        }
        while self.in_flight.front().is_some_and(|&end| end <= self.matched) {
            self.in_flight.pop_front();
            self.overdue = false;
        }
        // A bare heartbeat may be taken while a probe with entries is still on its way.
        if matches!(self.stage, Stage::Replicate) {
            self.next = self.next.max(self.matched + 1);
        } else if matches!(self.stage, Stage::Snapshot { .. }) || through + 1 >= self.next {
            self.stage = Stage::Replicate;
            self.next = self.matched.max(self.in_flight.back().copied().unwrap_or(0)) + 1;
        }
    }

    /// Whether a refusal is news: what was refused is what is being tried now. An answer to an older message says
    /// nothing.
    fn refused_now(&self, prev: u64) -> bool {
        match self.stage {
            Stage::Probe => prev + 1 == self.next,
            Stage::Replicate => self.matched < prev && prev < self.next,
            Stage::Snapshot { .. } => false,
        }
    }

    /// Looks for where the logs agree, from here down, but never below what is known to match.
    fn probe_from(&mut self, next: u64) {
        self.stage = Stage::Probe;
        self.next = next.max(self.matched + 1);
        self.in_flight.clear();
        self.overdue = false;
    }

    /// Takes what was sent and not answered for lost.
    fn send_again(&mut self) {
        match self.stage {
            Stage::Replicate => self.probe_from(self.matched + 1),
            Stage::Probe | Stage::Snapshot { .. } => {
                self.in_flight.clear();
                self.overdue = false;
            }
        }
    }
}
