//! What can be broken, and the facts that contradict each other when it is.

use sim::ProcessId;

use crate::raft::log::Position;
use crate::scenario::Reads;

/// A broken rule, with the two facts that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Breach {
    /// Two leaders in one term.
    ElectionSafety {
        /// The term.
        term: u64,
        /// Who led it first.
        first: ProcessId,
        /// Who leads it too.
        second: ProcessId,
    },
    /// A leader changed or removed an entry of its log.
    LeaderAppendOnly {
        /// The leader.
        leader: ProcessId,
        /// Its term.
        term: u64,
        /// Where its log ended.
        had: Position,
        /// The term of what is there now, if anything is.
        has: Option<u64>,
    },
    /// Two logs have the same index and term in common and differ at or before it.
    LogMatching {
        /// What both have.
        at: Position,
        /// Whose log was seen with it first.
        first: ProcessId,
        /// Whose log differs.
        second: ProcessId,
    },
    /// A leader lacks an entry that was committed in an earlier term.
    LeaderCompleteness {
        /// The leader.
        leader: ProcessId,
        /// Its term.
        term: u64,
        /// The committed entry.
        lacks: Position,
        /// Who committed it.
        committed_by: ProcessId,
        /// In which term.
        committed_in: u64,
    },
    /// Two servers applied different entries at one index.
    StateMachineSafety {
        /// The index with the term of the entry that was applied first.
        at: Position,
        /// Who applied that.
        first: ProcessId,
        /// Who applied another there.
        second: ProcessId,
        /// The other's term.
        other_term: u64,
    },
    /// A server voted for two candidates in one term.
    OneVote {
        /// The server.
        who: ProcessId,
        /// The term.
        term: u64,
        /// Whom it voted for first.
        first: ProcessId,
        /// Whom it voted for then.
        second: ProcessId,
    },
    /// A running server's commit index fell.
    CommitFalls {
        /// The server.
        who: ProcessId,
        /// What it was.
        from: u64,
        /// What it is.
        to: u64,
    },
    /// A server's store took in some operation more than once, or not at all.
    ExactlyOnce {
        /// The server.
        who: ProcessId,
        /// The index up to which it has applied its log.
        at: u64,
        /// How many operations have taken effect in its store.
        effects: u64,
        /// How many there are up to there, each counted once.
        operations: u64,
    },
    /// A read that promises to be fresh does not show something that was committed before it was asked for.
    FreshReads {
        /// The server that answered.
        who: ProcessId,
        /// Whom it answered.
        client: ProcessId,
        /// How it served the read.
        how: Reads,
        /// The first committed entry that the answer does not reflect.
        lacks: Position,
        /// How much was committed when the client asked.
        asked: u64,
    },
}

/// The names of the properties: those of Figure 3 in its order, then those of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// At most one leader a term.
    ElectionSafety,
    /// Leaders only append.
    LeaderAppendOnly,
    /// Logs that agree at one entry agree on all before it.
    LogMatching,
    /// Committed entries are in the logs of all later leaders.
    LeaderCompleteness,
    /// Nobody applies another entry at an index than somebody else did.
    StateMachineSafety,
    /// Nobody votes twice in a term (§5.2).
    OneVote,
    /// A running server's commit index never falls (Figure 2).
    CommitMonotonic,
    /// Each operation takes effect once (§8).
    ExactlyOnce,
    /// Reads that promise it show all that was committed when they were asked for (§8, thesis §6.4).
    FreshReads,
}

impl Property {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::ElectionSafety,
        Self::LeaderAppendOnly,
        Self::LogMatching,
        Self::LeaderCompleteness,
        Self::StateMachineSafety,
        Self::OneVote,
        Self::CommitMonotonic,
        Self::ExactlyOnce,
        Self::FreshReads,
    ];
}

impl Breach {
    /// Which property is broken.
    #[must_use]
    pub fn property(&self) -> Property {
        match self {
            Self::ElectionSafety { .. } => Property::ElectionSafety,
            Self::LeaderAppendOnly { .. } => Property::LeaderAppendOnly,
            Self::LogMatching { .. } => Property::LogMatching,
            Self::LeaderCompleteness { .. } => Property::LeaderCompleteness,
            Self::StateMachineSafety { .. } => Property::StateMachineSafety,
            Self::OneVote { .. } => Property::OneVote,
            Self::CommitFalls { .. } => Property::CommitMonotonic,
            Self::ExactlyOnce { .. } => Property::ExactlyOnce,
            Self::FreshReads { .. } => Property::FreshReads,
        }
    }
}
