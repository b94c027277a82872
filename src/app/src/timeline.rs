//! Panel c: the whole run as lanes, one to a server. A line follows, a dashed band asks, a heavy band leads;
//! cuts lie between the lanes that they part. The flag is the playhead.

use leptos::prelude::*;
use lesson::Size;
use protocols::view::{Band, CutSpan, EventKind, LaneView, Stance, Status, Story};
use sim::{ProcessId, Time};

use crate::node::{hue, weight};
use crate::num::N;
use crate::stage::ms;
use crate::state::{LabState, Shot, letter};

/// The widths that a timeline is drawn at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// A full plate.
    Wide,
    /// A full plate on a small screen.
    Mid,
    /// The text column.
    Column,
    /// A phone.
    Narrow,
}

/// Time to place, and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    /// Where time 0 stands.
    pub left: f32,
    /// Where the axis ends.
    pub right: f32,
    /// The moment at its right end.
    pub span: Time,
}

const FIRST_LANE: f32 = 40.0;
const LANE: f32 = 20.0;

impl Width {
    /// The drawing's width.
    #[must_use]
    pub(crate) const fn px(self) -> f32 {
        match self {
            Self::Wide => 1140.0,
            Self::Mid => 896.0,
            Self::Column => 588.0,
            Self::Narrow => 354.0,
        }
    }

    /// The axis for a run that has been simulated this far.
    #[must_use]
    pub(crate) fn axis(self, frontier: Time, end: Time) -> Axis {
        let left = if matches!(self, Self::Narrow | Self::Column) { 22.0 } else { 52.0 };
        Axis { left, right: self.px() - 10.0, span: span_of(frontier, end) }
    }
}

/// The shortest round span that holds the run so far with some room, but no more than the whole run.
fn span_of(frontier: Time, end: Time) -> Time {
    const STEPS_MS: [u64; 12] = [500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000];
    let wanted = frontier.0 + frontier.0 / 12;
    let step = STEPS_MS.iter().map(|ms| ms * 1_000).find(|&us| us >= wanted).unwrap_or(u64::MAX);
    Time(step.min(end.0.max(1)))
}

impl Axis {
    /// Where a moment stands.
    #[must_use]
    pub(crate) fn x(&self, at: Time) -> f32 {
        self.left + (self.right - self.left) * (at.0 as f32 / self.span.0.max(1) as f32)
    }

    /// The moment that stands there.
    #[cfg(any(feature = "csr", test))]
    #[must_use]
    pub(crate) fn time(&self, x: f32) -> Time {
        let part = ((x - self.left) / (self.right - self.left)).clamp(0.0, 1.0);
        Time((f64::from(part) * self.span.0 as f64) as u64)
    }
}

/// The widths of a plate's timeline: the live one takes the first that fits, a poster draws all.
#[must_use]
pub(crate) const fn widths(size: Size) -> &'static [(Width, &'static str)] {
    match size {
        Size::Small => &[(Width::Column, "only-wide"), (Width::Narrow, "only-narrow")],
        Size::Full | Size::Hero => {
            &[(Width::Wide, "only-wide has-mid"), (Width::Mid, "only-mid"), (Width::Narrow, "only-narrow")]
        }
    }
}

/// The panel.
#[must_use]
pub(crate) fn timeline(state: LabState, width: RwSignal<Width>, key: &'static str) -> AnyView {
    let size = state.lab().size;
    let drawn = move || {
        if state.is_live() {
            svg(state, width.get(), "")
        } else {
            widths(size).iter().map(|&(w, class)| svg(state, w, class)).collect_view().into_any()
        }
    };
    view! {
        <div class="time lab-panel">
            {(!key.is_empty()).then(|| view! { <span class="panel-k">{key}</span> })}
            {drawn}
        </div>
    }
    .into_any()
}

/// How high the drawing is.
fn height(lanes: usize, branches: usize) -> f32 {
    let runs = if branches > 1 { 14.0 + 14.0 * branches as f32 } else { 0.0 };
    FIRST_LANE + LANE * lanes as f32 + 34.0 + runs
}

fn svg(state: LabState, width: Width, class: &'static str) -> AnyView {
    let lanes = state.shot.with_untracked(|s| s.view.nodes.len());
    let axis = Memo::new(move |_| state.shot.with(|s| width.axis(s.story.frontier, s.end)));
    let branches = Memo::new(move |_| state.shot.with(|s| s.branches.len()));
    view! {
        <svg
            class=format!("overview-svg {class}")
            viewBox=move || format!("0 0 {} {}", N(width.px()), N(height(lanes, branches.get())))
            role="group"
            aria-label="Timeline of the run: one lane for each node"
            data-timeline
        >
            <rect class="time-ground" x="0" y="0" width=N(width.px()).to_string() height=N(height(lanes, 1)).to_string()></rect>
            <g aria-hidden="true">{move || state.shot.with(|s| run_so_far(s, axis.get(), width))}</g>
            <g aria-hidden="true">{move || ruler(axis.get(), lanes)}</g>
            <g aria-hidden="true">{move || state.shot.with(|s| runs(s, axis.get(), lanes))}</g>
            {move || state.shot.with(|s| playhead(s, axis.get(), lanes))}
        </svg>
    }
    .into_any()
}

fn run_so_far(shot: &Shot, axis: Axis, width: Width) -> AnyView {
    let story = &shot.story;
    let now = shot.view.at;
    view! {
        {story.lanes.iter().enumerate().map(|(i, l)| lane(l, lane_y(i), axis, now, shot.view.epoch_word)).collect_view()}
        {story.cuts.iter().map(|c| cut(c, story, axis, now)).collect_view()}
        {marks(story, axis, now, width)}
    }
    .into_any()
}

fn lane_y(i: usize) -> f32 {
    FIRST_LANE + LANE * i as f32
}

fn lane(view: &LaneView, y: f32, axis: Axis, now: Time, word: &str) -> AnyView {
    let past: Vec<Band> = view.bands.iter().filter(|b| b.from < now || b.from == Time::ZERO).map(|b| Band { to: b.to.min(now), ..*b }).collect();
    let ahead: Vec<Band> = view.bands.iter().filter(|b| b.to > now).map(|b| Band { from: b.from.max(now), ..*b }).collect();
    let ticks = |from: Time, to: Time| -> String {
        view.commits
            .iter()
            .filter(|&&t| from <= t && t < to)
            .map(|&t| format!("M{} {}v4", N(axis.x(t)), N(y - 9.0)))
            .collect()
    };
    let numbers = view.bands.iter().filter_map(|b| number(b, y, axis, word, now)).collect_view();
    view! {
        <text class="pt is-lane" x="14" y=N(y + 5.0).to_string()>{view.name.clone()}</text>
        {past.iter().map(|b| band(b, y, axis)).collect_view()}
        <path class="commit" d=ticks(Time::ZERO, now + sim::Span(1))></path>
        <g class="is-ahead">
            {ahead.iter().map(|b| band(b, y, axis)).collect_view()}
            <path class="commit" d=ticks(now + sim::Span(1), Time(u64::MAX))></path>
        </g>
        {numbers}
        {view.bands.windows(2).filter_map(|w| restart(w, y, axis)).collect_view()}
    }
    .into_any()
}

fn band(b: &Band, y: f32, axis: Axis) -> AnyView {
    let class = if b.status == Status::Down { "is-down" } else { weight(b.status, b.stance) };
    let d = format!("M{} {y}H{}", N(axis.x(b.from)), N(axis.x(b.to)), y = N(y));
    view! { <path class=format!("band {class} {}", hue(b.epoch)) d=d></path> }.into_any()
}

/// A leader's band carries its term where there is room.
fn number(b: &Band, y: f32, axis: Axis, word: &str, now: Time) -> Option<AnyView> {
    if b.status == Status::Down || b.stance != Stance::Leads {
        return None;
    }
    let room = axis.x(b.to) - axis.x(b.from);
    let text = match room {
        r if r > 48.0 => format!("{word} {}", b.epoch),
        r if r > 14.0 => b.epoch.to_string(),
        _ => return None,
    };
    let ahead = if b.from > now { "is-dim" } else { "" };
    let class = format!("band-n on-{} {ahead}", hue(b.epoch));
    Some(view! { <text class=class x=N(axis.x(b.from) + 5.0).to_string() y=N(y + 4.0).to_string()>{text}</text> }.into_any())
}

fn restart(pair: &[Band], y: f32, axis: Axis) -> Option<AnyView> {
    let (before, after) = (pair[0], pair[1]);
    let x = axis.x(after.from);
    match (before.status, after.status) {
        (Status::Up, Status::Down) => {
            let d = format!("M{} {}l10 10m0-10l-10 10", N(x - 5.0), N(y - 5.0));
            Some(view! { <path class="fault-x" d=d></path> }.into_any())
        }
        (Status::Down, Status::Up) => {
            Some(view! { <circle class="restart" cx=N(x).to_string() cy=N(y).to_string() r="4"></circle> }.into_any())
        }
        _ => None,
    }
}

fn cut(span: &CutSpan, story: &Story, axis: Axis, now: Time) -> AnyView {
    let (from, to) = (axis.x(span.from), axis.x(span.to.unwrap_or(story.frontier)));
    let parts: Vec<f32> = gaps(span, story).collect();
    let path = |make: &dyn Fn(f32) -> String| parts.iter().map(|&y| make(y)).collect::<String>();
    let lines = path(&|y| format!("M{} {}H{}", N(from), N(y), N(to)));
    let class = if span.from > now { "is-ahead" } else { "" };
    let begins = path(&|y| format!("M{} {}v14", N(from), N(y - 7.0)));
    let ends = if span.to.is_some() { path(&|y| format!("M{} {}v14", N(to), N(y - 7.0))) } else { String::new() };
    view! {
        <g class=class>
            <path class="cut-line" d=lines></path>
            <path class="cut-ends" d=begins></path>
            <path class="heal-end" d=ends></path>
        </g>
    }
    .into_any()
}

/// The gaps between lanes that a cut runs through: those whose two lanes stand on different sides.
fn gaps<'s>(span: &'s CutSpan, story: &'s Story) -> impl Iterator<Item = f32> + 's {
    let side = |id: ProcessId| span.sides.iter().position(|s| s.contains(&id));
    let parted = move |pair: &[LaneView]| matches!((side(pair[0].process), side(pair[1].process)), (Some(a), Some(b)) if a != b);
    story.lanes.windows(2).enumerate().filter(move |(_, pair)| parted(pair)).map(|(i, _)| lane_y(i) + LANE / 2.0)
}

/// Crashes, restarts, cuts and heals by name along the top, where there is room for the words.
fn marks(story: &Story, axis: Axis, now: Time, width: Width) -> AnyView {
    let per_letter = if width == Width::Narrow { 6.0 } else { 6.3 };
    let mut free_from = f32::MIN;
    let flag = axis.x(now) + flag_shift(axis, now);
    story
        .marks
        .iter()
        .map(|e| {
            let x = axis.x(e.at);
            let (class, stem) = match e.kind {
                EventKind::Mend => ("mend-label", "mend-stem"),
                _ => ("fault-label", "fault-stem"),
            };
            let who = e.process.and_then(|id| story.lanes.iter().position(|l| l.process == id));
            let word = match (e.kind, who) {
                (EventKind::Mend, Some(_)) => "restart",
                (EventKind::Mend, None) => "heal",
                (EventKind::Breach, _) => "broken",
                (_, Some(_)) => "crash",
                (_, None) => "cut",
            };
            let text = who.map_or_else(|| word.to_owned(), |i| format!("{word} {}", story.lanes[i].name));
            // Right of its stem, or else left of it, or else not at all: never under the flag or another word.
            let room = text.len() as f32 * per_letter;
            let clear = |from: f32| {
                let free = from >= free_from && from + room <= axis.right + 8.0;
                free && (from + room < flag - 35.0 || from > flag + 35.0)
            };
            let spot = [(x + 4.0, "start", x + 4.0), (x - 4.0, "end", x - 4.0 - room)].into_iter().find(|s| clear(s.2));
            let (lx, anchor, text) = match spot {
                Some((lx, anchor, from)) => {
                    free_from = from + room + 6.0;
                    (lx, anchor, text)
                }
                None => (x, "start", String::new()),
            };
            let first_gap = || story.cuts.iter().find(|c| c.event == e.id || c.to == Some(e.at)).and_then(|c| gaps(c, story).next());
            let foot = who.map(|i| lane_y(i) - 7.0).or_else(|| first_gap().map(|y| y - 7.0)).unwrap_or(FIRST_LANE - 8.0);
            let dim = if e.at > now { "is-ahead" } else { "" };
            view! {
                <g class=dim>
                    <path class=stem d=format!("M{} 22V{}", N(x), N(foot))></path>
                    <text class=class x=N(lx).to_string() y="19" text-anchor=anchor>{text}</text>
                </g>
            }
        })
        .collect_view()
        .into_any()
}

fn ruler(axis: Axis, lanes: usize) -> AnyView {
    let y = lane_y(lanes) + 8.0;
    let px_per_ms = (axis.right - axis.left) / (axis.span.0 as f32 / 1_000.0);
    // The smallest round step whose figures have room to stand.
    const STEPS: [u64; 12] = [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000];
    let step = STEPS.into_iter().find(|&s| s as f32 * px_per_ms >= 74.0).unwrap_or(200_000);
    let small = step / 5;
    let total = axis.span.0 / 1_000;
    let mut path = format!("M{} {y}H{}", N(axis.left), N(axis.right), y = N(y));
    let mut figures = Vec::new();
    for t in (0..=total).step_by(usize::try_from(small.max(1)).unwrap_or(1)) {
        let x = axis.x(Time(t * 1_000));
        let long = t % step == 0;
        path.push_str(&format!("M{} {}v{}", N(x), N(y), if long { "9" } else { "4" }));
        if long && x < axis.right - 12.0 {
            let text = if t == 0 { "0 ms".to_owned() } else { t.to_string() };
            figures.push((x, text));
        }
    }
    view! {
        <g class="ruler">
            <path d=path></path>
            {figures.into_iter().map(|(x, text)| {
                let anchor = if text == "0 ms" { "start" } else { "middle" };
                view! { <text x=N(x).to_string() y=N(y + 22.0).to_string() text-anchor=anchor>{text}</text> }
            }).collect_view()}
        </g>
    }
    .into_any()
}

/// The runs, if the reader has made more than one: a line to each, leaving its parent where it branched off.
fn runs(shot: &Shot, axis: Axis, lanes: usize) -> AnyView {
    if shot.branches.len() < 2 {
        return ().into_any();
    }
    let top = lane_y(lanes) + 8.0 + 38.0;
    shot.branches
        .iter()
        .enumerate()
        .map(|(i, &(parent, fork))| {
            let (y, from) = (top + 14.0 * i as f32, if i == 0 { axis.left } else { axis.x(fork) });
            let start = if i == 0 { from } else { from + 10.0 };
            let end = if i == shot.branch { axis.x(shot.story.frontier) } else { axis.right - 60.0 };
            let end = end.max(start + 6.0);
            let d = if i == 0 {
                format!("M{} {}H{}", N(from), N(y), N(end))
            } else {
                format!("M{} {}L{} {}H{}", N(from), N(top + 14.0 * parent as f32), N(start), N(y), N(end))
            };
            let (class, label) = if i == shot.branch { ("run", "run-label") } else { ("run is-other", "run-label is-other") };
            let text = if i == shot.branch { format!("run {}, shown", letter(i)) } else { format!("run {}", letter(i)) };
            view! {
                <path class=class d=d></path>
                <text class=label x=N(end + 7.0).to_string() y=N(y + 4.0).to_string()>{text}</text>
            }
        })
        .collect_view()
        .into_any()
}

/// The flag. Its place and its words are also written straight to it with every frame.
fn playhead(shot: &Shot, axis: Axis, lanes: usize) -> AnyView {
    let now = ms(shot.view.at);
    let foot = lane_y(lanes) + 8.0;
    view! {
        <g
            class="cursor"
            data-playhead
            role="slider"
            tabindex="0"
            aria-label="Time"
            aria-valuemin="0"
            aria-valuemax=ms(shot.end).to_string()
            aria-valuenow=now.to_string()
            aria-valuetext=format!("{now} milliseconds")
            transform=format!("translate({} 0)", N(axis.x(shot.view.at)))
        >
            <path class="cursor-line" d=format!("M0 18V{}", N(foot))></path>
            <g class="cursor-tag" transform=format!("translate({} 0)", N(flag_shift(axis, shot.view.at)))>
                <rect class="focus-ring" x="-37" y="-4" width="74" height="27"></rect>
                <rect class="cursor-flag" x="-33" y="0" width="66" height="19"></rect>
                <text class="cursor-n" x="0" y="13.5" text-anchor="middle">{format!("{now} ms")}</text>
            </g>
        </g>
    }
    .into_any()
}

/// The flag stays within the drawing.
#[must_use]
pub(crate) fn flag_shift(axis: Axis, at: Time) -> f32 {
    let x = axis.x(at);
    (33.0 - x).max(0.0) - (x + 33.0 - axis.right - 10.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_grows_with_the_run_and_never_past_its_end() {
        let span = |frontier, end| ms(span_of(Time(frontier), Time(end)));
        assert_eq!(span(180_000, 20_000_000), 500);
        assert_eq!(span(3_600_000, 60_000_000), 5_000);
        assert_eq!(span(59_000_000, 60_000_000), 60_000);
        assert_eq!(span(900_000, 1_500_000), 1_000);
    }

    #[test]
    fn a_place_on_the_axis_is_the_moment_that_stands_there() {
        let axis = Width::Wide.axis(Time(3_600_000), Time(60_000_000));
        for at in [0, 1_000_000, 4_999_000] {
            let back = axis.time(axis.x(Time(at))).0;
            assert!(back.abs_diff(at) < 1_000, "{at} came back as {back}");
        }
    }
}
