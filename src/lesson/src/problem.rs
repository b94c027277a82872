//! What is wrong with a course, where, and what to do about it.

use core::fmt;

/// One thing that is wrong with the course's files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as it was opened.
    pub file: String,
    /// The line in it, from 1; 0 if the problem is with the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it; may be empty.
    pub help: String,
}

/// As compilers and editors write it: `lesson.md:42: what is wrong; what to do`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}", self.what)?;
        if !self.help.is_empty() {
            write!(f, "; {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

/// Collects the problems of one file. Reading goes on after a problem, so that an author sees them all at once.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    file: &'a str,
    found: Vec<Problem>,
}

impl<'a> Problems<'a> {
    pub(crate) fn of(file: &'a str) -> Self {
        Self { file, found: Vec::new() }
    }

    pub(crate) fn add(&mut self, line: usize, what: impl Into<String>, help: impl Into<String>) {
        self.found.push(Problem { file: self.file.to_owned(), line, what: what.into(), help: help.into() });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.found
    }
}

/// `did you mean `x`?` if one of the options is near enough to be meant, else a list of them all.
pub(crate) fn suggest<'o>(wrong: &str, options: impl IntoIterator<Item = &'o str>) -> String {
    let options: Vec<&str> = options.into_iter().collect();
    let distance = |option: &&&str| strsim::damerau_levenshtein(&wrong.to_lowercase(), &option.to_lowercase());
    let near = (wrong.chars().count().div_ceil(3)).max(2);
    match options.iter().min_by_key(distance) {
        Some(best) if distance(&best) <= near && wrong.chars().count() > 1 => format!("did you mean `{best}`?"),
        _ if options.is_empty() => String::new(),
        _ => format!("choose from {}", options.join(", ")),
    }
}
