//! Replication, as a leader (§5.3, §5.4.2, §8).

use super::*;
use crate::raft::note::PutOff;

fn ends(bench: &Bench, of: ProcessId) -> Vec<u64> {
    bench.progress(of).in_flight.iter().copied().collect()
}

#[test]
fn a_leader_commits_older_entries_only_with_one_of_its_own_term_s5_4_2() {
    let mut a = Bench::leader(3, 3, &[1, 2]);
    let commits: Vec<u64> = (1..=3)
        .map(|through| {
            a.acknowledges(B, through);
            a.commit()
        })
        .collect();
    assert_eq!(commits, [0, 0, 3]);
}

#[test]
fn with_the_rule_of_old_terms_broken_copies_of_an_old_entry_commit_it() {
    let mut a = Bench::leader_with(breaking(Rules { count_old_terms: true, ..Rules::default() }), 3, 3, &[1, 2]);
    a.acknowledges(B, 2);
    assert_eq!((a.log(), a.commit()), (vec![1, 2], 2));
}

#[test]
fn without_the_no_op_a_term_begins_with_its_first_operation_s8() {
    let mut a = Bench::leader_with(RaftConfig { no_op: false, ..RaftConfig::default() }, 3, 3, &[1, 2]);
    a.acknowledges(B, 2);
    assert_eq!((a.log(), a.commit()), (vec![1, 2], 0));
    a.hear(CLIENT, request(1, "7"));
    a.acknowledges(B, 3);
    assert_eq!(a.commit(), 3);
}

#[test]
fn the_commit_index_is_what_a_majority_has_in_whatever_order_they_answer_s5_3() {
    let answers = [(B, 2), (C, 4), (D, 3), (E, 1), (E, 4), (B, 1)];
    let mut a = Bench::leader(5, 1, &[]);
    for seq in 1..=3 {
        a.hear(
            ProcessId(90 + seq),
            Message::Request { id: OpId { client: ProcessId(90 + seq), seq: 1 }, op: put("7") },
        );
    }
    let commits: Vec<u64> = answers
        .into_iter()
        .map(|(who, through)| {
            a.acknowledges(who, through);
            a.commit()
        })
        .collect();
    assert_eq!(commits, [0, 2, 3, 3, 4, 4]);
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
        let mut cluster = Cluster::new(3, RaftConfig::default(), &[(8, leader), (8, follower), (8, leader)]);
        cluster.wait(400);
        cluster.act(A, Bench::time_out);
        let mut seen = 0;
        while let Some((from, to, message)) = cluster.waiting.pop_front() {
            seen += usize::from(matches!(message, Message::Appended { answer: Answer::Differs { .. }, .. }));
            cluster.act(to, |bench| bench.hear(from, message));
            assert!(seen < 20, "the leader makes progress");
        }
        assert_eq!(cluster.at(B).log(), cluster.at(A).log());
        assert_eq!(seen, refusals, "{follower:?} to {leader:?}");
    }
}

#[test]
fn an_old_refusal_moves_nothing_back_s5_3() {
    let mut a = Bench::leader(3, 3, &[1, 2]);
    a.acknowledges(B, 3);
    let before = a.progress(B).clone();
    for prev in 1..=3 {
        let stale = Answer::Differs { prev, conflict: None, first: 1 };
        assert!(sent(&a.hear(B, Message::Appended { term: 3, answer: stale, round: 0 })).is_empty());
        let now = a.progress(B);
        assert_eq!((now.next, now.matched, &now.stage), (before.next, before.matched, &before.stage));
    }
}

/// A follower may meet a delayed message of a term in which the same server led, and answers it in the present term.
#[test]
fn a_late_refusal_of_what_it_sent_when_it_led_before_moves_nothing_back_s5_3() {
    let mut a = Bench::leader(3, 3, &[1, 2]);
    a.acknowledges(B, 3);
    let before = [B, C].map(|follower| a.progress(follower).clone());
    for follower in [B, C, B, C] {
        let effects = a.hear(follower, Message::Appended { term: 3, answer: Answer::Outdated, round: 0 });
        assert!(sent(&effects).is_empty() && notes(&effects).is_empty());
    }
    assert_eq!([B, C].map(|follower| a.progress(follower).clone()), before);
}

#[test]
fn a_follower_whose_disk_was_wiped_is_found_out_counts_no_more_and_is_filled_again() {
    let mut cluster = Cluster::new(3, RaftConfig::default(), &[]);
    cluster.elect(A);
    cluster.act(A, |bench| bench.hear(CLIENT, request(1, "7")));
    cluster.settle();
    cluster.seats[2].disk = Persistent::default();
    cluster.seats[2].crash_and_restart();
    cluster.beats(A, 1);
    assert_eq!(cluster.at(A).progress(C).matched, 2, "one refusal may be a late one");
    cluster.act(A, Bench::beat);
    let mut found = Vec::new();
    while let Some((from, to, message)) = cluster.waiting.pop_front() {
        let effects = cluster.act(to, |bench| bench.hear(from, message));
        found.extend(notes(&effects).into_iter().filter(|note| matches!(note, Note::FindsLoss { .. })).cloned());
    }
    assert_eq!(found, [Note::FindsLoss { follower: C, first: 1, last: 2 }]);
    cluster.beats(A, 1);
    assert_eq!((cluster.at(C).log(), cluster.at(A).progress(C).matched, cluster.at(C).commit()), (vec![1, 1], 2, 2));
}

#[test]
fn an_answer_to_an_old_probe_does_not_lower_the_next_index_below_what_matches_s5_3() {
    let mut a = Bench::leader(3, 3, &[1, 1, 1, 1]);
    let differs =
        |prev, first| Message::Appended { term: 3, answer: Answer::Differs { prev, conflict: None, first }, round: 0 };
    a.hear(B, differs(4, 3));
    assert_eq!(a.progress(B).next, 3);
    a.acknowledges(B, 2);
    a.hear(CLIENT, request(1, "7"));
    a.hear(B, differs(4, 1));
    assert_eq!((a.progress(B).matched, a.progress(B).next), (2, 3));
}

#[test]
fn unacknowledged_entries_are_sent_again_with_the_second_heartbeat_s5_3() {
    let mut a = Bench::leader(3, 1, &[]);
    assert_eq!(carried(&a.beat(), B), [0], "they may still be on their way");
    assert_eq!(carried(&a.beat(), B), [1]);
    a.acknowledges(B, 1);
    assert_eq!(carried(&a.beat(), B), [0], "a heartbeat is empty");
    a.hear(CLIENT, request(1, "7"));
    a.hear(OTHER, Message::Request { id: OpId { client: OTHER, seq: 1 }, op: put("8") });
    assert_eq!([a.beat(), a.beat(), a.beat(), a.beat()].map(|effects| carried(&effects, B)), [[0], [2], [0], [2]]);
}

#[test]
fn a_bare_heartbeat_that_is_taken_while_entries_are_on_their_way_sends_nothing_twice_s5_3() {
    let mut a = Bench::leader(3, 3, &[1, 1]);
    a.acknowledges(B, 2);
    assert_eq!((a.progress(B).stage.clone(), ends(&a, B)), (Stage::Replicate, vec![3]));
    a.beat();
    assert!(sent(&a.acknowledges(B, 2)).is_empty());
    assert!(sent(&a.acknowledges(B, 3)).is_empty());
    assert!(ends(&a, B).is_empty());
}

#[test]
fn entries_follow_each_other_without_waiting_up_to_the_window_s10_2_2() {
    let mut a = Bench::leader_with(RaftConfig { window: 3, batch: 2, ..RaftConfig::default() }, 3, 1, &[]);
    a.acknowledges(B, 1);
    let asked = |a: &mut Bench, seq: u8| {
        let client = ProcessId(80 + seq);
        carried(&a.hear(client, Message::Request { id: OpId { client, seq: 1 }, op: put("7") }), B)
    };
    let sent: Vec<_> = (1..=6).map(|seq| asked(&mut a, seq)).collect();
    assert_eq!(sent, [vec![1], vec![1], vec![1], vec![], vec![], vec![]], "the window is full");
    assert_eq!((ends(&a, B), a.progress(B).next), (vec![2, 3, 4], 5));
    let more = a.acknowledges(B, 2);
    assert_eq!(carried(&more, B), [2], "a batch of two takes the place");
    assert_eq!(carried(&a.acknowledges(B, 4), B), [1]);
    assert_eq!(ends(&a, B), [6, 7]);
}

#[test]
fn a_leader_without_answers_sends_and_keeps_no_more_and_no_more_s5_3() {
    let config = RaftConfig { window: 3, ..RaftConfig::default() };
    let mut a = Bench::leader_with(config, 3, 1, &[]);
    a.acknowledges(B, 1);
    for seq in 1..=2 * u32::try_from(UNCOMMITTED_MAX).unwrap() {
        let effects = a.hear(CLIENT, Message::Request { id: id(seq), op: put("7") });
        let uncommitted = a.server().persistent.log.last_index() - a.commit();
        assert!(uncommitted <= UNCOMMITTED_MAX);
        let put_off = Note::PutsOff { id: id(seq), why: PutOff::TooManyUncommitted };
        assert_eq!(notes(&effects).contains(&&put_off), u64::from(seq) > UNCOMMITTED_MAX);
    }
    for _ in 0..10 {
        assert!(carried(&a.beat(), B).len() <= 1);
        assert!(a.progress(B).in_flight.len() <= 3);
    }
    let Role::Leader(leadership) = &a.server().role else { panic!("it leads") };
    assert_eq!(leadership.waiting.len(), 1, "a client waits for its latest operation alone");
}

#[test]
fn a_message_that_overtakes_another_costs_one_refusal_s5_3() {
    let mut a = Bench::leader(3, 1, &[]);
    a.acknowledges(B, 1);
    a.hear(CLIENT, request(1, "7"));
    a.hear(OTHER, Message::Request { id: OpId { client: OTHER, seq: 1 }, op: put("8") });
    let short = Answer::Differs { prev: 2, conflict: None, first: 2 };
    let again = a.hear(B, Message::Appended { term: 1, answer: short, round: 0 });
    assert_eq!((carried(&again, B), a.progress(B).stage.clone()), (vec![2], Stage::Probe));
    a.acknowledges(B, 2);
    a.acknowledges(B, 3);
    assert_eq!((a.progress(B).stage.clone(), a.progress(B).next, a.commit()), (Stage::Replicate, 4, 3));
}

#[test]
fn heartbeats_do_not_allocate_for_the_entries_that_they_do_not_carry() {
    let mut a = Bench::leader(5, 1, &[]);
    for peer in [B, C, D, E] {
        a.acknowledges(peer, 1);
    }
    let empty = |effects: &[MemberEffect]| match sent(effects)[0].1 {
        Message::Append { entries, .. } => entries.as_ptr(),
        other => panic!("{other:?}"),
    };
    let (first, second) = (a.beat(), a.beat());
    assert_eq!(empty(&first), empty(&second), "both share the empty list that is always there");
}

#[test]
fn a_command_is_answered_once_it_is_committed_and_no_sooner_s5_3() {
    let mut a = Bench::leader(3, 1, &[]);
    a.acknowledges(B, 1);
    let effects = a.hear(CLIENT, request(1, "7"));
    assert!(sent(&effects).iter().all(|(_, message)| message.is_append()), "{effects:?}");
    assert_eq!(outcomes(&a.acknowledges(B, 2)), [(id(1), Outcome::Written)]);
}

#[test]
fn a_command_sent_twice_is_taken_in_once_and_answered_again_s8() {
    let mut a = Bench::leader(3, 1, &[]);
    a.hear(CLIENT, request(1, "7"));
    a.hear(CLIENT, request(1, "7"));
    assert_eq!(a.log(), [1, 1], "the no-op and the command");
    a.acknowledges(B, 2);
    assert_eq!(outcomes(&a.hear(CLIENT, request(1, "7"))), [(id(1), Outcome::Written)]);
    assert_eq!(a.server().volatile.machine.effects(), 1);
}

/// A client appends to a key; its answer is lost with the leader; it asks the next leader again.
fn ask_again_after_a_change_of_leader(config: RaftConfig) -> Cluster {
    let mut cluster = Cluster::new(3, config, &[]);
    let append = || Message::Request { id: id(1), op: Op::Append { key: "x".into(), value: "7".into() } };
    cluster.elect(A);
    cluster.act(A, |bench| bench.hear(CLIENT, append()));
    cluster.settle();
    cluster.beats(A, 1);
    cluster.elect(B);
    cluster.act(B, |bench| bench.hear(CLIENT, append()));
    cluster.settle();
    cluster
}

#[test]
fn a_retry_at_another_leader_is_applied_once_and_answered_the_same_s8() {
    for config in [RaftConfig::default(), RaftConfig { compact_at: Some(1), ..RaftConfig::default() }] {
        let cluster = ask_again_after_a_change_of_leader(config);
        assert_eq!(cluster.at(B).server().volatile.machine.value("x"), Some("7"));
        let reply = Message::Reply { id: id(1), outcome: Outcome::Written };
        assert_eq!(cluster.told, [reply.clone(), reply]);
    }
    let rules = Rules { apply_retries: true, ..Rules::default() };
    let broken = ask_again_after_a_change_of_leader(breaking(rules));
    assert_eq!(broken.at(B).server().volatile.machine.value("x"), Some("77"));
}

#[test]
fn a_server_that_does_not_lead_names_the_leader_s8() {
    let mut a = Bench::follower(3, 1, &[]);
    let effects = a.hear(CLIENT, request(1, "7"));
    assert_eq!(sent(&effects), [(CLIENT, &Message::NotLeader { id: id(1), leader: None })]);
    a.appends(B, 1, (0, 0), &[], 0);
    let effects = a.hear(CLIENT, request(1, "7"));
    assert_eq!(sent(&effects), [(CLIENT, &Message::NotLeader { id: id(1), leader: Some(B) })]);
}

#[test]
fn a_leader_that_steps_down_sends_its_clients_to_the_next_one_s8() {
    let mut a = Bench::leader(3, 1, &[]);
    a.acknowledges(B, 1);
    a.hear(CLIENT, request(1, "7"));
    a.hear(
        OTHER,
        Message::Request {
            id: OpId { client: OTHER, seq: 4 },
            op: Op::Read { key: "x".into(), how: crate::scenario::Reads::Index },
        },
    );
    let append =
        Message::Append { term: 2, prev: Position { term: 1, index: 1 }, entries: Arc::default(), commit: 1, round: 0 };
    let effects = a.hear(C, append);
    let away = |client, seq| (client, Message::NotLeader { id: OpId { client, seq }, leader: Some(C) });
    for (client, message) in [away(CLIENT, 1), away(OTHER, 4)] {
        assert!(sent(&effects).contains(&(client, &message)), "{effects:?}");
    }
}
