//! The tree of runs: a line to each, leaving its parent where it branched off; to look at, to name, to delete.

use maud::{Markup, html};

use super::{Axis, Plan};
use crate::num::N;
use crate::stage::ms;
use crate::state::{Bench, Shot, letter};
#[cfg(feature = "csr")]
use {
    crate::input::number,
    crate::state::Picked,
    protocols::view::{EventKind, Story},
    sim::{Span, Time},
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlInputElement},
};

/// How far apart the lines are.
const LINE: f32 = 14.0;

/// The lines, if the reader has made more than one run.
#[must_use]
pub(super) fn lines(shot: &Shot, axis: Axis, plan: &Plan) -> Markup {
    html! {
        @if shot.branches.len() > 1 {
            g.runs-tree aria-hidden="true" { @for i in 0..shot.branches.len() { (line(shot, i, axis, plan)) } }
        }
    }
}

fn line(shot: &Shot, i: usize, axis: Axis, plan: &Plan) -> Markup {
    let branch = &shot.branches[i];
    let y = plan.runs + LINE * i as f32;
    let parent_y = plan.runs + LINE * branch.parent as f32;
    let other = i != shot.branch;
    let last = if other { branch.last } else { shot.story.frontier };
    let (fork, original) = (axis.x(branch.fork), branch.parent == i);
    let start = if original { axis.left } else { fork + 10.0 };
    let end = axis.x(last).min(axis.right).max(start + 4.0);
    let label_left = end > axis.right - 90.0;
    html! {
        g.run-line.is-other[other] data-do="look" data-run=(i) {
            @if !original { path.run d={ "M" (N(fork)) " " (N(parent_y)) "L" (N(start)) " " (N(y)) } {} }
            path.run d={ "M" (N(start)) " " (N(y)) "H" (N(end)) } {}
            circle.run-end cx=(N(end)) cy=(N(y)) r="3" {}
            rect.mark-hit x=(N(start)) y=(N(y - 7.0)) width=(N(end - start + 60.0)) height="14" {}
            text.run-label x=(N(if label_left { end - 8.0 } else { end + 8.0 })) y=(N(if label_left { y - 4.0 } else { y + 4.0 }))
                text-anchor=(if label_left { "end" } else { "start" }) {
                "run " (letter(i))
                @if let Some(name) = &branch.name { ": " (name) }
            }
        }
    }
}

/// The runs as a list: each can be looked at, named, deleted.
#[must_use]
pub(crate) fn runs(state: &Bench) -> Markup {
    let shot = state.shot.get();
    html! {
        @if shot.branches.len() > 1 {
            ul.runs aria-label="Runs" { @for i in 0..shot.branches.len() { (row(&shot, i)) } }
        }
    }
}

fn row(shot: &Shot, i: usize) -> Markup {
    let branch = &shot.branches[i];
    let shown = i == shot.branch;
    html! {
        li {
            button.btn.is-on[shown] type="button" data-do="look" data-run=(i) aria-pressed=(if shown { "true" } else { "false" }) {
                "Run " (letter(i))
            }
            span.run-from {
                @if branch.parent == i { "as it began" } @else { "leaves run " (letter(branch.parent)) " at " (ms(branch.fork)) " ms" }
            }
            input type="text" maxlength="40" placeholder="Name it" aria-label={ "Name of run " (letter(i)) }
                data-on="name-run" data-when="change" data-run=(i) value=(branch.name.as_deref().unwrap_or_default());
            button.btn.is-quiet type="button" data-do="delete-run" data-run=(i) disabled[shown || branch.parent == i]
                aria-label={ "Delete run " (letter(i)) } { "Delete" }
        }
    }
}

/// What the buttons and keys of the runs ask for.
#[cfg(feature = "csr")]
pub(super) fn command(state: &Bench, name: &str, from: Option<&Element>) -> bool {
    let chosen = from.and_then(|el| number(el, "data-run")).and_then(|n| usize::try_from(n).ok());
    match (name, chosen) {
        ("branch", _) => {
            let next = state.with_run(|run| (run.branch() + 1) % run.branches().len().max(1));
            look(state, next);
        }
        ("look", Some(i)) => look(state, i),
        ("name-run", Some(i)) => {
            let text = from.and_then(|el| el.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value));
            let text = text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
            change(state, |run| run.name_branch(i, text));
        }
        ("delete-run", Some(i)) => change(state, |run| run.delete_branch(i)),
        ("what-if", _) => what_if(state),
        _ => return false,
    }
    true
}

#[cfg(feature = "csr")]
fn change(state: &Bench, work: impl FnOnce(&mut dyn protocols::Run) -> Result<(), protocols::Refusal>) {
    if let Err(refusal) = state.with_run(work) {
        state.said.set(refusal.0);
    }
    state.refresh();
}

/// Looks at another run, at the same moment. An event or a message that was selected belongs to the old one.
#[cfg(feature = "csr")]
fn look(state: &Bench, branch: usize) {
    let there = state.with_run(|run| {
        let there = branch < run.branches().len();
        if there {
            run.switch(branch);
        }
        there
    });
    if !there {
        return;
    }
    state.playing.set(false);
    if matches!(state.picked.get_untracked(), Picked::Event(_) | Picked::Message(_)) {
        state.picked.set(Picked::Nothing);
    }
    state.refresh();
    let count = state.shot.with_untracked(|s| s.branches.len());
    let name = String::from(letter(branch));
    let said =
        if count > 1 { ["You look at run ", &name, "."].concat() } else { "There is one run so far.".to_owned() };
    state.heard.set(said.clone());
    state.said.set(said);
}

/// Puts the reader where another run can begin. Acting in the past is what begins it, so at the newest moment this
/// goes to just before the selected event, or the last thing that was done from outside.
#[cfg(feature = "csr")]
fn what_if(state: &Bench) {
    state.playing.set(false);
    let (now, frontier) = state.with_run(|run| (run.now(), run.frontier()));
    let mut before = String::new();
    if now >= frontier {
        let shot = state.shot.get_untracked();
        let chosen = match (state.picked.get_untracked(), shot.answer.steps.first()) {
            (Picked::Event(_), Some(step)) if step.event.at > Time::ZERO => Some((step.event.at, &step.event.text)),
            _ => last_deed(&shot.story),
        };
        let Some((at, text)) = chosen else {
            state.said.set("Nothing lies ahead of this moment yet. Go back in time, then act: that begins another run, and this one is kept.".to_owned());
            return;
        };
        before = ["This is just before: ", text, ". "].concat();
        state.seek(at - Span(1));
        state.bring_into_sight(at);
    }
    let name = String::from(letter(state.with_run(|run| run.branch())));
    state.said.set([&before, "What you do now begins another run. Run ", &name, " is kept."].concat());
}

#[cfg(feature = "csr")]
fn last_deed(story: &Story) -> Option<(Time, &String)> {
    let deeds = story.marks.iter().rev().filter(|m| m.event.kind != EventKind::Breach && m.event.at > Time::ZERO);
    deeds.map(|m| (m.event.at, &m.event.text)).next()
}
