//! A Raft server: Figure 2 of the paper (Ongaro and Ousterhout 2014, extended version) as a sans-I/O state machine.
//!
//! State is grouped as the figure groups it; each handler follows one of its boxes. What the figure leaves open
//! is decided as follows: a leader takes in a no-op when its term begins (§8); it sends what is new at once and
//! what was not acknowledged again with its second heartbeat after; a refusal tells where the conflicting term
//! begins (§5.3). Everything is on disk before anyone is told of it. It must never know of views or words.

use litemap::LiteMap;

use sim::{Disk as _, OpId, ProcessId, Time};

use crate::op::Op;
use crate::raft::disk::{Persistent, Write};
use crate::raft::log::{Entry, Position};
use crate::raft::machine::Machine;
use crate::raft::message::{Answer, Message};
use crate::raft::note::{Note, VoteRefused};
use crate::raft::{Ctx, Timer};
use crate::scenario::RaftConfig;

/// The most entries that one message carries.
pub const BATCH_MAX: usize = 64;

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
    config: RaftConfig,
    /// Whether something was written and not yet fsynced.
    unsynced: bool,
}

/// State in memory that a crash loses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Volatile {
    /// The highest index known to be committed (`commitIndex`).
    pub commit: u64,
    /// The highest index applied to the state machine (`lastApplied`). Applying takes no time here, so
    /// between steps it equals `commit`.
    pub applied: u64,
    /// The state machine.
    pub machine: Machine,
    /// Whom it knows to lead its term, to tell clients (§8).
    pub leader: Option<ProcessId>,
    /// When it last heard from a leader of its term or granted a vote, on its own clock.
    pub heard: Time,
}

/// The part that a server plays (§5.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Answers leaders and candidates.
    Follower,
    /// Asks to lead.
    Candidate {
        /// Who voted for it, itself among them.
        votes: LiteMap<ProcessId, ()>,
    },
    /// Takes requests and replicates.
    Leader(Leadership),
}

/// "Volatile state on leaders", set afresh at each election.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leadership {
    /// How far each other server is.
    pub progress: LiteMap<ProcessId, Progress>,
    /// The operations whose clients wait for this server's answer.
    pub waiting: LiteMap<OpId, ()>,
}

/// What a leader knows of one follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// The next entry to send (`nextIndex`).
    pub next: u64,
    /// The highest entry known to be replicated there (`matchIndex`).
    pub matched: u64,
    /// The highest entry sent and not yet thought lost; never below `matched`.
    pub sent: u64,
}

impl Server {
    /// A server that comes up with what its disk holds, one of `servers` with ids from 0.
    #[must_use]
    pub fn new(id: ProcessId, servers: u8, config: RaftConfig, disk: Persistent) -> Self {
        debug_assert!(id.0 < servers, "servers have the first ids");
        let volatile = Volatile::default();
        Self { persistent: disk, volatile, role: Role::Follower, id, servers, config, unsynced: false }
    }

    /// Servers come up as followers (§5.2).
    pub(crate) fn start(&mut self, ctx: &mut Ctx<'_>) {
        self.restart_election_timer(ctx);
    }

    /// Handles a message. A higher term comes before everything else (Figure 2, "Rules for All Servers").
    pub(crate) fn on_message(&mut self, from: ProcessId, message: Message, ctx: &mut Ctx<'_>) {
        if let Some(term) = message.term().filter(|&term| term > self.persistent.term) {
            self.adopt_term(term, from, ctx);
        }
        match message {
            Message::RequestVote { term, last } => self.on_request_vote(from, term, last, ctx),
            Message::Vote { term, granted } => self.on_vote(from, term, granted, ctx),
            Message::Append { term, prev, entries, commit } => self.on_append(from, term, prev, &entries, commit, ctx),
            Message::Appended { term, answer } => self.on_appended(from, term, answer, ctx),
            Message::Request { id, op } => self.on_request(id, op, ctx),
            // Only clients get these.
            Message::Reply { .. } | Message::NotLeader { .. } => {}
        }
        self.sync(ctx);
    }

    /// Handles a timer that ran out.
    pub(crate) fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx<'_>) {
        match (timer, &self.role) {
            (Timer::Election, Role::Follower | Role::Candidate { .. }) => self.campaign(ctx),
            (Timer::Heartbeat, Role::Leader(_)) => self.beat(ctx),
            _ => {}
        }
    }
}

/// Terms (§5.1).
impl Server {
    /// "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower."
    fn adopt_term(&mut self, term: u64, by: ProcessId, ctx: &mut Ctx<'_>) {
        let from_term = self.persistent.term;
        self.write_ballot(term, None, ctx);
        self.volatile.leader = None;
        match self.role {
            Role::Follower => ctx.note(Note::NewTerm { term, by }),
            Role::Candidate { .. } | Role::Leader(_) => self.step_down(from_term, by, ctx),
        }
    }

    /// Becomes a follower of its own term. A leader had no election timer running and needs one;
    /// a candidate keeps the one that it has. The vote stays as it is: it was cast in this term.
    fn step_down(&mut self, from_term: u64, by: ProcessId, ctx: &mut Ctx<'_>) {
        let led = matches!(self.role, Role::Leader(_));
        ctx.note(Note::StepsDown { term: self.persistent.term, from_term, led, by });
        self.role = Role::Follower;
        if led {
            ctx.cancel_timer(Timer::Heartbeat);
            self.restart_election_timer(ctx);
        }
    }

    /// Sets the election timer to a new random span (§5.2): on hearing from the current leader, on granting a
    /// vote, and on starting an election; never on anything else.
    fn restart_election_timer(&mut self, ctx: &mut Ctx<'_>) {
        let (low, high) = self.config.election_timeout;
        let after = ctx.random_span(low, high);
        self.volatile.heard = ctx.clock();
        ctx.set_timer(Timer::Election, after);
    }
}

/// Elections (§5.2, §5.4.1).
impl Server {
    /// "On conversion to candidate, start election."
    fn campaign(&mut self, ctx: &mut Ctx<'_>) {
        let term = self.persistent.term + 1;
        let silence = ctx.clock().since(self.volatile.heard);
        ctx.note(Note::Campaigns { term, silence, leader: self.volatile.leader.take() });
        self.write_ballot(term, Some(self.id), ctx);
        let mut votes = LiteMap::new();
        votes.insert(self.id, ());
        self.role = Role::Candidate { votes };
        self.restart_election_timer(ctx);
        let last = self.persistent.log.last();
        for peer in self.peers() {
            self.send(peer, Message::RequestVote { term, last }, ctx);
        }
        self.lead_if_elected(ctx);
    }

    /// Figure 2, "RequestVote RPC, receiver implementation".
    fn on_request_vote(&mut self, candidate: ProcessId, term: u64, last: Position, ctx: &mut Ctx<'_>) {
        let refused = self.reason_to_refuse(candidate, term, last);
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

    fn reason_to_refuse(&self, candidate: ProcessId, term: u64, theirs: Position) -> Option<VoteRefused> {
        let mine = self.persistent.log.last();
        if term < self.persistent.term {
            return Some(VoteRefused::OldTerm { mine: self.persistent.term });
        }
        if let Some(to) = self.persistent.voted_for.filter(|&to| to != candidate) {
            return Some(VoteRefused::AlreadyVoted { to });
        }
        let behind = theirs < mine && !self.config.rules.skip_up_to_date_check;
        behind.then_some(VoteRefused::LogBehind { theirs, mine })
    }

    fn on_vote(&mut self, voter: ProcessId, term: u64, granted: bool, ctx: &mut Ctx<'_>) {
        if term != self.persistent.term || !granted {
            return;
        }
        if let Role::Candidate { votes } = &mut self.role {
            votes.insert(voter, ());
            self.lead_if_elected(ctx);
        }
    }

    /// "If votes received from majority of servers: become leader."
    fn lead_if_elected(&mut self, ctx: &mut Ctx<'_>) {
        let Role::Candidate { votes } = &self.role else { return };
        if votes.len() < self.quorum() {
            return;
        }
        let (term, last) = (self.persistent.term, self.persistent.log.last_index());
        ctx.note(Note::Leads { term, votes: votes.keys().copied().collect(), of: self.servers });
        let fresh = Progress { next: last + 1, matched: 0, sent: 0 };
        // One by one: they come in order, and `collect` would bring a whole sort into the page's WASM.
        let mut progress = LiteMap::new();
        for peer in self.peers() {
            progress.insert(peer, fresh);
        }
        self.role = Role::Leader(Leadership { progress, waiting: LiteMap::new() });
        self.volatile.leader = Some(self.id);
        ctx.cancel_timer(Timer::Election);
        ctx.set_timer(Timer::Heartbeat, self.config.heartbeat);
        if self.config.rules.count_old_terms {
            for peer in self.peers() {
                self.replicate(peer, ctx);
            }
            return;
        }
        ctx.note(Note::BeginsTerm { index: last + 1, term });
        self.take_in(Entry::no_op(term), ctx);
    }
}

/// Replication, as a follower (§5.3).
impl Server {
    /// Figure 2, "AppendEntries RPC, receiver implementation".
    fn on_append(
        &mut self,
        leader: ProcessId,
        term: u64,
        prev: Position,
        entries: &[Entry],
        commit: u64,
        ctx: &mut Ctx<'_>,
    ) {
        let mine = self.persistent.term;
        if term < mine {
            let answer = Answer::Differs { prev: prev.index, conflict: None, first: prev.index };
            self.send(leader, Message::Appended { term: mine, answer }, ctx);
            return;
        }
        if !self.follow(leader, ctx) {
            return;
        }
        let answer = if self.persistent.log.position(prev.index) == Some(prev) {
            self.store(leader, prev.index, entries, ctx);
            // Only what this message vouches for is known to be the leader's: a longer tail may be another's.
            let through = prev.index + entries.len() as u64;
            self.commit_through(commit.min(through), None, ctx);
            Answer::Matches { through }
        } else {
            let log = &self.persistent.log;
            let conflict = log.term_at(prev.index);
            ctx.note(Note::Differs { leader, prev, has: conflict });
            let first = conflict.map_or(log.last_index() + 1, |term| log.first_of_term(term));
            Answer::Differs { prev: prev.index, conflict, first }
        };
        self.send(leader, Message::Appended { term, answer }, ctx);
    }

    /// Recognises the leader of its own term. Says whether it follows it: a leader that hears of another
    /// leader of its term has met a broken rule, and stays as it is.
    fn follow(&mut self, leader: ProcessId, ctx: &mut Ctx<'_>) -> bool {
        let term = self.persistent.term;
        match self.role {
            Role::Leader(_) => return false,
            Role::Candidate { .. } => {
                self.step_down(term, leader, ctx);
                if self.config.rules.forget_vote {
                    self.write_ballot(term, None, ctx);
                }
            }
            Role::Follower => {}
        }
        if self.volatile.leader.replace(leader) != Some(leader) {
            ctx.note(Note::Follows { leader, term });
        }
        self.restart_election_timer(ctx);
        true
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
            self.write(Write::Append(entry.clone()), ctx);
        }
        ctx.note(Note::Stores { leader, first, last });
    }

    fn remove_from(&mut self, first: u64, leader: ProcessId, ctx: &mut Ctx<'_>) {
        let Some(term) = self.persistent.log.term_at(first) else { return };
        let last = self.persistent.log.last_index();
        self.write(Write::Truncate { from: first }, ctx);
        ctx.note(Note::Removes { leader, first, last, term });
        // Committed entries are never removed, unless a rule of the paper is switched off. Then this
        // server will apply another entry at the same index, and the monitor will say so.
        self.volatile.commit = self.volatile.commit.min(first - 1);
        self.volatile.applied = self.volatile.applied.min(first - 1);
    }
}

/// Replication, as a leader (§5.3, §5.4.2, §8).
impl Server {
    /// A client's operation. One that was applied already is answered, not applied again (§8).
    fn on_request(&mut self, id: OpId, op: Op, ctx: &mut Ctx<'_>) {
        let Role::Leader(leadership) = &mut self.role else {
            let leader = self.volatile.leader;
            ctx.note(Note::TurnsAway { id, leader });
            self.send(id.client, Message::NotLeader { id, leader }, ctx);
            return;
        };
        if let Some(outcome) = self.volatile.machine.outcome(id) {
            let outcome = outcome.clone();
            self.send(id.client, Message::Reply { id, outcome }, ctx);
        } else if !self.volatile.machine.is_past(id) && leadership.waiting.insert(id, ()).is_none() {
            let (index, term) = (self.persistent.log.last_index() + 1, self.persistent.term);
            ctx.note(Note::TakesIn { index, term, id, op: op.clone() });
            self.take_in(Entry::client(term, id, op), ctx);
        }
    }

    /// Appends an entry to the leader's own log and sends it to all others.
    fn take_in(&mut self, entry: Entry, ctx: &mut Ctx<'_>) {
        self.write(Write::Append(entry), ctx);
        self.sync(ctx);
        for peer in self.peers() {
            self.replicate(peer, ctx);
        }
        self.commit_what_a_quorum_has(ctx);
    }

    /// "Upon election and during idle periods": says that it lives. Where entries are on their way the
    /// heartbeat goes bare; if the next one finds them still unacknowledged it carries them again.
    fn beat(&mut self, ctx: &mut Ctx<'_>) {
        ctx.set_timer(Timer::Heartbeat, self.config.heartbeat);
        for peer in self.peers() {
            let progress = self.progress_mut(peer);
            if progress.sent > progress.matched {
                progress.sent = progress.matched;
                let next = progress.next;
                self.send_append(peer, next, 0, ctx);
            } else {
                self.replicate(peer, ctx);
            }
        }
    }

    /// Sends a follower what it lacks from its `nextIndex` on; a heartbeat if that is nothing.
    fn replicate(&mut self, to: ProcessId, ctx: &mut Ctx<'_>) {
        let last = self.persistent.log.last_index();
        let progress = self.progress_mut(to);
        let next = progress.next;
        progress.sent = last.min(next - 1 + BATCH_MAX as u64).max(progress.matched);
        self.send_append(to, next, BATCH_MAX, ctx);
    }

    fn send_append(&mut self, to: ProcessId, next: u64, count: usize, ctx: &mut Ctx<'_>) {
        let log = &self.persistent.log;
        let prev = log.position(next - 1).expect("a leader's nextIndex is at most one past its log");
        let entries = log.entries_from(next, count).cloned().collect();
        let append = Message::Append { term: self.persistent.term, prev, entries, commit: self.volatile.commit };
        self.send(to, append, ctx);
    }

    fn on_appended(&mut self, from: ProcessId, term: u64, answer: Answer, ctx: &mut Ctx<'_>) {
        if term != self.persistent.term || !matches!(self.role, Role::Leader(_)) {
            return;
        }
        match answer {
            Answer::Matches { through } => self.on_match(from, through, ctx),
            Answer::Differs { prev, conflict, first } => self.on_difference(from, prev, conflict, first, ctx),
        }
    }

    fn on_match(&mut self, from: ProcessId, through: u64, ctx: &mut Ctx<'_>) {
        let last = self.persistent.log.last_index();
        debug_assert!(through <= last, "a follower matches no more than a leader has");
        let progress = self.progress_mut(from);
        progress.matched = progress.matched.max(through);
        progress.next = progress.next.max(progress.matched + 1);
        progress.sent = progress.sent.max(progress.matched);
        let idle_and_behind = progress.sent == progress.matched && progress.next <= last;
        self.commit_what_a_quorum_has(ctx);
        if idle_and_behind {
            self.replicate(from, ctx);
        }
    }

    /// "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry", by whole terms
    /// (end of §5.3). An answer to anything but the latest probe is old and says nothing.
    fn on_difference(&mut self, from: ProcessId, prev: u64, conflict: Option<u64>, first: u64, ctx: &mut Ctx<'_>) {
        let log = &self.persistent.log;
        let ours = conflict.map(|term| (log.first_of_term(term), log.first_of_term(term + 1)));
        let after_term = ours.filter(|(start, end)| start < end).map(|(_, end)| end);
        let progress = self.progress_mut(from);
        if prev + 1 != progress.next {
            return;
        }
        progress.next = after_term.unwrap_or(first).min(prev).max(progress.matched + 1);
        progress.sent = progress.matched;
        self.replicate(from, ctx);
    }

    /// "If there exists an N > commitIndex, a majority of matchIndex[i] >= N, and log\[N\].term == currentTerm:
    /// set commitIndex = N." Terms never fall along a log, so the largest such index decides.
    fn commit_what_a_quorum_has(&mut self, ctx: &mut Ctx<'_>) {
        let Role::Leader(leadership) = &self.role else { return };
        let log = &self.persistent.log;
        let mut matched: Vec<u64> = leadership.progress.values().map(|progress| progress.matched).collect();
        matched.push(log.last_index());
        let copies = |index: u64| matched.iter().filter(|&&other| other >= index).count();
        let held = matched.iter().copied().filter(|&index| copies(index) >= self.quorum()).max();
        let held = held.expect("every server has stored what the least of them has");
        let of_this_term = log.term_at(held) == Some(self.persistent.term);
        if of_this_term || self.config.rules.count_old_terms {
            let copies = u8::try_from(copies(held)).ok();
            self.commit_through(held, copies, ctx);
        }
    }

    /// Moves the commit index up and applies what it passes: "if commitIndex > lastApplied" (§5.3).
    fn commit_through(&mut self, index: u64, copies: Option<u8>, ctx: &mut Ctx<'_>) {
        let (first, last) = (self.volatile.commit + 1, index);
        if last < first {
            return;
        }
        ctx.note(Note::Commits { first, last, copies, of: self.servers });
        self.volatile.commit = last;
        while self.volatile.applied < self.volatile.commit {
            self.volatile.applied += 1;
            self.apply(self.volatile.applied, ctx);
        }
    }

    /// Applies one entry; a leader answers the client that waits for it.
    fn apply(&mut self, index: u64, ctx: &mut Ctx<'_>) {
        let entry = self.persistent.log.get(index).expect("a committed entry is in the log").clone();
        self.volatile.machine.apply(&entry.command);
        let crate::raft::Command::Client { id, .. } = *entry.command else { return };
        let Role::Leader(leadership) = &mut self.role else { return };
        let awaited = leadership.waiting.remove(&id).is_some();
        if let Some(outcome) = self.volatile.machine.outcome(id).filter(|_| awaited).cloned() {
            self.send(id.client, Message::Reply { id, outcome }, ctx);
        }
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

    /// How many servers decide: a majority, unless that rule is switched off.
    fn quorum(&self) -> usize {
        let servers = usize::from(self.servers);
        if self.config.rules.quorum_of_half { (servers / 2).max(1) } else { servers / 2 + 1 }
    }

    /// All other servers.
    fn peers(&self) -> impl Iterator<Item = ProcessId> + use<> {
        let me = self.id;
        (0..self.servers).map(ProcessId).filter(move |&peer| peer != me)
    }

    fn progress_mut(&mut self, of: ProcessId) -> &mut Progress {
        let Role::Leader(leadership) = &mut self.role else { unreachable!("only leaders keep progress") };
        leadership.progress.get_mut(&of).expect("a leader keeps the progress of every other server")
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

    fn sync(&mut self, ctx: &mut Ctx<'_>) {
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
#[path = "server_tests.rs"]
mod tests;
