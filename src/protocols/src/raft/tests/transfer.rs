//! Handing the leadership over (thesis §3.10).

use super::*;
use crate::raft::note::{AdminRefused, PutOff};

#[test]
fn a_target_that_is_behind_is_brought_up_to_date_before_it_campaigns_s3_10() {
    let mut cluster = Cluster::new(3, careful(), &[]);
    cluster.elect(A);
    cluster.cut_off = members("C");
    for seq in 1..=3 {
        cluster.act(A, |bench| bench.hear(CLIENT, request(seq, "7")));
        cluster.settle();
    }
    cluster.cut_off = Members::NOBODY;
    let effects = cluster.act(A, |bench| bench.asked(Admin::Transfer(C)));
    assert_eq!(notes(&effects), [&Note::BeginsTransfer { to: C }]);
    let put_off = cluster.act(A, |bench| bench.hear(CLIENT, request(4, "8")));
    let why = PutOff::Transferring { to: C };
    assert_eq!(notes(&put_off), [&Note::PutsOff { id: id(4), why }]);
    assert_eq!(sent(&put_off), [(CLIENT, &Message::NotLeader { id: id(4), leader: None })]);
    cluster.beats(A, 2);
    assert_eq!((cluster.leaders(), cluster.at(C).term()), (vec![C], 2));
    assert_eq!(cluster.at(C).log(), [1, 1, 1, 1, 2]);
    assert_eq!(cluster.at(A).server().volatile.leader, Some(C), "loyalty to A did not keep C out");
}

#[test]
fn a_transfer_to_a_server_out_of_reach_is_given_up_after_an_election_timeout_s3_10() {
    let mut a = Bench::leader_with(careful(), 3, 1, &[]);
    a.acknowledges(B, 1);
    let effects = a.asked(Admin::Transfer(C));
    let after = RaftConfig::default().election_timeout.0;
    assert!(effects.contains(&Effect::SetTimer { timer: Timer::Transfer, after }));
    assert_eq!(a.log(), [1]);
    a.hear(CLIENT, request(1, "7"));
    assert_eq!(a.log(), [1], "nothing is taken in meanwhile");
    assert_eq!(notes(&a.expire(Timer::Transfer)), [&Note::AbortsTransfer { to: C }]);
    a.hear(CLIENT, request(1, "7"));
    assert_eq!((a.server().leads(), a.log()), (true, vec![1, 1]));
    assert!(sent(&a.acknowledges(C, 2)).iter().all(|(_, message)| !matches!(message, Message::TimeoutNow { .. })));
}

#[test]
fn a_leader_hands_over_to_another_voter_and_to_nobody_else_s3_10() {
    let mut a = Bench::leader_with(RaftConfig { voters: vec![A, B], ..careful() }, 3, 1, &[]);
    for (to, why) in [(A, AdminRefused::Already), (C, AdminRefused::NotVoter), (D, AdminRefused::NoSuchServer)] {
        let what = Admin::Transfer(to);
        assert_eq!(notes(&a.asked(what.clone())), [&Note::Refuses { what, why }]);
    }
    a.asked(Admin::Transfer(B));
    let (what, why) = (Admin::Transfer(B), AdminRefused::Transferring { to: B });
    assert_eq!(notes(&a.asked(what.clone())), [&Note::Refuses { what, why }]);
    let mut b = Bench::follower(3, 1, &[]);
    let (what, why) = (Admin::Transfer(C), AdminRefused::NotLeader { leader: None });
    assert_eq!(notes(&b.asked(what.clone())), [&Note::Refuses { what, why }]);
}

#[test]
fn only_a_voter_of_the_same_term_heeds_the_call_to_campaign_s3_10() {
    for (term, voters, heeds) in [(3, vec![], true), (2, vec![], false), (3, vec![B, C], false)] {
        let mut a = Bench::with(3, RaftConfig { voters, ..careful() }, stored(3, &[1]));
        let effects = a.hear(B, Message::TimeoutNow { term });
        let asks = Message::RequestVote { term: 4, last: Position { term: 1, index: 1 }, transfer: true };
        assert_eq!(sent(&effects).contains(&(B, &asks)), heeds);
    }
}
