//! Virtual time in whole microseconds.

use core::fmt;
use core::ops::{Add, AddAssign, Sub};
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// A moment of a run, in µs since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub u64);

/// A length of virtual time, in µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span(pub u64);

impl Time {
    /// The start of every run.
    pub const ZERO: Self = Self(0);

    /// How long after `earlier` this is; zero if it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of whole milliseconds.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms * 1_000)
    }

    /// A span of whole seconds.
    #[must_use]
    pub const fn from_secs(s: u64) -> Self {
        Self(s * 1_000_000)
    }
}

impl Add<Span> for Time {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Time {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(f)
    }
}

/// Milliseconds with what remains of them: `1674 ms`, `12.5 ms`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ms, us) = (self.0 / 1_000, self.0 % 1_000);
        if us == 0 {
            return write!(f, "{ms} ms");
        }
        let fraction = format!("{us:03}");
        write!(f, "{ms}.{} ms", fraction.trim_end_matches('0'))
    }
}

/// Why a text is not a length of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSpan(String);

impl fmt::Display for BadSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a length of time: write a number and a unit, such as 250us, 15ms, 1.5s or 2min", self.0)
    }
}

impl std::error::Error for BadSpan {}

/// Reads `250us`, `15ms`, `1.5s` and `2min`, exactly: no more decimals than the unit has microseconds.
impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let bad = || BadSpan(text.to_owned());
        let trimmed = text.trim();
        let split = trimmed.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
        let (number, unit) = trimmed.split_at(split);
        let us_per_unit: u64 = match unit {
            "us" => 1,
            "ms" => 1_000,
            "s" => 1_000_000,
            "min" => 60_000_000,
            _ => return Err(bad()),
        };
        let (whole, fraction) = number.trim_end().split_once('.').unwrap_or((number.trim_end(), ""));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || (number.contains('.') && !digits(fraction)) {
            return Err(bad());
        }
        let whole: u64 = whole.parse().map_err(|_| bad())?;
        let mut us = whole.checked_mul(us_per_unit).ok_or_else(bad)?;
        let mut place = us_per_unit;
        for digit in fraction.bytes() {
            if !place.is_multiple_of(10) {
                return Err(bad());
            }
            place /= 10;
            us = us.checked_add(u64::from(digit - b'0') * place).ok_or_else(bad)?;
        }
        Ok(Self(us))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_and_print_exactly() {
        for (text, us) in
            [("250us", 250), ("15ms", 15_000), ("1.5s", 1_500_000), ("2min", 120_000_000), ("0.25ms", 250)]
        {
            assert_eq!(text.parse(), Ok(Span(us)), "{text}");
        }
        for text in ["", "15", "ms", "1.5us", "1.s", ".5s", "-1s", "1h", "99999999999999999999s", "15 weeks"] {
            assert!(text.parse::<Span>().is_err(), "{text} should be refused");
        }
        assert_eq!(Span(1_674_000).to_string(), "1674 ms");
        assert_eq!(Span(12_500).to_string(), "12.5 ms");
    }
}
