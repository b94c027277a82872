//! The network: how long messages take, which links there are, and which of them are cut.
//!
//! It knows nothing of what messages say, nor of who runs.

use serde::{Deserialize, Serialize};

use crate::action::By;
use crate::draw::{Chance, Purpose};
use crate::id::{EventId, ProcessId};
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

    /// How long the `nth` message that `from` sends to `to` at this moment is on its way.
    #[must_use]
    pub fn latency(&self, chance: Chance, from: ProcessId, to: ProcessId, at: Time, nth: u32) -> Span {
        let Latency::Uniform(low, high) = self.quality.latency else { unimplemented!("H1") };
        let link = u64::from(from.0) * 256 + u64::from(to.0);
        chance.span(Purpose::Latency, link, at, nth, low, high)
    }
}

impl Default for Network {
    /// 10 to 20 ms one way: slow enough to watch.
    fn default() -> Self {
        Self::uniform(Span::from_millis(10), Span::from_millis(20))
    }
}

/// A cut in force: what one act of cutting cut and nobody has mended since.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cut {
    /// The event that made it.
    pub event: EventId,
    /// Since when.
    pub since: Time,
    /// Who cut.
    pub by: By,
    /// The sides, as meant by the act.
    pub sides: Vec<Vec<ProcessId>>,
    /// What is still cut of it, as (sender, receiver).
    pub links: Vec<(ProcessId, ProcessId)>,
}

/// One direction of a link.
#[derive(Clone, Copy, Debug, Default)]
struct Link {
    exists: bool,
    cut: Option<EventId>,
    /// When something was last sent over it, and how many times in that moment.
    sent_at: Time,
    sent_then: u32,
}

/// The state of all links.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    population: u8,
    /// One row a sender, one column a receiver.
    links: Vec<Link>,
    cuts: Vec<Cut>,
}

impl Links {
    pub(crate) fn new(population: u8, linked: impl Fn(ProcessId, ProcessId) -> bool) -> Self {
        let ids = || (0..population).map(ProcessId);
        let links = ids().flat_map(|a| ids().map(move |b| (a, b)));
        let links = links.map(|(a, b)| Link { exists: a != b && linked(a, b), ..Link::default() }).collect();
        Self { population, links, cuts: Vec::new() }
    }

    fn index(&self, from: ProcessId, to: ProcessId) -> usize {
        from.index() * usize::from(self.population) + to.index()
    }

    /// Whether there is a link, cut or whole.
    pub(crate) fn exists(&self, from: ProcessId, to: ProcessId) -> bool {
        from.0 < self.population && to.0 < self.population && self.links[self.index(from, to)].exists
    }

    /// The event that cut this direction of a link, if it is cut.
    pub(crate) fn cut_by(&self, from: ProcessId, to: ProcessId) -> Option<EventId> {
        self.links[self.index(from, to)].cut
    }

    /// The cuts in force, oldest first.
    pub(crate) fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// Counts a message sent over an existing link: how many were sent over it before, in the same moment.
    pub(crate) fn count_sending(&mut self, from: ProcessId, to: ProcessId, at: Time) -> u32 {
        let index = self.index(from, to);
        let link = &mut self.links[index];
        if link.sent_at != at {
            (link.sent_at, link.sent_then) = (at, 0);
        }
        let nth = link.sent_then;
        link.sent_then += 1;
        nth
    }

    /// Cuts links that exist and are whole.
    pub(crate) fn cut(&mut self, cut: Cut) {
        for &(from, to) in &cut.links {
            let index = self.index(from, to);
            debug_assert!(self.links[index].exists && self.links[index].cut.is_none(), "only whole links are cut");
            self.links[index].cut = Some(cut.event);
        }
        self.cuts.push(cut);
    }

    /// Mends links. A cut of which nothing is left is over.
    pub(crate) fn heal(&mut self, links: &[(ProcessId, ProcessId)]) {
        for &(from, to) in links {
            let index = self.index(from, to);
            self.links[index].cut = None;
        }
        for cut in &mut self.cuts {
            cut.links.retain(|link| !links.contains(link));
        }
        self.cuts.retain(|cut| !cut.links.is_empty());
    }
}
