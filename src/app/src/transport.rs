//! The transport: play, step, the clock, what has just happened, the speed.

use lesson::{Control, Size};
use maud::{Markup, html};

use crate::icon::mark;
use crate::stage::ms;
use crate::state::{LabState, letter};
use crate::words;

/// How many times slower than life a lab can play.
pub(crate) const SPEEDS: [(u32, &str); 4] = [(100, "100×"), (20, "20×"), (5, "5×"), (1, "none")];

/// A button that asks for something by name. Off: it is there, but can't be pressed now.
#[must_use]
pub(crate) fn button(class: &str, name: &str, icon: &str, label: &str, on: bool) -> Markup {
    html! { button.btn.(class) type="button" data-do=(name) disabled[!on] { (mark(icon)) (label) } }
}

/// A button that is only an icon.
fn icon_button(name: &str, label: &str, on: bool) -> Markup {
    html! { button.btn.is-icon type="button" data-do=(name) aria-label=(label) title=(label) disabled[!on] { (mark(name)) } }
}

/// The whole strip.
#[must_use]
pub(crate) fn transport(state: LabState) -> Markup {
    let live = state.is_live();
    let hero = state.lab().size == Size::Hero;
    let (play, icon) = if state.playing.get() { ("Pause", "pause") } else { ("Play", "play") };
    let shot = state.shot.get();
    html! {
        button.btn.is-play type="button" data-do="play" aria-label=(play) disabled[!live] { (mark(icon)) }
        div.group.steps {
            @if !hero { (icon_button("start", "Back to the start", live)) }
            (icon_button("step-back", "Back one event", live))
            (icon_button("step-on", "On one event", live))
            @if !hero { (icon_button("end", "To the end of what has run", live)) }
        }
        output.clock data-clock data-us=(shot.view.at.0) aria-live="off" {
            span data-clock-ms { (ms(shot.view.at)) } " " small { "ms" }
        }
        @if hero && state.has(Control::Cut) {
            div.group role="group" aria-label="Network" { (cut_and_heal(state)) }
        }
        div.now role="status" { span.now-line { (now(state)) } }
        @if !hero { (speeds(state, live)) }
        @if shot.branches.len() > 1 {
            button.btn type="button" data-do="branch" disabled[!live] { (mark("branch")) span { "Run " (letter(shot.branch)) } }
        }
        @if hero { (button("is-quiet", "reset", "reset", "Start again", live)) }
    }
}

/// The two buttons of the network.
#[must_use]
pub(crate) fn cut_and_heal(state: LabState) -> Markup {
    let live = state.is_live();
    let open = state.side.get().is_some();
    let whole = state.shot.with(|s| s.view.cuts.is_empty());
    html! {
        button.btn.is-on[open] type="button" data-do="cut" aria-pressed=(if open { "true" } else { "false" }) disabled[!live] {
            (mark("cut")) "Cut"
        }
        (button("is-heal", "heal", "heal", "Heal", live && !whole))
    }
}

/// What was just said to the reader, or else what has just happened and what comes next.
fn now(state: LabState) -> Markup {
    let said = state.said.get();
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    html! {
        @if !said.is_empty() {
            (said)
        } @else if let Some(last) = shot.recent.last() {
            "Last event: " (words::set(&last.text, &names)) "."
            @if let Some(next) = &shot.next {
                " Next, in " (next.at.since(shot.view.at).0 / 1_000) " ms: " (words::set(&next.text, &names)) "."
            }
        } @else {
            "Nothing has happened yet. Press Play."
        }
    }
}

/// A button for each speed; on a phone there is room for one, which goes through them.
fn speeds(state: LabState, live: bool) -> Markup {
    let slowed = state.slowed.get();
    let label = SPEEDS.iter().find(|(s, _)| *s == slowed).map_or("", |s| s.1);
    html! {
        div.group.scale role="group" aria-label="Slowed: real time to one unit of simulated time" {
            span.group-label { "Slowed" }
            @for (each, label) in SPEEDS {
                button.btn.is-on[each == slowed] type="button" data-do="speed" data-slowed=(each)
                    aria-pressed=(if each == slowed { "true" } else { "false" }) disabled[!live] { (label) }
            }
        }
        button.btn.is-cycle type="button" data-do="cycle" aria-label={ "Slowed: " (label) } disabled[!live] { (label) }
    }
}
