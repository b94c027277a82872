//! Steps: a process takes one input, and its effects take place.

use core::mem;

use super::{Setup, TimerSlot, World};
use crate::event::{EventKind, Loss};
use crate::flight::InFlight;
use crate::id::{EventId, MsgId, ProcessId};
use crate::process::{Context, Disk, Effect, EffectOf, Monitor, MsgOf, Process, Protocol};
use crate::queue::Due;
use crate::trace::Trace;

/// What a process is given in a step.
pub(super) enum Input<P: Process> {
    Start,
    Message(ProcessId, P::Msg),
    Timer(P::Timer),
    Request(P::Op),
}

impl<P: Protocol> World<P> {
    pub(super) fn arrive(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, id: MsgId) {
        let flight = self.in_flight.take(id).expect("the queue's entry is up to date");
        let InFlight { from, to, sent, message, .. } = flight;
        if let Some(crash) = self.seats[to.index()].crashed_by {
            let loss = Loss::ReceiverDown;
            self.emit(trace, Some(to), Some(crash), || EventKind::Dropped { id, from, to, sent, loss });
            return;
        }
        let root = self.emit(trace, Some(to), Some(sent), || EventKind::Delivered { id, from, sent });
        self.react(setup, trace, to, root, Input::Message(from, message));
    }

    pub(super) fn fire(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, who: ProcessId, slot: u8) {
        let slot = &mut self.seats[who.index()].timers[usize::from(slot)];
        let timer = slot.timer;
        let (_, set_at, set_by) = slot.armed.take().expect("the queue's entry is up to date");
        slot.queued = None;
        let root = self.emit(trace, Some(who), Some(set_by), || EventKind::TimerFired { timer, set_at });
        self.react(setup, trace, who, root, Input::Timer(timer));
    }

    /// One step of a process: it takes the input, then its effects take place in order.
    pub(super) fn react(
        &mut self,
        setup: &Setup<P>,
        trace: &mut Trace<P>,
        who: ProcessId,
        root: EventId,
        input: Input<P::Process>,
    ) {
        let mut effects = mem::take(&mut self.effects);
        let process = self.processes[who.index()].as_mut().expect("only a running process takes a step");
        let seat = &mut self.seats[who.index()];
        if seat.drawn_at != self.now {
            (seat.drawn_at, seat.drawn_then) = (self.now, 0);
        }
        let mut ctx = Context::new(who, self.now, self.now, setup.chance, &mut effects).after_draws(seat.drawn_then);
        match input {
            Input::Start => process.start(&mut ctx),
            Input::Message(from, message) => process.on_message(from, message, &mut ctx),
            Input::Timer(timer) => process.on_timer(timer, &mut ctx),
            Input::Request(op) => process.on_request(op, &mut ctx),
        }
        seat.drawn_then = ctx.draws();
        for effect in effects.drain(..) {
            self.take_place(setup, trace, who, root, effect);
        }
        self.effects = effects;
        self.observe(trace, who, root);
    }

    fn take_place(
        &mut self,
        setup: &Setup<P>,
        trace: &mut Trace<P>,
        who: ProcessId,
        root: EventId,
        effect: EffectOf<P::Process>,
    ) {
        let seat = &mut self.seats[who.index()];
        match effect {
            Effect::Send { to, msg } => self.send(setup, trace, who, to, root, msg),
            Effect::SetTimer { timer, after } => {
                let key = self.queue.key(self.now + after);
                let index = seat.timers.iter().position(|slot| slot.timer == timer).unwrap_or_else(|| {
                    seat.timers.push(TimerSlot { timer, armed: None, queued: None });
                    seat.timers.len() - 1
                });
                let slot = &mut seat.timers[index];
                slot.armed = Some((key, self.now, root));
                if slot.queued.is_none_or(|queued| queued > key) {
                    slot.queued = Some(key);
                    let index = u8::try_from(index).expect("a process has at most 256 timers");
                    self.queue.push(key, Due::Timer(who, index));
                }
            }
            Effect::CancelTimer { timer } => {
                if let Some(slot) = seat.timers.iter_mut().find(|slot| slot.timer == timer) {
                    slot.armed = None;
                }
            }
            Effect::Write(write) => seat.unsynced.push(write),
            Effect::Fsync => {
                for write in seat.unsynced.drain(..) {
                    seat.disk.apply(&write);
                }
            }
            Effect::Note(note) => {
                self.emit(trace, Some(who), Some(root), || EventKind::Noted(note));
            }
            Effect::Invoke { id, op } => {
                self.emit(trace, Some(who), Some(root), || EventKind::Invoked { id, op });
            }
            Effect::Complete { id, outcome } => {
                self.emit(trace, Some(who), Some(root), || EventKind::Completed { id, outcome });
            }
        }
    }

    fn send(
        &mut self,
        setup: &Setup<P>,
        trace: &mut Trace<P>,
        from: ProcessId,
        to: ProcessId,
        root: EventId,
        message: MsgOf<P>,
    ) {
        let id = MsgId(self.messages);
        self.messages += 1;
        let exists = self.links.exists(from, to);
        // The latency is drawn even if the link is cut, so that a cut changes no other draw.
        let due = if exists {
            let nth = self.links.count_sending(from, to, self.now);
            self.now + setup.network.latency(setup.chance, from, to, self.now, nth)
        } else {
            self.now
        };
        let sent =
            self.emit(trace, Some(from), Some(root), || EventKind::Sent { id, to, due, message: message.clone() });
        let lost = match (exists, exists.then(|| self.links.cut_by(from, to)).flatten()) {
            (false, _) => Some((root, Loss::NoLink)),
            (true, Some(cut)) => Some((cut, Loss::SentIntoCut)),
            (true, None) => None,
        };
        if let Some((cause, loss)) = lost {
            self.in_flight.push(id, None);
            self.emit(trace, Some(from), Some(cause), || EventKind::Dropped { id, from, to, sent, loss });
            return;
        }
        self.in_flight.push(id, Some(InFlight { id, from, to, sent_at: self.now, due, sent, message }));
        let key = self.queue.key(due);
        self.queue.push(key, Due::Arrival(id));
    }

    /// Lets the monitor look, after a step of `who`.
    pub(super) fn observe(&mut self, trace: &mut Trace<P>, who: ProcessId, root: EventId) {
        let mut breaches = mem::take(&mut self.breaches);
        self.monitor.observe(self.now, who, &self.processes, &mut breaches);
        for breach in breaches.drain(..) {
            self.emit(trace, Some(who), Some(root), || EventKind::Breached(breach));
        }
        self.breaches = breaches;
    }
}
