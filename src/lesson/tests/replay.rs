//! Claims, challenges and transcripts of a course that is written for these tests.
#![cfg(feature = "read")]

use std::path::Path;

use check::{Goal, Predicate};
use lesson::course::Block;
use lesson::transcript::Transcript;
use lesson::{Claim, Course, claims};
use protocols::view::EventKind;
use sim::Time;

fn course() -> Course {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture");
    Course::read(&fixture).expect("the fixture is without fault")
}

#[test]
fn true_claims_hold() {
    let report = claims::replay(&course());
    assert_eq!((report.replayed, report.failed), (3, vec![]), "a claim, a solution, and doing nothing");
}

#[test]
fn a_lab_in_words_tells_its_cut_and_how_each_node_stands() {
    let course = course();
    let lesson = course.lesson("leaders").expect("it is written");
    let lab = &lesson.page.lab("split").expect("the first lab").lab;
    let told = Transcript::of(lab).expect("it can be run");
    let faults: Vec<&str> = told.lines.iter().filter(|line| line.kind == EventKind::Fault).map(|l| &*l.text).collect();
    assert_eq!(faults, ["The lesson cuts A and B from C, D and E"]);
    assert!(told.lines.iter().all(|line| line.at <= lab.poster), "nothing after the poster is told");
    assert!(told.lines.len() <= 24 && told.left_out > 0, "it is short: {} lines", told.lines.len());
    let of_a = &told.state[0];
    assert!(of_a.starts_with("A leads in term 1; its log has "), "{of_a}");
    assert_eq!(told.state.iter().filter(|line| line.contains(" leads in term ")).count(), 2, "{:?}", told.state);
}

#[test]
fn a_false_claim_is_told_with_its_place_and_what_happened() {
    let mut course = course();
    let entries = course.parts.iter_mut().flat_map(|part| &mut part.entries);
    let lesson = entries.filter_map(|entry| entry.lesson.as_mut()).next().expect("a lesson is written");
    let file = lesson.page.file.clone();
    let lab = lesson.page.body.iter_mut().find_map(|block| match block {
        Block::Lab(block) if block.lab.id == "split" => Some(block),
        _ => None,
    });
    let lab = lab.expect("the first lab");
    lab.claims = vec![Claim { at: Time(2_900_000), that: Predicate::Leaders(2), line: 99 }];
    let report = claims::replay(&course);
    let told: Vec<String> = report.failed.iter().map(ToString::to_string).collect();
    let expected = "lab split: claimed at 2900 ms: 2 leaders at this moment; found: A leads in term 1";
    assert_eq!(told, [format!("{file}:99: {expected}")]);
}

#[test]
fn a_challenge_that_nobody_can_lose_or_that_its_solution_cannot_win_is_told() {
    let course = course();
    let lesson = course.lesson("leaders").expect("it is written");
    let mut block = lesson.page.lab("challenge").expect("the second lab").clone();
    assert_eq!(claims::replay_lab("x.md", &block).failed, []);
    let challenge = block.lab.challenge.as_mut().expect("it is a challenge");
    challenge.solution.clear();
    let told = claims::replay_lab("x.md", &block).failed;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].claimed, "that its solution reaches the goals");
    let challenge = block.lab.challenge.as_mut().expect("it is a challenge");
    challenge.goals[0].goal = Goal::Reach(Predicate::Leaders(1));
    let told = claims::replay_lab("x.md", &block).failed;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].found, "the goals are reached by doing nothing");
}
