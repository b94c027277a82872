//! A live run of any protocol that can be [`Shown`]: the kernel's timeline behind the face that readers know.
//!
//! It turns states into pictures and events into sentences, and keeps neither: both are made when asked for,
//! but for what [`crate::record`] keeps of each branch.

use sim::{Action, Event, EventId, EventKind as Kind, InFlight, MsgOf, ProcessId, Target, Time, Timeline};

use crate::op::Op;
use crate::record::Record;
use crate::run::{OpRecord, Refusal, Run};
use crate::scenario::Scenario;
use crate::shown::{Reasons, Shown, State, TimerLook};
use crate::view::{
    Band, ClientView, CutView, EventKind, EventView, LOSS_SHOWN, LaneView, LinkView, LossView, MessageView, NodeView,
    PromiseView, Status, Story, TimerView, View,
};
use crate::words::{self, Names};

/// The longest chain of causes that is told.
pub const WHY_MAX: usize = 32;

/// A run of protocol `P`.
pub struct Live<P: Shown> {
    /// As it was started.
    scenario: Scenario,
    names: Names,
    timeline: Timeline<P>,
    /// One for each branch.
    records: Vec<Record>,
}

impl<P: Shown> Live<P> {
    /// Starts a valid scenario.
    pub(crate) fn new(scenario: Scenario, protocol: P) -> Self {
        let clients = scenario.clients.iter().map(|client| client.name.clone());
        let names = Names::new(scenario.nodes.iter().cloned().chain(clients).collect());
        let network = scenario.network.clone();
        let servers = protocol.servers();
        let timeline = Timeline::new(protocol, scenario.seed, network, scenario.script.clone(), scenario.until);
        let mut live = Self { scenario, names, timeline, records: vec![Record::new::<P>(servers)] };
        live.follow();
        live
    }

    /// Brings the record of the branch that is looked at up to its frontier.
    fn follow(&mut self) {
        let servers = self.timeline.protocol().servers();
        while self.records.len() < self.timeline.branches().count() {
            self.records.push(Record::new::<P>(servers));
        }
        self.records[self.timeline.current()].follow(&self.names, self.timeline.trace());
    }

    fn record(&self) -> &Record {
        &self.records[self.timeline.current()]
    }

    fn servers(&self) -> impl Iterator<Item = ProcessId> + use<P> {
        (0..self.timeline.protocol().servers()).map(ProcessId)
    }

    fn everyone(&self) -> impl Iterator<Item = ProcessId> + use<P> {
        (0..self.timeline.protocol().population()).map(ProcessId)
    }
}

/// The picture.
impl<P: Shown> Live<P> {
    fn node(&self, id: ProcessId) -> NodeView {
        let (world, protocol) = (self.timeline.world(), self.timeline.protocol());
        let process = world.process(id);
        let status = if process.is_some() { Status::Up } else { Status::Down };
        let look = protocol.server(id, process.map_or_else(|| State::Down(world.disk(id)), State::Up));
        let (mut timer, mut beat) = (None, None);
        for armed in world.timers(id) {
            let seen = |full| Some(TimerView { set: armed.set_at, due: armed.due, full });
            match protocol.timer(armed.timer) {
                TimerLook::Decides(full) => timer = seen(full),
                TimerLook::Beats(full) => beat = seen(full),
                TimerLook::Hidden => {}
            }
        }
        NodeView {
            id,
            name: self.names.of(id).to_owned(),
            status,
            stance: look.stance,
            role: look.role,
            since: self.record().lanes[id.index()].since(self.now()),
            epoch: look.epoch,
            timer,
            beat,
            strip: look.strip,
            groups: look.groups,
        }
    }

    fn client(&self, id: ProcessId) -> ClientView {
        let look = self.timeline.world().process(id).map(|process| self.timeline.protocol().client(process));
        let waiting = self.record().waiting(id, self.now());
        ClientView {
            id,
            name: self.names.of(id).to_owned(),
            asks: look.and_then(|look| look.asks),
            waiting: waiting.map(|record| (record.op.to_string(), record.invoked)),
            done: look.map_or(0, |look| look.done),
            unknown: look.map_or(0, |look| look.unknown),
        }
    }

    fn links(&self) -> Vec<LinkView> {
        let world = self.timeline.world();
        let pairs = self.everyone().flat_map(|a| self.everyone().map(move |b| (a, b)));
        let linked = pairs.filter(|&(a, b)| a < b && world.is_linked(a, b));
        linked.map(|(a, b)| LinkView { a, b, ab_cut: world.is_cut(a, b), ba_cut: world.is_cut(b, a) }).collect()
    }

    fn message(&self, flight: &InFlight<MsgOf<P>>) -> MessageView {
        let look = self.timeline.protocol().message(&flight.message);
        MessageView {
            id: flight.id,
            from: flight.from,
            to: flight.to,
            sent: flight.sent_at,
            due: flight.due,
            shape: look.shape,
            kind: look.kind,
            epoch: look.epoch,
            label: look.label,
            fields: look.fields,
        }
    }

    /// A message that was lost, as its `Sent` event has it.
    fn loss(&self, event: &Event<P>) -> Option<LossView> {
        let Kind::Dropped { id, from, to, sent, .. } = event.kind else { return None };
        let event_of_sending = self.timeline.trace().get(sent)?;
        let Kind::Sent { due, message, .. } = &event_of_sending.kind else { return None };
        let (sent_at, message) = (event_of_sending.at, message.clone());
        let flight = InFlight { id, from, to, sent_at, due: *due, sent, message };
        Some(LossView { message: self.message(&flight), at: event.at })
    }

    fn promises(&self) -> Vec<PromiseView> {
        let now = self.now();
        let broken = self.record().broken.iter();
        P::PROMISES
            .iter()
            .zip(broken)
            .map(|(&(name, promise), broken)| PromiseView {
                name,
                promise,
                broken: broken.clone().filter(|(at, _)| *at <= now),
            })
            .collect()
    }
}

/// The events.
impl<P: Shown> Live<P> {
    fn tell(&self, event: &Event<P>) -> EventView {
        let op = |id| self.record().op(id).map(|record| &record.op);
        EventView {
            id: event.id,
            at: event.at,
            process: event.process,
            kind: kind::<P>(event),
            text: words::event(&self.names, self.timeline.trace(), event, op),
            cause: event.cause,
        }
    }

    /// What made an event happen. The chain names a message's arrival, not its sending, and goes on from what
    /// the sender says of why it sent it.
    fn reasons(&self, event: &Event<P>) -> Reasons {
        let trace = self.timeline.trace();
        if let Some(reasons) = P::reasons(trace, event) {
            return reasons;
        }
        let cause = match event.kind {
            Kind::Delivered { sent, .. } => self.said_of(sent),
            Kind::Sent { .. } => self.said_of(event.id),
            _ => event.cause,
        };
        Reasons { events: cause.into_iter().collect(), go_on: true }
    }

    /// What a process said last, within the same step, before it sent a message; else what began the step.
    fn said_of(&self, sent: EventId) -> Option<EventId> {
        let trace = self.timeline.trace();
        let root = trace.get(sent)?.cause?;
        let step = (root.0..sent.0).rev().filter_map(|id| trace.get(EventId(id)));
        let said = step.filter(|event| matches!(event.kind, Kind::Noted(_) | Kind::Invoked { .. }));
        let said = said.into_iter().find(|event| event.cause == Some(root)).map(|event| event.id);
        Some(said.unwrap_or(root))
    }

    /// Why an action is refused although the kernel could do it.
    fn refuse(&self, action: &Action<Op>) -> Option<Refusal> {
        let servers = self.timeline.protocol().servers();
        let known = |id: &ProcessId| id.0 < self.timeline.protocol().population();
        let process = |target: &Target| if let Target::Process(id) = target { Some(*id).filter(known) } else { None };
        let refused = match action {
            Action::Crash(target) | Action::Restart(target) => {
                let client = process(target).filter(|id| id.0 >= servers)?;
                format!("{} is a client: only servers crash", self.names.of(client))
            }
            Action::Request { to, .. } => {
                let server = process(to).filter(|id| id.0 < servers)?;
                format!("{} is a server: ask a client", self.names.of(server))
            }
            _ => return None,
        };
        Some(Refusal(format!("This can't be done: {refused}")))
    }
}

impl<P: Shown> Run for Live<P> {
    fn now(&self) -> Time {
        self.timeline.now()
    }

    fn frontier(&self) -> Time {
        self.timeline.frontier()
    }

    fn end(&self) -> Time {
        self.timeline.end()
    }

    fn seek(&mut self, to: Time) {
        self.timeline.seek(to);
        self.follow();
    }

    fn act(&mut self, action: Action<Op>) -> Result<(), Refusal> {
        if let Some(refusal) = self.refuse(&action) {
            return Err(refusal);
        }
        self.timeline.act(action).map_err(|why| Refusal(words::refusal(&self.names, &why)))?;
        self.follow();
        Ok(())
    }

    fn branches(&self) -> Vec<(usize, Time)> {
        self.timeline.branches().collect()
    }

    fn branch(&self) -> usize {
        self.timeline.current()
    }

    fn switch(&mut self, branch: usize) {
        self.timeline.switch(branch);
        self.follow();
    }

    fn view(&self) -> View {
        let world = self.timeline.world();
        let now = self.now();
        let servers = self.timeline.protocol().servers();
        let cuts = world.cuts().iter().map(|cut| CutView {
            event: cut.event,
            since: cut.since,
            by: cut.by,
            sides: cut.sides.clone(),
            links: cut.links.clone(),
        });
        View {
            at: now,
            epoch_word: P::EPOCH_WORD,
            nodes: self.servers().map(|id| self.node(id)).collect(),
            clients: self.everyone().skip(usize::from(servers)).map(|id| self.client(id)).collect(),
            links: self.links(),
            messages: world.in_flight().map(|flight| self.message(flight)).collect(),
            losses: self.timeline.trace().between(now - LOSS_SHOWN, now).filter_map(|event| self.loss(event)).collect(),
            cuts: cuts.collect(),
            promises: self.promises(),
        }
    }

    fn story(&self) -> Story {
        let (record, frontier) = (self.record(), self.frontier());
        let lane = |process: ProcessId| {
            let lane = &record.lanes[process.index()];
            let mut bands: Vec<Band> = lane.bands.clone();
            if let Some(last) = bands.last_mut() {
                last.to = frontier;
            }
            LaneView { process, name: self.names.of(process).to_owned(), bands, commits: lane.commits.clone() }
        };
        Story {
            frontier,
            lanes: self.servers().map(lane).collect(),
            cuts: record.cuts.clone(),
            marks: record.marks.iter().filter_map(|&id| self.event(id)).collect(),
        }
    }

    fn events(&self, from: Time, to: Time) -> Vec<EventView> {
        self.timeline.trace().between(from, to).map(|event| self.tell(event)).collect()
    }

    fn event(&self, id: EventId) -> Option<EventView> {
        self.timeline.trace().get(id).map(|event| self.tell(event))
    }

    fn why(&self, id: EventId) -> Vec<EventView> {
        let trace = self.timeline.trace();
        let mut chain: Vec<&Event<P>> = trace.get(id).into_iter().collect();
        while let Some(last) = chain.last().filter(|_| chain.len() < WHY_MAX) {
            let reasons = self.reasons(last);
            let before = chain.len();
            chain.extend(reasons.events.iter().filter_map(|&id| trace.get(id)));
            if !reasons.go_on || chain.len() == before {
                break;
            }
        }
        chain.into_iter().map(|event| self.tell(event)).collect()
    }

    fn next_event(&mut self) -> Option<Time> {
        self.timeline.next_event_time()
    }

    fn previous_event(&self) -> Option<Time> {
        self.timeline.previous_event_time()
    }

    fn history(&self) -> Vec<OpRecord> {
        self.record().history.clone()
    }

    fn hash(&self) -> u64 {
        self.timeline.trace().digest()
    }

    fn scenario(&self) -> Scenario {
        Scenario { script: self.timeline.script().to_vec(), ..self.scenario.clone() }
    }
}

fn kind<P: Shown>(event: &Event<P>) -> EventKind {
    match &event.kind {
        Kind::Crashed { .. } | Kind::Cut { .. } => EventKind::Fault,
        Kind::Restarted { .. } | Kind::Healed { .. } => EventKind::Mend,
        Kind::Requested { .. } | Kind::Invoked { .. } | Kind::Completed { .. } => EventKind::Client,
        Kind::Sent { .. } | Kind::Delivered { .. } | Kind::Dropped { .. } => EventKind::Message,
        Kind::TimerFired { .. } => EventKind::Timer,
        Kind::Noted(note) => P::note_kind(note),
        Kind::Breached(_) => EventKind::Breach,
        Kind::Wiped { .. } | Kind::Paused { .. } => EventKind::Fault,
        Kind::Resumed { .. } => EventKind::Mend,
        Kind::FsyncSet { .. } | Kind::Slowed { .. } | Kind::ClockSet { .. } | Kind::Shaped { .. } => EventKind::Fault,
        Kind::Expired { .. } | Kind::Delayed { .. } | Kind::Duplicated { .. } => EventKind::Fault,
        Kind::Waits { .. } => EventKind::Message,
        // Something that did not happen broke nothing.
        Kind::Started | Kind::Refused { .. } | Kind::Halted(_) => EventKind::Rule,
    }
}
