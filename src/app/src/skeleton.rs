//! A whole plate as it stands in the page before anything runs: head, tools, panels, words, caption. Drawn natively,
//! once; the live lab changes the parts in it ([`crate::parts`]) and the standing of its buttons ([`crate::buttons`]).

use lesson::{Control, Lab, Panel, Size};
use maud::{Markup, PreEscaped, html};

use crate::icon::mark;
use crate::parts::{heard, leads};
use crate::sheets::Sheet;
use crate::state::Bench;
use crate::words;
use crate::{clients, compare, diagram, inspector, logs, safety, sides, stage, timeline, tools, transport, twin, why};

/// The figure's class for a size.
#[must_use]
pub(crate) const fn class_of(size: Size) -> &'static str {
    match size {
        Size::Small => "plate is-small",
        Size::Tiny => "plate is-small is-tiny",
        Size::Full => "plate is-full",
        Size::Hero => "plate is-full hero",
    }
}

/// What stands inside the figure. `links` is HTML that the page puts into the home plate.
#[must_use]
pub(crate) fn plate(state: &Bench, links: &str) -> Markup {
    if state.lab().size == Size::Hero { hero(state, links) } else { lab(state) }
}

/// The letters that key the panels of a full plate, as in a printed figure; the stage is a.
fn letter(lab: &Lab, panel: Panel) -> Markup {
    const ORDER: [Panel; 6] =
        [Panel::Inspector, Panel::Timeline, Panel::Diagram, Panel::Clients, Panel::Logs, Panel::Safety];
    let shown = |p: &Panel| lab.panels.contains(p);
    let before = ORDER.iter().take_while(|p| **p != panel).filter(|p| shown(p)).count();
    html! {
        @if lab.size == Size::Full && shown(&panel) { span.panel-k { (["b", "c", "d", "e", "f", "g"][before]) } }
    }
}

/// A panel's element keeps its place while it is not shown, so that "All controls" can show it. Nothing is drawn in it
/// until then.
fn lab(state: &Bench) -> Markup {
    let lab = state.lab();
    let full = lab.size == Size::Full;
    let hidden = |panel: Panel| !lab.panels.contains(&panel);
    let drawn = |panel: Panel, part: fn(&Bench) -> Markup| {
        if hidden(panel) {
            html! {}
        } else {
            part(state)
        }
    };
    let top = if hidden(Panel::Inspector) { "is-single" } else { "is-double" };
    html! {
        (head(lab, full))
        (tools::tools(state))
        div.sides-place data-part="sides" { (sides::sides(state)) }
        div.lab-top.(top) {
            div.stage {
                @if full { span.panel-k { "a" } }
                div data-part="stage" { (stage::stage(state)) }
                @if full { ul.key aria-label="Key to messages" { (crate::message::key()) } }
                div.menu-place data-part="menu" {}
            }
            div.inspector data-panel="inspector" hidden[hidden(Panel::Inspector)] tabindex="0" role="group" aria-label="What is selected" {
                (letter(lab, Panel::Inspector))
                div.inspector-what data-part="inspector" { (drawn(Panel::Inspector, inspector::inspector)) }
                (inspector::key())
                div data-part="why" { (drawn(Panel::Inspector, why::why)) }
            }
        }
        (transport::transport(state))
        div.sheet-place {
            @for part in ["dials", "luck", "compare-with", "share"] { div data-part=(part) {} }
        }
        div.compare-place data-part="compare" { (compare::compare(state)) }
        div.time.lab-panel data-panel="timeline" hidden[hidden(Panel::Timeline)] {
            (letter(lab, Panel::Timeline))
            (timeline::jumps())
            div data-part="runs" { (drawn(Panel::Timeline, timeline::runs)) }
            (lanes(state, hidden(Panel::Timeline)))
        }
        div.near.lab-panel data-panel="diagram" hidden[hidden(Panel::Diagram)] {
            (letter(lab, Panel::Diagram))
            (diagram::head())
            div data-part="diagram" { (drawn(Panel::Diagram, diagram::diagram)) }
        }
        div.clients-panel.lab-panel data-panel="clients" hidden[hidden(Panel::Clients)] {
            (letter(lab, Panel::Clients))
            div data-part="clients" { (drawn(Panel::Clients, clients::clients)) }
        }
        div.lab-logs data-panel="logs" hidden[hidden(Panel::Logs)] {
            div.logs-panel {
                (letter(lab, Panel::Logs))
                div.logs-scroll tabindex="0" role="group" aria-label="Logs, by index" { div data-part="logs" { (drawn(Panel::Logs, logs::logs)) } }
                div.logs-entry data-part="entry" { (drawn(Panel::Logs, logs::entry)) }
                p.logs-note {
                    "Solid: the node knows the entry is committed. Hollow: it only holds it. The bar stands at its commit index. "
                    span.ptr-note {
                        "Below a cell, what a leader knows of that log: "
                        span.ptr.is-match { (logs::TRIANGLE) } " the same as its own up to here (" code { "matchIndex" } "), "
                        span.ptr.is-next { (logs::TRIANGLE) } " it sends this next (" code { "nextIndex" } ")."
                    }
                }
            }
            div.logs-side {
                div.events data-part="events" { (drawn(Panel::Logs, logs::events)) }
                div.store data-part="store" { (drawn(Panel::Logs, logs::store)) }
            }
        }
        div.safety-panel data-panel="safety" hidden[hidden(Panel::Safety)] {
            (letter(lab, Panel::Safety))
            div data-part="safety" { (drawn(Panel::Safety, safety::safety)) }
        }
        @if full { (key_line()) }
        (common(state))
        figcaption data-caption=(lab.caption) {
            @if lab.size == Size::Tiny { b id={ (lab.id) "-title" } { (lab.title) ". " } }
            (words::caption(&lab.caption))
        }
    }
}

/// The head: number, title, and what is done with the whole plate. A tiny plate has its title in the caption.
fn head(lab: &Lab, full: bool) -> Markup {
    if lab.size == Size::Tiny {
        return html! {};
    }
    let act = |name: &str, icon: &str, label: &str| {
        html! { button.btn.is-quiet.is-icon type="button" data-do=(name) aria-label=(label) title=(label) disabled { (mark(icon)) } }
    };
    html! {
        div.plate-head {
            span.plate-no { "Plate " (lab.number.replace('-', "·")) }
            p.plate-title id={ (lab.id) "-title" } { (lab.title) }
            div.plate-acts {
                button.btn.is-quiet type="button" data-do="share" disabled { (mark("share")) "Share" @if full { span.opt { " this moment" } } }
                button.btn.is-quiet type="button" data-do="reset" disabled { (mark("reset")) "Reset" }
                (act("all", "all", "All controls"))
                (act("keys", "keys", "All keys"))
                @if full {
                    button.btn.is-quiet.is-icon.needs-script type="button" data-projector aria-pressed="false" aria-label="For a projector" title="For a projector" { (mark("projector")) }
                }
                (act("full-screen", "full", "Full screen"))
            }
        }
    }
}

fn hero(state: &Bench, links: &str) -> Markup {
    let lab = state.lab();
    html! {
        div.hero-stage { div.stage { div data-part="stage" { (stage::stage(state)) } div.menu-place data-part="menu" {} } }
        div.hero-text {
            p.promise id={ (lab.id) "-title" } { "Learn how distributed systems work by cutting them in two and watching what they do." }
            p.hero-now data-part="leads" { (leads(state)) }
            p.hero-do { "This one is live. Drag across the links to cut them. Click a node to select it, then crash it. Drag the flag to go back in time." }
            div.hero-go { (PreEscaped(links)) }
        }
        div.hero-time {
            (transport::transport(state))
            div.sides-place data-part="sides" { (sides::sides(state)) }
            @if lab.panels.contains(&Panel::Timeline) {
                div.time.lab-panel { (lanes(state, false)) div data-part="runs" {} }
            }
            (common(state))
        }
        figcaption data-caption=(lab.caption) { (words::caption(&lab.caption)) }
    }
}

/// The timeline's two drawings, one over the other.
fn lanes(state: &Bench, hidden: bool) -> Markup {
    html! {
        div.time-stack data-timeline {
            div data-part="timeline" { @if !hidden { (timeline::timeline(state)) } }
            div.time-over data-part="playhead" { @if !hidden { (timeline::playhead(state)) } }
        }
    }
}

/// What every plate has besides its drawing: what is heard of it, the plate in words, its log, its acts as forms.
fn common(state: &Bench) -> Markup {
    html! {
        div.vh data-part="heard" role="log" aria-live="polite" aria-label="Events" { (heard(state)) }
        div.vh data-part="alarm" role="alert" {}
        details.alt {
            summary { "This plate in words" }
            div.alt-text {
                h4 { "This moment" }
                ul.alt-lines data-part="words" { (twin::in_words(state)) }
            }
            div.alt-run.needs-script {
                h4 { "The run so far" }
                ol.alt-log data-part="log" {}
            }
            (twin::forms(state.lab()))
        }
    }
}

/// The keys that a full plate names under itself.
fn key_line() -> Markup {
    html! {
        ul.keys aria-label="Keys" {
            li { kbd { "Space" } " play" }
            li { kbd { (mark("left")) span.vh { "Left" } } " " kbd { (mark("right")) span.vh { "Right" } } " one event" }
            li { kbd { "1" } " to " kbd { "9" } " select a node" }
            @for (key, what) in [("X", "cut"), ("H", "heal"), ("K", "crash"), ("W", "write"), ("?", "all keys")] {
                li { kbd { (key) } " " (what) }
            }
        }
    }
}

/// What a page keeps once for all its labs, in templates: the sheet of keys, the note of a lab that has stopped, the
/// menus.
#[must_use]
pub fn templates() -> Markup {
    html! {
        template data-for-labs="keys" { (sheet()) }
        template data-for-labs="stopped" { (stopped()) }
        (crate::menu::templates())
        (crate::share::templates())
        (crate::dials::templates())
        (compare::templates())
    }
}

const KEYS: [(&str, &str); 28] = [
    ("Space", "play or pause"),
    ("Left, Right", "one event back, on; on the stage, to the next node"),
    ("Shift and Left, Right", "ten events back, on"),
    ("Home, End", "to the start, to the end of what has run"),
    (", .", "one millisecond back, on"),
    ("[ ]", "slower, faster"),
    ("- +", "enlarge more, less of the run"),
    ("1 to 9", "select a node: 1 is A"),
    ("Enter, M", "the menu of what is selected"),
    ("X, numbers, Enter", "cut these nodes off from the others; N begins another side"),
    ("Shift X, number", "sever the link from the selected node to that one"),
    ("H, Shift H", "heal everything; heal the last cut"),
    ("K, R", "crash, restart the selected node"),
    ("P", "stall the selected node, or let it go on"),
    ("I", "isolate the selected node"),
    ("W, Q", "write, read through the selected or the first client"),
    ("E, Shift E", "to the next, the previous election"),
    ("C, Shift C", "to the next, the previous commit"),
    ("V, Shift V", "to the next, the previous fault"),
    ("B", "what if: begin another run here"),
    ("Shift B", "look at the next run"),
    ("Ctrl Z", "back to just before your last act"),
    ("F", "full screen"),
    ("J", "for a projector, or as before"),
    ("S", "share this moment"),
    ("A", "all controls, or only those of the lesson"),
    ("?", "this sheet"),
    ("Escape", "leave the tool, the menu or this sheet"),
];

fn sheet() -> Markup {
    let sheet = Sheet {
        name: "keys",
        class: "key-sheet",
        title: "All keys",
        about: "They act while the focus is within this plate.",
        close: "keys",
    };
    sheet.with(
        &html! {},
        &html! {
            dl { @for (key, what) in KEYS { div { dt { kbd { (key) } } dd { (what) } } } }
            div.switches {
                label.check { input type="checkbox" data-keys checked; "Letters, digits and signs act as keys" }
                label.check { input type="checkbox" data-projector; "For a projector: larger, with more contrast" }
            }
        },
    )
}

fn stopped() -> Markup {
    html! {
        div.plate-note role="alert" {
            p { "This lab has stopped: it met a fault of its own. The rest of the page goes on." }
            p { button.btn.is-main type="button" data-do="revive" { "Reset this lab" } }
            label { "To report it, copy this link to the run: " input.share-url type="text" readonly; }
        }
    }
}

/// Whether a lab names a control, for what is drawn natively.
#[must_use]
pub(crate) fn names(lab: &Lab, control: Control) -> bool {
    lab.controls.contains(&control)
}
