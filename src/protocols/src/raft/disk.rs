//! What a server keeps on its disk: "persistent state on all servers" of Figure 2, and the snapshots of §7.

use std::sync::Arc;

use sim::{Disk, ProcessId};

use crate::raft::log::{Entry, Log};
use crate::raft::snapshot::{Incoming, Part, Snapshot};

/// Persistent state. A server holds one in memory and changes both it and its disk by the same [`Write`]s.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Persistent {
    /// The latest term that the server has seen (`currentTerm`); 0 at first boot.
    pub term: u64,
    /// Whom it voted for in that term (`votedFor`).
    pub voted_for: Option<ProcessId>,
    /// Its log (`log[]`), after what the snapshot covers.
    pub log: Log,
    /// What stands for the entries before the log's first, once some were dropped (§7).
    pub snapshot: Option<Arc<Snapshot>>,
    /// A leader's snapshot of which not all pieces have arrived.
    pub incoming: Option<Arc<Incoming>>,
}

/// One change. Each happens whole or not at all.
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
    /// A snapshot, and with it the end of the entries that it covers. What follows them in the log stays if the log
    /// holds the snapshot's last entry; otherwise the whole log goes (Figure 13, 6 and 7).
    Snapshot(Arc<Snapshot>),
    /// A piece of a leader's snapshot (Figure 13, 2 and 3).
    Part(Arc<Part>),
}

impl Disk for Persistent {
    type Write = Write;

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.log.bytes()
    }

    fn apply(&mut self, write: &Write) {
        match write {
            Write::Ballot { term, voted_for } => {
                self.term = *term;
                self.voted_for = *voted_for;
            }
            Write::Append(entry) => self.log.push(entry.clone()),
            Write::Truncate { from } => self.log.truncate_from(*from),
            Write::Snapshot(snapshot) => {
                self.log.begin_after(snapshot.last, snapshot.digest);
                self.incoming.take_if(|incoming| incoming.snapshot.last.index <= snapshot.last.index);
                self.snapshot = Some(Arc::clone(snapshot));
            }
            Write::Part(part) => self.incoming = Incoming::after(self.incoming.as_deref(), part).map(Arc::new),
        }
    }
}
