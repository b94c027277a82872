//! The icons, drawn on a 16 px grid with a 1.4 px line. Each page holds them once; what shows one refers to it.

#[cfg(feature = "ssr")]
use maud::PreEscaped;
use maud::{Markup, html};

/// The icons by name, with what stands inside their drawings.
#[cfg(feature = "ssr")]
const ICONS: &[(&str, &str)] = &[
    (
        "cut",
        "<path d='M5.3 10.6 10.9 1.4M10.7 10.6 5.1 1.4'/><circle cx='4' cy='12.5' r='2.1'/><circle cx='12' cy='12.5' r='2.1'/>",
    ),
    ("heal", "<path d='M1 8h4.4M10.6 8H15'/><circle cx='8' cy='8' r='2.6'/>"),
    ("crash", "<path d='m3.5 3.5 9 9m0-9-9 9'/>"),
    ("restart", "<path d='M8 1.5v5.7M4.7 3.7a5.5 5.5 0 1 0 6.6 0'/>"),
    ("pause", "<path d='M5.5 3v10M10.5 3v10' stroke-width='2'/>"),
    ("write", "<path d='M.8 8h6.4M4.6 5.2 7.4 8l-2.8 2.8M9.8 3.5h5v9h-5z'/>"),
    ("play", "<path d='M4.5 2.5v11L13.5 8z' fill='currentColor' stroke='none'/>"),
    ("step-on", "<path d='M3.5 3v10L11 8z' fill='currentColor' stroke='none'/><path d='M12.5 3v10'/>"),
    ("step-back", "<path d='M12.5 3v10L5 8z' fill='currentColor' stroke='none'/><path d='M3.5 3v10'/>"),
    ("start", "<path d='M14 3v10L8.5 8zM8.5 3v10L3 8z' fill='currentColor' stroke='none'/><path d='M2.5 3v10'/>"),
    ("end", "<path d='M2 3v10L7.5 8zM7.5 3v10L13 8z' fill='currentColor' stroke='none'/><path d='M13.5 3v10'/>"),
    ("branch", "<path d='M1 5h14M5 5l4.5 6H15'/>"),
    ("reset", "<path d='M3 2.2v4h4M3.3 6a5.4 5.4 0 1 1-.5 3.6'/>"),
    ("keys", "<path d='M1 4h14v8.5H1zM3.6 6.6h1.3M7.3 6.6h1.3M11 6.6h1.3M4.5 9.8h7'/>"),
    ("ok", "<path d='m2.8 8.6 3.4 3.4 7-8'/>"),
    ("left", "<path d='M14 8H2.5M7 3.5 2.5 8 7 12.5'/>"),
    ("right", "<path d='M2 8h11.5M9 3.5 13.5 8 9 12.5'/>"),
    ("share", "<path d='M8 10.2V1.8M4.8 4.6 8 1.6l3.2 3M3 7.5v6.7h10V7.5'/>"),
    (
        "isolate",
        "<circle cx='8' cy='8' r='2.2'/><path d='M8 1v2.4M8 12.6V15M1 8h2.4M12.6 8H15M3.2 3.2l1.6 1.6M11.2 11.2l1.6 1.6M12.8 3.2l-1.6 1.6M4.8 11.2l-1.6 1.6'/>",
    ),
    ("read", "<path d='M6 8h6.4M9.8 5.2 12.6 8l-2.8 2.8M1.2 3.5h5v9h-5z'/>"),
    ("more", "<path d='M3 4.5h10M3 8h10M3 11.5h6'/>"),
    (
        "all",
        "<path d='M2 4.5h7M12.5 4.5H14M2 11.5h2M7.5 11.5H14'/><circle cx='10.8' cy='4.5' r='1.7'/><circle cx='5.8' cy='11.5' r='1.7'/>",
    ),
    ("full", "<path d='M1.8 6V1.8H6M10 1.8h4.2V6M14.2 10v4.2H10M6 14.2H1.8V10'/>"),
    ("projector", "<path d='M1.5 2h13M2.8 2v7.6h10.4V2M8 9.6v2.2M8 11.8l-3 3M8 11.8l3 3'/>"),
    ("dice", "<path d='M2.2 2.2h11.6v11.6H2.2z'/><path d='M5 5h.1M11 5h.1M8 8h.1M5 11h.1M11 11h.1' stroke-width='2'/>"),
    ("dials", "<circle cx='8' cy='8' r='5.8'/><path d='M8 8 5 4.4'/>"),
    ("compare", "<path d='M1.5 3h5v10h-5zM9.5 3h5v10h-5z'/>"),
    ("warn", "<path d='M8 1.8 15 14H1zM8 6v4M8 11.3v1.4'/>"),
    ("zoom-in", "<path d='M8 3v10M3 8h10'/>"),
    ("zoom-out", "<path d='M3 8h10'/>"),
];

/// The drawings of all icons, for the head of a page's body.
#[cfg(feature = "ssr")]
#[must_use]
pub fn sprite() -> Markup {
    html! { @for (name, strokes) in ICONS { symbol id={ "i-" (name) } viewBox="0 0 16 16" { (PreEscaped(strokes)) } } }
}

/// An icon by name. It says nothing by itself: the control around it has a name.
#[must_use]
pub(crate) fn mark(name: &str) -> Markup {
    html! { svg.icon viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" { use href={ "#i-" (name) } {} } }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #[test]
    fn every_icon_that_is_used_is_drawn() {
        let drawn = super::sprite().into_string();
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap() {
            let Ok(code) = std::fs::read_to_string(file.unwrap().path()) else { continue };
            for name in code.split("mark(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(drawn.contains(&format!("\"i-{name}\"")), "there is no icon `{name}`");
            }
        }
    }
}
