//! The tools that building needs, each in the version that this project is known to work with.
//!
//! They go into the project's own `.tools/` and nowhere else. What is there already, or on the path, is used
//! if its version is the same.

use std::time::Instant;

use crate::problem::Problem;
use crate::project::Project;
use crate::shell;

/// The target of the page's code.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Builds the site. The newest that works with this project's Rust.
pub(crate) const TRUNK: Pinned = Pinned { package: "trunk", program: "trunk", version: "0.21.14" };
/// Makes the WASM's glue, and runs its tests. Must be the version of the library in `Cargo.toml`.
pub(crate) const WASM_BINDGEN: Pinned =
    Pinned { package: "wasm-bindgen-cli", program: "wasm-bindgen", version: "0.2.130" };
/// Makes the WASM smaller. Good to have, not needed to serve.
pub(crate) const BINARYEN: Pinned = Pinned { package: "binaryen", program: "wasm-opt", version: "132" };

/// A tool in its version.
pub(crate) struct Pinned {
    /// What it is called where it comes from.
    pub(crate) package: &'static str,
    /// The program that it brings.
    pub(crate) program: &'static str,
    /// The one version that is used.
    pub(crate) version: &'static str,
}

impl Pinned {
    /// Whether the program that would be started is there in the right version.
    pub(crate) fn is_ready(&self, project: &Project) -> bool {
        project.find(self.program).is_some_and(|program| {
            shell::version(&mut project.command(program))
                .is_some_and(|said| said.split_whitespace().any(|word| word == self.version))
        })
    }
}

/// Sees to it that the site can be built: the WASM target, trunk and wasm-bindgen.
pub(crate) fn ready(project: &Project) -> Result<(), Problem> {
    wasm_target(project)?;
    let missing: Vec<_> = [&TRUNK, &WASM_BINDGEN].into_iter().filter(|tool| !tool.is_ready(project)).collect();
    for tool in &missing {
        install(project, tool)?;
    }
    if !missing.is_empty() {
        // Large, and of no use any more. If it stays, nothing is lost but space.
        let _ = std::fs::remove_dir_all(build_dir(project));
    }
    Ok(())
}

/// Whether `wasm-opt` can be used, after installing it if it is missing and npm is there to bring it.
pub(crate) fn install_wasm_opt(project: &Project) -> bool {
    if BINARYEN.is_ready(project) {
        return true;
    }
    let package = format!("{}@{}.0.0", BINARYEN.package, BINARYEN.version);
    npm_install(project, &package).is_ok() && BINARYEN.is_ready(project)
}

/// Whether the standard library's source is there, after asking rustup for it if it is missing.
pub(crate) fn install_std_source(project: &Project) -> bool {
    let has = || {
        let printed = project.command("rustc").args(["--print", "sysroot"]).output();
        printed.is_ok_and(|output| {
            let sysroot = std::path::PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
            sysroot.join("lib/rustlib/src/rust/library/std").is_dir()
        })
    };
    let there = has() || {
        println!("Adding the standard library's source");
        shell::run(project.command("rustup").args(["component", "add", "rust-src"])).is_ok() && has()
    };
    if !there {
        println!("There is no source of the standard library (rustup would bring it): the page's code stays larger");
    }
    there
}

/// Installs a package of npm's into `.tools/`.
pub(crate) fn npm_install(project: &Project, package: &str) -> Result<(), Problem> {
    println!("Installing {package} into .tools/");
    shell::hear(
        project
            .command("npm")
            .args(["install", "--no-audit", "--no-fund", "--prefix"])
            .arg(project.tools())
            .arg(package),
    )
    .map(drop)
}

/// Whether the WASM target's library is installed for this toolchain.
pub(crate) fn has_wasm_target(project: &Project) -> bool {
    let printed = project.command("rustc").args(["--print", "target-libdir", "--target", WASM]).output();
    printed.is_ok_and(|output| std::path::Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

fn wasm_target(project: &Project) -> Result<(), Problem> {
    if has_wasm_target(project) {
        return Ok(());
    }
    println!("Adding the target {WASM}");
    shell::run(project.command("rustup").args(["target", "add", WASM])).map_err(|problem| {
        Problem::new(format!("{problem}\nThe page's code needs the target {WASM}: `rustup target add {WASM}`"))
    })
}

/// Without optimisation and without TLS, which they need to download tools only: that is the shortest way to a first page.
fn install(project: &Project, tool: &Pinned) -> Result<(), Problem> {
    let package = format!("{}@{}", tool.package, tool.version);
    println!("Installing {package} into .tools/ (once; a minute or a few)");
    let started = Instant::now();
    let install = |locked: &[&str]| {
        shell::run(
            project
                .cargo()
                .args(["install", "--debug", "--force", "--no-default-features", "--root"])
                .arg(project.tools())
                .args(locked)
                .arg(&package)
                // Its own target folder, whatever the user's is, so that it can't disturb the project's.
                .env("CARGO_TARGET_DIR", build_dir(project))
                .env("CARGO_PROFILE_DEV_DEBUG", "0")
                .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
                .env("CARGO_PROFILE_DEV_DEBUG_ASSERTIONS", "false")
                .env("CARGO_INCREMENTAL", "0"),
        )
    };
    // A lock file may name a version that the registry no longer has (wasm-bindgen-cli's does).
    install(&["--locked"]).or_else(|_| install(&[]))?;
    println!("Installed {package} in {}", shell::spoken(started.elapsed()));
    Ok(())
}

fn build_dir(project: &Project) -> std::path::PathBuf {
    project.tools().join("build")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glue_is_made_by_the_version_that_the_library_has() {
        let manifest = std::fs::read_to_string(Project::here().at("Cargo.toml")).expect("the workspace has a manifest");
        let line = format!("wasm-bindgen = \"={}\"", WASM_BINDGEN.version);
        assert!(manifest.contains(&line), "Cargo.toml and tools.rs name different versions of wasm-bindgen");
    }
}
