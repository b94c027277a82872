//! The key-value store and its sessions.

use super::*;
use crate::raft::snapshot::Snapshot;

fn of(client: u8, seq: u32) -> OpId {
    OpId { client: ProcessId(client), seq }
}

fn apply(machine: &mut Machine, id: OpId, op: Op) -> Option<Outcome> {
    machine.apply(&Command::Client { id, op }, Retries::Filtered);
    machine.outcome(id).cloned()
}

#[test]
fn each_operation_does_what_its_name_says() {
    let mut machine = Machine::default();
    let key = || "x".to_owned();
    let value = |value: &str| Some(Outcome::Value(Some(value.to_owned())));
    let (written, mismatch) =
        (Some(Outcome::Written), |there: Option<&str>| Some(Outcome::Mismatch(there.map(str::to_owned))));
    let mut seq = 0;
    for (op, outcome) in [
        (Op::Get { key: key() }, Some(Outcome::Value(None))),
        (Op::Append { key: key(), value: "1".into() }, written.clone()),
        (Op::Append { key: key(), value: "2".into() }, written.clone()),
        (Op::Get { key: key() }, value("12")),
        (Op::Put { key: key(), value: "3".into() }, written.clone()),
        (Op::Cas { key: key(), expected: Some("12".into()), value: "4".into() }, mismatch(Some("3"))),
        (Op::Cas { key: key(), expected: Some("3".into()), value: "4".into() }, written.clone()),
        (Op::Read { key: key(), how: crate::scenario::Reads::Log }, value("4")),
        (Op::Delete { key: key() }, written.clone()),
        (Op::Delete { key: key() }, written.clone()),
        (Op::Cas { key: key(), expected: Some("4".into()), value: "5".into() }, mismatch(None)),
        (Op::Cas { key: key(), expected: None, value: "5".into() }, written),
        (Op::Get { key: key() }, value("5")),
    ] {
        seq += 1;
        assert_eq!(apply(&mut machine, of(9, seq), op.clone()), outcome, "{op}");
        assert_eq!(machine.effects(), u64::from(seq));
    }
}

#[test]
fn an_operation_that_comes_twice_or_too_late_changes_nothing_s8() {
    let mut machine = Machine::default();
    let append = |value: &str| Op::Append { key: "x".into(), value: value.into() };
    for (id, op) in [(of(9, 1), "a"), (of(9, 1), "a"), (of(9, 3), "b"), (of(9, 2), "late"), (of(8, 1), "c")] {
        apply(&mut machine, id, append(op));
    }
    assert_eq!((machine.value("x"), machine.effects()), (Some("abc"), 3));
    machine.apply(&Command::Client { id: of(8, 1), op: append("c") }, Retries::Applied);
    assert_eq!((machine.value("x"), machine.effects()), (Some("abcc"), 4), "with that rule broken");
}

#[test]
fn a_snapshot_taken_apart_and_put_together_is_the_same_s7() {
    for keys in 0..7 {
        let mut machine = Machine::default();
        for key in 0..keys {
            apply(
                &mut machine,
                of(9 + key % 2, u32::from(key) + 1),
                Op::Put { key: key.to_string(), value: "7".into() },
            );
        }
        let snapshot = Snapshot { machine, ..Snapshot::default() };
        for count in 1..4 {
            let mut incoming: Option<crate::raft::snapshot::Incoming> = None;
            loop {
                let part = snapshot.part(incoming.as_ref().map_or(0, |incoming| incoming.items), count);
                incoming = crate::raft::snapshot::Incoming::after(incoming.as_ref(), &part);
                if part.done {
                    break;
                }
            }
            let incoming = incoming.unwrap();
            assert_eq!((incoming.items, incoming.snapshot), (snapshot.items(), snapshot.clone()));
        }
    }
}
