//! The state of all links: which there are, which of them are cut, and how each treats messages now.

use std::sync::Arc;

use crate::action::By;
use crate::id::{EventId, ProcessId};
use crate::network::{Change, Network, Quality};
use crate::time::Time;

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

/// What a message finds that is sent over a link.
pub(crate) struct Way<'a> {
    /// How many were sent over it before, in the same moment.
    pub(crate) nth: u32,
    /// The event that cut it, if it is cut.
    pub(crate) cut: Option<EventId>,
    /// How it treats messages now.
    pub(crate) quality: &'a Quality,
}

/// The state of all links.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    population: u8,
    /// One row a sender, one column a receiver.
    links: Vec<Link>,
    cuts: Vec<Cut>,
    /// The quality of all links at first, but for `special_at_first`.
    common: Quality,
    special_at_first: Arc<Special>,
    special: Arc<Special>,
}

/// One direction of a link, as (sender, receiver).
pub(crate) type Direction = (ProcessId, ProcessId);

/// The links whose quality is not the common one, in order.
type Special = Vec<(Direction, Quality)>;

fn special_quality(special: &Special, link: Direction) -> Option<&Quality> {
    if special.is_empty() {
        return None;
    }
    let place = special.binary_search_by_key(&link, |&(link, _)| link).ok()?;
    Some(&special[place].1)
}

/// The qualities that a scenario's single links have.
fn special_at_first(network: &Network) -> Special {
    let mut special = Special::new();
    for &(from, to, change) in &network.links {
        let link = (from, to);
        match special.binary_search_by_key(&link, |&(link, _)| link) {
            Ok(place) => special[place].1 = special[place].1.with(change),
            Err(place) => special.insert(place, (link, network.quality.with(change))),
        }
    }
    special
}

impl Links {
    pub(crate) fn new(population: u8, network: &Network, linked: impl Fn(ProcessId, ProcessId) -> bool) -> Self {
        let ids = || (0..population).map(ProcessId);
        let links = ids().flat_map(|a| ids().map(move |b| (a, b)));
        let links = links.map(|(a, b)| Link { exists: a != b && linked(a, b), ..Link::default() }).collect();
        let special = Arc::new(special_at_first(network));
        let (common, special_at_first) = (network.quality, Arc::clone(&special));
        Self { population, links, cuts: Vec::new(), common, special_at_first, special }
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

    /// Counts a message sent over a link, if there is one.
    pub(crate) fn send(&mut self, from: ProcessId, to: ProcessId, at: Time) -> Option<Way<'_>> {
        if from.0 >= self.population || to.0 >= self.population {
            return None;
        }
        let index = self.index(from, to);
        let link = &mut self.links[index];
        if !link.exists {
            return None;
        }
        if link.sent_at != at {
            (link.sent_at, link.sent_then) = (at, 0);
        }
        let nth = link.sent_then;
        link.sent_then += 1;
        let cut = link.cut;
        let quality = special_quality(&self.special, (from, to)).unwrap_or(&self.common);
        Some(Way { nth, cut, quality })
    }

    /// About how many bytes a clone takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.links.as_slice())
            + self.cuts.iter().map(|cut| size_of_val(cut.links.as_slice())).sum::<usize>()
    }

    /// How a link treats what is sent over it now.
    pub(crate) fn quality(&self, from: ProcessId, to: ProcessId) -> Quality {
        *special_quality(&self.special, (from, to)).unwrap_or(&self.common)
    }

    /// In what a link's quality is not as at first, if it was changed.
    pub(crate) fn shape_of(&self, link: Direction) -> Option<Change> {
        if Arc::ptr_eq(&self.special, &self.special_at_first) {
            return None;
        }
        let (first, now) = (self.changed(link, None), self.quality(link.0, link.1));
        let change = Change {
            latency: (now.latency != first.latency).then_some(now.latency),
            loss: (now.loss != first.loss).then_some(now.loss),
            duplication: (now.duplication != first.duplication).then_some(now.duplication),
            reordering: (now.reordering != first.reordering).then_some(now.reordering),
        };
        (change != Change::default()).then_some(change)
    }

    /// How a link would treat messages after a change.
    pub(crate) fn changed(&self, link: Direction, change: Option<Change>) -> Quality {
        match change {
            Some(change) => self.quality(link.0, link.1).with(change),
            None => *special_quality(&self.special_at_first, link).unwrap_or(&self.common),
        }
    }

    /// Changes how these links, which are in order, treat what is sent over them from now on.
    pub(crate) fn shape(&mut self, links: &[Direction], change: Option<Change>) {
        let mut special = Special::with_capacity(self.special.len() + links.len());
        let mut others = self.special.iter().peekable();
        for &link in links {
            while let Some(&other) = others.next_if(|&&(other, _)| other < link) {
                special.push(other);
            }
            others.next_if(|&&(other, _)| other == link);
            special.push((link, self.changed(link, change)));
        }
        special.extend(others);
        special.retain(|&(_, quality)| quality != self.common);
        self.special = Arc::new(special);
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
    pub(crate) fn heal(&mut self, links: &[Direction]) {
        for &(from, to) in links {
            let index = self.index(from, to);
            self.links[index].cut = None;
        }
        for cut in &mut self.cuts {
            cut.links.retain(|&(from, to)| {
                let link = &self.links[from.index() * usize::from(self.population) + to.index()];
                link.cut == Some(cut.event)
            });
        }
        self.cuts.retain(|cut| !cut.links.is_empty());
    }
}
