//! What an author may write in TOML: the course's map, front matter, lab blocks and predict blocks.
//!
//! Each struct refuses keys that it does not know. `content/README.md` documents every key here.

use core::fmt;

use check::{Predicate, SpanText};
use protocols::scenario::{Changes, Deed, Reads, Rules};
use serde::{Deserialize, Deserializer, de};
use sim::{Latency, Share, Span};
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
    #[serde(default)]
    pub(crate) does: Vec<Deed>,
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
    pub(crate) latency: Option<LatencyText>,
    pub(crate) loss: Option<ShareText>,
    pub(crate) duplication: Option<ShareText>,
    pub(crate) reordering: Option<ShareText>,
    #[serde(default)]
    pub(crate) link: Vec<Spanned<LinkSpec>>,
}

/// `[[network.link]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkSpec {
    pub(crate) from: String,
    pub(crate) to: String,
    #[serde(default)]
    pub(crate) both: bool,
    pub(crate) latency: Option<LatencyText>,
    pub(crate) loss: Option<ShareText>,
    pub(crate) duplication: Option<ShareText>,
    pub(crate) reordering: Option<ShareText>,
}

/// `[raft]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RaftSpec {
    pub(crate) election_timeout: Option<RangeText>,
    pub(crate) heartbeat: Option<SpanText>,
    #[serde(default)]
    pub(crate) rules: Rules,
    pub(crate) pre_vote: Option<bool>,
    pub(crate) check_quorum: Option<bool>,
    pub(crate) no_op: Option<bool>,
    pub(crate) reads: Option<Reads>,
    pub(crate) drift_bound: Option<Spanned<DriftText>>,
    pub(crate) changes: Option<Changes>,
    #[serde(default)]
    pub(crate) voters: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) not_upgraded: Vec<Spanned<String>>,
    pub(crate) compact_at: Option<u32>,
    pub(crate) snapshot_chunk: Option<u32>,
    pub(crate) batch: Option<u32>,
    pub(crate) window: Option<u32>,
    #[serde(default)]
    pub(crate) given: Vec<Spanned<GivenSpec>>,
}

/// `[[raft.given]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenSpec {
    pub(crate) node: Spanned<String>,
    #[serde(default)]
    pub(crate) term: u64,
    pub(crate) voted_for: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) log: Vec<u64>,
}

/// A range of lengths of time, such as `10ms..20ms`, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RangeText(pub(crate) Span, pub(crate) Span);

impl<'de> Deserialize<'de> for RangeText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let Some((low, high)) = range(&text)? else {
            return Err(de::Error::custom(format!(
                "`{text}` is not a range of time: join two lengths by `..`, such as 10ms..20ms"
            )));
        };
        Ok(Self(low, high))
    }
}

/// Reads a range of lengths of time, if the text is one.
fn range<E: de::Error>(text: &str) -> Result<Option<(Span, Span)>, E> {
    let Some((low, high)) = text.split_once("..") else { return Ok(None) };
    let read = |part: &str| part.parse::<Span>().map_err(E::custom);
    Ok(Some((read(low)?, read(high)?)))
}

/// A latency: `15ms`, `10ms..20ms`, or `{ usual = "5ms", most = "500ms" }`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LatencyText(pub(crate) Latency);

/// The table of a latency with a long tail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LongTailSpec {
    pub(crate) usual: SpanText,
    pub(crate) most: SpanText,
}

impl<'de> Deserialize<'de> for LatencyText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = LatencyText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length of time such as \"15ms\", a range such as \"10ms..20ms\", or { usual = \"5ms\", most = \"500ms\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<LatencyText, E> {
                Ok(LatencyText(match range(text)? {
                    Some((low, high)) => Latency::Uniform(low, high),
                    None => Latency::Fixed(text.parse().map_err(E::custom)?),
                }))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<LatencyText, A::Error> {
                let tail = LongTailSpec::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(LatencyText(Latency::LongTail { usual: tail.usual.0, most: tail.most.0 }))
            }
        }
        d.deserialize_any(Either)
    }
}

/// A share of all, such as `2%` or `0.05%`, exact to a part per million.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShareText(pub(crate) Share);

impl<'de> Deserialize<'de> for ShareText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        share(&text).map(Self).ok_or_else(|| {
            de::Error::custom(format!("`{text}` is not a share: write a number with `%`, such as 2% or 0.05%"))
        })
    }
}

/// Reads a percentage of at most four decimals.
fn share(text: &str) -> Option<Share> {
    let number = text.trim().strip_suffix('%')?.trim_end();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 4 {
        return None;
    }
    let ppm: u32 = format!("{fraction:0<4}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(10_000)?.checked_add(ppm).map(Share)
}

/// How fast a clock drifts, such as `200ppm` or `-200ppm`: µs gained in a second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DriftText(pub(crate) i32);

impl<'de> Deserialize<'de> for DriftText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let ppm = text.trim().strip_suffix("ppm").and_then(|number| number.trim_end().parse().ok());
        ppm.map(Self).ok_or_else(|| {
            de::Error::custom(format!("`{text}` is not a drift: write parts per million, such as 200ppm or -200ppm"))
        })
    }
}

/// How far a clock jumps, such as `2s` or `-2s`, in µs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepText(pub(crate) i64);

impl<'de> Deserialize<'de> for StepText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let (sign, length) = text.trim().strip_prefix('-').map_or((1, text.trim()), |length| (-1, length));
        let span: Span = length.parse().map_err(de::Error::custom)?;
        let us = i64::try_from(span.0).map_err(|_| de::Error::custom(format!("`{text}` is too far for a clock")))?;
        Ok(Self(sign * us))
    }
}

/// `[[at]]` and `[[challenge.solution]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AtSpec {
    pub(crate) time: Spanned<SpanText>,
    pub(crate) by: Option<Spanned<BySpec>>,
    #[serde(rename = "do")]
    pub(crate) act: Spanned<DoSpec>,
}

/// `by`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BySpec {
    Lesson,
    Reader,
}

/// `do`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum DoSpec {
    Partition(Vec<Vec<String>>),
    PartitionOneWay(Vec<Vec<String>>),
    Isolate(String),
    Cut([String; 2]),
    CutOneWay([String; 2]),
    Heal([String; 2]),
    HealOneWay([String; 2]),
    HealAll(bool),
    Shape(ShapeSpec),
    Unshape(EndsSpec),
    DropMessage(PickSpec),
    DelayMessage(DelaySpec),
    DuplicateMessage(PickSpec),
    Crash(String),
    CrashTorn(TornSpec),
    Restart(String),
    Wipe(String),
    FsyncLies(String),
    FsyncWorks(String),
    Pause(String),
    Resume(String),
    Slow(SlowSpec),
    Clock(ClockSpec),
    Expire(ExpireSpec),
    Write(WriteSpec),
    Read(ReadSpec),
    Append(WriteSpec),
    Cas(CasSpec),
    Delete(DeleteSpec),
    Transfer(TransferSpec),
    AddLearner(ServerSpec),
    AddVoter(ServerSpec),
    Remove(ServerSpec),
    Reconfigure(ReconfigureSpec),
    Compact(String),
}

/// `shape`: which links, and what is different on them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShapeSpec {
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    #[serde(default)]
    pub(crate) both: bool,
    pub(crate) latency: Option<LatencyText>,
    pub(crate) loss: Option<ShareText>,
    pub(crate) duplication: Option<ShareText>,
    pub(crate) reordering: Option<ShareText>,
}

/// `unshape`: which links are again as at first.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndsSpec {
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    #[serde(default)]
    pub(crate) both: bool,
}

/// `drop_message` and `duplicate_message`: by its number, or by what it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PickSpec {
    pub(crate) id: Option<u32>,
    pub(crate) kind: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) nth: Option<u8>,
}

/// `delay_message`: which, as above, and by how much.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DelaySpec {
    pub(crate) id: Option<u32>,
    pub(crate) kind: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) nth: Option<u8>,
    pub(crate) by: SpanText,
}

/// `crash_torn`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TornSpec {
    pub(crate) node: String,
    pub(crate) kept: u32,
}

/// `slow`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlowSpec {
    pub(crate) node: String,
    pub(crate) times: u16,
}

/// `clock`: one of a step and a drift.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockSpec {
    pub(crate) node: String,
    pub(crate) step: Option<StepText>,
    pub(crate) drift: Option<DriftText>,
}

/// `expire`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpireSpec {
    pub(crate) node: String,
    pub(crate) timer: String,
}

/// `write` and `append`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteSpec {
    pub(crate) client: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

/// `read`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadSpec {
    pub(crate) client: String,
    pub(crate) key: String,
    pub(crate) how: Option<Reads>,
}

/// `cas`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CasSpec {
    pub(crate) client: String,
    pub(crate) key: String,
    pub(crate) expected: Option<String>,
    pub(crate) value: String,
}

/// `delete`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteSpec {
    pub(crate) client: String,
    pub(crate) key: String,
}

/// `transfer`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransferSpec {
    #[serde(default = "leader")]
    pub(crate) ask: String,
    pub(crate) to: String,
}

/// `add_learner`, `add_voter` and `remove`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerSpec {
    #[serde(default = "leader")]
    pub(crate) ask: String,
    pub(crate) server: String,
}

/// `reconfigure`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReconfigureSpec {
    #[serde(default = "leader")]
    pub(crate) ask: String,
    pub(crate) voters: Vec<String>,
}

/// Whom an operator asks who does not say it.
fn leader() -> String {
    "leader".to_owned()
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
