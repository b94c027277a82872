//! Where everything stands on the stage: pure geometry made from a [`View`]. It knows no element,
//! no colour and no protocol.

use core::f32::consts::PI;

use protocols::View;
use protocols::view::{CutView, LinkView, MessageView};
use sim::{By, ProcessId, Time};

use crate::num::{N, sin_cos};

/// A point on the stage, in user units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct P {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// A point from its coordinates.
#[must_use]
pub(crate) const fn p(x: f32, y: f32) -> P {
    P { x, y }
}

impl P {
    /// The point `t` of the way from here to `to`.
    #[must_use]
    pub(crate) fn toward(self, to: Self, t: f32) -> Self {
        p(self.x + (to.x - self.x) * t, self.y + (to.y - self.y) * t)
    }

    /// How far it is to `to`.
    #[must_use]
    pub(crate) fn distance(self, to: Self) -> f32 {
        ((to.x - self.x) * (to.x - self.x) + (to.y - self.y) * (to.y - self.y)).sqrt()
    }

    /// The direction to `to` in degrees, clockwise from the right.
    #[must_use]
    pub(crate) fn heading(self, to: Self) -> f32 {
        (to.y - self.y).atan2(to.x - self.x) * 180.0 / PI
    }
}

/// Which drawing: the same cluster in the space that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A full plate.
    Wide,
    /// A small plate in the text column.
    Column,
    /// A phone.
    Narrow,
    /// The home page, with the word above.
    Hero,
    /// The home page on a phone.
    HeroNarrow,
}

/// The radius of a node's ring.
pub(crate) const RING: f32 = 33.0;
/// The radius of its timer.
pub(crate) const TIMER: f32 = 42.0;
/// The radius that links stop at.
pub(crate) const GROUND: f32 = 45.0;

impl Frame {
    /// Width and height of the drawing.
    #[must_use]
    pub(crate) const fn size(self) -> (f32, f32) {
        match self {
            Self::Wide => (760.0, 474.0),
            Self::Column => (588.0, 404.0),
            Self::Narrow => (354.0, 496.0),
            Self::Hero => (800.0, 566.0),
            Self::HeroNarrow => (354.0, 540.0),
        }
    }

    /// Centre and radii of the ring of nodes.
    const fn ring(self) -> (P, f32, f32) {
        match self {
            Self::Wide => (p(384.0, 244.0), 214.0, 158.0),
            Self::Column => (p(286.0, 206.0), 158.0, 128.0),
            Self::Narrow => (p(170.0, 252.0), 112.0, 176.0),
            Self::Hero => (p(306.0, 366.0), 254.0, 128.0),
            Self::HeroNarrow => (p(170.0, 330.0), 112.0, 152.0),
        }
    }

    /// Whether there is only room for the last cells of a log, and none for remarks.
    #[must_use]
    pub(crate) const fn is_narrow(self) -> bool {
        matches!(self, Self::Narrow | Self::HeroNarrow)
    }

    /// How many cells of a log are drawn beside its node.
    #[must_use]
    pub(crate) const fn cells(self) -> usize {
        match self {
            Self::Wide | Self::Hero => 7,
            Self::Column => 5,
            Self::Narrow | Self::HeroNarrow => 3,
        }
    }

    /// Where the word stands on the home page: left end of its baseline, and its size.
    #[must_use]
    pub(crate) const fn word(self) -> Option<(P, u32)> {
        match self {
            Self::Hero => Some((p(8.0, 150.0), 196)),
            Self::HeroNarrow => Some((p(-6.0, 86.0), 112)),
            _ => None,
        }
    }
}

/// Where a node's words and cells stand, relative to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    /// Above it, centred.
    Above,
    /// Below it, centred.
    Below,
    /// To its right.
    Right,
    /// Below it, from its middle to the right.
    BelowRight,
}

/// A link as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LinkMark {
    /// The processes that it joins.
    pub a: ProcessId,
    /// The other one.
    pub b: ProcessId,
    /// Whether a client is at one end.
    pub client: bool,
    /// Whether the way from `a` to `b` is cut.
    pub ab_cut: bool,
    /// Whether the way back is cut.
    pub ba_cut: bool,
    /// Its ends, at the rings.
    pub from: P,
    /// Its other end.
    pub to: P,
    /// Where the cut goes through it, as a part of the way from `from` to `to`.
    pub crossing: f32,
}

/// A cut as a line through the stage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CutMark {
    /// Where the blade went in.
    pub from: P,
    /// Where it stopped: the scissors.
    pub to: P,
    /// Since when it has been in force.
    pub since: Time,
    /// Who cut.
    pub by: By,
}

/// One side of a cluster that is in two pieces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Side {
    /// Who is on it.
    pub members: Vec<ProcessId>,
    /// Where its count stands.
    pub at: P,
    /// Whether the count ends there instead of beginning there.
    pub anchor_end: bool,
}

/// The whole stage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scene {
    /// Which drawing.
    pub frame: Frame,
    /// Where each process stands, by id: servers, then clients.
    pub at: Vec<P>,
    /// Where each server's words and cells stand.
    pub beside: Vec<Beside>,
    /// The links.
    pub links: Vec<LinkMark>,
    /// The cuts that a line through the stage can show.
    pub cuts: Vec<CutMark>,
    /// The two sides, if the cluster is in two pieces.
    pub sides: Vec<Side>,
}

impl Scene {
    /// Arranges a view in a frame.
    #[must_use]
    pub(crate) fn of(view: &View, frame: Frame) -> Self {
        let servers = view.nodes.len();
        let (at_servers, beside) = ring(servers, frame);
        let mut at = at_servers;
        at.extend(clients(view, &at, frame));
        let parts = pieces(servers, &view.links);
        let cuts = cut_lines(view, &at[..servers], &parts, frame);
        let links = view.links.iter().filter_map(|l| link(l, view, &at, &cuts)).collect();
        let sides = sides(&parts, &at, frame);
        Self { frame, at, beside, links, cuts, sides }
    }

    /// Where a process stands.
    #[must_use]
    pub(crate) fn place(&self, id: ProcessId) -> P {
        self.at.get(id.index()).copied().unwrap_or_default()
    }

    /// Where a message is that has gone `part` of its way.
    #[must_use]
    pub(crate) fn along(&self, from: ProcessId, to: ProcessId, part: f32) -> P {
        let (a, b) = (self.place(from), self.place(to));
        let length = a.distance(b).max(1.0);
        let (start, stop) = (self.radius(from) / length, 1.0 - self.radius(to) / length);
        a.toward(b, start + (stop - start) * part)
    }

    /// Where a message was lost. One sent into a severed link ends at the cut.
    #[must_use]
    pub(crate) fn lost_at(&self, message: &MessageView, at: Time) -> P {
        let gone = part_gone(message, at);
        if gone > 0.02 {
            return self.along(message.from, message.to, gone);
        }
        let (a, b) = (message.from.min(message.to), message.from.max(message.to));
        let crossing = self.links.iter().find(|l| l.a == a && l.b == b).map_or(0.5, |l| l.crossing);
        let part = if message.from == a { crossing } else { 1.0 - crossing };
        let (start, stop) = (self.place(message.from), self.place(message.to));
        let short = 20.0 / start.distance(stop).max(1.0);
        self.along(message.from, message.to, (part - short).max(0.05))
    }

    fn radius(&self, id: ProcessId) -> f32 {
        if id.index() < self.beside.len() { GROUND } else { 17.0 }
    }

    /// The links between servers that a straight stroke crosses.
    #[cfg(feature = "csr")]
    #[must_use]
    pub(crate) fn sliced(&self, from: P, to: P) -> Vec<(ProcessId, ProcessId)> {
        let crosses = |l: &&LinkMark| !l.client && intersection(from, to, l.from, l.to).is_some();
        self.links.iter().filter(crosses).map(|l| (l.a, l.b)).collect()
    }
}

/// How much of its way a message has gone, from 0 to 1.
#[must_use]
pub(crate) fn part_gone(message: &MessageView, at: Time) -> f32 {
    let whole = message.due.since(message.sent).0.max(1);
    (at.since(message.sent).0.min(whole) as f32) / whole as f32
}

/// Nodes on an ellipse, clockwise, the first at the lower left.
fn ring(count: usize, frame: Frame) -> (Vec<P>, Vec<Beside>) {
    let (centre, rx, ry) = frame.ring();
    let step = 2.0 * PI / count.max(1) as f32;
    let first = if count == 2 { PI } else { PI - step / 2.0 };
    let place = |i: usize| {
        if count == 1 {
            return (centre, Beside::Below);
        }
        let angle = first + step * i as f32;
        let (sin, cos) = sin_cos(angle);
        let beside = match () {
            () if cos > 0.85 => Beside::BelowRight,
            () if cos > 0.2 => Beside::Right,
            () if sin < -0.05 => Beside::Above,
            () => Beside::Below,
        };
        (p(centre.x + rx * cos, centre.y + ry * sin), beside)
    };
    (0..count).map(place).unzip()
}

/// Clients stand outside the ring, on the side of the servers that they are near to.
fn clients(view: &View, servers: &[P], frame: Frame) -> Vec<P> {
    let (width, _) = frame.size();
    let (centre, ..) = frame.ring();
    let mut counts = [0_usize; 2];
    let on_right: Vec<bool> = view
        .clients
        .iter()
        .enumerate()
        .map(|(i, client)| {
            let near: Vec<f32> =
                linked(view, client.id).filter_map(|id| servers.get(id.index())).map(|at| at.x).collect();
            let right = if near.is_empty() || near.len() == servers.len() {
                i % 2 == 1
            } else {
                near.iter().sum::<f32>() / near.len() as f32 > centre.x
            };
            counts[usize::from(right)] += 1;
            right
        })
        .collect();
    let mut placed = [0_usize; 2];
    on_right
        .iter()
        .map(|&right| {
            let side = usize::from(right);
            placed[side] += 1;
            let gap = 84.0;
            let y = centre.y + gap * (placed[side] as f32 - (counts[side] as f32 + 1.0) / 2.0);
            // On a phone the rightmost node stands at the edge: its clients keep above it.
            let y = if right && frame.is_narrow() { y - 108.0 } else { y };
            p(if right { width - 17.0 } else { 17.0 }, y)
        })
        .collect()
}

/// The servers that a process has links to.
fn linked(view: &View, id: ProcessId) -> impl Iterator<Item = ProcessId> + '_ {
    view.links.iter().filter_map(move |l| if l.a == id { Some(l.b) } else { (l.b == id).then_some(l.a) })
}

fn link(l: &LinkView, view: &View, at: &[P], cuts: &[CutMark]) -> Option<LinkMark> {
    let servers = view.nodes.len();
    let client = l.b.index() >= servers;
    if client && !client_link_is_drawn(l, view) {
        return None;
    }
    let (a, b) = (*at.get(l.a.index())?, *at.get(l.b.index())?);
    let length = a.distance(b).max(1.0);
    let end = if client { 17.0 } else { GROUND };
    let (from, to) = (a.toward(b, GROUND / length), b.toward(a, end / length));
    let crossing = cuts.iter().find_map(|c| intersection(from, to, c.from, c.to)).unwrap_or(0.5);
    Some(LinkMark { a: l.a, b: l.b, client, ab_cut: l.ab_cut, ba_cut: l.ba_cut, from, to, crossing })
}

/// A client that may ask any server is drawn with a link to the one that it would ask, and to those that
/// have something on the way.
fn client_link_is_drawn(l: &LinkView, view: &View) -> bool {
    let Some(client) = view.clients.iter().find(|c| c.id == l.b) else { return false };
    linked(view, client.id).count() <= 2
        || client.asks == Some(l.a)
        || view.messages.iter().any(|m| (m.from, m.to) == (l.a, l.b) || (m.to, m.from) == (l.a, l.b))
}

/// The servers in groups that can still talk to each other, directly or not.
#[must_use]
pub(crate) fn pieces(servers: usize, links: &[LinkView]) -> Vec<Vec<ProcessId>> {
    let mut group: Vec<usize> = (0..servers).collect();
    for l in links.iter().filter(|l| l.b.index() < servers && !(l.ab_cut && l.ba_cut)) {
        let (from, to) = (group[l.a.index()], group[l.b.index()]);
        for g in &mut group {
            if *g == from {
                *g = to;
            }
        }
    }
    let mut parts: Vec<(usize, Vec<ProcessId>)> = Vec::new();
    for (i, g) in group.iter().enumerate() {
        let id = ProcessId(u8::try_from(i).expect("a scenario has at most nine servers"));
        match parts.iter_mut().find(|(name, _)| name == g) {
            Some((_, members)) => members.push(id),
            None => parts.push((*g, vec![id])),
        }
    }
    parts.into_iter().map(|(_, members)| members).collect()
}

/// The straight lines that part the sides of the cuts in force.
fn cut_lines(view: &View, at: &[P], parts: &[Vec<ProcessId>], frame: Frame) -> Vec<CutMark> {
    let whole = |c: &&CutView| {
        let servers: Vec<usize> = c.sides.iter().map(|s| s.iter().filter(|id| id.index() < at.len()).count()).collect();
        servers.len() == 2 && servers.iter().all(|&n| n > 0) && servers.iter().sum::<usize>() == at.len()
    };
    let mark = |c: &CutView, sides: &[Vec<ProcessId>]| {
        let (from, to) = parting(at, &sides[0], frame)?;
        Some(CutMark { from, to, since: c.since, by: c.by })
    };
    let mut marks: Vec<CutMark> =
        view.cuts.iter().filter(whole).filter(|c| !c.links.is_empty()).filter_map(|c| mark(c, &c.sides)).collect();
    if marks.is_empty() && parts.len() == 2 {
        marks.extend(view.cuts.last().and_then(|c| mark(c, parts)));
    }
    marks
}

/// A straight line with `side` on one hand and all others on the other, as near to upright as there is room for;
/// from beyond the plate's upper (or right) edge to inside its lower (or left) one.
fn parting(at: &[P], side: &[ProcessId], frame: Frame) -> Option<(P, P)> {
    let (width, height) = frame.size();
    let mut best: Option<(f32, f32, f32)> = None;
    for i in 0..60 {
        // The normal's direction: a line of normal 0 is upright.
        let angle = (i as f32 - 30.0) * PI / 60.0;
        let (sin, cos) = sin_cos(angle);
        let (mut low, mut high) = ((f32::MIN, f32::MAX), (f32::MIN, f32::MAX));
        for (i, place) in at.iter().enumerate() {
            let d = place.x * cos + place.y * sin;
            let mine = side.iter().any(|id| id.index() == i);
            let range = if mine { &mut low } else { &mut high };
            // `low` becomes (max, min) of this side, `high` of the others.
            *range = (range.0.max(d), range.1.min(d));
        }
        let (gap, middle) = if high.1 - low.0 > low.1 - high.0 {
            (high.1 - low.0, f32::midpoint(high.1, low.0))
        } else {
            (low.1 - high.0, f32::midpoint(low.1, high.0))
        };
        // A little off the upright, as a hand cuts.
        let score = gap - 2.0 * gap * (angle - 0.11).abs();
        if gap > 16.0 && best.is_none_or(|(_, _, s)| score > s) {
            best = Some((angle, middle, score));
        }
    }
    let (angle, middle, _) = best?;
    let (sin, cos) = sin_cos(angle);
    if cos.abs() >= 0.7 {
        let x_at = |y: f32| (middle - y * sin) / cos;
        let top = if frame.word().is_some() { -68.0 } else { -30.0 };
        Some((p(x_at(top), top), p(x_at(height - 8.0), height - 8.0)))
    } else {
        let y_at = |x: f32| (middle - x * cos) / sin;
        let right = width + 34.0;
        Some((p(right, y_at(right)), p(4.0, y_at(4.0))))
    }
}

fn sides(parts: &[Vec<ProcessId>], at: &[P], frame: Frame) -> Vec<Side> {
    let [first, second] = parts else { return Vec::new() };
    let mean = |members: &[ProcessId]| {
        let sum = members.iter().map(|id| at[id.index()]).fold(p(0.0, 0.0), |a, b| p(a.x + b.x, a.y + b.y));
        p(sum.x / members.len() as f32, sum.y / members.len() as f32)
    };
    let (width, height) = frame.size();
    let (a, b) = (mean(first), mean(second));
    let (y, left) = match frame {
        Frame::Hero => (190.0, 0.0),
        Frame::HeroNarrow => (118.0, 0.0),
        _ => (10.0, 22.0),
    };
    let corner = |members: &[ProcessId], first: bool| {
        if (a.x - b.x).abs() >= 40.0 || frame.word().is_some() {
            let at = if first { p(left, y) } else { p(width, y) };
            Side { members: members.to_vec(), at, anchor_end: !first }
        } else {
            let at = if first { p(left, y) } else { p(left, height - 26.0) };
            Side { members: members.to_vec(), at, anchor_end: false }
        }
    };
    let a_first = if (a.x - b.x).abs() >= 40.0 { a.x < b.x } else { a.y < b.y };
    if a_first {
        vec![corner(first, true), corner(second, false)]
    } else {
        vec![corner(second, true), corner(first, false)]
    }
}

/// Where two segments cross, as a part of the first.
fn intersection(a: P, b: P, c: P, d: P) -> Option<f32> {
    let cross = |u: P, v: P| u.x * v.y - u.y * v.x;
    let (r, s, w) = (p(b.x - a.x, b.y - a.y), p(d.x - c.x, d.y - c.y), p(c.x - a.x, c.y - a.y));
    let scale = cross(r, s);
    if scale.abs() < 1e-3 {
        return None;
    }
    let (t, u) = (cross(w, s) / scale, cross(w, r) / scale);
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then_some(t)
}

/// A path between two points.
#[must_use]
pub(crate) fn stroke(from: P, to: P) -> String {
    format!("M{} {}L{} {}", N(from.x), N(from.y), N(to.x), N(to.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(list: &[u8]) -> Vec<ProcessId> {
        list.iter().copied().map(ProcessId).collect()
    }

    #[test]
    fn five_nodes_stand_as_in_the_drawing() {
        let (at, beside) = ring(5, Frame::Wide);
        let near = |a: P, x: f32, y: f32| assert!(a.distance(p(x, y)) < 1.0, "{a:?} is not near {x}, {y}");
        near(at[0], 210.9, 336.9);
        near(at[1], 210.9, 151.1);
        near(at[3], 598.0, 244.0);
        assert_eq!(beside, [Beside::Below, Beside::Above, Beside::Right, Beside::BelowRight, Beside::Right]);
    }

    #[test]
    fn a_line_parts_two_neighbours_from_the_rest_in_every_frame() {
        for frame in [Frame::Wide, Frame::Column, Frame::Narrow, Frame::Hero, Frame::HeroNarrow] {
            for n in 2..=9_u8 {
                let (at, _) = ring(usize::from(n), frame);
                let (from, to) = parting(&at, &ids(&[0]), frame).expect("one node can always be parted from the rest");
                let side = |q: P| (to.x - from.x) * (q.y - from.y) - (to.y - from.y) * (q.x - from.x) > 0.0;
                for other in &at[1..] {
                    assert_ne!(side(at[0]), side(*other), "{frame:?}, {n} nodes");
                }
            }
        }
    }

    #[test]
    fn no_straight_line_parts_every_other_node() {
        let (at, _) = ring(6, Frame::Wide);
        assert_eq!(parting(&at, &ids(&[0, 2, 4]), Frame::Wide), None);
    }

    #[test]
    fn links_cut_one_by_one_come_to_pieces() {
        let link = |a, b, cut| LinkView { a: ProcessId(a), b: ProcessId(b), ab_cut: cut, ba_cut: cut };
        let mut links = vec![link(0, 1, false), link(0, 2, true), link(1, 2, false)];
        assert_eq!(pieces(3, &links), [ids(&[0, 1, 2])]);
        links[2] = link(1, 2, true);
        assert_eq!(pieces(3, &links), [ids(&[0, 1]), ids(&[2])]);
    }
}
