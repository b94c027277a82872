//! How a reader sees Raft: state grouped as Figure 2 of the paper groups it, messages by its names, and the
//! causes that only Raft knows of.
//!
//! It reads the servers and never changes them.

use sim::{EventId, EventKind as Kind, Loss, NoteOf, ProcessId, Span, Time, Trace};

use crate::op::Outcome;
use crate::raft::log::Position;
use crate::raft::server::{Leadership, Role, Server};
use crate::raft::{Answer, Client, Log, Member, Members, Message, Note, Persistent, Raft, Timer, words};
use crate::shown::{ClientLook, MessageLook, Reasons, ServerLook, Shown, State, TimerLook, Turn};
use crate::view::{Cell, EventKind, Group, Row, Shape, Stance, Strip, Value};
use crate::words::{Names, list};

type Event = sim::Event<Raft>;

impl Shown for Raft {
    const EPOCH_WORD: &'static str = "term";
    const PROMISES: &'static [(&'static str, &'static str)] = words::PROMISES;

    fn servers(&self) -> u8 {
        self.servers
    }

    fn server(&self, id: ProcessId, state: State<'_, Self>) -> ServerLook {
        match state {
            State::Up(Member::Server(server)) => running(server),
            State::Up(Member::Client(_)) => unreachable!("process {} is a server", id.0),
            State::Down(disk) => ServerLook {
                stance: Stance::Follows,
                role: "Crashed",
                epoch: disk.term,
                strip: strip(&disk.log, 0),
                groups: vec![on_disk(disk)],
            },
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
            Timer::Transfer => TimerLook::Decides(self.config.election_timeout.0),
            Timer::Flush | Timer::Write | Timer::Retry | Timer::GiveUp => TimerLook::Hidden,
        }
    }

    fn message(&self, message: &Message) -> MessageLook {
        let (shape, label) = match message {
            Message::RequestVote { .. } | Message::RequestPreVote { .. } | Message::TimeoutNow { .. } => {
                (Shape::Ask, None)
            }
            Message::Vote { granted: true, .. } | Message::PreVote { granted: true, .. } => (Shape::Agree, None),
            Message::Vote { granted: false, .. } | Message::PreVote { granted: false, .. } => (Shape::Refuse, None),
            Message::InstallSnapshot { .. } => (Shape::Cells(Vec::new()), None),
            Message::Append { entries, .. } if entries.is_empty() => (Shape::Beat, None),
            Message::Append { entries, .. } => (Shape::Cells(entries.iter().map(|entry| entry.term).collect()), None),
            Message::Appended { answer: Answer::Matches { .. } | Answer::Holds { .. }, .. } => (Shape::Ack, None),
            Message::Appended { answer: Answer::Differs { .. }, .. } => (Shape::Mismatch, None),
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
            Note::Campaigns { .. } | Note::Leads { .. } | Note::StepsDown { .. } | Note::NewTerm { .. } => {
                EventKind::Role
            }
            // Followers learn of it later: one mark for each commit is enough for a short account.
            Note::Commits { copies: Some(_), .. } => EventKind::Commit,
            _ => EventKind::Rule,
        }
    }

    fn note_turn(note: &Note) -> Option<Turn> {
        match *note {
            Note::Campaigns { term, .. } => Some(Turn::Part(Stance::Asks, term)),
            Note::LosesQuorum { term, .. } | Note::StepsAside { term } => Some(Turn::Part(Stance::Follows, term)),
            Note::Leads { term, .. } => Some(Turn::Part(Stance::Leads, term)),
            Note::StepsDown { term, .. } | Note::NewTerm { term, .. } => Some(Turn::Part(Stance::Follows, term)),
            Note::Commits { .. } => Some(Turn::Settled),
            _ => None,
        }
    }

    fn note_words(names: &Names, who: ProcessId, note: &NoteOf<Self>) -> String {
        words::note(names, who, note)
    }

    fn message_words(names: &Names, message: &Message) -> String {
        words::message(names, message)
    }

    fn timer_words(names: &Names, who: ProcessId, timer: Timer, after: Span) -> String {
        words::timer(names, who, timer, after)
    }

    fn breach_words(names: &Names, breach: &sim::BreachOf<Self>) -> (usize, String) {
        let (property, facts) = words::breach(names, breach);
        (property as usize, facts)
    }

    fn reasons(trace: &Trace<Self>, event: &Event) -> Option<Reasons> {
        let who = event.process?;
        match &event.kind {
            Kind::Noted(Note::Leads { term, votes, .. }) => Some(why_elected(trace, event, who, *term, *votes)),
            Kind::TimerFired { timer: Timer::Election, set_at } => Some(why_silent(trace, event, who, *set_at)),
            Kind::TimerFired { timer: Timer::Heartbeat, .. } => {
                let leads = |kind: &Kind<_, _, Note, _, _, _>| matches!(kind, Kind::Noted(Note::Leads { .. }));
                let since = last(trace, event.id, |past| past.process == Some(who) && leads(&past.kind));
                Some(Reasons { events: since.into_iter().collect(), go_on: false })
            }
            Kind::TimerFired { .. } => Some(Reasons { events: Vec::new(), go_on: false }),
            _ => None,
        }
    }
}

fn running(server: &Server) -> ServerLook {
    let (stance, role) = match server.role {
        Role::Follower => (Stance::Follows, "Follower"),
        Role::PreCandidate { .. } | Role::Candidate { .. } => (Stance::Asks, "Candidate"),
        Role::Leader(_) => (Stance::Leads, "Leader"),
    };
    let mut groups = vec![on_disk(&server.persistent), in_memory(server)];
    match &server.role {
        Role::Follower => {}
        Role::PreCandidate { votes } | Role::Candidate { votes } => {
            let votes = votes.iter().map(|voter| (voter, 1)).collect();
            let rows = vec![Row { key: "votes", value: Value::PerNode(votes) }];
            groups.push(Group { title: "Candidates only", remark: "set afresh at each election", rows });
        }
        Role::Leader(leadership) => groups.push(leaders_only(leadership)),
    }
    let strip = strip(&server.persistent.log, server.volatile.commit);
    ServerLook { stance, role, epoch: server.persistent.term, strip, groups }
}

fn strip(log: &Log, settled: u64) -> Strip {
    let cells = (log.first_index()..).zip(log.entries_from(0, usize::MAX)).map(|(index, entry)| Cell {
        index,
        epoch: entry.term,
        label: entry.command.to_string(),
        known: index <= settled,
    });
    Strip { cells: cells.collect(), settled }
}

fn on_disk(disk: &Persistent) -> Group {
    let last = disk.log.last();
    let log = disk.log.get(last.index).map_or_else(
        || "empty".to_owned(),
        |entry| format!("to {}: {}, term {}", last.index, entry.command, entry.term),
    );
    let rows = vec![
        Row { key: "currentTerm", value: Value::Epoch(disk.term) },
        Row { key: "votedFor", value: Value::Node(disk.voted_for) },
        Row { key: "log", value: Value::Text(log) },
    ];
    Group { title: "On disk", remark: "survives a crash", rows }
}

fn in_memory(server: &Server) -> Group {
    let volatile = &server.volatile;
    let values: Vec<String> = volatile.machine.values().map(|(key, value)| format!("{key} = {value}")).collect();
    let applied = if values.is_empty() {
        volatile.applied.to_string()
    } else {
        format!("{}: {}", volatile.applied, values.join(", "))
    };
    let rows = vec![
        Row { key: "leader", value: Value::Node(volatile.leader) },
        Row { key: "commitIndex", value: Value::Text(volatile.commit.to_string()) },
        Row { key: "lastApplied", value: Value::Text(applied) },
    ];
    Group { title: "In memory", remark: "lost in a crash", rows }
}

fn leaders_only(leadership: &Leadership) -> Group {
    let per_node = |of: fn(&crate::raft::Progress) -> u64| {
        Value::PerNode(leadership.progress.iter().map(|(&id, progress)| (id, of(progress))).collect())
    };
    let rows = vec![
        Row { key: "nextIndex", value: per_node(|progress| progress.next) },
        Row { key: "matchIndex", value: per_node(|progress| progress.matched) },
    ];
    Group { title: "Leaders only", remark: "set afresh at each election", rows }
}

/// What a message says, by the names of Figure 2.
fn fields(message: &Message) -> Vec<Row> {
    let text = |key, value: String| Row { key, value: Value::Text(value) };
    let term = |term: u64| Row { key: "term", value: Value::Epoch(term) };
    match message {
        Message::RequestPreVote { term: t, last } | Message::RequestVote { term: t, last, .. } => {
            vec![term(*t), number("lastLogIndex", last.index), epoch("lastLogTerm", *last)]
        }
        Message::TimeoutNow { term: t } | Message::InstallSnapshot { term: t, .. } => vec![term(*t)],
        Message::PreVote { term: t, granted, .. } | Message::Vote { term: t, granted } => {
            vec![term(*t), yes_no("voteGranted", *granted)]
        }
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
        Message::Appended {
            term: t,
            answer: Answer::Matches { through } | Answer::Holds { last: through, .. },
            ..
        } => {
            vec![term(*t), yes_no("success", true), number("matchIndex", *through)]
        }
        Message::Appended { term: t, answer: Answer::Differs { conflict, first, .. }, .. } => {
            let mut rows = vec![term(*t), yes_no("success", false)];
            rows.extend(conflict.map(|term| Row { key: "conflictTerm", value: Value::Epoch(term) }));
            rows.push(number("conflictIndex", *first));
            rows
        }
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
        Outcome::Mismatch(_) => String::new(), // H3
        Outcome::Unknown => "unknown".to_owned(),
    }
}

/// The votes that made a leader, newest first, and the candidacy that they were asked for.
fn why_elected(trace: &Trace<Raft>, elected: &Event, who: ProcessId, term: u64, votes: Members) -> Reasons {
    let is_vote = |event: &Event| match &event.kind {
        Kind::Noted(Note::Votes { candidate, term: of }) => {
            (*candidate, *of) == (who, term) && event.process.is_some_and(|voter| votes.contains(voter))
        }
        _ => false,
    };
    let is_candidacy = |event: &Event| {
        event.process == Some(who) && matches!(event.kind, Kind::Noted(Note::Campaigns { term: of, .. }) if of == term)
    };
    let mut events: Vec<EventId> = Vec::new();
    for event in back_from(trace, elected.id) {
        if is_vote(event) {
            events.push(event.id);
        } else if is_candidacy(event) {
            events.push(event.id);
            return Reasons { events, go_on: true };
        }
    }
    Reasons { events, go_on: false }
}

/// What kept the leader's messages, or the votes of a candidate, away while an election timer ran: the first
/// of them that was lost, or the crash of the leader. If there is nothing of the sort, a candidacy that came to
/// nothing, or else the event that set the timer.
fn why_silent(trace: &Trace<Raft>, fired: &Event, who: ProcessId, set_at: Time) -> Reasons {
    let lost_and_wanted = |event: &&Event| match &event.kind {
        Kind::Dropped { from, to, sent, loss, .. } if *loss != Loss::ReceiverDown || *from == who => {
            let message = trace.get(*sent).map(|sent| &sent.kind);
            match message {
                Some(Kind::Sent { message: Message::Append { .. } | Message::Vote { .. }, .. }) => *to == who,
                Some(Kind::Sent { message: Message::RequestVote { .. }, .. }) => *from == who,
                _ => false,
            }
        }
        _ => false,
    };
    if let Some(loss) = trace.between(set_at, fired.at).take_while(|event| event.id < fired.id).find(lost_and_wanted) {
        return Reasons { events: vec![loss.id], go_on: true };
    }
    let leader = trace.between(fired.at, fired.at).find_map(|event| match event.kind {
        Kind::Noted(Note::Campaigns { leader, .. }) if event.cause == Some(fired.id) => leader,
        _ => None,
    });
    let crash = leader.and_then(|leader| {
        let lived = |event: &Event| matches!(event.kind, Kind::Noted(Note::Leads { .. }) | Kind::Restarted { .. });
        let of_leader = back_from(trace, fired.id).filter(|event| event.process == Some(leader));
        let mut turning_points = of_leader.filter(|event| lived(event) || matches!(event.kind, Kind::Crashed { .. }));
        turning_points.next().filter(|event| !lived(event)).map(|event| event.id)
    });
    // No fault: votes were split.
    let candidacy = fired.cause.and_then(|root| {
        let step = (root.0..fired.id.0).filter_map(|id| trace.get(EventId(id))).take_while(|event| event.at == set_at);
        let asked = |event: &&Event| matches!(event.kind, Kind::Noted(Note::Campaigns { .. }));
        step.filter(|event| event.cause == Some(root)).find(asked).map(|event| event.id)
    });
    let events = crash.or(candidacy).or(fired.cause).into_iter().collect();
    Reasons { events, go_on: crash.is_none() && candidacy.is_some() }
}

/// The events before one, newest first.
fn back_from(trace: &Trace<Raft>, id: EventId) -> impl Iterator<Item = &Event> {
    (0..id.0).rev().filter_map(|past| trace.get(EventId(past)))
}

fn last(trace: &Trace<Raft>, before: EventId, is: impl Fn(&Event) -> bool) -> Option<EventId> {
    back_from(trace, before).find(|event| is(event)).map(|event| event.id)
}
