//! Version 1 of the format: a scenario as it was when there were few settings, in the order of its bytes.
//!
//! Only what has changed since has its old shape here. Actions, operations and predicates have gained variants at
//! the end and nothing else, so today's types read them; the golden codes in `tests/golden` watch over that.

use protocols::scenario::{self, ClientConfig, ProtocolConfig, RaftConfig, Scheduled};
use serde::Deserialize;
use sim::{ProcessId, Span, Time};

#[derive(Deserialize)]
pub(super) struct Scenario {
    protocol: Protocol,
    nodes: Vec<String>,
    clients: Vec<Client>,
    seed: u64,
    network: Network,
    script: Vec<Scheduled>,
    until: Time,
}

#[derive(Deserialize)]
enum Protocol {
    Raft(Raft),
}

#[derive(Deserialize)]
struct Raft {
    election_timeout: (Span, Span),
    heartbeat: Span,
    rules: Rules,
}

#[derive(Deserialize)]
struct Rules {
    count_old_terms: bool,
    forget_vote: bool,
    skip_up_to_date_check: bool,
    quorum_of_half: bool,
}

#[derive(Deserialize)]
struct Client {
    name: String,
    near: Vec<ProcessId>,
    write_every: Option<Span>,
    timeout: Span,
}

#[derive(Deserialize)]
struct Network {
    latency: (Span, Span),
}

impl From<Scenario> for scenario::Scenario {
    fn from(old: Scenario) -> Self {
        let Protocol::Raft(raft) = old.protocol;
        let (low, high) = old.network.latency;
        Self {
            protocol: ProtocolConfig::Raft(raft.into()),
            nodes: old.nodes,
            clients: old.clients.into_iter().map(Into::into).collect(),
            seed: old.seed,
            network: sim::Network::uniform(low, high),
            script: old.script,
            until: old.until,
        }
    }
}

impl From<Raft> for RaftConfig {
    fn from(old: Raft) -> Self {
        let rules = scenario::Rules {
            count_old_terms: old.rules.count_old_terms,
            forget_vote: old.rules.forget_vote,
            skip_up_to_date_check: old.rules.skip_up_to_date_check,
            quorum_of_half: old.rules.quorum_of_half,
            ..scenario::Rules::default()
        };
        Self { election_timeout: old.election_timeout, heartbeat: old.heartbeat, rules, ..Self::default() }
    }
}

impl From<Client> for ClientConfig {
    fn from(old: Client) -> Self {
        Self { name: old.name, near: old.near, write_every: old.write_every, does: Vec::new(), timeout: old.timeout }
    }
}
