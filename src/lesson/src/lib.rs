//! Lessons: Markdown with front matter and lab blocks, read into a typed course.
//!
//! [`lab`], [`code`], [`link`] and [`write`] compile to WASM: a page's lab is mounted from them, shared and saved.
//! Everything that reads text formats or replays runs is native only (feature `read`). Nothing here draws.

pub mod code;
pub mod lab;
pub mod link;
pub mod write;

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

#[cfg(any(test, feature = "random"))]
pub mod random;

pub use code::{BadCode, Sealed, decode, decode_own, decode_run, encode, encode_run};
pub use lab::{Challenge, Claim, Control, Lab, Panel, Size};

#[cfg(feature = "read")]
pub use course::Course;
#[cfg(feature = "read")]
pub use problem::Problem;
