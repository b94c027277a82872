//! Random scenarios for tests: every setting, action and operation, each valid, the same for the same
//! number everywhere.

use protocols::op::Admin;
use protocols::raft::{KINDS, ROLES};
use protocols::scenario::{Changes, ClientConfig, Deed, Given, ProtocolConfig, RaftConfig, Reads, Rules, Scheduled};
use protocols::{Op, Scenario};
use sim::{
    Action, By, Chance, Change, ClockChange, Latency, MsgId, Network, Pick, ProcessId, Purpose, Quality, Share, Span,
    Target, Time,
};

/// How long each run is, in µs.
const UNTIL: u64 = 20_000_000;
/// How many actions each script has.
const ACTIONS: u64 = 20;
/// How many kinds of actions there are to choose from, requests apart.
const KINDS_OF_ACTIONS: u64 = 21;
/// How many kinds of operations there are to choose from.
const KINDS_OF_OPS: u64 = 6;

/// The scenario with this number.
#[must_use]
pub fn scenario(number: u64) -> Scenario {
    let mut dice = Dice { chance: Chance::new(number), throws: 0, nodes: 0, clients: Vec::new() };
    dice.nodes = dice.within(3, 7);
    let near = |dice: &mut Dice| if dice.coin() { dice.servers() } else { Vec::new() };
    for _ in 0..dice.within(0, 3) {
        let near = near(&mut dice);
        dice.clients.push(near);
    }
    let clients = dice.clients.clone().into_iter().zip(["c1", "c\"2", "c\\3"]);
    let clients = clients.map(|(near, name)| dice.client(name, near)).collect();
    let mut times: Vec<u64> = (0..ACTIONS).map(|_| dice.span(UNTIL)).collect();
    times.sort_unstable();
    let script = times.into_iter().map(|at| {
        let by = if dice.coin() { By::Lesson } else { By::Reader };
        Scheduled { at: Time(at), by, action: dice.action() }
    });
    let script = script.collect();
    Scenario {
        protocol: ProtocolConfig::Raft(dice.raft()),
        nodes: ["A", "B", "C", "D", "E", "é", "#7"].into_iter().take(dice.nodes_len()).map(str::to_owned).collect(),
        clients,
        seed: if number.is_multiple_of(2) { number } else { u64::MAX - number },
        network: dice.network(),
        script,
        until: Time(UNTIL),
    }
}

/// Chance for making scenarios. Each throw is a draw of its own.
struct Dice {
    chance: Chance,
    throws: u32,
    nodes: u64,
    /// Whom each client is near.
    clients: Vec<Vec<ProcessId>>,
}

impl Dice {
    /// A whole number in this range, both ends included.
    fn within(&mut self, low: u64, high: u64) -> u64 {
        self.throws += 1;
        self.chance.span(Purpose::Fault, 0, Time::ZERO, self.throws, Span(low), Span(high)).0
    }

    fn small(&mut self, low: u64, high: u64) -> u32 {
        u32::try_from(self.within(low, high)).expect("the range is small")
    }

    fn coin(&mut self) -> bool {
        self.within(0, 1) == 0
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.coin() { Some(make(self)) } else { None }
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        let last = u64::try_from(choices.len() - 1).expect("there are few");
        choices[usize::try_from(self.within(0, last)).expect("there are few")].clone()
    }

    /// A length of time up to this, in µs: round, or not.
    fn span(&mut self, most: u64) -> u64 {
        let us = self.within(1, most);
        match self.within(0, 3) {
            0 => us,
            1 => (us / 1_000 * 1_000).max(1),
            _ => (us / 100_000 * 100_000).max(1),
        }
    }

    fn nodes_len(&self) -> usize {
        usize::try_from(self.nodes).expect("there are few")
    }

    fn server(&mut self) -> ProcessId {
        process(self.within(0, self.nodes - 1))
    }

    /// Some servers, at least one, each once.
    fn servers(&mut self) -> Vec<ProcessId> {
        let first = self.within(0, self.nodes - 1);
        let count = self.within(1, self.nodes);
        (0..count).map(|n| process((first + n) % self.nodes)).collect()
    }

    fn client(&mut self, name: &str, near: Vec<ProcessId>) -> ClientConfig {
        let deeds = [Deed::Put, Deed::Get, Deed::Append, Deed::Cas, Deed::Delete];
        ClientConfig {
            name: name.to_owned(),
            near,
            write_every: self.maybe(|dice| Span(1_000 + dice.span(1_000_000))),
            does: (0..self.within(0, 4)).map(|_| self.of(&deeds)).collect(),
            timeout: Span(1_000 + self.span(5_000_000)),
        }
    }

    fn raft(&mut self) -> RaftConfig {
        let timeout = 100_000 + self.span(200_000);
        let usual = RaftConfig::default();
        RaftConfig {
            election_timeout: (Span(timeout), Span(timeout + self.within(0, 300_000))),
            heartbeat: Span(1_000 + self.span(90_000)),
            rules: Rules {
                count_old_terms: self.coin(),
                forget_vote: self.coin(),
                skip_up_to_date_check: self.coin(),
                quorum_of_half: self.coin(),
                ack_before_fsync: self.coin(),
                change_at_once: self.coin(),
                lease_without_bound: self.coin(),
                apply_retries: self.coin(),
                same_timeouts: self.coin(),
            },
            pre_vote: self.coin(),
            check_quorum: self.coin(),
            no_op: self.coin(),
            reads: self.reads(),
            drift_bound: self.maybe(|dice| dice.small(0, 500_000)).unwrap_or(usual.drift_bound),
            changes: self.of(&[Changes::Joint, Changes::OneByOne]),
            voters: self.maybe(Self::servers).unwrap_or_default(),
            not_upgraded: self.maybe(Self::servers).unwrap_or_default(),
            compact_at: self.maybe(|dice| dice.small(1, 100)),
            snapshot_chunk: self.small(1, 8),
            batch: self.maybe(|dice| dice.small(1, 100)).unwrap_or(usual.batch),
            window: self.small(1, 8),
            given: self.maybe(Self::given).unwrap_or_default(),
        }
    }

    fn reads(&mut self) -> Reads {
        self.of(&[Reads::Log, Reads::Index, Reads::Lease, Reads::Local])
    }

    fn given(&mut self) -> Vec<Given> {
        let servers = self.servers();
        let given = servers.into_iter().map(|who| {
            let term = self.within(1, 9);
            let mut log: Vec<u64> = (0..self.within(0, 12)).map(|_| self.within(1, term)).collect();
            log.sort_unstable();
            Given { who, term, voted_for: self.maybe(Self::server), log }
        });
        given.collect()
    }

    fn network(&mut self) -> Network {
        let quality = Quality {
            latency: self.latency(),
            loss: self.share(),
            duplication: self.share(),
            reordering: self.share(),
        };
        let mut links: Vec<(ProcessId, ProcessId, Change)> = Vec::new();
        for _ in 0..self.within(0, 4) {
            let ((from, to), change) = (self.link(), self.change());
            if !links.iter().any(|&(a, b, _)| (a, b) == (from, to) || (b, a) == (from, to)) {
                links.push((from, to, change));
                if self.coin() {
                    links.push((to, from, if self.coin() { change } else { self.change() }));
                }
            }
        }
        Network { quality, links }
    }

    fn latency(&mut self) -> Latency {
        let low = Span(self.span(100_000));
        let high = low + Span(self.within(0, 400_000));
        self.of(&[Latency::Fixed(low), Latency::Uniform(low, high), Latency::LongTail { usual: low, most: high }])
    }

    fn share(&mut self) -> Share {
        let all = [0, 0, self.small(0, 1_000_000), 10_000 * self.small(0, 100)];
        Share(self.of(&all))
    }

    /// Something that differs, at least the loss.
    fn change(&mut self) -> Change {
        Change {
            latency: self.maybe(Self::latency),
            loss: Some(self.share()),
            duplication: self.maybe(Self::share),
            reordering: self.maybe(Self::share),
        }
    }

    /// Two servers, or a client and one that it is near.
    fn link(&mut self) -> (ProcessId, ProcessId) {
        let lone = self.within(0, self.nodes - 1);
        let other = process((lone + self.within(1, self.nodes - 1)) % self.nodes);
        if self.clients.is_empty() || self.coin() {
            return (process(lone), other);
        }
        let nth = self.within(0, u64::try_from(self.clients.len() - 1).expect("there are few"));
        let near = self.clients[usize::try_from(nth).expect("there are few")].clone();
        let server = if near.is_empty() { other } else { self.of(&near) };
        let client = process(self.nodes + nth);
        if self.coin() { (client, server) } else { (server, client) }
    }

    fn ends(&mut self) -> (Option<Target>, Option<Target>) {
        let (from, to) = self.link();
        (self.maybe(|_| from.into()), self.maybe(|_| to.into()))
    }

    /// A server by name, or by the part that it plays.
    fn target(&mut self) -> Target {
        if self.coin() {
            return self.server().into();
        }
        let nth = u8::try_from(self.within(0, 2)).expect("there are few");
        Target::Role { role: self.of(&ROLES).to_owned(), nth }
    }

    fn groups(&mut self) -> Vec<Vec<Target>> {
        let cut = self.within(1, self.nodes - 1);
        let side = |ids: core::ops::Range<u64>| ids.map(|id| process(id).into()).collect();
        vec![side(0..cut), side(cut..self.nodes)]
    }

    fn pick(&mut self) -> Pick {
        if self.within(0, 3) == 0 {
            return Pick::Id(MsgId(self.small(0, 1_000)));
        }
        let (from, to) = self.ends();
        let kind = self.maybe(|dice| dice.of(&KINDS).to_owned());
        Pick::Fitting { kind, from, to, nth: u8::try_from(self.within(0, 3)).expect("there are few") }
    }

    fn action(&mut self) -> Action<Op> {
        match self.within(0, KINDS_OF_ACTIONS + 5) {
            0 => Action::Partition { groups: self.groups() },
            1 => Action::PartitionOneWay { groups: self.groups() },
            2 => Action::Isolate(self.target()),
            3 => {
                let (from, to) = self.link();
                Action::Cut { from: from.into(), to: to.into(), both: self.coin() }
            }
            4 => {
                let (from, to) = self.link();
                Action::Heal { from: from.into(), to: to.into(), both: self.coin() }
            }
            5 => Action::HealAll,
            6 | 7 => {
                let (from, to) = self.ends();
                Action::Shape { from, to, both: self.coin(), change: self.maybe(Self::change) }
            }
            8 => Action::DropMessage(self.pick()),
            9 => Action::DelayMessage { pick: self.pick(), by: Span(self.span(1_000_000)) },
            10 => Action::DuplicateMessage(self.pick()),
            11 => Action::Crash(self.target()),
            12 => Action::CrashTorn { who: self.target(), kept: self.small(0, 9) },
            13 => Action::Restart(self.target()),
            14 => Action::Wipe(self.target()),
            15 => Action::SetFsync { who: self.target(), lies: self.coin() },
            16 => Action::Pause(self.target()),
            17 => Action::Resume(self.target()),
            18 => Action::Slow { who: self.target(), times: u16::try_from(self.within(0, 99)).expect("it is small") },
            19 | 20 => Action::SetClock { who: self.target(), change: self.clock() },
            21 => Action::Expire { who: self.target(), timer: self.of(&["election", "heartbeat"]).to_owned() },
            _ if self.clients.is_empty() || self.coin() => {
                Action::Request { to: self.target(), op: Op::Admin(self.admin()) }
            }
            _ => {
                let last = u64::try_from(self.clients.len() - 1).expect("there are few");
                Action::Request { to: process(self.nodes + self.within(0, last)).into(), op: self.op() }
            }
        }
    }

    fn clock(&mut self) -> ClockChange {
        let us = i64::try_from(self.span(5_000_000)).expect("it is short");
        let ppm = i32::try_from(self.small(0, 500_000)).expect("it is small");
        self.of(&[ClockChange::Step(us), ClockChange::Step(-us), ClockChange::Drift(ppm), ClockChange::Drift(-ppm)])
    }

    fn op(&mut self) -> Op {
        let key = self.of(&["x", "y", "a b", "\"\\"]).to_owned();
        let value = self.within(0, 99).to_string();
        match self.within(1, KINDS_OF_OPS) {
            1 => Op::Put { key, value },
            2 => Op::Get { key },
            3 => Op::Read { key, how: self.reads() },
            4 => Op::Append { key, value },
            5 => Op::Cas { key, expected: self.maybe(|_| "ü #".to_owned()), value },
            _ => Op::Delete { key },
        }
    }

    fn admin(&mut self) -> Admin {
        let server = self.server();
        match self.within(0, 5) {
            0 => Admin::Transfer(server),
            1 => Admin::AddLearner(server),
            2 => Admin::AddVoter(server),
            3 => Admin::Remove(server),
            4 => Admin::Reconfigure(self.servers()),
            _ => Admin::Compact,
        }
    }
}

fn process(number: u64) -> ProcessId {
    ProcessId(u8::try_from(number).expect("a cluster is small"))
}
