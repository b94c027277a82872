//! The state of a server, grouped as Figure 2 groups it. What is persistent is in [`crate::raft::Persistent`].

use std::collections::VecDeque;
use std::sync::Arc;

use litemap::LiteMap;
use sim::{OpId, ProcessId, Time};

use crate::raft::machine::Machine;
use crate::raft::membership::{Configurations, Configured, Members};
use crate::raft::snapshot::Snapshot;
use crate::scenario::Reads;

/// "Volatile state on all servers": in memory, and lost in a crash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Volatile {
    /// The highest index known to be committed (`commitIndex`).
    pub commit: u64,
    /// The highest index applied to the state machine (`lastApplied`). Applying takes no time here, so
    /// between steps it equals `commit`.
    pub applied: u64,
    /// The state machine.
    pub machine: Machine,
    /// Whom it knows to lead its term, to tell clients (§8).
    pub leader: Option<ProcessId>,
    /// When it last heard from a leader of its term or granted a vote, on its own clock.
    pub heard: Time,
    /// When it last heard from a leader of its term, on its own clock, and when it came up if it may have heard from
    /// one just before: for so long as the shortest election timeout it helps nobody to depose that leader
    /// (thesis §4.2.3).
    pub loyal_since: Option<Time>,
    /// The configurations of its log and its snapshot (§6).
    pub configurations: Configurations,
    /// The reads that this step answered, but for answers repeated to a client that asked again.
    /// Empty at the start of each step.
    pub served: Vec<Served>,
}

/// A read that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Served {
    /// Which.
    pub id: OpId,
    /// How.
    pub how: Reads,
    /// The index up to which the server had applied its log.
    pub through: u64,
}

/// The part that a server plays (§5.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Answers leaders and candidates.
    Follower,
    /// Asks whether it could win (thesis §9.6).
    PreCandidate {
        /// Who would vote for it, itself among them.
        votes: Members,
    },
    /// Asks to lead.
    Candidate {
        /// Who voted for it, itself among them.
        votes: Members,
    },
    /// Takes requests and replicates.
    Leader(Box<Leadership>),
}

/// "Volatile state on leaders", set afresh at each election.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Leadership {
    /// How far each other server of its configuration is.
    pub progress: LiteMap<ProcessId, Progress>,
    /// The operations of the log whose clients wait for this server's answer: of each client the latest.
    pub waiting: LiteMap<ProcessId, u32>,
    /// The reads that wait to be served without the log, in the order of arrival.
    pub reads: Vec<PendingRead>,
    /// The rounds of heartbeats by which it makes sure that it still leads.
    pub rounds: Rounds,
    /// To whom it is handing over.
    pub transfer: Option<Transfer>,
}

/// What a leader knows of one follower.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// The next entry to send (`nextIndex`). While it replicates, entries before it may still be on their way.
    pub next: u64,
    /// The highest entry known to be replicated there (`matchIndex`).
    pub matched: u64,
    /// How entries are sent to it now.
    pub stage: Stage,
    /// The last index of each message with something in it that was sent and not answered, oldest first;
    /// for a piece of a snapshot, how many items there are with it.
    pub in_flight: VecDeque<u64>,
    /// Whether a whole heartbeat has gone by since the oldest of these was sent. With the next it is sent again.
    pub overdue: bool,
    /// Whether its latest answer refused what it is known to hold. A second such answer in a row is no late one.
    pub doubted: bool,
    /// When it last answered, on the leader's clock (CheckQuorum, thesis §6.2).
    pub heard: Time,
    /// The latest round that it answered (thesis §6.4).
    pub round: u64,
}

/// How a leader sends entries to a follower.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// It looks for where the logs agree: one message at a time, until one is taken.
    Probe,
    /// The logs agree: messages follow each other without waiting, up to a window (pipelining).
    Replicate,
    /// The follower needs entries that the leader's log no longer has: piece by piece it gets this snapshot.
    Snapshot {
        /// Which.
        snapshot: Arc<Snapshot>,
        /// How many of its items the follower is known to hold.
        items: u32,
    },
}

/// A read that waits to be served without the log (thesis §6.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingRead {
    /// Which.
    pub id: OpId,
    /// The key.
    pub key: String,
    /// As what it is served: by `Index` or by `Lease`.
    pub how: Reads,
    /// The round of heartbeats that has to be acknowledged first, and the commit index when the read came (its
    /// `readIndex`). `None` while no entry of the leader's own term is committed.
    pub round: Option<(u64, u64)>,
}

/// Rounds of heartbeats (thesis §6.4): each message of a leader carries the latest, each answer repeats it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rounds {
    /// The latest.
    pub latest: u64,
    /// The latest that a quorum is known to have acknowledged.
    pub confirmed: u64,
    /// When those after it began, oldest first, on the leader's clock.
    pub began: VecDeque<Time>,
    /// From when the lease counts: when the confirmed round began (thesis §6.4.1).
    pub lease_from: Option<Time>,
    /// Whether a lease is of use: then each heartbeat begins a round.
    pub leases: bool,
    /// Whether it told somebody to campaign in its term, so that voters need not be loyal to it: no lease from then on.
    pub forsworn: bool,
}

/// A leadership that is being handed over (thesis §3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transfer {
    /// To whom.
    pub to: ProcessId,
    /// Whether it was told to campaign.
    pub told: bool,
}

impl Volatile {
    /// What a server knows that comes up with this configuration and, of its snapshot, this machine up to an index.
    #[must_use]
    pub fn new(configured: Configured, machine: Machine, through: u64) -> Self {
        Self {
            commit: through,
            applied: through,
            machine,
            leader: None,
            heard: Time::ZERO,
            loyal_since: None,
            configurations: Configurations::new(configured),
            served: Vec::new(),
        }
    }
}

impl Progress {
    /// What a leader knows of a follower at first: nothing. It tries from `next` on (Figure 2: "initialized to
    /// leader last log index + 1").
    #[must_use]
    pub fn new(next: u64, now: Time) -> Self {
        let (matched, in_flight, round) = (0, VecDeque::new(), 0);
        Self { next, matched, stage: Stage::Probe, in_flight, overdue: false, doubted: false, heard: now, round }
    }
}
