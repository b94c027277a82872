//! One line of a history in JSON. The format is described in [`super`].

use ::check::history::{Datum, Event, Function, Kind};
use serde::Deserialize;
use serde_json::Value;

/// A line as it stands there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    process: Value,
    #[serde(rename = "type")]
    kind: String,
    f: String,
    #[serde(default)]
    key: Value,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    time: Option<u64>,
    #[serde(default, rename = "index")]
    _index: serde::de::IgnoredAny,
    #[serde(default, rename = "error")]
    _error: serde::de::IgnoredAny,
}

/// Reads a line.
pub(super) fn event(text: &str) -> Result<Event, String> {
    let line: Line = serde_json::from_str(text).map_err(|error| {
        format!(
            "is no event: {error}; expected something like \
             {{\"process\": 0, \"type\": \"invoke\", \"f\": \"write\", \"key\": \"x\", \"value\": 1}}"
        )
    })?;
    let process = match &line.process {
        Value::Number(number) if number.is_u64() => format!("C{number}"),
        Value::String(name) if !name.is_empty() => name.clone(),
        other => return Err(format!("`process` is {other}; expected a whole number or a name")),
    };
    Ok(Event {
        process,
        kind: kind(&line.kind)?,
        function: function(&line.f)?,
        key: datum(&line.key, "key")?,
        value: datum(&line.value, "value")?,
        time: line.time,
    })
}

/// What an event's `type` means.
pub(super) fn kind(word: &str) -> Result<Kind, String> {
    Ok(match word {
        "invoke" => Kind::Invoke,
        "ok" => Kind::Ok,
        "fail" => Kind::Fail,
        "info" => Kind::Info,
        _ => return Err(format!("`type` is {word:?}; expected invoke, ok, fail or info")),
    })
}

/// What an event's `f` means.
pub(super) fn function(word: &str) -> Result<Function, String> {
    Ok(match word {
        "read" | "get" => Function::Read,
        "write" | "put" => Function::Write,
        "cas" => Function::Cas,
        "append" => Function::Append,
        "acquire" => Function::Acquire,
        "release" => Function::Release,
        "enqueue" => Function::Enqueue,
        "dequeue" => Function::Dequeue,
        _ => {
            return Err(format!(
                "`f` is {word:?}; expected read, write, cas, get, put, append, acquire, release, enqueue or dequeue"
            ));
        }
    })
}

fn datum(value: &Value, name: &str) -> Result<Datum, String> {
    Ok(match value {
        Value::Null => Datum::Nil,
        Value::Bool(truth) => Datum::Bool(*truth),
        Value::Number(number) => Datum::Int(number.as_i64().ok_or_else(|| {
            format!("`{name}` has {number}; expected a whole number of at most 63 bits. Write others as text")
        })?),
        Value::String(text) => Datum::Text(text.clone()),
        Value::Array(list) => Datum::List(list.iter().map(|item| datum(item, name)).collect::<Result<_, _>>()?),
        Value::Object(_) => {
            return Err(format!("`{name}` has an object; expected null, true, false, a whole number, text, or a list"));
        }
    })
}
