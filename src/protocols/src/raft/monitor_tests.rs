//! The monitor fires when a property is broken, and names the facts. The servers are real; what breaks them is a
//! rule switched off, or, where no rule of ours breaks a property, a hand in their memory.

use std::collections::VecDeque;

use sim::{Chance, Context, Disk as _, Effect, OpId, Process as _, Protocol as _, Span};

use super::*;
use crate::op::Op;
use crate::raft::server::Served;
use crate::raft::{Entry, Message, Persistent, Raft, Role, Timer};
use crate::scenario::{ClientConfig, RaftConfig, Rules};

const A: ProcessId = ProcessId(0);
const B: ProcessId = ProcessId(1);
const C: ProcessId = ProcessId(2);
const D: ProcessId = ProcessId(3);
const E: ProcessId = ProcessId(4);
const CLIENT: ProcessId = ProcessId(9);

/// A cluster whose messages wait until the test delivers them.
struct Cluster {
    raft: Raft,
    members: Vec<Option<Member>>,
    disks: Vec<Persistent>,
    waiting: VecDeque<(ProcessId, ProcessId, Message)>,
    monitor: RaftMonitor,
    breaches: Vec<Breach>,
    steps: u64,
}

impl Cluster {
    /// Servers that all hold one entry of term 1.
    fn new(servers: u8, rules: Rules) -> Self {
        let raft = Raft { servers, clients: Vec::new(), config: RaftConfig { rules, ..RaftConfig::default() }.into() };
        let disk = Persistent {
            term: 1,
            voted_for: None,
            log: [Entry::no_op(1)].into_iter().collect(),
            ..Persistent::default()
        };
        let disks = vec![disk; usize::from(servers)];
        let mut cluster = Self {
            members: vec![None; usize::from(servers)],
            disks,
            waiting: VecDeque::new(),
            monitor: raft.monitor(),
            breaches: Vec::new(),
            steps: 0,
            raft,
        };
        (0..servers).map(ProcessId).for_each(|id| cluster.restart(id));
        cluster
    }

    fn step(&mut self, who: ProcessId, input: impl FnOnce(&mut Member, &mut Context<'_, Member>)) {
        let mut effects = Vec::new();
        self.steps += 1;
        let at = Time(self.steps);
        let member = self.members[who.index()].as_mut().unwrap();
        input(member, &mut Context::new(who, at, at, Chance::new(1), &mut effects));
        for effect in effects {
            match effect {
                Effect::Write(write) => self.disks[who.index()].apply(&write),
                Effect::Send { to, msg } => self.waiting.push_back((who, to, msg)),
                _ => {}
            }
        }
        self.observe(who);
    }

    fn observe(&mut self, who: ProcessId) {
        self.monitor.observe(Time(self.steps), who, &self.members, &mut self.breaches);
    }

    /// Lets the election timer run out, so many times.
    fn times_out(&mut self, who: ProcessId, times: usize) {
        (0..times).for_each(|_| self.step(who, |member, ctx| member.on_timer(Timer::Election, ctx)));
    }

    fn is_asked(&mut self, who: ProcessId, seq: u32) {
        let op = Op::Put { key: "x".into(), value: seq.to_string() };
        let message = Message::Request { id: OpId { client: CLIENT, seq }, op };
        self.step(who, |member, ctx| member.on_message(CLIENT, message, ctx));
    }

    /// Delivers what waits from one server to another, and then what waits back, so many times.
    fn talk(&mut self, a: ProcessId, b: ProcessId, times: usize) {
        for (from, to) in [(a, b), (b, a)].repeat(times) {
            let (now, later): (VecDeque<_>, VecDeque<_>) =
                self.waiting.drain(..).partition(|&(f, t, _)| (f, t) == (from, to));
            self.waiting = later;
            for (_, _, message) in now {
                self.step(to, |member, ctx| member.on_message(from, message, ctx));
            }
        }
    }

    fn loses_what_waits(&mut self) {
        self.waiting.clear();
    }

    fn crash(&mut self, who: ProcessId) {
        self.members[who.index()] = None;
        self.waiting.retain(|&(from, to, _)| from != who && to != who);
        self.observe(who);
    }

    fn restart(&mut self, who: ProcessId) {
        self.members[who.index()] = Some(self.raft.boot(who, &self.disks[who.index()]));
        self.step(who, Member::start);
    }

    fn leads(&self, who: ProcessId) -> bool {
        self.members[who.index()].as_ref().and_then(Member::server).unwrap().leads()
    }

    /// Reaches into a server's memory.
    fn tamper(&mut self, who: ProcessId, change: impl FnOnce(&mut Server)) {
        let Some(Member::Server(server)) = &mut self.members[who.index()] else { panic!("it runs") };
        change(server);
        self.observe(who);
    }
}

/// Figure 8 of the paper, (a) to (d): S1 to S5 are A to E.
fn figure_8(rules: Rules) -> Vec<Breach> {
    let mut cluster = Cluster::new(5, rules);
    cluster.times_out(A, 1);
    cluster.talk(A, B, 1);
    cluster.talk(A, C, 1);
    assert!(cluster.leads(A), "(a) A leads term 2");
    cluster.loses_what_waits();
    cluster.is_asked(A, 1);
    cluster.talk(A, B, 1);
    cluster.crash(A);

    cluster.times_out(E, 2);
    cluster.talk(E, C, 1);
    cluster.talk(E, D, 1);
    assert!(cluster.leads(E), "(b) E leads term 3");
    cluster.is_asked(E, 2);
    cluster.crash(E);

    cluster.restart(A);
    cluster.times_out(A, 2);
    cluster.talk(A, B, 1);
    cluster.talk(A, C, 1);
    assert!(cluster.leads(A), "(c) A leads term 4");
    cluster.talk(A, B, 4);
    cluster.talk(A, C, 4);
    cluster.crash(A);

    cluster.restart(E);
    cluster.times_out(E, 2);
    for voter in [B, C, D] {
        cluster.talk(E, voter, 1);
    }
    for follower in [B, C, D] {
        cluster.talk(E, follower, 4);
    }
    cluster.breaches
}

#[test]
fn counting_copies_of_old_terms_loses_a_committed_entry_as_in_figure_8() {
    let breaches = figure_8(Rules { count_old_terms: true, ..Rules::default() });
    let lacks = Position { term: 2, index: 2 };
    assert_eq!(
        breaches,
        [
            Breach::LeaderCompleteness { leader: E, term: 5, lacks, committed_by: A, committed_in: 4 },
            Breach::StateMachineSafety { at: lacks, first: A, second: E, other_term: 3 },
        ]
    );
}

#[test]
fn with_the_commit_rule_figure_8_breaks_nothing_s5_4_2() {
    assert_eq!(figure_8(Rules::default()), []);
}

fn crash_between_two_votes(rules: Rules) -> Vec<Breach> {
    let mut cluster = Cluster::new(3, rules);
    cluster.times_out(B, 1);
    cluster.times_out(C, 1);
    cluster.talk(B, A, 1);
    assert!(cluster.leads(B));
    let asked = cluster.waiting.iter().find(|(from, to, _)| (*from, *to) == (C, A)).cloned().unwrap();
    cluster.crash(A);
    cluster.restart(A);
    cluster.waiting.push_back(asked);
    cluster.talk(C, A, 1);
    cluster.breaches
}

#[test]
fn a_forgotten_vote_elects_two_leaders_in_one_term() {
    let rules = Rules { forget_vote: true, ..Rules::default() };
    let twice = Breach::OneVote { who: A, term: 2, first: B, second: C };
    let both = Breach::ElectionSafety { term: 2, first: B, second: C };
    assert_eq!(crash_between_two_votes(rules), [twice, both]);
    assert_eq!(crash_between_two_votes(Rules::default()), []);
}

#[test]
fn a_leader_that_changes_its_log_is_seen() {
    for (removed_only, has) in [(true, None), (false, Some(2))] {
        let mut cluster = Cluster::new(1, Rules::default());
        cluster.times_out(A, 1);
        cluster.is_asked(A, 1);
        cluster.tamper(A, |server| {
            server.persistent.log.truncate_from(3);
            if !removed_only {
                server.persistent.log.push(Entry::no_op(2));
            }
        });
        let had = Position { term: 2, index: 3 };
        assert_eq!(cluster.breaches[0], Breach::LeaderAppendOnly { leader: A, term: 2, had, has });
    }
}

#[test]
fn logs_that_meet_again_after_they_parted_are_seen() {
    let mut cluster = Cluster::new(3, Rules::default());
    let log = |terms: [u64; 3]| terms.into_iter().map(Entry::no_op).collect();
    cluster.tamper(B, |server| server.persistent.log = log([1, 1, 3]));
    assert_eq!(cluster.breaches, []);
    cluster.tamper(C, |server| server.persistent.log = log([1, 2, 3]));
    let at = Position { term: 3, index: 3 };
    assert_eq!(cluster.breaches, [Breach::LogMatching { at, first: B, second: C }]);
}

#[test]
fn a_breach_is_reported_once_however_long_it_lasts() {
    let mut cluster = Cluster::new(3, Rules { forget_vote: true, ..Rules::default() });
    for leader in [B, C] {
        cluster.tamper(leader, |server| {
            server.role = Role::Leader(Box::default());
        });
    }
    (0..10).for_each(|_| cluster.observe(C));
    assert_eq!(cluster.breaches, [Breach::ElectionSafety { term: 1, first: B, second: C }]);
}

#[test]
fn a_second_vote_in_a_term_is_seen_across_a_crash() {
    let mut cluster = Cluster::new(3, Rules::default());
    cluster.tamper(A, |server| server.persistent.voted_for = Some(B));
    cluster.crash(A);
    cluster.restart(A);
    assert_eq!(cluster.breaches, [], "its disk has no vote: it has not voted twice yet");
    cluster.tamper(A, |server| server.persistent.voted_for = Some(C));
    assert_eq!(cluster.breaches, [Breach::OneVote { who: A, term: 1, first: B, second: C }]);
}

#[test]
fn a_vote_in_a_later_term_is_no_second_vote() {
    let mut cluster = Cluster::new(3, Rules::default());
    cluster.tamper(A, |server| server.persistent.voted_for = Some(B));
    cluster.tamper(A, |server| (server.persistent.term, server.persistent.voted_for) = (2, Some(C)));
    assert_eq!(cluster.breaches, []);
}

#[test]
fn a_commit_index_that_falls_is_seen_unless_a_crash_took_it() {
    let mut cluster = Cluster::new(1, Rules::default());
    cluster.times_out(A, 1);
    assert!(cluster.leads(A));
    let commit = cluster.members[0].as_ref().and_then(Member::server).unwrap().volatile.commit;
    assert_eq!(commit, 2, "it is alone and commits at once");
    cluster.crash(A);
    cluster.restart(A);
    assert_eq!(cluster.breaches, []);
    cluster.times_out(A, 1);
    cluster.tamper(A, |server| server.volatile.commit = 1);
    assert_eq!(cluster.breaches, [Breach::CommitFalls { who: A, from: 3, to: 1 }]);
}

/// A client's operation comes to a leader twice.
fn sent_twice(rules: Rules) -> Vec<Breach> {
    let mut cluster = Cluster::new(3, rules);
    cluster.times_out(A, 1);
    for _ in 0..2 {
        cluster.talk(A, B, 3);
        cluster.is_asked(A, 1);
    }
    cluster.talk(A, B, 3);
    cluster.breaches
}

#[test]
fn an_operation_that_takes_effect_twice_is_seen_s8() {
    let breaches = sent_twice(Rules { apply_retries: true, ..Rules::default() });
    assert_eq!(breaches, [Breach::ExactlyOnce { who: A, at: 4, effects: 2, operations: 1 }]);
    assert_eq!(sent_twice(Rules::default()), []);
}

#[test]
fn a_read_that_misses_what_was_committed_before_it_was_asked_for_is_seen() {
    let config = ClientConfig {
        name: "c1".into(),
        near: Vec::new(),
        write_every: None,
        does: Vec::new(),
        timeout: Span::from_secs(1),
    };
    for (how, seq, through, seen) in [
        (Reads::Lease, 1, 1, true),
        (Reads::Index, 1, 1, true),
        (Reads::Lease, 1, 2, false),
        (Reads::Local, 1, 1, false),
        (Reads::Index, 7, 1, false),
    ] {
        let mut cluster = Cluster::new(1, Rules::default());
        let client = ProcessId(1);
        cluster.raft.clients.push(config.clone());
        cluster.monitor = cluster.raft.monitor();
        cluster.members.push(Some(cluster.raft.boot(client, &Persistent::default())));
        cluster.disks.push(Persistent::default());
        cluster.times_out(A, 1);
        cluster.step(client, |member, ctx| member.on_request(Op::Get { key: "x".into() }, ctx));
        let id = OpId { client, seq };
        cluster.tamper(A, |server| server.volatile.served.push(Served { id, how, through }));
        let lacks = Position { term: 2, index: 2 };
        let stale = Breach::FreshReads { who: A, client, how, lacks, asked: 2 };
        assert_eq!(cluster.breaches, if seen { vec![stale] } else { Vec::new() }, "{how:?} up to entry {through}");
    }
}
