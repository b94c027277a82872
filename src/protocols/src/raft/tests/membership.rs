//! What a quorum is.

use super::*;

fn members(letters: &str) -> Members {
    letters.bytes().map(|letter| ProcessId(letter - b'A')).collect()
}

#[test]
fn a_set_holds_what_was_put_in_up_to_the_last_id() {
    let ids = [0, 1, 63, 64, 99, 127].map(ProcessId);
    let set: Members = ids.into_iter().collect();
    assert_eq!((set.iter().collect::<Vec<_>>(), set.len()), (ids.to_vec(), 6));
    assert!(ids.iter().all(|&id| set.contains(id) && !set.without(id).contains(id)));
    assert!(!set.contains(ProcessId(2)) && !Members::NOBODY.with(ProcessId(200)).contains(ProcessId(200)));
    assert_eq!(Members::first(3), members("ABC"));
}

#[test]
fn a_quorum_is_more_than_half_of_each_half_s6() {
    for (voters, outgoing, of, is) in [
        ("A", "", "A", true),
        ("A", "", "", false),
        ("AB", "", "A", false),
        ("ABC", "", "AB", true),
        ("ABC", "", "AD", false),
        ("ABCD", "", "AB", false),
        ("ABCDE", "", "CDE", true),
        ("ABCDE", "", "FGHCD", false),
        ("ABC", "ABC", "AB", true),
        ("ABC", "CDE", "ABC", false),
        ("ABC", "CDE", "ABCD", true),
        ("ABC", "CDE", "CDA", true),
        ("ABC", "CDE", "CDE", false),
        ("D", "ABC", "DA", false),
        ("D", "ABC", "AB", false),
        ("D", "ABC", "DAB", true),
        ("ABCD", "ABC", "AB", false),
        ("ABCD", "ABC", "ABD", true),
        ("ABCD", "ABC", "CD", false),
    ] {
        let (voters, outgoing) = (members(voters), members(outgoing));
        let membership = Membership { voters, outgoing, learners: members("XYZ") };
        let found = membership.is_quorum(members(of), Quorum::Majority);
        assert_eq!(found, is, "{of} of {membership:?}");
        assert_eq!(membership.is_quorum(members(of).or(members("XYZ")), Quorum::Majority), is, "learners do not count");
    }
}

#[test]
fn two_majorities_have_somebody_in_common_and_two_halves_need_not() {
    for count in 1..=9 {
        assert!(2 * Quorum::Majority.of(count) > count);
        assert!(2 * Quorum::Half.of(count) <= count || count == 1);
        assert!(Quorum::Half.of(count) > 0);
    }
}

#[test]
fn the_latest_configuration_of_the_log_holds_and_truncation_and_compaction_are_followed_s6() {
    let of = |letters| Membership::of(members(letters));
    let mut configurations = Configurations::new(Configured { index: 0, membership: of("ABC") });
    configurations.append(4, of("ABCD"));
    configurations.append(9, of("ABCDE"));
    let at = |configurations: &Configurations, index| configurations.at(index).membership;
    assert_eq!(configurations.latest(), Configured { index: 9, membership: of("ABCDE") });
    assert_eq!(
        [0, 3, 4, 8, 9].map(|index| at(&configurations, index)),
        [of("ABC"), of("ABC"), of("ABCD"), of("ABCD"), of("ABCDE")]
    );
    let mut compacted = configurations.clone();
    compacted.compact_through(6);
    assert_eq!(
        (at(&compacted, 6), at(&compacted, 1), compacted.latest()),
        (of("ABCD"), of("ABCD"), configurations.latest())
    );
    assert!(!compacted.truncate_from(10));
    assert!(compacted.truncate_from(9));
    assert_eq!(compacted.latest(), Configured { index: 4, membership: of("ABCD") });
}
