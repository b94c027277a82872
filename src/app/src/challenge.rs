//! A challenge: its goals judged live by the run itself, the faults that may be used, hints one at a time,
//! and a solution that plays on the reader's own plate.

use check::{Facts, Finding, Goal, Mark, Progress};
use leptos::prelude::*;
use lesson::{Challenge, Lab};
use protocols::{Op, Run, View};
use sim::{Action, By, Time};

use crate::icon::icon;
use crate::num::N;
use crate::state::LabState;

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
            progress.update(goals(challenge), &Facts::now(run));
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
    let mine = run.scenario().script.iter().filter(|s| s.by == By::Reader && s.at <= now && is_fault(&s.action)).count();
    u32::try_from(mine).unwrap_or(u32::MAX)
}

/// The challenge's section, live.
#[must_use]
pub(crate) fn challenge(state: LabState, heading: String, title_id: String) -> AnyView {
    let lab = state.lab();
    let Some(challenge) = lab.challenge.clone() else { return ().into_any() };
    let Challenge { goal, goals, fault_budget, hints, .. } = challenge;
    let texts: Vec<String> = goals.iter().map(|g| g.text.clone()).collect();
    let keeps: Vec<bool> = goals.iter().map(|g| matches!(g.goal, Goal::Keep(_))).collect();
    let total = hints.len();
    let list = move || {
        let trial = state.trial.get();
        let standing = trial.progress.as_ref().map(|p| p.goals().to_vec()).unwrap_or_default();
        texts
            .iter()
            .zip(&keeps)
            .enumerate()
            .map(|(i, (text, &keep))| {
                let (mark, finding) = standing.get(i).cloned().unwrap_or((if keep { Mark::Kept } else { Mark::Open }, None));
                one_goal(text.clone(), mark, finding)
            })
            .collect_view()
    };
    let verdict = move || {
        let trial = state.trial.get();
        let progress = trial.progress.as_ref();
        match () {
            () if progress.is_some_and(Progress::passed) && trial.shown => "The solution has reached every goal.",
            () if progress.is_some_and(Progress::passed) => "Every goal is reached. The run itself says so.",
            () if progress.is_some_and(Progress::lost) => "A goal is lost in this run. Go back to before it was, or start again.",
            () => "",
        }
    };
    let budget = move || {
        let used = state.trial.get().used;
        let faults = if fault_budget == 1 { "fault" } else { "faults" };
        format!("You may use {fault_budget} {faults}: a cut or a crash. Used: {used}. Healing, restarting and asking are free.")
    };
    let open = move || state.trial.get().hints;
    view! {
        <p class="challenge-k">{heading}</p>
        <div>
            <h3 id=title_id>{crate::words::caption(&goal)}</h3>
            <ul class="goals">{list}</ul>
            <p class="challenge-verdict" role="status">{verdict}</p>
            <div class="challenge-do">
                <a class="btn is-main" href=format!("#{}", lab.id)>"To the plate"</a>
                {(total > 0).then(|| view! {
                    <button type="button" class="btn" data-do="hint" disabled=move || open() >= total>"Next hint"</button>
                })}
                <button type="button" class="btn is-quiet" data-do="solution">"Give up and watch"</button>
                <button type="button" class="btn is-quiet" data-do="reset">"Start again"</button>
            </div>
        </div>
        <div class="side">
            <p>{budget}</p>
            <div aria-live="polite">
                {move || hints.iter().take(open()).enumerate().map(|(i, hint)| view! {
                    <div class="hint"><p><b>{format!("Hint {} of {total}", i + 1)}</b><br/>{crate::words::caption(hint)}</p></div>
                }).collect_view()}
            </div>
            <p>"Watching a solution costs nothing. It plays on your plate, and you can start again at any point."</p>
        </div>
    }
    .into_any()
}

fn one_goal(text: String, mark: Mark, finding: Option<Finding>) -> AnyView {
    let (class, icon_name, note) = match mark {
        Mark::Open => ("", None, finding.as_ref().map(open_note).unwrap_or_default()),
        Mark::Reached(at) => ("is-reached", Some("ok"), format!("reached at {} ms", at.0 / 1_000)),
        Mark::Kept => ("is-kept", Some("ok"), "holding".to_owned()),
        Mark::Lost(at) => ("is-lost", Some("crash"), format!("lost at {} ms", at.0 / 1_000)),
    };
    let meter = finding.as_ref().and_then(|f| f.progress).filter(|_| mark == Mark::Open).map(|(done, whole)| {
        let part = done.min(whole) as f32 / whole.max(1) as f32 * 100.0;
        view! {
            <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect class="meter-track" width="100" height="1" y="3"></rect>
                <rect class="meter-done" width=N(part).to_string() height="4"></rect>
            </svg>
        }
    });
    view! {
        <li class=class>
            {icon_name.map_or_else(|| view! { <span class="todo"></span> }.into_any(), icon)}
            <span>{text}</span>
            <output>{note}</output>
            {meter}
        </li>
    }
    .into_any()
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
