//! What of a scenario a reader can turn: its settings as dials, and what is risky about how they stand.
//!
//! Whoever draws dials needs to know no protocol. A changed scenario is another run, which begins anew.

use sim::{Action, ClockChange, Latency, Share, Span};

use crate::run::Refusal;
use crate::scenario::{
    BATCH_MAX, COMPACT_AT_MAX, LATENCY_MIN, PERIOD_MIN, ProtocolConfig, Reads, Rules, SPAN_MAX, Scenario, WINDOW_MAX,
};

/// A setting that can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name for [`set`], such as `raft.heartbeat`: the key that a lab's file has for it.
    pub key: String,
    /// Its name for readers.
    pub label: String,
    /// The heading that it stands under.
    pub group: &'static str,
    /// What it does, in a sentence; for a rule: what goes wrong without it.
    pub help: &'static str,
    /// How it stands, and how it can stand.
    pub dial: Dial,
}

/// How a setting stands, and how it can stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dial {
    /// On or off. [`set`] takes `true` and `false`.
    Switch(bool),
    /// A length of time. [`set`] takes `150ms`.
    Span {
        /// As it is; `None` for never.
        value: Option<Span>,
        /// The shortest.
        least: Span,
        /// The longest.
        most: Span,
    },
    /// A range of lengths of time. [`set`] takes `150ms..300ms`.
    Range {
        /// From here.
        low: Span,
        /// To there.
        high: Span,
        /// The shortest.
        least: Span,
        /// The longest.
        most: Span,
    },
    /// A number. [`set`] takes `5`.
    Number {
        /// As it is; `None` for never.
        value: Option<u64>,
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A share of all. [`set`] takes `2%` and `0.05%`.
    Share(Share),
    /// One of several. [`set`] takes its name.
    Choice {
        /// As it is: its place among the others.
        value: usize,
        /// Their names.
        of: Vec<&'static str>,
    },
}

/// Every setting of a scenario, in the order of the headings.
#[must_use]
pub fn settings(scenario: &Scenario) -> Vec<Setting> {
    let mut scenario = scenario.clone();
    let setting = |Entry { key, label, group, help, place }| Setting { key, label, group, help, dial: place.dial() };
    entries(&mut scenario).into_iter().map(setting).collect()
}

/// Turns a setting.
///
/// # Errors
/// Why it can't be turned there, in words for the reader. The scenario is as it was.
pub fn set(scenario: &mut Scenario, key: &str, value: &str) -> Result<(), Refusal> {
    let refuse = |problem: &str| Refusal(["This can't be set: ", problem].concat());
    let mut turned = scenario.clone();
    let Some(entry) = entries(&mut turned).into_iter().find(|entry| entry.key == key) else {
        return Err(refuse(&format!("there is no setting {key}")));
    };
    entry.place.set(value.trim()).map_err(|wanted| refuse(&format!("`{value}` is not {wanted}")))?;
    turned.validate().map_err(|invalid| refuse(&invalid.problem))?;
    *scenario = turned;
    Ok(())
}

/// A setting with its place in a scenario.
struct Entry<'a> {
    key: String,
    label: String,
    group: &'static str,
    help: &'static str,
    place: Place<'a>,
}

/// Where a setting stands in a scenario.
enum Place<'a> {
    Switch(&'a mut bool),
    Span(&'a mut Span),
    MaybeSpan(&'a mut Option<Span>),
    Range(&'a mut (Span, Span)),
    Latency(&'a mut Latency),
    Share(&'a mut Share),
    Number(&'a mut u32, u32),
    MaybeNumber(&'a mut Option<u32>, u32),
    Seed(&'a mut u64),
    Reads(&'a mut Reads),
}

const READS: [(&str, Reads); 4] =
    [("log", Reads::Log), ("index", Reads::Index), ("lease", Reads::Lease), ("local", Reads::Local)];

/// The largest seed that a lab's file can hold.
const SEED_MAX: u64 = i64::MAX.unsigned_abs();

impl Place<'_> {
    fn dial(&self) -> Dial {
        let span = |value| Dial::Span { value, least: PERIOD_MIN, most: SPAN_MAX };
        let range = |(low, high), least| Dial::Range { low, high, least, most: SPAN_MAX };
        let number = |value: Option<u32>, most: u32| Dial::Number {
            value: value.map(u64::from),
            least: 1,
            most: u64::from(most),
        };
        match self {
            Self::Switch(on) => Dial::Switch(**on),
            Self::Span(value) => span(Some(**value)),
            Self::MaybeSpan(value) => span(**value),
            Self::Range(value) => range(**value, PERIOD_MIN),
            Self::Latency(latency) => range(ends(**latency), LATENCY_MIN),
            Self::Share(share) => Dial::Share(**share),
            Self::Number(value, most) => number(Some(**value), *most),
            Self::MaybeNumber(value, most) => number(**value, *most),
            Self::Seed(seed) => Dial::Number { value: Some(**seed), least: 0, most: SEED_MAX },
            Self::Reads(reads) => Dial::Choice {
                value: READS.iter().position(|(_, other)| other == *reads).unwrap_or(0),
                of: READS.iter().map(|(name, _)| *name).collect(),
            },
        }
    }

    /// Says what would be right if the text is none.
    fn set(self, text: &str) -> Result<(), &'static str> {
        let never = text == "never";
        let span = || text.parse::<Span>().map_err(|_| "a length of time, such as 150ms");
        let number = || text.parse::<u64>().map_err(|_| "a whole number");
        let small = || number().map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        match self {
            Self::Switch(on) => *on = text.parse().map_err(|_| "true or false")?,
            Self::Span(value) => *value = span()?,
            Self::MaybeSpan(value) => *value = if never { None } else { Some(span()?) },
            Self::Range(value) => *value = range(text)?,
            Self::Latency(latency) => {
                let (low, high) = range(text)?;
                *latency = if low == high { Latency::Fixed(low) } else { Latency::Uniform(low, high) };
            }
            Self::Share(value) => *value = share(text).ok_or("a share, such as 2%")?,
            Self::Number(value, _) => *value = small()?,
            Self::MaybeNumber(value, _) => *value = if never { None } else { Some(small()?) },
            Self::Seed(seed) => *seed = number()?,
            Self::Reads(reads) => {
                let named = READS.iter().find(|(name, _)| *name == text);
                *reads = named.ok_or("log, index, lease or local")?.1;
            }
        }
        Ok(())
    }
}

/// Reads `150ms..300ms`; one length alone is a range from it to itself.
fn range(text: &str) -> Result<(Span, Span), &'static str> {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let end = |text: &str| text.parse::<Span>().map_err(|_| "a range of time, such as 150ms..300ms");
    Ok((end(low)?, end(high)?))
}

/// Reads a percentage of at most four decimals.
fn share(text: &str) -> Option<Share> {
    let number = text.strip_suffix('%')?.trim_end();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 4 {
        return None;
    }
    let mut ppm: u32 = fraction.parse().ok()?;
    for _ in fraction.len()..4 {
        ppm *= 10;
    }
    whole.parse::<u32>().ok()?.checked_mul(10_000)?.checked_add(ppm).map(Share)
}

/// The shortest and the longest.
fn ends(latency: Latency) -> (Span, Span) {
    match latency {
        Latency::Fixed(span) => (span, span),
        Latency::Uniform(low, high) | Latency::LongTail { usual: low, most: high } => (low, high),
    }
}

fn entry<'a>(key: &str, label: &str, group: &'static str, place: Place<'a>, help: &'static str) -> Entry<'a> {
    Entry { key: key.to_owned(), label: label.to_owned(), group, help, place }
}

fn entries(scenario: &mut Scenario) -> Vec<Entry<'_>> {
    let Scenario { protocol: ProtocolConfig::Raft(raft), clients, seed, network, .. } = scenario;
    let quality = &mut network.quality;
    let mut all = vec![
        entry(
            "raft.election_timeout",
            "Election timeout",
            "Time",
            Place::Range(&mut raft.election_timeout),
            "A server that hears from no leader for a random span from this range asks for votes.",
        ),
        entry(
            "raft.heartbeat",
            "Heartbeat",
            "Time",
            Place::Span(&mut raft.heartbeat),
            "How often a leader says that it lives.",
        ),
    ];
    // A long tail is no range.
    if !matches!(quality.latency, Latency::LongTail { .. }) {
        let help = "How long a message is on its way, one way.";
        all.push(entry("network.latency", "Latency", "Network", Place::Latency(&mut quality.latency), help));
    }
    all.extend([entry(
        "network.loss",
        "Messages lost",
        "Network",
        Place::Share(&mut quality.loss),
        "How many messages the network loses by chance.",
    )]);
    for client in clients {
        let name = &client.name;
        let mut of_client = |what: &str, label: &str, place, help| {
            all.push(entry(
                &["clients.", name, ".", what].concat(),
                &[name, " ", label].concat(),
                "Clients",
                place,
                help,
            ));
        };
        let every = Place::MaybeSpan(&mut client.write_every);
        of_client("write_every", "acts by itself each", every, "How often it does something by itself.");
        let help = "How long it waits for an answer before it gives up, not knowing the outcome.";
        of_client("timeout", "gives up after", Place::Span(&mut client.timeout), help);
    }
    let rules: &mut Rules = &mut raft.rules;
    all.extend([
        entry("raft.pre_vote", "PreVote", "What the thesis adds", Place::Switch(&mut raft.pre_vote), "Before a server raises its term it asks whether it could win."),
        entry("raft.check_quorum", "CheckQuorum", "What the thesis adds", Place::Switch(&mut raft.check_quorum), "A leader that hears from no quorum for an election timeout steps down."),
        entry("raft.no_op", "No-op at the start of a term", "What the thesis adds", Place::Switch(&mut raft.no_op), "A new leader takes in an entry that holds nothing, so that it can commit what came before."),
        entry("raft.reads", "Reads", "What the thesis adds", Place::Reads(&mut raft.reads), "How reads are served: as entries of the log, by a read index, by a lease, or by whoever is asked."),
        entry("raft.batch", "Entries in one message", "Log", Place::Number(&mut raft.batch, BATCH_MAX), "The most entries that one AppendEntries carries."),
        entry("raft.window", "Messages without an answer", "Log", Place::Number(&mut raft.window, WINDOW_MAX), "How many AppendEntries with entries may be on their way to a follower before it answers."),
        entry("raft.compact_at", "Snapshot after", "Log", Place::MaybeNumber(&mut raft.compact_at, COMPACT_AT_MAX), "A server takes a snapshot when its log holds this many applied entries."),
        entry("raft.rules.count_old_terms", "Count copies of old entries", "Rules that can be broken", Place::Switch(&mut rules.count_old_terms), "Leaders commit entries of earlier terms by counting copies: a later leader may still overwrite them, and an acknowledged write is gone."),
        entry("raft.rules.forget_vote", "Forget votes", "Rules that can be broken", Place::Switch(&mut rules.forget_vote), "Votes are not kept on disk: a server that crashes can vote twice in a term, and two leaders win it."),
        entry("raft.rules.skip_up_to_date_check", "Vote for logs that are behind", "Rules that can be broken", Place::Switch(&mut rules.skip_up_to_date_check), "Votes go to candidates that lack entries: a leader without them removes what was committed."),
        entry("raft.rules.quorum_of_half", "Half is enough", "Rules that can be broken", Place::Switch(&mut rules.quorum_of_half), "Half of the servers elect and commit: two halves that have nobody in common do so apart."),
        entry("raft.rules.ack_before_fsync", "Answer before fsync", "Rules that can be broken", Place::Switch(&mut rules.ack_before_fsync), "Servers answer before what they answer for is on disk: a crash takes back what they have promised."),
        entry("raft.rules.change_at_once", "Change members at once", "Rules that can be broken", Place::Switch(&mut rules.change_at_once), "A new leader changes the membership before it has committed anything: two configurations can decide apart."),
        entry("raft.rules.lease_without_bound", "Trust all clocks", "Rules that can be broken", Place::Switch(&mut rules.lease_without_bound), "A lease allows for no drift and no stall: an old leader answers reads with values that are out of date."),
        entry("raft.rules.apply_retries", "Apply retries again", "Rules that can be broken", Place::Switch(&mut rules.apply_retries), "An operation that arrives twice is applied twice: one append stands there two times."),
        entry("raft.rules.same_timeouts", "The same timeouts for all", "Rules that can be broken", Place::Switch(&mut rules.same_timeouts), "All servers draw the same election timeout: they ask for votes together, split them, and nobody wins."),
        entry("seed", "Seed", "Chance", Place::Seed(seed), "Where all chance comes from: the same seed gives the same run."),
    ]);
    all
}

/// What is risky about how the settings stand, each as a sentence.
#[must_use]
pub fn warnings(scenario: &Scenario) -> Vec<String> {
    let ProtocolConfig::Raft(raft) = &scenario.protocol;
    let ((low, high), heartbeat) = (raft.election_timeout, raft.heartbeat);
    let most = longest_way(scenario);
    let round = most + most;
    let mut all: Vec<String> = Vec::new();
    if round + round > low {
        let near = if round < low { "near" } else { "no less than" };
        all.push(format!(
            "A round trip can take {round}, {near} the shortest election timeout of {low}: servers may ask for votes \
             although their leader lives. Telling all servers something has to take far less than an election timeout \
             (Ongaro's dissertation, §3.9); etcd's manual advises ten round trips."
        ));
    }
    if heartbeat + heartbeat + most > low {
        all.push(format!(
            "A heartbeat comes each {heartbeat} and takes up to {most}, and the shortest election timeout is {low}: \
             one lost heartbeat is enough for an election."
        ));
    }
    if raft.rules.same_timeouts {
        all.push(format!("All servers wait for the same {low}: they ask for votes together and split them."));
    } else if high.0 - low.0 <= most.0 {
        all.push(format!(
            "All election timeouts lie within {}, and a message takes up to {most}: servers may ask for votes \
             before they hear of each other, and split the votes.",
            Span(high.0 - low.0)
        ));
    }
    for client in scenario.clients.iter().filter(|client| client.timeout < round + round) {
        all.push(format!(
            "{} gives up after {}, and a write takes two round trips, up to {}: it may give up on what succeeds.",
            client.name,
            client.timeout,
            round + round
        ));
    }
    let drift = drift_apart(scenario);
    if raft.reads == Reads::Lease && drift > raft.drift_bound {
        all.push(format!(
            "Leases allow for clocks that drift apart by {} a second, and here they do by {}: reads may be out of date.",
            Span(u64::from(raft.drift_bound)),
            Span(u64::from(drift))
        ));
    }
    if raft.reads == Reads::Lease && !raft.check_quorum {
        let why = "Without CheckQuorum servers are not loyal to their leader, so it has no lease: reads are made sure \
                   of by a round of heartbeats instead.";
        all.push(why.to_owned());
    }
    all
}

/// How long a message can be on its way at first, on the slowest link.
fn longest_way(scenario: &Scenario) -> Span {
    let usual = scenario.network.quality;
    let mut longest = Span::ZERO;
    for quality in core::iter::once(usual).chain(scenario.network.links.iter().map(|link| usual.with(link.2))) {
        let most = ends(quality.latency).1;
        longest = longest.max(if quality.reordering == Share(0) { most } else { most + most });
    }
    longest
}

/// How far the script lets two clocks drift apart, in parts per million.
fn drift_apart(scenario: &Scenario) -> u32 {
    let (mut least, mut most) = (0, 0);
    for scheduled in &scenario.script {
        if let Action::SetClock { change: ClockChange::Drift(ppm), .. } = scheduled.action {
            (least, most) = (ppm.min(least), ppm.max(most));
        }
    }
    most.abs_diff(least)
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
