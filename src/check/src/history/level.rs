//! The consistency models, from the strongest to the weakest, with what each promises and who defined it.
//!
//! Linearizability and sequential consistency are judged for every call. Causal memory, PRAM and the session
//! guarantees are judged on reads, writes and compare-and-sets alone: what an append read can't be told from its
//! answer. A history with an append is [`super::Verdict::NotJudged`] there.
//!
//! The four weaker than PRAM, and PRAM and causal memory themselves, ask which write each read saw. If all values of a
//! key are distinct, that is known and the verdict takes polynomial time. If they are not, every write of the value
//! that a read found is tried, in every combination if need be, up to the limits.
//!
//! Three of the session guarantees speak of the order in which a process sees writes. It sees them only by reading, so
//! monotonic writes and writes follow reads are judged on views that keep the order of the process's reads. A history
//! without monotonic reads therefore has neither of them.
//!
//! What a process did after an operation of unknown outcome is not in any history: it goes on as a new process, and a
//! new session. What an unknown compare-and-set compared is not asked for by the models below sequential consistency.

use core::fmt;
use core::str::FromStr;

/// A consistency model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// One order of all operations fits the answers and real time: what returned before another was asked stands
    /// before it. Herlihy & Wing 1990; <https://jepsen.io/consistency/models/linearizable>.
    Linearizable,
    /// One order of all operations fits the answers, and each process's operations stand in the order in which it did
    /// them. Lamport, *How to make a multiprocessor computer that correctly executes multiprocess programs* (1979);
    /// <https://jepsen.io/consistency/models/sequential>.
    Sequential,
    /// For each process, one order of all writes and its own reads fits its answers and the causal order: what a
    /// process did before, what a read saw, and what follows from these. Ahamad, Neiger, Burns, Kohli & Hutto, *Causal
    /// memory: definitions, implementation, and programming* (1995). Judged as in Bouajjani, Enea, Guerraoui & Hamza,
    /// *On verifying causal consistency* (2017), section 4 (there: CM).
    Causal,
    /// For each process, one order of all writes and its own reads fits its answers, and each process's operations
    /// stand in the order in which it did them. Lipton & Sandberg, *PRAM: a scalable shared memory* (1988);
    /// <https://jepsen.io/consistency/models/pram>.
    Pram,
    /// A read sees the last write to its key that its own process did before, or a write of another process. Terry,
    /// Demers, Petersen, Spreitzer, Theimer & Welch, *Session guarantees for weakly consistent replicated data*
    /// (1994), section 3.1; <https://jepsen.io/consistency/models/read-your-writes>.
    ReadYourWrites,
    /// For each process, one order of all writes fits its reads in the order in which it did them: it never goes back
    /// to before what it has seen. Terry et al. 1994, section 3.2;
    /// <https://jepsen.io/consistency/models/monotonic-reads>.
    MonotonicReads,
    /// The same, and in that order each process's writes stand as it did them. Terry et al. 1994, section 3.4;
    /// <https://jepsen.io/consistency/models/monotonic-writes>.
    MonotonicWrites,
    /// The same as monotonic reads, and in that order what a process wrote after a read stands after what that read
    /// saw. Terry et al. 1994, section 3.3; <https://jepsen.io/consistency/models/writes-follow-reads>.
    WritesFollowReads,
}

impl Level {
    /// All of them, the strongest first.
    pub const ALL: [Self; 8] = [
        Self::Linearizable,
        Self::Sequential,
        Self::Causal,
        Self::Pram,
        Self::ReadYourWrites,
        Self::MonotonicReads,
        Self::MonotonicWrites,
        Self::WritesFollowReads,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Linearizable => "linearizable",
            Self::Sequential => "sequential",
            Self::Causal => "causal",
            Self::Pram => "pram",
            Self::ReadYourWrites => "read-your-writes",
            Self::MonotonicReads => "monotonic-reads",
            Self::MonotonicWrites => "monotonic-writes",
            Self::WritesFollowReads => "writes-follow-reads",
        }
    }

    /// What a history is that satisfies it, in a sentence's middle.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Linearizable => "linearizable",
            Self::Sequential => "sequentially consistent",
            Self::Causal => "causally consistent",
            Self::Pram => "PRAM consistent",
            Self::ReadYourWrites => "consistent with reading your writes",
            Self::MonotonicReads => "consistent with monotonic reads",
            Self::MonotonicWrites => "consistent with monotonic writes",
            Self::WritesFollowReads => "consistent with writes following reads",
        }
    }

    /// Whether every history that satisfies `self` satisfies `other`.
    #[must_use]
    pub const fn implies(self, other: Self) -> bool {
        match self {
            Self::Linearizable => true,
            Self::Sequential => !matches!(other, Self::Linearizable),
            Self::Causal => !matches!(other, Self::Linearizable | Self::Sequential),
            Self::Pram => {
                matches!(other, Self::Pram | Self::ReadYourWrites | Self::MonotonicReads | Self::MonotonicWrites)
            }
            Self::ReadYourWrites => matches!(other, Self::ReadYourWrites),
            Self::MonotonicReads => matches!(other, Self::MonotonicReads),
            Self::MonotonicWrites => matches!(other, Self::MonotonicReads | Self::MonotonicWrites),
            Self::WritesFollowReads => matches!(other, Self::MonotonicReads | Self::WritesFollowReads),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|level| level.word() == text).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.map(Self::word).into();
            format!("`{text}` is no consistency model; there are {}", words.join(", "))
        })
    }
}
