//! Steps done one after the other: each is announced, timed and counted, and heard in full if it fails.

use std::io::{Write, stdout};
use std::time::{Duration, Instant};

use crate::problem::Problem;
use crate::project::Project;
use crate::shell;
use crate::tally::Tally;

/// Something that has to hold.
pub(crate) struct Step {
    /// Its name for `--only`, one word.
    pub(crate) name: &'static str,
    /// What it does, for the person who waits for it.
    pub(crate) what: &'static str,
    /// Does it, and returns what was printed.
    pub(crate) run: fn(&Project) -> Result<String, Problem>,
}

struct Done {
    name: &'static str,
    held: bool,
    time: Duration,
    tally: Tally,
}

/// Runs all steps, whichever fail, and ends with `N passed, N failed`. Says whether all held.
pub(crate) fn run<'a>(project: &Project, steps: impl Iterator<Item = &'a Step>) -> bool {
    let done: Vec<Done> = steps.map(|step| run_one(project, step)).collect();
    println!();
    let mut sum = Tally::default();
    for Done { name, held, time, tally } in &done {
        let verdict = if *held { "ok" } else { "FAILED" };
        println!(
            "{name:<8} {verdict:<7} {:>6} passed {:>4} failed  {:>12}",
            tally.passed,
            tally.failed,
            shell::spoken(*time)
        );
        sum += *tally;
    }
    println!("{:<8} {:>48}", "all", shell::spoken(done.iter().map(|step| step.time).sum()));
    println!("{} passed, {} failed", sum.passed, sum.failed);
    done.iter().all(|step| step.held)
}

fn run_one(project: &Project, step: &Step) -> Done {
    print!("{}: {} ... ", step.name, step.what);
    // The announcement is for a person: if nobody reads it, the step is run all the same.
    let _ = stdout().flush();
    let started = Instant::now();
    let result = (step.run)(project);
    let time = started.elapsed();
    let held = result.is_ok();
    let said = result.unwrap_or_else(|problem| problem.to_string());
    println!("{} in {}", if held { "ok" } else { "FAILED" }, shell::spoken(time));
    if !held {
        println!("{}\n", said.trim_end());
    }
    Done { name: step.name, held, time, tally: Tally::of_step(&said, held) }
}
