//! What a run says of itself: in words, in pictures and in answer to "why?", over whole runs with every fault.

mod common;

use common::{at, broken, first, five, leaders, ms, target, targets, writer};
use protocols::run::OpRecord;
use protocols::scenario::{ProtocolConfig, Scenario};
use protocols::view::{Because, CELLS_SHOWN, EventKind, EventView, Status, Step};
use protocols::{Op, Run};
use sim::{Action, By, Change, ClockChange, Latency, Pick, ProcessId, Share, Span, Target, Time};

fn start(scenario: &Scenario) -> Box<dyn Run> {
    scenario.start().expect("the scenario is valid")
}

/// Five servers, a client that writes each 100 ms, and this script; simulated for so long.
fn run_of(seed: u64, until_ms: u64, script: Vec<sim::Scheduled<Op>>) -> Box<dyn Run> {
    let mut run = start(&Scenario { script, ..five(seed) });
    run.seek(ms(until_ms));
    run
}

fn leader() -> Target {
    Target::Role { role: "leader".into(), nth: 0 }
}

/// Who leads at a moment of a run of this seed without faults.
fn leads(seed: u64, at_ms: u64) -> ProcessId {
    let mut run = start(&five(seed));
    run.seek(ms(at_ms));
    let name = leaders(&*run).remove(0).0;
    ProcessId(name.as_bytes()[0] - b'A')
}

fn letter(id: ProcessId) -> String {
    char::from(b'A' + id.0).to_string()
}

fn find(run: &dyn Run, from_ms: u64, words: &str) -> EventView {
    let events = run.events(ms(from_ms), run.frontier());
    let found = events.into_iter().find(|event| event.text.contains(words));
    found.unwrap_or_else(|| panic!("nobody says `{words}` after {from_ms} ms"))
}

/// The answer to "why?" for the first event after a moment that says this.
fn why(run: &dyn Run, from_ms: u64, words: &str) -> Vec<Step> {
    run.why(find(run, from_ms, words).id)
}

fn told(chain: &[Step]) -> String {
    let line = |step: &Step| {
        let because = step.because.map(protocols::words::because).unwrap_or_default();
        format!("{} {} ({because})\n", step.event.at, step.event.text)
    };
    chain.iter().map(line).collect()
}

/// The answer holds these steps in this order, and ends with the last of them.
#[track_caller]
fn leads_back(chain: &[Step], order: &[&str]) {
    let (mut from, mut last) = (0, "");
    for words in order {
        last = words;
        let place = chain[from..].iter().position(|step| step.event.text.contains(words));
        from += place.unwrap_or_else(|| panic!("`{words}` is missing or out of order:\n{}", told(chain)));
    }
    assert_eq!(from + 1, chain.len(), "it goes on after `{}`:\n{}", last, told(chain));
}

/// What follows the election timer that began the first candidacy after a moment.
fn why_an_election(run: &dyn Run, from_ms: u64) -> Vec<Step> {
    why(run, from_ms, "becomes candidate")
}

#[test]
fn an_old_leader_steps_down_because_of_the_heal_that_let_a_message_through() {
    let old = leads(1, 2_000);
    let rest = (0..5).map(ProcessId).filter(|&id| id != old).map(Target::Process).collect();
    let groups = vec![vec![Target::Process(old)], rest];
    let script = vec![at(2_000, Action::Partition { groups }), at(4_000, Action::HealAll)];
    let run = run_of(1, 6_000, script);
    let chain = why(&*run, 4_000, &format!("{} steps down", letter(old)));
    leads_back(&chain, &["steps down", "receives", "The lesson heals all links"]);
    let links: Vec<_> = chain.iter().map(|step| step.because).collect();
    assert_eq!(links, [Some(Because::Received), Some(Because::LetThrough), Some(Because::Acted(By::Lesson))]);
}

#[test]
fn a_heal_long_before_an_election_is_not_its_cause() {
    let old = leads(1, 2_000);
    let (a, b) = (ProcessId((old.0 + 1) % 5), ProcessId((old.0 + 2) % 5));
    let link = |both| (Target::Process(a), Target::Process(b), both);
    let (from, to, both) = link(true);
    let script = vec![
        at(2_000, Action::Cut { from: from.clone(), to: to.clone(), both }),
        at(2_100, Action::Heal { from, to, both }),
        at(4_000, Action::Crash(leader())),
    ];
    let run = run_of(1, 6_000, script);
    for step in run.events(ms(4_000), ms(6_000)).iter().flat_map(|event| run.why(event.id)) {
        assert_ne!(step.because, Some(Because::LetThrough), "{}", step.event.text);
    }
}

#[test]
fn an_election_after_a_stalled_leader_leads_back_to_the_stall() {
    let run = run_of(1, 4_000, vec![at(2_000, Action::Pause(leader()))]);
    let chain = why_an_election(&*run, 2_000);
    leads_back(&chain, &["becomes candidate", "election timer runs out", "The lesson stalls"]);
    assert!(matches!(chain[1].because, Some(Because::NothingHeardSince(_))), "{}", told(&chain));
}

#[test]
fn a_message_that_waits_leads_back_to_the_stall_of_its_receiver() {
    let old = leads(1, 2_000);
    let stalled = Target::Process(old);
    let script = vec![at(2_000, Action::Pause(stalled.clone())), at(3_000, Action::Resume(stalled))];
    let run = run_of(1, 5_000, script);
    let name = letter(old);
    let waits = find(&*run, 2_000, &format!("waits at {name}: it is stalled"));
    assert!(waits.at < ms(3_000), "{waits:?}");
    let chain = why(&*run, 3_000, &format!("{name} steps down"));
    leads_back(&chain, &["steps down", "receives", "waits at", &format!("The lesson stalls {name}")]);
    assert_eq!(chain[1].because, Some(Because::Waited));
    assert_eq!(chain[2].because, Some(Because::Stalled));
}

#[test]
fn an_election_after_lost_heartbeats_says_that_it_was_chance() {
    let lossy = Change { loss: Some(Share(700_000)), ..Change::default() };
    let script = vec![at(2_000, Action::Shape { from: Some(leader()), to: None, both: false, change: Some(lossy) })];
    let run = run_of(1, 6_000, script);
    let chain = why_an_election(&*run, 2_000);
    leads_back(&chain, &["becomes candidate", "election timer runs out", "by chance"]);
    assert_eq!(chain.last().unwrap().because, Some(Because::Chance));
}

#[test]
fn an_election_on_a_slow_link_leads_back_to_what_made_it_slow() {
    let slow = Change { latency: Some(Latency::Fixed(Span::from_millis(400))), ..Change::default() };
    let script = vec![at(2_000, Action::Shape { from: Some(leader()), to: None, both: false, change: Some(slow) })];
    let run = run_of(1, 4_000, script);
    let chain = why_an_election(&*run, 2_000);
    leads_back(&chain, &["becomes candidate", "election timer runs out", "The lesson changes the links from"]);
    assert_eq!(chain[1].because, Some(Because::LinkWorse));
    assert!(chain[2].event.text.ends_with("latency 400 ms"), "{}", told(&chain));
}

#[test]
fn an_election_under_a_slow_leader_leads_back_to_its_slowness() {
    let run = run_of(1, 6_000, vec![at(2_000, Action::Slow { who: leader(), times: 300 })]);
    let chain = why_an_election(&*run, 2_000);
    leads_back(&chain, &["becomes candidate", "election timer runs out", "each input takes it 300 ms"]);
    assert_eq!(chain[1].because, Some(Because::Slow));
    find(&*run, 2_000, "it is busy");
}

#[test]
fn an_election_by_a_fast_clock_leads_back_to_the_clock() {
    // Heartbeats come as late as a true clock bears, and no client's writes come between them.
    let mut scenario = five(1);
    scenario.clients.clear();
    scenario.network.quality.latency = Latency::Fixed(Span::from_millis(10));
    let ProtocolConfig::Raft(config) = &mut scenario.protocol;
    config.heartbeat = Span::from_millis(140);
    config.election_timeout = (Span::from_millis(170), Span::from_millis(200));
    let follower = Target::Role { role: "follower".into(), nth: 0 };
    let change = ClockChange::Drift(500_000);
    scenario.script = vec![at(2_000, Action::SetClock { who: follower, change })];
    let mut run = start(&scenario);
    run.seek(ms(6_000));
    let chain = why_an_election(&*run, 2_000);
    leads_back(&chain, &["becomes candidate", "election timer runs out", "clock run fast: it gains 500 ms a second"]);
    assert_eq!(chain[1].because, Some(Because::ClockWrong));
}

#[test]
fn an_election_that_somebody_forced_leads_back_to_them() {
    let follower = ProcessId((leads(1, 2_000).0 + 1) % 5);
    let expire = Action::Expire { who: Target::Process(follower), timer: "election".into() };
    let run = run_of(1, 3_000, vec![at(2_000, expire)]);
    let chain = why_an_election(&*run, 2_000);
    leads_back(&chain, &["becomes candidate", "runs out before its time: the lesson did it", "The lesson lets"]);
    assert_eq!(chain[1].because, Some(Because::MadeToRunOut));
}

#[test]
fn a_message_that_was_held_up_says_so_and_goes_on_to_why_it_was_sent() {
    let pick = Pick::Fitting { kind: Some("heartbeat".into()), from: None, to: None, nth: 0 };
    let script = vec![at(2_000, Action::DelayMessage { pick, by: Span::from_millis(20) })];
    let mut scenario = five(1);
    scenario.clients.clear();
    // A moment at which heartbeats are on their way.
    let mut quiet = start(&scenario);
    quiet.seek(ms(2_000));
    let moment = first(&mut *quiet, ms(3_000), |run| run.view().messages.iter().any(|m| m.kind == "heartbeat"));
    let moment = moment.expect("a leader beats") + Span::from_millis(1);
    scenario.script = script.into_iter().map(|act| sim::Scheduled { at: moment, ..act }).collect();
    let mut run = start(&scenario);
    run.seek(ms(4_000));
    let delayed = find(&*run, 2_000, "The lesson holds up heartbeat");
    let late = run.events(ms(2_000), ms(4_000)).into_iter().find(|event| {
        run.why(event.id).get(1).is_some_and(|step| step.event.id == delayed.id) && event.text.contains("receives")
    });
    let chain = run.why(late.expect("it arrives").id);
    assert_eq!(chain[0].because, Some(Because::HeldUp));
    assert_eq!(chain[1].because, Some(Because::SentBecause), "{}", told(&chain));
}

#[test]
fn a_client_that_waits_too_long_leads_back_to_what_took_its_answer() {
    let run = run_of(1, 4_000, vec![at(2_000, Action::Crash(leader()))]);
    let chain = why(&*run, 2_000, "c1 has no answer");
    leads_back(&chain, &["has no answer", "has waited", "is lost", "The lesson crashes"]);
}

#[test]
fn every_answer_is_typed_to_its_end_and_goes_back_in_time() {
    let run = everything();
    let mut ends = 0;
    for event in run.events(Time::ZERO, run.frontier()) {
        let chain = run.why(event.id);
        let (last, before) = chain.split_last().expect("an event is the first step of its own answer");
        assert!(before.iter().all(|step| step.because.is_some()), "{}", told(&chain));
        assert!(chain.windows(2).all(|pair| pair[1].event.id < pair[0].event.id), "{}", told(&chain));
        ends += usize::from(last.because.is_some());
    }
    assert!(ends > 1_000, "answers end with an act or chance: {ends}");
    assert_eq!(run.why(sim::EventId(u32::MAX)), []);
}

#[test]
fn what_a_script_could_not_do_stands_in_the_short_account() {
    let run = run_of(1, 3_000, vec![at(2_000, Action::Restart(target("A")))]);
    let refused = find(&*run, 2_000, "The lesson can't restart A: A is running");
    assert_eq!(refused.kind, EventKind::Refused);
    assert!(refused.kind.is_key());
}

/// A run with every action, a dozen of each fault.
fn everything() -> Box<dyn Run> {
    let heartbeat = |nth| Pick::Fitting { kind: None, from: Some(leader()), to: None, nth };
    let worse = Change {
        latency: Some(Latency::LongTail { usual: Span::from_millis(10), most: Span::from_millis(80) }),
        loss: Some(Share(50_000)),
        duplication: Some(Share(50_000)),
        reordering: Some(Share(50_000)),
    };
    let mut script = Vec::new();
    let mut time = 500;
    let mut act = |action| {
        script.push(at(time, action));
        time += 90;
    };
    for round in 0..6 {
        act(Action::Shape { from: None, to: None, both: true, change: Some(worse) });
        act(Action::Pause(leader()));
        act(Action::Resume(target("B")));
        act(Action::Slow { who: target("C"), times: 5 });
        act(Action::SetClock { who: target("D"), change: ClockChange::Drift(100_000) });
        act(Action::SetClock { who: target("D"), change: ClockChange::Step(-250_000) });
        act(Action::PartitionOneWay { groups: vec![targets("AB"), targets("CD")] });
        act(Action::SetFsync { who: target("E"), lies: true });
        act(Action::DropMessage(heartbeat(0)));
        act(Action::DelayMessage { pick: heartbeat(1), by: Span::from_millis(40) });
        act(Action::DuplicateMessage(heartbeat(0)));
        act(Action::HealAll);
        act(Action::Expire { who: target("A"), timer: "election".into() });
        act(Action::CrashTorn { who: target(["A", "B", "E"][round % 3]), kept: 1 });
        act(Action::Wipe(target(["A", "B", "E"][round % 3])));
        act(Action::Restart(target(["A", "B", "E"][round % 3])));
        act(Action::Resume(target("A")));
        act(Action::Resume(target("C")));
        act(Action::Resume(target("D")));
        act(Action::Resume(target("E")));
        act(Action::Slow { who: target("C"), times: 0 });
        act(Action::SetFsync { who: target("E"), lies: false });
        act(Action::SetClock { who: target("D"), change: ClockChange::Drift(0) });
        act(Action::Shape { from: None, to: None, both: false, change: None });
    }
    let mut scenario = Scenario { script, ..five(1) };
    scenario.clients.push(writer("c2", Some(70)));
    let mut run = start(&scenario);
    run.seek(ms(16_000));
    run
}

#[test]
fn stalls_slow_machines_bad_links_and_wrong_clocks_break_no_promise() {
    let mut scenario = everything().scenario();
    let honest = |action: &Action<Op>| !matches!(action, Action::Wipe(_) | Action::SetFsync { .. });
    scenario.script.retain(|act| honest(&act.action));
    let mut run = start(&scenario);
    run.seek(ms(16_000));
    assert_eq!(broken(&*run), [""; 0]);
}

#[test]
fn everything_that_happens_is_said_and_no_rust_shows_through() {
    let run = everything();
    let events = run.events(Time::ZERO, run.frontier());
    for words in [
        "stalls",
        "go on",
        "makes C slow",
        "as fast as at first",
        "run fast",
        "clock back by 250 ms",
        "one way only",
        "fsync lie",
        "fsync work again",
        "drops",
        "holds up",
        "doubles",
        "before its time",
        "empties",
        "at first",
        "waits at",
        "by chance",
        "with a long tail up to 80 ms, 5 % lost, 5 % doubled, 5 % held back",
    ] {
        assert!(events.iter().any(|event| event.text.contains(words)), "nobody says `{words}`");
    }
    for event in &events {
        let odd = ["{", "}", "Some(", "None", "?", "  ", "ProcessId", "\""].iter().any(|odd| event.text.contains(odd));
        assert!(!odd && !event.text.is_empty() && !event.text.ends_with('.'), "{event:?}");
    }
    for mark in run.story().marks {
        assert!(!mark.word.is_empty(), "{:?}", mark.event);
    }
}

#[test]
fn the_timeline_agrees_with_the_picture_through_stalls_and_crashes() {
    let mut scenario = five(1);
    scenario.script = vec![
        at(2_000, Action::Pause(target("A"))),
        at(3_000, Action::Resume(target("A"))),
        at(3_500, Action::Pause(target("B"))),
        at(4_000, Action::Crash(target("B"))),
        at(4_500, Action::Restart(target("B"))),
    ];
    let mut run = start(&scenario);
    run.seek(ms(6_000));
    let story = run.story();
    let statuses = |node: usize| -> Vec<Status> {
        let mut all: Vec<Status> = story.lanes[node].bands.iter().map(|band| band.status).collect();
        all.dedup();
        all
    };
    assert_eq!(statuses(0), [Status::Up, Status::Paused, Status::Up]);
    assert_eq!(statuses(1), [Status::Up, Status::Paused, Status::Down, Status::Up]);
    for moment in (0..6_000).step_by(37).map(ms) {
        run.seek(moment);
        for (node, lane) in run.view().nodes.iter().zip(&story.lanes) {
            let band = lane.bands.iter().rfind(|band| band.from <= moment).unwrap();
            assert_eq!((node.status, node.epoch), (band.status, band.epoch), "{moment} {}", node.name);
        }
    }
}

#[test]
fn a_machine_is_shown_only_if_something_is_unusual_about_it() {
    let mut scenario = five(1);
    scenario.script = vec![
        at(2_000, Action::SetClock { who: target("A"), change: ClockChange::Step(500_000) }),
        at(2_000, Action::SetClock { who: target("A"), change: ClockChange::Drift(-1_000) }),
        at(2_000, Action::SetFsync { who: target("A"), lies: true }),
        at(2_000, Action::Slow { who: target("B"), times: 3 }),
        at(2_000, Action::Pause(target("C"))),
    ];
    let mut run = start(&scenario);
    run.seek(ms(2_100));
    let view = run.view();
    let machine = |node: usize| -> Vec<String> {
        let groups = view.nodes[node].groups.iter().filter(|group| group.title == "The machine");
        let rows = groups.flat_map(|group| &group.rows);
        rows.map(|row| match &row.value {
            protocols::view::Value::Text(text) => format!("{}: {text}", row.key),
            other => panic!("{other:?}"),
        })
        .collect()
    };
    assert_eq!(
        machine(0)[..3],
        ["clock: 499.9 ms ahead", "clock speed: it loses 1 ms a second", "fsync: lies"].map(str::to_owned)
    );
    assert!(machine(1).contains(&"each input takes: 3 ms".to_owned()), "{:?}", machine(1));
    assert_eq!(machine(2)[0], "runs: stalled");
    assert!(machine(2)[1].starts_with("inputs that wait: "), "{:?}", machine(2));
    assert_eq!(machine(3), [""; 0]);
}

#[test]
fn a_picture_holds_the_end_of_a_log_and_the_rest_is_had_on_demand() {
    let mut run = start(&five(1));
    run.seek(ms(20_000));
    let node = leads(1, 20_000);
    let strip = run.view().nodes.swap_remove(node.index()).strip;
    assert!(strip.len() > 3 * CELLS_SHOWN, "{}", strip.len());
    assert_eq!((strip.first, strip.cells.len() as u64), (1, CELLS_SHOWN));
    assert_eq!(strip.cells.last().unwrap().index, strip.last);
    let all = run.cells(node, 1, u64::MAX);
    assert_eq!(all.len() as u64, strip.len());
    assert_eq!(all[all.len() - strip.cells.len()..], strip.cells[..]);
    assert_eq!(all.iter().filter(|cell| cell.known).count() as u64, strip.known());
    assert_eq!(run.cells(node, 5, 7), all[4..7]);
    assert_eq!(run.cells(node, 7, 5), []);
    assert_eq!(run.cells(node, u64::MAX, u64::MAX), []);
    assert_eq!(run.cells(ProcessId(77), 1, 9), []);
}

#[test]
fn what_an_old_leader_took_in_alone_is_not_missing_for_it_was_never_acknowledged() {
    let run = run_of(1, 6_000, vec![at(2_000, Action::Isolate(leader())), at(4_000, Action::HealAll)]);
    for node in (0..5).map(ProcessId) {
        assert_eq!(run.missing(node), [], "all logs agree again");
    }
}

#[test]
fn what_a_server_has_not_heard_of_yet_is_missing_there() {
    let cut_off = ProcessId((leads(1, 2_000).0 + 1) % 5);
    let run = run_of(1, 4_000, vec![at(2_000, Action::Isolate(Target::Process(cut_off)))]);
    let missing = run.missing(cut_off);
    let later = |record: &OpRecord| record.completed.as_ref().is_some_and(|(end, _)| *end > ms(2_200));
    let later: Vec<_> = run.history().iter().filter(|record| later(record)).map(|record| record.id).collect();
    assert!(later.len() > 5 && later.iter().all(|id| missing.contains(id)), "{missing:?}");
    assert_eq!(run.missing(leads(1, 2_000)), []);
}

#[test]
fn branches_have_names_and_are_compared_and_deleted() {
    let mut run = start(&five(1));
    run.seek(ms(5_000));
    run.seek(ms(2_000));
    run.act(Action::Crash(leader())).unwrap();
    run.seek(ms(3_000));
    run.name_branch(1, Some("without a leader".into())).unwrap();
    let branches = run.branches();
    assert_eq!((branches.len(), branches[1].name.as_deref()), (2, Some("without a leader")));
    assert!(branches[0].last > ms(4_900) && branches[1].last > ms(2_900), "{branches:?}");
    let (kept, acted) = run.first_difference(0, 1).expect("they differ");
    assert!(kept.unwrap().at > ms(2_000));
    let acted = acted.unwrap();
    assert_eq!((acted.at, acted.kind), (ms(2_000), EventKind::Fault));
    assert!(acted.text.starts_with("The reader crashes"), "{acted:?}");
    assert_eq!(run.first_difference(0, 0), None);
    assert_eq!(run.first_difference(0, 9), None);
    let refused = |result: Result<(), protocols::Refusal>| result.unwrap_err().to_string();
    assert_eq!(refused(run.delete_branch(1)), "This can't be done: this branch is looked at: look at another first");
    assert_eq!(refused(run.delete_branch(0)), "This can't be done: the original run can't be deleted");
    assert_eq!(refused(run.name_branch(7, None)), "This can't be done: there is no such branch");
    run.switch(0);
    run.delete_branch(1).unwrap();
    assert_eq!(run.branches().len(), 1);
    run.seek(ms(6_000));
    assert!(run.story().marks.is_empty(), "the record of the original run is its own");
}

#[test]
fn the_past_of_an_election_holds_its_cut_and_the_future_of_the_cut_the_election() {
    let script = vec![at(2_000, Action::Crash(leader()))];
    let run = run_of(1, 4_000, script);
    let crash = find(&*run, 2_000, "The lesson crashes");
    let elected = find(&*run, 2_000, "becomes leader");
    let candidacy = find(&*run, 2_000, "becomes candidate");
    assert!(run.past(elected.id).contains(candidacy.id));
    assert!(run.future(candidacy.id).contains(elected.id));
    assert!(!run.past(candidacy.id).contains(elected.id));
    assert!(!run.past(crash.id).contains(elected.id));
    assert!(run.past(elected.id).len() > 100);
    assert!(run.memory().checkpoint_bytes <= sim::timeline::CHECKPOINT_BYTES_MAX);
    assert_eq!(run.memory().events, run.events(Time::ZERO, run.frontier()).len());
}
