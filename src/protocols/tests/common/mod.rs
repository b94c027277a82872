//! What the tests of whole runs share: five servers, A to E, and a client that writes.

use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scenario, Scheduled};
use protocols::view::{NodeView, Stance, Status};
use protocols::{Op, Run};
use sim::{Action, By, ProcessId, Span, Target, Time};

/// A moment in milliseconds.
pub(crate) const fn ms(ms: u64) -> Time {
    Time(ms * 1_000)
}

/// The processes with these letters.
pub(crate) fn targets(letters: &str) -> Vec<Target> {
    letters.bytes().map(|letter| Target::Process(ProcessId(letter - b'A'))).collect()
}

/// The process with this letter.
pub(crate) fn target(letter: &str) -> Target {
    targets(letter).remove(0)
}

/// Five servers and one client that writes each 100 ms, for 30 s.
pub(crate) fn five(seed: u64) -> Scenario {
    Scenario {
        protocol: ProtocolConfig::Raft(RaftConfig::default()),
        nodes: ["A", "B", "C", "D", "E"].map(str::to_owned).to_vec(),
        clients: vec![writer("c1", Some(100))],
        seed,
        network: sim::Network::default(),
        script: Vec::new(),
        until: ms(30_000),
    }
}

/// A client with a link to every server.
pub(crate) fn writer(name: &str, every_ms: Option<u64>) -> ClientConfig {
    let write_every = every_ms.map(Span::from_millis);
    ClientConfig { name: name.to_owned(), near: Vec::new(), write_every, does: Vec::new(), timeout: Span::from_secs(2) }
}

/// The lesson does something at a moment.
pub(crate) fn at(time_ms: u64, action: Action<Op>) -> Scheduled {
    Scheduled { at: ms(time_ms), by: By::Lesson, action }
}

/// The running leaders at the cursor, as (letter, term).
pub(crate) fn leaders(run: &dyn Run) -> Vec<(String, u64)> {
    let leads = |node: &NodeView| node.stance == Stance::Leads && node.status == Status::Up;
    run.view().nodes.into_iter().filter(leads).map(|node| (node.name, node.epoch)).collect()
}

/// Which promises are broken at the cursor.
pub(crate) fn broken(run: &dyn Run) -> Vec<String> {
    let broken = |promise: protocols::view::PromiseView| {
        promise.broken.map(|b| format!("{}, {}: {}", promise.name, b.at, b.facts))
    };
    run.view().promises.into_iter().filter_map(broken).collect()
}

/// The first moment up to `until` at which something holds, looking each millisecond.
pub(crate) fn first(run: &mut dyn Run, until: Time, holds: impl Fn(&dyn Run) -> bool) -> Option<Time> {
    while run.now() < until {
        if holds(run) {
            return Some(run.now());
        }
        run.seek(run.now() + Span::from_millis(1));
    }
    None
}
