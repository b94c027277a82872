//! A Raft cluster as a model checker sees it: a state, and all the steps that may come next.
//!
//! The servers are those of the course, unchanged: a step boots a [`Member`] from a disk or hands it an input, and
//! collects the effects that it asks of its [`Context`], as the kernel does. What differs is the world around them.
//! The kernel draws one future from a seed; here every future is taken.
//!
//! - **Time stands still.** A timer may run out at any point where it is set: any server may be slow, any clock wrong.
//!   So there is nothing to draw, and no state differs from another by a clock.
//! - **The network keeps every letter for ever.** A letter that was sent may arrive at once, late, out of order, again,
//!   or never: that is loss, duplication and reordering without a bound, and no step is needed to lose a letter.
//! - **A crash and the restart are one step.** A server that is down cannot be told from one that nothing reaches, so
//!   it is enough to say when it comes up again, from its disk, without what it had not fsynced.
//! - **Clients** are a step too: a leader is asked to take in one more entry.
//!
//! What would go on for ever is bounded: how often anything happens from outside ([`Bounds`]). All that follows from
//! that is explored to its end.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use protocols::Op;
use protocols::op::Admin;
use protocols::raft::{Answer, Entry, Member, Message, Persistent, Raft, Role, Server, Timer, Write};
use protocols::scenario::RaftConfig;
use sim::{Chance, Context, Digest, Disk as _, Effect, OpId, Process as _, ProcessId, Protocol as _, Time};
use stateright::{Model, Property};

use crate::promises;

/// What is explored: a cluster, from its first state, within bounds.
pub(crate) struct Cluster {
    raft: Raft,
    /// What is on the servers' disks at first.
    disks: Vec<Persistent>,
    pub(crate) bounds: Bounds,
    /// Every step that a server has taken, by server and step.
    taken: Mutex<HashMap<(u64, u64), Arc<Taken>>>,
}

/// How often something happens from outside: at most, or so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Hash)]
pub(crate) struct Bounds {
    /// Election timers that run out. No term is higher than this, counted from the first state's.
    pub(crate) elections: u8,
    /// Heartbeat timers that run out.
    pub(crate) heartbeats: u8,
    /// Writes that clients ask for.
    pub(crate) writes: u8,
    /// Servers that operators take out.
    pub(crate) removals: u8,
    /// Crashes, each with a restart.
    pub(crate) crashes: u8,
}

/// One state of the cluster, with what must be remembered of the past to say which promises were kept.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct State {
    /// The servers, in the order of their ids.
    pub(crate) nodes: Vec<Sealed<Node>>,
    /// Every letter that was sent and can still change anything, in the order of their seals.
    pub(crate) letters: Arc<Vec<Sealed<Letter>>>,
    /// Every vote ever cast.
    pub(crate) votes: Arc<BTreeSet<Vote>>,
    /// The first entry applied at each index, by whichever server, with the term in which that server applied it.
    pub(crate) applied: Arc<Vec<(Entry, u64)>>,
    /// Whether two servers have applied different entries at one index.
    pub(crate) applied_two: bool,
    /// Whether a leader has changed or removed an entry of its own log.
    pub(crate) overwrote: bool,
    /// Whether one of a server's own assertions has failed.
    pub(crate) panicked: bool,
    /// What has happened from outside.
    so_far: Bounds,
}

/// A server with what the kernel keeps for it.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Node {
    member: Member,
    disk: Persistent,
    /// What a crash would undo.
    unsynced: Vec<Write>,
    timers: BTreeSet<Timer>,
}

/// A message with its ends.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Letter {
    pub(crate) from: ProcessId,
    pub(crate) to: ProcessId,
    pub(crate) message: Message,
}

/// A vote that was told to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Vote {
    pub(crate) voter: ProcessId,
    pub(crate) term: u64,
    pub(crate) candidate: ProcessId,
}

/// What may happen next.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) enum Step {
    /// A timer runs out.
    Fire(ProcessId, Timer),
    /// A letter arrives, for the first time or once more.
    Arrive(Sealed<Letter>),
    /// A client asks a leader for its nth write.
    Ask(ProcessId, u8),
    /// An operator asks a leader to take a server out of the cluster.
    Remove(ProcessId, ProcessId),
    /// A server crashes and comes up again.
    Crash(ProcessId),
}

impl Model for Cluster {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let boot = |id: u8| Sealed::new(self.boot(ProcessId(id), &self.disks[usize::from(id)]));
        vec![State {
            nodes: (0..self.raft.servers).map(boot).collect(),
            letters: Arc::default(),
            votes: Arc::default(),
            applied: Arc::default(),
            applied_two: false,
            overwrote: false,
            panicked: false,
            so_far: Bounds::default(),
        }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        let (so_far, bounds) = (state.so_far, self.bounds);
        for (id, node) in (0..).map(ProcessId).zip(&state.nodes) {
            for &timer in &node.timers {
                let more = match timer {
                    Timer::Election => so_far.elections < bounds.elections,
                    Timer::Heartbeat => so_far.heartbeats < bounds.heartbeats,
                    _ => true,
                };
                steps.extend(more.then_some(Step::Fire(id, timer)));
            }
            if node.server().leads() && so_far.writes < bounds.writes {
                steps.push(Step::Ask(id, so_far.writes + 1));
            }
            if node.server().leads() && so_far.removals < bounds.removals {
                steps.extend((0..self.raft.servers).map(|other| Step::Remove(id, ProcessId(other))));
            }
            if so_far.crashes < bounds.crashes {
                steps.push(Step::Crash(id));
            }
            // While nothing has happened, servers with the same disk differ by name only: the first to act is A.
            if self.alike() && state.letters.is_empty() {
                return;
            }
        }
        steps.extend(state.letters.iter().cloned().map(Step::Arrive));
    }

    fn next_state(&self, state: &State, step: Step) -> Option<State> {
        let id = step.who();
        let (so_far, before) = (state.so_far.with(&step), &state.nodes[id.index()]);
        let taken = self.take(before, step);
        let told = taken.letters.iter().any(|letter| state.lacks(letter))
            || taken.votes.iter().any(|vote| !state.votes.contains(vote));
        if taken.node == *before && !told && !taken.panicked {
            // What changes nothing leads nowhere new, even if it counts.
            return None;
        }
        let mut next = State { so_far, ..state.clone() };
        next.nodes[id.index()] = taken.node.clone();
        next.overwrote |= taken.overwrote;
        next.panicked |= taken.panicked;
        taken.applied.iter().for_each(|applied| next.remember_applied(applied));
        taken.votes.iter().for_each(|vote| next.remember_vote(*vote));
        taken.letters.iter().for_each(|letter| next.post(letter));
        next.discard_letters_to(id);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::all()
    }
}

impl Cluster {
    /// Three new servers.
    pub(crate) fn new(config: RaftConfig, bounds: Bounds) -> Self {
        Self::with_disks(config, bounds, vec![Persistent::default(); 3])
    }

    /// Servers that come up with these disks.
    pub(crate) fn with_disks(config: RaftConfig, bounds: Bounds, disks: Vec<Persistent>) -> Self {
        let servers = u8::try_from(disks.len()).expect("a model has few servers");
        let raft = Raft { servers, clients: Vec::new(), config: Arc::new(config) };
        Self { raft, disks, bounds, taken: Mutex::default() }
    }

    /// Whether the servers differ by nothing but their names at first.
    fn alike(&self) -> bool {
        self.disks.iter().all(|disk| *disk == Persistent::default())
    }

    /// A server that comes up from its disk.
    fn boot(&self, id: ProcessId, disk: &Persistent) -> Node {
        let member = self.raft.boot(id, disk);
        let mut node = Node { member, disk: disk.clone(), unsynced: Vec::new(), timers: BTreeSet::new() };
        let letters = node.step(id, |node, ctx| node.member.start(ctx));
        assert!(letters.is_empty(), "a server that comes up says nothing before a timer runs out");
        node
    }

    /// A server's step. It depends on nothing but the server and the input, so it is taken once and remembered: most
    /// states of the cluster are new combinations of servers that were met before.
    fn take(&self, node: &Sealed<Node>, step: Step) -> Arc<Taken> {
        let step = Sealed::new(step);
        let mut taken = self.taken.lock().expect("no step has panicked");
        let afresh = AssertUnwindSafe(|| self.take_afresh(node, &step));
        let fresh = || Arc::new(catch_unwind(afresh).unwrap_or_else(|_| Taken::in_vain(node.clone())));
        Arc::clone(taken.entry((node.seal(), step.seal())).or_insert_with(fresh))
    }

    fn take_afresh(&self, before: &Node, step: &Step) -> Taken {
        let id = step.who();
        let mut node = before.clone();
        let letters = match step {
            Step::Fire(_, timer) => node.step(id, |node, ctx| {
                node.timers.remove(timer);
                node.member.on_timer(*timer, ctx);
            }),
            Step::Arrive(letter) => {
                node.step(id, |node, ctx| node.member.on_message(letter.from, letter.message.clone(), ctx))
            }
            Step::Ask(_, nth) => {
                let client = ProcessId(self.raft.servers);
                let op = Op::Put { key: "x".to_owned(), value: nth.to_string() };
                let request = Message::Request { id: OpId { client, seq: u32::from(*nth) }, op };
                node.step(id, |node, ctx| node.member.on_message(client, request, ctx))
            }
            Step::Remove(_, other) => {
                node.step(id, |node, ctx| node.member.on_request(Op::Admin(Admin::Remove(*other)), ctx))
            }
            Step::Crash(_) => {
                node = self.boot(id, &before.disk);
                Vec::new()
            }
        };
        Taken {
            panicked: false,
            overwrote: promises::overwrites(before.server(), node.server()),
            applied: newly_applied(before.server(), node.server()),
            votes: letters.iter().filter_map(Letter::vote).collect(),
            // What is sent to clients changes no server.
            letters: letters.into_iter().filter(|letter| letter.to.0 < self.raft.servers).map(Sealed::new).collect(),
            node: Sealed::new(node),
        }
    }
}

/// What a server's step comes to.
struct Taken {
    node: Sealed<Node>,
    letters: Vec<Sealed<Letter>>,
    votes: Vec<Vote>,
    applied: Vec<Applied>,
    overwrote: bool,
    panicked: bool,
}

impl Taken {
    /// A step in which one of the server's own assertions failed.
    fn in_vain(node: Sealed<Node>) -> Self {
        let (letters, votes, applied) = Default::default();
        Self { node, letters, votes, applied, overwrote: false, panicked: true }
    }
}

/// An entry that a server has applied, with its term at that moment.
struct Applied {
    index: u64,
    entry: Entry,
    term: u64,
}

fn newly_applied(before: &Server, after: &Server) -> Vec<Applied> {
    let fresh = before.volatile.applied + 1..=after.volatile.applied;
    let entry = |index| after.persistent.log.get(index).expect("an applied entry is in the log").clone();
    fresh.map(|index| Applied { index, entry: entry(index), term: after.persistent.term }).collect()
}

impl Node {
    /// Hands the server one input. Its effects take place in order, as in the kernel; what it sends is returned.
    fn step(&mut self, id: ProcessId, input: impl FnOnce(&mut Self, &mut Context<'_, Member>)) -> Vec<Letter> {
        let mut effects = Vec::new();
        // Any chance is as good as another: it draws only how long timers run, and that is not looked at.
        input(self, &mut Context::new(id, Time::ZERO, Time::ZERO, Chance::new(0), &mut effects));
        let mut letters = Vec::new();
        for effect in effects {
            match effect {
                Effect::Send { to, msg } => letters.push(Letter { from: id, to, message: msg }),
                Effect::SetTimer { timer, .. } => _ = self.timers.insert(timer),
                Effect::CancelTimer { timer } => _ = self.timers.remove(&timer),
                Effect::Write(write) => self.unsynced.push(write),
                Effect::Fsync => self.unsynced.drain(..).for_each(|write| self.disk.apply(&write)),
                Effect::Note(_) | Effect::Invoke { .. } | Effect::Complete { .. } => {}
            }
        }
        letters
    }

    /// The server.
    pub(crate) fn server(&self) -> &Server {
        self.member.server().expect("all members of this cluster are servers")
    }

    /// Whether a letter to this server can change nothing any more, now or after whatever may come. The term on its
    /// disk never falls, and within a term a server is first a candidate, then a leader, then neither for good. (If it
    /// answers before fsync it may live a term twice. Then letters of its former life are missing, which can hide a
    /// broken promise but make up none.)
    fn is_past(&self, letter: &Letter) -> bool {
        let mine = self.disk.term;
        let counted = |voter| match &self.server().role {
            Role::Candidate { votes } => votes.contains(voter),
            _ => true,
        };
        match letter.message {
            Message::Vote { term, granted } => term < mine || term == mine && (!granted || counted(letter.from)),
            Message::Appended { term, .. } => term < mine || term == mine && !self.server().leads(),
            _ => false,
        }
    }
}

impl Letter {
    /// The vote that it tells of: another's, or by asking for votes the sender's own.
    fn vote(&self) -> Option<Vote> {
        let (term, candidate) = match self.message {
            Message::Vote { term, granted: true } => (term, self.to),
            Message::RequestVote { term, .. } => (term, self.from),
            _ => return None,
        };
        Some(Vote { voter: self.from, term, candidate })
    }
}

impl State {
    /// The servers.
    pub(crate) fn servers(&self) -> impl Iterator<Item = &Server> {
        self.nodes.iter().map(|node| node.server())
    }

    /// Whether posting a letter changes anything: one that is there already stands for both.
    fn lacks(&self, letter: &Sealed<Letter>) -> bool {
        let there = self.letters.binary_search_by_key(&letter.seal(), Sealed::seal).is_ok();
        !there && !self.nodes[letter.to.index()].is_past(letter)
    }

    fn post(&mut self, letter: &Sealed<Letter>) {
        if self.lacks(letter) {
            let place = self.letters.partition_point(|other| other.seal() < letter.seal());
            Arc::make_mut(&mut self.letters).insert(place, letter.clone());
        }
    }

    /// Discards the letters to a server that are past.
    fn discard_letters_to(&mut self, id: ProcessId) {
        let node = self.nodes[id.index()].clone();
        let is_past = |letter: &Sealed<Letter>| letter.to == id && node.is_past(letter);
        if self.letters.iter().any(is_past) {
            Arc::make_mut(&mut self.letters).retain(|letter| !is_past(letter));
        }
    }

    fn remember_vote(&mut self, vote: Vote) {
        if !self.votes.contains(&vote) {
            Arc::make_mut(&mut self.votes).insert(vote);
        }
    }

    /// Compares what was applied now with what was applied at the same index before, by anyone.
    fn remember_applied(&mut self, applied: &Applied) {
        let place = usize::try_from(applied.index - 1).expect("these logs are short");
        match self.applied.get(place) {
            Some((first, _)) => self.applied_two |= *first != applied.entry,
            None => Arc::make_mut(&mut self.applied).push((applied.entry.clone(), applied.term)),
        }
    }
}

impl Bounds {
    /// And this step.
    fn with(mut self, step: &Step) -> Self {
        match step {
            Step::Fire(_, Timer::Election) => self.elections += 1,
            Step::Fire(_, Timer::Heartbeat) => self.heartbeats += 1,
            Step::Ask(..) => self.writes += 1,
            Step::Remove(..) => self.removals += 1,
            Step::Crash(_) => self.crashes += 1,
            Step::Fire(..) | Step::Arrive(_) => {}
        }
        self
    }
}

impl Step {
    /// Whose step it is.
    fn who(&self) -> ProcessId {
        match self {
            Self::Fire(id, _) | Self::Ask(id, _) | Self::Remove(id, _) | Self::Crash(id) => *id,
            Self::Arrive(letter) => letter.to,
        }
    }
}

/// A shared value that is known by a hash, which is taken once. (The checker, too, knows a state by a hash of 64 bits.)
pub(crate) struct Sealed<T>(Arc<(u64, T)>);

impl<T: Hash> Sealed<T> {
    fn new(value: T) -> Self {
        let mut hasher = Digest::default();
        value.hash(&mut hasher);
        Self(Arc::new((hasher.finish(), value)))
    }
}

impl<T> Sealed<T> {
    fn seal(&self) -> u64 {
        self.0.0
    }
}

impl<T> Deref for Sealed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0.1
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> PartialEq for Sealed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.seal() == other.seal()
    }
}

impl<T> Hash for Sealed<T> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_u64(self.seal());
    }
}

impl<T: fmt::Debug> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

/// As a line of a trace: `B hears from A: RequestVote in term 1, log ends at 0 (term 0)`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |id: ProcessId| char::from(b'A' + id.0);
        match self {
            Self::Fire(id, timer) => write!(f, "{}'s {timer:?} timer runs out", name(*id)),
            Self::Arrive(letter) => {
                write!(f, "{} hears from {}: {}", name(letter.to), name(letter.from), said(&letter.message))
            }
            Self::Ask(id, nth) => write!(f, "{} is asked for write {nth}", name(*id)),
            Self::Remove(id, other) => write!(f, "{} is asked to take {} out", name(*id), name(*other)),
            Self::Crash(id) => write!(f, "{} crashes and comes up again", name(*id)),
        }
    }
}

fn said(message: &Message) -> String {
    match message {
        Message::RequestVote { term, last, .. } => {
            format!("RequestVote in term {term}, log ends at {} (term {})", last.index, last.term)
        }
        Message::Vote { term, granted } => format!("{} in term {term}", if *granted { "vote" } else { "no vote" }),
        Message::Append { term, prev, entries, commit, .. } => {
            let terms: Vec<u64> = entries.iter().map(|entry| entry.term).collect();
            let prev = format!("{} (term {})", prev.index, prev.term);
            format!("AppendEntries in term {term}, after {prev} entries of terms {terms:?}, commit {commit}")
        }
        Message::Appended { term, answer: Answer::Matches { through }, .. } => {
            format!("logs match through {through}, in term {term}")
        }
        Message::Appended { term, answer: Answer::Differs { prev, .. }, .. } => {
            format!("logs differ at {prev}, in term {term}")
        }
        other => format!("{other:?}"),
    }
}
