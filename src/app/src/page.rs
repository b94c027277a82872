//! The page that the app stands in.

use web_sys::{Document, Window};

/// The window.
pub(crate) fn window() -> Window {
    web_sys::window().expect("the app runs in a window")
}

/// The document.
pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Whether the reader has turned letters, digits and signs off as keys.
pub(crate) fn keys_are_off() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-keys-off"))
}
