//! What is due at a process: it is taken at once, or waits while the process is stalled or slow.
//!
//! A stalled process takes nothing. A slow one works on one input at a time; that the input is taken, and all that
//! the step does, happens at the end of the work. An input that becomes due meanwhile joins the end of the inbox.
//! After a stall the process works off its inbox in no time, one input after the other.

use super::seat::Seat;
use super::step::Input;
use super::{INBOX_MAX, Setup, WORK, World};
use crate::event::{EventKind, Loss};
use crate::flight::InFlight;
use crate::id::{EventId, MsgId, ProcessId};
use crate::process::{MsgOf, OpOf, Process, Protocol};
use crate::queue::{Due, Key};
use crate::time::Span;
use crate::trace::Trace;

/// An input that waits for its process.
#[derive(Clone)]
pub(super) enum Waiting<P: Process> {
    Message(InFlight<P::Msg>),
    /// The timer's place in the table, and how it was set: if it is not set so any more, it does not run out.
    Timer(u8, Key),
    /// What the process is asked for, and the event of the asking.
    Request(EventId, P::Op),
}

impl<P: Protocol> World<P> {
    /// A message arrives.
    pub(super) fn arrive(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, id: MsgId) {
        let flight = self.in_flight.take(id).expect("the queue's entry is up to date");
        let seat = &self.seats[flight.to.index()];
        if let Some(crash) = seat.crashed_by {
            self.lose_at_receiver(trace, &flight, crash);
        } else if seat.makes_wait() {
            let InFlight { from, to, sent, .. } = flight;
            self.emit(trace, Some(to), Some(sent), || EventKind::Waits { id, from, sent });
            self.wait(to, Waiting::Message(flight));
        } else {
            self.deliver(setup, trace, flight);
        }
    }

    /// A timer runs out.
    pub(super) fn run_out(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, who: ProcessId, place: u8) {
        let seat = &mut self.seats[who.index()];
        let slot = &mut seat.timers[usize::from(place)];
        slot.queued = None;
        let key = slot.armed.expect("the queue's entry is up to date").key;
        if seat.makes_wait() {
            self.wait(who, Waiting::Timer(place, key));
        } else {
            self.fire(setup, trace, who, place);
        }
    }

    /// Somebody outside asks a process for something; `asked` is the event of that.
    pub(super) fn ask(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, who: ProcessId, asked: EventId, op: OpOf<P>) {
        if self.seats[who.index()].makes_wait() {
            self.wait(who, Waiting::Request(asked, op));
        } else {
            self.react(setup, trace, who, asked, Input::Request(op));
        }
    }

    /// A process is done with its work on the first input that waits.
    pub(super) fn work(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, who: ProcessId) {
        let seat = &mut self.seats[who.index()];
        seat.drop_stale_timers();
        let Some(input) = seat.inbox.pop_front() else {
            seat.at_work = None;
            return;
        };
        match input {
            Waiting::Message(flight) => self.deliver(setup, trace, flight),
            Waiting::Timer(place, _) => self.fire(setup, trace, who, place),
            Waiting::Request(asked, op) => self.react(setup, trace, who, asked, Input::Request(op)),
        }
        self.take_up(who);
    }

    /// A process begins with the first input that waits, if one does and it is not stalled. If it had begun already
    /// it begins anew.
    pub(super) fn take_up(&mut self, who: ProcessId) {
        let seat = &mut self.seats[who.index()];
        seat.drop_stale_timers();
        seat.at_work = None;
        if !seat.paused && !seat.inbox.is_empty() {
            let key = self.queue.key(self.now + Span(WORK.0 * u64::from(seat.slowness)));
            seat.at_work = Some(key);
            self.queue.push(key, Due::Work(who));
        }
    }

    /// Empties the inbox of a process that has crashed: its messages are lost.
    pub(super) fn empty_inbox(&mut self, trace: &mut Trace<P>, who: ProcessId, crash: EventId) {
        self.seats[who.index()].at_work = None;
        for input in core::mem::take(&mut self.seats[who.index()].inbox) {
            if let Waiting::Message(flight) = input {
                self.lose_at_receiver(trace, &flight, crash);
            }
        }
    }

    fn wait(&mut self, who: ProcessId, input: Waiting<P::Process>) {
        let seat = &mut self.seats[who.index()];
        seat.inbox.push_back(input);
        self.inbox_overflows |= seat.inbox.len() > INBOX_MAX as usize;
        if seat.at_work.is_none() {
            self.take_up(who);
        }
    }

    fn deliver(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, flight: InFlight<MsgOf<P>>) {
        let InFlight { id, from, to, sent, message, .. } = flight;
        let root = self.emit(trace, Some(to), Some(sent), || EventKind::Delivered { id, from, sent });
        self.react(setup, trace, to, root, Input::Message(from, message));
    }

    fn fire(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, who: ProcessId, place: u8) {
        let slot = &mut self.seats[who.index()].timers[usize::from(place)];
        let timer = slot.timer;
        let armed = slot.armed.take().expect("only a timer that is set runs out");
        let set_at = armed.set_at;
        let root = self.emit(trace, Some(who), Some(armed.set_by), || EventKind::TimerFired { timer, set_at });
        self.react(setup, trace, who, root, Input::Timer(timer));
    }

    fn lose_at_receiver(&mut self, trace: &mut Trace<P>, flight: &InFlight<MsgOf<P>>, crash: EventId) {
        let &InFlight { id, from, to, sent, .. } = flight;
        let loss = Loss::ReceiverDown;
        self.emit(trace, Some(to), Some(crash), || EventKind::Dropped { id, from, to, sent, loss });
    }
}

impl<P: Protocol> Seat<P> {
    /// Forgets timers at the front of the inbox that were set anew or cancelled while they waited.
    fn drop_stale_timers(&mut self) {
        while let Some(&Waiting::Timer(place, key)) = self.inbox.front() {
            if self.timers[usize::from(place)].armed.is_some_and(|armed| armed.key == key) {
                return;
            }
            self.inbox.pop_front();
        }
    }
}
