//! A challenge: its goals judged live by the run itself, the faults that may be used, hints one at a time,
//! and a solution that plays on the reader's own plate. Once it is passed: the shortest trace that does it.

use check::{Facts, Finding, Goal, Mark, Progress};
use lesson::Challenge;
use lesson::lab::is_fault;
use maud::{Markup, html};
use protocols::scenario::{Scenario, Scheduled};
use protocols::words::{Names, deed};
use protocols::{Op, Run, View};
use sim::{Action, By, Span, Time};
use web_sys::Element;

use crate::icon;
use crate::input::Seen;
use crate::num::N;
use crate::parts::Part;
use crate::state::Bench;
use crate::words;

/// How far the reader has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trial {
    progress: Option<Progress>,
    branch: usize,
    judged_at: Time,
    /// Faults of the reader's own in this run so far.
    pub used: u32,
    /// How many hints are open.
    pub hints: usize,
    /// Whether the solution is playing instead of the reader.
    pub shown: bool,
    /// What the reader did to pass, and what of it was enough.
    trace: Option<Trace>,
}

/// The reader's acts up to the moment at which all goals were reached.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Trace {
    /// All of them.
    acts: Vec<Scheduled>,
    /// Those that are enough, once that is known. `None` while they are looked for.
    enough: Option<Vec<Scheduled>>,
}

/// While a lab plays, goals are judged this often, in simulated time.
const JUDGED_EVERY_US: u64 = 20_000;

fn goals(challenge: &Challenge) -> impl Iterator<Item = &Goal> {
    challenge.goals.iter().map(|g| &g.goal)
}

impl Trial {
    /// A lab's challenge, before anything was done.
    #[must_use]
    pub(crate) fn of(challenge: Option<&Challenge>) -> Self {
        Self { progress: challenge.map(|c| Progress::new(goals(c))), ..Self::default() }
    }

    /// The same, with the solution playing.
    #[must_use]
    pub(crate) fn watching(self) -> Self {
        Self { shown: true, ..self }
    }

    /// The same, for a run with other settings than the lesson's: its goals are not judged.
    #[must_use]
    pub(crate) fn unjudged(self) -> Self {
        Self { progress: None, ..self }
    }

    /// Whether there is a challenge at all.
    #[must_use]
    pub(crate) fn is_set(&self) -> bool {
        self.progress.is_some()
    }

    /// Whether enough time has passed since the last verdict.
    #[must_use]
    pub(crate) fn is_due(&self, view: &View) -> bool {
        view.at.0.abs_diff(self.judged_at.0) >= JUDGED_EVERY_US
    }

    /// The verdict on the run at its cursor.
    #[must_use]
    pub(crate) fn judged(mut self, challenge: &Challenge, run: &dyn Run) -> Self {
        if run.branch() != self.branch {
            self.branch = run.branch();
            self.progress = Some(Progress::new(goals(challenge)));
        }
        self.judged_at = run.now();
        self.used = used(run);
        if let Some(progress) = &mut self.progress {
            progress.update(goals(challenge), &Facts::now(run, goals(challenge).map(Goal::predicate)));
        }
        let passed = self.progress.as_ref().is_some_and(Progress::passed);
        if !passed || self.shown {
            self.trace = None;
        } else if self.trace.is_none() {
            self.trace = Some(Trace { acts: mine(&run.scenario(), run.now()), enough: None });
        }
        self
    }

    /// Whether there are hints that are not open yet.
    #[must_use]
    pub(crate) fn hints_left(&self, challenge: Option<&Challenge>) -> bool {
        challenge.is_some_and(|c| self.hints < c.hints.len())
    }

    /// Why the reader may not do this: the faults are used up.
    #[must_use]
    pub(crate) fn refuses(&self, action: &Action<Op>, challenge: Option<&Challenge>, run: &dyn Run) -> Option<String> {
        let budget = challenge?.fault_budget;
        if self.shown {
            return Some("The solution is playing. Start again to take over.".to_owned());
        }
        (is_fault(action) && used(run) >= budget).then(|| match budget {
            1 => "The one fault that you may use is used. Go back in time, or start again.".to_owned(),
            n => format!("All {n} faults that you may use are used. Go back in time, or start again."),
        })
    }
}

/// What the reader did in a scenario up to a moment.
fn mine(scenario: &Scenario, until: Time) -> Vec<Scheduled> {
    scenario.script.iter().filter(|s| s.by == By::Reader && s.at <= until).cloned().collect()
}

/// A trace is tried for as long as the reader's run took to pass, and this much longer.
const GRACE: Span = Span::from_millis(2_000);
/// At most so many runs are tried.
const TRIES_MAX: u32 = 40;
/// How long a frame may look for the shortest trace, in ms of real time.
const SLICE_MS: f64 = 6.0;

/// The search for the shortest trace that passes: one act after another is left out, and the run is made again
/// without it and judged as the reader's was. What is not needed stays out. A slice of it is done each frame.
pub(crate) struct Search {
    /// The run without the reader's acts.
    bare: Scenario,
    /// All of the reader's acts.
    acts: Vec<Scheduled>,
    /// Those that are known to be enough.
    enough: Vec<Scheduled>,
    /// Which of them is left out in the run that is tried; `None` in the first, which has all.
    without: Option<usize>,
    until: Time,
    tries: u32,
    trial: Option<(Box<dyn Run>, Progress)>,
}

/// What a slice of work came to.
enum Tried {
    Unfinished,
    Passed,
    Failed,
}

impl Search {
    fn of(run: &dyn Run, acts: &[Scheduled]) -> Self {
        let mut bare = run.scenario();
        bare.script.retain(|s| s.by != By::Reader);
        let until = (run.now() + GRACE).min(run.end());
        let acts = acts.to_vec();
        Self { bare, enough: acts.clone(), acts, without: None, until, tries: 0, trial: None }
    }

    /// Works until `is_over` says so. The acts that are enough, once they are found; empty if none are known.
    fn go_on(&mut self, challenge: &Challenge, is_over: impl Fn() -> bool) -> Option<Vec<Scheduled>> {
        loop {
            match self.try_on(challenge, &is_over) {
                Tried::Unfinished => return None,
                // The judge of the whole run does not agree with what was seen in passing: then nothing is claimed.
                Tried::Failed if self.without.is_none() => return Some(Vec::new()),
                Tried::Failed => self.without = self.without.map(|i| i + 1),
                Tried::Passed => match self.without {
                    None => self.without = Some(0),
                    // What was needed before may not be needed without this one.
                    Some(i) => {
                        self.enough.remove(i);
                        self.without = Some(0);
                    }
                },
            }
            self.trial = None;
            self.tries += 1;
            if self.tries >= TRIES_MAX || self.without.is_some_and(|i| i >= self.enough.len()) {
                return Some(core::mem::take(&mut self.enough));
            }
        }
    }

    fn try_on(&mut self, challenge: &Challenge, is_over: &impl Fn() -> bool) -> Tried {
        if self.trial.is_none() {
            let Ok(run) = self.scenario().start() else { return Tried::Failed };
            self.trial = Some((run, Progress::new(goals(challenge))));
        }
        let Some((run, progress)) = &mut self.trial else { return Tried::Failed };
        while !is_over() {
            run.seek((run.now() + Span(JUDGED_EVERY_US)).min(self.until));
            progress.update(goals(challenge), &Facts::now(run.as_ref(), goals(challenge).map(Goal::predicate)));
            if progress.passed() {
                return Tried::Passed;
            }
            if progress.lost() || run.now() >= self.until {
                return Tried::Failed;
            }
        }
        Tried::Unfinished
    }

    /// The run that is tried: the reader's acts in it, but for the one that is left out.
    fn scenario(&self) -> Scenario {
        let mut scenario = self.bare.clone();
        for (i, act) in self.enough.iter().enumerate() {
            if self.without != Some(i) {
                let place = scenario.script.partition_point(|other| other.at <= act.at);
                scenario.script.insert(place, act.clone());
            }
        }
        scenario
    }
}

/// Judges the run at its cursor.
pub(crate) fn judge(state: &Bench) {
    let old = state.live.trial.get_untracked();
    let Some(challenge) = state.challenge().filter(|_| old.is_set()) else { return };
    let new = state.with_run(|run| old.clone().judged(challenge, run));
    if new != old {
        state.live.trial.set(new);
    }
}

/// Reads the lab's challenge, which the page's first half leaves alone.
pub(crate) fn open(state: &Bench) {
    // What the page holds was written with the page; what can't be read is no challenge.
    let _ = state.live.challenge.set(state.live.sealed.open().unwrap_or_default());
    state.live.trial.set(Trial::of(state.challenge()));
}

/// Looks on for the shortest trace, if the reader has passed. Says whether there is more to do.
pub(crate) fn search_on(state: &Bench) -> bool {
    let acts = state.live.trial.with_untracked(|t| match &t.trace {
        Some(Trace { acts, enough: None }) => Some(acts.clone()),
        _ => None,
    });
    let (Some(acts), Some(challenge)) = (acts, state.challenge()) else {
        state.live.search.take();
        return false;
    };
    let known = state.live.search.take().filter(|search| search.acts == acts);
    let mut search = known.unwrap_or_else(|| state.with_run(|run| Search::of(run, &acts)));
    let began = js_sys::Date::now();
    match search.go_on(challenge, || js_sys::Date::now() - began >= SLICE_MS) {
        Some(enough) => {
            state.live.trial.update(|t| t.trace = Some(Trace { acts, enough: Some(enough) }));
            false
        }
        None => {
            state.live.search.replace(Some(search));
            true
        }
    }
}

/// The reader's own faults up to the moment looked at.
fn used(run: &dyn Run) -> u32 {
    let now = run.now();
    let mine =
        run.scenario().script.iter().filter(|s| s.by == By::Reader && s.at <= now && is_fault(&s.action)).count();
    u32::try_from(mine).unwrap_or(u32::MAX)
}

/// What changes in the challenge's section.
pub(crate) const PARTS: [Part; 5] =
    [("goals", goal_list), ("verdict", verdict), ("trace", trace), ("budget", budget), ("hints", open_hints)];

/// What the buttons of the challenge's section ask for.
pub(crate) fn command(seen: &Seen, name: &str, _: Option<&Element>) -> bool {
    let state = &seen.state;
    match name {
        "hint" => state.live.trial.update(|t| t.hints += 1),
        "solution" => {
            state.show_solution();
            seen.figure.scroll_into_view();
        }
        _ => return false,
    }
    true
}

fn goal_list(state: &Bench) -> Markup {
    let trial = state.live.trial.get();
    let goals = state.challenge().map_or(&[][..], |c| &c.goals);
    let standing = trial.progress.as_ref().map_or(&[][..], Progress::goals);
    html! { @for (goal, (mark, finding)) in goals.iter().zip(standing) { (one_goal(&goal.text, *mark, finding.as_ref())) } }
}

fn verdict(state: &Bench) -> Markup {
    let trial = state.live.trial.get();
    let passed = trial.progress.as_ref().is_some_and(Progress::passed);
    let lost = trial.progress.as_ref().is_some_and(Progress::lost);
    html! {
        @if passed && trial.shown { "The solution has reached every goal." }
        @else if passed { span data-passed { "Every goal is reached. The run itself says so." } }
        @else if lost { "A goal is lost in this run. Go back to before it was, or start again." }
    }
}

/// What the reader did, what of it was enough, and how the lesson does it.
fn trace(state: &Bench) -> Markup {
    let trial = state.live.trial.get();
    let Some(trace) = &trial.trace else { return html! {} };
    let Some(challenge) = state.challenge() else { return html! {} };
    let shot = state.shot.get_untracked();
    let names = words::names(&shot.view);
    let acts = |n: usize| if n == 1 { "1 act".to_owned() } else { format!("{n} acts") };
    let used = trace.acts.len();
    html! {
        @match &trace.enough {
            None => p { "You used " (acts(used)) ". Looking for those that were needed…" },
            Some(enough) => {
                p {
                    "You used " (acts(used))
                    @if enough.is_empty() { "." }
                    @else if enough.len() == used { ", and none can be left out:" }
                    @else if enough.len() == 1 { "; this 1 is enough:" }
                    @else { "; these " (enough.len()) " are enough:" }
                }
                (deeds(enough, &names))
                p { "The lesson’s own solution takes " (acts(challenge.solution.len())) ":" }
                (deeds(&challenge.solution, &names))
            }
        }
    }
}

/// Acts with their times, as a list.
fn deeds(acts: &[Scheduled], names: &[String]) -> Markup {
    let spoken = Names::new(names.to_vec());
    html! {
        ol.deeds {
            @for act in acts {
                li { span.at { (act.at.0 / 1_000) " ms" } " " span { (words::set(&deed(&spoken, &act.action), names)) } }
            }
        }
    }
}

fn budget(state: &Bench) -> Markup {
    let total = state.challenge().map_or(0, |c| c.fault_budget);
    let used = state.live.trial.get().used;
    html! {
        "You may use " (total) @if total == 1 { " fault" } @else { " faults" }
        ": a cut, a crash or any other harm. Used so far: " (used) ". Healing, restarting and asking are free."
    }
}

fn open_hints(state: &Bench) -> Markup {
    let open = state.live.trial.get().hints;
    let hints = state.challenge().map_or(&[][..], |c| &c.hints);
    html! {
        @for (i, hint) in hints.iter().take(open).enumerate() {
            div.hint { p { b { "Hint " (i + 1) " of " (hints.len()) } br; (words::caption(hint)) } }
        }
    }
}

fn one_goal(text: &str, mark: Mark, finding: Option<&Finding>) -> Markup {
    let (class, icon_name, note) = match mark {
        Mark::Open => ("", "", finding.map(open_note).unwrap_or_default()),
        Mark::Reached(at) => ("is-reached", "ok", format!("reached at {} ms", at.0 / 1_000)),
        Mark::Kept => ("is-kept", "ok", "holding".to_owned()),
        Mark::Lost(at) => ("is-lost", "crash", format!("lost at {} ms", at.0 / 1_000)),
    };
    let meter = finding.and_then(|f| f.progress).filter(|_| mark == Mark::Open);
    html! {
        li class=(class) {
            @if icon_name.is_empty() { span.todo {} } @else { (icon::mark(icon_name)) }
            span { (words::caption(text)) }
            output { (note) }
            @if let Some((done, whole)) = meter {
                svg.meter viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
                    rect.meter-track width="100" height="1" y="3" {}
                    rect.meter-done width=(N(done.min(whole) as f32 / whole.max(1) as f32 * 100.0)) height="4" {}
                }
            }
        }
    }
}

fn open_note(finding: &Finding) -> String {
    match finding.progress {
        // Lengths are in µs, counts are small: a length is shown in seconds to a tenth.
        Some((done, whole)) if whole >= 10_000 => {
            let tenths = |us: u64| format!("{}.{}", us / 1_000_000, us / 100_000 % 10);
            format!("{} of {} s", tenths(done), tenths(whole))
        }
        Some((done, whole)) => format!("{done} of {whole}"),
        None => finding.found.clone(),
    }
}
