//! Names for the things that a run counts. Plain integers, so that traces are small and orders are total.

use serde::{Deserialize, Serialize};

/// A process: a server or a client, numbered from 0 in the order of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProcessId(pub u8);

impl ProcessId {
    /// The process's place in tables that hold one row a process.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A message, numbered in the order of sending over the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MsgId(pub u32);

/// An event of the trace, numbered in the order of happening from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId(pub u32);

/// One operation of one client: the client that invoked it and its number there, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OpId {
    /// Who asked.
    pub client: ProcessId,
    /// The client's own count, from 1. Never used twice by a client within a run.
    pub seq: u32,
}
