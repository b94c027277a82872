//! From what an author wrote in a `lab` block to a lab that can be run, every name looked up.

use core::ops::Range;

use check::{Goal, Predicate};
use protocols::Op;
use protocols::raft::ROLES;
use protocols::scenario::{ClientConfig, Invalid, ProtocolConfig, RaftConfig, Scenario, Scheduled};
use sim::{Action, By, ProcessId, Span, Target, Time};
use toml::Spanned;

use super::spec::{
    AtSpec, ChallengeSpec, ClaimSpec, ClientsSpec, DoSpec, GoalSpec, LabSpec, NetworkSpec, ProtocolSpec, RaftSpec,
    timeout_by_default,
};
use super::toml_text::TomlText;
use crate::lab::{Challenge, Claim, Lab, NamedGoal, is_fault};
use crate::problem::{Problems, suggest};

/// How much slower than life a lab may play at first.
const SLOWED: [u32; 4] = [1, 5, 20, 100];

/// A lab as a block describes it, with its claims; captions and hints are still as the author wrote them.
pub(crate) struct Built {
    pub(crate) lab: Lab,
    pub(crate) claims: Vec<Claim>,
}

/// Builds a lab. What is wrong goes to `problems`; `None` if it can't be built at all.
pub(crate) fn lab(toml: TomlText<'_>, problems: &mut Problems<'_>) -> Option<Built> {
    let spec: LabSpec = toml.parse(problems)?;
    let clients = match &spec.clients {
        ClientsSpec::Count(count) => (1..=*count).map(|n| format!("c{n}")).collect(),
        ClientsSpec::Each(each) => each.iter().map(|client| client.get_ref().name.clone()).collect(),
    };
    let mut builder = Builder {
        names: Names { nodes: spec.nodes.clone(), clients },
        until: Time(spec.until.0.0),
        toml,
        problems,
        sound: true,
    };
    builder.lab(spec)
}

/// Whom an author can name.
struct Names {
    nodes: Vec<String>,
    clients: Vec<String>,
}

struct Builder<'a, 'p, 'f> {
    names: Names,
    until: Time,
    toml: TomlText<'a>,
    problems: &'p mut Problems<'f>,
    /// Whether all names and times so far were good, so that the scenario is worth validating.
    sound: bool,
}

impl Builder<'_, '_, '_> {
    fn lab(&mut self, spec: LabSpec) -> Option<Built> {
        check_id(spec.id.get_ref(), self.toml.line(&spec.id.span()), self.problems);
        let poster = self.moment(spec.poster.get_ref().0, &spec.poster.span(), "the poster");
        if !SLOWED.contains(spec.slowed.get_ref()) {
            self.wrong(
                &spec.slowed.span(),
                format!("`slowed` can't be {}", spec.slowed.get_ref()),
                "choose from 1, 5, 20, 100",
            );
        }
        if spec.caption.get_ref().trim().is_empty() {
            self.wrong(&spec.caption.span(), "the caption is empty", "say what the reader should see");
        }
        let (script, script_lines) = self.script(&spec.at, By::Lesson);
        let client_lines: Vec<usize> = match &spec.clients {
            ClientsSpec::Count(_) => Vec::new(),
            ClientsSpec::Each(each) => each.iter().map(|client| self.toml.line(&client.span())).collect(),
        };
        let scenario = Scenario {
            protocol: protocol(spec.protocol, &spec.raft),
            nodes: spec.nodes,
            clients: self.clients(&spec.clients),
            seed: spec.seed,
            network: network(&spec.network),
            script,
            until: self.until,
        };
        let claims = claims(&spec.claim, &self.names, self.until, self.toml, self.problems);
        let challenge = spec.challenge.map(|challenge| self.challenge(challenge));
        if self.sound
            && let Err(invalid) = scenario.validate()
        {
            let line = self.line_of(&invalid, &script_lines, &client_lines);
            self.problems.add(line, format!("this lab can't be run: {invalid}"), "");
            return None;
        }
        let lab = Lab {
            id: spec.id.into_inner(),
            title: spec.title,
            number: String::new(),
            caption: spec.caption.into_inner(),
            scenario,
            poster,
            size: spec.size,
            panels: spec.panels,
            controls: spec.controls,
            slowed: spec.slowed.into_inner(),
            challenge,
        };
        if self.sound
            && let Some(Err(invalid)) = lab.solved().map(|solved| solved.validate())
        {
            let line = self.toml.line_of_key("challenge.solution");
            self.problems.add(line, format!("the solution can't be run: {invalid}"), "");
            return None;
        }
        self.sound.then_some(Built { lab, claims })
    }

    fn clients(&mut self, spec: &ClientsSpec) -> Vec<ClientConfig> {
        match spec {
            ClientsSpec::Count(count) => (1..=*count)
                .map(|n| ClientConfig {
                    name: format!("c{n}"),
                    near: Vec::new(),
                    write_every: None,
                    does: Vec::new(),
                    timeout: timeout_by_default().0,
                })
                .collect(),
            ClientsSpec::Each(each) => each
                .iter()
                .map(Spanned::get_ref)
                .map(|client| ClientConfig {
                    name: client.name.clone(),
                    near: client.near.iter().filter_map(|name| self.node(name.get_ref(), &name.span())).collect(),
                    write_every: client.write_every.map(|every| every.0),
                    does: Vec::new(),
                    timeout: client.timeout.0,
                })
                .collect(),
        }
    }

    /// The timed actions in order of time, with the line of each.
    fn script(&mut self, spec: &[AtSpec], by: By) -> (Vec<Scheduled>, Vec<usize>) {
        let mut script: Vec<(Scheduled, usize)> = Vec::new();
        for step in spec {
            let at = self.moment(step.time.get_ref().0, &step.time.span(), "this action");
            let span = step.act.span();
            if let Some(action) = self.action(step.act.get_ref(), &span) {
                script.push((Scheduled { at, by, action }, self.toml.line(&span)));
            }
        }
        script.sort_by_key(|(step, _)| step.at);
        script.into_iter().unzip()
    }

    fn action(&mut self, act: &DoSpec, span: &Range<usize>) -> Option<Action<Op>> {
        Some(match act {
            DoSpec::Partition(groups) => {
                if groups.len() < 2 {
                    self.wrong(span, "a partition needs two sides at least", "write each side in brackets of its own");
                    return None;
                }
                let side = |group: &Vec<String>| group.iter().map(|name| self.target(name, span)).collect();
                Action::Partition { groups: groups.iter().map(side).collect::<Option<_>>()? }
            }
            DoSpec::Isolate(who) => Action::Isolate(self.target(who, span)?),
            DoSpec::Cut(ends) => {
                let (from, to) = self.ends(ends, span)?;
                Action::Cut { from, to, both: true }
            }
            DoSpec::CutOneWay(ends) => {
                let (from, to) = self.ends(ends, span)?;
                Action::Cut { from, to, both: false }
            }
            DoSpec::Heal(ends) => {
                let (from, to) = self.ends(ends, span)?;
                Action::Heal { from, to, both: true }
            }
            DoSpec::HealOneWay(ends) => {
                let (from, to) = self.ends(ends, span)?;
                Action::Heal { from, to, both: false }
            }
            DoSpec::HealAll(true) => Action::HealAll,
            DoSpec::HealAll(false) => {
                self.wrong(span, "`heal_all = false` does nothing", "write `heal_all = true` or leave it out");
                return None;
            }
            DoSpec::Crash(who) => Action::Crash(self.target(who, span)?),
            DoSpec::Restart(who) => Action::Restart(self.target(who, span)?),
            DoSpec::Write { client, key, value } => Action::Request {
                to: self.client(client, span)?.into(),
                op: Op::Put { key: key.clone(), value: value.clone() },
            },
            DoSpec::Read { client, key } => {
                Action::Request { to: self.client(client, span)?.into(), op: Op::Get { key: key.clone() } }
            }
        })
    }

    fn ends(&mut self, [from, to]: &[String; 2], span: &Range<usize>) -> Option<(Target, Target)> {
        let (from, to) = (self.target(from, span), self.target(to, span));
        let (from, to) = (from?, to?);
        if from == to {
            self.wrong(span, "both ends of this link are the same node", "name two");
            return None;
        }
        Some((from, to))
    }

    /// A node's or client's name, or a role such as `leader` or `follower:1`.
    fn target(&mut self, name: &str, span: &Range<usize>) -> Option<Target> {
        if let Some(id) = self.names.find(name) {
            return Some(Target::Process(id));
        }
        let (role, nth) = name.split_once(':').unwrap_or((name, "0"));
        if let (true, Ok(nth)) = (ROLES.contains(&role), nth.parse()) {
            return Some(Target::Role { role: role.to_owned(), nth });
        }
        let all = self.names.nodes.iter().chain(&self.names.clients).map(String::as_str);
        let help = format!("{}, or a role such as leader or follower:1", self.names.help(name, all));
        self.wrong(span, format!("there is no node `{name}` in this lab"), help);
        None
    }

    fn node(&mut self, name: &str, span: &Range<usize>) -> Option<ProcessId> {
        let found = self.names.nodes.iter().position(|node| node == name).map(process);
        if found.is_none() {
            let help = self.names.help(name, self.names.nodes.iter().map(String::as_str));
            self.wrong(span, format!("there is no node `{name}` in this lab"), help);
        }
        found
    }

    fn client(&mut self, name: &str, span: &Range<usize>) -> Option<ProcessId> {
        let found = self.names.clients.iter().position(|client| client == name);
        if found.is_none() {
            let help = self.names.help(name, self.names.clients.iter().map(String::as_str));
            self.wrong(span, format!("there is no client `{name}` in this lab"), help);
        }
        found.map(|n| process(self.names.nodes.len() + n))
    }

    fn challenge(&mut self, spec: ChallengeSpec) -> Challenge {
        let goal_line = self.toml.line(&spec.goal.span());
        if spec.goals.is_empty() {
            self.wrong(&spec.goal.span(), "the challenge has no goals", "add [[challenge.goals]]");
        }
        let (solution, _) = self.script(&spec.solution, By::Reader);
        let faults = solution.iter().filter(|step| is_fault(&step.action)).count();
        if faults > spec.fault_budget as usize {
            let what = format!("the solution spends {faults} faults of a budget of {}", spec.fault_budget);
            self.problems.add(goal_line, what, "raise `fault_budget` or find a cheaper solution");
        }
        let goals = spec.goals.into_iter().filter_map(|goal| self.goal(goal)).collect();
        Challenge {
            goal: spec.goal.into_inner(),
            goals,
            fault_budget: spec.fault_budget,
            hints: spec.hints.into_iter().map(Spanned::into_inner).collect(),
            solution,
        }
    }

    fn goal(&mut self, spec: GoalSpec) -> Option<NamedGoal> {
        let span = spec.text.span();
        let (goal, at) = match (spec.reach, spec.keep) {
            (Some(reach), None) => (Goal::Reach(reach.get_ref().clone()), reach.span()),
            (None, Some(keep)) => (Goal::Keep(keep.get_ref().clone()), keep.span()),
            _ => {
                self.wrong(&span, "a goal is either to be reached or to be kept", "give it one of `reach` and `keep`");
                return None;
            }
        };
        self.names.check(goal.predicate(), self.toml.line(&at), self.problems);
        Some(NamedGoal { text: spec.text.into_inner(), goal })
    }

    /// A time that has to lie within the run.
    fn moment(&mut self, span: Span, place: &Range<usize>, what: &str) -> Time {
        let at = Time(span.0);
        if at > self.until {
            let problem = format!("{what} is at {at}, after the run's end at {}", self.until);
            self.wrong(place, problem, "choose an earlier time or raise `until`");
        }
        at
    }

    fn wrong(&mut self, span: &Range<usize>, what: impl Into<String>, help: impl Into<String>) {
        self.sound = false;
        self.problems.add(self.toml.line(span), what, help);
    }

    /// The line that a refused scenario's complaint is about.
    fn line_of(&self, invalid: &Invalid, script_lines: &[usize], client_lines: &[usize]) -> usize {
        for (list, lines) in [("script[", script_lines), ("clients[", client_lines)] {
            let nth = invalid.place.strip_prefix(list).and_then(|rest| rest.split(']').next());
            if let Some(line) = nth.and_then(|nth| nth.parse::<usize>().ok()).and_then(|nth| lines.get(nth)) {
                return *line;
            }
        }
        let key = invalid.place.rsplit('.').next().unwrap_or_default().split('[').next().unwrap_or_default();
        self.toml.line_of_key(key)
    }
}

impl Names {
    fn find(&self, name: &str) -> Option<ProcessId> {
        self.nodes.iter().chain(&self.clients).position(|known| known == name).map(process)
    }

    fn help<'n>(&self, wrong: &str, known: impl Iterator<Item = &'n str>) -> String {
        match suggest(wrong, known) {
            help if help.is_empty() => "it has none".to_owned(),
            help => help,
        }
    }

    /// Checks that a predicate names nodes and clients that exist.
    fn check(&self, predicate: &Predicate, line: usize, problems: &mut Problems<'_>) {
        for name in predicate.nodes().into_iter().filter(|name| !self.nodes.iter().any(|node| node == name)) {
            let help = self.help(name, self.nodes.iter().map(String::as_str));
            problems.add(line, format!("there is no node `{name}` in this lab"), help);
        }
        for name in predicate.clients().into_iter().filter(|name| !self.clients.iter().any(|client| client == name)) {
            let help = self.help(name, self.clients.iter().map(String::as_str));
            problems.add(line, format!("there is no client `{name}` in this lab"), help);
        }
    }
}

/// Reads claims about a lab that is already built.
pub(crate) fn claims_about(
    lab: &Lab,
    spec: &[ClaimSpec],
    toml: TomlText<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Claim> {
    let names = Names {
        nodes: lab.scenario.nodes.clone(),
        clients: lab.scenario.clients.iter().map(|client| client.name.clone()).collect(),
    };
    claims(spec, &names, lab.scenario.until, toml, problems)
}

fn claims(
    spec: &[ClaimSpec],
    names: &Names,
    until: Time,
    toml: TomlText<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Claim> {
    let claim = |claim: &ClaimSpec| {
        let at = Time(claim.at.get_ref().0.0);
        if at > until {
            let what = format!("this claim is about {at}, after the run's end at {until}");
            problems.add(toml.line(&claim.at.span()), what, "choose an earlier time or raise `until`");
        }
        let line = toml.line(&claim.that.span());
        names.check(claim.that.get_ref(), line, problems);
        Claim { at, that: claim.that.get_ref().clone(), line }
    };
    spec.iter().map(claim).collect()
}

/// Ids are parts of addresses: lower-case words joined by hyphens.
pub(crate) fn check_id(id: &str, line: usize, problems: &mut Problems<'_>) {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !id.split('-').all(word) {
        problems.add(line, format!("`{id}` can't be an id"), "use lower-case words joined by hyphens");
    }
}

fn protocol(protocol: ProtocolSpec, raft: &RaftSpec) -> ProtocolConfig {
    match protocol {
        ProtocolSpec::Raft => {
            let mut config = RaftConfig::default();
            if let Some(range) = raft.election_timeout {
                config.election_timeout = (range.0, range.1);
            }
            if let Some(heartbeat) = raft.heartbeat {
                config.heartbeat = heartbeat.0;
            }
            ProtocolConfig::Raft(config)
        }
    }
}

fn network(spec: &NetworkSpec) -> sim::Network {
    spec.latency.map_or_else(sim::Network::default, |range| sim::Network::uniform(range.0, range.1))
}

/// The id of the process at this place. Scenarios with more than 255 are refused by their validation.
fn process(place: usize) -> ProcessId {
    ProcessId(u8::try_from(place).unwrap_or(u8::MAX))
}
