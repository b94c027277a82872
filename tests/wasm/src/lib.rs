//! Runs whose hashes must be the same on every platform, for the tests of this crate.
//!
//! Labs come from the golden file as the text that a page carries; random scenarios are made here.
//! Nothing here may differ between native code and WASM, so it is compiled for both.

pub mod golden;
pub mod speed;

use protocols::{Run, Scenario};

/// The hash of the whole trace of a scenario.
///
/// # Panics
/// If the scenario can't be run.
#[must_use]
pub fn hash(scenario: &Scenario) -> u64 {
    let mut run = started(scenario);
    run.seek(run.end());
    run.hash()
}

/// A run of a scenario that has to be valid.
///
/// # Panics
/// If it is not.
#[must_use]
pub fn started(scenario: &Scenario) -> Box<dyn Run> {
    scenario.start().expect("a scenario of this suite can be run")
}
