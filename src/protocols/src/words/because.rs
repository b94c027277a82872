//! How one event led to another, in words.

use crate::view::Because;

/// What stands between an event and the one that led to it, as the end of one clause: `it had received this`.
#[must_use]
pub fn because(because: Because) -> String {
    let words = match because {
        Because::Acted(by) => return format!("{} did it", super::by_name(by)),
        Because::Chance => "by chance",
        Because::Received => "it had received this",
        Because::TimerRanOut => "its timer had run out",
        Because::CameUp => "it had just come up",
        Because::Asked => "it was asked to",
        Because::SentBecause => "sent because of this",
        Because::LetThrough => "the link was mended before",
        Because::HeldUp => "it had been held up",
        Because::Doubled => "it is a copy",
        Because::Waited => "it had waited",
        Because::Stalled => "stalled by this",
        Because::Slow => "slow since this",
        Because::ClockWrong => "the clock runs wrong since this",
        Because::LinkWorse => "the link is as it is since this",
        Because::MadeToRunOut => "somebody made it run out",
        Because::SetBy => "it was set by this",
        Because::NothingHeardSince(since) => return format!("nothing was heard since {since}, after this"),
        Because::CameToNothing(since) => return format!("what began at {since} came to nothing"),
        Because::LostTo => "lost to this",
        Because::VotesOf => "it had this vote",
        Because::TogetherWith => "and this",
        Because::AskedForBy => "asked for by this",
        Because::LeadsSince(since) => return format!("it has led since {since}"),
        Because::DoneIn => "done in this step",
    };
    words.to_owned()
}
