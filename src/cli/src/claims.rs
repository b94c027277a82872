//! `cutset claims`: replays everything that the lessons claim of their labs.

use std::path::PathBuf;

use lesson::Course;

use crate::problem::Problem;

/// Which course.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// The folder of the course
    #[arg(default_value = "content")]
    content: PathBuf,
}

/// Replays all claims and prints those that are false, then how many there were.
pub(crate) fn run(options: &Options) -> Result<(), Problem> {
    let course = Course::read(&options.content).map_err(|found| Problem::of_course(&found))?;
    let report = lesson::claims::replay(&course);
    for failure in &report.failed {
        println!("{failure}");
    }
    println!("{} claims replayed, {} false", report.replayed, report.failed.len());
    if report.failed.is_empty() { Ok(()) } else { Err(Problem("the lessons claim what does not happen".into())) }
}
