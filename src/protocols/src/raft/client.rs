//! A client of the replicated store: one operation at a time, asked again until it is answered or given up (§8).
//!
//! It knows no term and no log, only whom it asked last. An answer that does not come may mean anything.

use std::collections::VecDeque;

use sim::{OpId, ProcessId, Span, Time};

use crate::op::{Op, Outcome};
use crate::raft::message::Message;
use crate::raft::note::Note;
use crate::raft::{Ctx, Timer};
use crate::scenario::{ClientConfig, Deed};

/// The most requests that wait behind the outstanding one.
pub const QUEUE_MAX: usize = 16;

/// What a client that writes by itself writes to: the first client to `x`, the second to `y`, and so on.
const KEYS: [&str; 9] = ["x", "y", "z", "u", "v", "w", "p", "q", "r"];

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    /// The server that it asks next.
    pub asks: ProcessId,
    /// The operation that it waits for.
    pub current: Option<Pending>,
    /// How many operations were acknowledged.
    pub done: u32,
    /// How many it gave up on.
    pub unknown: u32,
    /// The servers that it has a link to.
    near: Vec<ProcessId>,
    /// Whose turn it is when nobody answers: a place in `near`. Hints do not move it, or two servers that
    /// name a leader out of reach could keep the client for ever.
    turn: usize,
    key: &'static str,
    /// What it last knew its key to have.
    saw: Option<String>,
    write_every: Option<Span>,
    /// What it does by itself, in turn; at least one thing.
    does: Vec<Deed>,
    timeout: Span,
    queue: VecDeque<Op>,
    /// How many operations it has begun.
    begun: u32,
    /// How many operations it has thought of by itself.
    thought_of: u32,
}

/// An operation that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pending {
    /// Which.
    pub id: OpId,
    /// What was asked.
    pub op: Op,
    /// Since when, on the client's clock.
    pub since: Time,
    /// How many hints it has followed since it last waited. Servers may point at each other in a circle.
    hints: usize,
}

impl Client {
    /// The `nth` client (from 0) of a cluster of `servers` servers.
    #[must_use]
    pub fn new(nth: usize, servers: u8, config: &ClientConfig) -> Self {
        let near: Vec<ProcessId> =
            if config.near.is_empty() { (0..servers).map(ProcessId).collect() } else { config.near.clone() };
        Self {
            asks: near[nth % near.len()],
            current: None,
            done: 0,
            unknown: 0,
            turn: nth % near.len(),
            near,
            key: KEYS[nth % KEYS.len()],
            saw: None,
            write_every: config.write_every,
            does: if config.does.is_empty() { vec![Deed::Put] } else { config.does.clone() },
            timeout: config.timeout,
            queue: VecDeque::new(),
            begun: 0,
            thought_of: 0,
        }
    }

    pub(crate) fn start(&mut self, ctx: &mut Ctx<'_>) {
        if let Some(every) = self.write_every {
            ctx.set_timer(Timer::Write, every);
        }
    }

    /// Operators ask the servers themselves.
    pub(crate) fn on_request(&mut self, op: Op, ctx: &mut Ctx<'_>) {
        if matches!(op, Op::Admin(_)) {
            return;
        }
        if self.current.is_none() {
            self.begin(op, ctx);
        } else if self.queue.len() < QUEUE_MAX {
            self.queue.push_back(op);
        } else {
            ctx.note(Note::TooBusy { op });
        }
    }

    pub(crate) fn on_message(&mut self, from: ProcessId, message: Message, ctx: &mut Ctx<'_>) {
        let Some(pending) = &mut self.current else { return };
        match message {
            Message::Reply { id, outcome } if id == pending.id => {
                self.asks = from;
                self.done += 1;
                self.end(outcome, ctx);
            }
            // With no hint, or too many, it waits for the retry timer.
            Message::NotLeader { id, leader: Some(leader) }
                if id == pending.id
                    && from == self.asks
                    && leader != from
                    && self.near.contains(&leader)
                    && pending.hints < self.near.len() =>
            {
                pending.hints += 1;
                self.asks = leader;
                ctx.note(Note::AsksElsewhere { id, server: leader, after_silence: false });
                self.ask(ctx);
            }
            _ => {}
        }
    }

    pub(crate) fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx<'_>) {
        match timer {
            Timer::Write => self.write_again(ctx),
            Timer::Retry => self.retry(ctx),
            Timer::GiveUp if self.current.is_some() => {
                self.unknown += 1;
                self.end(Outcome::Unknown, ctx);
            }
            _ => {}
        }
    }

    /// Does the next thing by itself, unless it is still waiting for an answer.
    fn write_again(&mut self, ctx: &mut Ctx<'_>) {
        if let Some(every) = self.write_every {
            ctx.set_timer(Timer::Write, every);
        }
        if self.current.is_none() {
            let nth = usize::try_from(self.thought_of).unwrap_or(0) % self.does.len();
            self.thought_of += 1;
            let op = self.op(self.does[nth]);
            self.begin(op, ctx);
        }
    }

    /// Something that it does by itself: always to the same key, and always with a new number.
    fn op(&self, deed: Deed) -> Op {
        let (key, value) = (self.key.to_owned(), self.thought_of.to_string());
        match deed {
            Deed::Put => Op::Put { key, value },
            Deed::Get => Op::Get { key },
            Deed::Append => Op::Append { key, value },
            Deed::Cas => Op::Cas { key, expected: self.saw.clone(), value },
            Deed::Delete => Op::Delete { key },
        }
    }

    /// What an answer says of its key's value.
    fn learn(&mut self, op: &Op, outcome: &Outcome) {
        match (op, outcome) {
            (_, Outcome::Unknown) => {}
            (_, Outcome::Value(there) | Outcome::Mismatch(there)) if op.key() == Some(self.key) => {
                self.saw.clone_from(there);
            }
            (Op::Put { key, value } | Op::Cas { key, value, .. }, Outcome::Written) if key == self.key => {
                self.saw = Some(value.clone());
            }
            (Op::Append { key, value }, Outcome::Written) if key == self.key => {
                self.saw.get_or_insert_default().push_str(value);
            }
            (Op::Delete { key }, Outcome::Written) if key == self.key => self.saw = None,
            _ => {}
        }
    }

    fn begin(&mut self, op: Op, ctx: &mut Ctx<'_>) {
        self.begun += 1;
        let id = OpId { client: ctx.id(), seq: self.begun };
        ctx.invoke(id, op.clone());
        ctx.set_timer(Timer::GiveUp, self.timeout);
        self.current = Some(Pending { id, op, since: ctx.clock(), hints: 0 });
        self.ask(ctx);
    }

    fn ask(&mut self, ctx: &mut Ctx<'_>) {
        let Some(pending) = &self.current else { return };
        ctx.send(self.asks, Message::Request { id: pending.id, op: pending.op.clone() });
        ctx.set_timer(Timer::Retry, self.patience());
    }

    /// No answer, or none that helps: the next server, in a circle.
    fn retry(&mut self, ctx: &mut Ctx<'_>) {
        let Some(pending) = &mut self.current else { return };
        pending.hints = 0;
        self.turn = (self.turn + 1) % self.near.len();
        if self.near[self.turn] == self.asks {
            self.turn = (self.turn + 1) % self.near.len();
        }
        self.asks = self.near[self.turn];
        ctx.note(Note::AsksElsewhere { id: pending.id, server: self.asks, after_silence: true });
        self.ask(ctx);
    }

    fn end(&mut self, outcome: Outcome, ctx: &mut Ctx<'_>) {
        let Some(pending) = self.current.take() else { return };
        self.learn(&pending.op, &outcome);
        ctx.complete(pending.id, outcome);
        ctx.cancel_timer(Timer::Retry);
        ctx.cancel_timer(Timer::GiveUp);
        if let Some(op) = self.queue.pop_front() {
            self.begin(op, ctx);
        }
    }

    /// How long it waits for one server before it tries another: a quarter of its whole patience.
    fn patience(&self) -> Span {
        Span((self.timeout.0 / 4).max(1))
    }
}
