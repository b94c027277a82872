//! The table: a row a server, a column a position. Of a long log only the columns in sight are in the page; two
//! spacers stand for the others.

use maud::{Markup, PreEscaped, html};
use protocols::view::{Cell, NodeView, Stance};
use sim::ProcessId;

use super::{Window, chosen, snapshot, window};
use crate::node::hue;
use crate::scene::pieces;
use crate::state::{Bench, Shot};

/// The fewest positions that the table has.
const COLUMNS_MIN: u64 = 8;
/// How many positions beyond those in sight are drawn. The first is a multiple of it, plus 1, so that scrolling seldom
/// draws anything.
const MARGIN: u64 = 8;

/// What the rows have in common.
struct Columns {
    /// The first position that is drawn.
    from: u64,
    /// The last.
    to: u64,
    /// The last that there is.
    last: u64,
    /// How wide one is, in px.
    pitch: u64,
    /// By how many px the table is wider than they are.
    slack: u64,
    chosen: Option<(ProcessId, u64)>,
    live: bool,
}

/// What a leader knows of a server's log.
struct Known<'v> {
    leader: &'v str,
    next: u64,
    matched: u64,
}

impl Columns {
    fn of(state: &Bench, shot: &Shot) -> Self {
        let (window, pitch) = window(state);
        let longest = shot.view.nodes.iter().map(|n| n.strip.last).max().unwrap_or(0);
        // There is room for the entry that a leader will send next.
        let last = (longest + 1).max(COLUMNS_MIN);
        let (from, to) = drawn_of(&window, last);
        Self { from, to, last, pitch, slack: window.slack, chosen: chosen(state, &window), live: state.is_live() }
    }
}

/// The positions that are drawn, of so many.
fn drawn_of(window: &Window, last: u64) -> (u64, u64) {
    let first = window.first.unwrap_or(u64::MAX).min((last + 1).saturating_sub(window.fits).max(1));
    let from = (first - 1).saturating_sub(MARGIN / 2) / MARGIN * MARGIN + 1;
    (from, (first + window.fits + MARGIN).min(last))
}

/// The panel.
#[must_use]
pub(crate) fn logs(state: &Bench) -> Markup {
    let shot = state.shot.get();
    let columns = Columns::of(state, &shot);
    let parts = pieces(shot.view.nodes.len(), &shot.view.links);
    let wide = columns.to - columns.from + 1;
    html! {
        table.logs.is-long[columns.last > COLUMNS_MIN] data-columns={ (columns.last) "+" (columns.slack) } {
            caption.vh { "Log of each node, by index" }
            thead {
                tr {
                    td.who {}
                    td.gap { (spacer((columns.from - 1) * columns.pitch)) }
                    @for i in columns.from..=columns.to { th scope="col" { (i) } }
                    td.gap { (spacer((columns.last - columns.to) * columns.pitch + columns.slack)) }
                    th.com scope="col" { span.vh { "Commit index" } }
                }
            }
            tbody {
                @for (i, part) in parts.iter().enumerate() {
                    @if i > 0 { tr.cutrow { td colspan=(wide + 4) { span.vh { "A cut parts the rows above from those below" } } } }
                    @for id in part { @if let Some(node) = shot.node(*id) { (row(state, &shot, node, &columns)) } }
                }
            }
        }
    }
}

/// What is not drawn keeps its width.
fn spacer(px: u64) -> Markup {
    html! { @if px > 0 { svg width=(px) height="1" aria-hidden="true" {} } }
}

fn row(state: &Bench, shot: &Shot, node: &NodeView, columns: &Columns) -> Markup {
    let cells = cells(state, node, columns);
    let known = known(shot, node.id);
    // Positions that are in a snapshot are one cell.
    let kept = node.strip.first.saturating_sub(columns.from).min(columns.to + 1 - columns.from);
    html! {
        tr {
            th.who scope="row" { (node.name) }
            td.gap {}
            @if kept > 0 { td.kept colspan=(kept) { span { (snapshot(node)) } } }
            @for i in columns.from + kept..=columns.to { (place(node, i, &cells, &known, columns)) }
            td.gap {}
            td.com {
                i { "commit " } (node.strip.settled)
                @for k in &known {
                    span.vh { ". Leader " (k.leader) " knows it to match up to " (k.matched) " and sends " (k.next) " next" }
                }
            }
        }
    }
}

/// The cells of the columns that are drawn. The shot has the last ones; for others the run is asked.
fn cells(state: &Bench, node: &NodeView, columns: &Columns) -> Vec<Cell> {
    #[cfg(feature = "csr")]
    if node.strip.cells.first().is_some_and(|c| c.index > columns.from.max(node.strip.first)) {
        return state.with_run(|run| run.cells(node.id, columns.from, columns.to));
    }
    _ = (state, columns);
    node.strip.cells.clone()
}

/// What each leader knows of a server's log.
fn known(shot: &Shot, id: ProcessId) -> Vec<Known<'_>> {
    let mut found = Vec::new();
    for leader in &shot.view.nodes {
        if leader.status.is_up() && leader.stance == Stance::Leads {
            for peer in leader.peers.iter().filter(|peer| peer.id == id) {
                found.push(Known { leader: &leader.name, next: peer.next, matched: peer.matched });
            }
        }
    }
    found
}

fn place(node: &NodeView, index: u64, cells: &[Cell], known: &[Known<'_>], columns: &Columns) -> Markup {
    let found = cells.iter().find(|c| c.index == index);
    let bar = node.strip.settled == index && found.is_some();
    html! {
        td.is-commit-end[bar] {
            @if let Some(cell) = found { (entry(node.id, cell, columns)) }
            @for k in known {
                @if k.matched == index { (pointer("is-match", k.leader)) }
                @if k.next == index { (pointer("is-next", k.leader)) }
            }
        }
    }
}

fn entry(node: ProcessId, cell: &Cell, columns: &Columns) -> Markup {
    let class = if cell.known { "is-known" } else { "is-held" };
    let said = if cell.known { "committed" } else { "held" };
    let chosen = columns.chosen == Some((node, cell.index));
    html! {
        button.entry.(class).(hue(cell.epoch)) type="button" tabindex="-1" disabled[!columns.live]
            data-do="entry" data-process=(node.0) data-index=(cell.index) aria-pressed=[chosen.then_some("true")]
            aria-label={ (cell.epoch) " " (cell.label) ", " (said) } { b { (cell.epoch) } " " span.op { (cell.label) } }
    }
}

/// A mark below a cell: what a leader knows, with the leader's letter.
fn pointer(class: &str, leader: &str) -> Markup {
    html! { span.ptr.(class) aria-hidden="true" { (TRIANGLE) span.nd { (leader) } } }
}

/// The mark of a pointer into a log.
pub(crate) const TRIANGLE: PreEscaped<&str> =
    PreEscaped("<svg width=\"9\" height=\"7\" viewBox=\"0 0 9 7\"><path d=\"M.9 6.2 4.5 1 8.1 6.2Z\"/></svg>");

#[cfg(test)]
mod tests {
    use super::*;

    fn window(first: Option<u64>, fits: u64) -> Window {
        Window { first, fits, ..Window::default() }
    }

    #[test]
    fn a_short_log_is_drawn_whole() {
        assert_eq!(drawn_of(&window(None, 16), 8), (1, 8));
        assert_eq!(drawn_of(&window(Some(1), 16), 12), (1, 12));
    }

    #[test]
    fn of_a_long_log_only_what_is_in_sight_is_drawn_with_a_margin() {
        let (from, to) = drawn_of(&window(None, 10), 5_000);
        assert!(from <= 4_991 && from > 4_970 && to == 5_000, "{from} to {to}");
        let (from, to) = drawn_of(&window(Some(2_000), 10), 5_000);
        assert!(from <= 1_996 && from > 1_980 && (2_010..2_030).contains(&to), "{from} to {to}");
        assert_eq!(from % MARGIN, 1, "a little scrolling draws nothing anew");
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        assert_eq!(drawn_of(&window(Some(90), 10), 40), drawn_of(&window(None, 10), 40));
    }
}
