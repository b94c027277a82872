//! PreVote (thesis §9.6), loyalty to a leader that is heard of (§4.2.3), and CheckQuorum (§6.2).

use super::*;

fn pre_votes() -> RaftConfig {
    RaftConfig { pre_vote: true, ..RaftConfig::default() }
}

fn ask_pre_vote(bench: &mut Bench, from: ProcessId, term: u64, last: (u64, u64)) -> bool {
    let last = Position { term: last.0, index: last.1 };
    let effects = bench.hear(from, Message::RequestPreVote { term, last });
    match sent(&effects)[..] {
        [(to, &Message::PreVote { asked, granted, .. })] if to == from && asked == term => granted,
        ref other => panic!("one answer to {from:?}, not {other:?}"),
    }
}

#[test]
fn a_server_raises_its_term_only_once_a_majority_would_vote_for_it_s9_6() {
    let mut a = Bench::with(5, pre_votes(), stored(2, &[1]));
    let effects = a.time_out();
    let asked = Message::RequestPreVote { term: 3, last: Position { term: 1, index: 1 } };
    assert_eq!(sent(&effects), [B, C, D, E].map(|to| (to, &asked)));
    assert_eq!(a.term(), 2);
    a.hear(B, Message::PreVote { asked: 3, term: 2, granted: true });
    a.hear(B, Message::PreVote { asked: 3, term: 2, granted: true });
    a.hear(D, Message::PreVote { asked: 2, term: 1, granted: true });
    a.hear(E, Message::PreVote { asked: 3, term: 2, granted: false });
    assert!(matches!(a.server().role, Role::PreCandidate { votes } if votes == members("AB")));
    a.hear(C, Message::PreVote { asked: 3, term: 2, granted: true });
    assert!(matches!(a.server().role, Role::Candidate { votes } if votes == members("A")));
    assert_eq!((a.term(), a.server().persistent.voted_for), (3, Some(A)));
}

#[test]
fn a_pre_candidate_that_is_behind_is_refused_and_changes_no_term_s9_6() {
    let mut cluster = Cluster::new(3, pre_votes(), &[(1, &[1, 1]), (1, &[1, 1]), (1, &[1])]);
    cluster.wait(400);
    cluster.act(C, Bench::time_out);
    cluster.settle();
    assert_eq!((cluster.leaders().len(), cluster.at(A).term(), cluster.at(C).term()), (0, 1, 1));
    cluster.elect(B);
    assert!(cluster.seats.iter().all(|seat| seat.term() == 2));
    assert_eq!(cluster.at(C).log(), [1, 1, 2]);
}

#[test]
fn a_server_that_hears_from_a_leader_grants_no_pre_vote_s4_2_3() {
    let mut a = Bench::with(3, pre_votes(), stored(1, &[1]));
    a.wait(400);
    a.appends(B, 1, (1, 1), &[], 0);
    assert!(!ask_pre_vote(&mut a, C, 2, (1, 1)));
    a.wait(140);
    assert!(!ask_pre_vote(&mut a, C, 2, (1, 1)));
    a.wait(10);
    assert!(ask_pre_vote(&mut a, C, 2, (1, 1)), "the shortest election timeout has passed");
    assert_eq!((a.term(), a.server().volatile.leader), (1, Some(B)), "it only said what it would do");
}

#[test]
fn an_active_leader_is_not_disturbed_by_a_pre_candidate_s4_2_3() {
    let mut cluster = Cluster::new(3, careful(), &[]);
    cluster.elect(A);
    cluster.beats(A, 2);
    cluster.act(B, Bench::time_out);
    cluster.settle();
    assert_eq!((cluster.leaders(), cluster.at(A).term()), (vec![A], 1));
    assert!(cluster.seats.iter().all(|seat| seat.term() == 1));
    cluster.beats(A, 1);
    assert_eq!(cluster.at(B).server().role, Role::Follower, "the next heartbeat calls it back");
}

#[test]
fn a_majority_that_no_longer_hears_from_the_leader_may_replace_it_s9_6() {
    let mut cluster = Cluster::new(3, careful(), &[]);
    cluster.elect(A);
    cluster.beats(A, 2);
    for (silence, leaders, term) in [(0, vec![A], 1), (140, vec![A], 1), (10, vec![A, B], 2)] {
        cluster.wait(silence);
        cluster.act(C, Bench::time_out);
        cluster.waiting.clear();
        cluster.act(B, Bench::time_out);
        let asked = cluster.waiting.clone();
        cluster.cut_off = members("A");
        cluster.settle();
        assert_eq!((cluster.leaders(), cluster.at(B).term()), (leaders, term), "{asked:?}");
        cluster.cut_off = Members::NOBODY;
    }
}

#[test]
fn a_pre_candidate_keeps_its_vote_s9_6() {
    let mut a = Bench::with(3, pre_votes(), stored(2, &[1]));
    assert!(a.asks_for_vote(B, 3, (1, 1)));
    a.wait(400);
    a.time_out();
    assert!(matches!(a.server().role, Role::PreCandidate { .. }));
    a.appends(B, 3, (2, 7), &[], 0);
    assert_eq!((&a.server().role, a.server().persistent.voted_for), (&Role::Follower, Some(B)));
    assert!(!a.asks_for_vote(C, 3, (1, 1)), "no second leader in term 3");
}

#[test]
fn a_refused_pre_candidate_catches_up_with_a_higher_term_s5_1() {
    let mut a = Bench::with(3, pre_votes(), stored(1, &[1]));
    a.time_out();
    a.hear(B, Message::PreVote { asked: 2, term: 7, granted: false });
    assert_eq!((&a.server().role, a.term()), (&Role::Follower, 7));
    a.wait(400);
    a.time_out();
    a.hear(B, Message::PreVote { asked: 8, term: 7, granted: true });
    assert_eq!(a.term(), 8);
}

#[test]
fn with_half_of_the_servers_upgraded_a_lagging_one_in_a_higher_term_blocks_nobody_s9_6() {
    let config = RaftConfig { not_upgraded: vec![B, C], ..careful() };
    let mut cluster = Cluster::new(4, config, &[(1, &[1, 1]), (1, &[1, 1]), (9, &[1]), (1, &[1, 1])]);
    cluster.cut_off = members("B");
    cluster.wait(400);
    // A asks at first for term 2; C is ahead of that, and says so.
    for _ in 0..3 {
        cluster.wait(400);
        cluster.act(A, Bench::time_out);
        cluster.settle();
    }
    assert_eq!(cluster.leaders(), [A]);
    assert_eq!(cluster.at(C).log(), cluster.at(A).log());

    let mut cluster =
        Cluster::new(3, RaftConfig { not_upgraded: vec![C], ..careful() }, &[(1, &[1, 1]), (1, &[1, 1]), (9, &[1])]);
    cluster.wait(400);
    cluster.act(C, Bench::time_out);
    cluster.settle();
    assert_eq!((cluster.leaders().len(), cluster.at(A).term()), (0, 10), "it can't win, but its term is known");
    cluster.elect(A);
}

#[test]
fn a_server_that_hears_from_a_leader_does_not_even_take_a_candidates_term_s4_2_3() {
    let mut a = Bench::with(3, careful(), stored(1, &[1]));
    a.wait(400);
    a.appends(B, 1, (1, 1), &[], 0);
    assert!(!a.asks_for_vote(C, 5, (1, 1)));
    assert_eq!((a.term(), a.server().volatile.leader), (1, Some(B)));
    a.wait(150);
    assert!(a.asks_for_vote(C, 5, (1, 1)));

    let mut plain = Bench::follower(3, 1, &[1]);
    plain.appends(B, 1, (1, 1), &[], 0);
    assert!(plain.asks_for_vote(C, 5, (1, 1)), "without CheckQuorum it does");
}

#[test]
fn what_a_leader_may_count_on_outlives_a_newer_term_and_a_crash_s6_4_1() {
    let mut a = Bench::with(3, careful(), stored(1, &[1]));
    a.wait(400);
    a.appends(B, 1, (1, 1), &[], 0);
    a.hear(C, Message::Vote { term: 4, granted: false });
    assert_eq!(a.term(), 4);
    assert!(!a.asks_for_vote(C, 5, (1, 1)), "B may hold a lease still");
    a.crash_and_restart();
    a.wait(100);
    assert!(!a.asks_for_vote(C, 5, (1, 1)), "it does not know when it last heard from B");
    a.wait(50);
    assert!(a.asks_for_vote(C, 5, (1, 1)));
}

#[test]
fn a_follower_that_hears_from_its_leader_does_not_vote_for_itself_either_s6_4_1() {
    let mut a = Bench::with(3, RaftConfig { check_quorum: true, ..RaftConfig::default() }, stored(1, &[1]));
    a.wait(400);
    a.appends(B, 1, (1, 1), &[], 0);
    let effects = a.time_out();
    let why = VoteRefused::HearsLeader { leader: Some(B) };
    assert_eq!(notes(&effects), [&Note::RefusesVote { candidate: A, term: 2, why }]);
    assert_eq!((sent(&effects).len(), a.term(), a.server().volatile.leader), (0, 1, Some(B)));
}

#[test]
fn a_candidate_that_loyal_voters_keep_out_is_freed_by_the_leader_stepping_down_s6_2() {
    let mut cluster = Cluster::new(3, RaftConfig { check_quorum: true, ..RaftConfig::default() }, &[]);
    cluster.elect(A);
    cluster.cut_off = members("C");
    for _ in 0..4 {
        cluster.beats(A, 8);
        cluster.act(C, Bench::time_out);
    }
    cluster.cut_off = Members::NOBODY;
    assert_eq!((cluster.leaders(), cluster.at(C).term()), (vec![A], 5));
    // Its requests for votes are not heeded; its answer to the old leader's heartbeat is.
    cluster.act(C, Bench::time_out);
    let asked: Vec<_> = cluster.waiting.drain(..).collect();
    for (from, to, message) in asked {
        cluster.act(to, |bench| bench.hear(from, message));
    }
    assert_eq!((cluster.leaders(), cluster.at(A).term(), cluster.at(B).term()), (vec![A], 1, 1));
    cluster.beats(A, 1);
    assert_eq!((cluster.leaders().len(), cluster.at(A).term()), (0, 6), "term 6 is C's latest");
    cluster.elect(A);
    assert_eq!(cluster.at(C).server().volatile.leader, Some(A));
}

#[test]
fn a_leader_that_hears_from_no_quorum_for_an_election_timeout_steps_down_in_its_term_s6_2() {
    let mut a = Bench::leader_with(careful(), 5, 3, &[1]);
    a.hear(CLIENT, request(1, "7"));
    for _ in 0..8 {
        a.wait(40);
        a.hear(
            B,
            Message::Appended { term: 3, answer: Answer::Differs { prev: 9, conflict: None, first: 1 }, round: 0 },
        );
        a.acknowledges(C, 0);
        a.beat();
        assert!(a.server().leads(), "two of four answer, whatever they answer");
    }
    for leads in [true, true, true, false] {
        a.wait(40);
        a.acknowledges(B, 0);
        let effects = a.beat();
        assert_eq!(a.server().leads(), leads);
        let lost = Note::LosesQuorum { term: 3, heard: members("AB"), of: 5 };
        assert_eq!(notes(&effects).contains(&&lost), !leads);
        let turned_away = Message::NotLeader { id: id(1), leader: None };
        assert_eq!(sent(&effects).contains(&(CLIENT, &turned_away)), !leads);
    }
    assert_eq!((a.term(), a.server().persistent.voted_for), (3, Some(A)));
}

#[test]
fn learners_do_not_keep_a_leader_in_office_s6_2() {
    let config = RaftConfig { voters: vec![A, B, C], ..careful() };
    let mut a = Bench::leader_with(config, 5, 1, &[]);
    a.acknowledges(B, 1);
    a.asked(Admin::AddLearner(D));
    a.wait(160);
    a.acknowledges(D, 2);
    a.beat();
    assert!(!a.server().leads());
}
