//! Lines of a history in EDN, as Jepsen and Knossos write them for a register. Nothing else of EDN is read.

use ::check::history::{Datum, Event, Kind};

use super::jsonl;

/// Reads line by line. A vector may be around all of them.
#[derive(Debug, Default)]
pub(super) struct Reader {
    inside: bool,
    closed: bool,
}

/// How deep lists may lie in each other.
const DEPTH_MAX: u32 = 16;

/// Something that stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Nil,
    Bool(bool),
    Int(i64),
    Text(String),
    Keyword(String),
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

impl Reader {
    /// The events of a line.
    pub(super) fn events(&mut self, line: &str) -> Result<Vec<Event>, String> {
        let mut text = Text { rest: line };
        let mut events = Vec::new();
        loop {
            text.skip();
            match text.peek() {
                None => return Ok(events),
                Some('[' | '(') if !self.inside && !self.closed => {
                    text.next();
                    self.inside = true;
                }
                Some(']' | ')') if self.inside => {
                    text.next();
                    (self.inside, self.closed) = (false, true);
                }
                Some('{') if !self.closed => {
                    let Form::Map(map) = text.form(0)? else { return Err(expected("a map")) };
                    events.extend(event(&map)?);
                }
                Some('#') if !self.closed => text.tag(),
                Some(other) => return Err(expected(&format!("a map, and there is `{other}`"))),
            }
        }
    }
}

fn expected(what: &str) -> String {
    format!(
        "is no event: expected {what}; each event is a map on one line, such as \
         {{:process 0, :type :invoke, :f :read, :value nil}}"
    )
}

/// What a map tells; `None` for something that no client did.
fn event(map: &[(Form, Form)]) -> Result<Option<Event>, String> {
    let get = |name: &str| {
        map.iter().find(|(key, _)| matches!(key, Form::Keyword(word) if word == name)).map(|(_, value)| value)
    };
    let word = |name: &str| match get(name) {
        Some(Form::Keyword(word)) => Ok(word.as_str()),
        Some(_) => Err(format!("`:{name}` is no keyword; expected something like :invoke or :read")),
        None => Err(expected(&format!("`:{name}`"))),
    };
    let process = match get("process") {
        Some(Form::Int(number)) if *number >= 0 => format!("C{number}"),
        Some(Form::Keyword(_)) => return Ok(None),
        Some(_) => return Err("`:process` is no whole number; expected one, or a keyword such as :nemesis".to_owned()),
        None => return Err(expected("`:process`")),
    };
    let kind = jsonl::kind(word("type")?)?;
    let function = jsonl::function(word("f")?)?;
    let value = get("value").map_or(Ok(Datum::Nil), datum)?;
    let is_pair = matches!(&value, Datum::List(pair) if pair.len() == 2);
    let is_cas = function == ::check::history::Function::Cas;
    let nested = matches!(&value, Datum::List(pair) if pair.iter().any(|item| matches!(item, Datum::List(_))));
    if (is_pair && !is_cas) || (is_cas && nested) {
        return Err("`:value` is a pair: is this [key value] of several registers? \
                    Give the key as `:key`, and the value by itself"
            .to_owned());
    }
    let time = match get("time") {
        None | Some(Form::Nil) => None,
        Some(Form::Int(time)) => Some(u64::try_from(*time).map_err(|_| "`:time` is less than 0".to_owned())?),
        Some(_) => return Err("`:time` is no whole number".to_owned()),
    };
    // What a failed or unknown operation brings along besides is no answer.
    let value = if kind == Kind::Ok || kind == Kind::Invoke { value } else { Datum::Nil };
    Ok(Some(Event { process, kind, function, key: get("key").map_or(Ok(Datum::Nil), datum)?, value, time }))
}

fn datum(form: &Form) -> Result<Datum, String> {
    Ok(match form {
        Form::Nil => Datum::Nil,
        Form::Bool(truth) => Datum::Bool(*truth),
        Form::Int(number) => Datum::Int(*number),
        Form::Text(text) | Form::Keyword(text) => Datum::Text(text.clone()),
        Form::List(list) => Datum::List(list.iter().map(datum).collect::<Result<_, _>>()?),
        Form::Map(_) => {
            return Err("a value is a map; expected nil, true, false, a whole number, text, or a pair".into());
        }
    })
}

/// What is left of a line.
struct Text<'t> {
    rest: &'t str,
}

impl Text<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    /// Skips blanks, commas and remarks.
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if self.rest.starts_with(';') {
            self.rest = "";
        }
    }

    /// Skips a tag such as `#jepsen.history.Op`.
    fn tag(&mut self) {
        self.next();
        self.word();
    }

    /// What stands up to the next blank, comma, bracket or quote.
    fn word(&mut self) -> String {
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '[' | ']' | '{' | '}' | '"' | ';');
        let (word, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        word.to_owned()
    }

    fn form(&mut self, depth: u32) -> Result<Form, String> {
        if depth > DEPTH_MAX {
            return Err(format!("has more than {DEPTH_MAX} brackets within each other"));
        }
        self.skip();
        match self.peek() {
            None => Err(expected("the end of the map on the same line")),
            Some('{') => {
                let all = self.until('}', depth)?;
                if all.len() % 2 == 1 {
                    return Err(expected("a value for each key of the map"));
                }
                let mut all = all.into_iter();
                let mut map = Vec::new();
                while let (Some(key), Some(value)) = (all.next(), all.next()) {
                    map.push((key, value));
                }
                Ok(Form::Map(map))
            }
            Some('[') => self.until(']', depth).map(Form::List),
            Some('(') => self.until(')', depth).map(Form::List),
            Some('"') => self.quoted().map(Form::Text),
            Some('#') => {
                self.tag();
                self.form(depth + 1)
            }
            Some(_) => atom(&self.word()),
        }
    }

    fn until(&mut self, end: char, depth: u32) -> Result<Vec<Form>, String> {
        self.next();
        let mut all = Vec::new();
        loop {
            self.skip();
            if self.peek() == Some(end) {
                self.next();
                return Ok(all);
            }
            all.push(self.form(depth + 1)?);
        }
    }

    fn quoted(&mut self) -> Result<String, String> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some(c @ ('"' | '\\')) => text.push(c),
                    _ => return Err("has a `\\` that is not followed by one of n, t, r, \\ and \"".to_owned()),
                },
                Some(c) => text.push(c),
                None => return Err(expected("the end of the text on the same line")),
            }
        }
    }
}

fn atom(word: &str) -> Result<Form, String> {
    Ok(match word {
        "nil" => Form::Nil,
        "true" => Form::Bool(true),
        "false" => Form::Bool(false),
        _ => {
            if let Some(name) = word.strip_prefix(':').filter(|name| !name.is_empty()) {
                return Ok(Form::Keyword(name.to_owned()));
            }
            // A number may say that it is of any size.
            let digits = word.strip_suffix('N').unwrap_or(word);
            let number = digits.parse().map_err(|_| {
                format!("has `{word}`; expected nil, true, false, a whole number, text in quotes, or a keyword")
            })?;
            Form::Int(number)
        }
    })
}
