//! Lessons: Markdown with front matter and lab blocks, read into a typed course.
//!
//! [`lab`] compiles to WASM: it is what a page's lab is mounted from. Everything that reads text
//! formats is native only (feature `read`).

pub mod lab;

pub use lab::{Challenge, Claim, Control, Lab, Panel, Size};
