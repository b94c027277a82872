//! Lessons: Markdown with front matter and lab blocks, read into a typed course.
//!
//! [`lab`] and [`code`] compile to WASM: they are what a page's lab is mounted from. Everything that
//! reads text formats or replays runs is native only (feature `read`). Nothing here draws.

pub mod code;
pub mod lab;

#[cfg(feature = "read")]
pub mod claims;
#[cfg(feature = "read")]
pub mod course;
#[cfg(feature = "read")]
pub mod problem;
#[cfg(feature = "read")]
mod read;
#[cfg(feature = "read")]
pub mod transcript;
#[cfg(feature = "read")]
pub mod write;

#[cfg(any(test, feature = "random"))]
pub mod random;

pub use code::{BadCode, decode, decode_run, encode, encode_run};
pub use lab::{Challenge, Claim, Control, Lab, Panel, Size};

#[cfg(feature = "read")]
pub use course::Course;
#[cfg(feature = "read")]
pub use problem::Problem;
