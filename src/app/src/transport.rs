//! The transport: play, step, the clock, what has just happened, the speed.

use maud::{Markup, html};

use sim::Time;

use crate::state::Bench;
use crate::words;
#[cfg(feature = "ssr")]
use crate::{icon::mark, stage::ms, tools::cut_and_heal};
#[cfg(feature = "ssr")]
use lesson::{Control, Size};
#[cfg(feature = "csr")]
use {
    crate::input::{Seen, number},
    web_sys::Element,
};

/// How many times slower than life a lab can play.
pub(crate) const SPEEDS: [(u32, &str); 4] = [(100, "100×"), (20, "20×"), (5, "5×"), (1, "none")];

/// A button that is only an icon.
#[cfg(feature = "ssr")]
fn icon_button(name: &str, label: &str) -> Markup {
    html! { button.btn.is-icon type="button" data-do=(name) aria-label=(label) title=(label) disabled { (mark(name)) } }
}

/// The whole strip.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn transport(state: &Bench) -> Markup {
    let hero = state.lab().size == Size::Hero;
    let at = state.shot.with(|s| s.view.at);
    html! {
        div.transport role="group" aria-label="Playback" {
            button.btn.is-play type="button" data-do="play" aria-label="Play" data-name-on="Pause" data-name-off="Play" disabled {
                span.if-off { (mark("play")) } span.if-on { (mark("pause")) }
            }
            div.group.steps {
                @if !hero { (icon_button("start", "Back to the start")) }
                (icon_button("step-back", "Back one event"))
                (icon_button("step-on", "On one event"))
                @if !hero { (icon_button("end", "To the end of what has run")) }
            }
            output.clock data-clock data-us=(at.0) aria-live="off" { span data-clock-ms { (ms(at)) } " " small { "ms" } }
            @if hero && state.has(Control::Cut) {
                div.group role="group" aria-label="Network" { (cut_and_heal()) }
            }
            div.now role="status" { span.now-line data-part="now" { (now(state)) } }
            @if !hero { (speeds(state.slowed.get())) }
            button.btn.is-what-if type="button" data-do="what-if" aria-label="What if: begin another run here" disabled { (mark("branch")) span { "What if" } }
            @if hero { button.btn.is-quiet type="button" data-do="reset" disabled { (mark("reset")) "Start again" } }
        }
    }
}

/// A button for each speed; on a phone there is room for one, which goes through them.
#[cfg(feature = "ssr")]
fn speeds(slowed: u32) -> Markup {
    let label = SPEEDS.iter().find(|(s, _)| *s == slowed).map_or("", |s| s.1);
    html! {
        div.group.scale role="group" aria-label="Slowed: real time to one unit of simulated time" {
            span.group-label { "Slowed" }
            @for (each, label) in SPEEDS {
                button.btn.is-on[each == slowed] type="button" data-do="speed" data-slowed=(each)
                    aria-pressed=(if each == slowed { "true" } else { "false" }) disabled { (label) }
            }
        }
        button.btn.is-cycle type="button" data-do="cycle" aria-label={ "Slowed: " (label) } disabled { (label) }
    }
}

/// What was just said to the reader, or else what has just happened and what comes next.
#[must_use]
pub(crate) fn now(state: &Bench) -> Markup {
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
        } @else if shot.view.at == Time::ZERO {
            "Nothing has happened yet. Press Play."
        } @else {
            "Nothing has changed yet: only messages and timers."
        }
    }
}

/// What the transport's buttons and keys ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    let state = &seen.state;
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
        "undo" => state.undo(),
        "reset" => state.reset(),
        "speed" => {
            if let Some(slowed) = from.and_then(|el| number(el, "data-slowed")) {
                state.slowed.set(u32::try_from(slowed).unwrap_or(1).max(1));
            }
        }
        "cycle" => {
            let here = place_of(state.slowed.get_untracked());
            state.slowed.set(SPEEDS[(here + 1) % SPEEDS.len()].0);
            if let Some(button) = from {
                let label = SPEEDS[(here + 1) % SPEEDS.len()].1;
                button.set_text_content(Some(label));
                let _ = button.set_attribute("aria-label", &["Slowed: ", label].concat());
            }
        }
        "slower" => state.slowed.set(SPEEDS[place_of(state.slowed.get_untracked()).saturating_sub(1)].0),
        "faster" => {
            let next = (place_of(state.slowed.get_untracked()) + 1).min(SPEEDS.len() - 1);
            state.slowed.set(SPEEDS[next].0);
        }
        _ => return false,
    }
    true
}

#[cfg(feature = "csr")]
fn place_of(slowed: u32) -> usize {
    SPEEDS.iter().position(|(s, _)| *s <= slowed).unwrap_or(SPEEDS.len() - 1)
}
