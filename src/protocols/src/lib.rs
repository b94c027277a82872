//! The protocols of the course, each a set of sans-I/O state machines on the kernel's
//! [`sim::Process`], with its invariants and with the view of itself that a reader sees.
//!
//! The picture ([`view`]), the run ([`run`]) and the scenario ([`scenario`]) are the same for all
//! protocols, so that whatever draws them names no protocol. Nothing here knows of a page.

mod able;
pub mod entry;
mod flights;
pub mod live;
pub mod op;
pub mod past;
pub mod raft;
mod record;
pub mod run;
pub mod scenario;
pub mod settings;
pub mod shown;
mod valid;
pub mod view;
pub mod words;

pub use op::{Op, Outcome};
pub use run::{Refusal, Run};
pub use scenario::Scenario;
pub use view::View;
