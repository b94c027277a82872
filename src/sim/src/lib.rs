//! The deterministic kernel: virtual time, seeded chance, a network, disks, faults and a trace.
//!
//! A run is a pure function of its protocol, its seed and its timed actions. The kernel knows no
//! protocol: it moves opaque messages between [`Process`]es, fires their timers, keeps what they
//! wrote to disk, and records every event with the event that caused it. A [`Timeline`] holds a run
//! and its branches, and can look at any moment of them.
//!
//! It must never read a wall clock, use a float, or iterate a hash map: the same run has to give
//! the same trace, byte for byte, natively and in WASM.

pub mod action;
pub mod causality;
pub mod digest;
pub mod draw;
pub mod event;
pub mod flight;
pub mod id;
pub mod links;
pub mod network;
pub mod process;
mod queue;
pub mod refused;
pub mod time;
pub mod timeline;
pub mod trace;
pub mod world;

#[cfg(test)]
mod tests;

pub use action::{Action, By, ClockChange, Pick, Scheduled, Target};
pub use causality::EventSet;
pub use digest::Digest;
pub use draw::{Chance, Purpose};
pub use event::{Event, EventKind, EventKindOf, Limit, Loss};
pub use flight::InFlight;
pub use id::{EventId, MsgId, OpId, ProcessId};
pub use links::Cut;
pub use network::{Change, Latency, Network, Quality, Share};
pub use process::{
    BreachOf, Context, Disk, DiskOf, Effect, EffectOf, Monitor, MsgOf, NoteOf, OpOf, OutcomeOf, Process, Protocol,
    TimerOf,
};
pub use refused::Refused;
pub use time::{Span, Time};
pub use timeline::Timeline;
pub use trace::Trace;
pub use world::{ArmedTimer, World};
