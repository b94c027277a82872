//! `cutset run`: one lab without a page. Prints what happens, how things stand in the end, and the trace's hash.

use std::fmt::Write as _;
use std::path::Path;

use lesson::{Course, Lab, transcript};
use protocols::view::{EventView, View};
use serde::Serialize;
use sim::{Span, Time};

use crate::problem::Problem;

/// Which lab, and how far.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// A lab: a TOML file that holds what a `lab` block holds, or LESSON.md#LAB-ID
    lab: String,
    /// Until when, such as 4s or 350ms; to the lab's end unless given
    #[arg(long)]
    until: Option<Span>,
    /// Print one JSON value, with every event
    #[arg(long)]
    json: bool,
}

/// Runs the lab and prints the account of it.
pub(crate) fn run(options: &Options) -> Result<(), Problem> {
    let lab = find(&options.lab)?;
    let account = Account::of(&lab, options.until.map(|span| Time(span.0)))?;
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
            if let Some((at, how)) = &promise.broken {
                line(format_args!("  Broken at {at}: {}: {how}", promise.name));
            }
        }
        line(format_args!("\ntrace hash {}", self.hash));
        words
    }
}

/// Finds the lab that a command line names.
fn find(name: &str) -> Result<Lab, Problem> {
    let Some((file, id)) = name.split_once('#') else {
        return Lab::read(Path::new(name)).map_err(Problem::of_course);
    };
    let file = Path::new(file);
    let content = file.ancestors().find(|folder| folder.join("course.toml").is_file()).ok_or_else(|| {
        Problem(format!("{} is no lesson of a course: no folder above it holds a course.toml", file.display()))
    })?;
    let course = Course::read(content).map_err(Problem::of_course)?;
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
