//! What an author is told: each mistake in a lesson, with its place and its cure.
#![cfg(feature = "read")]

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use lesson::Course;

const MAP: &str = r#"title = "T"
promise = "P"

[[part]]
id = "agreement"
title = "Agreement"
blurb = "B"

[[part.lesson]]
id = "electing"
number = 1
title = "Electing"
blurb = "B"

[[part.lesson]]
id = "copying"
number = 2
title = "Copying"
blurb = "B"
"#;

const HOME: &str = "+++\ntitle = \"T\"\ndeck = \"D\"\n+++\n\nWelcome.\n";

/// A lesson without a fault. Its lab begins on line 18.
const LESSON: &str = r#"+++
number = 1
title = "Electing"
deck = "D"
minutes = 6
goals = ["say what a *term* is"]
takeaways = ["One vote a term."]

[[sources]]
title = "Raft"
url = "https://raft.github.io/raft.pdf"
+++

## A first section

Some prose.

```lab
id = "first"
title = "A lab"
caption = "Five nodes."
protocol = "raft"
nodes = ["A", "B", "C"]
clients = 1
seed = 7
until = "20s"
poster = "2s"

[network]
latency = "10ms..20ms"

[[at]]
time = "1s"
do = { cut = ["A", "B"] }

[[claim]]
at = "2s"
that = { leader_in = ["A", "B"] }

[challenge]
goal = "Do it."
fault_budget = 1

[[challenge.goals]]
text = "Two leaders"
reach = { leaders_at_once = { count = 2, for = "5s" } }

[[challenge.solution]]
time = "3s"
do = { isolate = "leader" }
```
"#;

/// Reads a course of one lesson; the problems without the folder's name, in the order in which they are told.
fn read(map: &str, lesson: &str) -> Result<Course, String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let folder = format!("course-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(dir.join("agreement")).expect("the test folder is ours");
    fs::write(dir.join("course.toml"), map).expect("the test folder is ours");
    fs::write(dir.join("home.md"), HOME).expect("the test folder is ours");
    fs::write(dir.join("agreement/electing.md"), lesson).expect("the test folder is ours");
    let result = Course::read(&dir);
    fs::remove_dir_all(&dir).expect("the test folder is ours");
    result.map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        told.join("\n").replace(&format!("{}/", dir.display()), "")
    })
}

/// With `from` replaced by `to`, the lesson is refused with exactly this.
#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert!(LESSON.contains(from), "the lesson has `{from}`");
    let told = read(MAP, &LESSON.replacen(from, to, 1)).expect_err("the lesson should be refused");
    assert_eq!(told, expected);
}

#[test]
fn the_lesson_that_the_mistakes_are_made_in_is_without_fault() {
    let course = read(MAP, LESSON).unwrap();
    let lesson = course.lesson("electing").unwrap();
    assert_eq!(lesson.path(), "agreement/electing/");
    assert_eq!(lesson.page.lab("first").unwrap().lab.number, "1-1");
    assert_eq!(lesson.page.lab("first").unwrap().line, 18);
    assert!(course.lesson("copying").is_none(), "a lesson without a file is to come");
}

#[test]
fn broken_toml_is_placed_on_its_line() {
    check("seed = 7", "seed 7", "agreement/electing.md:25: key with no value, expected `=`");
    check(
        "caption = \"Five nodes.\"",
        "caption = \"Five",
        "agreement/electing.md:21: invalid basic string, expected `\"`",
    );
    check("seed = 7", "seed = 7\nseed = 8", "agreement/electing.md:26: duplicate key");
    check("minutes = 6", "minutes 3", "agreement/electing.md:5: key with no value, expected `=`");
}

#[test]
fn an_unknown_key_is_answered_with_the_nearest() {
    check(
        "latency = \"10ms..20ms\"",
        "latncy = \"10ms..20ms\"",
        "agreement/electing.md:30: unknown key `latncy` in [network]; did you mean `latency`?",
    );
    check("poster = \"2s\"", "postr = \"2s\"", "agreement/electing.md:27: unknown key `postr`; did you mean `poster`?");
    check("minutes = 6", "minuts = 3", "agreement/electing.md:5: unknown key `minuts`; did you mean `minutes`?");
    check(
        "count = 2, for",
        "cnt = 2, for",
        "agreement/electing.md:46: unknown key `cnt` in reach; did you mean `count`?",
    );
    check(
        "time = \"1s\"",
        "when = \"1s\"",
        "agreement/electing.md:33: unknown key `when` in [[at]]; choose from time, by, do",
    );
}

#[test]
fn a_missing_key_is_named() {
    check("caption = \"Five nodes.\"\n", "", "agreement/electing.md:18: `caption` is missing; add `caption = …`");
    check("deck = \"D\"\n", "", "agreement/electing.md:1: `deck` is missing; add `deck = …`");
    check(
        "text = \"Two leaders\"\n",
        "",
        "agreement/electing.md:44: `text` is missing in [[challenge.goals]]; add `text = …`",
    );
}

#[test]
fn an_unknown_node_is_answered_with_the_nearest() {
    let roles = "choose from A, B, C, c1, or a role such as leader or follower:1";
    check(
        "do = { cut = [\"A\", \"B\"] }",
        "do = { cut = [\"A\", \"F\"] }",
        &format!("agreement/electing.md:34: there is no node `F` in this lab; {roles}"),
    );
    check(
        "do = { isolate = \"leader\" }",
        "do = { isolate = \"leadr:1\" }",
        &format!("agreement/electing.md:50: there is no node `leadr:1` in this lab; {roles}"),
    );
    check(
        "that = { leader_in = [\"A\", \"B\"] }",
        "that = { leader_in = [\"A\", \"D\"] }",
        "agreement/electing.md:38: there is no node `D` in this lab; choose from A, B, C",
    );
    check(
        "that = { leader_in = [\"A\", \"B\"] }",
        "that = { not = { waits = { client = \"c2\", for = \"1s\" } } }",
        "agreement/electing.md:38: there is no client `c2` in this lab; did you mean `c1`?",
    );
    check(
        "clients = 1",
        "clients = [{ name = \"c1\", near = [\"A\", \"E\"] }]",
        "agreement/electing.md:24: there is no node `E` in this lab; choose from A, B, C",
    );
}

#[test]
fn a_cut_needs_two_ends_that_exist() {
    let told = read(MAP, &LESSON.replace("cut = [\"A\", \"B\"]", "cut = [\"X\", \"Y\"]")).unwrap_err();
    assert_eq!(
        told.lines().map(|line| line.split(';').next().unwrap()).collect::<Vec<_>>(),
        [
            "agreement/electing.md:34: there is no node `X` in this lab",
            "agreement/electing.md:34: there is no node `Y` in this lab"
        ]
    );
    check(
        "cut = [\"A\", \"B\"]",
        "cut = [\"A\", \"A\"]",
        "agreement/electing.md:34: both ends of this link are the same node; name two",
    );
    check(
        "cut = [\"A\", \"B\"]",
        "cut = [\"A\"]",
        "agreement/electing.md:34: invalid length 1, expected an array of length 2",
    );
    check(
        "cut = [\"A\", \"B\"]",
        "partition = [[\"A\", \"B\"]]",
        "agreement/electing.md:34: a partition needs two sides at least; write each side in brackets of its own",
    );
}

#[test]
fn a_time_after_the_end_is_refused() {
    check(
        "time = \"1s\"",
        "time = \"21s\"",
        "agreement/electing.md:33: this action is at 21000 ms, after the run's end at 20000 ms; \
         choose an earlier time or raise `until`",
    );
    check(
        "poster = \"2s\"",
        "poster = \"2min\"",
        "agreement/electing.md:27: the poster is at 120000 ms, after the run's end at 20000 ms; \
         choose an earlier time or raise `until`",
    );
    check(
        "at = \"2s\"",
        "at = \"20.5s\"",
        "agreement/electing.md:37: this claim is about 20500 ms, after the run's end at 20000 ms; \
         choose an earlier time or raise `until`",
    );
    check(
        "until = \"20s\"",
        "until = \"20\"",
        "agreement/electing.md:26: `20` is not a length of time: write a number and a unit, such as 250us, 15ms, 1.5s or 2min",
    );
    check(
        "latency = \"10ms..20ms\"",
        "\n[raft]\nelection_timeout = \"10ms\"",
        "agreement/electing.md:32: `10ms` is not a range of time: join two lengths by `..`, such as 10ms..20ms",
    );
}

#[test]
fn settings_of_the_network_are_read_with_care() {
    let latency = |to: &str, told: &str| {
        check("latency = \"10ms..20ms\"", to, &format!("agreement/electing.md:{told}"));
    };
    latency(
        "latency = 15",
        "30: found integer `15`; write a length of time such as \"15ms\", a range such as \"10ms..20ms\", \
         or { usual = \"5ms\", most = \"500ms\" }",
    );
    latency("latency = { usual = \"5ms\" }", "30: `most` is missing in latency; add `most = …`");
    latency(
        "latency = { usual = \"5ms\", most = \"1ms\" }",
        "30: this lab can't be run: network.latency: the range ends at 1 ms, before it begins at 5 ms; swap the two",
    );
    latency("loss = \"2\"", "30: `2` is not a share: write a number with `%`, such as 2% or 0.05%");
    latency("loss = \"0.00001%\"", "30: `0.00001%` is not a share: write a number with `%`, such as 2% or 0.05%");
    latency(
        "loss = \"101%\"",
        "30: this lab can't be run: network.loss: a share is at most 100 %, which is 1000000 parts per million",
    );
    latency(
        "[[network.link]]\nfrom = \"A\"\nto = \"D\"\nloss = \"1%\"",
        "30: there is no node `D` in this lab; choose from A, B, C, c1",
    );
    latency(
        "[[network.link]]\nfrom = \"A\"\nto = \"B\"\nboth = true\nloss = \"1%\"\n\n\
         [[network.link]]\nfrom = \"B\"\nto = \"A\"\nloss = \"2%\"",
        "36: this lab can't be run: network.links[2]: this direction of the link is named twice; \
         say all that is different at once",
    );
}

#[test]
fn settings_of_raft_are_read_with_care() {
    let raft = |to: &str, told: &str| {
        check("[[at]]", &format!("[raft]\n{to}\n\n[[at]]"), &format!("agreement/electing.md:{told}"));
    };
    raft("reads = \"leas\"", "33: unknown value `leas`; did you mean `lease`?");
    raft("voters = [\"A\", \"E\"]", "33: there is no node `E` in this lab; choose from A, B, C");
    raft(
        "voters = [\"A\", \"A\"]",
        "33: this lab can't be run: raft.voters[1]: this server is named twice; once is enough",
    );
    raft("drift_bound = \"2%\"", "33: `2%` is not a drift: write parts per million, such as 200ppm or -200ppm");
    raft("drift_bound = \"-1ppm\"", "33: a bound on drift can't be negative; write it without the minus");
    raft("batch = 0", "33: this lab can't be run: raft.batch: 0 can't be; choose from 1 to 1000");
    raft("rules = { forget_votes = true }", "33: unknown key `forget_votes` in rules; did you mean `forget_vote`?");
    raft(
        "\n[[raft.given]]\nnode = \"A\"\nterm = 1\nlog = [1, 2]",
        "34: this lab can't be run: raft.given[0].log: the log has entries of later terms than \
         the server's; raise its term",
    );
}

#[test]
fn actions_are_read_with_care() {
    let act = |to: &str, told: &str| {
        let to = format!("do = {{ {to} }}");
        check("do = { cut = [\"A\", \"B\"] }", &to, &format!("agreement/electing.md:34: {told}"));
    };
    act(
        "shape = { from = \"A\" }",
        "this shape changes nothing; give `latency`, `loss`, `duplication` or `reordering`, or write `unshape`",
    );
    act("drop_message = { id = 7, to = \"A\" }", "a message's number says all; leave out either `id` or the rest");
    act(
        "clock = { node = \"A\", step = \"1s\", drift = \"1ppm\" }",
        "a clock either jumps or drifts; give it one of `step` and `drift`",
    );
    act(
        "clock = { node = \"A\", step = \"-2\" }",
        "`2` is not a length of time: write a number and a unit, such as 250us, 15ms, 1.5s or 2min",
    );
    act(
        "expire = { node = \"A\", timer = \"egg\" }",
        "this lab can't be run: script[0]: there is no timer called `egg`; write something like election",
    );
    act("slow = { node = \"A\", tims = 2 }", "unknown key `tims` in do; did you mean `times`?");
    act(
        "pause = \"D\"",
        "there is no node `D` in this lab; choose from A, B, C, c1, or a role such as leader or follower:1",
    );
    act("transfer = { to = \"leader\" }", "there is no node `leader` in this lab; choose from A, B, C");
    act(
        "append = { client = \"A\", key = \"x\", value = \"1\" }",
        "there is no client `A` in this lab; choose from c1",
    );
    act("compact = \"c1\"", "this lab can't be run: script[0]: c1 is a client; an operator asks servers for this");
    act(
        "drop_message = { kind = \"letter\" }",
        "this lab can't be run: script[0]: no message is called `letter`; \
         the kinds are RequestVote, vote, refusal, heartbeat, AppendEntries, acknowledgement, mismatch, request, reply, redirect",
    );
    check(
        "time = \"3s\"",
        "time = \"3s\"\nby = \"lesson\"",
        "agreement/electing.md:50: a solution is what the reader does; leave out `by`",
    );
}

#[test]
fn an_unknown_predicate_or_action_is_answered_with_the_nearest() {
    check(
        "that = { leader_in = [\"A\", \"B\"] }",
        "that = { leaderin = [\"A\", \"B\"] }",
        "agreement/electing.md:38: unknown predicate `leaderin`; did you mean `leader_in`?",
    );
    check(
        "do = { isolate = \"leader\" }",
        "do = { isolat = \"leader\" }",
        "agreement/electing.md:50: unknown action `isolat`; did you mean `isolate`?",
    );
    check(
        "protocol = \"raft\"",
        "protocol = \"paxos\"",
        "agreement/electing.md:22: unknown protocol `paxos`; choose from raft",
    );
    check(
        "poster = \"2s\"",
        "poster = \"2s\"\npanels = [\"log\"]",
        "agreement/electing.md:28: unknown value `log`; did you mean `logs`?",
    );
    let deep = format!("{}{{ leaders = 1 }}{}", "{ not = ".repeat(8), " }".repeat(8));
    check(
        "that = { leader_in = [\"A\", \"B\"] }",
        &format!("that = {deep}"),
        "agreement/electing.md:38: predicates stand more than 6 deep in each other",
    );
}

#[test]
fn an_id_stands_for_one_thing_on_a_page() {
    let lab = &LESSON[LESSON.find("```lab").unwrap()..];
    let twice = format!("{LESSON}\n{lab}");
    assert_eq!(
        read(MAP, &twice.replace("minutes = 6", "minutes = 11")).unwrap_err(),
        "agreement/electing.md:53: the lab id `first` is already taken on this page; line 18 has it; choose another"
    );
    check(
        "id = \"first\"",
        "id = \"First lab\"",
        "agreement/electing.md:19: `First lab` can't be an id; use lower-case words joined by hyphens",
    );
    check(
        "Some prose.",
        "Some prose.\n\n### A first section",
        "agreement/electing.md:18: the heading id `a-first-section` is already taken on this page; \
         line 14 has it; add {#another} after the heading",
    );
}

#[test]
fn a_challenge_is_held_to_its_own_rules() {
    check(
        "fault_budget = 1",
        "fault_budget = 0",
        "agreement/electing.md:41: the solution spends 1 faults of a budget of 0; raise `fault_budget` or find a cheaper solution",
    );
    check(
        "reach = { leaders_at_once = { count = 2, for = \"5s\" } }",
        "",
        "agreement/electing.md:45: a goal is either to be reached or to be kept; give it one of `reach` and `keep`",
    );
}

const PREDICT: &str = r#"
```predict
id = "who"
question = "Who leads, *A* or *B*?"
choices = ["*A*", "*B*", "Both"]
answer = "c"
lab = "first"
at = "4s"
because = "Both do."

[[claim]]
at = "4s"
that = { leaders = 2 }
```
"#;

#[test]
fn a_question_belongs_to_a_lab_of_its_page() {
    let check = |from: &str, to: &str, expected: &str| {
        let lesson = format!("{LESSON}{}", PREDICT.replacen(from, to, 1));
        assert_eq!(read(MAP, &lesson).unwrap_err(), expected);
    };
    check(
        "lab = \"first\"",
        "lab = \"frist\"",
        "agreement/electing.md:58: there is no lab `frist` on this page; did you mean `first`?",
    );
    check(
        "answer = \"c\"",
        "answer = \"d\"",
        "agreement/electing.md:57: `d` is not one of the choices; choose from a, b, c",
    );
    check(
        "choices = [\"*A*\", \"*B*\", \"Both\"]",
        "choices = [\"A\"]",
        "agreement/electing.md:56: a question has two to five choices, not 1; add or remove some\nagreement/electing.md:57: `c` is not one of the choices; choose from a",
    );
    check(
        "at = \"4s\"",
        "at = \"40s\"",
        "agreement/electing.md:59: the moment 40000 ms is after the end of lab `first` at 20000 ms; choose an earlier one",
    );
    let course = read(MAP, &format!("{LESSON}{PREDICT}")).unwrap();
    let page = &course.lesson("electing").unwrap().page;
    let predict = page.predicts().next().unwrap();
    assert_eq!(predict.question, "Who leads, <span class=\"nd\">A</span> or <span class=\"nd\">B</span>?");
    assert_eq!((predict.answer, predict.claims.len()), (2, 1));
}

#[test]
fn links_lead_somewhere() {
    check(
        "Some prose.",
        "See [it](lesson:electng).",
        "agreement/electing.md:16: there is no lesson `electng`; did you mean `electing`?",
    );
    check(
        "Some prose.",
        "See [it](lesson:copying).",
        "agreement/electing.md:16: the lesson `copying` is still to come; name it without a link",
    );
    check(
        "Some prose.",
        "See [it](#frist).",
        "agreement/electing.md:16: there is no heading or lab `#frist` in lesson `electing`; did you mean `first`?",
    );
    check(
        "Some prose.",
        "See [it](../x.html).",
        "agreement/electing.md:16: `../x.html` is not a link that lessons can have; write https://…, lesson:<id> or #<heading>",
    );
}

#[test]
fn what_a_lesson_cannot_hold_is_refused() {
    check(
        "Some prose.",
        "Some <b>prose</b>.",
        "agreement/electing.md:16: HTML is not part of lessons; write it in Markdown",
    );
    check(
        "Some prose.",
        "![x](y.png)",
        "agreement/electing.md:16: pictures are not part of lessons; show it in a lab, or say it",
    );
    check(
        "Some prose.",
        "# Title",
        "agreement/electing.md:16: a heading of level 1; use ## for sections and ### within them; the title stands in the front matter",
    );
    check("Some prose.", "Some prose.[^x]", "agreement/electing.md:16: there is no note `x`; add a line `[^x]: …`");
    check(
        "Some prose.",
        "[^x]: A note.",
        "agreement/electing.md:16: nothing refers to the note `x`; write [^x] in the text, or remove it",
    );
    check(
        "minutes = 6",
        "minutes = 60",
        "agreement/electing.md:5: `minutes = 60` is not plausible; 5 words and what there is to do in 1 labs take about 6",
    );
}

#[test]
fn the_map_and_the_lesson_agree() {
    check(
        "number = 1",
        "number = 2",
        "agreement/electing.md:2: this is not lesson 2; course.toml gives it the number 1",
    );
    check(
        "title = \"Electing\"",
        "title = \"Selecting\"",
        "agreement/electing.md:3: the title is “Selecting”; course.toml calls it “Electing”",
    );
    let map = MAP.replace("id = \"electing\"", "id = \"election\"");
    assert_eq!(
        read(&map, LESSON).unwrap_err(),
        "agreement/electing.md: course.toml does not know this lesson; did you mean `election`?"
    );
    let map = MAP.replace("number = 2", "number = 3");
    assert_eq!(
        read(&map, LESSON).unwrap_err(),
        "course.toml:17: lesson `copying` has the number 3; in this order it is 2"
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let lesson =
        LESSON.replace("latency", "latncy").replace("minutes = 6", "minuts = 3").replace("Some prose.", "<b>x</b>");
    assert_eq!(read(MAP, &lesson).unwrap_err().lines().count(), 3);
}

#[test]
fn a_scenario_that_cannot_run_is_refused_where_it_says_so() {
    check(
        "latency = \"10ms..20ms\"",
        "latency = \"30ms..20ms\"",
        "agreement/electing.md:30: this lab can't be run: network.latency: \
         the range ends at 20 ms, before it begins at 30 ms; swap the two",
    );
    check(
        "nodes = [\"A\", \"B\", \"C\"]",
        "nodes = [\"A\", \"B\", \"C\", \"A\"]",
        "agreement/electing.md:23: this lab can't be run: nodes[3]: \
         two processes are called A; give each a name of its own",
    );
    check(
        "until = \"20s\"",
        "until = \"20min\"",
        "agreement/electing.md:26: this lab can't be run: until: \
         a run lasts more than 0 ms and no more than 600000 ms; this one lasts 1200000 ms",
    );
    check(
        "clients = 1\n",
        "clients = [\n  { name = \"c1\" },\n  { name = \"c2\", timeout = \"0s\" },\n]\n",
        "agreement/electing.md:26: this lab can't be run: clients[1].timeout: 0 ms is too short; choose at least 1 ms",
    );
    check(
        "cut = [\"A\", \"B\"]",
        "crash = \"c1\"",
        "agreement/electing.md:34: this lab can't be run: script[0]: c1 is a client; only servers crash",
    );
    let near = LESSON.replace("clients = 1", "clients = [{ name = \"c1\", near = [\"A\"] }]");
    assert_eq!(
        read(MAP, &near.replace("cut = [\"A\", \"B\"]", "cut = [\"c1\", \"B\"]")).unwrap_err(),
        "agreement/electing.md:34: this lab can't be run: script[0]: \
         there is no link between c1 and B; servers are linked to servers and clients",
        "a cut of a link that does not exist"
    );
}
