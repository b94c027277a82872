//! The judge of client histories: what clients asked, what they were told, and what that says about the system.
//!
//! A history is all that the judge sees. It knows no protocol, no server and no clock; the order of the events is the
//! only time there is.

mod explain;
pub mod fault;
pub mod level;
pub mod linear;
pub mod model;
pub mod op;
mod parallel;
pub mod record;
pub mod verdict;
mod weak;

pub use fault::{Fault, FaultKind};
pub use level::Level;
pub use linear::{Bound, Limits};
pub use model::Kind as ModelKind;
pub use op::{Answer, Call, End, Key, Moment, Op, Value};
pub use record::{Datum, Event, Function, History, Kind, Recorder};
pub use verdict::{Misfit, Options, Report, Verdict, Witness, judge};
