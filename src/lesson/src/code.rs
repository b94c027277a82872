//! A lab, or a run alone, as a short text: for the page that mounts it, and for whoever shares it.
//!
//! The text is base64url of: a version byte, a byte for what it is of, that in postcard, and a checksum of all.
//! The bytes may come from anyone, so decoding checks everything and never panics. What earlier versions wrote is
//! still read.

mod v1;

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocols::Scenario;
use protocols::scenario::{Invalid, SCRIPT_MAX};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sim::Time;

use crate::lab::{Challenge, Lab};

/// The version of the format. Raised whenever the meaning of the bytes changes; what they meant until then becomes
/// a module of its own, as [`v1`] is.
const VERSION: u8 = 2;
/// The longest text that is looked at. Every scenario that can be run fits, with its script full of the longest
/// actions.
pub const TEXT_MAX: usize = 1024 * 1024;
/// The most goals, hints and panels that a lab may have.
const LIST_MAX: usize = 16;
const CHECKSUM_BYTES: usize = 4;

/// What a code is of: the second byte, since version 2.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lab = 0,
    Run = 1,
}

/// Why a text is not a lab or a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadCode {
    /// Longer than [`TEXT_MAX`].
    TooLong,
    /// Not base64url, or cut short.
    Garbled,
    /// Written by a later version.
    Version(u8),
    /// Changed on its way.
    Checksum,
    /// A run where a lab was expected, or a lab where a run was.
    Kind,
    /// The bytes are intact but say nothing that this version understands.
    Content,
    /// A scenario that can't be run.
    Invalid(Invalid),
}

impl fmt::Display for BadCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the code is longer than {TEXT_MAX} characters"),
            Self::Garbled => f.write_str("the code is garbled: copy the whole of it"),
            Self::Version(version) => {
                write!(f, "the code is of version {version}, and this page reads those up to {VERSION}: load it anew")
            }
            Self::Checksum => f.write_str("the code was damaged on its way: copy the whole of it"),
            Self::Kind => f.write_str("the code is of another kind: a lab is no run, and a run is no lab"),
            Self::Content => f.write_str("the code describes nothing that can be run"),
            Self::Invalid(invalid) => write!(f, "the scenario can't be run: {invalid}"),
        }
    }
}

impl std::error::Error for BadCode {}

/// Writes a lab as text.
#[must_use]
pub fn encode(lab: &Lab) -> String {
    seal(Kind::Lab, lab)
}

/// Writes a run alone as text: what happens, with all that was done in its script, and the moment that is looked at.
#[must_use]
pub fn encode_run(scenario: &Scenario, moment: Time) -> String {
    seal(Kind::Run, &(scenario, moment))
}

/// Reads a lab from text.
///
/// # Errors
/// Why it is not a lab that can be run.
pub fn decode(text: &str) -> Result<Lab, BadCode> {
    let bytes = bytes_of(text)?;
    let (version, body) = open(&bytes)?;
    let lab = if version == 1 {
        read_lab(body, |bytes| take::<v1::Scenario>(bytes).map(|(scenario, rest)| (scenario.into(), rest)))?
    } else {
        read_lab(of_kind(Kind::Lab, body)?, take)?
    };
    if !plausible(&lab) {
        return Err(BadCode::Content);
    }
    lab.scenario.validate().map_err(BadCode::Invalid)?;
    if let Some(solved) = lab.solved() {
        solved.validate().map_err(BadCode::Invalid)?;
    }
    Ok(lab)
}

/// Reads the lab of a page's own plate, which this version wrote when the lesson was checked: what it says is taken as
/// it is, and [`Lab::start`] starts it. The page has made bytes of the text itself. Its challenge is left unread.
///
/// # Errors
/// Why it is not such a lab.
pub fn decode_own(bytes: &[u8]) -> Result<(Lab, Sealed), BadCode> {
    match open(bytes)? {
        (VERSION, body) => {
            let (lab, rest) = read_frame(of_kind(Kind::Lab, body)?, take)?;
            Ok((lab, Sealed(rest.to_vec())))
        }
        (other, _) => Err(BadCode::Version(other)),
    }
}

/// A lab's challenge that has not been read yet: what reads it need not be there when the lab is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Reads the challenge, if there is one.
    ///
    /// # Errors
    /// Why it is none.
    pub fn open(&self) -> Result<Option<Challenge>, BadCode> {
        match take(&self.0)? {
            (challenge, []) => Ok(challenge),
            _ => Err(BadCode::Content),
        }
    }
}

/// Reads a run from text: its scenario and the moment that is looked at, which is not after its end.
///
/// # Errors
/// Why it is not a run.
pub fn decode_run(text: &str) -> Result<(Scenario, Time), BadCode> {
    let bytes = bytes_of(text)?;
    let (version, body) = open(&bytes)?;
    if version == 1 {
        return Err(BadCode::Kind);
    }
    let (scenario, rest) = take::<Scenario>(of_kind(Kind::Run, body)?)?;
    let (moment, rest) = take(rest)?;
    if !rest.is_empty() || moment > scenario.until {
        return Err(BadCode::Content);
    }
    scenario.validate().map_err(BadCode::Invalid)?;
    Ok((scenario, moment))
}

fn seal<T: Serialize>(kind: Kind, content: &T) -> String {
    let head = vec![VERSION, kind as u8];
    let mut bytes = postcard::to_extend(content, head).expect("it is made of strings, numbers, lists and enums");
    let sum = checksum(&bytes).to_le_bytes();
    bytes.extend(sum);
    URL_SAFE_NO_PAD.encode(&bytes)
}

fn bytes_of(text: &str) -> Result<Vec<u8>, BadCode> {
    if text.len() > TEXT_MAX {
        return Err(BadCode::TooLong);
    }
    URL_SAFE_NO_PAD.decode(text.as_bytes()).map_err(|_| BadCode::Garbled)
}

/// The version, and what follows it up to the checksum, if that is right.
fn open(bytes: &[u8]) -> Result<(u8, &[u8]), BadCode> {
    let (covered, sum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(BadCode::Garbled)?;
    let (&version, body) = covered.split_first().ok_or(BadCode::Garbled)?;
    if !(1..=VERSION).contains(&version) {
        return Err(BadCode::Version(version));
    }
    if checksum(covered) != u32::from_le_bytes(*sum) {
        return Err(BadCode::Checksum);
    }
    Ok((version, body))
}

/// What follows the kind, if it is this one.
fn of_kind(kind: Kind, body: &[u8]) -> Result<&[u8], BadCode> {
    match body.split_first() {
        Some((&found, content)) if found == kind as u8 => Ok(content),
        Some((&found, _)) if found <= Kind::Run as u8 => Err(BadCode::Kind),
        _ => Err(BadCode::Content),
    }
}

/// A value, and the bytes after it.
type Taken<'a, T> = Result<(T, &'a [u8]), BadCode>;

/// Reads a lab, field by field in their order: versions differ in the scenario only, which `scenario` reads.
fn read_lab(bytes: &[u8], scenario: fn(&[u8]) -> Taken<'_, Scenario>) -> Result<Lab, BadCode> {
    let (lab, rest) = read_frame(bytes, scenario)?;
    match take(rest)? {
        (challenge, []) => Ok(Lab { challenge, ..lab }),
        _ => Err(BadCode::Content),
    }
}

/// Reads all of a lab but its challenge, which comes last.
fn read_frame(bytes: &[u8], scenario: fn(&[u8]) -> Taken<'_, Scenario>) -> Taken<'_, Lab> {
    let ((id, title, number, caption), rest) = take(bytes)?;
    let (scenario, rest) = scenario(rest)?;
    let ((poster, size, panels, controls, slowed), rest) = take(rest)?;
    Ok((Lab { id, title, number, caption, scenario, poster, size, panels, controls, slowed, challenge: None }, rest))
}

/// Reads a value from the first of the bytes, and gives what is left of them. Lengths in them are not trusted: room
/// is made for no more than a megabyte before the elements are there.
fn take<T: DeserializeOwned>(bytes: &[u8]) -> Taken<'_, T> {
    postcard::take_from_bytes(bytes).map_err(|_| BadCode::Content)
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
    use check::{Goal, Predicate, SpanText};
    use proptest::prelude::*;
    use protocols::Op;
    use protocols::scenario::{
        ClientConfig, DOES_MAX, Deed, GIVEN_LOG_MAX, Given, LINKS_MAX, MEMBERS_MAX, NAME_MAX, ProtocolConfig,
        RaftConfig, SHARE_MAX, SPAN_MAX, Scheduled, TERM_MAX, TEXT_MAX as TEXT_BYTES_MAX, UNTIL_MAX,
    };
    use sim::{Action, By, Chance, Change, Latency, Network, ProcessId, Purpose, Span, Target};

    use super::*;
    use crate::lab::{Challenge, Control, NamedGoal, Panel, Size};
    use crate::random;

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
                network: Network::default(),
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

    #[test]
    fn a_page_reads_its_own_lab_first_and_the_challenge_later() {
        for challenge in [None, lab().challenge] {
            let whole = Lab { challenge, ..lab() };
            let bytes = URL_SAFE_NO_PAD.decode(encode(&whole)).unwrap();
            let (frame, sealed) = decode_own(&bytes).unwrap();
            assert_eq!(frame, Lab { challenge: None, ..whole.clone() });
            assert_eq!(sealed.open(), Ok(whole.challenge));
            assert!(decode_own(&bytes[..bytes.len() - 1]).is_err());
        }
    }

    /// A code's bytes without the checksum.
    fn opened(text: &str) -> Vec<u8> {
        let mut bytes = URL_SAFE_NO_PAD.decode(text.as_bytes()).unwrap();
        bytes.truncate(bytes.len() - CHECKSUM_BYTES);
        bytes
    }

    /// A code of these bytes, with a checksum that fits.
    fn sealed(mut bytes: Vec<u8>) -> String {
        let sum = checksum(&bytes).to_le_bytes();
        bytes.extend(sum);
        URL_SAFE_NO_PAD.encode(&bytes)
    }

    /// Encodes a lab's bytes after tampering, with a checksum that fits.
    fn forge(tamper: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut bytes = opened(&encode(&lab()));
        tamper(&mut bytes);
        sealed(bytes)
    }

    /// Decodes as whatever it may be; what comes out can be run.
    fn decode_any(text: &str) -> bool {
        let lab = decode(text);
        if let Ok(lab) = &lab {
            assert_eq!(lab.scenario.validate(), Ok(()));
            assert!(lab.poster <= lab.scenario.until);
        }
        let run = decode_run(text);
        if let Ok((scenario, moment)) = &run {
            assert_eq!(scenario.validate(), Ok(()));
            assert!(*moment <= scenario.until);
        }
        assert!(lab.is_err() || run.is_err(), "a code is of one kind");
        lab.is_ok() || run.is_ok()
    }

    #[test]
    fn a_lab_survives_being_written_and_read() {
        let text = encode(&lab());
        assert_eq!(decode(&text), Ok(lab()));
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{text}");
    }

    #[test]
    fn a_run_of_twenty_actions_survives_within_two_kilobytes() {
        for number in 0..1_000 {
            let scenario = random::scenario(number);
            assert_eq!(scenario.script.len(), 20);
            let moment = Time(number);
            let text = encode_run(&scenario, moment);
            assert_eq!(decode_run(&text), Ok((scenario, moment)), "scenario {number}");
            assert!(text.len() <= 2 * 1024, "the code of scenario {number} has {} characters", text.len());
        }
    }

    #[test]
    fn a_lab_is_no_run_and_a_run_is_no_lab() {
        let lab = lab();
        assert_eq!(decode_run(&encode(&lab)), Err(BadCode::Kind));
        assert_eq!(decode(&encode_run(&lab.scenario, lab.poster)), Err(BadCode::Kind));
        assert_eq!(decode(&forge(|bytes| bytes[1] = 2)), Err(BadCode::Content), "there is no third kind");
        assert_eq!(decode(&sealed(vec![VERSION])), Err(BadCode::Content), "nor none");
        let late = encode_run(&lab.scenario, Time(lab.scenario.until.0 + 1));
        assert_eq!(decode_run(&late), Err(BadCode::Content), "the moment lies after the end");
        let mut impossible = lab.scenario;
        impossible.nodes.clear();
        assert!(matches!(decode_run(&encode_run(&impossible, Time::ZERO)), Err(BadCode::Invalid(_))));
    }

    #[test]
    fn the_largest_scenario_fits() {
        let text = |n: usize| "\u{7ff}".repeat(n / 2);
        let name = |n: usize| format!("{n:03}{}", text(NAME_MAX - 4));
        let servers = || (0..100).map(ProcessId);
        let change = Change {
            latency: Some(Latency::LongTail { usual: SPAN_MAX, most: SPAN_MAX }),
            loss: Some(SHARE_MAX),
            duplication: Some(SHARE_MAX),
            reordering: Some(SHARE_MAX),
        };
        let links = servers().flat_map(|a| servers().filter(move |&b| a != b).map(move |b| (a, b, change)));
        let cas =
            Op::Cas { key: text(TEXT_BYTES_MAX), expected: Some(text(TEXT_BYTES_MAX)), value: text(TEXT_BYTES_MAX) };
        let ask = Action::Request { to: ProcessId(100).into(), op: cas };
        let candidates = |count: usize| vec![Target::Role { role: "candidate".into(), nth: 99 }; count];
        let split = Action::Partition { groups: vec![candidates(100), candidates(100)] };
        let at = |action| Scheduled { at: UNTIL_MAX, by: By::Reader, action };
        let splits = MEMBERS_MAX / 200;
        let mut script = vec![at(split); splits];
        script.resize(SCRIPT_MAX, at(ask));
        let scenario = Scenario {
            protocol: ProtocolConfig::Raft(RaftConfig {
                voters: servers().collect(),
                not_upgraded: servers().collect(),
                given: servers()
                    .map(|who| Given { who, term: TERM_MAX, voted_for: Some(who), log: vec![TERM_MAX; GIVEN_LOG_MAX] })
                    .collect(),
                ..RaftConfig::default()
            }),
            nodes: (0..100).map(name).collect(),
            clients: (100..200)
                .map(|n| ClientConfig {
                    name: name(n),
                    near: servers().collect(),
                    write_every: Some(SPAN_MAX),
                    does: vec![Deed::Cas; DOES_MAX],
                    timeout: SPAN_MAX,
                })
                .collect(),
            seed: u64::MAX,
            network: Network { links: links.take(LINKS_MAX).collect(), ..Network::default() },
            script,
            until: UNTIL_MAX,
        };
        assert_eq!(scenario.validate(), Ok(()));
        let text = encode_run(&scenario, UNTIL_MAX);
        assert_eq!(decode_run(&text), Ok((scenario, UNTIL_MAX)));
        assert!(text.len() * 3 / 2 < TEXT_MAX, "{} characters leave room for a lab's prose", text.len());
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
    fn what_surrounds_a_scenario_is_bounded_too() {
        fn challenge(lab: &mut Lab) -> &mut Challenge {
            lab.challenge.as_mut().unwrap()
        }
        let spoils: [fn(&mut Lab); 6] = [
            |lab| lab.panels = vec![Panel::Logs; LIST_MAX + 1],
            |lab| lab.controls = vec![Control::Cut; LIST_MAX + 1],
            |lab| lab.slowed = 0,
            |lab| challenge(lab).hints = vec![String::new(); LIST_MAX + 1],
            |lab| challenge(lab).goals = vec![challenge(lab).goals[0].clone(); LIST_MAX + 1],
            |lab| challenge(lab).solution = vec![lab.scenario.script[0].clone(); SCRIPT_MAX + 1],
        ];
        for (nth, spoil) in spoils.iter().enumerate() {
            let mut spoilt = lab();
            spoil(&mut spoilt);
            assert_eq!(decode(&encode(&spoilt)), Err(BadCode::Content), "number {nth}");
        }
    }

    #[test]
    fn predicates_nested_without_end_are_refused_before_the_stack_is() {
        let mut deep = lab();
        let mut predicate = Predicate::Leaders(1);
        for _ in 0..500 {
            predicate = Predicate::Not(Box::new(predicate));
        }
        deep.challenge.as_mut().unwrap().goals[0].goal = Goal::Keep(predicate);
        assert_eq!(decode(&encode(&deep)), Err(BadCode::Content));
        assert_eq!(decode(&encode(&lab())), Ok(lab()), "and what follows is read as ever");
    }

    #[test]
    fn lengths_that_lie_are_refused_before_room_is_made() {
        // A lab's first length is that of its id, a run's that of its list of nodes.
        let lie = |kind: Kind, before: &[u8]| {
            let mut bytes = vec![VERSION, kind as u8];
            bytes.extend(before);
            bytes.extend([0xff, 0xff, 0xff, 0xff, 0x0f]);
            sealed(bytes)
        };
        assert_eq!(decode(&lie(Kind::Lab, &[])), Err(BadCode::Content));
        let raft = postcard::to_allocvec(&ProtocolConfig::Raft(RaftConfig::default())).unwrap();
        assert_eq!(decode_run(&lie(Kind::Run, &raft)), Err(BadCode::Content));
    }

    /// Codes of every version and kind.
    fn codes() -> Vec<String> {
        let golden = [
            include_str!("../tests/golden/all-of-version-1.v1"),
            include_str!("../tests/golden/rules-of-version-1.v1"),
            include_str!("../tests/golden/all-of-version-2.v2"),
            include_str!("../tests/golden/all-of-version-2.run2"),
        ];
        let runs = (0..4).map(random::scenario).map(|scenario| encode_run(&scenario, Time::ZERO));
        golden.iter().map(|code| code.trim_end().to_owned()).chain([encode(&lab())]).chain(runs).collect()
    }

    #[test]
    fn a_hundred_thousand_mutations_neither_panic_nor_let_through_what_cannot_be_run() {
        let codes: Vec<Vec<u8>> = codes().iter().map(|code| opened(code)).collect();
        let chance = Chance::new(1);
        let mut throws = 0;
        let mut below = |most: usize| {
            throws += 1;
            let high = Span(u64::try_from(most - 1).unwrap());
            usize::try_from(chance.span(Purpose::Fault, 0, Time::ZERO, throws, Span::ZERO, high).0).unwrap()
        };
        let mut let_through = 0;
        for round in 0..100_000 {
            let mut bytes = codes[round % codes.len()].clone();
            for _ in 0..=below(3) {
                // The version stays, so that what follows it is looked at.
                let place = 1 + below(bytes.len() - 1);
                let byte = u8::try_from(below(256)).unwrap();
                match below(6) {
                    0 => bytes.insert(place, byte),
                    1 if bytes.len() > 2 => drop(bytes.remove(place)),
                    2 => bytes.truncate(place + 1),
                    3 => bytes[place] = bytes[place].wrapping_add(1),
                    4 => bytes[place] ^= 1 << (byte % 8),
                    _ => bytes[place] = byte,
                }
            }
            let_through += usize::from(decode_any(&sealed(bytes)));
        }
        assert!(let_through > 1_000, "some mutations only change a figure: {let_through}");
        assert!(let_through < 90_000, "most do harm: {let_through}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_decoding_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            decode_any(&URL_SAFE_NO_PAD.encode(&bytes));
            decode_any(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn no_bytes_with_a_fitting_checksum_make_decoding_panic(
            version in 1..=VERSION,
            body in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            decode_any(&sealed([vec![version], body].concat()));
        }

        #[test]
        fn no_tampering_makes_decoding_panic_or_let_through_what_cannot_be_run(
            which in any::<proptest::sample::Index>(),
            changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let codes = codes();
            let mut bytes = opened(&codes[which.index(codes.len())]);
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            decode_any(&sealed(bytes));
        }
    }
}
