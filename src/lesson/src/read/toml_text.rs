//! TOML inside other files: parses it and says what is wrong in an author's words, with the line in that file.

use core::ops::Range;

use serde::de::DeserializeOwned;

use crate::problem::{Problems, suggest};

/// A piece of TOML with its place in a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TomlText<'a> {
    pub(crate) text: &'a str,
    /// The line of its first character in the file, from 1.
    pub(crate) first_line: usize,
}

impl TomlText<'_> {
    /// The line in the file at which a span of this text begins.
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        let before = &self.text[..span.start.min(self.text.len())];
        self.first_line + before.bytes().filter(|&byte| byte == b'\n').count()
    }

    /// The line on which a key is given a value, or its table begins; if there is none, the line above the text.
    pub(crate) fn line_of_key(&self, key: &str) -> usize {
        let gives = |line: &str| {
            let header = line.trim().trim_start_matches('[').trim_end_matches(']');
            header == key && line.trim().starts_with('[')
                || line.trim().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        match self.text.lines().position(gives) {
            Some(n) => self.first_line + n,
            None => self.first_line.saturating_sub(1).max(1),
        }
    }

    /// Parses the text. What is wrong goes to `problems`.
    pub(crate) fn parse<T: DeserializeOwned>(&self, problems: &mut Problems<'_>) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let (what, help) = explain(error.message(), &self.place(&span));
                // A key that is missing from the whole text is missing from its block: say where that begins.
                let whole = span.start == 0 && error.message().starts_with("missing field");
                let line = if whole { self.first_line.saturating_sub(1).max(1) } else { self.line(&span) };
                problems.add(line, what, help);
                None
            }
        }
    }

    /// Where a span stands, as words to put after a key: ` in [network]`, ` in that`, or nothing at the top.
    fn place(&self, span: &Range<usize>) -> String {
        let before = &self.text[..span.start.min(self.text.len())];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let inline = &before[line_start..];
        let opens = self.text[before.len()..].starts_with('{');
        if let Some((key, _)) = inline.split_once('=').filter(|(_, rest)| opens || rest.contains('{')) {
            return format!(" in {}", key.trim());
        }
        // A whole table's span begins with its header: look at that line too.
        let line_end = self.text[before.len()..].find('\n').map_or(self.text.len(), |at| before.len() + at);
        let header = self.text[..line_end].lines().rev().find(|line| line.starts_with('['));
        header.map_or_else(String::new, |header| format!(" in {}", header.split('#').next().unwrap_or(header).trim()))
    }
}

/// Puts serde's and the TOML parser's messages into an author's words: what is wrong, and what to do.
fn explain(message: &str, place: &str) -> (String, String) {
    let quoted = |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let names = quoted(rest);
        let (wrong, known) = names.split_first().map_or(("", &[][..]), |(wrong, known)| (wrong.as_str(), known));
        return (format!("unknown key `{wrong}`{place}"), suggest(wrong, known.iter().map(String::as_str)));
    }
    if let Some((wrong, known)) =
        message.strip_prefix("unexpected keys in table: ").and_then(|rest| rest.split_once(", available keys: "))
    {
        return (format!("unknown key `{wrong}`{place}"), suggest(wrong, known.split(", ")));
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let names = quoted(rest);
        let (wrong, known) = names.split_first().map_or(("", &[][..]), |(wrong, known)| (wrong.as_str(), known));
        let kind = match known {
            known if known.iter().any(|name| name == "leader_in") => "unknown predicate".to_owned(),
            known if known.iter().any(|name| name == "partition") => "unknown action".to_owned(),
            known if known.iter().any(|name| name == "raft") => "unknown protocol".to_owned(),
            _ => "unknown value".to_owned(),
        };
        return (format!("{kind} `{wrong}`"), suggest(wrong, known.iter().map(String::as_str)));
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        let key = quoted(rest).into_iter().next().unwrap_or_default();
        return (format!("`{key}` is missing{place}"), format!("add `{key} = …`"));
    }
    if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        return (format!("found {found}"), format!("write {expected}"));
    }
    if message.starts_with("wanted exactly 1 element") || message.contains("map with a single key") {
        return (message.to_owned(), "give exactly one key between the braces".to_owned());
    }
    (message.to_owned(), String::new())
}
