//! Everything that has to hold before a change is good.

use std::fs;

use crate::problem::Problem;
use crate::project::Project;
use crate::shell::hear;
use crate::steps::{self, Step};
use crate::{browser, site, tools};

/// What is hunted through, each for its share of two thousand seeds of a simulated minute. Where PreVote and
/// CheckQuorum are on, the cluster also has to recover once all is mended.
const HUNTS: [(&str, &[&str]); 3] = [
    ("paper", &["--seeds", "0..800"]),
    ("thesis", &["--seeds", "0..800", "--live", "5s"]),
    ("lease", &["--seeds", "0..400", "--live", "5s"]),
];

const STEPS: [Step; 8] = [
    Step { name: "format", what: "is the code formatted", run: format },
    Step { name: "lint", what: "lints, warnings as errors, native and for the page", run: lint },
    Step { name: "native", what: "the tests that need no browser", run: native },
    Step { name: "claims", what: "what the lessons claim of their labs", run: claims },
    Step { name: "hunt", what: "2,000 seeds of random faults, a simulated minute each", run: hunt },
    Step { name: "wasm", what: "the tests in WASM, in headless Chromium", run: wasm },
    Step { name: "build", what: "the site as readers get it", run: build },
    Step { name: "browser", what: "the built site in Chromium and in Firefox", run: in_browser },
];

/// Runs all steps, or the one that is named. Says whether all held.
pub(crate) fn run(project: &Project, only: Option<&str>) -> Result<bool, Problem> {
    if let Some(name) = only
        && STEPS.iter().all(|step| step.name != name)
    {
        let names = STEPS.map(|step| step.name).join(", ");
        return Err(Problem::new(format!("there is no step `{name}`; there are {names}")));
    }
    Ok(steps::run(project, STEPS.iter().filter(|step| only.is_none_or(|name| step.name == name))))
}

fn format(project: &Project) -> Result<String, Problem> {
    hear(project.cargo().args(["fmt", "--all", "--check", "--", "--color", "never"]))
}

fn lint(project: &Project) -> Result<String, Problem> {
    // First of all steps that build: it would fail for want of the target.
    tools::ready(project)?;
    hear(project.cargo().args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let page = ["clippy", "--locked", "--package", "app", "--features", "csr", "--target", tools::WASM];
    hear(project.cargo().args(page).args(["--", "-D", "warnings"]))
}

fn native(project: &Project) -> Result<String, Problem> {
    hear(project.cargo().args(["test", "--locked", "--workspace", "--no-fail-fast"]))
}

fn claims(project: &Project) -> Result<String, Problem> {
    hear(project.cargo().args(["run", "--quiet", "--locked", "--package", "cutset", "--", "claims"]))
}

fn hunt(project: &Project) -> Result<String, Problem> {
    let mut said = String::new();
    for (name, how) in HUNTS {
        let lab = format!("tests/hunt/{name}.toml");
        let hunt = ["run", "--quiet", "--locked", "--release", "--package", "cutset", "--", "hunt", &lab];
        said += &hear(project.cargo().args(hunt).args(["--for", "60s"]).args(how))?;
    }
    Ok(said)
}

fn wasm(project: &Project) -> Result<String, Problem> {
    tools::ready(project)?;
    browser::ready(project)?;
    let driver = project.find("chromedriver").unwrap_or_default();
    hear(
        project
            .cargo()
            .args(["test", "--locked", "--package", "wasm-tests", "--target", tools::WASM])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
            .env("CHROMEDRIVER", driver),
    )
}

fn build(project: &Project) -> Result<String, Problem> {
    // For wasm-opt, which the budgets of the page's size count on.
    browser::ready(project)?;
    hear(project.cargo().args(["xtask", "build"]))
}

fn in_browser(project: &Project) -> Result<String, Problem> {
    browser::ready(project)?;
    let tests = project.at("tests/browser");
    if !fs::exists(project.dist().join("index.html")).unwrap_or(false) {
        return Err(Problem::new("there is no built site to test: `cargo xtask build`"));
    }
    hear(project.command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&tests))?;
    hear(
        project
            .command("npm")
            .args(["test", "--silent"])
            .current_dir(&tests)
            .env("CHROMIUM", browser::place_of(project, "Chromium"))
            .env("FIREFOX", browser::place_of(project, "Firefox"))
            .env("CUTSET", site::cutset_program(project)),
    )
}
