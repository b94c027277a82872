//! What makes a scenario one that can be run. Scenarios come from lessons and from links that anybody can
//! write, so everything that has a size is bounded here, and every number that names something names something.

use sim::{
    Action, Change, ClockChange, Latency, Network, Pick, ProcessId, Protocol as _, Quality, Share, Span, Target,
};

use crate::op::{Admin, Op};
use crate::raft::{KINDS, ROLES, Raft};
use crate::scenario::{
    CLIENTS_MAX, ClientConfig, Given, Invalid, NAME_MAX, NODES_MAX, PERIOD_MIN, ProtocolConfig, RaftConfig, SCRIPT_MAX,
    SPAN_MAX, Scenario, TEXT_MAX, UNTIL_MAX,
};

/// The shortest latency. With none at all, time could stand still for ever.
pub const LATENCY_MIN: Span = Span(1);
/// The largest share: all.
pub const SHARE_MAX: Share = Share(1_000_000);
/// The most directions of links that are different from the others at first.
pub const LINKS_MAX: usize = 1_000;
/// The most deeds that a client goes through in turn.
pub const DOES_MAX: usize = 16;
/// The most that a clock may drift, and that a lease may allow for, in parts per million.
pub const DRIFT_MAX: u32 = sim::world::DRIFT_MAX.unsigned_abs();
/// The slowest that a process can be made, in units of [`sim::world::WORK`].
pub const SLOW_MAX: u16 = 1_000;
/// The most writes that a torn crash may keep.
pub const KEPT_MAX: u32 = 1_000;
/// The most applied entries that a log may be told to hold before a snapshot is taken.
pub const COMPACT_AT_MAX: u32 = 100_000;
/// The most keys of a snapshot in one message.
pub const SNAPSHOT_CHUNK_MAX: u32 = 1_000;
/// The most entries in one `AppendEntries`.
pub const BATCH_MAX: u32 = 1_000;
/// The most `AppendEntries` with entries on their way to one follower.
pub const WINDOW_MAX: u32 = 100;
/// The highest term that a disk may hold at first.
pub const TERM_MAX: u64 = 1_000_000;
/// The most entries that a disk may hold at first.
pub const GIVEN_LOG_MAX: usize = 100;
/// The most processes that a script may name as members of a side or a configuration, over all its actions.
pub const MEMBERS_MAX: usize = 20_000;

/// Finds the first thing that is wrong.
pub(crate) fn check(scenario: &Scenario) -> Result<(), Invalid> {
    check_population(scenario)?;
    for (nth, client) in scenario.clients.iter().enumerate() {
        check_client(scenario, client).map_err(|error| error.within(&format!("clients[{nth}]")))?;
    }
    match &scenario.protocol {
        ProtocolConfig::Raft(config) => check_raft(scenario, config).map_err(|error| error.within("raft"))?,
    }
    check_network(scenario, &scenario.network).map_err(|error| error.within("network"))?;
    ensure(scenario.until.0 > 0 && scenario.until <= UNTIL_MAX, "until", || {
        format!("a run lasts more than 0 ms and no more than {UNTIL_MAX}; this one lasts {}", scenario.until)
    })?;
    check_script(scenario)
}

impl Invalid {
    fn within(mut self, outer: &str) -> Self {
        self.place = if self.place.is_empty() { outer.to_owned() } else { format!("{outer}.{}", self.place) };
        self
    }
}

/// What a check of one value finds, in words. [`Found::at`] says where.
type Check = Result<(), String>;

/// Puts a place to what a check found.
trait Found {
    fn at(self, place: &str) -> Result<(), Invalid>;
}

impl Found for Check {
    fn at(self, place: &str) -> Result<(), Invalid> {
        self.map_err(|problem| Invalid { place: place.to_owned(), problem })
    }
}

/// A list is no longer than it may be.
fn check_count(what: &str, count: usize, most: usize) -> Check {
    if count <= most { Ok(()) } else { Err(format!("there are {count} {what}; {most} is the most")) }
}

/// A number lies in its range, both ends included.
fn check_number(number: u64, least: u64, most: u64) -> Check {
    if (least..=most).contains(&number) {
        Ok(())
    } else {
        Err(format!("{number} can't be; choose from {least} to {most}"))
    }
}

/// Something is right that needs no figures to be explained.
fn check_that(right: bool, problem: &str) -> Check {
    if right { Ok(()) } else { Err(problem.to_owned()) }
}

fn ensure(right: bool, place: &str, problem: impl FnOnce() -> String) -> Result<(), Invalid> {
    if right { Ok(()) } else { Err(problem()).at(place) }
}

fn check_population(scenario: &Scenario) -> Result<(), Invalid> {
    let (nodes, clients) = (scenario.nodes.len(), scenario.clients.len());
    ensure((1..=NODES_MAX).contains(&nodes), "nodes", || {
        format!("there are {nodes} nodes; name at least 1 and at most {NODES_MAX}")
    })?;
    check_count("clients", clients, CLIENTS_MAX).at("clients")?;
    let names = scenario.nodes.iter().enumerate().map(|(nth, name)| (format!("nodes[{nth}]"), name));
    let client_names =
        scenario.clients.iter().enumerate().map(|(nth, client)| (format!("clients[{nth}].name"), &client.name));
    let mut seen: Vec<&str> = Vec::new();
    for (place, name) in names.chain(client_names) {
        let fits = !name.is_empty() && name.len() <= NAME_MAX && !name.contains(|c: char| c.is_control() || c == ' ');
        ensure(fits, &place, || format!("a name has 1 to {NAME_MAX} bytes and no spaces, such as A or c1"))?;
        ensure(!seen.contains(&name.as_str()), &place, || {
            format!("two processes are called {name}; give each a name of its own")
        })?;
        let part = name.split(':').next().unwrap_or_default();
        ensure(!ROLES.contains(&part), &place, || {
            format!("{name} is the name of a part that servers play; choose another, such as A or c1")
        })?;
        seen.push(name);
    }
    Ok(())
}

fn check_client(scenario: &Scenario, client: &ClientConfig) -> Result<(), Invalid> {
    check_servers(scenario, &client.near, "near")?;
    check_count("deeds", client.does.len(), DOES_MAX).at("does")?;
    if let Some(every) = client.write_every {
        check_range((every, every), PERIOD_MIN).at("write_every")?;
    }
    check_range((client.timeout, client.timeout), PERIOD_MIN).at("timeout")
}

fn check_raft(scenario: &Scenario, config: &RaftConfig) -> Result<(), Invalid> {
    check_range(config.election_timeout, PERIOD_MIN).at("election_timeout")?;
    let heartbeat = config.heartbeat;
    check_range((heartbeat, heartbeat), PERIOD_MIN).at("heartbeat")?;
    let low = config.election_timeout.0;
    ensure(heartbeat < low, "heartbeat", || {
        format!("a heartbeat each {heartbeat} comes too late for an election timeout of {low}; choose a shorter one")
    })?;
    check_servers(scenario, &config.voters, "voters")?;
    check_servers(scenario, &config.not_upgraded, "not_upgraded")?;
    for (place, number, least, most) in [
        ("drift_bound", config.drift_bound, 0, DRIFT_MAX),
        ("compact_at", config.compact_at.unwrap_or(1), 1, COMPACT_AT_MAX),
        ("snapshot_chunk", config.snapshot_chunk, 1, SNAPSHOT_CHUNK_MAX),
        ("batch", config.batch, 1, BATCH_MAX),
        ("window", config.window, 1, WINDOW_MAX),
    ] {
        check_number(number.into(), least, most.into()).at(place)?;
    }
    for (nth, given) in config.given.iter().enumerate() {
        let twice = config.given[..nth].iter().any(|other| other.who == given.who);
        check_given(scenario, given, twice).map_err(|error| error.within(&format!("given[{nth}]")))?;
    }
    Ok(())
}

/// What a disk holds at first is something that Raft could have written there.
fn check_given(scenario: &Scenario, given: &Given, twice: bool) -> Result<(), Invalid> {
    check_server_id(scenario, given.who).at("node")?;
    check_that(!twice, "this server is given twice; once is enough").at("node")?;
    check_number(given.term, 0, TERM_MAX).at("term")?;
    if let Some(candidate) = given.voted_for {
        check_server_id(scenario, candidate).at("voted_for")?;
        check_that(given.term > 0, "nobody votes in term 0; give it a later term").at("voted_for")?;
    }
    check_count("entries", given.log.len(), GIVEN_LOG_MAX).at("log")?;
    let in_order = given.log.is_sorted() && given.log.first() != Some(&0);
    check_that(in_order, "the terms of a log begin at 1 or later and never fall").at("log")?;
    let past = given.log.last().is_none_or(|&last| last <= given.term);
    check_that(past, "the log has entries of later terms than the server's; raise its term").at("log")
}

fn check_server_id(scenario: &Scenario, id: ProcessId) -> Check {
    if id.index() < scenario.nodes.len() {
        Ok(())
    } else {
        Err(format!("there is no server with the number {}; there are {}", id.0, scenario.nodes.len()))
    }
}

/// Every number is a server's, and none stands there twice.
fn check_servers(scenario: &Scenario, ids: &[ProcessId], place: &str) -> Result<(), Invalid> {
    for (nth, id) in ids.iter().enumerate() {
        let place = format!("{place}[{nth}]");
        check_server_id(scenario, *id).at(&place)?;
        check_that(!ids[..nth].contains(id), "this server is named twice; once is enough").at(&place)?;
    }
    Ok(())
}

fn check_network(scenario: &Scenario, network: &Network) -> Result<(), Invalid> {
    let Quality { latency, loss, duplication, reordering } = network.quality;
    check_change(&Change {
        latency: Some(latency),
        loss: Some(loss),
        duplication: Some(duplication),
        reordering: Some(reordering),
    })?;
    check_count("links that are different", network.links.len(), LINKS_MAX).at("links")?;
    let actor = Actor::new(scenario);
    for (nth, (from, to, change)) in network.links.iter().enumerate() {
        let place = format!("links[{nth}]");
        actor.check_link(&(*from).into(), &(*to).into()).at(&place)?;
        check_some(change).at(&place)?;
        let first = !network.links[..nth].iter().any(|(a, b, _)| (a, b) == (from, to));
        check_that(first, "this direction of the link is named twice; say all that is different at once").at(&place)?;
        check_change(change).map_err(|error| error.within(&place))?;
    }
    Ok(())
}

/// A change changes something.
fn check_some(change: &Change) -> Check {
    check_that(
        *change != Change::default(),
        "nothing changes on this link; give a latency, loss, duplication or reordering",
    )
}

fn check_change(change: &Change) -> Result<(), Invalid> {
    if let Some(latency) = change.latency {
        let range = match latency {
            Latency::Fixed(span) => (span, span),
            Latency::Uniform(low, high) => (low, high),
            Latency::LongTail { usual, most } => (usual, most),
        };
        check_range(range, LATENCY_MIN).at("latency")?;
    }
    for (place, share) in
        [("loss", change.loss), ("duplication", change.duplication), ("reordering", change.reordering)]
    {
        let fits = share.is_none_or(|share| share <= SHARE_MAX);
        check_that(fits, "a share is at most 100 %, which is 1000000 parts per million").at(place)?;
    }
    Ok(())
}

/// A range is in order, not below `least`, and not longer than any setting may be.
fn check_range((low, high): (Span, Span), least: Span) -> Check {
    if low > high {
        Err(format!("the range ends at {high}, before it begins at {low}; swap the two"))
    } else if low < least {
        Err(format!("{low} is too short; choose at least {least}"))
    } else if high > SPAN_MAX {
        Err(format!("{high} is too long; choose at most {SPAN_MAX}"))
    } else {
        Ok(())
    }
}

fn check_script(scenario: &Scenario) -> Result<(), Invalid> {
    let script = &scenario.script;
    check_count("actions", script.len(), SCRIPT_MAX).at("script")?;
    let actor = Actor::new(scenario);
    let mut before = sim::Time::ZERO;
    let mut members = 0;
    for (nth, scheduled) in script.iter().enumerate() {
        let place = format!("script[{nth}]");
        ensure(scheduled.at >= before, &place, || {
            format!("it happens at {}, before the action above it at {before}; put them in order", scheduled.at)
        })?;
        ensure(scheduled.at <= scenario.until, &place, || {
            format!("it happens at {}, and the run ends at {}", scheduled.at, scenario.until)
        })?;
        before = scheduled.at;
        actor.check(&scheduled.action).at(&place)?;
        members += members_of(&scheduled.action);
        check_count("members of sides up to here", members, MEMBERS_MAX).at(&place)?;
    }
    Ok(())
}

/// How many processes an action lists.
fn members_of(action: &Action<Op>) -> usize {
    match action {
        Action::Partition { groups } | Action::PartitionOneWay { groups } => groups.iter().map(Vec::len).sum(),
        Action::Request { op: Op::Admin(Admin::Reconfigure(voters)), .. } => voters.len(),
        _ => 0,
    }
}

/// Checks actions against who there is.
struct Actor<'a> {
    scenario: &'a Scenario,
    /// Who is linked to whom.
    cluster: Raft,
}

impl<'a> Actor<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let ProtocolConfig::Raft(config) = &scenario.protocol;
        let servers = u8::try_from(scenario.nodes.len()).unwrap_or(u8::MAX);
        let cluster = Raft { servers, clients: scenario.clients.clone(), config: config.clone().into() };
        Self { scenario, cluster }
    }

    fn check(&self, action: &Action<Op>) -> Check {
        match action {
            Action::Partition { groups } | Action::PartitionOneWay { groups } => self.check_groups(groups),
            Action::Isolate(target) | Action::Pause(target) | Action::Resume(target) => self.check_target(target),
            Action::Cut { from, to, .. } | Action::Heal { from, to, .. } => self.check_link(from, to),
            Action::HealAll => Ok(()),
            Action::Crash(target)
            | Action::Restart(target)
            | Action::Wipe(target)
            | Action::SetFsync { who: target, .. } => self.check_server(target),
            Action::CrashTorn { who, kept } => {
                self.check_server(who)?;
                check_number((*kept).into(), 0, KEPT_MAX.into())
            }
            Action::Request { to, op } => self.check_request(to, op),
            Action::Shape { from, to, change, .. } => {
                self.check_ends(from.as_ref(), to.as_ref())?;
                let Some(change) = change else { return Ok(()) };
                check_some(change)?;
                check_change(change).map_err(|error| error.to_string())
            }
            Action::DropMessage(pick) | Action::DuplicateMessage(pick) => self.check_pick(pick),
            Action::DelayMessage { pick, by } => {
                self.check_pick(pick)?;
                check_range((*by, *by), LATENCY_MIN)
            }
            Action::Slow { who, times } => {
                self.check_target(who)?;
                check_number((*times).into(), 0, SLOW_MAX.into())
            }
            Action::SetClock { who, change } => {
                self.check_target(who)?;
                check_clock(*change)
            }
            Action::Expire { who, timer } => {
                self.check_target(who)?;
                if Raft::timer_named(timer).is_some() {
                    return Ok(());
                }
                Err(format!("there is no timer called `{}`; write something like election", short(timer)))
            }
        }
    }

    fn name(&self, id: ProcessId) -> Option<&str> {
        let clients = self.scenario.clients.iter().map(|client| &client.name);
        self.scenario.nodes.iter().chain(clients).nth(id.index()).map(String::as_str)
    }

    fn is_client(&self, id: ProcessId) -> bool {
        id.index() >= self.scenario.nodes.len()
    }

    fn check_target(&self, target: &Target) -> Check {
        match target {
            Target::Process(id) if self.name(*id).is_none() => {
                let population = self.scenario.nodes.len() + self.scenario.clients.len();
                Err(format!("there is no process with the number {}; there are {population}", id.0))
            }
            Target::Role { role, .. } if !ROLES.contains(&role.as_str()) => {
                Err(format!("nobody can play `{}`; the parts are {}", short(role), ROLES.join(", ")))
            }
            Target::Role { nth, .. } if usize::from(*nth) >= NODES_MAX => {
                Err(format!("there is never a number {nth} of a part; {} is the last", NODES_MAX - 1))
            }
            _ => Ok(()),
        }
    }

    fn check_server(&self, target: &Target) -> Check {
        self.check_target(target)?;
        match target {
            Target::Process(id) if self.is_client(*id) => {
                Err(format!("{} is a client; only servers crash", self.name(*id).unwrap_or("it")))
            }
            _ => Ok(()),
        }
    }

    fn check_link(&self, from: &Target, to: &Target) -> Check {
        self.check_target(from)?;
        self.check_target(to)?;
        let (Target::Process(a), Target::Process(b)) = (from, to) else { return Ok(()) };
        if self.cluster.linked(*a, *b) {
            return Ok(());
        }
        let name = |id| self.name(id).unwrap_or("it");
        Err(format!(
            "there is no link between {} and {}; servers are linked to servers and clients",
            name(*a),
            name(*b)
        ))
    }

    /// Either end may be anybody.
    fn check_ends(&self, from: Option<&Target>, to: Option<&Target>) -> Check {
        match (from, to) {
            (Some(from), Some(to)) => self.check_link(from, to),
            (Some(one), None) | (None, Some(one)) => self.check_target(one),
            (None, None) => Ok(()),
        }
    }

    fn check_pick(&self, pick: &Pick) -> Check {
        let Pick::Fitting { kind, from, to, .. } = pick else { return Ok(()) };
        if let Some(kind) = kind
            && !KINDS.contains(&kind.as_str())
        {
            return Err(format!("no message is called `{}`; the kinds are {}", short(kind), KINDS.join(", ")));
        }
        self.check_ends(from.as_ref(), to.as_ref())
    }

    fn check_groups(&self, groups: &[Vec<Target>]) -> Check {
        let everyone = self.scenario.nodes.len() + self.scenario.clients.len();
        if groups.len() < 2 || groups.iter().any(Vec::is_empty) {
            return Err("a partition needs at least two sides, each with somebody on it".to_owned());
        }
        if groups.iter().map(Vec::len).sum::<usize>() > everyone {
            return Err(format!("the sides name more than all {everyone} processes; name each once"));
        }
        let mut seen: Vec<&Target> = Vec::new();
        for target in groups.iter().flatten() {
            self.check_target(target)?;
            if let Target::Process(id) = target
                && seen.contains(&target)
            {
                return Err(format!("{} can't stand twice in one partition", self.name(*id).unwrap_or("it")));
            }
            seen.push(target);
        }
        Ok(())
    }

    /// Clients are asked for what concerns keys, servers for what an operator wants of them.
    fn check_request(&self, to: &Target, op: &Op) -> Check {
        self.check_target(to)?;
        let asks_client = matches!(to, Target::Process(id) if self.is_client(*id));
        match (op, to) {
            (Op::Admin(admin), _) if !asks_client => self.check_admin(admin),
            (Op::Admin(_), Target::Process(id)) => {
                Err(format!("{} is a client; an operator asks servers for this", self.name(*id).unwrap_or("it")))
            }
            (_, Target::Process(id)) if !asks_client => {
                Err(format!("{} is a server; clients are asked, and ask servers", self.name(*id).unwrap_or("it")))
            }
            (_, Target::Role { role, .. }) => {
                Err(format!("a {role} is a server; name a client, which asks the servers"))
            }
            _ => check_op(op),
        }
    }

    fn check_admin(&self, admin: &Admin) -> Check {
        match admin {
            Admin::Transfer(id) | Admin::AddLearner(id) | Admin::AddVoter(id) | Admin::Remove(id) => {
                check_server_id(self.scenario, *id)
            }
            Admin::Reconfigure(voters) => {
                check_that(!voters.is_empty(), "nobody would vote any more; name at least one server")?;
                check_servers(self.scenario, voters, "voters").map_err(|error| error.to_string())
            }
            Admin::Compact => Ok(()),
        }
    }
}

/// A clock change changes something, and not too much.
fn check_clock(change: ClockChange) -> Check {
    match change {
        ClockChange::Step(us) => {
            check_that(us != 0, "a step of nothing changes no clock; write something like -2s")?;
            let fits = us.unsigned_abs() <= SPAN_MAX.0;
            check_that(fits, "the clock would jump too far; choose at most ten minutes, ahead or back")
        }
        ClockChange::Drift(ppm) => {
            let fits = ppm.unsigned_abs() <= DRIFT_MAX;
            check_that(fits, "the clock would drift too fast; choose at most 500000 parts per million, either way")
        }
    }
}

/// A word that may come from anyone, cut to a length that can be shown.
fn short(word: &str) -> String {
    word.chars().take(NAME_MAX).collect()
}

fn check_op(op: &Op) -> Check {
    let (key, values) = match op {
        Op::Put { key, value } | Op::Append { key, value } => (key, [Some(value), None]),
        Op::Cas { key, expected, value } => (key, [Some(value), expected.as_ref()]),
        Op::Get { key } | Op::Read { key, .. } | Op::Delete { key } => (key, [None, None]),
        Op::Admin(_) => return Ok(()),
    };
    let named = [("key", Some(key)), ("value", values[0]), ("expected value", values[1])];
    for (what, text) in named.into_iter().filter_map(|(what, text)| text.map(|text| (what, text))) {
        if text.len() > TEXT_MAX || text.contains(char::is_control) {
            return Err(format!("the {what} has to be at most {TEXT_MAX} bytes long, without line breaks"));
        }
    }
    if key.is_empty() { Err("the key is empty; write something like x".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
#[path = "valid_tests.rs"]
mod tests;
