//! A lab in a TOML file of its own, for whoever wants to run one that no lesson has.

use std::fs;
use std::path::Path;

use super::build;
use super::toml_text::TomlText;
use crate::lab::Lab;
use crate::problem::{Problem, Problems};

impl Lab {
    /// Reads a lab from a file that holds what a lesson's `lab` block holds. Its claims are checked but not returned.
    ///
    /// # Errors
    /// Everything that is wrong with the file, ordered by line.
    pub fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let file = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&file, &text),
            Err(error) => {
                let mut problems = Problems::of(&file);
                problems.add(0, format!("can't be read: {error}"), "");
                Err(problems.into_vec())
            }
        }
    }

    /// Reads a lab from the text of such a file. `file` is named in what is wrong.
    ///
    /// # Errors
    /// Everything that is wrong with it, ordered by line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::of(file);
        let lab = build::lab(TomlText { text, first_line: 1 }, &mut problems).map(|built| built.lab);
        let mut found = problems.into_vec();
        found.sort();
        match lab {
            Some(lab) if found.is_empty() => Ok(lab),
            _ => Err(found),
        }
    }
}
