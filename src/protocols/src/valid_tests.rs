//! What a careless or hostile author could write, and what they are told.

use sim::{By, Time};

use super::*;
use crate::scenario::{Deed, Reads, Scheduled};

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
        network: Network::default(),
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
        (refused(|scenario| scenario.nodes = (0..101).map(|n| n.to_string()).collect()), "nodes", "at most 100"),
        (refused(name("A")), "nodes[1]", "called A"),
        (refused(name("")), "nodes[1]", "1 to 24 bytes"),
        (refused(name("a\nb")), "nodes[1]", "1 to 24 bytes"),
        (refused(name("abcdefghijklmnopqrstuvwxyz")), "nodes[1]", "1 to 24 bytes"),
        (refused(|scenario| scenario.clients[0].name = "B".into()), "clients[0].name", "called B"),
        (refused(name("leader")), "nodes[1]", "the name of a part"),
        (refused(name("follower:1")), "nodes[1]", "the name of a part"),
        (refused(|scenario| scenario.clients = vec![good().clients[0].clone(); 101]), "clients", "100 is the most"),
        (
            refused(|scenario| scenario.clients[0].does = vec![Deed::Get; DOES_MAX + 1]),
            "clients[0].does",
            "16 is the most",
        ),
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
            refused(|scenario| scenario.network.quality.latency = Latency::Uniform(ms(2), ms(1))),
            "network.latency",
            "swap",
        ),
        (
            refused(|scenario| scenario.network.quality.latency = Latency::Uniform(Span::ZERO, ms(1))),
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
fn as_many_servers_and_clients_as_there_may_be_can_be_run() {
    let mut crowd = good();
    crowd.nodes = (0..NODES_MAX).map(|n| n.to_string()).collect();
    let client = |n: usize| ClientConfig { name: format!("c{n}"), ..good().clients[0].clone() };
    crowd.clients = (0..CLIENTS_MAX).map(client).collect();
    assert!(crowd.start().is_ok(), "{:?}", crowd.validate());
}

#[test]
fn settings_of_raft_are_checked() {
    let given = |given: Given| refused(raft(|raft| raft.given = vec![given]));
    let disk = |log: &[u64]| Given { who: ProcessId(0), term: 3, voted_for: None, log: log.to_vec() };
    for (found, place, words) in [
        (refused(raft(|raft| raft.voters = vec![ProcessId(3)])), "raft.voters[0]", "no server with the number 3"),
        (refused(raft(|raft| raft.voters = vec![ProcessId(1); 2])), "raft.voters[1]", "named twice"),
        (refused(raft(|raft| raft.not_upgraded = vec![ProcessId(9)])), "raft.not_upgraded[0]", "no server"),
        (refused(raft(|raft| raft.not_upgraded = vec![ProcessId(0); 2])), "raft.not_upgraded[1]", "twice"),
        (refused(raft(|raft| raft.drift_bound = DRIFT_MAX + 1)), "raft.drift_bound", "from 0 to 500000"),
        (refused(raft(|raft| raft.compact_at = Some(0))), "raft.compact_at", "from 1 to 100000"),
        (refused(raft(|raft| raft.compact_at = Some(COMPACT_AT_MAX + 1))), "raft.compact_at", "from 1 to 100000"),
        (refused(raft(|raft| raft.snapshot_chunk = 0)), "raft.snapshot_chunk", "from 1 to 1000"),
        (refused(raft(|raft| raft.snapshot_chunk = SNAPSHOT_CHUNK_MAX + 1)), "raft.snapshot_chunk", "from 1 to 1000"),
        (refused(raft(|raft| raft.batch = 0)), "raft.batch", "from 1 to 1000"),
        (refused(raft(|raft| raft.batch = BATCH_MAX + 1)), "raft.batch", "from 1 to 1000"),
        (refused(raft(|raft| raft.window = 0)), "raft.window", "from 1 to 100"),
        (refused(raft(|raft| raft.window = WINDOW_MAX + 1)), "raft.window", "from 1 to 100"),
        (given(Given { who: ProcessId(3), ..disk(&[]) }), "raft.given[0].node", "no server"),
        (refused(raft(|raft| raft.given = vec![disk(&[]); 2])), "raft.given[1].node", "given twice"),
        (given(Given { term: TERM_MAX + 1, ..disk(&[]) }), "raft.given[0].term", "from 0 to 1000000"),
        (given(Given { voted_for: Some(ProcessId(7)), ..disk(&[]) }), "raft.given[0].voted_for", "no server"),
        (given(Given { voted_for: Some(ProcessId(1)), term: 0, ..disk(&[]) }), "raft.given[0].voted_for", "term 0"),
        (given(disk(&[1; GIVEN_LOG_MAX + 1])), "raft.given[0].log", "100 is the most"),
        (given(disk(&[0])), "raft.given[0].log", "begin at 1 or later"),
        (given(disk(&[2, 1])), "raft.given[0].log", "never fall"),
        (given(disk(&[4])), "raft.given[0].log", "raise its term"),
    ] {
        assert_eq!(found.0, place);
        assert!(found.1.contains(words), "{place}: {}", found.1);
    }
}

#[test]
fn the_network_is_checked() {
    let ms = Span::from_millis;
    let loss = |ppm| Change { loss: Some(Share(ppm)), ..Change::default() };
    let link = |a, b, change| (ProcessId(a), ProcessId(b), change);
    let quality = |spoil: fn(&mut Quality)| refused(move |scenario| spoil(&mut scenario.network.quality));
    let links = |links: Vec<(ProcessId, ProcessId, Change)>| refused(move |scenario| scenario.network.links = links);
    let slow = Change { latency: Some(Latency::Fixed(Span::ZERO)), ..Change::default() };
    for (found, place, words) in [
        (quality(|quality| quality.latency = Latency::Fixed(Span::ZERO)), "network.latency", "too short"),
        (quality(|quality| quality.latency = Latency::Fixed(SPAN_MAX + Span(1))), "network.latency", "too long"),
        (
            refused(|scenario| {
                scenario.network.quality.latency = Latency::LongTail { usual: ms(5), most: ms(4) };
            }),
            "network.latency",
            "swap",
        ),
        (quality(|quality| quality.loss = Share(1_000_001)), "network.loss", "at most 100 %"),
        (quality(|quality| quality.duplication = Share(1_000_001)), "network.duplication", "at most 100 %"),
        (quality(|quality| quality.reordering = Share(u32::MAX)), "network.reordering", "at most 100 %"),
        (links(vec![link(0, 1, loss(1)); LINKS_MAX + 1]), "network.links", "1000 is the most"),
        (links(vec![link(0, 9, loss(1))]), "network.links[0]", "no process with the number 9"),
        (links(vec![link(1, 3, loss(1))]), "network.links[0]", "no link between B and c1"),
        (links(vec![link(0, 1, loss(1)), link(0, 1, loss(2))]), "network.links[1]", "named twice"),
        (links(vec![link(0, 1, Change::default())]), "network.links[0]", "nothing changes"),
        (links(vec![link(0, 1, loss(1_000_001))]), "network.links[0].loss", "at most 100 %"),
        (links(vec![link(0, 1, slow)]), "network.links[0].latency", "too short"),
    ] {
        assert_eq!(found.0, place);
        assert!(found.1.contains(words), "{place}: {}", found.1);
    }
    let mut whole = good();
    whole.network.links = vec![link(0, 1, loss(1_000_000)), link(1, 0, loss(0)), link(3, 0, loss(5))];
    assert_eq!(whole.validate(), Ok(()), "both ways, and a client's link");
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
    let groups_one_way = |sides: &[&[u8]]| match groups(sides) {
        Action::Partition { groups } => Action::PartitionOneWay { groups },
        other => other,
    };
    let ask = |to, op| Action::Request { to, op };
    let clock = |who, change| Action::SetClock { who, change };
    let end = |id: Option<u8>| id.map(process);
    let shape = |from, to, change| Action::Shape { from: end(from), to: end(to), both: true, change };
    let pick = |kind: Option<&str>, from, to| Pick::Fitting {
        kind: kind.map(str::to_owned),
        from: end(from),
        to: end(to),
        nth: 255,
    };
    let long = "x".repeat(65);
    for (action, words) in [
        (groups_one_way(&[&[0, 1]]), "at least two sides"),
        (groups_one_way(&[&[0, 1], &[1]]), "B can't stand twice"),
        (Action::Pause(process(4)), "no process with the number 4"),
        (Action::Resume(role("king", 0)), "nobody can play"),
        (Action::Wipe(process(3)), "c1 is a client"),
        (Action::SetFsync { who: process(3), lies: true }, "c1 is a client"),
        (Action::CrashTorn { who: process(3), kept: 1 }, "c1 is a client"),
        (Action::CrashTorn { who: process(0), kept: KEPT_MAX + 1 }, "from 0 to 1000"),
        (Action::Slow { who: process(4), times: 1 }, "no process"),
        (Action::Slow { who: process(0), times: SLOW_MAX + 1 }, "from 0 to 1000"),
        (clock(process(4), ClockChange::Step(1)), "no process"),
        (clock(process(0), ClockChange::Step(0)), "a step of nothing"),
        (clock(process(0), ClockChange::Step(600_000_001)), "jump too far"),
        (clock(process(0), ClockChange::Step(i64::MIN)), "jump too far"),
        (clock(process(0), ClockChange::Drift(500_001)), "drift too fast"),
        (clock(process(0), ClockChange::Drift(i32::MIN)), "drift too fast"),
        (Action::Expire { who: process(0), timer: "egg".into() }, "no timer called `egg`"),
        (Action::Expire { who: process(4), timer: "election".into() }, "no process"),
        (
            shape(Some(1), Some(3), Some(Change { loss: Some(Share(1)), ..Change::default() })),
            "no link between B and c1",
        ),
        (shape(Some(9), None, None), "no process"),
        (shape(None, None, Some(Change::default())), "nothing changes"),
        (
            shape(None, None, Some(Change { loss: Some(Share(1_000_001)), ..Change::default() })),
            "loss: a share is at most",
        ),
        (
            Action::DropMessage(pick(Some("letter"), None, None)),
            "no message is called `letter`; the kinds are RequestVote",
        ),
        (Action::DropMessage(pick(None, Some(9), None)), "no process"),
        (Action::DuplicateMessage(pick(None, Some(1), Some(3))), "no link between B and c1"),
        (Action::DelayMessage { pick: pick(None, None, None), by: Span::ZERO }, "too short"),
        (Action::DelayMessage { pick: pick(None, None, None), by: SPAN_MAX + Span(1) }, "too long"),
        (ask(process(3), Op::Append { key: String::new(), value: "1".into() }), "the key is empty"),
        (ask(process(3), Op::Append { key: "x".into(), value: long.clone() }), "the value has to be"),
        (ask(process(3), Op::Read { key: long.clone(), how: Reads::Local }), "the key has to be"),
        (ask(process(3), Op::Delete { key: "a\nb".into() }), "without line breaks"),
        (
            ask(process(3), Op::Cas { key: "x".into(), expected: Some(long.clone()), value: "1".into() }),
            "the expected value",
        ),
        (ask(process(3), Op::Cas { key: "x".into(), expected: None, value: long.clone() }), "the value has to be"),
        (ask(process(0), Op::Delete { key: "x".into() }), "A is a server"),
        (ask(process(3), Op::Admin(Admin::Compact)), "c1 is a client; an operator asks servers"),
        (ask(process(9), Op::Admin(Admin::Compact)), "no process"),
        (ask(process(0), Op::Admin(Admin::Transfer(ProcessId(3)))), "no server with the number 3"),
        (ask(role("leader", 0), Op::Admin(Admin::AddLearner(ProcessId(3)))), "no server"),
        (ask(role("leader", 0), Op::Admin(Admin::AddVoter(ProcessId(3)))), "no server"),
        (ask(role("leader", 0), Op::Admin(Admin::Remove(ProcessId(3)))), "no server"),
        (ask(process(0), Op::Admin(Admin::Reconfigure(Vec::new()))), "nobody would vote"),
        (ask(process(0), Op::Admin(Admin::Reconfigure(vec![ProcessId(0); 2]))), "named twice"),
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

#[test]
fn good_actions_are_let_through() {
    let leader = || Target::Role { role: "leader".into(), nth: 0 };
    let any = |kind: Option<&str>| Pick::Fitting { kind: kind.map(str::to_owned), from: None, to: None, nth: 0 };
    let admin = |admin| Action::Request { to: leader(), op: Op::Admin(admin) };
    for action in [
        Action::Pause(process(3)),
        Action::Resume(leader()),
        Action::Slow { who: process(3), times: SLOW_MAX },
        Action::Slow { who: process(3), times: 0 },
        Action::SetClock { who: process(0), change: ClockChange::Step(-600_000_000) },
        Action::SetClock { who: process(3), change: ClockChange::Drift(0) },
        Action::CrashTorn { who: leader(), kept: KEPT_MAX },
        Action::Expire { who: leader(), timer: "election".into() },
        Action::Shape { from: None, to: None, both: false, change: None },
        Action::DropMessage(Pick::Id(sim::MsgId(u32::MAX))),
        Action::DuplicateMessage(any(Some("AppendEntries"))),
        Action::DelayMessage { pick: any(None), by: SPAN_MAX },
        admin(Admin::Compact),
        admin(Admin::Transfer(ProcessId(2))),
        admin(Admin::Reconfigure(vec![ProcessId(2), ProcessId(0)])),
    ] {
        let mut scenario = good();
        scenario.script = vec![act(action)];
        assert_eq!(scenario.validate(), Ok(()), "{:?}", scenario.script);
    }
}

#[test]
fn a_script_names_no_more_members_than_it_may() {
    let sides = || Action::Partition { groups: vec![vec![process(0), process(1)], vec![process(2), process(3)]] };
    let mut scenario = good();
    scenario.script = vec![act(sides()); SCRIPT_MAX];
    assert_eq!(scenario.validate(), Ok(()), "small clusters never get there");
    scenario.nodes = (0..100).map(|n| n.to_string()).collect();
    let all = (0..100).map(process).collect();
    let split = Action::Partition { groups: vec![all, vec![process(100)]] };
    scenario.script = vec![act(split); MEMBERS_MAX / 101 + 1];
    let invalid = scenario.validate().expect_err("it names too many");
    assert_eq!(invalid.place, format!("script[{}]", MEMBERS_MAX / 101));
    assert!(invalid.problem.contains("20000 is the most"), "{invalid}");
}

#[test]
fn every_kind_of_message_that_is_sent_can_be_picked() {
    let mut scenario = good();
    scenario.clients[0].write_every = Some(Span::from_millis(20));
    scenario.clients[0].near = Vec::new();
    scenario.until = Time(20_000_000);
    let leader = || Target::Role { role: "leader".into(), nth: 0 };
    scenario.script =
        (1..10).map(|s| Scheduled { at: Time(s * 2_000_000), ..act(Action::Isolate(leader())) }).collect();
    for (nth, scheduled) in scenario.script.iter_mut().enumerate() {
        if nth % 2 == 1 {
            scheduled.action = Action::HealAll;
        }
    }
    let mut run = scenario.start().expect("it can be run");
    let mut seen: Vec<&str> = Vec::new();
    while run.now() < run.end() {
        run.seek(run.now() + Span::from_millis(5));
        for message in run.view().messages {
            assert!(KINDS.contains(&message.kind), "{} is missing in KINDS", message.kind);
            if !seen.contains(&message.kind) {
                seen.push(message.kind);
            }
        }
    }
    assert!(seen.len() >= 8, "most kinds were sent: {seen:?}");
}
