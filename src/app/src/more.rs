//! What a lab does without in its first moments: most of its panels, menus and sheets, the challenge's judge, the run
//! as a link and as a file. In the page they are a WASM module of their own, which is fetched as soon as the first lab
//! is alive.
//!
//! [`More`] is the one way from the first module to the second: the linker's output is parted there (see
//! `ARCHITECTURE.md`), and whatever is reached through it alone is in the second. So nothing else may name what is
//! in these tables but what is in them itself. A lab is completed in a frame of its own; what was asked for before
//! that waits in the lab, and is done then.

use core::cell::{Cell, RefCell};

use leptos::reactive::effect::ImmediateEffect;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::frame;
use crate::input::{Handler, Listener, Seen};
use crate::state::{Bench, Look, Picked};

mod tables;

/// The second module, as tables.
pub(crate) struct More {
    /// Draws and hears what the first module does not.
    pub(crate) complete: fn(&Seen) -> Complete,
    /// The commands that the first module does not know.
    pub(crate) handlers: &'static [Handler],
    /// What goes with each frame, while the lab is awake or not. Says whether there has to be another.
    pub(crate) frame: fn(&Bench, &HtmlElement, bool) -> bool,
    /// What is derived from the run beside the picture: the verdict, if it is due, and the comparison.
    pub(crate) refresh: fn(&Bench, bool),
    /// Looks closer at a run.
    pub(crate) look: Look,
    /// Takes a key on what is drawn along time. Says whether it did.
    pub(crate) key: fn(&Seen, &KeyboardEvent) -> bool,
    /// Opens the menu of a thing, at a place in the window or else beside the thing.
    pub(crate) open_menu: fn(&Seen, Picked, Option<(f64, f64)>),
    /// The run and the moment as a link.
    pub(crate) link: fn(&Bench) -> String,
    /// The run as a scenario file.
    pub(crate) file: fn(&Bench) -> String,
}

/// What completes a lab, for as long as it lives.
#[derive(Default)]
pub(crate) struct Complete {
    pub(crate) effects: Vec<ImmediateEffect>,
    pub(crate) listeners: Vec<Listener>,
}

/// Something that waits for the second module.
type Work = Box<dyn FnOnce(&'static More, &Seen)>;

/// The second module as one lab knows it.
#[derive(Default)]
pub(crate) struct Rest {
    more: Cell<Option<&'static More>>,
    waiting: RefCell<Vec<Work>>,
}

thread_local! {
    static MORE: Cell<Option<&'static More>> = const { Cell::new(None) };
    static FETCH: RefCell<Option<js_sys::Function>> = const { RefCell::new(None) };
}

impl Bench {
    /// The second module, if this lab has been completed by it.
    pub(crate) fn more(&self) -> Option<&'static More> {
        self.live.rest.more.get()
    }
}

/// Does something with the second module: now, or as soon as it is there.
pub(crate) fn then(seen: &Seen, work: impl FnOnce(&'static More, &Seen) + 'static) {
    let rest = &seen.state.live.rest;
    if let Some(more) = rest.more.get() {
        return work(more, seen);
    }
    rest.waiting.borrow_mut().push(Box::new(work));
    seen.state.said.set("One moment: this part of the lab is on its way.".to_owned());
    FETCH.with_borrow(|fetch| fetch.as_ref().map(|fetch| fetch.call0(&wasm_bindgen::JsValue::NULL)));
}

/// Completes a lab, if the second module is there and the lab is not complete yet.
pub(crate) fn complete(seen: &Seen) -> Option<Complete> {
    let rest = &seen.state.live.rest;
    let more = MORE.get().filter(|_| rest.more.get().is_none())?;
    let complete = (more.complete)(seen);
    rest.more.set(Some(more));
    seen.state.refresh();
    for work in rest.waiting.take() {
        work(more, seen);
    }
    let _ = seen.figure.set_attribute("data-complete", "");
    Some(complete)
}

/// How the page is asked to fetch the second module: it answers by [`more_came`] or [`more_failed`].
#[wasm_bindgen]
pub fn more_by(fetch: js_sys::Function) {
    FETCH.set(Some(fetch));
}

/// The second module is there: each lab is completed in its next frame.
#[wasm_bindgen]
pub fn more_came() {
    MORE.set(load());
    frame::wake();
}

/// The second module could not be fetched: nothing waits for it any more, and the labs say so.
#[wasm_bindgen]
pub fn more_failed() {
    for state in crate::mount::states() {
        state.live.rest.waiting.take();
        state.said.set(
            "A part of this lab could not be fetched. Check the connection, and try again: the rest works.".to_owned(),
        );
    }
}

#[cfg(split)]
fn load() -> Option<&'static More> {
    use core::future::Future as _;
    use core::pin::pin;
    use core::task::{Context, Waker};

    let mut tables = pin!(tables::tables());
    // It is called when the module is there. The first look has that confirmed, the second gets it.
    let mut look = || match tables.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        core::task::Poll::Ready(more) => Some(more),
        core::task::Poll::Pending => None,
    };
    look().or_else(look)
}

#[cfg(not(split))]
fn load() -> Option<&'static More> {
    Some(tables::tables())
}
