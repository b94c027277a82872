//! Each rule, message, timer and breach of Raft is said once.

use std::sync::Arc;

use sim::OpId;

use super::*;
use crate::op::{Admin, Op, Outcome};
use crate::raft::Entry;
use crate::raft::snapshot::Snapshot;

const A: ProcessId = ProcessId(0);
const B: ProcessId = ProcessId(1);
const C: ProcessId = ProcessId(2);

fn names() -> Names {
    Names::new(["A", "B", "C", "c1"].map(str::to_owned).to_vec())
}

#[track_caller]
fn reads(text: &str) {
    let odd = ["{", "}", "Some(", "None", "?", "  ", "ProcessId", "\"", "[", "()", "Reads"];
    assert!(!text.is_empty() && !text.ends_with('.') && !odd.iter().any(|odd| text.contains(odd)), "`{text}`");
}

fn id() -> OpId {
    OpId { client: ProcessId(3), seq: 1 }
}

fn at(term: u64, index: u64) -> Position {
    Position { term, index }
}

fn put() -> Op {
    Op::Put { key: "x".into(), value: "7".into() }
}

fn memberships() -> [Membership; 4] {
    let usual = Membership::of(Members::first(3));
    [
        usual,
        Membership::of(Members::first(1)),
        Membership { outgoing: Members::first(2), ..usual },
        Membership { learners: Members::NOBODY.with(C), ..Membership::of(Members::first(2)) },
    ]
}

fn votes_refused() -> [VoteRefused; 6] {
    [
        VoteRefused::OldTerm { mine: 3 },
        VoteRefused::AlreadyVoted { to: A },
        VoteRefused::AlreadyVoted { to: C },
        VoteRefused::HearsLeader { leader: Some(C) },
        VoteRefused::HearsLeader { leader: None },
        VoteRefused::LogBehind { theirs: at(0, 0), mine: at(2, 7) },
    ]
}

fn notes() -> Vec<Note> {
    let silence = Span::from_millis(200);
    let (leader, candidate, to, term) = (B, B, B, 3);
    let mut notes = vec![
        Note::Campaigns { term, silence, leader: Some(B) },
        Note::PreCampaigns { term, silence, leader: None },
        Note::PreVotes { candidate, term },
        Note::Leads { term, votes: Members::first(2), of: 3 },
        Note::LosesQuorum { term, heard: Members::first(1), of: 3 },
        Note::StepsAside { term },
        Note::NewTerm { term, by: B },
        Note::Follows { leader, term },
        Note::Votes { candidate, term },
        Note::TakesIn { index: 7, term, id: id(), op: put() },
        Note::BeginsTerm { index: 7, term },
        Note::Stores { leader, first: 7, last: at(3, 7) },
        Note::Stores { leader, first: 5, last: at(3, 7) },
        Note::Removes { leader, first: 5, last: 7, term },
        Note::Differs { leader, prev: at(3, 7), has: None },
        Note::Differs { leader, prev: at(3, 7), has: Some(2) },
        Note::FindsLoss { follower: B, first: 5, last: 7 },
        Note::Compacts { through: at(3, 7) },
        Note::SendsSnapshot { to, through: at(3, 7) },
        Note::Installs { leader, through: at(3, 7) },
        Note::BeginsTransfer { to },
        Note::HandsOver { to },
        Note::AbortsTransfer { to },
        Note::HoldsRead { id: id() },
        Note::ChecksLeadership { id: id(), round: 4, lease_out: false },
        Note::ChecksLeadership { id: id(), round: 4, lease_out: true },
        Note::AnswersAgain { id: id() },
        Note::TurnsAway { id: id(), leader: Some(B) },
        Note::TurnsAway { id: id(), leader: None },
        Note::PutsOff { id: id(), why: PutOff::Transferring { to } },
        Note::PutsOff { id: id(), why: PutOff::TooManyUncommitted },
        Note::AsksElsewhere { id: id(), server: B, after_silence: true },
        Note::AsksElsewhere { id: id(), server: B, after_silence: false },
        Note::TooBusy { op: put() },
    ];
    for led in [false, true] {
        notes.extend([2, 3].map(|from_term| Note::StepsDown { term, from_term, led, by: B }));
    }
    for copies in [None, Some(2)] {
        notes.extend([5, 7].map(|first| Note::Commits { first, last: 7, copies, of: 3 }));
    }
    for why in votes_refused() {
        notes.push(Note::RefusesVote { candidate, term, why });
        notes.push(Note::RefusesPreVote { candidate, term, why });
    }
    for membership in memberships() {
        notes.push(Note::Reconfigures { index: 7, membership });
        notes.push(Note::SettlesMembership { index: 7, membership });
        notes.extend([0, 7].map(|index| Note::RollsBack { index, membership }));
    }
    for how in [Reads::Log, Reads::Index, Reads::Lease, Reads::Local] {
        notes.extend([0, 7].map(|through| Note::ServesRead { id: id(), how, through }));
    }
    let wishes = [
        Admin::Transfer(B),
        Admin::AddLearner(B),
        Admin::AddVoter(B),
        Admin::Remove(B),
        Admin::Reconfigure(vec![A, B]),
        Admin::Compact,
    ];
    notes.extend(wishes.map(|what| Note::Refuses { what, why: AdminRefused::Already }));
    for why in [
        AdminRefused::NotLeader { leader: Some(B) },
        AdminRefused::NotLeader { leader: None },
        AdminRefused::ChangeUnderway { index: 7 },
        AdminRefused::NothingCommittedYet,
        AdminRefused::Transferring { to },
        AdminRefused::NotVoter,
        AdminRefused::NoSuchServer,
        AdminRefused::LastVoter,
        AdminRefused::NothingToCompact,
    ] {
        notes.push(Note::Refuses { what: Admin::Compact, why });
    }
    notes
}

#[test]
fn every_note_is_said() {
    for said in notes() {
        reads(&note(&names(), A, &said));
    }
    let refuses = Note::Refuses { what: Admin::AddVoter(C), why: AdminRefused::ChangeUnderway { index: 7 } };
    assert_eq!(note(&names(), A, &refuses), "A does not add C as a voter: the change of entry 7 is under way");
}

#[test]
fn every_message_is_said_and_has_a_kind() {
    let (term, round, last) = (3, 2, at(2, 7));
    let snapshot = Snapshot { last, ..Snapshot::default() };
    let entries = |count: u64| -> Arc<[Entry]> { (0..count).map(|_| Entry::no_op(term)).collect() };
    let answers = [
        Answer::Matches { through: 7 },
        Answer::Differs { prev: 7, conflict: Some(2), first: 5 },
        Answer::Holds { last: 7, items: 4 },
        Answer::Outdated,
    ];
    let mut messages = vec![
        Message::RequestPreVote { term, last },
        Message::PreVote { asked: term, term, granted: true },
        Message::PreVote { asked: term, term, granted: false },
        Message::RequestVote { term, last, transfer: false },
        Message::RequestVote { term, last, transfer: true },
        Message::Vote { term, granted: true },
        Message::Vote { term, granted: false },
        Message::Append { term, prev: last, entries: entries(0), commit: 7, round },
        Message::Append { term, prev: last, entries: entries(2), commit: 7, round },
        Message::InstallSnapshot { term, part: Arc::new(snapshot.part(0, 4)), round },
        Message::TimeoutNow { term },
        Message::Request { id: id(), op: put() },
        Message::Reply { id: id(), outcome: Outcome::Mismatch(None) },
        Message::NotLeader { id: id(), leader: Some(B) },
        Message::NotLeader { id: id(), leader: None },
    ];
    messages.extend(answers.map(|answer| Message::Appended { term, answer, round }));
    for said in &messages {
        reads(&message(&names(), said));
        reads(kind(said));
    }
}

#[test]
fn every_timer_is_said() {
    for said in
        [Timer::Election, Timer::Heartbeat, Timer::Transfer, Timer::Flush, Timer::Write, Timer::Retry, Timer::GiveUp]
    {
        reads(&timer(&names(), A, said, Span::from_millis(150)));
        reads(timer_name(said));
    }
}

#[test]
fn every_property_has_its_promise() {
    assert_eq!(PROMISES.len(), Property::ALL.len());
    for (name, promise) in PROMISES {
        reads(name);
        reads(promise);
    }
    let stale = Breach::FreshReads { who: A, client: ProcessId(3), how: Reads::Lease, lacks: at(2, 7), asked: 8 };
    for said in [
        Breach::OneVote { who: A, term: 3, first: B, second: C },
        Breach::CommitFalls { who: A, from: 7, to: 5 },
        Breach::ExactlyOnce { who: A, at: 7, effects: 3, operations: 2 },
        stale,
    ] {
        reads(&breach(&names(), &said).1);
    }
}
