//! How a reader sees Raft: state grouped as Figure 2 of the paper groups it, messages by its names, and the
//! causes that only Raft knows of.
//!
//! It reads the servers and never changes them.

mod why;

use sim::{NoteOf, OpId, ProcessId, Span};

use crate::entry::Entries;
use crate::op::Outcome;
use crate::past::Past;
use crate::raft::log::Position;
use crate::raft::membership::{Members, Membership, Quorum};
use crate::raft::server::{Leadership, Progress, Role, Server, Stage, first_configuration};
use crate::raft::{Answer, Client, Command, Entry, Log, Member, Message, Note, Persistent, Raft, Timer, words};
use crate::scenario::Reads;
use crate::shown::{
    ClientLook, Deciders, Deciding, Held, MessageLook, PAIRS_MAX, Reasons, ServerLook, Shown, State, TimerLook, Turn,
};
use crate::view::{CELLS_SHOWN, Cell, EventKind, Group, Pair, PeerView, Row, Shape, Stance, Strip, Value};
use crate::words::{Names, count, list};

impl Shown for Raft {
    const EPOCH_WORD: &'static str = "term";
    const PROMISES: &'static [(&'static str, &'static str)] = words::PROMISES;

    fn servers(&self) -> u8 {
        self.servers
    }

    fn server(&self, id: ProcessId, state: State<'_, Self>) -> ServerLook {
        match state {
            State::Up(Member::Server(server)) => self.running(server),
            State::Up(Member::Client(_)) => unreachable!("process {} is a server", id.0),
            State::Down(disk) => ServerLook {
                stance: Stance::Follows,
                role: "Crashed",
                epoch: disk.term,
                strip: strip(&disk.log, 0),
                groups: vec![on_disk(disk)],
                store: Vec::new(),
                peers: Vec::new(),
            },
        }
    }

    fn cells(&self, state: State<'_, Self>, from: u64, to: u64) -> Vec<Cell> {
        let (disk, settled) = disk(state);
        cells(&disk.log, settled, from, to)
    }

    fn entry(&self, state: State<'_, Self>, index: u64) -> Held {
        let log = &disk(state).0.log;
        match log.get(index) {
            Some(entry) => Held::Entry(entry.term),
            None if index < log.first_index() => Held::Snapshot,
            None => Held::Nothing,
        }
    }

    fn client(&self, process: &Member) -> ClientLook {
        let Member::Client(client) = process else { unreachable!("asked of clients alone") };
        let Client { asks, done, unknown, .. } = **client;
        ClientLook { asks: Some(asks), done, unknown }
    }

    fn timer(&self, timer: Timer) -> TimerLook {
        match timer {
            Timer::Election => TimerLook::Decides(self.config.election_timeout.1),
            Timer::Heartbeat => TimerLook::Beats(self.config.heartbeat),
            Timer::Transfer | Timer::Flush | Timer::Write | Timer::Retry | Timer::GiveUp => TimerLook::Hidden,
        }
    }

    fn message(&self, message: &Message) -> MessageLook {
        let (shape, label) = match message {
            Message::RequestPreVote { .. } | Message::RequestVote { .. } | Message::TimeoutNow { .. } => {
                (Shape::Ask, None)
            }
            Message::PreVote { granted: true, .. } | Message::Vote { granted: true, .. } => (Shape::Agree, None),
            Message::PreVote { granted: false, .. } | Message::Vote { granted: false, .. } => (Shape::Refuse, None),
            Message::InstallSnapshot { part, .. } => (Shape::Cells(vec![part.last.term]), None),
            Message::Append { entries, .. } if entries.is_empty() => (Shape::Beat, None),
            Message::Append { entries, .. } => (Shape::Cells(entries.iter().map(|entry| entry.term).collect()), None),
            Message::Appended { answer: Answer::Matches { .. } | Answer::Holds { .. }, .. } => (Shape::Ack, None),
            Message::Appended { answer: Answer::Differs { .. }, .. } => (Shape::Mismatch, None),
            Message::Appended { answer: Answer::Outdated, .. } => (Shape::Refuse, None),
            Message::Request { op, .. } => (Shape::Request, Some(op.to_string())),
            Message::Reply { outcome, .. } => (Shape::Reply, Some(told(outcome))),
            Message::NotLeader { .. } => (Shape::TurnedAway, None),
        };
        let kind = words::kind(message);
        let epoch = message.term().unwrap_or(0);
        MessageLook { shape, kind, epoch, label: label.unwrap_or_default(), fields: fields(message) }
    }

    fn note_kind(note: &Note) -> EventKind {
        match note {
            Note::Campaigns { .. }
            | Note::PreCampaigns { .. }
            | Note::Leads { .. }
            | Note::LosesQuorum { .. }
            | Note::StepsAside { .. }
            | Note::StepsDown { .. }
            | Note::NewTerm { .. }
            | Note::BeginsTransfer { .. }
            | Note::HandsOver { .. }
            | Note::AbortsTransfer { .. } => EventKind::Role,
            Note::Refuses { .. } => EventKind::Refused,
            // Followers learn of it later: one mark for each commit is enough for a short account.
            Note::Commits { copies: Some(_), .. } => EventKind::Commit,
            _ => EventKind::Rule,
        }
    }

    fn note_turn(who: ProcessId, note: &Note) -> Option<Turn> {
        match *note {
            // It asks before it raises its term.
            Note::PreCampaigns { term, .. } => Some(Turn::Part(Stance::Asks, term.saturating_sub(1))),
            // A pre-candidate that could win and may not even vote for itself.
            Note::RefusesVote { candidate, term, .. } if candidate == who => {
                Some(Turn::Part(Stance::Follows, term.saturating_sub(1)))
            }
            Note::LosesQuorum { term, .. } | Note::StepsAside { term } => Some(Turn::Part(Stance::Follows, term)),
            Note::Campaigns { term, .. } => Some(Turn::Part(Stance::Asks, term)),
            Note::Leads { term, .. } => Some(Turn::Part(Stance::Leads, term)),
            Note::StepsDown { term, .. } | Note::NewTerm { term, .. } => Some(Turn::Part(Stance::Follows, term)),
            Note::Commits { .. } => Some(Turn::Settled),
            Note::TakesIn { index, term, id, .. } => Some(Turn::TakenIn { id, index, epoch: term }),
            _ => None,
        }
    }

    fn note_entries(note: &Note) -> Option<Entries> {
        match *note {
            Note::TakesIn { index, .. } | Note::BeginsTerm { index, .. } | Note::Reconfigures { index, .. } => {
                Some(Entries::TakenIn(index, index))
            }
            Note::Stores { first, last, .. } => Some(Entries::TakenIn(first, last.index)),
            Note::Commits { first, last, .. } => Some(Entries::Settled(first, last)),
            _ => None,
        }
    }

    fn deciders(&self) -> Deciders {
        self.deciders_of(first_configuration(self.servers, &self.config).membership)
    }

    fn note_deciders(&self, note: &Note) -> Option<Deciding> {
        match *note {
            Note::Reconfigures { membership, .. } | Note::RollsBack { membership, .. } => {
                Some(Deciding::By(self.deciders_of(membership)))
            }
            Note::SettlesMembership { index, membership } => {
                Some(Deciding::Settled(index, self.deciders_of(membership)))
            }
            Note::Installs { through, .. } => Some(Deciding::AsSettled(through.index)),
            _ => None,
        }
    }

    fn any_server_reads(&self) -> bool {
        self.config.reads == Reads::Local
    }

    fn note_words(names: &Names, who: ProcessId, note: &NoteOf<Self>) -> String {
        words::note(names, who, note)
    }

    fn message_words(names: &Names, message: &Message) -> String {
        words::message(names, message)
    }

    fn timer_name(timer: Timer) -> &'static str {
        words::timer_name(timer)
    }

    fn timer_words(names: &Names, who: ProcessId, timer: Timer, after: Span) -> String {
        words::timer(names, who, timer, after)
    }

    fn breach_words(names: &Names, breach: &sim::BreachOf<Self>) -> (usize, String) {
        let (property, facts) = words::breach(names, breach);
        (property as usize, facts)
    }

    fn reasons(past: &Past<'_, Self>, event: &sim::Event<Self>) -> Option<Reasons> {
        why::reasons(past, event)
    }
}

/// What is on a server's disk, or about to be, and its commit index.
fn disk(state: State<'_, Raft>) -> (&Persistent, u64) {
    match state {
        State::Up(Member::Server(server)) => (&server.persistent, server.volatile.commit),
        State::Up(Member::Client(_)) => unreachable!("only servers have a log"),
        State::Down(disk) => (disk, 0),
    }
}

impl Raft {
    /// A running server.
    fn running(&self, server: &Server) -> ServerLook {
        // The configuration that needs no mention: all servers vote.
        let usual = Membership::of(Members::first(self.servers));
        let store = store(server, self.config.rules.apply_retries);
        running(server, usual, store)
    }

    /// Who decides in a configuration (§5.2, §6).
    fn deciders_of(&self, membership: Membership) -> Deciders {
        let quorum = if self.config.rules.quorum_of_half { Quorum::Half } else { Quorum::Majority };
        let half = |half: Members| (half.iter().collect(), quorum.of(half.len()));
        let mut halves = vec![half(membership.voters)];
        if membership.is_joint() {
            halves.push(half(membership.outgoing));
        }
        Deciders(halves)
    }
}

fn running(server: &Server, usual: Membership, store: Vec<Pair>) -> ServerLook {
    let (membership, id) = (server.membership(), server.id());
    let (stance, role) = match server.role {
        Role::Follower if membership.learners.contains(id) => (Stance::Follows, "Learner"),
        Role::Follower if !membership.all_voters().contains(id) => (Stance::Follows, "Non-voter"),
        Role::Follower => (Stance::Follows, "Follower"),
        Role::PreCandidate { .. } => (Stance::Asks, "Pre-candidate"),
        Role::Candidate { .. } => (Stance::Asks, "Candidate"),
        Role::Leader(_) => (Stance::Leads, "Leader"),
    };
    let mut groups = vec![on_disk(&server.persistent), in_memory(server, usual)];
    match &server.role {
        Role::Follower => {}
        Role::PreCandidate { votes } => groups.push(candidates_only("pre-votes", *votes)),
        Role::Candidate { votes } => groups.push(candidates_only("votes", *votes)),
        Role::Leader(leadership) => groups.push(leaders_only(leadership)),
    }
    let strip = strip(&server.persistent.log, server.volatile.commit);
    let peers = match &server.role {
        Role::Leader(leadership) => leadership.progress.iter().map(peer).collect(),
        _ => Vec::new(),
    };
    ServerLook { stance, role, epoch: server.persistent.term, strip, groups, store, peers }
}

fn peer((&id, progress): (&ProcessId, &Progress)) -> PeerView {
    PeerView { id, next: progress.next, matched: progress.matched }
}

/// The state machine, with what the entries after the last applied one would do to it. `retried`: even those that
/// were applied before.
fn store(server: &Server, retried: bool) -> Vec<Pair> {
    let (volatile, log) = (&server.volatile, &server.persistent.log);
    let pair = |key: &str, value: Option<&str>| Pair {
        key: key.to_owned(),
        value: value.map(str::to_owned),
        pending: Vec::new(),
    };
    let values = volatile.machine.values().take(PAIRS_MAX);
    let mut pairs: Vec<Pair> = values.map(|(key, value)| pair(key, Some(value))).collect();
    let mut seen: Vec<OpId> = Vec::new();
    let first = (volatile.applied + 1).max(log.first_index());
    let held = usize::try_from((log.last_index() + 1).saturating_sub(first)).unwrap_or(usize::MAX);
    for entry in log.entries_from(first, held.min(PENDING_MAX)) {
        let Command::Client { id, op } = &*entry.command else { continue };
        let Some(key) = op.key().filter(|_| op.is_logged()) else { continue };
        if !retried && (volatile.machine.is_past(*id) || seen.contains(id)) {
            continue;
        }
        seen.push(*id);
        let place = pairs.partition_point(|pair| pair.key.as_str() < key);
        if pairs.get(place).is_none_or(|pair| pair.key != key) {
            if pairs.len() == PAIRS_MAX {
                continue;
            }
            pairs.insert(place, pair(key, volatile.machine.value(key)));
        }
        pairs[place].pending.push(op.to_string());
    }
    pairs
}

/// How many entries that are not applied are looked at for what they would do.
const PENDING_MAX: usize = 64;

fn strip(log: &Log, settled: u64) -> Strip {
    let (first, last) = (log.first_index(), log.last_index());
    let shown = (last + 1).saturating_sub(CELLS_SHOWN);
    Strip { first, last, settled, cells: cells(log, settled, shown, last) }
}

fn cells(log: &Log, settled: u64, from: u64, to: u64) -> Vec<Cell> {
    let (from, to) = (from.max(log.first_index()), to.min(log.last_index()));
    let count = usize::try_from((to + 1).saturating_sub(from)).unwrap_or(usize::MAX);
    let cell = |(index, entry): (u64, &Entry)| Cell {
        index,
        epoch: entry.term,
        label: entry.command.to_string(),
        known: index <= settled,
    };
    (from..=to).zip(log.entries_from(from, count)).map(cell).collect()
}

fn on_disk(disk: &Persistent) -> Group {
    let last = disk.log.last();
    let log = disk.log.get(last.index).map_or_else(
        || "empty".to_owned(),
        |entry| format!("to {}: {}, term {}", last.index, entry.command, entry.term),
    );
    let mut rows = vec![
        Row { key: "currentTerm", value: Value::Epoch(disk.term) },
        Row { key: "votedFor", value: Value::Node(disk.voted_for) },
        Row { key: "log", value: Value::Text(log) },
    ];
    if let Some(snapshot) = &disk.snapshot {
        let covers = format!("to {}, term {}", snapshot.last.index, snapshot.last.term);
        rows.push(Row { key: "snapshot", value: Value::Text(covers) });
    }
    if let Some(incoming) = &disk.incoming {
        let (items, last) = (incoming.items, incoming.snapshot.last.index);
        let so_far = format!("{} so far, to {last}", count(u64::from(items), "item"));
        rows.push(Row { key: "its leader's snapshot", value: Value::Text(so_far) });
    }
    Group { title: "On disk", remark: "survives a crash", rows }
}

/// How many keys of the state machine are written out.
const KEYS_SHOWN: usize = 9;

fn in_memory(server: &Server, usual: Membership) -> Group {
    let volatile = &server.volatile;
    let keys = volatile.machine.values().count();
    let shown = volatile.machine.values().take(KEYS_SHOWN);
    let mut values: Vec<String> = shown.map(|(key, value)| format!("{key} = {value}")).collect();
    if keys > KEYS_SHOWN {
        values.push(format!("{} more", keys - KEYS_SHOWN));
    }
    let applied = if values.is_empty() {
        volatile.applied.to_string()
    } else {
        format!("{}: {}", volatile.applied, values.join(", "))
    };
    let mut rows = vec![
        Row { key: "leader", value: Value::Node(volatile.leader) },
        number("commitIndex", volatile.commit),
        Row { key: "lastApplied", value: Value::Text(applied) },
    ];
    if server.membership() != usual {
        rows.extend(configuration(server));
    }
    Group { title: "In memory", remark: "lost in a crash", rows }
}

/// The configuration in force: the latest in the log, committed or not (§6).
fn configuration(server: &Server) -> Vec<Row> {
    let latest = server.volatile.configurations.latest();
    let committed = if latest.index > server.volatile.commit { ", not committed" } else { "" };
    let place = match latest.index {
        0 => "the first".to_owned(),
        index => format!("entry {index}{committed}"),
    };
    let nodes = |key, members: Members| Row { key, value: Value::Nodes(members.iter().collect()) };
    let Membership { voters, outgoing, learners } = latest.membership;
    let mut rows = vec![Row { key: "configuration", value: Value::Text(place) }];
    if latest.membership.is_joint() {
        rows.push(nodes("old voters", outgoing));
        rows.push(nodes("new voters", voters));
    } else {
        rows.push(nodes("voters", voters));
    }
    if !learners.is_empty() {
        rows.push(nodes("learners", learners));
    }
    rows
}

fn candidates_only(key: &'static str, votes: Members) -> Group {
    let votes = votes.iter().map(|voter| (voter, 1)).collect();
    let rows = vec![Row { key, value: Value::PerNode(votes) }];
    Group { title: "Candidates only", remark: "set afresh at each election", rows }
}

fn leaders_only(leadership: &Leadership) -> Group {
    let per_node = |of: fn(&Progress) -> u64| {
        Value::PerNode(leadership.progress.iter().map(|(&id, progress)| (id, of(progress))).collect())
    };
    let mut rows = vec![
        Row { key: "nextIndex", value: per_node(|progress| progress.next) },
        Row { key: "matchIndex", value: per_node(|progress| progress.matched) },
    ];
    let sent = |progress: &Progress| match &progress.stage {
        Stage::Snapshot { items, .. } => Some(u64::from(*items)),
        Stage::Probe | Stage::Replicate => None,
    };
    let snapshots = leadership.progress.iter().filter_map(|(&id, progress)| Some((id, sent(progress)?)));
    let snapshots: Vec<(ProcessId, u64)> = snapshots.collect();
    if !snapshots.is_empty() {
        rows.push(Row { key: "snapshot items sent", value: Value::PerNode(snapshots) });
    }
    if let Some(transfer) = leadership.transfer {
        let key = if transfer.told { "told to campaign" } else { "hands over to" };
        rows.push(Row { key, value: Value::Node(Some(transfer.to)) });
    }
    if !leadership.reads.is_empty() {
        rows.push(number("reads that wait", leadership.reads.len() as u64));
        let index = leadership.reads.iter().find_map(|read| read.round).map(|(_, index)| index);
        rows.extend(index.map(|index| number("readIndex", index)));
    }
    if leadership.rounds.leases {
        let from = leadership.rounds.lease_from.filter(|_| !leadership.rounds.forsworn);
        let lease = from.map_or_else(|| "none".to_owned(), |from| format!("from {from} on its clock"));
        rows.push(Row { key: "lease", value: Value::Text(lease) });
    }
    Group { title: "Leaders only", remark: "set afresh at each election", rows }
}

/// What a message says, by the names of Figure 2.
fn fields(message: &Message) -> Vec<Row> {
    let text = |key, value: String| Row { key, value: Value::Text(value) };
    let term = |term: u64| Row { key: "term", value: Value::Epoch(term) };
    match message {
        Message::RequestPreVote { term: t, last } | Message::RequestVote { term: t, last, transfer: false } => {
            vec![term(*t), number("lastLogIndex", last.index), epoch("lastLogTerm", *last)]
        }
        Message::RequestVote { term: t, last, transfer: true } => vec![
            term(*t),
            number("lastLogIndex", last.index),
            epoch("lastLogTerm", *last),
            yes_no("leadershipTransfer", true),
        ],
        Message::PreVote { asked, term: t, granted } => {
            let asked = Row { key: "asked term", value: Value::Epoch(*asked) };
            vec![term(*t), asked, yes_no("voteGranted", *granted)]
        }
        Message::Vote { term: t, granted } => vec![term(*t), yes_no("voteGranted", *granted)],
        Message::TimeoutNow { term: t } => vec![term(*t)],
        Message::InstallSnapshot { term: t, part, .. } => vec![
            term(*t),
            number("lastIncludedIndex", part.last.index),
            epoch("lastIncludedTerm", part.last),
            number("offset", u64::from(part.offset)),
            number("items", part.items.len() as u64),
            yes_no("done", part.done),
        ],
        Message::Append { term: t, prev, entries, commit, .. } => {
            let labels: Vec<String> = entries.iter().map(|entry| entry.command.to_string()).collect();
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            vec![
                term(*t),
                number("prevLogIndex", prev.index),
                epoch("prevLogTerm", *prev),
                text("entries", list(&labels)),
                number("leaderCommit", *commit),
            ]
        }
        Message::Appended { term: t, answer: Answer::Matches { through }, .. } => {
            vec![term(*t), yes_no("success", true), number("matchIndex", *through)]
        }
        Message::Appended { term: t, answer: Answer::Holds { last, items }, .. } => {
            vec![term(*t), number("lastIncludedIndex", *last), number("items", u64::from(*items))]
        }
        Message::Appended { term: t, answer: Answer::Differs { conflict, first, .. }, .. } => {
            let mut rows = vec![term(*t), yes_no("success", false)];
            rows.extend(conflict.map(|term| Row { key: "conflictTerm", value: Value::Epoch(term) }));
            rows.push(number("conflictIndex", *first));
            rows
        }
        Message::Appended { term: t, answer: Answer::Outdated, .. } => vec![term(*t), yes_no("success", false)],
        Message::Request { id, op } => vec![text("operation", op.to_string()), number("number", u64::from(id.seq))],
        Message::Reply { id, outcome } => vec![text("outcome", told(outcome)), number("number", u64::from(id.seq))],
        Message::NotLeader { id, leader } => {
            vec![Row { key: "leader", value: Value::Node(*leader) }, number("number", u64::from(id.seq))]
        }
    }
}

fn number(key: &'static str, value: u64) -> Row {
    Row { key, value: Value::Text(value.to_string()) }
}

fn epoch(key: &'static str, at: Position) -> Row {
    Row { key, value: Value::Epoch(at.term) }
}

fn yes_no(key: &'static str, value: bool) -> Row {
    Row { key, value: Value::Text(if value { "yes" } else { "no" }.to_owned()) }
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Written => "written".to_owned(),
        Outcome::Value(Some(value)) => value.clone(),
        Outcome::Value(None) => "no value".to_owned(),
        Outcome::Mismatch(Some(found)) => format!("unchanged: {found}"),
        Outcome::Mismatch(None) => "unchanged: no value".to_owned(),
        Outcome::Unknown => "unknown".to_owned(),
    }
}
