//! A message: what it says, and what became of it.

use maud::{Markup, html};
use protocols::view::{Arrow, ArrowEnd, LossView, MessageView};
use sim::{MsgId, Time};

use super::{fact, moment, value, who};
use crate::node::hue;
use crate::state::Shot;
use crate::words;

/// The message, as it is on its way, was lost, or stands in the enlarged span.
pub(super) fn of_message(shot: &Shot, id: MsgId, live: bool) -> Markup {
    if let Some(message) = shot.view.messages.iter().find(|m| m.id == id) {
        return known(shot, message, None, live);
    }
    if let Some(loss) = shot.view.losses.iter().find(|l| l.message.id == id) {
        return known(shot, &loss.message, Some(loss), live);
    }
    match shot.near.diagram.arrows.iter().find(|a| a.id == id) {
        Some(arrow) => past(shot, arrow, live),
        None => html! {
            h3 { small { "That message" } }
            p.quiet { "It is not on its way at this moment: it has arrived, was lost, or is yet to be sent." }
        },
    }
}

fn head(kind: &str, epoch: u64, label: &str) -> Markup {
    html! {
        h3 {
            @if epoch > 0 { span.chip.(hue(epoch)) { (epoch) } " " }
            (kind)
            @if !label.is_empty() { " " small { code { (label) } } }
        }
    }
}

fn known(shot: &Shot, message: &MessageView, lost: Option<&LossView>, live: bool) -> Markup {
    let names = words::names(&shot.view);
    html! {
        (head(message.kind, message.epoch, &message.label))
        table.state.facts {
            caption { "Message " span { @if lost.is_some() { "lost" } @else { "on its way" } } }
            tbody {
                (fact("from", &who(message.from, &names, live)))
                (fact("to", &who(message.to, &names, live)))
                (fact("sent", &moment(message.sent, live)))
                @match lost {
                    Some(loss) => (fact("lost", &moment(loss.at, live))),
                    None => (fact("due", &moment(message.due, live))),
                }
            }
        }
        @if !message.fields.is_empty() {
            table.state {
                caption { "What it says" }
                tbody { @for row in &message.fields { (fact(row.key, &value(&row.value, &names))) } }
            }
        }
    }
}

fn past(shot: &Shot, arrow: &Arrow, live: bool) -> Markup {
    let names = words::names(&shot.view);
    let at = |time: Time| moment(time, live);
    let now = shot.view.at;
    html! {
        (head(arrow.kind, arrow.epoch, &arrow.label))
        table.state.facts {
            caption { "Message " span { @if arrow.sent_at > now { "not sent yet" } @else { "not on its way any more" } } }
            tbody {
                (fact("from", &who(arrow.from, &names, live)))
                (fact("to", &who(arrow.to, &names, live)))
                (fact("sent", &at(arrow.sent_at)))
                @match arrow.end {
                    ArrowEnd::Arrived(event, time) => {
                        (fact("arrived", &at(time)))
                        (fact("then", &html! { button.event type="button" data-event=(event.0) disabled[!live] { "its arrival" } }))
                    },
                    ArrowEnd::Lost(event, time) => {
                        (fact("lost", &at(time)))
                        (fact("then", &html! { button.event type="button" data-event=(event.0) disabled[!live] { "its loss" } }))
                    },
                    ArrowEnd::Flying(due) => (fact("due", &at(due))),
                }
            }
        }
    }
}
