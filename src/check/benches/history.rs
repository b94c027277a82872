//! How fast histories are judged: `cargo bench -p check`.
//!
//! The histories are those of a correct server under a random scheduler, so that about as many operations overlap as
//! there are clients. Values are few, so that it is the general search that is measured; `distinct` says where not.

#[path = "../tests/history/chance.rs"]
mod chance;

use std::hint::black_box;
use std::time::Duration;

use chance::{Chance, Shape, random};
use check::history::linear::{Limits, Outcome, decide};
use check::history::model::items;
use check::history::{Function, History, ModelKind};
use criterion::{Criterion, criterion_group, criterion_main};

use Function::{Append, Cas, Dequeue, Enqueue, Read, Write};

/// One kind of history.
struct Case {
    name: &'static str,
    kind: ModelKind,
    shape: Shape,
}

fn cases() -> Vec<Case> {
    let shape = |ops, clients, keys, values, asks: &[Function]| Shape {
        ops,
        clients,
        keys,
        values,
        unknown: 0,
        asks: asks.to_vec(),
        lies: 0,
    };
    let case = |name, kind, shape| Case { name, kind, shape };
    let (register, kv, queue) = (ModelKind::Register, ModelKind::Kv, ModelKind::Queue);
    let cas = [Read, Write, Cas];
    let plain = [Read, Read, Write];
    let text = [Read, Read, Read, Write, Append, Append, Append, Append];
    vec![
        case("register, 80 ops, a third unknown", register, Shape { unknown: 33, ..shape(80, 10, 1, 5, &cas) }),
        case("register, 10,000 ops, 50 clients, 1 key", register, shape(10_000, 50, 1, 5, &cas)),
        case("kv, 1,700 ops, 10 clients, 10 keys", kv, shape(1_700, 10, 10, 5, &text)),
        case("kv, 1,700 ops, 50 clients, 10 keys", kv, shape(1_700, 50, 10, 5, &text)),
        case("kv, 10,000 ops, 50 clients, 10 keys", kv, shape(10_000, 50, 10, 5, &text)),
        case("kv without append, 1,700 ops, 50 clients, 1 key", kv, shape(1_700, 50, 1, 5, &plain)),
        case("kv without append, 10,000 ops, 50 clients, 1 key", kv, shape(10_000, 50, 1, 5, &plain)),
        case("kv without append, 10,000 ops, 50 clients, 1 key, distinct", kv, shape(10_000, 50, 1, 0, &plain)),
        case("queue, 1,700 ops, 10 clients", queue, shape(1_700, 10, 1, 0, &[Enqueue, Dequeue])),
        case("queue, 1,700 ops, 50 clients", queue, shape(1_700, 50, 1, 0, &[Enqueue, Dequeue])),
    ]
}

fn outcomes(history: &History, kind: ModelKind) -> Vec<Outcome> {
    let keys = history.by_key();
    keys.iter().map(|key| decide(history.values(), kind, &items(history, key), Limits::default())).collect()
}

fn histories(c: &mut Criterion) {
    let mut group = c.benchmark_group("history");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for case in cases() {
        // Several seeds, so that no lucky order is measured.
        let all: Vec<History> = (0..10).map(|seed| random(&mut Chance(seed), &case.shape)).collect();
        for history in &all {
            let wrong = outcomes(history, case.kind).into_iter().find(|outcome| *outcome != Outcome::Fits);
            assert_eq!(wrong, None, "{}", case.name);
        }
        group.bench_function(format!("10 times {}", case.name), |b| {
            b.iter(|| all.iter().map(|history| outcomes(black_box(history), case.kind).len()).sum::<usize>());
        });
    }
    group.finish();
}

criterion_group!(benches, histories);
criterion_main!(benches);
