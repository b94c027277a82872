//! Where pages are: relative addresses by depth, and the one absolute address that the site is published at.

use std::fmt;
use std::str::FromStr;

/// The address that a site is published at, always ending in a slash: `https://example.org/cutset/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SiteUrl(String);

impl SiteUrl {
    /// The path of the site on its host, from slash to slash: `/cutset/`.
    pub(super) fn base(&self) -> &str {
        let host = self.0.find("://").expect("checked when it was made") + 3;
        let path = self.0[host..].find('/').expect("it ends in a slash");
        &self.0[host + path..]
    }

    /// The absolute address of a page or file of the site.
    pub(super) fn of(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SiteUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match rest {
            Some(rest) if !rest.is_empty() && !rest.starts_with('/') && !rest.contains(['?', '#', ' ', '"', '<']) => {
                Ok(Self(format!("{}/", text.trim_end_matches('/'))))
            }
            _ => {
                Err("give the whole address that the site is published at, such as https://example.org/cutset/".into())
            }
        }
    }
}

/// How a page writes the address of another: from where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Links(String);

impl Links {
    /// Links of the page at a path such as `` (the home page) or `electing-a-leader/`.
    pub(super) fn from_page(path: &str) -> Self {
        Self("../".repeat(path.matches('/').count()))
    }

    /// Links of a page that is shown at any address, as the one for what is not found.
    pub(super) fn from_anywhere(url: &SiteUrl) -> Self {
        Self(url.base().to_owned())
    }

    /// The address of a page or file of the site.
    pub(super) fn to(&self, path: &str) -> String {
        match (self.0.as_str(), path) {
            ("", "") => "./".into(),
            (root, path) if root.is_empty() && path.starts_with('#') => format!("./{path}"),
            (root, path) => format!("{root}{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_climbs_as_many_folders_as_its_page_lies_deep() {
        let cases = [
            ("", "a/", "a/"),
            ("", "", "./"),
            ("a/", "", "../"),
            ("a/", "b/", "../b/"),
            ("a/b/", "style.css", "../../style.css"),
            ("a/", "#contents", "../#contents"),
        ];
        for (page, target, href) in cases {
            assert_eq!(Links::from_page(page).to(target), href, "from {page:?} to {target:?}");
        }
    }

    #[test]
    fn a_site_address_has_a_base_path_from_slash_to_slash() {
        for (url, base) in [("http://127.0.0.1:8080", "/"), ("https://x.org/a/b", "/a/b/"), ("https://x.org/a/", "/a/")]
        {
            assert_eq!(url.parse::<SiteUrl>().unwrap().base(), base);
        }
        for bad in ["", "/a/", "x.org", "https://", "https:///a", "ftp://x.org/"] {
            assert!(bad.parse::<SiteUrl>().is_err(), "{bad:?}");
        }
    }
}
