//! The causes that only Raft knows of: why a server was elected, and why it heard nothing from a leader.
//!
//! Whatever is not told here is told by [`crate::live`], which knows messages, timers and faults of any protocol.

use sim::{EventId, EventKind as Kind, Loss, ProcessId, Time};

use crate::past::Past;
use crate::raft::membership::Members;
use crate::raft::{Message, Note, Raft, Timer};
use crate::shown::Reasons;
use crate::view::Because;

type Event = sim::Event<Raft>;

/// What made an event happen, where Raft knows more than that one thing led to the next.
pub(super) fn reasons(past: &Past<'_, Raft>, event: &Event) -> Option<Reasons> {
    let who = event.process?;
    match &event.kind {
        Kind::Noted(Note::Leads { term, votes, .. }) => {
            Some(why_elected(past, event, who, *term, |voter| votes.contains(voter)))
        }
        Kind::Noted(Note::Campaigns { term, .. }) => why_it_could_win(past, event, who, *term),
        Kind::Noted(Note::LosesQuorum { term, heard, .. }) => Some(why_no_quorum(past, event, who, *term, *heard)),
        Kind::TimerFired { timer: Timer::Election, set_at } => Some(why_silent(past, event, who, *set_at)),
        Kind::TimerFired { timer: Timer::Heartbeat, .. } => Some(why_it_beats(past, event, who)),
        Kind::TimerFired { timer: Timer::Retry | Timer::GiveUp, set_at } => {
            Some(why_unanswered(past, event, who, *set_at))
        }
        Kind::TimerFired { timer: Timer::Transfer, .. } => {
            event.cause.map(|began| Reasons::go_on(Because::SetBy, began))
        }
        Kind::TimerFired { timer: Timer::Write | Timer::Flush, .. } => Some(Reasons::none()),
        Kind::Delivered { from, sent, .. } => let_through(past, event, *from, *sent),
        _ => None,
    }
}

/// The votes that made a leader, newest first, and the candidacy that they were asked for.
fn why_elected(
    past: &Past<'_, Raft>,
    elected: &Event,
    who: ProcessId,
    term: u64,
    voted: impl Fn(ProcessId) -> bool,
) -> Reasons {
    let is_vote = |event: &Event| match &event.kind {
        Kind::Noted(Note::Votes { candidate, term: of }) => {
            (*candidate, *of) == (who, term) && event.process.is_some_and(&voted)
        }
        _ => false,
    };
    let is_candidacy = |event: &Event| {
        event.process == Some(who) && matches!(event.kind, Kind::Noted(Note::Campaigns { term: of, .. }) if of == term)
    };
    votes_and_candidacy(past, elected, is_vote, is_candidacy)
}

/// The votes that a server was promised before it campaigned, newest first, and what it asked for them by (PreVote,
/// thesis §9.6). Nothing of its own to tell if no promise made it campaign.
fn why_it_could_win(past: &Past<'_, Raft>, campaigns: &Event, who: ProcessId, term: u64) -> Option<Reasons> {
    let promised = |event: &Event| match event.kind {
        Kind::Delivered { from, sent, .. } if event.process == Some(who) => {
            let sent = past.trace.get(sent).map(|sent| &sent.kind);
            let granted = matches!(sent, Some(Kind::Sent { message: Message::PreVote { asked, granted: true, .. }, .. })
                if *asked == term);
            granted.then_some(from)
        }
        _ => None,
    };
    let asked = |event: &Event| {
        event.process == Some(who)
            && matches!(event.kind, Kind::Noted(Note::PreCampaigns { term: of, .. }) if of == term)
    };
    promised(past.trace.get(campaigns.cause?)?)?;
    let asking = past.back_from(campaigns.id).find(|event| asked(event))?;
    let promises: Members = past.back_to(campaigns.id, asking.id).filter_map(promised).collect();
    let is_promise = |event: &Event| match &event.kind {
        Kind::Noted(Note::PreVotes { candidate, term: of }) => {
            (*candidate, *of) == (who, term) && event.process.is_some_and(|voter| promises.contains(voter))
        }
        _ => false,
    };
    Some(votes_and_candidacy(past, campaigns, is_promise, asked))
}

fn votes_and_candidacy(
    past: &Past<'_, Raft>,
    won: &Event,
    is_vote: impl Fn(&Event) -> bool,
    is_candidacy: impl Fn(&Event) -> bool,
) -> Reasons {
    let mut events: Vec<(Because, EventId)> = Vec::new();
    for event in past.back_from(won.id) {
        if is_vote(event) {
            let because = if events.is_empty() { Because::VotesOf } else { Because::TogetherWith };
            events.push((because, event.id));
        } else if is_candidacy(event) {
            let because = if events.is_empty() { Because::VotesOf } else { Because::AskedForBy };
            events.push((because, event.id));
            return Reasons { events, go_on: true };
        }
    }
    Reasons { events, go_on: false }
}

/// Why a leader hears from too few servers: since the latest answer of one of those that are missing, the first
/// message between them that was lost, or what stopped one of them.
fn why_no_quorum(past: &Past<'_, Raft>, steps_down: &Event, who: ProcessId, term: u64, heard: Members) -> Reasons {
    let missing = |other: ProcessId| other != who && !heard.contains(other);
    let began = |event: &Event| match event.kind {
        Kind::Delivered { from, sent, .. } if event.process == Some(who) && missing(from) => {
            let sent = past.trace.get(sent).map(|sent| &sent.kind);
            matches!(sent, Some(Kind::Sent { message: Message::Appended { .. }, .. }))
        }
        Kind::Noted(Note::Leads { term: of, .. }) => event.process == Some(who) && of == term,
        _ => false,
    };
    let Some(since) = past.back_from(steps_down.id).find(|event| began(event)) else { return Reasons::none() };
    let because = Because::NothingHeardSince(since.at);
    let lost = |event: &&Event| match &event.kind {
        Kind::Dropped { from, to, sent, .. } => {
            let between = (*from == who && missing(*to)) || (*to == who && missing(*from));
            let sent = past.trace.get(*sent).map(|sent| &sent.kind);
            between && matches!(sent, Some(Kind::Sent { message, .. }) if message.term().is_some())
        }
        _ => false,
    };
    let mut after = past.trace.between(since.at, steps_down.at).filter(|event| event.id < steps_down.id);
    if let Some(lost) = after.find(lost) {
        return Reasons::go_on(because, lost.id);
    }
    let mut stops = past.acts(steps_down.id).filter_map(|act| act.process).filter(|&other| missing(other));
    let stop = stops.find_map(|other| past.stopped_by(other, steps_down.id));
    stop.map_or_else(Reasons::none, |stop| Reasons::end(because, stop.id))
}

/// A leader's heartbeats are due since it leads.
fn why_it_beats(past: &Past<'_, Raft>, fired: &Event, who: ProcessId) -> Reasons {
    let leads = |event: &&Event| event.process == Some(who) && matches!(event.kind, Kind::Noted(Note::Leads { .. }));
    let elected = past.back_from(fired.id).find(leads);
    elected.map_or_else(Reasons::none, |event| Reasons::end(Because::LeadsSince(event.at), event.id))
}

/// The part of the past in which a timer ran.
struct Silence<'p, 'a> {
    past: &'p Past<'a, Raft>,
    fired: &'p Event,
    /// Whose timer it was.
    who: ProcessId,
    /// When it was set.
    since: Time,
}

/// What kept the leader's messages, or the votes of a candidate, away while an election timer ran. Somebody's
/// doing comes before chance, and what concerns single messages before what makes everything slower. If there is
/// nothing of the sort, a candidacy that came to nothing, or else the event that set the timer.
fn why_silent(past: &Past<'_, Raft>, fired: &Event, who: ProcessId, since: Time) -> Reasons {
    let silence = Silence { past, fired, who, since };
    let leader = silence.leader();
    let heard = Because::NothingHeardSince(since);
    let deliberate = |loss: Loss, from: ProcessId| match loss {
        Loss::CutInFlight | Loss::SentIntoCut | Loss::Picked(_) => true,
        Loss::ReceiverDown => from == who,
        Loss::Chance | Loss::NoLink => false,
    };
    if let Some(lost) = silence.lost(deliberate) {
        return Reasons::go_on(heard, lost);
    }
    if let Some(stop) = leader.and_then(|leader| past.stopped_by(leader, fired.id)) {
        return Reasons::end(heard, stop.id);
    }
    if let Some(held) = silence.held_up() {
        return Reasons::end(heard, held);
    }
    if let Some(lost) = silence.lost(|loss, _| loss == Loss::Chance) {
        return Reasons::end(heard, lost);
    }
    if let Some((because, act)) = leader.and_then(|leader| silence.hindrance(leader)) {
        return Reasons::end(because, act);
    }
    match (silence.candidacy(), fired.cause) {
        (Some(candidacy), _) => Reasons::go_on(Because::CameToNothing(since), candidacy),
        (None, Some(set_by)) => Reasons::end(Because::SetBy, set_by),
        (None, None) => Reasons::none(),
    }
}

impl<'a> Silence<'_, 'a> {
    /// Whom the server had last known to lead.
    fn leader(&self) -> Option<ProcessId> {
        self.past.trace.between(self.fired.at, self.fired.at).find_map(|event| match event.kind {
            Kind::Noted(Note::Campaigns { leader, .. } | Note::PreCampaigns { leader, .. })
                if event.cause == Some(self.fired.id) =>
            {
                leader
            }
            _ => None,
        })
    }

    fn events(&self) -> impl Iterator<Item = &'a Event> {
        let before = self.fired.id;
        self.past.trace.between(self.since, self.fired.at).take_while(move |event| event.id < before)
    }

    /// The first message lost in this way that would have kept the server from campaigning: its leader's, a vote
    /// for it, or its request for one.
    fn lost(&self, in_this_way: impl Fn(Loss, ProcessId) -> bool) -> Option<EventId> {
        let lost = |event: &&Event| match &event.kind {
            Kind::Dropped { from, to, sent, loss, .. } => in_this_way(*loss, *from) && self.wants(*sent, *from, *to),
            _ => false,
        };
        self.events().find(lost).map(|event| event.id)
    }

    fn wants(&self, sent: EventId, from: ProcessId, to: ProcessId) -> bool {
        match self.past.trace.get(sent).map(|sent| &sent.kind) {
            Some(Kind::Sent { message, .. }) => match message {
                Message::Append { .. }
                | Message::InstallSnapshot { .. }
                | Message::Vote { .. }
                | Message::PreVote { .. } => to == self.who,
                Message::RequestVote { .. } | Message::RequestPreVote { .. } => from == self.who,
                _ => false,
            },
            _ => false,
        }
    }

    /// The first such message that somebody held up.
    fn held_up(&self) -> Option<EventId> {
        let held = |event: &&Event| match event.kind {
            Kind::Delayed { sent, .. } => match self.past.trace.get(sent).map(|sent| (sent.process, &sent.kind)) {
                Some((Some(from), Kind::Sent { to, .. })) => self.wants(sent, from, *to),
                _ => false,
            },
            _ => false,
        };
        self.events().find(held).map(|event| event.id)
    }

    /// What makes everything slower between the leader and this server: the link, one of the two, or a clock.
    fn hindrance(&self, leader: ProcessId) -> Option<(Because, EventId)> {
        let (past, fired) = (self.past, self.fired.id);
        let slow = past.slowed_by(leader, fired).or_else(|| past.slowed_by(self.who, fired));
        let link = || past.shaped_by((leader, self.who), fired);
        let fast_clock = || past.drift_of(self.who, fired).filter(|(ppm, _)| *ppm > 0);
        let slow_clock = || past.drift_of(leader, fired).filter(|(ppm, _)| *ppm < 0);
        let clock = || fast_clock().or_else(slow_clock).map(|(_, act)| (Because::ClockWrong, act.id));
        slow.map(|act| (Because::Slow, act.id))
            .or_else(|| link().map(|act| (Because::LinkWorse, act.id)))
            .or_else(clock)
    }

    /// The server's own candidacy that began when the timer was set, and whose votes were split.
    fn candidacy(&self) -> Option<EventId> {
        let root = self.fired.cause?;
        let asked = |event: &&Event| {
            let asks = matches!(event.kind, Kind::Noted(Note::Campaigns { .. } | Note::PreCampaigns { .. }));
            event.cause == Some(root) && asks
        };
        let mut step = self.past.trace.between(self.since, self.since).filter(|event| event.id > root);
        step.find(asked).map(|event| event.id)
    }
}

/// What kept a client's request, or the answer to it, away: the first of its messages that was lost or that waits.
fn why_unanswered(past: &Past<'_, Raft>, fired: &Event, who: ProcessId, since: Time) -> Reasons {
    let silence = Silence { past, fired, who, since };
    let kept_away = |event: &&Event| match event.kind {
        Kind::Dropped { from, to, .. } => from == who || to == who,
        Kind::Waits { from, .. } => from == who,
        _ => false,
    };
    let found = silence.events().find(kept_away);
    found.map_or_else(Reasons::none, |event| Reasons::go_on(Because::NothingHeardSince(since), event.id))
}

/// The heal without which a message would not have arrived: the message is the first over its link since then, and
/// its sender has been in the term that it speaks of since before.
fn let_through(past: &Past<'_, Raft>, delivered: &Event, from: ProcessId, sent: EventId) -> Option<Reasons> {
    let Kind::Sent { message, .. } = &past.trace.get(sent)?.kind else { return None };
    let term = message.term()?;
    let heal = past.let_through_by(delivered)?;
    let enters = |event: &Event| event.process == Some(from) && entered(&event.kind) == Some(term);
    let older = !past.back_to(sent, heal.id).any(enters);
    older.then(|| Reasons::end(Because::LetThrough, heal.id))
}

/// The term that a server enters by this.
fn entered(kind: &sim::EventKindOf<Raft>) -> Option<u64> {
    match kind {
        Kind::Noted(Note::Campaigns { term, .. } | Note::NewTerm { term, .. }) => Some(*term),
        Kind::Noted(Note::StepsDown { term, from_term, .. }) if term != from_term => Some(*term),
        _ => None,
    }
}
