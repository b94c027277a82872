//! What makes a scenario one that can be run. Scenarios come from lessons and from links that anybody can
//! write, so everything that has a size is bounded here, and every number that names something names something.

use sim::{Action, ProcessId, Protocol as _, Span, Target};

use crate::op::Op;
use crate::raft::{ROLES, Raft};
use crate::scenario::{
    CLIENTS_MAX, ClientConfig, Invalid, NAME_MAX, NODES_MAX, PERIOD_MIN, ProtocolConfig, RaftConfig, SCRIPT_MAX,
    SPAN_MAX, Scenario, TEXT_MAX, UNTIL_MAX,
};

/// Finds the first thing that is wrong.
pub(crate) fn check(scenario: &Scenario) -> Result<(), Invalid> {
    check_population(scenario)?;
    for (nth, client) in scenario.clients.iter().enumerate() {
        check_client(scenario, client).map_err(|error| error.within(&format!("clients[{nth}]")))?;
    }
    match &scenario.protocol {
        ProtocolConfig::Raft(config) => check_raft(config).map_err(|error| error.within("raft"))?,
    }
    ensure(scenario.until.0 > 0 && scenario.until <= UNTIL_MAX, "until", || {
        format!("a run lasts more than 0 ms and no more than {UNTIL_MAX}; this one lasts {}", scenario.until)
    })?;
    check_script(scenario)
}

impl Invalid {
    fn at(place: &str, problem: String) -> Self {
        Self { place: place.to_owned(), problem }
    }

    fn within(mut self, outer: &str) -> Self {
        self.place = if self.place.is_empty() { outer.to_owned() } else { format!("{outer}.{}", self.place) };
        self
    }
}

fn ensure(right: bool, place: &str, problem: impl FnOnce() -> String) -> Result<(), Invalid> {
    if right { Ok(()) } else { Err(Invalid::at(place, problem())) }
}

fn check_population(scenario: &Scenario) -> Result<(), Invalid> {
    let (nodes, clients) = (scenario.nodes.len(), scenario.clients.len());
    ensure((1..=NODES_MAX).contains(&nodes), "nodes", || {
        format!("there are {nodes} nodes; name at least 1 and at most {NODES_MAX}")
    })?;
    ensure(clients <= CLIENTS_MAX, "clients", || format!("there are {clients} clients; {CLIENTS_MAX} is the most"))?;
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
        seen.push(name);
    }
    Ok(())
}

fn check_client(scenario: &Scenario, client: &ClientConfig) -> Result<(), Invalid> {
    for (nth, id) in client.near.iter().enumerate() {
        let place = format!("near[{nth}]");
        ensure(id.index() < scenario.nodes.len(), &place, || {
            format!("there is no server with the number {}; there are {}", id.0, scenario.nodes.len())
        })?;
        ensure(!client.near[..nth].contains(id), &place, || {
            format!("{} is named twice; once is enough", scenario.nodes[id.index()])
        })?;
    }
    if let Some(every) = client.write_every {
        check_range((every, every), PERIOD_MIN).map_err(|problem| Invalid::at("write_every", problem))?;
    }
    check_range((client.timeout, client.timeout), PERIOD_MIN).map_err(|problem| Invalid::at("timeout", problem))
}

fn check_raft(config: &RaftConfig) -> Result<(), Invalid> {
    check_range(config.election_timeout, PERIOD_MIN).map_err(|problem| Invalid::at("election_timeout", problem))?;
    let heartbeat = config.heartbeat;
    check_range((heartbeat, heartbeat), PERIOD_MIN).map_err(|problem| Invalid::at("heartbeat", problem))?;
    let low = config.election_timeout.0;
    ensure(heartbeat < low, "heartbeat", || {
        format!("a heartbeat each {heartbeat} comes too late for an election timeout of {low}; choose a shorter one")
    })
}

/// A range is in order, not below `least`, and not longer than any setting may be.
fn check_range((low, high): (Span, Span), least: Span) -> Result<(), String> {
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
    ensure(script.len() <= SCRIPT_MAX, "script", || {
        format!("there are {} actions; {SCRIPT_MAX} is the most", script.len())
    })?;
    let mut before = sim::Time::ZERO;
    for (nth, scheduled) in script.iter().enumerate() {
        let place = format!("script[{nth}]");
        ensure(scheduled.at >= before, &place, || {
            format!("it happens at {}, before the action above it at {before}; put them in order", scheduled.at)
        })?;
        ensure(scheduled.at <= scenario.until, &place, || {
            format!("it happens at {}, and the run ends at {}", scheduled.at, scenario.until)
        })?;
        before = scheduled.at;
        Actor { scenario }.check(&scheduled.action).map_err(|problem| Invalid::at(&place, problem))?;
    }
    Ok(())
}

/// Checks actions against who there is.
struct Actor<'a> {
    scenario: &'a Scenario,
}

impl Actor<'_> {
    fn check(&self, action: &Action<Op>) -> Result<(), String> {
        match action {
            Action::Partition { groups } => self.check_groups(groups),
            Action::Isolate(target) => self.check_target(target),
            Action::Cut { from, to, .. } | Action::Heal { from, to, .. } => self.check_link(from, to),
            Action::HealAll => Ok(()),
            Action::Crash(target) | Action::Restart(target) => self.check_server(target),
            Action::Request { to, op } => self.check_request(to, op),
            _ => Err("H5".to_owned()),
        }
    }

    fn name(&self, id: ProcessId) -> Option<&str> {
        let clients = self.scenario.clients.iter().map(|client| &client.name);
        self.scenario.nodes.iter().chain(clients).nth(id.index()).map(String::as_str)
    }

    fn is_client(&self, id: ProcessId) -> bool {
        id.index() >= self.scenario.nodes.len()
    }

    fn check_target(&self, target: &Target) -> Result<(), String> {
        match target {
            Target::Process(id) if self.name(*id).is_none() => {
                let population = self.scenario.nodes.len() + self.scenario.clients.len();
                Err(format!("there is no process with the number {}; there are {population}", id.0))
            }
            Target::Role { role, .. } if !ROLES.contains(&role.as_str()) => {
                let role: String = role.chars().take(NAME_MAX).collect();
                Err(format!("nobody can play `{role}`; the parts are {}", ROLES.join(", ")))
            }
            Target::Role { nth, .. } if usize::from(*nth) >= NODES_MAX => {
                Err(format!("there is never a number {nth} of a part; {} is the last", NODES_MAX - 1))
            }
            _ => Ok(()),
        }
    }

    fn check_server(&self, target: &Target) -> Result<(), String> {
        self.check_target(target)?;
        match target {
            Target::Process(id) if self.is_client(*id) => {
                Err(format!("{} is a client; only servers crash", self.name(*id).unwrap_or("it")))
            }
            _ => Ok(()),
        }
    }

    fn check_link(&self, from: &Target, to: &Target) -> Result<(), String> {
        self.check_target(from)?;
        self.check_target(to)?;
        let (Target::Process(a), Target::Process(b)) = (from, to) else { return Ok(()) };
        let ProtocolConfig::Raft(config) = &self.scenario.protocol;
        let servers = u8::try_from(self.scenario.nodes.len()).unwrap_or(u8::MAX);
        let cluster = Raft { servers, clients: self.scenario.clients.clone(), config: config.clone().into() };
        if cluster.linked(*a, *b) {
            return Ok(());
        }
        let name = |id| self.name(id).unwrap_or("it");
        Err(format!(
            "there is no link between {} and {}; servers are linked to servers and clients",
            name(*a),
            name(*b)
        ))
    }

    fn check_groups(&self, groups: &[Vec<Target>]) -> Result<(), String> {
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

    fn check_request(&self, to: &Target, op: &Op) -> Result<(), String> {
        self.check_target(to)?;
        match to {
            Target::Process(id) if self.is_client(*id) => check_op(op),
            Target::Process(id) => {
                Err(format!("{} is a server; clients are asked, and ask servers", self.name(*id).unwrap_or("it")))
            }
            Target::Role { role, .. } => Err(format!("a {role} is a server; name a client, which asks the servers")),
        }
    }
}

fn check_op(op: &Op) -> Result<(), String> {
    let (Op::Put { key, .. } | Op::Get { key }) = op else { return Err("H5".to_owned()) };
    let value = if let Op::Put { value, .. } = op { value.as_str() } else { "" };
    for (what, text) in [("key", key.as_str()), ("value", value)] {
        if text.len() > TEXT_MAX || text.contains(char::is_control) {
            return Err(format!("the {what} has to be at most {TEXT_MAX} bytes long, without line breaks"));
        }
    }
    if key.is_empty() { Err("the key is empty; write something like x".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
#[path = "valid_tests.rs"]
mod tests;
