//! The pointer: the blade that cuts, the lasso that puts nodes on a side, the flag that is dragged through time, and
//! what a click, a double click and a long press on a thing mean.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use lesson::Control;
use sim::{Action, ProcessId};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, MouseEvent, PointerEvent};

use super::{Listener, Seen, closest, command, drags, id_of, process};
use crate::frame;
use crate::guard;
use crate::menu;
use crate::more;
use crate::motion;
use crate::num::N;
use crate::page::document;
use crate::scene::{P, Scene, p, stroke};
use crate::sides;
use crate::state::Picked;

/// How long a press is that opens a menu.
const LONG_PRESS_MS: u32 = 500;
/// How far a finger goes, in px, until it means a stroke, and how far beyond a link until it cuts it.
const TOUCH: f32 = 12.0;
/// The same for a mouse, to mean a stroke.
const MOUSE: f32 = 6.0;

/// What the pointer is doing.
enum Drag {
    /// Nothing.
    None,
    /// Drawing a cut, from here; `true` once it is long enough to be one.
    Blade(P, bool),
    /// Drawing a lasso, through these points.
    Lasso(Vec<P>),
}

/// A lab's pointer.
struct Hand {
    drag: RefCell<Drag>,
    /// Where it went down, in the window.
    down: Cell<(f64, f64)>,
    /// Whether it is a finger.
    touch: Cell<bool>,
    /// Whether the click that comes next is not meant for what lies under it.
    swallow: Cell<bool>,
    /// The press that may become a long one.
    press: RefCell<Option<Timeout>>,
}

/// Listens to a plate.
pub(super) fn listen(seen: &Seen) -> Vec<Listener> {
    let hand = Rc::new(Hand {
        drag: RefCell::new(Drag::None),
        down: Cell::default(),
        touch: Cell::default(),
        swallow: Cell::default(),
        press: RefCell::default(),
    });
    type Handle = fn(&Seen, &Rc<Hand>, &Event);
    let handlers: [(&'static str, Handle); 7] = [
        ("click", click),
        ("dblclick", |seen, _, e| {
            if let Some(id) = process(e, "[data-node]") {
                seen.state.toggle_power(id);
            }
        }),
        ("contextmenu", asked_for_menu),
        ("pointerdown", begin),
        ("pointermove", go_on),
        ("pointerup", end),
        ("pointercancel", |seen, hand, _| {
            drop(hand.press.take());
            hand.drag.replace(Drag::None);
            cancel(seen);
        }),
    ];
    let mut listeners = Vec::new();
    for (kind, handle) in handlers {
        let hand = Rc::clone(&hand);
        listeners.push(seen.on(&seen.figure, kind, move |seen, e| handle(seen, &hand, e)));
    }
    listeners
}

/// Gives up a stroke or a lasso. Says whether there was one.
pub(super) fn cancel(seen: &Seen) -> bool {
    let was = seen.figure.has_attribute("data-dragging");
    let _ = seen.figure.remove_attribute("data-dragging");
    motion::hide_blade(&seen.figure);
    preview(seen, &[], P::default(), P::default(), None);
    was
}

/// Where a pointer is, in the user units of a drawing of this width.
fn place(e: &MouseEvent, svg: &Element, units: f32) -> P {
    let rect = svg.get_bounding_client_rect();
    let scale = f64::from(units) / rect.width().max(1.0);
    let (x, y) = window_place(e);
    p(((x - rect.left()) * scale) as f32, ((y - rect.top()) * scale) as f32)
}

fn window_place(e: &MouseEvent) -> (f64, f64) {
    (f64::from(e.client_x()), f64::from(e.client_y()))
}

fn stage_place(seen: &Seen, e: &MouseEvent) -> Option<P> {
    let svg = seen.figure.query_selector(".stage-svg").ok().flatten()?;
    Some(place(e, &svg, seen.state.live.frame.get_untracked().size().0))
}

/// The thing under the pointer; nothing stands for the ground.
fn thing(e: &Event) -> Picked {
    closest(e, menu::THINGS).and_then(|el| menu::thing(&el)).unwrap_or_default()
}

fn click(seen: &Seen, hand: &Rc<Hand>, e: &Event) {
    frame::taken_over(&seen.figure);
    let on_stage = closest(e, ".stage-svg").is_some();
    // A finger that is lifted after a long press clicks what has come under it. A key's click counts no presses.
    let pressed = e.dyn_ref::<MouseEvent>().is_some_and(|e| e.detail() > 0);
    if hand.swallow.replace(false) && (on_stage || pressed) {
        return;
    }
    // A finger means the message that it is on, though the link below it is the larger target.
    if hand.touch.get()
        && on_stage
        && let Some(Picked::Message(id)) = e.dyn_ref::<MouseEvent>().and_then(under)
    {
        seen.state.playing.set(false);
        seen.state.pick(Picked::Message(id));
        return;
    }
    let link = closest(e, "[data-link]").filter(|_| on_stage);
    match link.and_then(|link| Some((id_of(&link, "data-a")?, id_of(&link, "data-b")?))) {
        Some((a, b)) => link_pressed(seen, hand, e, a, b),
        None => command::click(seen, e),
    }
}

/// The thing that is drawn where a pointer is.
fn under(e: &MouseEvent) -> Option<Picked> {
    let (x, y) = window_place(e);
    let there = document().element_from_point(x as f32, y as f32)?;
    menu::thing(&there.closest(menu::THINGS).ok().flatten()?)
}

/// A link was pressed: a mouse cuts or mends it, at its arrowheads one way only; a finger, which is less exact,
/// opens its menu.
fn link_pressed(seen: &Seen, hand: &Hand, e: &Event, a: ProcessId, b: ProcessId) {
    let state = &seen.state;
    state.said.set(String::new());
    if hand.touch.get() || !state.allows(Control::Cut) {
        open_menu(seen, Picked::Link(a, b), e.dyn_ref::<MouseEvent>().map(window_place));
        return;
    }
    let arrow = closest(e, "[data-arrow]").and_then(|head| head.get_attribute("data-arrow"));
    let Some(arrow) = arrow else { return state.toggle_link(a, b) };
    let (from, to) = if arrow == "ab" { (a, b) } else { (b, a) };
    let cut = state.shot.with_untracked(|s| {
        s.view.links.iter().any(|l| l.a == a && l.b == b && if from == a { l.ab_cut } else { l.ba_cut })
    });
    let (from, to, both) = (from.into(), to.into(), false);
    state.act(if cut { Action::Heal { from, to, both } } else { Action::Cut { from, to, both } });
}

fn asked_for_menu(seen: &Seen, hand: &Rc<Hand>, e: &Event) {
    let Some(mouse) = e.dyn_ref::<MouseEvent>().filter(|_| closest(e, ".stage-svg").is_some()) else { return };
    e.prevent_default();
    drop(hand.press.take());
    // The browser's own long press may come after ours, when the page has moved under the finger.
    if hand.touch.get() && hand.swallow.replace(true) {
        return;
    }
    open_menu(seen, thing(e), Some(window_place(mouse)));
}

fn open_menu(seen: &Seen, about: Picked, at: Option<(f64, f64)>) {
    more::then(seen, move |more, seen| (more.open_menu)(seen, about, at));
}

fn begin(seen: &Seen, hand: &Rc<Hand>, event: &Event) {
    let Some(e) = event.dyn_ref::<PointerEvent>() else { return };
    drop(hand.press.take());
    if !e.is_primary() {
        // A second finger scrolls or zooms: the first one's stroke was none.
        hand.drag.replace(Drag::None);
        cancel(seen);
        return;
    }
    hand.swallow.set(false);
    hand.touch.set(e.pointer_type() == "touch");
    hand.down.set(window_place(e));
    let on_stage = closest(e, ".stage-svg").is_some();
    if closest(e, ".menu, [data-do=menu]").is_none() && menu::leave(seen) {
        hand.swallow.set(on_stage);
    }
    if e.button() != 0 || drags::owns(e) {
        return;
    }
    frame::taken_over(&seen.figure);
    if on_stage && (hand.touch.get() || thing(e) != Picked::Nothing) {
        await_long_press(seen, hand, thing(e), window_place(e));
    }
    hand.drag.replace(drag(seen, e).unwrap_or(Drag::None));
}

/// What a pointer that goes down here can drag.
fn drag(seen: &Seen, e: &PointerEvent) -> Option<Drag> {
    let state = &seen.state;
    let ground =
        closest(e, ".stage-svg").is_some() && closest(e, "[data-node], [data-client], [data-message]").is_none();
    let at = stage_place(seen, e).filter(|_| ground && state.allows(Control::Cut))?;
    let picking = state.sides.with_untracked(Option::is_some);
    Some(if picking { Drag::Lasso(vec![at]) } else { Drag::Blade(at, false) })
}

fn await_long_press(seen: &Seen, hand: &Rc<Hand>, thing: Picked, at: (f64, f64)) {
    let (seen, held) = (seen.clone(), Rc::downgrade(hand));
    let timeout = Timeout::new(LONG_PRESS_MS, move || {
        guard::within(&seen.figure, || {
            if let Some(hand) = held.upgrade() {
                hand.drag.replace(Drag::None);
                hand.swallow.set(true);
                open_menu(&seen, thing, Some(at));
            }
        });
    });
    hand.press.replace(Some(timeout));
}

fn go_on(seen: &Seen, hand: &Rc<Hand>, event: &Event) {
    let Some(e) = event.dyn_ref::<PointerEvent>().filter(|e| e.is_primary()) else { return };
    let ((x, y), (from_x, from_y)) = (window_place(e), hand.down.get());
    let gone = (x - from_x).abs() + (y - from_y).abs();
    if gone > f64::from(MOUSE) {
        drop(hand.press.take());
    }
    let enough = if hand.touch.get() { TOUCH } else { MOUSE };
    match &mut *hand.drag.borrow_mut() {
        Drag::None => {}
        Drag::Blade(from, started) => {
            let Some(at) = stage_place(seen, e) else { return };
            if started_now(seen, started, from.distance(at) > enough) {
                motion::show_blade(&seen.figure, *from, at);
                let (links, scene) = crossed(seen, *from, reach(hand, *from, at));
                preview(seen, &links, *from, at, Some(&scene));
            }
        }
        Drag::Lasso(points) => {
            let Some(at) = stage_place(seen, e) else { return };
            let mut started = points.len() > 1;
            if started_now(seen, &mut started, points[0].distance(at) > enough) && points.len() < 400 {
                points.push(at);
                if let Ok(Some(blade)) = seen.figure.query_selector(".blade") {
                    let _ = blade.set_attribute("d", &outline(points));
                }
            }
        }
    }
}

/// Whether a stroke goes on: it began before and was not given up, or it begins now.
fn started_now(seen: &Seen, started: &mut bool, enough: bool) -> bool {
    if *started {
        return seen.figure.has_attribute("data-dragging");
    }
    if enough {
        *started = true;
        let _ = seen.figure.set_attribute("data-dragging", "");
    }
    enough
}

/// The pointer was let go.
fn end(seen: &Seen, hand: &Rc<Hand>, event: &Event) {
    let Some(e) = event.dyn_ref::<PointerEvent>().filter(|e| e.is_primary()) else { return };
    drop(hand.press.take());
    let done = hand.drag.replace(Drag::None);
    let started = matches!(done, Drag::Blade(_, true)) || matches!(&done, Drag::Lasso(points) if points.len() > 1);
    if !started {
        return;
    }
    hand.swallow.set(true);
    let going = cancel(seen);
    let Some(to) = stage_place(seen, e).filter(|_| going) else { return };
    match done {
        Drag::Blade(from, _) => slice(seen, from, reach(hand, from, to)),
        Drag::Lasso(points) => lasso(seen, hand, &points, to),
        Drag::None => {}
    }
}

/// How far a stroke cuts: a finger's ends short of where it is.
fn reach(hand: &Hand, from: P, to: P) -> P {
    if hand.touch.get() { to.toward(from, (TOUCH / from.distance(to).max(TOUCH)).min(1.0)) } else { to }
}

/// The whole links that a stroke crosses.
fn crossed(seen: &Seen, from: P, to: P) -> (Vec<(ProcessId, ProcessId)>, Scene) {
    let shot = seen.state.shot.get_untracked();
    let scene = Scene::of(&shot.view, seen.state.live.frame.get_untracked());
    let whole =
        |a: ProcessId, b: ProcessId| shot.view.links.iter().any(|l| l.a == a && l.b == b && !l.ab_cut && !l.ba_cut);
    (scene.sliced(from, to).into_iter().filter(|&(a, b)| whole(a, b)).collect(), scene)
}

/// Cuts the links that a stroke crossed: as one cut if it parts the servers, else link by link.
fn slice(seen: &Seen, from: P, to: P) {
    let state = &seen.state;
    let (crossed, scene) = crossed(seen, from, to);
    if crossed.is_empty() {
        return;
    }
    let shot = state.shot.get_untracked();
    let left = |id: ProcessId| side_of(from, to, scene.place(id)) > 0.0;
    let (one, other): (Vec<_>, Vec<_>) = shot.view.nodes.iter().map(|n| n.id).partition(|id| left(*id));
    let between = shot.view.links.iter().filter(|l| {
        let servers = l.b.index() < shot.view.nodes.len();
        servers && left(l.a) != left(l.b) && !l.ab_cut && !l.ba_cut
    });
    let parts = between.count() == crossed.len() && !one.is_empty() && !other.is_empty();
    if parts && crossed.len() > 1 {
        state.partition(&[one, other]);
    } else {
        for (a, b) in crossed {
            state.act(Action::Cut { from: a.into(), to: b.into(), both: true });
        }
    }
}

/// On which hand of a line a point lies: positive on one, negative on the other.
fn side_of(from: P, to: P, at: P) -> f32 {
    (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x)
}

/// Puts the nodes within a lasso on the side that is being made up. A line that does not come back is a stroke of
/// the blade.
fn lasso(seen: &Seen, hand: &Hand, points: &[P], to: P) {
    let state = &seen.state;
    let length: f32 = points.windows(2).map(|w| w[0].distance(w[1])).sum();
    if points[0].distance(to) > 0.75 * length {
        state.sides.set(None);
        slice(seen, points[0], reach(hand, points[0], to));
        return;
    }
    let shot = state.shot.get_untracked();
    let scene = Scene::of(&shot.view, state.live.frame.get_untracked());
    for node in &shot.view.nodes {
        if encloses(points, scene.place(node.id)) {
            sides::put(state, node.id);
        }
    }
}

/// Whether a point lies within a closed line: whether a ray from it crosses the line an odd number of times.
fn encloses(line: &[P], at: P) -> bool {
    let mut within = false;
    for (i, &b) in line.iter().enumerate() {
        let a = line[(i + line.len() - 1) % line.len()];
        if (a.y > at.y) != (b.y > at.y) && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x) {
            within = !within;
        }
    }
    within
}

fn outline(points: &[P]) -> String {
    let mut path = String::new();
    for (i, at) in points.iter().enumerate() {
        path.push(if i == 0 { 'M' } else { 'L' });
        path.push_str(&N(at.x).to_string());
        path.push(' ');
        path.push_str(&N(at.y).to_string());
    }
    path
}

/// Marks the links that would be severed, and draws their strokes where the blade goes through them.
fn preview(seen: &Seen, links: &[(ProcessId, ProcessId)], from: P, to: P, scene: Option<&Scene>) {
    let state = &seen.state;
    if state.would_cut.with_untracked(|old| old != links) {
        state.would_cut.set(links.to_vec());
    }
    let Ok(Some(blade)) = seen.figure.query_selector(".blade") else { return };
    let strokes = seen.figure.query_selector(".would").ok().flatten();
    let strokes = strokes.or_else(|| {
        let path = document().create_element_ns(blade.namespace_uri().as_deref(), "path").ok()?;
        let _ = path.set_attribute("class", "break is-preview would");
        let _ = blade.after_with_node_1(&path);
        Some(path)
    });
    let mut d = String::new();
    for &(a, b) in links {
        let Some(scene) = scene else { break };
        let (one, other) = (scene.place(a), scene.place(b));
        let (before, after) = (side_of(from, to, one), side_of(from, to, other));
        let at = one.toward(other, before / (before - after));
        let gap = 9.5 / one.distance(other).max(1.0);
        for at in [at.toward(one, gap), at.toward(other, gap)] {
            d.push_str(&stroke(p(at.x + 0.5, at.y - 4.5), p(at.x - 0.5, at.y + 4.5)));
        }
    }
    if let Some(strokes) = strokes {
        let _ = strokes.set_attribute("d", &d);
    }
    menu::each(&seen.figure, "[data-link]", |link| {
        let ends = (id_of(link, "data-a"), id_of(link, "data-b"));
        let would = links.iter().any(|&(a, b)| ends == (Some(a), Some(b)));
        let _ = link.toggle_attribute_with_force("data-would", would);
    });
}
