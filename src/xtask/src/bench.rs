//! How fast the simulator is: runs the examples that measure it, optimised.

use std::fs;

use crate::problem::Problem;
use crate::project::Project;
use crate::shell;

/// Where measurements are: each is an example called `speed` of its crate.
const CRATES: [&str; 3] = ["sim", "protocols", "check"];

/// Runs all measurements that there are.
pub(crate) fn run(project: &Project) -> Result<(), Problem> {
    let there =
        CRATES.iter().filter(|name| fs::exists(project.at(&format!("src/{name}/examples/speed.rs"))).unwrap_or(false));
    for name in there {
        println!("Measuring {name}");
        shell::run(project.cargo().args([
            "run",
            "--quiet",
            "--locked",
            "--release",
            "--package",
            name,
            "--example",
            "speed",
        ]))?;
    }
    Ok(())
}
