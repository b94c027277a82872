//! What can be said of a run, as data: the language of claims and of challenge goals.
//!
//! Nodes are named as the scenario names them. In TOML: `that = { leader_in = ["C", "D", "E"] }`.

use core::fmt;

use serde::{Deserialize, Serialize};
use sim::Span;

/// A statement about a run at a moment, or about everything up to that moment.
///
/// Labs are shared in a binary form that numbers these in order: what is new stands last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Predicate {
    /// One of these nodes leads, and runs.
    LeaderIn(Vec<String>),
    /// Exactly so many running nodes believe that they lead.
    Leaders(u32),
    /// This node's epoch (term) is exactly this.
    Epoch {
        /// The node.
        node: String,
        /// Its epoch.
        is: u64,
    },
    /// This node's epoch (term) is at least this.
    EpochAtLeast {
        /// The node.
        node: String,
        /// Its epoch, at least.
        at_least: u64,
    },
    /// This node runs and plays this part: `follows`, `asks` or `leads`.
    Plays {
        /// The node.
        node: String,
        /// The part.
        part: Part,
    },
    /// So many log entries, at least, are known to be settled (committed) at each of these nodes.
    Settled {
        /// The nodes.
        on: Vec<String>,
        /// The commit index, at least.
        at_least: u64,
    },
    /// Each of these nodes holds so many log entries, at least, that it does not know to be settled (committed).
    Unsettled {
        /// The nodes.
        on: Vec<String>,
        /// How many entries, at least.
        at_least: u64,
    },
    /// At least so many client operations have been acknowledged.
    Acknowledged(u32),
    /// At least so many client operations were acknowledged while so many nodes believed at once that they lead.
    AcknowledgedAmid {
        /// How many leaders, at least.
        leaders: u32,
        /// How many operations, at least.
        at_least: u32,
    },
    /// This client has been waiting for an answer for so long, at least.
    Waits {
        /// The client.
        client: String,
        /// For how long, at least.
        #[serde(rename = "for")]
        lasting: SpanText,
    },
    /// At some time up to the moment, so many nodes at least believed at once, without a break, that they lead.
    LeadersAtOnce {
        /// How many, at least.
        count: u32,
        /// For how long, at least.
        #[serde(rename = "for")]
        lasting: SpanText,
    },
    /// At some time up to the moment, no running node led for so long without a break.
    NoLeaderFor(SpanText),
    /// Up to the moment, so many epochs at most have had a leader.
    ElectionsAtMost(u32),
    /// Up to the moment, so many epochs at least have had a leader.
    ElectionsAtLeast(u32),
    /// Up to the moment, nodes have crashed so many times at most.
    CrashesAtMost(u32),
    /// Whether all invariants have held up to the moment.
    PromisesHold(bool),
    /// Whether every write acknowledged up to the moment is in the log of the newest leader: the node that
    /// leads in the highest epoch that has had a leader.
    ///
    /// What it covers: writes that a client was told are done, compared with the entries of that one log by
    /// what they say (`x = 7`) and by how many of them there are, so that of two equal writes none may vanish.
    /// What it does not: the order of entries, reads, and writes without an answer. While the newest leader is
    /// down or deposed and no newer one stands, there is no log to ask and the predicate counts as holding.
    NoAcknowledgedWriteLost(bool),
    /// All of these.
    All(#[serde(deserialize_with = "nested")] Vec<Predicate>),
    /// At least one of these.
    Any(#[serde(deserialize_with = "nested")] Vec<Predicate>),
    /// Not this.
    Not(#[serde(deserialize_with = "nested")] Box<Predicate>),
    /// Exactly so many log entries are known to be settled (committed) at each of these nodes.
    SettledIs {
        /// The nodes.
        on: Vec<String>,
        /// The commit index.
        is: u64,
    },
    /// The entries that this node's log holds, of which a view shows [`protocols::view::CELLS_SHOWN`] at most, are of
    /// exactly these epochs, first to last.
    Log {
        /// The node.
        node: String,
        /// The epoch (term) of each entry.
        terms: Vec<u64>,
    },
    /// The logs of these nodes end at the same entry, and are the same as far back as each shows its own.
    SameLog(Vec<String>),
    /// A row of this node's state, as the page shows it, reads exactly so: `votedFor` reads `B` or `nobody`.
    Shows {
        /// The node.
        node: String,
        /// The row's name, such as `commitIndex`.
        row: String,
        /// What stands there. Several nodes are joined by `, `, as are numbers per node, such as `B 3, C 0`.
        is: String,
    },
    /// The last read of this key that this client was answered gave this value.
    ReadGave {
        /// The client.
        client: String,
        /// The key.
        key: String,
        /// The value; left out, that there was none.
        value: Option<String>,
    },
    /// So many events, or at least one if nothing is said, tell of something in words that contain all of these.
    Tells {
        /// The words.
        words: Vec<String>,
        /// What happened before this does not count.
        since: Option<SpanText>,
        /// How many, at least.
        at_least: Option<u32>,
        /// How many, at most.
        at_most: Option<u32>,
    },
    /// Time from `since` to the moment, in steps as long as `each`: in so many percent of them a commit index moved.
    Available {
        /// From when.
        since: SpanText,
        /// How long a step is; not zero.
        each: SpanText,
        /// Percent, at least.
        at_least: Option<u8>,
        /// Percent, at most.
        at_most: Option<u8>,
    },
    /// At some time up to the moment, no commit index moved for so long.
    NoCommitFor(SpanText),
    /// This promise, by its name such as `Election safety`, has been broken up to the moment.
    Breaks(String),
}

/// How deep predicates may stand within predicates.
pub const DEPTH_MAX: u32 = 6;

/// Reads what stands inside another predicate, and refuses to go deeper than [`DEPTH_MAX`]: a hostile share
/// link could otherwise exhaust the stack.
fn nested<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<T, D::Error> {
    use core::cell::Cell;
    thread_local! {
        static DEPTH: Cell<u32> = const { Cell::new(0) };
    }
    /// Counts one level for as long as it lives, whichever way it ends.
    struct Level;
    impl Drop for Level {
        fn drop(&mut self) {
            DEPTH.with(|depth| depth.set(depth.get() - 1));
        }
    }
    let depth = DEPTH.with(|depth| {
        depth.set(depth.get() + 1);
        depth.get()
    });
    let _level = Level;
    if depth > DEPTH_MAX {
        return Err(serde::de::Error::custom(format!("predicates stand more than {DEPTH_MAX} deep in each other")));
    }
    T::deserialize(d)
}

/// A part that a node can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Follows.
    Follows,
    /// Asks to lead.
    Asks,
    /// Leads.
    Leads,
}

/// A span that reads from `"5s"` in text formats and is a number of µs in binary ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanText(pub Span);

impl Serialize for SpanText {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.serialize_str(&format!("{}us", self.0.0)) } else { s.serialize_u64(self.0.0) }
    }
}

impl<'de> Deserialize<'de> for SpanText {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            let text = String::deserialize(d)?;
            text.parse().map(SpanText).map_err(serde::de::Error::custom)
        } else {
            u64::deserialize(d).map(|us| Self(Span(us)))
        }
    }
}

/// A challenge's goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Reached as soon as the predicate holds, and kept.
    Reach(Predicate),
    /// Holds from the start; lost for good as soon as the predicate does not.
    Keep(Predicate),
}

impl Predicate {
    /// The names of the nodes that it speaks of.
    #[must_use]
    pub fn nodes(&self) -> Vec<&str> {
        match self {
            Self::LeaderIn(on)
            | Self::Settled { on, .. }
            | Self::Unsettled { on, .. }
            | Self::SettledIs { on, .. }
            | Self::SameLog(on) => on.iter().map(String::as_str).collect(),
            Self::Epoch { node, .. }
            | Self::EpochAtLeast { node, .. }
            | Self::Plays { node, .. }
            | Self::Log { node, .. }
            | Self::Shows { node, .. } => vec![node],
            Self::All(inner) | Self::Any(inner) => inner.iter().flat_map(Self::nodes).collect(),
            Self::Not(inner) => inner.nodes(),
            _ => Vec::new(),
        }
    }

    /// The names of the clients that it speaks of.
    #[must_use]
    pub fn clients(&self) -> Vec<&str> {
        match self {
            Self::Waits { client, .. } | Self::ReadGave { client, .. } => vec![client],
            Self::All(inner) | Self::Any(inner) => inner.iter().flat_map(Self::clients).collect(),
            Self::Not(inner) => inner.clients(),
            _ => Vec::new(),
        }
    }

    /// Whether it asks for what events tell. Putting all events of a run into words takes time.
    #[must_use]
    pub(crate) fn asks_for_events(&self) -> bool {
        match self {
            Self::Tells { .. } => true,
            Self::All(inner) | Self::Any(inner) => inner.iter().any(Self::asks_for_events),
            Self::Not(inner) => inner.asks_for_events(),
            _ => false,
        }
    }
}

/// In words, as a failed claim quotes it: `two leaders or more at once for 5000 ms`.
impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeaderIn(on) => write!(f, "one of {} leads", on.join(", ")),
            Self::Leaders(count) => write!(f, "{} at this moment", count_of(u64::from(*count), "leader", "leaders")),
            Self::Epoch { node, is } => write!(f, "{node} is in epoch {is}"),
            Self::EpochAtLeast { node, at_least } => write!(f, "{node} is in epoch {at_least} or later"),
            Self::Plays { node, part } => write!(f, "{node} {part}"),
            Self::Settled { on, at_least } => {
                write!(f, "{} known to be committed on each of {}", entries(*at_least), on.join(", "))
            }
            Self::Unsettled { on, at_least } => {
                write!(f, "{} held but not known to be committed on each of {}", entries(*at_least), on.join(", "))
            }
            Self::SettledIs { on, is } => {
                let entries = count_of(*is, "entry", "entries");
                write!(f, "exactly {entries} known to be committed on each of {}", on.join(", "))
            }
            Self::Log { node, terms } => write!(f, "{node}'s log is of epochs {}", numbers(terms)),
            Self::SameLog(on) => write!(f, "{} have the same log", on.join(", ")),
            Self::Shows { node, row, is } => write!(f, "{node}'s {row} is {is}"),
            Self::ReadGave { client, key, value } => {
                write!(f, "{client}'s last read of {key} gave {}", value.as_deref().unwrap_or("nothing"))
            }
            Self::Tells { words, since, at_least, at_most } => {
                bounds(f, at_least.map(u64::from).or(at_most.is_none().then_some(1)), at_most.map(u64::from))?;
                write!(f, " events that tell \"{}\"", words.join("\" and \""))?;
                since.map_or(Ok(()), |since| write!(f, " since {}", since.0))
            }
            Self::Available { since, each, at_least, at_most } => {
                bounds(f, at_least.map(u64::from), at_most.map(u64::from))?;
                write!(f, " percent of each {} since {} with a commit", each.0, since.0)
            }
            Self::NoCommitFor(lasting) => write!(f, "no commit for {}", lasting.0),
            Self::Acknowledged(count) => write!(f, "{count} or more operations acknowledged"),
            Self::AcknowledgedAmid { leaders, at_least } => {
                write!(f, "{at_least} or more operations acknowledged while {leaders} or more nodes lead")
            }
            Self::Waits { client, lasting } => write!(f, "{client} has waited for {} or longer", lasting.0),
            Self::LeadersAtOnce { count, lasting } => write!(f, "{count} or more leaders at once for {}", lasting.0),
            Self::NoLeaderFor(lasting) => write!(f, "no leader for {}", lasting.0),
            Self::ElectionsAtMost(count) => write!(f, "{count} or fewer epochs with a leader"),
            Self::ElectionsAtLeast(count) => write!(f, "{count} or more epochs with a leader"),
            Self::CrashesAtMost(count) => write!(f, "{count} or fewer crashes"),
            Self::PromisesHold(true) => f.write_str("every promise holds"),
            Self::PromisesHold(false) => f.write_str("a promise is broken"),
            Self::Breaks(promise) => write!(f, "{promise} is broken"),
            Self::NoAcknowledgedWriteLost(true) => f.write_str("no acknowledged write is lost"),
            Self::NoAcknowledgedWriteLost(false) => f.write_str("an acknowledged write is lost"),
            Self::All(inner) => join(f, inner, " and "),
            Self::Any(inner) => join(f, inner, " or "),
            Self::Not(inner) => write!(f, "not ({inner})"),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Follows => "follows",
            Self::Asks => "asks to lead",
            Self::Leads => "leads",
        })
    }
}

fn join(f: &mut fmt::Formatter<'_>, inner: &[Predicate], word: &str) -> fmt::Result {
    for (n, predicate) in inner.iter().enumerate() {
        if n > 0 {
            f.write_str(word)?;
        }
        write!(f, "({predicate})")?;
    }
    Ok(())
}

fn entries(at_least: u64) -> String {
    count_of(at_least, "entry or more", "entries or more")
}

/// `2 to 4`, `2 or more`, `4 or fewer`.
fn bounds(f: &mut fmt::Formatter<'_>, at_least: Option<u64>, at_most: Option<u64>) -> fmt::Result {
    match (at_least, at_most) {
        (Some(low), Some(high)) => write!(f, "{low} to {high}"),
        (None, Some(high)) => write!(f, "{high} or fewer"),
        (low, None) => write!(f, "{} or more", low.unwrap_or(0)),
    }
}

/// `[1, 2, 2]`.
pub(crate) fn numbers(numbers: &[u64]) -> String {
    let each: Vec<String> = numbers.iter().map(u64::to_string).collect();
    format!("[{}]", each.join(", "))
}

/// `1 leader`, `2 leaders`.
pub(crate) fn count_of(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
