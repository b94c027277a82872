//! A lab as a short text, for the page that mounts it.
//!
//! The text is base64url of: a version byte, the lab in postcard, and a checksum of both. The bytes may
//! come from anyone, so decoding checks everything and never panics.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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
    URL_SAFE_NO_PAD.encode(&bytes)
}

/// Reads a lab from text.
///
/// # Errors
/// Why it is not a lab that can be run.
pub fn decode(text: &str) -> Result<Lab, BadCode> {
    if text.len() > TEXT_MAX {
        return Err(BadCode::TooLong);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text.as_bytes()).map_err(|_| BadCode::Garbled)?;
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
    if let Some(solved) = lab.solved() {
        solved.validate().map_err(BadCode::Invalid)?;
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scenario, Scheduled};
    use sim::{Action, By, ProcessId, Span, Target, Time};

    use super::*;
    use crate::lab::{Challenge, Control, NamedGoal, Panel, Size};
    use check::{Goal, Predicate, SpanText};

    fn lab() -> Lab {
        let partition = Action::Partition {
            groups: vec![vec![Target::Process(ProcessId(0))], vec![Target::Role { role: "follower".into(), nth: 0 }]],
        };
        Lab {
            id: "two-leaders".into(),
            title: "Two leaders".into(),
            number: "14-2".into(),
            caption: "*A* leads.".into(),
            scenario: Scenario {
                protocol: ProtocolConfig::Raft(RaftConfig::default()),
                nodes: ["A", "B", "C"].map(String::from).to_vec(),
                clients: vec![ClientConfig {
                    name: "c1".into(),
                    near: vec![ProcessId(0)],
                    write_every: Some(Span::from_millis(400)),
                    does: Vec::new(),
                    timeout: Span::from_secs(2),
                }],
                seed: u64::MAX,
                network: sim::Network::default(),
                script: vec![Scheduled { at: Time(3_000_000), by: By::Lesson, action: partition.clone() }],
                until: Time(60_000_000),
            },
            poster: Time(3_600_000),
            size: Size::Full,
            panels: vec![Panel::Timeline],
            controls: vec![Control::Cut],
            slowed: 20,
            challenge: Some(Challenge {
                goal: "Do it.".into(),
                goals: vec![NamedGoal {
                    text: "Two".into(),
                    goal: Goal::Reach(Predicate::All(vec![
                        Predicate::LeadersAtOnce { count: 2, lasting: SpanText(Span::from_secs(5)) },
                        Predicate::Not(Box::new(Predicate::Leaders(1))),
                    ])),
                }],
                fault_budget: 1,
                hints: vec!["Cut.".into()],
                solution: vec![Scheduled { at: Time(2_000_000), by: By::Reader, action: partition }],
            }),
        }
    }

    /// Encodes a lab's bytes after tampering, with a checksum that fits.
    fn forge(tamper: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut bytes = URL_SAFE_NO_PAD.decode(encode(&lab()).as_bytes()).unwrap();
        bytes.truncate(bytes.len() - CHECKSUM_BYTES);
        tamper(&mut bytes);
        let sum = checksum(&bytes).to_le_bytes();
        bytes.extend(sum);
        URL_SAFE_NO_PAD.encode(&bytes)
    }

    #[test]
    fn a_lab_survives_being_written_and_read() {
        let text = encode(&lab());
        assert_eq!(decode(&text), Ok(lab()));
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{text}");
    }

    #[test]
    fn each_kind_of_damage_is_named() {
        let text = encode(&lab());
        assert_eq!(decode(""), Err(BadCode::Garbled));
        assert_eq!(decode("no such code!"), Err(BadCode::Garbled));
        assert_eq!(decode(&"A".repeat(TEXT_MAX + 1)), Err(BadCode::TooLong));
        let mut changed = text.clone().into_bytes();
        changed[40] = if changed[40] == b'A' { b'B' } else { b'A' };
        assert_eq!(decode(&String::from_utf8(changed).unwrap()), Err(BadCode::Checksum));
        assert_eq!(decode(&forge(|bytes| bytes[0] = 9)), Err(BadCode::Version(9)));
        assert_eq!(decode(&forge(|bytes| bytes.push(0))), Err(BadCode::Content), "nothing may follow");
        assert_eq!(decode(&forge(|bytes| bytes.truncate(20))), Err(BadCode::Content), "nothing may be missing");
    }

    #[test]
    fn a_lab_that_cannot_be_run_is_refused() {
        let mut impossible = lab();
        impossible.scenario.nodes.clear();
        assert!(matches!(decode(&encode(&impossible)), Err(BadCode::Invalid(_))));
        let mut impossible = lab();
        impossible.poster = Time(60_000_001);
        assert_eq!(decode(&encode(&impossible)), Err(BadCode::Content), "the poster lies after the end");
    }

    #[test]
    fn predicates_nested_without_end_are_refused_before_the_stack_is() {
        let mut deep = lab();
        let mut predicate = Predicate::Leaders(1);
        for _ in 0..2_000 {
            predicate = Predicate::Not(Box::new(predicate));
        }
        deep.challenge.as_mut().unwrap().goals[0].goal = Goal::Keep(predicate);
        assert_eq!(decode(&encode(&deep)), Err(BadCode::Content));
        assert_eq!(decode(&encode(&lab())), Ok(lab()), "and what follows is read as ever");
    }

    proptest! {
        #[test]
        fn no_bytes_make_decoding_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode(&URL_SAFE_NO_PAD.encode(&bytes));
            let _ = decode(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn no_tampering_makes_decoding_panic_or_let_through_what_cannot_be_run(
            changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let text = forge(|bytes| {
                for (place, byte) in changes {
                    let place = place.index(bytes.len());
                    bytes[place] = byte;
                }
            });
            if let Ok(lab) = decode(&text) {
                prop_assert!(lab.scenario.validate().is_ok());
                prop_assert!(lab.poster <= lab.scenario.until);
            }
        }
    }
}
