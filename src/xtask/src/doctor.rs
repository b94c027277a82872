//! What is installed, what is missing, and how to get it.

use crate::problem::Problem;
use crate::project::Project;
use crate::{browser, shell, tools};

/// Looks at everything that any task needs. Fails if something is missing that no task installs by itself.
pub(crate) fn run(project: &Project) -> Result<(), Problem> {
    let mut missing = 0;
    let rust = shell::version(&mut project.command("rustc"));
    missing += line("Rust", rust, "https://rustup.rs");
    let compiler = ["cc", "gcc", "clang", "cl"].iter().find_map(|name| project.find(name));
    missing +=
        line("C compiler", compiler.map(|path| path.display().to_string()), &browser::by_hand(&["gcc", "libc6-dev"]));

    println!("\nInstalled when it is first needed:");
    let target = tools::has_wasm_target(project).then(|| "installed".to_owned());
    line(tools::WASM, target, &format!("rustup target add {}", tools::WASM));
    for tool in [tools::TRUNK, tools::WASM_BINDGEN, tools::BINARYEN] {
        let found = tool.is_ready(project).then(|| tool.version.to_owned());
        line(tool.package, found, "cargo xtask build (for binaryen, where npm is there)");
    }

    println!("\nFor `cargo xtask test` only:");
    for needed in &browser::NEEDED {
        let found = needed.find(project).map(|path| match shell::version(&mut project.command(&path)) {
            Some(version) => format!("{version} ({})", path.display()),
            None => path.display().to_string(),
        });
        line(
            needed.what,
            found,
            &format!("{}; as root, the test does this itself", browser::by_hand(&[needed.package])),
        );
    }
    if missing == 0 { Ok(()) } else { Err(Problem::new("\nSomething is missing that nothing works without")) }
}

/// Prints one thing and returns how many are missing.
fn line(what: &str, found: Option<String>, how: &str) -> u32 {
    if let Some(found) = found {
        println!("  ok       {what}: {found}");
        0
    } else {
        println!("  missing  {what}: {how}");
        1
    }
}
