//! The course of this repository, read and replayed.
#![cfg(feature = "read")]

use std::path::Path;

use lesson::{Course, claims};

fn course() -> Course {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    match Course::read(&content) {
        Ok(course) => course,
        Err(problems) => {
            let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("the course has problems:\n{}", list.join("\n"));
        }
    }
}

#[test]
fn the_course_reads_without_a_problem() {
    let course = course();
    assert_eq!(course.entries().count(), 20, "twenty lessons are planned");
    assert!(course.lesson("electing-a-leader").is_some(), "the first lesson is written");
    assert_eq!(course.home.page.labs().count(), 1, "the home page has one lab");
}

#[test]
fn every_claim_of_the_course_is_true() {
    let report = claims::replay(&course());
    let failed: Vec<String> = report.failed.iter().map(ToString::to_string).collect();
    assert!(report.holds(), "false claims:\n{}", failed.join("\n"));
    assert!(report.replayed > 10, "only {} claims were replayed", report.replayed);
}
