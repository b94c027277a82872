//! Replication, as a follower (§5.3).

use super::*;

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
    }
}

#[test]
fn an_older_message_that_arrives_late_does_not_shorten_a_matching_log_s5_3() {
    let mut a = Bench::follower(3, 2, &[]);
    a.appends(B, 2, (0, 0), &[1, 2, 2], 3);
    assert_eq!(a.appends(B, 2, (0, 0), &[1], 1), Answer::Matches { through: 1 });
    assert_eq!((a.log(), a.commit()), (vec![1, 2, 2], 3));
}

#[test]
fn a_heartbeat_commits_no_further_than_it_vouches_for_s5_3() {
    let mut a = Bench::follower(3, 4, &[1, 2, 2]);
    a.appends(B, 4, (1, 1), &[], 3);
    assert_eq!(a.commit(), 1, "entries 2 and 3 may not be the leader's");
}

#[test]
fn a_message_of_an_older_term_changes_nothing_s5_1() {
    let mut a = Bench::follower(3, 3, &[1, 2]);
    let before = a.server().clone();
    assert!(!a.asks_for_vote(B, 2, (9, 9)));
    assert_eq!(a.appends(B, 2, (1, 1), &[2, 2], 3), Answer::Outdated);
    assert_eq!(*a.server(), before);
}

#[test]
fn a_log_with_the_same_entries_has_the_same_digest_and_another_has_not() {
    let mut a = Bench::follower(3, 3, &[1, 2]);
    a.appends(B, 3, (1, 1), &[3, 3], 0);
    let log = &a.server().persistent.log;
    assert_eq!(*log, stored(0, &[1, 3, 3]).log);
    let other = stored(0, &[1, 2, 3]).log;
    assert_eq!(log.first_difference(&other), 2);
    assert_eq!((log.digest_at(1) == other.digest_at(1), log.digest_at(3) == other.digest_at(3)), (true, false));
}
