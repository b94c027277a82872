//! Where everything stands on the stage: pure geometry made from a [`View`]. It knows no element,
//! no colour and no protocol.

use core::f32::consts::PI;

use protocols::View;
use protocols::view::{CutView, LinkView, MessageView};
use sim::{By, Change, EventId, ProcessId, Time};

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
    /// A figure in the flow of the text.
    Tiny,
    /// The same on a phone.
    TinyNarrow,
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
/// How many servers are drawn with all that they hold. More are a crowd: small rings, and the rest in the panels.
pub(crate) const FEW: usize = 9;

impl Frame {
    /// Width and height of the drawing.
    #[must_use]
    pub(crate) const fn size(self) -> (f32, f32) {
        match self {
            Self::Wide => (760.0, 474.0),
            Self::Column => (588.0, 404.0),
            Self::Tiny => (588.0, 262.0),
            Self::TinyNarrow => (354.0, 312.0),
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
            Self::Tiny => (p(294.0, 132.0), 170.0, 76.0),
            Self::TinyNarrow => (p(177.0, 158.0), 112.0, 98.0),
            Self::Narrow => (p(170.0, 252.0), 112.0, 176.0),
            Self::Hero => (p(306.0, 366.0), 254.0, 128.0),
            Self::HeroNarrow => (p(170.0, 330.0), 112.0, 152.0),
        }
    }

    /// Whether there is only room for the last cells of a log, and none for remarks.
    #[must_use]
    pub(crate) const fn is_narrow(self) -> bool {
        matches!(self, Self::Narrow | Self::HeroNarrow | Self::TinyNarrow)
    }

    /// How many cells of a log are drawn beside its node.
    #[must_use]
    pub(crate) const fn cells(self) -> usize {
        match self {
            Self::Wide | Self::Hero => 7,
            Self::Column => 5,
            Self::Narrow | Self::HeroNarrow => 3,
            Self::Tiny | Self::TinyNarrow => 0,
        }
    }

    /// Whether there is room for rings alone.
    #[must_use]
    pub(crate) const fn is_tiny(self) -> bool {
        matches!(self, Self::Tiny | Self::TinyNarrow)
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
    /// How messages from `a` to `b` and those back are treated, where that was changed.
    pub shapes: (Option<Change>, Option<Change>),
    /// Its ends, at the rings.
    pub from: P,
    /// Its other end.
    pub to: P,
    /// Where the cut goes through it, as a part of the way from `from` to `to`.
    pub crossing: f32,
}

/// A cut as a line through the stage, or around one node that no line can part from the others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CutMark {
    /// The event that made it.
    pub event: EventId,
    /// Where the blade went in.
    pub from: P,
    /// Where it stopped: the scissors.
    pub to: P,
    /// Since when it has been in force.
    pub since: Time,
    /// Who cut.
    pub by: By,
    /// If it goes around: the radius; `from` is the middle then.
    pub around: Option<f32>,
    /// If only one direction is cut: where what can't pass would come from.
    pub barred: Option<P>,
}

/// One side of a cluster that is in pieces.
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
    /// The radius of the servers' rings.
    pub ring: f32,
    /// Half of the side of a client's square.
    pub square: f32,
    /// The links.
    pub links: Vec<LinkMark>,
    /// The cuts that a line through the stage can show.
    pub cuts: Vec<CutMark>,
    /// The sides, if the cluster is in pieces.
    pub sides: Vec<Side>,
}

impl Scene {
    /// Arranges a view in a frame.
    #[must_use]
    pub(crate) fn of(view: &View, frame: Frame) -> Self {
        let servers = view.nodes.len();
        let room = Room::beside(view.clients.len(), frame);
        let (mut at, beside, ring) = if servers > FEW { crowd(servers, frame, room) } else { ring(servers, frame) };
        at.extend(clients(view, &at, frame, room));
        let parts = pieces(servers, &view.links);
        let cuts = cut_lines(view, &at[..servers], &parts, frame, ring);
        let mut scene =
            Self { frame, at, beside, ring, square: room.square, links: Vec::new(), cuts, sides: Vec::new() };
        scene.links = scene.drawn_links(view);
        scene.sides = sides(&parts, &scene.at, frame);
        scene
    }

    /// Whether there are so many servers that each is only a small ring.
    #[must_use]
    pub(crate) const fn is_crowd(&self) -> bool {
        self.beside.len() > FEW
    }

    /// The radius that links to a server stop at.
    #[must_use]
    pub(crate) fn ground(&self) -> f32 {
        if self.is_crowd() { self.ring + 5.0 } else { GROUND }
    }

    /// The radius of a server's timer.
    #[must_use]
    pub(crate) fn timer(&self) -> f32 {
        if self.is_crowd() { self.ring + 3.0 } else { TIMER }
    }

    fn drawn_links(&self, view: &View) -> Vec<LinkMark> {
        let servers = view.nodes.len();
        let mut degrees = vec![0_u16; self.at.len()];
        for l in &view.links {
            if let Some(n) = degrees.get_mut(l.b.index()) {
                *n += 1;
            }
        }
        let busy: Vec<(ProcessId, ProcessId)> = view
            .messages
            .iter()
            .map(|m| (m.from.min(m.to), m.from.max(m.to)))
            .filter(|(_, b)| b.index() >= servers)
            .collect();
        // A client that may ask any server is drawn with a link to the one that it would ask, and to those that
        // have something on the way.
        let drawn = |l: &&LinkView| {
            let Some(client) = l.b.index().checked_sub(servers) else { return true };
            let asks = || view.clients.get(client).and_then(|c| c.asks);
            degrees[l.b.index()] <= 2 || asks() == Some(l.a) || busy.contains(&(l.a, l.b))
        };
        view.links.iter().filter(drawn).filter_map(|l| self.link(l)).collect()
    }

    fn link(&self, l: &LinkView) -> Option<LinkMark> {
        let (a, b) = (*self.at.get(l.a.index())?, *self.at.get(l.b.index())?);
        let length = a.distance(b).max(1.0);
        let (from, to) = (a.toward(b, self.radius(l.a) / length), b.toward(a, self.radius(l.b) / length));
        let severed = l.ab_cut || l.ba_cut;
        let through = |c: &CutMark| intersection(from, to, c.from, c.to);
        let crossing = self.cuts.iter().filter(|_| severed).find_map(through).unwrap_or(0.5);
        let client = l.b.index() >= self.beside.len();
        let shapes = (l.ab_shape, l.ba_shape);
        Some(LinkMark { a: l.a, b: l.b, client, ab_cut: l.ab_cut, ba_cut: l.ba_cut, shapes, from, to, crossing })
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
        if id.index() < self.beside.len() { self.ground() } else { self.square + 2.0 }
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
fn ring(count: usize, frame: Frame) -> (Vec<P>, Vec<Beside>, f32) {
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
    let (at, beside) = (0..count).map(place).unzip();
    (at, beside, RING)
}

/// The room that clients take beside the ring: squares in columns at both sides, or on a phone in rows below.
#[derive(Clone, Copy, Debug)]
struct Room {
    /// Half of a square's side.
    square: f32,
    /// From one square to the next.
    gap: f32,
    /// How many are in a column, or in a row below.
    run: usize,
    /// How many columns there are at each side, or rows below.
    lines: usize,
    /// Whether they stand below.
    below: bool,
}

impl Room {
    fn beside(clients: usize, frame: Frame) -> Self {
        let each = clients.div_ceil(2);
        let (width, height) = frame.size();
        if each <= 2 || (each <= 4 && !frame.is_narrow()) {
            return Self { square: 15.0, gap: 84.0, run: each.max(1), lines: usize::from(each > 0), below: false };
        }
        let below = frame.is_narrow();
        let (square, gap) = if clients <= 24 { (10.0, 27.0) } else { (6.5, 18.0) };
        let (all, length) = if below { (clients, width) } else { (each, height - 96.0) };
        let run = (length / gap) as usize;
        Self { square, gap, run: run.min(all), lines: all.div_ceil(run), below }
    }

    /// How much is taken from the ring: at each side, and below.
    fn taken(self) -> (f32, f32) {
        let depth = self.gap * self.lines as f32 + 8.0;
        match (self.lines, self.below) {
            (0, _) => (0.0, 0.0),
            (_, true) => (0.0, depth),
            (_, false) => (if self.gap > 40.0 { 48.0 } else { depth }, 0.0),
        }
    }
}

/// Many servers, on one, two or three rings within each other, in the order of their ids all around: neighbours by id
/// stand near to each other, so that a straight line parts one half from the other.
fn crowd(count: usize, frame: Frame, room: Room) -> (Vec<P>, Vec<Beside>, f32) {
    let (width, height) = frame.size();
    let (side, below) = room.taken();
    let top = if frame.word().is_some() { 190.0 } else { 0.0 };
    let margin = if frame.is_narrow() { 22.0 } else { 34.0 };
    let (rx, ry) = ((width / 2.0 - side - margin).max(60.0), ((height - top - below) / 2.0 - margin).max(60.0));
    let centre = p(width / 2.0, top + (height - top - below) / 2.0);
    // An ellipse's length, as Ramanujan has it.
    let length = PI * (3.0 * (rx + ry) - ((3.0 * rx + ry) * (rx + 3.0 * ry)).sqrt());
    let enough = if frame.is_narrow() { 13.0 } else { 17.0 };
    let radius = |shares: &[f32]| (length * shares.iter().sum::<f32>() / count as f32 / 2.75).min(26.0);
    let shares = [&[1.0][..], &[1.0, 0.58], &[1.0, 0.66, 0.32]];
    let shares = shares.into_iter().find(|s| radius(s) >= enough).unwrap_or(shares[2]);
    let total: f32 = shares.iter().sum();
    let steps = steps_around(rx, ry);
    let mut placed = [0_usize; 3];
    let mut which = Vec::new();
    for i in 0..count {
        // The ring that lags behind its share.
        let lag = |ring: usize| shares[ring] / total * (i + 1) as f32 - placed[ring] as f32;
        let ring = (0..shares.len()).fold(0, |best, ring| if lag(ring) > lag(best) + 1e-3 { ring } else { best });
        which.push((ring, placed[ring]));
        placed[ring] += 1;
    }
    let place = |&(ring, nth): &(usize, usize)| {
        let part = (nth as f32 + 0.5) / placed[ring] as f32;
        let at = steps[((part * steps.len() as f32) as usize).min(steps.len() - 1)];
        p(centre.x + rx * shares[ring] * at.x, centre.y + ry * shares[ring] * at.y)
    };
    (which.iter().map(place).collect(), vec![Beside::Below; count], radius(shares))
}

/// Points at even distances around an ellipse, clockwise from its lower left, as parts of its radii.
fn steps_around(rx: f32, ry: f32) -> Vec<P> {
    const FINE: usize = 720;
    let turn = |i: usize| {
        let (sin, cos) = sin_cos(PI * 0.75 + 2.0 * PI * i as f32 / FINE as f32);
        p(cos, sin)
    };
    let step = |i: usize| p(turn(i).x * rx, turn(i).y * ry).distance(p(turn(i + 1).x * rx, turn(i + 1).y * ry));
    let whole: f32 = (0..FINE).map(step).sum();
    let (mut gone, mut even) = (0.0, Vec::new());
    for i in 0..FINE {
        while gone >= whole * even.len() as f32 / FINE as f32 && even.len() < FINE {
            even.push(turn(i));
        }
        gone += step(i);
    }
    even
}

/// Clients stand outside the ring, on the side of the servers that they are near to.
fn clients(view: &View, servers: &[P], frame: Frame, room: Room) -> Vec<P> {
    let (width, height) = frame.size();
    let (centre, ..) = frame.ring();
    if room.below {
        let first = (width - room.gap * (room.run as f32 - 1.0)) / 2.0;
        let top = height - 6.0 - room.gap * (room.lines as f32 - 0.5);
        let place = |i: usize| p(first + room.gap * (i % room.run) as f32, top + room.gap * (i / room.run) as f32);
        return (0..view.clients.len()).map(place).collect();
    }
    let few = room.gap > 40.0;
    let on_right: Vec<bool> = view
        .clients
        .iter()
        .enumerate()
        .map(
            |(i, client)| {
                if few { is_near_right(view, client.id, servers, centre.x).unwrap_or(i % 2 == 1) } else { i % 2 == 1 }
            },
        )
        .collect();
    let right = on_right.iter().filter(|right| **right).count();
    let counts = [on_right.len() - right, right];
    let mut placed = [0_usize; 2];
    let place = |&right: &bool| {
        let side = usize::from(right);
        let (run, nth) = (if few { counts[side] } else { room.run }, placed[side]);
        placed[side] += 1;
        let (line, nth) = (nth / run.max(1), nth % run.max(1));
        let here = run.min(counts[side] - line * run);
        let gap = if few { room.gap.min(340.0 / here as f32) } else { room.gap };
        let y = centre.y + gap * (nth as f32 - (here as f32 - 1.0) / 2.0);
        // On a phone the rightmost node stands at the edge: its clients keep above it.
        let y = if right && frame.is_narrow() { y - 108.0 } else { y };
        let x = room.square + 2.0 + room.gap * line as f32;
        p(if right { width - x } else { x }, y)
    };
    on_right.iter().map(place).collect()
}

/// Whether the servers that a client has links to stand to the right, if it does not have links to all.
fn is_near_right(view: &View, client: ProcessId, servers: &[P], middle: f32) -> Option<bool> {
    let near: Vec<f32> = linked(view, client).filter_map(|id| servers.get(id.index())).map(|at| at.x).collect();
    if near.is_empty() || near.len() == servers.len() {
        return None;
    }
    Some(near.iter().sum::<f32>() / near.len() as f32 > middle)
}

/// The servers that a process has links to.
fn linked(view: &View, id: ProcessId) -> impl Iterator<Item = ProcessId> + '_ {
    view.links.iter().filter_map(move |l| if l.a == id { Some(l.b) } else { (l.b == id).then_some(l.a) })
}

/// The servers in groups that can still talk to each other, directly or not.
#[must_use]
pub(crate) fn pieces(servers: usize, links: &[LinkView]) -> Vec<Vec<ProcessId>> {
    let mut group: Vec<usize> = (0..servers).collect();
    for l in links.iter().filter(|l| l.b.index() < servers && !(l.ab_cut && l.ba_cut)) {
        let (from, to) = (group[l.a.index()], group[l.b.index()]);
        if from == to {
            continue;
        }
        for g in &mut group {
            if *g == from {
                *g = to;
            }
        }
    }
    let mut parts: Vec<(usize, Vec<ProcessId>)> = Vec::new();
    for (g, id) in group.iter().zip((0..=u8::MAX).map(ProcessId)) {
        match parts.iter_mut().find(|(name, _)| name == g) {
            Some((_, members)) => members.push(id),
            None => parts.push((*g, vec![id])),
        }
    }
    parts.into_iter().map(|(_, members)| members).collect()
}

/// The lines that part the sides of the cuts in force.
fn cut_lines(view: &View, at: &[P], parts: &[Vec<ProcessId>], frame: Frame, ring: f32) -> Vec<CutMark> {
    let mark = |c: &CutView, side: &[ProcessId]| {
        let side: Vec<ProcessId> = side.iter().copied().filter(|id| id.index() < at.len()).collect();
        let (from, to, around) = match (parting(at, &side, frame, ring), side.as_slice()) {
            (Some((from, to)), _) => (from, to, None),
            (None, &[one]) => (at[one.index()], at[one.index()], Some(ring * 1.2 + 16.0)),
            (None, _) => return None,
        };
        Some(CutMark { event: c.event, from, to, since: c.since, by: c.by, around, barred: barred(c, at) })
    };
    let mut marks: Vec<CutMark> = Vec::new();
    for c in view.cuts.iter().filter(|c| !c.links.is_empty()) {
        let servers: Vec<usize> = c.sides.iter().map(|s| s.iter().filter(|id| id.index() < at.len()).count()).collect();
        if servers.iter().filter(|n| **n > 0).count() < 2 || servers.iter().sum::<usize>() != at.len() {
            continue;
        }
        // Two sides have one line between them; of more, each is parted from all the others.
        let lines = if servers.len() == 2 { 1 } else { servers.len() };
        let before = marks.len();
        for side in c.sides.iter().take(lines).filter(|s| s.iter().any(|id| id.index() < at.len())) {
            let line = mark(c, side).filter(|new| {
                let known = |old: &CutMark| {
                    old.around == new.around && old.from.distance(new.from) < 20.0 && old.to.distance(new.to) < 20.0
                };
                !marks[before..].iter().any(known)
            });
            marks.extend(line);
        }
        // What two lines part needs no third.
        if servers.len() == 3 && marks.len() > before + 2 {
            marks.pop();
        }
    }
    if marks.is_empty() && parts.len() == 2 {
        marks.extend(view.cuts.last().and_then(|c| mark(c, &parts[0])));
    }
    marks
}

/// Where from a cut of one direction bars the way, if it is one.
fn barred(cut: &CutView, at: &[P]) -> Option<P> {
    let both = cut.links.iter().any(|(from, to)| cut.links.contains(&(*to, *from)));
    let from = cut.links.iter().map(|(from, _)| from).find(|from| from.index() < at.len())?;
    (!both).then(|| at[from.index()])
}

/// A straight line with `side` on one hand and all others on the other, as near to upright as there is room for;
/// from beyond the plate's upper (or right) edge to inside its lower (or left) one.
fn parting(at: &[P], side: &[ProcessId], frame: Frame, ring: f32) -> Option<(P, P)> {
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
        // A line that keeps clear of all rings, a little off the upright, as a hand cuts; if there is none, the
        // widest way through.
        let clear = gap >= 2.0 * ring + 16.0;
        let score = if clear { width + gap - 2.0 * gap * (angle - 0.11).abs() } else { gap - width };
        if gap > ring / 2.0 && best.is_none_or(|(_, _, s)| score > s) {
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

/// Each side's count stands in the corner of the stage that is nearest to its members and still free.
fn sides(parts: &[Vec<ProcessId>], at: &[P], frame: Frame) -> Vec<Side> {
    if parts.len() < 2 {
        return Vec::new();
    }
    let mean = |members: &[ProcessId]| {
        let sum = members.iter().map(|id| at[id.index()]).fold(p(0.0, 0.0), |a, b| p(a.x + b.x, a.y + b.y));
        p(sum.x / members.len() as f32, sum.y / members.len() as f32)
    };
    let (width, height) = frame.size();
    let (y, left) = match frame {
        Frame::Hero => (190.0, 0.0),
        Frame::HeroNarrow => (118.0, 0.0),
        _ => (10.0, 22.0),
    };
    let low = height - 26.0;
    let mut corners = vec![p(left, y), p(width, y), p(left, low), p(width, low)];
    if let [a, b] = parts {
        // Two sides keep to the upper corners, unless one stands above the other.
        let beside = (mean(a).x - mean(b).x).abs() >= 40.0 || frame.word().is_some();
        corners = vec![p(left, y), if beside { p(width, y) } else { p(left, low) }];
    }
    // The largest chooses first.
    let mut order: Vec<&Vec<ProcessId>> = parts.iter().collect();
    order.sort_by_key(|members| core::cmp::Reverse(members.len()));
    let mut found = Vec::new();
    for members in order {
        let near = mean(members);
        let Some((i, _)) =
            corners.iter().enumerate().min_by(|a, b| near.distance(*a.1).total_cmp(&near.distance(*b.1)))
        else {
            break;
        };
        let at = corners.remove(i);
        found.push(Side { members: members.clone(), at, anchor_end: at.x >= width });
    }
    found
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
        let (at, beside, _) = ring(5, Frame::Wide);
        let near = |a: P, x: f32, y: f32| assert!(a.distance(p(x, y)) < 1.0, "{a:?} is not near {x}, {y}");
        near(at[0], 210.9, 336.9);
        near(at[1], 210.9, 151.1);
        near(at[3], 598.0, 244.0);
        assert_eq!(beside, [Beside::Below, Beside::Above, Beside::Right, Beside::BelowRight, Beside::Right]);
    }

    #[test]
    fn a_line_parts_two_neighbours_from_the_rest_in_every_frame() {
        for frame in
            [Frame::Wide, Frame::Column, Frame::Tiny, Frame::TinyNarrow, Frame::Narrow, Frame::Hero, Frame::HeroNarrow]
        {
            for n in 2..=9_u8 {
                let (at, ..) = ring(usize::from(n), frame);
                let (from, to) =
                    parting(&at, &ids(&[0]), frame, RING).expect("one node can always be parted from the rest");
                let side = |q: P| (to.x - from.x) * (q.y - from.y) - (to.y - from.y) * (q.x - from.x) > 0.0;
                for other in &at[1..] {
                    assert_ne!(side(at[0]), side(*other), "{frame:?}, {n} nodes");
                }
            }
        }
    }

    #[test]
    fn no_straight_line_parts_every_other_node() {
        let (at, ..) = ring(6, Frame::Wide);
        assert_eq!(parting(&at, &ids(&[0, 2, 4]), Frame::Wide, RING), None);
    }

    #[test]
    fn links_cut_one_by_one_come_to_pieces() {
        let link = |a, b, cut| LinkView {
            a: ProcessId(a),
            b: ProcessId(b),
            ab_cut: cut,
            ba_cut: cut,
            ab_shape: None,
            ba_shape: None,
        };
        let mut links = vec![link(0, 1, false), link(0, 2, true), link(1, 2, false)];
        assert_eq!(pieces(3, &links), [ids(&[0, 1, 2])]);
        links[2] = link(1, 2, true);
        assert_eq!(pieces(3, &links), [ids(&[0, 1]), ids(&[2])]);
    }
}
