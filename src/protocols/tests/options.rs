//! Whole runs with everything that can be switched on, under random faults: what no single server's test shows.

#[expect(dead_code, reason = "only its faults are needed here")]
mod golden;

use std::sync::Arc;

use protocols::Op;
use protocols::op::Admin;
use protocols::raft::{Member, Note, Raft, Server};
use protocols::scenario::{Changes, ClientConfig, Deed, RaftConfig, Reads, Scheduled};
use sim::{Action, By, EventKind, Network, ProcessId, Span, Target, Time, Timeline};

const SERVERS: u8 = 5;
const FAULTS_END: Time = Time(15_000_000);
const END: Time = Time(20_000_000);

fn careful() -> RaftConfig {
    RaftConfig { pre_vote: true, check_quorum: true, ..RaftConfig::default() }
}

fn client(name: &str, every_ms: u64) -> ClientConfig {
    ClientConfig {
        name: name.to_owned(),
        near: Vec::new(),
        write_every: Some(Span::from_millis(every_ms)),
        does: vec![Deed::Put, Deed::Get, Deed::Append, Deed::Cas, Deed::Get, Deed::Delete],
        timeout: Span::from_secs(2),
    }
}

/// Faults for a while, and then everything is mended; `admin` is asked of leaders meanwhile, in turn.
fn script(seed: u64, admin: &[Admin]) -> Vec<Scheduled> {
    let mut script = golden::faults(seed, FAULTS_END);
    let by_lesson = |at, action| Scheduled { at, by: By::Lesson, action };
    for (nth, admin) in (0..14).zip(admin.iter().cycle()) {
        let to = Target::Role { role: "leader".into(), nth: 0 };
        let at = Time(900_000 + nth * 1_000_000);
        script.push(by_lesson(at, Action::Request { to, op: Op::Admin(admin.clone()) }));
    }
    script.push(by_lesson(FAULTS_END, Action::HealAll));
    let restarts = (0..SERVERS).map(|id| Action::Restart(ProcessId(id).into()));
    script.extend(restarts.map(|action| by_lesson(FAULTS_END, action)));
    script.sort_by_key(|scheduled| scheduled.at);
    script
}

fn run(seed: u64, config: RaftConfig, admin: &[Admin]) -> Timeline<Raft> {
    let clients = vec![client("c1", 40), client("c2", 70)];
    let raft = Raft { servers: SERVERS, clients, config: Arc::new(config) };
    let mut run = Timeline::new(raft, seed, Network::default(), script(seed, admin), END);
    run.seek(END);
    run
}

fn servers(run: &Timeline<Raft>) -> Vec<&Server> {
    run.world().processes().iter().flatten().filter_map(Member::server).collect()
}

/// No read that promises to be up to date missed what was committed before it was asked for.
fn reads_are_fresh(run: &Timeline<Raft>) -> usize {
    let trace = run.trace();
    let (mut committed, mut asked, mut served) = (0, Vec::new(), 0);
    for event in trace.between(Time::ZERO, END) {
        match &event.kind {
            EventKind::Noted(Note::Commits { last, .. }) => committed = committed.max(*last),
            EventKind::Invoked { id, .. } => asked.push((*id, committed)),
            EventKind::Noted(Note::ServesRead { id, how, through }) if *how != Reads::Local => {
                let floor = asked.iter().rfind(|(other, _)| other == id).map_or(0, |(_, floor)| *floor);
                assert!(*through >= floor, "{id:?} was read {how:?} at {through}, and {floor} was committed");
                served += 1;
            }
            _ => {}
        }
    }
    served
}

/// Once everything is mended there is one leader, and all who are in its configuration hold the same.
fn agreed(run: &Timeline<Raft>, seed: u64) {
    let leaders: Vec<&Server> = servers(run).into_iter().filter(|server| server.leads()).collect();
    let newest = leaders.iter().max_by_key(|leader| leader.persistent.term).expect("somebody leads");
    for server in servers(run) {
        if newest.membership().everybody().contains(server.id()) {
            let (mine, theirs) = (server.volatile.commit, newest.volatile.commit);
            assert!(mine + 5 >= theirs, "seed {seed}: {:?} is at {mine} of {theirs}", server.id());
            let same = newest.persistent.log.digest_at(mine) == server.persistent.log.digest_at(mine);
            assert!(same || mine < newest.persistent.log.base().index, "seed {seed}: the logs differ");
            if mine == theirs {
                assert_eq!(server.volatile.machine, newest.volatile.machine, "seed {seed}");
            }
        }
    }
}

fn breaches(run: &Timeline<Raft>) -> usize {
    let is_breach = |event: &&sim::Event<Raft>| matches!(event.kind, EventKind::Breached(_));
    run.trace().between(Time::ZERO, END).filter(is_breach).count()
}

#[test]
fn whatever_is_switched_on_no_promise_is_broken_and_all_agree_in_the_end() {
    let one_by_one = RaftConfig { changes: Changes::OneByOne, voters: (0..3).map(ProcessId).collect(), ..careful() };
    let joint = RaftConfig { changes: Changes::Joint, ..one_by_one.clone() };
    let [d, e, b] = [3, 4, 1].map(ProcessId);
    let changes = [Admin::AddLearner(d), Admin::AddVoter(d), Admin::AddVoter(e), Admin::Remove(b), Admin::AddVoter(b)];
    let any_set =
        [Admin::Reconfigure(vec![d, e, b]), Admin::Transfer(d), Admin::Reconfigure((0..5).map(ProcessId).collect())];
    for (name, config, admin) in [
        ("plain", RaftConfig::default(), &[][..]),
        ("pre-vote", RaftConfig { pre_vote: true, ..RaftConfig::default() }, &[]),
        ("check-quorum", RaftConfig { check_quorum: true, ..RaftConfig::default() }, &[]),
        ("mixed", RaftConfig { not_upgraded: vec![b, d], reads: Reads::Lease, ..careful() }, &[]),
        (
            "index",
            RaftConfig { reads: Reads::Index, ..RaftConfig::default() },
            &[Admin::Transfer(d), Admin::Transfer(b)],
        ),
        ("lease", RaftConfig { reads: Reads::Lease, ..careful() }, &[Admin::Transfer(d), Admin::Transfer(b)]),
        ("narrow", RaftConfig { window: 2, batch: 2, no_op: false, ..careful() }, &[]),
        ("one by one", one_by_one, &changes),
        ("joint", joint.clone(), &changes),
        ("any set", joint, &any_set),
    ] {
        for compact_at in [None, Some(7)] {
            let config = RaftConfig { compact_at, snapshot_chunk: 1, ..config.clone() };
            let (mut reads, mut applied) = (0, 0);
            for seed in 0..25 {
                let run = run(seed, config.clone(), admin);
                reads += reads_are_fresh(&run);
                agreed(&run, seed);
                applied += servers(&run).iter().map(|server| server.volatile.applied).max().unwrap_or(0);
                // The log that the monitor remembers has no beginning that goes.
                assert!(compact_at.is_some() || breaches(&run) == 0, "{name}, seed {seed}");
            }
            assert!(applied > 25 * 60, "{name}: the runs do something: {applied}");
            let by_leader = matches!(config.reads, Reads::Index | Reads::Lease);
            assert_eq!(by_leader, reads > 500, "{name}: {reads}");
        }
    }
}
