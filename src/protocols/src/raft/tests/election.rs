//! Elections (§5.2, §5.4.1).

use super::*;

fn resets_election_timer(effects: &[MemberEffect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::SetTimer { timer: Timer::Election, .. }))
}

#[test]
fn a_server_alone_elects_itself_and_commits_its_own_entry_at_once() {
    for config in [RaftConfig::default(), careful()] {
        let mut a = Bench::with(1, config, Persistent::default());
        a.time_out();
        assert!(a.server().leads());
        assert_eq!((a.term(), a.log(), a.commit()), (1, vec![1], 1));
    }
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
        assert_eq!(a.term(), 1);
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
fn with_that_rule_broken_a_vote_goes_to_a_log_that_is_behind() {
    let config = breaking(Rules { skip_up_to_date_check: true, ..Rules::default() });
    assert!(Bench::with(3, config, stored(3, &[1, 2])).asks_for_vote(B, 4, (0, 0)));
}

#[test]
fn with_a_quorum_of_half_two_of_four_elect() {
    for (quorum_of_half, leads) in [(false, false), (true, true)] {
        let mut a = Bench::with(4, breaking(Rules { quorum_of_half, ..Rules::default() }), Persistent::default());
        a.time_out();
        a.hear(B, Message::Vote { term: 1, granted: true });
        assert_eq!(a.server().leads(), leads);
    }
}

#[test]
fn a_candidate_follows_the_leader_of_its_own_or_a_later_term_and_keeps_its_vote_s5_2() {
    for leader_term in [1, 2] {
        let mut a = Bench::of(3);
        a.time_out();
        let answer = a.appends(B, leader_term, (0, 0), &[], 0);
        assert_eq!(answer, Answer::Matches { through: 0 });
        assert_eq!(a.server().role, Role::Follower);
        assert_eq!((a.term(), a.server().volatile.leader), (leader_term, Some(B)));
        assert_eq!(a.server().persistent.voted_for, (leader_term == 1).then_some(A));
    }
}

#[test]
fn stepping_down_within_a_term_keeps_the_vote_of_that_term_s5_2() {
    for (forget_vote, second) in [(false, false), (true, true)] {
        let config = breaking(Rules { forget_vote, ..Rules::default() });
        let mut a = Bench::with(5, config, stored(2, &[1]));
        a.time_out();
        a.appends(B, 3, (2, 7), &[], 0);
        assert_eq!((&a.server().role, a.term()), (&Role::Follower, 3));
        let voted = a.asks_for_vote(C, 3, (2, 9));
        assert_eq!(voted, second, "a second vote in term 3 could elect a second leader");
    }
}

#[test]
fn the_election_timer_restarts_only_on_a_granted_vote_or_the_current_leader_s5_2() {
    let mut a = Bench::follower(5, 3, &[1, 2]);
    let ask = |term, last| Message::RequestVote { term, last, transfer: false };
    let (good, bad) = (Position { term: 2, index: 2 }, Position { term: 1, index: 9 });
    let append =
        |term| Message::Append { term, prev: Position::default(), entries: Arc::default(), commit: 0, round: 0 };
    for (message, restarts) in [
        (ask(2, good), false),
        (ask(4, bad), false),
        (ask(5, good), true),
        (append(4), false),
        (append(5), true),
        (Message::Vote { term: 9, granted: true }, false),
        (Message::RequestPreVote { term: 10, last: good }, false),
    ] {
        let effects = a.hear(B, message.clone());
        assert_eq!(resets_election_timer(&effects), restarts, "{message:?}");
    }
}

#[test]
fn a_leader_that_learns_of_a_higher_term_steps_down_s5_1() {
    let mut a = Bench::leader(3, 2, &[1]);
    let effects = a.hear(B, Message::Appended { term: 5, answer: Answer::Matches { through: 1 }, round: 0 });
    assert_eq!((&a.server().role, a.term()), (&Role::Follower, 5));
    assert!(resets_election_timer(&effects), "a follower needs an election timer, and a leader had none");
    assert!(effects.contains(&Effect::CancelTimer { timer: Timer::Heartbeat }));
}

#[test]
fn a_crash_loses_memory_and_keeps_term_vote_and_log_s5_1() {
    let mut a = Bench::leader(3, 2, &[1]);
    a.acknowledges(B, 2);
    let before = a.server().persistent.clone();
    a.crash_and_restart();
    assert_eq!(a.server().persistent, before);
    assert_eq!((&a.server().role, a.commit()), (&Role::Follower, 0));
}

#[test]
fn a_server_that_forgets_votes_gives_a_second_one_after_a_crash() {
    let mut a = Bench::with(3, breaking(Rules { forget_vote: true, ..Rules::default() }), Persistent::default());
    assert!(a.asks_for_vote(B, 1, (0, 0)));
    assert!(!a.asks_for_vote(C, 1, (0, 0)));
    a.crash_and_restart();
    assert!(a.asks_for_vote(C, 1, (0, 0)), "that is what the disk is for");
}

#[test]
fn a_server_that_answers_before_its_fsync_forgets_in_a_crash_what_it_said() {
    let mut a = Bench::with(3, breaking(Rules { ack_before_fsync: true, ..Rules::default() }), Persistent::default());
    let asked = Message::RequestVote { term: 1, last: Position::default(), transfer: false };
    let effects = a.hear(B, asked);
    assert!(effects.contains(&Effect::SetTimer { timer: Timer::Flush, after: FLUSH_AFTER }));
    a.crash_and_restart();
    assert!(a.asks_for_vote(C, 1, (0, 0)), "nothing of B's vote is on its disk");
    assert!(a.expire(Timer::Flush).contains(&Effect::Fsync));
    a.crash_and_restart();
    assert!(!a.asks_for_vote(B, 1, (0, 0)), "C's vote is");
}

/// The election timeouts that a server draws.
fn timeouts(rules: Rules) -> Vec<Span> {
    let mut a = Bench::with(3, breaking(rules), Persistent::default());
    let election = |effect| match effect {
        Effect::SetTimer { timer: Timer::Election, after } => Some(after),
        _ => None,
    };
    let mut seen: Vec<Span> = (0..200)
        .flat_map(|_| {
            a.wait(1);
            a.time_out()
        })
        .filter_map(election)
        .collect();
    seen.sort_unstable();
    seen
}

#[test]
fn election_timeouts_fill_their_range_s5_2() {
    let seen = timeouts(Rules::default());
    let (low, high) = RaftConfig::default().election_timeout;
    let middle = Span(low.0.midpoint(high.0));
    assert!(seen[0] >= low && seen[199] <= high, "{:?} to {:?}", seen[0], seen[199]);
    assert!(seen[20] < middle && seen[180] > middle, "they are spread");
}

#[test]
fn with_identical_timeouts_everybody_waits_as_long() {
    let seen = timeouts(Rules { same_timeouts: true, ..Rules::default() });
    assert!(seen.iter().all(|&after| after == RaftConfig::default().election_timeout.0));
}

#[test]
fn the_scenario_can_give_a_server_its_disk() {
    let given = crate::scenario::Given { who: B, term: 4, voted_for: Some(C), log: vec![1, 1, 4] };
    let config = Arc::new(RaftConfig { given: vec![given], ..RaftConfig::default() });
    let raft = crate::raft::Raft { servers: 3, clients: Vec::new(), config };
    let disk = sim::Protocol::disk(&raft, B);
    assert_eq!((disk.term, disk.voted_for, disk.log.last()), (4, Some(C), Position { term: 4, index: 3 }));
    assert_eq!(sim::Protocol::disk(&raft, A), Persistent::default());
}
