//! Reads a course from its folder: the map, the home page, and each lesson that is written.
//!
//! Reading goes on after a problem, so that an author sees all of them at once.

mod build;
mod lab_file;
mod markdown;
mod spec;
mod toml_text;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::Spanned;

use markdown::{ReadPage, Site, Wanted, inline, plain};
use spec::{CourseSpec, EntrySpec, FrontSpec, HomeSpec, SourceSpec};
use toml_text::TomlText;

use crate::course::{Block, Course, Entry, Home, Lesson, Meta, Page, Part, Source};
use crate::lab::Size;
use crate::problem::{Problem, Problems, suggest};

/// Reads the whole course.
pub(crate) fn course(dir: &Path) -> Result<Course, Vec<Problem>> {
    let mut shelf = Shelf { dir, found: Vec::new(), pages: Vec::new() };
    let course = shelf.course();
    shelf.check_links();
    let mut found = shelf.found;
    found.sort();
    found.dedup();
    match course {
        Some(course) if found.is_empty() => Ok(course),
        _ => Err(found),
    }
}

/// What is known while a course is read.
struct Shelf<'a> {
    dir: &'a Path,
    found: Vec<Problem>,
    pages: Vec<Links>,
}

/// A page's anchors, and the anchors that its links want.
struct Links {
    /// The lesson's id; `None` for the home page.
    lesson: Option<String>,
    file: String,
    anchors: Vec<String>,
    wanted: Vec<Wanted>,
}

impl Shelf<'_> {
    fn course(&mut self) -> Option<Course> {
        let (file, text) = self.open("course.toml")?;
        let mut problems = Problems::of(&file);
        let toml = TomlText { text: &text, first_line: 1 };
        let spec = toml.parse::<CourseSpec>(&mut problems);
        if let Some(spec) = &spec {
            check_map(spec, toml, &mut problems);
        }
        self.found.extend(problems.into_vec());
        let spec = spec?;

        let addresses: BTreeMap<String, Option<String>> = spec
            .part
            .iter()
            .flat_map(|part| part.lesson.iter().map(move |lesson| (part.id.get_ref(), lesson.id.get_ref())))
            .map(|(part, id)| {
                let written = self.dir.join(part).join(format!("{id}.md")).exists();
                (id.clone(), written.then(|| format!("{part}/{id}/")))
            })
            .collect();
        self.check_strays(&spec);

        let home = self.home(&addresses);
        let parts = spec.part.iter().map(|part| Part {
            id: part.id.get_ref().clone(),
            title: part.title.clone(),
            blurb: part.blurb.clone(),
            entries: part.lesson.iter().map(|entry| self.entry(part.id.get_ref(), entry, &addresses)).collect(),
        });
        let parts = parts.collect();
        Some(Course { title: spec.title.clone(), promise: spec.promise.clone(), parts, home: home? })
    }

    fn entry(&mut self, part: &str, spec: &EntrySpec, addresses: &BTreeMap<String, Option<String>>) -> Entry {
        let id = spec.id.get_ref().clone();
        let lesson = match addresses.get(&id) {
            Some(Some(path)) => self.lesson(part, spec, path, addresses),
            _ => None,
        };
        Entry { id, number: *spec.number.get_ref(), title: spec.title.clone(), blurb: spec.blurb.clone(), lesson }
    }

    fn home(&mut self, addresses: &BTreeMap<String, Option<String>>) -> Option<Home> {
        let (file, text) = self.open("home.md")?;
        let mut problems = Problems::of(&file);
        let site = Site { lessons: addresses, here: "" };
        let home = split(&text, &mut problems).and_then(|(front, body)| {
            let spec = front.parse::<HomeSpec>(&mut problems);
            let read = markdown::page(body.text, body.first_line, None, &site, &mut problems);
            let page = self.shelve(None, &file, read);
            let spec = spec?;
            Some(Home {
                title: plain(&spec.title, front.line_of_key("title"), &mut problems),
                deck: plain(&spec.deck, front.line_of_key("deck"), &mut problems),
                page,
            })
        });
        self.found.extend(problems.into_vec());
        home
    }

    fn lesson(
        &mut self,
        part: &str,
        entry: &EntrySpec,
        path: &str,
        addresses: &BTreeMap<String, Option<String>>,
    ) -> Option<Lesson> {
        let id = entry.id.get_ref();
        let (file, text) = self.open(&format!("{part}/{id}.md"))?;
        let mut problems = Problems::of(&file);
        let site = Site { lessons: addresses, here: path };
        let lesson = split(&text, &mut problems).and_then(|(front, body)| {
            let spec = front.parse::<FrontSpec>(&mut problems);
            let number = *entry.number.get_ref();
            let mut read = markdown::page(body.text, body.first_line, Some(number), &site, &mut problems);
            let meta = spec.map(|spec| meta(spec, entry, front, &site, &mut read.wanted, &mut problems));
            let page = self.shelve(Some(id), &file, read);
            let meta = meta?;
            check_sizes(&page, &mut problems);
            // A block that was refused counts for nothing, so the estimate would mislead.
            if problems.is_empty() {
                check_minutes(&meta, &page, front.line_of_key("minutes"), &mut problems);
            }
            Some(Lesson { id: id.clone(), part: part.to_owned(), meta, page })
        });
        self.found.extend(problems.into_vec());
        lesson
    }

    /// Keeps what has to be checked later, and gives the page its file.
    fn shelve(&mut self, lesson: Option<&String>, file: &str, read: ReadPage) -> Page {
        let ReadPage { page, anchors, wanted } = read;
        self.pages.push(Links { lesson: lesson.cloned(), file: file.to_owned(), anchors, wanted });
        Page { file: file.to_owned(), ..page }
    }

    /// Every link to an anchor has to find it.
    fn check_links(&mut self) {
        let mut lost = Vec::new();
        for from in &self.pages {
            for link in &from.wanted {
                let target = link.lesson.as_ref().or(from.lesson.as_ref());
                let Some(page) = self.pages.iter().find(|page| page.lesson.as_ref() == target) else { continue };
                if !page.anchors.contains(&link.anchor) {
                    let place = target.map_or("on the home page".to_owned(), |id| format!("in lesson `{id}`"));
                    lost.push(Problem {
                        file: from.file.clone(),
                        line: link.line,
                        what: format!("there is no heading or lab `#{}` {place}", link.anchor),
                        help: suggest(&link.anchor, page.anchors.iter().map(String::as_str)),
                    });
                }
            }
        }
        self.found.extend(lost);
    }

    /// A Markdown file that the map does not know would never be shown.
    fn check_strays(&mut self, spec: &CourseSpec) {
        for part in &spec.part {
            let Ok(folder) = fs::read_dir(self.dir.join(part.id.get_ref())) else { continue };
            for path in folder.flatten().map(|file| file.path()) {
                let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                let known = part.lesson.iter().any(|lesson| lesson.id.get_ref() == stem);
                if path.extension().is_some_and(|ending| ending == "md") && !known {
                    self.found.push(Problem {
                        file: path.display().to_string(),
                        line: 0,
                        what: "course.toml does not know this lesson".to_owned(),
                        help: suggest(stem, part.lesson.iter().map(|lesson| lesson.id.get_ref().as_str())),
                    });
                }
            }
        }
    }

    fn open(&mut self, name: &str) -> Option<(String, String)> {
        let path = self.dir.join(name);
        let file = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => Some((file, text.replace("\r\n", "\n"))),
            Err(error) => {
                self.found.push(Problem {
                    file,
                    line: 0,
                    what: format!("can't be read: {error}"),
                    help: String::new(),
                });
                None
            }
        }
    }
}

/// Cuts a file into its front matter and its text.
fn split<'t>(text: &'t str, problems: &mut Problems<'_>) -> Option<(TomlText<'t>, TomlText<'t>)> {
    let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
    let Some((front, body)) = parts else {
        problems.add(1, "the front matter is missing", "begin the file with TOML between two lines of +++");
        return None;
    };
    let front_lines = front.bytes().filter(|&byte| byte == b'\n').count() + 1;
    Some((TomlText { text: front, first_line: 2 }, TomlText { text: body, first_line: front_lines + 3 }))
}

fn meta(
    spec: FrontSpec,
    entry: &EntrySpec,
    front: TomlText<'_>,
    site: &Site<'_>,
    wanted: &mut Vec<Wanted>,
    problems: &mut Problems<'_>,
) -> Meta {
    let (number, title) = (*spec.number.get_ref(), spec.title.get_ref());
    if number != *entry.number.get_ref() {
        let help = format!("course.toml gives it the number {}", entry.number.get_ref());
        problems.add(front.line(&spec.number.span()), format!("this is not lesson {number}"), help);
    }
    let title_line = front.line(&spec.title.span());
    let title = plain(title, title_line, problems);
    if title != entry.title {
        let help = format!("course.toml calls it “{}”", entry.title);
        problems.add(title_line, format!("the title is “{title}”"), help);
    }
    for lesson in &spec.builds_on {
        if !site.lessons.contains_key(lesson.get_ref()) {
            let help = suggest(lesson.get_ref(), site.lessons.keys().map(String::as_str));
            problems.add(front.line(&lesson.span()), format!("there is no lesson `{}`", lesson.get_ref()), help);
        }
    }
    let deck = plain(&spec.deck, front.line_of_key("deck"), problems);
    let sources = spec.sources.into_iter().map(|source| read_source(source, front, problems)).collect();
    let mut html = |text: &Spanned<String>| inline(text.get_ref(), front.line(&text.span()), site, wanted, problems);
    Meta {
        number,
        title,
        deck,
        minutes: *spec.minutes.get_ref(),
        goals: spec.goals.iter().map(&mut html).collect(),
        misconception: spec.misconception.as_ref().map(&mut html),
        builds_on: spec.builds_on.into_iter().map(Spanned::into_inner).collect(),
        takeaways: spec.takeaways.iter().map(&mut html).collect(),
        sources,
    }
}

fn read_source(spec: SourceSpec, front: TomlText<'_>, problems: &mut Problems<'_>) -> Source {
    let line = front.line(&spec.url.span());
    if !spec.url.get_ref().starts_with("https://") && !spec.url.get_ref().starts_with("http://") {
        problems.add(line, format!("`{}` is not an address", spec.url.get_ref()), "write https://…");
    }
    let mut text = |text: &str| plain(text, line, problems);
    Source {
        title: text(&spec.title),
        authors: text(&spec.authors),
        venue: text(&spec.venue),
        note: text(&spec.note),
        url: spec.url.into_inner(),
    }
}

fn check_map(spec: &CourseSpec, toml: TomlText<'_>, problems: &mut Problems<'_>) {
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    let lessons = || spec.part.iter().flat_map(|part| &part.lesson);
    for id in spec.part.iter().map(|part| &part.id).chain(lessons().map(|lesson| &lesson.id)) {
        let line = toml.line(&id.span());
        build::check_id(id.get_ref(), line, problems);
        if let Some(first) = ids.insert(id.get_ref(), line) {
            problems.add(
                line,
                format!("the id `{}` is already taken", id.get_ref()),
                format!("line {first} has it; choose another"),
            );
        }
    }
    for (expected, lesson) in (1_u32..).zip(lessons()) {
        if *lesson.number.get_ref() != expected {
            let what = format!("lesson `{}` has the number {}", lesson.id.get_ref(), lesson.number.get_ref());
            problems.add(toml.line(&lesson.number.span()), what, format!("in this order it is {expected}"));
        }
    }
}

/// Words that a reader of such text takes in a minute.
const WORDS_PER_MINUTE: usize = 200;

/// How long a page takes, by its words and what there is to do: two minutes for a lab, four for a large one,
/// one for a question, five for a challenge.
fn estimate(page: &Page) -> usize {
    let doing: usize = page
        .body
        .iter()
        .map(|block| match block {
            Block::Html(_) => 0,
            Block::Predict(_) => 1,
            Block::Lab(block) if block.lab.challenge.is_some() => 5,
            Block::Lab(block) if block.lab.size == Size::Small => 2,
            Block::Lab(_) => 4,
        })
        .sum();
    page.words.div_ceil(WORDS_PER_MINUTE) + doing
}

fn check_minutes(meta: &Meta, page: &Page, line: usize, problems: &mut Problems<'_>) {
    let (stated, estimate) = (meta.minutes as usize, estimate(page));
    // Within a factor of two thirds and three halves, it is the author's judgement.
    if stated * 3 < estimate * 2 || stated * 2 > estimate * 3 {
        let labs = page.labs().count();
        let what = format!("`minutes = {stated}` is not plausible");
        problems.add(
            line,
            what,
            format!("{} words and what there is to do in {labs} labs take about {estimate}", page.words),
        );
    }
}

/// A lesson has one main experiment at most, and the hero is the home page's.
fn check_sizes(page: &Page, problems: &mut Problems<'_>) {
    for hero in page.labs().filter(|block| block.lab.size == Size::Hero) {
        problems.add(hero.line, "`size = \"hero\"` is for the home page", "use small or full");
    }
    for second in page.labs().filter(|block| block.lab.size == Size::Full).skip(1) {
        problems.add(second.line, "a second lab of size full", "a lesson has one at most: its main experiment");
    }
}

#[cfg(test)]
mod guide;
