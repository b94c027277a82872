//! Chromium, its driver, Firefox and Node, which the tests in a browser need.
//!
//! They are the system's. On Debian and Ubuntu, and as root, they are installed if they are missing;
//! elsewhere it is said how to get them.

use std::fs;

use crate::problem::Problem;
use crate::project::Project;
use crate::{shell, tools};

/// The oldest Node that the browser tests' libraries accept.
const NODE_MIN: u32 = 20;
/// The Node that npm can bring where the system's is too old.
const NODE_PACKAGE: &str = "node@22";

/// A program of the system's.
pub(crate) struct Needed {
    /// What it is, as a person calls it.
    pub(crate) what: &'static str,
    /// The names that it goes by.
    pub(crate) programs: &'static [&'static str],
    /// Debian's package of it.
    pub(crate) package: &'static str,
}

/// All of them.
pub(crate) const NEEDED: [Needed; 5] = [
    Needed { what: "Chromium", programs: &["chromium", "chromium-browser", "google-chrome"], package: "chromium" },
    Needed { what: "ChromeDriver", programs: &["chromedriver"], package: "chromium-driver" },
    Needed { what: "Firefox", programs: &["firefox-esr", "firefox"], package: "firefox-esr" },
    Needed { what: "Node", programs: &["node"], package: "nodejs" },
    Needed { what: "npm", programs: &["npm"], package: "npm" },
];

impl Needed {
    /// Where it is, if it is there.
    pub(crate) fn find(&self, project: &Project) -> Option<std::path::PathBuf> {
        self.programs.iter().find_map(|program| project.find(program))
    }
}

/// Sees to it that all of them are there.
pub(crate) fn ready(project: &Project) -> Result<(), Problem> {
    let missing = || NEEDED.iter().filter(|needed| needed.find(project).is_none());
    let packages: Vec<_> = missing().map(|needed| needed.package).collect();
    if !packages.is_empty() {
        let names = missing().map(|needed| needed.what).collect::<Vec<_>>().join(", ");
        if !may_install(project) {
            return Err(Problem::new(format!(
                "missing: {names}\nOn Debian or Ubuntu: {}\nElsewhere: put {} on the path",
                by_hand(&packages),
                programs()
            )));
        }
        shell::hear(project.command("apt-get").arg("update"))?;
        shell::hear(
            project
                .command("apt-get")
                .args(["install", "--yes", "--no-install-recommends"])
                .args(&packages)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
    }
    node_is_new_enough(project)
}

/// Where the one with this name is, for whoever is told it by a variable.
pub(crate) fn place_of(project: &Project, what: &str) -> std::path::PathBuf {
    NEEDED.iter().find(|needed| needed.what == what).and_then(|needed| needed.find(project)).unwrap_or_default()
}

/// What a person would type to get Debian's packages.
pub(crate) fn by_hand(packages: &[&str]) -> String {
    format!("sudo apt-get install --yes {}", packages.join(" "))
}

/// The version of Node, its first number.
pub(crate) fn node_version(project: &Project) -> Option<u32> {
    let said = shell::version(&mut project.command(project.find("node")?))?;
    said.trim_start_matches('v').split('.').next()?.parse().ok()
}

fn node_is_new_enough(project: &Project) -> Result<(), Problem> {
    if node_version(project).is_some_and(|version| version >= NODE_MIN) {
        return Ok(());
    }
    tools::npm_install(project, NODE_PACKAGE)?;
    match node_version(project) {
        Some(version) if version >= NODE_MIN => Ok(()),
        _ => Err(Problem::new(format!("the browser tests need Node {NODE_MIN} or newer"))),
    }
}

fn may_install(project: &Project) -> bool {
    let root = project.command("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    root && fs::exists("/etc/debian_version").unwrap_or(false) && project.find("apt-get").is_some()
}

fn programs() -> String {
    NEEDED.iter().map(|needed| needed.programs[0]).collect::<Vec<_>>().join(", ")
}
