//! A history as the weaker models see it: reads and writes of processes, without real time.

use crate::history::model::Table;
use crate::history::op::{Answer, Call, End, Key, Op, Value};
use crate::history::record::History;

/// A read, a write, or both at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    /// Its place in the history.
    pub(crate) op: u32,
    pub(crate) process: u32,
    pub(crate) key: Key,
    pub(crate) reads: Option<Reads>,
    pub(crate) writes: Option<Value>,
}

/// What a read found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    /// This.
    Is(Value),
    /// Something else than this.
    IsNot(Value),
}

impl Reads {
    fn fits(self, value: Value) -> bool {
        match self {
            Self::Is(found) => found == value,
            Self::IsNot(other) => other != value,
        }
    }
}

/// Which write a read saw; `None` if it saw what was there before every write.
pub(crate) type Source = Option<u32>;

/// Everything that processes did, each process's acts in its own order.
#[derive(Clone, Debug)]
pub(crate) struct Acts {
    pub(crate) all: Vec<Act>,
    /// How many processes there are.
    pub(crate) processes: u32,
    /// Who writes what to which key.
    writers: Table<(u32, u32), Vec<u32>>,
    /// Who writes to which key.
    of_key: Table<u32, Vec<u32>>,
}

impl Acts {
    /// What a history did; the line of an operation that is neither a read nor a write if there is one.
    pub(crate) fn of(history: &History) -> Result<Self, u32> {
        let mut all = Vec::with_capacity(history.ops().len());
        for (op, index) in history.ops().iter().zip(0..) {
            if op.end == End::Failed {
                continue;
            }
            let Some((reads, writes)) = parts(op) else { return Err(op.line) };
            if reads.is_some() || writes.is_some() {
                all.push(Act { op: index, process: op.process, key: op.key, reads, writes });
            }
        }
        let mut found: Table<(u32, u32), ()> = Table::default();
        let mut refused: Table<u32, ()> = Table::default();
        for act in &all {
            match act.reads {
                Some(Reads::Is(value)) => drop(found.insert((act.key.0, value.0), ())),
                Some(Reads::IsNot(_)) => drop(refused.insert(act.key.0, ())),
                None => {}
            }
        }
        // A write of unknown outcome that no read can have seen may as well not have happened.
        all.retain(|act| {
            let seen = |value: Value| found.contains_key(&(act.key.0, value.0)) || refused.contains_key(&act.key.0);
            history.ops()[act.op as usize].answer().is_some() || act.writes.is_some_and(seen)
        });
        let (mut writers, mut of_key): (Table<_, Vec<u32>>, Table<_, Vec<u32>>) = Default::default();
        for (act, index) in all.iter().zip(0..) {
            if let Some(value) = act.writes {
                writers.entry((act.key.0, value.0)).or_default().push(index);
                of_key.entry(act.key.0).or_default().push(index);
            }
        }
        Ok(Self { all, processes: u32::try_from(history.processes().len()).unwrap_or(u32::MAX), writers, of_key })
    }

    /// The writes to a key, as they were asked.
    pub(crate) fn writes_to(&self, key: Key) -> &[u32] {
        self.of_key.get(&key.0).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn get(&self, act: u32) -> &Act {
        &self.all[act as usize]
    }

    /// Their numbers.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        (0..).take(self.all.len())
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(u32::MAX)
    }

    /// The acts of a process, in its order.
    pub(crate) fn of_process(&self, process: u32) -> impl Iterator<Item = u32> + '_ {
        self.numbers().filter(move |&act| self.get(act).process == process)
    }

    /// What a read can have seen: never what its own process wrote later.
    pub(crate) fn sources(&self, read: u32) -> Vec<Source> {
        let reader = self.get(read);
        let Some(found) = reader.reads else { return Vec::new() };
        let fits = |&act: &u32| {
            let writer = self.get(act);
            let later = writer.process == reader.process && act >= read;
            !later && writer.writes.is_some_and(|value| found.fits(value))
        };
        let writers = match found {
            Reads::Is(value) => self.writers.get(&(reader.key.0, value.0)).map_or(&[][..], Vec::as_slice),
            Reads::IsNot(_) => self.writes_to(reader.key),
        };
        let start = found.fits(Value::NIL).then_some(None);
        start.into_iter().chain(writers.iter().copied().filter(fits).map(Some)).collect()
    }
}

/// What an operation read and wrote; `None` if that can't be told.
fn parts(op: &Op) -> Option<(Option<Reads>, Option<Value>)> {
    Some(match (op.call, op.answer()) {
        (Call::Read, Some(Answer::Found(value))) => (Some(Reads::Is(value)), None),
        (Call::Read, _) => (None, None),
        (Call::Write(value), _) => (None, Some(value)),
        (Call::Cas { from, to }, Some(Answer::Swapped(true))) => (Some(Reads::Is(from)), Some(to)),
        (Call::Cas { from, .. }, Some(Answer::Swapped(false))) => (Some(Reads::IsNot(from)), None),
        (Call::Cas { to, .. }, _) => (None, Some(to)),
        _ => return None,
    })
}
