//! The neutral picture of a run at one moment: what a reader sees, whatever the protocol.
//!
//! Whoever draws it (page, poster, text twin, command line) needs to know nothing else.
//! The marks are those of the design language: ring weight is stance, hue is epoch, shape is kind.

use serde::Serialize;
use sim::{By, Change, EventId, MsgId, ProcessId, Span, Time};

/// Everything there is to see at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct View {
    /// The moment.
    pub at: Time,
    /// What the protocol calls its epochs, such as `term`.
    pub epoch_word: &'static str,
    /// The servers, by id.
    pub nodes: Vec<NodeView>,
    /// The clients, by id.
    pub clients: Vec<ClientView>,
    /// One row for each pair of linked processes, `a < b`.
    pub links: Vec<LinkView>,
    /// Messages on their way.
    pub messages: Vec<MessageView>,
    /// Messages lost not long ago ([`LOSS_SHOWN`]).
    pub losses: Vec<LossView>,
    /// Cuts in force, oldest first: one for each act of cutting.
    pub cuts: Vec<CutView>,
    /// The rules that must always hold, and whether they did up to now.
    pub promises: Vec<PromiseView>,
}

/// How long a lost message stays in the picture.
pub const LOSS_SHOWN: Span = Span::from_millis(30);

/// Whether a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Status {
    /// It runs.
    Up,
    /// It is stalled: it keeps its memory and takes no step.
    Paused,
    /// It has crashed and not been restarted.
    Down,
}

impl Status {
    /// Whether it has its memory: it plays its part, even if it is stalled in the middle of it.
    #[must_use]
    pub const fn is_up(self) -> bool {
        !matches!(self, Self::Down)
    }
}

/// The part that a server plays, in the design language's three weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Stance {
    /// Follower, backup, replica.
    Follows,
    /// Candidate: asks to lead.
    Asks,
    /// Leader, primary, coordinator.
    Leads,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeView {
    /// Its id.
    pub id: ProcessId,
    /// Its name, such as `A`.
    pub name: String,
    /// Whether it runs.
    pub status: Status,
    /// The part that it plays. Meaningless while it is down.
    pub stance: Stance,
    /// The protocol's word for that part, such as `Leader`.
    pub role: &'static str,
    /// Since when it has played that part.
    pub since: Time,
    /// Its term, ballot or version, from 1; 0 before the first.
    pub epoch: u64,
    /// The timer whose running out would change its part (an election timeout), if one is set.
    pub timer: Option<TimerView>,
    /// The timer of its next routine act (a heartbeat), if one is set.
    pub beat: Option<TimerView>,
    /// Its log.
    pub strip: Strip,
    /// Its state in groups, as the protocol's own description arranges it.
    pub groups: Vec<Group>,
    /// What its state machine holds: each key with its value, in the order of the keys.
    pub store: Vec<Pair>,
    /// What it knows of the others' logs, if it leads.
    pub peers: Vec<PeerView>,
    /// What is out of the ordinary about the machine that it runs on.
    pub machine: MachineView,
}

/// A key of a state machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The key.
    pub key: String,
    /// Its value, as far as the server has applied its log; `None` if it has none.
    pub value: Option<String>,
    /// What the entries that the server holds and has not applied would do to it, in order, short: `x = 7`.
    pub pending: Vec<String>,
}

/// What a leader knows of another server's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PeerView {
    /// Whose.
    pub id: ProcessId,
    /// The index of the entry that it would send next (`nextIndex`).
    pub next: u64,
    /// Up to where it knows their logs to be the same (`matchIndex`).
    pub matched: u64,
}

/// What is out of the ordinary about a machine: what the reader can change, as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MachineView {
    /// What it needs for one input, in units of [`sim::world::WORK`]; 0 for nothing.
    pub slow: u16,
    /// Whether its fsync lies.
    pub lies: bool,
    /// What its clock gains a second, in parts per million.
    pub drift: i32,
    /// How far its time of day is ahead, in µs.
    pub ahead: i64,
    /// How many of its writes are not fsynced.
    pub unsynced: u32,
    /// How many inputs wait for it.
    pub waiting: u32,
}

/// A timer that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TimerView {
    /// The protocol's word for it, as [`sim::Action::Expire`] takes it.
    pub name: &'static str,
    /// When it was set.
    pub set: Time,
    /// When it runs out.
    pub due: Time,
    /// The longest span that it could have been set for: a full ring.
    pub full: Span,
}

/// A row of cells, such as a log: its end, and how much there is of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Strip {
    /// The index of the first cell that there still is: those before it are in a snapshot.
    pub first: u64,
    /// The index of the last cell; `first - 1` if there is none.
    pub last: u64,
    /// Up to which index the server knows its cells to be settled (the commit index); 0 for none.
    pub settled: u64,
    /// The last cells, at most [`CELLS_SHOWN`], in order. [`crate::Run::cells`] has the others.
    pub cells: Vec<Cell>,
}

/// How many cells of a strip are in the picture. Drawings show about twelve.
pub const CELLS_SHOWN: u64 = 32;

/// The most cells that [`crate::Run::cells`] gives at once.
pub const CELLS_MAX: u64 = 4_096;

impl Default for Strip {
    fn default() -> Self {
        Self { first: 1, last: 0, settled: 0, cells: Vec::new() }
    }
}

impl Strip {
    /// How many entries the log has had, those in a snapshot among them.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.last
    }

    /// Whether it never had any.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.last == 0
    }

    /// How many of its entries the server knows to be settled.
    #[must_use]
    pub fn known(&self) -> u64 {
        self.settled.min(self.last)
    }
}

/// One entry of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Its position, from 1.
    pub index: u64,
    /// The epoch that it was made in.
    pub epoch: u64,
    /// What it holds, short: `x = 7`, `no-op`.
    pub label: String,
    /// Whether this server knows that it is settled (committed).
    pub known: bool,
}

/// State under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The heading, such as `On disk`.
    pub title: &'static str,
    /// A remark beside it, such as `survives a crash`.
    pub remark: &'static str,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One line of state or one field of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its name in the protocol's own description, such as `currentTerm`.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
}

/// What stands in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Value {
    /// Words or a number.
    Text(String),
    /// An epoch: drawn as a chip in its hue, with its number.
    Epoch(u64),
    /// A server, or none.
    Node(Option<ProcessId>),
    /// Several servers.
    Nodes(Vec<ProcessId>),
    /// A number for each of several servers.
    PerNode(Vec<(ProcessId, u64)>),
}

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientView {
    /// Its id.
    pub id: ProcessId,
    /// Its name, such as `c1`.
    pub name: String,
    /// The server that it would ask next, if it knows one.
    pub asks: Option<ProcessId>,
    /// What it waits for, and since when.
    pub waiting: Option<(String, Time)>,
    /// How many operations were acknowledged.
    pub done: u32,
    /// How many it gave up on, not knowing their outcome.
    pub unknown: u32,
}

/// A link between two processes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// The end with the smaller id.
    pub a: ProcessId,
    /// The other end.
    pub b: ProcessId,
    /// Whether messages from `a` to `b` are cut off.
    pub ab_cut: bool,
    /// Whether messages from `b` to `a` are cut off.
    pub ba_cut: bool,
    /// How messages from `a` to `b` are treated, if that was changed since the start.
    pub ab_shape: Option<Change>,
    /// The same for the way back.
    pub ba_shape: Option<Change>,
}

/// How a message is drawn: open asks, solid agrees, struck refuses, cells carry data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Shape {
    /// Open diamond: a request for a vote or a promise.
    Ask,
    /// Solid diamond: granted.
    Agree,
    /// Open diamond, struck: refused.
    Refuse,
    /// Cells with the epochs of the entries that it carries.
    Cells(Vec<u64>),
    /// A bar across the path: a heartbeat.
    Beat,
    /// Solid dot: acknowledged.
    Ack,
    /// Open dot, struck: does not match.
    Mismatch,
    /// Open tag: a client's request.
    Request,
    /// Solid tag: its reply.
    Reply,
    /// Open tag, struck: turned away.
    TurnedAway,
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageView {
    /// Its id.
    pub id: MsgId,
    /// Its sender.
    pub from: ProcessId,
    /// Its receiver.
    pub to: ProcessId,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, if nothing happens to it.
    pub due: Time,
    /// How it is drawn.
    pub shape: Shape,
    /// The protocol's word for it, such as `RequestVote`.
    pub kind: &'static str,
    /// The sender's epoch, for the hue; 0 for none.
    pub epoch: u64,
    /// A client's operation in short (`x = 7`), else empty.
    pub label: String,
    /// What it says.
    pub fields: Vec<Row>,
}

/// A message that was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LossView {
    /// The message as it was. Its `due` is when it would have arrived.
    pub message: MessageView,
    /// When it was lost.
    pub at: Time,
}

/// A cut in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CutView {
    /// The event that made it.
    pub event: EventId,
    /// Since when.
    pub since: Time,
    /// Who cut.
    pub by: By,
    /// The sides. A cut of one link has its two ends as sides.
    pub sides: Vec<Vec<ProcessId>>,
    /// The links that this act cut and that are still cut, as (sender, receiver).
    pub links: Vec<(ProcessId, ProcessId)>,
}

/// A rule that must always hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PromiseView {
    /// Its name, such as `Election safety`.
    pub name: &'static str,
    /// What it promises, in a sentence.
    pub promise: &'static str,
    /// The first time it was broken up to now.
    pub broken: Option<Breach>,
}

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// When it broke.
    pub at: Time,
    /// The event that says so; [`crate::Run::why`] tells how it came about.
    pub event: EventId,
    /// The facts that contradict each other, as a sentence.
    pub facts: String,
}

/// What kind of thing an event is, for marks, filters and jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum EventKind {
    /// Something was broken from outside: a cut, a crash.
    Fault,
    /// Something was mended from outside: a heal, a restart.
    Mend,
    /// A process changed its part or its epoch.
    Role,
    /// The settled part of a log grew.
    Commit,
    /// A client began or ended an operation.
    Client,
    /// A message was sent, arrived or was lost.
    Message,
    /// A timer ran out.
    Timer,
    /// A rule was broken.
    Breach,
    /// Something that was to be done could not be done.
    Refused,
    /// The run hit a limit.
    Halted,
    /// Any other rule that fired.
    Rule,
}

impl EventKind {
    /// Whether the event belongs in a short account of the run.
    #[must_use]
    pub fn is_key(self) -> bool {
        !matches!(self, Self::Message | Self::Timer | Self::Rule)
    }
}

/// One event, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventView {
    /// Its id.
    pub id: EventId,
    /// When.
    pub at: Time,
    /// At which process, if at one.
    pub process: Option<ProcessId>,
    /// What kind of thing it is.
    pub kind: EventKind,
    /// What happened, as a short sentence without a full stop: `D becomes leader of term 3`.
    pub text: String,
    /// The event that made it happen.
    pub cause: Option<EventId>,
}

/// One step of the answer to "why?": an event, and how what follows in the answer made it happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The event.
    pub event: EventView,
    /// How the next step's event led to it, or what it ends with. `None` where nothing more is known.
    pub because: Option<Because>,
}

/// How one event led to another. [`crate::words::because`] says it in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Because {
    /// It came from outside. Ends the answer.
    Acted(By),
    /// It was chance. Ends the answer.
    Chance,
    /// The process had received this message.
    Received,
    /// This timer of the process had run out.
    TimerRanOut,
    /// The process had just come up.
    CameUp,
    /// The process had been asked for it.
    Asked,
    /// The message had been sent because of this.
    SentBecause,
    /// The link that the message came over had just been mended, and what it says is older.
    LetThrough,
    /// Somebody had held the message up.
    HeldUp,
    /// The message was a copy of one that had been sent.
    Doubled,
    /// The message had waited at its receiver.
    Waited,
    /// A process was stalled.
    Stalled,
    /// A process was slow.
    Slow,
    /// A clock did not run as true time does.
    ClockWrong,
    /// A link had been given another latency or loss.
    LinkWorse,
    /// Somebody made the timer run out.
    MadeToRunOut,
    /// The timer had been set by this.
    SetBy,
    /// It had heard nothing since then, for this reason.
    NothingHeardSince(Time),
    /// What it had tried since then came to nothing.
    CameToNothing(Time),
    /// The message was lost to this.
    LostTo,
    /// It had these votes.
    VotesOf,
    /// This counted, too.
    TogetherWith,
    /// They had been asked for by this.
    AskedForBy,
    /// It has led since then.
    LeadsSince(Time),
    /// This was what the process did when the rule broke.
    DoneIn,
}

/// A process's whole run so far, for the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LaneView {
    /// Whose.
    pub process: ProcessId,
    /// Its name.
    pub name: String,
    /// Bands without gaps, first to last.
    pub bands: Vec<Band>,
    /// When its commit index moved.
    pub commits: Vec<Time>,
}

/// A span in which a process played one part in one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Band {
    /// From when.
    pub from: Time,
    /// Until when; the last band's ends where the run has been simulated to.
    pub to: Time,
    /// Whether it ran.
    pub status: Status,
    /// Its part.
    pub stance: Stance,
    /// Its epoch.
    pub epoch: u64,
}

/// A cut or a heal over time, for the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CutSpan {
    /// The event that cut.
    pub event: EventId,
    /// From when.
    pub from: Time,
    /// Until when all of it was healed; `None` while some of it is in force.
    pub to: Option<Time>,
    /// Who cut.
    pub by: By,
    /// The sides.
    pub sides: Vec<Vec<ProcessId>>,
}

/// A branch of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BranchView {
    /// Its name, if somebody gave it one.
    pub name: Option<String>,
    /// The branch that it forked from; itself if it is the original run.
    pub parent: usize,
    /// When it forked.
    pub fork: Time,
    /// How far it has been simulated, as far as anything happened there.
    pub last: Time,
}

/// The whole run so far: what the timeline draws.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Story {
    /// How far the run has been simulated.
    pub frontier: Time,
    /// One lane a server, by id.
    pub lanes: Vec<LaneView>,
    /// The cuts.
    pub cuts: Vec<CutSpan>,
    /// What was done from outside, and breaches, in order of time.
    pub marks: Vec<Mark>,
    /// One lane a client, by id.
    pub clients: Vec<ClientLane>,
    /// Who could be served, over time, without gaps.
    pub able: Vec<Able>,
}

/// A client's operations so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientLane {
    /// Whose.
    pub process: ProcessId,
    /// Its name.
    pub name: String,
    /// Its operations, in order of their beginning.
    pub ops: Vec<OpSpan>,
}

/// A client's operation over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpSpan {
    /// What was asked, short: `x = 7`.
    pub text: String,
    /// When it was asked.
    pub from: Time,
    /// The event of its beginning.
    pub begun: EventId,
    /// How it ended, if it has.
    pub end: Option<OpEnd>,
}

/// The end of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpEnd {
    /// When.
    pub at: Time,
    /// The event.
    pub event: EventId,
    /// How.
    pub how: Verdict,
    /// What came back, short: `3`, `nothing`. Empty if there is nothing to say.
    pub text: String,
}

/// What an operation came to, as far as its client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Verdict {
    /// It was done.
    Ok,
    /// It was refused, and changed nothing.
    Failed,
    /// The client gave up waiting: it may have been done, or may yet be.
    Unknown,
}

/// A span in which the same sides stood, with what each of them could do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Able {
    /// From when.
    pub from: Time,
    /// Until when; the last ends where the run has been simulated to.
    pub to: Time,
    /// The sides: servers that can reach each other, directly or not. One if nothing is cut.
    pub sides: Vec<AbleSide>,
}

/// What the servers of one side could do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AbleSide {
    /// The side's servers, those that are down among them.
    pub members: Vec<ProcessId>,
    /// The leader that could commit there: it runs, and reaches a quorum there and back.
    pub commits: Option<ProcessId>,
    /// Whether reads could be served there, as the scenario serves them.
    pub reads: bool,
}

/// Messages between two moments, as a space-time diagram draws them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diagram {
    /// The messages that were on their way in the span, in order of sending; at most [`ARROWS_MAX`].
    pub arrows: Vec<Arrow>,
    /// What else happened in the span, in order; at most [`ARROWS_MAX`].
    pub points: Vec<Point>,
    /// Whether there was more than that.
    pub more: bool,
}

/// The most messages of a [`Diagram`].
pub const ARROWS_MAX: usize = 2_000;

/// A message from its sending to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Arrow {
    /// Its id.
    pub id: MsgId,
    /// Its sender.
    pub from: ProcessId,
    /// Its receiver.
    pub to: ProcessId,
    /// Its sending.
    pub sent: EventId,
    /// When it was sent.
    pub sent_at: Time,
    /// What became of it.
    pub end: ArrowEnd,
    /// How it is drawn.
    pub shape: Shape,
    /// The protocol's word for it, such as `RequestVote`.
    pub kind: &'static str,
    /// The sender's epoch, for the hue; 0 for none.
    pub epoch: u64,
    /// A client's operation in short, else empty.
    pub label: String,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ArrowEnd {
    /// It arrived: its receiver took it, or has it waiting.
    Arrived(EventId, Time),
    /// It was lost.
    Lost(EventId, Time),
    /// It is on its way where the run has been simulated to, and due then.
    Flying(Time),
}

/// An event at a process, as a mark on its lane. Sendings and arrivals are ends of arrows instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// The event.
    pub event: EventId,
    /// When.
    pub at: Time,
    /// Whose lane.
    pub process: ProcessId,
    /// What kind of thing it is.
    pub kind: EventKind,
    /// The process's epoch after it, if it began a new one.
    pub epoch: Option<u64>,
}

/// A moment that a timeline marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// What happened.
    pub event: EventView,
    /// The same in a word or two, such as `crash`. Who it happened to stands in the event.
    pub word: &'static str,
}
