//! Steps: a process takes one input, and its effects take place.

use core::mem;

use super::seat::{Armed, TimerSlot};
use super::{Setup, World};
use crate::action::By;
use crate::event::{EventKind, Loss};
use crate::flight::InFlight;
use crate::id::{EventId, MsgId, ProcessId};
use crate::links::{Direction, Way};
use crate::network::Sending;
use crate::process::{Context, Effect, EffectOf, Monitor, MsgOf, Process, Protocol, TimerOf};
use crate::queue::Due;
use crate::time::Span;
use crate::trace::Trace;

/// What a process is given in a step.
pub(super) enum Input<P: Process> {
    Start,
    Message(ProcessId, P::Msg),
    Timer(P::Timer),
    Request(P::Op),
}

impl<P: Protocol> World<P> {
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
        let mut ctx = Context::new(who, self.now, seat.clock.shows(self.now), setup.chance, &mut effects)
            .at_wall(seat.clock.wall(self.now))
            .after_draws(seat.drawn_then);
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
            Effect::SetTimer { timer, after } => self.set_timer(who, timer, after, root),
            Effect::CancelTimer { timer } => {
                if let Some(place) = seat.slot(timer) {
                    seat.timers[place].armed = None;
                }
            }
            Effect::Write(write) => seat.unsynced.push(write),
            Effect::Fsync if seat.lies => {}
            Effect::Fsync => seat.sync(seat.unsynced.len()),
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

    /// Sets a timer, in place of the one of that name if it is set.
    fn set_timer(&mut self, who: ProcessId, timer: TimerOf<P>, after: Span, set_by: EventId) {
        let seat = &mut self.seats[who.index()];
        let shows = seat.clock.shows(self.now) + after;
        let key = self.queue.key(seat.clock.when(shows));
        let place = seat.slot(timer).unwrap_or_else(|| {
            seat.timers.push(TimerSlot { timer, armed: None, queued: None });
            seat.timers.len() - 1
        });
        self.arm(who, place, Armed { key, shows, set_at: self.now, set_by });
    }

    /// Sets a timer whose place is known, and sees to it that the queue has an entry no later than it runs out.
    pub(super) fn arm(&mut self, who: ProcessId, place: usize, armed: Armed) {
        let slot = &mut self.seats[who.index()].timers[place];
        slot.armed = Some(armed);
        if slot.queued.is_none_or(|queued| queued > armed.key) {
            slot.queued = Some(armed.key);
            let place = u8::try_from(place).expect("a process has at most 256 timers");
            self.queue.push(armed.key, Due::Timer(who, place));
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
        let (id, at) = (self.next_message(), self.now);
        let Some(Way { nth, cut, quality }) = self.links.send(from, to, at) else {
            let sent = self.emit(trace, Some(from), Some(root), || EventKind::Sent { id, to, due: at, message });
            self.lose_at_sender(trace, id, (from, to), sent, root, Loss::NoLink);
            return;
        };
        // All is drawn from the sending alone, so that what becomes of it changes no other draw.
        let sending = Sending { chance: setup.chance, from, to, at, nth };
        let due = at + quality.latency(sending);
        let lost = cut.is_none() && quality.loses(sending);
        let copy = quality.copy(sending);
        let sent =
            self.emit(trace, Some(from), Some(root), || EventKind::Sent { id, to, due, message: message.clone() });
        if let Some(cut) = cut {
            self.lose_at_sender(trace, id, (from, to), sent, cut, Loss::SentIntoCut);
        } else if lost {
            self.lose_at_sender(trace, id, (from, to), sent, sent, Loss::Chance);
        } else {
            let flight = InFlight { id, from, to, sent_at: at, due, sent, message };
            let original = copy.is_some().then(|| flight.clone());
            self.fly(flight);
            if let (Some(original), Some(latency)) = (original, copy) {
                self.duplicate(trace, original, None, latency);
            }
        }
    }

    /// Lets a message arrive once more, so long from now.
    pub(super) fn duplicate(
        &mut self,
        trace: &mut Trace<P>,
        original: InFlight<MsgOf<P>>,
        by: Option<By>,
        latency: Span,
    ) {
        let InFlight { id, from, sent, .. } = original;
        let copy = self.next_message();
        let due = self.now + latency;
        let (process, cause) = if by.is_none() { (Some(from), Some(sent)) } else { (None, None) };
        self.emit(trace, process, cause, || EventKind::Duplicated { by, id, copy, sent, due });
        self.fly(InFlight { id: copy, due, ..original });
    }

    fn next_message(&mut self) -> MsgId {
        let id = MsgId(self.messages);
        self.messages += 1;
        id
    }

    fn fly(&mut self, flight: InFlight<MsgOf<P>>) {
        let key = self.queue.key(flight.due);
        self.queue.push(key, Due::Arrival(flight.id));
        self.in_flight.push(flight.id, Some(flight));
    }

    fn lose_at_sender(
        &mut self,
        trace: &mut Trace<P>,
        id: MsgId,
        (from, to): Direction,
        sent: EventId,
        cause: EventId,
        loss: Loss,
    ) {
        self.in_flight.push(id, None);
        self.emit(trace, Some(from), Some(cause), || EventKind::Dropped { id, from, to, sent, loss });
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
