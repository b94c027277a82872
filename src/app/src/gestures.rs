//! What the reader does: buttons, keys and pointer, turned into acts on the lab. One listener of each kind
//! to a plate; what was meant is read from `data-` attributes.

use core::cell::RefCell;
use std::rc::Rc;

use lesson::Control;
use protocols::view::Status;
use sim::{Action, ProcessId, Span, Time};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventTarget, HtmlElement, KeyboardEvent, PointerEvent};

use crate::frame;
use crate::scene::{P, Scene, p};
use crate::state::LabState;
use crate::timeline::Axis;
use crate::transport::SPEEDS;

/// What the pointer is doing.
#[derive(Clone, Copy)]
enum Drag {
    /// Drawing a cut, from here; `true` once it is long enough to be one.
    Blade(P, bool),
    /// Moving the playhead along this axis, up to that moment.
    Flag(Axis, Time),
}

type Dragging = Rc<RefCell<Option<Drag>>>;

/// Listens to a plate.
pub(crate) fn listen(figure: &HtmlElement, state: LabState) {
    let drag: Dragging = Rc::default();
    let fig = figure.clone();
    // The click that ends a stroke of the blade is not meant for what lies under it.
    let swallow = Rc::new(RefCell::new(false));
    let swallowed = Rc::clone(&swallow);
    on(figure, "click", move |e: Event| {
        frame::taken_over(&fig);
        if !swallowed.replace(false) {
            click(state, &fig, &e);
        }
    });
    on(figure, "dblclick", move |e: Event| {
        if state.has(Control::Crash)
            && let Some(id) = process(&e, "[data-node]")
        {
            toggle_power(state, id);
        }
    });
    let fig = figure.clone();
    on(figure, "keydown", move |e: Event| {
        if let Some(key) = e.dyn_ref::<KeyboardEvent>() {
            keydown(state, &fig, key);
        }
    });
    let (fig, dragging) = (figure.clone(), Rc::clone(&drag));
    on(figure, "pointerdown", move |e: Event| {
        if let Some(e) = e.dyn_ref::<PointerEvent>() {
            *dragging.borrow_mut() = begin(state, &fig, e);
        }
    });
    let (fig, dragging) = (figure.clone(), Rc::clone(&drag));
    on(figure, "pointermove", move |e: Event| {
        if let Some(e) = e.dyn_ref::<PointerEvent>() {
            go_on(state, &fig, e, &dragging);
        }
    });
    let fig = figure.clone();
    let dragging = Rc::clone(&drag);
    on(figure, "pointerup", move |e: Event| {
        if let Some(e) = e.dyn_ref::<PointerEvent>() {
            *swallow.borrow_mut() = end(state, &fig, e, &dragging);
        }
    });
    let fig = figure.clone();
    on(figure, "pointercancel", move |_| {
        *drag.borrow_mut() = None;
        frame::hide_blade(&fig);
    });
}

/// Listens for buttons of a lab that stand outside its plate.
pub(crate) fn listen_to_buttons(section: &HtmlElement, figure: &HtmlElement, state: LabState) {
    let fig = figure.clone();
    on(section, "click", move |e: Event| {
        frame::taken_over(&fig);
        click(state, &fig, &e);
    });
}

/// A listener for as long as the page lives: plates are never taken down.
pub(crate) fn on(target: &EventTarget, kind: &str, handle: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(handle);
    let _ = target.add_event_listener_with_callback(kind, closure.as_ref().unchecked_ref());
    closure.forget();
}

fn closest(e: &Event, selector: &str) -> Option<Element> {
    e.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

fn number(el: &Element, name: &str) -> Option<u64> {
    el.get_attribute(name)?.parse().ok()
}

fn id_of(el: &Element, name: &str) -> Option<ProcessId> {
    number(el, name).and_then(|n| u8::try_from(n).ok()).map(ProcessId)
}

fn process(e: &Event, selector: &str) -> Option<ProcessId> {
    id_of(&closest(e, selector)?, "data-process")
}

fn click(state: LabState, figure: &HtmlElement, e: &Event) {
    if let Some(button) = closest(e, "[data-do]") {
        if !button.has_attribute("disabled") {
            let name = button.get_attribute("data-do").unwrap_or_default();
            command(state, figure, &name, Some(&button));
        }
    } else if let Some(at) = closest(e, "[data-at-us]").and_then(|el| number(&el, "data-at-us")) {
        state.playing.set(false);
        state.seek(Time(at));
    } else if let Some(event) = closest(e, "[data-event]").and_then(|el| number(&el, "data-event")) {
        state.live.event.set(u32::try_from(event).ok().map(sim::EventId));
        state.refresh();
    } else if let Some(id) = process(e, "[data-node]") {
        pick(state, id);
    } else if closest(e, "[data-heal]").is_some() && state.has(Control::Cut) {
        state.heal_last();
    } else if let Some(link) = closest(e, "[data-link]").filter(|_| state.has(Control::Cut))
        && let (Some(a), Some(b)) = (id_of(&link, "data-a"), id_of(&link, "data-b"))
    {
        state.toggle_link(a, b);
    }
}

/// A node was chosen: put on the side that is being made up, or selected.
fn pick(state: LabState, id: ProcessId) {
    if state.side.get_untracked().is_some() {
        toggle_side(state, id);
    } else {
        select(state, Some(id));
    }
}

fn select(state: LabState, id: Option<ProcessId>) {
    state.selected.set(id);
    state.live.event.set(None);
    state.refresh();
}

fn toggle_side(state: LabState, id: ProcessId) {
    state.side.update(|side| {
        if let Some(side) = side {
            match side.iter().position(|s| *s == id) {
                Some(i) => {
                    side.remove(i);
                }
                None => side.push(id),
            }
        }
    });
}

fn toggle_power(state: LabState, id: ProcessId) {
    let down = state.shot.with_untracked(|s| s.view.nodes.iter().any(|n| n.id == id && n.status == Status::Down));
    state.act(if down { Action::Restart(id.into()) } else { Action::Crash(id.into()) });
}

/// Does what a button or a key names.
fn command(state: LabState, figure: &HtmlElement, name: &str, button: Option<&Element>) {
    state.said.set(String::new());
    let selected = state.selected.get_untracked();
    match name {
        "play" => state.toggle_play(),
        "start" => {
            state.playing.set(false);
            state.seek(Time::ZERO);
        }
        "end" => {
            state.playing.set(false);
            let frontier = state.with_run(|run| run.frontier());
            state.seek(frontier);
        }
        "step-on" => state.step_on(),
        "step-back" => state.step_back(),
        "cut" if state.has(Control::Cut) => {
            let open = state.side.get_untracked().is_none();
            state.side.set(open.then(Vec::new));
            if open {
                state.playing.set(false);
            }
        }
        "cut-sides" => state.cut_side(),
        "side" => {
            if let Some(id) = button.and_then(|b| id_of(b, "data-process")) {
                toggle_side(state, id);
            }
        }
        "heal" if state.has(Control::Cut) => {
            state.act(Action::HealAll);
        }
        "crash" | "restart" if state.has(Control::Crash) => match selected {
            Some(id) if name == "crash" => {
                state.act(Action::Crash(id.into()));
            }
            Some(id) => {
                state.act(Action::Restart(id.into()));
            }
            None => state.said.set("Select a node first.".to_owned()),
        },
        "write" if state.has(Control::Write) => state.write(),
        "speed" => {
            if let Some(slowed) = button.and_then(|b| number(b, "data-slowed")) {
                state.slowed.set(u32::try_from(slowed).unwrap_or(1).max(1));
            }
        }
        "cycle" => {
            let now = state.slowed.get_untracked();
            let next = SPEEDS.iter().position(|(s, _)| *s == now).map_or(0, |i| (i + 1) % SPEEDS.len());
            state.slowed.set(SPEEDS[next].0);
        }
        "slower" => shift_speed(state, -1),
        "faster" => shift_speed(state, 1),
        "reset" => state.reset(),
        "branch" => state.switch_branch(),
        "hint" => state.live.trial.update(|t| t.hints += 1),
        "solution" => {
            state.show_solution();
            figure.scroll_into_view();
        }
        "keys" => state.keys.update(|open| *open = !*open),
        "escape" => {
            state.side.set(None);
            state.keys.set(false);
        }
        _ => {}
    }
}

fn shift_speed(state: LabState, by: isize) {
    let now = state.slowed.get_untracked();
    let here = SPEEDS.iter().position(|(s, _)| *s <= now).unwrap_or(SPEEDS.len() - 1);
    let there = here.saturating_add_signed(by).min(SPEEDS.len() - 1);
    state.slowed.set(SPEEDS[there].0);
}

fn keydown(state: LabState, figure: &HtmlElement, e: &KeyboardEvent) {
    if e.ctrl_key() || e.meta_key() || e.alt_key() {
        return;
    }
    let on = |selector: &str| closest(e, selector).is_some();
    let key = e.key();
    // A control that has the focus is pressed by Space and Enter.
    if matches!(key.as_str(), " " | "Enter") && on("button, a, summary, input, select") {
        return;
    }
    if on("input, select, textarea") {
        return;
    }
    if handled(state, figure, e, &key) {
        e.prevent_default();
        frame::taken_over(figure);
    }
}

fn handled(state: LabState, figure: &HtmlElement, e: &KeyboardEvent, key: &str) -> bool {
    let on = |selector: &str| closest(e, selector);
    let step = |by: isize| {
        for _ in 0..by.unsigned_abs() {
            if by < 0 { state.step_back() } else { state.step_on() }
        }
    };
    let times = if e.shift_key() { 10 } else { 1 };
    let side_open = state.side.get_untracked().is_some();
    if let Some(node) = on("[data-node]") {
        match key {
            "ArrowLeft" | "ArrowUp" => return walk(state, figure, &node, -1),
            "ArrowRight" | "ArrowDown" => return walk(state, figure, &node, 1),
            " " => {
                if let Some(id) = id_of(&node, "data-process") {
                    pick(state, id);
                }
                return true;
            }
            "Enter" if !side_open => {
                select(state, id_of(&node, "data-process"));
                return true;
            }
            _ => {}
        }
    }
    let run = |name: &str| {
        command(state, figure, name, None);
        true
    };
    match key {
        " " => run("play"),
        "ArrowLeft" => {
            step(-times);
            true
        }
        "ArrowRight" => {
            step(times);
            true
        }
        "Home" => run("start"),
        "End" => run("end"),
        "," | "." | "<" | ">" => {
            state.playing.set(false);
            let now = state.now();
            let ms = Span::from_millis(1);
            state.seek(if matches!(key, "," | "<") { now - ms } else { now + ms });
            true
        }
        "[" => run("slower"),
        "]" => run("faster"),
        "x" => run("cut"),
        "X" => {
            state.said.set("Which link? Press the number of its other end.".to_owned());
            figure.dataset().set("sever", "1").is_ok()
        }
        "Enter" if side_open => run("cut-sides"),
        "h" => run("heal"),
        "H" if state.has(Control::Cut) => {
            state.heal_last();
            true
        }
        "k" | "K" => run("crash"),
        "r" | "R" => run("restart"),
        "w" | "W" => run("write"),
        "b" | "B" => run("branch"),
        "?" => run("keys"),
        "Escape" => {
            figure.dataset().delete("sever");
            run("escape")
        }
        _ => digit(state, figure, key),
    }
}

fn digit(state: LabState, figure: &HtmlElement, key: &str) -> bool {
    let Some(n) = key.parse::<u8>().ok().filter(|n| (1..=9).contains(n)) else { return false };
    let id = ProcessId(n - 1);
    if state.shot.with_untracked(|s| id.index() >= s.view.nodes.len()) {
        return false;
    }
    if figure.dataset().get("sever").is_some() {
        figure.dataset().delete("sever");
        state.said.set(String::new());
        match state.selected.get_untracked().filter(|s| *s != id && state.has(Control::Cut)) {
            Some(from) => state.toggle_link(from.min(id), from.max(id)),
            None => state.said.set("Select the node at one end first.".to_owned()),
        }
        return true;
    }
    pick(state, id);
    true
}

/// Moves the focus to the next node, and the selection with it.
fn walk(state: LabState, figure: &HtmlElement, node: &Element, by: i16) -> bool {
    let count = state.shot.with_untracked(|s| s.view.nodes.len());
    let Some(here) = id_of(node, "data-process") else { return false };
    let count = i16::try_from(count.max(1)).unwrap_or(1);
    let there = (i16::from(here.0) + by).rem_euclid(count);
    let Ok(there) = u8::try_from(there) else { return false };
    select(state, Some(ProcessId(there)));
    let next = figure.query_selector(&format!("[data-node][data-process=\"{there}\"]")).ok().flatten();
    if let Some(next) = next.and_then(|n| n.dyn_into::<web_sys::SvgElement>().ok()) {
        let _ = next.focus();
    }
    true
}

/// Where a pointer is, in the user units of a drawing of this width.
fn place(e: &PointerEvent, svg: &Element, units: f32) -> P {
    let rect = svg.get_bounding_client_rect();
    let scale = f64::from(units) / rect.width().max(1.0);
    let (x, y) = (f64::from(e.client_x()) - rect.left(), f64::from(e.client_y()) - rect.top());
    p((x * scale) as f32, (y * scale) as f32)
}

fn stage_place(state: LabState, figure: &HtmlElement, e: &PointerEvent) -> Option<P> {
    let svg = figure.query_selector(".stage-svg").ok().flatten()?;
    Some(place(e, &svg, state.live.frame.get_untracked().size().0))
}

fn begin(state: LabState, figure: &HtmlElement, e: &PointerEvent) -> Option<Drag> {
    if e.button() != 0 || !e.is_primary() {
        return None;
    }
    frame::taken_over(figure);
    if let Some(svg) = closest(e, "[data-timeline]") {
        let _ = svg.set_pointer_capture(e.pointer_id());
        let (frontier, end) = state.shot.with_untracked(|s| (s.story.frontier, s.end));
        let axis = state.live.width.get_untracked().axis(frontier, end);
        // Not so far that the axis would have to change under the pointer.
        let limit = Time(axis.span.0 / 13 * 12).max(frontier);
        state.playing.set(false);
        state.seek(axis.time(place(e, &svg, state.live.width.get_untracked().px()).x).min(limit));
        return Some(Drag::Flag(axis, limit));
    }
    let stage = closest(e, ".stage-svg").is_some() && closest(e, "[data-node]").is_none();
    (stage && state.has(Control::Cut)).then(|| stage_place(state, figure, e).map(|at| Drag::Blade(at, false))).flatten()
}

fn go_on(state: LabState, figure: &HtmlElement, e: &PointerEvent, dragging: &Dragging) {
    let current = *dragging.borrow();
    match current {
        Some(Drag::Blade(from, started)) => {
            let Some(at) = stage_place(state, figure, e) else { return };
            let enough = if e.pointer_type() == "touch" { 12.0 } else { 6.0 };
            if started || from.distance(at) > enough {
                *dragging.borrow_mut() = Some(Drag::Blade(from, true));
                frame::show_blade(figure, from, at);
            }
        }
        Some(Drag::Flag(axis, limit)) => {
            if let Some(svg) = closest(e, "[data-timeline]") {
                state.seek(axis.time(place(e, &svg, state.live.width.get_untracked().px()).x).min(limit));
            }
        }
        None => {}
    }
}

/// The pointer was let go. Says whether it was a stroke of the blade.
fn end(state: LabState, figure: &HtmlElement, e: &PointerEvent, dragging: &Dragging) -> bool {
    let done = dragging.borrow_mut().take();
    let Some(Drag::Blade(from, true)) = done else { return false };
    frame::hide_blade(figure);
    if let Some(to) = stage_place(state, figure, e) {
        slice(state, from, to);
    }
    true
}

/// Cuts the links that a stroke crossed: as one cut if it parts the servers, else link by link.
fn slice(state: LabState, from: P, to: P) {
    let shot = state.shot.get_untracked();
    let scene = Scene::of(&shot.view, state.live.frame.get_untracked());
    let whole =
        |a: ProcessId, b: ProcessId| shot.view.links.iter().any(|l| l.a == a && l.b == b && !l.ab_cut && !l.ba_cut);
    let crossed: Vec<_> = scene.sliced(from, to).into_iter().filter(|&(a, b)| whole(a, b)).collect();
    if crossed.is_empty() {
        return;
    }
    let left = |id: ProcessId| {
        let at = scene.place(id);
        (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x) > 0.0
    };
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
