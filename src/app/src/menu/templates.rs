//! The menus as HTML, which each page holds once.
//!
//! An entry's `data-act` names its deed; its fields have names. `data-needs` hides an entry that the lab does not
//! have, `data-only` one that makes no sense now; `data-if` switches an entry off that can't be done now, and shows the
//! reason that stands in it. `data-fill` and `data-options` are filled with what is true.

use maud::{Markup, html};

/// The menus, which each page holds once.
#[must_use]
pub(crate) fn templates() -> Markup {
    html! {
        template data-for-labs="menu-node" { (menu(&node())) }
        template data-for-labs="menu-client" { (menu(&requests(false))) }
        template data-for-labs="menu-link" { (menu(&link())) }
        template data-for-labs="menu-message" { (menu(&message())) }
        template data-for-labs="menu-network" { (menu(&network())) }
    }
}

fn menu(entries: &Markup) -> Markup {
    html! {
        div.menu role="dialog" tabindex="-1" {
            div.menu-head {
                p.menu-title data-fill="title" {}
                button.btn.is-quiet type="button" data-do="menu-network" data-last data-only="part" { "The network" }
                button.btn.is-quiet type="button" data-do="menu-close" data-last { "Close" }
            }
            p.menu-why role="alert" {}
            (entries)
            p.menu-row.menu-rest {
                span { "This lab shows what its lesson needs." }
                button.btn.is-quiet type="button" data-do="all" data-last { "All controls" }
            }
        }
    }
}

/// A button that does something by itself.
fn act(name: &str, label: &str) -> Markup {
    html! { button.btn type="button" data-do="menu-act" data-act=(name) { (label) } }
}

/// A button that makes sense only while something is so.
fn act_if(only: &str, name: &str, label: &str) -> Markup {
    html! { button.btn type="button" data-do="menu-act" data-act=(name) data-only=(only) { (label) } }
}

/// A button that sends its form.
fn send(label: &str) -> Markup {
    html! { button.btn type="submit" { (label) } }
}

/// A number to fill in.
fn figure(name: &str, label: &str, value: &str) -> Markup {
    html! { input.is-figure name=(name) aria-label=(label) value=(value) inputmode="decimal" autocomplete="off" size="5"; }
}

/// A word to fill in.
fn word(name: &str, label: &str, value: &str) -> Markup {
    html! { input.is-word name=(name) aria-label=(label) value=(value) autocomplete="off" autocapitalize="off" spellcheck="false" size="4" maxlength="20"; }
}

fn filled(what: &str) -> Markup {
    html! { span data-fill=(what) {} }
}

/// Why an entry can't be done now.
fn not(why: &str) -> Markup {
    html! { small.menu-not { (why) } }
}

fn node() -> Markup {
    html! {
        div.menu-row.menu-acts {
            span.needs data-needs="crash" { (act_if("up", "crash", "Crash")) (act_if("down", "restart", "Restart")) }
            span.needs data-needs="pause" { (act_if("going", "stall", "Stall")) (act_if("stalled", "go-on", "Go on")) }
            span.needs data-needs="isolate" { (act("isolate", "Isolate")) }
        }
        form.menu-row data-needs="pause" data-send="menu-act" data-act="slow" {
            label { "Each input takes " (figure("times", "How long each input takes, in ms", "5")) " ms" }
            span { (send("Slow down")) (act_if("slow", "quick", "As at first")) }
        }
        div.menu-row data-needs="clock" data-if="timer" {
            span { "Its " (filled("timer")) " timer" (not("It has set none.")) }
            (act("expire", "Let it run out"))
        }
        div.menu-row data-needs="clock" data-only="beat" {
            span { "Its " (filled("beat")) " timer" }
            (act("expire-beat", "Let it run out"))
        }
        form.menu-row data-needs="clock" data-send="menu-act" data-act="step" {
            label { "Its time of day jumps by " (figure("ms", "How far its time of day jumps, in ms", "500")) " ms" }
            (send("Jump"))
        }
        form.menu-row data-needs="clock" data-send="menu-act" data-act="drift" {
            label { "Its clock gains " (figure("ms", "What its clock gains, in ms a second", "100")) " ms a second" }
            span { (send("Drift")) (act_if("drifts", "true-time", "True time")) }
        }
        form.menu-row data-needs="disk" data-if="up" data-send="menu-act" data-act="torn" {
            label { "Crash in a write: " (figure("kept", "How many unsynced writes stay", "1")) " of " (filled("unsynced")) " unsynced stay" (not("It is down.")) }
            (send("Crash"))
        }
        div.menu-row data-needs="disk" {
            span { "Its fsync " (filled("fsync")) }
            span { (act_if("works", "lie", "Let it lie")) (act_if("lies", "sync", "Let it work")) }
        }
        div.menu-row data-needs="disk" data-if="down" {
            span { "Its disk" (not("Only while it is down.")) }
            (act("wipe", "Wipe"))
        }
        div.menu-row data-needs="disk" data-if="up" { span { "A snapshot of its log" (not("It is down.")) } (act("compact", "Take")) }
        div.menu-row data-needs="luck" data-if="led" {
            span { "The leadership" (not("No other node leads.")) }
            (act("transfer", "Hand it over"))
        }
        (requests(true))
        form.menu-row data-only="linked" data-send="menu-of" {
            label { "Its link to " select name="peer" aria-label="The other end of the link" data-options="peers" {} }
            (send("Open"))
        }
    }
}

/// What a client can be asked, straight or through the client nearest to a node.
fn requests(through: bool) -> Markup {
    let condition = through.then_some("near");
    let by = html! { @if through { " through " (filled("client")) (not("No client has a link to it.")) } };
    html! {
        form.menu-row data-needs="write" data-if=[condition] data-send="menu-act" data-act="put" {
            label.is-pair { (word("key", "Key", "x")) " = " (word("value", "Value", "1")) (by) }
            span { (send("Write")) @if !through { (act("append", "Append")) (act("delete", "Delete")) } }
        }
        @if !through {
            form.menu-row data-needs="write" data-send="menu-act" data-act="cas" {
                label { "If " (word("key", "Key", "x")) " is " (word("expected", "The value that it must have", "1")) " make it " (word("value", "The new value", "2")) small { "Leave the second empty for a key without a value." } }
                (send("Compare and set"))
            }
        }
        form.menu-row data-needs="read" data-if=[condition] data-send="menu-act" data-act="get" {
            label { (word("key", "Key", "x")) " "
                select name="how" aria-label="How the read is served" {
                    option value="" { "as the lab says" }
                    option value="log" { "by the log" }
                    option value="index" { "by read index" }
                    option value="lease" { "by lease" }
                    option value="local" { "by anyone, maybe stale" }
                }
                (by)
            }
            (send("Read"))
        }
    }
}

fn link() -> Markup {
    let (a, b) = (filled("a"), filled("b"));
    html! {
        div.menu-row data-needs="cut" {
            span { "Both ways" }
            span { (act_if("some", "cut", "Cut")) (act_if("cut", "heal", "Heal")) }
        }
        div.menu-row data-needs="cut" {
            span { (a) " to " (b) " only" }
            span { (act_if("ab", "cut-ab", "Cut")) (act_if("ab-cut", "heal-ab", "Heal")) }
        }
        div.menu-row data-needs="cut" {
            span { (b) " to " (a) " only" }
            span { (act_if("ba", "cut-ba", "Cut")) (act_if("ba-cut", "heal-ba", "Heal")) }
        }
        (shape(&html! {
            label { span { "Change" }
                select name="way" aria-label="Which way" {
                    option value="" { "both ways" }
                    option value="ab" data-fill="way-ab" {}
                    option value="ba" data-fill="way-ba" {}
                }
            }
        }))
    }
}

/// What can be changed on a link or on all. An empty field leaves things as they are.
fn shape(which: &Markup) -> Markup {
    let share = |name: &str, label: &str| html! { label { span { (label) } (figure(name, label, "")) " %" } };
    html! {
        form.menu-row.menu-shape data-needs="network" data-send="menu-act" data-act="shape" {
            (which)
            label { span { "Latency" } (figure("low", "Latency from, in ms", "")) " to " (figure("high", "Latency to, in ms", "")) " ms" }
            label { span { "Spread" }
                select name="spread" aria-label="How latencies spread" { option value="" { "evenly" } option value="tail" { "with a long tail" } }
            }
            span.menu-shares { (share("loss", "Lost")) (share("duplication", "Doubled")) (share("reordering", "Held back")) }
            span { (send("Change")) (act("as-first", "As at first")) }
        }
    }
}

fn message() -> Markup {
    html! {
        div.menu-row data-needs="network" data-if="flying" {
            span { "The message" (not("It is not on its way any more.")) }
            span { (act("drop", "Drop")) (act("double", "Duplicate")) }
        }
        form.menu-row data-needs="network" data-if="flying" data-send="menu-act" data-act="later" {
            label { "Later by " (figure("ms", "How much later, in ms", "50")) " ms" (not("It is not on its way any more.")) }
            (send("Delay"))
        }
    }
}

fn network() -> Markup {
    html! {
        div.menu-row data-needs="cut" {
            span { "Links" }
            span {
                button.btn type="button" data-do="cut" { "Cut into sides" }
                (act_if("cut", "heal-all", "Heal all"))
            }
        }
        (shape(&html! { p { "All links, both ways" } }))
        form.menu-row data-needs="network" data-if="flying" data-send="menu-act" data-act="later" {
            label { select name="message" aria-label="A message on its way" data-options="messages" {} (not("No message is on its way.")) }
            button.btn type="button" data-do="menu-of" { "Open" }
            label { "Later by " (figure("ms", "How much later, in ms", "50")) " ms" }
            span { (act("drop", "Drop")) (act("double", "Duplicate")) (send("Delay")) }
        }
        form.menu-row data-only="clients" data-send="menu-of" {
            label { "Client " select name="client" aria-label="Client" data-options="clients" {} }
            (send("Open"))
        }
    }
}
