//! One server with no network: messages go in, effects come out. Each test proves a sentence of the paper.

use sim::{Chance, Context, Effect, Process as _, Span};

use super::*;
use crate::op::Outcome;
use crate::raft::{Command, Member};
use crate::scenario::Rules;

const A: ProcessId = ProcessId(0);
const B: ProcessId = ProcessId(1);
const C: ProcessId = ProcessId(2);
const CLIENT: ProcessId = ProcessId(9);

type MemberEffect = sim::EffectOf<Member>;

/// Server A, with its disk kept as the kernel would.
struct Bench {
    member: Member,
    servers: u8,
    config: RaftConfig,
    disk: Persistent,
    unsynced: Vec<Write>,
    steps: u64,
}

impl Bench {
    fn of(servers: u8) -> Self {
        Self::with(servers, RaftConfig::default(), Persistent::default())
    }

    fn with(servers: u8, config: RaftConfig, disk: Persistent) -> Self {
        let member = boot(servers, &config, &disk);
        let mut bench = Self { member, servers, config, disk, unsynced: Vec::new(), steps: 0 };
        bench.step(Member::start);
        bench
    }

    /// A follower in `term` with a log of entries of these terms.
    fn follower(servers: u8, term: u64, log: &[u64]) -> Self {
        Self::with(servers, RaftConfig::default(), stored(term, log))
    }

    /// A leader of `term` with a log of entries of these terms and then its no-op.
    fn leader(servers: u8, term: u64, log: &[u64]) -> Self {
        let mut bench = Self::follower(servers, term - 1, log);
        bench.time_out();
        for voter in 1..=servers / 2 {
            bench.hear(ProcessId(voter), Message::Vote { term, granted: true });
        }
        assert!(bench.server().leads());
        bench
    }

    fn step(&mut self, input: impl FnOnce(&mut Member, &mut Ctx<'_>)) -> Vec<MemberEffect> {
        let mut effects = Vec::new();
        self.steps += 1;
        let at = Time(self.steps * 1_000);
        input(&mut self.member, &mut Context::new(A, at, at, Chance::new(1), &mut effects));
        for effect in &effects {
            match effect {
                Effect::Write(write) => self.unsynced.push(write.clone()),
                Effect::Fsync => self.unsynced.drain(..).for_each(|write| self.disk.apply(&write)),
                Effect::Send { .. } => assert!(self.unsynced.is_empty(), "told before it was on disk: {effects:?}"),
                _ => {}
            }
        }
        effects
    }

    fn hear(&mut self, from: ProcessId, message: Message) -> Vec<MemberEffect> {
        self.step(|member, ctx| member.on_message(from, message, ctx))
    }

    fn time_out(&mut self) -> Vec<MemberEffect> {
        self.step(|member, ctx| member.on_timer(Timer::Election, ctx))
    }

    fn beat(&mut self) -> Vec<MemberEffect> {
        self.step(|member, ctx| member.on_timer(Timer::Heartbeat, ctx))
    }

    fn crash_and_restart(&mut self) {
        self.unsynced.clear();
        self.member = boot(self.servers, &self.config, &self.disk);
        self.step(Member::start);
    }

    fn server(&self) -> &Server {
        self.member.server().unwrap()
    }

    fn log(&self) -> Vec<u64> {
        let log = &self.server().persistent.log;
        log.entries_from(1, usize::MAX).map(|entry| entry.term).collect()
    }

    /// Asks for A's vote and says whether it is given.
    fn asks_for_vote(&mut self, candidate: ProcessId, term: u64, last: (u64, u64)) -> bool {
        let last = Position { term: last.0, index: last.1 };
        let effects = self.hear(candidate, Message::RequestVote { term, last });
        match sent(&effects)[..] {
            [(to, Message::Vote { granted, .. })] if to == candidate => *granted,
            ref other => panic!("one answer to {candidate:?}, not {other:?}"),
        }
    }

    /// Sends A entries of these terms after (term, index), and returns the answer.
    fn appends(&mut self, from: ProcessId, term: u64, prev: (u64, u64), entries: &[u64], commit: u64) -> Answer {
        let entries = entries.iter().copied().map(Entry::no_op).collect();
        let prev = Position { term: prev.0, index: prev.1 };
        let effects = self.hear(from, Message::Append { term, prev, entries, commit });
        match sent(&effects)[..] {
            [(to, Message::Appended { answer, .. })] if to == from => *answer,
            ref other => panic!("one answer to {from:?}, not {other:?}"),
        }
    }

    fn acknowledges(&mut self, from: ProcessId, through: u64) -> Vec<MemberEffect> {
        let term = self.server().persistent.term;
        self.hear(from, Message::Appended { term, answer: Answer::Matches { through } })
    }
}

fn boot(servers: u8, config: &RaftConfig, disk: &Persistent) -> Member {
    Member::Server(Box::new(Server::new(A, servers, config.clone(), disk.clone())))
}

fn stored(term: u64, log: &[u64]) -> Persistent {
    Persistent { term, voted_for: None, log: log.iter().copied().map(Entry::no_op).collect() }
}

fn sent(effects: &[MemberEffect]) -> Vec<(ProcessId, &Message)> {
    let sent = |effect| if let &Effect::Send { to, ref msg } = effect { Some((to, msg)) } else { None };
    effects.iter().filter_map(sent).collect()
}

fn resets_election_timer(effects: &[MemberEffect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::SetTimer { timer: Timer::Election, .. }))
}

fn put(seq: u32, value: &str) -> (OpId, Op) {
    (OpId { client: CLIENT, seq }, Op::Put { key: "x".into(), value: value.into() })
}

fn request(seq: u32, value: &str) -> Message {
    let (id, op) = put(seq, value);
    Message::Request { id, op }
}

#[test]
fn a_server_alone_elects_itself_and_commits_its_own_entry_at_once() {
    let mut a = Bench::of(1);
    a.time_out();
    assert!(a.server().leads());
    assert_eq!((a.server().persistent.term, a.log(), a.server().volatile.commit), (1, vec![1], 1));
}

#[test]
fn a_candidate_leads_with_a_majority_of_votes_and_with_no_fewer_s5_2() {
    for (servers, grants, denials, leads) in [
        (1, 0, 0, true),
        (3, 0, 2, false),
        (3, 1, 0, true),
        (3, 1, 1, true),
        (5, 1, 3, false),
        (5, 2, 0, true),
        (5, 2, 2, true),
    ] {
        let mut a = Bench::of(servers);
        a.time_out();
        let answers = [(true, grants), (false, denials)].into_iter().flat_map(|(granted, n)| vec![granted; n]);
        for (voter, granted) in (1..).map(ProcessId).zip(answers) {
            a.hear(voter, Message::Vote { term: 1, granted });
        }
        assert_eq!(a.server().leads(), leads, "{servers} servers, {grants} grants, {denials} denials");
        assert_eq!(a.server().persistent.term, 1);
    }
}

#[test]
fn the_same_vote_counts_once_and_a_vote_of_an_old_term_not_at_all_s5_2() {
    let mut a = Bench::of(5);
    a.time_out();
    a.hear(B, Message::Vote { term: 1, granted: true });
    a.hear(B, Message::Vote { term: 1, granted: true });
    assert!(!a.server().leads(), "B has one vote");
    a.time_out();
    a.hear(B, Message::Vote { term: 2, granted: true });
    a.hear(C, Message::Vote { term: 1, granted: true });
    assert!(!a.server().leads(), "C's vote was for term 1");
}

#[test]
fn a_vote_once_given_stays_given_within_its_term_across_a_crash_s5_2() {
    let mut a = Bench::of(3);
    assert!(a.asks_for_vote(B, 1, (0, 0)));
    assert!(!a.asks_for_vote(C, 1, (0, 0)));
    a.crash_and_restart();
    assert!(!a.asks_for_vote(C, 1, (0, 0)));
    assert!(a.asks_for_vote(B, 1, (0, 0)), "B may ask again: its first answer may be lost");
    assert!(a.asks_for_vote(C, 2, (0, 0)), "a new term is a new vote");
}

#[test]
fn a_vote_is_given_only_to_a_log_that_is_at_least_as_up_to_date_s5_4_1() {
    let logs: [&[u64]; 6] = [&[], &[1], &[1, 1], &[1, 2], &[1, 1, 1], &[3]];
    for mine in logs {
        for theirs in logs {
            let end = |log: &[u64]| (log.last().copied().unwrap_or(0), log.len() as u64);
            let ((my_term, my_length), (term, length)) = (end(mine), end(theirs));
            let up_to_date = term > my_term || (term == my_term && length >= my_length);
            let granted = Bench::follower(3, 3, mine).asks_for_vote(B, 4, end(theirs));
            assert_eq!(granted, up_to_date, "voter {mine:?}, candidate {theirs:?}");
        }
    }
}

#[test]
fn a_candidate_follows_the_leader_of_its_own_or_a_later_term_s5_2() {
    for leader_term in [1, 2] {
        let mut a = Bench::of(3);
        a.time_out();
        let answer = a.appends(B, leader_term, (0, 0), &[], 0);
        assert_eq!(answer, Answer::Matches { through: 0 });
        assert_eq!(a.server().role, Role::Follower);
        assert_eq!((a.server().persistent.term, a.server().volatile.leader), (leader_term, Some(B)));
    }
}

#[test]
fn stepping_down_within_a_term_keeps_the_vote_of_that_term_s5_2() {
    let mut a = Bench::follower(5, 2, &[1]);
    a.time_out();
    a.appends(B, 3, (2, 7), &[], 0);
    assert_eq!((&a.server().role, a.server().persistent.voted_for), (&Role::Follower, Some(A)));
    assert!(!a.asks_for_vote(C, 3, (2, 9)), "a second vote in term 3 could elect a second leader");
}

#[test]
fn the_election_timer_restarts_only_on_a_granted_vote_or_the_current_leader_s5_2() {
    let mut a = Bench::follower(5, 3, &[1, 2]);
    let ask = |term, last| Message::RequestVote { term, last };
    let (good, bad) = (Position { term: 2, index: 2 }, Position { term: 1, index: 9 });
    let append = |term| Message::Append { term, prev: Position::default(), entries: [].into(), commit: 0 };
    for (message, restarts) in [
        (ask(2, good), false),
        (ask(4, bad), false),
        (ask(5, good), true),
        (append(4), false),
        (append(5), true),
        (Message::Vote { term: 9, granted: true }, false),
    ] {
        let effects = a.hear(B, message.clone());
        assert_eq!(resets_election_timer(&effects), restarts, "{message:?}");
    }
}

#[test]
fn a_leader_that_learns_of_a_higher_term_steps_down_s5_1() {
    let mut a = Bench::leader(3, 2, &[1]);
    let effects = a.hear(B, Message::Appended { term: 5, answer: Answer::Matches { through: 1 } });
    assert_eq!((&a.server().role, a.server().persistent.term), (&Role::Follower, 5));
    assert!(resets_election_timer(&effects), "a follower needs an election timer, and a leader had none");
    assert!(effects.contains(&Effect::CancelTimer { timer: Timer::Heartbeat }));
}

#[test]
fn a_follower_takes_what_matches_and_nothing_else_s5_3() {
    for (prev, entries, answer, log) in [
        ((2, 2), &[3][..], Answer::Matches { through: 3 }, &[1, 2, 3][..]),
        ((1, 1), &[3, 3], Answer::Matches { through: 3 }, &[1, 3, 3]),
        ((0, 0), &[1, 2, 3], Answer::Matches { through: 3 }, &[1, 2, 3]),
        ((0, 0), &[1], Answer::Matches { through: 1 }, &[1, 2]),
        ((1, 1), &[], Answer::Matches { through: 1 }, &[1, 2]),
        ((1, 2), &[3], Answer::Differs { prev: 2, conflict: Some(2), first: 2 }, &[1, 2]),
        ((3, 5), &[3], Answer::Differs { prev: 5, conflict: None, first: 3 }, &[1, 2]),
    ] {
        let mut a = Bench::follower(3, 3, &[1, 2]);
        assert_eq!(a.appends(B, 3, prev, entries, 0), answer, "{prev:?} {entries:?}");
        assert_eq!(a.log(), log, "{prev:?} {entries:?}");
        assert_eq!(a.disk.log, a.server().persistent.log, "the disk holds what memory holds");
    }
}

#[test]
fn an_older_message_that_arrives_late_does_not_shorten_a_matching_log_s5_3() {
    let mut a = Bench::follower(3, 2, &[]);
    a.appends(B, 2, (0, 0), &[1, 2, 2], 3);
    assert_eq!(a.appends(B, 2, (0, 0), &[1], 1), Answer::Matches { through: 1 });
    assert_eq!((a.log(), a.server().volatile.commit), (vec![1, 2, 2], 3));
}

#[test]
fn a_heartbeat_commits_no_further_than_it_vouches_for_s5_3() {
    let mut a = Bench::follower(3, 4, &[1, 2, 2]);
    a.appends(B, 4, (1, 1), &[], 3);
    assert_eq!(a.server().volatile.commit, 1, "entries 2 and 3 may not be the leader's");
}

#[test]
fn a_message_of_an_older_term_changes_nothing_s5_1() {
    let mut a = Bench::follower(3, 3, &[1, 2]);
    let before = a.server().clone();
    assert!(!a.asks_for_vote(B, 2, (9, 9)));
    assert!(matches!(a.appends(B, 2, (1, 1), &[2, 2], 3), Answer::Differs { .. }));
    assert_eq!(*a.server(), before);
}

#[test]
fn a_leader_commits_older_entries_only_with_one_of_its_own_term_s5_4_2() {
    let mut a = Bench::leader(3, 3, &[1, 2]);
    let commits: Vec<u64> = (1..=3)
        .map(|through| {
            a.acknowledges(B, through);
            a.server().volatile.commit
        })
        .collect();
    assert_eq!(commits, [0, 0, 3]);
}

#[test]
fn with_the_rule_of_old_terms_broken_copies_of_an_old_entry_commit_it() {
    let rules = Rules { count_old_terms: true, ..Rules::default() };
    let mut a = Bench::with(3, RaftConfig { rules, ..RaftConfig::default() }, stored(2, &[1, 2]));
    a.time_out();
    a.hear(B, Message::Vote { term: 3, granted: true });
    a.acknowledges(B, 2);
    assert_eq!(a.server().volatile.commit, 2);
}

#[test]
fn a_leader_finds_where_logs_part_with_one_refusal_for_a_short_log_and_each_term_s5_3() {
    // The leader's log and a follower's, as terms; how many refusals it takes.
    for (leader, follower, refusals) in [
        (&[1, 2, 2, 4, 4, 4, 4][..], &[1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3][..], 1),
        (&[1, 1, 1, 4, 4], &[1, 1], 1),
        (&[4, 4, 4], &[], 1),
        (&[1, 1, 1, 4, 4, 5, 5, 6, 6, 6], &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], 2),
        (&[1, 1, 1, 4, 4, 5, 5, 6, 6, 6], &[1, 1, 1, 4, 4, 4, 4], 2),
    ] {
        let mut a = Bench::leader(3, 9, leader);
        let mut b = Bench::follower(3, 8, follower);
        a.beat();
        let effects = a.beat();
        let mut to_b = effects;
        let mut seen = 0;
        while let Some((_, append)) = sent(&to_b).into_iter().find(|&(to, _)| to == B) {
            let append = append.clone();
            let answer = sent(&b.hear(A, append))[0].1.clone();
            seen += usize::from(matches!(answer, Message::Appended { answer: Answer::Differs { .. }, .. }));
            to_b = a.hear(B, answer);
            assert!(seen < 20, "the leader makes progress");
        }
        assert_eq!(b.log(), a.log());
        assert_eq!(seen, refusals, "{follower:?} to {leader:?}");
    }
}

#[test]
fn an_old_refusal_moves_nothing_back_s5_3() {
    let mut a = Bench::leader(3, 3, &[1, 2]);
    a.acknowledges(B, 3);
    let before = a.server().clone();
    let stale = Answer::Differs { prev: 1, conflict: None, first: 1 };
    assert!(sent(&a.hear(B, Message::Appended { term: 3, answer: stale })).is_empty());
    assert_eq!(*a.server(), before);
}

#[test]
fn unacknowledged_entries_are_sent_again_with_the_second_heartbeat_s5_3() {
    let mut a = Bench::leader(3, 1, &[]);
    let carried = |effects: &[MemberEffect]| match sent(effects)[0].1 {
        Message::Append { entries, .. } => entries.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(carried(&a.beat()), 0, "they may still be on their way");
    assert_eq!(carried(&a.beat()), 1);
    a.acknowledges(B, 1);
    assert_eq!(carried(&a.beat()), 0, "a heartbeat is empty");
}

#[test]
fn a_command_is_answered_once_it_is_committed_and_no_sooner_s5_3() {
    let mut a = Bench::leader(3, 1, &[]);
    let effects = a.hear(CLIENT, request(1, "7"));
    assert!(sent(&effects).iter().all(|(_, message)| message.is_append()), "{effects:?}");
    let effects = a.acknowledges(B, 2);
    let id = put(1, "7").0;
    assert!(sent(&effects).contains(&(CLIENT, &Message::Reply { id, outcome: Outcome::Written })));
}

#[test]
fn a_command_sent_twice_is_applied_once_also_under_another_leader_s8() {
    let mut a = Bench::leader(3, 1, &[]);
    a.hear(CLIENT, request(1, "7"));
    a.hear(CLIENT, request(1, "7"));
    assert_eq!(a.log(), [1, 1], "the no-op and the command");
    a.acknowledges(B, 2);
    let again = a.hear(CLIENT, request(1, "7"));
    let id = put(1, "7").0;
    assert_eq!(sent(&again), [(CLIENT, &Message::Reply { id, outcome: Outcome::Written })]);

    // A leader that did not see the first sending takes the command in again: the state machine tells.
    let mut machine = Machine::default();
    let (id, op) = put(1, "7");
    machine.apply(&Command::Client { id, op });
    let (later, other) = put(2, "8");
    machine.apply(&Command::Client { id: later, op: other });
    let (id, op) = put(1, "7");
    machine.apply(&Command::Client { id, op });
    assert_eq!(machine.values().collect::<Vec<_>>(), [("x", "8")]);
}

#[test]
fn a_server_that_does_not_lead_names_the_leader_s8() {
    let mut a = Bench::follower(3, 1, &[]);
    let id = put(1, "7").0;
    let effects = a.hear(CLIENT, request(1, "7"));
    assert_eq!(sent(&effects), [(CLIENT, &Message::NotLeader { id, leader: None })]);
    a.appends(B, 1, (0, 0), &[], 0);
    let effects = a.hear(CLIENT, request(1, "7"));
    assert_eq!(sent(&effects), [(CLIENT, &Message::NotLeader { id, leader: Some(B) })]);
}

#[test]
fn a_crash_loses_memory_and_keeps_term_vote_and_log_s5_1() {
    let mut a = Bench::leader(3, 2, &[1]);
    a.acknowledges(B, 2);
    let before = a.server().persistent.clone();
    a.crash_and_restart();
    assert_eq!(a.server().persistent, before);
    assert_eq!((&a.server().role, a.server().volatile.commit), (&Role::Follower, 0));
}

#[test]
fn a_server_that_forgets_votes_gives_a_second_one_after_a_crash() {
    let rules = Rules { forget_vote: true, ..Rules::default() };
    let mut a = Bench::with(3, RaftConfig { rules, ..RaftConfig::default() }, Persistent::default());
    assert!(a.asks_for_vote(B, 1, (0, 0)));
    assert!(!a.asks_for_vote(C, 1, (0, 0)));
    a.crash_and_restart();
    assert!(a.asks_for_vote(C, 1, (0, 0)), "that is what the disk is for");
}

#[test]
fn election_timeouts_fill_their_range_s5_2() {
    let mut a = Bench::of(3);
    let (low, high) = RaftConfig::default().election_timeout;
    let mut seen: Vec<Span> = (0..200)
        .flat_map(|_| a.time_out())
        .filter_map(|effect| if let Effect::SetTimer { after, .. } = effect { Some(after) } else { None })
        .collect();
    seen.sort_unstable();
    let middle = Span(low.0.midpoint(high.0));
    assert!(seen[0] >= low && seen[199] <= high, "{:?} to {:?}", seen[0], seen[199]);
    assert!(seen[20] < middle && seen[180] > middle, "they are spread");
}
