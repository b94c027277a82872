//! Predicates judged on a story that is written down here, so that each verdict can be checked by eye.

use check::{Facts, Goal, Mark, Part, Predicate, Progress, SpanText};
use protocols::run::{OpRecord, Refusal};
use protocols::view::{
    Band, BranchView, Breach, CELLS_SHOWN, Cell, ClientView, EventKind, EventView, Group, LaneView, MachineView,
    NodeView, PromiseView, Row, Stance, Status, Story, Strip, Value, View,
};
use protocols::{Op, Outcome, Run, Scenario};
use sim::{Action, EventId, OpId, ProcessId, Span, Time};

/// One node's life: from when (in ms), the status, the part and the epoch.
type Life = &'static [(u64, Status, Stance, u64)];

/// A leads term 1 from 200 ms until it hears of term 2, at 3000 ms.
const A: Life = &[
    (0, Status::Up, Stance::Follows, 0),
    (180, Status::Up, Stance::Asks, 1),
    (200, Status::Up, Stance::Leads, 1),
    (3_000, Status::Up, Stance::Follows, 2),
];
/// B follows, and is down from 2500 to 2800 ms.
const B: Life = &[
    (0, Status::Up, Stance::Follows, 1),
    (2_500, Status::Down, Stance::Follows, 1),
    (2_800, Status::Up, Stance::Follows, 1),
];
/// C leads term 2 from 1500 ms on.
const C: Life =
    &[(0, Status::Up, Stance::Follows, 1), (1_480, Status::Up, Stance::Asks, 2), (1_500, Status::Up, Stance::Leads, 2)];

/// A run that has been simulated to 5000 ms, of which only the story, the history and the view are told.
struct Told {
    now: Time,
    /// Each node's log, as (label, known to be committed).
    logs: [Vec<(&'static str, bool)>; 3],
    history: Vec<OpRecord>,
    broken: Option<Time>,
    /// What each node shows of its state.
    rows: Vec<Row>,
    /// When the commit index of A moved.
    commits: Vec<Time>,
}

fn ms(ms: u64) -> Time {
    Time(ms * 1_000)
}

fn span(ms: u64) -> SpanText {
    SpanText(Span::from_millis(ms))
}

fn told() -> Told {
    Told {
        now: Time::ZERO,
        logs: Default::default(),
        history: Vec::new(),
        broken: None,
        rows: Vec::new(),
        commits: Vec::new(),
    }
}

/// The client's `seq`th operation.
fn op(seq: u32, op: Op, invoked: u64, completed: Option<(u64, Outcome)>) -> OpRecord {
    OpRecord {
        id: OpId { client: ProcessId(3), seq },
        op,
        invoked: ms(invoked),
        completed: completed.map(|(at, outcome)| (ms(at), outcome)),
        entries: Vec::new(),
    }
}

fn put(value: &str) -> Op {
    Op::Put { key: "x".into(), value: value.into() }
}

impl Told {
    fn bands(life: Life) -> Vec<Band> {
        let ends = life.iter().skip(1).map(|step| step.0).chain([5_000]);
        let band = |(&(from, status, stance, epoch), to): (&(u64, Status, Stance, u64), u64)| Band {
            from: ms(from),
            to: ms(to),
            status,
            stance,
            epoch,
        };
        life.iter().zip(ends).map(band).collect()
    }

    fn node(&self, id: u8, life: Life) -> NodeView {
        let band =
            Self::bands(life).into_iter().rev().find(|band| band.from <= self.now).expect("a life begins at zero");
        let mut cells: Vec<Cell> = self.logs[usize::from(id)]
            .iter()
            .zip(1..)
            .map(|(&(label, known), index)| Cell { index, epoch: 1, label: label.into(), known })
            .collect();
        let settled = cells.iter().filter(|cell| cell.known).count() as u64;
        NodeView {
            id: ProcessId(id),
            name: ["A", "B", "C"][usize::from(id)].into(),
            status: band.status,
            stance: band.stance,
            role: "",
            since: band.from,
            epoch: band.epoch,
            timer: None,
            beat: None,
            strip: Strip {
                first: 1,
                last: cells.len() as u64,
                settled,
                cells: cells.split_off(cells.len().saturating_sub(CELLS_SHOWN as usize)),
            },
            groups: vec![Group { title: "On disk", remark: "", rows: self.rows.clone() }],
            store: Vec::new(),
            peers: Vec::new(),
            machine: MachineView::default(),
        }
    }
}

impl Run for Told {
    fn now(&self) -> Time {
        self.now
    }
    fn frontier(&self) -> Time {
        ms(5_000)
    }
    fn end(&self) -> Time {
        ms(5_000)
    }
    fn seek(&mut self, to: Time) {
        self.now = to.min(self.end());
    }
    fn act(&mut self, _: Action<Op>) -> Result<(), Refusal> {
        Err(Refusal("this run is only told".into()))
    }
    fn branches(&self) -> Vec<BranchView> {
        vec![BranchView { name: None, parent: 0, fork: Time::ZERO, last: Time::ZERO }]
    }
    fn name_branch(&mut self, _: usize, _: Option<String>) -> Result<(), Refusal> {
        Ok(())
    }
    fn delete_branch(&mut self, _: usize) -> Result<(), Refusal> {
        Ok(())
    }
    fn branch(&self) -> usize {
        0
    }
    fn switch(&mut self, _: usize) {}
    fn view(&self) -> View {
        let waiting = self.history.iter().find(|op| op.invoked <= self.now && op.completed.is_none());
        View {
            at: self.now,
            epoch_word: "term",
            nodes: vec![self.node(0, A), self.node(1, B), self.node(2, C)],
            clients: vec![ClientView {
                id: ProcessId(3),
                name: "c1".into(),
                asks: None,
                waiting: waiting.map(|op| (op.op.to_string(), op.invoked)),
                done: 0,
                unknown: 0,
            }],
            links: Vec::new(),
            messages: Vec::new(),
            losses: Vec::new(),
            cuts: Vec::new(),
            promises: vec![PromiseView {
                name: "Election safety",
                promise: "",
                broken: self.broken.map(|at| Breach {
                    at,
                    event: EventId(0),
                    facts: "A and C both lead term 2".into(),
                }),
            }],
        }
    }
    fn story(&self) -> Story {
        let lane = |(id, life): (u8, Life)| LaneView {
            process: ProcessId(id),
            name: String::new(),
            bands: Self::bands(life),
            commits: if id == 0 { self.commits.clone() } else { Vec::new() },
        };
        Story {
            frontier: ms(5_000),
            lanes: [(0, A), (1, B), (2, C)].into_iter().map(lane).collect(),
            ..Story::default()
        }
    }
    fn events(&self, from: Time, to: Time) -> Vec<EventView> {
        let told = [(1_000, "A sends B heartbeat of term 1"), (2_000, "A sends C heartbeat of term 1")];
        let all = told.iter().zip(0..).map(|(&(at, text), id)| EventView {
            id: EventId(id),
            at: ms(at),
            process: Some(ProcessId(0)),
            kind: EventKind::Message,
            text: text.into(),
            cause: None,
        });
        all.filter(|event| from <= event.at && event.at <= to).collect()
    }
    fn event(&self, _: EventId) -> Option<EventView> {
        None
    }

    fn missing(&self, node: ProcessId) -> Vec<OpId> {
        let mut held: Vec<&str> = self.logs[node.index()].iter().map(|&(label, _)| label).collect();
        let written = self.history.iter().filter(|op| match &op.completed {
            Some((at, Outcome::Written)) => *at <= self.now,
            _ => false,
        });
        let mut lacks = |op: &&OpRecord| match held.iter().position(|label| *label == op.op.to_string()) {
            Some(place) => {
                held.remove(place);
                false
            }
            None => true,
        };
        written.filter(|op| lacks(op)).map(|op| op.id).collect()
    }
    fn next_event(&mut self) -> Option<Time> {
        None
    }
    fn previous_event(&self) -> Option<Time> {
        None
    }
    fn history(&self) -> Vec<OpRecord> {
        self.history.clone()
    }
    fn scenario(&self) -> Scenario {
        unreachable!("no verdict asks for it")
    }
}

#[track_caller]
fn check(run: &mut Told, at: u64, predicate: &Predicate, holds: bool, found: &str) {
    let finding = predicate.judge(run, ms(at));
    assert_eq!((finding.holds, finding.found.as_str()), (holds, found), "{predicate}");
    let denied = Predicate::Not(Box::new(predicate.clone())).judge(run, ms(at));
    assert_eq!(denied.holds, !holds, "not ({predicate})");
}

#[test]
fn who_leads_is_told_newest_term_first() {
    let run = &mut told();
    let in_c = Predicate::LeaderIn(vec!["B".into(), "C".into()]);
    check(run, 100, &in_c, false, "nobody leads");
    check(run, 1_000, &in_c, false, "A leads in term 1");
    check(run, 2_000, &in_c, true, "C leads in term 2; A leads in term 1");
    check(run, 2_000, &Predicate::Leaders(2), true, "C leads in term 2; A leads in term 1");
    check(run, 4_000, &Predicate::Leaders(2), false, "C leads in term 2");
}

#[test]
fn a_node_is_judged_by_its_part_and_its_epoch() {
    let run = &mut told();
    let leads = Predicate::Plays { node: "A".into(), part: Part::Leads };
    check(run, 1_000, &leads, true, "A leads in term 1");
    check(run, 4_000, &leads, false, "A follows in term 2");
    let follows = Predicate::Plays { node: "B".into(), part: Part::Follows };
    check(run, 2_600, &follows, false, "B is down in term 1");
    check(run, 2_900, &follows, true, "B follows in term 1");
    check(run, 1_490, &Predicate::Epoch { node: "C".into(), is: 2 }, true, "C asks to lead in term 2");
    check(run, 1_490, &Predicate::EpochAtLeast { node: "A".into(), at_least: 2 }, false, "A leads in term 1");
    check(run, 1_490, &Predicate::Epoch { node: "F".into(), is: 2 }, false, "there is no node F");
}

#[test]
fn lengths_are_measured_up_to_the_moment_and_no_further() {
    let run = &mut told();
    let two = |lasting| Predicate::LeadersAtOnce { count: 2, lasting: span(lasting) };
    check(run, 1_400, &two(1), false, "never 2 leaders or more at once");
    check(run, 2_000, &two(501), false, "2 leaders or more at once for 500 ms at the longest, from 1500 ms");
    check(run, 2_000, &two(500), true, "2 leaders or more at once for 500 ms at the longest, from 1500 ms");
    check(run, 5_000, &two(1_500), true, "2 leaders or more at once for 1500 ms at the longest, from 1500 ms");
    check(run, 5_000, &two(1_501), false, "2 leaders or more at once for 1500 ms at the longest, from 1500 ms");
    let none = |lasting| Predicate::NoLeaderFor(span(lasting));
    check(run, 150, &none(150), true, "without a leader for 150 ms at the longest, from 0 ms");
    check(run, 5_000, &none(200), true, "without a leader for 200 ms at the longest, from 0 ms");
    check(run, 5_000, &none(201), false, "without a leader for 200 ms at the longest, from 0 ms");
    assert_eq!(two(3_000).judge(run, ms(2_500)).progress, Some((1_000_000, 3_000_000)), "for the meter, in µs");
}

#[test]
fn elections_and_crashes_are_counted_up_to_the_moment() {
    let run = &mut told();
    check(run, 150, &Predicate::ElectionsAtMost(0), true, "no term had a leader");
    check(run, 1_499, &Predicate::ElectionsAtMost(1), true, "only term 1 had a leader");
    check(run, 1_500, &Predicate::ElectionsAtMost(1), false, "2 terms had a leader: 1, 2");
    check(run, 1_500, &Predicate::ElectionsAtLeast(2), true, "2 terms had a leader: 1, 2");
    check(run, 2_400, &Predicate::CrashesAtMost(0), true, "0 crashes");
    check(run, 5_000, &Predicate::CrashesAtMost(0), false, "1 crash");
}

#[test]
fn entries_are_counted_on_each_node() {
    let run = &mut told();
    run.logs = [vec![("x = 1", true), ("x = 2", false)], vec![("x = 1", true)], vec![]];
    let settled = |on: &[&str], at_least| Predicate::Settled { on: on.iter().map(|&n| n.into()).collect(), at_least };
    check(run, 100, &settled(&["A", "B"], 1), true, "entries known to be committed: 1 on A, 1 on B");
    check(run, 100, &settled(&["A", "C"], 1), false, "entries known to be committed: 1 on A, 0 on C");
    let unsettled = |on: &str, at_least| Predicate::Unsettled { on: vec![on.into()], at_least };
    check(run, 100, &unsettled("A", 1), true, "entries not known to be committed: 1 on A");
    check(run, 100, &unsettled("B", 1), false, "entries not known to be committed: 0 on B");
}

#[test]
fn a_log_is_told_by_the_terms_of_its_entries() {
    let run = &mut told();
    run.logs =
        [vec![("x = 1", true), ("x = 2", false)], vec![("x = 1", true)], vec![("x = 1", true), ("x = 3", false)]];
    let log = |node: &str, terms: &[u64]| Predicate::Log { node: node.into(), terms: terms.to_vec() };
    check(run, 100, &log("A", &[1, 1]), true, "A's log is of terms [1, 1]");
    check(run, 100, &log("A", &[1]), false, "A's log is of terms [1, 1]");
    check(run, 100, &log("B", &[2]), false, "B's log is of terms [1]");
    check(run, 100, &log("F", &[]), false, "there is no node F");
    let same = |on: &[&str]| Predicate::SameLog(on.iter().map(|&name| name.into()).collect());
    check(run, 100, &same(&["A", "B"]), false, "the logs of A and B differ at entry 2");
    check(run, 100, &same(&["A", "C"]), false, "the logs of A and C differ at entry 2");
    run.logs[2][1].0 = "x = 2";
    check(run, 100, &same(&["A", "C"]), true, "A, C have the same log up to entry 2");
}

#[test]
fn a_log_that_is_longer_than_what_is_shown_of_it_is_of_no_terms_that_can_be_claimed() {
    let run = &mut told();
    run.logs[0] = vec![("x = 1", true); CELLS_SHOWN as usize + 1];
    let log = Predicate::Log { node: "A".into(), terms: vec![1; CELLS_SHOWN as usize] };
    assert!(!log.judge(run, ms(100)).holds);
}

#[test]
fn a_commit_index_can_be_claimed_exactly() {
    let run = &mut told();
    run.logs = [vec![("x = 1", true), ("x = 2", true)], vec![("x = 1", true)], vec![]];
    let is = |on: &[&str], is| Predicate::SettledIs { on: on.iter().map(|&name| name.into()).collect(), is };
    check(run, 100, &is(&["A"], 2), true, "entries known to be committed: 2 on A");
    check(run, 100, &is(&["A"], 1), false, "entries known to be committed: 2 on A");
    check(run, 100, &is(&["A", "B"], 2), false, "entries known to be committed: 2 on A, 1 on B");
    check(run, 100, &is(&["C"], 0), true, "entries known to be committed: 0 on C");
}

#[test]
fn a_row_of_a_nodes_state_is_claimed_as_it_reads() {
    let run = &mut told();
    let value = |key, value| Row { key, value };
    run.rows = vec![
        value("votedFor", Value::Node(Some(ProcessId(1)))),
        value("leader", Value::Node(None)),
        value("currentTerm", Value::Epoch(3)),
        value("lastApplied", Value::Text("1: x = 7".into())),
        value("voters", Value::Nodes(vec![ProcessId(0), ProcessId(2)])),
        value("matchIndex", Value::PerNode(vec![(ProcessId(1), 4), (ProcessId(2), 0)])),
    ];
    let shows = |row: &str, is: &str| Predicate::Shows { node: "A".into(), row: row.into(), is: is.into() };
    check(run, 100, &shows("votedFor", "B"), true, "A's votedFor is B");
    check(run, 100, &shows("votedFor", "nobody"), false, "A's votedFor is B");
    check(run, 100, &shows("leader", "nobody"), true, "A's leader is nobody");
    check(run, 100, &shows("currentTerm", "3"), true, "A's currentTerm is 3");
    check(run, 100, &shows("lastApplied", "1: x = 7"), true, "A's lastApplied is 1: x = 7");
    check(run, 100, &shows("voters", "A, C"), true, "A's voters is A, C");
    check(run, 100, &shows("matchIndex", "B 4, C 0"), true, "A's matchIndex is B 4, C 0");
    check(run, 100, &shows("nextIndex", "1"), false, "A shows no nextIndex");
}

#[test]
fn a_read_is_judged_by_the_last_answer_to_it() {
    let run = &mut told();
    let read = || Op::Get { key: "x".into() };
    run.history = vec![
        op(1, read(), 900, Some((1_000, Outcome::Value(None)))),
        op(2, put("7"), 1_100, Some((1_200, Outcome::Written))),
        op(3, read(), 1_300, Some((1_400, Outcome::Value(Some("7".into()))))),
        op(4, read(), 1_500, Some((1_600, Outcome::Unknown))),
    ];
    let gave = |value: Option<&str>| Predicate::ReadGave {
        client: "c1".into(),
        key: "x".into(),
        value: value.map(str::to_owned),
    };
    check(run, 999, &gave(None), false, "c1 was never answered a read of x");
    check(run, 1_000, &gave(None), true, "c1's last read of x gave nothing");
    check(run, 5_000, &gave(Some("7")), true, "c1's last read of x gave 7");
    check(run, 5_000, &gave(Some("8")), false, "c1's last read of x gave 7");
}

#[test]
fn events_are_counted_by_what_they_tell() {
    let run = &mut told();
    let tells = |words: &[&str], since: Option<u64>, at_least, at_most| Predicate::Tells {
        words: words.iter().map(|&word| word.into()).collect(),
        since: since.map(span),
        at_least,
        at_most,
    };
    let one = "1 event, the first at 1000 ms: A sends B heartbeat of term 1";
    let two = "2 events, the first at 1000 ms: A sends B heartbeat of term 1";
    check(run, 999, &tells(&["heartbeat"], None, None, None), false, "no event tells \"heartbeat\"");
    check(run, 1_000, &tells(&["heartbeat"], None, None, None), true, one);
    check(run, 5_000, &tells(&["heartbeat"], None, Some(2), None), true, two);
    check(run, 5_000, &tells(&["heartbeat"], None, None, Some(1)), false, two);
    check(run, 5_000, &tells(&["heartbeat", " B "], None, None, Some(1)), true, one);
    let later = "1 event, the first at 2000 ms: A sends C heartbeat of term 1";
    check(run, 5_000, &tells(&["heartbeat"], Some(1_500), Some(1), Some(1)), true, later);
    check(run, 5_000, &tells(&["vote"], None, None, Some(0)), true, "no event tells \"vote\"");
}

#[test]
fn availability_is_the_share_of_time_with_a_commit() {
    let run = &mut told();
    run.commits = vec![ms(1_000), ms(1_040), ms(1_150), ms(4_000)];
    let available = |at_least, at_most| Predicate::Available { since: span(1_000), each: span(100), at_least, at_most };
    let half = "a commit in 2 of 4 steps of 100 ms: 50 percent";
    check(run, 1_400, &available(Some(50), None), true, half);
    check(run, 1_400, &available(Some(51), None), false, half);
    check(run, 1_400, &available(None, Some(49)), false, half);
    check(run, 1_400, &available(None, Some(50)), true, half);
    let none = |lasting| Predicate::NoCommitFor(span(lasting));
    check(run, 1_400, &none(1_001), false, "no commit for 1000 ms at the longest, from 0 ms");
    check(run, 5_000, &none(2_850), true, "no commit for 2850 ms at the longest, from 1150 ms");
    check(run, 5_000, &none(2_851), false, "no commit for 2850 ms at the longest, from 1150 ms");
}

#[test]
fn only_answers_count_as_acknowledged() {
    let run = &mut told();
    run.history = vec![
        op(1, put("1"), 900, Some((1_000, Outcome::Written))),
        op(2, put("2"), 1_600, Some((2_600, Outcome::Unknown))),
        op(3, Op::Get { key: "x".into() }, 1_700, Some((1_800, Outcome::Value(None)))),
        op(4, put("4"), 2_000, None),
    ];
    check(run, 999, &Predicate::Acknowledged(1), false, "0 operations acknowledged");
    check(run, 1_000, &Predicate::Acknowledged(1), true, "1 operation acknowledged");
    check(run, 5_000, &Predicate::Acknowledged(3), false, "2 operations acknowledged");
    let amid = Predicate::AcknowledgedAmid { leaders: 2, at_least: 1 };
    check(run, 1_700, &amid, false, "0 operations amid 2 leaders or more");
    check(run, 1_900, &amid, true, "1 operation amid 2 leaders or more");
    let waits = Predicate::Waits { client: "c1".into(), lasting: span(700) };
    check(run, 1_900, &waits, false, "c1 waits for nothing");
    check(run, 2_699, &waits, false, "c1 has waited for an answer to x = 4 for 699 ms");
    check(run, 2_700, &waits, true, "c1 has waited for an answer to x = 4 for 700 ms");
}

#[test]
fn a_broken_promise_counts_from_when_it_broke() {
    let run = &mut told();
    run.broken = Some(ms(2_000));
    check(run, 1_999, &Predicate::PromisesHold(true), true, "every promise holds");
    let found = "Election safety broke at 2000 ms: A and C both lead term 2";
    check(run, 2_000, &Predicate::PromisesHold(true), false, found);
    check(run, 2_000, &Predicate::PromisesHold(false), true, found);
    let breaks = |name: &str| Predicate::Breaks(name.into());
    check(run, 1_999, &breaks("Election safety"), false, "Election safety holds");
    check(run, 2_000, &breaks("Election safety"), true, found);
    check(run, 2_000, &breaks("Log matching"), false, "there is no promise Log matching");
}

#[test]
fn an_acknowledged_write_is_looked_for_in_the_newest_leaders_log() {
    let kept = Predicate::NoAcknowledgedWriteLost(true);
    let run = &mut told();
    run.history = vec![
        op(1, put("1"), 900, Some((1_000, Outcome::Written))),
        op(2, put("1"), 1_100, Some((1_200, Outcome::Written))),
        op(3, put("9"), 1_300, Some((1_400, Outcome::Unknown))),
    ];
    run.logs = [vec![("x = 1", true), ("x = 1", true)], vec![], vec![("no-op", true), ("x = 1", true)]];
    check(run, 100, &kept, true, "no acknowledged write can be missed: the newest leader has no successor yet");
    check(run, 1_100, &kept, true, "the acknowledged write is in A's log");
    check(run, 1_450, &kept, true, "all 2 acknowledged writes are in A's log");
    check(run, 2_000, &kept, false, "x = 1 was acknowledged, but is not in the log of C, leader of term 2");
    run.logs[2].push(("x = 1", false));
    check(run, 2_000, &kept, true, "all 2 acknowledged writes are in C's log");
    check(run, 2_000, &Predicate::NoAcknowledgedWriteLost(false), false, "all 2 acknowledged writes are in C's log");
}

#[test]
fn several_predicates_are_told_together() {
    let run = &mut told();
    let (one, two) = (Predicate::Leaders(1), Predicate::ElectionsAtMost(1));
    let found = "A leads in term 1; only term 1 had a leader";
    check(run, 1_000, &Predicate::All(vec![one.clone(), two.clone()]), true, found);
    let found = "C leads in term 2; 2 terms had a leader: 1, 2";
    check(run, 4_000, &Predicate::All(vec![one.clone(), two.clone()]), false, found);
    check(run, 4_000, &Predicate::Any(vec![one, two]), true, found);
}

#[test]
fn a_goal_that_is_reached_stays_reached_and_one_that_is_lost_stays_lost_until_time_goes_back() {
    let goals = [
        Goal::Reach(Predicate::LeaderIn(vec!["C".into()])),
        Goal::Keep(Predicate::Plays { node: "A".into(), part: Part::Follows }),
        Goal::Keep(Predicate::PromisesHold(true)),
    ];
    let mut run = told();
    let mut progress = Progress::new(&goals);
    let mut look = |at: u64| {
        run.seek(ms(at));
        progress.update(&goals, &Facts::now(&run, goals.iter().map(Goal::predicate)));
        let marks: Vec<Mark> = progress.goals().iter().map(|(mark, _)| *mark).collect();
        (marks, progress.passed(), progress.lost())
    };
    assert_eq!(look(100), (vec![Mark::Open, Mark::Kept, Mark::Kept], false, false));
    let lost = Mark::Lost(ms(1_000));
    assert_eq!(look(1_000), (vec![Mark::Open, lost, Mark::Kept], false, true));
    assert_eq!(look(2_000), (vec![Mark::Reached(ms(2_000)), lost, Mark::Kept], false, true));
    assert_eq!(look(4_000), (vec![Mark::Reached(ms(2_000)), lost, Mark::Kept], false, true));
    assert_eq!(look(100), (vec![Mark::Open, Mark::Kept, Mark::Kept], false, false), "rewound");
    assert_eq!(
        look(3_500),
        (vec![Mark::Reached(ms(3_500)), Mark::Kept, Mark::Kept], true, false),
        "on another way to the goal"
    );
}
