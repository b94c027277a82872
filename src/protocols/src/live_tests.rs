//! What is kept of a branch, against a naive walk through its trace and against the states of its world, over runs
//! with every kind of fault.

use std::sync::Arc;

use sim::{Chance, Change, Latency, Pick, Purpose, Quality, Share, Span, Target};

use super::*;
use crate::op::Admin;
use crate::raft::membership::Quorum;
use crate::raft::{Members, Raft};
use crate::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Reads, Scheduled};
use crate::shown::Turn;
use crate::view::{AbleSide, Verdict};

const UNTIL: Time = Time(12_000_000);
const SEEDS: core::ops::Range<u64> = 0..6;

/// Everything that can be done to a run, at random.
fn faults(seed: u64) -> Vec<Scheduled> {
    let chance = Chance::new(seed);
    let draw = |nth: u32, of: u64| sim::draw::scale(chance.bits(Purpose::Fault, 0, Time::ZERO, nth), of);
    let server = |number: u64| Target::Process(ProcessId(u8::try_from(number).unwrap()));
    let leader = || Target::Role { role: "leader".into(), nth: 0 };
    let any = || Pick::Fitting { kind: None, from: None, to: None, nth: 0 };
    let mut script = Vec::new();
    let (mut at, mut nth) = (Time::ZERO, 0);
    loop {
        at += Span::from_millis(20 + draw(nth, 250));
        if at >= UNTIL {
            return script;
        }
        let (a, b) = (draw(nth + 2, 5), draw(nth + 3, 5));
        let action = match draw(nth + 1, 22) {
            0 => Action::Crash(server(a)),
            1 => Action::Crash(leader()),
            2 | 3 => Action::Restart(server(a)),
            4 => Action::Partition {
                groups: [vec![0, 1], vec![2, 3, 4]].map(|s| s.into_iter().map(server).collect()).into(),
            },
            5 => Action::Isolate(leader()),
            6 | 7 if a != b => Action::Cut { from: server(a), to: server(b), both: draw(nth + 4, 2) == 0 },
            8 | 9 => Action::HealAll,
            10 | 11 => Action::DelayMessage { pick: any(), by: Span::from_millis(draw(nth + 4, 900)) },
            12 | 13 => Action::DuplicateMessage(any()),
            14 => Action::Pause(leader()),
            15 | 16 => Action::Resume(server(a)),
            17 => Action::Slow { who: server(a), times: u16::try_from(draw(nth + 4, 3) * 20).unwrap() },
            18 => Action::DropMessage(any()),
            19 => Action::Wipe(server(a)),
            20 => Action::Request {
                to: leader(),
                op: Op::Admin(Admin::Reconfigure(
                    (0..3).map(|n| ProcessId(u8::try_from((a + n) % 5).unwrap())).collect(),
                )),
            },
            _ => Action::Request { to: leader(), op: Op::Admin(Admin::Reconfigure((0..5).map(ProcessId).collect())) },
        };
        script.push(Scheduled { at, by: By::Lesson, action });
        nth += 8;
    }
}

fn writer(name: &str) -> ClientConfig {
    ClientConfig {
        name: name.into(),
        near: Vec::new(),
        write_every: Some(Span::from_millis(100)),
        does: Vec::new(),
        timeout: Span::from_millis(700),
    }
}

fn run_of(seed: u64, script: Vec<Scheduled>, set: impl Fn(&mut RaftConfig)) -> Live<Raft> {
    let mut config = RaftConfig { compact_at: Some(20), ..RaftConfig::default() };
    set(&mut config);
    let mut network = sim::Network::default();
    network.quality.duplication = Share(30_000);
    network.quality.loss = Share(20_000);
    network.quality.reordering = Share(20_000);
    let scenario = Scenario {
        protocol: ProtocolConfig::Raft(config.clone()),
        nodes: ["A", "B", "C", "D", "E"].map(str::to_owned).into(),
        clients: vec![writer("c1"), writer("c2")],
        seed,
        network,
        script,
        until: UNTIL,
    };
    scenario.validate().expect("it can be run");
    let raft = Raft { servers: 5, clients: scenario.clients.clone(), config: Arc::new(config) };
    Live::new(scenario, raft)
}

/// The arrows of a span by a walk through the whole trace.
fn naive_arrows(run: &Live<Raft>, from: Time, to: Time) -> Vec<(EventId, MsgId, ArrowEnd)> {
    let trace = run.timeline.trace();
    let mut arrows: Vec<(EventId, MsgId, ArrowEnd)> = Vec::new();
    for event in trace.iter() {
        let mut end = |of: MsgId, how| arrows.iter_mut().find(|(_, id, _)| *id == of).unwrap().2 = how;
        match &event.kind {
            Kind::Delayed { id, due, .. } => end(*id, ArrowEnd::Flying(*due)),
            Kind::Delivered { id, .. } | Kind::Waits { id, .. } => end(*id, ArrowEnd::Arrived(event.id, event.at)),
            Kind::Dropped { id, .. } => end(*id, ArrowEnd::Lost(event.id, event.at)),
            Kind::Sent { id, due, .. } => arrows.push((event.id, *id, ArrowEnd::Flying(*due))),
            Kind::Duplicated { copy, sent, due, .. } => arrows.push((*sent, *copy, ArrowEnd::Flying(*due))),
            _ => {}
        }
    }
    arrows.sort_by_key(|&(sent, id, _)| (sent, id));
    arrows.retain(|&(sent, _, end)| {
        let (ArrowEnd::Arrived(_, at) | ArrowEnd::Lost(_, at) | ArrowEnd::Flying(at)) = end;
        trace.get(sent).unwrap().at <= to && at >= from
    });
    arrows
}

#[test]
fn a_diagram_agrees_with_the_trace() {
    for seed in SEEDS {
        let mut run = run_of(seed, faults(seed), |_| {});
        for frontier in [1_500, 4_000, 12_000].map(|ms| Time(ms * 1_000)) {
            run.seek(frontier);
            for nth in 0..30 {
                let from = Time(nth * 397_000);
                for to in [from, from + Span::from_millis(90), from + Span::from_millis(700)] {
                    let diagram = run.diagram(from, to);
                    assert!(!diagram.more);
                    let arrows: Vec<_> = diagram.arrows.iter().map(|arrow| (arrow.sent, arrow.id, arrow.end)).collect();
                    assert_eq!(arrows, naive_arrows(&run, from, to), "seed {seed}, {from} to {to} of {frontier}");
                    for arrow in &diagram.arrows {
                        let sent = run.timeline.trace().get(arrow.sent).unwrap();
                        let Kind::Sent { to, .. } = sent.kind else { panic!("{sent:?}") };
                        assert_eq!((Some(arrow.from), arrow.to, arrow.sent_at), (sent.process, to, sent.at));
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_on_its_way_at_the_frontier_flies_in_the_diagram() {
    let mut run = run_of(3, faults(3), |_| {});
    for nth in 1..400 {
        run.seek(Time(nth * 29_000));
        let now = run.now();
        let mut flying: Vec<_> = run.view().messages.iter().map(|m| (m.id, m.from, m.to, m.sent, m.due)).collect();
        flying.sort();
        let mut arrows = run.diagram(now, now).arrows;
        arrows.retain(|arrow| matches!(arrow.end, ArrowEnd::Flying(_)));
        let due = |arrow: &Arrow| if let ArrowEnd::Flying(due) = arrow.end { due } else { unreachable!() };
        let mut drawn: Vec<_> = arrows.iter().map(|a| (a.id, a.from, a.to, a.sent_at, due(a))).collect();
        drawn.sort();
        assert_eq!(drawn, flying, "at {now}");
    }
}

#[test]
fn the_points_of_a_diagram_are_events_at_processes_and_say_where_epochs_begin() {
    for seed in SEEDS {
        let mut run = run_of(seed, faults(seed), |_| {});
        run.seek(UNTIL);
        let points = run.diagram(Time::ZERO, UNTIL).points;
        assert!(!points.is_empty());
        let mut epochs = [0; 5];
        let (mut begun, mut roles) = (0, 0);
        for event in run.timeline.trace().iter() {
            let point = points.iter().find(|point| point.event == event.id);
            match &event.kind {
                Kind::Sent { .. } | Kind::Delivered { .. } | Kind::Dropped { .. } | Kind::Cut { .. } => {
                    assert_eq!(point, None, "{event:?}");
                }
                Kind::TimerFired { .. } | Kind::Crashed { .. } | Kind::Invoked { .. } | Kind::Completed { .. } => {
                    assert!(point.is_some() || event.at > points.last().unwrap().at, "{event:?}");
                }
                Kind::Wiped { .. } => epochs[event.process.unwrap().index()] = 0,
                Kind::Noted(note) => {
                    let (Some(who), Some(point)) = (event.process, point) else { continue };
                    roles += u32::from(point.kind == EventKind::Role);
                    if let Some(Turn::Part(_, epoch)) = Raft::note_turn(who, note) {
                        let new = epoch > epochs[who.index()];
                        assert_eq!(point.epoch, new.then_some(epoch), "{event:?}");
                        epochs[who.index()] = epoch;
                        begun += u32::from(new);
                    }
                }
                _ => {}
            }
        }
        assert!(begun > 5 && roles > 5, "{begun} epochs, {roles} changes of part");
    }
}

#[test]
fn a_diagram_is_bounded_and_says_so() {
    let mut run = run_of(1, Vec::new(), |_| {});
    run.seek(UNTIL);
    let diagram = run.diagram(Time::ZERO, UNTIL);
    assert_eq!((diagram.arrows.len(), diagram.more), (ARROWS_MAX, true));
    assert_eq!(run.diagram(UNTIL + Span(1), UNTIL), Diagram::default(), "a span that ends before it begins is empty");
}

/// Who could be served, by the state of the world.
fn naive_able(run: &Live<Raft>, quorum: Quorum, local: bool) -> Vec<AbleSide> {
    let world = run.timeline.world();
    let ids = || (0..5).map(ProcessId);
    let whole = |a: ProcessId, b: ProcessId| a == b || !(world.is_cut(a, b) || world.is_cut(b, a));
    let mut near = [[false; 5]; 5];
    for (a, b) in ids().flat_map(|a| ids().map(move |b| (a, b))) {
        near[a.index()][b.index()] = whole(a, b);
    }
    for k in 0..5 {
        for a in 0..5 {
            for b in 0..5 {
                near[a][b] |= near[a][k] && near[k][b];
            }
        }
    }
    let runs = |id: ProcessId| world.process(id).is_some() && !world.is_paused(id);
    let could = |id: ProcessId| {
        let server = world.process(id)?.server()?;
        let reached: Members = ids().filter(|&other| runs(other) && whole(id, other)).collect();
        let can = runs(id) && server.leads() && server.membership().is_quorum(reached, quorum);
        can.then_some(server.persistent.term)
    };
    let mut sides: Vec<AbleSide> = Vec::new();
    for id in ids() {
        if sides.iter().any(|side| side.members.contains(&id)) {
            continue;
        }
        let members: Vec<ProcessId> = ids().filter(|other| near[id.index()][other.index()]).collect();
        let mut leaders: Vec<_> = members.iter().filter_map(|&id| Some((could(id)?, id))).collect();
        leaders.sort_by_key(|&(term, id)| (core::cmp::Reverse(term), id));
        let commits = leaders.first().map(|leader| leader.1);
        let reads = if local { members.iter().any(|&id| runs(id)) } else { commits.is_some() };
        sides.push(AbleSide { members, commits, reads });
    }
    sides
}

#[track_caller]
fn check_able(seed: u64, quorum: Quorum, set: impl Fn(&mut RaftConfig)) -> usize {
    let mut run = run_of(seed, faults(seed), set);
    let local = run.timeline.protocol().any_server_reads();
    run.seek(UNTIL);
    let able = run.story().able;
    assert_eq!((able[0].from, able.last().unwrap().to), (Time::ZERO, UNTIL));
    assert!(able.windows(2).all(|two| two[0].to == two[1].from && two[0].sides != two[1].sides), "no gaps, no twins");
    let mut moments: Vec<Time> = able.iter().flat_map(|span| [span.from, Time(span.to.0 - 1)]).collect();
    moments.extend((0..250).map(|nth| Time(nth * 47_777)));
    moments.sort();
    for moment in moments {
        run.seek(moment);
        let span = able.iter().rfind(|span| span.from <= moment).unwrap();
        assert_eq!(span.sides, naive_able(&run, quorum, local), "seed {seed} at {moment}");
    }
    able.len()
}

#[test]
fn who_could_be_served_agrees_with_the_world() {
    let mut spans = 0;
    for seed in SEEDS {
        spans += check_able(seed, Quorum::Majority, |_| {});
        spans += check_able(seed, Quorum::Majority, |config| {
            (config.check_quorum, config.pre_vote, config.reads) = (true, true, Reads::Local);
        });
        spans += check_able(seed, Quorum::Half, |config| config.rules.quorum_of_half = true);
    }
    assert!(spans > 300, "{spans} spans");
}

#[test]
fn who_could_be_served_does_not_depend_on_how_far_each_look_goes() {
    let mut at_once = run_of(2, faults(2), |_| {});
    at_once.seek(UNTIL);
    let mut in_steps = run_of(2, faults(2), |_| {});
    for nth in 1..=400 {
        in_steps.seek(Time(nth * UNTIL.0 / 400));
    }
    assert_eq!(at_once.story(), in_steps.story());
}

#[test]
fn clients_lanes_agree_with_the_history() {
    let mut run = run_of(4, faults(4), |_| {});
    run.seek(UNTIL);
    let (story, history) = (run.story(), run.history());
    assert_eq!(story.clients.iter().map(|lane| lane.name.as_str()).collect::<Vec<_>>(), ["c1", "c2"]);
    for lane in &story.clients {
        let of_it: Vec<_> = history.iter().filter(|record| record.id.client == lane.process).collect();
        assert_eq!(of_it.len(), lane.ops.len());
        assert!(of_it.len() > 5);
        for (record, span) in of_it.into_iter().zip(lane.ops.iter()) {
            assert_eq!((record.op.to_string(), record.invoked), (span.text.clone(), span.from));
            assert_eq!(record.completed.as_ref().map(|(at, _)| *at), span.end.as_ref().map(|end| end.at));
            let how = record.completed.as_ref().map(|(_, outcome)| match outcome {
                Outcome::Unknown => Verdict::Unknown,
                Outcome::Mismatch(_) => Verdict::Failed,
                Outcome::Written | Outcome::Value(_) => Verdict::Ok,
            });
            assert_eq!(how, span.end.as_ref().map(|end| end.how));
            assert!(
                matches!(run.timeline.trace().get(span.begun).unwrap().kind, Kind::Invoked { id, .. } if id == record.id)
            );
            if let Some(end) = &span.end {
                let ended = run.timeline.trace().get(end.event).unwrap();
                assert!(matches!(ended.kind, Kind::Completed { id, .. } if id == record.id));
            }
        }
    }
}

#[test]
fn a_store_shows_what_is_applied_and_what_would_be() {
    let (mut held, mut seen) = (0, 0);
    for seed in SEEDS {
        let mut run = run_of(seed, faults(seed), |_| {});
        for nth in 1..200 {
            run.seek(Time(nth * 57_000));
            for node in run.view().nodes {
                let Some(server) = run.timeline.world().process(node.id).and_then(crate::raft::Member::server) else {
                    assert!(node.store.is_empty() && node.peers.is_empty(), "memory is lost in a crash");
                    continue;
                };
                assert_eq!(node.peers.is_empty(), !server.leads() || server.membership().everybody().len() < 2);
                assert!(node.store.is_sorted_by(|a, b| a.key < b.key));
                for pair in &node.store {
                    assert_eq!(pair.value.as_deref(), server.volatile.machine.value(&pair.key));
                    held += pair.pending.len();
                }
                seen += node.store.len();
                let unapplied = server.persistent.log.last_index() - server.volatile.applied;
                let pending: usize = node.store.iter().map(|pair| pair.pending.len()).sum();
                assert!(pending as u64 <= unapplied, "{pending} of {unapplied}");
            }
        }
    }
    assert!(held > 100 && seen > 1_000, "{held} pending, {seen} keys");
}

#[test]
fn a_link_shows_what_somebody_changed_until_it_is_as_at_first() {
    let (a, b) = (ProcessId(0), ProcessId(1));
    let slow = Change { latency: Some(Latency::Fixed(Span::from_millis(80))), ..Change::default() };
    let shape = |at: u64, change| Scheduled {
        at: Time(at),
        by: By::Lesson,
        action: Action::Shape { from: Some(a.into()), to: Some(b.into()), both: false, change },
    };
    let mut run = run_of(1, vec![shape(100_000, Some(slow)), shape(200_000, None)], |_| {});
    for (at, expected) in [(50_000, None), (150_000, Some(slow)), (250_000, None)] {
        run.seek(Time(at));
        let links = run.view().links;
        let link = links.iter().find(|link| (link.a, link.b) == (a, b)).unwrap();
        assert_eq!((link.ab_shape, link.ba_shape), (expected, None), "at {at}");
        let Quality { latency, .. } = run.timeline.world().quality(a, b);
        assert_eq!(latency == Latency::Fixed(Span::from_millis(80)), expected.is_some());
    }
}
