//! Finds out which files have changed, and does no more than that change needs.
//!
//! The tree is small, so it is looked through a few times a second: no service of the system is needed,
//! and it works on every file system.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use crate::problem::Problem;
use crate::project::Project;
use crate::{shell, site};

const WATCHED: [&str; 6] = ["content", "style", "public", "src", "Cargo.toml", "Trunk.toml"];
const PAUSE: Duration = Duration::from_millis(250);

/// All watched files, each with what tells a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot(BTreeMap<PathBuf, (SystemTime, u64)>);

impl Snapshot {
    pub(crate) fn take(project: &Project) -> Self {
        let mut files = BTreeMap::new();
        for path in WATCHED {
            note(&project.root, Path::new(path), &mut files);
        }
        Self(files)
    }

    /// The files that are in only one of the two, or differ.
    fn changed<'a>(&'a self, later: &'a Self) -> impl Iterator<Item = &'a Path> {
        let gone = self.0.keys().filter(|path| !later.0.contains_key(*path));
        let new = later.0.iter().filter(|(path, state)| self.0.get(*path) != Some(state)).map(|(path, _)| path);
        gone.chain(new).map(PathBuf::as_path)
    }
}

fn note(root: &Path, path: &Path, files: &mut BTreeMap<PathBuf, (SystemTime, u64)>) {
    // A file can go at any moment: then it is not there.
    let Ok(meta) = fs::metadata(root.join(path)) else { return };
    if meta.is_file() {
        files.insert(path.to_owned(), (meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), meta.len()));
        return;
    }
    for entry in fs::read_dir(root.join(path)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('.') {
            note(root, &path.join(name), files);
        }
    }
}

/// What a change needs, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    Nothing,
    /// The pages, written again by the `cutset` that is there.
    Pages,
    /// A new `cutset`, and the pages.
    Cutset,
    /// Everything.
    Site,
}

fn need(path: &Path) -> Need {
    if path.starts_with("src/xtask") {
        Need::Nothing
    } else if path.starts_with("content") || path.starts_with("style") {
        Need::Pages
    } else if path.starts_with("src/cli") {
        Need::Cutset
    } else {
        Need::Site
    }
}

/// Waits a moment, looks for changes since `seen`, and rebuilds if there are any. What fails is told, and tried again
/// at the next change.
pub(crate) fn update(project: &Project, seen: &mut Snapshot) {
    sleep(PAUSE);
    let mut now = Snapshot::take(project);
    if now == *seen {
        return;
    }
    // An editor may still be writing.
    loop {
        sleep(PAUSE);
        let later = Snapshot::take(project);
        if later == now {
            break;
        }
        now = later;
    }
    let started = Instant::now();
    let most = seen.changed(&now).map(need).max().unwrap_or(Need::Nothing);
    let first = seen.changed(&now).next().map(|path| path.display().to_string()).unwrap_or_default();
    *seen = now.clone();
    if most == Need::Nothing {
        return;
    }
    println!("Changed: {first}");
    match rebuild(project, most) {
        Ok(()) => println!("Up to date again after {}", shell::spoken(started.elapsed())),
        Err(problem) => eprintln!("{problem}\nThe site is as it was before; waiting for the next change"),
    }
}

fn rebuild(project: &Project, need: Need) -> Result<(), Problem> {
    match need {
        Need::Nothing => Ok(()),
        Need::Pages => site::pages(project),
        Need::Cutset => site::cutset(project).and_then(|()| site::pages(project)),
        Need::Site => site::cutset(project).and_then(|()| site::trunk(project, &site::Options::draft(), false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(files: &[(&str, u64)]) -> Snapshot {
        Snapshot(files.iter().map(|(path, len)| (PathBuf::from(path), (SystemTime::UNIX_EPOCH, *len))).collect())
    }

    #[test]
    fn new_changed_and_deleted_files_are_found() {
        let before = snapshot(&[("same", 1), ("grown", 1), ("gone", 1)]);
        let after = snapshot(&[("same", 1), ("grown", 2), ("new", 1)]);
        let changed: Vec<_> = before.changed(&after).collect();
        assert_eq!(changed, ["gone", "grown", "new"].map(Path::new));
    }

    #[test]
    fn a_change_of_a_lesson_builds_no_code() {
        assert_eq!(need(Path::new("content/agreement/electing-a-leader.md")), Need::Pages);
        assert_eq!(need(Path::new("style/page.css")), Need::Pages);
        assert_eq!(need(Path::new("src/cli/src/main.rs")), Need::Cutset);
        assert_eq!(need(Path::new("src/app/src/lib.rs")), Need::Site);
        assert_eq!(need(Path::new("public/icon.svg")), Need::Site);
    }
}
