//! From what an author wrote in a `lab` block to a lab that can be run, every name looked up.

use core::ops::Range;

use check::{Goal, Predicate};
use protocols::Op;
use protocols::op::Admin;
use protocols::raft::ROLES;
use protocols::scenario::{ClientConfig, Given, Invalid, ProtocolConfig, RaftConfig, Scenario, Scheduled};
use sim::{Action, By, Change, ClockChange, MsgId, Network, Pick, ProcessId, Span, Target, Time};
use toml::Spanned;

use super::spec::{
    AtSpec, BySpec, CasSpec, ChallengeSpec, ClaimSpec, ClientsSpec, ClockSpec, DelaySpec, DeleteSpec, DoSpec, EndsSpec,
    GoalSpec, LabSpec, LatencyText, NetworkSpec, PickSpec, ProtocolSpec, RaftSpec, ReadSpec, ReconfigureSpec,
    ServerSpec, ShareText, TransferSpec, WriteSpec, timeout_by_default,
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
        let given_lines: Vec<usize> = spec.raft.given.iter().map(|given| self.toml.line(&given.span())).collect();
        let (network, link_lines) = self.network(&spec.network);
        let scenario = Scenario {
            protocol: self.protocol(spec.protocol, &spec.raft),
            nodes: spec.nodes,
            clients: self.clients(&spec.clients),
            seed: spec.seed,
            network,
            script,
            until: self.until,
        };
        let claims = claims(&spec.claim, &self.names, self.until, self.toml, self.problems);
        let challenge = spec.challenge.map(|challenge| self.challenge(challenge));
        if self.sound
            && let Err(invalid) = scenario.validate()
        {
            let lists = [
                ("script", script_lines.as_slice()),
                ("clients", &client_lines),
                ("raft.given", &given_lines),
                ("network.links", &link_lines),
            ];
            let line = self.line_of(&invalid, &lists);
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
                    near: self.nodes(&client.near),
                    write_every: client.write_every.map(|every| every.0),
                    does: client.does.clone(),
                    timeout: client.timeout.0,
                })
                .collect(),
        }
    }

    fn protocol(&mut self, protocol: ProtocolSpec, raft: &RaftSpec) -> ProtocolConfig {
        match protocol {
            ProtocolSpec::Raft => ProtocolConfig::Raft(self.raft(raft)),
        }
    }

    fn raft(&mut self, spec: &RaftSpec) -> RaftConfig {
        let usual = RaftConfig::default();
        RaftConfig {
            election_timeout: spec.election_timeout.map_or(usual.election_timeout, |range| (range.0, range.1)),
            heartbeat: spec.heartbeat.map_or(usual.heartbeat, |span| span.0),
            rules: spec.rules.clone(),
            pre_vote: spec.pre_vote.unwrap_or(usual.pre_vote),
            check_quorum: spec.check_quorum.unwrap_or(usual.check_quorum),
            no_op: spec.no_op.unwrap_or(usual.no_op),
            reads: spec.reads.unwrap_or(usual.reads),
            drift_bound: self.drift_bound(spec).unwrap_or(usual.drift_bound),
            changes: spec.changes.unwrap_or(usual.changes),
            voters: self.nodes(&spec.voters),
            not_upgraded: self.nodes(&spec.not_upgraded),
            compact_at: spec.compact_at,
            snapshot_chunk: spec.snapshot_chunk.unwrap_or(usual.snapshot_chunk),
            batch: spec.batch.unwrap_or(usual.batch),
            window: spec.window.unwrap_or(usual.window),
            given: self.given(spec),
        }
    }

    fn drift_bound(&mut self, spec: &RaftSpec) -> Option<u32> {
        let bound = spec.drift_bound.as_ref()?;
        let ppm = u32::try_from(bound.get_ref().0).ok();
        if ppm.is_none() {
            self.wrong(&bound.span(), "a bound on drift can't be negative", "write it without the minus");
        }
        ppm
    }

    fn given(&mut self, spec: &RaftSpec) -> Vec<Given> {
        let mut all = Vec::new();
        for given in spec.given.iter().map(Spanned::get_ref) {
            let who = self.node(given.node.get_ref(), &given.node.span());
            let voted_for = given.voted_for.as_ref().and_then(|name| self.node(name.get_ref(), &name.span()));
            all.extend(who.map(|who| Given { who, term: given.term, voted_for, log: given.log.clone() }));
        }
        all
    }

    /// The network, with the line of each direction of a link that is different.
    fn network(&mut self, spec: &NetworkSpec) -> (Network, Vec<usize>) {
        let mut network = Network::default();
        let quality = &mut network.quality;
        quality.latency = spec.latency.map_or(quality.latency, |latency| latency.0);
        for (share, text) in [
            (&mut quality.loss, spec.loss),
            (&mut quality.duplication, spec.duplication),
            (&mut quality.reordering, spec.reordering),
        ] {
            *share = text.map_or(*share, |text| text.0);
        }
        let mut lines = Vec::new();
        for link in &spec.link {
            let (span, link) = (link.span(), link.get_ref());
            let (Some(from), Some(to)) = (self.process(&link.from, &span), self.process(&link.to, &span)) else {
                continue;
            };
            let change = change(link.latency, [link.loss, link.duplication, link.reordering]);
            network.links.push((from, to, change));
            if link.both {
                network.links.push((to, from, change));
            }
            lines.resize(network.links.len(), self.toml.line(&span));
        }
        (network, lines)
    }

    /// The timed actions in order of time, with the line of each.
    fn script(&mut self, spec: &[AtSpec], by: By) -> (Vec<Scheduled>, Vec<usize>) {
        let mut script: Vec<(Scheduled, usize)> = Vec::new();
        for step in spec {
            let at = self.moment(step.time.get_ref().0, &step.time.span(), "this action");
            if let (By::Reader, Some(given)) = (by, &step.by) {
                self.wrong(&given.span(), "a solution is what the reader does", "leave out `by`");
            }
            let by = match step.by.as_ref().map(Spanned::get_ref) {
                None => by,
                Some(BySpec::Lesson) => By::Lesson,
                Some(BySpec::Reader) => By::Reader,
            };
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
            DoSpec::Partition(groups) => Action::Partition { groups: self.groups(groups, span)? },
            DoSpec::PartitionOneWay(groups) => Action::PartitionOneWay { groups: self.groups(groups, span)? },
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
            DoSpec::Shape(shape) => {
                let change = change(shape.latency, [shape.loss, shape.duplication, shape.reordering]);
                if change == Change::default() {
                    let help = "give `latency`, `loss`, `duplication` or `reordering`, or write `unshape`";
                    self.wrong(span, "this shape changes nothing", help);
                    return None;
                }
                let ends = EndsSpec { from: shape.from.clone(), to: shape.to.clone(), both: shape.both };
                self.shape(&ends, Some(change), span)?
            }
            DoSpec::Unshape(ends) => self.shape(ends, None, span)?,
            DoSpec::DropMessage(pick) => Action::DropMessage(self.pick(pick, span)?),
            DoSpec::DuplicateMessage(pick) => Action::DuplicateMessage(self.pick(pick, span)?),
            DoSpec::DelayMessage(DelaySpec { id, kind, from, to, nth, by }) => {
                let (kind, from, to) = (kind.clone(), from.clone(), to.clone());
                let pick = self.pick(&PickSpec { id: *id, kind, from, to, nth: *nth }, span)?;
                Action::DelayMessage { pick, by: by.0 }
            }
            DoSpec::Crash(who) => Action::Crash(self.target(who, span)?),
            DoSpec::CrashTorn(torn) => Action::CrashTorn { who: self.target(&torn.node, span)?, kept: torn.kept },
            DoSpec::Restart(who) => Action::Restart(self.target(who, span)?),
            DoSpec::Wipe(who) => Action::Wipe(self.target(who, span)?),
            DoSpec::FsyncLies(who) => Action::SetFsync { who: self.target(who, span)?, lies: true },
            DoSpec::FsyncWorks(who) => Action::SetFsync { who: self.target(who, span)?, lies: false },
            DoSpec::Pause(who) => Action::Pause(self.target(who, span)?),
            DoSpec::Resume(who) => Action::Resume(self.target(who, span)?),
            DoSpec::Slow(slow) => Action::Slow { who: self.target(&slow.node, span)?, times: slow.times },
            DoSpec::Clock(clock) => self.clock(clock, span)?,
            DoSpec::Expire(expire) => {
                Action::Expire { who: self.target(&expire.node, span)?, timer: expire.timer.clone() }
            }
            DoSpec::Write(WriteSpec { client, key, value }) => {
                self.ask(client, Op::Put { key: key.clone(), value: value.clone() }, span)?
            }
            DoSpec::Append(WriteSpec { client, key, value }) => {
                self.ask(client, Op::Append { key: key.clone(), value: value.clone() }, span)?
            }
            DoSpec::Cas(CasSpec { client, key, expected, value }) => {
                let (expected, value) = (expected.clone(), value.clone());
                self.ask(client, Op::Cas { key: key.clone(), expected, value }, span)?
            }
            DoSpec::Read(ReadSpec { client, key, how: None }) => {
                self.ask(client, Op::Get { key: key.clone() }, span)?
            }
            DoSpec::Read(ReadSpec { client, key, how: Some(how) }) => {
                self.ask(client, Op::Read { key: key.clone(), how: *how }, span)?
            }
            DoSpec::Delete(DeleteSpec { client, key }) => self.ask(client, Op::Delete { key: key.clone() }, span)?,
            DoSpec::Transfer(TransferSpec { ask, to }) => {
                let to = self.node(to, span)?;
                self.operate(ask, Admin::Transfer(to), span)?
            }
            DoSpec::AddLearner(ServerSpec { ask, server }) => {
                let server = self.node(server, span)?;
                self.operate(ask, Admin::AddLearner(server), span)?
            }
            DoSpec::AddVoter(ServerSpec { ask, server }) => {
                let server = self.node(server, span)?;
                self.operate(ask, Admin::AddVoter(server), span)?
            }
            DoSpec::Remove(ServerSpec { ask, server }) => {
                let server = self.node(server, span)?;
                self.operate(ask, Admin::Remove(server), span)?
            }
            DoSpec::Reconfigure(ReconfigureSpec { ask, voters }) => {
                let voters = voters.iter().map(|name| self.node(name, span)).collect::<Option<_>>()?;
                self.operate(ask, Admin::Reconfigure(voters), span)?
            }
            DoSpec::Compact(who) => self.operate(who, Admin::Compact, span)?,
        })
    }

    /// A client is asked for what concerns keys.
    fn ask(&mut self, client: &str, op: Op, span: &Range<usize>) -> Option<Action<Op>> {
        Some(Action::Request { to: self.client(client, span)?.into(), op })
    }

    /// A server is asked for what an operator wants of it.
    fn operate(&mut self, server: &str, admin: Admin, span: &Range<usize>) -> Option<Action<Op>> {
        Some(Action::Request { to: self.target(server, span)?, op: Op::Admin(admin) })
    }

    fn groups(&mut self, groups: &[Vec<String>], span: &Range<usize>) -> Option<Vec<Vec<Target>>> {
        if groups.len() < 2 {
            self.wrong(span, "a partition needs two sides at least", "write each side in brackets of its own");
            return None;
        }
        let side = |group: &Vec<String>| group.iter().map(|name| self.target(name, span)).collect();
        groups.iter().map(side).collect()
    }

    fn shape(&mut self, ends: &EndsSpec, change: Option<Change>, span: &Range<usize>) -> Option<Action<Op>> {
        let (from, to) = self.any_ends(ends.from.as_ref(), ends.to.as_ref(), span)?;
        Some(Action::Shape { from, to, both: ends.both, change })
    }

    fn pick(&mut self, pick: &PickSpec, span: &Range<usize>) -> Option<Pick> {
        let PickSpec { id, kind, from, to, nth } = pick;
        let Some(id) = id else {
            let (from, to) = self.any_ends(from.as_ref(), to.as_ref(), span)?;
            return Some(Pick::Fitting { kind: kind.clone(), from, to, nth: nth.unwrap_or(0) });
        };
        if kind.is_some() || from.is_some() || to.is_some() || nth.is_some() {
            self.wrong(span, "a message's number says all", "leave out either `id` or the rest");
            return None;
        }
        Some(Pick::Id(MsgId(*id)))
    }

    fn clock(&mut self, clock: &ClockSpec, span: &Range<usize>) -> Option<Action<Op>> {
        let who = self.target(&clock.node, span)?;
        let change = match (clock.step, clock.drift) {
            (Some(step), None) => ClockChange::Step(step.0),
            (None, Some(drift)) => ClockChange::Drift(drift.0),
            _ => {
                self.wrong(span, "a clock either jumps or drifts", "give it one of `step` and `drift`");
                return None;
            }
        };
        Some(Action::SetClock { who, change })
    }

    /// Two ends of which each may be anybody.
    fn any_ends(
        &mut self,
        from: Option<&String>,
        to: Option<&String>,
        span: &Range<usize>,
    ) -> Option<(Option<Target>, Option<Target>)> {
        let mut end = |name: Option<&String>| match name {
            Some(name) => self.target(name, span).map(Some),
            None => Some(None),
        };
        let (from, to) = (end(from), end(to));
        Some((from?, to?))
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

    fn nodes(&mut self, names: &[Spanned<String>]) -> Vec<ProcessId> {
        names.iter().filter_map(|name| self.node(name.get_ref(), &name.span())).collect()
    }

    /// A node or a client by its name; roles are not known before the run.
    fn process(&mut self, name: &str, span: &Range<usize>) -> Option<ProcessId> {
        let found = self.names.find(name);
        if found.is_none() {
            let all = self.names.nodes.iter().chain(&self.names.clients).map(String::as_str);
            let help = self.names.help(name, all);
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

    /// The line that a refused scenario's complaint is about. `lists` has the lines of what stands in lists.
    fn line_of(&self, invalid: &Invalid, lists: &[(&str, &[usize])]) -> usize {
        for (list, lines) in lists {
            let rest = invalid.place.strip_prefix(list).and_then(|rest| rest.strip_prefix('['));
            let nth = rest.and_then(|rest| rest.split(']').next()).and_then(|nth| nth.parse::<usize>().ok());
            if let Some(line) = nth.and_then(|nth| lines.get(nth)) {
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

/// What is different on a link. The shares are those of loss, duplication and reordering.
fn change(latency: Option<LatencyText>, shares: [Option<ShareText>; 3]) -> Change {
    let [loss, duplication, reordering] = shares.map(|share| share.map(|text| text.0));
    Change { latency: latency.map(|latency| latency.0), loss, duplication, reordering }
}

/// The id of the process at this place. Scenarios with more than 255 are refused by their validation.
fn process(place: usize) -> ProcessId {
    ProcessId(u8::try_from(place).unwrap_or(u8::MAX))
}
