//! Two runs on one clock, side by side, and where they part.
//!
//! The second is a run of its own, of a branch's scenario or of the same scenario with something changed. It is
//! derived anew whenever the first is, and looks at the same moment.

mod draw;
#[cfg(feature = "csr")]
mod motion;

use std::sync::Arc;

use protocols::View;
use protocols::view::{EventView, Story};
use sim::Time;
#[cfg(feature = "csr")]
use {
    crate::input::{Seen, number},
    crate::share,
    crate::slot::Slot,
    crate::state::{Bench, letter},
    core::cell::{Cell, RefCell},
    lesson::Control,
    protocols::settings::{self, Dial},
    protocols::view::Stance,
    protocols::{Outcome, Run, Scenario},
    sim::Span,
    web_sys::Element,
};

#[cfg(feature = "csr")]
pub(crate) use draw::candidates;
pub(crate) use draw::compare;
#[cfg(feature = "ssr")]
pub(crate) use draw::templates;
#[cfg(feature = "csr")]
pub(crate) use motion::write;

/// Two runs at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The first and the second.
    pub(super) sides: [Side; 2],
    /// Where they part, if they have.
    pub(super) parted: Option<Parting>,
    /// Up to where they were held against each other.
    pub(super) seen_to: Time,
    /// Where the longer one ends.
    pub(super) end: Time,
}

/// One of two runs.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    /// What it is.
    pub(super) name: String,
    /// The picture.
    pub(super) view: View,
    /// The whole run so far.
    pub(super) story: Arc<Story>,
    /// How it stands, in a line.
    pub(super) sum: String,
}

/// The first thing that two runs do not have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parting {
    /// When.
    pub(super) at: Time,
    /// What happens there in the first run and in the second, if anything does.
    pub(super) texts: [Option<String>; 2],
}

/// The run beside the run, if there is one.
#[cfg(feature = "csr")]
#[derive(Default)]
pub(crate) struct Beside {
    run: RefCell<Option<Box<dyn Run>>>,
    name: RefCell<String>,
    /// What was run before the last change of settings.
    before: RefCell<Option<Scenario>>,
    /// Up to where both runs are known to be alike.
    alike: Cell<Time>,
    parted: RefCell<Option<Parting>>,
    /// What is drawn of both.
    pub(crate) pair: Slot<Option<Arc<Pair>>>,
    moving: RefCell<Option<motion::Moving>>,
}

#[cfg(feature = "csr")]
impl Default for Slot<Option<Arc<Pair>>> {
    fn default() -> Self {
        Self::new(None)
    }
}

#[cfg(feature = "csr")]
impl Beside {
    /// Keeps what was run until now, to be compared with.
    pub(crate) fn was(&self, scenario: Scenario) {
        *self.before.borrow_mut() = Some(scenario);
    }

    /// The first run is another now: what was found out of the two does not hold any more.
    pub(crate) fn forget(&self) {
        self.alike.set(Time::ZERO);
        *self.parted.borrow_mut() = None;
    }

    /// Looks at the same moment as the first run does. Says whether anything happened since `before`.
    pub(crate) fn follow(&self, now: Time, before: Time) -> bool {
        let mut run = self.run.borrow_mut();
        let Some(run) = run.as_mut() else { return false };
        run.seek(now);
        run.previous_event().is_some_and(|at| at >= before)
    }

    /// Derives what is drawn of both.
    pub(crate) fn refresh(&self, first: &dyn Run, story: &Arc<Story>, name: String) {
        let mut second = self.run.borrow_mut();
        let Some(second) = second.as_mut() else {
            if self.pair.with_untracked(Option::is_some) {
                self.pair.set(None);
            }
            return;
        };
        let now = first.now();
        let frontier = first.frontier();
        if second.frontier() < frontier {
            second.seek(frontier);
        }
        second.seek(now);
        self.look_on(first, second.as_ref());
        let side = |run: &dyn Run, name: String, story: Arc<Story>| {
            let view = run.view();
            let sum = sum(run, &view);
            Side { name, view, story, sum }
        };
        let pair = Pair {
            sides: [
                side(first, name, Arc::clone(story)),
                side(second.as_ref(), self.name.borrow().clone(), Arc::new(second.story())),
            ],
            parted: self.parted.borrow().clone(),
            seen_to: self.alike.get(),
            end: first.end().max(second.end()),
        };
        self.pair.set(Some(Arc::new(pair)));
    }

    /// Goes on to look for the first difference, as far as both runs are known.
    fn look_on(&self, a: &dyn Run, b: &dyn Run) {
        const WINDOW: Span = Span::from_millis(100);
        let to = a.frontier().min(b.frontier());
        let mut parted = self.parted.borrow_mut();
        while parted.is_none() && self.alike.get() < to {
            let from = self.alike.get();
            let until = (from + WINDOW).min(to);
            // The window's first moment was looked at with the one before, but for the run's first of all.
            let from = if from == Time::ZERO { from } else { from + Span(1) };
            *parted = first_apart(&a.events(from, until), &b.events(from, until));
            self.alike.set(until);
        }
    }
}

/// Where two rows of events part.
fn first_apart(a: &[EventView], b: &[EventView]) -> Option<Parting> {
    let same = |a: &EventView, b: &EventView| a.at == b.at && a.text == b.text;
    let mut nth = 0;
    while let (Some(x), Some(y)) = (a.get(nth), b.get(nth))
        && same(x, y)
    {
        nth += 1;
    }
    let (x, y) = (a.get(nth), b.get(nth));
    let at = x.map_or(Time(u64::MAX), |e| e.at).min(y.map_or(Time(u64::MAX), |e| e.at));
    // What the other run does later is not what it does then.
    let text = |e: Option<&EventView>| e.filter(|e| e.at == at).map(|e| e.text.clone());
    (x.is_some() || y.is_some()).then(|| Parting { at, texts: [text(x), text(y)] })
}

/// How a run stands: who leads, how much is committed, how much was acknowledged, how much of that is lost.
#[cfg(feature = "csr")]
fn sum(run: &dyn Run, view: &View) -> String {
    let now = run.now();
    let committed = view.nodes.iter().map(|node| node.strip.settled).max().unwrap_or(0);
    let mut acknowledged = 0_usize;
    for record in run.history() {
        let ended = record.completed.filter(|(at, _)| *at <= now);
        acknowledged += usize::from(ended.is_some_and(|(_, outcome)| outcome == Outcome::Written));
    }
    let leads = view.nodes.iter().filter(|node| node.status.is_up() && node.stance == Stance::Leads);
    let lost = leads.max_by_key(|node| node.epoch).map_or(0, |node| run.missing(node.id).len());
    let mut text = crate::words::leaders_short(view);
    text.push_str(" Committed up to entry ");
    text.push_str(&committed.to_string());
    text.push_str(", ");
    match acknowledged {
        0 => text.push_str("no write acknowledged"),
        1 => text.push_str("1 write acknowledged"),
        n => text.push_str(&[&n.to_string(), " writes acknowledged"].concat()),
    }
    match (acknowledged, lost) {
        (0, _) => text.push('.'),
        (_, 0) => text.push_str(", none lost."),
        (_, n) => text.push_str(&[", ", &n.to_string(), " lost."].concat()),
    }
    text
}

/// A run that the first can be compared with.
pub(crate) struct Candidate {
    /// What it is.
    pub(super) name: String,
    /// What [`command`] is told.
    pub(super) what: &'static str,
    /// Which branch.
    pub(super) branch: Option<usize>,
    /// Which setting, and what it is set to.
    pub(super) set: Option<(String, String)>,
}

#[cfg(feature = "csr")]
impl Bench {
    /// The name of the run that is looked at.
    fn run_name(&self) -> String {
        let (branch, runs) = self.shot.with_untracked(|s| (s.branch, s.branches.len()));
        if runs > 1 { ["This run, ", &letter(branch).to_string()].concat() } else { "This run".to_owned() }
    }

    /// Derives what is drawn of the two runs, if there are two.
    pub(crate) fn refresh_beside(&self) {
        let story = self.shot.with_untracked(|s| Arc::clone(&s.story));
        let name = self.run_name();
        self.with_run(|run| self.live.beside.refresh(run, &story, name));
    }

    /// Everything that the run can be compared with.
    fn candidates(&self) -> Vec<Candidate> {
        let plain = |name: &str, what| Candidate { name: name.to_owned(), what, branch: None, set: None };
        let (current, branches) = self.shot.with_untracked(|s| (s.branch, s.branches.clone()));
        let mut all = Vec::new();
        for (nth, branch) in branches.iter().enumerate().filter(|(nth, _)| *nth != current) {
            let name = branch.name.as_ref().map_or_else(String::new, |name| [", ", name].concat());
            let name = ["Run ", &letter(nth).to_string(), &name].concat();
            all.push(Candidate { branch: Some(nth), ..plain(&name, "branch") });
        }
        let scenario = self.live.kept.scenario();
        let seeded = |text: &str, seed: u64| [text, "seed ", &seed.to_string()].concat();
        if let Some(before) = &*self.live.beside.before.borrow() {
            if before.seed == scenario.seed {
                all.push(plain("The run before the last change of settings", "before"));
            } else {
                all.push(plain(&seeded("The run before, with ", before.seed), "before"));
            }
        }
        let own = Scenario { script: scenario.script.clone(), ..self.lab().scenario.clone() };
        if own != scenario {
            all.push(plain("The lesson's own settings, with the same acts", "own"));
        }
        all.push(plain(&seeded("The same with ", scenario.seed.wrapping_add(1)), "seed"));
        for setting in settings::settings(&scenario) {
            let to = |value: &str, name: &str| Candidate {
                set: Some((setting.key.clone(), value.to_owned())),
                ..plain(&[&*setting.label, ": ", name].concat(), "set")
            };
            match &setting.dial {
                Dial::Switch(on) => all.push(if *on { to("false", "off") } else { to("true", "on") }),
                Dial::Choice { value, of } => {
                    all.extend(of.iter().enumerate().filter(|(nth, _)| nth != value).map(|(_, name)| to(name, name)));
                }
                _ => {}
            }
        }
        all
    }

    /// The scenario of a candidate.
    fn scenario_of(&self, candidate: &Candidate) -> Option<Scenario> {
        let scenario = self.live.kept.scenario();
        Some(match candidate.what {
            "branch" => {
                let nth = candidate.branch?;
                self.with_run(|run| {
                    let (now, here) = (run.now(), run.branch());
                    run.switch(nth);
                    let other = run.scenario();
                    run.switch(here);
                    run.seek(now);
                    other
                })
            }
            "before" => self.live.beside.before.borrow().clone()?,
            "own" => Scenario { script: scenario.script, ..self.lab().scenario.clone() },
            "seed" => Scenario { seed: scenario.seed.wrapping_add(1), ..scenario },
            _ => {
                let mut other = scenario;
                let (key, value) = candidate.set.as_ref()?;
                settings::set(&mut other, key, value).ok()?;
                other
            }
        })
    }

    /// Puts a candidate beside the run.
    fn put_beside(&self, candidate: &Candidate) {
        let beside = &self.live.beside;
        let started = self.scenario_of(candidate).map(|scenario| scenario.start());
        match started {
            Some(Ok(run)) => {
                *beside.run.borrow_mut() = Some(run);
                *beside.name.borrow_mut() = candidate.name.clone();
                beside.forget();
            }
            Some(Err(problem)) => self.said.set(problem.to_string()),
            None => self.said.set("That run can't be had any more.".to_owned()),
        }
        self.refresh();
    }

    /// Takes the second run away.
    fn alone(&self) {
        *self.live.beside.run.borrow_mut() = None;
        *self.live.beside.moving.borrow_mut() = None;
        self.refresh();
    }
}

/// What its buttons and keys ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    let state = &seen.state;
    match name {
        "compare" if state.live.beside.pair.with_untracked(Option::is_some) => state.alone(),
        "compare" if state.allows(Control::Compare) => share::open_sheet(seen, "compare-with"),
        "beside" => {
            let what = from.and_then(|el| el.get_attribute("data-what")).unwrap_or_default();
            let nth = from.and_then(|el| number(el, "data-nth")).and_then(|n| usize::try_from(n).ok());
            let all = state.candidates();
            let fits = |(i, c): &(usize, &Candidate)| nth.map_or(c.what == what, |nth| nth == *i);
            if let Some((_, candidate)) = all.iter().enumerate().find(fits) {
                state.put_beside(candidate);
                crate::sheets::command(seen, "escape", None);
                show(seen);
            }
        }
        _ => return false,
    }
    true
}

/// Brings the comparison into view, and the keys to it.
#[cfg(feature = "csr")]
fn show(seen: &Seen) {
    if let Ok(Some(place)) = seen.figure.query_selector(".compare")
        && let Ok(place) = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(place)
    {
        let _ = place.focus();
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use protocols::view::EventKind;
    use sim::EventId;

    use super::*;

    fn events(all: &[(u64, &str)]) -> Vec<EventView> {
        let event = |(id, &(at, text)): (u32, &(u64, &str))| EventView {
            id: EventId(id),
            at: Time(at),
            process: None,
            kind: EventKind::Timer,
            text: text.to_owned(),
            cause: None,
        };
        (0..).zip(all).map(event).collect()
    }

    #[test]
    fn two_runs_part_at_the_first_event_that_only_one_has() {
        let a = events(&[(1, "A starts"), (5, "A asks"), (9, "B votes")]);
        assert_eq!(first_apart(&a, &a), None);
        let b = events(&[(1, "A starts"), (5, "A asks"), (7, "C votes")]);
        let parted = first_apart(&a, &b).unwrap();
        assert_eq!((parted.at, parted.texts), (Time(7), [None, Some("C votes".to_owned())]));
        let parted = first_apart(&a, &b[..2]).unwrap();
        assert_eq!((parted.at, parted.texts), (Time(9), [Some("B votes".to_owned()), None]));
        let c = events(&[(1, "A starts"), (5, "B asks")]);
        let parted = first_apart(&a, &c).unwrap();
        assert_eq!(parted.texts, [Some("A asks".to_owned()), Some("B asks".to_owned())]);
    }
}
