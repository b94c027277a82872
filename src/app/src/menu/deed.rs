//! What the entries of the menus are for: from an entry's name and its fields to an act on the run. The only place
//! that knows both.

use protocols::Op;
use protocols::op::Admin;
use protocols::scenario::Reads;
use protocols::view::{NodeView, Stance};
use sim::{Action, Change, ClockChange, Latency, MsgId, Pick, ProcessId, Share, Span, Target};
use wasm_bindgen::JsValue;
use web_sys::Element;

use crate::state::{Bench, Picked, Shot};

/// What an entry can't be understood for.
type Why = &'static str;

const NUMBER: Why = "Fill in the number first: digits, with a point if you like.";
const WORD: Why = "Fill in the words first.";
const GONE: Why = "That is not there any more.";

/// The fields of the form that an entry stands in.
pub(crate) struct Fields {
    entry: Element,
    form: Element,
}

impl Fields {
    /// The fields of the form around an entry, which can be the form itself.
    pub(crate) fn around(entry: &Element) -> Self {
        let form = entry.closest("form").ok().flatten();
        Self { entry: entry.clone(), form: form.unwrap_or_else(|| entry.clone()) }
    }

    /// What stands in a field; empty if there is no such field.
    fn text(&self, name: &str) -> String {
        let mut selector = "[name=".to_owned();
        selector.push_str(name);
        selector.push(']');
        let field = self.form.query_selector(&selector).ok().flatten();
        let value = field.and_then(|field| js_sys::Reflect::get(&field, &JsValue::from_str("value")).ok());
        value.and_then(|value| value.as_string()).unwrap_or_default().trim().to_owned()
    }

    fn word(&self, name: &str) -> Result<String, Why> {
        Some(self.text(name)).filter(|text| !text.is_empty()).ok_or(WORD)
    }

    /// A number in units of which `places` decimal places make one, or `None` for an empty field.
    fn number(&self, name: &str, places: u32) -> Result<Option<i64>, Why> {
        let text = self.text(name);
        if text.is_empty() { Ok(None) } else { fixed(&text, places).map(Some).ok_or(NUMBER) }
    }

    /// Such a number that has to be there and is not negative.
    fn count(&self, name: &str, places: u32) -> Result<u64, Why> {
        self.number(name, places)?.and_then(|n| u64::try_from(n).ok()).ok_or(NUMBER)
    }

    fn span(&self, name: &str) -> Result<Option<Span>, Why> {
        match self.number(name, 3)? {
            None => Ok(None),
            Some(us) => u64::try_from(us).map(|us| Some(Span(us))).map_err(|_| NUMBER),
        }
    }

    /// A share in percent.
    fn share(&self, name: &str) -> Result<Option<Share>, Why> {
        match self.number(name, 4)? {
            None => Ok(None),
            Some(ppm) => u32::try_from(ppm).map(|ppm| Some(Share(ppm))).map_err(|_| NUMBER),
        }
    }

    fn id(&self, name: &str) -> Option<u32> {
        self.text(name).parse().ok()
    }
}

/// A decimal number as a whole one: `1.5` with 3 places is 1500.
fn fixed(text: &str, places: u32) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mut number, mut after, mut any) = (0_i64, None, false);
    for c in digits.bytes() {
        match (c, after) {
            (b'.' | b',', None) => after = Some(0),
            (b'0'..=b'9', _) if after.is_none_or(|n| n < places) => {
                number = number.checked_mul(10)?.checked_add(i64::from(c - b'0'))?;
                after = after.map(|n| n + 1);
                any = true;
            }
            (b'0'..=b'9', _) => {}
            _ => return None,
        }
    }
    for _ in after.unwrap_or(0)..places {
        number = number.checked_mul(10)?;
    }
    any.then_some(if negative { -number } else { number })
}

/// A whole number as a decimal one: the way back.
pub(super) fn decimal(number: u64, places: u32) -> String {
    let one = 10_u64.pow(places);
    let (mut text, mut rest) = ((number / one).to_string(), number % one);
    if rest > 0 {
        text.push('.');
        let mut place = one / 10;
        while rest > 0 {
            text.push((b'0' + u8::try_from(rest / place).unwrap_or(0)) as char);
            rest %= place;
            place /= 10;
        }
    }
    text
}

/// The client that a request through a node goes by: one with a link to it, best if the link carries, and best of
/// those if it would ask that node.
pub(super) fn near(shot: &Shot, node: ProcessId) -> Option<ProcessId> {
    let mut best = (0, None);
    for client in &shot.view.clients {
        if let Some(l) = shot.view.links.iter().find(|l| l.a == node && l.b == client.id) {
            let whole = !l.ab_cut && !l.ba_cut;
            let worth = 1 + 2 * u8::from(whole) + u8::from(client.asks == Some(node));
            if worth > best.0 {
                best = (worth, Some(client.id));
            }
        }
    }
    best.1
}

/// The node that leads, as far as anybody can say: the one of the highest epoch.
pub(super) fn leader(shot: &Shot) -> Option<&NodeView> {
    let leading = shot.view.nodes.iter().filter(|n| n.status.is_up() && n.stance == Stance::Leads);
    leading.max_by_key(|n| n.epoch)
}

/// The thing that is chosen from a list in a menu.
pub(super) fn chosen(state: &Bench, about: Picked, fields: &Fields) -> Option<Picked> {
    let id = |name| fields.id(name).and_then(|n| u8::try_from(n).ok()).map(ProcessId);
    if let Some(message) = fields.id("message") {
        return Some(Picked::Message(MsgId(message)));
    }
    match (about, id("peer"), id("client")) {
        (Picked::Process(one), Some(other), _) => Some(Picked::Link(one.min(other), one.max(other))),
        (_, _, Some(client)) => {
            state.shot.with_untracked(|s| s.node(client).is_none()).then_some(Picked::Process(client))
        }
        _ => None,
    }
}

/// What an entry of the menu about this does.
pub(super) fn action(state: &Bench, about: Picked, fields: &Fields) -> Result<Action<Op>, Why> {
    let shot = state.shot.get_untracked();
    let name = fields.entry.get_attribute("data-act").unwrap_or_default();
    match about {
        Picked::Process(id) => match shot.node(id) {
            Some(node) => to_node(&shot, node, &name, fields),
            None => request(id, &name, fields),
        },
        Picked::Link(a, b) => to_link(a, b, &name, fields),
        Picked::Message(id) => to_message(id, &name, fields),
        Picked::Event(_) | Picked::Nothing => to_network(&name, fields),
    }
}

fn to_node(shot: &Shot, node: &NodeView, name: &str, fields: &Fields) -> Result<Action<Op>, Why> {
    let who = Target::Process(node.id);
    Ok(match name {
        "crash" => Action::Crash(who),
        "restart" => Action::Restart(who),
        "stall" => Action::Pause(who),
        "go-on" => Action::Resume(who),
        "isolate" => Action::Isolate(who),
        "slow" => Action::Slow { who, times: u16::try_from(fields.count("times", 0)?).map_err(|_| NUMBER)? },
        "quick" => Action::Slow { who, times: 0 },
        "expire" => Action::Expire { who, timer: node.timer.ok_or(GONE)?.name.to_owned() },
        "expire-beat" => Action::Expire { who, timer: node.beat.ok_or(GONE)?.name.to_owned() },
        "step" => Action::SetClock { who, change: ClockChange::Step(fields.number("ms", 3)?.ok_or(NUMBER)?) },
        "drift" => {
            let ppm = fields.number("ms", 3)?.and_then(|ppm| i32::try_from(ppm).ok()).ok_or(NUMBER)?;
            Action::SetClock { who, change: ClockChange::Drift(ppm) }
        }
        "true-time" => Action::SetClock { who, change: ClockChange::Drift(0) },
        "torn" => Action::CrashTorn { who, kept: u32::try_from(fields.count("kept", 0)?).map_err(|_| NUMBER)? },
        "lie" => Action::SetFsync { who, lies: true },
        "sync" => Action::SetFsync { who, lies: false },
        "wipe" => Action::Wipe(who),
        "compact" => Action::Request { to: who, op: Op::Admin(Admin::Compact) },
        "transfer" => {
            let to = leader(shot).ok_or(GONE)?.id.into();
            Action::Request { to, op: Op::Admin(Admin::Transfer(node.id)) }
        }
        _ => return request(near(shot, node.id).ok_or(GONE)?, name, fields),
    })
}

/// What a client is asked for.
fn request(client: ProcessId, name: &str, fields: &Fields) -> Result<Action<Op>, Why> {
    let key = fields.word("key")?;
    let value = || fields.word("value");
    let op = match name {
        "put" => Op::Put { key, value: value()? },
        "append" => Op::Append { key, value: value()? },
        "delete" => Op::Delete { key },
        "cas" => {
            let expected = Some(fields.text("expected")).filter(|text| !text.is_empty());
            Op::Cas { key, expected, value: value()? }
        }
        "get" => match how(&fields.text("how")) {
            Some(how) => Op::Read { key, how },
            None => Op::Get { key },
        },
        _ => return Err(GONE),
    };
    Ok(Action::Request { to: client.into(), op })
}

fn how(name: &str) -> Option<Reads> {
    Some(match name {
        "log" => Reads::Log,
        "index" => Reads::Index,
        "lease" => Reads::Lease,
        "local" => Reads::Local,
        _ => return None,
    })
}

fn to_link(a: ProcessId, b: ProcessId, name: &str, fields: &Fields) -> Result<Action<Op>, Why> {
    let way = fields.text("way");
    let back = name.ends_with("-ba") || way == "ba";
    let (from, to): (Target, Target) = if back { (b.into(), a.into()) } else { (a.into(), b.into()) };
    Ok(match name {
        "cut" => Action::Cut { from, to, both: true },
        "cut-ab" | "cut-ba" => Action::Cut { from, to, both: false },
        "heal" => Action::Heal { from, to, both: true },
        "heal-ab" | "heal-ba" => Action::Heal { from, to, both: false },
        _ => shape(Some(from), Some(to), way.is_empty(), name, fields)?,
    })
}

fn to_network(name: &str, fields: &Fields) -> Result<Action<Op>, Why> {
    match name {
        "heal-all" => Ok(Action::HealAll),
        "shape" | "as-first" => shape(None, None, true, name, fields),
        _ => to_message(MsgId(fields.id("message").ok_or(GONE)?), name, fields),
    }
}

fn to_message(id: MsgId, name: &str, fields: &Fields) -> Result<Action<Op>, Why> {
    let pick = Pick::Id(id);
    Ok(match name {
        "drop" => Action::DropMessage(pick),
        "double" => Action::DuplicateMessage(pick),
        "later" => Action::DelayMessage { pick, by: Span(fields.count("ms", 3)?) },
        _ => return Err(GONE),
    })
}

fn shape(from: Option<Target>, to: Option<Target>, both: bool, name: &str, fields: &Fields) -> Result<Action<Op>, Why> {
    if name == "as-first" {
        return Ok(Action::Shape { from, to, both, change: None });
    }
    let latency = match (fields.span("low")?, fields.span("high")?) {
        (Some(usual), Some(most)) if fields.text("spread") == "tail" => Some(Latency::LongTail { usual, most }),
        (Some(low), Some(high)) if low != high => Some(Latency::Uniform(low, high)),
        (Some(span), _) | (None, Some(span)) => Some(Latency::Fixed(span)),
        (None, None) => None,
    };
    let change = Change {
        latency,
        loss: fields.share("loss")?,
        duplication: fields.share("duplication")?,
        reordering: fields.share("reordering")?,
    };
    if change == Change::default() {
        return Err("Fill in what is to change: a latency, or a share.");
    }
    Ok(Action::Shape { from, to, both, change: Some(change) })
}
