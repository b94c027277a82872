//! One piece of a lab's state: a value with a signal that tells when it changes.
//!
//! It has the manners of Leptos' signals. The difference is that its code is not multiplied by the types that
//! it holds, which the page's budget for WASM does not allow: the value lies in a plain cell, and only the
//! trigger beside it takes part in the reactive graph. A poster is drawn once and follows nothing.

use core::cell::RefCell;

#[cfg(feature = "csr")]
use leptos::reactive::signal::ArcTrigger;
#[cfg(feature = "csr")]
use leptos::reactive::traits::{Notify as _, Track as _};

/// What stands in for a trigger where nothing follows.
#[cfg(not(feature = "csr"))]
struct ArcTrigger;

#[cfg(not(feature = "csr"))]
impl ArcTrigger {
    fn new() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "it has the shape of the real one")]
    fn track(&self) {}
}

/// A value that panels can follow.
pub(crate) struct Slot<T> {
    value: RefCell<T>,
    changed: ArcTrigger,
}

impl<T> Slot<T> {
    /// A slot that holds this.
    pub(crate) fn new(value: T) -> Self {
        Self { value: RefCell::new(value), changed: ArcTrigger::new() }
    }

    /// Looks at the value, and follows it.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.changed.track();
        look(&self.value.borrow())
    }
}

impl<T: Clone> Slot<T> {
    /// The value; follows it.
    pub(crate) fn get(&self) -> T {
        self.changed.track();
        self.value.borrow().clone()
    }
}

#[cfg(feature = "csr")]
impl<T> Slot<T> {
    /// Looks at the value without following it.
    pub(crate) fn with_untracked<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value.borrow())
    }

    /// Changes the value.
    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.borrow_mut());
        self.changed.notify();
    }

    /// What tells when the value changes.
    pub(crate) const fn changed(&self) -> &ArcTrigger {
        &self.changed
    }

    /// Puts another value in.
    pub(crate) fn set(&self, value: T) {
        *self.value.borrow_mut() = value;
        self.changed.notify();
    }
}

#[cfg(feature = "csr")]
impl<T: Clone> Slot<T> {
    /// The value, without following it.
    pub(crate) fn get_untracked(&self) -> T {
        self.value.borrow().clone()
    }
}
