//! The deterministic kernel: virtual time, seeded chance, a network, disks, faults and a trace.
//!
//! A run is a pure function of its protocol, its seed and its timed actions. The kernel knows no
//! protocol: it moves opaque messages between [`Process`]es, fires their timers, keeps what they
//! wrote to disk, and records every event with the event that caused it.
//!
//! It must never read a wall clock, use a float, or iterate a hash map: the same run has to give
//! the same trace, byte for byte, natively and in WASM.

pub mod action;
pub mod draw;
pub mod id;
pub mod process;
pub mod time;

pub use action::{Action, By, Target};
pub use draw::{Chance, Purpose};
pub use id::{EventId, MsgId, OpId, ProcessId};
pub use process::{Context, Disk, Effect, Monitor, Process, Protocol};
pub use time::{Span, Time};
