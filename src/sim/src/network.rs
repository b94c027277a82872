//! The network as a scenario describes it: how long messages take, and how many are lost, doubled or held back.
//!
//! It knows nothing of what messages say, nor of who runs.

use serde::{Deserialize, Serialize};

use crate::draw::{Chance, Purpose, scale};
use crate::id::ProcessId;
use crate::time::{Span, Time};

/// How long messages are on their way over a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Latency {
    /// Always as long.
    Fixed(Span),
    /// Anything from the first to the second, both included, equally likely.
    Uniform(Span, Span),
    /// From `usual` to twice as long; but one in four takes up to twice that, one in sixteen up to four times,
    /// and so on, a Pareto tail with exponent 2, never longer than `most`.
    LongTail {
        /// The shortest.
        usual: Span,
        /// The longest.
        most: Span,
    },
}

/// A share of all, in parts per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Share(pub u32);

impl Share {
    /// All of them.
    pub const ALL: Self = Self(1_000_000);

    /// Whether these 64 random bits fall within the share. None do within a share of 0.
    const fn holds(self, bits: u64) -> bool {
        scale(bits, Self::ALL.0 as u64) < self.0 as u64
    }
}

/// How one direction of a link treats what is sent over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quality {
    /// How long messages are on their way.
    pub latency: Latency,
    /// How many are lost.
    pub loss: Share,
    /// How many arrive twice.
    pub duplication: Share,
    /// How many are held back for once more their latency, so that later ones overtake them.
    pub reordering: Share,
}

/// What of a link's quality is different.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Change {
    /// Its latency, if that.
    pub latency: Option<Latency>,
    /// Its loss, if that.
    pub loss: Option<Share>,
    /// Its duplication, if that.
    pub duplication: Option<Share>,
    /// Its reordering, if that.
    pub reordering: Option<Share>,
}

/// The network as a run starts with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Network {
    /// All links.
    pub quality: Quality,
    /// What is different on single links, as (sender, receiver, difference).
    pub links: Vec<(ProcessId, ProcessId, Change)>,
}

impl Network {
    /// A network that loses nothing, with latencies from a range.
    #[must_use]
    pub const fn uniform(low: Span, high: Span) -> Self {
        let latency = Latency::Uniform(low, high);
        let quality = Quality { latency, loss: Share(0), duplication: Share(0), reordering: Share(0) };
        Self { quality, links: Vec::new() }
    }
}

impl Default for Network {
    /// 10 to 20 ms one way: slow enough to watch.
    fn default() -> Self {
        Self::uniform(Span::from_millis(10), Span::from_millis(20))
    }
}

impl Latency {
    /// Whether it is a range at all.
    const fn is_possible(self) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Uniform(low, high) | Self::LongTail { usual: low, most: high } => low.0 <= high.0,
        }
    }

    /// The latency that these 64 random bits stand for.
    fn of(self, bits: u64) -> Span {
        match self {
            Self::Fixed(span) => span,
            Self::Uniform(low, high) => Span(low.0 + scale(bits, high.0.saturating_sub(low.0).saturating_add(1))),
            Self::LongTail { usual, most } => {
                // Each pair of low bits is 00 one time in four: then all doubles. The high bits choose within the
                // doubled range.
                let doublings = (bits | 1 << 63).trailing_zeros() / 2;
                let low = Span(u64::try_from(u128::from(usual.0) << doublings).unwrap_or(u64::MAX));
                (low + Span(scale(bits, low.0.saturating_add(1)))).min(most)
            }
        }
    }
}

/// One sending: which link, when, and how many were sent over it before in the same moment. All that chance decides
/// about a message is drawn from this and from a purpose of its own, so that no draw depends on another.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    pub(crate) chance: Chance,
    pub(crate) from: ProcessId,
    pub(crate) to: ProcessId,
    pub(crate) at: Time,
    pub(crate) nth: u32,
}

impl Sending {
    fn bits(self, purpose: Purpose) -> u64 {
        let link = u64::from(self.from.0) * 256 + u64::from(self.to.0);
        self.chance.bits(purpose, link, self.at, self.nth)
    }

    fn is_in(self, share: Share, purpose: Purpose) -> bool {
        share != Share(0) && share.holds(self.bits(purpose))
    }
}

impl Quality {
    /// Whether its ranges are ranges and its shares no more than all.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.latency.is_possible() && self.loss.max(self.duplication).max(self.reordering) <= Share::ALL
    }

    /// This quality with what is different.
    #[must_use]
    pub fn with(self, change: Change) -> Self {
        Self {
            latency: change.latency.unwrap_or(self.latency),
            loss: change.loss.unwrap_or(self.loss),
            duplication: change.duplication.unwrap_or(self.duplication),
            reordering: change.reordering.unwrap_or(self.reordering),
        }
    }

    /// How long what is sent is on its way.
    pub(crate) fn latency(&self, sending: Sending) -> Span {
        let latency = self.latency.of(sending.bits(Purpose::Latency));
        if sending.is_in(self.reordering, Purpose::Reordering) { latency + latency } else { latency }
    }

    /// Whether it is lost by chance.
    pub(crate) fn loses(&self, sending: Sending) -> bool {
        sending.is_in(self.loss, Purpose::Loss)
    }

    /// How long a second copy of it is on its way, if chance makes one.
    pub(crate) fn copy(&self, sending: Sending) -> Option<Span> {
        let doubled = sending.is_in(self.duplication, Purpose::Duplication);
        doubled.then(|| self.copy_latency(sending, Purpose::CopyLatency))
    }

    /// How long a copy is on its way: `purpose` says whose copy.
    pub(crate) fn copy_latency(&self, sending: Sending, purpose: Purpose) -> Span {
        self.latency.of(sending.bits(purpose))
    }
}
