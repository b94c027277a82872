//! What all pages share: the document's head, the bar, the foot, icons, and small pieces of text.

use lesson::Course;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::address::{Links, SiteUrl};
use super::shell::Shell;

/// What pages may load, as browsers are told by the page itself. `frame-ancestors` works in headers only.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'";

/// Fonts that the first screen needs.
pub(super) const PRELOADED: [&str; 2] =
    ["fonts/source-serif-4-latin-opsz-normal.woff2", "fonts/ibm-plex-sans-latin-wght-normal.woff2"];

/// The icons that pages use, as symbols on a grid of 16.
const ICONS: &str = concat!(
    r#"<symbol id="i-theme" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6"/>"#,
    r#"<path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" stroke="none"/></symbol>"#,
);

/// What a page is made in: the whole site's facts and the page's own.
pub(super) struct Context<'a> {
    pub(super) course: &'a Course,
    pub(super) shell: &'a Shell,
    pub(super) url: &'a SiteUrl,
    /// How the page writes addresses.
    pub(super) links: Links,
    /// Its path within the site, such as `agreement/electing-a-leader/`.
    pub(super) path: String,
}

/// What a page says of itself.
pub(super) struct About<'a> {
    pub(super) title: String,
    pub(super) description: &'a str,
    /// Whether it belongs in search results.
    pub(super) indexed: bool,
    /// Whether it has labs.
    pub(super) live: bool,
    /// A class of its body.
    pub(super) class: Option<&'static str>,
    /// The lesson that it is.
    pub(super) lesson: Option<&'a str>,
}

/// A whole document.
pub(super) fn document(context: &Context, about: &About, body: &Markup) -> String {
    let Context { links, url, shell, .. } = context;
    let address = url.of(&context.path);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (about.title) }
                script src=(links.to(&shell.theme_js)) {}
                @for font in PRELOADED {
                    link rel="preload" href=(links.to(font)) as="font" type="font/woff2" crossorigin;
                }
                link rel="stylesheet" href=(links.to(&shell.style_css));
                meta name="description" content=(about.description);
                meta name="theme-color" media="(prefers-color-scheme: light)" content="#F6F4EF";
                meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0E141B";
                meta name="color-scheme" content="light dark";
                @if about.indexed {
                    link rel="canonical" href=(address);
                    meta property="og:url" content=(address);
                } @else {
                    meta name="robots" content="noindex";
                    meta name="base" content=(url.base());
                }
                meta property="og:type" content=(if about.lesson.is_some() { "article" } else { "website" });
                meta property="og:site_name" content=(context.course.title);
                meta property="og:title" content=(about.title);
                meta property="og:description" content=(about.description);
                meta property="og:image" content=(url.of("social.png"));
                meta property="og:image:width" content="1200";
                meta property="og:image:height" content="630";
                meta property="og:image:alt" content="Five machines in a ring, cut in two by one line.";
                meta name="twitter:card" content="summary_large_image";
                meta name="twitter:title" content=(about.title);
                meta name="twitter:description" content=(about.description);
                meta name="twitter:image" content=(url.of("social.png"));
                link rel="icon" href=(links.to("favicon.svg")) type="image/svg+xml";
                link rel="icon" href=(links.to("icons/icon-32.png")) sizes="32x32" type="image/png";
                link rel="apple-touch-icon" href=(links.to("icons/icon-180.png"));
                link rel="manifest" href=(links.to("manifest.webmanifest"));
                meta name="app-js" content=(links.to(&shell.app_js));
                meta name="app-wasm" content=(links.to(&shell.app_wasm));
                @if !shell.more_wasm.is_empty() { meta name="app-more" content=(links.to(&shell.more_wasm)); }
                @if about.live { meta name="share-js" content=(links.to(&shell.share_js)); }
                @if about.live { script type="module" src=(links.to(&shell.boot_js)) {} }
                script src=(links.to(&shell.page_js)) defer {}
            }
            body class=[about.class] data-lesson=[about.lesson] {
                (PreEscaped(format!("<svg width=\"0\" height=\"0\" class=\"vh\" aria-hidden=\"true\">{ICONS}{}</svg>", app::sprite().into_string())))
                @if about.live { (app::templates()) }
                (body)
            }
        }
    };
    markup.into_string()
}

/// An icon by its name.
pub(super) fn icon(name: &str) -> Markup {
    html! { svg.icon aria-hidden="true" { use href=(format!("#i-{name}")) {} } }
}

/// The course's name, cut.
pub(super) fn wordmark(links: &Links) -> Markup {
    html! {
        a.wordmark href=(links.to("")) aria-label="Cutset, home" {
            span aria-hidden="true" { "Cut" } span.cut-b aria-hidden="true" { "set" }
        }
    }
}

/// The button that changes the paper.
pub(super) fn theme_button() -> Markup {
    html! { button.btn.is-icon.needs-script type="button" data-theme-toggle aria-label="Theme: follow the system" { (icon("theme")) } }
}

/// The foot of every page.
pub(super) fn foot(links: &Links) -> Markup {
    html! {
        footer.foot {
            a href=(links.to("#contents")) { "Contents" }
            a href=(links.to("#workshops")) { "For workshops" }
            span { "Text: CC BY 4.0. Code: MIT." }
            span { "Set in Source Serif 4 and IBM Plex." }
            span { "Progress is kept in this browser only." }
        }
    }
}

/// A number in Roman numerals, as parts are numbered.
pub(super) fn roman(number: usize) -> String {
    let mut rest = number;
    let mut out = String::new();
    for (value, numeral) in [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")] {
        while rest >= value {
            out.push_str(numeral);
            rest -= value;
        }
    }
    out
}

/// A small number as a word, for the beginning of a sentence or the flow of one.
pub(super) fn count(number: usize) -> String {
    const WORDS: &str = "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
        fifteen sixteen seventeen eighteen nineteen twenty";
    WORDS.split(' ').nth(number).map_or_else(|| number.to_string(), str::to_owned)
}

/// "1 plate", "3 plates".
pub(super) fn plural(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

/// Plain text in which `*A*` names a node.
pub(super) fn named(text: &str) -> Markup {
    html! {
        @for (i, piece) in text.split('*').enumerate() {
            @if i % 2 == 1 { span.nd { (subscripts(piece)) } } @else { (subscripts(piece)) }
        }
    }
}

/// Plain text with its subscript figures as elements: the fonts' Latin subsets do not hold them.
fn subscripts(text: &str) -> Markup {
    PreEscaped(lower_figures(&html! { (text) }.into_string()))
}

/// HTML with the subscript figures in it as `<sub>`. They stand in text only, never in attributes.
pub(super) fn lower_figures(html: &str) -> String {
    html.chars().fold(String::with_capacity(html.len()), |mut out, c| {
        match c {
            '₀'..='₉' => {
                let figure = char::from_digit(c as u32 - '₀' as u32, 10).expect("one of ten figures");
                out.push_str(&format!("<sub>{figure}</sub>"));
            }
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_in_roman() {
        let cases = [(1, "I"), (3, "III"), (4, "IV"), (5, "V"), (9, "IX"), (12, "XII")];
        for (number, numeral) in cases {
            assert_eq!(roman(number), numeral);
        }
    }

    #[test]
    fn names_are_set_apart_and_everything_else_is_escaped() {
        assert_eq!(
            named("*c₁* < *A*").into_string(),
            r#"<span class="nd">c<sub>1</sub></span> &lt; <span class="nd">A</span>"#
        );
    }
}
