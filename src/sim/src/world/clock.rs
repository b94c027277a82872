//! A process's own clock, which may run fast or slow, and its time of day, which may also jump.

use crate::time::{Span, Time};

/// The most that a clock may gain or lose, in µs a second (parts per million): it runs at half to one and a half
/// times the true speed. Real clocks drift by some 200 ppm.
pub const DRIFT_MAX: i32 = 500_000;

/// The furthest that a time of day may jump at once, in µs: an hour, as when a summer time was got wrong.
pub const STEP_MAX: i64 = 3_600_000_000;

const MILLION: u32 = 1_000_000;

/// A clock. It never goes back and loses nothing when its speed changes: what is less than a µs is kept.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    /// When its speed last changed.
    since: Time,
    /// What it showed then, in µs and millionths of them.
    shown: Time,
    millionths: u32,
    /// What it gains on the true time, in parts per million.
    drift: i32,
    /// The time of day less the clock, in µs.
    stepped: i64,
}

impl Clock {
    /// What it gains on the true time, in parts per million.
    pub(super) fn drift(&self) -> i32 {
        self.drift
    }

    /// What it shows at a moment.
    pub(super) fn shows(&self, at: Time) -> Time {
        let passed = at.since(self.since);
        if self.drift == 0 {
            return self.shown + passed;
        }
        self.shown + Span(saturated(self.millionths_in(passed) / u128::from(MILLION)))
    }

    /// The time of day at a moment, in µs.
    pub(super) fn wall(&self, at: Time) -> i64 {
        i64::try_from(self.shows(at).0).unwrap_or(i64::MAX).saturating_add(self.stepped)
    }

    /// The first moment at which it shows a time that is still to come.
    pub(super) fn when(&self, shows: Time) -> Time {
        let to_pass = shows.since(self.shown);
        if self.drift == 0 {
            return self.since + to_pass;
        }
        let millionths = u128::from(to_pass.0) * u128::from(MILLION);
        let left = millionths.saturating_sub(u128::from(self.millionths));
        self.since + Span(saturated(left.div_ceil(u128::from(self.speed()))))
    }

    /// From now on it runs at another speed.
    pub(super) fn set_drift(&mut self, now: Time, drift: i32) {
        debug_assert!(drift.abs() <= DRIFT_MAX, "a clock runs on");
        let rest = self.millionths_in(now.since(self.since)) % u128::from(MILLION);
        let millionths = u32::try_from(rest).expect("a rest is less than what it is a rest of");
        *self = Self { since: now, shown: self.shows(now), millionths, drift, ..*self };
    }

    /// Its time of day jumps.
    pub(super) fn step(&mut self, by: i64) {
        self.stepped = self.stepped.saturating_add(by);
    }

    /// What it gains in a true span, with what it had of a µs, in millionths of a µs.
    fn millionths_in(&self, passed: Span) -> u128 {
        u128::from(passed.0) * u128::from(self.speed()) + u128::from(self.millionths)
    }

    /// How many millionths of a µs it gains in a true µs.
    fn speed(&self) -> u32 {
        MILLION.saturating_add_signed(self.drift)
    }
}

fn saturated(us: u128) -> u64 {
    u64::try_from(us).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_without_drift_shows_the_true_time() {
        let clock = Clock::default();
        assert_eq!((clock.shows(Time(17)), clock.when(Time(17)), clock.wall(Time(17))), (Time(17), Time(17), 17));
    }

    #[test]
    fn a_clock_gains_what_its_drift_says_and_keeps_fractions_over_changes() {
        let mut clock = Clock::default();
        for at in 0..3_000_000 {
            // A change at each µs to one of two speeds, half of the time each.
            if at % 1_000 == 0 {
                clock.set_drift(Time(at), if at % 2_000 == 0 { 1 } else { 3 });
            }
        }
        assert_eq!(clock.shows(Time(3_000_000)), Time(3_000_006), "2 ppm on average over 3 s, to the µs");
    }

    #[test]
    fn a_timer_runs_out_at_the_first_moment_at_which_the_clock_shows_its_time() {
        for drift in [-DRIFT_MAX, -333_333, -1, 0, 1, 7, 123_456, DRIFT_MAX] {
            let mut clock = Clock::default();
            clock.set_drift(Time(11), drift);
            clock.set_drift(Time(1_000), drift / 2);
            for shows in (1_500..5_000).map(Time) {
                let at = clock.when(shows);
                assert!(clock.shows(at) >= shows && clock.shows(Time(at.0 - 1)) < shows, "{drift} {shows}");
            }
            assert!((1..9_999).all(|at| clock.shows(Time(at)) <= clock.shows(Time(at + 1))), "it never goes back");
        }
    }

    #[test]
    fn a_time_of_day_jumps_and_the_clock_does_not() {
        let mut clock = Clock::default();
        clock.step(-STEP_MAX);
        assert_eq!((clock.wall(Time(5)), clock.shows(Time(5))), (5 - STEP_MAX, Time(5)));
    }

    #[test]
    fn the_end_of_time_is_not_passed() {
        let mut clock = Clock::default();
        clock.set_drift(Time(1), DRIFT_MAX);
        assert_eq!((clock.shows(Time(u64::MAX)), clock.wall(Time(u64::MAX))), (Time(u64::MAX), i64::MAX));
    }
}
