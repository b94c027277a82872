//! What a process tells the trace: which rule of the paper fired, with the facts it fired on.
//!
//! Notes stay typed; [`super::words`] makes sentences of them.

use sim::{OpId, ProcessId, Span};

use crate::op::{Admin, Op};
use crate::raft::log::Position;
use crate::raft::membership::{Members, Membership};
use crate::scenario::Reads;

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
    /// The election timeout passed, and it asks whether it could win before it raises its term (thesis §9.6).
    PreCampaigns {
        /// The term that the election would be for.
        term: u64,
        /// How long it has heard from no leader and granted no vote, on its own clock.
        silence: Span,
        /// Whom it last knew to lead.
        leader: Option<ProcessId>,
    },
    /// It would vote for a server that asks (thesis §9.6).
    PreVotes {
        /// For whom.
        candidate: ProcessId,
        /// In which term.
        term: u64,
    },
    /// It would not.
    RefusesPreVote {
        /// For whom.
        candidate: ProcessId,
        /// In which term.
        term: u64,
        /// Why.
        why: VoteRefused,
    },
    /// A majority voted for it (§5.2).
    Leads {
        /// The term.
        term: u64,
        /// Who voted for it, itself among them if it votes.
        votes: Members,
        /// Of how many voters.
        of: u8,
    },
    /// A leader has not heard from a quorum for an election timeout, and follows in its own term
    /// (CheckQuorum, thesis §6.2).
    LosesQuorum {
        /// The term.
        term: u64,
        /// From whom it has heard, itself among them if it votes.
        heard: Members,
        /// How many voters there are.
        of: u8,
    },
    /// A leader that is no voter any more steps down, now that the configuration without it is committed (§6).
    StepsAside {
        /// The term.
        term: u64,
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
    /// A leader finds that a follower no longer holds what it had stored: its disk was wiped, or lied.
    FindsLoss {
        /// The follower.
        follower: ProcessId,
        /// The first index that may be missing.
        first: u64,
        /// The last that it had stored.
        last: u64,
    },
    /// A server took a snapshot and dropped the entries that it covers (§7).
    Compacts {
        /// The last entry that the snapshot covers.
        through: Position,
    },
    /// A leader begins to send its snapshot, because a follower needs entries that it no longer has (§7).
    SendsSnapshot {
        /// To whom.
        to: ProcessId,
        /// The last entry that it covers.
        through: Position,
    },
    /// A follower has all of a leader's snapshot and takes it in place of its own state (§7).
    Installs {
        /// The leader.
        leader: ProcessId,
        /// The last entry that it covers.
        through: Position,
    },
    /// A configuration was appended to its log: it is in force from here on (§6).
    Reconfigures {
        /// Where.
        index: u64,
        /// The configuration.
        membership: Membership,
    },
    /// A configuration was committed (§6).
    SettlesMembership {
        /// Where.
        index: u64,
        /// The configuration.
        membership: Membership,
    },
    /// A configuration was removed with the end of the log: an older one is in force again (§6).
    RollsBack {
        /// Where that stands.
        index: u64,
        /// The configuration now in force.
        membership: Membership,
    },
    /// A leader begins to hand over, and takes nothing in meanwhile (thesis §3.10).
    BeginsTransfer {
        /// To whom.
        to: ProcessId,
    },
    /// The target has the whole log and is told to campaign at once (thesis §3.10).
    HandsOver {
        /// To whom.
        to: ProcessId,
    },
    /// The target did not take over within an election timeout: the leader goes on (thesis §3.10).
    AbortsTransfer {
        /// The target.
        to: ProcessId,
    },
    /// A server was asked for something by an operator and does not do it.
    Refuses {
        /// What.
        what: Admin,
        /// Why.
        why: AdminRefused,
    },
    /// A leader does not yet know what is committed, and holds a read until an entry of its own term is
    /// (thesis §6.4).
    HoldsRead {
        /// Which.
        id: OpId,
    },
    /// A leader has to find out whether it still leads before it serves a read (thesis §6.4).
    ChecksLeadership {
        /// Which read.
        id: OpId,
        /// The round of heartbeats whose answers decide it.
        round: u64,
        /// Whether it has a lease that has run out, or none as yet (thesis §6.4.1).
        lease_out: bool,
    },
    /// A read was answered from the state machine, without an entry of the log.
    ServesRead {
        /// Which.
        id: OpId,
        /// How.
        how: Reads,
        /// Up to which index it has applied.
        through: u64,
    },
    /// An operation that was applied before was sent again: it is answered, not applied (§8).
    AnswersAgain {
        /// Which.
        id: OpId,
    },
    /// A server that does not lead turned a client away (§8).
    TurnsAway {
        /// The client's operation.
        id: OpId,
        /// Whom it named as leader.
        leader: Option<ProcessId>,
    },
    /// A leader takes in no operation for now.
    PutsOff {
        /// The client's operation.
        id: OpId,
        /// Why.
        why: PutOff,
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
    /// The voter has heard from a leader within the shortest election timeout (thesis §4.2.3).
    HearsLeader {
        /// The leader; `None` if it came up so lately that it may have heard from one before.
        leader: Option<ProcessId>,
    },
    /// The candidate's log ends before the voter's (§5.4.1).
    LogBehind {
        /// Where the candidate's log ends.
        theirs: Position,
        /// Where the voter's does.
        mine: Position,
    },
}

/// Why an operator's wish is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdminRefused {
    /// Only a leader can do it.
    NotLeader {
        /// Who leads, as far as the server knows.
        leader: Option<ProcessId>,
    },
    /// It is so already.
    Already,
    /// Another change is under way, and there can be only one at a time (§6, thesis §4.1).
    ChangeUnderway {
        /// The index of its entry.
        index: u64,
    },
    /// The leader has not yet committed an entry of its own term (correction of 2015 to thesis §4.1).
    NothingCommittedYet,
    /// The leadership is being handed over.
    Transferring {
        /// To whom.
        to: ProcessId,
    },
    /// The server does not vote, so it can't lead.
    NotVoter,
    /// There is no such server.
    NoSuchServer,
    /// Nobody would be left to vote.
    LastVoter,
    /// There is nothing to drop: nothing was applied since the last snapshot.
    NothingToCompact,
}

/// Why a leader takes in no operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PutOff {
    /// It is handing over (thesis §3.10).
    Transferring {
        /// To whom.
        to: ProcessId,
    },
    /// Too many entries wait to be committed already.
    TooManyUncommitted,
}
