//! Hunting: what it finds, that it finds the same every time, and how small it makes it.

use check::hunt::{Found, Judge, Kind, Mix, Options, Outcome, Shape, hunt, judge, schedule, shrink, stage};
use protocols::op::Admin;
use protocols::scenario::{Changes, ClientConfig, Deed, ProtocolConfig, RaftConfig, Reads, Rules, Scenario, Scheduled};
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
    /// What else is special about the cluster: its network, and what its clients do.
    around: fn(Scenario) -> Scenario,
    /// With which faults, and how many. None named: all that the protocol claims to survive.
    kinds: &'static [Kind],
    faults: u32,
    /// The promise that is broken.
    promise: &'static str,
    /// Within so many seeds, each of 20 simulated seconds.
    seeds: u64,
    /// If set, the cluster also has to recover within this span.
    live: Option<Span>,
}

/// All rules that can be broken. The next one takes one more entry.
const CASES: [Case; 9] = [
    // Figure 8 takes three leaders, each stopped at the right moment.
    Case {
        rule: "count_old_terms",
        breaks: |rules| rules.count_old_terms = true,
        servers: "ABCDE",
        config: RaftConfig::default,
        around: |scenario| scenario,
        kinds: &[Kind::Crash, Kind::Isolate, Kind::Cut, Kind::Partition, Kind::Expire, Kind::Pause],
        faults: 250,
        promise: "Leader completeness",
        seeds: 500,
        live: None,
    },
    Case {
        rule: "forget_vote",
        breaks: |rules| rules.forget_vote = true,
        servers: "ABC",
        config: RaftConfig::default,
        around: |scenario| scenario,
        kinds: &[Kind::Crash, Kind::Expire, Kind::Delay, Kind::Shape, Kind::Cut],
        faults: 250,
        promise: "Election safety",
        seeds: 500,
        live: None,
    },
    Case {
        rule: "skip_up_to_date_check",
        breaks: |rules| rules.skip_up_to_date_check = true,
        servers: "ABCDE",
        config: RaftConfig::default,
        around: |scenario| scenario,
        kinds: &[],
        faults: 60,
        promise: "Leader completeness",
        seeds: 20,
        live: None,
    },
    Case {
        rule: "quorum_of_half",
        breaks: |rules| rules.quorum_of_half = true,
        servers: "ABCD",
        config: RaftConfig::default,
        around: |scenario| scenario,
        kinds: &[],
        faults: 60,
        promise: "Election safety",
        seeds: 20,
        live: None,
    },
    // A crash within the few milliseconds between an answer and the fsync.
    Case {
        rule: "ack_before_fsync",
        breaks: |rules| rules.ack_before_fsync = true,
        servers: "ABC",
        config: RaftConfig::default,
        around: |scenario| scenario,
        kinds: &[Kind::Crash, Kind::Torn, Kind::Expire],
        faults: 150,
        promise: "Leader completeness",
        seeds: 100,
        live: None,
    },
    // The bug of 2015 takes two leaders in turn, each asked for a change at once, and the first one back.
    Case {
        rule: "change_at_once",
        breaks: |rules| rules.change_at_once = true,
        servers: "ABCD",
        config: || RaftConfig { changes: Changes::OneByOne, no_op: false, ..RaftConfig::default() },
        around: |scenario| scenario,
        kinds: &[Kind::Members, Kind::Isolate, Kind::Partition, Kind::Expire],
        faults: 800,
        promise: "Leader completeness",
        seeds: 2_000,
        live: None,
    },
    // A leader that answers just after another one was elected.
    Case {
        rule: "lease_without_bound",
        breaks: |rules| rules.lease_without_bound = true,
        servers: "ABC",
        config: || RaftConfig {
            pre_vote: true,
            check_quorum: true,
            reads: Reads::Lease,
            drift_bound: 50_000,
            ..RaftConfig::default()
        },
        around: |mut scenario| {
            scenario.clients[0].does = vec![Deed::Get];
            scenario.clients[0].write_every = Some(Span::from_millis(10));
            scenario.clients[1].write_every = Some(Span::from_millis(30));
            scenario
        },
        kinds: &[Kind::Drift, Kind::Pause, Kind::Isolate, Kind::Cut, Kind::Shape, Kind::Slow, Kind::Delay],
        faults: 150,
        promise: "Fresh reads",
        seeds: 500,
        live: None,
    },
    Case {
        rule: "apply_retries",
        breaks: |rules| rules.apply_retries = true,
        servers: "ABC",
        config: RaftConfig::default,
        around: |scenario| scenario,
        kinds: &[],
        faults: 60,
        promise: "Exactly once",
        seeds: 20,
        live: None,
    },
    // If nothing takes one server's timer out of step with the others', they split the votes for ever.
    Case {
        rule: "same_timeouts",
        breaks: |rules| rules.same_timeouts = true,
        servers: "ABC",
        config: RaftConfig::default,
        around: |scenario| Scenario {
            network: Network::uniform(Span::from_millis(5), Span::from_millis(5)),
            ..scenario
        },
        kinds: &[Kind::Drop, Kind::Duplicate, Kind::Step, Kind::Request],
        faults: 40,
        promise: judge::LEADS_AGAIN,
        seeds: 20,
        live: Some(Span::from_secs(4)),
    },
];

impl Case {
    fn scenario(&self, broken: bool) -> Scenario {
        let mut config = (self.config)();
        if broken {
            (self.breaks)(&mut config.rules);
        }
        (self.around)(cluster(self.servers, config))
    }

    fn options(&self) -> Options {
        let mix = if self.kinds.is_empty() { Mix::default() } else { Mix::of(self.kinds.iter().copied()) };
        let judge = Judge { promise: Some(self.promise.to_owned()), live: self.live };
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
fn each_broken_rule_breaks_its_promise_within_so_many_seeds() {
    for case in CASES {
        let found = found(&case.scenario(true), &case.options());
        let Some(found) = found else { panic!("{}: nothing in {} seeds", case.rule, case.seeds) };
        println!("{}: seed {}, {} actions", case.rule, found.seed, found.shrunk.script.len());
        assert_eq!(found.shrunk_broken.promise, case.promise, "{}", case.rule);
        assert!(found.shrunk.script.len() <= 20, "{}: it is shrunk: {:#?}", case.rule, found.shrunk.script);
        let judge = Judge { live: case.live, ..Judge::default() };
        let again = judge.judge(&found.shrunk).expect("what is found can be run").broken;
        assert!(again.is_some(), "{}: it replays", case.rule);
    }
}

#[test]
fn with_the_rules_kept_the_same_seeds_break_nothing() {
    for case in CASES {
        let options = Options { judge: Judge { live: case.live, ..Judge::default() }, ..case.options() };
        let found = found(&case.scenario(false), &options);
        assert_eq!(found.map(|found| (found.seed, found.shrunk_broken)), None, "where {} is broken", case.rule);
    }
}

#[test]
fn with_all_that_the_protocol_claims_to_survive_nothing_breaks_and_the_cluster_recovers() {
    let config = RaftConfig { pre_vote: true, check_quorum: true, ..RaftConfig::default() };
    let judge = Judge { live: Some(Span::from_secs(5)), ..Judge::default() };
    let options = Options { seeds: 0..100, judge, jobs: 2, ..Options::default() };
    let found = found(&cluster("ABCDE", config), &options);
    assert_eq!(found.map(|found| (found.seed, found.shrunk_broken)), None);
}

#[test]
fn the_result_does_not_depend_on_the_number_of_jobs() {
    let case = &CASES[1];
    let with = |jobs| {
        let found = found(&case.scenario(true), &Options { jobs, ..case.options() }).expect("the rule is broken");
        Found { tally: Default::default(), ..found }
    };
    let one = with(1);
    assert_eq!(with(2), one);
    assert_eq!(with(7), one);
}

#[test]
fn a_hunt_says_how_much_was_tried() {
    let options = Options { seeds: 5..25, until: secs(2), jobs: 3, ..Options::default() };
    let mut told = 0;
    let outcome = hunt(&cluster("ABC", RaftConfig::default()), &options, |_| told += 1).expect("it can be run");
    let Outcome::Clean(tally) = outcome else { panic!("{outcome:?}") };
    assert_eq!((tally.seeds, tally.simulated_us, told), (20, 40_000_000, 20));
    assert!(tally.events > 20 * 100, "{tally:?}");
}

#[test]
fn a_scenario_that_cannot_be_run_is_refused() {
    let scenario = Scenario { nodes: Vec::new(), ..cluster("ABC", RaftConfig::default()) };
    let invalid = hunt(&scenario, &Options::default(), |_| {}).expect_err("there are no nodes");
    assert_eq!(invalid.place, "nodes");
}

#[test]
fn every_schedule_is_valid_in_order_and_ends_with_everything_mended() {
    let kinds = Mix::of(Kind::all());
    for servers in ["A", "AB", "ABCDE"] {
        for seed in 0..200 {
            let options = Options { mix: kinds.clone(), faults: 100, ..Options::default() };
            let config = RaftConfig { check_quorum: true, ..RaftConfig::default() };
            let staged = stage(&cluster(servers, config), seed, &options);
            staged.validate().unwrap_or_else(|invalid| panic!("{servers}, seed {seed}: {invalid}"));
            let shape = Shape::of(&staged, 0, &kinds);
            assert!(staged.script.iter().all(|scheduled| scheduled.at <= shape.quiet_from), "{servers}, seed {seed}");
            let mended = judge::mended_at(&staged).expect("everything is mended");
            assert!(mended <= shape.quiet_from, "{servers}, seed {seed}: {mended}");
        }
    }
}

#[test]
fn schedules_differ_by_seed_and_by_nothing_else() {
    let shape = Shape::of(&cluster("ABCDE", RaftConfig::default()), 40, &Mix::default());
    assert_eq!(schedule(7, &shape), schedule(7, &shape));
    assert_ne!(schedule(7, &shape), schedule(8, &shape));
}

#[test]
fn a_schedule_never_has_more_actions_than_there_is_room_for() {
    let shape = Shape { room: 60, ..Shape::of(&cluster("ABCDE", RaftConfig::default()), 1_000, &Mix::default()) };
    for seed in 0..50 {
        assert!(schedule(seed, &shape).len() <= 60, "seed {seed}");
    }
}

#[test]
fn what_stays_broken_is_not_mended() {
    let mended = |script| judge::mended_at(&Scenario { script, ..cluster("ABC", RaftConfig::default()) });
    let leader = Target::Role { role: "leader".to_owned(), nth: 0 };
    assert_eq!(mended(vec![at(5, Action::Crash(server('A')))]), None);
    assert_eq!(mended(vec![at(5, Action::Crash(server('A'))), at(7, Action::Restart(server('B')))]), None);
    assert_eq!(mended(vec![at(5, Action::Crash(server('A'))), at(7, Action::Restart(server('A')))]), Some(Time(7_000)));
    assert_eq!(mended(vec![at(5, Action::Crash(leader.clone())), at(7, Action::Restart(server('A')))]), None);
    let restarts = ['A', 'B', 'C'].map(|letter| at(8, Action::Restart(server(letter))));
    assert_eq!(mended([vec![at(5, Action::Crash(leader))], restarts.to_vec()].concat()), Some(Time(8_000)));
    let cut = at(5, Action::Cut { from: server('A'), to: server('B'), both: true });
    assert_eq!(mended(vec![cut.clone()]), None);
    assert_eq!(mended(vec![cut, at(9, Action::HealAll)]), Some(Time(9_000)));
}

/// Without PreVote and CheckQuorum it campaigns for ever, and deposes one leader after another (§6).
#[test]
fn where_servers_that_are_left_out_may_disturb_the_others_a_change_is_never_mended() {
    let ask = |admin| at(5, Action::Request { to: server('A'), op: protocols::Op::Admin(admin) });
    let mended = |config, admin| {
        let script = vec![ask(admin), at(9, Action::HealAll)];
        judge::mended_at(&Scenario { script, ..cluster("ABC", config) })
    };
    let plain = RaftConfig::default;
    let loyal = || RaftConfig { check_quorum: true, ..plain() };
    let upgraded = |not_upgraded| RaftConfig { not_upgraded, ..loyal() };
    let remove = || Admin::Remove(ProcessId(2));
    assert_eq!(mended(plain(), remove()), None);
    assert_eq!(mended(plain(), Admin::Reconfigure(vec![ProcessId(0)])), None);
    assert_eq!(mended(plain(), Admin::Transfer(ProcessId(2))), Some(Time(9_000)));
    assert_eq!(mended(loyal(), remove()), Some(Time(9_000)));
    assert_eq!(mended(upgraded(vec![ProcessId(1)]), remove()), None);
}

#[test]
fn a_cluster_that_does_not_recover_is_found() {
    let judge = Judge { live: Some(Span::from_secs(4)), ..Judge::default() };
    let mut scenario = cluster("ABC", RaftConfig::default());
    scenario.script = vec![at(2_000, Action::Isolate(server('A'))), at(5_000, Action::HealAll)];
    assert_eq!(judge.judge(&scenario).expect("it can be run").broken, None);
    // The network itself loses everything: that is nothing that a script could mend.
    scenario.network.quality.loss = sim::Share(1_000_000);
    let broken = judge.judge(&scenario).expect("it can be run").broken.expect("every message is lost");
    assert_eq!(broken.promise, judge::LEADS_AGAIN);
}

#[test]
fn a_run_that_floods_is_found() {
    let span = Span::from_millis;
    let config =
        RaftConfig { election_timeout: (span(1_000), span(2_000)), heartbeat: span(1), ..RaftConfig::default() };
    let slow = Network::uniform(span(100), span(100));
    let scenario = Scenario { network: slow, until: secs(20), ..cluster(&"x".repeat(100), config) };
    let nodes = (0..100).map(|id| format!("n{id}")).collect();
    let verdict = Judge::default().judge(&Scenario { nodes, ..scenario }).expect("it can be run");
    assert_eq!(verdict.broken.expect("it floods").promise, judge::STAYS_WITHIN_LIMITS);
    assert!(verdict.simulated < secs(20));
}

/// Many actions, of which the judge needs two: a crash of A, and anything that cuts B off from somebody.
#[test]
fn shrinking_leaves_what_is_needed_at_round_times() {
    let mut noisy = stage(&cluster("ABCDE", RaftConfig::default()), 3, &Options { faults: 80, ..Options::default() });
    let crash = Scheduled { at: Time(12_345_678), by: By::Lesson, action: Action::Crash(server('A')) };
    let groups = vec![vec![server('A'), server('C')], vec![server('B'), server('D'), server('E')]];
    let partition = Scheduled { at: Time(20_543_210), by: By::Lesson, action: Action::Partition { groups } };
    noisy.script.extend([crash, partition]);
    noisy.script.sort_by_key(|scheduled| scheduled.at);

    let crashes_a = |action: &Action<protocols::Op>| *action == Action::Crash(server('A'));
    let cuts_b = |action: &Action<protocols::Op>| match action {
        Action::Cut { from, to, .. } => [from, to].contains(&&server('B')),
        Action::Partition { groups } => groups.iter().flatten().any(|member| *member == server('B')),
        _ => false,
    };
    let mut runs = 0;
    let small = shrink(&noisy, 5_000, &mut |scenario| {
        runs += 1;
        let crashed = scenario.script.iter().find(|scheduled| crashes_a(&scheduled.action))?.at;
        let cut = scenario.script.iter().find(|scheduled| cuts_b(&scheduled.action))?.at;
        (scenario.nodes.len() >= 2 && crashed >= Time(12_300_000)).then_some(crashed.max(cut))
    });
    assert_eq!(small.runs, runs);
    let script = &small.scenario.script;
    assert_eq!(script.len(), 2, "{script:#?}");
    assert!(script.iter().all(|scheduled| scheduled.at.0.is_multiple_of(100_000)), "{script:#?}");
    assert!(script.iter().any(|scheduled| scheduled.action == Action::Crash(server('A'))), "{script:#?}");
    assert!(script.iter().any(|s| matches!(s.action, Action::Cut { both: false, .. })), "{script:#?}");
    assert_eq!((small.scenario.nodes.len(), small.scenario.clients.len()), (2, 0));
    assert_eq!(small.scenario.until, script[1].at);
}

#[test]
fn shrinking_stops_after_so_many_runs_and_keeps_what_it_cannot_reproduce() {
    let noisy = stage(&cluster("ABCDE", RaftConfig::default()), 3, &Options::default());
    let mut runs = 0;
    let small = shrink(&noisy, 5, &mut |scenario| {
        runs += 1;
        Some(scenario.until)
    });
    assert_eq!((small.runs, runs), (5, 5));
    assert_eq!(shrink(&noisy, 10, &mut |_| None).scenario, noisy);
}
