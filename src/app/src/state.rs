//! What one lab on a page knows: its run, the moment looked at, what is selected, which tool is on.
//! Everything that is drawn is derived from this. It touches no element.

#[cfg(feature = "csr")]
use core::cell::{Cell, RefCell};
use std::sync::Arc;

use lesson::{Control, Lab, Panel, Size};
use maud::{Markup, html};
use protocols::view::{BranchView, EventKind, EventView, Story};
use protocols::{Run, View};
use sim::{EventId, ProcessId, Span, Time};

#[cfg(feature = "csr")]
use crate::challenge::Trial;
#[cfg(feature = "csr")]
use crate::scene::Frame;
use crate::slot::Slot;
#[cfg(feature = "csr")]
use crate::timeline::Width;

/// Everything that the plate draws of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Shot {
    /// The picture.
    pub view: View,
    /// The whole run so far.
    pub story: Arc<Story>,
    /// The latest events worth a line, oldest first.
    pub recent: Vec<EventView>,
    /// The next event, as far as it has been simulated.
    pub next: Option<EventView>,
    /// The chain of causes of what is selected, newest first.
    pub why: Vec<EventView>,
    /// Where the run ends.
    pub end: Time,
    /// The branches, as in [`Run::branches`].
    pub branches: Vec<BranchView>,
    /// The branch looked at.
    pub branch: usize,
}

/// One lab on the page. It lives as long as the page does.
pub(crate) struct Bench {
    lab: Arc<Lab>,
    #[cfg(feature = "csr")]
    run: RefCell<Box<dyn Run>>,
    /// What is drawn. Changes when something happens, not with every frame.
    pub(crate) shot: Slot<Arc<Shot>>,
    /// Whether time runs.
    pub(crate) playing: Slot<bool>,
    /// How many times slower than life.
    pub(crate) slowed: Slot<u32>,
    /// The selected process.
    pub(crate) selected: Slot<Option<ProcessId>>,
    /// The servers put on one side, while the cut tool is on.
    pub(crate) side: Slot<Option<Vec<ProcessId>>>,
    /// The last answer to the reader: a refusal or a confirmation.
    pub(crate) said: Slot<String>,
    /// What a screen reader is told: the latest line.
    pub(crate) heard: Slot<String>,
    /// Whether the sheet of keys is open.
    pub(crate) keys: Slot<bool>,
    /// What only a live lab has.
    #[cfg(feature = "csr")]
    pub(crate) live: Live,
}

/// What a live lab knows besides what it draws.
#[cfg(feature = "csr")]
pub(crate) struct Live {
    /// Which drawing there is room for.
    pub(crate) frame: Slot<Frame>,
    /// Which timeline there is room for.
    pub(crate) width: Slot<Width>,
    /// The event that is asked about, instead of the selected process's last change of part.
    pub(crate) event: Slot<Option<EventId>>,
    /// The challenge's state.
    pub(crate) trial: Slot<Trial>,
    /// Whether the reader wants no motion.
    pub(crate) still: Cell<bool>,
    /// When a screen reader was last told something while playing, in ms of real time.
    pub(crate) told_at: Cell<f64>,
}

/// A handle on a lab. A poster's lab has no run behind it.
pub(crate) type LabState = &'static Bench;

impl Shot {
    /// What a lab shows when it opens, at the run's cursor.
    #[must_use]
    pub(crate) fn opening(run: &dyn Run, lab: &Lab) -> Self {
        Self::of(run, lab, None, first_choice(lab, &run.view()), None)
    }

    /// Looks at the run where its cursor stands. `known` is the last story, to be reused if it still holds.
    #[must_use]
    pub(crate) fn of(
        run: &dyn Run,
        lab: &Lab,
        asked: Option<EventId>,
        selected: Option<ProcessId>,
        known: Option<&Self>,
    ) -> Self {
        let view = run.view();
        let branch = run.branch();
        let story = match known {
            Some(old) if old.branch == branch && old.story.frontier == run.frontier() => Arc::clone(&old.story),
            _ => Arc::new(run.story()),
        };
        let recent = recent(run, lab.panels.contains(&Panel::Logs));
        let next = upcoming(run);
        let why = if lab.panels.contains(&Panel::Inspector) { why(run, &view, asked, selected) } else { Vec::new() };
        Self { view, story, recent, next, why, end: run.end(), branches: run.branches(), branch }
    }
}

/// How many lines of events stand beside the logs.
const RECENT: usize = 6;

fn recent(run: &dyn Run, shown: bool) -> Vec<EventView> {
    let now = run.now();
    let worth = |e: &EventView| !matches!(e.kind, EventKind::Message | EventKind::Timer);
    let wanted = if shown { RECENT } else { 1 };
    let mut found = Vec::new();
    for window in [60, 400, 3_000] {
        let from = now - Span::from_millis(window);
        found = run.events(from, now).into_iter().filter(worth).collect();
        if found.len() >= wanted || from == Time::ZERO {
            break;
        }
    }
    let surplus = found.len().saturating_sub(wanted);
    found.drain(..surplus);
    found
}

fn upcoming(run: &dyn Run) -> Option<EventView> {
    let (now, frontier) = (run.now(), run.frontier());
    if frontier <= now {
        return None;
    }
    let to = (now + Span::from_millis(50)).min(frontier);
    run.events(now + Span(1), to).into_iter().next()
}

fn why(run: &dyn Run, view: &View, asked: Option<EventId>, selected: Option<ProcessId>) -> Vec<EventView> {
    if let Some(id) = asked {
        return told(run, id);
    }
    let Some(node) = selected.and_then(|id| view.nodes.iter().find(|n| n.id == id)) else { return Vec::new() };
    let changes = run.events(node.since, node.since);
    let wanted = if node.status.is_up() { EventKind::Role } else { EventKind::Fault };
    let last = changes.iter().rev().find(|e| e.kind == wanted && e.process == Some(node.id));
    last.map_or_else(Vec::new, |e| told(run, e.id))
}

/// The events of the answer to "why?".
fn told(run: &dyn Run, id: EventId) -> Vec<EventView> {
    run.why(id).into_iter().map(|step| step.event).collect()
}

impl Bench {
    /// A lab at the moment of `shot`. It is never taken down, so it is given to the page for good.
    #[must_use]
    pub(crate) fn new(
        lab: Lab,
        shot: Shot,
        #[cfg(feature = "csr")] run: Box<dyn Run>,
        #[cfg(feature = "csr")] live: Live,
    ) -> LabState {
        Box::leak(Box::new(Self {
            playing: Slot::new(false),
            slowed: Slot::new(lab.slowed),
            selected: Slot::new(first_choice(&lab, &shot.view)),
            side: Slot::new(None),
            said: Slot::new(String::new()),
            heard: Slot::new(String::new()),
            keys: Slot::new(false),
            shot: Slot::new(Arc::new(shot)),
            lab: Arc::new(lab),
            #[cfg(feature = "csr")]
            run: RefCell::new(run),
            #[cfg(feature = "csr")]
            live,
        }))
    }

    /// The lab's description.
    #[must_use]
    pub(crate) fn lab(&self) -> Arc<Lab> {
        Arc::clone(&self.lab)
    }

    /// Whether there is a run behind the drawing.
    #[must_use]
    pub(crate) const fn is_live(&self) -> bool {
        cfg!(feature = "csr")
    }

    /// Whether the lab shows these controls.
    #[must_use]
    pub(crate) fn has(&self, control: Control) -> bool {
        self.lab.controls.contains(&control)
    }

    /// Whether the lab shows this panel.
    #[must_use]
    pub(crate) fn shows(&self, panel: Panel) -> bool {
        self.lab.panels.contains(&panel)
    }

    /// Works with the run.
    #[cfg(feature = "csr")]
    pub(crate) fn with_run<T>(&self, work: impl FnOnce(&mut dyn Run) -> T) -> T {
        work(self.run.borrow_mut().as_mut())
    }

    /// Puts another run in the place of the lab's.
    #[cfg(feature = "csr")]
    pub(crate) fn replace_run(&self, run: Box<dyn Run>) {
        *self.run.borrow_mut() = run;
    }

    /// The letter that keys a panel of a full plate, as in a printed figure; the stage is a.
    #[must_use]
    pub(crate) fn key_of(&self, panel: Panel) -> Markup {
        const ORDER: [Panel; 4] = [Panel::Inspector, Panel::Timeline, Panel::Logs, Panel::Safety];
        let before = ORDER.iter().take_while(|p| **p != panel).filter(|p| self.shows(**p)).count();
        html! { @if self.lab.size == Size::Full { span.panel-k { (["b", "c", "d", "e"][before]) } } }
    }
}

/// Runs are named a, b, c.
#[must_use]
pub(crate) fn letter(branch: usize) -> char {
    u8::try_from(branch).ok().and_then(|i| b'a'.checked_add(i)).filter(u8::is_ascii_lowercase).map_or('z', char::from)
}

/// What is selected when a lab opens: the leader of the highest epoch, if there is an inspector to show it.
fn first_choice(lab: &Lab, view: &View) -> Option<ProcessId> {
    if !lab.panels.contains(&Panel::Inspector) {
        return None;
    }
    let best = view.nodes.iter().filter(|n| n.status.is_up()).max_by_key(|n| (n.stance, n.epoch));
    best.map(|n| n.id)
}
