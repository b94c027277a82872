//! A page's Markdown: prose to HTML, `lab` and `predict` blocks to data.
//!
//! CommonMark with tables, notes (footnotes, set beside the text), callouts (GitHub's alerts) and smart
//! punctuation. Raw HTML and images are refused: what the page may contain is decided here.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use sim::Time;

use super::build;
use super::spec::PredictSpec;
use super::toml_text::TomlText;
use crate::course::{Block, LabBlock, Page, Predict, Section};
use crate::problem::{Problems, suggest};

type Spanned<'a> = (Event<'a>, core::ops::Range<usize>);

/// Where links may lead, and where this page is.
pub(crate) struct Site<'a> {
    /// Each written lesson's address relative to the site's root; `None` for one that is to come.
    pub(crate) lessons: &'a BTreeMap<String, Option<String>>,
    /// This page's address relative to the site's root: empty for the home page.
    pub(crate) here: &'a str,
}

/// A link to an anchor, to be checked when all pages are read.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) line: usize,
    /// The lesson's id; `None` for this page.
    pub(crate) lesson: Option<String>,
    pub(crate) anchor: String,
}

/// A page as it was read, with what has to be checked against the others.
pub(crate) struct ReadPage {
    pub(crate) page: Page,
    pub(crate) anchors: Vec<String>,
    pub(crate) wanted: Vec<Wanted>,
}

/// Reads a page's text. `number` is the lesson's; the home page has none.
pub(crate) fn page(
    text: &str,
    first_line: usize,
    number: Option<u32>,
    site: &Site<'_>,
    problems: &mut Problems<'_>,
) -> ReadPage {
    let mut reader = Reader::new(text, first_line, number, site, problems);
    reader.read();
    reader.check_notes();
    let Reader { page, anchors, wanted, .. } = reader;
    ReadPage { page, anchors: anchors.into_keys().collect(), wanted }
}

/// One paragraph of Markdown from front matter or a block, as HTML without the paragraph around it.
pub(crate) fn inline(
    text: &str,
    line: usize,
    site: &Site<'_>,
    wanted: &mut Vec<Wanted>,
    problems: &mut Problems<'_>,
) -> String {
    let mut reader = Reader::new(text, line, None, site, problems);
    let events: Vec<Spanned<'_>> = Parser::new_ext(text, options()).into_offset_iter().collect();
    let inner = reader.only_paragraph(&events, line);
    let html = reader.html(&inner);
    if !reader.pending_notes.is_empty() {
        reader.problems.add(line, "a note can't stand here", "move it into the lesson's text");
    }
    wanted.append(&mut reader.wanted);
    html
}

/// One line of Markdown as plain text: typographic quotes, node names still as `*A*`, nothing else.
pub(crate) fn plain(text: &str, line: usize, problems: &mut Problems<'_>) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Text(text) => out.push_str(&text),
            Event::Code(code) => write!(out, "`{code}`").expect("writing to a string works"),
            Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis) => out.push('*'),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            _ => {
                problems.add(line, "this text can only hold plain words, `code` and *A*", "take the rest out");
                break;
            }
        }
    }
    out
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
}

/// A note's definition.
struct Note<'a> {
    events: Vec<Spanned<'a>>,
    line: usize,
    used: bool,
}

struct Reader<'a, 'p, 'f> {
    text: &'a str,
    first_line: usize,
    number: Option<u32>,
    site: &'p Site<'p>,
    problems: &'p mut Problems<'f>,
    page: Page,
    anchors: BTreeMap<String, usize>,
    wanted: Vec<Wanted>,
    notes: BTreeMap<String, Note<'a>>,
    notes_shown: usize,
    /// Notes referred to since the last time that they were written out: number and label.
    pending_notes: Vec<(usize, String)>,
    pending_html: String,
    labs: u32,
    predicts: Vec<(PredictSpec, TomlText<'a>, usize)>,
}

impl<'a, 'p, 'f> Reader<'a, 'p, 'f> {
    fn new(
        text: &'a str,
        first_line: usize,
        number: Option<u32>,
        site: &'p Site<'p>,
        problems: &'p mut Problems<'f>,
    ) -> Self {
        Self {
            text,
            first_line,
            number,
            site,
            problems,
            page: Page::default(),
            anchors: BTreeMap::new(),
            wanted: Vec::new(),
            notes: BTreeMap::new(),
            notes_shown: 0,
            pending_notes: Vec::new(),
            pending_html: String::new(),
            labs: 0,
            predicts: Vec::new(),
        }
    }

    fn read(&mut self) {
        let events: Vec<Spanned<'a>> = Parser::new_ext(self.text, options()).into_offset_iter().collect();
        let events = self.take_notes(events);
        self.page.words = self.notes.values().flat_map(|note| &note.events).map(|(event, _)| words(event)).sum();
        for block in top_level(&events) {
            self.block(block);
        }
        self.flush();
        self.place_predicts();
    }

    /// One block of the page's top level, from its start to its end.
    fn block(&mut self, events: &[Spanned<'a>]) {
        if let Some((Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))), range)) = events.first() {
            let line = self.line(range.start);
            match info.as_ref() {
                "lab" => return self.lab(self.fenced(events), line),
                "predict" => return self.predict(self.fenced(events), line),
                _ => {}
            }
        }
        self.page.words += events.iter().map(|(event, _)| words(event)).sum::<usize>();
        self.check_undefined_notes(events);
        let html = self.html(events);
        self.pending_html.push_str(&html);
        for (number, label) in core::mem::take(&mut self.pending_notes) {
            self.write_note(number, &label);
        }
    }

    /// Ends a run of prose.
    fn flush(&mut self) {
        let html = core::mem::take(&mut self.pending_html);
        if !html.trim().is_empty() {
            self.page.body.push(Block::Html(html));
        }
    }

    // Labs and questions.

    /// The TOML inside a fenced block.
    fn fenced(&self, events: &[Spanned<'a>]) -> TomlText<'a> {
        let content = || events.iter().filter(|(event, _)| matches!(event, Event::Text(_)));
        let range = match (content().next(), content().next_back()) {
            (Some((_, first)), Some((_, last))) => first.start..last.end,
            _ => {
                let start = events.first().map_or(0, |(_, range)| range.start);
                return TomlText { text: "", first_line: self.line(start) + 1 };
            }
        };
        TomlText { text: &self.text[range.clone()], first_line: self.line(range.start) }
    }

    fn lab(&mut self, toml: TomlText<'a>, line: usize) {
        self.flush();
        self.labs += 1;
        let Some(built) = build::lab(toml, self.problems) else { return };
        let mut lab = built.lab;
        self.anchor(&lab.id, line, "lab");
        lab.number = self.number.map_or_else(String::new, |number| format!("{number}-{}", self.labs));
        lab.title = plain(&lab.title, toml.line_of_key("title"), self.problems);
        lab.caption = plain(&lab.caption, toml.line_of_key("caption"), self.problems);
        if let Some(challenge) = &mut lab.challenge {
            let at = toml.line_of_key("challenge");
            let texts = challenge.goals.iter_mut().map(|goal| &mut goal.text).chain(&mut challenge.hints);
            for text in core::iter::once(&mut challenge.goal).chain(texts) {
                *text = plain(text, at, self.problems);
            }
        }
        self.page.body.push(Block::Lab(Box::new(LabBlock { lab, claims: built.claims, line })));
    }

    /// Leaves a place for the question. It is filled when all labs of the page are known.
    fn predict(&mut self, toml: TomlText<'a>, line: usize) {
        self.flush();
        let Some(spec) = toml.parse::<PredictSpec>(self.problems) else { return };
        self.predicts.push((spec, toml, line));
        let place = Predict {
            id: String::new(),
            question: String::new(),
            choices: Vec::new(),
            answer: 0,
            lab: String::new(),
            at: Time::ZERO,
            because: String::new(),
            claims: Vec::new(),
            line,
        };
        self.page.body.push(Block::Predict(place));
    }

    fn place_predicts(&mut self) {
        for (spec, toml, line) in core::mem::take(&mut self.predicts) {
            let predict = self.build_predict(&spec, toml, line);
            let place = self.page.body.iter_mut().find_map(|block| match block {
                Block::Predict(place) if place.line == line => Some(place),
                _ => None,
            });
            *place.expect("each question left its place") = predict;
        }
    }

    fn build_predict(&mut self, spec: &PredictSpec, toml: TomlText<'_>, line: usize) -> Predict {
        let id = spec.id.get_ref();
        build::check_id(id, toml.line(&spec.id.span()), self.problems);
        self.anchor(id, line, "question");
        let count = spec.choices.len();
        if !(2..=5).contains(&count) {
            let what = format!("a question has two to five choices, not {count}");
            self.problems.add(toml.line_of_key("choices"), what, "add or remove some");
        }
        let letters: Vec<String> = ('a'..='e').take(count).map(String::from).collect();
        let answer = letters.iter().position(|letter| letter == spec.answer.get_ref());
        if answer.is_none() {
            let what = format!("`{}` is not one of the choices", spec.answer.get_ref());
            self.problems.add(toml.line(&spec.answer.span()), what, format!("choose from {}", letters.join(", ")));
        }
        let at = Time(spec.at.get_ref().0.0);
        let lab_id = spec.lab.get_ref();
        let lab = self.page.lab(lab_id).map(|block| block.lab.clone());
        let mut claims = Vec::new();
        if let Some(lab) = &lab {
            if at > lab.scenario.until {
                let what = format!("the moment {at} is after the end of lab `{lab_id}` at {}", lab.scenario.until);
                self.problems.add(toml.line(&spec.at.span()), what, "choose an earlier one");
            }
            claims = build::claims_about(lab, &spec.claim, toml, self.problems);
        } else {
            let known: Vec<String> = self.page.labs().map(|block| block.lab.id.clone()).collect();
            let help = suggest(lab_id, known.iter().map(String::as_str));
            self.problems.add(toml.line(&spec.lab.span()), format!("there is no lab `{lab_id}` on this page"), help);
        }
        let mut text = |spec: &toml::Spanned<String>| {
            inline(spec.get_ref(), toml.line(&spec.span()), self.site, &mut self.wanted, self.problems)
        };
        Predict {
            id: id.clone(),
            question: text(&spec.question),
            choices: spec.choices.iter().map(&mut text).collect(),
            answer: answer.unwrap_or(0),
            lab: lab_id.clone(),
            at,
            because: text(&spec.because),
            claims,
            line,
        }
    }

    // Notes.

    /// Takes the notes' definitions out of the text.
    fn take_notes(&mut self, events: Vec<Spanned<'a>>) -> Vec<Spanned<'a>> {
        let mut rest = Vec::with_capacity(events.len());
        let mut open: Option<(String, Note<'a>)> = None;
        for (event, range) in events {
            match (event, &mut open) {
                (Event::Start(Tag::FootnoteDefinition(label)), _) => {
                    let note = Note { events: Vec::new(), line: self.line(range.start), used: false };
                    open = Some((label.to_string(), note));
                }
                (Event::End(TagEnd::FootnoteDefinition), _) => {
                    if let Some((label, note)) = open.take() {
                        let line = note.line;
                        if self.notes.insert(label.clone(), note).is_some() {
                            self.problems.add(line, format!("the note `{label}` is defined twice"), "rename one");
                        }
                    }
                }
                (event, Some((_, note))) => note.events.push((event, range)),
                (event, None) => rest.push((event, range)),
            }
        }
        rest
    }

    fn write_note(&mut self, number: usize, label: &str) {
        let Some((events, line)) = self.notes.get(label).map(|note| (note.events.clone(), note.line)) else { return };
        let inner = self.only_paragraph(&events, line);
        let html = self.html(&inner);
        let _ = writeln!(
            self.pending_html,
            "<aside class=\"note\" role=\"note\" id=\"note-{number}\"><span><b>{number}</b>{html}</span></aside>"
        );
        if !core::mem::take(&mut self.pending_notes).is_empty() {
            self.problems.add(line, "a note can't have notes of its own", "say it in the note");
        }
    }

    fn check_notes(&mut self) {
        for (label, note) in &self.notes {
            if !note.used {
                self.problems.add(
                    note.line,
                    format!("nothing refers to the note `{label}`"),
                    format!("write [^{label}] in the text, or remove it"),
                );
            }
        }
    }

    /// A reference to a note that is not defined is plain text to the parser.
    fn check_undefined_notes(&mut self, events: &[Spanned<'a>]) {
        let mut text = String::new();
        for (event, range) in events {
            if let Event::Text(piece) = event {
                text.push_str(piece);
            } else {
                text.clear();
            }
            if let Some((_, rest)) = text.split_once("[^")
                && let Some((label, _)) = rest.split_once(']')
            {
                self.problems.add(
                    self.line(range.start),
                    format!("there is no note `{label}`"),
                    format!("add a line `[^{label}]: …`"),
                );
                text.clear();
            }
        }
    }

    /// The inside of the one paragraph that a short text may consist of.
    fn only_paragraph(&mut self, events: &[Spanned<'a>], line: usize) -> Vec<Spanned<'a>> {
        match events {
            [(Event::Start(Tag::Paragraph), _), inner @ .., (Event::End(TagEnd::Paragraph), _)]
                if !inner.iter().any(|(event, _)| matches!(event, Event::Start(Tag::Paragraph))) =>
            {
                inner.to_vec()
            }
            _ => {
                self.problems.add(line, "this text has to be one paragraph", "say it in one");
                Vec::new()
            }
        }
    }

    // Prose.

    fn html(&mut self, events: &[Spanned<'a>]) -> String {
        let mut out: Vec<Event<'a>> = Vec::with_capacity(events.len());
        let mut rest = events;
        while let Some(((event, range), after)) = rest.split_first() {
            rest = after;
            let line = self.line(range.start);
            match event {
                Event::Start(Tag::Emphasis) => {
                    if let [(Event::Text(name), _), (Event::End(TagEnd::Emphasis), _), after @ ..] = rest
                        && is_name(name)
                    {
                        out.push(raw(format!("<span class=\"nd\">{name}</span>")));
                        rest = after;
                    } else {
                        out.push(event.clone());
                    }
                }
                Event::Text(text) => push_text(text, &mut out),
                Event::Start(Tag::Heading { level, id, .. }) => {
                    let end = rest.iter().position(|(event, _)| matches!(event, Event::End(TagEnd::Heading(_))));
                    let (inside, after) = rest.split_at(end.unwrap_or(rest.len()));
                    rest = after.split_first().map_or(after, |(_, after)| after);
                    let html = self.heading(*level, id.as_deref(), inside, line);
                    out.push(Event::Html(html.into()));
                }
                Event::FootnoteReference(label) => out.push(self.reference(label, line)),
                Event::Start(Tag::Link { dest_url, .. }) => out.push(self.link(dest_url, line)),
                Event::End(TagEnd::Link) => out.push(raw("</a>".into())),
                Event::Start(Tag::Image { .. }) => {
                    self.problems.add(line, "pictures are not part of lessons", "show it in a lab, or say it");
                }
                Event::End(TagEnd::Image) => {}
                Event::Html(html) | Event::InlineHtml(html) if html.trim_start().starts_with("<!--") => {}
                Event::Html(_) | Event::InlineHtml(_) => {
                    self.problems.add(line, "HTML is not part of lessons", "write it in Markdown");
                }
                Event::Start(Tag::BlockQuote(Some(kind))) => {
                    let (class, head) = callout(*kind);
                    let html = format!("<aside class=\"callout is-{class}\">\n<p class=\"callout-head\">{head}</p>\n");
                    out.push(Event::Html(html.into()));
                }
                Event::End(TagEnd::BlockQuote(Some(_))) => out.push(Event::Html("</aside>\n".into())),
                Event::Start(Tag::Table(_)) => {
                    out.push(Event::Html("<div class=\"table\" tabindex=\"0\">".into()));
                    out.push(event.clone());
                }
                Event::End(TagEnd::Table) => {
                    out.push(event.clone());
                    out.push(Event::Html("</div>\n".into()));
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if matches!(&**info, "lab" | "predict") => {
                    self.problems.add(line, format!("a {info} block can't stand inside another block"), "move it out");
                    out.push(event.clone());
                }
                _ => out.push(event.clone()),
            }
        }
        let mut html = String::new();
        html::push_html(&mut html, out.into_iter());
        html
    }

    fn heading(&mut self, level: HeadingLevel, id: Option<&str>, inside: &[Spanned<'a>], line: usize) -> String {
        let title: String = inside
            .iter()
            .filter_map(|(event, _)| match event {
                Event::Text(text) | Event::Code(text) => Some(&**text),
                _ => None,
            })
            .collect();
        let anchor = id.map_or_else(|| slug(&title), str::to_owned);
        self.anchor(&anchor, line, "heading");
        let html = self.html(inside);
        match level {
            HeadingLevel::H2 => {
                let count = self.page.sections.len() + 1;
                let number = self.number.map_or_else(String::new, |number| format!("{number}.{count}"));
                let shown =
                    if number.is_empty() { String::new() } else { format!("<span class=\"no\">{number}</span>") };
                self.page.sections.push(Section { number, title, anchor: anchor.clone() });
                format!("<h2 id=\"{anchor}\">{shown}{html}</h2>\n")
            }
            HeadingLevel::H3 => format!("<h3 id=\"{anchor}\">{html}</h3>\n"),
            _ => {
                let help = "use ## for sections and ### within them; the title stands in the front matter";
                self.problems.add(line, format!("a heading of level {}", level as u8), help);
                String::new()
            }
        }
    }

    fn reference(&mut self, label: &str, line: usize) -> Event<'a> {
        if let Some(note) = self.notes.get_mut(label) {
            if note.used {
                let what = format!("the note `{label}` is referred to twice");
                self.problems.add(line, what, "refer to it once; it stands beside that line");
            }
            note.used = true;
        }
        self.notes_shown += 1;
        let number = self.notes_shown;
        self.pending_notes.push((number, label.to_owned()));
        raw(format!("<a class=\"ref\" href=\"#note-{number}\" aria-label=\"Note {number}\">{number}</a>"))
    }

    fn link(&mut self, url: &str, line: usize) -> Event<'a> {
        if let Some(anchor) = url.strip_prefix('#') {
            self.wanted.push(Wanted { line, lesson: None, anchor: anchor.to_owned() });
            return open_link(url, "");
        }
        if let Some(target) = url.strip_prefix("lesson:") {
            let (id, anchor) = target.split_once('#').unwrap_or((target, ""));
            return match self.site.lessons.get(id) {
                Some(Some(path)) => {
                    if !anchor.is_empty() {
                        let lesson = Some(id.to_owned());
                        self.wanted.push(Wanted { line, lesson, anchor: anchor.to_owned() });
                    }
                    let hash = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
                    open_link(&format!("{}{hash}", relative(self.site.here, path)), "")
                }
                Some(None) => {
                    self.problems.add(line, format!("the lesson `{id}` is still to come"), "name it without a link");
                    open_link("", "")
                }
                None => {
                    let help = suggest(id, self.site.lessons.keys().map(String::as_str));
                    self.problems.add(line, format!("there is no lesson `{id}`"), help);
                    open_link("", "")
                }
            };
        }
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            let help = "write https://…, lesson:<id> or #<heading>";
            self.problems.add(line, format!("`{url}` is not a link that lessons can have"), help);
        }
        open_link(url, " rel=\"noopener\"")
    }

    /// Takes note of an id on the page. Each can be given once.
    fn anchor(&mut self, id: &str, line: usize, what: &str) {
        if let Some(first) = self.anchors.insert(id.to_owned(), line) {
            let help = match what {
                "heading" => format!("line {first} has it; add {{#another}} after the heading"),
                _ => format!("line {first} has it; choose another"),
            };
            self.problems.add(line, format!("the {what} id `{id}` is already taken on this page"), help);
        }
    }

    fn line(&self, offset: usize) -> usize {
        self.first_line + self.text[..offset.min(self.text.len())].bytes().filter(|&byte| byte == b'\n').count()
    }
}

/// Cuts the events into the blocks of the top level.
fn top_level<'e, 'a>(events: &'e [Spanned<'a>]) -> Vec<&'e [Spanned<'a>]> {
    let (mut blocks, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (n, (event, _)) in events.iter().enumerate() {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            blocks.push(&events[start..=n]);
            start = n + 1;
        }
    }
    blocks
}

fn words(event: &Event<'_>) -> usize {
    match event {
        Event::Text(text) | Event::Code(text) => {
            text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
        }
        _ => 0,
    }
}

/// Whether an emphasised word is the name of a node or, as `c`, of a client.
fn is_name(text: &str) -> bool {
    matches!(text.as_bytes(), [b'A'..=b'Z' | b'c'])
}

fn raw<'a>(html: String) -> Event<'a> {
    Event::InlineHtml(html.into())
}

/// Text, with subscript digits as elements: the fonts have no such characters.
fn push_text<'a>(text: &CowStr<'a>, out: &mut Vec<Event<'a>>) {
    let digit = |c: char| ('₀'..='₉').contains(&c);
    if !text.contains(digit) {
        out.push(Event::Text(text.clone()));
        return;
    }
    for piece in text.split_inclusive(digit) {
        let (words, sub) = match piece.chars().next_back().filter(|&c| digit(c)) {
            Some(sub) => (&piece[..piece.len() - sub.len_utf8()], Some(sub as u32 - '₀' as u32)),
            None => (piece, None),
        };
        out.push(Event::Text(words.to_owned().into()));
        if let Some(sub) = sub {
            out.push(raw(format!("<sub>{sub}</sub>")));
        }
    }
}

fn open_link<'a>(url: &str, attributes: &str) -> Event<'a> {
    let href = url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
    raw(format!("<a href=\"{href}\"{attributes}>"))
}

fn callout(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("note", "Note"),
        BlockQuoteKind::Tip => ("tip", "Tip"),
        BlockQuoteKind::Important => ("important", "Important"),
        BlockQuoteKind::Warning => ("warning", "Warning"),
        BlockQuoteKind::Caution => ("caution", "Caution"),
    }
}

/// A heading's id: its letters and digits in lower case, joined by hyphens.
fn slug(title: &str) -> String {
    let letters = title.to_lowercase().replace(['’', '\''], "");
    let words = letters.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// The address of one page from another, both relative to the site's root and ending in `/` or empty.
pub(crate) fn relative(from: &str, to: &str) -> String {
    if from == to {
        return String::new();
    }
    let up = "../".repeat(from.matches('/').count());
    match format!("{up}{to}") {
        path if path.is_empty() => "./".to_owned(),
        path => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page's HTML. Its text must be without problems.
    #[track_caller]
    fn html(text: &str) -> String {
        let lessons = BTreeMap::from([
            ("here".to_owned(), Some("agreement/here/".to_owned())),
            ("there".to_owned(), Some("scaling/there/".to_owned())),
        ]);
        let mut problems = Problems::of("here.md");
        let site = Site { lessons: &lessons, here: "agreement/here/" };
        let read = page(text, 1, Some(14), &site, &mut problems);
        assert_eq!(problems.into_vec(), [], "{text}");
        let html = read.page.body.into_iter().map(|block| match block {
            Block::Html(html) => html,
            other => panic!("prose was expected, not {other:?}"),
        });
        html.collect()
    }

    #[test]
    fn names_are_set_as_points_in_a_figure_and_emphasis_is_not() {
        assert_eq!(
            html("*A* tells *c*\u{2081} *all*, it's `*A*`."),
            "<p><span class=\"nd\">A</span> tells <span class=\"nd\">c</span><sub>1</sub> <em>all</em>, \
             it\u{2019}s <code>*A*</code>.</p>\n"
        );
    }

    #[test]
    fn a_note_stands_after_its_paragraph_and_is_numbered_by_its_reference() {
        let text = "One.[^b] Two.[^a]\n\nThree.\n\n[^a]: Of *two*.\n[^b]: Of one.\n";
        assert_eq!(
            html(text),
            "<p>One.<a class=\"ref\" href=\"#note-1\" aria-label=\"Note 1\">1</a> \
             Two.<a class=\"ref\" href=\"#note-2\" aria-label=\"Note 2\">2</a></p>\n\
             <aside class=\"note\" role=\"note\" id=\"note-1\"><span><b>1</b>Of one.</span></aside>\n\
             <aside class=\"note\" role=\"note\" id=\"note-2\"><span><b>2</b>Of <em>two</em>.</span></aside>\n\
             <p>Three.</p>\n"
        );
    }

    #[test]
    fn sections_are_numbered_and_headings_named_after_their_words() {
        assert_eq!(
            html("## Who's *A*?\n\n### In short {#short}\n\n## Next"),
            "<h2 id=\"whos-a\"><span class=\"no\">14.1</span>Who\u{2019}s <span class=\"nd\">A</span>?</h2>\n\
             <h3 id=\"short\">In short</h3>\n<h2 id=\"next\"><span class=\"no\">14.2</span>Next</h2>\n"
        );
    }

    #[test]
    fn links_are_relative_within_the_course_and_guarded_out_of_it() {
        assert_eq!(
            html("[a](lesson:there#x) [b](lesson:here) [c](https://e.org/?a=1&b=2)"),
            "<p><a href=\"../../scaling/there/#x\">a</a> <a href=\"\">b</a> \
             <a href=\"https://e.org/?a=1&amp;b=2\" rel=\"noopener\">c</a></p>\n"
        );
        assert_eq!(relative("", "scaling/there/"), "scaling/there/");
        assert_eq!(relative("scaling/there/", ""), "../../");
    }

    #[test]
    fn callouts_and_tables_have_elements_of_their_own() {
        let callout = html("> [!WARNING]\n> Mind the gap.");
        assert_eq!(
            callout,
            "<aside class=\"callout is-warning\">\n<p class=\"callout-head\">Warning</p>\n\
             <p>Mind the gap.</p>\n</aside>\n"
        );
        let table = html("| a | b |\n|---|---|\n| 1 | 2 |");
        assert!(table.starts_with("<div class=\"table\" tabindex=\"0\"><table>"), "{table}");
        assert!(table.trim_end().ends_with("</table>\n</div>"), "{table}");
    }

    #[test]
    fn words_of_notes_count_and_those_of_labs_do_not() {
        let lessons = BTreeMap::new();
        let mut problems = Problems::of("here.md");
        let site = Site { lessons: &lessons, here: "" };
        let text = "One two.[^n]\n\n[^n]: Three.\n\n```lab\nid = \"four five six\"\n```\n";
        assert_eq!(page(text, 1, None, &site, &mut problems).page.words, 3);
    }
}
