//! Verdicts over runs: typed predicates for claims and goals, judged on the neutral [`protocols::Run`].
//!
//! It knows no protocol by name and no page.

pub mod facts;
pub mod history;
#[cfg(feature = "hunt")]
pub mod hunt;
pub mod predicate;
pub mod progress;

pub use facts::{Facts, Finding};
pub use predicate::{Goal, Part, Predicate, SpanText};
pub use progress::{Mark, Progress};
