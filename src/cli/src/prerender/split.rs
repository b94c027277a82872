//! Parts the page's code in two: what brings a lab to life, and what completes it a moment later (`app::more`).
//!
//! Trunk's own run of wasm-bindgen has made one piece of what the linker wrote. Here it is made again, in this order:
//! the linked WASM is parted along its relocations, the first half goes through wasm-bindgen, and the second takes
//! what it shares with the first from that one's exports.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Problem, files, streams};

/// What it takes to part the page's code.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Tools {
    /// The linked WASM, with its relocations, to part in two
    #[arg(long, env = "CUTSET_LINKED", requires = "wasm_bindgen")]
    pub(super) linked: Option<PathBuf>,
    /// The `wasm-bindgen` that makes the first part's glue
    #[arg(long, env = "CUTSET_WASM_BINDGEN")]
    wasm_bindgen: Option<PathBuf>,
}

/// The two halves as files in a folder of their own, before they are made small.
pub(super) struct Halves {
    folder: PathBuf,
    /// The first half's glue.
    pub(super) glue: PathBuf,
    /// The first half.
    pub(super) first: PathBuf,
    /// The second half.
    pub(super) second: PathBuf,
    /// What the second takes from the first, by the names of the first's exports.
    pub(super) shared: Vec<String>,
}

/// The module that the first half would load the second by. The page does that itself: it only has the first half told
/// that the second is there.
const LOADER: &str = "./__wasm_split.js";

/// Parts what the linker wrote, in a folder within `out`. `None` where there is no such thing.
pub(super) fn halves(tools: &Tools, out: &Path) -> Result<Option<Halves>, Problem> {
    let (Some(linked), Some(wasm_bindgen)) = (&tools.linked, &tools.wasm_bindgen) else { return Ok(None) };
    let wasm = fs::read(linked).map_err(|source| Problem::io(linked, source))?;
    let wasm = streams::without(&wasm)?;
    let folder = out.join(".halves");
    let first = folder.join("first.wasm");
    let mut options = wasm_split_cli_support::Options::new(&wasm);
    (options.output_dir, options.main_out_path, options.link_name) = (&folder, &first, LOADER);
    let parted = wasm_split_cli_support::transform(options);
    let parted = parted.map_err(|why| Problem::Shell(format!("{} can't be parted: {why}", linked.display())))?;
    let [second] = parted.split_modules.as_slice() else {
        return Err(Problem::Shell(format!(
            "{} has {} parts beside the first",
            linked.display(),
            parted.split_modules.len()
        )));
    };
    let mut bind = Command::new(wasm_bindgen);
    // The second half takes the table of functions from the linker's exports.
    bind.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "app", "--out-dir"])
        .arg(&folder)
        .arg(&first);
    run(&mut bind)?;
    let glue = folder.join("app.js");
    files::write(&glue, own_loader(&files::read(&glue)?)?.as_bytes())?;
    let shared = shared(&files::read(&folder.join(LOADER))?);
    let first = folder.join("app_bg.wasm");
    Ok(Some(Halves { glue, first, second: second.clone(), shared, folder }))
}

impl Halves {
    /// Removes what is left of them.
    pub(super) fn clear(&self) -> Result<(), Problem> {
        fs::remove_dir_all(&self.folder).map_err(|source| Problem::io(&self.folder, source))
    }
}

/// Runs a tool; what it says is told if it fails.
pub(super) fn run(tool: &mut Command) -> Result<(), Problem> {
    let name = PathBuf::from(tool.get_program());
    let ran = tool.output().map_err(|source| Problem::io(&name, source))?;
    if ran.status.success() {
        return Ok(());
    }
    Err(Problem::Shell(format!("{} failed: {}", name.display(), String::from_utf8_lossy(&ran.stderr))))
}

/// The glue with a loader of its own, in the place of the module that it imports: the second half is there by the time
/// that it is asked for, which is all that there is to say.
fn own_loader(glue: &str) -> Result<String, Problem> {
    let import = format!("import * as import1 from \"{LOADER}\"");
    if !glue.contains(&import) {
        return Err(Problem::Shell("wasm-bindgen's glue imports no loader for the second half".to_owned()));
    }
    let loader = "const import1 = { __wasm_split_load_more: (then, what) => wasm.__indirect_function_table.get(then)(what, 1) };";
    Ok(glue.replacen(&import, loader, 1))
}

/// The names in the line of the loader that takes what is shared from the first half: `const { a, b, } = initSync(…)`.
fn shared(loader: &str) -> Vec<String> {
    let names = loader.split_once(" = initSync(").and_then(|(before, _)| before.rsplit_once('{'));
    let names = names.map_or("", |(_, names)| names).trim_end_matches(['}', ' ']);
    names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_read_from_the_loader() {
        let loader = "let a = { b: { } };\n  const { memory, __indirect_function_table, shared0,  } = initSync(undefined, undefined);\n";
        assert_eq!(shared(loader), ["memory", "__indirect_function_table", "shared0"]);
        assert!(shared("").is_empty());
    }

    #[test]
    fn the_glue_gets_a_loader_of_its_own() {
        let glue = own_loader("import * as import1 from \"./__wasm_split.js\"\nlet wasm;\n").unwrap();
        assert!(glue.starts_with("const import1 = {") && !glue.contains("import *"), "{glue}");
        assert!(own_loader("let wasm;\n").is_err());
    }
}
