//! The lab in the page: stage, timeline, inspector, logs, tools, challenge.
//!
//! It draws [`protocols::View`] and [`protocols::view::Story`], and acts through [`protocols::Run`]. It
//! must never know a protocol by name. With the feature `csr` it is the page's WASM and mounts labs over
//! their posters; with `ssr` it draws the posters natively, from the same components.

#![cfg_attr(
    not(feature = "csr"),
    allow(dead_code, reason = "a poster is drawn once, without what a live lab is and does")
)]

mod clients;
mod compare;
mod diagram;
mod dials;
mod icon;
mod inspector;
mod logs;
mod menu;
mod message;
mod node;
mod num;
mod parts;
mod safety;
mod scene;
mod share;
mod sheets;
mod sides;
mod slot;
mod stage;
mod state;
mod timeline;
mod tools;
mod transport;
mod twin;
mod why;
mod words;

#[cfg(feature = "csr")]
mod buttons;
#[cfg(feature = "csr")]
mod challenge;
#[cfg(feature = "csr")]
mod drive;
#[cfg(feature = "csr")]
mod frame;
#[cfg(feature = "csr")]
mod guard;
#[cfg(feature = "csr")]
mod input;
#[cfg(feature = "csr")]
mod more;
#[cfg(feature = "csr")]
mod motion;
#[cfg(feature = "csr")]
mod mount;
#[cfg(feature = "csr")]
mod page;
#[cfg(feature = "csr")]
mod patch;
#[cfg(feature = "csr")]
mod turns;

#[cfg(feature = "ssr")]
mod poster;
#[cfg(feature = "ssr")]
mod skeleton;

#[cfg(feature = "csr")]
pub use guard::stopped;
#[cfg(feature = "ssr")]
pub use {icon::sprite, poster::poster, skeleton::templates};
#[cfg(feature = "csr")]
pub use {
    more::{more_by, more_came, more_failed},
    mount::{mount_lab, unmount_lab},
    share::scenario_file,
};

#[cfg(all(test, feature = "ssr"))]
mod fixture;
