//! A link: how each of its directions treats what is sent over it, and whether it is cut.

use maud::{Markup, html};
use protocols::view::LinkView;
use sim::network::{Latency, Network, Quality, Share};
use sim::{Change, ProcessId, Span};

use super::{fact, who};
use crate::state::Bench;
use crate::words;

/// The link between two processes.
pub(super) fn of_link(state: &Bench, a: ProcessId, b: ProcessId) -> Markup {
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    let live = state.is_live();
    let Some(link) = shot.view.links.iter().find(|l| l.a == a && l.b == b) else { return html! {} };
    let network = network(state);
    let ways = [(link.a, link.b, link.ab_cut, link.ab_shape), (link.b, link.a, link.ba_cut, link.ba_shape)];
    html! {
        h3 { (who(a, &names, live)) " " small { "to" } " " (who(b, &names, live)) " " small { (standing(link)) } }
        @for (from, to, cut, shape) in ways {
            @let quality = quality(&network, from, to, shape);
            table.state.facts {
                caption {
                    (words::set(&names[from.index()], &names)) " to " (words::set(&names[to.index()], &names)) " "
                    span { @if shape.is_some() { "changed since the start" } }
                }
                tbody {
                    (fact("carries", &html! { @if cut { b.fault { "nothing: cut" } } @else { "everything but losses" } }))
                    (fact("latency", &html! { (latency(quality.latency)) }))
                    @for (key, share) in [("lost", quality.loss), ("doubled", quality.duplication), ("held back", quality.reordering)] {
                        (fact(key, &html! { @if share.0 == 0 { i { "none" } } @else { (percent(share)) } }))
                    }
                }
            }
        }
    }
}

const fn standing(link: &LinkView) -> &'static str {
    match (link.ab_cut, link.ba_cut) {
        (false, false) => "link",
        (true, true) => "link, cut",
        _ => "link, cut one way",
    }
}

/// The network as the run began with it.
fn network(state: &Bench) -> Network {
    #[cfg(feature = "csr")]
    return state.with_run(|run| run.scenario().network);
    #[cfg(not(feature = "csr"))]
    state.lab().scenario.network.clone()
}

fn quality(network: &Network, from: ProcessId, to: ProcessId, shape: Option<Change>) -> Quality {
    let mut quality = network.quality;
    for (_, _, change) in network.links.iter().filter(|(a, b, _)| (*a, *b) == (from, to)) {
        quality = quality.with(*change);
    }
    shape.map_or(quality, |change| quality.with(change))
}

fn latency(latency: Latency) -> String {
    let (low, high, tail) = match latency {
        Latency::Fixed(span) => return millis(span) + " ms",
        Latency::Uniform(low, high) => (low, high, ""),
        Latency::LongTail { usual, most } => (usual, most, ", most near the shortest"),
    };
    let mut said = millis(low);
    said.push_str(" to ");
    said.push_str(&millis(high));
    said.push_str(" ms");
    said.push_str(tail);
    said
}

/// In ms, to a tenth.
fn millis(span: Span) -> String {
    tenths(span.0 / 100)
}

/// `5 %`, `0.1 %`.
fn percent(share: Share) -> String {
    tenths(u64::from(share.0) / 1_000) + " %"
}

fn tenths(n: u64) -> String {
    let mut said = (n / 10).to_string();
    if !n.is_multiple_of(10) {
        said.push('.');
        said.push_str(&(n % 10).to_string());
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualities_read_as_figures_with_units() {
        assert_eq!(latency(Latency::Uniform(Span::from_millis(10), Span::from_millis(20))), "10 to 20 ms");
        assert_eq!(latency(Latency::Fixed(Span(1_500))), "1.5 ms");
        assert_eq!([percent(Share(50_000)), percent(Share(1_000)), percent(Share::ALL)], ["5 %", "0.1 %", "100 %"]);
    }
}
