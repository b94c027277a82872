//! Judging: what a run shows at one moment, and what a predicate finds there.

use std::collections::BinaryHeap;

use protocols::run::OpRecord;
use protocols::view::{Band, Breach, Cell, EventView, NodeView, Stance, Status, Story, Value, View};
use protocols::{Op, Outcome, Run};
use sim::{OpId, Span, Time};

use crate::predicate::{Part, Predicate, SpanText, count_of, numbers};

/// What judging found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the predicate holds.
    pub holds: bool,
    /// What was found, as a short sentence, whether it holds or not: `D leads in term 3; A leads in term 2`.
    pub found: String,
    /// For predicates with a length or a count: how far it got, and how far it has to, for a meter.
    /// Lengths are in µs.
    pub progress: Option<(u64, u64)>,
}

/// Everything that predicates ask of a run at one moment, gathered once so that many can be judged.
///
/// The story is clipped to the moment: what was simulated after it does not count.
#[derive(Clone, Debug)]
pub struct Facts {
    view: View,
    story: Story,
    history: Vec<OpRecord>,
    /// The acknowledged operations that the leader of the newest epoch that had one does not have, if it leads still.
    missing: Vec<OpId>,
    /// What has happened, in words, if a predicate asks for it.
    events: Vec<EventView>,
}

/// In ascending order, by a heap: a tenth of the WASM of the standard library's sort.
fn sorted<T: Ord>(items: Vec<T>) -> Vec<T> {
    BinaryHeap::from(items).into_sorted_vec()
}

impl Predicate {
    /// Judges the predicate at a moment. Moves the run's cursor there.
    pub fn judge(&self, run: &mut dyn Run, at: Time) -> Finding {
        run.seek(at);
        Facts::now(run, [self]).judge(self)
    }
}

impl Facts {
    /// What the run shows at its cursor, as far as these predicates ask for it. Does not move it.
    #[must_use]
    pub fn now<'p>(run: &dyn Run, predicates: impl IntoIterator<Item = &'p Predicate>) -> Self {
        let (at, mut story, mut history) = (run.now(), run.story(), run.history());
        for lane in &mut story.lanes {
            lane.bands.retain(|band| band.from <= at);
            for band in &mut lane.bands {
                band.to = band.to.min(at);
            }
            // A lane's last band may end before the moment if nothing has been recorded since: it goes on.
            if let Some(last) = lane.bands.last_mut() {
                last.to = at;
            }
            lane.commits.retain(|commit| *commit <= at);
        }
        history.retain(|op| op.invoked <= at);
        for op in &mut history {
            op.completed.take_if(|(ended, _)| *ended > at);
        }
        let asked = predicates.into_iter().any(Predicate::asks_for_events);
        let events = if asked { run.events(Time::ZERO, at) } else { Vec::new() };
        let mut facts = Self { view: run.view(), story, history, missing: Vec::new(), events };
        facts.missing = facts.newest_leader().map_or_else(Vec::new, |leader| run.missing(leader.id));
        facts
    }

    /// The moment.
    #[must_use]
    pub fn at(&self) -> Time {
        self.view.at
    }

    /// Judges one predicate.
    #[must_use]
    pub fn judge(&self, predicate: &Predicate) -> Finding {
        match predicate {
            Predicate::LeaderIn(on) => self.here(self.leaders().any(|node| on.contains(&node.name))),
            Predicate::Leaders(count) => {
                let leaders = self.leaders().count() as u64;
                Finding { progress: Some((leaders, u64::from(*count))), ..self.here(leaders == u64::from(*count)) }
            }
            Predicate::Epoch { node, is } => self.at_node(node, |node| node.epoch == *is),
            Predicate::EpochAtLeast { node, at_least } => self.at_node(node, |node| node.epoch >= *at_least),
            Predicate::Plays { node, part } => self.at_node(node, |node| plays(node, *part)),
            Predicate::Settled { on, at_least } => {
                self.on_each(on, *at_least, "known to be committed", |node| node.strip.settled)
            }
            Predicate::Unsettled { on, at_least } => {
                self.on_each(on, *at_least, "not known to be committed", |node| node.strip.len() - node.strip.known())
            }
            Predicate::SettledIs { on, is } => self.settled_is(on, *is),
            Predicate::Log { node, terms } => self.log(node, terms),
            Predicate::SameLog(on) => self.same_log(on),
            Predicate::Shows { node, row, is } => self.shows(node, row, is),
            Predicate::ReadGave { client, key, value } => self.read_gave(client, key, value.as_deref()),
            Predicate::Tells { words, since, at_least, at_most } => self.tells(words, *since, *at_least, *at_most),
            Predicate::Available { since, each, at_least, at_most } => {
                self.available(since.0, each.0, *at_least, *at_most)
            }
            Predicate::NoCommitFor(lasting) => self.no_commit_for(lasting.0),
            Predicate::Breaks(promise) => self.breaks(promise),
            Predicate::Acknowledged(count) => {
                let done = self.acknowledged().count() as u64;
                at_least(done, u64::from(*count), count_of(done, "operation acknowledged", "operations acknowledged"))
            }
            Predicate::AcknowledgedAmid { leaders, at_least: count } => self.acknowledged_amid(*leaders, *count),
            Predicate::Waits { client, lasting } => self.waits(client, lasting.0),
            Predicate::LeadersAtOnce { count, lasting } => {
                let words = format!("{} at once", count_of(u64::from(*count), "leader", "leaders or more"));
                self.lasted(lasting.0, &words, |leaders| leaders >= *count)
            }
            Predicate::NoLeaderFor(lasting) => self.lasted(lasting.0, "without a leader", |leaders| leaders == 0),
            Predicate::ElectionsAtMost(count) => self.elections(*count, |had, wanted| had <= wanted),
            Predicate::ElectionsAtLeast(count) => self.elections(*count, |had, wanted| had >= wanted),
            Predicate::CrashesAtMost(count) => {
                // Nobody is down at first, so each crash begins a band that follows another.
                let crashed = |pair: &&[Band]| pair[0].status.is_up() && !pair[1].status.is_up();
                let lanes = self.story.lanes.iter();
                let crashes = lanes.flat_map(|lane| lane.bands.windows(2).filter(crashed)).count() as u64;
                Finding {
                    holds: crashes <= u64::from(*count),
                    found: count_of(crashes, "crash", "crashes"),
                    progress: None,
                }
            }
            Predicate::PromisesHold(wanted) => self.promises(*wanted),
            Predicate::NoAcknowledgedWriteLost(wanted) => self.no_write_lost(*wanted),
            Predicate::All(inner) => self.several(inner, |each| each.iter().all(|finding| finding.holds)),
            Predicate::Any(inner) => self.several(inner, |each| each.iter().any(|finding| finding.holds)),
            Predicate::Not(inner) => {
                let finding = self.judge(inner);
                Finding { holds: !finding.holds, found: finding.found, progress: None }
            }
        }
    }

    /// A finding about who leads now.
    fn here(&self, holds: bool) -> Finding {
        let mut leaders: Vec<&NodeView> = Vec::new();
        for node in self.leaders() {
            let place = leaders.partition_point(|other| other.epoch >= node.epoch);
            leaders.insert(place, node);
        }
        let word = self.view.epoch_word;
        let each: Vec<String> =
            leaders.iter().map(|node| format!("{} leads in {word} {}", node.name, node.epoch)).collect();
        let found = if each.is_empty() { "nobody leads".to_owned() } else { each.join("; ") };
        Finding { holds, found, progress: None }
    }

    fn leaders(&self) -> impl Iterator<Item = &NodeView> {
        self.view.nodes.iter().filter(|node| plays(node, Part::Leads))
    }

    /// The leader of the newest epoch that had one, if it leads still.
    fn newest_leader(&self) -> Option<&NodeView> {
        let newest = self.led_epochs().last().copied()?;
        self.leaders().find(|node| node.epoch == newest)
    }

    fn node(&self, name: &str) -> Option<&NodeView> {
        self.view.nodes.iter().find(|node| node.name == name)
    }

    fn at_node(&self, name: &str, holds: impl Fn(&NodeView) -> bool) -> Finding {
        let Some(node) = self.node(name) else {
            return Finding { holds: false, found: format!("there is no node {name}"), progress: None };
        };
        let part = match (node.status, node.stance) {
            (Status::Down, _) => "is down".to_owned(),
            (Status::Up | Status::Paused, Stance::Follows) => Part::Follows.to_string(),
            (Status::Up | Status::Paused, Stance::Asks) => Part::Asks.to_string(),
            (Status::Up | Status::Paused, Stance::Leads) => Part::Leads.to_string(),
        };
        let found = format!("{name} {part} in {} {}", self.view.epoch_word, node.epoch);
        Finding { holds: holds(node), found, progress: None }
    }

    fn on_each(&self, on: &[String], wanted: u64, what: &str, count: impl Fn(&NodeView) -> u64) -> Finding {
        let counts: Vec<(&str, Option<u64>)> = on.iter().map(|name| (&**name, self.node(name).map(&count))).collect();
        let each: Vec<String> = counts
            .iter()
            .map(|(name, count)| match count {
                Some(count) => format!("{count} on {name}"),
                None => format!("there is no node {name}"),
            })
            .collect();
        let least = counts.iter().map(|(_, count)| count.unwrap_or(0)).min().unwrap_or(0);
        at_least(least, wanted, format!("entries {what}: {}", each.join(", ")))
    }

    fn acknowledged(&self) -> impl Iterator<Item = (&OpRecord, Time)> {
        self.history.iter().filter_map(|op| match &op.completed {
            Some((ended, Outcome::Written | Outcome::Value(_) | Outcome::Mismatch(_))) => Some((op, *ended)),
            Some((_, Outcome::Unknown)) | None => None,
        })
    }

    fn acknowledged_amid(&self, leaders: u32, count: u32) -> Finding {
        let amid = self.spans_where(|led| led >= leaders);
        let within = |at: Time| amid.iter().any(|(from, to)| *from <= at && at <= *to);
        let done = self.acknowledged().filter(|(_, ended)| within(*ended)).count() as u64;
        let found = format!("{} amid {leaders} leaders or more", count_of(done, "operation", "operations"));
        at_least(done, u64::from(count), found)
    }

    fn waits(&self, name: &str, lasting: Span) -> Finding {
        let Some(client) = self.view.clients.iter().find(|client| client.name == name) else {
            return Finding { holds: false, found: format!("there is no client {name}"), progress: None };
        };
        let (waited, found) = match &client.waiting {
            Some((what, since)) => {
                let waited = self.at().since(*since);
                (waited, format!("{name} has waited for an answer to {what} for {waited}"))
            }
            None => (Span::ZERO, format!("{name} waits for nothing")),
        };
        at_least(waited.0, lasting.0, found)
    }

    /// The longest unbroken span for which the number of leaders was as `wanted`, against `lasting`.
    fn lasted(&self, lasting: Span, words: &str, wanted: impl Fn(u32) -> bool) -> Finding {
        let spans = self.spans_where(wanted);
        // The earliest of the longest: `max_by_key` keeps the last, so go backwards.
        let longest = spans.into_iter().rev().max_by_key(|(from, to)| to.since(*from));
        let (length, found) = match longest {
            Some((from, to)) => {
                let length = to.since(from);
                (length, format!("{words} for {length} at the longest, from {from}"))
            }
            None => (Span::ZERO, format!("never {words}")),
        };
        at_least(length.0, lasting.0, found)
    }

    /// The unbroken spans up to the moment in which the number of running leaders was as `wanted`, in order.
    fn spans_where(&self, wanted: impl Fn(u32) -> bool) -> Vec<(Time, Time)> {
        let leads = |band: &&Band| band.status.is_up() && band.stance == Stance::Leads && band.from < band.to;
        let mut turns: Vec<(Time, i32)> = self
            .story
            .lanes
            .iter()
            .flat_map(|lane| lane.bands.iter().filter(leads))
            .flat_map(|band| [(band.from, 1), (band.to, -1)])
            .collect();
        turns.push((self.at(), 0));
        let turns = sorted(turns);

        let mut spans = Vec::new();
        let (mut leaders, mut since, mut open) = (0_i32, Time::ZERO, None);
        for (at, change) in turns {
            // What held from `since` to `at` is known only now that time moves on.
            if at > since {
                let holds = wanted(u32::try_from(leaders).unwrap_or(0));
                match (holds, open) {
                    (true, None) => open = Some(since),
                    (false, Some(from)) => {
                        spans.push((from, since));
                        open = None;
                    }
                    _ => {}
                }
                since = at;
            }
            leaders += change;
        }
        if let Some(from) = open {
            spans.push((from, since));
        }
        spans
    }

    /// The epochs up to the moment that have had a leader, in ascending order.
    fn led_epochs(&self) -> Vec<u64> {
        let bands = self.story.lanes.iter().flat_map(|lane| &lane.bands);
        let mut epochs: Vec<u64> =
            bands.filter(|band| band.stance == Stance::Leads && band.status.is_up()).map(|b| b.epoch).collect();
        epochs = sorted(epochs);
        epochs.dedup();
        epochs
    }

    fn elections(&self, wanted: u32, holds: impl Fn(u64, u64) -> bool) -> Finding {
        let epochs = self.led_epochs();
        let had = epochs.len() as u64;
        let word = self.view.epoch_word;
        let found = match epochs.as_slice() {
            [] => format!("no {word} had a leader"),
            [one] => format!("only {word} {one} had a leader"),
            many => {
                let list: Vec<String> = many.iter().map(u64::to_string).collect();
                format!("{had} {word}s had a leader: {}", list.join(", "))
            }
        };
        Finding { holds: holds(had, u64::from(wanted)), found, progress: Some((had, u64::from(wanted))) }
    }

    fn promises(&self, wanted: bool) -> Finding {
        let mut broken = self.view.promises.iter().filter_map(|promise| {
            let Breach { at, facts, .. } = promise.broken.as_ref().filter(|breach| breach.at <= self.at())?;
            Some(format!("{} broke at {at}: {facts}", promise.name))
        });
        let found = broken.next();
        Finding {
            holds: found.is_none() == wanted,
            found: found.unwrap_or_else(|| "every promise holds".to_owned()),
            progress: None,
        }
    }

    fn breaks(&self, name: &str) -> Finding {
        let Some(promise) = self.view.promises.iter().find(|promise| promise.name == name) else {
            return unheld(format!("there is no promise {name}"));
        };
        match promise.broken.as_ref().filter(|breach| breach.at <= self.at()) {
            Some(Breach { at, facts, .. }) => {
                Finding { holds: true, found: format!("{name} broke at {at}: {facts}"), progress: None }
            }
            None => unheld(format!("{name} holds")),
        }
    }

    fn settled_is(&self, on: &[String], wanted: u64) -> Finding {
        let finding = self.on_each(on, wanted, "known to be committed", |node| node.strip.settled);
        let as_wanted = |name: &String| self.node(name).is_some_and(|node| node.strip.settled == wanted);
        Finding { holds: on.iter().all(as_wanted), ..finding }
    }

    fn log(&self, name: &str, wanted: &[u64]) -> Finding {
        let Some(node) = self.node(name) else { return unheld(format!("there is no node {name}")) };
        let terms: Vec<u64> = node.strip.cells.iter().map(|cell| cell.epoch).collect();
        // More entries than are shown are not what is claimed. What a snapshot covers is not in the log any more.
        let held = (node.strip.last + 1).saturating_sub(node.strip.first);
        let holds = terms == wanted && held == terms.len() as u64;
        let found = format!("{name}'s log is of {}s {}", self.view.epoch_word, numbers(&terms));
        Finding { holds, found, progress: None }
    }

    fn same_log(&self, on: &[String]) -> Finding {
        let mut nodes = on.iter().map(|name| (name, self.node(name)));
        let Some((first, Some(model))) = nodes.next() else { return unheld("there is no such node".to_owned()) };
        for (name, node) in nodes {
            let Some(node) = node else { return unheld(format!("there is no node {name}")) };
            if let Some(index) = difference(model, node) {
                return unheld(format!("the logs of {first} and {name} differ at entry {index}"));
            }
        }
        let found = format!("{} have the same log up to entry {}", on.join(", "), model.strip.last);
        Finding { holds: true, found, progress: None }
    }

    fn shows(&self, name: &str, row: &str, wanted: &str) -> Finding {
        let Some(node) = self.node(name) else { return unheld(format!("there is no node {name}")) };
        let mut rows = node.groups.iter().flat_map(|group| &group.rows);
        let Some(found) = rows.find(|found| found.key == row) else {
            return unheld(format!("{name} shows no {row}"));
        };
        let reads = self.reads(&found.value);
        Finding { holds: reads == wanted, found: format!("{name}'s {row} is {reads}"), progress: None }
    }

    /// A row's value in words.
    fn reads(&self, value: &Value) -> String {
        let name = |id: &sim::ProcessId| self.view.nodes.get(id.index()).map_or("?", |node| node.name.as_str());
        match value {
            Value::Text(text) => text.clone(),
            Value::Epoch(epoch) => epoch.to_string(),
            Value::Node(None) => "nobody".to_owned(),
            Value::Node(Some(id)) => name(id).to_owned(),
            Value::Nodes(ids) => ids.iter().map(name).collect::<Vec<_>>().join(", "),
            Value::PerNode(each) => {
                each.iter().map(|(id, number)| format!("{} {number}", name(id))).collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn read_gave(&self, name: &str, wanted: &str, value: Option<&str>) -> Finding {
        let Some(client) = self.view.clients.iter().find(|client| client.name == name) else {
            return unheld(format!("there is no client {name}"));
        };
        let mut answers = self.history.iter().rev().filter(|op| op.id.client == client.id);
        let answer = answers.find_map(|op| match (&op.op, &op.completed) {
            (Op::Get { key } | Op::Read { key, .. }, Some((_, Outcome::Value(found)))) if key == wanted => Some(found),
            _ => None,
        });
        match answer {
            None => unheld(format!("{name} was never answered a read of {wanted}")),
            Some(found) => {
                let told = found.as_deref().unwrap_or("nothing");
                let told = format!("{name}'s last read of {wanted} gave {told}");
                Finding { holds: found.as_deref() == value, found: told, progress: None }
            }
        }
    }

    fn tells(&self, words: &[String], since: Option<SpanText>, low: Option<u32>, high: Option<u32>) -> Finding {
        let since = since.map_or(Time::ZERO, |since| Time::ZERO + since.0);
        let said =
            |event: &&EventView| event.at >= since && words.iter().all(|word| event.text.contains(word.as_str()));
        let mut told = self.events.iter().filter(said);
        let first = told.next();
        let count = first.map_or(0, |_| 1 + told.count() as u64);
        let low = low.or(high.is_none().then_some(1)).map_or(0, u64::from);
        let found = match first {
            None => format!("no event tells \"{}\"", words.join("\" and \"")),
            Some(first) => {
                let events = count_of(count, "event", "events");
                format!("{events}, the first at {}: {}", first.at, first.text)
            }
        };
        Finding { holds: low <= count && high.is_none_or(|high| count <= u64::from(high)), found, progress: None }
    }

    /// See [`Predicate::Available`].
    fn available(&self, since: Span, each: Span, low: Option<u8>, high: Option<u8>) -> Finding {
        let (since, each) = (since.0, each.0.max(1));
        let steps = self.at().0.saturating_sub(since) / each;
        let end = since.saturating_add(steps.saturating_mul(each));
        let within = |commit: &&Time| since <= commit.0 && commit.0 < end;
        let commits = self.story.lanes.iter().flat_map(|lane| lane.commits.iter().filter(within));
        let mut served = sorted(commits.map(|commit| (commit.0 - since) / each).collect());
        served.dedup();
        let percent = (served.len() as u64).saturating_mul(100) / steps.max(1);
        let above = low.is_none_or(|low| percent >= u64::from(low));
        let below = high.is_none_or(|high| percent <= u64::from(high));
        let found = format!("a commit in {} of {steps} steps of {}: {percent} percent", served.len(), Span(each));
        Finding { holds: above && below, found, progress: None }
    }

    fn no_commit_for(&self, lasting: Span) -> Finding {
        let commits = self.story.lanes.iter().flat_map(|lane| lane.commits.iter().copied());
        let moments = sorted(commits.chain([self.at()]).collect());
        let (mut before, mut longest, mut from) = (Time::ZERO, Span::ZERO, Time::ZERO);
        for moment in moments {
            if moment.since(before) > longest {
                (longest, from) = (moment.since(before), before);
            }
            before = moment;
        }
        at_least(longest.0, lasting.0, format!("no commit for {longest} at the longest, from {from}"))
    }

    /// See [`Predicate::NoAcknowledgedWriteLost`].
    fn no_write_lost(&self, wanted: bool) -> Finding {
        let Some(leader) = self.newest_leader() else {
            let found = "no acknowledged write can be missed: the newest leader has no successor yet".to_owned();
            return Finding { holds: wanted, found, progress: None };
        };
        let writes = self.acknowledged().filter(|(op, _)| op.op.is_logged()).count();
        let lost = self.acknowledged().find(|(op, _)| self.missing.contains(&op.id)).map(|(op, _)| op.op.to_string());
        let (name, epoch, word) = (&leader.name, leader.epoch, self.view.epoch_word);
        let found = match &lost {
            Some(write) => {
                format!("{write} was acknowledged, but is not in the log of {name}, leader of {word} {epoch}")
            }
            None if writes == 1 => format!("the acknowledged write is in {name}'s log"),
            None => format!("all {writes} acknowledged writes are in {name}'s log"),
        };
        Finding { holds: lost.is_none() == wanted, found, progress: None }
    }

    fn several(&self, inner: &[Predicate], holds: impl Fn(&[Finding]) -> bool) -> Finding {
        let findings: Vec<Finding> = inner.iter().map(|predicate| self.judge(predicate)).collect();
        let mut found: Vec<&str> = findings.iter().map(|finding| finding.found.as_str()).collect();
        found.dedup();
        Finding { holds: holds(&findings), found: found.join("; "), progress: None }
    }
}

fn plays(node: &NodeView, part: Part) -> bool {
    let stance = match part {
        Part::Follows => Stance::Follows,
        Part::Asks => Stance::Asks,
        Part::Leads => Stance::Leads,
    };
    node.status.is_up() && node.stance == stance
}

/// The first index at which two logs differ, as far back as both show theirs.
fn difference(a: &NodeView, b: &NodeView) -> Option<u64> {
    if a.strip.last != b.strip.last {
        return Some(a.strip.last.min(b.strip.last) + 1);
    }
    let said = |cell: &Cell| (cell.index, cell.epoch, cell.label.clone());
    let pairs = a.strip.cells.iter().rev().zip(b.strip.cells.iter().rev());
    let mut differing = pairs.filter(|(one, other)| said(one) != said(other));
    differing.next_back().map(|(cell, _)| cell.index)
}

/// What does not hold, and why.
fn unheld(found: String) -> Finding {
    Finding { holds: false, found, progress: None }
}

fn at_least(got: u64, wanted: u64, found: String) -> Finding {
    Finding { holds: got >= wanted, found, progress: Some((got, wanted)) }
}
