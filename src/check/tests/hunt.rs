//! Hunting: what it finds, that it finds the same every time, and how small it makes it.

use check::hunt::{Found, Judge, Kind, Mix, Options, Outcome, Shape, hunt, judge, schedule, shrink, stage};
use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Rules, Scenario, Scheduled};
use protocols::view::Status;
use sim::{Action, By, Network, ProcessId, Span, Target, Time};

fn secs(secs: u64) -> Time {
    Time(secs * 1_000_000)
}

fn server(letter: char) -> Target {
    Target::Process(ProcessId(letter as u8 - b'A'))
}

fn at(ms: u64, action: Action<protocols::Op>) -> Scheduled {
    Scheduled { at: Time(ms * 1_000), by: By::Lesson, action }
}

/// Servers with these letters, and two clients that write.
fn cluster(servers: &str, config: RaftConfig) -> Scenario {
    let client = |name: &str, every| ClientConfig {
        name: name.to_owned(),
        near: Vec::new(),
        write_every: Some(Span::from_millis(every)),
        does: Vec::new(),
        timeout: Span::from_secs(2),
    };
    Scenario {
        protocol: ProtocolConfig::Raft(config),
        nodes: servers.chars().map(String::from).collect(),
        clients: vec![client("c1", 100), client("c2", 70)],
        seed: 0,
        network: Network::default(),
        script: Vec::new(),
        until: secs(60),
    }
}

fn found(scenario: &Scenario, options: &Options) -> Option<Found> {
    match hunt(scenario, options, |_| {}).expect("the scenario can be run") {
        Outcome::Clean(_) => None,
        Outcome::Found(found) => Some(*found),
    }
}

/// A rule that can be broken, and what a hunt finds when it is.
struct Case {
    rule: &'static str,
    /// Breaks it.
    breaks: fn(&mut Rules),
    /// In which cluster.
    servers: &'static str,
    config: fn() -> RaftConfig,
    /// With which faults, and how many.
    kinds: &'static [Kind],
    faults: u32,
    /// The promise that is broken.
    promise: &'static str,
    /// Within so many seeds, each of 20 simulated seconds.
    seeds: u64,
}

const CASES: [Case; 4] = [
    Case {
        rule: "count_old_terms",
        breaks: |rules| rules.count_old_terms = true,
        servers: "ABCDE",
        config: RaftConfig::default,
        kinds: &[Kind::Crash, Kind::Isolate, Kind::Cut, Kind::Partition, Kind::Expire, Kind::Pause],
        faults: 250,
        promise: "Leader completeness",
        seeds: 2_000,
    },
    Case {
        rule: "forget_vote",
        breaks: |rules| rules.forget_vote = true,
        servers: "ABC",
        config: RaftConfig::default,
        kinds: &[Kind::Crash, Kind::Expire, Kind::Delay, Kind::Shape, Kind::Cut],
        faults: 250,
        promise: "Election safety",
        seeds: 2_000,
    },
    Case {
        rule: "skip_up_to_date_check",
        breaks: |rules| rules.skip_up_to_date_check = true,
        servers: "ABCDE",
        config: RaftConfig::default,
        kinds: &[],
        faults: 60,
        promise: "Leader completeness",
        seeds: 200,
    },
    Case {
        rule: "quorum_of_half",
        breaks: |rules| rules.quorum_of_half = true,
        servers: "ABCD",
        config: RaftConfig::default,
        kinds: &[],
        faults: 60,
        promise: "Election safety",
        seeds: 200,
    },
];

impl Case {
    fn scenario(&self, broken: bool) -> Scenario {
        let mut config = (self.config)();
        if broken {
            (self.breaks)(&mut config.rules);
        }
        cluster(self.servers, config)
    }

    fn options(&self) -> Options {
        let mix = if self.kinds.is_empty() { Mix::default() } else { Mix::of(self.kinds.iter().copied()) };
        let judge = Judge { promise: Some(self.promise.to_owned()), live: None };
        Options {
            judge,
            seeds: 0..self.seeds,
            faults: self.faults,
            mix,
            until: secs(20),
            jobs: 2,
            ..Options::default()
        }
    }
}

#[test]
fn each_broken_rule_is_found_and_shrunk() {
    for case in CASES {
        let start = std::time::Instant::now();
        let found = found(&case.scenario(true), &case.options());
        match found {
            None => println!("{}: nothing in {} seeds, {:?}", case.rule, case.seeds, start.elapsed()),
            Some(found) => println!(
                "{}: seed {}, {:?} {:?}, {} actions shrunk to {} in {} runs, {:?}\n{:#?}",
                case.rule,
                found.seed,
                found.broken,
                found.shrunk_broken,
                found.staged.script.len(),
                found.shrunk.script.len(),
                found.shrink_runs,
                start.elapsed(),
                found.shrunk.script.iter().map(|s| (s.at.to_string(), format!("{:?}", s.action))).collect::<Vec<_>>()
            ),
        }
    }
}
