//! Reads that need no entry of the log: made sure of by a round of heartbeats (thesis §6.4), or by a lease
//! (thesis §6.4.1).
//!
//! The lease counts from when a round of heartbeats was sent that a quorum has acknowledged. Whoever acknowledged
//! it helps nobody to be elected within the shortest election timeout of receiving it, on its own clock. So for as
//! long, less what two clocks may drift apart meanwhile, nobody else can have committed anything. That holds only if
//! all voters run with CheckQuorum, and if the leader has told nobody to campaign.

use sim::{OpId, Span, Time};

use super::{PendingRead, Role, Rounds, Served, Server, now};
use crate::raft::Ctx;
use crate::raft::message::Message;
use crate::raft::note::Note;
use crate::scenario::Reads;

/// The most rounds whose beginning a leader remembers while no quorum answers.
const ROUNDS_MAX: usize = 64;

const MILLION: u64 = 1_000_000;

/// Reads.
impl Server {
    /// A leader is asked for a read that needs no entry of the log.
    pub(super) fn take_read(&mut self, id: OpId, key: String, how: Reads, ctx: &mut Ctx<'_>) {
        let can_lease = how == Reads::Lease && self.can_lease();
        let committed = self.has_committed_in_its_term();
        let Some(leadership) = self.leadership_mut() else { return };
        leadership.rounds.leases |= can_lease;
        // A client that asks for something new has given up what it asked for before.
        leadership.reads.retain(|read| read.id.client != id.client);
        if committed && can_lease && self.holds_lease(ctx) {
            self.serve_read(id, &key, how, ctx);
            return;
        }
        if let Some(leadership) = self.leadership_mut() {
            leadership.reads.push(PendingRead { id, key, how, round: None });
        }
        if committed {
            self.check_leadership_for_reads(ctx);
        } else {
            ctx.note(Note::HoldsRead { id });
        }
    }

    /// Whether "the leader has committed an entry in its current term": before that it does not know which of the
    /// entries that it has are committed (thesis §6.4, step 1).
    pub(super) fn has_committed_in_its_term(&self) -> bool {
        self.persistent.log.term_at(self.volatile.commit) == Some(self.persistent.term)
    }

    /// Each read that has none gets a round that begins after it came, and the commit index of this moment, its
    /// `readIndex` (thesis §6.4, steps 2 and 3). Reads that come while a round is on its way share the next.
    pub(super) fn check_leadership_for_reads(&mut self, ctx: &mut Ctx<'_>) {
        let commit = self.volatile.commit;
        let Some(leadership) = self.leadership_mut() else { return };
        let (latest, leases) = (leadership.rounds.latest, leadership.rounds.leases);
        let on_its_way = leadership.reads.iter().any(|read| read.round.is_some_and(|(round, _)| round == latest));
        let round = latest + 1;
        for read in leadership.reads.iter_mut().filter(|read| read.round.is_none()) {
            read.round = Some((round, commit));
            let lease_out = leases && read.how == Reads::Lease;
            ctx.note(Note::ChecksLeadership { id: read.id, round, lease_out });
        }
        if !on_its_way {
            self.begin_round_of_reads(ctx);
        }
    }

    /// Begins the round for which reads wait, and sends it to all voters at once.
    fn begin_round_of_reads(&mut self, ctx: &mut Ctx<'_>) {
        let Role::Leader(leadership) = &self.role else { return };
        let latest = leadership.rounds.latest;
        if !leadership.reads.iter().any(|read| read.round.is_some_and(|(round, _)| round > latest)) {
            return;
        }
        self.begin_round(ctx);
        for voter in self.peers().and(self.membership().all_voters()).iter() {
            self.send_heartbeat(voter, ctx);
        }
        // A leader alone needs no answer.
        self.on_round_answered(self.round(), ctx);
    }

    /// Somebody answered a round.
    pub(super) fn on_round_answered(&mut self, round: u64, ctx: &mut Ctx<'_>) {
        let Role::Leader(leadership) = &self.role else { return };
        let at_once = leadership.rounds.leases && self.config.rules.lease_without_bound;
        if (!leadership.reads.is_empty() || at_once) && self.confirm_rounds(round, ctx) {
            self.serve_confirmed_reads(ctx);
        }
    }

    /// "Once a majority of the cluster has acknowledged the round, the leader knows that there could not have existed
    /// a leader for a greater term at the moment it sent the heartbeats" (thesis §6.4, step 3).
    fn serve_confirmed_reads(&mut self, ctx: &mut Ctx<'_>) {
        let Some(leadership) = self.leadership_mut() else { return };
        let confirmed = leadership.rounds.confirmed;
        let (now, later) = core::mem::take(&mut leadership.reads)
            .into_iter()
            .partition(|read| read.round.is_some_and(|(round, _)| round <= confirmed));
        leadership.reads = later;
        let now: Vec<PendingRead> = now;
        for PendingRead { id, key, how, .. } in now {
            self.serve_read(id, &key, how, ctx);
        }
        self.begin_round_of_reads(ctx);
    }

    /// Answers a read from the state machine.
    pub(super) fn serve_read(&mut self, id: OpId, key: &str, how: Reads, ctx: &mut Ctx<'_>) {
        let (outcome, through) = (self.volatile.machine.read(key), self.volatile.applied);
        self.volatile.served.push(Served { id, how, through });
        ctx.note(Note::ServesRead { id, how, through });
        self.send(id.client, Message::Reply { id, outcome }, ctx);
    }
}

/// Rounds of heartbeats, and the lease.
impl Server {
    /// Whether all servers are loyal to a leader that they hear from.
    fn can_lease(&self) -> bool {
        self.config.check_quorum && self.config.not_upgraded.is_empty()
    }

    /// A leader that is to read by leases begins the first round with its term.
    pub(super) fn begin_leases(&mut self, ctx: &Ctx<'_>) {
        let leases = self.config.reads == Reads::Lease && self.can_lease();
        if let Some(leadership) = self.leadership_mut().filter(|_| leases) {
            leadership.rounds.leases = true;
            self.begin_round(ctx);
        }
    }

    /// A heartbeat begins a round if a lease is to be kept up, or if reads wait for one.
    pub(super) fn begin_round_if_wanted(&mut self, ctx: &mut Ctx<'_>) {
        let Role::Leader(leadership) = &self.role else { return };
        let Rounds { latest, leases, .. } = leadership.rounds;
        let wanted = |read: &PendingRead| read.round.is_some_and(|(round, _)| round > latest);
        if leases {
            self.confirm_rounds(latest, ctx);
            self.begin_round(ctx);
        } else if leadership.reads.iter().any(wanted) {
            self.begin_round(ctx);
        }
    }

    fn begin_round(&mut self, ctx: &Ctx<'_>) {
        let Some(leadership) = self.leadership_mut() else { return };
        let rounds = &mut leadership.rounds;
        rounds.latest += 1;
        if rounds.began.len() == ROUNDS_MAX {
            rounds.began.pop_front();
        }
        rounds.began.push_back(now(ctx));
    }

    /// Finds the latest round up to `newest` that a quorum has acknowledged. Says whether that is news.
    fn confirm_rounds(&mut self, newest: u64, ctx: &Ctx<'_>) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        let newest = newest.min(leadership.rounds.latest);
        let confirmed = self.highest_with_quorum(leadership.rounds.confirmed, newest, |server, round| {
            server.servers_where(|progress| progress.round >= round)
        });
        let unbounded = self.config.rules.lease_without_bound;
        let (Some(confirmed), Some(leadership)) = (confirmed, self.leadership_mut()) else { return false };
        let rounds = &mut leadership.rounds;
        if let Some(began) = rounds.confirm(confirmed) {
            // The broken rule takes the answers' arrival for the heartbeats' departure.
            rounds.lease_from = Some(if unbounded { now(ctx) } else { began });
        }
        true
    }

    /// Whether its lease still runs, on its own clock.
    fn holds_lease(&mut self, ctx: &Ctx<'_>) -> bool {
        self.confirm_rounds(self.round(), ctx);
        let Role::Leader(leadership) = &self.role else { return false };
        let rounds = &leadership.rounds;
        let runs = |from: Time| now(ctx) < from + self.lease();
        !rounds.forsworn && rounds.lease_from.is_some_and(runs)
    }

    /// How long a lease lasts: the shortest election timeout, less what clocks may drift apart meanwhile.
    fn lease(&self) -> Span {
        let timeout = self.election_timeout();
        if self.config.rules.lease_without_bound {
            return timeout;
        }
        let share = MILLION.saturating_sub(u64::from(self.config.drift_bound));
        Span(timeout.0.saturating_mul(share) / MILLION)
    }
}

impl Rounds {
    /// A quorum has acknowledged this round. Says when it began, if that is remembered.
    fn confirm(&mut self, round: u64) -> Option<Time> {
        self.confirmed = round;
        let later = usize::try_from(self.latest - round).unwrap_or(usize::MAX);
        let place = self.began.len().checked_sub(later.saturating_add(1))?;
        let began = self.began.get(place).copied();
        self.began.drain(..=place);
        began
    }
}
