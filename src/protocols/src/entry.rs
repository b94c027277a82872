//! How an entry came into a server's log, and how the server came to know it settled: the events that answer why a
//! cell of a log is there. It knows no protocol: what a note says of entries, [`Shown::note_entries`] tells.

use sim::{EventId, EventKind as Kind, ProcessId, Time, Trace};

use crate::shown::Shown;
use crate::view::EventView;

/// What a note says of entries, from one index up to and with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// The server took them into its log.
    TakenIn(u64, u64),
    /// The server learnt that they are settled.
    Settled(u64, u64),
}

/// How an entry of a server's log came about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryEvents {
    /// The server took it into its log. `None` if it never did: it had it in a snapshot.
    pub taken_in: Option<EventView>,
    /// The server learnt that it is settled, if it has.
    pub settled: Option<EventView>,
}

/// The last events up to a moment by which a server took an entry in, and learnt that it is settled. Takes time in
/// proportion to the events since then.
pub(crate) fn events<P: Shown>(
    trace: &Trace<P>,
    node: ProcessId,
    index: u64,
    now: Time,
) -> (Option<EventId>, Option<EventId>) {
    let mut settled = None;
    for event in trace.until(now).rev().filter(|event| event.process == Some(node)) {
        let Kind::Noted(note) = &event.kind else { continue };
        match P::note_entries(note) {
            Some(Entries::TakenIn(first, last)) if (first..=last).contains(&index) => return (Some(event.id), settled),
            Some(Entries::Settled(first, last)) if settled.is_none() && (first..=last).contains(&index) => {
                settled = Some(event.id);
            }
            _ => {}
        }
    }
    (None, settled)
}
