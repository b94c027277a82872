//! What one lab on a page knows: its run, the moment looked at, what is selected, which tool is on.
//! Everything that is drawn is derived from this. It touches no element.

use std::sync::Arc;

use leptos::prelude::*;
use lesson::{Control, Lab, Panel, Size};
use maud::{Markup, html};
use protocols::view::{EventKind, EventView, Status, Story};
use protocols::{Run, View};
use sim::{EventId, ProcessId, Span, Time};

#[cfg(feature = "csr")]
use crate::challenge::Trial;
use crate::scene::Frame;
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
    pub branches: Vec<(usize, Time)>,
    /// The branch looked at.
    pub branch: usize,
}

/// One lab. Cheap to copy: it holds handles.
#[derive(Clone, Copy)]
pub(crate) struct LabState {
    lab: StoredValue<Arc<Lab>>,
    pub(crate) run: StoredValue<Option<Box<dyn Run>>, LocalStorage>,
    /// What is drawn. Changes when something happens, not with every frame.
    pub shot: RwSignal<Arc<Shot>>,
    /// Whether time runs.
    pub playing: RwSignal<bool>,
    /// How many times slower than life.
    pub slowed: RwSignal<u32>,
    /// The selected process.
    pub selected: RwSignal<Option<ProcessId>>,
    /// The event that is asked about, instead of the selected process's last change of part.
    #[cfg(feature = "csr")]
    pub event: RwSignal<Option<EventId>>,
    /// The servers put on one side, while the cut tool is on.
    pub side: RwSignal<Option<Vec<ProcessId>>>,
    /// The last answer to the reader: a refusal or a confirmation.
    pub said: RwSignal<String>,
    /// What a screen reader is told: the latest line.
    pub heard: RwSignal<String>,
    /// When it was last told something while playing, in ms of real time.
    #[cfg(feature = "csr")]
    pub told_at: StoredValue<f64>,
    /// Which drawing there is room for.
    pub frame: RwSignal<Frame>,
    /// Which timeline there is room for.
    pub width: RwSignal<Width>,
    /// Whether the sheet of keys is open.
    pub keys: RwSignal<bool>,
    /// The challenge's state.
    #[cfg(feature = "csr")]
    pub trial: RwSignal<Trial>,
    /// Whether the reader wants no motion.
    #[cfg(feature = "csr")]
    pub still: RwSignal<bool>,
}

impl Shot {
    /// Looks at the run where its cursor stands. `known` is the last story, to be reused if it still holds.
    #[must_use]
    pub(crate) fn of(run: &dyn Run, lab: &Lab, asked: Option<EventId>, selected: Option<ProcessId>, known: Option<&Self>) -> Self {
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
        return run.why(id);
    }
    let Some(node) = selected.and_then(|id| view.nodes.iter().find(|n| n.id == id)) else { return Vec::new() };
    let changes = run.events(node.since, node.since);
    let wanted = if node.status == Status::Up { EventKind::Role } else { EventKind::Fault };
    let last = changes.iter().rev().find(|e| e.kind == wanted && e.process == Some(node.id));
    last.map_or_else(Vec::new, |e| run.why(e.id))
}

impl LabState {
    /// A lab at the moment of `shot`; without a run it only draws.
    #[must_use]
    pub(crate) fn new(lab: Lab, shot: Shot, run: Option<Box<dyn Run>>, frame: Frame, width: Width) -> Self {
        let selected = first_choice(&lab, &shot.view);
        let slowed = lab.slowed;
        #[cfg(feature = "csr")]
        let trial = Trial::of(&lab);
        Self {
            lab: StoredValue::new(Arc::new(lab)),
            run: StoredValue::new_local(run),
            shot: RwSignal::new(Arc::new(shot)),
            playing: RwSignal::new(false),
            slowed: RwSignal::new(slowed),
            selected: RwSignal::new(selected),
            #[cfg(feature = "csr")]
            event: RwSignal::new(None),
            side: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            heard: RwSignal::new(String::new()),
            #[cfg(feature = "csr")]
            told_at: StoredValue::new(0.0),
            frame: RwSignal::new(frame),
            width: RwSignal::new(width),
            keys: RwSignal::new(false),
            #[cfg(feature = "csr")]
            trial: RwSignal::new(trial),
            #[cfg(feature = "csr")]
            still: RwSignal::new(false),
        }
    }

    /// The lab's description.
    #[must_use]
    pub(crate) fn lab(&self) -> Arc<Lab> {
        self.lab.get_value()
    }

    /// Whether there is a run behind the drawing.
    #[must_use]
    pub(crate) fn is_live(&self) -> bool {
        self.run.with_value(Option::is_some)
    }

    /// Whether the lab shows these controls.
    #[must_use]
    pub(crate) fn has(&self, control: Control) -> bool {
        self.lab.with_value(|lab| lab.controls.contains(&control))
    }

    /// The letter that keys a panel of a full plate, as in a printed figure; the stage is a.
    #[must_use]
    pub(crate) fn key_of(&self, panel: Panel) -> Markup {
        const ORDER: [Panel; 4] = [Panel::Inspector, Panel::Timeline, Panel::Logs, Panel::Safety];
        self.lab.with_value(|lab| {
            let before = ORDER.iter().take_while(|p| **p != panel).filter(|p| lab.panels.contains(p)).count();
            html! { @if lab.size == Size::Full { span.panel-k { (["b", "c", "d", "e"][before]) } } }
        })
    }

    /// Whether the lab shows this panel.
    #[must_use]
    pub(crate) fn shows(&self, panel: Panel) -> bool {
        self.lab.with_value(|lab| lab.panels.contains(&panel))
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
    let best = view.nodes.iter().filter(|n| n.status == Status::Up).max_by_key(|n| (n.stance, n.epoch));
    best.map(|n| n.id)
}
