//! What one lab on a page knows: its run, the moment looked at, what is selected, which tool is on.
//! Everything that is drawn is derived from this. It touches no element.

#[cfg(feature = "csr")]
use core::cell::{Cell, OnceCell, RefCell};
#[cfg(feature = "csr")]
use std::rc::Rc;
use std::sync::Arc;

#[cfg(feature = "csr")]
use leptos::reactive::traits::Track as _;
#[cfg(feature = "csr")]
use lesson::{Challenge, Sealed};
use lesson::{Control, Lab, Panel};
use protocols::view::{BranchView, Diagram, EventKind, EventView, Step, Story};
use protocols::{Run, View};
use sim::{EventId, EventSet, MsgId, ProcessId, Span, Time};

#[cfg(feature = "csr")]
use crate::challenge::{Search, Trial};
#[cfg(feature = "csr")]
use crate::compare::Beside;
#[cfg(feature = "csr")]
use crate::menu;
#[cfg(feature = "csr")]
use crate::more::Rest;
#[cfg(feature = "csr")]
use crate::motion;
#[cfg(feature = "csr")]
use crate::scene::Frame;
#[cfg(feature = "csr")]
use crate::share::Kept;
use crate::sides::Way;
use crate::slot::Slot;
#[cfg(feature = "csr")]
use crate::timeline::Width;
#[cfg(feature = "csr")]
use crate::turns::Turn;

/// Everything that the plate draws of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Shot {
    /// The picture.
    pub view: View,
    /// The whole run so far.
    pub story: Arc<Story>,
    /// The span that is enlarged, and what happened in it. Empty if nobody looks at it.
    pub near: Arc<Near>,
    /// The latest events worth a line, oldest first.
    pub recent: Vec<EventView>,
    /// The next event, as far as it has been simulated.
    pub next: Option<EventView>,
    /// The answer to "why?" about what is selected.
    pub answer: Arc<Answer>,
    /// Where the run ends.
    pub end: Time,
    /// The branches, as in [`Run::branches`].
    pub branches: Vec<BranchView>,
    /// The branch looked at.
    pub branch: usize,
}

/// A span of the run, message by message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Near {
    /// From when.
    pub from: Time,
    /// Until when.
    pub to: Time,
    /// How far the run had been simulated.
    pub frontier: Time,
    /// On which branch.
    pub branch: usize,
    /// What happened.
    pub diagram: Diagram,
}

/// The answer to "why?".
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// The event that it is about.
    pub about: Option<EventId>,
    /// On which branch.
    pub branch: usize,
    /// The chain of causes, newest first.
    pub steps: Vec<Step>,
    /// Everything that could have had a part in it.
    pub past: EventSet,
}

/// What is selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Picked {
    /// Nothing.
    #[default]
    Nothing,
    /// A server or a client.
    Process(ProcessId),
    /// The link between two processes, the smaller id first.
    Link(ProcessId, ProcessId),
    /// A message.
    Message(MsgId),
    /// An event.
    Event(EventId),
}

/// One lab on the page.
pub(crate) struct Bench {
    lab: Arc<Lab>,
    /// What is drawn. Changes when something happens, not with every frame.
    pub(crate) shot: Slot<Arc<Shot>>,
    /// Whether time runs.
    pub(crate) playing: Slot<bool>,
    /// How many times slower than life.
    pub(crate) slowed: Slot<u32>,
    /// What is selected.
    pub(crate) picked: Slot<Picked>,
    /// The span that the reader has chosen to enlarge; `None` while it follows the moment looked at.
    pub(crate) span: Slot<Option<(Time, Time)>>,
    /// The sides that are being made up, while the cut tool is on: the second and later ones; all others are on the
    /// first.
    pub(crate) sides: Slot<Option<Vec<Vec<ProcessId>>>>,
    /// Which way the sides will be cut.
    pub(crate) way: Slot<Way>,
    /// The links that the stroke that is being drawn would sever.
    pub(crate) would_cut: Slot<Vec<(ProcessId, ProcessId)>>,
    /// Whether every panel and control is shown, or only those that the lesson names.
    pub(crate) all: Slot<bool>,
    /// The last answer to the reader: a refusal or a confirmation.
    pub(crate) said: Slot<String>,
    /// What a screen reader is told: the latest line.
    pub(crate) heard: Slot<String>,
    /// Which sheet is open, by its name: `keys`, `share`, `dials`.
    pub(crate) sheet: Slot<&'static str>,
    /// How many lines of the log are being read; none while the words are shut.
    pub(crate) lines: Slot<usize>,
    /// What only a live lab has.
    #[cfg(feature = "csr")]
    pub(crate) live: Live,
}

/// What a live lab knows besides what it draws.
#[cfg(feature = "csr")]
pub(crate) struct Live {
    run: RefCell<Box<dyn Run>>,
    /// Which drawing there is room for.
    pub(crate) frame: Slot<Frame>,
    /// The stage as it stands in the page.
    pub(crate) stage: RefCell<Option<motion::Stage>>,
    /// Which timeline there is room for.
    pub(crate) width: Slot<Width>,
    /// The menu that is open.
    pub(crate) menu: menu::Open,
    /// What of the logs is on show.
    pub(crate) logs: Slot<crate::logs::Window>,
    /// What a link to the run is made of.
    pub(crate) kept: Kept,
    /// The run beside the run.
    pub(crate) beside: Beside,
    /// The challenge as the page holds it.
    pub(crate) sealed: Sealed,
    /// The challenge, once it has been read.
    pub(crate) challenge: OnceCell<Option<Challenge>>,
    /// The challenge's state.
    pub(crate) trial: Slot<Trial>,
    /// Whether the reader wants no motion.
    pub(crate) still: Cell<bool>,
    /// When a screen reader was last told something while playing, in ms of real time.
    pub(crate) told_at: Cell<f64>,
    /// The latest event worth a line, and on which branch.
    pub(crate) noted: Slot<(EventId, usize)>,
    /// The broken promise that a screen reader was told of last.
    pub(crate) alarm: Slot<String>,
    /// Whether the flag over the whole run was drawn anew, with all around it.
    pub(crate) flag_drawn: Cell<bool>,
    /// Whether the span that is enlarged was drawn anew.
    pub(crate) near_drawn: Cell<bool>,
    /// Whether the logs have grown and their end is to be followed.
    pub(crate) logs_grew: Cell<bool>,
    /// Whether what changes now is only that the lab plays on.
    pub(crate) rushes: Cell<bool>,
    /// The parts that wait for being drawn, the one that has waited longest first.
    pub(crate) turns: RefCell<Vec<Rc<Turn>>>,
    /// The search for the shortest trace that passes the challenge, while it goes on.
    pub(crate) search: RefCell<Option<Search>>,
    /// What completes the lab, once it is there.
    pub(crate) rest: Rest,
}

#[cfg(feature = "csr")]
impl Live {
    /// A live lab's own part, around its run.
    pub(crate) fn new(run: Box<dyn Run>, sealed: Sealed, frame: Frame, width: Width, still: bool) -> Self {
        Self {
            kept: Kept::of(run.as_ref()),
            beside: Beside::default(),
            run: RefCell::new(run),
            frame: Slot::new(frame),
            stage: RefCell::new(None),
            width: Slot::new(width),
            menu: menu::Open::none(),
            logs: Slot::new(crate::logs::Window::default()),
            sealed,
            challenge: OnceCell::new(),
            trial: Slot::new(Trial::default()),
            still: Cell::new(still),
            told_at: Cell::new(0.0),
            noted: Slot::new((EventId(u32::MAX), 0)),
            alarm: Slot::new(String::new()),
            flag_drawn: Cell::new(true),
            near_drawn: Cell::new(true),
            logs_grew: Cell::new(false),
            rushes: Cell::new(false),
            turns: RefCell::default(),
            search: RefCell::default(),
            rest: Rest::default(),
        }
    }
}

/// What of the run is wanted for a shot.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    /// What is selected.
    pub picked: Picked,
    /// The span that is enlarged; `None`: the one around the moment.
    pub span: Option<(Time, Time)>,
    /// Whether there is a diagram to draw.
    pub diagram: bool,
    /// Whether somebody asks why.
    pub why: bool,
    /// How many lines of events stand beside the logs.
    pub lines: usize,
    /// How to look closer, if that can be done.
    pub look: Option<Look>,
}

/// What is found by looking closer at a run than the stage needs: the enlarged span, and the answer to "why?".
pub(crate) type Look = fn(&dyn Run, &View, Wanted, Option<&Shot>) -> (Arc<Near>, Arc<Answer>);

/// How long a span is enlarged while the reader has not chosen another.
pub(crate) const NEAR: Span = Span::from_millis(320);

impl Shot {
    /// What a lab shows when it opens, at the run's cursor.
    #[must_use]
    pub(crate) fn opening(run: &dyn Run, lab: &Lab) -> Self {
        let picked = first_choice(lab, &run.view());
        #[cfg(feature = "csr")]
        let look = None;
        #[cfg(not(feature = "csr"))]
        let look: Option<Look> = Some(closer);
        Self::of(run, Wanted { look, ..Wanted::of(lab, false, picked, None) }, None)
    }

    /// Looks at the run where its cursor stands. `known` is the last shot: what still holds of it is used again.
    #[must_use]
    pub(crate) fn of(run: &dyn Run, wanted: Wanted, known: Option<&Self>) -> Self {
        let view = run.view();
        let branch = run.branch();
        let frontier = run.frontier();
        let story = match known {
            Some(old) if old.branch == branch && old.story.frontier == frontier => Arc::clone(&old.story),
            _ => Arc::new(run.story()),
        };
        let (near, answer) = wanted.look.map(|look| look(run, &view, wanted, known)).unwrap_or_default();
        let recent = recent(run, wanted.lines, known);
        let next = upcoming(run);
        Self { view, story, near, recent, next, answer, end: run.end(), branches: run.branches(), branch }
    }

    /// A picture alone, of a run that nothing else is known of.
    #[must_use]
    pub(crate) fn of_view(view: View) -> Self {
        Self {
            view,
            story: Arc::default(),
            near: Arc::default(),
            recent: Vec::new(),
            next: None,
            answer: Arc::default(),
            end: Time::ZERO,
            branches: Vec::new(),
            branch: 0,
        }
    }

    /// A server by its id.
    #[must_use]
    pub(crate) fn node(&self, id: ProcessId) -> Option<&protocols::view::NodeView> {
        self.view.nodes.iter().find(|n| n.id == id)
    }
}

impl Wanted {
    /// What this lab's panels need.
    #[must_use]
    pub(crate) fn of(lab: &Lab, all: bool, picked: Picked, span: Option<(Time, Time)>) -> Self {
        let shows = |panel| all || lab.panels.contains(&panel);
        Self {
            picked,
            span,
            diagram: shows(Panel::Diagram),
            why: shows(Panel::Inspector) || shows(Panel::Diagram) || shows(Panel::Safety),
            lines: if shows(Panel::Logs) { 6 } else { 1 },
            look: None,
        }
    }
}

/// The span that is enlarged around a moment: most of it lies in the past. It goes on page by page, so that it stands
/// still under the playhead for a while.
#[must_use]
pub(crate) fn span_around(now: Time, end: Time) -> (Time, Time) {
    const PAGE: u64 = NEAR.0 / 4;
    let from = now.0.saturating_sub(NEAR.0 * 13 / 20) / PAGE * PAGE;
    let from = Time(from.min(end.0.saturating_sub(NEAR.0)));
    (from, from + NEAR)
}

/// Looks closer.
pub(crate) fn closer(run: &dyn Run, view: &View, wanted: Wanted, known: Option<&Shot>) -> (Arc<Near>, Arc<Answer>) {
    (near(run, wanted, known), answer(run, view, wanted, known))
}

fn near(run: &dyn Run, wanted: Wanted, known: Option<&Shot>) -> Arc<Near> {
    if !wanted.diagram {
        return Arc::default();
    }
    let (branch, frontier) = (run.branch(), run.frontier());
    let (from, to) = wanted.span.unwrap_or_else(|| span_around(run.now(), run.end()));
    match known.map(|old| &old.near) {
        Some(old)
            if (old.from, old.to, old.branch) == (from, to, branch)
                && (old.frontier == frontier || old.frontier.min(frontier) > to) =>
        {
            Arc::clone(old)
        }
        _ => Arc::new(Near { from, to, frontier, branch, diagram: run.diagram(from, to) }),
    }
}

/// The latest events up to now that are worth a line: those of the last shot and what came after, or else as far back
/// as it takes to find some.
fn recent(run: &dyn Run, wanted: usize, known: Option<&Shot>) -> Vec<EventView> {
    let now = run.now();
    let worth = |e: &EventView| !matches!(e.kind, EventKind::Message | EventKind::Timer);
    let mut found = Vec::new();
    let before = known.filter(|old| old.branch == run.branch() && old.view.at <= now);
    if let Some(old) = before.filter(|old| old.recent.len() >= wanted)
        && let Some(last) = old.recent.last()
    {
        found.clone_from(&old.recent);
        found.extend(run.events(old.view.at, now).into_iter().filter(|e| e.id > last.id && worth(e)));
    } else {
        for window in [60, 400, 3_000, 20_000, 600_000] {
            let from = now - Span::from_millis(window);
            found = run.events(from, now);
            found.retain(worth);
            if found.len() >= wanted || from == Time::ZERO {
                break;
            }
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

fn answer(run: &dyn Run, view: &View, wanted: Wanted, known: Option<&Shot>) -> Arc<Answer> {
    let branch = run.branch();
    let about = if wanted.why { asked(run, view, wanted.picked) } else { None };
    match known.map(|old| &old.answer) {
        Some(old) if (old.about, old.branch) == (about, branch) => Arc::clone(old),
        _ => Arc::new(match about {
            Some(id) => Answer { about, branch, steps: run.why(id), past: run.past(id) },
            None => Answer { branch, ..Answer::default() },
        }),
    }
}

/// The event that a selection asks about: itself, or a server's last change of part.
fn asked(run: &dyn Run, view: &View, picked: Picked) -> Option<EventId> {
    let id = match picked {
        Picked::Event(id) => return Some(id),
        Picked::Process(id) => id,
        _ => return None,
    };
    let node = view.nodes.iter().find(|n| n.id == id)?;
    let changes = run.events(node.since, node.since);
    let wanted = if node.status.is_up() { EventKind::Role } else { EventKind::Fault };
    let last = changes.iter().rev().find(|e| e.kind == wanted && e.process == Some(node.id));
    last.map(|e| e.id)
}

impl Bench {
    /// A lab at the moment of `shot`.
    #[must_use]
    pub(crate) fn new(lab: Lab, shot: Shot, #[cfg(feature = "csr")] live: Live) -> Self {
        Self {
            playing: Slot::new(false),
            slowed: Slot::new(lab.slowed),
            picked: Slot::new(first_choice(&lab, &shot.view)),
            span: Slot::new(None),
            sides: Slot::new(None),
            way: Slot::new(Way::default()),
            would_cut: Slot::new(Vec::new()),
            all: Slot::new(false),
            said: Slot::new(String::new()),
            heard: Slot::new(String::new()),
            sheet: Slot::new(""),
            lines: Slot::new(0),
            shot: Slot::new(Arc::new(shot)),
            lab: Arc::new(lab),
            #[cfg(feature = "csr")]
            live,
        }
    }

    /// The lab's description.
    #[must_use]
    pub(crate) fn lab(&self) -> &Lab {
        &self.lab
    }

    /// Whether there is a run behind the drawing.
    #[must_use]
    pub(crate) const fn is_live(&self) -> bool {
        cfg!(feature = "csr")
    }

    /// Whether the lab shows these controls.
    #[must_use]
    pub(crate) fn has(&self, control: Control) -> bool {
        self.lab.controls.contains(&control) || self.all.get()
    }

    /// Whether the lab shows this panel.
    #[must_use]
    pub(crate) fn shows(&self, panel: Panel) -> bool {
        self.lab.panels.contains(&panel) || self.all.get()
    }

    /// The process that is selected, or that the selected event happened at.
    #[must_use]
    pub(crate) fn selected(&self) -> Option<ProcessId> {
        match self.picked.get() {
            Picked::Process(id) => Some(id),
            Picked::Event(_) => self.shot.with(|s| s.answer.steps.first().and_then(|step| step.event.process)),
            _ => None,
        }
    }

    /// The lab's challenge, if it has one, once it has been read.
    #[cfg(feature = "csr")]
    #[must_use]
    pub(crate) fn challenge(&self) -> Option<&Challenge> {
        self.live.challenge.get().and_then(Option::as_ref)
    }

    /// Follows all that the reader changes other than by letting the lab play.
    #[cfg(feature = "csr")]
    pub(crate) fn follow_hand(&self) {
        let live = &self.live;
        let slots = [
            self.playing.changed(),
            self.picked.changed(),
            self.span.changed(),
            self.sides.changed(),
            self.way.changed(),
            self.all.changed(),
            self.said.changed(),
            self.sheet.changed(),
            self.lines.changed(),
            live.width.changed(),
            live.logs.changed(),
            live.trial.changed(),
        ];
        for slot in slots {
            slot.track();
        }
    }

    /// Works with the run.
    #[cfg(feature = "csr")]
    pub(crate) fn with_run<T>(&self, work: impl FnOnce(&mut dyn Run) -> T) -> T {
        work(self.live.run.borrow_mut().as_mut())
    }

    /// Puts another run in the place of the lab's.
    #[cfg(feature = "csr")]
    pub(crate) fn replace_run(&self, run: Box<dyn Run>) {
        *self.live.run.borrow_mut() = run;
    }
}

/// Runs are named a, b, c.
#[must_use]
pub(crate) fn letter(branch: usize) -> char {
    u8::try_from(branch).ok().and_then(|i| b'a'.checked_add(i)).filter(u8::is_ascii_lowercase).map_or('z', char::from)
}

/// What is selected when a lab opens: the leader of the highest epoch, if there is an inspector to show it.
fn first_choice(lab: &Lab, view: &View) -> Picked {
    if !lab.panels.contains(&Panel::Inspector) {
        return Picked::Nothing;
    }
    let best = view.nodes.iter().filter(|n| n.status.is_up()).max_by_key(|n| (n.stance, n.epoch));
    best.map_or(Picked::Nothing, |n| Picked::Process(n.id))
}
