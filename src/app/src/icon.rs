//! The icons, drawn on a 16 px grid with a 1.4 px line.

use maud::{Markup, PreEscaped, html};

/// What stands inside an icon's drawing.
const fn strokes(name: &str) -> &'static str {
    match name.as_bytes() {
        b"cut" => {
            "<path d='M5.3 10.6 10.9 1.4M10.7 10.6 5.1 1.4'/><circle cx='4' cy='12.5' r='2.1'/><circle cx='12' cy='12.5' r='2.1'/>"
        }
        b"heal" => "<path d='M1 8h4.4M10.6 8H15'/><circle cx='8' cy='8' r='2.6'/>",
        b"crash" => "<path d='m3.5 3.5 9 9m0-9-9 9'/>",
        b"restart" => "<path d='M8 1.5v5.7M4.7 3.7a5.5 5.5 0 1 0 6.6 0'/>",
        b"pause" => "<path d='M5.5 3v10M10.5 3v10' stroke-width='2'/>",
        b"write" => "<path d='M.8 8h6.4M4.6 5.2 7.4 8l-2.8 2.8M9.8 3.5h5v9h-5z'/>",
        b"play" => "<path d='M4.5 2.5v11L13.5 8z' fill='currentColor' stroke='none'/>",
        b"step-on" => "<path d='M3.5 3v10L11 8z' fill='currentColor' stroke='none'/><path d='M12.5 3v10'/>",
        b"step-back" => "<path d='M12.5 3v10L5 8z' fill='currentColor' stroke='none'/><path d='M3.5 3v10'/>",
        b"start" => "<path d='M14 3v10L8.5 8zM8.5 3v10L3 8z' fill='currentColor' stroke='none'/><path d='M2.5 3v10'/>",
        b"end" => "<path d='M2 3v10L7.5 8zM7.5 3v10L13 8z' fill='currentColor' stroke='none'/><path d='M13.5 3v10'/>",
        b"branch" => "<path d='M1 5h14M5 5l4.5 6H15'/>",
        b"reset" => "<path d='M3 2.2v4h4M3.3 6a5.4 5.4 0 1 1-.5 3.6'/>",
        b"keys" => "<path d='M1 4h14v8.5H1zM3.6 6.6h1.3M7.3 6.6h1.3M11 6.6h1.3M4.5 9.8h7'/>",
        b"ok" => "<path d='m2.8 8.6 3.4 3.4 7-8'/>",
        b"left" => "<path d='M14 8H2.5M7 3.5 2.5 8 7 12.5'/>",
        b"right" => "<path d='M2 8h11.5M9 3.5 13.5 8 9 12.5'/>",
        _ => "",
    }
}

/// An icon by name. It says nothing by itself: the control around it has a name.
#[must_use]
pub(crate) fn mark(name: &str) -> Markup {
    html! { svg.icon viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" { (PreEscaped(strokes(name))) } }
}
