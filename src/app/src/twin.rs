//! The run in words: the plate at this moment, a log that can be followed, and every act as a form.

use maud::{Markup, html};

use crate::state::Bench;
use crate::words;
#[cfg(feature = "csr")]
use {
    crate::input::{self, Listener, Seen, number},
    crate::state::Shot,
    protocols::view::{EventKind, EventView},
    protocols::{Op, Run},
    sim::{Action, ProcessId, Span, Target, Time},
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{Element, HtmlElement},
};
#[cfg(feature = "ssr")]
use {
    crate::skeleton::names,
    lesson::{Control, Lab},
};

/// How many lines the log shows at first, and how many more each time it is asked for earlier ones.
#[cfg(feature = "csr")]
const LINES: usize = 50;
/// After going back, so many lines of what was already simulated stay in the log, from within this span.
#[cfg(feature = "csr")]
const AHEAD: (usize, Span) = (5, Span::from_millis(1_000));
/// While a lab plays, a screen reader is told one line in this many ms of real time.
#[cfg(feature = "csr")]
const TOLD_EVERY_MS: f64 = 1_000.0;
/// At most so many events of one moment are told.
#[cfg(feature = "csr")]
const TOLD_AT_ONCE: usize = 6;

/// The plate at this moment, in sentences. A live plate writes them only while somebody reads them.
#[must_use]
pub(crate) fn in_words(state: &Bench) -> Markup {
    if state.is_live() && state.lines.get() == 0 {
        return html! {};
    }
    let shot = state.shot.get();
    let names = words::names(&shot.view);
    html! { @for sentence in words::twin(&shot.view) { li { (words::set(&sentence, &names)) } } }
}

/// The latest events as a list, each a way to its moment.
#[cfg(feature = "csr")]
#[must_use]
pub(crate) fn log(state: &Bench) -> Markup {
    let wanted = state.lines.get();
    if wanted == 0 {
        return html! {};
    }
    // It follows what was noted, not each moment: most of what happens is not worth a line.
    let _ = state.live.noted.get();
    let (lines, more, now) = state.with_run(|run| lines(run, wanted));
    let names = state.shot.with_untracked(|shot| words::names(&shot.view));
    let here = lines.iter().rposition(|e| e.at <= now);
    html! {
        @if more { li { button.btn type="button" data-do="earlier" { "Earlier" } } }
        @for (i, e) in lines.iter().enumerate() {
            li.is-fault[matches!(e.kind, EventKind::Breach)] aria-current=[(here == Some(i)).then_some("time")] {
                button.moment type="button" data-do="to-line" data-line=(e.id.0) data-at-us=(e.at.0) {
                    span.at { (e.at.0 / 1_000) " ms" } " " span { (words::set(&e.text, &names)) }
                }
            }
        }
    }
}

/// The last key events up to the moment, a few after it, whether there are earlier ones, and the moment.
#[cfg(feature = "csr")]
fn lines(run: &dyn Run, wanted: usize) -> (Vec<EventView>, bool, Time) {
    let now = run.now();
    let mut span = Span::from_millis(500);
    let (mut found, mut from);
    loop {
        from = now - span;
        found = run.events(from, now);
        found.retain(|e| e.kind.is_key());
        if found.len() > wanted || from == Time::ZERO {
            break;
        }
        span = Span(span.0 * 4);
    }
    let surplus = found.len().saturating_sub(wanted);
    found.drain(..surplus);
    let frontier = run.frontier();
    if frontier > now {
        let mut next = run.events(now + Span(1), (now + AHEAD.1).min(frontier));
        next.retain(|e| e.kind.is_key());
        next.truncate(AHEAD.0);
        found.append(&mut next);
    }
    (found, surplus > 0, now)
}

#[cfg(feature = "csr")]
impl Bench {
    /// Tells a screen reader what happened between two shots: in full when stepping; while playing only what changes
    /// the picture, and at most one line a second. A broken promise is told at once, and once.
    pub(crate) fn tell(&self, old: &Shot, new: &Shot) {
        let last = new.recent.last();
        if let Some(noted) = last.map(|e| (e.id, new.branch))
            && (self.live.noted.get_untracked() != noted || old.end != new.end)
        {
            self.live.noted.set(noted);
        }
        let fresh = old.branch != new.branch || old.recent.last().map(|e| e.id) != last.map(|e| e.id);
        // An act happens at the moment that is looked at; looking back is not heard.
        let (was, is) = (old.view.at, new.view.at);
        if new.branch == old.branch && (is < was || (is == was && !fresh)) {
            return;
        }
        self.tell_breach(old, new);
        let now = js_sys::Date::now();
        let line = if self.playing.get_untracked() {
            let due = now - self.live.told_at.get() >= TOLD_EVERY_MS;
            last.filter(|last| fresh && due && is_told(last.kind)).map(words::line)
        } else {
            self.with_run(|run| happened_at(run, new.view.at))
        };
        if let Some(line) = line {
            self.live.told_at.set(now);
            self.heard.set(line);
        }
    }

    fn tell_breach(&self, old: &Shot, new: &Shot) {
        let fresh = |p: &&protocols::view::PromiseView| {
            p.broken.is_some() && !old.view.promises.iter().any(|o| o.name == p.name && o.broken.is_some())
        };
        if let Some(promise) = new.view.promises.iter().find(fresh)
            && let Some(breach) = &promise.broken
        {
            self.live.alarm.set([promise.name, " is broken: ", &breach.facts, "."].concat());
        }
    }
}

/// Whether a screen reader is told of it while the lab plays.
#[cfg(feature = "csr")]
const fn is_told(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Fault
            | EventKind::Mend
            | EventKind::Role
            | EventKind::Commit
            | EventKind::Breach
            | EventKind::Halted
    )
}

/// Everything that happened at a moment, as one line.
#[cfg(feature = "csr")]
fn happened_at(run: &dyn Run, at: Time) -> Option<String> {
    let events = run.events(at, at);
    let mut line = String::new();
    for event in events.iter().take(TOLD_AT_ONCE) {
        if line.is_empty() {
            line = words::line(event);
        } else {
            line.push_str("; ");
            line.push_str(&event.text);
        }
    }
    (!line.is_empty()).then_some(line)
}

/// The broken promise that a screen reader is told of at once.
#[cfg(feature = "csr")]
#[must_use]
pub(crate) fn alarm(state: &Bench) -> Markup {
    html! { (state.live.alarm.get()) }
}

/// The words are written while they are open, however they were opened.
#[cfg(feature = "csr")]
pub(crate) fn listen(seen: &Seen) -> Option<Listener> {
    let words = seen.figure.query_selector("details.alt").ok().flatten()?;
    if words.has_attribute("open") {
        seen.state.lines.set(LINES);
    }
    Some(seen.on(&words, "toggle", |seen, e| {
        let open = input::closest(e, "details").is_some_and(|words| words.has_attribute("open"));
        seen.state.lines.set(if open { LINES } else { 0 });
    }))
}

/// Every act as a form: no pointer and no drawing is needed for any of them. Without a running lab none can be sent.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn forms(lab: &Lab) -> Markup {
    let until = lab.scenario.until.0 / 1_000;
    html! {
        div.acts.needs-script role="group" aria-label="Acts" {
            @if lab.scenario.nodes.len() > 1 { (cut_form(lab)) }
            (node_form(lab))
            @if !lab.scenario.clients.is_empty() { (client_form(lab)) }
            form data-send="go-to" {
                b { "Time" }
                label { "Moment, in ms " input type="number" name="ms" min="0" max=(until) step="1" required inputmode="numeric"; }
                (send("Go there"))
            }
        }
    }
}

#[cfg(feature = "ssr")]
fn send(label: &str) -> Markup {
    html! { button.btn type="submit" data-do="send" disabled { (label) } }
}

#[cfg(feature = "ssr")]
fn cut_form(lab: &Lab) -> Markup {
    html! {
        form data-send="cut-off" data-needs="cut" hidden[!names(lab, Control::Cut)] {
            fieldset {
                legend { b { "Network" } " Cut these nodes off from the others:" }
                @for (id, name) in lab.scenario.nodes.iter().enumerate() {
                    label.check { input type="checkbox" name="off" value=(id); (crate::node::name(name)) }
                }
            }
            (send("Cut"))
            button.btn type="button" data-do="do-act" data-act="heal" disabled { "Heal everything" }
        }
    }
}

#[cfg(feature = "ssr")]
fn node_form(lab: &Lab) -> Markup {
    use Control::{Crash, Isolate, Pause};
    let acts: [(Control, &str, &str, &str); 5] = [
        (Crash, "crash", "crash", "Crash"),
        (Crash, "crash", "restart", "Restart"),
        (Pause, "pause", "pause", "Stall"),
        (Pause, "pause", "resume", "Go on"),
        (Isolate, "isolate", "isolate", "Isolate"),
    ];
    let any = acts.iter().any(|act| names(lab, act.0));
    html! {
        form data-send="nothing" data-needs=(if any { "" } else { "crash" }) hidden[!any] {
            b { "Node" }
            label { span.vh { "Which node " } select name="node" {
                @for (id, name) in lab.scenario.nodes.iter().enumerate() { option value=(id) { (name) } }
            } }
            @for (control, needs, act, label) in acts {
                span.needs data-needs=(needs) hidden[!names(lab, control)] {
                    button.btn type="button" data-do="do-act" data-act=(act) disabled { (label) }
                }
            }
        }
    }
}

#[cfg(feature = "ssr")]
fn client_form(lab: &Lab) -> Markup {
    use Control::{Read, Write};
    let any = names(lab, Write) || names(lab, Read);
    html! {
        form data-send="nothing" data-needs=(if any { "" } else { "write" }) hidden[!any] {
            b { "Client" }
            label { span.vh { "Which client " } select name="client" {
                @for (i, client) in lab.scenario.clients.iter().enumerate() {
                    option value=(lab.scenario.nodes.len() + i) { (client.name) }
                }
            } }
            label { "Key " input type="text" name="key" value="x" maxlength="16" size="4" autocomplete="off"; }
            span.needs data-needs="write" hidden[!names(lab, Write)] {
                label { "Value " input type="text" name="value" value="1" maxlength="16" size="4" autocomplete="off"; }
                button.btn type="button" data-do="ask" data-act="write" disabled { "Write" }
            }
            span.needs data-needs="read" hidden[!names(lab, Read)] {
                button.btn type="button" data-do="ask" data-act="read" disabled { "Read" }
            }
        }
    }
}

/// What its buttons and keys ask for.
#[cfg(feature = "csr")]
pub(crate) fn command(seen: &Seen, name: &str, from: Option<&Element>) -> bool {
    let state = &seen.state;
    let Some(from) = from else { return false };
    match name {
        // A button that sends a form: the form itself says what for.
        "send" | "nothing" => {}
        "earlier" => state.lines.update(|lines| *lines += LINES),
        "to-line" => to_line(seen, from),
        "cut-off" => cut_off(seen, from),
        "do-act" => {
            let act = from.get_attribute("data-act").unwrap_or_default();
            let _ = from.set_attribute("data-process", &field(from, "node"));
            input::command(seen, &act, Some(from));
        }
        "ask" => ask(seen, from),
        "go-to" => {
            if let Ok(ms) = field(from, "ms").parse::<u32>() {
                state.playing.set(false);
                state.seek(Time(u64::from(ms) * 1_000));
            }
        }
        _ => return false,
    }
    true
}

/// Goes to a line's moment. The log is written anew around it: the line keeps the focus.
#[cfg(feature = "csr")]
fn to_line(seen: &Seen, from: &Element) {
    let Some(at) = number(from, "data-at-us") else { return };
    let line = from.get_attribute("data-line").unwrap_or_default();
    seen.state.playing.set(false);
    seen.state.seek(Time(at));
    let same = seen.figure.query_selector(&["[data-line=\"", &line, "\"]"].concat()).ok().flatten();
    if let Some(same) = same.and_then(|el| el.dyn_into::<HtmlElement>().ok()) {
        let _ = same.focus();
    }
}

#[cfg(feature = "csr")]
fn cut_off(seen: &Seen, form: &Element) {
    let mut sides = vec![Vec::new(), Vec::new()];
    let Ok(boxes) = form.query_selector_all("[name=off]") else { return };
    for i in 0..boxes.length() {
        let Some(one) = boxes.item(i) else { continue };
        let off = property(&one, "checked").is_truthy();
        sides[usize::from(off)].push(ProcessId(u8::try_from(i).unwrap_or(u8::MAX)));
    }
    if sides.iter().any(Vec::is_empty) {
        seen.state.said.set("Choose some of the nodes, not none and not all.".to_owned());
    } else {
        seen.state.partition(&sides);
    }
}

#[cfg(feature = "csr")]
fn ask(seen: &Seen, from: &Element) {
    let (key, value) = (field(from, "key"), field(from, "value"));
    let Ok(client) = field(from, "client").parse() else { return };
    let writes = from.get_attribute("data-act").as_deref() == Some("write");
    let op = if writes { Op::Put { key, value } } else { Op::Get { key } };
    seen.state.act(Action::Request { to: Target::Process(ProcessId(client)), op });
}

/// What stands in a field of the form around an element.
#[cfg(feature = "csr")]
fn field(within: &Element, name: &str) -> String {
    let form = within.closest("form").ok().flatten();
    let field = form.and_then(|form| form.query_selector(&["[name=", name, "]"].concat()).ok().flatten());
    field.and_then(|field| property(&field, "value").as_string()).unwrap_or_default()
}

#[cfg(feature = "csr")]
fn property(of: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).unwrap_or_default()
}
