//! What travels between servers, and between clients and servers.
//!
//! `candidateId` and `leaderId` of Figure 2 are not fields here: the kernel says who sent a message.

use std::sync::Arc;

use sim::{OpId, ProcessId};

use crate::op::{Op, Outcome};
use crate::raft::log::{Entry, Position};
use crate::raft::snapshot::Part;

/// A message of Raft.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// Somebody who would be a candidate asks whether it could win (thesis §9.6). Nobody's term changes by it.
    RequestPreVote {
        /// The term that the election would be for: one more than the sender's.
        term: u64,
        /// Where its log ends.
        last: Position,
    },
    /// The answer.
    PreVote {
        /// The term that was asked for.
        asked: u64,
        /// The voter's own term, for one that is behind and refused to catch up with.
        term: u64,
        /// Whether the voter would vote for it.
        granted: bool,
    },
    /// A candidate asks for a vote (Figure 2, `RequestVote`).
    RequestVote {
        /// The candidate's term.
        term: u64,
        /// Where its log ends (`lastLogIndex`, `lastLogTerm`).
        last: Position,
        /// Whether the leader itself told it to campaign, so that nobody holds back for that leader's sake
        /// (thesis §4.2.3).
        transfer: bool,
    },
    /// The answer (`RequestVote` results).
    Vote {
        /// The voter's term, for the candidate to catch up with.
        term: u64,
        /// Whether the candidate has the vote.
        granted: bool,
    },
    /// A leader replicates entries; without any it is a heartbeat (Figure 2, `AppendEntries`).
    Append {
        /// The leader's term.
        term: u64,
        /// What must stand just before the entries (`prevLogIndex`, `prevLogTerm`).
        prev: Position,
        /// The entries.
        entries: Arc<[Entry]>,
        /// The leader's commit index (`leaderCommit`).
        commit: u64,
        /// The leader's latest round of heartbeats (thesis §6.4).
        round: u64,
    },
    /// A leader sends a piece of its snapshot (Figure 13, `InstallSnapshot`).
    InstallSnapshot {
        /// The leader's term.
        term: u64,
        /// The piece.
        part: Arc<Part>,
        /// The leader's latest round of heartbeats.
        round: u64,
    },
    /// The answer to both.
    Appended {
        /// The follower's term, for the leader to catch up with.
        term: u64,
        /// Whether the logs agree, and how far.
        answer: Answer,
        /// The round that is answered.
        round: u64,
    },
    /// A leader hands over: the receiver is to campaign at once (thesis §3.10).
    TimeoutNow {
        /// The leader's term.
        term: u64,
    },
    /// A client asks for an operation.
    Request {
        /// Which, so that a second sending is known as such (§8).
        id: OpId,
        /// What it asks for.
        op: Op,
    },
    /// The operation has been committed and applied.
    Reply {
        /// Which.
        id: OpId,
        /// What it came to.
        outcome: Outcome,
    },
    /// The server does not lead, or leads no longer, or takes nothing in at the moment (§8).
    NotLeader {
        /// Which operation is turned away. If it was taken in before, it may yet take effect.
        id: OpId,
        /// Who leads, as far as the server knows.
        leader: Option<ProcessId>,
    },
}

/// What a follower says to `AppendEntries` and `InstallSnapshot`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The follower's log is the leader's up to and with this index.
    Matches {
        /// The last index that the request vouched for.
        through: u64,
    },
    /// What stands at `prev` is not what the leader said, or nothing stands there.
    Differs {
        /// The `prevLogIndex` that was refused, so that a late answer is known as such.
        prev: u64,
        /// The term of the entry there, if there is one.
        conflict: Option<u64>,
        /// The first index of that term, or one past the end of a log that is too short (§5.3, the last
        /// paragraphs: one refusal for each conflicting term, not for each entry).
        first: u64,
    },
    /// The request is of an earlier term than the follower's: so that its sender steps down. To a leader of this term
    /// it is no answer, neither about the logs nor to a round of its own.
    Outdated,
    /// The follower holds so much of a snapshot and needs the rest.
    Holds {
        /// The last index that the snapshot covers.
        last: u64,
        /// How many of its items it holds.
        items: u32,
    },
}

impl Message {
    /// The term that the receiver has to catch up with. Clients have none, and what servers tell clients carries
    /// none. A pre-vote that is asked for or granted speaks of a term that nobody is in yet.
    #[must_use]
    pub fn term(&self) -> Option<u64> {
        match self {
            Self::RequestVote { term, .. }
            | Self::Vote { term, .. }
            | Self::Append { term, .. }
            | Self::InstallSnapshot { term, .. }
            | Self::Appended { term, .. }
            | Self::TimeoutNow { term }
            | Self::PreVote { term, granted: false, .. } => Some(*term),
            Self::RequestPreVote { .. }
            | Self::PreVote { granted: true, .. }
            | Self::Request { .. }
            | Self::Reply { .. }
            | Self::NotLeader { .. } => None,
        }
    }

    /// Whether it is `AppendEntries`.
    #[must_use]
    pub fn is_append(&self) -> bool {
        matches!(self, Self::Append { .. })
    }
}
