//! A Raft server: Figure 2 of the paper (Ongaro and Ousterhout 2014, extended version) as a sans-I/O state machine,
//! with what the thesis (Ongaro 2014) adds to it.
//!
//! State is grouped as the figure groups it; each handler follows one of its boxes. What the figure leaves open
//! is decided as follows: a leader takes in a no-op when its term begins (§8); it sends what is new at once and
//! what was not acknowledged again with its second heartbeat after; a refusal tells where the conflicting term
//! begins (§5.3). Everything is on disk before anyone is told of it. It must never know of views or words.

mod apply;
mod change;
mod election;
mod follow;
mod install;
mod lead;
mod read;
mod send;
mod state;
mod transfer;

use std::sync::Arc;

use sim::{Disk as _, ProcessId, Span, Time};

use crate::op::Admin;
use crate::raft::disk::{Persistent, Write};
use crate::raft::log::{Command, Entry};
use crate::raft::membership::{Configurations, Configured, Members, Membership, Quorum};
use crate::raft::message::Message;
use crate::raft::note::Note;
use crate::raft::{Ctx, Timer};
use crate::scenario::RaftConfig;

pub use lead::UNCOMMITTED_MAX;
pub use state::{Leadership, PendingRead, Progress, Role, Rounds, Served, Stage, Transfer, Volatile};

/// How long after a write the next fsync comes, if servers answer before it (that rule being broken).
pub const FLUSH_AFTER: Span = Span::from_millis(10);

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    /// "Persistent state on all servers": what is, or is about to be, on its disk.
    pub persistent: Persistent,
    /// "Volatile state on all servers".
    pub volatile: Volatile,
    /// The part that it plays, with the state that only that part has.
    pub role: Role,
    id: ProcessId,
    servers: u8,
    config: Arc<RaftConfig>,
    /// Whether something was written and not yet fsynced.
    unsynced: bool,
    /// Whether the timer of the next fsync runs (only if that rule is broken).
    flushing: bool,
}

impl Server {
    /// A server that comes up with what its disk holds, one of `servers` with ids from 0.
    #[must_use]
    pub fn new(id: ProcessId, servers: u8, config: Arc<RaftConfig>, disk: Persistent) -> Self {
        debug_assert!(id.0 < servers, "servers have the first ids");
        let (configured, machine, through) = match disk.snapshot.as_deref() {
            Some(snapshot) => (snapshot.configured, snapshot.machine.clone(), snapshot.last.index),
            None => (first_configuration(servers, &config), Default::default(), 0),
        };
        let mut volatile = Volatile::new(configured, machine, through);
        volatile.configurations = configurations_of(configured, &disk);
        Self { persistent: disk, volatile, role: Role::Follower, id, servers, config, unsynced: false, flushing: false }
    }

    /// Servers come up as followers (§5.2). Before it went down it may have promised a leader to help nobody else
    /// for an election timeout, and it has forgotten when (thesis §6.4.1): so it counts from now.
    pub(crate) fn start(&mut self, ctx: &mut Ctx<'_>) {
        self.volatile.loyal_since = (self.persistent.term > 0).then(|| now(ctx));
        self.restart_election_timer(ctx);
    }

    /// Handles a message. A higher term comes before everything else (Figure 2, "Rules for All Servers"), but for
    /// the votes that a server does not heed because it hears from a leader (thesis §4.2.3).
    pub(crate) fn on_message(&mut self, from: ProcessId, message: Message, ctx: &mut Ctx<'_>) {
        self.begin_step(ctx);
        if let Some(term) = message.term().filter(|&term| term > self.persistent.term)
            && !self.disregards(&message, ctx)
        {
            let leads = matches!(message, Message::Append { .. } | Message::InstallSnapshot { .. });
            self.adopt_term(term, from, leads, ctx);
        }
        match message {
            Message::RequestPreVote { term, last } => self.on_request_pre_vote(from, term, last, ctx),
            Message::PreVote { asked, granted, .. } => self.on_pre_vote(from, asked, granted, ctx),
            Message::RequestVote { term, last, transfer } => self.on_request_vote(from, term, last, transfer, ctx),
            Message::Vote { term, granted } => self.on_vote(from, term, granted, ctx),
            Message::Append { term, prev, entries, commit, round } => {
                let answer = self.on_append(from, term, prev, &entries, commit, ctx);
                self.answer_leader(from, answer, round, ctx);
            }
            Message::InstallSnapshot { term, part, round } => {
                let answer = self.on_install_snapshot(from, term, &part, ctx);
                self.answer_leader(from, answer, round, ctx);
            }
            Message::Appended { term, answer, round } => self.on_appended(from, term, answer, round, ctx),
            Message::TimeoutNow { term } => self.on_timeout_now(term, ctx),
            Message::Request { id, op } => self.on_operation(id, op, ctx),
            // Only clients get these.
            Message::Reply { .. } | Message::NotLeader { .. } => {}
        }
        self.sync(ctx);
    }

    /// Handles a timer that ran out.
    pub(crate) fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx<'_>) {
        self.begin_step(ctx);
        match (timer, &self.role) {
            (Timer::Election, Role::Follower | Role::PreCandidate { .. } | Role::Candidate { .. }) => {
                self.on_election_timeout(ctx);
            }
            (Timer::Heartbeat, Role::Leader(_)) => self.beat(ctx),
            (Timer::Transfer, Role::Leader(_)) => self.abort_transfer(ctx),
            (Timer::Flush, _) => self.flush(ctx),
            _ => {}
        }
        self.sync(ctx);
    }

    /// Handles what an operator asks for, or notes why not.
    pub(crate) fn on_request(&mut self, admin: Admin, ctx: &mut Ctx<'_>) {
        self.begin_step(ctx);
        let done = match &admin {
            Admin::Compact => self.compact_on_request(ctx),
            Admin::Transfer(to) => self.begin_transfer(*to, ctx),
            Admin::AddLearner(_) | Admin::AddVoter(_) | Admin::Remove(_) | Admin::Reconfigure(_) => {
                self.begin_change(&admin, ctx)
            }
        };
        if let Err(why) = done {
            ctx.note(Note::Refuses { what: admin, why });
        }
        self.sync(ctx);
    }

    /// About how many bytes a clone takes that it does not share.
    pub(crate) fn bytes(&self) -> usize {
        let leadership = match &self.role {
            Role::Leader(leadership) => leadership.progress.len() * size_of::<(ProcessId, Progress)>(),
            _ => 0,
        };
        size_of::<Self>() + self.persistent.bytes() + self.volatile.machine.bytes() + leadership
    }

    /// What comes before each input. A snapshot is taken only now, not as soon as the log is long enough: so what a
    /// step has applied can still be seen in the log at its end.
    fn begin_step(&mut self, ctx: &mut Ctx<'_>) {
        self.volatile.served.clear();
        self.compact_if_due(ctx);
    }
}

/// What its clock shows. It is used for spans alone.
fn now(ctx: &Ctx<'_>) -> Time {
    ctx.clock()
}

/// The cluster's first configuration, that of index 0: the voters that the scenario names, or all servers.
pub(crate) fn first_configuration(servers: u8, config: &RaftConfig) -> Configured {
    let named: Members = config.voters.iter().copied().collect();
    let voters = if named.is_empty() { Members::first(servers) } else { named };
    Configured { index: 0, membership: Membership::of(voters) }
}

/// The configurations of a log that begins with this one.
fn configurations_of(base: Configured, disk: &Persistent) -> Configurations {
    let mut configurations = Configurations::new(base);
    for (index, entry) in (disk.log.first_index()..).zip(disk.log.entries_from(0, usize::MAX)) {
        if let Command::Configuration(membership) = *entry.command {
            configurations.append(index, membership);
        }
    }
    configurations
}

/// Terms (§5.1).
impl Server {
    /// "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower."
    /// `leads` says whether who told it leads that term.
    fn adopt_term(&mut self, term: u64, by: ProcessId, leads: bool, ctx: &mut Ctx<'_>) {
        let from_term = self.persistent.term;
        self.write_ballot(term, None, ctx);
        self.volatile.leader = None;
        match self.role {
            Role::Follower => ctx.note(Note::NewTerm { term, by }),
            _ => self.step_down(from_term, by, leads, ctx),
        }
    }

    /// Becomes a follower of its own term, because of somebody. The vote stays as it is: it was cast in this term.
    fn step_down(&mut self, from_term: u64, by: ProcessId, by_leader: bool, ctx: &mut Ctx<'_>) {
        let led = self.leads();
        ctx.note(Note::StepsDown { term: self.persistent.term, from_term, led, by });
        self.become_follower(by_leader.then_some(by), ctx);
    }

    /// A leader had no election timer running and needs one, and clients wait for what it can't promise any more;
    /// a candidate keeps the timer that it has.
    fn become_follower(&mut self, leader: Option<ProcessId>, ctx: &mut Ctx<'_>) {
        let Role::Leader(leadership) = core::mem::replace(&mut self.role, Role::Follower) else { return };
        ctx.cancel_timer(Timer::Heartbeat);
        if leadership.transfer.is_some() {
            ctx.cancel_timer(Timer::Transfer);
        }
        self.restart_election_timer(ctx);
        for id in leadership.awaited() {
            self.send(id.client, Message::NotLeader { id, leader }, ctx);
        }
    }

    /// Sets the election timer to a new random span (§5.2): on hearing from the current leader, on granting a
    /// vote, and on starting an election; never on anything else.
    fn restart_election_timer(&mut self, ctx: &mut Ctx<'_>) {
        let (low, high) = self.config.election_timeout;
        let after = if self.config.rules.same_timeouts { low } else { ctx.random_span(low, high) };
        self.volatile.heard = now(ctx);
        ctx.set_timer(Timer::Election, after);
    }
}

/// What the handlers share.
impl Server {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> ProcessId {
        self.id
    }

    /// Whether it leads.
    #[must_use]
    pub fn leads(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// The configuration in force: the latest in its log, committed or not (§6).
    #[must_use]
    pub fn membership(&self) -> Membership {
        self.volatile.configurations.latest().membership
    }

    /// Whether its vote counts in the configuration in force.
    #[must_use]
    pub fn is_voter(&self) -> bool {
        self.membership().all_voters().contains(self.id)
    }

    /// Whether these are enough to decide.
    fn is_quorum(&self, of: Members) -> bool {
        let quorum = if self.config.rules.quorum_of_half { Quorum::Half } else { Quorum::Majority };
        self.membership().is_quorum(of, quorum)
    }

    /// All others of the configuration in force.
    fn peers(&self) -> Members {
        self.membership().everybody().without(self.id)
    }

    /// Whether it runs what an upgrade brings.
    fn is_upgraded(&self) -> bool {
        !self.config.not_upgraded.contains(&self.id)
    }

    fn pre_vote(&self) -> bool {
        self.config.pre_vote && self.is_upgraded()
    }

    fn check_quorum(&self) -> bool {
        self.config.check_quorum && self.is_upgraded()
    }

    /// The shortest time after which a follower that hears nothing may campaign.
    fn election_timeout(&self) -> Span {
        self.config.election_timeout.0
    }

    /// The leader's state, if it leads.
    fn leadership_mut(&mut self) -> Option<&mut Leadership> {
        match &mut self.role {
            Role::Leader(leadership) => Some(leadership),
            _ => None,
        }
    }

    /// Adds an entry to its log. "Once a given server adds the new configuration entry to its log, it uses that
    /// configuration for all future decisions" (§6).
    fn append(&mut self, entry: Entry, ctx: &mut Ctx<'_>) {
        let command = Arc::clone(&entry.command);
        self.write(Write::Append(entry), ctx);
        if let Command::Configuration(membership) = *command {
            let index = self.persistent.log.last_index();
            self.volatile.configurations.append(index, membership);
            ctx.note(Note::Reconfigures { index, membership });
            self.follow_membership(ctx);
        }
    }

    /// Changes the term and the vote. A server that forgets votes keeps them in memory alone.
    fn write_ballot(&mut self, term: u64, voted_for: Option<ProcessId>, ctx: &mut Ctx<'_>) {
        if (self.persistent.term, self.persistent.voted_for) == (term, voted_for) {
            return;
        }
        self.write(Write::Ballot { term, voted_for }, ctx);
        if self.config.rules.forget_vote {
            ctx.write(Write::Ballot { term, voted_for: None });
        }
    }

    /// Changes the persistent state: in memory at once, on disk at the next fsync.
    fn write(&mut self, write: Write, ctx: &mut Ctx<'_>) {
        self.persistent.apply(&write);
        ctx.write(write);
        self.unsynced = true;
    }

    /// Makes what was written lasting. If servers answer before that, it happens some time later.
    fn sync(&mut self, ctx: &mut Ctx<'_>) {
        if !self.unsynced {
            return;
        }
        if !self.config.rules.ack_before_fsync {
            self.flush(ctx);
        } else if !core::mem::replace(&mut self.flushing, true) {
            ctx.set_timer(Timer::Flush, FLUSH_AFTER);
        }
    }

    fn flush(&mut self, ctx: &mut Ctx<'_>) {
        self.flushing = false;
        if core::mem::take(&mut self.unsynced) {
            ctx.fsync();
        }
    }

    /// Sends a message; before that, everything written so far is made lasting ("updated on stable storage
    /// before responding to RPCs").
    fn send(&mut self, to: ProcessId, message: Message, ctx: &mut Ctx<'_>) {
        self.sync(ctx);
        ctx.send(to, message);
    }
}

#[cfg(test)]
#[path = "../tests/mod.rs"]
mod tests;
