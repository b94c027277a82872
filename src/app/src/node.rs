//! A server and a client as marks: ring, name, epoch, timer, heartbeat ticks, log cells.

use core::f32::consts::TAU;
use core::fmt::Write as _;

use maud::{Markup, html};
use protocols::view::{Cell, ClientView, NodeView, Stance, Status, TimerView};
use sim::Time;

use crate::num::{N, sin_cos};
use crate::scene::{Beside, GROUND, P, RING, Scene, TIMER};
use crate::words;

/// The class of an epoch's hue: a cycle of six, none for zero.
#[must_use]
pub(crate) fn hue(epoch: u64) -> &'static str {
    const CYCLE: [&str; 6] = ["t1", "t2", "t3", "t4", "t5", "t6"];
    match epoch {
        0 => "t0",
        n => CYCLE[((n - 1) % 6) as usize],
    }
}

/// The class of a part: the ring's weight.
#[must_use]
pub(crate) const fn weight(status: Status, stance: Stance) -> &'static str {
    match (status, stance) {
        (Status::Down, _) => "is-crashed",
        (_, Stance::Follows) => "is-follower",
        (_, Stance::Asks) => "is-candidate",
        (_, Stance::Leads) => "is-leader",
    }
}

/// The neutral name of a part, for `data-role`.
const fn part(node: &NodeView) -> &'static str {
    match (node.status, node.stance) {
        (Status::Down, _) => "down",
        (_, Stance::Follows) => "follower",
        (_, Stance::Asks) => "candidate",
        (_, Stance::Leads) => "leader",
    }
}

/// How a server is shown besides its own state.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shown {
    /// It is selected.
    pub(crate) selected: bool,
    /// It is where the Tab key enters the stage.
    pub(crate) tab_stop: bool,
    /// It stands on the side that is being made up.
    pub(crate) on_side: bool,
}

/// A server. It is a button: the stage has one tab stop, and arrows move between the nodes.
#[must_use]
pub(crate) fn node(view: &NodeView, at: P, now: Time, epoch_word: &str, shown: Shown) -> Markup {
    let up = view.status.is_up();
    let (gone, left) = view.beat.filter(|_| up).map(|t| beats(t, now)).unwrap_or_default();
    let timer = view.timer.filter(|_| up && view.beat.is_none());
    let term = if up { hue(view.epoch) } else { "t0" };
    html! {
        g.node.(weight(view.status, view.stance)).(term).is-selected[shown.selected].is-on-side[shown.on_side]
            data-node=(view.name) data-role=(part(view)) data-term=(view.epoch) data-process=(view.id.0)
            role="button" tabindex=(if shown.tab_stop { "0" } else { "-1" })
            aria-label=(words::node_name(view, epoch_word)) aria-pressed=(if shown.selected { "true" } else { "false" })
            transform={ "translate(" (N(at.x)) " " (N(at.y)) ")" } {
            circle.node-ground r=(N(GROUND)) {}
            @if let Some(timer) = timer {
                circle.timer-track r=(N(TIMER)) {}
                path.timer d=(arc(timer, now)) {}
                path.timer-start d=(set_mark(timer)) {}
            }
            @if view.beat.is_some() && up {
                path.beat.is-gone d=(gone) {}
                path.beat.is-left d=(left) {}
            }
            circle.focus-ring r="52" {}
            circle.ring r=(N(RING)) {}
            text.pt y="2" { (view.name) }
            " "
            text.pt-term y="18" { @if up { (epoch_word) " " (view.epoch) } @else { "down" } }
            @if !up { path.fault-x d="M-13-21 13 5M13-21-13 5" {} }
            @if shown.on_side { path.side-mark d="M-12 24H12" {} }
            @if shown.selected { path.select d="M-50-41V-50H-41M41-50H50V-41M50 41V50H41M-41 50H-50V41" {} }
        }
    }
}

fn turn(part: f32) -> (f32, f32) {
    sin_cos(part * TAU)
}

/// What is left of a timer: an arc clockwise from 12.
#[must_use]
pub(crate) fn arc(timer: TimerView, now: Time) -> String {
    let full = timer.full.0.max(1) as f32;
    let left = (timer.due.since(now).0 as f32 / full).clamp(0.0, 0.998);
    let (sin, cos) = turn(left);
    let long = u8::from(left > 0.5);
    format!("M0-{r}A{r} {r} 0 {long} 1 {} {}", N(TIMER * sin), N(-TIMER * cos), r = N(TIMER))
}

/// The short stroke where this draw of the timer began.
fn set_mark(timer: TimerView) -> String {
    let (sin, cos) = turn((timer.due.since(timer.set).0 as f32 / timer.full.0.max(1) as f32).min(1.0));
    let (a, b) = (TIMER - 3.0, TIMER + 4.0);
    format!("M{} {}L{} {}", N(a * sin), N(-a * cos), N(b * sin), N(-b * cos))
}

/// The ticks around a leader, gone and to come.
#[must_use]
pub(crate) fn beats(timer: TimerView, now: Time) -> (String, String) {
    const TICKS: usize = 20;
    let full = timer.due.since(timer.set).0.max(1) as f32;
    let gone = (now.since(timer.set).0 as f32 / full * TICKS as f32) as usize;
    let mut paths = (String::new(), String::new());
    for i in 0..TICKS {
        let (sin, cos) = turn(i as f32 / TICKS as f32);
        let path = if i < gone { &mut paths.0 } else { &mut paths.1 };
        let (a, b) = (TIMER, TIMER + 4.0);
        let _ = write!(path, "M{} {}L{} {}", N(a * sin), N(-a * cos), N(b * sin), N(-b * cos));
    }
    paths
}

/// The words and the log beside a node.
#[must_use]
pub(crate) fn beside(view: &NodeView, scene: &Scene) -> Markup {
    let at = scene.place(view.id);
    let narrow = scene.frame.is_narrow();
    let size = if narrow { 16.0 } else { 17.0 };
    let hidden = view.strip.cells.len().saturating_sub(scene.frame.cells());
    let cells = &view.strip.cells[hidden..];
    let width = cells.len() as f32 * (size + 2.0) - 2.0;
    let (half, has) = (width.max(0.0) / 2.0, !cells.is_empty());
    let (limit, _) = scene.frame.size();
    let (x, y, label_x, label_y, anchor) = match scene.beside[view.id.index()] {
        Beside::Above if has => (at.x - half, at.y - 88.0, at.x, at.y - 95.0, "middle"),
        Beside::Above => (at.x, at.y, at.x, at.y - 56.0, "middle"),
        Beside::Below => (at.x - half, at.y + 71.0, at.x, at.y + 64.0, "middle"),
        Beside::Right => (at.x + 56.0, at.y - 3.0, at.x + 56.0, at.y - 11.0, "start"),
        Beside::BelowRight => {
            let x = (at.x - 10.0).min(limit - width).min(if narrow { at.x + 14.0 } else { at.x });
            (x, at.y + 78.0, x, at.y + 70.0, "start")
        }
    };
    let role = match view.status {
        Status::Up => view.role,
        Status::Paused => "Stalled",
        Status::Down => "Crashed",
    };
    let bar = settled_bar(cells, view.strip.settled, size);
    html! {
        g.strip transform={ "translate(" (N(x)) " " (N(y)) ")" } {
            @if hidden > 0 || cells.first().is_some_and(|c| c.index > 1) { path.more d="M-13 8.5h2m2 0h2m2 0h2" {} }
            @for (i, c) in cells.iter().enumerate() { (cell(c, i as f32 * (size + 2.0), size)) }
            @if !bar.is_empty() { path.commit-bar d=(bar) {} }
        }
        text.role x=(N(label_x)) y=(N(label_y)) text-anchor=(anchor) { (role) }
    }
}

fn cell(cell: &Cell, x: f32, size: f32) -> Markup {
    let known = if cell.known { "is-known" } else { "is-held" };
    html! {
        g.cell.(known).(hue(cell.epoch)) {
            rect x=(N(x)) y="0" width=(N(size)) height=(N(size)) {}
            text x=(N(x + size / 2.0)) y="12.4" { (cell.epoch) }
        }
        text.idx x=(N(x + size / 2.0)) y="28" { (cell.index) }
    }
}

/// The heavy bar right of the last cell that the node knows to be settled.
fn settled_bar(cells: &[Cell], settled: u64, size: f32) -> String {
    let known = cells.iter().filter(|c| c.index <= settled).count();
    if known == 0 {
        return String::new();
    }
    let x = known as f32 * (size + 2.0) - 1.0;
    format!("M{} -4V20", N(x))
}

/// A client: a square, with what it waits for where there is room to say it.
#[must_use]
pub(crate) fn client(view: &ClientView, scene: &Scene, now: Time) -> Markup {
    let at = scene.place(view.id);
    let (width, _) = scene.frame.size();
    let (x, anchor) = if at.x < width / 2.0 { (at.x - 17.0, "start") } else { (at.x + 17.0, "end") };
    let room = !scene.frame.is_narrow() && scene.frame.word().is_none();
    let (letter, index) = split_name(&view.name);
    html! {
        g.client transform={ "translate(" (N(at.x)) " " (N(at.y)) ")" } {
            rect x="-15" y="-15" width="30" height="30" {}
            text.pt.is-small y="5.5" { (letter) tspan.sub dy="3.5" { (index) } }
        }
        @if let Some((op, since)) = view.waiting.as_ref().filter(|_| room) {
            text.client-note x=(N(x)) y=(N(at.y - 42.0)) text-anchor=(anchor) { "waiting for " (op) }
            text.client-note x=(N(x)) y=(N(at.y - 27.0)) text-anchor=(anchor) { "for " (now.since(*since).0 / 1_000) " ms" }
        }
    }
}

/// `c1` is set as an italic letter with a subscript.
#[must_use]
pub(crate) fn split_name(name: &str) -> (&str, &str) {
    let digits = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    name.split_at(digits)
}

/// A process's name in running text, set as in the drawing.
#[must_use]
pub(crate) fn name(name: &str) -> Markup {
    let (letter, index) = split_name(name);
    html! { span.nd { (letter) } @if !index.is_empty() { sub { (index) } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::Span;

    #[test]
    fn hues_cycle_through_six() {
        assert_eq!([0, 1, 6, 7, 12, 13].map(hue), ["t0", "t1", "t6", "t1", "t6", "t1"]);
    }

    #[test]
    fn an_arc_is_as_long_as_what_is_left_of_the_timer() {
        let timer = TimerView { set: Time(0), due: Time(200_000), full: Span(400_000) };
        assert_eq!(arc(timer, Time(100_000)), "M0-42A42 42 0 0 1 42 0", "a quarter of the ring");
        assert_eq!(arc(timer, Time(200_000)), "M0-42A42 42 0 0 1 0 -42", "nothing");
    }

    #[test]
    fn ticks_go_pale_as_the_heartbeat_comes_near() {
        let timer = TimerView { set: Time(0), due: Time(50_000), full: Span(50_000) };
        let (gone, left) = beats(timer, Time(25_000));
        assert_eq!((gone.matches('M').count(), left.matches('M').count()), (10, 10));
    }
}
