//! Snapshots (§7).

use super::*;
use crate::raft::note::AdminRefused;
use crate::raft::snapshot::Part;

fn compacting(at: u32) -> RaftConfig {
    RaftConfig { compact_at: Some(at), snapshot_chunk: 2, ..RaftConfig::default() }
}

/// Lets A lead and take in writes to so many keys, while C is cut off.
fn behind(config: RaftConfig, keys: u8) -> Cluster {
    let mut cluster = Cluster::new(3, config, &[]);
    cluster.elect(A);
    cluster.cut_off = members("C");
    for key in 0..keys {
        let op = Op::Put { key: char::from(b'a' + key).to_string(), value: key.to_string() };
        cluster.act(A, |bench| bench.hear(CLIENT, Message::Request { id: id(u32::from(key) + 1), op }));
        cluster.settle();
    }
    cluster.beats(A, 2);
    cluster.cut_off = Members::NOBODY;
    cluster
}

fn values(bench: &Bench) -> Vec<(String, String)> {
    bench.server().volatile.machine.values().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn a_server_takes_a_snapshot_of_what_it_applied_and_drops_that_from_its_log_s7() {
    let mut a = Bench::leader_with(compacting(3), 3, 1, &[]);
    a.hear(CLIENT, request(1, "7"));
    a.hear(OTHER, Message::Request { id: OpId { client: OTHER, seq: 1 }, op: put("8") });
    let digests: Vec<_> = (0..=3).map(|index| a.server().persistent.log.digest_at(index)).collect();
    a.acknowledges(B, 2);
    assert_eq!(a.server().persistent.snapshot, None);
    a.acknowledges(B, 3);
    assert_eq!(a.server().persistent.snapshot, None, "not within the step that applies the entry");
    let effects = a.acknowledges(C, 3);
    let last = Position { term: 1, index: 3 };
    assert!(notes(&effects).contains(&&Note::Compacts { through: last }));
    let log = &a.server().persistent.log;
    assert_eq!((log.base(), log.last(), log.get(3)), (last, last, None));
    assert_eq!((log.digest_at(3), log.digest_at(2)), (digests[3], None));
    a.crash_and_restart();
    assert_eq!((a.commit(), a.server().volatile.machine.value("x")), (3, Some("8")));
}

#[test]
fn a_snapshot_can_be_asked_for_but_not_of_nothing_s7() {
    let mut a = Bench::leader(3, 1, &[]);
    let refusal = Note::Refuses { what: Admin::Compact, why: AdminRefused::NothingToCompact };
    assert_eq!(notes(&a.asked(Admin::Compact)), [&refusal]);
    a.acknowledges(B, 1);
    assert_eq!(notes(&a.asked(Admin::Compact)), [&Note::Compacts { through: Position { term: 1, index: 1 } }]);
    assert_eq!(notes(&a.asked(Admin::Compact)), [&refusal]);
}

#[test]
fn a_follower_behind_the_leaders_log_gets_its_snapshot_piece_by_piece_and_then_the_rest_s7() {
    let mut cluster = behind(compacting(4), 6);
    assert!(cluster.at(A).server().persistent.log.base().index > 1);
    let mut pieces = Vec::new();
    cluster.beats(A, 1);
    cluster.act(A, Bench::beat);
    while let Some((from, to, message)) = cluster.waiting.pop_front() {
        if let Message::InstallSnapshot { part, .. } = &message {
            pieces.push((part.offset, part.items.len(), part.done));
        }
        cluster.act(to, |bench| bench.hear(from, message));
    }
    assert!(pieces.iter().all(|(_, count, _)| *count <= 2), "{pieces:?}");
    assert_eq!(pieces.iter().filter(|(.., done)| *done).count(), 1, "{pieces:?}");
    cluster.beats(A, 3);
    assert_eq!(values(cluster.at(C)), values(cluster.at(A)));
    assert_eq!(
        cluster.at(C).server().volatile,
        Volatile {
            heard: cluster.at(C).server().volatile.heard,
            loyal_since: cluster.at(C).server().volatile.loyal_since,
            ..cluster.at(A).server().volatile.clone()
        }
    );
    assert_eq!(cluster.at(A).progress(C).stage, Stage::Replicate);
    assert_eq!(cluster.at(C).server().persistent.incoming, None);
}

#[test]
fn after_a_snapshot_that_covers_the_whole_log_replication_goes_on_without_a_new_write_s7() {
    let mut cluster = behind(compacting(1), 3);
    let log = &cluster.at(A).server().persistent.log;
    assert_eq!(log.base(), log.last());
    cluster.beats(A, 3);
    assert_eq!((cluster.at(A).progress(C).matched, cluster.at(A).progress(C).stage.clone()), (4, Stage::Replicate));
    cluster.act(A, |bench| bench.hear(CLIENT, request(9, "7")));
    cluster.settle();
    assert_eq!(cluster.at(C).server().persistent.log.last_index(), 5);
}

/// A snapshot of four items up to entry 5 of term 2, as a leader sends it in pieces of two.
fn pieces() -> Vec<Arc<Part>> {
    let mut cluster = Bench::leader_with(RaftConfig { snapshot_chunk: 2, ..RaftConfig::default() }, 3, 2, &[1]);
    for seq in 1..=3 {
        let op = Op::Put { key: seq.to_string(), value: "7".into() };
        cluster.hear(CLIENT, Message::Request { id: id(seq), op });
    }
    cluster.acknowledges(B, 5);
    cluster.asked(Admin::Compact);
    let snapshot = cluster.server().persistent.snapshot.clone().unwrap();
    assert_eq!(snapshot.items(), 4);
    [0, 2].map(|offset| Arc::new(snapshot.part(offset, 2))).to_vec()
}

fn gets(bench: &mut Bench, part: &Arc<Part>) -> Answer {
    let effects = bench.hear(B, Message::InstallSnapshot { term: 2, part: Arc::clone(part), round: 0 });
    match sent(&effects)[..] {
        [(B, Message::Appended { answer, .. })] => *answer,
        ref other => panic!("one answer, not {other:?}"),
    }
}

#[test]
fn a_transfer_of_a_snapshot_goes_on_after_a_crash_where_it_was_s7() {
    let pieces = pieces();
    let mut a = Bench::of(3);
    assert_eq!(gets(&mut a, &pieces[1]), Answer::Holds { last: 5, items: 0 }, "not without the first");
    assert_eq!(gets(&mut a, &pieces[0]), Answer::Holds { last: 5, items: 2 });
    assert_eq!(gets(&mut a, &pieces[0]), Answer::Holds { last: 5, items: 2 }, "once is enough");
    a.crash_and_restart();
    assert_eq!((a.commit(), a.log().len()), (0, 0), "half a snapshot is none");
    assert_eq!(gets(&mut a, &pieces[1]), Answer::Matches { through: 5 });
    assert_eq!((a.commit(), a.server().persistent.log.last()), (5, Position { term: 2, index: 5 }));
    assert_eq!(a.server().volatile.machine.outcome(id(3)), Some(&Outcome::Written), "with the sessions");
    a.crash_and_restart();
    assert_eq!(a.commit(), 5);
}

#[test]
fn a_log_that_conflicts_with_a_snapshot_goes_and_one_that_holds_its_last_entry_stays_s7() {
    let pieces = pieces();
    let mut a = Bench::follower(3, 1, &[1, 1, 1, 1, 1, 1, 1]);
    for piece in &pieces {
        gets(&mut a, piece);
    }
    assert_eq!((a.log(), a.server().persistent.log.last_index()), (vec![], 5));

    let mut a = Bench::follower(3, 2, &[1, 2, 2, 2, 2, 2]);
    assert_eq!(gets(&mut a, &pieces[0]), Answer::Matches { through: 5 }, "it has all of that");
    assert_eq!((a.log(), a.commit()), (vec![1, 2, 2, 2, 2, 2], 5));
}

#[test]
fn an_append_that_begins_before_the_snapshot_is_taken_from_where_it_is_new_s7() {
    let mut a = Bench::of(3);
    for piece in &pieces() {
        gets(&mut a, piece);
    }
    assert_eq!(a.appends(B, 2, (1, 1), &[2, 2, 2, 2, 2, 2], 6), Answer::Matches { through: 7 });
    assert_eq!((a.log(), a.commit()), (vec![2, 2], 6));
    assert_eq!(a.appends(B, 2, (1, 1), &[2, 2], 7), Answer::Matches { through: 3 });
    assert_eq!(a.appends(B, 2, (0, 0), &[], 7), Answer::Matches { through: 0 });
    assert_eq!((a.log(), a.commit()), (vec![2, 2], 6));
}

#[test]
fn a_snapshot_carries_the_configuration_that_held_at_its_end_s7() {
    let mut a = Bench::leader_with(RaftConfig { voters: vec![A, B], ..RaftConfig::default() }, 3, 1, &[]);
    a.acknowledges(B, 1);
    a.asked(Admin::AddLearner(C));
    a.acknowledges(B, 2);
    a.asked(Admin::Compact);
    let now = a.server().membership();
    assert!(now.learners.contains(C));
    a.crash_and_restart();
    assert_eq!(a.server().membership(), now);
}
