//! What a process tells the trace: which rule of the paper fired, with the facts it fired on.
//!
//! Notes stay typed; [`super::words`] makes sentences of them.

use sim::{OpId, ProcessId, Span};

use crate::op::Op;
use crate::raft::log::Position;

/// A rule that fired or a state that changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    /// The election timeout passed: a new term, a vote for itself, and requests to all others (§5.2).
    Campaigns {
        /// The new term.
        term: u64,
        /// How long it has heard from no leader and granted no vote, on its own clock.
        silence: Span,
        /// Whom it last knew to lead.
        leader: Option<ProcessId>,
    },
    /// A majority voted for it (§5.2).
    Leads {
        /// The term.
        term: u64,
        /// Who voted for it, itself among them.
        votes: Vec<ProcessId>,
        /// How many servers there are.
        of: u8,
    },
    /// A leader or candidate learnt of a higher term, or a candidate of its term's leader (§5.1, §5.2).
    StepsDown {
        /// The term in which it now follows.
        term: u64,
        /// Its own term up to now.
        from_term: u64,
        /// Whether it led.
        led: bool,
        /// Who told it.
        by: ProcessId,
    },
    /// A follower learnt of a higher term (§5.1).
    NewTerm {
        /// The term.
        term: u64,
        /// Who told it.
        by: ProcessId,
    },
    /// A follower heard for the first time from the leader of its term.
    Follows {
        /// The leader.
        leader: ProcessId,
        /// The term.
        term: u64,
    },
    /// It gave its vote (§5.2, §5.4.1).
    Votes {
        /// To whom.
        candidate: ProcessId,
        /// In which term.
        term: u64,
    },
    /// It refused its vote.
    RefusesVote {
        /// To whom.
        candidate: ProcessId,
        /// In which term.
        term: u64,
        /// Why.
        why: VoteRefused,
    },
    /// A leader took a client's operation into its log (§5.3).
    TakesIn {
        /// Where.
        index: u64,
        /// Its term.
        term: u64,
        /// Which operation.
        id: OpId,
        /// What it asks for.
        op: Op,
    },
    /// A leader began its term with an entry that holds nothing (§8).
    BeginsTerm {
        /// Where.
        index: u64,
        /// The term.
        term: u64,
    },
    /// A follower stored entries of the leader's (§5.3).
    Stores {
        /// The leader.
        leader: ProcessId,
        /// The first index that is new.
        first: u64,
        /// The last entry stored.
        last: Position,
    },
    /// A follower removed entries that conflict with the leader's (§5.3).
    Removes {
        /// The leader.
        leader: ProcessId,
        /// The first index removed.
        first: u64,
        /// The last index removed.
        last: u64,
        /// The term of the first entry removed.
        term: u64,
    },
    /// A follower refused entries: its log does not hold what comes before them (§5.3).
    Differs {
        /// The leader.
        leader: ProcessId,
        /// What the leader said comes before.
        prev: Position,
        /// The term that the follower has there, if it has an entry there.
        has: Option<u64>,
    },
    /// The commit index grew, and the entries up to it were applied (§5.3, §5.4.2).
    Commits {
        /// The first index that is newly committed.
        first: u64,
        /// The last.
        last: u64,
        /// On how many servers the leader knows the last one to be; `None` where a follower was told.
        copies: Option<u8>,
        /// How many servers there are.
        of: u8,
    },
    /// A server that does not lead turned a client away (§8).
    TurnsAway {
        /// The client's operation.
        id: OpId,
        /// Whom it named as leader.
        leader: Option<ProcessId>,
    },
    /// A client was told to ask another server, or tries another because none answered.
    AsksElsewhere {
        /// The operation.
        id: OpId,
        /// Whom it asks now.
        server: ProcessId,
        /// Whether the last one was silent, as opposed to having turned it away.
        after_silence: bool,
    },
    /// A client had too many requests waiting already.
    TooBusy {
        /// What it was asked for.
        op: Op,
    },
}

/// Why a vote is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VoteRefused {
    /// The candidate's term is behind the voter's (§5.1).
    OldTerm {
        /// The voter's term.
        mine: u64,
    },
    /// The vote of this term is given (§5.2).
    AlreadyVoted {
        /// To whom.
        to: ProcessId,
    },
    /// The candidate's log ends before the voter's (§5.4.1).
    LogBehind {
        /// Where the candidate's log ends.
        theirs: Position,
        /// Where the voter's does.
        mine: Position,
    },
}
