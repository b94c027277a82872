//! The judge of histories against everything there is to try.

mod brute;
mod chance;

use chance::{Chance, Shape, random};
use check::history::linear::{self, Limits, Order, Outcome};
use check::history::{Function, History, Key, ModelKind, Op};

use Function::{Acquire, Append, Cas, Dequeue, Enqueue, Read, Release, Write};

/// Random small histories of a kind: the verdict is that of trying all orders, and an order that is found fits.
fn agrees(kind: ModelKind, asks: &[Function], count: u64) {
    let (mut fits, mut breaks) = (0, 0);
    for seed in 0..count {
        let mut chance = Chance(seed ^ 0xC0FFEE);
        let shape = Shape {
            ops: 1 + chance.below(8),
            clients: 1 + chance.below(4),
            keys: 1,
            values: chance.below(4),
            unknown: *chance.pick(&[0, 0, 20, 60]),
            asks: asks.to_vec(),
            lies: *chance.pick(&[0, 20, 50]),
        };
        let history = random(&mut chance, &shape);
        let expected = brute::linearizable(&history, Key(0));
        let found = linear::judge(&history, kind, Key(0), Limits::default());
        let agreed = if expected { Outcome::Fits } else { Outcome::Breaks };
        assert_eq!(found, agreed, "seed {seed}:\n{}", told(&history));
        match linear::order(&history, kind, Key(0), Limits::default()) {
            Order::Whole(order) => {
                assert!(expected, "seed {seed}: an order was found where there is none");
                if let Err(wrong) = brute::explains(&history, Key(0), &order) {
                    panic!("seed {seed}: {order:?}: {wrong}\n{}", told(&history));
                }
            }
            Order::Part { .. } => assert!(!expected, "seed {seed}: no order was found: {history:#?}"),
            Order::Unknown(bound) => panic!("seed {seed}: {bound}"),
        }
        if expected {
            fits += 1;
        } else {
            breaks += 1;
        }
    }
    println!("{kind}: {fits} fit, {breaks} break");
    assert!(fits > count / 10 && breaks > count / 10, "{fits} fit, {breaks} break: that is no test");
}

/// A history's operations, one a line.
fn told(history: &History) -> String {
    let line = |op: &Op| {
        let ended = op.ended.map_or(0, |ended| ended.place);
        format!("{}..{ended} {} {:?} {:?} {:?}\n", op.invoked.place, history.processes()[op.process as usize], op.key, op.call, op.end)
    };
    let values = history.values().iter().zip(0..).map(|(value, index): (_, u32)| format!("{index}: {value}\n"));
    history.ops().iter().map(line).chain(values).collect()
}

#[test]
fn registers_are_judged_as_by_trying_all_orders() {
    agrees(ModelKind::Register, &[Read, Read, Write, Cas], 30_000);
    agrees(ModelKind::Register, &[Read, Write], 20_000);
}

#[test]
fn stores_are_judged_as_by_trying_all_orders() {
    agrees(ModelKind::Kv, &[Read, Read, Write, Append, Append], 30_000);
    agrees(ModelKind::Kv, &[Read, Write, Append, Cas], 20_000);
}

#[test]
fn locks_are_judged_as_by_trying_all_orders() {
    agrees(ModelKind::Mutex, &[Acquire, Release], 50_000);
}

#[test]
fn queues_are_judged_as_by_trying_all_orders() {
    agrees(ModelKind::Queue, &[Enqueue, Enqueue, Dequeue], 50_000);
}
