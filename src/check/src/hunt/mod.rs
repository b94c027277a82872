//! Hunting: many runs of one scenario, each with its own seed and its own random faults, until one breaks a promise;
//! and the smallest scenario that still breaks it.
//!
//! It knows no protocol's insides: runs are judged by what any reader of a [`protocols::View`] sees. Native only.

pub mod judge;
pub mod mix;
mod panics;
pub mod schedule;
pub mod shrink;
mod simpler;

use core::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use protocols::scenario::{Invalid, Scenario};
use sim::Time;

pub use judge::{Broken, Judge, Verdict};
pub use mix::{Kind, Mix};
pub use schedule::{Shape, schedule};
pub use shrink::{Shrunk, shrink};

/// How a hunt goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Which seeds are tried, in this order.
    pub seeds: Range<u64>,
    /// The most faults and requests of a run.
    pub faults: u32,
    /// Which, and how often.
    pub mix: Mix,
    /// How long each run is.
    pub until: Time,
    /// What each run is judged by.
    pub judge: Judge,
    /// How many threads run. The result does not depend on it.
    pub jobs: u32,
    /// The most runs that shrinking takes.
    pub shrink_runs: u32,
}

/// A thousand seeds of a minute each, on one thread.
impl Default for Options {
    fn default() -> Self {
        Self {
            seeds: 0..1_000,
            faults: 40,
            mix: Mix::default(),
            until: Time(60_000_000),
            judge: Judge::default(),
            jobs: 1,
            shrink_runs: 4_000,
        }
    }
}

/// How much was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many seeds.
    pub seeds: u64,
    /// How much virtual time they had together, in µs.
    pub simulated_us: u64,
    /// How many events.
    pub events: u64,
}

/// What a hunt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No seed broke a promise.
    Clean(Tally),
    /// One did.
    Found(Box<Found>),
}

/// A run that broke a promise. The same for the same scenario and options, but for the tally.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The smallest seed that broke one.
    pub seed: u64,
    /// The scenario as it was staged for that seed.
    pub staged: Scenario,
    /// What it broke.
    pub broken: Broken,
    /// The smallest scenario found that breaks the same promise.
    pub shrunk: Scenario,
    /// How that breaks it.
    pub shrunk_broken: Broken,
    /// How many runs shrinking took.
    pub shrink_runs: u32,
    /// How much was tried before it was found. More threads try more.
    pub tally: Tally,
}

/// The scenario with this seed, and its own script joined by the faults that the seed draws.
#[must_use]
pub fn stage(scenario: &Scenario, seed: u64, options: &Options) -> Scenario {
    let mut staged = Scenario { seed, until: options.until, ..scenario.clone() };
    staged.script.retain(|scheduled| scheduled.at <= staged.until);
    staged.script.extend(schedule(seed, &Shape::of(&staged, options.faults, &options.mix)));
    staged.script.sort_by_key(|scheduled| scheduled.at);
    staged
}

/// Tries each seed until one breaks a promise. Says after each how much has been tried.
///
/// # Errors
/// Why the scenario can't be run.
pub fn hunt(scenario: &Scenario, options: &Options, mut progress: impl FnMut(&Tally)) -> Result<Outcome, Invalid> {
    let next = AtomicU64::new(options.seeds.start);
    // No seed from here on matters: a smaller one has been found.
    let bound = AtomicU64::new(options.seeds.end);
    let mut tally = Tally::default();
    let mut first: Option<(u64, Result<Broken, Invalid>)> = None;
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..options.jobs.max(1) {
            let (sender, next, bound) = (sender.clone(), &next, &bound);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= bound.load(Ordering::Relaxed) {
                        return;
                    }
                    let judged = options.judge.judge(&stage(scenario, seed, options));
                    if !matches!(&judged, Ok(Verdict { broken: None, .. })) {
                        bound.fetch_min(seed, Ordering::Relaxed);
                    }
                    if sender.send((seed, judged)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (seed, judged) in receiver {
            let end = match judged {
                Ok(verdict) => {
                    tally.seeds += 1;
                    tally.simulated_us += verdict.simulated.0;
                    tally.events += u64::from(verdict.events);
                    verdict.broken.map(Ok)
                }
                Err(invalid) => Some(Err(invalid)),
            };
            if let Some(end) = end
                && first.as_ref().is_none_or(|(other, _)| seed < *other)
            {
                first = Some((seed, end));
            }
            progress(&tally);
        }
    });
    let Some((seed, end)) = first else { return Ok(Outcome::Clean(tally)) };
    let broken = end?;
    Ok(Outcome::Found(Box::new(found(stage(scenario, seed, options), broken, options, tally))))
}

/// Shrinks what was found.
fn found(staged: Scenario, broken: Broken, options: &Options, tally: Tally) -> Found {
    let same = |scenario: &Scenario| {
        let verdict = options.judge.judge(scenario).ok()?;
        let again = verdict.broken.filter(|again| again.promise == broken.promise)?;
        Some((again, verdict.asked))
    };
    let small = shrink(&staged, options.shrink_runs, &mut |candidate| same(candidate).map(|(again, _)| again.at));
    let (shrunk_broken, asked) = same(&small.scenario).unwrap_or_else(|| (broken.clone(), None));
    Found {
        seed: staged.seed,
        broken,
        shrunk: asked.unwrap_or(small.scenario),
        shrunk_broken,
        shrink_runs: small.runs,
        staged,
        tally,
    }
}
