//! Where things stand in a space-time diagram: time along one axis, processes along the other.

use maud::{Markup, html};
use protocols::view::Story;
use sim::{ProcessId, Span, Time};

use crate::num::N;
use crate::state::Shot;
use crate::timeline::lanes::{figure, order, ruler, step};
use crate::timeline::{Axis, Width};

/// The first lane's distance from the top, below the flag.
const TOP: f32 = 44.0;
/// How long the time axis is when time runs down.
const DOWN: f32 = 600.0;

/// A diagram's geometry.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Time runs down.
    pub(crate) turned: bool,
    /// The moment at its start.
    pub(crate) from: Time,
    /// The moment at its end.
    pub(crate) to: Time,
    /// The drawing's height.
    pub(crate) height: f32,
    /// The lanes in their order: who, where, and whether it is a server.
    pub(crate) lanes: Vec<Lane>,
    start: f32,
    end: f32,
}

/// One lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    /// Whose.
    pub(crate) process: ProcessId,
    /// Where, across the time axis.
    pub(crate) place: f32,
    /// Its place in the story, if it is a server's.
    pub(crate) server: Option<usize>,
}

impl Field {
    /// The geometry of the span that is enlarged, if there is one.
    #[must_use]
    pub(crate) fn of(shot: &Shot, width: Width) -> Option<Self> {
        let (from, to) = (shot.near.from, shot.near.to);
        if to <= from || shot.story.lanes.is_empty() {
            return None;
        }
        let turned = width == Width::Narrow;
        let lanes = lanes(shot, turned);
        let last = lanes.last().map_or(TOP, |l| l.place);
        let (start, end) = match width {
            Width::Narrow => (TOP, TOP + DOWN),
            Width::Column => (42.0, width.px() - 10.0),
            _ => (52.0, width.px() - 10.0),
        };
        let height = if turned { end + 34.0 } else { last + 78.0 };
        Some(Self { turned, from, to, height, lanes, start, end })
    }

    /// Where a moment stands along the time axis.
    #[must_use]
    pub(crate) fn along(&self, at: Time) -> f32 {
        let part = (at.0 as f32 - self.from.0 as f32) / self.to.since(self.from).0.max(1) as f32;
        self.start + (self.end - self.start) * part
    }

    /// The moment that stands there along the time axis.
    #[cfg(feature = "csr")]
    #[must_use]
    pub(crate) fn time(&self, along: f32) -> Time {
        let part = ((along - self.start) / (self.end - self.start)).clamp(0.0, 1.0);
        self.from + Span((f64::from(part) * self.to.since(self.from).0 as f64) as u64)
    }

    /// How many units a microsecond takes.
    #[must_use]
    pub(crate) fn per_us(&self) -> f32 {
        (self.end - self.start) / self.to.since(self.from).0.max(1) as f32
    }

    /// Where a process's lane is, across the time axis.
    #[must_use]
    pub(crate) fn across(&self, id: ProcessId) -> Option<f32> {
        self.lanes.iter().find(|l| l.process == id).map(|l| l.place)
    }

    /// A place in the drawing, from one along and one across the time axis.
    #[must_use]
    pub(crate) const fn xy(&self, along: f32, across: f32) -> (f32, f32) {
        if self.turned { (across, along) } else { (along, across) }
    }

    /// The part of the drawing in which lanes lie: x, y, width, height.
    #[must_use]
    pub(crate) fn body(&self) -> (f32, f32, f32, f32) {
        let (low, high) = self.reach();
        let (along, across) = (self.end - self.start + 4.0, high - low);
        if self.turned { (low, self.start, across, along) } else { (self.start, low, along, across) }
    }

    /// From where to where lanes reach, across the time axis.
    #[must_use]
    pub(crate) fn reach(&self) -> (f32, f32) {
        let low = self.lanes.first().map_or(0.0, |l| l.place) - 17.0;
        (low, self.lanes.last().map_or(0.0, |l| l.place) + 17.0)
    }

    /// Where the playhead is put: far away while it is not in the span.
    #[must_use]
    pub(crate) fn line_at(&self, now: Time) -> (f32, f32) {
        let along = if self.from <= now && now <= self.to { self.along(now) } else { -9_999.0 };
        if self.turned { (0.0, along) } else { (along, 0.0) }
    }

    /// Where the veil over what lies ahead is put.
    #[must_use]
    pub(crate) fn veil_at(&self, now: Time) -> (f32, f32) {
        let (x, y, ..) = self.body();
        let along = self.along(now.clamp(self.from, self.to + Span(1))).min(self.end + 4.0);
        if self.turned { (x, along) } else { (along, y) }
    }

    /// The time axis itself.
    #[must_use]
    pub(crate) fn ruler(&self) -> Markup {
        let span = Time(self.to.since(self.from).0);
        if !self.turned {
            let axis = Axis { left: self.start, right: self.end, span };
            return ruler(axis, self.from, self.reach().1 + 10.0, 74.0);
        }
        let step = step(self.per_us(), 54.0);
        let first = self.from.0.div_ceil(step);
        html! {
            g.ruler {
                @for us in (first..=self.to.0 / step).map(|i| i * step) {
                    @let y = self.along(Time(us));
                    path d={ "M38 " (N(y)) "H46" } {}
                    text x="34" y=(N(y + 4.0)) text-anchor="end" { (figure(us)) }
                }
            }
        }
    }
}

/// The lanes: servers, and the clients on the side of the servers that they are linked to.
fn lanes(shot: &Shot, turned: bool) -> Vec<Lane> {
    let order = order(&shot.story);
    let (mut above, mut below) = (Vec::new(), Vec::new());
    let middle = order.len().saturating_sub(1);
    for (i, client) in shot.view.clients.iter().enumerate() {
        let high = match mean_place(shot, &shot.story, &order, client.id) {
            Some(twice) if twice != middle => twice < middle,
            _ => i % 2 == 0,
        };
        let side = if high { &mut above } else { &mut below };
        side.push(client.id);
    }
    let client = |process: ProcessId| (process, None);
    let servers = order.iter().map(|&i| (shot.story.lanes[i].process, Some(i)));
    let all: Vec<(ProcessId, Option<usize>)> =
        above.into_iter().map(client).chain(servers).chain(below.into_iter().map(client)).collect();
    let count = all.len().max(2) as f32;
    let (first, gap) =
        if turned { (66.0, (272.0 / (count - 1.0)).min(46.0)) } else { (TOP, (414.0 / count).clamp(22.0, 46.0)) };
    let place = |row: usize| first + gap * row as f32;
    all.into_iter().enumerate().map(|(row, (process, server))| Lane { process, place: place(row), server }).collect()
}

/// Twice the mean row of the servers that a client is linked to.
fn mean_place(shot: &Shot, story: &Story, order: &[usize], client: ProcessId) -> Option<usize> {
    let (mut sum, mut count) = (0, 0);
    for link in shot.view.links.iter().filter(|l| l.b == client) {
        if let Some(row) = order.iter().position(|&i| story.lanes[i].process == link.a) {
            sum += row;
            count += 1;
        }
    }
    (count > 0).then(|| 2 * sum / count)
}
