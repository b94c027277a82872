//! What was found out about a history, in words and in JSON.

use std::fmt::Write as _;

use ::check::history::{Answer, Call, End, History, Level, Op, Report, Verdict, Witness};
use serde::Serialize;

/// The most operations of a window that are listed.
const LISTED_MAX: usize = 12;

/// For a person.
pub(super) fn words(name: &str, history: &History, report: &Report) -> String {
    let mut words = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| writeln!(words, "{text}").expect("writing to memory does not fail");
    line(format_args!("{name}: {}, judged as {}.", size(history), report.kind));
    for (level, verdict) in &report.verdicts {
        line(format_args!("{}", sentence(*level, verdict)));
        let Verdict::Fails(witness) = verdict else { continue };
        for &op in witness.core.iter().take(LISTED_MAX) {
            let op = &history.ops()[op as usize];
            line(format_args!("  line {:>6}  {}", op.line, deed(history, op)));
        }
        if witness.core.len() > LISTED_MAX {
            line(format_args!("  and {} more", witness.core.len() - LISTED_MAX));
        }
    }
    if report.verdicts.len() > 1 {
        line(format_args!("{}", strongest(report)));
    }
    words
}

/// How long a history is.
pub(super) fn size(history: &History) -> String {
    let many = |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
    format!(
        "{} of {} on {}",
        many(history.ops().len(), "operation", "operations"),
        many(history.processes().len(), "process", "processes"),
        many(history.keys() as usize, "key", "keys"),
    )
}

/// A verdict in a sentence.
pub(super) fn sentence(level: Level, verdict: &Verdict) -> String {
    let phrase = level.phrase();
    match verdict {
        Verdict::Holds => format!("It is {phrase}."),
        Verdict::Fails(witness) => format!("It is not {phrase}: {}", witness.sentence),
        Verdict::Unknown(bound) => format!("Whether it is {phrase} is not known: {bound} was met. Give it more."),
        Verdict::NotJudged { line } => {
            format!(
                "Whether it is {phrase} is not judged: that is defined here for reads and writes, and line {line} is neither."
            )
        }
    }
}

/// The strongest models that are satisfied, in a sentence.
pub(super) fn strongest(report: &Report) -> String {
    let names: Vec<&str> = report.strongest().into_iter().map(Level::phrase).collect();
    match &names[..] {
        [] => "It satisfies none of these models, as far as is known.".to_owned(),
        [one] => format!("The strongest that it satisfies: it is {one}."),
        more => format!("The strongest that it satisfies: it is {}.", more.join(", ")),
    }
}

/// Who did what, and how it ended.
pub(super) fn deed(history: &History, op: &Op) -> String {
    format!("{} {}", history.processes()[op.process as usize], asked(history, op))
}

/// What was asked, and how it ended: `read 3`.
pub(super) fn asked(history: &History, op: &Op) -> String {
    let value = |value| history.value(value).to_string();
    let asked = match (op.call, op.answer()) {
        (Call::Read, Some(Answer::Found(found))) => format!("read {}", value(found)),
        (Call::Read, _) => "read".to_owned(),
        (Call::Write(written), _) => format!("write {}", value(written)),
        (Call::Cas { from, to }, Some(Answer::Swapped(false))) => {
            format!("cas {} → {}, refused", value(from), value(to))
        }
        (Call::Cas { from, to }, _) => format!("cas {} → {}", value(from), value(to)),
        (Call::Append(more), _) => format!("append {}", value(more)),
        (Call::Acquire, _) => "acquire".to_owned(),
        (Call::Release, _) => "release".to_owned(),
        (Call::Enqueue(put), _) => format!("enqueue {}", value(put)),
        (Call::Dequeue, Some(Answer::Found(taken))) => format!("dequeue {}", value(taken)),
        (Call::Dequeue, _) => "dequeue".to_owned(),
    };
    match op.end {
        End::Ok(_) => asked,
        End::Failed => format!("{asked}, failed"),
        End::Unknown => format!("{asked}, unknown"),
    }
}

#[derive(Serialize)]
struct Told {
    model: &'static str,
    operations: usize,
    processes: usize,
    keys: u32,
    strongest: Vec<&'static str>,
    verdicts: Vec<Judged>,
}

#[derive(Serialize)]
struct Judged {
    consistency: &'static str,
    verdict: &'static str,
    sentence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Shown>,
}

#[derive(Serialize)]
struct Shown {
    /// The key's name, if it is about one.
    key: Option<String>,
    /// The operations that can't be ordered.
    window: Vec<Listed>,
    /// The lines of the longest part of an order, in that order.
    longest: Vec<u32>,
    /// The line of the operation that was due then.
    stuck: Option<u32>,
}

#[derive(Serialize)]
struct Listed {
    line: u32,
    process: String,
    what: String,
}

/// For a program.
pub(super) fn json(history: &History, report: &Report) -> Result<String, serde_json::Error> {
    let judged = |(level, verdict): &(Level, Verdict)| Judged {
        consistency: level.word(),
        verdict: match verdict {
            Verdict::Holds => "holds",
            Verdict::Fails(_) => "fails",
            Verdict::Unknown(_) => "unknown",
            Verdict::NotJudged { .. } => "not judged",
        },
        sentence: sentence(*level, verdict),
        witness: if let Verdict::Fails(witness) = verdict { Some(shown(history, witness)) } else { None },
    };
    serde_json::to_string_pretty(&Told {
        model: report.kind.word(),
        operations: history.ops().len(),
        processes: history.processes().len(),
        keys: history.keys(),
        strongest: report.strongest().into_iter().map(Level::word).collect(),
        verdicts: report.verdicts.iter().map(judged).collect(),
    })
}

fn shown(history: &History, witness: &Witness) -> Shown {
    let op = |op: u32| &history.ops()[op as usize];
    let listed = |&index: &u32| Listed {
        line: op(index).line,
        process: history.processes()[op(index).process as usize].clone(),
        what: asked(history, op(index)),
    };
    Shown {
        key: witness.key.map(|key| history.key(key).to_string()),
        window: witness.core.iter().map(listed).collect(),
        longest: witness.longest.iter().map(|&index| op(index).line).collect(),
        stuck: witness.stuck.map(|index| op(index).line),
    }
}
