//! What an author may write in TOML: the course's map, front matter, lab blocks and predict blocks.
//!
//! Each struct refuses keys that it does not know. `content/README.md` documents every key here.

use core::fmt;

use check::{Predicate, SpanText};
use serde::{Deserialize, Deserializer, de};
use sim::Span;
use toml::Spanned;

use crate::lab::{Control, Panel, Size};

/// `content/course.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CourseSpec {
    pub(crate) title: String,
    pub(crate) promise: String,
    pub(crate) part: Vec<PartSpec>,
}

/// `[[part]]` in `course.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartSpec {
    pub(crate) id: Spanned<String>,
    pub(crate) title: String,
    pub(crate) blurb: String,
    pub(crate) lesson: Vec<EntrySpec>,
}

/// `[[part.lesson]]` in `course.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntrySpec {
    pub(crate) id: Spanned<String>,
    pub(crate) number: Spanned<u32>,
    pub(crate) title: String,
    pub(crate) blurb: String,
}

/// A lesson's front matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrontSpec {
    pub(crate) number: Spanned<u32>,
    pub(crate) title: Spanned<String>,
    pub(crate) deck: String,
    pub(crate) minutes: Spanned<u32>,
    pub(crate) goals: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) misconception: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) builds_on: Vec<Spanned<String>>,
    pub(crate) takeaways: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) sources: Vec<SourceSpec>,
}

/// `[[sources]]` in front matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceSpec {
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) authors: String,
    #[serde(default, rename = "where")]
    pub(crate) venue: String,
    pub(crate) url: Spanned<String>,
    #[serde(default)]
    pub(crate) note: String,
}

/// The front matter of `home.md`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HomeSpec {
    pub(crate) title: String,
    pub(crate) deck: String,
}

/// A `lab` block.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabSpec {
    pub(crate) id: Spanned<String>,
    pub(crate) title: String,
    pub(crate) caption: Spanned<String>,
    pub(crate) protocol: ProtocolSpec,
    pub(crate) nodes: Vec<String>,
    #[serde(default)]
    pub(crate) clients: ClientsSpec,
    pub(crate) seed: u64,
    pub(crate) until: SpanText,
    pub(crate) poster: Spanned<SpanText>,
    #[serde(default)]
    pub(crate) size: Size,
    #[serde(default)]
    pub(crate) panels: Vec<Panel>,
    #[serde(default)]
    pub(crate) controls: Vec<Control>,
    #[serde(default = "slowed_by_default")]
    pub(crate) slowed: Spanned<u32>,
    #[serde(default)]
    pub(crate) network: NetworkSpec,
    #[serde(default)]
    pub(crate) raft: RaftSpec,
    #[serde(default)]
    pub(crate) at: Vec<AtSpec>,
    #[serde(default)]
    pub(crate) claim: Vec<ClaimSpec>,
    pub(crate) challenge: Option<ChallengeSpec>,
}

fn slowed_by_default() -> Spanned<u32> {
    Spanned::new(0..0, 20)
}

/// `protocol`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProtocolSpec {
    Raft,
}

/// `clients`: how many, or one table each.
#[derive(Debug)]
pub(crate) enum ClientsSpec {
    Count(u8),
    Each(Vec<Spanned<ClientSpec>>),
}

impl Default for ClientsSpec {
    fn default() -> Self {
        Self::Count(0)
    }
}

impl<'de> Deserialize<'de> for ClientsSpec {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = ClientsSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("how many clients, or a table for each")
            }

            fn visit_i64<E: de::Error>(self, count: i64) -> Result<ClientsSpec, E> {
                u8::try_from(count).map(ClientsSpec::Count).map_err(|_| E::custom("there can't be so many clients"))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<ClientsSpec, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(ClientsSpec::Each)
            }
        }
        d.deserialize_any(Either)
    }
}

/// `[[clients]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientSpec {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) near: Vec<Spanned<String>>,
    pub(crate) write_every: Option<SpanText>,
    #[serde(default = "timeout_by_default")]
    pub(crate) timeout: SpanText,
}

/// How long a client waits unless the lab says otherwise.
pub(crate) fn timeout_by_default() -> SpanText {
    SpanText(Span::from_secs(1))
}

/// `[network]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NetworkSpec {
    pub(crate) latency: Option<RangeText>,
}

/// `[raft]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RaftSpec {
    pub(crate) election_timeout: Option<RangeText>,
    pub(crate) heartbeat: Option<SpanText>,
}

/// A range of lengths of time, such as `10ms..20ms`, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RangeText(pub(crate) Span, pub(crate) Span);

impl<'de> Deserialize<'de> for RangeText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let Some((low, high)) = text.split_once("..") else {
            return Err(de::Error::custom(format!(
                "`{text}` is not a range of time: join two lengths by `..`, such as 10ms..20ms"
            )));
        };
        let read = |part: &str| part.parse::<Span>().map_err(de::Error::custom);
        Ok(Self(read(low)?, read(high)?))
    }
}

/// `[[at]]` and `[[challenge.solution]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AtSpec {
    pub(crate) time: Spanned<SpanText>,
    #[serde(rename = "do")]
    pub(crate) act: Spanned<DoSpec>,
}

/// `do`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum DoSpec {
    Partition(Vec<Vec<String>>),
    Isolate(String),
    Cut([String; 2]),
    CutOneWay([String; 2]),
    Heal([String; 2]),
    HealOneWay([String; 2]),
    HealAll(bool),
    Crash(String),
    Restart(String),
    Write { client: String, key: String, value: String },
    Read { client: String, key: String },
}

/// `[[claim]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimSpec {
    pub(crate) at: Spanned<SpanText>,
    pub(crate) that: Spanned<Predicate>,
}

/// `[challenge]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChallengeSpec {
    pub(crate) goal: Spanned<String>,
    pub(crate) goals: Vec<GoalSpec>,
    pub(crate) fault_budget: u32,
    #[serde(default)]
    pub(crate) hints: Vec<Spanned<String>>,
    pub(crate) solution: Vec<AtSpec>,
}

/// `[[challenge.goals]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoalSpec {
    pub(crate) text: Spanned<String>,
    pub(crate) reach: Option<Spanned<Predicate>>,
    pub(crate) keep: Option<Spanned<Predicate>>,
}

/// A `predict` block.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PredictSpec {
    pub(crate) id: Spanned<String>,
    pub(crate) question: Spanned<String>,
    pub(crate) choices: Vec<Spanned<String>>,
    pub(crate) answer: Spanned<String>,
    pub(crate) lab: Spanned<String>,
    pub(crate) at: Spanned<SpanText>,
    pub(crate) because: Spanned<String>,
    #[serde(default)]
    pub(crate) claim: Vec<ClaimSpec>,
}
