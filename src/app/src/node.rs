//! A server and a client as marks: ring, name, epoch, timer, heartbeat ticks, log cells.

use core::f32::consts::TAU;
use core::fmt::Write as _;

use maud::{Markup, html};
use protocols::view::{Cell, ClientView, NodeView, Stance, Status, TimerView};
use sim::Time;
use sim::world::WORK;

use crate::num::{N, sin_cos};
use crate::scene::{Beside, RING, Scene, TIMER};
use crate::stage::{letters, looks, spot};
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

/// What of a server's ring can be seen, as a number. Its timers and its name for assistive technology are not among it:
/// they are written as they change.
#[must_use]
pub(crate) fn looks_of(view: &NodeView, scene: &Scene, shown: Shown) -> u64 {
    let flags = [view.timer.is_some(), view.beat.is_some(), shown.selected, shown.tab_stop, shown.on_side];
    let flags = flags.iter().fold(u64::from(is_odd(view)), |all, flag| all << 1 | u64::from(*flag));
    looks(&[flags, view.status as u64, view.stance as u64, view.epoch, spot(scene.place(view.id)), letters(&view.name)])
}

/// A server. It is a button: the stage has one tab stop, and arrows move between the nodes.
#[must_use]
pub(crate) fn node(view: &NodeView, scene: &Scene, now: Time, epoch_word: &str, shown: Shown) -> Markup {
    let up = view.status.is_up();
    let term = if up { hue(view.epoch) } else { "t0" };
    let at = scene.place(view.id);
    html! {
        g.node.(weight(view.status, view.stance)).(term).is-selected[shown.selected].is-on-side[shown.on_side].is-paused[view.status == Status::Paused]
            data-node=(view.name) data-role=(part(view)) data-term=(view.epoch) data-process=(view.id.0)
            role="button" tabindex=(if shown.tab_stop { "0" } else { "-1" })
            aria-label=(words::node_name(view, epoch_word)) aria-pressed=(if shown.selected { "true" } else { "false" })
            transform={ "translate(" (N(at.x)) " " (N(at.y)) ")" } {
            circle.node-ground r=(N(scene.ground())) {}
            @if scene.is_crowd() { (small(view, scene, now)) } @else { (full(view, now, epoch_word)) }
            @if shown.on_side { path.side-mark d=(format!("M-{r} {y}H{r}", r = N(scene.ring * 0.4), y = N(scene.ring * 0.75))) {} }
            @if shown.selected { path.select d=(brackets(scene.ground() + 5.0, 9.0)) {} }
        }
    }
}

/// Four corners around the middle.
pub(crate) fn brackets(r: f32, arm: f32) -> String {
    let (r, s) = (N(r), N(r - arm));
    format!("M-{r}-{s}V-{r}H-{s}M{s}-{r}H{r}V-{s}M{r} {s}V{r}H{s}M-{s} {r}H-{r}V{s}")
}

/// A ring with all that there is room for in it.
fn full(view: &NodeView, now: Time, epoch_word: &str) -> Markup {
    let up = view.status.is_up();
    let (gone, left) = view.beat.filter(|_| up).map(|t| beats(t, now)).unwrap_or_default();
    let timer = view.timer.filter(|_| up && view.beat.is_none());
    html! {
        @if let Some(timer) = timer {
            circle.timer-track r=(N(TIMER)) {}
            path.timer d=(arc(timer, now, TIMER)) {}
            path.timer-start d=(set_mark(timer)) {}
        }
        @if view.beat.is_some() && up {
            path.beat.is-gone d=(gone) {}
            path.beat.is-left d=(left) {}
        }
        circle.focus-ring r="52" {}
        circle.ring r=(N(RING)) {}
        @if view.status == Status::Paused { path.bars d="M-12-30.7V30.7M12-30.7V30.7" {} }
        text.pt.is-long[view.name.len() > 2] y="2" { (view.name) }
        " "
        text.pt-term y="18" { @if up { (epoch_word) " " (view.epoch) } @else { "down" } }
        @if !up { path.fault-x d="M-13-21 13 5M13-21-13 5" {} }
    }
}

/// A ring among many.
fn small(view: &NodeView, scene: &Scene, now: Time) -> Markup {
    let up = view.status.is_up();
    let r = scene.ring;
    let timer = view.timer.filter(|_| up && view.beat.is_none());
    // As large as it fits, and not at all where it would be too small to read.
    let size = (r * 1.05).min(r * 3.1 / view.name.len() as f32).min(21.0);
    let (a, b) = (N(r * 0.62), N(r * 0.36));
    html! {
        @if let Some(timer) = timer { path.timer d=(arc(timer, now, scene.timer())) {} }
        circle.focus-ring r=(N(r + 8.0)) {}
        circle.ring r=(N(r)) {}
        @if view.status == Status::Paused { path.bars d=(format!("M-{b}-{h}V{h}M{b}-{h}V{h}", h = N(r * 0.93))) {} }
        @if size >= 10.0 { g font-size=(N(size)) { text.pt.is-fit y=(N(size * 0.33)) { (view.name) } } }
        @if is_odd(view) { circle.odd cx=(N(r * 0.75)) cy=(N(-r * 0.75)) r="2.2" {} }
        @if !up { path.fault-x d=(format!("M-{a}-{a} {a} {a}M{a}-{a}-{a} {a}")) {} }
    }
}

/// Whether something about its machine is out of the ordinary.
fn is_odd(view: &NodeView) -> bool {
    let m = &view.machine;
    m.slow > 0 || m.lies || m.drift != 0 || m.ahead != 0
}

/// What is out of the ordinary about a machine, in the fewest words: `20 ms a step`, `disk lies`.
fn remark(view: &NodeView) -> String {
    let m = &view.machine;
    let mut out = String::new();
    let mut add = |text: &str| {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(text);
    };
    if m.slow > 0 {
        add(&format!("{} ms a step", u64::from(m.slow) * WORK.0 / 1_000));
    }
    if m.lies {
        add("disk lies");
    }
    if m.drift != 0 {
        let (whole, rest) = (m.drift.unsigned_abs() / 10_000, m.drift.unsigned_abs() / 1_000 % 10);
        add(&format!("clock {whole}.{rest} % {}", if m.drift > 0 { "fast" } else { "slow" }));
    }
    if m.ahead != 0 {
        let by = m.ahead.unsigned_abs() / 1_000;
        add(&format!("clock {by} ms {}", if m.ahead > 0 { "ahead" } else { "behind" }));
    }
    out
}

fn turn(part: f32) -> (f32, f32) {
    sin_cos(part * TAU)
}

/// What is left of a timer: an arc clockwise from 12.
#[must_use]
pub(crate) fn arc(timer: TimerView, now: Time, radius: f32) -> String {
    let left = left_of(timer, now);
    let (sin, cos) = turn(left);
    let long = u8::from(left > 0.5);
    format!("M0-{r}A{r} {r} 0 {long} 1 {} {}", N(radius * sin), N(-radius * cos), r = N(radius))
}

/// What part of the whole ring is left of a timer.
pub(crate) fn left_of(timer: TimerView, now: Time) -> f32 {
    (timer.due.since(now).0 as f32 / timer.full.0.max(1) as f32).clamp(0.0, 0.998)
}

/// The short stroke where this draw of the timer began.
pub(crate) fn set_mark(timer: TimerView) -> String {
    let (sin, cos) = turn((timer.due.since(timer.set).0 as f32 / timer.full.0.max(1) as f32).min(1.0));
    let (a, b) = (TIMER - 3.0, TIMER + 4.0);
    format!("M{} {}L{} {}", N(a * sin), N(-a * cos), N(b * sin), N(-b * cos))
}

/// The ticks around a leader, gone and to come.
#[must_use]
pub(crate) fn beats(timer: TimerView, now: Time) -> (String, String) {
    let gone = ticks_gone(timer, now);
    let mut paths = (String::new(), String::new());
    for i in 0..TICKS {
        let (sin, cos) = turn(i as f32 / TICKS as f32);
        let path = if i < gone { &mut paths.0 } else { &mut paths.1 };
        let (a, b) = (TIMER, TIMER + 4.0);
        let _ = write!(path, "M{} {}L{} {}", N(a * sin), N(-a * cos), N(b * sin), N(-b * cos));
    }
    paths
}

const TICKS: usize = 20;

/// How many of its ticks a timer has passed.
pub(crate) fn ticks_gone(timer: TimerView, now: Time) -> usize {
    let full = timer.due.since(timer.set).0.max(1) as f32;
    (now.since(timer.set).0 as f32 / full * TICKS as f32) as usize
}

/// What can be seen beside a node, as a number.
#[must_use]
pub(crate) fn strip_looks(view: &NodeView, scene: &Scene) -> u64 {
    let hidden = view.strip.cells.len().saturating_sub(scene.frame.cells());
    let cells = view.strip.cells[hidden..].iter();
    let cells = cells.fold(hidden as u64, |all, c| looks(&[all, c.index, c.epoch, u64::from(c.known)]));
    let said = letters(&said(view, scene));
    looks(&[cells, view.strip.settled, said, spot(scene.place(view.id))])
}

/// The words beside a node: its part, and what is out of the ordinary.
fn said(view: &NodeView, scene: &Scene) -> String {
    let role = match view.status {
        Status::Up => view.role,
        Status::Paused => "Stalled",
        Status::Down => "Crashed",
    };
    if !is_odd(view) {
        return role.to_owned();
    }
    // The ring tells the part, too.
    if scene.frame.is_narrow() { remark(view) } else { format!("{role}, {}", remark(view)) }
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
    let bar = settled_bar(cells, view.strip.settled, size);
    html! {
        g.strip {
            g transform={ "translate(" (N(x)) " " (N(y)) ")" } {
            @if hidden > 0 || cells.first().is_some_and(|c| c.index > 1) { path.more d="M-13 8.5h2m2 0h2m2 0h2" {} }
            @for (i, c) in cells.iter().enumerate() { (cell(c, i as f32 * (size + 2.0), size)) }
            @if !bar.is_empty() { path.commit-bar d=(bar) {} }
            }
            text.role x=(N(label_x)) y=(N(label_y)) text-anchor=(anchor) { (said(view, scene)) }
        }
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
pub(crate) fn client(view: &ClientView, scene: &Scene, now: Time, selected: bool) -> Markup {
    let (at, half) = (scene.place(view.id), scene.square);
    let (width, _) = scene.frame.size();
    let (x, anchor) = if at.x < width / 2.0 { (at.x - 17.0, "start") } else { (at.x + 17.0, "end") };
    let room = half > 12.0 && !scene.frame.is_narrow() && scene.frame.word().is_none() && !scene.frame.is_tiny();
    let (letter, index) = split_name(&view.name);
    html! {
        g.client.is-waiting[view.waiting.is_some()] data-client=(view.name) data-process=(view.id.0) {
            g transform={ "translate(" (N(at.x)) " " (N(at.y)) ")" } {
                rect x=(N(-half)) y=(N(-half)) width=(N(2.0 * half)) height=(N(2.0 * half)) {}
                @if half > 12.0 {
                    text.pt.is-small.is-long[view.name.len() > 3] y="5.5" { (letter) tspan.sub dy="3.5" { (index) } }
                } @else if half > 9.0 {
                    text.pt-term y="3.8" { (index) }
                }
                @if selected { path.select d=(brackets(half + 4.0, half * 0.45)) {} }
            }
            @if let Some((op, since)) = view.waiting.as_ref().filter(|_| room) {
                text.client-note x=(N(x)) y=(N(at.y - 42.0)) text-anchor=(anchor) { "waiting for " (op) }
                text.client-note x=(N(x)) y=(N(at.y - 27.0)) text-anchor=(anchor) {
                    "for " tspan.waited { (now.since(*since).0 / 1_000) } " ms"
                }
            }
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
        let timer = TimerView { name: "election", set: Time(0), due: Time(200_000), full: Span(400_000) };
        assert_eq!(arc(timer, Time(100_000), TIMER), "M0-42A42 42 0 0 1 42 0", "a quarter of the ring");
        assert_eq!(arc(timer, Time(200_000), TIMER), "M0-42A42 42 0 0 1 0 -42", "nothing");
    }

    #[test]
    fn ticks_go_pale_as_the_heartbeat_comes_near() {
        let timer = TimerView { name: "election", set: Time(0), due: Time(50_000), full: Span(50_000) };
        let (gone, left) = beats(timer, Time(25_000));
        assert_eq!((gone.matches('M').count(), left.matches('M').count()), (10, 10));
    }
}
