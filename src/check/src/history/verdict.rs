//! What a history comes to: the verdicts on every model that was asked for, each failure with its witness.

use core::fmt;

use super::explain;
use super::level::Level;
use super::linear::{self, Bound, Limits};
use super::model::{Kind, items};
use super::op::{Key, Op};
use super::record::History;
use super::weak;

/// Whether a history satisfies a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It does not, and this shows it.
    Fails(Box<Witness>),
    /// A limit was met before that was known.
    Unknown(Bound),
    /// The model is not defined for what this line asks, or for locks and queues.
    NotJudged {
        /// From 1.
        line: u32,
    },
}

/// What shows that a history does not satisfy a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The key whose operations do not fit, if it is those of one.
    pub key: Option<Key>,
    /// The operations that can't be ordered, as places in the history. Without any one of them, if that can be left
    /// out at all, the others can. Empty if it takes all of them.
    pub core: Vec<u32>,
    /// The longest part of an order that was found, as places in the history. Only where real time counts.
    pub longest: Vec<u32>,
    /// The operation that was due then and had no place.
    pub stuck: Option<u32>,
    /// Why, in one sentence.
    pub sentence: String,
}

impl Witness {
    /// When the core began and when it ended, as places of events: the window that can't be ordered.
    #[must_use]
    pub fn window(&self, history: &History) -> Option<(u32, u32)> {
        let ops = || self.core.iter().map(|&op| &history.ops()[op as usize]);
        let ended = |op: &Op| op.ended.map_or(op.invoked.place, |ended| ended.place);
        Some((ops().map(|op| op.invoked.place).min()?, ops().map(ended).max()?))
    }
}

/// All that was found out about a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What it was judged by.
    pub kind: Kind,
    /// Each model that was judged, the strongest first.
    pub verdicts: Vec<(Level, Verdict)>,
}

impl Report {
    /// The verdict on a model, if it was judged.
    #[must_use]
    pub fn verdict(&self, level: Level) -> Option<&Verdict> {
        self.verdicts.iter().find(|(judged, _)| *judged == level).map(|(_, verdict)| verdict)
    }

    /// The strongest models that are satisfied: none of them follows from another that is.
    #[must_use]
    pub fn strongest(&self) -> Vec<Level> {
        let held = || self.verdicts.iter().filter(|(_, verdict)| *verdict == Verdict::Holds).map(|(level, _)| *level);
        held().filter(|&level| held().all(|other| other == level || !other.implies(level))).collect()
    }
}

/// The operations of a history do not go with the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The line of the first that does not, from 1.
    pub line: u32,
    /// The model, if one was asked for.
    pub kind: Option<Kind>,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Some(kind) => {
                write!(f, "line {}: a {kind} is never asked this; leave `--model` out, or take another", self.line)
            }
            None => write!(
                f,
                "line {}: no model is asked this and what stands before it; keep locks, queues and keys in histories of their own",
                self.line
            ),
        }
    }
}

impl std::error::Error for Misfit {}

/// How a history is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// By which model; found out if not given.
    pub kind: Option<Kind>,
    /// The most that each search may take: one for each key, and one for each weaker model.
    pub limits: Limits,
    /// How many threads judge keys; 0 is one. The verdicts do not depend on it.
    pub threads: u32,
}

/// Judges a history by these models; those that follow from what is found are told too.
///
/// # Errors
/// If the history asks what the model is never asked.
pub fn judge(history: &History, levels: &[Level], options: Options) -> Result<Report, Misfit> {
    let kind = match options.kind {
        Some(kind) => match kind.misfit(history) {
            Some(line) => return Err(Misfit { line, kind: Some(kind) }),
            None => kind,
        },
        None => Kind::of(history).map_err(|line| Misfit { line, kind: None })?,
    };
    let mut judge = Judge { history, kind, options, known: Vec::new() };
    let mut levels = levels.to_vec();
    levels.sort_unstable();
    levels.dedup();
    let verdicts = levels.into_iter().map(|level| (level, judge.verdict(level))).collect();
    Ok(Report { kind, verdicts })
}

struct Judge<'h> {
    history: &'h History,
    kind: Kind,
    options: Options,
    /// What has been found out, so that nothing is asked twice.
    known: Vec<(Level, Verdict)>,
}

impl Judge<'_> {
    fn verdict(&mut self, level: Level) -> Verdict {
        if let Some((_, verdict)) = self.known.iter().find(|(known, _)| *known == level) {
            return verdict.clone();
        }
        let implied = |(known, verdict): &(Level, Verdict)| *verdict == Verdict::Holds && known.implies(level);
        let verdict = if self.known.iter().any(implied) { Verdict::Holds } else { self.find(level) };
        self.known.push((level, verdict.clone()));
        verdict
    }

    fn find(&mut self, level: Level) -> Verdict {
        if level == Level::Linearizable {
            return linearizable(self.history, self.kind, self.options);
        }
        if !matches!(self.kind, Kind::Register | Kind::Kv) {
            return Verdict::NotJudged { line: self.history.ops().first().map_or(1, |op| op.line) };
        }
        if level != Level::Sequential {
            return self.tell(level, weak::judge(self.history, level, self.options.limits));
        }
        // What is quick to find out, and settles most histories.
        if self.verdict(Level::Linearizable) == Verdict::Holds {
            return Verdict::Holds;
        }
        let causal = weak::judge(self.history, Level::Causal, self.options.limits);
        let found = weak::sequential(self.history, &causal, self.options.limits);
        self.tell(level, found)
    }

    fn tell(&self, level: Level, outcome: weak::Outcome) -> Verdict {
        match outcome {
            weak::Outcome::Holds => Verdict::Holds,
            weak::Outcome::Fails(why) => Verdict::Fails(Box::new(explain::weakly(self.history, level, &why))),
            weak::Outcome::Unknown(bound) => Verdict::Unknown(bound),
            weak::Outcome::NotJudged(line) => Verdict::NotJudged { line },
        }
    }
}

/// Judges each key by itself. Of several that fail, the first one is told.
fn linearizable(history: &History, kind: Kind, options: Options) -> Verdict {
    let keys = history.by_key();
    let decide = |key: usize| linear::decide(history.values(), kind, &items(history, &keys[key]), options.limits);
    let mut unknown = None;
    for (key, outcome) in super::parallel::until_one_breaks(keys.len(), options.threads, decide) {
        match outcome {
            linear::Outcome::Fits => {}
            linear::Outcome::Breaks => {
                let items = items(history, &keys[key]);
                let witness = explain::linearly(history, kind, &items, options.limits);
                return Verdict::Fails(Box::new(witness));
            }
            linear::Outcome::Unknown(bound) => unknown = unknown.or(Some(bound)),
        }
    }
    unknown.map_or(Verdict::Holds, Verdict::Unknown)
}
