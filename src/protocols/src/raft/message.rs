//! What travels between servers, and between clients and servers.
//!
//! `candidateId` and `leaderId` of Figure 2 are not fields here: the kernel says who sent a message.

use std::sync::Arc;

use sim::{OpId, ProcessId};

use crate::op::{Op, Outcome};
use crate::raft::log::{Entry, Position};

/// A message of Raft.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// A candidate asks for a vote (Figure 2, `RequestVote`).
    RequestVote {
        /// The candidate's term.
        term: u64,
        /// Where its log ends (`lastLogIndex`, `lastLogTerm`).
        last: Position,
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
    },
    /// The answer (`AppendEntries` results).
    Appended {
        /// The follower's term, for the leader to catch up with.
        term: u64,
        /// Whether the logs agree, and how far.
        answer: Answer,
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
    /// The server does not lead (§8).
    NotLeader {
        /// Which operation is turned away.
        id: OpId,
        /// Who leads, as far as the server knows.
        leader: Option<ProcessId>,
    },
}

/// What a follower says to `AppendEntries`.
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
}

impl Message {
    /// The sender's term. Clients have none, and what servers tell clients carries none.
    #[must_use]
    pub fn term(&self) -> Option<u64> {
        match self {
            Self::RequestVote { term, .. }
            | Self::Vote { term, .. }
            | Self::Append { term, .. }
            | Self::Appended { term, .. } => Some(*term),
            Self::Request { .. } | Self::Reply { .. } | Self::NotLeader { .. } => None,
        }
    }

    /// Whether only a leader sends it.
    #[must_use]
    pub fn is_append(&self) -> bool {
        matches!(self, Self::Append { .. })
    }
}
