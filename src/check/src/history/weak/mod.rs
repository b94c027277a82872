//! The models weaker than linearizability: what each process saw, without real time. Defined in [`super::level`].

mod acts;
mod relation;
mod sequential;
mod sources;
mod view;

use super::level::Level;
use super::linear::{Bound, Limits};
use super::model::Table;
use super::record::History;

use acts::{Acts, Source};
use sources::{Clashed, Search};
use view::Clash;

pub(crate) use sequential::judge as sequential;

/// What a history comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Holds,
    Fails(Why),
    Unknown(Bound),
    /// The line of an operation that this model can't be judged for.
    NotJudged(u32),
}

/// Why a model does not hold. All are places in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Why {
    /// The read that can't have found what it did; `None` if no single one is to blame.
    pub(crate) read: Option<u32>,
    /// The write that it saw; `None` if that is what was there before every write, or nobody can have written it.
    pub(crate) source: Option<u32>,
    /// How the two clash.
    pub(crate) how: How,
}

impl Why {
    /// All orders were tried.
    fn no_order() -> Self {
        Self { read: None, source: None, how: How::Every(None) }
    }
}

/// How a read and what it saw clash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Nobody wrote it, or only the same process and later.
    Nowhere,
    /// This write to the same key stands between.
    Between(u32),
    /// The read stands before the write.
    Before,
    /// Every way to tell which write the reads saw clashes; this is where the last one did.
    Every(Option<u32>),
}

/// Whether a history satisfies a model from [`Level::Causal`] down.
pub(crate) fn judge(history: &History, level: Level, limits: Limits) -> Outcome {
    let acts = match Acts::of(history) {
        Ok(acts) => acts,
        Err(line) => return Outcome::NotJudged(line),
    };
    let op = |act: u32| acts.get(act).op;
    if let Some(read) = acts.numbers().find(|&act| acts.get(act).reads.is_some() && acts.sources(act).is_empty()) {
        return Outcome::Fails(Why { read: Some(op(read)), source: None, how: How::Nowhere });
    }
    if level == Level::ReadYourWrites {
        return read_your_writes(&acts);
    }
    let found = match level {
        Level::Causal | Level::WritesFollowReads => Search::new(&acts, level, None, limits).run(),
        _ => {
            let mut spent = limits;
            let mut found = Ok(());
            for process in 0..acts.processes {
                let mut search = Search::new(&acts, level, Some(process), spent);
                found = search.run();
                spent.steps = spent.steps.saturating_sub(search.steps());
                if found.is_err() {
                    break;
                }
            }
            found
        }
    };
    let why = |Clash { read, source, between }: Clash, sure: bool| {
        let between = between.map(op);
        let how = match between {
            _ if !sure => How::Every(between),
            Some(between) => How::Between(between),
            None => How::Before,
        };
        Why { read: Some(op(read)), source: source.map(op), how }
    };
    match found {
        Ok(()) => Outcome::Holds,
        Err(Clashed::Surely(clash)) => Outcome::Fails(why(clash, true)),
        Err(Clashed::Always(clash)) => Outcome::Fails(why(clash, false)),
        Err(Clashed::GaveUp(bound)) => Outcome::Unknown(bound),
    }
}

/// Each read by itself: it saw its process's last write before it, or another process's.
fn read_your_writes(acts: &Acts) -> Outcome {
    let mut lasts: Table<(u32, u32), u32> = Table::default();
    for read in acts.numbers() {
        let reader = acts.get(read);
        let place = (reader.process, reader.key.0);
        if let (Some(_), Some(&last)) = (reader.reads, lasts.get(&place)) {
            let fits = |source: &Source| {
                source.is_some_and(|write| acts.get(write).process != reader.process || write == last)
            };
            let sources = acts.sources(read);
            if !sources.iter().any(fits) {
                let source = sources.first().copied().flatten().map(|write| acts.get(write).op);
                let how = How::Between(acts.get(last).op);
                return Outcome::Fails(Why { read: Some(reader.op), source, how });
            }
        }
        if reader.writes.is_some() {
            lasts.insert(place, read);
        }
    }
    Outcome::Holds
}
