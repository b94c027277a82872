//! `cutset run`: one lab without a page. Prints what happens, how things stand in the end, and the trace's hash.

use std::fmt::Write as _;
use std::path::Path;

use lesson::{Course, Lab, Size, link, transcript};
use protocols::view::{Breach, EventView, View};
use serde::Serialize;
use sim::{Span, Time};

use crate::problem::Problem;

/// Which lab, and how far.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// A lab: a TOML file that holds what a `lab` block holds, or LESSON.md#LAB-ID, or a link to a run
    lab: String,
    /// Until when, such as 4s or 350ms; unless given to the lab's end, or to the moment that a link opens at
    #[arg(long)]
    until: Option<Span>,
    /// Print one JSON value, with every event
    #[arg(long)]
    json: bool,
}

/// Runs the lab and prints the account of it.
pub(crate) fn run(options: &Options) -> Result<(), Problem> {
    let shared = shared(&options.lab)?;
    let until = options.until.map(|span| Time(span.0)).or(shared.as_ref().map(|lab| lab.poster));
    let lab = shared.map_or_else(|| find(&options.lab), Ok)?;
    let account = Account::of(&lab, until)?;
    if options.json {
        let json = serde_json::to_string_pretty(&account).map_err(|error| Problem(error.to_string()))?;
        println!("{json}");
    } else {
        print!("{}", account.in_words());
    }
    Ok(())
}

/// What a run came to.
#[derive(Debug, Serialize)]
struct Account {
    lab: String,
    until: Time,
    events: Vec<EventView>,
    view: View,
    /// In hexadecimal digits: JSON's numbers can't hold 64 bits.
    hash: String,
}

impl Account {
    fn of(lab: &Lab, until: Option<Time>) -> Result<Self, Problem> {
        let mut run = lab.scenario.start().map_err(|invalid| Problem(format!("lab {}: {invalid}", lab.id)))?;
        run.seek(until.unwrap_or(run.end()));
        let now = run.now();
        Ok(Self {
            lab: lab.id.clone(),
            until: now,
            events: run.events(Time::ZERO, now),
            view: run.view(),
            hash: format!("{:016x}", run.hash()),
        })
    }

    /// The key events, each node's state, broken promises, and the hash.
    fn in_words(&self) -> String {
        let mut words = String::new();
        let mut line =
            |text: std::fmt::Arguments<'_>| writeln!(words, "{text}").expect("writing to memory does not fail");
        for event in self.events.iter().filter(|event| event.kind.is_key()) {
            line(format_args!("{:>12}  {}", event.at.to_string(), event.text));
        }
        line(format_args!("\nAt {}:", self.until));
        for sentence in transcript::state(&self.view) {
            line(format_args!("  {sentence}"));
        }
        for promise in &self.view.promises {
            if let Some(Breach { at, facts, .. }) = &promise.broken {
                line(format_args!("  Broken at {at}: {}: {facts}", promise.name));
            }
        }
        line(format_args!("\ntrace hash {}", self.hash));
        words
    }
}

/// The run of a link, as a lab that opens at the link's moment; `None` if this is no link to a run.
fn shared(name: &str) -> Result<Option<Lab>, Problem> {
    let Some(asked) = link::read(name).filter(|asked| !asked.run.is_empty()) else { return Ok(None) };
    let bad = |bad| Problem(format!("the link's run can't be read: {bad}"));
    let (scenario, poster) = lesson::decode_run(&asked.run).map_err(bad)?;
    Ok(Some(Lab {
        id: asked.lab,
        title: String::new(),
        number: String::new(),
        caption: String::new(),
        scenario,
        poster,
        size: Size::default(),
        panels: Vec::new(),
        controls: Vec::new(),
        slowed: 1,
        challenge: None,
    }))
}

/// Finds the lab that a command line names.
pub(crate) fn find(name: &str) -> Result<Lab, Problem> {
    let Some((file, id)) = name.split_once('#') else {
        let read = Lab::read(Path::new(name)).map_err(|found| Problem::of_course(&found));
        return read.map(|(lab, _)| lab);
    };
    let file = Path::new(file);
    let content = file.ancestors().find(|folder| folder.join("course.toml").is_file()).ok_or_else(|| {
        Problem(format!("{} is no lesson of a course: no folder above it holds a course.toml", file.display()))
    })?;
    let course = Course::read(content).map_err(|found| Problem::of_course(&found))?;
    let same = |page: &str| [page.into(), content.join(page)].iter().any(|path: &std::path::PathBuf| path == file);
    let page = course
        .pages()
        .find(|page| same(&page.file))
        .ok_or_else(|| Problem(format!("{} is no page of the course in {}", file.display(), content.display())))?;
    let found = page.lab(id).map(|block| block.lab.clone());
    found.ok_or_else(|| {
        let labs: Vec<_> = page.labs().map(|block| block.lab.id.as_str()).collect();
        Problem(format!("{} has no lab `{id}`; it has {}", file.display(), labs.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESSON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/agreement/electing-a-leader.md");

    const FILE: &str = r#"
        id = "alone"
        title = "Three servers"
        caption = "They elect a leader."
        protocol = "raft"
        nodes = ["A", "B", "C"]
        seed = 7
        until = "2s"
        poster = "1s"
        [[at]]
        time = "500ms"
        do = { crash = "leader" }
    "#;

    fn lab(toml: &str) -> Result<Lab, Problem> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.toml");
        std::fs::write(&path, toml).unwrap();
        find(path.to_str().unwrap())
    }

    #[test]
    fn a_run_is_told_by_its_key_events_its_last_state_and_its_hash() {
        let account = Account::of(&lab(FILE).unwrap(), None).unwrap();
        let words = account.in_words();
        for part in
            ["becomes leader of term 1\n", "\nAt 2000 ms:\n", " is down.\n", &format!("trace hash {}\n", account.hash)]
        {
            assert!(words.contains(part), "{part:?} is not in:\n{words}");
        }
    }

    #[test]
    fn the_same_lab_has_the_same_hash_and_another_moment_has_another() {
        let lab = lab(FILE).unwrap();
        let hash = |until| Account::of(&lab, Some(Time(until))).unwrap().hash;
        assert_eq!(hash(1_000_000), hash(1_000_000));
        assert_ne!(hash(1_000_000), hash(2_000_000));
    }

    #[test]
    fn json_holds_every_event_and_the_hash_as_text() {
        let account = Account::of(&lab(FILE).unwrap(), Some(Time(400_000))).unwrap();
        let json: serde_json::Value = serde_json::to_value(&account).unwrap();
        assert_eq!(json["events"].as_array().map(Vec::len), Some(account.events.len()));
        assert_eq!(json["hash"].as_str().map(str::len), Some(16));
        assert_eq!(json["until"], 400_000);
        assert_eq!(json["view"]["nodes"][2]["name"], "C");
    }

    #[test]
    fn a_file_that_is_wrong_is_told_with_its_place_and_the_nearest_key() {
        let problem = lab(&FILE.replace("seed =", "sede =")).unwrap_err().to_string();
        assert!(problem.contains("lab.toml:7: ") && problem.contains("`seed`"), "{problem}");
    }

    #[test]
    fn a_link_gives_the_run_that_it_was_made_of() {
        let scenario = lab(FILE).unwrap().scenario;
        let address = link::to("https://example.org/", "alone", &scenario, Time(700_000));
        let read = shared(&format!("{address}).")).unwrap().unwrap();
        assert_eq!((read.id.as_str(), read.poster, read.scenario), ("alone", Time(700_000), scenario));
        let problem = shared("https://example.org/#lab=alone&run=AgEF").unwrap_err().to_string();
        assert!(problem.contains("the link's run can't be read: the code "), "{problem}");
        assert_eq!(shared("lesson.md#two-leaders"), Ok(None));
    }

    #[test]
    fn a_lab_of_a_lesson_is_found_by_its_file_and_its_id() {
        assert_eq!(find(&format!("{LESSON}#two-leaders")).unwrap().id, "two-leaders");
        let problem = find(&format!("{LESSON}#three-leaders")).unwrap_err().to_string();
        assert!(problem.contains("no lab `three-leaders`; it has first-election, "), "{problem}");
        let problem = find("nowhere/lesson.md#lab").unwrap_err().to_string();
        assert!(problem.contains("no folder above it holds a course.toml"), "{problem}");
    }
}
