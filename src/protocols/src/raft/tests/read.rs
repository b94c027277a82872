//! Reads without the log (thesis §6.4).

use super::*;
use crate::scenario::Reads;

fn with_reads(reads: Reads) -> RaftConfig {
    RaftConfig { reads, ..careful() }
}

/// A leader of term 1 that has committed its no-op and x = 7, as B knows.
fn leader(config: RaftConfig) -> Bench {
    let mut a = Bench::leader_with(config, 3, 1, &[]);
    a.hear(CLIENT, request(1, "7"));
    a.acknowledges_round(B, 2, 0);
    assert_eq!(a.commit(), 2);
    a
}

fn seven(seq: u32) -> (OpId, Outcome) {
    (id(seq), Outcome::Value(Some("7".into())))
}

fn round(bench: &Bench) -> u64 {
    let Role::Leader(leadership) = &bench.server().role else { panic!("it leads") };
    leadership.rounds.latest
}

#[test]
fn a_new_leader_holds_reads_until_an_entry_of_its_term_is_committed_s6_4() {
    for how in [Reads::Index, Reads::Lease] {
        let mut a = Bench::leader_with(careful(), 3, 3, &[1, 1, 2]);
        assert_eq!(notes(&a.hear(CLIENT, read(1, how))), [&Note::HoldsRead { id: id(1) }]);
        a.acknowledges_round(B, 3, 0);
        assert_eq!(a.commit(), 0);
        let committed = a.acknowledges_round(B, 4, 0);
        assert_eq!(a.commit(), 4);
        assert_eq!(outcomes(&committed), [], "it is not yet sure that it still leads");
        let round = round(&a);
        let effects = a.acknowledges_round(C, 0, round);
        assert_eq!(outcomes(&effects), [(id(1), Outcome::Value(None))]);
        assert_eq!(a.server().volatile.served, [Served { id: id(1), how, through: 4 }]);
        a.beat();
        assert_eq!(a.server().volatile.served, []);
    }
}

#[test]
fn a_leader_answers_a_read_once_a_majority_answers_heartbeats_sent_after_it_came_s6_4() {
    let mut a = leader(careful());
    let before = round(&a);
    let effects = a.hear(CLIENT, read(2, Reads::Index));
    let asked: Vec<_> = sent(&effects).into_iter().map(|(to, _)| to).collect();
    assert_eq!(asked, [B, C], "it asks at once");
    assert_eq!(outcomes(&a.acknowledges_round(B, 2, before)), [], "that answers an older heartbeat");
    assert_eq!(outcomes(&a.acknowledges_round(B, 2, before + 1)), [seven(2)]);
}

#[test]
fn a_late_refusal_of_a_round_of_an_earlier_leadership_confirms_none_of_this_one_s6_4() {
    let mut a = leader(careful());
    a.hear(CLIENT, read(2, Reads::Index));
    let refused = Message::Appended { term: a.term(), answer: Answer::Outdated, round: round(&a) + 9 };
    assert_eq!(outcomes(&a.hear(B, refused)), []);
    a.beat();
    assert_eq!(outcomes(&a.acknowledges_round(B, 2, 0)), [], "nor a later one");
}

#[test]
fn reads_that_come_while_a_round_is_on_its_way_share_the_next_s6_4() {
    let mut a = leader(careful());
    let before = round(&a);
    a.hear(CLIENT, read(2, Reads::Index));
    let others = [70, 71, 72].map(|client| OpId { client: ProcessId(client), seq: 1 });
    for id in others {
        let op = Op::Read { key: "x".into(), how: Reads::Index };
        assert!(sent(&a.hear(id.client, Message::Request { id, op })).is_empty());
    }
    let first = a.acknowledges_round(B, 2, before + 1);
    assert_eq!((outcomes(&first), round(&a)), (vec![seven(2)], before + 2));
    let second: Vec<OpId> = outcomes(&a.acknowledges_round(C, 2, before + 2)).into_iter().map(|(id, _)| id).collect();
    assert_eq!(second, others);
}

#[test]
fn a_leader_in_the_minority_never_answers_a_read_that_it_has_to_make_sure_of_s6_4() {
    let mut a = leader(RaftConfig { check_quorum: false, ..careful() });
    a.hear(CLIENT, read(2, Reads::Index));
    for _ in 0..100 {
        a.wait(50);
        assert_eq!(outcomes(&a.beat()), []);
    }
    let Role::Leader(leadership) = &a.server().role else { panic!("it leads") };
    assert!((leadership.reads.len(), leadership.rounds.began.len()) <= (1, 64));
}

#[test]
fn a_leader_alone_answers_at_once_s6_4() {
    let mut a = Bench::leader_with(careful(), 1, 1, &[]);
    for (seq, how) in (1..).zip([Reads::Index, Reads::Lease, Reads::Local]) {
        assert_eq!(outcomes(&a.hear(CLIENT, read(seq, how))), [(id(seq), Outcome::Value(None))]);
    }
}

#[test]
fn a_lease_counts_from_when_the_heartbeats_were_sent_and_lasts_less_than_an_election_timeout_s6_4_1() {
    // 150 ms less one percent.
    for (later_us, served) in [(148_400, true), (148_600, false)] {
        let mut a = leader(with_reads(Reads::Lease));
        a.wait(40);
        a.beat();
        let (round, sent_at) = (round(&a), a.now);
        a.wait(90);
        a.acknowledges_round(B, 2, round);
        a.now = sent_at + Span(later_us);
        assert_eq!(outcomes(&a.hear(CLIENT, read(2, Reads::Lease))).len(), usize::from(served), "{later_us} µs");
        if !served {
            let now = self::round(&a);
            assert_eq!(outcomes(&a.acknowledges_round(B, 2, now)), [seven(2)], "it makes sure as without a lease");
            assert_eq!(outcomes(&a.hear(CLIENT, read(3, Reads::Lease))), [seven(3)], "and has a lease again");
        }
    }
}

#[test]
fn a_lease_without_bound_outlasts_a_stall_s6_4_1() {
    for (lease_without_bound, stale) in [(false, false), (true, true)] {
        let rules = Rules { lease_without_bound, ..Rules::default() };
        let mut a = leader(RaftConfig { rules, ..with_reads(Reads::Lease) });
        a.beat();
        let round = round(&a);
        a.wait(1_000);
        a.acknowledges_round(B, 2, round);
        let answered = outcomes(&a.hear(CLIENT, read(2, Reads::Lease)));
        assert_eq!(!answered.is_empty(), stale, "the answer had waited for a second: others may lead");
    }
}

#[test]
fn there_is_no_lease_unless_all_servers_are_loyal_s6_4_1() {
    let plain = RaftConfig { check_quorum: false, ..with_reads(Reads::Lease) };
    let mixed = RaftConfig { not_upgraded: vec![C], ..with_reads(Reads::Lease) };
    for config in [plain, mixed] {
        let mut a = leader(config);
        a.beat();
        let now = round(&a);
        a.acknowledges_round(B, 2, now);
        assert_eq!(outcomes(&a.hear(CLIENT, read(2, Reads::Lease))), []);
    }
}

#[test]
fn a_leader_that_told_another_to_campaign_has_no_lease_any_more_s6_4_1() {
    let mut a = leader(with_reads(Reads::Lease));
    a.beat();
    let now = round(&a);
    a.acknowledges_round(B, 2, now);
    assert_eq!(outcomes(&a.hear(CLIENT, read(2, Reads::Lease))), [seven(2)]);
    a.asked(Admin::Transfer(B));
    a.expire(Timer::Transfer);
    assert_eq!(outcomes(&a.hear(CLIENT, read(3, Reads::Lease))), [], "B may have been elected");
}

#[test]
fn a_follower_answers_a_local_read_from_what_it_has_applied_and_turns_others_away_s6_4() {
    let mut a = Bench::follower(3, 1, &[1]);
    let entry = Entry::client(1, id(1), put("7"));
    a.appends_entries(B, 1, (1, 1), vec![entry], 1);
    assert_eq!(outcomes(&a.hear(CLIENT, read(2, Reads::Local))), [(id(2), Outcome::Value(None))]);
    assert_eq!(a.server().volatile.served, [Served { id: id(2), how: Reads::Local, through: 1 }]);
    a.appends(B, 1, (1, 2), &[], 2);
    assert_eq!(outcomes(&a.hear(CLIENT, read(3, Reads::Local))), [seven(3)]);
    for how in [Reads::Log, Reads::Index, Reads::Lease] {
        let away = Message::NotLeader { id: id(4), leader: Some(B) };
        assert_eq!(sent(&a.hear(CLIENT, read(4, how))), [(CLIENT, &away)]);
    }
}

#[test]
fn a_read_that_does_not_say_how_is_served_as_the_scenario_says_s6_4() {
    let get = || Message::Request { id: id(2), op: Op::Get { key: "x".into() } };
    let mut a = leader(RaftConfig { reads: Reads::Local, ..careful() });
    assert_eq!(outcomes(&a.hear(CLIENT, get())), [seven(2)]);
    let mut a = leader(careful());
    assert_eq!(outcomes(&a.hear(CLIENT, get())), []);
    assert_eq!(outcomes(&a.acknowledges(B, 3)), [seven(2)], "through the log");
    assert_eq!(a.server().volatile.served, [Served { id: id(2), how: Reads::Log, through: 3 }]);
}
