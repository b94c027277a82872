//! Where things are in the project, and how its commands are started.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The project's folder.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The workspace's root.
    pub(crate) root: PathBuf,
}

impl Project {
    /// The project that this was started in: cargo says where this crate lies when it runs it.
    pub(crate) fn here() -> Self {
        let crate_dir = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&crate_dir).ancestors().nth(2).expect("this crate lies in src/xtask of the project");
        Self { root: root.to_owned() }
    }

    /// A path in the project.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The built site.
    pub(crate) fn dist(&self) -> PathBuf {
        self.at("dist")
    }

    /// Where cargo builds.
    pub(crate) fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.at("target"), |dir| self.root.join(dir))
    }

    /// The folder for tools that are pinned for this project alone.
    pub(crate) fn tools(&self) -> PathBuf {
        self.at(".tools")
    }

    /// A command in the project's root that finds the project's tools before all others.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.path());
        command
    }

    /// The same toolchain's cargo that started this.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// The first program of that name on the path, the project's own tools first.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        let file = format!("{program}{}", env::consts::EXE_SUFFIX);
        env::split_paths(&self.path()).map(|dir| dir.join(&file)).find(|path| path.is_file())
    }

    fn path(&self) -> OsString {
        let ours = [self.tools().join("bin"), self.tools().join("node_modules/.bin")];
        let theirs = env::var_os("PATH").unwrap_or_default();
        env::join_paths(ours.into_iter().chain(env::split_paths(&theirs))).unwrap_or(theirs)
    }
}
