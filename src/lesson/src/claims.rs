//! Replays what the lessons claim: each lab's claims, each question's answer, and each challenge.

use core::fmt;

use check::{Facts, Goal, Mark, Progress};
use protocols::Scenario;
use sim::{Span, Time};

use crate::course::{Course, LabBlock, Page};
use crate::lab::{Challenge, Claim, Lab};

/// What replaying found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many claims, answers and challenge runs were judged.
    pub replayed: usize,
    /// Those that are false.
    pub failed: Vec<Failure>,
}

/// A claim that is false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The lesson's file.
    pub file: String,
    /// The claim's line in it, from 1.
    pub line: usize,
    /// The lab's id.
    pub lab: String,
    /// What was claimed.
    pub claimed: String,
    /// What happened.
    pub found: String,
}

/// `lesson.md:42: lab two-leaders: claimed at 4000 ms: 2 leaders at this moment; found: D leads in term 3`.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, lab, claimed, found } = self;
        write!(f, "{file}:{line}: lab {lab}: claimed {claimed}; found: {found}")
    }
}

/// How often a challenge's goals are looked at. Goals about a length of time are judged from the run's
/// story, so they are exact; a state that lasts for less than this may be missed.
const LOOK_EVERY: Span = Span::from_millis(50);

/// Replays every claim of the course.
#[must_use]
pub fn replay(course: &Course) -> Report {
    let mut report = Report::default();
    for page in course.pages() {
        report.add(replay_page(page));
    }
    report
}

/// Replays every claim of one page.
#[must_use]
pub fn replay_page(page: &Page) -> Report {
    let mut report = Report::default();
    for block in page.labs() {
        report.add(replay_lab(&page.file, block));
    }
    for predict in page.predicts() {
        if let Some(block) = page.lab(&predict.lab) {
            report.judge(&page.file, &block.lab, &predict.claims);
        }
    }
    report
}

/// Replays one lab's claims and its challenge. `file` is named in failures.
#[must_use]
pub fn replay_lab(file: &str, block: &LabBlock) -> Report {
    let mut report = Report::default();
    report.add(replay_claims(file, &block.lab, &block.claims));
    if let Some(challenge) = &block.lab.challenge {
        report.challenge(file, block, challenge);
    }
    report
}

/// Replays claims about a lab. `file` is named in failures.
#[must_use]
pub fn replay_claims(file: &str, lab: &Lab, claims: &[Claim]) -> Report {
    let mut report = Report::default();
    report.judge(file, lab, claims);
    report
}

impl Report {
    /// Whether everything that was claimed is true.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.failed.is_empty()
    }

    fn add(&mut self, other: Self) {
        self.replayed += other.replayed;
        self.failed.extend(other.failed);
    }

    fn judge(&mut self, file: &str, lab: &Lab, claims: &[Claim]) {
        let mut failed = |line, claimed, found| {
            self.failed.push(Failure { file: file.to_owned(), line, lab: lab.id.clone(), claimed, found });
        };
        let Some(first) = claims.first() else { return };
        self.replayed += claims.len();
        let mut run = match lab.scenario.start() {
            Ok(run) => run,
            Err(invalid) => return failed(first.line, "a lab that can be run".to_owned(), invalid.to_string()),
        };
        for claim in claims {
            let finding = claim.that.judge(&mut *run, claim.at);
            if !finding.holds {
                failed(claim.line, format!("at {}: {}", claim.at, claim.that), finding.found);
            }
        }
    }

    /// The solution has to reach the goals, and a reader who does nothing must not.
    fn challenge(&mut self, file: &str, block: &LabBlock, challenge: &Challenge) {
        let lab = &block.lab;
        let mut failed = |claimed: &str, found| {
            let (file, lab, claimed) = (file.to_owned(), lab.id.clone(), claimed.to_owned());
            self.failed.push(Failure { file, line: block.line, lab, claimed, found });
        };
        self.replayed += 2;
        if let Some(solved) = lab.solved()
            && let Err(found) = attempt(&solved, challenge)
        {
            failed("that its solution reaches the goals", found);
        }
        if attempt(&lab.scenario, challenge).is_ok() {
            failed("that the challenge takes some doing", "the goals are reached by doing nothing".to_owned());
        }
    }
}

/// Plays a run to its end or until the goals are reached, and says when; or else what is missing.
fn attempt(scenario: &Scenario, challenge: &Challenge) -> Result<Time, String> {
    let mut run = scenario.start().map_err(|invalid| invalid.to_string())?;
    let goals = || challenge.goals.iter().map(|named| &named.goal);
    let mut progress = Progress::new(goals());
    let mut at = Time::ZERO;
    loop {
        at = (at + LOOK_EVERY).min(scenario.until);
        run.seek(at);
        progress.update(goals(), &Facts::now(&*run, goals().map(Goal::predicate)));
        if progress.passed() {
            return Ok(at);
        }
        if progress.lost() || at == scenario.until {
            return Err(missing(goals(), &progress));
        }
    }
}

fn missing<'g>(goals: impl Iterator<Item = &'g Goal>, progress: &Progress) -> String {
    let unmet = goals.zip(progress.goals()).filter_map(|(goal, (mark, finding))| {
        let found = finding.as_ref().map_or("nothing", |finding| finding.found.as_str());
        match mark {
            Mark::Open => Some(format!("not reached: {} ({found})", goal.predicate())),
            Mark::Lost(at) => Some(format!("lost at {at}: {} ({found})", goal.predicate())),
            Mark::Reached(_) | Mark::Kept => None,
        }
    });
    let unmet: Vec<String> = unmet.collect();
    if unmet.is_empty() { "no goal is to be reached".to_owned() } else { unmet.join("; ") }
}
