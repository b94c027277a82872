//! A run made by hand, for tests of the drawing: five nodes at 1674 ms, cut in two, each side with a leader.

use lesson::{Control, Lab, Panel, Size};
use protocols::run::{Difference, Memory, OpRecord};
use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scheduled};
use protocols::view::{
    Band, Because, BranchView, Cell, ClientView, CutSpan, CutView, EventKind, EventView, Group, LaneView, LinkView,
    LossView, Mark, MessageView, NodeView, PromiseView, Row, Shape, Stance, Status, Step, Story, Strip, TimerView,
    Value, View,
};
use protocols::{Op, Refusal, Run, Scenario};
use sim::{Action, By, EventId, EventSet, MsgId, OpId, ProcessId, Span, Time};

const fn at(ms: u64) -> Time {
    Time(ms * 1_000)
}

fn strip(epochs: &[u64], settled: u64) -> Strip {
    let cell = |(i, &epoch): (usize, &u64)| {
        let index = i as u64 + 1;
        let label = if index % 3 == 1 { "no-op".to_owned() } else { format!("x = {index}") };
        Cell { index, epoch, label, known: index <= settled }
    };
    let last = epochs.len() as u64;
    Strip { first: 1, last, settled, cells: epochs.iter().enumerate().map(cell).collect() }
}

fn node(id: u8, name: &str, stance: Stance, role: &'static str, epoch: u64, log: Strip) -> NodeView {
    let leads = stance == Stance::Leads;
    let timer =
        TimerView { set: at(1_640 + u64::from(id)), due: at(1_880 + 20 * u64::from(id)), full: Span::from_millis(300) };
    let beat = TimerView { set: at(1_655), due: at(1_705), full: Span::from_millis(50) };
    let groups = vec![
        Group {
            title: "On disk",
            remark: "survives a crash",
            rows: vec![
                Row { key: "currentTerm", value: Value::Epoch(epoch) },
                Row { key: "votedFor", value: Value::Node(Some(ProcessId(id))) },
                Row { key: "log", value: Value::Text(format!("{} entries", log.len())) },
            ],
        },
        Group {
            title: "In memory",
            remark: "",
            rows: vec![Row { key: "commitIndex", value: Value::Text(log.settled.to_string()) }],
        },
        Group {
            title: "Leaders only",
            remark: "set afresh at each election",
            rows: vec![Row { key: "nextIndex", value: Value::PerNode((0..4).map(|i| (ProcessId(i), 6)).collect()) }],
        },
    ];
    NodeView {
        id: ProcessId(id),
        name: name.to_owned(),
        status: Status::Up,
        stance,
        role,
        since: at(1_655),
        epoch,
        timer: (!leads).then_some(timer),
        beat: leads.then_some(beat),
        strip: log,
        groups,
    }
}

fn message(id: u32, from: u8, to: u8, sent: u64, shape: Shape, epoch: u64, label: &str) -> MessageView {
    MessageView {
        id: MsgId(id),
        from: ProcessId(from),
        to: ProcessId(to),
        sent: at(sent),
        due: at(sent + 20),
        shape,
        kind: "Message",
        epoch,
        label: label.to_owned(),
        fields: Vec::new(),
    }
}

/// The picture.
pub(crate) fn view() -> View {
    use Stance::{Follows, Leads};
    let side = |ids: &[u8]| ids.iter().copied().map(ProcessId).collect::<Vec<_>>();
    let mut links = Vec::new();
    for a in 0..5_u8 {
        for b in a + 1..5 {
            let cut = (a < 2) != (b < 2);
            links.push(LinkView { a: ProcessId(a), b: ProcessId(b), ab_cut: cut, ba_cut: cut });
        }
    }
    for (a, b) in [(0, 5), (1, 5), (3, 6)] {
        links.push(LinkView { a: ProcessId(a), b: ProcessId(b), ab_cut: false, ba_cut: false });
    }
    let client = |id, name: &str, asks, waits: &str| ClientView {
        id: ProcessId(id),
        name: name.to_owned(),
        asks: Some(ProcessId(asks)),
        waiting: Some((waits.to_owned(), at(1_478))),
        done: 3,
        unknown: 0,
    };
    View {
        at: at(1_674),
        epoch_word: "term",
        nodes: vec![
            node(0, "A", Leads, "Leader", 2, strip(&[1, 1, 2, 2, 2, 2, 2], 5)),
            node(1, "B", Follows, "Follower", 2, strip(&[1, 1, 2, 2, 2, 2, 2], 5)),
            node(2, "C", Follows, "Follower", 3, strip(&[1, 1, 2, 2, 2, 3], 4)),
            node(3, "D", Leads, "Leader", 3, strip(&[1, 1, 2, 2, 2, 3, 3], 4)),
            node(4, "E", Follows, "Follower", 3, strip(&[1, 1, 2, 2, 2, 3], 4)),
        ],
        clients: vec![client(5, "c1", 0, "x = 7"), client(6, "c2", 3, "y = 4")],
        links,
        messages: vec![
            message(1, 0, 1, 1_664, Shape::Cells(vec![2, 2]), 2, ""),
            message(2, 3, 2, 1_666, Shape::Cells(vec![3, 3]), 3, ""),
            message(3, 3, 4, 1_668, Shape::Beat, 3, ""),
            message(4, 2, 3, 1_669, Shape::Ack, 3, ""),
            message(5, 6, 3, 1_664, Shape::Request, 0, "x = 5"),
            message(6, 5, 0, 1_664, Shape::Request, 0, "x = 9"),
            message(7, 4, 2, 1_668, Shape::Ask, 3, ""),
        ],
        losses: vec![LossView { message: message(8, 3, 0, 1_660, Shape::Ask, 3, ""), at: at(1_660) }],
        cuts: vec![CutView {
            event: EventId(4),
            since: at(1_412),
            by: By::Reader,
            sides: vec![side(&[0, 1]), side(&[2, 3, 4])],
            links: vec![(ProcessId(0), ProcessId(2))],
        }],
        promises: [
            "Election safety",
            "Leader append-only",
            "Log matching",
            "Leader completeness",
            "State-machine safety",
        ]
        .map(|name| PromiseView { name, promise: "It holds", broken: None })
        .to_vec(),
    }
}

fn event(id: u32, ms: u64, process: Option<u8>, kind: EventKind, text: &str) -> EventView {
    let cause = id.checked_sub(1).map(EventId);
    EventView { id: EventId(id), at: at(ms), process: process.map(ProcessId), kind, text: text.to_owned(), cause }
}

fn all_events() -> Vec<EventView> {
    vec![
        event(1, 470, Some(2), EventKind::Fault, "You crash C"),
        event(2, 900, Some(2), EventKind::Mend, "You restart C"),
        event(4, 1_412, None, EventKind::Fault, "You cut A, B from C, D, E"),
        event(5, 1_625, Some(3), EventKind::Rule, "D hears nothing for 212 ms and asks for votes"),
        event(6, 1_655, Some(3), EventKind::Role, "D becomes leader of term 3"),
        event(7, 1_667, Some(4), EventKind::Rule, "E stores entry 6 of D, term 3"),
        event(8, 1_672, Some(1), EventKind::Rule, "B stores entry 7 of A, term 2"),
    ]
}

fn mark(event: EventView) -> Option<Mark> {
    let word = match (event.kind, event.process) {
        (EventKind::Fault, Some(_)) => "crash",
        (EventKind::Fault, None) => "cut",
        (EventKind::Mend, _) => "restart",
        _ => return None,
    };
    Some(Mark { event, word })
}

/// The whole run.
pub(crate) fn story() -> Story {
    use Stance::{Asks, Follows, Leads};
    let band = |from, to, stance, epoch| Band { from: at(from), to: at(to), status: Status::Up, stance, epoch };
    let down = |from, to| Band { from: at(from), to: at(to), status: Status::Down, stance: Follows, epoch: 1 };
    let lane = |id, name: &str, bands| LaneView {
        process: ProcessId(id),
        name: name.to_owned(),
        bands,
        commits: vec![at(300), at(800), at(1_700)],
    };
    Story {
        frontier: at(2_480),
        lanes: vec![
            lane(
                0,
                "A",
                vec![
                    band(0, 220, Follows, 0),
                    band(220, 680, Follows, 1),
                    band(680, 770, Asks, 2),
                    band(770, 2_300, Leads, 2),
                    band(2_300, 2_480, Follows, 3),
                ],
            ),
            lane(1, "B", vec![band(0, 240, Follows, 0), band(240, 700, Follows, 1), band(700, 2_480, Follows, 2)]),
            lane(
                2,
                "C",
                vec![
                    band(0, 190, Follows, 0),
                    band(190, 220, Asks, 1),
                    band(220, 470, Leads, 1),
                    down(470, 900),
                    band(900, 1_640, Follows, 2),
                    band(1_640, 2_480, Follows, 3),
                ],
            ),
            lane(
                3,
                "D",
                vec![
                    band(0, 200, Follows, 0),
                    band(200, 730, Follows, 1),
                    band(730, 1_625, Follows, 2),
                    band(1_625, 1_655, Asks, 3),
                    band(1_655, 2_480, Leads, 3),
                ],
            ),
            lane(
                4,
                "E",
                vec![
                    band(0, 200, Follows, 0),
                    band(200, 720, Follows, 1),
                    band(720, 1_640, Follows, 2),
                    band(1_640, 2_480, Follows, 3),
                ],
            ),
        ],
        cuts: vec![CutSpan {
            event: EventId(4),
            from: at(1_412),
            to: Some(at(2_240)),
            by: By::Reader,
            sides: view().cuts[0].sides.clone(),
        }],
        marks: all_events().into_iter().filter_map(mark).collect(),
    }
}

/// A lab of this size with every panel and control.
pub(crate) fn lab(size: Size) -> Lab {
    let client = |name: &str| ClientConfig {
        name: name.to_owned(),
        near: Vec::new(),
        write_every: None,
        does: Vec::new(),
        timeout: Span::from_secs(1),
    };
    Lab {
        id: "two-leaders".to_owned(),
        title: "Two leaders, one cut".to_owned(),
        number: "14-2".to_owned(),
        caption: "The cluster after the cut. *A* still leads on its side.".to_owned(),
        scenario: Scenario {
            protocol: ProtocolConfig::Raft(RaftConfig::default()),
            nodes: ["A", "B", "C", "D", "E"].map(str::to_owned).to_vec(),
            clients: vec![client("c1"), client("c2")],
            seed: 7,
            network: sim::Network::default(),
            script: Vec::new(),
            until: at(10_000),
        },
        poster: at(1_674),
        size,
        panels: vec![Panel::Inspector, Panel::Timeline, Panel::Logs, Panel::Safety],
        controls: vec![Control::Cut, Control::Crash, Control::Write],
        slowed: 20,
        challenge: None,
    }
}

/// The same lab with a real run: two clients that write, and a cut at 3 s that parts A and B from the rest.
pub(crate) fn real_lab(size: Size) -> Lab {
    let side = |ids: &[u8]| ids.iter().map(|&id| ProcessId(id).into()).collect::<Vec<_>>();
    let mut lab = lab(size);
    lab.poster = at(3_600);
    for (client, near) in lab.scenario.clients.iter_mut().zip([vec![0, 1], vec![2, 3, 4]]) {
        client.near = near.into_iter().map(ProcessId).collect();
        client.write_every = Some(Span::from_millis(400));
    }
    lab.scenario.script = vec![Scheduled {
        at: at(3_000),
        by: By::Lesson,
        action: Action::Partition { groups: vec![side(&[0, 1, 5]), side(&[2, 3, 4, 6])] },
    }];
    lab.scenario.until = at(60_000);
    lab
}

/// A run that stands still.
pub(crate) struct Still;

impl Run for Still {
    fn now(&self) -> Time {
        at(1_674)
    }
    fn frontier(&self) -> Time {
        at(2_480)
    }
    fn end(&self) -> Time {
        at(10_000)
    }
    fn seek(&mut self, _: Time) {}
    fn act(&mut self, _: Action<Op>) -> Result<(), Refusal> {
        Err(Refusal("This run stands still.".to_owned()))
    }
    fn branches(&self) -> Vec<BranchView> {
        let branch = |fork| BranchView { name: None, parent: 0, fork, last: at(2_480) };
        vec![branch(Time::ZERO), branch(at(1_560))]
    }
    fn name_branch(&mut self, _: usize, _: Option<String>) -> Result<(), Refusal> {
        Ok(())
    }
    fn delete_branch(&mut self, _: usize) -> Result<(), Refusal> {
        Ok(())
    }
    fn first_difference(&self, _: usize, _: usize) -> Option<Difference> {
        None
    }
    fn past(&self, _: EventId) -> EventSet {
        EventSet::default()
    }
    fn future(&self, _: EventId) -> EventSet {
        EventSet::default()
    }
    fn memory(&self) -> Memory {
        Memory { checkpoint_bytes: 0, trace_bytes: 0, events: 0 }
    }
    fn branch(&self) -> usize {
        0
    }
    fn switch(&mut self, _: usize) {}
    fn view(&self) -> View {
        view()
    }
    fn story(&self) -> Story {
        story()
    }
    fn events(&self, from: Time, to: Time) -> Vec<EventView> {
        all_events().into_iter().filter(|e| from <= e.at && e.at <= to).collect()
    }
    fn event(&self, id: EventId) -> Option<EventView> {
        all_events().into_iter().find(|e| e.id == id)
    }
    fn why(&self, _: EventId) -> Vec<Step> {
        let chain = all_events().into_iter().skip(2).take(3).rev();
        chain.map(|event| Step { event, because: Some(Because::TimerRanOut) }).collect()
    }
    fn cells(&self, node: ProcessId, from: u64, to: u64) -> Vec<Cell> {
        let cells = view().nodes.swap_remove(node.index()).strip.cells;
        cells.into_iter().filter(|cell| (from..=to).contains(&cell.index)).collect()
    }
    fn missing(&self, _: ProcessId) -> Vec<OpId> {
        Vec::new()
    }
    fn next_event(&mut self) -> Option<Time> {
        None
    }
    fn previous_event(&self) -> Option<Time> {
        Some(at(1_672))
    }
    fn history(&self) -> Vec<OpRecord> {
        Vec::new()
    }
    fn hash(&self) -> u64 {
        0
    }
    fn scenario(&self) -> Scenario {
        lab(Size::Full).scenario
    }
}
