//! Histories, and how they are recorded: event by event, each checked as it comes.
//!
//! Knows no file format: whoever reads one tells the recorder what each line says.

use core::fmt;
use std::collections::BTreeMap;

use super::fault::{Fault, FaultKind};
use super::op::{Answer, Call, End, Key, Moment, Op, Value};

/// The most events of a history.
pub const EVENTS_MAX: u32 = 20_000_000;

/// What clients did and saw, in the order in which they asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    ops: Vec<Op>,
    processes: Vec<String>,
    keys: Vec<Datum>,
    values: Vec<Datum>,
}

impl History {
    /// Every operation, in the order of the invocations.
    #[must_use]
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The names of the processes.
    #[must_use]
    pub fn processes(&self) -> &[String] {
        &self.processes
    }

    /// How many keys there are.
    #[must_use]
    pub fn keys(&self) -> u32 {
        u32::try_from(self.keys.len()).unwrap_or(u32::MAX)
    }

    /// What a key is called.
    #[must_use]
    pub fn key(&self, key: Key) -> &Datum {
        self.keys.get(key.0 as usize).unwrap_or(&Datum::Nil)
    }

    /// What a value is.
    #[must_use]
    pub fn value(&self, value: Value) -> &Datum {
        self.values.get(value.0 as usize).unwrap_or(&Datum::Nil)
    }

    /// All values. Their places are what a [`Value`] holds.
    #[must_use]
    pub fn values(&self) -> &[Datum] {
        &self.values
    }

    /// Which operations are on each key, in the order of the invocations.
    #[must_use]
    pub fn by_key(&self) -> Vec<Vec<u32>> {
        let mut split = vec![Vec::new(); self.keys.len()];
        for (op, index) in self.ops.iter().zip(0..) {
            split[op.key.0 as usize].push(index);
        }
        split
    }
}

/// Something that a history names: a key or a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Datum {
    /// Nothing.
    Nil,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Several.
    List(Vec<Self>),
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("nothing"),
            Self::Bool(truth) => truth.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(list) => {
                f.write_str("[")?;
                for (item, index) in list.iter().zip(0_u32..) {
                    write!(f, "{}{item}", if index == 0 { "" } else { " " })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// Which of an operation's two events it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A client asks.
    Invoke,
    /// It was done, and answered.
    Ok,
    /// It was not done, and never will be.
    Fail,
    /// Nobody knows.
    Info,
}

/// The names of what can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// [`Call::Read`]
    Read,
    /// [`Call::Write`]
    Write,
    /// [`Call::Cas`]
    Cas,
    /// [`Call::Append`]
    Append,
    /// [`Call::Acquire`]
    Acquire,
    /// [`Call::Release`]
    Release,
    /// [`Call::Enqueue`]
    Enqueue,
    /// [`Call::Dequeue`]
    Dequeue,
}

/// One line of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whose.
    pub process: String,
    /// Which of the two.
    pub kind: Kind,
    /// What is asked.
    pub function: Function,
    /// On what; [`Datum::Nil`] if there is only one. In an operation's end that may be left out, as may what was written.
    pub key: Datum,
    /// What is written or was read.
    pub value: Datum,
    /// When, if that is known.
    pub time: Option<u64>,
}

/// Takes a history's events one by one.
#[derive(Clone, Debug)]
pub struct Recorder {
    history: History,
    processes: BTreeMap<String, u32>,
    keys: BTreeMap<Datum, u32>,
    values: BTreeMap<Datum, u32>,
    /// By process: the operation that is open.
    open: Vec<Option<u32>>,
    events: u32,
    time: u64,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new() -> Self {
        let history = History { values: vec![Datum::Nil], ..History::default() };
        Self {
            history,
            processes: BTreeMap::new(),
            keys: BTreeMap::new(),
            values: BTreeMap::from([(Datum::Nil, 0)]),
            open: Vec::new(),
            events: 0,
            time: 0,
        }
    }

    /// Takes the next event. `line` is where it stands, from 1.
    ///
    /// # Errors
    /// What is wrong with it, if it can't be the next of this history. It then does not count.
    pub fn take(&mut self, line: u32, event: Event) -> Result<(), Fault> {
        self.enter(line, event).map_err(|what| Fault { line, what })
    }

    /// The history so far. What is open now is open for ever.
    #[must_use]
    pub fn finish(self) -> History {
        self.history
    }

    fn enter(&mut self, line: u32, event: Event) -> Result<(), FaultKind> {
        if self.events >= EVENTS_MAX {
            return Err(FaultKind::TooLong);
        }
        let time = event.time.unwrap_or(self.time);
        if time < self.time {
            return Err(FaultKind::Backwards);
        }
        let moment = Moment { place: self.events, time };
        let process = self.process(&event.process);
        match (event.kind, self.open[process as usize]) {
            (Kind::Invoke, None) => self.invoke(line, process, moment, event)?,
            (Kind::Invoke, Some(open)) => {
                let op = &self.history.ops[open as usize];
                let (process, since) = (event.process, op.line);
                let crashed = op.ended.is_some();
                return Err(if crashed {
                    FaultKind::Crashed { process, since }
                } else {
                    FaultKind::StillOpen { process, since }
                });
            }
            (_, None) => return Err(FaultKind::NotAsked { process: event.process }),
            (_, Some(open)) => self.end(open, moment, event)?,
        }
        self.events += 1;
        self.time = time;
        Ok(())
    }

    fn invoke(&mut self, line: u32, process: u32, invoked: Moment, event: Event) -> Result<(), FaultKind> {
        let call = self.call(&event)?;
        let key = Key(place(&mut self.keys, &mut self.history.keys, event.key));
        let index = u32::try_from(self.history.ops.len()).map_err(|_| FaultKind::TooLong)?;
        self.history.ops.push(Op { process, key, call, end: End::Unknown, invoked, ended: None, line });
        self.open[process as usize] = Some(index);
        Ok(())
    }

    fn end(&mut self, open: u32, moment: Moment, event: Event) -> Result<(), FaultKind> {
        let op = self.history.ops[open as usize];
        if op.ended.is_some() {
            return Err(FaultKind::NotAsked { process: event.process });
        }
        let of_key = event.key == Datum::Nil || *self.history.key(op.key) == event.key;
        if !of_key || !self.is_end_of(op.call, &event) {
            return Err(FaultKind::Other { process: event.process, since: op.line });
        }
        let end = match event.kind {
            Kind::Ok => End::Ok(self.answer(op.call, &event)?),
            Kind::Fail => End::Failed,
            Kind::Invoke | Kind::Info => End::Unknown,
        };
        let ended = &mut self.history.ops[open as usize];
        (ended.end, ended.ended) = (end, Some(moment));
        if end != End::Unknown {
            self.open[op.process as usize] = None;
        }
        Ok(())
    }

    /// Whether an event can end a call. What was written need not be told again.
    fn is_end_of(&self, call: Call, event: &Event) -> bool {
        let again = |value: Value| event.value == Datum::Nil || event.value == *self.history.value(value);
        match (call, event.function) {
            (Call::Read, Function::Read)
            | (Call::Dequeue, Function::Dequeue)
            | (Call::Acquire, Function::Acquire)
            | (Call::Release, Function::Release) => true,
            (Call::Write(value), Function::Write)
            | (Call::Append(value), Function::Append)
            | (Call::Enqueue(value), Function::Enqueue) => again(value),
            (Call::Cas { from, to }, Function::Cas) => match &event.value {
                Datum::List(pair) => pair[..] == [self.history.value(from).clone(), self.history.value(to).clone()],
                _ => true,
            },
            _ => false,
        }
    }

    /// What an event asks.
    fn call(&mut self, event: &Event) -> Result<Call, FaultKind> {
        let given = |datum: &Datum| if *datum == Datum::Nil { Err(FaultKind::NoValue) } else { Ok(()) };
        Ok(match event.function {
            Function::Read => Call::Read,
            Function::Acquire => Call::Acquire,
            Function::Release => Call::Release,
            Function::Dequeue => Call::Dequeue,
            Function::Write => Call::Write(self.value(&event.value)),
            Function::Append => {
                given(&event.value)?;
                Call::Append(self.value(&event.value))
            }
            Function::Enqueue => {
                given(&event.value)?;
                Call::Enqueue(self.value(&event.value))
            }
            Function::Cas => match &event.value {
                Datum::List(pair) if pair.len() == 2 => {
                    Call::Cas { from: self.value(&pair[0]), to: self.value(&pair[1]) }
                }
                _ => return Err(FaultKind::NoPair),
            },
        })
    }

    fn answer(&mut self, call: Call, event: &Event) -> Result<Answer, FaultKind> {
        Ok(match call {
            Call::Read | Call::Dequeue => Answer::Found(self.value(&event.value)),
            Call::Cas { .. } => match &event.value {
                Datum::Bool(swapped) => Answer::Swapped(*swapped),
                Datum::Nil | Datum::List(_) => Answer::Swapped(true),
                Datum::Int(_) | Datum::Text(_) => return Err(FaultKind::NoTruth),
            },
            Call::Write(_) | Call::Append(_) | Call::Acquire | Call::Release | Call::Enqueue(_) => Answer::Done,
        })
    }

    fn value(&mut self, datum: &Datum) -> Value {
        Value(place(&mut self.values, &mut self.history.values, datum.clone()))
    }

    fn process(&mut self, name: &str) -> u32 {
        if let Some(&known) = self.processes.get(name) {
            return known;
        }
        let place = u32::try_from(self.history.processes.len()).unwrap_or(u32::MAX);
        self.processes.insert(name.to_owned(), place);
        self.history.processes.push(name.to_owned());
        self.open.push(None);
        place
    }
}

/// The place of a datum in a table, which it gets if it has none.
fn place(known: &mut BTreeMap<Datum, u32>, table: &mut Vec<Datum>, datum: Datum) -> u32 {
    if let Some(&place) = known.get(&datum) {
        return place;
    }
    let place = u32::try_from(table.len()).unwrap_or(u32::MAX);
    table.push(datum.clone());
    known.insert(datum, place);
    place
}
