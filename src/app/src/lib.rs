//! The lab in the page: stage, timeline, inspector, logs, tools, challenge.
//!
//! It draws [`protocols::View`] and [`protocols::view::Story`], and acts through [`protocols::Run`]. It
//! must never know a protocol by name. With the feature `csr` it is the page's WASM and mounts labs over
//! their posters; with `ssr` it draws the posters natively, from the same components.

mod icon;
mod inspector;
mod logs;
mod message;
mod node;
mod num;
mod plate;
mod safety;
mod scene;
mod slot;
mod stage;
mod state;
mod timeline;
mod tools;
mod transport;
mod words;

#[cfg(feature = "csr")]
mod challenge;
#[cfg(feature = "csr")]
mod drive;
#[cfg(feature = "csr")]
mod frame;
#[cfg(feature = "csr")]
mod gestures;
#[cfg(feature = "csr")]
mod mount;
#[cfg(feature = "csr")]
mod page;
#[cfg(feature = "csr")]
mod patch;
#[cfg(feature = "ssr")]
mod poster;

#[cfg(feature = "csr")]
pub use mount::mount_lab;
#[cfg(feature = "ssr")]
pub use poster::poster;

#[cfg(all(test, feature = "ssr"))]
mod fixture;
