//! Who could be served over time: the sides that cuts make of the servers, and which of them had a leader that
//! reached a quorum.
//!
//! It is derived from the events, one by one. It knows no protocol but by what [`Shown`] says of one.

use sim::{Event, EventKind, ProcessId, Time};

use crate::record::Lane;
use crate::shown::{Deciders, Deciding, Shown};
use crate::view::{Able, AbleSide, Stance, Status};

/// What is known of the servers and their links up to now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ability {
    /// The spans so far; the last one's end is not known yet: it stands at its start.
    pub(crate) spans: Vec<Able>,
    /// Whether reads are served by any server that is asked.
    any_server_reads: bool,
    servers: usize,
    /// Which directions between servers are whole: one row a sender, one column a receiver.
    whole: Vec<bool>,
    /// The sides that this makes.
    sides: Vec<Vec<ProcessId>>,
    /// By whom each server decides.
    deciders: Vec<Deciders>,
    /// By whom each decides at first.
    at_first: Deciders,
    /// What was settled, with where it stands, in order.
    settled: Vec<(u64, Deciders)>,
    /// When something changed last, if that is not taken into account yet.
    stale: Option<Time>,
}

impl Ability {
    pub(crate) fn new<P: Shown>(protocol: &P) -> Self {
        let servers = usize::from(protocol.servers());
        let ids = || (0..protocol.servers()).map(ProcessId);
        let mut whole = Vec::with_capacity(servers * servers);
        for a in ids() {
            whole.extend(ids().map(|b| protocol.linked(a, b)));
        }
        let at_first = protocol.deciders();
        let mut ability = Self {
            any_server_reads: protocol.any_server_reads(),
            servers,
            whole,
            deciders: vec![at_first.clone(); servers],
            at_first,
            ..Self::default()
        };
        ability.sides = ability.find_sides();
        ability
    }

    /// Takes in an event, before the lanes do.
    pub(crate) fn before<P: Shown>(&mut self, event: &Event<P>, lanes: &[Lane]) {
        if self.stale.is_some_and(|at| at < event.at) {
            self.look(lanes);
        }
    }

    /// Takes in an event, after the lanes have.
    pub(crate) fn take<P: Shown>(&mut self, protocol: &P, event: &Event<P>) {
        match &event.kind {
            EventKind::Started
            | EventKind::Crashed { .. }
            | EventKind::Restarted { .. }
            | EventKind::Paused { .. }
            | EventKind::Resumed { .. } => {}
            EventKind::Wiped { .. } => {
                let at_first = self.at_first.clone();
                self.decide(event.process, at_first);
            }
            EventKind::Cut { links, .. } => self.mark(links, false),
            EventKind::Healed { links, .. } => self.mark(links, true),
            EventKind::Noted(note) => match protocol.note_deciders(note) {
                Some(Deciding::By(deciders)) => self.decide(event.process, deciders),
                Some(Deciding::Settled(place, deciders)) => {
                    if self.settled.last().is_none_or(|last| last.0 < place) {
                        self.settled.push((place, deciders));
                    }
                }
                Some(Deciding::AsSettled(place)) => {
                    let until = self.settled.partition_point(|settled| settled.0 <= place);
                    let latest = self.settled[..until].last().map_or(&self.at_first, |settled| &settled.1).clone();
                    self.decide(event.process, latest);
                }
                // A note may say that somebody leads now, or no longer.
                None if event.process.is_some_and(|who| P::note_turn(who, note).is_some()) => {}
                None => return,
            },
            _ => return,
        }
        self.stale = Some(event.at);
    }

    /// Takes into account all that has changed.
    pub(crate) fn look(&mut self, lanes: &[Lane]) {
        let Some(at) = self.stale.take() else { return };
        let sides: Vec<AbleSide> = self.sides.iter().map(|side| self.side(side, lanes)).collect();
        if self.spans.last().is_some_and(|last| last.from == at) {
            self.spans.pop();
        }
        if self.spans.last().is_some_and(|last| last.sides == sides) {
            return;
        }
        if let Some(last) = self.spans.last_mut() {
            last.to = at;
        }
        self.spans.push(Able { from: at, to: at, sides });
    }

    fn side(&self, members: &[ProcessId], lanes: &[Lane]) -> AbleSide {
        let part = |who: ProcessId| lanes.get(who.index()).and_then(|lane| lane.bands.last());
        let runs = |who: ProcessId| part(who).is_some_and(|band| band.status == Status::Up);
        let mut commits: Option<(u64, ProcessId)> = None;
        for &who in members {
            let Some(band) = part(who).filter(|band| band.stance == Stance::Leads) else { continue };
            let reaches = |other: ProcessId| {
                runs(other) && (other == who || (self.is_whole(who, other) && self.is_whole(other, who)))
            };
            if runs(who)
                && commits.is_none_or(|(epoch, _)| epoch < band.epoch)
                && self.deciders[who.index()].are_enough(reaches)
            {
                commits = Some((band.epoch, who));
            }
        }
        let reads = if self.any_server_reads { members.iter().any(|&who| runs(who)) } else { commits.is_some() };
        AbleSide { members: members.to_vec(), commits: commits.map(|(_, who)| who), reads }
    }

    fn is_whole(&self, from: ProcessId, to: ProcessId) -> bool {
        self.whole.get(from.index() * self.servers + to.index()).is_some_and(|whole| *whole)
    }

    fn mark(&mut self, links: &[(ProcessId, ProcessId)], whole: bool) {
        for (from, to) in links {
            if from.index() < self.servers && to.index() < self.servers {
                self.whole[from.index() * self.servers + to.index()] = whole;
            }
        }
        self.sides = self.find_sides();
    }

    /// Who reaches whom over links that are whole both ways, directly or by way of others.
    fn find_sides(&self) -> Vec<Vec<ProcessId>> {
        let ids = || (0..u8::try_from(self.servers).unwrap_or(u8::MAX)).map(ProcessId);
        let mut seen = vec![false; self.servers];
        let mut sides: Vec<Vec<ProcessId>> = Vec::new();
        for first in ids() {
            if seen[first.index()] {
                continue;
            }
            seen[first.index()] = true;
            let (mut side, mut next) = (vec![first], 0);
            while let Some(&a) = side.get(next) {
                next += 1;
                for b in ids() {
                    if !seen[b.index()] && self.is_whole(a, b) && self.is_whole(b, a) {
                        seen[b.index()] = true;
                        side.push(b);
                    }
                }
            }
            // In the order of ids.
            sides.push(ids().filter(|id| side.contains(id)).collect());
        }
        sides
    }

    fn decide(&mut self, who: Option<ProcessId>, deciders: Deciders) {
        if let Some(place) = who.and_then(|who| self.deciders.get_mut(who.index())) {
            *place = deciders;
        }
    }
}
