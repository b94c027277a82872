//! Raft's part of [`crate::words`]: its notes, messages, timers and breaches as sentences.

use sim::{ProcessId, Span};

use crate::raft::client::QUEUE_MAX;
use crate::raft::log::Position;
use crate::raft::membership::{Members, Membership};
use crate::raft::monitor::{Breach, Property};
use crate::raft::note::{AdminRefused, PutOff};
use crate::raft::{Answer, Message, Note, Timer, VoteRefused};
use crate::scenario::Reads;
use crate::words::{Names, about, administer, count};

/// The properties, in the order of [`Property::ALL`], in our own words: the five of Figure 3, then those of the text.
pub const PROMISES: &[(&str, &str)] = &[
    ("Election safety", "At most one leader is elected in a term"),
    ("Leader append-only", "A leader never changes or removes an entry of its own log"),
    ("Log matching", "Two logs that have an entry of the same index and term are the same up to it"),
    ("Leader completeness", "A committed entry is in the log of every leader of a later term"),
    ("State machine safety", "No two servers apply different entries at the same index"),
    ("One vote", "A server votes for one candidate a term at most"),
    ("Commit monotonic", "A running server's commit index never falls"),
    ("Exactly once", "An operation takes effect once, however often it is sent"),
    ("Fresh reads", "A read that promises it shows all that was committed when it was asked for"),
];

/// `entry 7, term 2`.
fn entry(at: Position) -> String {
    format!("entry {}, term {}", at.index, at.term)
}

/// `entry 7` or `entries 5 to 7`.
fn span(first: u64, last: u64) -> String {
    if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") }
}

/// `item 3`, `items 3 to 6`, or `no items`.
fn items(before: u32, number: u64) -> String {
    let first = u64::from(before) + 1;
    match number {
        0 => "no items".to_owned(),
        1 => format!("item {first}"),
        number => format!("items {first} to {}", first + number - 1),
    }
}

/// Where a log ends: `ends at entry 7, term 2` or `is empty`.
fn end(last: Position) -> String {
    if last.index == 0 { "is empty".to_owned() } else { format!("ends at {}", entry(last)) }
}

/// A note as a sentence.
#[must_use]
pub fn note(names: &Names, who: ProcessId, note: &Note) -> String {
    let me = names.of(who);
    let name = |id: &ProcessId| names.of(*id);
    match note {
        Note::Campaigns { term, .. } => format!("{me} becomes candidate in term {term} and asks for votes"),
        Note::Leads { term, .. } => format!("{me} becomes leader of term {term}"),
        Note::StepsDown { term, from_term, led, by } if term == from_term => {
            let what = if *led { "steps down" } else { "gives up its candidacy" };
            format!("{me} {what}: {} leads term {term}", name(by))
        }
        Note::StepsDown { term, led, by, .. } => {
            let what = if *led { "steps down" } else { "gives up its candidacy" };
            format!("{me} {what}: it hears of term {term} from {}", name(by))
        }
        Note::NewTerm { term, by } => format!("{me} enters term {term}, hearing of it from {}", name(by)),
        Note::Follows { leader, term } => format!("{me} follows {}, the leader of term {term}", name(leader)),
        Note::Votes { candidate, term } => format!("{me} votes for {} in term {term}", name(candidate)),
        Note::RefusesVote { candidate, term, why } => {
            let (candidate, why) = (name(candidate), vote_refused(names, who, *candidate, *why));
            format!("{me} refuses {candidate} its vote in term {term}: {why}")
        }
        Note::TakesIn { index, term, op, .. } => format!("{me} takes in {op} as entry {index}, term {term}"),
        Note::BeginsTerm { index, term } => format!("{me} begins term {term} with a no-op as entry {index}"),
        Note::Stores { leader, first, last } if *first == last.index => {
            format!("{me} stores {}'s {}", name(leader), entry(*last))
        }
        Note::Stores { leader, first, last } => {
            format!("{me} stores {}'s {}, up to term {}", name(leader), span(*first, last.index), last.term)
        }
        Note::Removes { leader, first, last, term } => {
            format!("{me} removes its {} of term {term}: {}'s log differs", span(*first, *last), name(leader))
        }
        Note::Differs { leader, prev, has } => {
            let has = has.map_or_else(
                || format!("it has no entry {}", prev.index),
                |term| format!("its entry {} is of term {term}, not {}", prev.index, prev.term),
            );
            format!("{me} refuses what {} sends: {has}", name(leader))
        }
        Note::Commits { first, last, copies: Some(copies), of } => {
            let what = if first == last { "it" } else { "them" };
            format!("{me} commits {}: {copies} of {of} have stored {what}", span(*first, *last))
        }
        Note::Commits { first, last, copies: None, .. } => {
            let verb = if first == last { "is" } else { "are" };
            format!("{me} learns that {} {verb} committed", span(*first, *last))
        }
        Note::TurnsAway { id, leader: Some(leader) } => {
            format!("{me} turns {} away: {} leads", name(&id.client), name(leader))
        }
        Note::TurnsAway { id, leader: None } => format!("{me} turns {} away: it knows no leader", name(&id.client)),
        Note::AsksElsewhere { server, after_silence: true, .. } => {
            format!("{me} has no answer and asks {}", name(server))
        }
        Note::AsksElsewhere { server, after_silence: false, .. } => {
            format!("{me} is sent on and asks {}", name(server))
        }
        Note::TooBusy { op } => format!("{me} drops {op}: {QUEUE_MAX} operations wait already"),
        Note::PreCampaigns { term, .. } => format!("{me} asks whether it could win term {term}"),
        Note::PreVotes { candidate, term } => format!("{me} would vote for {} in term {term}", name(candidate)),
        Note::RefusesPreVote { candidate, term, why } => {
            format!(
                "{me} would not vote for {} in term {term}: {}",
                name(candidate),
                vote_refused(names, who, *candidate, *why)
            )
        }
        Note::LosesQuorum { term, heard, of } => {
            format!("{me} steps down in term {term}: it has heard from only {} of {of}, too few to lead", heard.len())
        }
        Note::StepsAside { term } => {
            format!("{me} steps down in term {term}: the configuration without it is committed")
        }
        Note::FindsLoss { follower, first, last } => {
            format!("{me} finds that {} has lost {}, which it had stored", name(follower), span(*first, *last))
        }
        Note::Compacts { through } => {
            format!("{me} takes a snapshot up to {} and drops what it covers", entry(*through))
        }
        Note::SendsSnapshot { to, through } => {
            format!("{me} sends {} its snapshot up to {}: the log before is gone", name(to), entry(*through))
        }
        Note::Installs { leader, through } => {
            format!("{me} takes {}'s snapshot up to {}", name(leader), entry(*through))
        }
        Note::Reconfigures { index, membership } => {
            format!("{me} follows the configuration of entry {index}: {}", configuration(names, *membership))
        }
        Note::SettlesMembership { index, membership } => {
            format!("{me} has the configuration of entry {index} committed: {}", configuration(names, *membership))
        }
        Note::RollsBack { index: 0, membership } => {
            format!("{me} goes back to the first configuration: {}", configuration(names, *membership))
        }
        Note::RollsBack { index, membership } => {
            format!("{me} goes back to the configuration of entry {index}: {}", configuration(names, *membership))
        }
        Note::BeginsTransfer { to } => format!("{me} begins to hand the leadership over to {}", name(to)),
        Note::HandsOver { to } => format!("{me} tells {} to campaign: its log is complete", name(to)),
        Note::AbortsTransfer { to } => format!("{me} leads on: {} did not take over in time", name(to)),
        Note::Refuses { what, why } => {
            format!("{me} does not {}: {}", administer(names, what), admin_refused(names, *why))
        }
        Note::HoldsRead { id } => {
            format!("{me} holds {}'s read: nothing of its own term is committed yet", name(&id.client))
        }
        Note::ChecksLeadership { id, round, lease_out: false } => {
            format!("{me} makes sure that it still leads, with round {round}, for {}'s read", name(&id.client))
        }
        Note::ChecksLeadership { id, round, lease_out: true } => {
            format!(
                "{me} has no lease and makes sure with round {round} that it still leads, for {}'s read",
                name(&id.client)
            )
        }
        Note::ServesRead { id, how, through } => {
            let through = if *through == 0 {
                "nothing applied".to_owned()
            } else {
                format!("what it has applied, up to entry {through}")
            };
            format!("{me} answers {}'s read {}, with {through}", name(&id.client), read_by(*how))
        }
        Note::AnswersAgain { id } => format!("{me} answers {} again: this was applied before", name(&id.client)),
        Note::PutsOff { id, why } => {
            let why = match why {
                PutOff::Transferring { to } => format!("it is handing over to {}", name(to)),
                PutOff::TooManyUncommitted => "too many entries wait to be committed".to_owned(),
            };
            format!("{me} puts {} off: {why}", name(&id.client))
        }
    }
}

/// Why a vote is refused, as a clause about the voter.
fn vote_refused(names: &Names, who: ProcessId, candidate: ProcessId, why: VoteRefused) -> String {
    match why {
        VoteRefused::OldTerm { mine } => format!("it is in term {mine} already"),
        VoteRefused::AlreadyVoted { to } if to == who => "it has voted for itself".to_owned(),
        VoteRefused::AlreadyVoted { to } => format!("it has voted for {}", names.of(to)),
        VoteRefused::HearsLeader { leader: Some(leader) } => format!("it hears from {}, which leads", names.of(leader)),
        VoteRefused::HearsLeader { leader: None } => "it came up so lately that a leader may count on it".to_owned(),
        VoteRefused::LogBehind { theirs, mine } => {
            format!("{}'s log {}, its own {}", names.of(candidate), end(theirs), end(mine))
        }
    }
}

/// Why an operator's wish is not granted, as a clause about the server.
fn admin_refused(names: &Names, why: AdminRefused) -> String {
    match why {
        AdminRefused::NotLeader { leader: Some(leader) } => format!("{} leads", names.of(leader)),
        AdminRefused::NotLeader { leader: None } => "it does not lead, and knows no leader".to_owned(),
        AdminRefused::Already => "it is so already".to_owned(),
        AdminRefused::ChangeUnderway { index } => format!("the change of entry {index} is under way"),
        AdminRefused::NothingCommittedYet => "nothing of its own term is committed yet".to_owned(),
        AdminRefused::Transferring { to } => format!("it is handing over to {}", names.of(to)),
        AdminRefused::NotVoter => "only voters lead".to_owned(),
        AdminRefused::NoSuchServer => "there is no such server".to_owned(),
        AdminRefused::LastVoter => "nobody would be left to vote".to_owned(),
        AdminRefused::NothingToCompact => "nothing was applied since the last snapshot".to_owned(),
    }
}

/// `A, B and C vote`, or `A and B vote, together with A, B and C until now`.
fn configuration(names: &Names, membership: Membership) -> String {
    let list = |members: Members| names.list(&members.iter().collect::<Vec<_>>());
    let verb = if membership.voters.len() == 1 { "votes" } else { "vote" };
    let mut words = format!("{} {verb}", list(membership.voters));
    if membership.is_joint() {
        words = format!("{} and, apart, {} have to agree", list(membership.outgoing), list(membership.voters));
    }
    if !membership.learners.is_empty() {
        let verb = if membership.learners.len() == 1 { "learns" } else { "learn" };
        words = format!("{words}, {} {verb}", list(membership.learners));
    }
    words
}

/// How a read is answered.
fn read_by(how: Reads) -> &'static str {
    match how {
        Reads::Log => "through the log",
        Reads::Index => "by read index",
        Reads::Lease => "by lease",
        Reads::Local => "from its own state",
    }
}

/// The protocol's word for a message.
#[must_use]
pub fn kind(message: &Message) -> &'static str {
    match message {
        Message::RequestPreVote { .. } => "RequestPreVote",
        Message::PreVote { granted: true, .. } => "pre-vote",
        Message::PreVote { granted: false, .. } => "pre-vote refusal",
        Message::InstallSnapshot { .. } => "InstallSnapshot",
        Message::TimeoutNow { .. } => "TimeoutNow",
        Message::RequestVote { .. } => "RequestVote",
        Message::Vote { granted: true, .. } => "vote",
        Message::Vote { granted: false, .. } => "refusal",
        Message::Append { entries, .. } if entries.is_empty() => "heartbeat",
        Message::Append { .. } => "AppendEntries",
        Message::Appended { answer: Answer::Matches { .. } | Answer::Holds { .. }, .. } => "acknowledgement",
        Message::Appended { answer: Answer::Differs { .. }, .. } => "mismatch",
        Message::Appended { answer: Answer::Outdated, .. } => "refusal",
        Message::Request { .. } => "request",
        Message::Reply { .. } => "reply",
        Message::NotLeader { .. } => "redirect",
    }
}

/// A message's word with what it is about.
#[must_use]
pub fn message(names: &Names, message: &Message) -> String {
    let kind = kind(message);
    match message {
        Message::RequestPreVote { term, .. }
        | Message::PreVote { asked: term, .. }
        | Message::RequestVote { term, .. }
        | Message::Vote { term, .. } => format!("{kind} for term {term}"),
        Message::InstallSnapshot { part, .. } => {
            let last = part.last.index;
            format!("{kind} up to entry {last}, {}", items(part.offset, part.items.len() as u64))
        }
        Message::TimeoutNow { term } => format!("{kind} of term {term}"),
        Message::Append { term, entries, .. } if entries.is_empty() => format!("{kind} of term {term}"),
        Message::Append { prev, entries, .. } => {
            format!("{kind} with {}", span(prev.index + 1, prev.index + entries.len() as u64))
        }
        Message::Appended { answer: Answer::Matches { through }, .. } => format!("{kind} up to entry {through}"),
        Message::Appended { answer: Answer::Holds { last, items }, .. } => {
            format!("{kind} of {} of the snapshot up to entry {last}", count(u64::from(*items), "item"))
        }
        Message::Appended { answer: Answer::Differs { prev, .. }, .. } => format!("{kind} at entry {prev}"),
        Message::Appended { term, answer: Answer::Outdated, .. } => format!("{kind} in term {term}"),
        Message::Request { op, .. } => format!("{kind} {op}"),
        Message::Reply { .. } => kind.to_owned(),
        Message::NotLeader { leader: Some(leader), .. } => format!("{kind} to {}", names.of(*leader)),
        Message::NotLeader { leader: None, .. } => format!("{kind} to nobody"),
    }
}

/// The protocol's word for a timer.
#[must_use]
pub fn timer_name(timer: Timer) -> &'static str {
    match timer {
        Timer::Election => "election",
        Timer::Heartbeat => "heartbeat",
        Timer::Transfer => "transfer",
        Timer::Flush => "flush",
        Timer::Write => "write",
        Timer::Retry => "retry",
        Timer::GiveUp => "patience",
    }
}

/// A timer that ran out.
#[must_use]
pub fn timer(names: &Names, who: ProcessId, timer: Timer, after: Span) -> String {
    let (me, after) = (names.of(who), about(after));
    match timer {
        Timer::Election => format!("{me}'s election timer runs out: it has heard from no leader for {after}"),
        Timer::Heartbeat => format!("{me}'s next heartbeat is due, {after} after the last"),
        Timer::Transfer => format!("{me} has waited {after} for another to take over"),
        Timer::Flush => format!("{me}'s next fsync is due"),
        Timer::Write => format!("{me}'s next write is due"),
        Timer::Retry => format!("{me} has waited {after} for an answer"),
        Timer::GiveUp => format!("{me}'s patience ends after {after}"),
    }
}

/// Which property is broken, and the facts that contradict each other.
#[must_use]
pub fn breach(names: &Names, breach: &Breach) -> (Property, String) {
    let name = |id: &ProcessId| names.of(*id);
    let facts = match breach {
        Breach::ElectionSafety { term, first, second } => {
            format!("{} leads term {term}, and {} led it before", name(second), name(first))
        }
        Breach::LeaderAppendOnly { leader, term, had, has } => {
            let has = has.map_or_else(|| "it has none".to_owned(), |has| format!("it has one of term {has}"));
            format!("{}, leader of term {term}, had {}, and now {has} there", name(leader), entry(*had))
        }
        Breach::LogMatching { at, first, second } => {
            format!("{} and {} both have {}, and differ before it", name(first), name(second), entry(*at))
        }
        Breach::LeaderCompleteness { leader, term, lacks, committed_by, committed_in } => format!(
            "{} leads term {term} without {}, which {} committed in term {committed_in}",
            name(leader),
            entry(*lacks),
            name(committed_by)
        ),
        Breach::StateMachineSafety { at, first, second, other_term } => {
            let (first, second) = (name(first), name(second));
            format!("{first} applied {}, and {second} applies one of term {other_term} there", entry(*at))
        }
        Breach::OneVote { who, term, first, second } => {
            format!("{} votes for {} in term {term}, and voted for {} before", name(who), name(second), name(first))
        }
        Breach::CommitFalls { who, from, to } => {
            format!("{} knew the log to be committed up to entry {from}, and now only up to {to}", name(who))
        }
        Breach::ExactlyOnce { who, at, effects, operations } => format!(
            "up to entry {at} there are {}, and at {} {} took effect",
            count(*operations, "operation"),
            name(who),
            effects
        ),
        Breach::FreshReads { who, client, how, lacks, asked } => format!(
            "{} answers {}'s read {} without {}, although entries up to {asked} were committed when it was asked",
            name(who),
            name(client),
            read_by(*how),
            entry(*lacks)
        ),
    };
    (breach.property(), facts)
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
