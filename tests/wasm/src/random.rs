//! Random scenarios: clusters of every size with every kind of action at random times.
//! The same number always gives the same scenario.

use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scheduled};
use protocols::{Op, Scenario};
use sim::{Action, By, Chance, ProcessId, Purpose, Span, Target, Time};

/// How long each run is.
const UNTIL: Time = Time(8_000_000);
/// How many actions each script has.
const ACTIONS: u64 = 16;

/// The scenario with this number.
#[must_use]
pub fn scenario(number: u64) -> Scenario {
    let mut dice = Dice { chance: Chance::new(number), throws: 0 };
    let nodes = dice.within(2, 7);
    let clients = dice.within(0, 3);
    let latency = dice.within(1, 20);
    let timeout = dice.within(80, 200);
    let population = nodes + clients;
    let mut script: Vec<Scheduled> = (0..ACTIONS)
        .map(|_| Scheduled {
            at: Time(dice.within(0, UNTIL.0)),
            by: if dice.within(0, 1) == 0 { By::Lesson } else { By::Reader },
            action: action(&mut dice, nodes, population),
        })
        .collect();
    script.sort_by_key(|scheduled| (scheduled.at, scheduled.by));
    Scenario {
        protocol: ProtocolConfig::Raft(RaftConfig {
            election_timeout: (Span::from_millis(timeout), Span::from_millis(timeout + dice.within(0, 200))),
            heartbeat: Span::from_millis(dice.within(20, 60)),
            ..RaftConfig::default()
        }),
        nodes: (0..nodes).map(name).collect(),
        clients: (0..clients).map(|i| client(&mut dice, i, nodes)).collect(),
        seed: number,
        network: sim::Network::uniform(Span::from_millis(latency), Span::from_millis(latency + dice.within(0, 40))),
        script,
        until: UNTIL,
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
        write_every: (dice.within(0, 1) == 0).then(|| Span::from_millis(dice.within(50, 500))),
        does: Vec::new(),
        timeout: Span::from_millis(dice.within(200, 2_000)),
    }
}

fn action(dice: &mut Dice, nodes: u64, population: u64) -> Action<Op> {
    let side = |dice: &mut Dice| dice.within(0, 1) == 0;
    match dice.within(0, 9) {
        0 | 1 => {
            // One process stands on either side for certain, the others wherever chance puts them.
            let lone = dice.within(1, population - 1);
            let (left, right): (Vec<_>, Vec<_>) = (0..population).partition(|&i| i == 0 || i != lone && side(dice));
            let targets = |side: Vec<u64>| side.into_iter().map(process).map(Target::from).collect();
            Action::Partition { groups: vec![targets(left), targets(right)] }
        }
        2 => Action::Isolate(target(dice, nodes)),
        3 => {
            let (from, to) = pair(dice, nodes);
            Action::Cut { from, to, both: side(dice) }
        }
        4 => {
            let (from, to) = pair(dice, nodes);
            Action::Heal { from, to, both: side(dice) }
        }
        5 => Action::HealAll,
        6 => Action::Crash(target(dice, nodes)),
        7 => Action::Restart(process(dice.within(0, nodes - 1)).into()),
        _ if population > nodes => {
            Action::Request { to: process(dice.within(nodes, population - 1)).into(), op: op(dice) }
        }
        _ => Action::Isolate(target(dice, nodes)),
    }
}

fn op(dice: &mut Dice) -> Op {
    let key = ["x", "y", "z"][usize::try_from(dice.within(0, 2)).expect("one of three")].to_owned();
    if dice.within(0, 3) == 0 { Op::Get { key } } else { Op::Put { key, value: dice.within(1, 99).to_string() } }
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
}
