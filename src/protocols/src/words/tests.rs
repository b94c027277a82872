use super::*;

#[test]
fn names_are_joined_as_one_speaks() {
    assert_eq!(list(&["A"]), "A");
    assert_eq!(list(&["A", "B"]), "A and B");
    assert_eq!(list(&["A", "B", "C"]), "A, B and C");
    assert_eq!([count(1, "vote"), count(3, "vote")], ["1 vote", "3 votes"]);
}
