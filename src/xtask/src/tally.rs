//! Reads from what a test runner printed how many tests passed and failed.

use std::ops::AddAssign;

/// A number of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// Sums up what cargo's and wasm-bindgen's tests, node's tests and `cutset claims` say at their ends.
    pub(crate) fn read(said: &str) -> Self {
        let mut sum = Self::default();
        for line in said.lines() {
            sum += cargo(line).or_else(|| node(line)).or_else(|| claims(line)).unwrap_or_default();
        }
        sum
    }

    /// How a step counts: a step without tests of its own is one, and so is the failure of one whose tests all passed.
    pub(crate) fn of_step(said: &str, held: bool) -> Self {
        let mut tally = Self::read(said);
        match (held, tally) {
            (true, Self { passed: 0, failed: 0 }) => tally.passed = 1,
            (false, Self { failed: 0, .. }) => tally.failed = 1,
            _ => {}
        }
        tally
    }
}

/// `test result: ok. 12 passed; 0 failed; 0 ignored; …`
fn cargo(line: &str) -> Option<Tally> {
    let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word: &str| -> Option<u32> {
        counts.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok())
    };
    Some(Tally { passed: count(" passed")?, failed: count(" failed")? })
}

/// `# pass 12` and `# fail 0`, or with node's own sign for them.
fn node(line: &str) -> Option<Tally> {
    let line = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    let count = |word| line.strip_prefix(word)?.trim().parse::<u32>().ok();
    let passed = count("pass ").map(|passed| Tally { passed, failed: 0 });
    passed.or_else(|| count("fail ").map(|failed| Tally { passed: 0, failed }))
}

/// `9 claims replayed, 1 false`
fn claims(line: &str) -> Option<Tally> {
    let (replayed, failed) = line.trim().strip_suffix(" false")?.split_once(" claims replayed, ")?;
    let (replayed, failed): (u32, u32) = (replayed.parse().ok()?, failed.parse().ok()?);
    Some(Tally { passed: replayed.checked_sub(failed)?, failed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_all_our_test_runners_are_understood() {
        let cargo = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
                     test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(Tally::read(cargo), Tally { passed: 4, failed: 2 });
        assert_eq!(Tally::read("ℹ tests 5\nℹ pass 4\nℹ fail 1\n"), Tally { passed: 4, failed: 1 });
        assert_eq!(Tally::read("# pass 4\n# fail 0\n"), Tally { passed: 4, failed: 0 });
        assert_eq!(Tally::read("9 claims replayed, 1 false"), Tally { passed: 8, failed: 1 });
        assert_eq!(Tally::read("they pass 9 and fail 3"), Tally::default());
    }

    #[test]
    fn a_failed_step_never_counts_as_nothing() {
        assert_eq!(Tally::of_step("", true), Tally { passed: 1, failed: 0 });
        assert_eq!(Tally::of_step("error: it does not compile", false), Tally { passed: 0, failed: 1 });
        let half = "test result: ok. 3 passed; 0 failed; 0 ignored\nerror: it does not compile";
        assert_eq!(Tally::of_step(half, false), Tally { passed: 3, failed: 1 });
    }
}
