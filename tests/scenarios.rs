//! The scenario suite: each file in `tests/scenarios` is a run that shows one thing that a correct system does, or
//! what breaks when one of its rules is broken. It is a test of its own.
//!
//! The claims in the file must hold, and the run must read as the transcript beside it. After a change on purpose,
//! write the transcripts afresh, and read the difference before you keep it:
//!
//! ```text
//! UPDATE_TRANSCRIPTS=1 cargo test --package lesson --features read --test scenarios
//! ```

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use lesson::{Lab, claims, transcript};
use libtest_mimic::{Arguments, Failed, Trial};
use protocols::view::{Breach, EventKind};
use sim::Time;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let mut files = files(&folder, "toml");
    files.sort();
    let mut trials: Vec<Trial> = files.into_iter().map(|file| Trial::test(stem(&file), move || holds(&file))).collect();
    trials.push(Trial::test("every_transcript_has_its_scenario", move || none_is_left_over(&folder)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Whether a scenario does what it claims, as it was written down.
fn holds(file: &Path) -> Result<(), Failed> {
    let (lab, claimed) =
        Lab::read(file).map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    if claimed.is_empty() {
        return Err("it claims nothing: say with [[claim]] what it shows".into());
    }
    let report = claims::replay_claims(&stem(file), &lab, &claimed);
    if !report.holds() {
        let failures: Vec<String> = report.failed.iter().map(ToString::to_string).collect();
        return Err(format!("{}\n\n{}", failures.join("\n"), told(&lab)?).into());
    }
    let (now, transcript) = (told(&lab)?, file.with_extension("txt"));
    if env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        return fs::write(&transcript, now).map_err(Failed::from);
    }
    let before = fs::read_to_string(&transcript).unwrap_or_default();
    if before == now {
        return Ok(());
    }
    let line = before.lines().zip(now.lines()).take_while(|(a, b)| a == b).count();
    let at = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
    Err(format!("line {} of its transcript was\n  {}\nand is\n  {}", line + 1, at(&before), at(&now)).into())
}

/// The most events that a transcript tells, if it can leave some out.
const TOLD_MAX: usize = 400;

/// A run in words: what happened but for messages and timers, and how things stand in the end. A long run is told in
/// short.
fn told(lab: &Lab) -> Result<String, Failed> {
    let mut run = lab.scenario.start()?;
    run.seek(run.end());
    let mut text = format!("{}\n{}\n\n", lab.title, lab.caption);
    let quiet = |kind: EventKind| matches!(kind, EventKind::Message | EventKind::Timer);
    let mut events = run.events(Time::ZERO, run.end());
    events.retain(|event| !quiet(event.kind));
    if events.len() > TOLD_MAX {
        events.retain(|event| event.kind.is_key());
        writeln!(text, "In short, without what followers stored and whom they turned away:\n")?;
    }
    for event in events {
        writeln!(text, "{:>12}  {}", event.at.to_string(), event.text)?;
    }
    writeln!(text, "\nAt {}:", run.now())?;
    let view = run.view();
    for sentence in transcript::state(&view) {
        writeln!(text, "  {sentence}")?;
    }
    for promise in &view.promises {
        if let Some(Breach { at, facts, .. }) = &promise.broken {
            writeln!(text, "  {} is broken at {at}: {facts}.", promise.name)?;
        }
    }
    Ok(text)
}

fn none_is_left_over(folder: &Path) -> Result<(), Failed> {
    let orphans = files(folder, "txt").into_iter().filter(|file| !file.with_extension("toml").exists());
    let orphans: Vec<String> = orphans.map(|file| stem(&file)).collect();
    if orphans.is_empty() { Ok(()) } else { Err(format!("no scenario for {}", orphans.join(", ")).into()) }
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the suite has its folder");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
