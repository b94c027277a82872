//! The addresses of what Trunk built: the app's glue and WASM, and the pages' scripts.
//!
//! They are read from `index.html`, whether that is still Trunk's shell or already the home page,
//! so that pages can be written again without building again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use html5gum::{Token, Tokenizer};

use super::{Problem, files, split};

/// Files of the site, by their names at its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shell {
    /// The app's glue, an ES module.
    pub(super) app_js: String,
    /// The app's WASM.
    pub(super) app_wasm: String,
    /// What completes the app a moment later, if it is in two parts.
    pub(super) more_wasm: String,
    /// The classic script that runs before the first paint.
    pub(super) theme_js: String,
    /// The classic script that runs when the page is read.
    pub(super) page_js: String,
    /// The module that mounts labs.
    pub(super) boot_js: String,
    /// The module that copies, saves and prints what a lab shows.
    pub(super) share_js: String,
    /// The stylesheet.
    pub(super) style_css: String,
}

impl Shell {
    /// Reads the addresses from a built site's `index.html`.
    pub(super) fn read(out: &Path) -> Result<Self, Problem> {
        let path = out.join("index.html");
        let mut shell = Self::parse(&files::read(&path)?);
        for (what, name) in [
            ("<meta name=\"app-js\">", &shell.app_js),
            ("<meta name=\"app-wasm\">", &shell.app_wasm),
            ("theme.js", &shell.theme_js),
            ("page.js", &shell.page_js),
            ("boot.js", &shell.boot_js),
            ("share.js", &shell.share_js),
        ] {
            if name.is_empty() {
                return Err(Problem::Shell(format!(
                    "{} does not name {what}; build the site with Trunk first",
                    path.display()
                )));
            }
        }
        shell.name_app_by_content(out)?;
        Ok(shell)
    }

    fn parse(html: &str) -> Self {
        let mut shell = Self::default();
        for Ok(token) in Tokenizer::new(html) {
            let Token::StartTag(tag) = token else { continue };
            let get = |key: &str| {
                let value = tag.attributes.get(key.as_bytes());
                value.map(|v| String::from_utf8_lossy(v).trim_start_matches("./").to_owned()).unwrap_or_default()
            };
            match &**tag.name {
                b"meta" if get("name") == "app-js" => shell.app_js = get("content"),
                b"meta" if get("name") == "app-wasm" => shell.app_wasm = get("content"),
                b"meta" if get("name") == "app-more" => shell.more_wasm = get("content"),
                b"script" if get("src").starts_with("theme") => shell.theme_js = get("src"),
                b"script" if get("src").starts_with("page") => shell.page_js = get("src"),
                b"script" if get("src").starts_with("boot") => shell.boot_js = get("src"),
                b"meta" if get("name") == "share-js" => shell.share_js = get("content"),
                b"script" if get("src").starts_with("share") => shell.share_js = get("src"),
                b"link" if get("rel") == "stylesheet" => shell.style_css = get("href"),
                _ => {}
            }
        }
        shell
    }

    /// Makes the WASM smaller with `wasm-opt`, and the scripts by their comments. Both get names of their new
    /// content. What an earlier run made small is left alone.
    pub(super) fn optimise(&mut self, out: &Path, tool: &Path, parting: &split::Tools) -> Result<(), Problem> {
        if self.app_wasm.contains("-opt-") {
            return Ok(());
        }
        let (from, to) = (out.join(&self.app_wasm), out.join("app.optimised.wasm"));
        if let Some(halves) = split::halves(parting, out)? {
            shrink(tool, &halves.glue, &halves.shared, &halves.first, &to)?;
            let more = out.join("more.optimised.wasm");
            optimise(tool, &halves.second, &more)?;
            self.more_wasm = rename(out, &more, "more", "wasm")?;
            files::write(&out.join(&self.app_js), files::read(&halves.glue)?.as_bytes())?;
            halves.clear()?;
        } else {
            shrink(tool, &out.join(&self.app_js), &[], &from, &to)?;
        }
        files::remove_all(&from)?;
        self.app_wasm = rename(out, &to, "app-opt", "wasm")?;
        let scripts = [
            (&mut self.app_js, "app"),
            (&mut self.boot_js, "boot"),
            (&mut self.share_js, "share"),
            (&mut self.page_js, "page"),
            (&mut self.theme_js, "theme"),
        ];
        for (name, stem) in scripts {
            let script = out.join(&*name);
            files::write(&script, without_comments(&files::read(&script)?).as_bytes())?;
            *name = rename(out, &script, stem, "js")?;
        }
        Ok(())
    }

    /// Trunk names files before its tools have changed them; a name must change exactly when the content does.
    fn name_app_by_content(&mut self, out: &Path) -> Result<(), Problem> {
        self.app_js = rename(out, &out.join(&self.app_js), "app", "js")?;
        let stem = if self.app_wasm.contains("-opt-") { "app-opt" } else { "app" };
        self.app_wasm = rename(out, &out.join(&self.app_wasm), stem, "wasm")?;
        Ok(())
    }
}

/// Writes a smaller WASM, of which the glue and `others` use the exports.
fn shrink(wasm_opt: &Path, glue: &Path, others: &[String], from: &Path, to: &Path) -> Result<(), Problem> {
    let pruned = from.with_extension("pruned.wasm");
    let graph = from.with_extension("graph.json");
    files::write(&graph, export_graph(&files::read(glue)?, others).as_bytes())?;
    let wasm_metadce = wasm_opt.with_file_name("wasm-metadce");
    let pruning =
        split::run(Command::new(wasm_metadce).arg(from).arg("-f").arg(&graph).arg("-g").arg("-o").arg(&pruned));
    optimise(wasm_opt, if pruning.is_ok() { &pruned } else { from }, to)?;
    files::remove_all(&graph)?;
    files::remove_all(&pruned)
}

/// Writes the same WASM smaller.
fn optimise(wasm_opt: &Path, from: &Path, to: &Path) -> Result<(), Problem> {
    // Nothing of ours lies in the first kilobyte of memory: that is the end of the stack. Functions that stay apart
    // make the WASM larger, and 5 % smaller once it is compressed: they resemble each other. So do neighbours by name.
    let flags = [
        "-Oz",
        "--converge",
        "--low-memory-unused",
        "--one-caller-inline-max-function-size=0",
        "--skip-pass=local-cse",
        "--reorder-functions-by-name",
        "--strip-debug",
        "--strip-producers",
        // What Rust takes for granted. A half does not say it of itself.
        "--enable-bulk-memory",
        "--enable-multivalue",
        "--enable-mutable-globals",
        "--enable-nontrapping-float-to-int",
        "--enable-reference-types",
        "--enable-sign-ext",
    ];
    split::run(Command::new(wasm_opt).args(flags).arg(from).arg("-o").arg(to))
}

/// The exports that the glue and others use, but for the streams of Leptos' server functions, as wasm-metadce takes
/// them.
fn export_graph(glue: &str, others: &[String]) -> String {
    let mut names: Vec<&str> = glue
        .split("wasm.")
        .skip(1)
        .map(|rest| rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default())
        .chain(others.iter().map(String::as_str))
        .filter(|name| !name.is_empty() && !name.contains("intounderlying"))
        .collect();
    names.sort_unstable();
    names.dedup();
    let root = serde_json::json!({ "name": "the page", "root": true, "reaches": names });
    let exports = names.iter().map(|name| serde_json::json!({ "name": name, "export": name }));
    serde_json::Value::Array(std::iter::once(root).chain(exports).collect()).to_string()
}

/// A script without its comments, which stand on lines of their own.
fn without_comments(code: &str) -> String {
    let mut within = false;
    let kept = code.lines().filter(|line| {
        let line = line.trim();
        let starts = !within && line.starts_with("/*");
        let comment = within || starts || line.starts_with("//");
        within = (within || starts) && !line.ends_with("*/");
        !comment && !line.is_empty()
    });
    kept.flat_map(|line| [line, "\n"]).collect()
}

/// Gives a file a name made from its content, and returns that name.
fn rename(out: &Path, path: &Path, stem: &str, extension: &str) -> Result<String, Problem> {
    let content = fs::read(path).map_err(|source| Problem::io(path, source))?;
    let name = format!("{stem}-{}.{extension}", files::digest(&content));
    let target: PathBuf = out.join(&name);
    if target != path {
        fs::rename(path, &target).map_err(|source| Problem::io(path, source))?;
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUNK: &str = r#"<!DOCTYPE html><html><head>
        <meta name="app-js" content="./app-1.js"><meta name="app-wasm" content="./app-1_bg.wasm">
        <script src="./theme-2.js"></script><script src="./page-3.js" defer></script>
        <script type="module" src="./boot-4.js"></script>
        <script type="module" src="./share-5.js"></script></head><body></body></html>"#;

    #[test]
    fn the_shell_names_what_trunk_built() {
        let shell = Shell::parse(TRUNK);
        assert_eq!(shell.app_wasm, "app-1_bg.wasm");
        assert_eq!(shell.boot_js, "boot-4.js");
    }

    #[test]
    fn a_script_loses_its_comments_and_nothing_else() {
        let code = "/**\n * Mounts * a lab.\n */\nexport function f() {\n    // once\n    return 6 / 2; /* three */\n}\n\n/* one line */\nlet a = 2\n    * 3;\n";
        let expected = "export function f() {\n    return 6 / 2; /* three */\n}\nlet a = 2\n    * 3;\n";
        assert_eq!(without_comments(code), expected);
    }

    #[test]
    fn a_name_follows_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        for (name, content) in [("index.html", TRUNK), ("app-1.js", "glue"), ("app-1_bg.wasm", "code")] {
            files::write(&out.join(name), content.as_bytes()).unwrap();
        }
        let shell = Shell::read(out).unwrap();
        assert_eq!(shell.app_wasm, format!("app-{}.wasm", files::digest(b"code")));
        assert!(out.join(&shell.app_js).exists() && out.join(&shell.app_wasm).exists());
    }

    #[test]
    fn a_page_that_trunk_did_not_build_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("index.html"), b"<!doctype html><title>x</title>").unwrap();
        assert!(Shell::read(folder.path()).unwrap_err().to_string().contains("build the site with Trunk first"));
    }
}
