//! The judge of histories against everything there is to try.

mod brute;
mod chance;
mod views;

use chance::{Chance, Shape, random};
use check::history::linear::{self, Order, Outcome};
use check::history::model::items;
use check::history::{Function, History, Key, Level, Limits, ModelKind, Op, Options, Verdict, judge};

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
        let report = judge(&history, &[Level::Linearizable], of(kind)).expect("the model fits");
        match report.verdict(Level::Linearizable).expect("it was asked for") {
            Verdict::Holds => assert!(expected, "seed {seed} fits:\n{}", told(&history)),
            Verdict::Fails(_) => assert!(!expected, "seed {seed} breaks:\n{}", told(&history)),
            other => panic!("seed {seed}: {other:?}"),
        }
        let all: Vec<u32> = (0..).take(history.ops().len()).collect();
        match linear::order(history.values(), kind, &items(&history, &all), Limits::default()) {
            Order::Whole(order) => {
                assert!(expected, "seed {seed}: an order was found where there is none");
                if let Err(wrong) = brute::explains(&history, Key(0), &order) {
                    panic!("seed {seed}: {order:?}: {wrong}\n{}", told(&history));
                }
            }
            Order::Part { .. } => assert!(!expected, "seed {seed}: no order was found:\n{}", told(&history)),
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

fn of(kind: ModelKind) -> Options {
    Options { kind: Some(kind), ..Options::default() }
}

/// A history's operations, one a line.
fn told(history: &History) -> String {
    let line = |op: &Op| {
        let ended = op.ended.map_or(0, |ended| ended.place);
        format!(
            "{}..{ended} {} {:?} {:?} {:?}\n",
            op.invoked.place,
            history.processes()[op.process as usize],
            op.key,
            op.call,
            op.end
        )
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
    agrees(ModelKind::Queue, &[Enqueue, Dequeue], 50_000);
}

#[test]
fn the_history_of_a_correct_server_is_linearizable() {
    let cases: [(ModelKind, &[Function]); 5] = [
        (ModelKind::Register, &[Read, Write, Cas]),
        (ModelKind::Kv, &[Read, Read, Read, Write, Append, Append, Append, Append]),
        (ModelKind::Kv, &[Read, Write, Append, Cas]),
        (ModelKind::Mutex, &[Acquire, Release]),
        (ModelKind::Queue, &[Enqueue, Dequeue]),
    ];
    for (kind, asks) in cases {
        for seed in 0..4_000 {
            let mut chance = Chance(seed ^ 0xB0A7);
            let shape = Shape {
                ops: 6 + chance.below(30),
                clients: 2 + chance.below(6),
                keys: 1,
                values: chance.below(4),
                unknown: *chance.pick(&[0, 0, 10]),
                asks: asks.to_vec(),
                lies: 0,
            };
            let history = random(&mut chance, &shape);
            let report = judge(&history, &[Level::Linearizable], of(kind)).unwrap();
            assert_eq!(report.verdicts[0].1, Verdict::Holds, "seed {seed}:\n{}", told(&history));
        }
    }
}

#[test]
fn the_verdict_does_not_depend_on_the_number_of_threads() {
    for seed in 0..300 {
        let asks = vec![Read, Read, Write, Cas];
        let shape = Shape { ops: 200, clients: 6, keys: 12, values: 4, unknown: 3, asks, lies: 1 };
        let history = random(&mut Chance(seed), &shape);
        let with = |threads| judge(&history, &[Level::Linearizable], Options { threads, ..Options::default() });
        assert_eq!(with(1), with(5), "seed {seed}");
    }
}

/// A part that is told to have no order has none, and is small.
#[test]
fn the_window_of_a_history_that_breaks_breaks_by_itself() {
    let mut sizes = Vec::new();
    for seed in 0..2_000 {
        let mut chance = Chance(seed ^ 0x51DE);
        let asks = vec![Read, Read, Write];
        let shape = Shape { ops: 60, clients: 4, keys: 1, values: chance.below(6), unknown: 5, asks, lies: 4 };
        let history = random(&mut chance, &shape);
        let report = judge(&history, &[Level::Linearizable], of(ModelKind::Register)).unwrap();
        let Verdict::Fails(witness) = &report.verdicts[0].1 else { continue };
        let core = items(&history, &witness.core);
        let outcome = linear::decide(history.values(), ModelKind::Register, &core, Limits::default());
        assert_eq!(outcome, Outcome::Breaks, "seed {seed}: {}:\n{}", witness.sentence, told(&history));
        assert!(!witness.sentence.is_empty() && witness.sentence.ends_with('.'), "{}", witness.sentence);
        sizes.push(core.len());
    }
    sizes.sort_unstable();
    assert!(sizes.len() > 200, "{} break: that is no test", sizes.len());
    assert!(sizes[sizes.len() * 9 / 10] <= 8, "nine of ten windows have at most {}", sizes[sizes.len() * 9 / 10]);
}

/// Random small histories: each weaker model's verdict is that of trying everything, and the stronger implies the weaker.
fn views_agree(asks: &[Function], values: &[u64], count: u64) {
    let mut tally = [[0_u64; 2]; 8];
    for seed in 0..count {
        let mut chance = Chance(seed ^ 0xFACADE);
        let shape = Shape {
            ops: 1 + chance.below(6),
            clients: 1 + chance.below(3),
            keys: 1 + chance.below(2),
            values: *chance.pick(values),
            unknown: *chance.pick(&[0, 0, 20]),
            asks: asks.to_vec(),
            lies: *chance.pick(&[0, 30, 60]),
        };
        let history = random(&mut chance, &shape);
        let mut held: Vec<Level> = Vec::new();
        for level in Level::ALL {
            let report = judge(&history, &[level], of(ModelKind::Register)).expect("the model fits");
            let found = match report.verdict(level).expect("it was asked for") {
                Verdict::Holds => true,
                Verdict::Fails(_) => false,
                other => panic!("seed {seed}: {level}: {other:?}"),
            };
            let expected = match level {
                Level::Linearizable => (0..history.keys()).all(|key| brute::linearizable(&history, Key(key))),
                _ => views::holds(&history, level),
            };
            assert_eq!(found, expected, "seed {seed}, {level}:\n{}", told(&history));
            let implied = held.iter().any(|stronger| stronger.implies(level));
            assert!(found || !implied, "seed {seed}: {level} follows from {held:?}:\n{}", told(&history));
            held.extend(found.then_some(level));
            tally[level as usize][usize::from(found)] += 1;
        }
    }
    println!("of each model, how many break and hold: {tally:?}");
    assert!(tally.iter().all(|[breaks, holds]| *breaks > count / 50 && *holds > count / 50), "{tally:?} is no test");
}

#[test]
fn weaker_models_are_judged_as_by_trying_everything() {
    views_agree(&[Read, Read, Write], &[0, 2, 3], 60_000);
}

#[test]
fn weaker_models_are_judged_with_compare_and_set_as_by_trying_everything() {
    views_agree(&[Read, Read, Write, Cas], &[0, 2, 3], 40_000);
}
