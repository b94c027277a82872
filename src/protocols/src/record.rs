//! What is kept of a branch while it is simulated, so that nothing has to walk the whole trace to be drawn:
//! lanes, cuts, marks, the clients' history and the promises broken.
//!
//! It only reads the trace, each event once.

use litemap::LiteMap;

use sim::{Event, EventId, EventKind, Loss, OpId, ProcessId, Time, Trace};

use crate::able::Ability;
use crate::flights::Flights;
use crate::run::OpRecord;
use crate::shown::{Shown, Turn};
use crate::view::{Band, Breach, CutSpan, OpEnd, OpSpan, Stance, Status};
use crate::words::{self, Names};

/// The record of one branch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// How many events of the trace are in it.
    events: usize,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) cuts: Vec<CutSpan>,
    /// For each cut, what is still cut of it.
    open: Vec<Vec<(ProcessId, ProcessId)>>,
    pub(crate) marks: Vec<EventId>,
    /// What was done to the run from outside, without what clients were asked for.
    pub(crate) acts: Vec<EventId>,
    pub(crate) history: Vec<OpRecord>,
    /// For each client, the same as the timeline shows it.
    pub(crate) spans: Vec<Vec<OpSpan>>,
    ops: LiteMap<OpId, usize>,
    /// For each promise, how it was first broken.
    pub(crate) broken: Vec<Option<Breach>>,
    /// The events by which servers began new epochs, and which.
    pub(crate) epochs: Vec<(EventId, u64)>,
    pub(crate) flights: Flights,
    pub(crate) ability: Ability,
}

/// What a server did over time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lane {
    /// The last band's end is not known yet: it stands at its start.
    pub(crate) bands: Vec<Band>,
    pub(crate) commits: Vec<Time>,
}

impl Record {
    pub(crate) fn new<P: Shown>(protocol: &P) -> Self {
        let servers = protocol.servers();
        Self {
            lanes: vec![Lane::default(); usize::from(servers)],
            spans: vec![Vec::new(); usize::from(protocol.population() - servers)],
            ability: Ability::new(protocol),
            broken: vec![None; P::PROMISES.len()],
            ..Self::default()
        }
    }

    /// Takes in what has happened since it was last called.
    pub(crate) fn follow<P: Shown>(&mut self, protocol: &P, names: &Names, trace: &Trace<P>) {
        for index in self.events..trace.len() {
            let id = EventId(u32::try_from(index).expect("events are numbered by a u32"));
            let event = trace.get(id).expect("the trace is as long as it says");
            self.flights.take(event, trace);
            self.ability.before(event, &self.lanes);
            self.take(names, event);
            self.ability.take(protocol, event);
        }
        self.ability.look(&self.lanes);
        self.events = trace.len();
    }

    /// What an operation asked for, and what came of it.
    pub(crate) fn op(&self, id: OpId) -> Option<&OpRecord> {
        self.history.get(*self.ops.get(&id)?)
    }

    /// The operation that a client waits for at a moment.
    pub(crate) fn waiting(&self, client: ProcessId, at: Time) -> Option<&OpRecord> {
        let begun = self.history.partition_point(|record| record.invoked <= at);
        let latest = self.history[..begun].iter().rev().find(|record| record.id.client == client)?;
        let open = latest.completed.as_ref().is_none_or(|(end, _)| *end > at);
        open.then_some(latest)
    }

    fn take<P: Shown>(&mut self, names: &Names, event: &Event<P>) {
        let at = event.at;
        match &event.kind {
            EventKind::Started => self.turn(event, |_| (Status::Up, Stance::Follows, 0)),
            EventKind::Crashed { .. } => self.turn(event, |band| (Status::Down, band.stance, band.epoch)),
            EventKind::Restarted { .. } => self.turn(event, |band| (Status::Up, Stance::Follows, band.epoch)),
            EventKind::Paused { .. } => self.turn(event, |band| (Status::Paused, band.stance, band.epoch)),
            EventKind::Resumed { .. } => self.turn(event, |band| (Status::Up, band.stance, band.epoch)),
            EventKind::Wiped { .. } => self.turn(event, |band| (band.status, band.stance, 0)),
            EventKind::Noted(note) => match event.process.and_then(|who| P::note_turn(who, note)) {
                Some(Turn::Part(stance, epoch)) => {
                    let lane = event.process.and_then(|who| self.lanes.get(who.index()));
                    if lane.and_then(|lane| lane.bands.last()).is_some_and(|last| last.epoch < epoch) {
                        self.epochs.push((event.id, epoch));
                    }
                    self.turn(event, |_| (Status::Up, stance, epoch));
                }
                Some(Turn::Settled) => self.settle(event.process, at),
                Some(Turn::TakenIn { id, index, epoch }) => {
                    if let Some(record) = self.ops.get(&id).and_then(|&place| self.history.get_mut(place)) {
                        record.entries.push((index, epoch));
                    }
                }
                None => {}
            },
            EventKind::Cut { by, sides, links } => {
                self.cuts.push(CutSpan { event: event.id, from: at, to: None, by: *by, sides: sides.clone() });
                self.open.push(links.clone());
            }
            EventKind::Healed { links, .. } => self.heal(at, links),
            EventKind::Invoked { id, op } => {
                self.ops.insert(*id, self.history.len());
                self.history.push(OpRecord {
                    id: *id,
                    op: op.clone(),
                    invoked: at,
                    completed: None,
                    entries: Vec::new(),
                });
                if let Some(spans) = self.spans_of(event.process) {
                    spans.push(OpSpan { text: op.to_string(), from: at, begun: event.id, end: None });
                }
            }
            EventKind::Completed { id, outcome } => {
                if let Some(record) = self.ops.get(id).and_then(|&place| self.history.get_mut(place)) {
                    record.completed = Some((at, outcome.clone()));
                }
                // A client has one operation under way.
                if let Some(span) = self.spans_of(event.process).and_then(|spans| spans.last_mut()) {
                    let (how, text) = words::verdict(outcome);
                    span.end = Some(OpEnd { at, event: event.id, how, text });
                }
            }
            EventKind::Breached(breach) => {
                let (promise, facts) = P::breach_words(names, breach);
                self.broken[promise].get_or_insert(Breach { at, event: event.id, facts });
            }
            _ => {}
        }
        let act = is_act::<P>(event);
        if act {
            self.acts.push(event.id);
        }
        if act || matches!(event.kind, EventKind::Breached(_)) {
            self.marks.push(event.id);
        }
    }

    /// Ends a server's band and begins the next. Of several changes in one moment the last counts.
    fn turn<P: Shown>(&mut self, event: &Event<P>, next: impl Fn(Band) -> (Status, Stance, u64)) {
        let Some(lane) = event.process.and_then(|who| self.lanes.get_mut(who.index())) else { return };
        let at = event.at;
        let fresh = Band { from: at, to: at, status: Status::Up, stance: Stance::Follows, epoch: 0 };
        let last = lane.bands.last().copied().unwrap_or(fresh);
        let (status, stance, epoch) = next(last);
        if (last.status, last.stance, last.epoch) == (status, stance, epoch) && !lane.bands.is_empty() {
            return;
        }
        if last.from == at {
            lane.bands.pop();
        }
        if let Some(last) = lane.bands.last_mut() {
            last.to = at;
        }
        lane.bands.push(Band { status, stance, epoch, ..fresh });
    }

    fn spans_of(&mut self, client: Option<ProcessId>) -> Option<&mut Vec<OpSpan>> {
        self.spans.get_mut(client?.index().checked_sub(self.lanes.len())?)
    }

    fn settle(&mut self, who: Option<ProcessId>, at: Time) {
        if let Some(lane) = who.and_then(|who| self.lanes.get_mut(who.index()))
            && lane.commits.last() != Some(&at)
        {
            lane.commits.push(at);
        }
    }

    fn heal(&mut self, at: Time, links: &[(ProcessId, ProcessId)]) {
        for (cut, open) in self.cuts.iter_mut().zip(&mut self.open).filter(|(cut, _)| cut.to.is_none()) {
            open.retain(|link| !links.contains(link));
            if open.is_empty() {
                cut.to = Some(at);
            }
        }
    }
}

impl Lane {
    /// Since when the server has played the part, up or down, that it plays at a moment, in whatever epochs.
    pub(crate) fn since(&self, at: Time) -> Time {
        let until = self.bands.partition_point(|band| band.from <= at);
        let mut past = self.bands[..until].iter().rev();
        let Some(now) = past.next() else { return Time::ZERO };
        past.take_while(|band| (band.status, band.stance) == (now.status, now.stance)).last().unwrap_or(now).from
    }
}

/// Whether an event was done to the run from outside, except that a client was asked for something.
fn is_act<P: Shown>(event: &Event<P>) -> bool {
    match event.kind {
        EventKind::Crashed { .. }
        | EventKind::Restarted { .. }
        | EventKind::Wiped { .. }
        | EventKind::Cut { .. }
        | EventKind::Healed { .. }
        | EventKind::FsyncSet { .. }
        | EventKind::Paused { .. }
        | EventKind::Resumed { .. }
        | EventKind::Slowed { .. }
        | EventKind::ClockSet { .. }
        | EventKind::Expired { .. }
        | EventKind::Shaped { .. }
        | EventKind::Delayed { .. } => true,
        EventKind::Duplicated { by, .. } => by.is_some(),
        EventKind::Dropped { loss, .. } => matches!(loss, Loss::Picked(_)),
        _ => false,
    }
}
