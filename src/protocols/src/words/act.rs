//! What somebody wants to do to a run, and why it can't be done.

use sim::{Action, Change, ClockChange, Pick, ProcessId, Refused, Target};

use super::{Names, administer, count, distance, drift, latency, list, share, to_do, work};
use crate::op::Op;

/// An action in the infinitive: `cut A and B from C, D and E`.
#[must_use]
pub fn deed(names: &Names, action: &Action<Op>) -> String {
    let name = |target: &Target| target_name(names, target);
    match action {
        Action::Partition { groups } => format!("cut {}", sides(names, groups)),
        Action::PartitionOneWay { groups } => format!("cut {}, one way only", sides(names, groups)),
        Action::Isolate(target) => format!("isolate {}", name(target)),
        Action::Cut { from, to, both } => format!("cut {}", between(names, from, to, *both)),
        Action::Heal { from, to, both } => format!("heal {}", between(names, from, to, *both)),
        Action::HealAll => "heal all links".to_owned(),
        Action::Crash(target) => format!("crash {}", name(target)),
        Action::CrashTorn { who, kept } => {
            format!("crash {} in the middle of writing, after {}", name(who), count(u64::from(*kept), "write"))
        }
        Action::Restart(target) => format!("restart {}", name(target)),
        Action::Wipe(target) => format!("empty {}'s disk", name(target)),
        Action::SetFsync { who, lies: true } => format!("make {}'s fsync lie", name(who)),
        Action::SetFsync { who, lies: false } => format!("make {}'s fsync work again", name(who)),
        Action::Pause(target) => format!("stall {}", name(target)),
        Action::Resume(target) => format!("let {} go on", name(target)),
        Action::Slow { who, times: 0 } => format!("make {} as fast as at first", name(who)),
        Action::Slow { who, times } => format!("make {} slow, {} for each input", name(who), work(*times)),
        Action::SetClock { who, change } => set_clock(&name(who), *change),
        Action::Expire { who, timer } => format!("let {}'s {timer} timer run out before its time", name(who)),
        Action::Request { to, op } => match op {
            Op::Admin(admin) => format!("ask {} to {}", name(to), administer(names, admin)),
            op => format!("ask {} to {}", name(to), to_do(names, op)),
        },
        Action::Shape { from, to, both, change: to_what } => {
            let ends = shaped(names, from.as_ref(), to.as_ref(), *both);
            match to_what {
                Some(to_what) => format!("change {ends}: {}", change(to_what)),
                None => format!("make {ends} as at first"),
            }
        }
        Action::DropMessage(pick) => format!("drop {}", picked(names, pick)),
        Action::DelayMessage { pick, by } => format!("hold up {} by {by}", picked(names, pick)),
        Action::DuplicateMessage(pick) => format!("double {}", picked(names, pick)),
    }
}

fn target_name(names: &Names, target: &Target) -> String {
    match target {
        Target::Process(id) => names.of(*id).to_owned(),
        Target::Role { role, nth: 0 } if role == "leader" => "the leader".to_owned(),
        Target::Role { role, nth } => format!("{role} {}", u32::from(*nth) + 1),
    }
}

fn sides(names: &Names, groups: &[Vec<Target>]) -> String {
    let side = |group: &Vec<Target>| {
        let members: Vec<String> = group.iter().map(|target| target_name(names, target)).collect();
        list(&members)
    };
    groups.iter().map(side).collect::<Vec<_>>().join(" from ")
}

fn between(names: &Names, from: &Target, to: &Target, both: bool) -> String {
    let (first, second) = if both { ("between", "and") } else { ("from", "to") };
    format!("the link {first} {} {second} {}", target_name(names, from), target_name(names, to))
}

fn shaped(names: &Names, from: Option<&Target>, to: Option<&Target>, both: bool) -> String {
    match (from, to) {
        (Some(from), Some(to)) => between(names, from, to, both),
        (Some(one), None) | (None, Some(one)) if both => format!("all links of {}", target_name(names, one)),
        (Some(from), None) => format!("all links from {}", target_name(names, from)),
        (None, Some(to)) => format!("all links to {}", target_name(names, to)),
        (None, None) => "all links".to_owned(),
    }
}

fn set_clock(whose: &str, change: ClockChange) -> String {
    match change {
        ClockChange::Step(us) if us < 0 => format!("set {whose}'s clock back by {}", distance(us)),
        ClockChange::Step(us) => format!("set {whose}'s clock ahead by {}", distance(us)),
        ClockChange::Drift(0) => format!("make {whose}'s clock run as true time does"),
        ClockChange::Drift(ppm) => format!("change how {whose}'s clock runs: {}", drift(ppm)),
    }
}

/// A message that somebody picks: `the second heartbeat from A to the leader`.
fn picked(names: &Names, pick: &Pick) -> String {
    let (kind, from, to, nth) = match pick {
        Pick::Id(id) => return format!("message {}", id.0),
        Pick::Fitting { kind, from, to, nth } => (kind, from, to, nth),
    };
    let mut words = match nth {
        0 => "the first ".to_owned(),
        1 => "the second ".to_owned(),
        2 => "the third ".to_owned(),
        nth => format!("number {} of each ", u16::from(*nth) + 1),
    };
    words.push_str(kind.as_deref().unwrap_or("message"));
    for (word, end) in [(" from ", from), (" to ", to)] {
        if let Some(end) = end {
            words.push_str(word);
            words.push_str(&target_name(names, end));
        }
    }
    words
}

/// Links by their ends, as briefly as they can be named.
pub(super) fn links(names: &Names, links: &[(ProcessId, ProcessId)]) -> String {
    let Some(&(a, b)) = links.first() else { return "no link".to_owned() };
    let all = |is: &dyn Fn(ProcessId, ProcessId) -> bool| links.iter().all(|&(from, to)| is(from, to));
    let (first, second) = (names.of(a), names.of(b));
    if links.len() == 1 {
        format!("the link from {first} to {second}")
    } else if all(&|from, to| (from, to) == (a, b) || (from, to) == (b, a)) {
        format!("the link between {first} and {second}")
    } else if all(&|from, _| from == a) {
        format!("the links from {first}")
    } else if all(&|_, to| to == b) {
        format!("the links to {second}")
    } else if let Some(hub) = [a, b].into_iter().find(|&hub| all(&|from, to| from == hub || to == hub)) {
        format!("the links of {}", names.of(hub))
    } else {
        format!("{} links", links.len())
    }
}

/// Which way a cut of one direction goes.
pub(super) fn one_way(names: &Names, sides: &[Vec<ProcessId>]) -> String {
    let heads: Vec<String> = sides.iter().map(|side| names.list(side)).collect();
    format!("nothing gets from {}", heads.join(" to "))
}

/// What is different on a link: `latency 50 ms to 100 ms, 5 % lost`.
pub(super) fn change(change: &Change) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(change.latency.map(latency));
    parts.extend(change.loss.map(|lost| format!("{} lost", share(lost))));
    parts.extend(change.duplication.map(|doubled| format!("{} doubled", share(doubled))));
    parts.extend(change.reordering.map(|late| format!("{} held back", share(late))));
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

/// Why an action can't be done, as a clause.
#[must_use]
pub fn refused(names: &Names, why: &Refused) -> String {
    match why {
        Refused::NoSuchProcess(id) => format!("there is no process with the number {}", id.0),
        Refused::NobodyPlays { role, nth: 0 } => format!("there is no {role} at this moment"),
        Refused::NobodyPlays { role, nth } => format!("there are no more than {nth} of {role} at this moment"),
        Refused::Down(id) => format!("{} is down", names.of(*id)),
        Refused::Up(id) => format!("{} is running", names.of(*id)),
        Refused::NoLink(a, b) => format!("there is no link between {} and {}", names.of(*a), names.of(*b)),
        Refused::NothingToCut => "all of that is cut already".to_owned(),
        Refused::NothingToHeal => "nothing of that is cut".to_owned(),
        Refused::TooFewSides => "a partition needs two sides with somebody on them".to_owned(),
        Refused::OnTwoSides(id) => format!("{} can't stand on two sides at once", names.of(*id)),
        Refused::Paused(id) => format!("{} is stalled already", names.of(*id)),
        Refused::NotPaused(id) => format!("{} is not stalled", names.of(*id)),
        Refused::AsItIs(id) => format!("that is so already at {}", names.of(*id)),
        Refused::TooMuchDrift(_) => {
            format!("a clock can gain or lose at most {} a second", distance(i64::from(sim::world::DRIFT_MAX)))
        }
        Refused::TooFarAStep(_) => format!("a clock can jump by at most {}", distance(sim::world::STEP_MAX)),
        Refused::NoSuchMessage(_) => "that message is not on its way any more".to_owned(),
        Refused::NoMessageFits { nth: 0 } => "no such message is on its way".to_owned(),
        Refused::NoMessageFits { nth } => {
            format!("{} on the way, not more", count(u64::from(*nth), "such message"))
        }
        Refused::NoSuchTimer(word) => format!("there is no timer called {word}"),
        Refused::TimerNotSet { who, timer } => format!("{} has not set its {timer} timer", names.of(*who)),
        Refused::NothingToShape => "there is no link there".to_owned(),
        Refused::ImpossibleQuality => "a latency goes from less to more, and a share is at most 100 %".to_owned(),
        Refused::Ended => "the run is over".to_owned(),
        Refused::Halted(limit) => limit.to_string(),
        Refused::NoSuchBranch => "there is no such branch".to_owned(),
        Refused::OriginalBranch => "the original run can't be deleted".to_owned(),
        Refused::BranchInView => "this branch is looked at: look at another first".to_owned(),
        Refused::NameTooLong => format!("a name has at most {} letters", sim::timeline::BRANCH_NAME_MAX),
        Refused::TooManyBranches => {
            format!("there are {} branches already: delete one", sim::timeline::BRANCHES_MAX)
        }
    }
}

/// A refusal as a sentence to the one who acted: `This can't be done: A is down`.
#[must_use]
pub fn refusal(names: &Names, why: &Refused) -> String {
    format!("This can't be done: {}", refused(names, why))
}
