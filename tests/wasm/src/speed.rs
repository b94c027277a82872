//! What is measured: the same runs natively and in WASM. Nothing here looks at a clock.

use lesson::{Lab, decode};
use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scenario};
use protocols::{Run, View};
use sim::{Network, Span, Time};

use crate::golden::Line;
use crate::started;

/// Five servers and a client that writes each 100 ms, for so long.
#[must_use]
pub fn steady(seconds: u64) -> Scenario {
    cluster(5, Network::default(), RaftConfig::default(), seconds)
}

/// A cluster of so many servers whose links are slow enough that at any moment about ten messages a server are on
/// their way: 100 servers have 1,000.
#[must_use]
pub fn crowd(servers: u8, seconds: u64) -> Scenario {
    let network = Network::uniform(Span::from_millis(200), Span::from_millis(300));
    let election_timeout = (Span::from_millis(1_500), Span::from_millis(3_000));
    cluster(servers, network, RaftConfig { election_timeout, ..RaftConfig::default() }, seconds)
}

fn cluster(servers: u8, network: Network, config: RaftConfig, seconds: u64) -> Scenario {
    let client = ClientConfig {
        name: "c1".to_owned(),
        near: Vec::new(),
        write_every: Some(Span::from_millis(100)),
        does: Vec::new(),
        timeout: Span::from_secs(2),
    };
    Scenario {
        protocol: ProtocolConfig::Raft(config),
        nodes: (1..=servers).map(|n| format!("n{n}")).collect(),
        clients: vec![client],
        seed: 7,
        network,
        script: Vec::new(),
        until: Time(seconds * 1_000_000),
    }
}

/// A run played to its end.
///
/// # Panics
/// If the scenario can't be run.
#[must_use]
pub fn played(scenario: &Scenario) -> Box<dyn Run> {
    let mut run = started(scenario);
    run.seek(run.end());
    run
}

/// A lab's first frame, from the text in its page to the picture at the moment that it opens at.
///
/// # Panics
/// If the text is not that of a lab.
#[must_use]
pub fn first_frame(code: &str) -> View {
    let lab = decode(code).expect("the golden file's labs can be read");
    let mut run = started(&lab.scenario);
    run.seek(lab.poster);
    run.view()
}

/// The text of the lab whose scenario has the most actions.
///
/// # Panics
/// If the golden file has no lab.
#[must_use]
pub fn a_lab(golden: &str) -> String {
    let lines = Line::read_all(golden);
    let actions = |code: &&String| decode(code).map_or(0, |lab: Lab| lab.scenario.script.len());
    lines.iter().filter_map(Line::code).max_by_key(actions).expect("the golden file has labs").clone()
}
