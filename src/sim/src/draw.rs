//! Chance that is counterfactually stable.
//!
//! A draw is a pure function of (seed, purpose, identity, moment, how many like it came before it in
//! that moment). There is no generator whose state every draw would advance. So one more client
//! write, or a cut on a link that carries nothing, changes no other draw of the run, and "the same
//! run, but with this one difference" is a fair comparison. It also means that a checkpoint has no
//! random state to keep.

use crate::time::{Span, Time};

/// What a draw decides. Its number is part of every draw, so never renumber these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Purpose {
    /// How long a message is on its way. Identity: the directed link.
    Latency = 1,
    /// What a process asks for itself, such as an election timeout. Identity: the process.
    Process = 2,
    /// Whether a message is lost. Identity: the directed link.
    Loss = 3,
    /// Whether a message is duplicated. Identity: the directed link.
    Duplication = 4,
    /// What a fault schedule does. Identity: its place in the schedule.
    Fault = 5,
    /// Whether a message is held back. Identity: the directed link.
    Reordering = 6,
    /// How long the copy of a message that chance duplicated is on its way. Identity: the directed link.
    CopyLatency = 7,
    /// How long the copy of a message that somebody duplicated is on its way. Identity: the directed link.
    PickedCopyLatency = 8,
}

/// The source of all chance in a run: its seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chance {
    /// The seed, mixed once, as every draw begins with that.
    mixed: u64,
}

impl Chance {
    /// Chance for the run with this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { mixed: mix(seed ^ 0x9e37_79b9_7f4a_7c15) }
    }

    /// 64 random bits. `nth` counts the draws of the same purpose and identity within the moment, from 0.
    #[must_use]
    pub const fn bits(self, purpose: Purpose, identity: u64, at: Time, nth: u32) -> u64 {
        let mut h = mix(self.mixed ^ (purpose as u64) ^ ((nth as u64) << 8));
        h = mix(h ^ identity);
        mix(h ^ at.0)
    }

    /// A whole span from `low` to `high`, both included, all equally likely (to within 2^-64 of the range).
    #[must_use]
    pub fn span(self, purpose: Purpose, identity: u64, at: Time, nth: u32, low: Span, high: Span) -> Span {
        debug_assert!(low <= high, "a range starts at its lower end");
        let width = high.0.saturating_sub(low.0).saturating_add(1);
        Span(low.0 + scale(self.bits(purpose, identity, at, nth), width))
    }
}

/// Maps 64 random bits onto `0..width` (Lemire 2019, without the rejection step).
#[must_use]
pub const fn scale(bits: u64, width: u64) -> u64 {
    ((bits as u128 * width as u128) >> 64) as u64
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every input bit moves every output bit.
pub(crate) const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_never_change() {
        // Share links must replay for years: these values are fixed.
        let chance = Chance::new(7);
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf, "SplitMix64's first output for seed 0");
        let a = chance.bits(Purpose::Latency, 1, Time(1_000), 0);
        assert_ne!(a, chance.bits(Purpose::Latency, 1, Time(1_000), 1));
        assert_ne!(a, chance.bits(Purpose::Latency, 2, Time(1_000), 0));
        assert_ne!(a, chance.bits(Purpose::Loss, 1, Time(1_000), 0));
        assert_ne!(a, Chance::new(8).bits(Purpose::Latency, 1, Time(1_000), 0));
    }

    #[test]
    fn spans_fill_their_range_evenly() {
        let chance = Chance::new(1);
        let mut seen = [0_u32; 5];
        for t in 0..10_000 {
            let span = chance.span(Purpose::Process, 3, Time(t), 0, Span(10), Span(14));
            seen[usize::try_from(span.0 - 10).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&n| (1_800..2_200).contains(&n)), "{seen:?}");
    }
}
