//! The dials: what of the run's settings the reader can turn, and what is risky about them. A turned dial begins the
//! run anew, with the same acts, and looks at the same moment.
//!
//! It knows no setting by its meaning: it draws what [`protocols::settings`] lists.

mod luck;

use maud::{Markup, html};
use protocols::settings::{self, Dial, Setting};
use sim::{Share, Span};

use crate::icon::mark;
#[cfg(feature = "ssr")]
use crate::sheets::Sheet;
use crate::state::Bench;
#[cfg(feature = "csr")]
use {
    crate::challenge::Trial,
    crate::input::Seen,
    crate::share,
    lesson::Control,
    protocols::Scenario,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlInputElement},
};

#[cfg(feature = "csr")]
pub(crate) use luck::luck;

/// How often a client can be made to write, by one press: writes a second, and the span between two of them.
const RATES: [(&str, &str); 5] = [("none", "never"), ("1", "1s"), ("5", "200ms"), ("20", "50ms"), ("100", "10ms")];

/// The settings as they stand, as long as the sheet is open.
#[must_use]
pub(crate) fn dials(state: &Bench) -> Markup {
    if state.sheet.get() != "dials" {
        return html! {};
    }
    // They follow the run: another one is another shot.
    state.shot.with(|_| {});
    let scenario = scenario_of(state);
    let own = settings::settings(&state.lab().scenario);
    html! {
        div.dial-warnings role="status" {
            @for warning in settings::warnings(&scenario) { p { (mark("warn")) span { (warning) } } }
        }
        (rows(&settings::settings(&scenario), &own))
    }
}

#[cfg(feature = "csr")]
fn scenario_of(state: &Bench) -> Scenario {
    state.live.kept.scenario()
}

#[cfg(not(feature = "csr"))]
fn scenario_of(state: &Bench) -> protocols::Scenario {
    state.lab().scenario.clone()
}

/// Every setting under its heading. `own` is how the lesson has them.
fn rows(all: &[Setting], own: &[Setting]) -> Markup {
    let mut groups: Vec<&str> = all.iter().map(|setting| setting.group).collect();
    groups.dedup();
    html! {
        @for group in groups {
            fieldset.dial-group {
                legend { (group) }
                @for setting in all.iter().filter(|setting| setting.group == group) {
                    (row(setting, own.iter().find(|other| other.key == setting.key)))
                }
            }
        }
    }
}

fn row(setting: &Setting, own: Option<&Setting>) -> Markup {
    let changed = own.filter(|own| own.dial != setting.dial);
    html! {
        div.dial.is-changed[changed.is_some()] data-key=(setting.key) {
            span.dial-name { (setting.label) }
            span.dial-set { (field(setting)) }
            span.dial-help {
                (setting.help)
                @if let Some(own) = changed { b.dial-own { "The lesson has it at " (told(&own.dial)) "." } }
            }
        }
    }
}

fn field(setting: &Setting) -> Markup {
    let (key, label) = (&*setting.key, &*setting.label);
    match &setting.dial {
        Dial::Switch(on) => html! {
            button.btn.dial-switch.is-on[*on] type="button" role="switch" aria-label=(label)
                aria-checked=(if *on { "true" } else { "false" })
                data-do="dial" data-value=(if *on { "false" } else { "true" }) { (if *on { "On" } else { "Off" }) }
        },
        Dial::Choice { value, of } => html! {
            span.group role="group" aria-label=(label) {
                @for (i, name) in of.iter().enumerate() { (press(name, name, i == *value)) }
            }
        },
        Dial::Span { value, .. } => {
            let text = value.map_or_else(String::new, ms);
            let rate = key.ends_with(".write_every");
            html! {
                @if rate {
                    span.dial-unit { "writes a second" }
                    span.group role="group" aria-label={ (label) ", writes a second" } {
                        @for (name, span) in RATES { (press(name, span, span.parse().ok() == *value)) }
                    }
                    span.dial-unit { "or each" }
                }
                (input(label, &text, "ms")) span.dial-unit { "ms" }
            }
        }
        Dial::Range { low, high, .. } => html! {
            (input(&[label, ", from"].concat(), &ms(*low), "ms")) span.dial-unit { "to" }
            (input(&[label, ", to"].concat(), &ms(*high), "ms")) span.dial-unit { "ms" }
        },
        Dial::Share(share) => html! { (input(label, &percent(*share), "%")) span.dial-unit { "%" } },
        Dial::Number { value, .. } => input(label, &value.map_or_else(String::new, |number| number.to_string()), ""),
    }
}

/// A button that turns its dial to a value.
fn press(name: &str, value: &str, on: bool) -> Markup {
    html! {
        button.btn.is-on[on] type="button" aria-pressed=(if on { "true" } else { "false" })
            data-do="dial" data-value=(value) { (name) }
    }
}

fn input(label: &str, value: &str, unit: &str) -> Markup {
    html! {
        input.dial-field type="text" inputmode="decimal" autocomplete="off" aria-label=(label) value=(value)
            placeholder="never" data-unit=(unit) data-on="dial" data-when="change";
    }
}

/// A span in milliseconds, exactly.
fn ms(span: Span) -> String {
    let text = span.to_string();
    text.strip_suffix(" ms").map_or_else(String::new, str::to_owned)
}

/// A share in per cent, exactly.
fn percent(Share(ppm): Share) -> String {
    let (whole, rest) = ((ppm / 10_000).to_string(), (ppm % 10_000 + 10_000).to_string());
    [&whole, ".", &rest[1..]].concat().trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How a dial stands, in words.
fn told(dial: &Dial) -> String {
    match dial {
        Dial::Switch(on) => if *on { "on" } else { "off" }.to_owned(),
        Dial::Span { value, .. } => value.map_or_else(|| "never".to_owned(), |span| span.to_string()),
        Dial::Range { low, high, .. } => [&ms(*low), " to ", &ms(*high), " ms"].concat(),
        Dial::Share(share) => [&percent(*share), " %"].concat(),
        Dial::Number { value, .. } => value.map_or_else(|| "never".to_owned(), |number| number.to_string()),
        Dial::Choice { value, of } => of.get(*value).copied().unwrap_or_default().to_owned(),
    }
}

/// What a page keeps once: the two sheets.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn templates() -> Markup {
    html! {
        template data-for-labs="dials" {
            (Sheet {
                name: "dials",
                class: "dial-sheet",
                title: "Dials",
                about: "A turned dial begins the run anew, with the same acts, and looks at the same moment.",
                close: "dials",
            }.with(
                &html! { button.btn type="button" data-do="dials-own" { "As the lesson has it" } },
                &html! {
                    p.sheet-said role="status" data-said {}
                    div.dial-list data-slot {}
                },
            ))
        }
        (luck::template())
    }
}

/// Begins a run of another scenario and looks at the moment that was looked at. What was is kept, to be compared
/// with.
#[cfg(feature = "csr")]
pub(crate) fn begin(state: &Bench, scenario: &Scenario) {
    let (at, old) = (state.now(), state.live.kept.scenario());
    state.restart_as(scenario, at);
    state.live.beside.was(old);
    if state.challenge().is_some() {
        let lab = state.lab();
        let judged = Scenario { script: lab.scenario.script.clone(), ..scenario.clone() } == lab.scenario;
        let trial = Trial::of(state.challenge());
        state.live.trial.set(if judged { trial } else { trial.unjudged() });
        if !judged {
            state.said.set("With other settings than the lesson's the challenge is not judged.".to_owned());
        }
    }
}

/// What its buttons and keys ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    let state = &seen.state;
    match name {
        "dials" if state.allows(Control::Rules) => share::open_sheet(seen, "dials"),
        "dials-own" => {
            let kept = state.live.kept.scenario();
            begin(state, &Scenario { script: kept.script, ..state.lab().scenario.clone() });
            settle(seen, "");
        }
        "dial" => {
            if let Some(from) = from {
                turn(seen, from);
            }
        }
        _ => return luck::command(seen, name, from),
    }
    true
}

/// Turns the dial that an element belongs to, to the element's value or to what stands in the fields.
#[cfg(feature = "csr")]
fn turn(seen: &Seen, from: &Element) {
    let state = &seen.state;
    let Some(row) = from.closest("[data-key]").ok().flatten() else { return };
    let key = row.get_attribute("data-key").unwrap_or_default();
    let value = from.get_attribute("data-value").unwrap_or_else(|| typed(&row));
    let mut scenario = state.live.kept.scenario();
    match settings::set(&mut scenario, &key, &value) {
        Ok(()) => {
            begin(state, &scenario);
            settle(seen, "");
        }
        Err(refusal) => settle(seen, &refusal.0),
    }
}

/// What stands in a dial's fields, as a value.
#[cfg(feature = "csr")]
fn typed(row: &Element) -> String {
    let mut value = String::new();
    for field in inputs(row) {
        if !value.is_empty() {
            value.push_str("..");
        }
        let text = field.value();
        let unit = field.get_attribute("data-unit").unwrap_or_default();
        match text.trim() {
            "" => value.push_str("never"),
            text => {
                value.push_str(text);
                // Whoever writes a unit means that.
                if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
                    value.push_str(&unit);
                }
            }
        }
    }
    value
}

/// The fields show what is, not what was typed; and what was refused is told beside them.
#[cfg(feature = "csr")]
fn settle(seen: &Seen, refusal: &str) {
    let Ok(Some(sheet)) = seen.figure.query_selector("[data-sheet]:not([hidden])") else { return };
    for field in inputs(&sheet) {
        field.set_value(&field.get_attribute("value").unwrap_or_default());
    }
    if let Ok(Some(place)) = sheet.query_selector("[data-said]") {
        place.set_text_content(Some(refusal));
    }
}

#[cfg(feature = "csr")]
fn inputs(root: &Element) -> Vec<HtmlInputElement> {
    let mut found = Vec::new();
    if let Ok(all) = root.query_selector_all("input.dial-field") {
        for i in 0..all.length() {
            found.extend(all.item(i).and_then(|node| node.dyn_into::<HtmlInputElement>().ok()));
        }
    }
    found
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn setting(key: &str, dial: Dial) -> Setting {
        Setting { key: key.to_owned(), label: key.to_owned(), group: "Timing", help: "Help.", dial }
    }

    fn all() -> Vec<Setting> {
        let (least, most) = (Span(1), Span::from_secs(1));
        vec![
            setting("raft.pre_vote", Dial::Switch(true)),
            setting("raft.heartbeat", Dial::Span { value: Some(Span(12_500)), least, most }),
            setting("clients.c1.write_every", Dial::Span { value: None, least, most }),
            setting(
                "raft.election_timeout",
                Dial::Range { low: Span::from_millis(150), high: Span::from_millis(300), least, most },
            ),
            setting("raft.batch", Dial::Number { value: Some(64), least: 1, most: 1_000 }),
            setting("raft.reads", Dial::Choice { value: 1, of: vec!["log", "index", "lease"] }),
        ]
    }

    #[test]
    fn every_kind_of_dial_has_its_field() {
        let html = rows(&all(), &all()).into_string();
        for part in [
            "<legend>Timing</legend>",
            "role=\"switch\" aria-label=\"raft.pre_vote\" aria-checked=\"true\" data-do=\"dial\" data-value=\"false\">On",
            "aria-label=\"raft.heartbeat\" value=\"12.5\"",
            "data-value=\"200ms\">5</button>",
            "aria-label=\"raft.election_timeout, from\" value=\"150\"",
            "aria-label=\"raft.election_timeout, to\" value=\"300\"",
            "aria-label=\"raft.batch\" value=\"64\"",
            "aria-pressed=\"true\" data-do=\"dial\" data-value=\"index\">index",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
        assert!(!html.contains("is-changed"));
    }

    #[test]
    fn shares_are_written_exactly() {
        for (ppm, text) in [(0, "0"), (20_000, "2"), (501, "0.0501"), (1_000_000, "100")] {
            assert_eq!(percent(Share(ppm)), text);
        }
    }

    #[test]
    fn what_differs_from_the_lessons_own_is_marked_and_said() {
        let mut turned = all();
        turned[1].dial = Dial::Span { value: None, least: Span(1), most: Span::from_secs(1) };
        let html = rows(&turned, &all()).into_string();
        assert_eq!(html.matches("is-changed").count(), 1);
        assert!(html.contains("The lesson has it at 12.5 ms."), "{html}");
    }
}
