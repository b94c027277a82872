//! The transport: play, step, the clock, what has just happened, the speed.

use leptos::prelude::*;
use lesson::Size;
use maud::{Markup, html};

use crate::html::drawn;
use crate::icon::icon;
use crate::stage::ms;
use crate::state::{LabState, letter};
use crate::words;

/// How many times slower than life a lab can play.
pub(crate) const SPEEDS: [(u32, &str); 4] = [(100, "100×"), (20, "20×"), (5, "5×"), (1, "none")];

/// A button that asks for something by name.
#[must_use]
pub(crate) fn button(name: &'static str, mark: &'static str, label: &'static str, live: bool) -> AnyView {
    view! { <button type="button" class="btn" data-do=name disabled=!live>{icon(mark)}{label}</button> }.into_any()
}

/// The same without an outline.
#[must_use]
pub(crate) fn quiet_button(name: &'static str, mark: &'static str, label: &'static str, live: bool) -> AnyView {
    view! { <button type="button" class="btn is-quiet" data-do=name disabled=!live>{icon(mark)}{label}</button> }.into_any()
}

/// A button that is only an icon.
#[must_use]
pub(crate) fn icon_button(name: &'static str, mark: &'static str, label: &'static str, live: bool) -> AnyView {
    view! { <button type="button" class="btn is-icon" data-do=name aria-label=label title=label disabled=!live>{icon(mark)}</button> }
        .into_any()
}

/// The whole strip.
#[must_use]
pub(crate) fn transport(state: LabState, middle: Option<AnyView>) -> AnyView {
    let live = state.is_live();
    let hero = state.lab().size == Size::Hero;
    let play = move || if state.playing.get() { ("Pause", "pause") } else { ("Play", "play") };
    view! {
        <div class="transport" role="group" aria-label="Playback">
            <button type="button" class="btn is-play" data-do="play" aria-label=move || play().0 disabled=!live>
                {move || icon(play().1)}
            </button>
            <div class="group steps">
                {(!hero).then(|| icon_button("start", "start", "Back to the start", live))}
                {icon_button("step-back", "step-back", "Back one event", live)}
                {icon_button("step-on", "step-on", "On one event", live)}
                {(!hero).then(|| icon_button("end", "end", "To the end of what has run", live))}
            </div>
            <output class="clock" data-clock data-us=move || state.shot.with(|s| s.view.at.0).to_string() aria-live="off">
                <span data-clock-ms>{move || ms(state.shot.with(|s| s.view.at)).to_string()}</span>" "<small>"ms"</small>
            </output>
            {middle}
            <div class="now" role="status"><span class="now-line" inner_html=drawn(state, now)></span></div>
            {(!hero).then(|| speeds(state, live))}
            {(!hero).then(|| cycle(state, live))}
            {move || {
                let shot = state.shot.get();
                (shot.branches.len() > 1).then(|| view! {
                    <button type="button" class="btn" data-do="branch" disabled=!live>
                        {icon("branch")}<span>{format!("Run {}", letter(shot.branch))}</span>
                    </button>
                })
            }}
            {hero.then(|| quiet_button("reset", "reset", "Start again", live))}
        </div>
    }
    .into_any()
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

/// On a phone there is room for one button: it goes through the speeds.
fn cycle(state: LabState, live: bool) -> AnyView {
    let label = move || SPEEDS.iter().find(|(s, _)| *s == state.slowed.get()).map_or("", |s| s.1);
    view! {
        <button type="button" class="btn is-cycle" data-do="cycle" aria-label=move || format!("Slowed: {}", label()) disabled=!live>
            {label}
        </button>
    }
    .into_any()
}

fn speeds(state: LabState, live: bool) -> AnyView {
    let one = move |(slowed, label): (u32, &'static str)| {
        let on = move || state.slowed.get() == slowed;
        view! {
            <button
                type="button"
                class=move || if on() { "btn is-on" } else { "btn" }
                data-do="speed"
                data-slowed=slowed.to_string()
                aria-pressed=move || if on() { "true" } else { "false" }
                disabled=!live
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="group scale" role="group" aria-label="Slowed: real time to one unit of simulated time">
            <span class="group-label">"Slowed"</span>
            {SPEEDS.map(one).into_iter().collect_view()}
        </div>
    }
    .into_any()
}
