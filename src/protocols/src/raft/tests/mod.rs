//! Servers with no network: messages go in, effects come out. Each test proves a sentence of the paper or the thesis.

mod change;
mod election;
mod follow;
mod install;
mod lead;
mod loyalty;
mod read;
mod transfer;

use std::collections::VecDeque;

use sim::{Chance, Context, Effect, OpId, Process as _};

use super::*;
use crate::op::{Op, Outcome};
use crate::raft::log::Position;
use crate::raft::message::Answer;
use crate::raft::{Member, VoteRefused};
use crate::scenario::Rules;

const A: ProcessId = ProcessId(0);
const B: ProcessId = ProcessId(1);
const C: ProcessId = ProcessId(2);
const D: ProcessId = ProcessId(3);
const E: ProcessId = ProcessId(4);
const CLIENT: ProcessId = ProcessId(99);
const OTHER: ProcessId = ProcessId(98);

type MemberEffect = sim::EffectOf<Member>;

/// A server, with its disk kept as the kernel would. It is A unless said otherwise.
struct Bench {
    id: ProcessId,
    member: Member,
    servers: u8,
    config: Arc<RaftConfig>,
    disk: Persistent,
    unsynced: Vec<Write>,
    now: Time,
}

impl Bench {
    fn of(servers: u8) -> Self {
        Self::with(servers, RaftConfig::default(), Persistent::default())
    }

    fn with(servers: u8, config: RaftConfig, disk: Persistent) -> Self {
        Self::seat(A, servers, Arc::new(config), disk)
    }

    fn seat(id: ProcessId, servers: u8, config: Arc<RaftConfig>, disk: Persistent) -> Self {
        let member = boot(id, servers, &config, &disk);
        let mut bench = Self { id, member, servers, config, disk, unsynced: Vec::new(), now: Time::ZERO };
        bench.step(Member::start);
        bench
    }

    /// A follower in `term` with a log of entries of these terms.
    fn follower(servers: u8, term: u64, log: &[u64]) -> Self {
        Self::with(servers, RaftConfig::default(), stored(term, log))
    }

    /// A leader of `term` with a log of entries of these terms and then its no-op.
    fn leader(servers: u8, term: u64, log: &[u64]) -> Self {
        Self::leader_with(RaftConfig::default(), servers, term, log)
    }

    fn leader_with(config: RaftConfig, servers: u8, term: u64, log: &[u64]) -> Self {
        let mut bench = Self::with(servers, config, stored(term - 1, log));
        bench.wins(term);
        bench
    }

    /// Is elected in a term by as many as it takes.
    fn wins(&mut self, term: u64) {
        self.wait(150);
        self.time_out();
        let voters: Vec<ProcessId> = self.server().membership().all_voters().without(self.id).iter().collect();
        for &voter in &voters {
            self.hear(voter, Message::PreVote { asked: term, term: term - 1, granted: true });
        }
        for &voter in &voters {
            self.hear(voter, Message::Vote { term, granted: true });
        }
        assert!(self.server().leads());
    }

    /// Lets so many milliseconds pass.
    fn wait(&mut self, ms: u64) {
        self.now += Span::from_millis(ms);
    }

    fn step(&mut self, input: impl FnOnce(&mut Member, &mut Ctx<'_>)) -> Vec<MemberEffect> {
        let mut effects = Vec::new();
        self.now += Span(1);
        input(&mut self.member, &mut Context::new(self.id, self.now, self.now, Chance::new(1), &mut effects));
        let honest = !self.config.rules.ack_before_fsync;
        for effect in &effects {
            match effect {
                Effect::Write(write) => self.unsynced.push(write.clone()),
                Effect::Fsync => self.unsynced.drain(..).for_each(|write| self.disk.apply(&write)),
                Effect::Send { .. } if honest => {
                    assert!(self.unsynced.is_empty(), "told before it was on disk: {effects:?}");
                }
                _ => {}
            }
        }
        let kept = self.member.server().is_none_or(|server| !honest || server.persistent == self.disk);
        assert!(kept || self.config.rules.forget_vote, "the disk holds what memory holds");
        effects
    }

    fn hear(&mut self, from: ProcessId, message: Message) -> Vec<MemberEffect> {
        self.step(|member, ctx| member.on_message(from, message, ctx))
    }

    fn time_out(&mut self) -> Vec<MemberEffect> {
        self.expire(Timer::Election)
    }

    fn beat(&mut self) -> Vec<MemberEffect> {
        self.expire(Timer::Heartbeat)
    }

    fn expire(&mut self, timer: Timer) -> Vec<MemberEffect> {
        self.step(|member, ctx| member.on_timer(timer, ctx))
    }

    fn asked(&mut self, admin: Admin) -> Vec<MemberEffect> {
        self.step(|member, ctx| member.on_request(Op::Admin(admin), ctx))
    }

    fn crash_and_restart(&mut self) {
        self.unsynced.clear();
        self.member = boot(self.id, self.servers, &self.config, &self.disk);
        self.step(Member::start);
    }

    fn server(&self) -> &Server {
        self.member.server().unwrap()
    }

    fn term(&self) -> u64 {
        self.server().persistent.term
    }

    fn commit(&self) -> u64 {
        self.server().volatile.commit
    }

    fn progress(&self, of: ProcessId) -> &Progress {
        let Role::Leader(leadership) = &self.server().role else { panic!("it leads") };
        leadership.progress.get(&of).unwrap()
    }

    /// The terms of its log.
    fn log(&self) -> Vec<u64> {
        self.server().persistent.log.entries_from(0, usize::MAX).map(|entry| entry.term).collect()
    }

    /// Asks for its vote and says whether it is given.
    fn asks_for_vote(&mut self, candidate: ProcessId, term: u64, last: (u64, u64)) -> bool {
        let last = Position { term: last.0, index: last.1 };
        let effects = self.hear(candidate, Message::RequestVote { term, last, transfer: false });
        match sent(&effects)[..] {
            [(to, Message::Vote { granted, .. })] if to == candidate => *granted,
            ref other => panic!("one answer to {candidate:?}, not {other:?}"),
        }
    }

    /// Sends it entries of these terms after (term, index), and returns the answer.
    fn appends(&mut self, from: ProcessId, term: u64, prev: (u64, u64), entries: &[u64], commit: u64) -> Answer {
        let entries: Vec<Entry> = entries.iter().copied().map(Entry::no_op).collect();
        self.appends_entries(from, term, prev, entries, commit)
    }

    fn appends_entries(
        &mut self,
        from: ProcessId,
        term: u64,
        prev: (u64, u64),
        entries: Vec<Entry>,
        commit: u64,
    ) -> Answer {
        let prev = Position { term: prev.0, index: prev.1 };
        let append = Message::Append { term, prev, entries: entries.into(), commit, round: 0 };
        let effects = self.hear(from, append);
        match sent(&effects)[..] {
            [(to, Message::Appended { answer, .. })] if to == from => *answer,
            ref other => panic!("one answer to {from:?}, not {other:?}"),
        }
    }

    /// Its follower answers that its log matches so far, to the latest round.
    fn acknowledges(&mut self, from: ProcessId, through: u64) -> Vec<MemberEffect> {
        let round = if let Role::Leader(leadership) = &self.server().role { leadership.rounds.latest } else { 0 };
        self.acknowledges_round(from, through, round)
    }

    fn acknowledges_round(&mut self, from: ProcessId, through: u64, round: u64) -> Vec<MemberEffect> {
        let term = self.term();
        self.hear(from, Message::Appended { term, answer: Answer::Matches { through }, round })
    }
}

fn boot(id: ProcessId, servers: u8, config: &Arc<RaftConfig>, disk: &Persistent) -> Member {
    Member::Server(Box::new(Server::new(id, servers, Arc::clone(config), disk.clone())))
}

fn stored(term: u64, log: &[u64]) -> Persistent {
    Persistent { term, log: log.iter().copied().map(Entry::no_op).collect(), ..Persistent::default() }
}

/// With PreVote and CheckQuorum.
fn careful() -> RaftConfig {
    RaftConfig { pre_vote: true, check_quorum: true, ..RaftConfig::default() }
}

fn breaking(rules: Rules) -> RaftConfig {
    RaftConfig { rules, ..RaftConfig::default() }
}

fn sent(effects: &[MemberEffect]) -> Vec<(ProcessId, &Message)> {
    let sent = |effect| if let &Effect::Send { to, ref msg } = effect { Some((to, msg)) } else { None };
    effects.iter().filter_map(sent).collect()
}

fn notes(effects: &[MemberEffect]) -> Vec<&Note> {
    effects.iter().filter_map(|effect| if let Effect::Note(note) = effect { Some(note) } else { None }).collect()
}

/// How many entries each message to somebody carries.
fn carried(effects: &[MemberEffect], to: ProcessId) -> Vec<usize> {
    let entries = |message: &Message| match message {
        Message::Append { entries, .. } => Some(entries.len()),
        _ => None,
    };
    sent(effects).into_iter().filter(|(receiver, _)| *receiver == to).filter_map(|(_, m)| entries(m)).collect()
}

fn outcomes(effects: &[MemberEffect]) -> Vec<(OpId, Outcome)> {
    let reply = |(_, message): (ProcessId, &Message)| match message {
        Message::Reply { id, outcome } => Some((*id, outcome.clone())),
        _ => None,
    };
    sent(effects).into_iter().filter_map(reply).collect()
}

fn id(seq: u32) -> OpId {
    OpId { client: CLIENT, seq }
}

fn put(value: &str) -> Op {
    Op::Put { key: "x".into(), value: value.into() }
}

fn request(seq: u32, value: &str) -> Message {
    Message::Request { id: id(seq), op: put(value) }
}

fn read(seq: u32, how: crate::scenario::Reads) -> Message {
    Message::Request { id: id(seq), op: Op::Read { key: "x".into(), how } }
}

fn members(letters: &str) -> Members {
    letters.bytes().map(|letter| ProcessId(letter - b'A')).collect()
}

/// Servers whose messages wait until the test delivers them.
struct Cluster {
    seats: Vec<Bench>,
    waiting: VecDeque<(ProcessId, ProcessId, Message)>,
    /// What went to clients.
    told: Vec<Message>,
    cut_off: Members,
}

impl Cluster {
    fn new(servers: u8, config: RaftConfig, logs: &[(u64, &[u64])]) -> Self {
        let config = Arc::new(config);
        let seats = (0..servers).map(|id| {
            let disk = logs.get(usize::from(id)).map_or_else(Persistent::default, |(term, log)| stored(*term, log));
            Bench::seat(ProcessId(id), servers, Arc::clone(&config), disk)
        });
        let (waiting, told) = (VecDeque::new(), Vec::new());
        Self { seats: seats.collect(), waiting, told, cut_off: Members::NOBODY }
    }

    fn at(&self, id: ProcessId) -> &Bench {
        &self.seats[id.index()]
    }

    /// Does something at a server, and keeps what it sends.
    fn act(&mut self, id: ProcessId, act: impl FnOnce(&mut Bench) -> Vec<MemberEffect>) -> Vec<MemberEffect> {
        let effects = act(&mut self.seats[id.index()]);
        for (to, message) in sent(&effects) {
            let between = [id, to].iter().any(|end| self.cut_off.contains(*end));
            if to.index() >= self.seats.len() {
                self.told.push(message.clone());
            } else if !between {
                self.waiting.push_back((id, to, message.clone()));
            }
        }
        effects
    }

    /// Delivers whatever is on its way until nothing is.
    fn settle(&mut self) {
        let mut steps = 0;
        while let Some((from, to, message)) = self.waiting.pop_front() {
            self.act(to, |bench| bench.hear(from, message));
            steps += 1;
            assert!(steps < 10_000, "messages come to an end");
        }
    }

    /// Lets so much time pass that nobody has heard anything of late.
    fn wait(&mut self, ms: u64) {
        self.seats.iter_mut().for_each(|seat| seat.wait(ms));
    }

    fn elect(&mut self, id: ProcessId) {
        self.wait(400);
        self.act(id, Bench::time_out);
        self.settle();
        assert!(self.at(id).server().leads(), "{id:?} is elected");
    }

    fn beats(&mut self, id: ProcessId, times: usize) {
        for _ in 0..times {
            self.wait(50);
            self.act(id, Bench::beat);
            self.settle();
        }
    }

    fn leaders(&self) -> Vec<ProcessId> {
        self.seats.iter().filter(|seat| seat.server().leads()).map(|seat| seat.id).collect()
    }
}
