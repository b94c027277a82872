//! What lies before an event: the trace, and in it what was done to the run from outside.
//!
//! It answers what "why?" asks of the world around an event. It knows no protocol.

use sim::{ClockChange, Event, EventId, EventKind as Kind, MsgId, ProcessId, Protocol, Trace};

/// The past of a branch.
pub struct Past<'a, P: Protocol> {
    /// All events.
    pub trace: &'a Trace<P>,
    /// Those that were done from outside, in order.
    pub(crate) acts: &'a [EventId],
}

impl<'a, P: Protocol> Past<'a, P> {
    /// The events before one, newest first.
    pub fn back_from(&self, id: EventId) -> impl Iterator<Item = &'a Event<P>> + use<'a, P> {
        let trace = self.trace;
        (0..id.0).rev().filter_map(move |past| trace.get(EventId(past)))
    }

    /// The events between two, newest first.
    pub fn back_to(&self, from: EventId, after: EventId) -> impl Iterator<Item = &'a Event<P>> + use<'a, P> {
        let trace = self.trace;
        (after.0 + 1..from.0).rev().filter_map(move |past| trace.get(EventId(past)))
    }

    /// What was done from outside before an event, newest first.
    pub fn acts(&self, before: EventId) -> impl Iterator<Item = &'a Event<P>> + use<'a, P> {
        let (trace, acts) = (self.trace, self.acts);
        let until = acts.partition_point(|act| *act < before);
        acts[..until].iter().rev().filter_map(move |&act| trace.get(act))
    }

    /// What was done to a process before an event, newest first.
    pub fn acts_on(&self, who: ProcessId, before: EventId) -> impl Iterator<Item = &'a Event<P>> + use<'a, P> {
        self.acts(before).filter(move |act| act.process == Some(who))
    }

    /// What stopped a process that stands still at an event: its crash, or its stall.
    #[must_use]
    pub fn stopped_by(&self, who: ProcessId, before: EventId) -> Option<&'a Event<P>> {
        let turned = |act: &&Event<P>| {
            matches!(
                act.kind,
                Kind::Crashed { .. } | Kind::Restarted { .. } | Kind::Paused { .. } | Kind::Resumed { .. }
            )
        };
        let latest = self.acts_on(who, before).find(turned)?;
        matches!(latest.kind, Kind::Crashed { .. } | Kind::Paused { .. }).then_some(latest)
    }

    /// The stall that a process is in at an event.
    #[must_use]
    pub fn stalled_by(&self, who: ProcessId, before: EventId) -> Option<&'a Event<P>> {
        self.stopped_by(who, before).filter(|act| matches!(act.kind, Kind::Paused { .. }))
    }

    /// What made a process slow that is slow at an event.
    #[must_use]
    pub fn slowed_by(&self, who: ProcessId, before: EventId) -> Option<&'a Event<P>> {
        let latest = self.acts_on(who, before).find(|act| matches!(act.kind, Kind::Slowed { .. }))?;
        matches!(latest.kind, Kind::Slowed { times: 1.., .. }).then_some(latest)
    }

    /// What made a process's clock drift as it does at an event, with the drift in parts per million, if it does.
    #[must_use]
    pub fn drift_of(&self, who: ProcessId, before: EventId) -> Option<(i32, &'a Event<P>)> {
        let drift = |act: &'a Event<P>| match act.kind {
            Kind::ClockSet { change: ClockChange::Drift(ppm), .. } => Some((ppm, act)),
            _ => None,
        };
        self.acts_on(who, before).find_map(drift).filter(|(ppm, _)| *ppm != 0)
    }

    /// What changed a link for good or ill that is still so at an event.
    #[must_use]
    pub fn shaped_by(&self, link: (ProcessId, ProcessId), before: EventId) -> Option<&'a Event<P>> {
        let shapes = |act: &&Event<P>| matches!(&act.kind, Kind::Shaped { links, .. } if links.contains(&link));
        let latest = self.acts(before).find(shapes)?;
        matches!(latest.kind, Kind::Shaped { change: Some(_), .. }).then_some(latest)
    }

    /// What mended a link last, before a message that is the first to arrive over it since then.
    #[must_use]
    pub fn let_through_by(&self, delivered: &Event<P>) -> Option<&'a Event<P>> {
        let (Kind::Delivered { from, .. }, Some(to)) = (&delivered.kind, delivered.process) else { return None };
        let heals = |act: &&Event<P>| matches!(&act.kind, Kind::Healed { links, .. } if links.contains(&(*from, to)));
        let heal = self.acts(delivered.id).find(heals)?;
        let same_link = |event: &Event<P>| match event.kind {
            Kind::Delivered { from: other, .. } => other == *from && event.process == Some(to),
            _ => false,
        };
        (!self.back_to(delivered.id, heal.id).any(same_link)).then_some(heal)
    }

    /// What befell a message on its way, between its sending and its arrival: that it was held up, that it is a
    /// copy, or that it waited at its receiver. The latest of these.
    #[must_use]
    pub fn befell(&self, id: MsgId, sent: EventId, arrived: EventId) -> Option<&'a Event<P>> {
        self.back_to(arrived, sent).find(|event| match event.kind {
            Kind::Delayed { id: other, .. } | Kind::Waits { id: other, .. } => other == id,
            Kind::Duplicated { copy, .. } => copy == id,
            _ => false,
        })
    }
}
