//! What a careless or hostile author could write, and what they are told.

use sim::{By, Time};

use super::*;
use crate::scenario::Scheduled;

fn good() -> Scenario {
    let timeout = Span::from_secs(1);
    Scenario {
        protocol: ProtocolConfig::Raft(RaftConfig::default()),
        nodes: ["A", "B", "C"].map(str::to_owned).to_vec(),
        clients: vec![ClientConfig {
            name: "c1".into(),
            near: vec![ProcessId(0)],
            write_every: None,
            does: Vec::new(),
            timeout,
        }],
        seed: 1,
        network: sim::Network::default(),
        script: Vec::new(),
        until: Time(1_000_000),
    }
}

/// Spoils a good scenario and says where and how it is refused.
fn refused(spoil: impl FnOnce(&mut Scenario)) -> (String, String) {
    let mut scenario = good();
    spoil(&mut scenario);
    let invalid = scenario.validate().expect_err("it should be refused");
    assert_eq!(scenario.start().err(), Some(invalid.clone()), "what is refused does not start");
    (invalid.place, invalid.problem)
}

fn act(action: Action<Op>) -> Scheduled {
    Scheduled { at: Time::ZERO, by: By::Lesson, action }
}

fn process(id: u8) -> Target {
    Target::Process(ProcessId(id))
}

fn raft(spoil: impl FnOnce(&mut RaftConfig)) -> impl FnOnce(&mut Scenario) {
    |scenario| {
        let ProtocolConfig::Raft(config) = &mut scenario.protocol;
        spoil(config);
    }
}

#[test]
fn a_good_scenario_starts() {
    assert_eq!(good().validate(), Ok(()));
    assert!(good().start().is_ok());
}

#[test]
fn who_takes_part_is_checked() {
    let name = |name: &'static str| move |scenario: &mut Scenario| scenario.nodes[1] = name.into();
    for (found, place, words) in [
        (refused(|scenario| scenario.nodes.clear()), "nodes", "at least 1"),
        (refused(|scenario| scenario.nodes = (0..99).map(|n| n.to_string()).collect()), "nodes", "at most 9"),
        (refused(name("A")), "nodes[1]", "called A"),
        (refused(name("")), "nodes[1]", "1 to 24 bytes"),
        (refused(name("a\nb")), "nodes[1]", "1 to 24 bytes"),
        (refused(name("abcdefghijklmnopqrstuvwxyz")), "nodes[1]", "1 to 24 bytes"),
        (refused(|scenario| scenario.clients[0].name = "B".into()), "clients[0].name", "called B"),
        (refused(|scenario| scenario.clients = vec![good().clients[0].clone(); 10]), "clients", "9 is the most"),
        (refused(|scenario| scenario.clients[0].near = vec![ProcessId(3)]), "clients[0].near[0]", "no server"),
        (refused(|scenario| scenario.clients[0].near = vec![ProcessId(1); 2]), "clients[0].near[1]", "twice"),
    ] {
        assert_eq!(found.0, place);
        assert!(found.1.contains(words), "{place}: {}", found.1);
    }
}

#[test]
fn spans_are_checked() {
    let ms = Span::from_millis;
    for (found, place, words) in [
        (refused(raft(|raft| raft.election_timeout = (ms(300), ms(150)))), "raft.election_timeout", "swap"),
        (refused(raft(|raft| raft.election_timeout.0 = Span::ZERO)), "raft.election_timeout", "too short"),
        (refused(raft(|raft| raft.election_timeout.1 = Span(u64::MAX))), "raft.election_timeout", "too long"),
        (refused(raft(|raft| raft.heartbeat = ms(150))), "raft.heartbeat", "too late"),
        (refused(raft(|raft| raft.heartbeat = Span(1))), "raft.heartbeat", "too short"),
        (
            refused(|scenario| scenario.network.quality.latency = sim::Latency::Uniform(ms(2), ms(1))),
            "network.latency",
            "swap",
        ),
        (
            refused(|scenario| scenario.network.quality.latency = sim::Latency::Uniform(Span::ZERO, ms(1))),
            "network.latency",
            "too short",
        ),
        (refused(|scenario| scenario.clients[0].write_every = Some(Span(10))), "clients[0].write_every", "too short"),
        (refused(|scenario| scenario.clients[0].timeout = Span::ZERO), "clients[0].timeout", "too short"),
        (refused(|scenario| scenario.until = Time::ZERO), "until", "more than 0 ms"),
        (refused(|scenario| scenario.until = Time(u64::MAX)), "until", "600000 ms"),
    ] {
        assert_eq!(found.0, place);
        assert!(found.1.contains(words), "{place}: {}", found.1);
    }
}

#[test]
fn actions_are_checked() {
    let get = || Op::Get { key: "x".into() };
    let put = |key: &str, value: &str| Op::Put { key: key.into(), value: value.into() };
    let role = |role: &str, nth| Target::Role { role: role.into(), nth };
    let link = |from, to| Action::Cut { from: process(from), to: process(to), both: true };
    let groups = |groups: &[&[u8]]| Action::Partition {
        groups: groups.iter().map(|group| group.iter().copied().map(process).collect()).collect(),
    };
    let ask = |to, op| Action::Request { to, op };
    let long = "x".repeat(65);
    for (action, words) in [
        (Action::Crash(process(4)), "no process with the number 4; there are 4"),
        (Action::Crash(process(3)), "c1 is a client"),
        (Action::Restart(role("king", 0)), "nobody can play `king`; the parts are leader, follower, candidate"),
        (Action::Isolate(role("leader", 200)), "never a number 200"),
        (link(1, 1), "no link between B and B"),
        (link(1, 3), "no link between B and c1"),
        (groups(&[&[0, 1]]), "at least two sides"),
        (groups(&[&[0], &[]]), "at least two sides"),
        (groups(&[&[0, 1], &[1, 2]]), "B can't stand twice"),
        (groups(&[&[0, 1, 2, 3], &[0, 1, 2, 3]]), "more than all 4"),
        (ask(process(0), get()), "A is a server"),
        (ask(role("leader", 0), get()), "a leader is a server"),
        (ask(process(3), put("", "1")), "the key is empty"),
        (ask(process(3), put(&long, "1")), "the key has to be at most 64 bytes"),
        (ask(process(3), put("x", &long)), "the value has to be at most 64 bytes"),
    ] {
        let (place, problem) = refused(|scenario| scenario.script = vec![act(action)]);
        assert_eq!(place, "script[0]");
        assert!(problem.contains(words), "{problem}");
    }
}

#[test]
fn the_script_is_in_order_and_within_the_run() {
    let heal = |at| Scheduled { at: Time(at), ..act(Action::HealAll) };
    for (script, place, words) in [
        (vec![heal(2), heal(1)], "script[1]", "put them in order"),
        (vec![heal(1), heal(1_000_001)], "script[1]", "the run ends at 1000 ms"),
        (vec![heal(0); SCRIPT_MAX + 1], "script", "1000 is the most"),
    ] {
        let found = refused(|scenario| scenario.script = script);
        assert_eq!(found.0, place);
        assert!(found.1.contains(words), "{}", found.1);
    }
}
