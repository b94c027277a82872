//! The availability strip: on each side, who could commit and who could read, and for how long nobody could.

use maud::{Markup, html};
use protocols::view::{Able, Story};
use sim::{ProcessId, Time};

use crate::num::N;
use crate::stage::ms;
use crate::state::Shot;
use crate::timeline::Axis;
use crate::timeline::lanes::order;
use crate::timeline::path::{Path, Strokes};

/// How high one server's row is.
const ROW: f32 = 11.0;
/// How many gaps are told one by one.
const TOLD: usize = 4;

/// How high the strip is.
#[must_use]
pub(super) fn height(story: &Story) -> f32 {
    ROW * story.lanes.len() as f32 + 20.0
}

/// A row for each server: heavy where its side could commit, thin where it could only read, dotted where neither.
#[must_use]
pub(super) fn strip(story: &Story, axis: Axis, top: f32) -> Markup {
    let order = order(story);
    let mut strokes = Strokes::default();
    let mut drawn_to = f32::MIN;
    for span in &story.able {
        let (x, end) = (axis.x(span.from), axis.x(span.to));
        if end - x < 0.75 && end - drawn_to < 0.75 {
            continue;
        }
        drawn_to = end;
        let mut before = None;
        for (row, &i) in order.iter().enumerate() {
            let side = side(span, story.lanes[i].process);
            let Some(able) = side.and_then(|s| span.sides.get(s)) else { continue };
            let y = top + 6.0 + ROW * row as f32;
            let class = match (able.commits, able.reads) {
                (Some(_), _) => "able is-commits",
                (None, true) => "able is-reads",
                (None, false) => "able is-none",
            };
            strokes.at(class, "").go(x, y).across(end);
            if before.is_some_and(|b| Some(b) != side) {
                strokes.at("cut-line", "").go(x, y - ROW / 2.0).across(end);
            }
            before = side;
        }
    }
    html! {
        @for (row, &i) in order.iter().enumerate() {
            text.able-k x=(N(axis.left - 8.0)) y=(N(top + 9.5 + ROW * row as f32)) text-anchor="end" { (story.lanes[i].name) }
        }
        (strokes.draw())
        (gaps_drawn(story, axis, top + ROW * order.len() as f32 + 8.0))
    }
}

fn side(span: &Able, id: ProcessId) -> Option<usize> {
    span.sides.iter().position(|s| s.members.contains(&id))
}

/// The spans in which nobody could, as measured waits.
fn gaps_drawn(story: &Story, axis: Axis, y: f32) -> Markup {
    let all = gaps(story, story.frontier, commits);
    let (mut line, mut words) = (Path::default(), Vec::new());
    for (i, (from, to)) in all.iter().enumerate() {
        let (x, end) = (axis.x(*from), axis.x(*to));
        line.go(x, y - 4.0).with("v8").go(x, y).across(end.max(x + 1.0)).with("m0-4v8");
        let said = [&ms(Time(to.since(*from).0)).to_string(), " ms nobody"].concat();
        let next = all.get(i + 1).map_or(axis.right, |(next, _)| axis.x(*next));
        if end + 10.0 + said.len() as f32 * 6.2 < next {
            words.push((end + 5.0, said));
        }
    }
    html! {
        @if !line.is_empty() { path.able-gap d=(line.d()) {} }
        @for (x, said) in words { text.able-n x=(N(x)) y=(N(y + 4.0)) { (said) } }
    }
}

fn commits(span: &Able) -> bool {
    span.sides.iter().any(|s| s.commits.is_some())
}

fn reads(span: &Able) -> bool {
    span.sides.iter().any(|s| s.reads)
}

/// The spans up to a moment in which nobody could.
fn gaps(story: &Story, until: Time, could: fn(&Able) -> bool) -> Vec<(Time, Time)> {
    let mut found: Vec<(Time, Time)> = Vec::new();
    for span in story.able.iter().filter(|s| s.from < until && !could(s)) {
        let to = span.to.min(until);
        match found.last_mut() {
            Some(last) if last.1 == span.from => last.1 = to,
            _ => found.push((span.from, to)),
        }
    }
    found
}

/// The same in words, up to the moment looked at.
#[must_use]
pub(super) fn told(shot: &Shot, live: bool) -> Markup {
    let (story, now) = (&shot.story, shot.view.at);
    let gone = gaps(story, now, commits);
    let unread = gaps(story, now, reads);
    let total = |all: &[(Time, Time)]| ms(Time(all.iter().map(|(from, to)| to.since(*from).0).sum()));
    let mut longest = gone.clone();
    longest.sort_by_key(|(from, to)| core::cmp::Reverse(to.since(*from)));
    longest.truncate(TOLD);
    html! {
        div data-gaps=(gone.len()) {
            h4 { "Who could be served" }
            @if story.able.is_empty() {
                p.quiet { "Nothing is known of it yet." }
            } @else {
                p.quiet { "Heavy: its side can commit. Thin: reads alone are served. Dotted: neither." }
                p { (now_words(shot)) }
                p { "Up to now nobody could commit for " b { (total(&gone)) " ms" } " of " (ms(now)) ", nor read for " (total(&unread)) " ms." }
                ol.ops {
                    @for (from, to) in &longest {
                        li {
                            time { (ms(*from)) }
                            span { "Nobody could commit for " (ms(Time(to.since(*from).0))) " ms" }
                            button.moment type="button" data-at-us=(from.0) disabled[!live] { "Show me" }
                        }
                    }
                }
            }
        }
    }
}

/// Who can be served at this moment, side by side.
fn now_words(shot: &Shot) -> Markup {
    let now = shot.view.at;
    let span = shot.story.able.iter().rev().find(|s| s.from <= now);
    let name = |id: ProcessId| shot.node(id).map_or("?", |n| n.name.as_str());
    html! {
        @for side in span.iter().flat_map(|s| &s.sides) {
            @let members: Vec<&str> = side.members.iter().map(|&id| name(id)).collect();
            (members.join(", ")) ": "
            @match side.commits {
                Some(leader) => { (name(leader)) " can commit" @if side.reads { ", reads are served" } ". " }
                None => { "nobody can commit" @if side.reads { ", reads are served" } @else { " or read" } ". " }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocols::view::AbleSide;

    #[test]
    fn gaps_that_touch_are_one_and_end_at_the_moment_looked_at() {
        let side = |commits: bool| AbleSide {
            members: vec![ProcessId(0)],
            commits: commits.then_some(ProcessId(0)),
            reads: commits,
        };
        let span = |from, to, can| Able { from: Time(from), to: Time(to), sides: vec![side(can)] };
        let able = vec![span(0, 10, false), span(10, 20, false), span(20, 30, true), span(30, 50, false)];
        let story = Story { able, ..Story::default() };
        assert_eq!(gaps(&story, Time(40), commits), [(Time(0), Time(20)), (Time(30), Time(40))]);
    }
}
