//! Joins `style/main.css` and what it imports into one stylesheet without its comments and line breaks.
//!
//! It understands one form of import, `@import "file.css" layer(name);`, which is all that the list needs.

use std::path::Path;

use super::{Problem, files};

/// The joined stylesheet of the folder whose list is `main.css`.
pub(super) fn join(folder: &Path) -> Result<String, Problem> {
    let list = folder.join("main.css");
    let mut joined = String::new();
    for line in squeeze(&files::read(&list)?).split_inclusive(';') {
        match import(line) {
            Some((file, layer)) => {
                let css = squeeze(&files::read(&folder.join(file))?);
                joined.push_str(&format!("@layer {layer}{{{css}}}"));
            }
            None if line.starts_with("@import") => {
                return Err(Problem::Style(format!(
                    "{}: `{line}` is not of the form @import \"file.css\" layer(name);",
                    list.display()
                )));
            }
            None => joined.push_str(line),
        }
    }
    Ok(joined)
}

/// The file and the layer of `@import "file.css" layer(name);`.
fn import(statement: &str) -> Option<(&str, &str)> {
    let (file, rest) = statement.strip_prefix("@import \"")?.split_once('"')?;
    let layer = rest.trim_start().strip_prefix("layer(")?.strip_suffix(");")?;
    Some((file, layer))
}

/// Drops comments and every space that means nothing. Strings stay as they are.
pub(super) fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
            // A comment parts two words as a space does.
            space(&mut out);
        } else if c == '"' || c == '\'' {
            let end = rest[1..].find(c).map_or(rest.len(), |at| at + 2);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if c.is_whitespace() {
            space(&mut out);
            rest = rest.trim_start();
        } else {
            if matches!(c, '{' | '}' | ';' | ',') {
                trim_space(&mut out);
            }
            if c == '}' && out.ends_with(';') {
                out.pop();
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    trim_space(&mut out);
    out
}

/// A space, unless what stands before makes it needless. Around `:`, `>` and `+` spaces may mean something, so they stay.
fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with([' ', '{', '}', ';', ',']) {
        // After the colon of a declaration a space never means anything; a selector has none there.
        if !out.ends_with(':') {
            out.push(' ');
        }
    }
}

fn trim_space(out: &mut String) {
    if out.ends_with(' ') {
        out.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squeezing_keeps_what_spaces_mean() {
        let cases = [
            ("a { color: red; }", "a{color:red}"),
            ("a  b,\n c > d { x: calc(1px + 2px) }", "a b,c > d{x:calc(1px + 2px)}"),
            ("a::before { content: \"a  /* b */ ; c\"; }", "a::before{content:\"a  /* b */ ; c\"}"),
            ("/* one */ a /* two */ { /* three */ }", "a{}"),
            ("a :is(b, c) d {}", "a :is(b,c) d{}"),
            (
                "@media (max-width: 40rem) and (pointer: coarse) { a {} }",
                "@media (max-width:40rem) and (pointer:coarse){a{}}",
            ),
        ];
        for (css, squeezed) in cases {
            assert_eq!(squeeze(css), squeezed);
        }
    }

    #[test]
    fn an_import_becomes_its_layer() {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("main.css"), b"@layer a, b;\n@import \"one.css\" layer(a);\n").unwrap();
        files::write(&folder.path().join("one.css"), b"p { margin: 0; }\n").unwrap();
        assert_eq!(join(folder.path()).unwrap(), "@layer a,b;@layer a{p{margin:0}}");
    }

    #[test]
    fn an_import_of_another_form_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("main.css"), b"@import url(one.css);\n").unwrap();
        assert!(join(folder.path()).unwrap_err().to_string().contains("is not of the form"));
    }
}
