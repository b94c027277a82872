//! What a client asked, what it was told, and when.
//!
//! Knows neither how a history is stored nor what makes one correct.

/// A value, as its place in the history's table of values. Equal values have equal places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(pub u32);

impl Value {
    /// Nothing: what a register holds before the first write, and what an empty queue answers.
    pub const NIL: Self = Self(0);
}

/// A key, a lock or a queue, as its place in the history's table of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u32);

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// Read the register, or get the key.
    Read,
    /// Write the register, or put the key.
    Write(Value),
    /// Compare and set: if the register holds `from`, it holds `to` afterwards.
    Cas {
        /// What it must hold.
        from: Value,
        /// What it holds then.
        to: Value,
    },
    /// Put text at the end of what the key has.
    Append(Value),
    /// Take the lock.
    Acquire,
    /// Give the lock back.
    Release,
    /// Put a value at the end of the queue.
    Enqueue(Value),
    /// Take the first value off the queue.
    Dequeue,
}

/// What a client was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It is done.
    Done,
    /// The value that was read, or taken off the queue; [`Value::NIL`] if there is none.
    Found(Value),
    /// Whether the compared value was there, so that the new one was set.
    Swapped(bool),
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// With an answer.
    Ok(Answer),
    /// It never happened, and never will.
    Failed,
    /// Nobody knows: it may take effect at any time after it was invoked, or never.
    Unknown,
}

/// A moment of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Its place among the history's events. This, not the time, is the order that verdicts rest on.
    pub place: u32,
    /// Its time, in whatever unit the history uses: for pictures only.
    pub time: u64,
}

/// One operation of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Op {
    /// Whose, as a place in the history's table of processes.
    pub process: u32,
    /// On what.
    pub key: Key,
    /// What was asked.
    pub call: Call,
    /// How it ended.
    pub end: End,
    /// When it was asked.
    pub invoked: Moment,
    /// When it ended; `None` if that was never seen.
    pub ended: Option<Moment>,
    /// The line of the history that asked it, from 1.
    pub line: u32,
}

impl Op {
    /// The place of the event by which it had taken effect if it ever did; [`u32::MAX`] if that is open for ever.
    #[must_use]
    pub fn due(&self) -> u32 {
        match (self.end, self.ended) {
            (End::Ok(_), Some(ended)) => ended.place,
            _ => u32::MAX,
        }
    }

    /// What the client was told; `None` if it is not known.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        match self.end {
            End::Ok(answer) => Some(answer),
            End::Failed | End::Unknown => None,
        }
    }
}
