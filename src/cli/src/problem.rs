//! Why a command could not do its work, in words that say what to do next.

use std::fmt;

/// One failure, told to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem(pub(crate) String);

impl Problem {
    /// Everything that is wrong with a course's files, one a line.
    pub(crate) fn of_course(found: &[lesson::Problem]) -> Self {
        Self(found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
