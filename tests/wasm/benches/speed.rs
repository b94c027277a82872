//! How fast runs are, natively and in WASM: `cargo xtask bench` makes a table of it.
//!
//! Names end in what one iteration simulates, so that a rate can be told from a time, and in the memory that the
//! trace and the checkpoints then take.

#[cfg(target_arch = "wasm32")]
use core::{mem, time::Duration};

#[cfg(not(target_arch = "wasm32"))]
use criterion::{Criterion, criterion_group, criterion_main};
use protocols::Run;
use sim::Time;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{Criterion, wasm_bindgen_bench, wasm_bindgen_test_configure};
use wasm_tests::speed::{a_lab, crowd, first_frame, played, steady};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const GOLDEN: &str = include_str!("../golden.txt");

/// Short in the browser: a page that does not answer for half a minute is given up.
#[cfg(target_arch = "wasm32")]
fn brief(c: &mut Criterion) {
    let (warm_up, measured) = (Duration::from_millis(300), Duration::from_millis(1_000));
    *c = mem::take(c).sample_size(10).nresamples(1_000).warm_up_time(warm_up).measurement_time(measured);
}

#[cfg(not(target_arch = "wasm32"))]
fn brief(_: &mut Criterion) {}

/// Trace and all invariants are on: they always are.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn simulate(c: &mut Criterion) {
    brief(c);
    let near = [60, 120, 240, 600].map(|seconds| (5, seconds, steady(seconds)));
    let far = [3, 10, 25, 50, 100].map(|servers| (servers, 10, crowd(servers, 10)));
    for (servers, seconds, scenario) in near.into_iter().chain(far) {
        let run = played(&scenario);
        let (flying, memory) = (run.view().messages.len(), run.memory());
        drop(run);
        let (events, kilobytes) = (memory.events, (memory.checkpoint_bytes + memory.trace_bytes) / 1_000);
        let name = format!("{servers} servers, {flying} in flight, {seconds} s, {events} events; {kilobytes} KB");
        c.bench_function(&name, |b| b.iter(|| played(&scenario).frontier()));
    }
}

/// Seeking: the slowest moment of ten minutes, found by trying two hundred.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn travel(c: &mut Criterion) {
    brief(c);
    let mut run = played(&steady(600));
    let slowest = slowest_moment(&mut *run);
    c.bench_function("the slowest seek in 600 s", |b| {
        b.iter(|| {
            run.seek(Time::ZERO);
            run.seek(slowest);
        });
    });
    run.seek(run.end());
    c.bench_function("the picture at 600 s", |b| b.iter(|| run.view()));
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_bench)]
fn open(c: &mut Criterion) {
    brief(c);
    let code = a_lab(GOLDEN);
    c.bench_function("a lab's first picture", |b| b.iter(|| first_frame(&code)));
}

/// The moment whose seek replays the most: the one with the most events since the checkpoint before it.
/// Checkpoints are not seen from here, so each is tried.
fn slowest_moment(run: &mut dyn Run) -> Time {
    let end = run.end();
    let mut slowest = (0, Time::ZERO);
    for nth in 1..200 {
        let moment = Time(end.0 / 200 * nth + 499);
        run.seek(Time::ZERO);
        let began = now();
        run.seek(moment);
        slowest = slowest.max((now() - began, moment));
    }
    slowest.1
}

/// µs by some clock.
#[cfg(not(target_arch = "wasm32"))]
fn now() -> u64 {
    use std::time::SystemTime;
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |span| span.as_micros() as u64)
}

/// µs by some clock.
#[cfg(target_arch = "wasm32")]
fn now() -> u64 {
    (js_sys::Date::now() * 1_000.0) as u64
}

#[cfg(not(target_arch = "wasm32"))]
criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = simulate, travel, open
}
#[cfg(not(target_arch = "wasm32"))]
criterion_main!(benches);

#[cfg(target_arch = "wasm32")]
fn main() {}
