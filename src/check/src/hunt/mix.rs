//! Which faults a hunt stages, and how often: data.

use core::fmt;
use core::str::FromStr;

/// A kind of thing that a schedule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Cut one link, in one direction or both.
    Cut,
    /// Split the servers into two or three groups.
    Partition,
    /// Split them so that only one direction is cut.
    PartitionOneWay,
    /// Cut a server off from all others.
    Isolate,
    /// Crash a server.
    Crash,
    /// Crash a server in the middle of writing.
    Torn,
    /// Stall a server.
    Pause,
    /// Make a server slow.
    Slow,
    /// Let a clock drift, within what the protocol is told to expect.
    Drift,
    /// Let a clock's time of day jump.
    Step,
    /// Let links lose, repeat, reorder and hold up messages.
    Shape,
    /// Lose a message that is on its way.
    Drop,
    /// Hold up a message that is on its way.
    Delay,
    /// Let a message that is on its way arrive twice.
    Duplicate,
    /// Let a server's timer run out.
    Expire,
    /// Ask a client for something.
    Request,
    /// Hand the leadership over.
    Transfer,
    /// Change who is a member.
    Members,
    /// Take a snapshot.
    Compact,
    /// Empty a server's disk.
    Wipe,
    /// Let a server's fsync lie for a while.
    Lie,
    /// Let a clock drift by more than the protocol is told to expect.
    WildDrift,
}

/// A kind with its word on the command line, how often it comes among the others, and, if the protocols do not claim
/// to survive it, why.
struct Row(Kind, &'static str, u32, Option<&'static str>);

const TABLE: [Row; 22] = [
    Row(Kind::Cut, "cut", 6, None),
    Row(Kind::Partition, "partition", 6, None),
    Row(Kind::PartitionOneWay, "partition-one-way", 3, None),
    Row(Kind::Isolate, "isolate", 6, None),
    Row(Kind::Crash, "crash", 10, None),
    Row(Kind::Torn, "torn", 4, None),
    Row(Kind::Pause, "pause", 5, None),
    Row(Kind::Slow, "slow", 3, None),
    Row(Kind::Drift, "drift", 2, None),
    Row(Kind::Step, "step", 2, None),
    Row(Kind::Shape, "shape", 5, None),
    Row(Kind::Drop, "drop", 4, None),
    Row(Kind::Delay, "delay", 4, None),
    Row(Kind::Duplicate, "duplicate", 4, None),
    Row(Kind::Expire, "expire", 5, None),
    Row(Kind::Request, "request", 10, None),
    Row(Kind::Transfer, "transfer", 3, None),
    Row(Kind::Members, "members", 4, None),
    Row(Kind::Compact, "compact", 2, None),
    Row(
        Kind::Wipe,
        "wipe",
        3,
        Some("a server that forgets its term, vote and log under its old name breaks what Raft assumes of its disk"),
    ),
    Row(Kind::Lie, "lie", 3, Some("a server that answers for what its disk has not kept breaks the same assumption")),
    Row(
        Kind::WildDrift,
        "wild-drift",
        3,
        Some("a leader's lease is sound only while clocks drift by less than the bound that it is told"),
    ),
];

impl Kind {
    /// All kinds.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Its word on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// Why no protocol here claims to survive it; `None` if they do.
    #[must_use]
    pub fn beyond(self) -> Option<&'static str> {
        self.row().3
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a word names no kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchKind(String);

impl fmt::Display for NoSuchKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = Kind::all().map(Kind::word).collect();
        write!(f, "there is no kind of fault `{}`; the kinds are {}", self.0, words.join(", "))
    }
}

impl std::error::Error for NoSuchKind {}

impl FromStr for Kind {
    type Err = NoSuchKind;

    fn from_str(word: &str) -> Result<Self, NoSuchKind> {
        Self::all().find(|kind| kind.word() == word).ok_or_else(|| NoSuchKind(word.to_owned()))
    }
}

/// Kinds with their weights: how often each comes compared with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix {
    /// Each kind at most once.
    pub weights: Vec<(Kind, u32)>,
}

/// Everything that the protocols claim to survive.
impl Default for Mix {
    fn default() -> Self {
        Self::of(Kind::all().filter(|kind| kind.beyond().is_none()))
    }
}

impl Mix {
    /// These kinds, with their usual weights.
    pub fn of(kinds: impl IntoIterator<Item = Kind>) -> Self {
        Self { weights: kinds.into_iter().map(|kind| (kind, kind.row().2)).collect() }
    }

    /// The kind at this place, if each kind has as many places as its weight. `None` past the last.
    pub(super) fn at(&self, mut place: u64) -> Option<Kind> {
        for &(kind, weight) in &self.weights {
            match place.checked_sub(u64::from(weight)) {
                None => return Some(kind),
                Some(rest) => place = rest,
            }
        }
        None
    }

    /// How many places there are.
    pub(super) fn places(&self) -> u64 {
        self.weights.iter().map(|(_, weight)| u64::from(*weight)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_at_its_own_row_and_reads_back_from_its_word() {
        for (place, kind) in Kind::all().enumerate() {
            assert_eq!(kind as usize, place, "{kind}");
            assert_eq!(kind.word().parse(), Ok(kind));
        }
        assert!("flood".parse::<Kind>().unwrap_err().to_string().contains("cut, partition, "));
    }

    #[test]
    fn what_no_protocol_claims_to_survive_is_off_unless_asked_for() {
        let usual = Mix::default();
        for kind in [Kind::Wipe, Kind::Lie, Kind::WildDrift] {
            assert!(kind.beyond().is_some() && usual.weights.iter().all(|(other, _)| *other != kind), "{kind}");
        }
        assert_eq!(Mix::of([Kind::Wipe]).at(2), Some(Kind::Wipe));
        assert_eq!(Mix::of([Kind::Wipe]).at(3), None);
    }
}
