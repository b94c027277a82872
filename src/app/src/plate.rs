//! A whole plate: head, tools, panels, words, caption. The same for a live lab and for its poster.

use leptos::prelude::*;
use lesson::{Panel, Size};
use maud::{Markup, html};

use crate::html::drawn;
use crate::icon::{icon, mark};
use crate::inspector::inspector;
use crate::logs::logs;
use crate::safety::safety;
use crate::stage::stage;
use crate::state::LabState;
use crate::timeline::{Width, timeline};
use crate::tools::{sides, tools};
use crate::transport::{button, quiet_button, transport};
use crate::words;

/// The figure's class for a size.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) const fn class_of(size: Size) -> &'static str {
    match size {
        Size::Small => "plate is-small",
        Size::Full => "plate is-full",
        Size::Hero => "plate is-full hero",
    }
}

/// What stands inside the figure. `links` is HTML that the page put into the home plate.
#[must_use]
pub(crate) fn plate(state: LabState, width: RwSignal<Width>, links: String) -> AnyView {
    match state.lab().size {
        Size::Hero => hero(state, width, links),
        _ => lab(state, width),
    }
}

/// The letters that key the panels, as in a printed figure; a small plate needs none.
fn letters(state: LabState) -> impl Fn(Panel) -> &'static str {
    let lab = state.lab();
    move |panel| {
        let order = [Panel::Inspector, Panel::Timeline, Panel::Logs, Panel::Safety];
        if lab.size != Size::Full {
            return "";
        }
        let before = order.iter().take_while(|p| **p != panel).filter(|p| lab.panels.contains(p)).count();
        ["b", "c", "d", "e"][before]
    }
}

fn lab(state: LabState, width: RwSignal<Width>) -> AnyView {
    let lab = state.lab();
    let live = state.is_live();
    let full = lab.size == Size::Full;
    let key = letters(state);
    let top = if state.shows(Panel::Inspector) { "lab-top" } else { "lab-top is-single" };
    view! {
        <div class="plate-head">
            <span class="plate-no">"Plate "{lab.number.replace('-', "·")}</span>
            <p class="plate-title" id=format!("{}-title", lab.id)>{lab.title.clone()}</p>
            <div class="plate-acts">
                {quiet_button("reset", "reset", "Reset", live)}
                {full.then(|| view! {
                    <button type="button" class="btn is-quiet is-icon" data-do="keys" aria-label="All keys" title="All keys" disabled=!live>
                        {icon("keys")}
                    </button>
                })}
            </div>
        </div>
        {tools(state)}
        <div class=top>
            {stage(state, full)}
            {state.shows(Panel::Inspector).then(|| inspector(state))}
        </div>
        {transport(state, None)}
        {state.shows(Panel::Timeline).then(|| timeline(state, width, key(Panel::Timeline)))}
        {state.shows(Panel::Logs).then(|| logs(state, key(Panel::Logs)))}
        {state.shows(Panel::Safety).then(|| safety(state, key(Panel::Safety)))}
        {full.then(key_line)}
        {sheet(state)}
        {heard(state)}
        {alternative(state)}
        <figcaption inner_html=words::caption(&lab.caption).into_string()></figcaption>
    }
    .into_any()
}

fn hero(state: LabState, width: RwSignal<Width>, links: String) -> AnyView {
    let lab = state.lab();
    let live = state.is_live();
    let middle = view! {
        <div class="group" role="group" aria-label="Faults">
            {button("cut", "cut", "Cut", live)}
            {button("heal", "heal", "Heal", live)}
        </div>
    };
    view! {
        <div class="hero-stage">{stage(state, false)}</div>
        <div class="hero-text">
            <p class="promise" id=format!("{}-title", lab.id)>"Learn how distributed systems work by cutting them in two and watching what they do."</p>
            <p class="hero-now" inner_html=drawn(state, leads)></p>
            <p class="hero-do">"This one is live. Drag across the links to cut them. Click a node to select it, then crash it. Drag the flag to go back in time."</p>
            <div class="hero-go" inner_html=links></div>
        </div>
        <div class="hero-time">
            {transport(state, Some(middle.into_any()))}
            {state.shows(Panel::Timeline).then(|| timeline(state, width, ""))}
            {sides(state)}
            {sheet(state)}
            {heard(state)}
            {alternative(state)}
        </div>
        <figcaption inner_html=words::caption(&lab.caption).into_string()></figcaption>
    }
    .into_any()
}

/// The keys that a full plate names under itself.
fn key_line() -> AnyView {
    let keys = html! {
        li { kbd { "Space" } " play" }
        li { kbd aria-label="Left" { (mark("left")) } " " kbd aria-label="Right" { (mark("right")) } " one event" }
        li { kbd { "1" } " to " kbd { "9" } " select a node" }
        @for (key, what) in [("X", "cut"), ("H", "heal"), ("K", "crash"), ("W", "write"), ("?", "all keys")] { li { kbd { (key) } " " (what) } }
    };
    view! { <ul class="keys" aria-label="Keys" inner_html=keys.into_string()></ul> }.into_any()
}

const KEYS: [(&str, &str); 15] = [
    ("Space", "play or pause"),
    ("Left, Right", "one event back, on; on the stage, to the next node"),
    ("Shift and Left, Right", "ten events back, on"),
    ("Home, End", "to the start, to the end of what has run"),
    (", .", "one millisecond back, on"),
    ("[ ]", "slower, faster"),
    ("1 to 9", "select a node: 1 is A"),
    ("X, numbers, Enter", "cut these nodes off from the others"),
    ("Shift X, number", "sever the link from the selected node to that one"),
    ("H, Shift H", "heal everything; heal the last cut"),
    ("K, R", "crash, restart the selected node"),
    ("W", "write through the first client"),
    ("B", "look at another run, after you acted in the past"),
    ("Escape", "leave the tool or this sheet"),
    ("?", "this sheet"),
];

fn sheet(state: LabState) -> AnyView {
    let list = || html! { @for (key, what) in KEYS { div { dt { kbd { (key) } } dd { (what) } } } }.into_string();
    view! {
        {move || state.keys.get().then(|| view! {
            <section class="key-sheet" role="region" aria-label="All keys" tabindex="-1">
                <div class="key-sheet-head">
                    <h4>"All keys"</h4>
                    <span>"They act while the focus is within this plate."</span>
                    <button type="button" class="btn is-quiet" data-do="keys">"Close"</button>
                </div>
                <dl inner_html=list()></dl>
            </section>
        })}
    }
    .into_any()
}

/// What a screen reader hears as the run goes on.
fn heard(state: LabState) -> AnyView {
    view! { <div class="vh" role="log" aria-live="polite" aria-label="Events"><p>{move || state.heard.get()}</p></div> }.into_any()
}

fn alternative(state: LabState) -> AnyView {
    view! {
        <details class="alt">
            <summary>"This plate in words"</summary>
            <ul class="alt-lines" inner_html=drawn(state, in_words)></ul>
        </details>
    }
    .into_any()
}

fn in_words(state: LabState) -> Markup {
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    html! { @for sentence in words::twin(&shot.view) { li { (words::set(&sentence, &names)) } } }
}

/// Who leads, on the home page.
fn leads(state: LabState) -> Markup {
    let shot = state.shot.get();
    words::set(&words::leaders_short(&shot.view), &words::names(&shot.view))
}
