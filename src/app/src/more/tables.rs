//! What stands in the tables of the second module.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{Complete, More};
use crate::input::{Handler, Seen};
use crate::mount::keep_drawn;
use crate::page::document;
use crate::parts::Part;
use crate::state::Bench;
use crate::{
    buttons, challenge, clients, compare, diagram, dials, input, inspector, logs, menu, safety, share, sheets, sides,
    state, timeline, twin, why,
};

/// The parts of a plate that the first module does not draw.
const PARTS: &[Part] = &[
    ("sides", sides::sides),
    ("inspector", inspector::inspector),
    ("why", why::why),
    ("runs", timeline::runs),
    ("diagram", diagram::diagram),
    ("clients", clients::clients),
    ("logs", logs::logs),
    ("entry", logs::entry),
    ("store", logs::store),
    ("events", logs::events),
    ("safety", safety::safety),
    ("compare", compare::compare),
    ("dials", dials::dials),
    ("luck", dials::luck),
    ("compare-with", compare::candidates),
    ("share", share::share),
    ("words", twin::in_words),
    ("log", twin::log),
];

const HANDLERS: &[Handler] = &[
    sides::command,
    menu::command,
    timeline::command,
    diagram::command,
    logs::command,
    inspector::command,
    dials::command,
    compare::command,
    share::command,
    twin::command,
    sheets::command,
    challenge::command,
];

static MORE: More = More {
    complete,
    handlers: HANDLERS,
    frame,
    refresh,
    look: state::closer,
    key: input::spans::key,
    open_menu: menu::open,
    link: share::link_of,
    file: share::file_of,
};

/// The tables. This is where the page's code is parted: the function and what only it reaches are the second module.
#[cfg_attr(split, wasm_split_helpers::wasm_split(more))]
pub(super) fn tables() -> &'static More {
    &MORE
}

fn complete(seen: &Seen) -> Complete {
    let (figure, state) = (&seen.figure, &seen.state);
    let mut all = Complete { effects: keep_drawn(figure, state, PARTS), listeners: Vec::new() };
    challenge::open(state);
    share::open_asked(seen);
    all.effects.push(menu::keep(figure, state));
    all.listeners.extend(input::spans::listen(seen));
    all.listeners.extend(twin::listen(seen));
    all.listeners.extend(logs::listen(seen));
    let challenge = document().query_selector(&["[data-challenge=\"", &state.lab().id, "\"]"].concat()).ok().flatten();
    if let Some(section) = challenge.and_then(|el| el.dyn_into::<HtmlElement>().ok()) {
        all.effects.extend(keep_drawn(&section, state, &challenge::PARTS));
        all.effects.push(buttons::keep(&section, state));
        all.listeners.push(input::listen_to_buttons(&section, seen));
    }
    all
}

fn frame(state: &Bench, figure: &HtmlElement, awake: bool) -> bool {
    compare::write(state, figure);
    awake && challenge::search_on(state)
}

fn refresh(state: &Bench, judge: bool) {
    if judge {
        challenge::judge(state);
    }
    state.refresh_beside();
}
