//! Changes of who decides (§6, thesis chapter 4).

use super::*;
use crate::raft::note::AdminRefused;
use crate::scenario::Changes;

fn with_voters(letters: &str, changes: Changes) -> RaftConfig {
    RaftConfig { voters: members(letters).iter().collect(), changes, ..RaftConfig::default() }
}

fn joint(voters: &str, outgoing: &str) -> Membership {
    Membership { voters: members(voters), outgoing: members(outgoing), learners: Members::NOBODY }
}

fn refused(bench: &mut Bench, what: Admin) -> AdminRefused {
    match notes(&bench.asked(what))[..] {
        [&Note::Refuses { why, .. }] => why,
        ref other => panic!("a refusal, not {other:?}"),
    }
}

#[test]
fn a_server_outside_the_configuration_never_campaigns_and_still_votes_s4_2_2() {
    let mut d = Bench::seat(D, 4, Arc::new(with_voters("ABC", Changes::Joint)), Persistent::default());
    for _ in 0..3 {
        d.wait(400);
        let effects = d.time_out();
        assert!(sent(&effects).is_empty() && d.server().role == Role::Follower);
        assert!(effects.iter().any(|effect| matches!(effect, Effect::SetTimer { timer: Timer::Election, .. })));
    }
    assert!(d.asks_for_vote(A, 1, (0, 0)), "the configuration that names it may not have reached it yet");
    let entry = Entry::configuration(1, Membership::of(members("ABCD")));
    d.appends_entries(A, 1, (0, 0), vec![entry], 0);
    d.wait(400);
    d.time_out();
    assert!(matches!(d.server().role, Role::Candidate { .. }), "a configuration holds once it is stored");
}

#[test]
fn a_change_holds_once_it_is_appended_and_not_only_once_it_is_committed_s6() {
    let mut a = Bench::leader_with(with_voters("ABC", Changes::OneByOne), 4, 1, &[]);
    a.acknowledges(B, 1);
    let effects = a.asked(Admin::AddVoter(D));
    let membership = Membership::of(members("ABCD"));
    assert_eq!(notes(&effects), [&Note::Reconfigures { index: 2, membership }]);
    assert_eq!(carried(&effects, D), [0], "the newcomer is asked where its log agrees");
    a.acknowledges(B, 2);
    assert_eq!(a.commit(), 1, "two of four are no majority");
    let effects = a.acknowledges(D, 2);
    assert!(notes(&effects).contains(&&Note::SettlesMembership { index: 2, membership }));
    assert_eq!(a.commit(), 2);
}

#[test]
fn a_configuration_that_is_removed_with_the_log_gives_way_to_the_one_before_s6() {
    let mut a = Bench::with(3, with_voters("AB", Changes::Joint), stored(1, &[1]));
    a.appends_entries(B, 2, (1, 1), vec![Entry::configuration(2, joint("ABC", "AB"))], 1);
    assert_eq!(a.server().membership(), joint("ABC", "AB"));
    let old = Membership::of(members("AB"));
    let append = Message::Append {
        term: 3,
        prev: Position { term: 1, index: 1 },
        entries: [Entry::no_op(3)].into(),
        commit: 1,
        round: 0,
    };
    let effects = a.hear(B, append);
    assert!(notes(&effects).contains(&&Note::RollsBack { index: 0, membership: old }));
    assert_eq!(a.server().membership(), old);
}

#[test]
fn a_restart_finds_the_latest_configuration_in_the_log_s6() {
    let mut a = Bench::with(3, with_voters("AB", Changes::Joint), stored(1, &[1]));
    a.appends_entries(B, 2, (1, 1), vec![Entry::configuration(2, joint("ABC", "AB"))], 1);
    a.crash_and_restart();
    assert_eq!(a.server().membership(), joint("ABC", "AB"));
}

#[test]
fn no_change_begins_before_the_leader_has_committed_an_entry_of_its_term_s4_1() {
    for (changes, change_at_once, held_back) in [
        (Changes::OneByOne, false, true),
        (Changes::Joint, false, true),
        (Changes::Joint, true, true),
        (Changes::OneByOne, true, false),
    ] {
        let rules = Rules { change_at_once, ..Rules::default() };
        let mut a = Bench::leader_with(RaftConfig { rules, ..with_voters("ABC", changes) }, 4, 3, &[1]);
        a.acknowledges(B, 1);
        let effects = a.asked(Admin::AddVoter(D));
        let why = AdminRefused::NothingCommittedYet;
        let refusal = Note::Refuses { what: Admin::AddVoter(D), why };
        assert_eq!(notes(&effects).contains(&&refusal), held_back, "{changes:?} {change_at_once}");
        if held_back {
            a.acknowledges(B, 2);
            assert!(matches!(notes(&a.asked(Admin::AddVoter(D)))[..], [Note::Reconfigures { .. }]));
        }
    }
}

#[test]
fn one_change_at_a_time_s6() {
    let mut a = Bench::leader_with(with_voters("ABC", Changes::Joint), 5, 1, &[]);
    a.acknowledges(B, 1);
    a.asked(Admin::AddVoter(D));
    assert_eq!(refused(&mut a, Admin::AddLearner(E)), AdminRefused::ChangeUnderway { index: 2 });
    a.acknowledges(B, 2);
    assert_eq!(a.commit(), 1, "the new half has no majority yet");
    a.acknowledges(D, 2);
    assert_eq!((a.commit(), a.server().membership()), (2, Membership::of(members("ABCD"))), "it leaves by itself");
    assert_eq!(refused(&mut a, Admin::AddVoter(E)), AdminRefused::ChangeUnderway { index: 3 });
    a.acknowledges(B, 3);
    a.acknowledges(C, 3);
    assert_eq!(a.commit(), 3);
    assert_eq!(refused(&mut a, Admin::AddVoter(D)), AdminRefused::Already);
    assert_eq!(refused(&mut a, Admin::AddVoter(ProcessId(7))), AdminRefused::NoSuchServer);
    a.asked(Admin::Reconfigure(vec![D, E]));
    assert_eq!(a.server().membership(), joint("DE", "ABCD"));
}

#[test]
fn the_last_voter_cannot_be_taken_out_s6() {
    let mut a = Bench::leader_with(with_voters("A", Changes::Joint), 2, 1, &[]);
    assert_eq!(refused(&mut a, Admin::Remove(A)), AdminRefused::LastVoter);
    assert_eq!(refused(&mut a, Admin::Reconfigure(vec![])), AdminRefused::LastVoter);
    assert_eq!(refused(&mut a, Admin::Remove(B)), AdminRefused::Already);
}

#[test]
fn a_new_leader_finishes_leaving_a_joint_configuration_s6() {
    let mut cluster = Cluster::new(4, with_voters("ABC", Changes::Joint), &[]);
    cluster.elect(A);
    // The joint entry reaches everybody; A learns nothing of it any more.
    cluster.act(A, |bench| bench.asked(Admin::AddVoter(D)));
    for to in [B, C, D] {
        let (_, _, message) = cluster.waiting.iter().find(|&&(_, receiver, _)| receiver == to).cloned().unwrap();
        cluster.act(to, |bench| bench.hear(A, message));
    }
    let now: Vec<_> = cluster.waiting.drain(..).filter(|&(from, to, _)| from == D && to == A).collect();
    for (from, _, message) in now {
        // D had nothing yet: it needs one more message.
        cluster.act(A, |bench| bench.hear(from, message));
    }
    cluster.settle();
    assert_eq!(cluster.at(A).commit(), 1);
    cluster.cut_off = members("A");
    cluster.elect(B);
    cluster.beats(B, 2);
    assert_eq!(cluster.at(B).server().membership(), Membership::of(members("ABCD")));
    assert_eq!(cluster.at(D).server().membership(), Membership::of(members("ABCD")));
}

#[test]
fn learners_receive_the_log_and_count_for_nothing_s4_2_1() {
    let mut cluster = Cluster::new(4, with_voters("ABC", Changes::Joint), &[]);
    cluster.elect(A);
    cluster.act(A, |bench| bench.asked(Admin::AddLearner(D)));
    cluster.settle();
    assert_eq!(cluster.at(D).log(), [1, 1]);
    cluster.cut_off = members("BC");
    let before = cluster.at(A).commit();
    cluster.act(A, |bench| bench.hear(CLIENT, request(1, "7")));
    cluster.settle();
    assert_eq!((cluster.at(D).log().len(), cluster.at(A).commit()), (3, before), "A and D are not two of three");
    cluster.wait(400);
    cluster.act(D, Bench::time_out);
    assert_eq!(cluster.at(D).server().role, Role::Follower);
}

#[test]
fn a_leader_that_is_taken_out_does_not_count_itself_and_steps_down_once_that_is_committed_s6() {
    let mut a = Bench::leader_with(with_voters("ABC", Changes::OneByOne), 3, 1, &[]);
    a.acknowledges(B, 1);
    a.asked(Admin::Remove(A));
    a.acknowledges(B, 2);
    assert!(a.server().leads() && a.commit() == 1, "B alone is no majority of B and C");
    a.hear(CLIENT, request(1, "7"));
    let effects = a.acknowledges(C, 2);
    assert!(notes(&effects).contains(&&Note::StepsAside { term: 1 }));
    assert_eq!((a.commit(), &a.server().role), (2, &Role::Follower));
    assert!(sent(&effects).contains(&(CLIENT, &Message::NotLeader { id: id(1), leader: None })));
    a.wait(400);
    assert!(sent(&a.time_out()).is_empty(), "and it campaigns no more");
}

#[test]
fn a_leader_on_its_way_out_can_hand_over_to_a_newcomer_who_finishes_the_change_s3_10() {
    let mut cluster = Cluster::new(4, RaftConfig { voters: vec![A, B, C], ..careful() }, &[]);
    cluster.elect(A);
    cluster.act(A, |bench| bench.asked(Admin::Reconfigure(vec![B, C, D])));
    // D catches up, and the joint entry is not committed yet: B and C hear nothing.
    cluster.cut_off = members("BC");
    cluster.settle();
    assert_eq!(cluster.at(D).log(), cluster.at(A).log());
    assert!(cluster.at(A).server().membership().is_joint());
    cluster.cut_off = Members::NOBODY;
    cluster.act(A, |bench| bench.asked(Admin::Transfer(D)));
    cluster.settle();
    cluster.beats(D, 2);
    assert_eq!(cluster.leaders(), [D]);
    assert_eq!(cluster.at(D).server().membership(), Membership::of(members("BCD")));
    cluster.act(A, Bench::time_out);
    cluster.settle();
    assert_eq!((cluster.leaders(), cluster.at(D).term()), (vec![D], 2), "A, who does not know it yet, disturbs nobody");
}
