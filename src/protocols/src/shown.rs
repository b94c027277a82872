//! What a protocol says of itself so that a reader can see it: the seam between a protocol and [`crate::live`].
//!
//! A protocol that implements [`Shown`] appears in pictures, timelines, logs and on the command line
//! without a line of code there.

use sim::{EventId, NoteOf, OpId, ProcessId, Protocol, Span, TimerOf};

use crate::entry::Entries;
use crate::op::{Op, Outcome};
use crate::past::Past;
use crate::view::{Because, Cell, EventKind, Group, Pair, PeerView, Row, Shape, Stance, Strip};
use crate::words::Names;

/// A protocol that can be looked at. Servers have the first ids, clients those after them.
pub trait Shown: Protocol<Process: sim::Process<Op = Op, Outcome = Outcome>> + 'static {
    /// What it calls its epochs, such as `term`.
    const EPOCH_WORD: &'static str;
    /// The rules that must always hold: their names, and what they promise.
    const PROMISES: &'static [(&'static str, &'static str)];

    /// How many of its processes are servers.
    fn servers(&self) -> u8;

    /// A server as it runs, or as its disk holds it while it is down.
    fn server(&self, id: ProcessId, state: State<'_, Self>) -> ServerLook;

    /// The cells of a server's log from one index up to and with another, as far as it has them.
    fn cells(&self, state: State<'_, Self>, from: u64, to: u64) -> Vec<Cell>;

    /// The epoch of the entry that a server has at an index.
    fn entry(&self, state: State<'_, Self>, index: u64) -> Held;

    /// A client.
    fn client(&self, process: &Self::Process) -> ClientLook;

    /// What a timer is to a server.
    fn timer(&self, timer: TimerOf<Self>) -> TimerLook;

    /// A message.
    fn message(&self, message: &sim::MsgOf<Self>) -> MessageLook;

    /// What kind of event a note is.
    fn note_kind(note: &NoteOf<Self>) -> EventKind;

    /// What a note says of the part that its server plays.
    fn note_turn(who: ProcessId, note: &NoteOf<Self>) -> Option<Turn>;

    /// What a note says of the entries of its server's log.
    fn note_entries(note: &NoteOf<Self>) -> Option<Entries>;

    /// By whom each server decides at first.
    fn deciders(&self) -> Deciders;

    /// What a note says of by whom a server decides.
    fn note_deciders(&self, note: &NoteOf<Self>) -> Option<Deciding>;

    /// Whether any server that is asked serves reads, as opposed to a leader that can commit.
    fn any_server_reads(&self) -> bool;

    /// A note in words.
    fn note_words(names: &Names, who: ProcessId, note: &NoteOf<Self>) -> String;

    /// A message's name with what it is about, in words: `RequestVote for term 3`.
    fn message_words(names: &Names, message: &sim::MsgOf<Self>) -> String;

    /// The protocol's word for a timer, such as `election`.
    fn timer_name(timer: TimerOf<Self>) -> &'static str;

    /// In words: a timer ran out after so long.
    fn timer_words(names: &Names, who: ProcessId, timer: TimerOf<Self>, after: Span) -> String;

    /// Which promise a breach breaks (its place in [`Shown::PROMISES`]), and the facts that contradict each other.
    fn breach_words(names: &Names, breach: &sim::BreachOf<Self>) -> (usize, String);

    /// What made an event happen, where the protocol knows more than that one thing led to the next.
    fn reasons(past: &Past<'_, Self>, event: &sim::Event<Self>) -> Option<Reasons>;
}

/// What there is to see of a server.
pub enum State<'a, P: Protocol> {
    /// It runs.
    Up(&'a P::Process),
    /// It is down; this is on its disk.
    Down(&'a sim::DiskOf<P>),
}

// Derived impls would ask for `P: Copy`; references need nothing of the sort.
impl<P: Protocol> Copy for State<'_, P> {}

impl<P: Protocol> Clone for State<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

/// A server's look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerLook {
    /// Its part.
    pub stance: Stance,
    /// The protocol's word for it.
    pub role: &'static str,
    /// Its epoch.
    pub epoch: u64,
    /// Its log.
    pub strip: Strip,
    /// Its state in groups.
    pub groups: Vec<Group>,
    /// What its state machine holds, at most [`PAIRS_MAX`] keys.
    pub store: Vec<Pair>,
    /// What it knows of the others' logs, if it leads.
    pub peers: Vec<PeerView>,
}

/// The most keys of a state machine that are in the picture.
pub const PAIRS_MAX: usize = 64;

/// By whom a server decides: enough members of each of these groups, itself among them if it is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deciders(pub Vec<(Vec<ProcessId>, u8)>);

impl Deciders {
    /// Whether those of whom something holds are enough to decide.
    #[must_use]
    pub fn are_enough(&self, holds: impl Fn(ProcessId) -> bool) -> bool {
        self.0
            .iter()
            .all(|(members, enough)| members.iter().filter(|&&member| holds(member)).count() >= usize::from(*enough))
    }
}

/// What changes in by whom a server decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deciding {
    /// It decides by these from now on.
    By(Deciders),
    /// It is settled that these decide, by what stands at this index.
    Settled(u64, Deciders),
    /// It decides from now on by those that were settled last up to this index.
    AsSettled(u64),
}

/// A client's look. Its operation's words are made from the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientLook {
    /// The server that it would ask next.
    pub asks: Option<ProcessId>,
    /// How many operations were acknowledged.
    pub done: u32,
    /// How many it gave up on.
    pub unknown: u32,
}

/// What a timer is to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerLook {
    /// Its running out would change the server's part. The longest that it can be set for.
    Decides(Span),
    /// Its next routine act. The longest that it can be set for.
    Beats(Span),
    /// Nothing that a reader sees.
    Hidden,
}

/// A message's look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageLook {
    /// How it is drawn.
    pub shape: Shape,
    /// The protocol's word for it.
    pub kind: &'static str,
    /// The sender's epoch; 0 for none.
    pub epoch: u64,
    /// A client's operation in short, else empty.
    pub label: String,
    /// What it says.
    pub fields: Vec<Row>,
}

/// A change that the timeline draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The server plays this part in this epoch from now on.
    Part(Stance, u64),
    /// The settled part of its log grew.
    Settled,
    /// It took an operation into its log.
    TakenIn {
        /// Which.
        id: OpId,
        /// Where.
        index: u64,
        /// In which epoch.
        epoch: u64,
    },
}

/// What a server has at an index of its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// An entry of this epoch.
    Entry(u64),
    /// A snapshot that covers the index.
    Snapshot,
    /// Nothing.
    Nothing,
}

/// The events that made another happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons {
    /// Newest first, each with how it led to the one before it in the answer.
    pub events: Vec<(Because, EventId)>,
    /// Whether the chain goes on from the last of them. Otherwise it ends there.
    pub go_on: bool,
}

impl Reasons {
    /// One reason, which has reasons of its own.
    #[must_use]
    pub fn go_on(because: Because, event: EventId) -> Self {
        Self { events: vec![(because, event)], go_on: true }
    }

    /// One reason, and no more to say.
    #[must_use]
    pub fn end(because: Because, event: EventId) -> Self {
        Self { events: vec![(because, event)], go_on: false }
    }

    /// Nothing to say.
    #[must_use]
    pub const fn none() -> Self {
        Self { events: Vec::new(), go_on: false }
    }
}
