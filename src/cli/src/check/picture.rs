//! The picture of a history as one page: operations as intervals on a lane for each process, and the window that
//! can't be ordered. No script, nothing from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use ::check::history::{End, History, Op, Report, Verdict, Witness};
use maud::{DOCTYPE, Markup, html};

use super::report::{asked, deed, sentence, size, strongest};

/// The most operations that are drawn.
const DRAWN_MAX: usize = 400;

/// Widths and heights, in the picture's own units.
const STEP: u32 = 64;
const LANE: u32 = 34;
const BAR: u32 = 24;
const NAMES: u32 = 96;
const TOP: u32 = 12;
/// About how wide a letter is.
const LETTER: u32 = 7;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--paper:#fbfaf7;--rule:#d8d5cc;--bar:#e6ebf2;--edge:#8a99ad;\
--bad:#b3261e;--bad-bar:#f9dedc;--window:#fdf1ef}\
@media(prefers-color-scheme:dark){:root{--ink:#e7e9ee;--soft:#a3acba;--paper:#14181f;--rule:#333b47;--bar:#28313e;\
--edge:#71829a;--bad:#ff8a80;--bad-bar:#4a2320;--window:#241a1b}}\
body{margin:0;padding:2rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}\
main{max-inline-size:75rem;margin-inline:auto}h1{font-size:1.3rem;margin:0 0 .5rem}h2{font-size:1.1rem}p{margin:.25rem 0}\
.why{font-size:1.15rem;max-inline-size:50rem}.soft{color:var(--soft)}\
.picture{overflow-x:auto;margin-block:1.5rem;border:1px solid var(--rule);border-radius:.5rem}\
.picture:focus-visible{outline:2px solid var(--edge)}\
svg{display:block;font:12px ui-monospace,monospace}text{fill:var(--ink)}.name{fill:var(--soft)}\
.lane{stroke:var(--rule)}.op rect{fill:var(--bar);stroke:var(--edge)}.open rect{stroke-dasharray:4 3}\
.failed{opacity:.45}.core rect{fill:var(--bad-bar);stroke:var(--bad);stroke-width:2}.window{fill:var(--window)}\
.edge{stroke:var(--bad);stroke-dasharray:2 3}\
table{border-collapse:collapse}th,td{text-align:start;padding:.2rem 1rem .2rem 0;border-block-end:1px solid var(--rule)}";

/// The page.
pub(super) fn page(name: &str, history: &History, report: &Report) -> String {
    let witness = report.verdicts.iter().find_map(|(_, verdict)| match verdict {
        Verdict::Fails(witness) => Some(&**witness),
        _ => None,
    });
    let drawn = drawn(history, witness);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "The history " (name) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { main {
                h1 { (name) }
                p.soft { (size(history)) ", judged as " (report.kind) "." }
                @for (level, verdict) in &report.verdicts {
                    p.why { (sentence(*level, verdict)) }
                }
                @if report.verdicts.len() > 1 { p.why { (strongest(report)) } }
                div.picture tabindex="0" role="region" aria-label="The operations as intervals" {
                    (picture(history, &drawn, witness))
                }
                p.soft {
                    "Each bar is an operation from its call to its answer, in the order of the events; a dashed one "
                    "has no known end, a pale one never happened."
                    @if drawn.len() < history.ops().len() {
                        " " (drawn.len()) " of " (history.ops().len()) " operations are drawn."
                    }
                }
                @if let Some(witness) = witness { (listed(history, witness)) }
            } }
        }
    };
    page.into_string()
}

/// The window's operations again, in a table.
fn listed(history: &History, witness: &Witness) -> Markup {
    html! {
        @if !witness.core.is_empty() {
            h2 { "The window that can’t be ordered" }
            table {
                thead { tr { th { "Line" } th { "Process" } th { "What" } } }
                tbody {
                    @for op in witness.core.iter().map(|&op| &history.ops()[op as usize]) {
                        tr {
                            td { (op.line) }
                            td { (history.processes()[op.process as usize]) }
                            td { (asked(history, op)) }
                        }
                    }
                }
            }
        }
    }
}

/// Which operations are drawn: those of the witness's key around its window; the first ones if there is none.
fn drawn(history: &History, witness: Option<&Witness>) -> Vec<u32> {
    let all = || history.ops().iter().zip(0_u32..);
    let Some(witness) = witness else { return all().map(|(_, index)| index).take(DRAWN_MAX).collect() };
    let of_key: Vec<u32> =
        all().filter(|(op, _)| witness.key.is_none_or(|key| op.key == key)).map(|(_, index)| index).collect();
    let core: BTreeSet<u32> = witness.core.iter().copied().collect();
    let Some(&last) = core.last() else { return of_key.into_iter().take(DRAWN_MAX).collect() };
    // Those that are asked around the window's end, and all of the window itself.
    let end = of_key.partition_point(|&index| index <= last) + DRAWN_MAX / 8;
    let end = end.min(of_key.len());
    let near = &of_key[end.saturating_sub(DRAWN_MAX)..end];
    let mut drawn: BTreeSet<u32> = near.iter().copied().collect();
    drawn.extend(core.iter().take(DRAWN_MAX));
    drawn.into_iter().collect()
}

/// Where a moment is drawn: as many steps from the left as there are drawn events before it.
struct Scale(BTreeMap<u32, u32>);

impl Scale {
    fn of(ops: &[&Op]) -> Self {
        let places: BTreeSet<u32> =
            ops.iter().flat_map(|op| [Some(op.invoked), op.ended]).flatten().map(|moment| moment.place).collect();
        Self(places.into_iter().zip(0..).collect())
    }

    fn x(&self, place: u32) -> u32 {
        NAMES + self.0.get(&place).map_or(0, |step| step * STEP)
    }

    fn end(&self) -> u32 {
        NAMES + u32::try_from(self.0.len()).unwrap_or(0) * STEP
    }
}

fn picture(history: &History, drawn: &[u32], witness: Option<&Witness>) -> Markup {
    let ops: Vec<&Op> = drawn.iter().map(|&index| &history.ops()[index as usize]).collect();
    let scale = Scale::of(&ops);
    let lanes: BTreeMap<u32, u32> =
        ops.iter().map(|op| op.process).collect::<BTreeSet<_>>().into_iter().zip(0..).collect();
    let height = TOP * 2 + LANE * u32::try_from(lanes.len()).unwrap_or(0);
    let width = scale.end() + STEP;
    let core: BTreeSet<u32> = witness.iter().flat_map(|witness| witness.core.iter().copied()).collect();
    let window = witness.and_then(|witness| witness.window(history)).map(|(from, to)| (scale.x(from), scale.x(to)));
    html! {
        svg width=(width) height=(height) viewBox=(format!("0 0 {width} {height}")) role="img"
            aria-label=(format!("{} operations on {} lanes", ops.len(), lanes.len())) {
            @if let Some((from, to)) = window {
                rect.window x=(from) y="0" width=(to.saturating_sub(from)) height=(height) {}
                @for x in [from, to] { line.edge x1=(x) x2=(x) y1="0" y2=(height) {} }
            }
            @for (&process, &lane) in &lanes {
                @let y = TOP + lane * LANE + LANE / 2;
                line.lane x1=(NAMES) x2=(width) y1=(y) y2=(y) {}
                text.name x="8" y=(y + 4) { (cut(&history.processes()[process as usize], NAMES - 16)) }
            }
            @for (&index, op) in drawn.iter().zip(&ops) {
                (bar(history, op, &scale, lanes[&op.process], core.contains(&index)))
            }
        }
    }
}

fn bar(history: &History, op: &Op, scale: &Scale, lane: u32, core: bool) -> Markup {
    let from = scale.x(op.invoked.place);
    let to = match (op.end, op.ended) {
        (End::Unknown, _) | (_, None) => scale.end(),
        (_, Some(ended)) => scale.x(ended.place),
    };
    let y = TOP + lane * LANE + (LANE - BAR) / 2;
    let width = to.saturating_sub(from).max(4) - 2;
    let what = asked(history, op);
    let times = match op.ended {
        Some(ended) => format!("time {} to {}", op.invoked.time, ended.time),
        None => format!("from time {}", op.invoked.time),
    };
    html! {
        g.op.core[core].open[op.end == End::Unknown].failed[op.end == End::Failed] {
            title { (deed(history, op)) " (line " (op.line) ", " (times) ")" }
            rect x=(from) y=(y) width=(width) height=(BAR) rx="4" {}
            text x=(from + 5) y=(y + 16) { (cut(&what, width.saturating_sub(6))) }
        }
    }
}

/// As much of a text as fits.
fn cut(text: &str, width: u32) -> String {
    let letters = (width / LETTER) as usize;
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(letters.saturating_sub(1)).collect();
    if kept.is_empty() { kept } else { format!("{kept}…") }
}
