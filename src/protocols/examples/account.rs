//! A run in words: five servers, a cut that leaves the leader in the minority, a heal.
//!
//! `cargo run --example account -p protocols [all]`

use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scenario, Scheduled};
use sim::{Action, By, ProcessId, Span, Target, Time};

fn main() {
    let all = std::env::args().nth(1).is_some_and(|word| word == "all");
    let side = |ids: &[u8]| ids.iter().map(|&id| Target::Process(ProcessId(id))).collect();
    let partition = Action::Partition { groups: vec![side(&[0, 1]), side(&[2, 3, 4])] };
    let at = |ms: u64, action| Scheduled { at: Time(ms * 1_000), by: By::Lesson, action };
    let scenario = Scenario {
        protocol: ProtocolConfig::Raft(RaftConfig::default()),
        nodes: ["A", "B", "C", "D", "E"].map(str::to_owned).to_vec(),
        clients: vec![ClientConfig {
            name: "c1".to_owned(),
            near: Vec::new(),
            write_every: Some(Span::from_millis(400)),
            does: Vec::new(),
            timeout: Span::from_secs(1),
        }],
        seed: 7,
        network: sim::Network::default(),
        script: vec![
            at(1_500, partition),
            at(2_500, Action::HealAll),
            at(3_000, Action::Crash(Target::Role { role: "leader".to_owned(), nth: 0 })),
        ],
        until: Time(4_000_000),
    };
    let mut run = scenario.start().expect("the scenario is valid");
    run.seek(run.end());
    for event in run.events(Time::ZERO, run.end()) {
        if all || event.kind.is_key() {
            println!("{:>12}  {:<8} {}", event.at.to_string(), format!("{:?}", event.kind), event.text);
        }
    }
    let elections = run.events(Time::ZERO, run.end()).into_iter().filter(|event| event.text.contains("becomes leader"));
    for election in elections {
        println!("\nWhy?");
        for step in run.why(election.id) {
            let because = step.because.map(protocols::words::because).unwrap_or_default();
            println!("{:>12}  {} ({because})", step.event.at.to_string(), step.event.text);
        }
    }
}
