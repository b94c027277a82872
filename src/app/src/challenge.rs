//! A challenge: its goals judged live by the run itself, the faults that may be used, hints one at a time,
//! and a solution that plays on the reader's own plate.

use check::{Facts, Finding, Goal, Mark, Progress};
use lesson::{Challenge, Lab};
use maud::{Markup, html};
use protocols::{Op, Run, View};
use sim::{Action, By, Time};

use crate::icon;
use crate::num::N;
use crate::plate::Part;
use crate::state::LabState;
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
}

/// While a lab plays, goals are judged this often, in simulated time.
const JUDGED_EVERY_US: u64 = 20_000;

fn goals(challenge: &Challenge) -> impl Iterator<Item = &Goal> {
    challenge.goals.iter().map(|g| &g.goal)
}

impl Trial {
    /// A lab's challenge, before anything was done.
    #[must_use]
    pub(crate) fn of(lab: &Lab) -> Self {
        Self { progress: lab.challenge.as_ref().map(|c| Progress::new(goals(c))), ..Self::default() }
    }

    /// The same, with the solution playing.
    #[must_use]
    pub(crate) fn watching(self) -> Self {
        Self { shown: true, ..self }
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
    pub(crate) fn judged(mut self, lab: &Lab, run: &dyn Run) -> Self {
        let Some(challenge) = &lab.challenge else { return self };
        if run.branch() != self.branch {
            self.branch = run.branch();
            self.progress = Some(Progress::new(goals(challenge)));
        }
        self.judged_at = run.now();
        self.used = used(run);
        if let Some(progress) = &mut self.progress {
            progress.update(goals(challenge), &Facts::now(run, goals(challenge).map(Goal::predicate)));
        }
        self
    }

    /// Why the reader may not do this: the faults are used up.
    #[must_use]
    pub(crate) fn refuses(&self, action: &Action<Op>, lab: &Lab) -> Option<String> {
        let budget = lab.challenge.as_ref()?.fault_budget;
        if self.shown {
            return Some("The solution is playing. Start again to take over.".to_owned());
        }
        (is_fault(action) && self.used >= budget).then(|| match budget {
            1 => "The one fault that you may use is used. Go back in time, or start again.".to_owned(),
            n => format!("All {n} faults that you may use are used. Go back in time, or start again."),
        })
    }
}

const fn is_fault(action: &Action<Op>) -> bool {
    matches!(action, Action::Partition { .. } | Action::Isolate(_) | Action::Cut { .. } | Action::Crash(_))
}

/// The reader's own faults up to the moment looked at.
fn used(run: &dyn Run) -> u32 {
    let now = run.now();
    let mine =
        run.scenario().script.iter().filter(|s| s.by == By::Reader && s.at <= now && is_fault(&s.action)).count();
    u32::try_from(mine).unwrap_or(u32::MAX)
}

/// The challenge's section, live, under the heading that the page gave it.
#[must_use]
pub(crate) fn challenge(state: LabState, heading: &str, title_id: &str) -> Markup {
    let lab = state.lab();
    let goal = lab.challenge.as_ref().map_or("", |c| c.goal.as_str());
    html! {
        p.challenge-k { (heading) }
        div {
            h3 id=(title_id) { (words::caption(goal)) }
            ul.goals data-part="goals" { (goal_list(state)) }
            p.challenge-verdict data-part="verdict" role="status" { (verdict(state)) }
            div.challenge-do data-part="challenge-do" { (buttons(state)) }
        }
        div.side {
            p data-part="budget" { (budget(state)) }
            div data-part="hints" aria-live="polite" { (open_hints(state)) }
            p { "Watching a solution costs nothing. It plays on your plate, and you can start again at any point." }
        }
    }
}

/// What changes in the challenge's section.
pub(crate) const PARTS: [Part; 5] =
    [("goals", goal_list), ("verdict", verdict), ("challenge-do", buttons), ("budget", budget), ("hints", open_hints)];

fn buttons(state: LabState) -> Markup {
    let lab = state.lab();
    let left = lab.challenge.as_ref().is_some_and(|c| state.live.trial.get().hints < c.hints.len());
    html! {
        a.btn.is-main href={ "#" (lab.id) } { "To the plate" }
        button.btn type="button" data-do="hint" disabled[!left] { "Next hint" }
        button.btn.is-quiet type="button" data-do="solution" { "Give up and watch" }
        button.btn.is-quiet type="button" data-do="reset" { "Start again" }
    }
}

fn goal_list(state: LabState) -> Markup {
    let trial = state.live.trial.get();
    let lab = state.lab();
    let goals = lab.challenge.as_ref().map_or(&[][..], |c| &c.goals);
    let standing = trial.progress.as_ref().map_or(&[][..], Progress::goals);
    html! { @for (goal, (mark, finding)) in goals.iter().zip(standing) { (one_goal(&goal.text, *mark, finding.as_ref())) } }
}

fn verdict(state: LabState) -> Markup {
    let trial = state.live.trial.get();
    let passed = trial.progress.as_ref().is_some_and(Progress::passed);
    let lost = trial.progress.as_ref().is_some_and(Progress::lost);
    html! {
        @if passed && trial.shown { "The solution has reached every goal." }
        @else if passed { "Every goal is reached. The run itself says so." }
        @else if lost { "A goal is lost in this run. Go back to before it was, or start again." }
    }
}

fn budget(state: LabState) -> Markup {
    let total = state.lab().challenge.as_ref().map_or(0, |c| c.fault_budget);
    let used = state.live.trial.get().used;
    html! {
        "You may use " (total) @if total == 1 { " fault" } @else { " faults" }
        ": a cut or a crash. Used so far: " (used) ". Healing, restarting and asking are free."
    }
}

fn open_hints(state: LabState) -> Markup {
    let open = state.live.trial.get().hints;
    let lab = state.lab();
    let hints = lab.challenge.as_ref().map_or(&[][..], |c| &c.hints);
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
