//! Verdicts over runs: typed predicates for claims and goals, judged on the neutral [`protocols::Run`].
//!
//! It knows no protocol by name and no page.

pub mod predicate;

pub use predicate::{Finding, Goal, Predicate};
