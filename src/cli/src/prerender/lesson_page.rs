//! A lesson as a page: head, sections, plates, questions, challenge, closing matter.

use lesson::course::{Block, Entry, Lesson, Part, Source};
use maud::{Markup, PreEscaped, html};

use super::Problem;
use super::chrome::{self, About, Context, lower_figures, plural, roman};
use super::plate;

/// The whole document.
pub(super) fn render(context: &Context, lesson: &Lesson) -> Result<String, Problem> {
    let meta = &lesson.meta;
    let place = context.course.entries().find(|(_, entry)| entry.id == lesson.id);
    let (part, _) = place.expect("a written lesson stands in the course");
    let about = About {
        title: format!("{} · {}", meta.title, context.course.title),
        description: &meta.deck,
        indexed: true,
        live: lesson.page.labs().next().is_some(),
        class: None,
        lesson: Some(&lesson.id),
    };
    let body = html! {
        a.skip href="#text" { "Skip to the text" }
        (bar(context, lesson))
        main.lesson id="text" {
            (head(context, lesson, part))
            (blocks(lesson)?)
            @if !meta.takeaways.is_empty() {
                h2 id="to-take-away" { "To take away" }
                ol.take { @for takeaway in &meta.takeaways { li { (raw(takeaway)) } } }
            }
            @if !meta.sources.is_empty() {
                h2 id="further-reading" { "Sources and further reading" }
                ul.reading { @for source in &meta.sources { (reading(source)) } }
            }
            (turn(context, lesson))
        }
        (chrome::foot(&context.links))
    };
    Ok(chrome::document(context, &about, &body))
}

fn raw(html: &str) -> PreEscaped<String> {
    PreEscaped(lower_figures(html))
}

/// The course as a ruler: a tick for each lesson.
fn bar(context: &Context, here: &Lesson) -> Markup {
    let parts = &context.course.parts;
    let at = parts.iter().position(|part| part.id == here.part).unwrap_or(0);
    let total = context.course.entries().count();
    html! {
        header.bar {
            (chrome::wordmark(&context.links))
            nav.course aria-label="Course" {
                ol {
                    @for (i, part) in parts.iter().enumerate() {
                        li.is-here[i == at] {
                            span.part title=(format!("Part {}: {}", roman(i + 1), part.title)) { (roman(i + 1)) }
                            ol { @for entry in &part.entries { (tick(context, here, entry)) } }
                        }
                    }
                }
                span.bar-where { "Part " (roman(at + 1)) ", lesson " (here.meta.number) " of " (total) }
            }
            div.bar-tools {
                a.btn.opt href=(context.links.to("#contents")) { "Contents" }
                (chrome::theme_button())
            }
        }
    }
}

fn tick(context: &Context, here: &Lesson, entry: &Entry) -> Markup {
    let name = format!("{}. {}", entry.number, entry.title);
    html! {
        @match &entry.lesson {
            Some(lesson) if lesson.id == here.id => {
                li { a.tick href="#text" aria-current="page" title=(name) { span { (entry.number) } } }
            }
            Some(lesson) => {
                li {
                    a.tick href=(context.links.to(&lesson.path())) title=(name) data-lesson=(lesson.id) {
                        span.vh { (name) span data-done hidden { ", done" } }
                    }
                }
            }
            None => li aria-hidden="true" { span.tick title=(format!("{name} (to come)")) {} },
        }
    }
}

fn head(context: &Context, lesson: &Lesson, part: &Part) -> Markup {
    let meta = &lesson.meta;
    let number = context.course.parts.iter().position(|p| p.id == part.id).map_or(1, |i| i + 1);
    let plates = lesson.page.labs().count();
    let challenges = lesson.page.labs().filter(|block| block.lab.challenge.is_some()).count();
    let builds_on: Vec<&Entry> =
        context.course.entries().map(|(_, entry)| entry).filter(|entry| meta.builds_on.contains(&entry.id)).collect();
    html! {
        header.lesson-head {
            p.eyebrow { b { "Part " (roman(number)) } (part.title) }
            div {
                h1 { (meta.title) }
                p.deck { (meta.deck) }
                ul.meta {
                    li { "Lesson " (meta.number) }
                    li { "About " (meta.minutes) " minutes" }
                    @if plates > 0 {
                        li {
                            (plural(plates, "plate"))
                            @if challenges > 0 { ", " (plural(challenges, "challenge")) }
                        }
                    }
                    @for entry in builds_on {
                        li {
                            "Builds on "
                            @match &entry.lesson {
                                Some(lesson) => a href=(context.links.to(&lesson.path())) { (entry.number) ". " (entry.title) },
                                None => { (entry.number) ". " (entry.title) " (to come)" }
                            }
                        }
                    }
                }
            }
        }
        @if !meta.goals.is_empty() {
            section.aims aria-labelledby="aims" {
                h2 id="aims" { "By the end you can" }
                ul { @for goal in &meta.goals { li { (raw(goal)) } } }
                @if let Some(belief) = &meta.misconception {
                    p { b { "A belief to put to the test" } (raw(belief)) }
                }
            }
        }
    }
}

/// The text with its plates. The answer to a question stands after the lab that shows it.
fn blocks(lesson: &Lesson) -> Result<Markup, Problem> {
    let page = &lesson.page;
    let number = lesson.meta.number;
    let mut challenges = 0;
    let mut body = String::new();
    for block in &page.body {
        match block {
            Block::Html(html) => body.push_str(&lower_figures(html)),
            Block::Predict(predict) => body.push_str(&plate::predict(predict).into_string()),
            Block::Lab(block) => {
                if let Some(challenge) = &block.lab.challenge {
                    let letter = char::from(b'A' + challenges);
                    challenges += 1;
                    body.push_str(
                        &plate::challenge(&block.lab, challenge, &format!("{number}·{letter}")).into_string(),
                    );
                }
                body.push_str(&plate::render(&block.lab)?.into_string());
                for predict in page.predicts().filter(|predict| predict.lab == block.lab.id) {
                    body.push_str(&plate::recall(predict).into_string());
                }
            }
        }
    }
    Ok(PreEscaped(body))
}

fn reading(source: &Source) -> Markup {
    html! {
        li {
            @if !source.authors.is_empty() { (source.authors) ", " }
            a href=(source.url) rel="noreferrer" { (source.title) }
            @if !source.venue.is_empty() { ", " (source.venue) }
            "."
            @if !source.note.is_empty() { " " span { (source.note) } }
        }
    }
}

/// The lessons before and after.
fn turn(context: &Context, lesson: &Lesson) -> Markup {
    let entries: Vec<&Entry> = context.course.entries().map(|(_, entry)| entry).collect();
    let at = entries.iter().position(|entry| entry.id == lesson.id).expect("a written lesson stands in the course");
    let step = |entry: Option<&&Entry>, word: &str, class: &str| {
        html! {
            @match entry {
                Some(entry) if entry.lesson.is_some() => {
                    @let path = entry.lesson.as_ref().map(Lesson::path).unwrap_or_default();
                    a class=(class) href=(context.links.to(&path)) {
                        small { (word) ": lesson " (entry.number) } strong { (entry.title) }
                    }
                }
                Some(entry) => {
                    span class=(class) {
                        small { (word) ": lesson " (entry.number) ", to come" } strong { (entry.title) }
                    }
                }
                None => a class=(class) href=(context.links.to("#contents")) { small { (word) } strong { "Contents" } },
            }
        }
    };
    html! {
        nav.turn aria-label="Lessons" {
            (step(at.checked_sub(1).and_then(|i| entries.get(i)), "Before", "before"))
            (step(entries.get(at + 1), "Next", "next"))
        }
    }
}
