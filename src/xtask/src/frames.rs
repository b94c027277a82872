//! How long the script of a frame takes in Chromium while a lab plays, on the site as readers get it.

use std::process::Command;

use crate::problem::Problem;
use crate::project::Project;
use crate::{browser, shell, site};

/// Measures, and prints the table. Says whether all frames were within their budgets.
pub(crate) fn run(project: &Project) -> Result<bool, Problem> {
    browser::ready(project)?;
    site::build(project, &site::Options::release())?;
    let tests = project.at("tests/browser");
    shell::hear(project.command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&tests))?;
    println!("Measuring frames in Chromium, half a minute");
    let mut measure = bench(project);
    let status = measure
        .status()
        .map_err(|error| Problem::new(format!("`{}` could not be run: {error}", shell::words(&measure))))?;
    Ok(status.success())
}

fn bench(project: &Project) -> Command {
    let mut node = project.command("node");
    node.arg("bench/frames.mjs")
        .current_dir(project.at("tests/browser"))
        .env("CHROMIUM", browser::place_of(project, "Chromium"))
        .env("CUTSET", site::cutset_program(project));
    node
}
