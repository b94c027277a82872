//! Writes a scenario as an author would have: the TOML of a lab, which reads back as the same scenario.
//!
//! What is as it is by default is left out, but for what a reader of the file should see.

use core::fmt::{self, Display, Write as _};

use protocols::op::{Admin, Op};
use protocols::scenario::{
    Changes, ClientConfig, Deed, Given, ProtocolConfig, RaftConfig, Reads, Rules, Scenario, Scheduled,
};
use sim::{Action, By, Change, ClockChange, Latency, Network, Pick, ProcessId, Quality, Share, Span, Target, Time};

/// What a lab says of itself besides its scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading<'a> {
    /// Its id: lower-case words joined by hyphens.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What one should see in it; not empty.
    pub caption: &'a str,
    /// The moment that it opens at; not after the run's end.
    pub poster: Time,
    /// What stands above it all as a comment, in as many lines as it has. May be empty.
    pub remark: &'a str,
}

/// Writes a scenario that can be run as the TOML of a lab. Reading it gives the same scenario.
#[must_use]
pub fn lab_toml(scenario: &Scenario, heading: &Heading<'_>) -> String {
    let mut toml = String::new();
    let writer = Writer { scenario };
    writer.write(&mut toml, heading).expect("writing to a string does not fail");
    toml
}

struct Writer<'a> {
    scenario: &'a Scenario,
}

impl Writer<'_> {
    fn write(&self, out: &mut String, heading: &Heading<'_>) -> fmt::Result {
        let scenario = self.scenario;
        for line in heading.remark.lines() {
            let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            writeln!(out, "{}", format!("# {line}").trim_end())?;
        }
        writeln!(out, "id = {}", text(heading.id))?;
        writeln!(out, "title = {}", text(heading.title))?;
        writeln!(out, "caption = {}", text(heading.caption))?;
        writeln!(out, "protocol = \"raft\"")?;
        writeln!(out, "nodes = {}", list(scenario.nodes.iter().map(|name| text(name))))?;
        writeln!(out, "seed = {}", scenario.seed)?;
        writeln!(out, "until = {}", moment(scenario.until))?;
        writeln!(out, "poster = {}", moment(heading.poster))?;
        for client in &scenario.clients {
            self.client(out, client)?;
        }
        self.network(out, &scenario.network)?;
        let ProtocolConfig::Raft(raft) = &scenario.protocol;
        self.raft(out, raft)?;
        for scheduled in &scenario.script {
            self.scheduled(out, scheduled)?;
        }
        Ok(())
    }

    fn client(&self, out: &mut String, client: &ClientConfig) -> fmt::Result {
        writeln!(out, "\n[[clients]]\nname = {}", text(&client.name))?;
        if !client.near.is_empty() {
            writeln!(out, "near = {}", self.processes(&client.near))?;
        }
        if let Some(every) = client.write_every {
            writeln!(out, "write_every = {}", length(every))?;
        }
        if !client.does.is_empty() {
            writeln!(out, "does = {}", list(client.does.iter().map(|deed| text(deed_word(*deed)))))?;
        }
        writeln!(out, "timeout = {}", length(client.timeout))
    }

    fn network(&self, out: &mut String, network: &Network) -> fmt::Result {
        let Quality { latency, loss, duplication, reordering } = network.quality;
        writeln!(out, "\n[network]\nlatency = {}", latency_text(latency))?;
        for (key, share) in [("loss", loss), ("duplication", duplication), ("reordering", reordering)] {
            if share != Share(0) {
                writeln!(out, "{key} = {}", share_text(share))?;
            }
        }
        let mut links = network.links.as_slice();
        while let [(from, to, change), rest @ ..] = links {
            let both = rest.first() == Some(&(*to, *from, *change));
            links = if both { &rest[1..] } else { rest };
            writeln!(out, "\n[[network.link]]\nfrom = {}\nto = {}", self.process(*from), self.process(*to))?;
            if both {
                writeln!(out, "both = true")?;
            }
            for (key, value) in change_keys(change) {
                writeln!(out, "{key} = {value}")?;
            }
        }
        Ok(())
    }

    fn raft(&self, out: &mut String, raft: &RaftConfig) -> fmt::Result {
        let usual = RaftConfig::default();
        let (low, high) = raft.election_timeout;
        writeln!(out, "\n[raft]\nelection_timeout = {}", range(low, high))?;
        writeln!(out, "heartbeat = {}", length(raft.heartbeat))?;
        for (key, value, usual) in [
            ("pre_vote", raft.pre_vote, usual.pre_vote),
            ("check_quorum", raft.check_quorum, usual.check_quorum),
            ("no_op", raft.no_op, usual.no_op),
        ] {
            if value != usual {
                writeln!(out, "{key} = {value}")?;
            }
        }
        if raft.reads != usual.reads {
            writeln!(out, "reads = {}", text(reads_word(raft.reads)))?;
        }
        if raft.drift_bound != usual.drift_bound {
            writeln!(out, "drift_bound = \"{}ppm\"", raft.drift_bound)?;
        }
        if raft.changes != usual.changes {
            writeln!(out, "changes = {}", text(changes_word(raft.changes)))?;
        }
        for (key, servers) in [("voters", &raft.voters), ("not_upgraded", &raft.not_upgraded)] {
            if !servers.is_empty() {
                writeln!(out, "{key} = {}", self.processes(servers))?;
            }
        }
        if let Some(entries) = raft.compact_at {
            writeln!(out, "compact_at = {entries}")?;
        }
        for (key, value, usual) in [
            ("snapshot_chunk", raft.snapshot_chunk, usual.snapshot_chunk),
            ("batch", raft.batch, usual.batch),
            ("window", raft.window, usual.window),
        ] {
            if value != usual {
                writeln!(out, "{key} = {value}")?;
            }
        }
        rules(out, &raft.rules)?;
        raft.given.iter().try_for_each(|given| self.given(out, given))
    }

    fn given(&self, out: &mut String, given: &Given) -> fmt::Result {
        writeln!(out, "\n[[raft.given]]\nnode = {}\nterm = {}", self.process(given.who), given.term)?;
        if let Some(candidate) = given.voted_for {
            writeln!(out, "voted_for = {}", self.process(candidate))?;
        }
        if given.log.is_empty() { Ok(()) } else { writeln!(out, "log = {}", list(&given.log)) }
    }

    fn scheduled(&self, out: &mut String, scheduled: &Scheduled) -> fmt::Result {
        writeln!(out, "\n[[at]]\ntime = {}", moment(scheduled.at))?;
        if scheduled.by == By::Reader {
            writeln!(out, "by = \"reader\"")?;
        }
        writeln!(out, "do = {{ {} }}", self.action(&scheduled.action))
    }

    /// An action as one key with its value.
    fn action(&self, action: &Action<Op>) -> String {
        let target = |target: &Target| self.target(target);
        let pair = |a: &Target, b: &Target| list([target(a), target(b)]);
        let one_way = |both: bool| if both { "" } else { "_one_way" };
        match action {
            Action::Partition { groups } => format!("partition = {}", self.groups(groups)),
            Action::PartitionOneWay { groups } => format!("partition_one_way = {}", self.groups(groups)),
            Action::Isolate(who) => format!("isolate = {}", target(who)),
            Action::Cut { from, to, both } => format!("cut{} = {}", one_way(*both), pair(from, to)),
            Action::Heal { from, to, both } => format!("heal{} = {}", one_way(*both), pair(from, to)),
            Action::HealAll => "heal_all = true".to_owned(),
            Action::Shape { from, to, both, change } => {
                let mut keys = self.ends(from.as_ref(), to.as_ref());
                keys.extend(both.then(|| ("both", true.to_string())));
                keys.extend(change.iter().flat_map(change_keys));
                format!("{} = {}", if change.is_some() { "shape" } else { "unshape" }, table(keys))
            }
            Action::DropMessage(pick) => format!("drop_message = {}", table(self.pick(pick))),
            Action::DuplicateMessage(pick) => format!("duplicate_message = {}", table(self.pick(pick))),
            Action::DelayMessage { pick, by } => {
                let mut keys = self.pick(pick);
                keys.push(("by", length(*by)));
                format!("delay_message = {}", table(keys))
            }
            Action::Crash(who) => format!("crash = {}", target(who)),
            Action::CrashTorn { who, kept } => {
                format!("crash_torn = {}", table([("node", target(who)), ("kept", kept.to_string())]))
            }
            Action::Restart(who) => format!("restart = {}", target(who)),
            Action::Wipe(who) => format!("wipe = {}", target(who)),
            Action::SetFsync { who, lies: true } => format!("fsync_lies = {}", target(who)),
            Action::SetFsync { who, lies: false } => format!("fsync_works = {}", target(who)),
            Action::Pause(who) => format!("pause = {}", target(who)),
            Action::Resume(who) => format!("resume = {}", target(who)),
            Action::Slow { who, times } => {
                format!("slow = {}", table([("node", target(who)), ("times", times.to_string())]))
            }
            Action::SetClock { who, change } => {
                let change = match change {
                    ClockChange::Step(us) => {
                        let sign = if *us < 0 { "-" } else { "" };
                        ("step", format!("\"{sign}{}\"", Length(Span(us.unsigned_abs()))))
                    }
                    ClockChange::Drift(ppm) => ("drift", format!("\"{ppm}ppm\"")),
                };
                format!("clock = {}", table([("node", target(who)), change]))
            }
            Action::Expire { who, timer } => {
                format!("expire = {}", table([("node", target(who)), ("timer", text(timer))]))
            }
            Action::Request { to, op } => self.request(to, op),
        }
    }

    fn request(&self, to: &Target, op: &Op) -> String {
        let mut keys = vec![("client", self.target(to))];
        let word = match op {
            Op::Put { key, value } => {
                keys.extend([("key", text(key)), ("value", text(value))]);
                "write"
            }
            Op::Append { key, value } => {
                keys.extend([("key", text(key)), ("value", text(value))]);
                "append"
            }
            Op::Get { key } => {
                keys.push(("key", text(key)));
                "read"
            }
            Op::Read { key, how } => {
                keys.extend([("key", text(key)), ("how", text(reads_word(*how)))]);
                "read"
            }
            Op::Cas { key, expected, value } => {
                keys.push(("key", text(key)));
                keys.extend(expected.as_ref().map(|expected| ("expected", text(expected))));
                keys.push(("value", text(value)));
                "cas"
            }
            Op::Delete { key } => {
                keys.push(("key", text(key)));
                "delete"
            }
            Op::Admin(admin) => return self.admin(to, admin),
        };
        format!("{word} = {}", table(keys))
    }

    fn admin(&self, to: &Target, admin: &Admin) -> String {
        let leader = Target::Role { role: "leader".to_owned(), nth: 0 };
        let mut keys = Vec::new();
        if *to != leader {
            keys.push(("ask", self.target(to)));
        }
        let word = match admin {
            Admin::Compact => return format!("compact = {}", self.target(to)),
            Admin::Transfer(server) => {
                keys.push(("to", self.process(*server)));
                "transfer"
            }
            Admin::AddLearner(server) => {
                keys.push(("server", self.process(*server)));
                "add_learner"
            }
            Admin::AddVoter(server) => {
                keys.push(("server", self.process(*server)));
                "add_voter"
            }
            Admin::Remove(server) => {
                keys.push(("server", self.process(*server)));
                "remove"
            }
            Admin::Reconfigure(voters) => {
                keys.push(("voters", self.processes(voters)));
                "reconfigure"
            }
        };
        format!("{word} = {}", table(keys))
    }

    fn pick(&self, pick: &Pick) -> Vec<(&'static str, String)> {
        match pick {
            Pick::Id(id) => vec![("id", id.0.to_string())],
            Pick::Fitting { kind, from, to, nth } => {
                let mut keys: Vec<_> = kind.iter().map(|kind| ("kind", text(kind))).collect();
                keys.extend(self.ends(from.as_ref(), to.as_ref()));
                keys.extend((*nth > 0).then(|| ("nth", nth.to_string())));
                keys
            }
        }
    }

    fn ends(&self, from: Option<&Target>, to: Option<&Target>) -> Vec<(&'static str, String)> {
        let ends = [("from", from), ("to", to)];
        ends.into_iter().filter_map(|(key, end)| Some((key, self.target(end?)))).collect()
    }

    fn groups(&self, groups: &[Vec<Target>]) -> String {
        list(groups.iter().map(|group| list(group.iter().map(|target| self.target(target)))))
    }

    fn target(&self, target: &Target) -> String {
        match target {
            Target::Process(id) => self.process(*id),
            Target::Role { role, nth: 0 } => text(role),
            Target::Role { role, nth } => text(&format!("{role}:{nth}")),
        }
    }

    fn processes(&self, ids: &[ProcessId]) -> String {
        list(ids.iter().map(|id| self.process(*id)))
    }

    fn process(&self, id: ProcessId) -> String {
        let clients = self.scenario.clients.iter().map(|client| &client.name);
        let name = self.scenario.nodes.iter().chain(clients).nth(id.index());
        text(name.expect("a scenario that can be run names only processes that it has"))
    }
}

fn rules(out: &mut String, rules: &Rules) -> fmt::Result {
    if *rules == Rules::default() {
        return Ok(());
    }
    writeln!(out, "\n[raft.rules]")?;
    let Rules {
        count_old_terms,
        forget_vote,
        skip_up_to_date_check,
        quorum_of_half,
        ack_before_fsync,
        change_at_once,
        lease_without_bound,
        apply_retries,
        same_timeouts,
    } = *rules;
    for (key, broken) in [
        ("count_old_terms", count_old_terms),
        ("forget_vote", forget_vote),
        ("skip_up_to_date_check", skip_up_to_date_check),
        ("quorum_of_half", quorum_of_half),
        ("ack_before_fsync", ack_before_fsync),
        ("change_at_once", change_at_once),
        ("lease_without_bound", lease_without_bound),
        ("apply_retries", apply_retries),
        ("same_timeouts", same_timeouts),
    ] {
        if broken {
            writeln!(out, "{key} = true")?;
        }
    }
    Ok(())
}

fn change_keys(change: &Change) -> Vec<(&'static str, String)> {
    let mut keys: Vec<_> = change.latency.map(|latency| ("latency", latency_text(latency))).into_iter().collect();
    let shares = [("loss", change.loss), ("duplication", change.duplication), ("reordering", change.reordering)];
    keys.extend(shares.into_iter().filter_map(|(key, share)| Some((key, share_text(share?)))));
    keys
}

fn latency_text(latency: Latency) -> String {
    match latency {
        Latency::Fixed(span) => length(span),
        Latency::Uniform(low, high) => range(low, high),
        Latency::LongTail { usual, most } => table([("usual", length(usual)), ("most", length(most))]),
    }
}

/// `"2%"`, `"0.05%"`.
fn share_text(Share(ppm): Share) -> String {
    format!("\"{}%\"", Decimal { whole: u64::from(ppm / 10_000), fraction: u64::from(ppm % 10_000), places: 4 })
}

fn deed_word(deed: Deed) -> &'static str {
    match deed {
        Deed::Put => "put",
        Deed::Get => "get",
        Deed::Append => "append",
        Deed::Cas => "cas",
        Deed::Delete => "delete",
    }
}

fn reads_word(reads: Reads) -> &'static str {
    match reads {
        Reads::Log => "log",
        Reads::Index => "index",
        Reads::Lease => "lease",
        Reads::Local => "local",
    }
}

fn changes_word(changes: Changes) -> &'static str {
    match changes {
        Changes::Joint => "joint",
        Changes::OneByOne => "one_by_one",
    }
}

fn moment(at: Time) -> String {
    length(Span(at.0))
}

fn length(span: Span) -> String {
    format!("\"{}\"", Length(span))
}

fn range(low: Span, high: Span) -> String {
    format!("\"{}..{}\"", Length(low), Length(high))
}

/// A length of time as one would write it: seconds from a second on, else milliseconds, else microseconds.
struct Length(Span);

impl Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = self.0.0;
        let (unit, us_per_unit, places) = match us {
            0 | 1_000..1_000_000 => ("ms", 1_000, 3),
            1..1_000 => ("us", 1, 0),
            _ if us.is_multiple_of(1_000) => ("s", 1_000_000, 6),
            _ => ("ms", 1_000, 3),
        };
        write!(f, "{}{unit}", Decimal { whole: us / us_per_unit, fraction: us % us_per_unit, places })
    }
}

/// A number with so many decimal places at most, without zeros at the end.
struct Decimal {
    whole: u64,
    fraction: u64,
    places: usize,
}

impl Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fraction == 0 {
            return self.whole.fmt(f);
        }
        let fraction = format!("{:0places$}", self.fraction, places = self.places);
        write!(f, "{}.{}", self.whole, fraction.trim_end_matches('0'))
    }
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}

fn table(keys: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let keys: Vec<String> = keys.into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
    if keys.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", keys.join(", ")) }
}

/// A string in TOML's double quotes.
fn text(value: &str) -> String {
    let mut quoted = String::from('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(all(test, feature = "read"))]
mod tests {
    use super::*;
    use crate::lab::Lab;
    use crate::random;

    const HEADING: Heading<'_> = Heading {
        id: "found",
        title: "Found by \"hunt\"",
        caption: "Line one.\nLine two: C:\\.",
        poster: Time(1_500_000),
        remark: "Seed 7 breaks election safety.\n\nIt was shrunk.",
    };

    fn read(toml: &str) -> Lab {
        let read = Lab::parse("found.toml", toml).unwrap_or_else(|problems| {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}\n{toml}", told.join("\n"))
        });
        read.0
    }

    #[test]
    fn every_scenario_reads_back_as_it_was() {
        for number in 0..1_000 {
            let scenario = random::scenario(number);
            assert_eq!(scenario.validate(), Ok(()), "scenario {number} can be run");
            let toml = lab_toml(&scenario, &HEADING);
            assert_eq!(read(&toml).scenario, scenario, "scenario {number}\n{toml}");
        }
    }

    #[test]
    fn the_heading_reads_back_as_it_was() {
        let lab = read(&lab_toml(&random::scenario(1), &HEADING));
        assert_eq!((&*lab.id, &*lab.title, &*lab.caption), (HEADING.id, HEADING.title, HEADING.caption));
        assert_eq!(lab.poster, HEADING.poster);
    }

    #[test]
    fn lengths_are_written_as_one_would() {
        for (us, written) in [
            (0, "0ms"),
            (250, "250us"),
            (15_000, "15ms"),
            (12_500, "12.5ms"),
            (1_000_000, "1s"),
            (3_600_000, "3.6s"),
            (3_600_123, "3600.123ms"),
            (600_000_000, "600s"),
        ] {
            assert_eq!(Length(Span(us)).to_string(), written);
            assert_eq!(written.parse(), Ok(Span(us)), "and reads back");
        }
        assert_eq!(share_text(Share(20_000)), "\"2%\"");
        assert_eq!(share_text(Share(501)), "\"0.0501%\"");
    }

    #[test]
    fn a_lab_is_written_to_be_read_by_people() {
        let mut scenario = random::scenario(0);
        scenario.nodes = ["A", "B", "C"].map(str::to_owned).to_vec();
        scenario.clients = Vec::new();
        scenario.seed = 7;
        scenario.until = Time(20_000_000);
        scenario.network = Network::default();
        scenario.protocol = ProtocolConfig::Raft(RaftConfig { pre_vote: true, ..RaftConfig::default() });
        let step = |ms: u64, by, action| Scheduled { at: Time(ms * 1_000), by, action };
        let b = || Target::Process(ProcessId(1));
        scenario.script = vec![
            step(1_000, By::Lesson, Action::Isolate(Target::Role { role: "leader".into(), nth: 0 })),
            step(1_250, By::Reader, Action::SetClock { who: b(), change: ClockChange::Step(-2_000_000) }),
        ];
        assert_eq!(
            lab_toml(&scenario, &HEADING),
            r#"# Seed 7 breaks election safety.
#
# It was shrunk.
id = "found"
title = "Found by \"hunt\""
caption = "Line one.\nLine two: C:\\."
protocol = "raft"
nodes = ["A", "B", "C"]
seed = 7
until = "20s"
poster = "1.5s"

[network]
latency = "10ms..20ms"

[raft]
election_timeout = "150ms..300ms"
heartbeat = "50ms"
pre_vote = true

[[at]]
time = "1s"
do = { isolate = "leader" }

[[at]]
time = "1.25s"
by = "reader"
do = { clock = { node = "B", step = "-2s" } }
"#
        );
    }
}
