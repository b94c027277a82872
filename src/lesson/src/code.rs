//! A lab as a short text, for the page that mounts it.
//!
//! The text is base64url of: a version byte, the lab in postcard, and a checksum of both. The bytes may
//! come from anyone, so decoding checks everything and never panics.

use core::fmt;

use data_encoding::BASE64URL_NOPAD;
use protocols::scenario::{Invalid, SCRIPT_MAX};

use crate::lab::Lab;

/// The version of the format. Raised whenever the meaning of the bytes changes.
const VERSION: u8 = 1;
/// The longest text that is looked at. A lab with a full script needs less.
pub const TEXT_MAX: usize = 64 * 1024;
/// The most goals, hints and panels that a lab may have.
const LIST_MAX: usize = 16;
const CHECKSUM_BYTES: usize = 4;

/// Why a text is not a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadCode {
    /// Longer than [`TEXT_MAX`].
    TooLong,
    /// Not base64url, or cut short.
    Garbled,
    /// Written by another version.
    Version(u8),
    /// Changed on its way.
    Checksum,
    /// The bytes are intact but say nothing that this version understands.
    Content,
    /// A lab that can't be run.
    Invalid(Invalid),
}

impl fmt::Display for BadCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the lab's code is longer than {TEXT_MAX} characters"),
            Self::Garbled => f.write_str("the lab's code is garbled: copy the whole of it"),
            Self::Version(version) => write!(f, "the lab's code is of version {version}, this page reads {VERSION}"),
            Self::Checksum => f.write_str("the lab's code was damaged on its way: copy the whole of it"),
            Self::Content => f.write_str("the lab's code does not describe a lab"),
            Self::Invalid(invalid) => write!(f, "the lab can't be run: {invalid}"),
        }
    }
}

impl std::error::Error for BadCode {}

/// Writes a lab as text.
#[must_use]
pub fn encode(lab: &Lab) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend(postcard::to_allocvec(lab).expect("a lab is made of strings, numbers, lists and enums"));
    let sum = checksum(&bytes).to_le_bytes();
    bytes.extend(sum);
    BASE64URL_NOPAD.encode(&bytes)
}

/// Reads a lab from text.
///
/// # Errors
/// Why it is not a lab that can be run.
pub fn decode(text: &str) -> Result<Lab, BadCode> {
    if text.len() > TEXT_MAX {
        return Err(BadCode::TooLong);
    }
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| BadCode::Garbled)?;
    let (covered, sum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(BadCode::Garbled)?;
    let (&version, body) = covered.split_first().ok_or(BadCode::Garbled)?;
    if version != VERSION {
        return Err(BadCode::Version(version));
    }
    if checksum(covered) != u32::from_le_bytes(*sum) {
        return Err(BadCode::Checksum);
    }
    let (lab, rest) = postcard::take_from_bytes::<Lab>(body).map_err(|_| BadCode::Content)?;
    if !rest.is_empty() || !plausible(&lab) {
        return Err(BadCode::Content);
    }
    lab.scenario.validate().map_err(BadCode::Invalid)?;
    Ok(lab)
}

/// Whether what surrounds the scenario is within bounds.
fn plausible(lab: &Lab) -> bool {
    let challenge = lab.challenge.as_ref().is_none_or(|challenge| {
        challenge.goals.len() <= LIST_MAX && challenge.hints.len() <= LIST_MAX && challenge.solution.len() <= SCRIPT_MAX
    });
    challenge
        && lab.poster <= lab.scenario.until
        && lab.panels.len() <= LIST_MAX
        && lab.controls.len() <= LIST_MAX
        && lab.slowed >= 1
}

/// FNV-1a in 32 bits: finds damage, not malice.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, &byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
