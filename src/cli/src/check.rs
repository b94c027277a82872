//! `cutset check`: what a history of clients satisfies, and if it does not, why.
//!
//! # The format of a history
//!
//! One JSON object a line, one line an event, in the order in which the events happened. That order, not the times,
//! is what verdicts rest on. Empty lines are skipped.
//!
//! ```json
//! {"process": 0, "type": "invoke", "f": "write", "key": "x", "value": 1, "time": 10}
//! {"process": 1, "type": "invoke", "f": "read", "key": "x", "time": 12}
//! {"process": 0, "type": "ok", "f": "write", "key": "x", "value": 1, "time": 20}
//! {"process": 1, "type": "ok", "f": "read", "key": "x", "value": 1, "time": 25}
//! ```
//!
//! - `process`: which client, a whole number or a name; a number `n` is told as `Cn`. A process does one operation at
//!   a time.
//! - `type`: `invoke` when the client asks; then, at most once, `ok` when it was done and answered, `fail` if it was
//!   not done and never will be, `info` if nobody knows. What ends as `info`, or never ends, may take effect at any
//!   later moment, or never. Its process asks nothing any more: let the client go on as a new process.
//! - `f`: what is asked, the same in both events of an operation; see below.
//! - `key`: on which register, key, lock or queue; leave it out if there is one. The end need not repeat it.
//! - `value`: what is written, or what was read: nothing (`null`, or left out), true or false, a whole number, text,
//!   or a list of these. The end of a write need not repeat what was written.
//! - `time`: a whole number in any unit, never less than in the line before. Only pictures show it.
//! - `index` and `error` are skipped. Any other name is an error, so that a misspelt one can't pass for nothing.
//!
//! What can be asked, by model:
//!
//! - **register**: `read`, whose `ok` has the value that was found; `write`, with a value; `cas` (compare-and-set), with
//!   `[expected, new]`. A `cas` that was set ends as `ok` with `true`, with its pair, or with no value; one that found
//!   something else ends as `ok` with `false`. That is an answer: `fail` means that the comparison never happened.
//! - **kv**: the same, also under the names `get` and `put`, and `append`, which puts text at the end of what the key
//!   has. What an append leaves is text, even if there was a number before.
//! - **mutex**: `acquire` and `release`. Only the process that acquired the lock can release it.
//! - **queue**: `enqueue`, with a value; `dequeue`, whose `ok` has the value that came out, or none if the queue was
//!   found empty.
//!
//! Before the first write a key holds nothing, a lock is free, and a queue is empty.
//!
//! # Histories of Jepsen and Knossos
//!
//! A file that starts like EDN is read as such: maps with `:process`, `:type`, `:f`, `:value` and maybe `:key` and
//! `:time`, each on a line, bare or in one vector. Events of processes that are no numbers, such as `:nemesis`, are
//! skipped, and so are other keys. There as here a `:fail` never happened.

mod edn;
mod jsonl;
mod picture;
mod report;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use ::check::history::{
    Event, Fault, History, Level, Limits, ModelKind, Options as Judging, Recorder, Report, Verdict,
};

use crate::problem::Problem;

/// Which history, and what it has to satisfy.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Exits with 0 if the history satisfies the model, 1 if it does not, 2 if it can't be read, \
                        3 if a limit was met before that was known.")]
pub(crate) struct Options {
    /// A history: JSON lines, or EDN of a register; - for what comes in
    history: PathBuf,
    /// What the clients shared: register, kv, mutex or queue; seen from what they ask unless given
    #[arg(long)]
    model: Option<ModelKind>,
    /// What it has to satisfy: linearizable, sequential, causal, pram, read-your-writes, monotonic-reads,
    /// monotonic-writes, writes-follow-reads; or strongest, for all that it does satisfy
    #[arg(long, default_value = "linearizable")]
    consistency: Asked,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
    /// Write a page with the picture
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The most steps of each search
    #[arg(long, default_value_t = Limits::default().steps)]
    steps: u64,
    /// The most memory of each search, in MiB
    #[arg(long, default_value_t = Limits::default().bytes >> 20)]
    memory: u64,
    /// How many keys are judged at once; as many as there are cores unless given
    #[arg(long)]
    jobs: Option<u32>,
}

/// Which models are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    One(Level),
    Strongest,
}

impl std::str::FromStr for Asked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "strongest" {
            return Ok(Self::Strongest);
        }
        text.parse().map(Self::One).map_err(|problem| format!("{problem}, and strongest"))
    }
}

/// Exit codes, as the help tells them.
const FAILS: u8 = 1;
const UNREADABLE: u8 = 2;
const UNKNOWN: u8 = 3;

/// Judges the history and says what came of it.
pub(crate) fn run(options: &Options) -> ExitCode {
    match judge(options) {
        Ok(code) => ExitCode::from(code),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(UNREADABLE)
        }
    }
}

fn judge(options: &Options) -> Result<u8, Problem> {
    let name = options.history.display().to_string();
    let wrong = |what: &dyn std::fmt::Display| Problem(format!("{name}: {what}"));
    let history = read(options).map_err(|problem| wrong(&problem))?;
    let cores = || thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1));
    let judging = Judging {
        kind: options.model,
        limits: Limits { steps: options.steps, bytes: options.memory.saturating_mul(1 << 20) },
        threads: options.jobs.unwrap_or_else(cores),
    };
    let levels = match options.consistency {
        Asked::One(level) => vec![level],
        Asked::Strongest => Level::ALL.to_vec(),
    };
    let report = ::check::history::judge(&history, &levels, judging).map_err(|misfit| wrong(&misfit))?;
    if let Some(file) = &options.html {
        std::fs::write(file, picture::page(&name, &history, &report))
            .map_err(|error| Problem(format!("{} can't be written: {error}", file.display())))?;
    }
    if options.json {
        println!("{}", report::json(&history, &report).map_err(|error| Problem(error.to_string()))?);
    } else {
        print!("{}", report::words(&name, &history, &report));
    }
    Ok(code(&report))
}

/// 0 if what was asked for is satisfied. For the strongest that is anything at all.
fn code(report: &Report) -> u8 {
    let mut code = FAILS;
    for (_, verdict) in &report.verdicts {
        match verdict {
            Verdict::Holds => return if code == UNKNOWN { UNKNOWN } else { 0 },
            Verdict::Fails(_) => {}
            Verdict::Unknown(_) | Verdict::NotJudged { .. } => code = UNKNOWN,
        }
    }
    code
}

fn read(options: &Options) -> Result<History, Problem> {
    if options.history.as_os_str() == "-" {
        return read_from(BufReader::new(stdin().lock()));
    }
    let file = File::open(&options.history).map_err(|error| Problem(format!("can't be opened: {error}")))?;
    read_from(BufReader::new(file))
}

/// The longest line, in bytes.
const LINE_MAX: u64 = 16 << 20;

/// Reads a history line by line.
fn read_from(mut input: impl BufRead) -> Result<History, Problem> {
    let mut recorder = Recorder::new();
    let mut reader = None;
    let mut line = Vec::new();
    for number in 1.. {
        let at = |what: String| Problem(format!("line {number}: {what}"));
        line.clear();
        let length = input
            .by_ref()
            .take(LINE_MAX + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| at(format!("can't be read: {error}")))?;
        if length == 0 {
            return Ok(recorder.finish());
        }
        if length as u64 > LINE_MAX {
            return Err(at(format!("is longer than {} MiB; each event needs a line of its own", LINE_MAX >> 20)));
        }
        let text = std::str::from_utf8(&line).map_err(|_| at("is no UTF-8 text".to_owned()))?;
        // A byte order mark says nothing.
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let reader = reader.get_or_insert_with(|| Reader::of(text));
        for event in reader.events(text).map_err(at)? {
            recorder.take(number, event).map_err(|fault: Fault| Problem(fault.to_string()))?;
        }
    }
    Ok(recorder.finish())
}

/// What reads a line.
enum Reader {
    Json,
    Edn(edn::Reader),
}

impl Reader {
    /// The one for a history that starts with this line: only in EDN a name starts with a colon.
    fn of(text: &str) -> Self {
        let is_json = text.strip_prefix('{').is_some_and(|rest| !rest.trim_start().starts_with(':'));
        if is_json { Self::Json } else { Self::Edn(edn::Reader::default()) }
    }

    fn events(&mut self, text: &str) -> Result<Vec<Event>, String> {
        match self {
            Self::Json => jsonl::event(text).map(|event| vec![event]),
            Self::Edn(reader) => reader.events(text),
        }
    }
}

#[cfg(test)]
mod tests;
