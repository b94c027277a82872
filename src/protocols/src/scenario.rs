//! The full description of a run. The same scenario always gives the same trace.

use serde::{Deserialize, Serialize};
use sim::{ProcessId, Span, Time};

use crate::live::Live;
use crate::op::Op;
use crate::raft::Raft;
use crate::run::Run;
use crate::valid;

/// A run's configuration, seed and script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// The protocol and its settings.
    pub protocol: ProtocolConfig,
    /// The servers' names, in the order of their ids. Clients follow after them.
    pub nodes: Vec<String>,
    /// The clients, in the order of their ids.
    pub clients: Vec<ClientConfig>,
    /// Where all chance comes from.
    pub seed: u64,
    /// The links.
    pub network: NetworkConfig,
    /// What happens when, in order of time.
    pub script: Vec<Scheduled>,
    /// Where the run ends. Nothing is simulated past it.
    pub until: Time,
}

/// Which protocol, with its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProtocolConfig {
    /// Raft (Ongaro and Ousterhout 2014).
    Raft(RaftConfig),
}

/// Raft's settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RaftConfig {
    /// A follower that hears nothing for a random span from this range asks for votes (paper §5.2).
    pub election_timeout: (Span, Span),
    /// How often a leader says that it lives. Well below the election timeout.
    pub heartbeat: Span,
    /// Which rules of the paper are broken on purpose. None by default.
    #[serde(default)]
    pub rules: Rules,
}

/// Rules that a lab can break, to show what each is for. All are kept by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Leaders commit entries of earlier terms by counting copies (against §5.4.2, Figure 8). They also begin
    /// their terms without a no-op: with one, the older entries would hardly ever be counted alone.
    pub count_old_terms: bool,
    /// Votes are not written to disk, nor kept on stepping down within a term (against Figure 2, `votedFor`).
    pub forget_vote: bool,
    /// Votes go to candidates whose log is behind the voter's (against §5.4.1).
    pub skip_up_to_date_check: bool,
    /// Half of the servers, rounded down, are enough to elect and to commit (against §5.2).
    pub quorum_of_half: bool,
}

impl Default for RaftConfig {
    /// The paper's 150 to 300 ms (§9.3), and a heartbeat each 50 ms.
    fn default() -> Self {
        Self {
            election_timeout: (Span::from_millis(150), Span::from_millis(300)),
            heartbeat: Span::from_millis(50),
            rules: Rules::default(),
        }
    }
}

/// One client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientConfig {
    /// Its name, such as `c1`.
    pub name: String,
    /// The servers that it has a link to. Empty: all of them.
    pub near: Vec<ProcessId>,
    /// If set, it writes by itself this often, one operation at a time.
    pub write_every: Option<Span>,
    /// How long it waits for an answer before it gives the operation up as unknown.
    pub timeout: Span,
}

/// The links between all processes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkConfig {
    /// How long a message between servers is on its way: uniform over this range, both included.
    pub latency: (Span, Span),
}

impl Default for NetworkConfig {
    /// 10 to 20 ms one way: slow enough to watch.
    fn default() -> Self {
        Self { latency: (Span::from_millis(10), Span::from_millis(20)) }
    }
}

/// An action with its time and its author. The lesson's happen before anything else of their moment, the
/// reader's after everything else.
pub type Scheduled = sim::Scheduled<Op>;

/// Why a scenario can't be run. Each names what is wrong and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Where in the scenario: a path such as `raft.election_timeout` or `script[3]`.
    pub place: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl core::fmt::Display for Invalid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl std::error::Error for Invalid {}

/// The most servers a scenario may have.
pub const NODES_MAX: usize = 9;
/// The most clients.
pub const CLIENTS_MAX: usize = 9;
/// The most scheduled actions.
pub const SCRIPT_MAX: usize = 1_000;
/// The longest name of a process, in bytes.
pub const NAME_MAX: usize = 24;
/// The longest key or value of an operation, in bytes.
pub const TEXT_MAX: usize = 64;
/// The shortest span between two heartbeats, or two writes of a client by itself.
pub const PERIOD_MIN: Span = Span::from_millis(1);
/// The longest span of any setting.
pub const SPAN_MAX: Span = Span::from_secs(600);
/// The longest run.
pub const UNTIL_MAX: Time = Time(600_000_000);

impl Scenario {
    /// Checks everything that a hostile or careless author could get wrong.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), Invalid> {
        valid::check(self)
    }

    /// Starts the run, at time zero, paused.
    ///
    /// # Errors
    /// What [`Scenario::validate`] finds.
    pub fn start(&self) -> Result<Box<dyn Run>, Invalid> {
        self.validate()?;
        let servers = u8::try_from(self.nodes.len()).expect("a valid scenario has few servers");
        match &self.protocol {
            ProtocolConfig::Raft(config) => {
                let raft = Raft { servers, clients: self.clients.clone(), config: config.clone() };
                Ok(Box::new(Live::new(self.clone(), raft)))
            }
        }
    }
}
