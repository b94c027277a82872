//! Links to a run: the address of the lab's page, and after its `#` the lab, the run's code and the moment, such as
//! `#lab=two-leaders&run=AgEF…&ms=1674`.
//!
//! The moment stands in the code as well. In the link it is there for people, and it comes last: whatever a chat
//! program takes for a part of the address is added to it, and not to the code.

use protocols::Scenario;
use sim::Time;

use crate::code::encode_run;

/// What a link asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The lab's id.
    pub lab: String,
    /// The run's code, for [`crate::decode_run`]; empty if the link is to the lab alone.
    pub run: String,
}

/// A link to a run at a moment. `page` is the address of the lab's page; what stands after its `#` is left out.
#[must_use]
pub fn to(page: &str, lab: &str, scenario: &Scenario, moment: Time) -> String {
    let page = page.split('#').next().unwrap_or_default();
    let ms = (moment.0 / 1_000).to_string();
    [page, "#lab=", lab, "&run=", &encode_run(scenario, moment), "&ms=", &ms].concat()
}

/// What an address asks for after its `#`, if it asks for a lab.
#[must_use]
pub fn read(address: &str) -> Option<Asked> {
    let (_, after) = address.split_once('#')?;
    // Some programs write the signs between names and values as their codes.
    let after = after.replace("%3D", "=").replace("%3d", "=");
    let lab = value(&after, "lab=");
    (!lab.is_empty()).then(|| Asked { lab: lab.to_owned(), run: value(&after, "run=").to_owned() })
}

/// What follows a name, up to the first character that neither an id nor a code has.
fn value<'a>(text: &'a str, name: &str) -> &'a str {
    let Some((_, rest)) = text.split_once(name) else { return "" };
    let end = rest.bytes().position(|b| !(b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    &rest[..end.unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decode_run, random};
    use proptest::prelude::*;

    const PAGE: &str = "https://example.org/course/agreement/electing-a-leader/?from=chat";

    #[test]
    fn a_link_leads_to_its_run() {
        let scenario = random::scenario(3);
        let link = to(&[PAGE, "#old"].concat(), "two-leaders", &scenario, Time(1_674_300));
        assert!(link.starts_with(&[PAGE, "#lab=two-leaders&run="].concat()), "{link}");
        assert!(link.ends_with("&ms=1674"), "{link}");
        let asked = read(&link).unwrap();
        assert_eq!(asked.lab, "two-leaders");
        assert_eq!(decode_run(&asked.run), Ok((scenario, Time(1_674_300))));
    }

    #[test]
    fn what_chat_programs_do_to_a_link_is_forgiven() {
        let link = to(PAGE, "two-leaders", &random::scenario(3), Time(1_674_300));
        let plain = read(&link);
        for after in [".", ",", ")", ">", "_", "-", "**", "'s", " and so on", "&utm_source=x", "%20", "#:~:text=cut"] {
            assert_eq!(read(&[&link, after].concat()), plain, "{after}");
        }
        assert_eq!(read(&link.replace('&', "&amp;")), plain);
        assert_eq!(read(&link.replace('=', "%3D")), plain);
        assert_eq!(read(&link.replace('&', "%26")), plain);
    }

    #[test]
    fn an_address_that_asks_for_nothing_is_none() {
        for address in [PAGE, "", "#", "#conclusion", "#lab=", "https://example.org/lab=a"] {
            assert_eq!(read(address), None, "{address}");
        }
        let alone = read("#lab=first-election").unwrap();
        assert_eq!((&*alone.lab, &*alone.run), ("first-election", ""));
    }

    proptest! {
        #[test]
        fn whatever_the_address_is_reading_it_ends(address in ".{0,200}", lab in "(lab=)?.{0,40}(run=)?.{0,40}") {
            let _ = read(&address);
            let _ = read(&["#", &lab].concat()).map(|asked| decode_run(&asked.run));
        }
    }
}
