//! The authoring guide is complete, and its examples work.

use std::collections::BTreeMap;

use check::Predicate;
use protocols::scenario::{Changes, Deed, Reads, Rules};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde::de::DeserializeOwned;
use sim::Time;

use super::markdown::{self, Site};
use super::spec::{
    AtSpec, BySpec, CasSpec, ChallengeSpec, ClaimSpec, ClientSpec, ClockSpec, CourseSpec, DelaySpec, DeleteSpec,
    DoSpec, EndsSpec, EntrySpec, ExpireSpec, FrontSpec, GivenSpec, GoalSpec, HomeSpec, LabSpec, LinkSpec, LongTailSpec,
    NetworkSpec, PartSpec, PickSpec, PredictSpec, ProtocolSpec, RaftSpec, ReadSpec, ReconfigureSpec, ServerSpec,
    ShapeSpec, SlowSpec, SourceSpec, TornSpec, TransferSpec, WriteSpec,
};
use super::toml_text::TomlText;
use crate::lab::{Control, Panel, Size};
use crate::problem::Problems;
use crate::random;
use crate::write::{Heading, lab_toml};

const GUIDE: &str = include_str!("../../../../content/README.md");

/// A lab that the guide's fragments are added to.
const LAB: &str = r#"
id = "fragment"
title = "T"
caption = "C"
protocol = "raft"
nodes = ["A", "B", "C"]
clients = 1
seed = 1
until = "20s"
poster = "1s"
"#;

/// The keys of a struct, as it names them when it meets one that it does not know.
fn keys<T: DeserializeOwned>() -> Vec<String> {
    let error = toml::from_str::<T>("no-such-key = 1").err().expect("unknown keys are refused");
    names(error.message())
}

#[derive(serde::Deserialize)]
struct One<T> {
    #[expect(dead_code, reason = "only the error matters")]
    one: T,
}

/// The values of an enum, in the same way.
fn values<T: DeserializeOwned>() -> Vec<String> {
    let error = toml::from_str::<One<T>>("one = \"no-such-value\"").err().expect("unknown values are refused");
    names(error.message())
}

fn names(message: &str) -> Vec<String> {
    assert!(message.starts_with("unknown"), "{message}");
    message.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_guide_names_every_key_and_every_value() {
    let all = [
        keys::<CourseSpec>(),
        keys::<PartSpec>(),
        keys::<EntrySpec>(),
        keys::<FrontSpec>(),
        keys::<SourceSpec>(),
        keys::<HomeSpec>(),
        keys::<LabSpec>(),
        keys::<ClientSpec>(),
        keys::<NetworkSpec>(),
        keys::<LinkSpec>(),
        keys::<LongTailSpec>(),
        keys::<RaftSpec>(),
        keys::<Rules>(),
        keys::<GivenSpec>(),
        keys::<AtSpec>(),
        keys::<ShapeSpec>(),
        keys::<EndsSpec>(),
        keys::<PickSpec>(),
        keys::<DelaySpec>(),
        keys::<TornSpec>(),
        keys::<SlowSpec>(),
        keys::<ClockSpec>(),
        keys::<ExpireSpec>(),
        keys::<WriteSpec>(),
        keys::<ReadSpec>(),
        keys::<CasSpec>(),
        keys::<DeleteSpec>(),
        keys::<TransferSpec>(),
        keys::<ServerSpec>(),
        keys::<ReconfigureSpec>(),
        keys::<ClaimSpec>(),
        keys::<ChallengeSpec>(),
        keys::<GoalSpec>(),
        keys::<PredictSpec>(),
        values::<ProtocolSpec>(),
        values::<DoSpec>(),
        values::<BySpec>(),
        values::<Reads>(),
        values::<Changes>(),
        values::<Deed>(),
        values::<Predicate>(),
        values::<Size>(),
        values::<Panel>(),
        values::<Control>(),
    ];
    let words: Vec<&str> = GUIDE.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    for name in all.iter().flatten() {
        assert!(words.contains(&name.as_str()), "content/README.md says nothing of `{name}`");
    }
    assert!(all.iter().flatten().count() > 200, "the keys were found at all");
}

#[test]
fn the_guide_shows_every_action_at_work() {
    let examples: String = examples().into_iter().map(|(_, content)| content).collect();
    for action in values::<DoSpec>() {
        assert!(examples.contains(&format!("do = {{ {action} = ")), "no example in content/README.md does `{action}`");
    }
}

#[test]
fn random_scenarios_as_written_do_everything_that_can_be_done() {
    let heading = Heading { id: "random", title: "T", caption: "C", poster: Time::ZERO, remark: "" };
    let labs: String = (0..200).map(|number| lab_toml(&random::scenario(number), &heading)).collect();
    for action in values::<DoSpec>() {
        assert!(labs.contains(&format!("do = {{ {action} = ")), "no random scenario does `{action}`");
    }
    for key in
        [keys::<RaftSpec>(), keys::<Rules>(), keys::<GivenSpec>(), keys::<LinkSpec>(), keys::<PickSpec>()].concat()
    {
        let found = labs.contains(&format!("{key} = ")) || labs.contains(&format!("[raft.{key}]"));
        assert!(found || labs.contains(&format!("[[raft.{key}]]")), "no random scenario has `{key}`");
    }
}

/// The guide's fenced blocks: what they are, and what they hold.
fn examples() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for event in Parser::new_ext(GUIDE, Options::ENABLE_TABLES) {
        match (event, &mut open) {
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))), _) => {
                open = Some((info.to_string(), String::new()));
            }
            (Event::Text(text), Some((_, content))) => content.push_str(&text),
            (Event::End(TagEnd::CodeBlock), _) => found.extend(open.take()),
            _ => {}
        }
    }
    found
}

#[test]
fn the_guides_examples_work() {
    let mut problems = Problems::of("content/README.md");
    let lessons = BTreeMap::from([("electing-a-leader".to_owned(), Some("agreement/electing-a-leader/".to_owned()))]);
    let site = Site { lessons: &lessons, here: "agreement/another/" };
    let mut page = String::new();
    let mut seen = BTreeMap::new();
    for (n, (kind, content)) in examples().into_iter().enumerate() {
        let toml = TomlText { text: &content, first_line: 1 };
        match kind.as_str() {
            "toml course" => drop(toml.parse::<CourseSpec>(&mut problems)),
            "toml front" => drop(toml.parse::<FrontSpec>(&mut problems)),
            "toml lab" => {
                let lab = LAB.replace("fragment", &format!("fragment-{n}"));
                let lab = if content.starts_with("clients") { lab.replace("clients = 1\n", "") } else { lab };
                page.push_str(&format!("\n```lab{lab}\n{content}```\n"));
            }
            "markdown" => page.push_str(&content),
            "lab" | "predict" => page.push_str(&format!("\n```{kind}\n{content}```\n")),
            "text" => {}
            other => panic!("the guide has an example of an unknown kind, `{other}`"),
        }
        *seen.entry(kind).or_insert(0) += 1;
    }
    let read = markdown::page(&page, 1, Some(1), &site, &mut problems);
    let told: Vec<String> = problems.into_vec().iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    for kind in ["toml course", "toml front", "toml lab", "markdown", "lab", "predict"] {
        assert!(seen.contains_key(kind), "the guide has an example of `{kind}`");
    }
    let report = crate::claims::replay_page(&read.page);
    let failed: Vec<String> = report.failed.iter().map(ToString::to_string).collect();
    assert!(report.holds() && report.replayed >= 5, "{}", failed.join("\n"));
}
