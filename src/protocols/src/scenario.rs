//! The full description of a run. The same scenario always gives the same trace.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim::{Network, ProcessId, Span, Time};

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
    pub network: Network,
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

/// Raft's settings. By default it is the Raft of the paper's Figure 2, without what the thesis adds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct RaftConfig {
    /// A follower that hears nothing for a random span from this range asks for votes (paper §5.2).
    pub election_timeout: (Span, Span),
    /// How often a leader says that it lives. Well below the election timeout.
    pub heartbeat: Span,
    /// Which rules of the paper are broken on purpose. None by default.
    pub rules: Rules,
    /// Before a server raises its term it asks whether it could win (PreVote, thesis §9.6), and servers that hear
    /// from a leader say no (thesis §4.2.3).
    pub pre_vote: bool,
    /// A leader that does not hear from a quorum for an election timeout steps down (CheckQuorum, thesis §6.2).
    pub check_quorum: bool,
    /// A leader begins its term with an entry that holds nothing, so that it can commit what came before (§8).
    pub no_op: bool,
    /// How reads are served that do not say it themselves.
    pub reads: Reads,
    /// How fast two servers' clocks may drift apart, in parts per million, as far as the leader's lease trusts
    /// (thesis §6.4.1).
    pub drift_bound: u32,
    /// How the membership is changed.
    pub changes: Changes,
    /// The servers that vote at first. Empty: all. The others wait to be added.
    pub voters: Vec<ProcessId>,
    /// Servers that run without PreVote and CheckQuorum whatever this says, as in the middle of an upgrade.
    pub not_upgraded: Vec<ProcessId>,
    /// A server takes a snapshot when its log holds this many applied entries (§7). `None`: never.
    pub compact_at: Option<u32>,
    /// How many keys of a snapshot one message carries (§7, `InstallSnapshot` in chunks).
    pub snapshot_chunk: u32,
    /// The most entries that one `AppendEntries` carries.
    pub batch: u32,
    /// How many `AppendEntries` with entries may be on their way to a follower before an answer comes (pipelining).
    pub window: u32,
    /// What is on the servers' disks at first, where it is not nothing.
    pub given: Vec<Given>,
}

/// How a read is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reads {
    /// As an entry of the log. Linearizable.
    #[default]
    Log,
    /// By a leader that has first made sure, by a round of heartbeats, that it still leads (thesis §6.4). Linearizable.
    Index,
    /// By a leader that trusts that no other was elected within an election timeout of its last heartbeats
    /// (thesis §6.4.1). Linearizable while clocks drift by less than the bound.
    Lease,
    /// By whichever server is asked, from what it has applied. May be stale.
    Local,
}

/// How the membership is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changes {
    /// Any set of servers into any other, by way of a joint configuration (paper §6).
    #[default]
    Joint,
    /// One server at a time (thesis §4.1).
    OneByOne,
}

/// What a server's disk holds at first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Given {
    /// Whose.
    pub who: ProcessId,
    /// Its term (`currentTerm`).
    pub term: u64,
    /// Its vote in that term (`votedFor`).
    pub voted_for: Option<ProcessId>,
    /// The terms of its log's entries, which hold nothing.
    pub log: Vec<u64>,
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
    /// Servers answer before what they answer for is on disk (against Figure 2: "updated on stable storage before
    /// responding to RPCs").
    pub ack_before_fsync: bool,
    /// Changes of one server at a time are taken in before the leader has committed an entry of its own term
    /// (against the correction of 2015 to thesis §4.1).
    pub change_at_once: bool,
    /// A leader's lease lasts a whole election timeout, as if all clocks ran alike, and however long it was stalled
    /// (against thesis §6.4.1).
    pub lease_without_bound: bool,
    /// A client's operation that arrives twice is applied twice (against §8).
    pub apply_retries: bool,
    /// All servers draw the same election timeout (against §5.2).
    pub same_timeouts: bool,
}

impl Default for RaftConfig {
    /// The paper's 150 to 300 ms (§9.3), and a heartbeat each 50 ms.
    fn default() -> Self {
        Self {
            election_timeout: (Span::from_millis(150), Span::from_millis(300)),
            heartbeat: Span::from_millis(50),
            rules: Rules::default(),
            pre_vote: false,
            check_quorum: false,
            no_op: true,
            reads: Reads::Log,
            drift_bound: 10_000,
            changes: Changes::Joint,
            voters: Vec::new(),
            not_upgraded: Vec::new(),
            compact_at: None,
            snapshot_chunk: 4,
            batch: 64,
            window: 4,
            given: Vec::new(),
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
    /// If set, it does something by itself this often, one operation at a time.
    pub write_every: Option<Span>,
    /// What it does by itself, in turn. Empty: it puts.
    pub does: Vec<Deed>,
    /// How long it waits for an answer before it gives the operation up as unknown.
    pub timeout: Span,
}

/// What a client does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Sets its key to a new number.
    Put,
    /// Reads its key.
    Get,
    /// Appends a new number to its key's value.
    Append,
    /// Sets its key to a new number if it still has the value that this client last saw there.
    Cas,
    /// Removes its key.
    Delete,
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

pub use crate::valid::{
    BATCH_MAX, COMPACT_AT_MAX, DOES_MAX, DRIFT_MAX, GIVEN_LOG_MAX, KEPT_MAX, LATENCY_MIN, LINKS_MAX, MEMBERS_MAX,
    SHARE_MAX, SLOW_MAX, SNAPSHOT_CHUNK_MAX, TERM_MAX, WINDOW_MAX,
};

/// The most servers a scenario may have.
pub const NODES_MAX: usize = 100;
/// The most clients.
pub const CLIENTS_MAX: usize = 100;
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
        Ok(self.start_valid())
    }

    /// The same, for a scenario that was validated before: as a part of a lesson that was checked. Whatever a reader
    /// can have a hand in starts by [`Scenario::start`].
    ///
    /// # Panics
    /// If it has more servers than a valid one can have.
    #[must_use]
    pub fn start_valid(&self) -> Box<dyn Run> {
        let servers = u8::try_from(self.nodes.len()).expect("a valid scenario has few servers");
        match &self.protocol {
            ProtocolConfig::Raft(config) => {
                let raft = Raft { servers, clients: self.clients.clone(), config: Arc::new(config.clone()) };
                Box::new(Live::new(self.clone(), raft))
            }
        }
    }
}
