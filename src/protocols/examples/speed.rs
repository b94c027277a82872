//! How fast runs are: 60 simulated seconds of five servers, a client writing each 100 ms.
//!
//! `cargo run --release --example speed -p protocols`

use std::time::Instant;

use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scenario};
use sim::{Span, Time};

fn main() {
    let scenario = Scenario {
        protocol: ProtocolConfig::Raft(RaftConfig::default()),
        nodes: ["A", "B", "C", "D", "E"].map(str::to_owned).to_vec(),
        clients: vec![ClientConfig {
            name: "c1".to_owned(),
            near: Vec::new(),
            write_every: Some(Span::from_millis(100)),
            does: Vec::new(),
            timeout: Span::from_secs(2),
        }],
        seed: 7,
        network: sim::Network::default(),
        script: Vec::new(),
        until: Time(600_000_000),
    };
    for seconds in [60, 600] {
        let end = Time(seconds * 1_000_000);
        let mut run = scenario.start().expect("the scenario is valid");
        let began = Instant::now();
        run.seek(end);
        let forward = began.elapsed();
        let events = run.events(Time::ZERO, end).len();

        let back = |seek: &mut dyn FnMut(u64)| {
            let mut slowest = std::time::Duration::ZERO;
            for nth in 0..100 {
                let began = Instant::now();
                seek(nth * 7_919 % 1_000);
                slowest = slowest.max(began.elapsed());
            }
            slowest
        };
        let slowest = back(&mut |thousandths| run.seek(Time(end.0 / 1_000 * thousandths)));
        run.seek(end);
        let began = Instant::now();
        let view = run.view();
        let drawn = began.elapsed();
        println!(
            "{seconds} s: simulated in {forward:.1?}, {events} events, {} log entries; \
             slowest of 100 seeks {slowest:.1?}; a view at the end {drawn:.1?}; hash {:016x}",
            view.nodes[0].strip.len(),
            run.hash()
        );
    }
}
