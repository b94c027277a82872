//! Elections (§5.2, §5.4.1), with the question before them (PreVote, thesis §9.6) and the loyalty to a leader that
//! is heard of (thesis §4.2.3).

use sim::{ProcessId, Time};

use super::{Leadership, Progress, Role, Server, now};
use crate::raft::log::{Entry, Position};
use crate::raft::membership::Members;
use crate::raft::message::Message;
use crate::raft::note::{Note, VoteRefused};
use crate::raft::{Ctx, Timer};

/// As a candidate.
impl Server {
    /// "If election timeout elapses without receiving AppendEntries RPC from current leader or granting vote to
    /// candidate: convert to candidate." Servers that have no vote never do (thesis §4.2.2).
    pub(super) fn on_election_timeout(&mut self, ctx: &mut Ctx<'_>) {
        if !self.is_voter() {
            self.restart_election_timer(ctx);
        } else if self.pre_vote() {
            self.pre_campaign(ctx);
        } else {
            self.campaign(false, ctx);
        }
    }

    /// "A candidate only increments its term if it first learns from a majority of the cluster that they would be
    /// willing to grant the candidate their votes" (thesis §9.6). Its own vote of the current term stays.
    fn pre_campaign(&mut self, ctx: &mut Ctx<'_>) {
        let term = self.persistent.term + 1;
        let silence = now(ctx).since(self.volatile.heard);
        ctx.note(Note::PreCampaigns { term, silence, leader: self.volatile.leader.take() });
        self.role = Role::PreCandidate { votes: Members::NOBODY.with(self.id) };
        self.restart_election_timer(ctx);
        let last = self.persistent.log.last();
        for voter in self.peers().and(self.membership().all_voters()).iter() {
            self.send(voter, Message::RequestPreVote { term, last }, ctx);
        }
        self.campaign_if_it_could_win(ctx);
    }

    pub(super) fn on_pre_vote(&mut self, voter: ProcessId, asked: u64, granted: bool, ctx: &mut Ctx<'_>) {
        if asked != self.persistent.term + 1 || !granted {
            return;
        }
        if let Role::PreCandidate { votes } = &mut self.role {
            *votes = votes.with(voter);
            self.campaign_if_it_could_win(ctx);
        }
    }

    fn campaign_if_it_could_win(&mut self, ctx: &mut Ctx<'_>) {
        if matches!(self.role, Role::PreCandidate { votes } if self.is_quorum(votes)) {
            self.campaign(false, ctx);
        }
    }

    /// "On conversion to candidate, start election." `transfer` says that the leader told it to.
    pub(super) fn campaign(&mut self, transfer: bool, ctx: &mut Ctx<'_>) {
        let term = self.persistent.term + 1;
        // Its own vote is bound like any other. No timer runs out so early by itself.
        if self.check_quorum() && !transfer && self.hears_leader(now(ctx)) {
            let why = VoteRefused::HearsLeader { leader: self.volatile.leader };
            ctx.note(Note::RefusesVote { candidate: self.id, term, why });
            self.role = Role::Follower;
            self.restart_election_timer(ctx);
            return;
        }
        let silence = now(ctx).since(self.volatile.heard);
        ctx.note(Note::Campaigns { term, silence, leader: self.volatile.leader.take() });
        self.write_ballot(term, Some(self.id), ctx);
        self.role = Role::Candidate { votes: Members::NOBODY.with(self.id) };
        self.restart_election_timer(ctx);
        let last = self.persistent.log.last();
        for voter in self.peers().and(self.membership().all_voters()).iter() {
            self.send(voter, Message::RequestVote { term, last, transfer }, ctx);
        }
        self.lead_if_elected(ctx);
    }

    pub(super) fn on_vote(&mut self, voter: ProcessId, term: u64, granted: bool, ctx: &mut Ctx<'_>) {
        if term != self.persistent.term || !granted {
            return;
        }
        if let Role::Candidate { votes } = &mut self.role {
            *votes = votes.with(voter);
            self.lead_if_elected(ctx);
        }
    }

    /// "If votes received from majority of servers: become leader." Whoever was asked and is no voter by the time
    /// of the answer does not count.
    fn lead_if_elected(&mut self, ctx: &mut Ctx<'_>) {
        let Role::Candidate { votes } = self.role else { return };
        if !self.is_quorum(votes) {
            return;
        }
        let (term, voters) = (self.persistent.term, self.membership().all_voters());
        ctx.note(Note::Leads { term, votes: votes.and(voters), of: voters.len() });
        self.role = Role::Leader(Box::default());
        self.volatile.leader = Some(self.id);
        self.follow_membership(ctx);
        ctx.cancel_timer(Timer::Election);
        ctx.set_timer(Timer::Heartbeat, self.config.heartbeat);
        self.begin_leases(ctx);
        if self.config.no_op && !self.config.rules.count_old_terms {
            ctx.note(Note::BeginsTerm { index: self.persistent.log.last_index() + 1, term });
            self.take_in(Entry::no_op(term), ctx);
        } else {
            self.replicate_to_all(ctx);
        }
    }

    /// Keeps the progress of whoever is in the configuration in force, and of nobody else, if it leads.
    pub(super) fn follow_membership(&mut self, ctx: &Ctx<'_>) {
        // The entry that brings a newcomer in may be the log's last: it is sent that first.
        let (peers, next) = (self.peers(), self.persistent.log.last_index() + 1);
        let Role::Leader(leadership) = &mut self.role else { return };
        leadership.keep_progress_of(peers, next, now(ctx));
    }
}

impl Leadership {
    fn keep_progress_of(&mut self, peers: Members, next: u64, now: Time) {
        self.progress.retain(|&peer, _| peers.contains(peer));
        for peer in peers.iter() {
            self.progress.entry(peer).or_insert_with(|| Progress::new(next, now));
        }
    }
}

/// As a voter.
impl Server {
    /// Whether it does not even catch up with a candidate's term, because it hears from a leader: "if a server
    /// receives a RequestVote request within the minimum election timeout of hearing from a current leader, it
    /// does not update its term or grant its vote" (thesis §4.2.3).
    pub(super) fn disregards(&self, message: &Message, ctx: &Ctx<'_>) -> bool {
        let asks = matches!(message, Message::RequestVote { transfer: false, .. });
        asks && self.check_quorum() && self.hears_leader(now(ctx))
    }

    /// Whether it has heard from a leader within the shortest election timeout, or leads. A newer term does not
    /// end that: the leader of the older one may still count on it (thesis §6.4.1).
    fn hears_leader(&self, now: Time) -> bool {
        let lately = |since: Time| now.since(since) < self.election_timeout();
        self.leads() || self.volatile.loyal_since.is_some_and(lately)
    }

    /// What it would answer to a request for its vote, of which nothing comes but the answer (thesis §9.6).
    pub(super) fn on_request_pre_vote(&mut self, candidate: ProcessId, term: u64, last: Position, ctx: &mut Ctx<'_>) {
        let loyal = (self.pre_vote() || self.check_quorum()) && self.hears_leader(now(ctx));
        let refused = self.reason_to_refuse(candidate, term, last, loyal);
        ctx.note(match refused {
            None => Note::PreVotes { candidate, term },
            Some(why) => Note::RefusesPreVote { candidate, term, why },
        });
        let granted = refused.is_none();
        self.send(candidate, Message::PreVote { asked: term, term: self.persistent.term, granted }, ctx);
    }

    /// Figure 2, "RequestVote RPC, receiver implementation". Whether the candidate is in the voter's configuration
    /// does not matter: the voter's may be the older one (thesis §4.1).
    pub(super) fn on_request_vote(
        &mut self,
        candidate: ProcessId,
        term: u64,
        last: Position,
        transfer: bool,
        ctx: &mut Ctx<'_>,
    ) {
        let loyal = self.check_quorum() && !transfer && self.hears_leader(now(ctx));
        let refused = self.reason_to_refuse(candidate, term, last, loyal);
        match refused {
            None => {
                self.write_ballot(term, Some(candidate), ctx);
                self.restart_election_timer(ctx);
                ctx.note(Note::Votes { candidate, term });
            }
            Some(why) => ctx.note(Note::RefusesVote { candidate, term, why }),
        }
        let granted = refused.is_none();
        self.send(candidate, Message::Vote { term: self.persistent.term, granted }, ctx);
    }

    fn reason_to_refuse(&self, candidate: ProcessId, term: u64, theirs: Position, loyal: bool) -> Option<VoteRefused> {
        let (mine, last) = (self.persistent.term, self.persistent.log.last());
        if term < mine {
            return Some(VoteRefused::OldTerm { mine });
        }
        if loyal {
            return Some(VoteRefused::HearsLeader { leader: self.volatile.leader });
        }
        if let Some(to) = self.persistent.voted_for.filter(|&to| term == mine && to != candidate) {
            return Some(VoteRefused::AlreadyVoted { to });
        }
        let behind = theirs < last && !self.config.rules.skip_up_to_date_check;
        behind.then_some(VoteRefused::LogBehind { theirs, mine: last })
    }
}
