//! Jumps to what happened: elections, commits, faults, broken promises.

#[cfg(feature = "ssr")]
use maud::{Markup, html};

#[cfg(feature = "csr")]
use {
    super::lanes::leads,
    crate::stage::ms,
    crate::state::Bench,
    protocols::view::{EventKind, Stance, Story},
    sim::Time,
};

/// What can be jumped to: the name in commands, and the word on the buttons.
#[cfg(feature = "ssr")]
const KINDS: [(&str, &str); 4] =
    [("election", "Election"), ("commit", "Commit"), ("fault", "Fault"), ("violation", "Violation")];

/// The buttons.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn jumps() -> Markup {
    use crate::icon::mark;
    let button = |way: &str, kind: &str, word: &str, icon: &str| {
        let label = format!("{} {}", if way == "next" { "Next" } else { "Previous" }, word.to_lowercase());
        html! {
            button.btn.is-quiet.is-icon type="button" data-do={ (way) "-" (kind) } aria-label=(label) title=(label) disabled { (mark(icon)) }
        }
    };
    html! {
        div.jumps role="group" aria-label="Go to what happened" {
            @for (kind, word) in KINDS {
                span.jump {
                    (button("previous", kind, word, "left"))
                    span.jump-word { (word) }
                    (button("next", kind, word, "right"))
                }
            }
        }
    }
}

/// A place to jump to, and what is there.
#[cfg(feature = "csr")]
struct Stop {
    at: Time,
    text: String,
}

/// The stops of one kind, in no order.
#[cfg(feature = "csr")]
fn stops(story: &Story, kind: &str, word: &str) -> Vec<Stop> {
    let mut all = Vec::new();
    let marked = |wanted: EventKind, all: &mut Vec<Stop>| {
        for m in story.marks.iter().filter(|m| m.event.kind == wanted) {
            all.push(Stop { at: m.event.at, text: m.event.text.clone() });
        }
    };
    match kind {
        "fault" => marked(EventKind::Fault, &mut all),
        "violation" => marked(EventKind::Breach, &mut all),
        "election" => elections(story, word, &mut all),
        _ => commits(story, &mut all),
    }
    all
}

/// An election begins where a server asks to lead, and ends where one leads.
#[cfg(feature = "csr")]
fn elections(story: &Story, word: &str, all: &mut Vec<Stop>) {
    for lane in &story.lanes {
        for (i, band) in lane.bands.iter().enumerate() {
            let before = i.checked_sub(1).map(|i| &lane.bands[i]);
            let new = before.is_none_or(|b| b.stance != band.stance || b.epoch != band.epoch);
            if !new || !band.status.is_up() || band.stance == Stance::Follows {
                continue;
            }
            let does = if leads(band) { " leads in " } else { " asks to lead in " };
            let text = [lane.name.as_str(), does, word, " ", &band.epoch.to_string()].concat();
            all.push(Stop { at: band.from, text });
        }
    }
}

/// An entry is committed where its leader says so; the others hear of it.
#[cfg(feature = "csr")]
fn commits(story: &Story, all: &mut Vec<Stop>) {
    for lane in &story.lanes {
        let mut bands = lane.bands.iter().filter(|b| leads(b)).peekable();
        for &at in &lane.commits {
            while bands.next_if(|b| b.to < at).is_some() {}
            if bands.peek().is_some_and(|b| b.from <= at) {
                all.push(Stop { at, text: [lane.name.as_str(), " commits"].concat() });
            }
        }
    }
}

/// `next-election`, `previous-fault` and so on.
#[cfg(feature = "csr")]
pub(super) fn command(state: &Bench, name: &str) -> bool {
    let Some((way, kind)) = name.split_once('-') else { return false };
    let known = matches!(kind, "election" | "commit" | "fault" | "violation");
    if !known || !matches!(way, "next" | "previous") {
        return false;
    }
    let shot = state.shot.get_untracked();
    let (now, on) = (state.now(), way == "next");
    let mut best: Option<Stop> = None;
    for stop in stops(&shot.story, kind, shot.view.epoch_word) {
        let nearer = best.as_ref().is_none_or(|b| if on { stop.at < b.at } else { stop.at > b.at });
        if nearer && if on { stop.at > now } else { stop.at < now } {
            best = Some(stop);
        }
    }
    state.playing.set(false);
    let Some(stop) = best else {
        let far = if on { " after this moment, as far as the run has gone." } else { " before this moment." };
        state.said.set(["There is no ", kind, far].concat());
        return true;
    };
    state.seek(stop.at);
    state.bring_into_sight(stop.at);
    let said = [stop.text.as_str(), ", at ", &ms(stop.at).to_string(), " ms."].concat();
    state.heard.set(said.clone());
    state.said.set(said);
    true
}
