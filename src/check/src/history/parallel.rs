//! Keys beside keys: the same verdict whatever the number of threads. In WASM there is one.

use super::linear::Outcome;

/// The outcome of each key up to the first that breaks, in the order of the keys. Later ones may be missing.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn until_one_breaks(
    keys: usize,
    threads: u32,
    decide: impl Fn(usize) -> Outcome + Sync,
) -> Vec<(usize, Outcome)> {
    use std::sync::atomic::{AtomicUsize, Ordering};

    if threads <= 1 || keys <= 1 {
        return one_by_one(keys, decide);
    }
    let next = AtomicUsize::new(0);
    let first_break = AtomicUsize::new(usize::MAX);
    let work = || {
        let mut found = Vec::new();
        loop {
            let key = next.fetch_add(1, Ordering::Relaxed);
            // A key behind one that breaks does not matter any more. One before it always does.
            if key >= keys || key > first_break.load(Ordering::Relaxed) {
                return found;
            }
            let outcome = decide(key);
            if outcome == Outcome::Breaks {
                first_break.fetch_min(key, Ordering::Relaxed);
            }
            found.push((key, outcome));
        }
    };
    let mut all: Vec<(usize, Outcome)> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads.min(64)).map(|_| scope.spawn(work)).collect();
        started.into_iter().flat_map(|thread| thread.join().expect("a judge does not panic")).collect()
    });
    all.sort_unstable_by_key(|&(key, _)| key);
    if let Some(last) = all.iter().position(|(_, outcome)| *outcome == Outcome::Breaks) {
        all.truncate(last + 1);
    }
    all
}

/// As above, without threads.
#[cfg(target_arch = "wasm32")]
pub(crate) fn until_one_breaks(keys: usize, _: u32, decide: impl Fn(usize) -> Outcome) -> Vec<(usize, Outcome)> {
    one_by_one(keys, decide)
}

fn one_by_one(keys: usize, decide: impl Fn(usize) -> Outcome) -> Vec<(usize, Outcome)> {
    let mut all = Vec::with_capacity(keys);
    for key in 0..keys {
        all.push((key, decide(key)));
        if all[key].1 == Outcome::Breaks {
            break;
        }
    }
    all
}
