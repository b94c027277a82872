//! Codes of labs and runs that were written once and must be read for ever.
//!
//! `golden/NAME.toml` says what a code means. `NAME.v1` is its code as version 1 wrote it, `NAME.v2` as version 2
//! does, and `NAME.run2` the code of its run alone, looked at from its poster. A version that has been published
//! never changes: if a test here says that today's code is another, then the format has changed, which takes a new
//! version and a module for what the bytes meant until now. While version 2 is unpublished,
//! `UPDATE_GOLDEN=1 cargo test -p lesson --features read --test golden` writes its codes anew.
#![cfg(feature = "read")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use lesson::course::Page;
use lesson::{BadCode, Course, Lab, decode, decode_run, encode, encode_run};

/// The golden labs with the file that each is from.
fn labs() -> Vec<(PathBuf, Lab)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = fs::read_dir(folder).expect("the golden files are there").map(|file| file.expect("it is there").path());
    let mut tomls: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|end| end == "toml")).collect();
    tomls.sort();
    tomls.into_iter().map(|file| (file.clone(), Lab::read(&file).expect("it is without fault").0)).collect()
}

/// The golden code beside a lab with this ending, if there is one.
fn code(file: &Path, ending: &str) -> Option<String> {
    fs::read_to_string(file.with_extension(ending)).ok().map(|text| text.trim_end().to_owned())
}

/// Checks today's code of something against the golden one, or writes that if told to.
fn check(file: &Path, ending: &str, today: &str) {
    let file = file.with_extension(ending);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, format!("{today}\n")).expect("the golden files can be written");
    }
    let golden = fs::read_to_string(&file).expect("every golden lab has its codes of version 2");
    assert_eq!(today, golden.trim_end(), "{}: the format has changed", file.display());
}

#[test]
fn what_version_1_wrote_is_still_read() {
    let mut read = 0;
    for (file, lab) in labs() {
        let Some(code) = code(&file, "v1") else { continue };
        assert_eq!(decode(&code), Ok(lab), "{}", file.display());
        assert_eq!(decode_run(&code), Err(BadCode::Kind), "version 1 had no runs alone");
        read += 1;
    }
    assert_eq!(read, 3, "all of version 1 is there");
}

#[test]
fn labs_of_version_2_are_written_and_read_as_ever() {
    for (file, lab) in labs() {
        let code = encode(&lab);
        check(&file, "v2", &code);
        assert_eq!(decode(&code), Ok(lab), "{}", file.display());
    }
}

#[test]
fn runs_of_version_2_are_written_and_read_as_ever() {
    for (file, lab) in labs() {
        let code = encode_run(&lab.scenario, lab.poster);
        check(&file, "run2", &code);
        assert_eq!(decode_run(&code), Ok((lab.scenario, lab.poster)), "{}", file.display());
    }
}

#[test]
fn a_run_of_twenty_actions_in_any_lab_of_the_course_fits_in_two_kilobytes() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let course = Course::read(&content).expect("the course is without fault");
    let (_, everything) = labs().into_iter().find(|(_, lab)| lab.id == "all-of-version-2").expect("it is there");
    let actions = &everything.scenario.script[..20];
    let blocks: Vec<_> = course.pages().flat_map(Page::labs).collect();
    assert!(blocks.len() >= 5, "the course has labs");
    for block in blocks {
        let mut scenario = block.lab.scenario.clone();
        scenario.script.extend(actions.iter().cloned());
        let code = encode_run(&scenario, scenario.until);
        assert!(code.len() <= 2 * 1024, "{}: {} characters", block.lab.id, code.len());
    }
}
