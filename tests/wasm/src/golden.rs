//! The golden file: one run a line, with the hash of its trace.
//!
//! ```text
//! lab <id> <hash> <the lab as the page carries it>
//! random <number> <hash>
//! ```

use core::fmt;

use lesson::{Lab, random};
use protocols::Scenario;

/// A line of the golden file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A lab of the course.
    Lab {
        /// Its id.
        id: String,
        /// Its hash.
        hash: u64,
        /// The lab as the page carries it.
        code: String,
    },
    /// A random scenario.
    Random {
        /// Which.
        number: u64,
        /// Its hash.
        hash: u64,
    },
}

impl Line {
    /// The line of a lab, with the hash that its run has here.
    #[must_use]
    pub fn of_lab(lab: &Lab) -> Self {
        Self::Lab { id: lab.id.clone(), hash: crate::hash(&lab.scenario), code: lesson::encode(lab) }
    }

    /// The line of a random scenario, with the hash that its run has here.
    #[must_use]
    pub fn of_random(number: u64) -> Self {
        Self::Random { number, hash: crate::hash(&random::scenario(number)) }
    }

    /// Reads the lines of a golden file.
    ///
    /// # Panics
    /// At a line that is none.
    #[must_use]
    pub fn read_all(text: &str) -> Vec<Self> {
        text.lines()
            .map(|line| Self::read(line).unwrap_or_else(|| panic!("not a line of a golden file: {line}")))
            .collect()
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let line = match words.next()? {
            "lab" => Self::Lab {
                id: words.next()?.to_owned(),
                hash: u64::from_str_radix(words.next()?, 16).ok()?,
                code: words.next()?.to_owned(),
            },
            "random" => {
                Self::Random { number: words.next()?.parse().ok()?, hash: u64::from_str_radix(words.next()?, 16).ok()? }
            }
            _ => return None,
        };
        words.next().is_none().then_some(line)
    }

    /// The hash that the run must have.
    #[must_use]
    pub fn hash(&self) -> u64 {
        match self {
            Self::Lab { hash, .. } | Self::Random { hash, .. } => *hash,
        }
    }

    /// A lab's code.
    #[must_use]
    pub fn code(&self) -> Option<&String> {
        match self {
            Self::Lab { code, .. } => Some(code),
            Self::Random { .. } => None,
        }
    }

    /// The scenario: decoded from the page's code, or made from its number.
    ///
    /// # Panics
    /// If the code does not decode.
    #[must_use]
    pub fn scenario(&self) -> Scenario {
        match self {
            Self::Lab { id, code, .. } => {
                let lab = lesson::decode(code).unwrap_or_else(|bad| panic!("lab {id}: {bad}"));
                assert_eq!(&lab.id, id, "the code is of another lab");
                lab.scenario
            }
            Self::Random { number, .. } => random::scenario(*number),
        }
    }
}

/// As it stands in the file.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lab { id, hash, code } => write!(f, "lab {id} {hash:016x} {code}"),
            Self::Random { number, hash } => write!(f, "random {number} {hash:016x}"),
        }
    }
}
