//! Random scenarios: clusters of every size, with every setting, every kind of action and every operation, at random
//! times. The same number always gives the same scenario.

use protocols::op::Admin;
use protocols::scenario::{Changes, ClientConfig, Deed, ProtocolConfig, RaftConfig, Reads, Rules, Scheduled};
use protocols::{Op, Scenario};
use sim::{
    Action, By, Chance, Change, ClockChange, Latency, MsgId, Network, Pick, ProcessId, Purpose, Quality, Share, Span,
    Target, Time,
};

/// How long each run is.
const UNTIL: Time = Time(8_000_000);
/// How many actions each script has.
const ACTIONS: u64 = 24;

/// The scenario with this number.
#[must_use]
pub fn scenario(number: u64) -> Scenario {
    let mut dice = Dice { chance: Chance::new(number), throws: 0 };
    let nodes = dice.within(2, 7);
    let clients = dice.within(0, 3);
    let population = nodes + clients;
    let mut script: Vec<Scheduled> = (0..ACTIONS)
        .map(|_| Scheduled {
            at: Time(dice.within(0, UNTIL.0)),
            by: if dice.coin() { By::Lesson } else { By::Reader },
            action: action(&mut dice, nodes, population),
        })
        .collect();
    script.sort_by_key(|scheduled| (scheduled.at, scheduled.by));
    Scenario {
        protocol: ProtocolConfig::Raft(raft(&mut dice, nodes)),
        nodes: (0..nodes).map(name).collect(),
        clients: (0..clients).map(|i| client(&mut dice, i, nodes)).collect(),
        seed: number,
        network: network(&mut dice, nodes),
        script,
        until: UNTIL,
    }
}

fn raft(dice: &mut Dice, nodes: u64) -> RaftConfig {
    let timeout = dice.within(80, 200);
    RaftConfig {
        election_timeout: (Span::from_millis(timeout), Span::from_millis(timeout + dice.within(0, 200))),
        heartbeat: Span::from_millis(dice.within(20, 60)),
        rules: rules(dice),
        pre_vote: dice.coin(),
        check_quorum: dice.coin(),
        no_op: !dice.rarely(),
        reads: dice.one(&[Reads::Log, Reads::Index, Reads::Lease, Reads::Local]),
        changes: dice.one(&[Changes::Joint, Changes::OneByOne]),
        voters: if dice.rarely() { (0..nodes.div_ceil(2)).map(process).collect() } else { Vec::new() },
        not_upgraded: if dice.rarely() { vec![process(0)] } else { Vec::new() },
        compact_at: dice.coin().then_some(10),
        snapshot_chunk: 2,
        batch: dice.small(1, 64),
        window: dice.small(1, 4),
        ..RaftConfig::default()
    }
}

/// Mostly none broken: a broken rule is no less deterministic.
fn rules(dice: &mut Dice) -> Rules {
    Rules {
        count_old_terms: dice.rarely(),
        forget_vote: dice.rarely(),
        skip_up_to_date_check: dice.rarely(),
        quorum_of_half: dice.rarely(),
        ack_before_fsync: dice.rarely(),
        change_at_once: dice.rarely(),
        lease_without_bound: dice.rarely(),
        apply_retries: dice.rarely(),
        same_timeouts: dice.rarely(),
    }
}

fn network(dice: &mut Dice, nodes: u64) -> Network {
    let link = (process(0), process(nodes - 1), change(dice));
    Network {
        quality: Quality {
            latency: latency(dice),
            loss: Share(if dice.rarely() { 50_000 } else { 0 }),
            duplication: Share(if dice.rarely() { 50_000 } else { 0 }),
            reordering: Share(if dice.rarely() { 100_000 } else { 0 }),
        },
        links: if dice.coin() { vec![link] } else { Vec::new() },
    }
}

fn latency(dice: &mut Dice) -> Latency {
    let usual = Span::from_millis(dice.within(1, 20));
    let most = usual + Span::from_millis(dice.within(1, 40));
    dice.one(&[Latency::Fixed(usual), Latency::Uniform(usual, most), Latency::LongTail { usual, most }])
}

fn change(dice: &mut Dice) -> Change {
    Change {
        latency: dice.coin().then(|| latency(dice)),
        loss: dice.coin().then(|| Share(dice.small(0, 200_000))),
        duplication: dice.coin().then(|| Share(dice.small(0, 200_000))),
        reordering: dice.coin().then(|| Share(dice.small(0, 200_000))),
    }
}

fn name(node: u64) -> String {
    char::from(b"ABCDEFGHI"[usize::try_from(node).expect("a cluster is small")]).to_string()
}

fn client(dice: &mut Dice, number: u64, nodes: u64) -> ClientConfig {
    let near: Vec<ProcessId> = (0..nodes).filter(|_| dice.within(0, 2) == 0).map(process).collect();
    ClientConfig {
        name: format!("c{}", number + 1),
        near,
        write_every: dice.coin().then(|| Span::from_millis(dice.within(50, 500))),
        does: [Deed::Put, Deed::Get, Deed::Append, Deed::Cas, Deed::Delete]
            .into_iter()
            .filter(|_| dice.coin())
            .collect(),
        timeout: Span::from_millis(dice.within(200, 2_000)),
    }
}

fn action(dice: &mut Dice, nodes: u64, population: u64) -> Action<Op> {
    match dice.within(0, 21) {
        0 => Action::Partition { groups: sides(dice, population) },
        1 => Action::PartitionOneWay { groups: sides(dice, population) },
        2 => Action::Isolate(target(dice, nodes)),
        3 => {
            let (from, to) = pair(dice, nodes);
            Action::Cut { from, to, both: dice.coin() }
        }
        4 => {
            let (from, to) = pair(dice, nodes);
            Action::Heal { from, to, both: dice.coin() }
        }
        5 => Action::HealAll,
        6 => Action::Crash(target(dice, nodes)),
        7 => Action::CrashTorn { who: target(dice, nodes), kept: dice.small(0, 2) },
        8 | 9 => Action::Restart(process(dice.within(0, nodes - 1)).into()),
        10 => Action::Wipe(process(dice.within(0, nodes - 1)).into()),
        11 => Action::SetFsync { who: target(dice, nodes), lies: dice.coin() },
        12 => Action::Pause(target(dice, nodes)),
        13 => Action::Resume(process(dice.within(0, nodes - 1)).into()),
        14 => Action::Slow { who: target(dice, nodes), times: dice.one(&[0, 1, 5, 30]) },
        15 => Action::SetClock { who: target(dice, nodes), change: clock(dice) },
        16 => Action::Expire { who: target(dice, nodes), timer: dice.one(&["election", "heartbeat"]).to_owned() },
        17 => {
            let (from, to) = pair(dice, nodes);
            let change = (!dice.rarely()).then(|| change(dice));
            Action::Shape {
                from: dice.coin().then_some(from),
                to: dice.coin().then_some(to),
                both: dice.coin(),
                change,
            }
        }
        18 => match dice.within(0, 2) {
            0 => Action::DropMessage(pick(dice, nodes)),
            1 => Action::DuplicateMessage(pick(dice, nodes)),
            _ => Action::DelayMessage { pick: pick(dice, nodes), by: Span::from_millis(dice.within(1, 200)) },
        },
        19 => Action::Request { to: target(dice, nodes), op: Op::Admin(admin(dice, nodes)) },
        _ if population > nodes => {
            Action::Request { to: process(dice.within(nodes, population - 1)).into(), op: op(dice) }
        }
        _ => Action::HealAll,
    }
}

/// One process stands on either side for certain, the others wherever chance puts them.
fn sides(dice: &mut Dice, population: u64) -> Vec<Vec<Target>> {
    let lone = dice.within(1, population - 1);
    let (left, right): (Vec<_>, Vec<_>) = (0..population).partition(|&i| i == 0 || i != lone && dice.coin());
    let targets = |side: Vec<u64>| side.into_iter().map(process).map(Target::from).collect();
    vec![targets(left), targets(right)]
}

fn clock(dice: &mut Dice) -> ClockChange {
    let amount = i32::try_from(dice.within(0, 100_000)).expect("a tenth") - 50_000;
    if dice.coin() { ClockChange::Drift(amount) } else { ClockChange::Step(i64::from(amount) * 20) }
}

fn pick(dice: &mut Dice, nodes: u64) -> Pick {
    let (from, to) = pair(dice, nodes);
    if dice.rarely() {
        return Pick::Id(MsgId(dice.small(0, 1_000)));
    }
    Pick::Fitting {
        kind: dice.rarely().then(|| "AppendEntries".to_owned()),
        from: dice.coin().then_some(from),
        to: dice.coin().then_some(to),
        nth: 0,
    }
}

fn op(dice: &mut Dice) -> Op {
    let key = dice.one(&["x", "y", "z"]).to_owned();
    let value = dice.within(1, 99).to_string();
    match dice.within(0, 7) {
        0 => Op::Get { key },
        1 => Op::Read { key, how: dice.one(&[Reads::Log, Reads::Index, Reads::Lease, Reads::Local]) },
        2 => Op::Append { key, value },
        3 => Op::Cas { key, expected: dice.coin().then(|| dice.within(1, 99).to_string()), value },
        4 => Op::Delete { key },
        _ => Op::Put { key, value },
    }
}

fn admin(dice: &mut Dice, nodes: u64) -> Admin {
    let who = process(dice.within(0, nodes - 1));
    match dice.within(0, 5) {
        0 => Admin::Transfer(who),
        1 => Admin::AddLearner(who),
        2 => Admin::AddVoter(who),
        3 => Admin::Remove(who),
        4 => Admin::Reconfigure((0..dice.within(1, nodes)).map(process).collect()),
        _ => Admin::Compact,
    }
}

/// A server by name, or by the part that it plays.
fn target(dice: &mut Dice, nodes: u64) -> Target {
    match dice.within(0, 3) {
        0 => Target::Role { role: "leader".to_owned(), nth: 0 },
        1 => Target::Role { role: "follower".to_owned(), nth: u8::try_from(dice.within(0, 1)).expect("0 or 1") },
        _ => process(dice.within(0, nodes - 1)).into(),
    }
}

fn pair(dice: &mut Dice, nodes: u64) -> (Target, Target) {
    let from = dice.within(0, nodes - 1);
    let to = (from + dice.within(1, nodes - 1)) % nodes;
    (process(from).into(), process(to).into())
}

fn process(number: u64) -> ProcessId {
    ProcessId(u8::try_from(number).expect("a cluster is small"))
}

/// Chance for making scenarios. Each throw is a draw of its own.
struct Dice {
    chance: Chance,
    throws: u32,
}

impl Dice {
    /// A whole number in this range, both ends included.
    fn within(&mut self, low: u64, high: u64) -> u64 {
        self.throws += 1;
        self.chance.span(Purpose::Fault, 0, Time::ZERO, self.throws, Span(low), Span(high)).0
    }

    /// The same, for numbers that are kept small.
    fn small(&mut self, low: u32, high: u32) -> u32 {
        u32::try_from(self.within(low.into(), high.into())).expect("it lies in a range of such numbers")
    }

    fn coin(&mut self) -> bool {
        self.within(0, 1) == 0
    }

    /// One time in eight.
    fn rarely(&mut self) -> bool {
        self.within(0, 7) == 0
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.within(0, of.len() as u64 - 1)).expect("it lies in the list")]
    }
}
