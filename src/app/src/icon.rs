//! The icons, drawn on a 16 px grid with a 1.4 px line.

use leptos::prelude::*;

/// An icon by name. It says nothing by itself: the control around it has a name.
#[must_use]
pub(crate) fn icon(name: &str) -> AnyView {
    let (line, solid) = match name {
        "cut" => ("M5.3 10.6 10.9 1.4M10.7 10.6 5.1 1.4M6.1 12.5a2.1 2.1 0 1 1-4.2 0 2.1 2.1 0 1 1 4.2 0zM14.1 12.5a2.1 2.1 0 1 1-4.2 0 2.1 2.1 0 1 1 4.2 0z", ""),
        "heal" => ("M1 8h4.4M10.6 8H15M10.6 8a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 1 1 5.2 0z", ""),
        "crash" => ("m3.5 3.5 9 9m0-9-9 9", ""),
        "restart" => ("M8 1.5v5.7M4.7 3.7a5.5 5.5 0 1 0 6.6 0", ""),
        "pause" => ("M5.5 3v10M10.5 3v10M6.2 3v10M9.8 3v10", ""),
        "write" => ("M.8 8h6.4M4.6 5.2 7.4 8l-2.8 2.8M9.8 3.5h5v9h-5z", ""),
        "play" => ("", "M4.5 2.5v11L13.5 8z"),
        "step-on" => ("M12.5 3v10", "M3.5 3v10L11 8z"),
        "step-back" => ("M3.5 3v10", "M12.5 3v10L5 8z"),
        "start" => ("M2.5 3v10", "M14 3v10L8.5 8zM8.5 3v10L3 8z"),
        "end" => ("M13.5 3v10", "M2 3v10L7.5 8zM7.5 3v10L13 8z"),
        "branch" => ("M1 5h14M5 5l4.5 6H15", ""),
        "reset" => ("M3 2.2v4h4M3.3 6a5.4 5.4 0 1 1-.5 3.6", ""),
        "keys" => ("M1 4h14v8.5H1zM3.6 6.6h1.3M7.3 6.6h1.3M11 6.6h1.3M4.5 9.8h7", ""),
        "ok" => ("m2.8 8.6 3.4 3.4 7-8", ""),
        "minus" => ("M3.5 8h9", ""),
        "plus" => ("M3.5 8h9M8 3.5v9", ""),
        "left" => ("M14 8H2.5M7 3.5 2.5 8 7 12.5", ""),
        "right" => ("M2 8h11.5M9 3.5 13.5 8 9 12.5", ""),
        _ => ("M8 8h.1", ""),
    };
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d=line></path>
            {(!solid.is_empty()).then(|| view! { <path d=solid fill="currentColor" stroke="none"></path> })}
        </svg>
    }
    .into_any()
}
