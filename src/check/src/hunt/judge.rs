//! Judging one run: did it break a promise, and did the cluster recover once everything was mended?

use protocols::op::Admin;
use protocols::run::OpRecord;
use protocols::scenario::{Invalid, ProtocolConfig, Scenario, Scheduled};
use protocols::view::{Breach, Stance, Status};
use protocols::{Op, Outcome, Run};
use sim::{Action, ClockChange, EventId, ProcessId, Span, Target, Time};

use super::panics::caught;

/// The promise that a cluster recovers, in its first half: somebody leads.
pub const LEADS_AGAIN: &str = "A leader after the last fault";
/// In its second half: what was acknowledged can be read.
pub const READS_AGAIN: &str = "Reads after the last fault";

/// The promise that a run does not flood: it stays within the kernel's limits ([`sim::Limit`]).
pub const STAYS_WITHIN_LIMITS: &str = "Within the limits";

/// The promise that a run does not panic. It counts whatever a hunt looks for.
pub const NEVER_PANICS: &str = "Without a panic";

/// What runs are judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judge {
    /// If set, only this promise counts: its name.
    pub promise: Option<String>,
    /// If set, a cluster has to recover within this span after the last fault has been mended.
    pub live: Option<Span>,
}

/// A promise that a run broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its name.
    pub promise: String,
    /// When.
    pub at: Time,
    /// The facts that contradict each other, as a sentence.
    pub facts: String,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The first promise that it broke.
    pub broken: Option<Broken>,
    /// The scenario with what the judge itself asked for: it replays the run as it was judged.
    pub asked: Option<Scenario>,
    /// How far it was simulated.
    pub simulated: Time,
    /// How many events it had.
    pub events: u32,
}

impl Judge {
    /// Runs a scenario to its end.
    ///
    /// # Errors
    /// Why it can't be run.
    pub fn judge(&self, scenario: &Scenario) -> Result<Verdict, Invalid> {
        let mut run = match caught(|| scenario.start()) {
            Ok(run) => run?,
            Err(panic) => return Ok(panicked_at_start(&panic)),
        };
        let broken = caught(|| self.run(scenario, &mut *run)).unwrap_or_else(|panic| Some(panicked(run.now(), &panic)));
        let asked = broken.is_some().then(|| run.scenario()).filter(|asked| asked.script != scenario.script);
        Ok(Verdict { broken, asked, simulated: run.now(), events: events_of(&*run) })
    }

    /// Runs it to its end. Returns the first promise that it broke.
    fn run(&self, scenario: &Scenario, run: &mut dyn Run) -> Option<Broken> {
        let mended = self.live.and_then(|within| {
            let from = mended_at(scenario)?;
            Some((from, within)).filter(|_| from + within <= scenario.until)
        });
        let recovered = mended.map(|(from, within)| recovers(run, from, within));
        run.seek(scenario.until);
        let fails = recovered.and_then(Result::err).filter(|broken| self.counts(&broken.promise));
        self.first_broken(run).or_else(|| self.halted(run)).or(fails)
    }

    /// The promise of the protocol that was broken first.
    fn first_broken(&self, run: &dyn Run) -> Option<Broken> {
        let promises = run.view().promises.into_iter().filter(|promise| self.counts(promise.name));
        let broken = promises.filter_map(|promise| {
            promise.broken.map(|Breach { at, facts, .. }| Broken { promise: promise.name.to_owned(), at, facts })
        });
        broken.min_by_key(|broken| broken.at)
    }

    /// Only in a run that has hit a limit does time stand still.
    fn halted(&self, run: &dyn Run) -> Option<Broken> {
        let (at, promise) = (run.now(), STAYS_WITHIN_LIMITS);
        let facts = || format!("the run hits a limit at {at} and goes no further");
        (at < run.end() && self.counts(promise)).then(|| Broken { promise: promise.to_owned(), at, facts: facts() })
    }

    fn counts(&self, promise: &str) -> bool {
        self.promise.as_ref().is_none_or(|only| only == promise)
    }
}

fn panicked(at: Time, panic: &str) -> Broken {
    Broken { promise: NEVER_PANICS.to_owned(), at, facts: format!("the run panics at {at}: {panic}") }
}

fn panicked_at_start(panic: &str) -> Verdict {
    Verdict { broken: Some(panicked(Time::ZERO, panic)), asked: None, simulated: Time::ZERO, events: 0 }
}

/// How many events a run has: their numbers have no gaps, so the last is found by halving.
fn events_of(run: &dyn Run) -> u32 {
    let (mut low, mut high) = (0, sim::world::EVENTS_MAX.saturating_mul(2));
    while low < high {
        let middle = low.midpoint(high);
        if run.event(EventId(middle)).is_some() { low = middle + 1 } else { high = middle }
    }
    low
}

/// Whether the cluster does its work again within a span after everything has been mended.
///
/// After half of the span somebody has to lead. Then a client with links to all servers is asked for each key
/// that an acknowledged write wrote to, and has to be answered within the other half.
fn recovers(run: &mut dyn Run, from: Time, within: Span) -> Result<(), Broken> {
    let end = from + within;
    run.seek(from + Span(within.0 / 2));
    let view = run.view();
    let leads = view.nodes.iter().any(|node| node.status == Status::Up && node.stance == Stance::Leads);
    let broken = |promise: &str, facts| Err(Broken { promise: promise.to_owned(), at: end, facts });
    if !leads {
        let facts = format!("everything was mended at {from}, and nobody leads at {}", run.now());
        return broken(LEADS_AGAIN, facts);
    }
    let servers = view.nodes.len();
    let linked = |client: ProcessId| view.links.iter().filter(|link| link.a == client || link.b == client).count();
    let Some(client) = view.clients.iter().map(|client| client.id).find(|id| linked(*id) == servers) else {
        return Ok(());
    };
    let asked_at = run.now();
    let keys = written_keys(&run.history());
    // A client keeps few requests waiting; the keys of a hunt are fewer.
    for key in &keys {
        let read = Action::Request { to: client.into(), op: Op::Get { key: key.clone() } };
        let _refused_by_a_run_that_hit_a_limit = run.act(read);
    }
    run.seek(end);
    let history = run.history();
    let answered = |key: &String| {
        history.iter().any(|record| {
            let is_read = matches!(&record.op, Op::Get { key: read } if read == key);
            let value = matches!(record.completed, Some((_, Outcome::Value(_))));
            is_read && value && record.invoked >= asked_at && record.id.client == client
        })
    };
    match keys.iter().find(|key| !answered(key)) {
        Some(key) => {
            let facts = format!(
                "everything was mended at {from}; a write to {key} had been acknowledged, and a read of {key} asked for at {asked_at} has no answer at {end}"
            );
            broken(READS_AGAIN, facts)
        }
        None => Ok(()),
    }
}

/// The keys that acknowledged writes wrote to, each once, in the order of the first.
fn written_keys(history: &[OpRecord]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for record in history {
        let (Op::Put { key, .. } | Op::Append { key, .. } | Op::Cas { key, .. } | Op::Delete { key }) = &record.op
        else {
            continue;
        };
        if matches!(record.completed, Some((_, Outcome::Written))) && !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}

/// Since when nothing is broken any more: the moment of the script's last fault or mending. `None` if something
/// stays broken, as far as the script tells.
///
/// A change of the members counts as broken for ever where a server that is left out may disturb those that are not:
/// without PreVote and CheckQuorum it deposes one leader after another (paper §6, "the third issue").
#[must_use]
pub fn mended_at(scenario: &Scenario) -> Option<Time> {
    let script = &scenario.script;
    let servers = u8::try_from(scenario.nodes.len()).ok()?;
    let mut last = Time::ZERO;
    for (place, scheduled) in script.iter().enumerate() {
        if let Action::Request { op, .. } = &scheduled.action {
            if changes_voters(op) && left_out_disturb(scenario) {
                return None;
            }
            continue;
        }
        last = last.max(scheduled.at);
        if !is_mended(&scheduled.action, &script[place + 1..], servers) {
            return None;
        }
    }
    Some(last)
}

fn changes_voters(op: &Op) -> bool {
    matches!(op, Op::Admin(Admin::AddVoter(_) | Admin::Remove(_) | Admin::Reconfigure(_)))
}

/// Whether there are servers that do not turn away candidates while they hear from a leader (thesis §4.2.3).
fn left_out_disturb(scenario: &Scenario) -> bool {
    let ProtocolConfig::Raft(raft) = &scenario.protocol;
    !raft.not_upgraded.is_empty() || !(raft.pre_vote || raft.check_quorum)
}

/// Whether something later mends what an action breaks.
fn is_mended(action: &Action<Op>, later: &[Scheduled], servers: u8) -> bool {
    let done = |wanted: &Action<Op>| later.iter().any(|scheduled| scheduled.action == *wanted);
    let each = |who: &Target, mend: &dyn Fn(Target) -> Action<Op>| match who {
        Target::Process(_) => done(&mend(who.clone())),
        Target::Role { .. } => (0..servers).all(|id| done(&mend(ProcessId(id).into()))),
    };
    match action {
        Action::Partition { .. } | Action::PartitionOneWay { .. } | Action::Isolate(_) => done(&Action::HealAll),
        Action::Cut { from, to, both } => {
            let heal = |both| Action::Heal { from: from.clone(), to: to.clone(), both };
            done(&Action::HealAll) || done(&heal(*both)) || done(&heal(true))
        }
        Action::Crash(who) | Action::CrashTorn { who, .. } | Action::Wipe(who) => each(who, &Action::Restart),
        Action::SetFsync { who, lies: true } => each(who, &|who| Action::SetFsync { who, lies: false }),
        Action::Pause(who) => each(who, &Action::Resume),
        Action::Slow { who, times } => *times == 0 || each(who, &|who| Action::Slow { who, times: 0 }),
        Action::SetClock { change: ClockChange::Drift(0) | ClockChange::Step(_), .. } => true,
        Action::SetClock { who, .. } => each(who, &|who| Action::SetClock { who, change: ClockChange::Drift(0) }),
        Action::Shape { from, to, both, change: Some(_) } => {
            let undone =
                |from: Option<Target>, to: Option<Target>, both| done(&Action::Shape { from, to, both, change: None });
            undone(None, None, false) || undone(None, None, true) || undone(from.clone(), to.clone(), *both)
        }
        _ => true,
    }
}
