//! The home page: a live cluster, the promise, the contents, and what hosts of workshops need to know.
//! Also the page for what is not found.

use lesson::course::{Block, Entry, Part};
use maud::{Markup, PreEscaped, html};

use super::chrome::{self, About, Context, count, lower_figures, roman};
use super::{Problem, glyph, plate};

/// The whole document.
pub(super) fn render(context: &Context) -> Result<String, Problem> {
    let course = context.course;
    let about = About {
        title: format!("{}: distributed systems, taken apart", course.title),
        description: &course.home.deck,
        indexed: true,
        live: course.home.page.labs().next().is_some(),
        class: Some("home"),
        lesson: None,
    };
    let body = html! {
        a.skip href="#contents" { "Skip to the contents" }
        header.bar {
            span.bar-where { "Distributed systems, in your browser" }
            nav.site aria-label="Site" {
                a href="#contents" { "Contents" }
                a href="#workshops" { "For workshops" }
            }
            div.bar-tools { (chrome::theme_button()) }
        }
        main.page {
            h1.vh { (course.title) }
            (hero(context)?)
            (contents(context))
            (workshops())
        }
        (chrome::foot(&context.links))
    };
    Ok(chrome::document(context, &about, &body))
}

/// The page for an address that leads nowhere. It is shown at any depth.
pub(super) fn not_found(context: &Context) -> String {
    let about = About {
        title: format!("Not found · {}", context.course.title),
        description: "This address leads nowhere.",
        indexed: false,
        live: false,
        class: None,
        lesson: None,
    };
    let body = html! {
        header.bar {
            (chrome::wordmark(&context.links))
            span {}
            div.bar-tools { (chrome::theme_button()) }
        }
        main.page {
            div.lost {
                h1 { "No answer from this address" }
                p.deck { "A page that was never here and a page that is gone look the same from the outside. The contents list every page that exists." }
                a.btn.is-main href=(context.links.to("#contents")) { "Contents" }
            }
        }
        (chrome::foot(&context.links))
    };
    chrome::document(context, &about, &body)
}

/// The course's name, a cluster to cut, and what this is.
fn hero(context: &Context) -> Result<Markup, Problem> {
    let home = &context.course.home;
    let mut prose = String::new();
    let mut drawn = html! {};
    let buttons = html! {
        @if let Some(lesson) = context.course.lessons().next() {
            a.btn.is-main href=(context.links.to(&lesson.path())) { "Read “" (lesson.meta.title) "”" }
        }
        a.btn href="#contents" { "Contents" }
    };
    for block in &home.page.body {
        match block {
            Block::Html(html) => prose.push_str(&lower_figures(html)),
            Block::Lab(block) => drawn = plate::render_hero(&block.lab, &buttons)?,
            Block::Predict(predict) => prose.push_str(&plate::predict(predict).into_string()),
        }
    }
    Ok(html! {
        (drawn)
        div.lead { (PreEscaped(prose)) }
    })
}

fn contents(context: &Context) -> Markup {
    let course = context.course;
    let (total, ready) = (course.entries().count(), course.lessons().count());
    html! {
        section.contents id="contents" aria-labelledby="contents-title" {
            header {
                h2 id="contents-title" { "Contents" }
                p {
                    "A course of " (count(total)) " lessons in " (count(course.parts.len())) " parts. "
                    @if ready < total {
                        (capital(&count(ready))) (if ready == 1 { " is" } else { " are" }) " ready; the others are to come."
                    } @else {
                        "Read in order or not. Each lesson names the ones it builds on."
                    }
                }
            }
            @for (i, part) in course.parts.iter().enumerate() { (row(context, i + 1, part)) }
            (progress())
        }
    }
}

/// What the reader's browser keeps, and how to take it away, bring it back and erase it.
fn progress() -> Markup {
    let act = |name: &str, label: &str| {
        html! { button.btn type="button" data-progress-do=(name) { (label) } }
    };
    html! {
        section.progress.needs-script data-progress aria-labelledby="progress-title" {
            h3 id="progress-title" { "Your progress" }
            div {
                p {
                    span data-progress-count { "Nothing is kept yet." }
                    " It is kept in this browser only, and nobody else sees it."
                }
                div.progress-do data-progress-acts {
                    (act("save", "Save as a file"))
                    (act("load", "Load from a file"))
                    (act("erase", "Erase…"))
                    input type="file" accept=".json,application/json" aria-label="A file with progress" hidden;
                }
                div.progress-do data-progress-sure hidden role="group" aria-label="Erase all progress?" {
                    b { "Erase all of it? This can’t be undone." }
                    (act("keep", "Keep it"))
                    (act("gone", "Erase"))
                }
                p.progress-said data-progress-said role="status" {}
            }
        }
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn row(context: &Context, number: usize, part: &Part) -> Markup {
    let title = format!("part-{}", part.id);
    html! {
        section.part-row aria-labelledby=(title) {
            h3 id=(title) {
                span.num { (roman(number)) }
                span.name { (part.title) }
                small { (part.blurb) }
            }
            ol start=(part.entries.first().map_or(1, |entry| entry.number)) {
                @for entry in &part.entries { li { (entry_row(context, entry)) } }
            }
        }
    }
}

fn entry_row(context: &Context, entry: &Entry) -> Markup {
    let whole = context.course.entries().all(|(_, entry)| entry.lesson.is_some());
    let inside = |right: Markup| {
        html! {
            svg.glyph viewBox="0 0 56 36" aria-hidden="true" { (PreEscaped(glyph::of(&entry.id))) }
            span.n { (entry.number) }
            span.t { strong { (entry.title) } span { (entry.blurb) } }
            (right)
        }
    };
    match &entry.lesson {
        Some(lesson) => html! {
            a.entry-row href=(context.links.to(&lesson.path())) data-lesson=(lesson.id) {
                (inside(html! {
                    span.min { (lesson.meta.minutes) " min" }
                    span.mark {
                        @if !whole { b.ready { "ready" } }
                        span data-done hidden { (chrome::icon("ok")) span.vh { "Done" } }
                    }
                }))
            }
        },
        None => html! {
            div.entry-row.is-to-come { (inside(html! { span.min { "to come" } span.mark {} })) }
        },
    }
}

fn workshops() -> Markup {
    let facts = [
        (
            "Yours to host",
            "No server code, no database, no accounts, no trackers. Every run happens in the reader’s browser.",
        ),
        (
            "No way out needed",
            "Text, fonts and labs come from the same folder. A room without a connection to the outside can use all of it.",
        ),
        ("Any address", "The folder works at the root of a host or below any path. Nothing in it knows where it is."),
        (
            "The same run for everyone",
            "A lab starts from a fixed seed. Thirty screens show the same election, to the millisecond, until somebody cuts.",
        ),
        ("Handouts", "Lessons print on A4, with the plates as figures and the notes in the margin."),
    ];
    html! {
        section.workshops id="workshops" aria-labelledby="workshops-title" {
            h2 id="workshops-title" { "For workshops" }
            div.w-main {
                p.w-lead {
                    "Cutset is a folder of static files. Put it on any web server, or serve it to a room from the laptop that you present from."
                }
                pre { code { "cargo xtask serve --bind 0.0.0.0" } }
            }
            dl { @for (term, text) in facts { div { dt { (term) } dd { (text) } } } }
        }
    }
}
