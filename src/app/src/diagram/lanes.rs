//! The lanes of a space-time diagram: their bands, where terms begin, what happened on them, the cuts between them.

use maud::{Markup, html};
use protocols::view::{Band, CutSpan, EventKind, LaneView, Status};
use sim::Time;

use super::field::{Field, Lane};
use crate::node::{hue, split_name};
use crate::num::N;
use crate::state::Shot;
use crate::timeline::lanes::{class, side_of};
use crate::timeline::path::{Path, Strokes};

/// The lanes themselves.
#[must_use]
pub(super) fn bands(shot: &Shot, field: &Field) -> Markup {
    let mut strokes = Strokes::default();
    for lane in &field.lanes {
        match lane.server {
            Some(i) => server(&mut strokes, &shot.story.lanes[i], lane.place, field),
            None => {
                let (x, y) = field.xy(field.along(field.from), lane.place);
                let end = strokes.at("lane-client", "").go(x, y);
                let until = field.along(field.to);
                if field.turned {
                    end.down(until)
                } else {
                    end.across(until)
                };
            }
        }
    }
    strokes.draw()
}

fn server(strokes: &mut Strokes, view: &LaneView, place: f32, field: &Field) {
    for b in view.bands.iter().filter(|b| b.to > field.from && b.from < field.to) {
        let (start, end) = (field.along(b.from.max(field.from)), field.along(b.to.min(field.to)));
        let mut stroke = |class: &'static str, hue: &'static str| {
            let (x, y) = field.xy(start, place);
            let path = strokes.at(class, hue).go(x, y);
            if field.turned {
                path.down(end)
            } else {
                path.across(end)
            };
        };
        stroke(class(b), hue(b.epoch));
        if b.status == Status::Paused {
            stroke("stalled", "");
        }
    }
}

/// The cuts: a line between the lanes that they part, dotted across where they fell.
#[must_use]
pub(super) fn cuts(shot: &Shot, field: &Field) -> Markup {
    let (mut line, mut when) = (Path::default(), Path::default());
    let until = |cut: &CutSpan| cut.to.unwrap_or(shot.story.frontier);
    for cut in shot.story.cuts.iter().filter(|c| c.from < field.to && until(c) > field.from) {
        let (start, end) = (field.along(cut.from.max(field.from)), field.along(until(cut).min(field.to)));
        for across in gaps(cut, field) {
            let (x, y) = field.xy(start, across);
            if field.turned {
                line.go(x, y).down(end)
            } else {
                line.go(x, y).across(end)
            };
        }
        let (low, high) = field.reach();
        for at in [Some(cut.from), cut.to].into_iter().flatten().filter(|t| field.from < *t && *t < field.to) {
            let (x, y) = field.xy(field.along(at), low + 6.0);
            if field.turned {
                when.go(x, y).across(high - 6.0)
            } else {
                when.go(x, y).down(high - 6.0)
            };
        }
    }
    html! {
        @if !line.is_empty() { path.cut-line d=(line.d()) {} }
        @if !when.is_empty() { path.cut-when d=(when.d()) {} }
    }
}

/// The gaps between lanes that a cut runs through.
#[must_use]
pub(super) fn gaps(cut: &CutSpan, field: &Field) -> Vec<f32> {
    let servers: Vec<&Lane> = field.lanes.iter().filter(|l| l.server.is_some()).collect();
    let mut found = Vec::new();
    for pair in servers.windows(2) {
        if let (Some(a), Some(b)) = (side_of(cut, pair[0].process), side_of(cut, pair[1].process))
            && a != b
        {
            found.push(f32::midpoint(pair[0].place, pair[1].place));
        }
    }
    found
}

/// The names at the lanes' heads, and a chip where a term is in force or begins.
#[must_use]
pub(super) fn names(shot: &Shot, field: &Field) -> Markup {
    html! {
        @for lane in &field.lanes {
            @let name = name_of(shot, lane);
            @let (letter, index) = split_name(name);
            @let (x, y) = if field.turned { (lane.place, 15.0) } else { (14.0, lane.place + 5.0) };
            text.pt.is-lane.is-faint[lane.server.is_none()] x=(N(x)) y=(N(y)) { (letter) @if !index.is_empty() { tspan.sub dy="3" { (index) } } }
            @if let Some(i) = lane.server { (chips(&shot.story.lanes[i], lane.place, field)) }
        }
    }
}

fn name_of<'s>(shot: &'s Shot, lane: &Lane) -> &'s str {
    match lane.server {
        Some(i) => &shot.story.lanes[i].name,
        None => shot.view.clients.iter().find(|c| c.id == lane.process).map_or("", |c| &c.name),
    }
}

fn chips(view: &LaneView, place: f32, field: &Field) -> Markup {
    let head = if field.turned { field.along(field.from) - 12.0 } else { field.along(field.from) - 15.0 };
    let mut chips: Vec<(f32, u64)> = Vec::new();
    let within = view.bands.iter().filter(|b: &&Band| b.to > field.from && b.from < field.to);
    let mut epoch = 0;
    for b in within.filter(|b| b.status.is_up() && b.epoch > 0) {
        if b.epoch == epoch {
            continue;
        }
        epoch = b.epoch;
        let along = if b.from <= field.from { head } else { field.along(b.from) };
        // Of terms too near to each other the newest is told.
        if chips.last().is_some_and(|last| along - last.0 < 16.0) {
            chips.pop();
        }
        chips.push((along, epoch));
    }
    html! {
        @for (along, epoch) in chips {
            @let (x, y) = field.xy(along, place);
            g.cell.is-known.(hue(epoch)) transform={ "translate(" (N(x)) " " (N(y)) ")" } {
                rect x="-7.5" y="-7.5" width="15" height="15" {}
                text y="4" { (epoch) }
            }
        }
    }
}

/// What happened on the lanes besides messages.
#[must_use]
pub(super) fn points(shot: &Shot, field: &Field, all: bool) -> Markup {
    let mut strokes = Strokes::default();
    let mut last = (f32::MIN, EventKind::Rule);
    for point in &shot.near.diagram.points {
        let Some(place) = field.across(point.process) else { continue };
        let along = field.along(point.at);
        let quiet = matches!(point.kind, EventKind::Timer | EventKind::Commit | EventKind::Client);
        if quiet && (!all || (along - last.0 < 0.5 && last.1 == point.kind && shot.near.diagram.points.len() > 500)) {
            continue;
        }
        last = (along, point.kind);
        let (x, y) = field.xy(along, place);
        match point.kind {
            EventKind::Timer => strokes.at("point-timer", "").circle(x, y, 3.2),
            EventKind::Commit if field.turned => strokes.at("commit", "").go(x - 10.0, y).with("h5"),
            EventKind::Commit => strokes.at("commit", "").go(x, y - 11.0).with("v5"),
            EventKind::Fault => strokes.at("fault-x", "").go(x - 5.0, y - 5.0).with("l10 10m0-10l-10 10"),
            EventKind::Mend => strokes.at("restart", "").circle(x, y, 4.0),
            EventKind::Breach => strokes.at("point-breach", "").go(x - 6.0, y - 6.0).with("h12v12h-12z"),
            EventKind::Client => strokes.at("point-client", "").circle(x, y, 2.2),
            _ => continue,
        };
    }
    strokes.draw()
}

/// Whether a span of time lies in the diagram.
#[must_use]
pub(super) fn in_view(field: &Field, at: Time) -> bool {
    field.from <= at && at <= field.to
}
