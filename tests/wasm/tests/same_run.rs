//! A scenario determines its run, byte for byte: natively, in WASM, and on the day after tomorrow.
//! The same tests are compiled for both.

use lesson::random;
use lesson::{decode, encode};
use protocols::{Run, Scenario};
use sim::{Action, ProcessId, Span, Target, Time};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use wasm_tests::golden::Line;
use wasm_tests::{hash, started};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

const GOLDEN: &str = include_str!("../golden.txt");

/// How many random scenarios the golden file has.
const RANDOM: u64 = 300;

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn every_run_has_the_hash_of_the_golden_file() {
    let lines = Line::read_all(GOLDEN);
    assert!(lines.len() > usize::try_from(RANDOM).unwrap(), "labs and random scenarios");
    let wrong: Vec<String> = lines
        .iter()
        .filter_map(|line| {
            let (found, wanted) = (hash(&line.scenario()), line.hash());
            (found != wanted).then(|| format!("{found:016x} instead of {}", short(line)))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} runs differ:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_lab_reads_back_from_its_code_as_it_was_written() {
    let lines = Line::read_all(GOLDEN);
    let codes: Vec<&String> = lines.iter().filter_map(Line::code).collect();
    assert!(!codes.is_empty());
    for code in codes {
        assert_eq!(&encode(&decode(code).unwrap()), code);
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn a_run_that_was_rewound_and_acted_on_is_the_run_of_its_scenario() {
    for number in 0..RANDOM / 4 {
        let mut run = started(&random::scenario(number));
        meddle(run.as_mut());
        let scenario: Scenario = run.scenario();
        run.seek(run.end());
        assert_eq!(run.hash(), hash(&scenario), "random scenario {number}");
    }
}

/// A line without its code.
fn short(line: &Line) -> String {
    line.to_string().chars().take(60).collect()
}

/// Looks ahead and back, and acts at moments in between; refusals are part of it.
fn meddle(run: &mut dyn Run) {
    run.seek(Time(5_000_000));
    run.seek(Time(1_234_567));
    let taken = run.act(Action::Isolate(Target::Process(ProcessId(0))));
    run.seek(Time(4_000_000));
    run.seek(Time(3_000_000) + Span(1));
    let mended = run.act(Action::HealAll);
    assert!(taken.is_ok() || mended.is_ok(), "something was done: {taken:?}, {mended:?}");
    run.seek(Time(2_000_000));
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::{env, fs, path::Path};

    use lesson::Course;

    use super::{GOLDEN, Line, RANDOM};

    /// What the golden file should hold, from the course as it stands.
    fn current() -> String {
        let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
        let course = Course::read(&content).unwrap_or_else(|problems| panic!("the course can't be read: {problems:?}"));
        let labs = course.pages().flat_map(lesson::course::Page::labs).map(|block| Line::of_lab(&block.lab));
        labs.chain((0..RANDOM).map(Line::of_random)).map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn the_golden_file_is_that_of_the_course() {
        let current = current();
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden.txt"), current).unwrap();
            return;
        }
        let known: Vec<&str> = GOLDEN.lines().collect();
        let stale: Vec<String> =
            current.lines().filter(|line| !known.contains(line)).map(|line| format!("{line:.60}")).collect();
        assert!(
            current == GOLDEN,
            "tests/wasm/golden.txt is stale. If you know why these runs changed, rewrite it with\n\
             UPDATE_GOLDEN=1 cargo test -p wasm-tests the_golden_file\n{}",
            stale.join("\n"),
        );
    }

    #[test]
    fn every_lab_of_the_course_is_in_the_golden_file() {
        let labs = Line::read_all(GOLDEN).iter().filter(|line| matches!(line, Line::Lab { .. })).count();
        assert!(labs >= 5, "home and the first lesson have five labs, the golden file has {labs}");
    }
}
