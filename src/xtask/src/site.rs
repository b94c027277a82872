//! Builds the site: the native `cutset` first, which writes the pages, then the page's WASM, through Trunk.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::problem::Problem;
use crate::project::Project;
use crate::{shell, tools};

/// What kind of site is built.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Small and compressed, for readers; otherwise quick to build, for authors.
    pub(crate) release: bool,
    /// Whether `wasm-opt` is installed if it is missing. Without, the page's code is larger, and there sooner.
    pub(crate) smallest: bool,
    /// Where the site will be found, for the sitemap and for previews of links.
    pub(crate) url: Option<String>,
}

impl Options {
    /// The site as readers get it.
    pub(crate) fn release() -> Self {
        Self { release: true, smallest: true, url: None }
    }

    /// The site as its authors see it while they change it.
    pub(crate) fn draft() -> Self {
        Self { release: false, smallest: false, url: None }
    }
}

/// Builds the whole site in `dist/`, and what it needs for that.
pub(crate) fn build(project: &Project, options: &Options) -> Result<(), Problem> {
    let started = Instant::now();
    tools::ready(project)?;
    let small = options.release
        && if options.smallest { tools::install_wasm_opt(project) } else { tools::BINARYEN.is_ready(project) };
    if options.smallest && !small {
        println!("There is no wasm-opt (npm would bring it): the page's code stays twice as large");
    }
    cutset(project)?;
    trunk(project, options, small)?;
    println!("Built dist/ in {}", shell::spoken(started.elapsed()));
    Ok(())
}

/// Builds the native `cutset`, which writes the pages and serves them.
pub(crate) fn cutset(project: &Project) -> Result<(), Problem> {
    println!("Building cutset");
    shell::run(project.cargo().args(["build", "--locked", "--package", "cutset"]))
}

/// The built `cutset`.
pub(crate) fn cutset_program(project: &Project) -> PathBuf {
    project.target().join("debug").join(format!("cutset{}", std::env::consts::EXE_SUFFIX))
}

/// Writes the pages of an already built site again: all that a change of the lessons needs.
pub(crate) fn pages(project: &Project) -> Result<(), Problem> {
    let mut prerender = project.command(cutset_program(project));
    shell::run(prerender.arg("prerender").arg("--out").arg(project.dist()).arg("--quick"))
}

/// Builds the page's WASM and, in Trunk's hook, the pages.
pub(crate) fn trunk(project: &Project, options: &Options, small: bool) -> Result<(), Problem> {
    println!("Building the page's code");
    // Trunk is held offline, so that it can't download other tools than ours, and holds cargo offline with it.
    // What runs during the build, such as macros, is for this machine.
    let targets = ["--target", tools::WASM, "--target", "host-tuple"];
    shell::run(project.cargo().args(["fetch", "--quiet", "--locked"]).args(targets))?;
    let own_std = small && tools::install_std_source(project);
    if own_std {
        shell::run(project.cargo().args(["fetch", "--quiet", "--locked"]).args(targets).envs(OWN_STD))?;
    }
    let mut trunk = project.command("trunk");
    // Trunk refuses the usual value of NO_COLOR.
    trunk.arg("build").env_remove("NO_COLOR").env("TRUNK_OFFLINE", "true").env("TRUNK_SKIP_VERSION_CHECK", "true");
    trunk.env("TRUNK_LOG", "warn").env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags(small, own_std));
    if own_std {
        trunk.envs(OWN_STD);
    }
    if options.release {
        trunk.arg("--release");
    } else {
        trunk.env("CUTSET_QUICK", "true");
    }
    if let Some(url) = &options.url {
        trunk.env("CUTSET_URL", url);
    }
    if small {
        give_tools(project, &mut trunk);
    }
    shell::run(&mut trunk)
}

/// Builds the standard library with the page's code, for size, and without the sentences of panics: a tenth of the
/// whole. A panic is a trap then, which the page catches as it catches any other (`app::guard`). The pinned compiler
/// calls this unstable; where it can't be done, the page's code is larger, and that is all.
const OWN_STD: [(&str, &str); 3] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
];

/// The compiler's flags for the page's code.
fn flags(small: bool, own_std: bool) -> String {
    let mut flags = without_local_paths();
    if small {
        // The page's code is parted in two along its relocations (`app::more`).
        flags.push_str(" --cfg split -Clink-args=--emit-relocs");
    }
    if own_std {
        flags.push_str(" -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none");
    }
    flags
}

/// Flags that keep this machine's folders out of the page's code: panics name their file, and the same code
/// has the same bytes wherever it is built.
fn without_local_paths() -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let registries = std::fs::read_dir(home.join("registry").join("src")).into_iter().flatten().flatten();
    let folders = registries.map(|registry| format!("{}{}", registry.path().display(), std::path::MAIN_SEPARATOR));
    // Cargo parts the flags at spaces.
    let mut flags: Vec<_> = folders
        .filter(|folder| !folder.contains(char::is_whitespace))
        .map(|folder| format!("--remap-path-prefix={folder}="))
        .collect();
    flags.sort();
    flags.join(" ")
}

/// What Trunk's hook parts the page's code with and makes it small.
fn give_tools(project: &Project, trunk: &mut Command) {
    for (name, tool) in [("CUTSET_WASM_OPT", tools::BINARYEN), ("CUTSET_WASM_BINDGEN", tools::WASM_BINDGEN)] {
        if let Some(program) = project.find(tool.program) {
            trunk.env(name, program);
        }
    }
    trunk.env("CUTSET_LINKED", project.target().join(tools::WASM).join("wasm-release").join("app.wasm"));
}
