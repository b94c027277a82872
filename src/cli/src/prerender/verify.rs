//! Reads the finished pages as a browser would and reports what is wrong: a link or an id that leads nowhere,
//! tags that don't match, and anything that the content security policy would block.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use html5gum::{StartTag, Token, Tokenizer};

use super::address::SiteUrl;
use super::{Problem, files};

/// Elements that have no end tag.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Attributes that hold one address.
const ADDRESSES: [&str; 3] = ["href", "src", "action"];

/// Attributes that hold ids of elements on the same page.
const IDS: [&str; 5] = ["for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"];

/// What a page says of itself and of others.
#[derive(Debug, Default)]
struct Facts {
    ids: BTreeSet<String>,
    /// Addresses as they are written.
    addresses: BTreeSet<String>,
    /// Ids that must stand on the page itself.
    wanted: BTreeSet<String>,
    /// What is wrong whatever other pages say.
    faults: Vec<String>,
}

/// Checks every page under a folder, given as (path within the site, HTML).
///
/// # Errors
/// Everything that is wrong, a line for each, with the page named.
pub(super) fn site(out: &Path, url: &SiteUrl, pages: &[(String, String)]) -> Result<(), Problem> {
    let facts: BTreeMap<&str, Facts> = pages.iter().map(|(path, html)| (path.as_str(), Facts::of(html))).collect();
    let mut findings = Vec::new();
    for (page, own) in &facts {
        let mut find = |what: String| findings.push(format!("{page}: {what}"));
        own.faults.iter().for_each(|fault| find(fault.clone()));
        for id in own.wanted.difference(&own.ids) {
            find(format!("nothing has the id `{id}`"));
        }
        for address in &own.addresses {
            let Some((target, id)) = resolve(page, address, url) else { continue };
            match target {
                Err(why) => find(format!("`{address}` {why}")),
                Ok(target) => {
                    if let Some(facts) = facts.get(target.as_str()) {
                        if !id.is_empty() && !facts.ids.contains(id) {
                            find(format!("`{address}` leads to an id that {target} does not have"));
                        }
                    } else if !out.join(&target).is_file() {
                        find(format!("`{address}` leads nowhere: there is no {target}"));
                    }
                }
            }
        }
    }
    findings.extend(stylesheets(out)?);
    if findings.is_empty() { Ok(()) } else { Err(Problem::Broken(findings)) }
}

/// The file within the site that an address on a page leads to, and the id within it. `None` for what lies elsewhere.
fn resolve<'a>(page: &str, address: &'a str, url: &SiteUrl) -> Option<(Result<String, String>, &'a str)> {
    let scheme = address.split_once(':').is_some_and(|(s, _)| s.chars().all(|c| c.is_ascii_alphanumeric()));
    if scheme || address.starts_with("//") {
        return None;
    }
    let (address, id) = address.split_once('#').unwrap_or((address, ""));
    let address = address.split('?').next().unwrap_or(address);
    if address.is_empty() {
        return Some((Ok(page.to_owned()), id));
    }
    let mut steps: Vec<&str> = Vec::new();
    let path = if let Some(rest) = address.strip_prefix(url.base()).filter(|_| page == "404.html") {
        rest
    } else if address.starts_with('/') {
        return Some((Err("is absolute: it breaks when the site moves".into()), id));
    } else {
        steps.extend(page.split('/'));
        steps.pop();
        address
    };
    for step in path.split('/') {
        match step {
            "." => {}
            ".." if steps.pop().is_none() => return Some((Err("climbs out of the site".into()), id)),
            ".." => {}
            step => steps.push(step),
        }
    }
    let mut target = steps.join("/");
    if target.is_empty() || target.ends_with('/') || path.ends_with("..") || path.ends_with('.') {
        let slash = if target.is_empty() || target.ends_with('/') { "" } else { "/" };
        target = format!("{target}{slash}index.html");
    }
    Some((Ok(target), id))
}

/// Files that stylesheets name and that are not there.
fn stylesheets(out: &Path) -> Result<Vec<String>, Problem> {
    let mut findings = Vec::new();
    for sheet in files::walk(out)?.iter().filter(|path| path.extension().is_some_and(|e| e == "css")) {
        let css = files::read(sheet)?;
        for address in css.split("url(").skip(1).filter_map(|rest| rest.split(')').next()) {
            let address = address.trim_matches(['"', '\'']);
            if !address.starts_with("data:") && !sheet.with_file_name(address).is_file() {
                findings.push(format!("{}: `{address}` leads nowhere", sheet.display()));
            }
        }
    }
    Ok(findings)
}

impl Facts {
    fn of(html: &str) -> Self {
        let mut facts = Self::default();
        let mut open: Vec<String> = Vec::new();
        for Ok(token) in Tokenizer::new(html) {
            match token {
                Token::StartTag(tag) => {
                    let name = text(&tag.name);
                    facts.tag(&name, &tag);
                    if !tag.self_closing && !VOID.contains(&name.as_str()) {
                        open.push(name);
                    }
                }
                Token::EndTag(tag) => {
                    let name = text(&tag.name);
                    match open.pop() {
                        Some(last) if last == name => {}
                        Some(last) => {
                            facts.faults.push(format!("</{name}> closes <{last}>"));
                            return facts;
                        }
                        None => facts.faults.push(format!("</{name}> closes nothing")),
                    }
                }
                Token::Error(error) => facts.faults.push(format!("HTML error: {}", error.value)),
                Token::String(_) | Token::Comment(_) | Token::Doctype(_) => {}
            }
        }
        facts.faults.extend(open.iter().map(|name| format!("<{name}> is never closed")));
        facts
    }

    fn tag(&mut self, name: &str, tag: &StartTag<()>) {
        for (key, value) in &tag.attributes {
            let (key, value) = (text(key), text(value));
            match key.as_str() {
                "id" if !self.ids.insert(value.clone()) => self.faults.push(format!("the id `{value}` stands twice")),
                "style" => self.faults.push(format!("<{name}> has a style attribute, which the policy blocks")),
                key if key.starts_with("on") => self.faults.push(format!("<{name}> has an inline handler, {key}")),
                key if ADDRESSES.contains(&key) => {
                    self.addresses.insert(value);
                }
                key if IDS.contains(&key) => self.wanted.extend(value.split_whitespace().map(str::to_owned)),
                _ => {
                    if let Some(id) = value.strip_prefix("url(#").and_then(|v| v.strip_suffix(')')) {
                        self.wanted.insert(id.to_owned());
                    }
                }
            }
        }
        let get = |key: &str| tag.attributes.get(key.as_bytes()).map(|v| text(v));
        match name {
            "script" if get("src").is_none() => self.faults.push("a script is inline, which the policy blocks".into()),
            "style" => self.faults.push("a style is inline, which the policy blocks".into()),
            "meta" if get("name").is_some_and(|n| n.starts_with("app-")) => {
                self.addresses.insert(get("content").unwrap_or_default());
            }
            _ => {}
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a site of these pages and one more file, `style.css`.
    fn check(pages: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("style.css"), b"p{}").unwrap();
        let pages: Vec<_> = pages.iter().map(|(path, html)| ((*path).to_owned(), (*html).to_owned())).collect();
        let url = "https://x.org/a/".parse().unwrap();
        site(folder.path(), &url, &pages).map_or_else(|problem| problem.to_string(), |()| String::new())
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let lesson = r##"<a href="../../">home</a><a href="../../#c">contents</a><a href="#here">here</a><p id="here">
            <link href="../../style.css"><a href="https://example.org/">out</a><a href="../b/">b</a></p>"##;
        assert_eq!(
            check(&[
                ("index.html", r#"<p id="c"><a href="p/a/#here">a</a><a href="./">home</a></p>"#),
                ("p/a/index.html", lesson),
                ("p/b/index.html", "<br>"),
                ("404.html", r#"<a href="/a/p/a/">a</a>"#),
            ]),
            ""
        );
    }

    #[test]
    fn a_broken_page_is_named_with_what_is_wrong() {
        let cases = [
            (r#"<a href="b/">b</a>"#, "a/index.html: `b/` leads nowhere: there is no a/b/index.html"),
            (r##"<a href="#gone">x</a>"##, "leads to an id that a/index.html does not have"),
            (r#"<a href="../../x/">x</a>"#, "climbs out of the site"),
            (r#"<a href="/a/">x</a>"#, "is absolute"),
            (r#"<a href="../style.cs">x</a>"#, "there is no style.cs"),
            (r#"<p aria-labelledby="t"></p>"#, "nothing has the id `t`"),
            (r#"<g clip-path="url(#c)"/>"#, "nothing has the id `c`"),
            (r#"<p id="x"></p><p id="x"></p>"#, "the id `x` stands twice"),
            (r#"<p style="color: red"></p>"#, "has a style attribute"),
            (r#"<p onclick="x()"></p>"#, "has an inline handler"),
            ("<script>1</script>", "a script is inline"),
            ("<p><b></p></b>", "</p> closes <b>"),
            ("<div>", "<div> is never closed"),
            (r#"<meta name="app-js" content="../app.js">"#, "there is no app.js"),
        ];
        for (html, finding) in cases {
            let found = check(&[("a/index.html", html), ("index.html", "<p></p>")]);
            assert!(found.contains(finding), "{html} gave {found:?}, not {finding:?}");
        }
    }
}
