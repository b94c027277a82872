//! Five scenarios whose traces never change, and what their digests are: the same natively and in WASM.
//!
//! This file stands alone, so that tests of other crates and platforms can include it.

use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scenario, Scheduled};
use sim::{Action, By, Chance, ProcessId, Purpose, Span, Target, Time};

/// One line a scenario: its name and the digest of its whole trace.
pub(crate) const HASHES: &str = include_str!("hashes.txt");

/// The scenarios with their names.
pub(crate) fn scenarios() -> Vec<(&'static str, Scenario)> {
    let secs = |secs: u64| Time(secs * 1_000_000);
    let with_faults = |seed| Scenario { script: faults(seed, secs(20)), ..cluster("ABCDE", seed, secs(20)) };
    let sides = ["AB", "CDE"].map(|side| side.bytes().map(|letter| server(u64::from(letter - b'A'))).collect());
    let split = [(2, Action::Partition { groups: sides.into() }), (6, Action::HealAll)];
    let split = split.map(|(at, action)| Scheduled { at: secs(at), by: By::Lesson, action }).into();
    vec![
        ("quiet", cluster("ABCDE", 7, secs(10))),
        ("three", cluster("ABC", 42, secs(5))),
        ("split", Scenario { script: split, ..cluster("ABCDE", 1, secs(10)) }),
        ("faults-1", with_faults(1)),
        ("faults-2", with_faults(2)),
    ]
}

/// Servers with these letters and a client that writes each 100 ms.
fn cluster(servers: &str, seed: u64, until: Time) -> Scenario {
    Scenario {
        protocol: ProtocolConfig::Raft(RaftConfig::default()),
        nodes: servers.chars().map(String::from).collect(),
        clients: vec![ClientConfig {
            name: "c1".to_owned(),
            near: Vec::new(),
            write_every: Some(Span::from_millis(100)),
            does: Vec::new(),
            timeout: Span::from_secs(2),
        }],
        seed,
        network: sim::Network::default(),
        script: Vec::new(),
        until,
    }
}

fn server(number: u64) -> Target {
    Target::Process(ProcessId(u8::try_from(number).expect("servers have small numbers")))
}

/// Cuts, heals, crashes and restarts at random for `length`, as drawn by the seed.
pub(crate) fn faults(seed: u64, length: Time) -> Vec<Scheduled> {
    let chance = Chance::new(seed);
    let draw = |nth: u32, of: u64| sim::draw::scale(chance.bits(Purpose::Fault, 0, Time::ZERO, nth), of);
    let mut script: Vec<Scheduled> = Vec::new();
    let (mut now, mut nth) = (Time::ZERO, 0);
    loop {
        now += Span::from_millis(50 + draw(nth, 600));
        if now >= length {
            return script;
        }
        let (a, b) = (draw(nth + 2, 5), draw(nth + 3, 5));
        let action = match draw(nth + 1, 12) {
            0 | 1 => Action::Crash(server(a)),
            2 => Action::Crash(Target::Role { role: "leader".into(), nth: 0 }),
            3..=5 => Action::Restart(server(a)),
            6 => {
                let side = |in_it: bool| (0..5).filter(move |n| (draw(nth + 2, 32) >> n & 1 == 1) == in_it).map(server);
                Action::Partition { groups: vec![side(true).collect(), side(false).collect()] }
            }
            7 => Action::Isolate(Target::Role { role: "leader".into(), nth: 0 }),
            8 | 9 if a != b => Action::Cut { from: server(a), to: server(b), both: draw(nth + 4, 2) == 0 },
            _ => Action::HealAll,
        };
        let sides_filled = !matches!(&action, Action::Partition { groups } if groups.iter().any(Vec::is_empty));
        if sides_filled {
            script.push(Scheduled { at: now, by: By::Lesson, action });
        }
        nth += 8;
    }
}
