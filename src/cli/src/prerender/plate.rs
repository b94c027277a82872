//! What stands between the paragraphs: plates, questions with their answers, challenges.

use lesson::course::Predict;
use lesson::lab::{Challenge, Lab, Size};
use maud::{Markup, PreEscaped, html};

use super::Problem;
use super::chrome::{self, lower_figures, named, plural};

/// A lab as it stands in the page before anything runs: drawn, with its caption, its account in words, and
/// the lab itself as text for the script that brings it to life.
pub(super) fn render(lab: &Lab) -> Result<Markup, Problem> {
    place(lab, "")
}

/// The home page's lab, with the buttons that stand in it.
pub(super) fn render_hero(lab: &Lab, buttons: &Markup) -> Result<Markup, Problem> {
    place(lab, &buttons.0)
}

fn place(lab: &Lab, buttons: &str) -> Result<Markup, Problem> {
    let width = if matches!(lab.size, Size::Small | Size::Tiny) { "is-small" } else { "is-full" };
    let mut run = lab.scenario.start().map_err(|invalid| Problem::Lab(lab.id.clone(), invalid.to_string()))?;
    let drawn = app::poster(lab, &mut *run, buttons);
    Ok(html! { div.place.(width) { (PreEscaped(drawn)) } })
}

/// A question with its answers to choose from. Without a script it is a list with letters.
pub(super) fn predict(predict: &Predict) -> Markup {
    html! {
        fieldset.predict id=(predict.id) tabindex="-1" {
            legend {
                b { "Predict first" }
                span { (text(&predict.question)) }
            }
            ul.choices {
                @for (letter, choice) in ('a'..).zip(&predict.choices) {
                    li {
                        label.choice {
                            input type="radio" name=(predict.id) value=(letter);
                            i { (letter) } span { (text(choice)) }
                        }
                    }
                }
            }
            div.predict-do {
                button.btn.is-main.needs-script type="button" value="keep" { "Keep this prediction" }
                button.btn.is-quiet.needs-script type="button" value="skip" { "I would rather just look" }
                output.needs-script { "Nothing is scored. You will meet your answer again below." }
                span.no-script { "Choose before you read on. The answer stands below the plate." }
            }
        }
    }
}

/// The answer to a question, shut until it is asked for.
pub(super) fn recall(predict: &Predict) -> Markup {
    let letter = char::from(b'a' + u8::try_from(predict.answer).expect("few answers"));
    html! {
        details.recall data-predict=(predict.id) data-answer=(letter) {
            summary { span data-said { "Your prediction, and what the plate shows" } }
            p.is-yours data-yours hidden {}
            p { b { (letter) ". " } (text(&predict.because)) }
            p data-evidence=(predict.lab) {
                a.moment href={ "#" (predict.lab) } data-at-us=(predict.at.0) {
                    "See it in the plate, at " (predict.at.0 / 1_000) " ms"
                }
            }
        }
    }
}

/// A task that the simulator judges: goals, hints and what may be used.
pub(super) fn challenge(lab: &Lab, challenge: &Challenge, number: &str) -> Markup {
    let title = format!("{}-challenge", lab.id);
    html! {
        section.challenge aria-labelledby=(title) data-challenge=(lab.id) {
            p.challenge-k { "Challenge " (number) span.was-passed data-was-passed hidden { (chrome::icon("ok")) "passed" } }
            div {
                h3 id=(title) { (named(&challenge.goal)) }
                ul.goals data-part="goals" {
                    @for goal in &challenge.goals { li { span.todo {} span { (named(&goal.text)) } output {} } }
                }
                p.challenge-verdict data-part="verdict" role="status" {}
                div.challenge-trace data-part="trace" aria-live="polite" {}
                div.challenge-do.needs-script {
                    a.btn.is-main href={ "#" (lab.id) } { "To the plate" }
                    button.btn type="button" data-do="hint" disabled { "Next hint" }
                    button.btn.is-quiet type="button" data-do="solution" disabled { "Give up and watch" }
                    button.btn.is-quiet type="button" data-do="reset" disabled { "Start again" }
                }
            }
            div.side {
                p data-part="budget" { "You may use " (plural(usize::try_from(challenge.fault_budget).expect("a small number"), "fault")) ": a cut, a crash or any other harm. Healing, restarting and asking are free." }
                div data-part="hints" aria-live="polite" {
                    @for (i, hint) in challenge.hints.iter().enumerate() {
                        div.hint {
                            details {
                                summary { "Hint " (i + 1) " of " (challenge.hints.len()) }
                                p { (named(hint)) }
                            }
                        }
                    }
                }
                p.needs-script { "Watching a solution costs nothing. It plays on your plate, and you can start again at any point." }
            }
        }
    }
}

fn text(html: &str) -> PreEscaped<String> {
    PreEscaped(lower_figures(html))
}
