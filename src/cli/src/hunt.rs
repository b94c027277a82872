//! `cutset hunt`: one lab, many seeds, random faults. Stops at the first broken promise and writes the smallest
//! scenario that breaks it.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _, stderr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use check::hunt::{Found, Judge, Kind, Mix, Outcome, Tally, hunt};
use lesson::write::{Heading, lab_toml};
use sim::{Span, Time};

use crate::problem::Problem;
use crate::run::find;

/// Which lab, how long, and what happens to it.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = about_kinds())]
pub(crate) struct Options {
    /// A lab: a TOML file that holds what a `lab` block holds, or LESSON.md#LAB-ID
    lab: String,
    /// The seeds to try, such as 0..2000 (the last is not tried) or 7
    #[arg(long, default_value = "0..1000")]
    seeds: Seeds,
    /// The most faults and requests of a run
    #[arg(long, default_value_t = 40)]
    faults: u32,
    /// How many runs at once; as many as there are cores unless given
    #[arg(long)]
    jobs: Option<u32>,
    /// How long each run is
    #[arg(long = "for", default_value = "60s")]
    length: Span,
    /// Which kinds of faults, separated by commas
    #[arg(long, value_delimiter = ',')]
    kinds: Vec<Kind>,
    /// Count only this promise, such as "Election safety"
    #[arg(long)]
    promise: Option<String>,
    /// The cluster also has to recover within this span after the last fault
    #[arg(long, num_args = 0..=1, default_missing_value = "5s")]
    live: Option<Span>,
    /// Where to write the smallest scenario that breaks the promise; hunt-SEED.toml unless given
    #[arg(long)]
    out: Option<PathBuf>,
}

/// A range of seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seeds {
    start: u64,
    end: u64,
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no range of seeds: write something like 0..2000 or 7");
        let number = |text: &str| text.parse::<u64>().map_err(|_| bad());
        let (start, end) = match text.split_once("..") {
            Some((start, end)) => (number(start)?, number(end)?),
            None => (number(text)?, number(text)?.checked_add(1).ok_or_else(bad)?),
        };
        if start < end { Ok(Self { start, end }) } else { Err(bad()) }
    }
}

/// All kinds of faults by their words, and why some are off unless they are asked for.
fn about_kinds() -> String {
    let words = |beyond: bool| Kind::all().filter(move |kind| kind.beyond().is_some() == beyond);
    let usual: Vec<&str> = words(false).map(Kind::word).collect();
    let mut text = format!("Kinds of faults: {}.\nOff unless asked for:\n", usual.join(", "));
    for kind in words(true) {
        writeln!(text, "  {kind}: {}", kind.beyond().unwrap_or_default()).expect("writing to memory does not fail");
    }
    text
}

/// Hunts, and says what came of it.
pub(crate) fn run(options: &Options) -> Result<(), Problem> {
    let lab = find(&options.lab)?;
    let cores = || thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX));
    let mix = if options.kinds.is_empty() { Mix::default() } else { Mix::of(options.kinds.iter().copied()) };
    let how = check::hunt::Options {
        seeds: options.seeds.start..options.seeds.end,
        faults: options.faults,
        mix,
        until: Time(options.length.0),
        judge: Judge { promise: options.promise.clone(), live: options.live },
        jobs: options.jobs.unwrap_or_else(cores),
        ..check::hunt::Options::default()
    };
    let mut progress = Progress::new(options.seeds.end - options.seeds.start);
    let outcome = hunt(&lab.scenario, &how, |tally| progress.tell(tally));
    progress.end();
    match outcome.map_err(|invalid| Problem(format!("lab {}: {invalid}", lab.id)))? {
        Outcome::Clean(tally) => {
            println!("No promise was broken: {}", amount(&tally, progress.start.elapsed()));
            Ok(())
        }
        Outcome::Found(found) => {
            let out = options.out.clone().unwrap_or_else(|| PathBuf::from(format!("hunt-{}.toml", found.seed)));
            std::fs::write(&out, toml(&found))
                .map_err(|error| Problem(format!("{} can't be written: {error}", out.display())))?;
            print!("{}", account(&found, &out));
            println!("Tried: {}", amount(&found.tally, progress.start.elapsed()));
            Err(Problem(format!("a promise was broken; `cutset run {}` replays how", out.display())))
        }
    }
}

/// What was found, in words.
fn account(found: &Found, out: &Path) -> String {
    let (broken, small) = (&found.broken, &found.shrunk_broken);
    format!(
        "Seed {} breaks a promise at {}: {}: {}\nOf its {} actions {} are left after {} runs. With them, at {}: {}\nWritten to {}\n",
        found.seed,
        broken.at,
        broken.promise,
        broken.facts,
        found.staged.script.len(),
        found.shrunk.script.len(),
        found.shrink_runs,
        small.at,
        small.facts,
        out.display(),
    )
}

/// The smallest scenario as a lab's file.
fn toml(found: &Found) -> String {
    let small = &found.shrunk_broken;
    let remark = format!("Found by `cutset hunt` with seed {}.\n{} breaks at {}.", found.seed, small.promise, small.at);
    let heading = Heading {
        id: &format!("hunt-{}", found.seed),
        title: &small.promise,
        caption: &small.facts,
        poster: small.at.min(found.shrunk.until),
        remark: &remark,
    };
    lab_toml(&found.shrunk, &heading)
}

/// How much was tried, and how fast.
fn amount(tally: &Tally, took: Duration) -> String {
    let each_second = |count: u64| u128::from(count) * 1_000 / took.as_millis().max(1);
    let simulated = tally.simulated_us / 1_000_000;
    format!(
        "{} seeds, {simulated} simulated seconds, {} events in {} s ({} seeds and {} simulated seconds a second)",
        tally.seeds,
        tally.events,
        took.as_secs(),
        each_second(tally.seeds),
        each_second(simulated),
    )
}

/// Tells how far a hunt has come: often on a terminal, a line now and then elsewhere.
struct Progress {
    seeds: u64,
    start: Instant,
    told: Instant,
    on_terminal: bool,
}

impl Progress {
    fn new(seeds: u64) -> Self {
        let now = Instant::now();
        Self { seeds, start: now, told: now, on_terminal: stderr().is_terminal() }
    }

    fn tell(&mut self, tally: &Tally) {
        let pause = if self.on_terminal { Duration::from_millis(200) } else { Duration::from_secs(30) };
        if self.told.elapsed() < pause {
            return;
        }
        self.told = Instant::now();
        let line = format!("of {}: {}", self.seeds, amount(tally, self.start.elapsed()));
        // Progress that nobody can be told of is no reason to stop.
        let _nobody_reads = if self.on_terminal {
            write!(stderr(), "\r\x1b[K{line}").and_then(|()| stderr().flush())
        } else {
            writeln!(stderr(), "{line}")
        };
    }

    /// Leaves the terminal's line empty.
    fn end(&self) {
        if self.on_terminal {
            let _nobody_reads = write!(stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        id = "half"
        title = "Four servers"
        caption = "Half of them are enough."
        protocol = "raft"
        nodes = ["A", "B", "C", "D"]
        seed = 7
        until = "5s"
        poster = "1s"
        [[clients]]
        name = "c1"
        write_every = "100ms"
        [raft.rules]
        quorum_of_half = true
    "#;

    fn options(lab: &Path, out: &Path) -> Options {
        Options {
            lab: lab.display().to_string(),
            seeds: "0..50".parse().unwrap(),
            faults: 20,
            jobs: Some(2),
            length: Span::from_secs(5),
            kinds: Vec::new(),
            promise: Some("Election safety".to_owned()),
            live: None,
            out: Some(out.to_owned()),
        }
    }

    #[test]
    fn what_is_found_is_written_as_a_lab_that_breaks_the_same_promise_when_it_is_run() {
        let folder = tempfile::tempdir().unwrap();
        let (lab, out) = (folder.path().join("half.toml"), folder.path().join("found.toml"));
        std::fs::write(&lab, FILE).unwrap();
        let problem = run(&options(&lab, &out)).unwrap_err().to_string();
        assert!(problem.contains("`cutset run "), "{problem}");
        let found = find(out.to_str().unwrap()).unwrap();
        let verdict = Judge::default().judge(&found.scenario).unwrap();
        assert_eq!(verdict.broken.map(|broken| broken.promise).as_deref(), Some("Election safety"));
    }

    #[test]
    fn with_the_rule_kept_nothing_is_found_and_nothing_written() {
        let folder = tempfile::tempdir().unwrap();
        let (lab, out) = (folder.path().join("whole.toml"), folder.path().join("found.toml"));
        std::fs::write(&lab, FILE.replace("quorum_of_half = true", "quorum_of_half = false")).unwrap();
        run(&options(&lab, &out)).unwrap();
        assert!(!out.exists());
    }

    #[test]
    fn seeds_are_a_range_or_one() {
        assert_eq!("3..9".parse(), Ok(Seeds { start: 3, end: 9 }));
        assert_eq!("7".parse(), Ok(Seeds { start: 7, end: 8 }));
        for text in ["", "9..3", "3..3", "a..b", "-1..3", "18446744073709551615"] {
            assert!(text.parse::<Seeds>().is_err(), "{text}");
        }
    }
}
