//! A live run of any protocol that can be [`Shown`]: the kernel's timeline behind the face that readers know.
//!
//! It turns states into pictures and events into sentences, and keeps neither: both are made when asked for,
//! but for what [`crate::record`] keeps of each branch.

use sim::{
    Action, By, ClockChange, Event, EventId, EventKind as Kind, EventSet, InFlight, Loss, MsgId, MsgOf, OpId,
    ProcessId, Target, Time, Timeline,
};

use crate::entry::{self, EntryEvents};
use crate::op::{Op, Outcome};
use crate::past::Past;
use crate::record::Record;
use crate::run::{Asked, Difference, Memory, OpRecord, Refusal, Run};
use crate::scenario::Scenario;
use crate::shown::{Held, Reasons, Shown, State, TimerLook};
use crate::view::{
    ARROWS_MAX, Arrow, ArrowEnd, Band, Because, BranchView, CELLS_MAX, Cell, ClientLane, ClientView, CutView, Diagram,
    EventKind, EventView, Group, LOSS_SHOWN, LaneView, LinkView, LossView, MachineView, Mark, MessageView, NodeView,
    OpSpan, Point, PromiseView, Row, Status, Step, Story, TimerView, Value, View,
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
        let record = Record::new(&protocol);
        let timeline = Timeline::new(protocol, scenario.seed, network, scenario.script.clone(), scenario.until);
        let mut live = Self { scenario, names, timeline, records: vec![record] };
        live.follow();
        live
    }

    /// Brings the record of the branch that is looked at up to its frontier.
    fn follow(&mut self) {
        let protocol = self.timeline.protocol();
        while self.records.len() < self.timeline.branches().count() {
            self.records.push(Record::new(protocol));
        }
        self.records[self.timeline.current()].follow(protocol, &self.names, self.timeline.trace());
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
        let status = match world.process(id) {
            None => Status::Down,
            Some(_) if world.is_paused(id) => Status::Paused,
            Some(_) => Status::Up,
        };
        let mut look = protocol.server(id, self.state(id));
        look.groups.extend(self.machine(id));
        let (mut timer, mut beat) = (None, None);
        for armed in world.timers(id) {
            let name = P::timer_name(armed.timer);
            let seen = |full| Some(TimerView { name, set: armed.set_at, due: armed.due, full });
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
            store: look.store,
            peers: look.peers,
            machine: MachineView {
                slow: world.slowness(id),
                lies: world.lies(id),
                drift: world.drift(id),
                ahead: world.wall(id).saturating_sub(i64::try_from(world.now().0).unwrap_or(i64::MAX)),
                unsynced: u32::try_from(world.unsynced(id).len()).unwrap_or(u32::MAX),
                waiting: u32::try_from(world.inbox(id).count()).unwrap_or(u32::MAX),
            },
        }
    }

    fn state(&self, id: ProcessId) -> State<'_, P> {
        let world = self.timeline.world();
        world.process(id).map_or_else(|| State::Down(world.disk(id)), State::Up)
    }

    /// What is out of the ordinary about the machine that a server runs on; nothing if nothing is.
    fn machine(&self, id: ProcessId) -> Option<Group> {
        let world = self.timeline.world();
        let mut rows: Vec<Row> = Vec::new();
        let mut row = |key, value: String| rows.push(Row { key, value: Value::Text(value) });
        if world.is_paused(id) {
            row("runs", "stalled".to_owned());
        }
        match world.slowness(id) {
            0 => {}
            times => row("each input takes", words::work(times).to_string()),
        }
        match world.inbox(id).count() {
            0 => {}
            waiting => row("inputs that wait", waiting.to_string()),
        }
        // The time of day is ahead or back by what it jumped and what the clock gained.
        let true_time = i64::try_from(world.now().0).unwrap_or(i64::MAX);
        match world.wall(id).saturating_sub(true_time) {
            0 => {}
            off => row("clock", words::clock_off(off)),
        }
        match world.drift(id) {
            0 => {}
            ppm => row("clock speed", words::drift(ppm)),
        }
        if world.lies(id) {
            row("fsync", "lies".to_owned());
        }
        match world.unsynced(id).len() {
            0 => {}
            writes => row("writes without fsync", writes.to_string()),
        }
        (!rows.is_empty()).then_some(Group { title: "The machine", remark: "what is unusual about it", rows })
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
        let view = |(a, b)| LinkView {
            a,
            b,
            ab_cut: world.is_cut(a, b),
            ba_cut: world.is_cut(b, a),
            ab_shape: world.changed(a, b),
            ba_shape: world.changed(b, a),
        };
        linked.map(view).collect()
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
                broken: broken.clone().filter(|breach| breach.at <= now),
            })
            .collect()
    }
}

/// The diagram.
impl<P: Shown> Live<P> {
    fn arrow(&self, sent: EventId, id: MsgId) -> Option<Arrow> {
        let trace = self.timeline.trace();
        let sending = trace.get(sent)?;
        let Kind::Sent { to, message, .. } = &sending.kind else { return None };
        let end = match self.record().flights.end_of(id, trace) {
            (None, due) => ArrowEnd::Flying(due),
            (Some(end), at) if matches!(trace.get(end)?.kind, Kind::Dropped { .. }) => ArrowEnd::Lost(end, at),
            (Some(end), at) => ArrowEnd::Arrived(end, at),
        };
        let look = self.timeline.protocol().message(message);
        Some(Arrow {
            id,
            from: sending.process?,
            to: *to,
            sent,
            sent_at: sending.at,
            end,
            shape: look.shape,
            kind: look.kind,
            epoch: look.epoch,
            label: look.label,
        })
    }

    fn point(&self, event: &Event<P>) -> Option<Point> {
        let process = event.process?;
        let kind = kind::<P>(event);
        let asked = matches!(event.kind, Kind::Requested { .. }) && process.0 >= self.timeline.protocol().servers();
        // What a client is asked for, it begins.
        if asked || matches!(kind, EventKind::Message | EventKind::Rule | EventKind::Halted) {
            return None;
        }
        let epochs = &self.record().epochs;
        let epoch = epochs.binary_search_by_key(&event.id, |begun| begun.0).ok().map(|place| epochs[place].1);
        Some(Point { event: event.id, at: event.at, process, kind, epoch })
    }
}

/// The events.
impl<P: Shown> Live<P> {
    fn tell(&self, event: &Event<P>) -> EventView {
        self.tell_of(self.record(), &self.before(), event)
    }

    /// An event of a branch with this record and this past.
    fn tell_of(&self, record: &Record, past: &Past<'_, P>, event: &Event<P>) -> EventView {
        let op = |id| record.op(id).map(|record| &record.op);
        EventView {
            id: event.id,
            at: event.at,
            process: event.process,
            kind: kind::<P>(event),
            text: words::event(&self.names, past, event, op),
            cause: event.cause,
        }
    }

    fn mark(&self, id: EventId) -> Option<Mark> {
        let event = self.timeline.trace().get(id)?;
        Some(Mark { event: self.tell(event), word: words::mark::<P>(event) })
    }

    fn before(&self) -> Past<'_, P> {
        Past { trace: self.timeline.trace(), acts: &self.record().acts }
    }

    /// What made an event happen. The chain names a message's arrival, not its sending, and goes on from what
    /// the sender says of why it sent it.
    fn reasons(&self, event: &Event<P>) -> Reasons {
        let past = self.before();
        if let Some(by) = self.made_to_run_out(event) {
            return Reasons::go_on(Because::MadeToRunOut, by);
        }
        if let Some(reasons) = P::reasons(&past, event) {
            return reasons;
        }
        match (&event.kind, event.process) {
            (Kind::Delivered { id, sent, .. }, _) => match past.befell(*id, *sent, event.id) {
                Some(event) => {
                    let because = match event.kind {
                        Kind::Delayed { .. } => Because::HeldUp,
                        Kind::Waits { .. } => Because::Waited,
                        _ => Because::Doubled,
                    };
                    Reasons::go_on(because, event.id)
                }
                None => self.sent_because(*sent),
            },
            (Kind::Sent { .. }, _) => self.sent_because(event.id),
            (Kind::Delayed { sent, .. } | Kind::Duplicated { sent, .. }, _) => self.sent_because(*sent),
            (Kind::Waits { sent, .. }, Some(who)) => match past.stalled_by(who, event.id) {
                Some(stall) => Reasons::end(Because::Stalled, stall.id),
                None => match past.slowed_by(who, event.id) {
                    Some(slow) => Reasons::end(Because::Slow, slow.id),
                    None => self.sent_because(*sent),
                },
            },
            (Kind::Dropped { loss: Loss::Chance | Loss::Picked(_), .. }, _) => Reasons::none(),
            (Kind::Dropped { loss: Loss::NoLink, sent, .. }, _) => self.sent_because(*sent),
            (Kind::Dropped { .. }, _) => {
                event.cause.map_or_else(Reasons::none, |cause| Reasons::go_on(Because::LostTo, cause))
            }
            (Kind::TimerFired { .. }, _) => {
                event.cause.map_or_else(Reasons::none, |cause| Reasons::end(Because::SetBy, cause))
            }
            _ => self.because_of_step(event),
        }
    }

    /// What made somebody's timer run out, if it was somebody.
    fn made_to_run_out(&self, event: &Event<P>) -> Option<EventId> {
        let cause = event.cause.filter(|_| matches!(event.kind, Kind::TimerFired { .. }))?;
        let by = self.timeline.trace().get(cause)?;
        matches!(by.kind, Kind::Expired { .. }).then_some(cause)
    }

    fn sent_because(&self, sent: EventId) -> Reasons {
        self.said_of(sent).map_or_else(Reasons::none, |said| Reasons::go_on(Because::SentBecause, said))
    }

    /// An event is due to what began the step that it is part of.
    fn because_of_step(&self, event: &Event<P>) -> Reasons {
        let Some(root) = event.cause.and_then(|cause| self.timeline.trace().get(cause)) else { return Reasons::none() };
        let because = match (&event.kind, &root.kind) {
            (Kind::Breached(_), _) => Because::DoneIn,
            (_, Kind::Delivered { .. }) => Because::Received,
            (_, Kind::TimerFired { .. }) => Because::TimerRanOut,
            (_, Kind::Started | Kind::Restarted { .. }) => Because::CameUp,
            (_, Kind::Requested { .. }) => Because::Asked,
            _ => Because::SetBy,
        };
        Reasons::go_on(because, root.id)
    }

    /// How an answer ends with an event after which nothing more is told.
    fn end(event: &Event<P>) -> Option<Because> {
        match author(event) {
            Some(by) => Some(Because::Acted(by)),
            None => match event.kind {
                Kind::Dropped { loss: Loss::Chance, .. } | Kind::Duplicated { .. } => Some(Because::Chance),
                _ => None,
            },
        }
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
            Action::Crash(target) | Action::Restart(target) | Action::CrashTorn { who: target, .. } => {
                let client = process(target).filter(|id| id.0 >= servers)?;
                format!("{} is a client: only servers crash", self.names.of(client))
            }
            Action::Wipe(target) | Action::SetFsync { who: target, .. } => {
                let client = process(target).filter(|id| id.0 >= servers)?;
                format!("{} is a client: only servers have a disk", self.names.of(client))
            }
            Action::Request { to, op: Op::Admin(_) } => {
                let client = process(to).filter(|id| id.0 >= servers)?;
                format!("{} is a client: ask a server", self.names.of(client))
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

    fn branches(&self) -> Vec<BranchView> {
        let forks: Vec<(usize, Time)> = self.timeline.branches().collect();
        let view = |(nth, &(mut parent, fork)): (usize, &(usize, Time))| {
            // What a run had not done yet when another left it, it has from the one that it left itself.
            while fork < forks[parent].1 {
                parent = forks[parent].0;
            }
            let last = self.timeline.trace_of(nth).and_then(|trace| trace.iter().next_back()).map_or(fork, |e| e.at);
            BranchView { name: self.timeline.name(nth).map(str::to_owned), parent, fork, last }
        };
        forks.iter().enumerate().map(view).collect()
    }

    fn branch(&self) -> usize {
        self.timeline.current()
    }

    fn switch(&mut self, branch: usize) {
        self.timeline.switch(branch);
        self.follow();
    }

    fn name_branch(&mut self, branch: usize, name: Option<String>) -> Result<(), Refusal> {
        self.timeline.set_name(branch, name).map_err(|why| Refusal(words::refusal(&self.names, &why)))
    }

    fn delete_branch(&mut self, branch: usize) -> Result<(), Refusal> {
        self.timeline.delete(branch).map_err(|why| Refusal(words::refusal(&self.names, &why)))?;
        self.records.remove(branch);
        Ok(())
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

    fn missing(&self, node: ProcessId) -> Vec<OpId> {
        let (now, protocol) = (self.now(), self.timeline.protocol());
        if node.0 >= protocol.servers() {
            return Vec::new();
        }
        let state = self.state(node);
        let has = |&(index, epoch): &(u64, u64)| match protocol.entry(state, index) {
            Held::Entry(of) => of == epoch,
            Held::Snapshot => true,
            Held::Nothing => false,
        };
        let written = self.record().history.iter().filter(|record| {
            matches!(&record.completed, Some((at, Outcome::Written)) if *at <= now) && record.op.is_logged()
        });
        written.filter(|record| !record.entries.iter().any(has)).map(|record| record.id).collect()
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
        let client = |(process, ops): (ProcessId, &Vec<OpSpan>)| ClientLane {
            process,
            name: self.names.of(process).to_owned(),
            ops: ops.clone(),
        };
        let mut able = record.ability.spans.clone();
        if let Some(last) = able.last_mut() {
            last.to = frontier;
        }
        Story {
            frontier,
            lanes: self.servers().map(lane).collect(),
            cuts: record.cuts.clone(),
            marks: record.marks.iter().filter_map(|&id| self.mark(id)).collect(),
            clients: self.everyone().skip(record.lanes.len()).zip(&record.spans).map(client).collect(),
            able,
        }
    }

    fn events(&self, from: Time, to: Time) -> Vec<EventView> {
        self.timeline.trace().between(from, to).map(|event| self.tell(event)).collect()
    }

    fn event(&self, id: EventId) -> Option<EventView> {
        self.timeline.trace().get(id).map(|event| self.tell(event))
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

    fn scenario(&self) -> Scenario {
        Scenario { script: self.timeline.script().to_vec(), ..self.scenario.clone() }
    }
}

impl<P: Shown> Asked for Live<P> {
    fn first_difference(&self, a: usize, b: usize) -> Option<Difference> {
        let past = |nth: usize| {
            let record = self.records.get(nth)?;
            Some((record, Past { trace: self.timeline.trace_of(nth)?, acts: &record.acts }))
        };
        let (of_a, of_b) = (past(a)?, past(b)?);
        let id = self.timeline.first_difference(a, b)?;
        let tell = |(record, past): (&Record, Past<'_, P>)| {
            let event = past.trace.get(id)?;
            Some(self.tell_of(record, &past, event))
        };
        Some((tell(of_a), tell(of_b)))
    }

    fn cells(&self, node: ProcessId, from: u64, to: u64) -> Vec<Cell> {
        if node.0 >= self.timeline.protocol().servers() {
            return Vec::new();
        }
        let to = to.min(from.saturating_add(CELLS_MAX - 1));
        self.timeline.protocol().cells(self.state(node), from, to)
    }

    fn entry(&self, node: ProcessId, index: u64) -> EntryEvents {
        let (taken_in, settled) = entry::events(self.timeline.trace(), node, index, self.now());
        let tell = |id: Option<EventId>| id.and_then(|id| self.event(id));
        EntryEvents { taken_in: tell(taken_in), settled: tell(settled) }
    }

    fn diagram(&self, from: Time, to: Time) -> Diagram {
        if from > to {
            return Diagram::default();
        }
        let flights = self.record().flights.between(from, to, self.timeline.trace());
        let arrows = flights.iter().take(ARROWS_MAX).filter_map(|&(sent, id)| self.arrow(sent, id)).collect();
        let mut diagram = Diagram { arrows, points: Vec::new(), more: flights.len() > ARROWS_MAX };
        for point in self.timeline.trace().between(from, to).filter_map(|event| self.point(event)) {
            if diagram.points.len() == ARROWS_MAX {
                diagram.more = true;
                break;
            }
            diagram.points.push(point);
        }
        diagram
    }

    fn why(&self, id: EventId) -> Vec<Step> {
        let trace = self.timeline.trace();
        let mut chain: Vec<(&Event<P>, Option<Because>)> =
            trace.get(id).map(|event| (event, None)).into_iter().collect();
        while let Some((last, because)) = chain.last_mut().filter(|(event, _)| event.id.0 > 0) {
            let reasons = self.reasons(last);
            if reasons.events.is_empty() {
                *because = Self::end(last);
                break;
            }
            for (because, reason) in reasons.events {
                if let (Some(reason), Some(last)) = (trace.get(reason), chain.last_mut()) {
                    last.1 = Some(because);
                    chain.push((reason, None));
                }
            }
            if !reasons.go_on || chain.len() >= WHY_MAX {
                chain.truncate(WHY_MAX);
                if let Some((last, because)) = chain.last_mut() {
                    *because = Self::end(last);
                }
                break;
            }
        }
        chain.into_iter().map(|(event, because)| Step { event: self.tell(event), because }).collect()
    }

    fn past(&self, id: EventId) -> EventSet {
        self.timeline.trace().past(id)
    }

    fn future(&self, id: EventId) -> EventSet {
        self.timeline.trace().future(id)
    }

    fn memory(&self) -> Memory {
        let events = self.timeline.trace().len();
        let trace_bytes = events * size_of::<Event<P>>();
        Memory { checkpoint_bytes: self.timeline.checkpoint_bytes(), trace_bytes, events }
    }

    fn hash(&self) -> u64 {
        self.timeline.trace().digest()
    }
}

/// Who did what came from outside.
fn author<P: Shown>(event: &Event<P>) -> Option<By> {
    match event.kind {
        Kind::Crashed { by, .. }
        | Kind::Restarted { by }
        | Kind::Wiped { by }
        | Kind::Cut { by, .. }
        | Kind::Healed { by, .. }
        | Kind::Requested { by, .. }
        | Kind::Refused { by, .. }
        | Kind::FsyncSet { by, .. }
        | Kind::Paused { by }
        | Kind::Resumed { by }
        | Kind::Slowed { by, .. }
        | Kind::ClockSet { by, .. }
        | Kind::Expired { by, .. }
        | Kind::Shaped { by, .. }
        | Kind::Delayed { by, .. }
        | Kind::Dropped { loss: Loss::Picked(by), .. } => Some(by),
        Kind::Duplicated { by, .. } => by,
        _ => None,
    }
}

fn kind<P: Shown>(event: &Event<P>) -> EventKind {
    match &event.kind {
        Kind::Restarted { .. }
        | Kind::Healed { .. }
        | Kind::Resumed { .. }
        | Kind::FsyncSet { lies: false, .. }
        | Kind::Slowed { times: 0, .. }
        | Kind::ClockSet { change: ClockChange::Drift(0), .. }
        | Kind::Shaped { change: None, .. } => EventKind::Mend,
        Kind::Crashed { .. }
        | Kind::Wiped { .. }
        | Kind::Cut { .. }
        | Kind::Paused { .. }
        | Kind::FsyncSet { .. }
        | Kind::Slowed { .. }
        | Kind::ClockSet { .. }
        | Kind::Shaped { .. }
        | Kind::Expired { .. }
        | Kind::Delayed { .. }
        | Kind::Duplicated { by: Some(_), .. }
        | Kind::Dropped { loss: Loss::Picked(_), .. } => EventKind::Fault,
        Kind::Requested { .. } | Kind::Invoked { .. } | Kind::Completed { .. } => EventKind::Client,
        Kind::Sent { .. }
        | Kind::Delivered { .. }
        | Kind::Dropped { .. }
        | Kind::Duplicated { .. }
        | Kind::Waits { .. } => EventKind::Message,
        Kind::TimerFired { .. } => EventKind::Timer,
        Kind::Noted(note) => P::note_kind(note),
        Kind::Breached(_) => EventKind::Breach,
        Kind::Refused { .. } => EventKind::Refused,
        Kind::Halted(_) => EventKind::Halted,
        Kind::Started => EventKind::Rule,
    }
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
