//! The course as it was read: parts, lessons, pages and their blocks.

use std::path::Path;

use sim::Time;

use crate::lab::{Claim, Lab};
use crate::problem::Problem;

/// The whole course, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Its name.
    pub title: String,
    /// What it promises, in a sentence.
    pub promise: String,
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// The home page.
    pub home: Home,
}

/// A part: lessons that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The name of its folder and the first step of its lessons' addresses.
    pub id: String,
    /// Its title.
    pub title: String,
    /// One line about it.
    pub blurb: String,
    /// Its lessons in order, written or not.
    pub entries: Vec<Entry>,
}

/// A lesson in the table of contents.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name of its file, without the ending, and the last step of its address.
    pub id: String,
    /// Its number within the course, from 1.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// One line about it.
    pub blurb: String,
    /// The lesson; `None` while it is to come.
    pub lesson: Option<Lesson>,
}

/// A lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Its id, unique within the course.
    pub id: String,
    /// Its part's id.
    pub part: String,
    /// What stands in front of its text.
    pub meta: Meta,
    /// Its text and labs.
    pub page: Page,
}

/// A lesson's front matter. Sentences are HTML, ready to be placed in an element.
#[derive(Clone, Debug, PartialEq)]
pub struct Meta {
    /// Its number within the course, from 1.
    pub number: u32,
    /// Its title, plain text.
    pub title: String,
    /// The paragraph under the title, plain text.
    pub deck: String,
    /// How long it takes, labs included.
    pub minutes: u32,
    /// What a reader can do by the end. HTML.
    pub goals: Vec<String>,
    /// The belief that the lesson corrects, if it has one. HTML.
    pub misconception: Option<String>,
    /// The ids of the lessons that it builds on.
    pub builds_on: Vec<String>,
    /// What to remember. HTML.
    pub takeaways: Vec<String>,
    /// Where its facts are from.
    pub sources: Vec<Source>,
}

/// Something to read. Plain text.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its title.
    pub title: String,
    /// Who wrote it; may be empty.
    pub authors: String,
    /// Where and when it appeared; may be empty.
    pub venue: String,
    /// Its address.
    pub url: String,
    /// Which part of it matters here; may be empty.
    pub note: String,
}

/// The home page.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// The title.
    pub title: String,
    /// The paragraph under it, plain text.
    pub deck: String,
    /// Its text and its lab.
    pub page: Page,
}

/// The text and the labs of one page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The file that it was read from.
    pub file: String,
    /// Its sections, in order.
    pub sections: Vec<Section>,
    /// What it consists of, in order.
    pub body: Vec<Block>,
    /// How many words its prose and notes have.
    pub words: usize,
}

/// A section, for the page's own table of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its number, such as `14.1`; empty on the home page.
    pub number: String,
    /// Its title, plain text.
    pub title: String,
    /// The id of its heading.
    pub anchor: String,
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Prose: paragraphs, headings, notes, callouts, lists, tables, code.
    Html(String),
    /// A lab.
    Lab(Box<LabBlock>),
    /// A question to answer before a lab.
    Predict(Predict),
}

/// A lab with what the page says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LabBlock {
    /// The lab.
    pub lab: Lab,
    /// What the prose says of it.
    pub claims: Vec<Claim>,
    /// Where its block begins in the page's file, from 1.
    pub line: usize,
}

/// A question to answer before a lab shows the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Predict {
    /// Its id, unique on the page.
    pub id: String,
    /// The question. HTML.
    pub question: String,
    /// The answers to choose from, lettered a, b, c. HTML.
    pub choices: Vec<String>,
    /// The index of the right one.
    pub answer: usize,
    /// The lab that shows it: an id on the same page.
    pub lab: String,
    /// The moment of that lab to look at.
    pub at: Time,
    /// Why it is so. HTML.
    pub because: String,
    /// What makes the answer right, judged on that lab.
    pub claims: Vec<Claim>,
    /// Where its block begins in the page's file, from 1.
    pub line: usize,
}

impl Course {
    /// Reads and checks the course in this folder: `course.toml`, `home.md` and `<part>/<lesson>.md`.
    ///
    /// # Errors
    /// Everything that is wrong with it, ordered by file and line.
    pub fn read(content_dir: &Path) -> Result<Self, Vec<Problem>> {
        crate::read::course(content_dir)
    }

    /// The written lessons, in the order of the course.
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.entries().filter_map(|(_, entry)| entry.lesson.as_ref())
    }

    /// All lessons with their parts, written or not, in order.
    pub fn entries(&self) -> impl Iterator<Item = (&Part, &Entry)> {
        self.parts.iter().flat_map(|part| part.entries.iter().map(move |entry| (part, entry)))
    }

    /// All pages: home first, then the lessons.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        core::iter::once(&self.home.page).chain(self.lessons().map(|lesson| &lesson.page))
    }

    /// The written lesson with this id.
    #[must_use]
    pub fn lesson(&self, id: &str) -> Option<&Lesson> {
        self.lessons().find(|lesson| lesson.id == id)
    }
}

impl Lesson {
    /// Its address relative to the site's root: `agreement/electing-a-leader/`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}/", self.part, self.id)
    }
}

impl Page {
    /// Its labs, in order.
    pub fn labs(&self) -> impl Iterator<Item = &LabBlock> {
        self.body.iter().filter_map(|block| match block {
            Block::Lab(lab) => Some(&**lab),
            Block::Html(_) | Block::Predict(_) => None,
        })
    }

    /// Its questions, in order.
    pub fn predicts(&self) -> impl Iterator<Item = &Predict> {
        self.body.iter().filter_map(|block| match block {
            Block::Predict(predict) => Some(predict),
            Block::Html(_) | Block::Lab(_) => None,
        })
    }

    /// The lab with this id.
    #[must_use]
    pub fn lab(&self, id: &str) -> Option<&LabBlock> {
        self.labs().find(|block| block.lab.id == id)
    }
}
