//! What a server keeps on its disk: "persistent state on all servers" of Figure 2.

use sim::{Disk, ProcessId};

use crate::raft::log::{Entry, Log};

/// Persistent state. A server holds one in memory and changes both it and its disk by the same [`Write`]s.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Persistent {
    /// The latest term that the server has seen (`currentTerm`); 0 at first boot.
    pub term: u64,
    /// Whom it voted for in that term (`votedFor`).
    pub voted_for: Option<ProcessId>,
    /// Its log (`log[]`).
    pub log: Log,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Write {
    /// A term and the vote in it, in one piece: a new term never stands beside an old term's vote.
    Ballot {
        /// The term.
        term: u64,
        /// The vote.
        voted_for: Option<ProcessId>,
    },
    /// An entry at the end of the log.
    Append(Entry),
    /// The end of the log goes, from this index on.
    Truncate {
        /// The first index that goes.
        from: u64,
    },
}

impl Disk for Persistent {
    type Write = Write;

    fn apply(&mut self, write: &Write) {
        match write {
            Write::Ballot { term, voted_for } => {
                self.term = *term;
                self.voted_for = *voted_for;
            }
            Write::Append(entry) => self.log.push(entry.clone()),
            Write::Truncate { from } => self.log.truncate_from(*from),
        }
    }
}
