//! Every dial turns to where it stands and elsewhere, and every warning has its reason.

use sim::{Network, Target, Time};

use super::*;
use crate::scenario::{ClientConfig, RaftConfig, Scheduled};

fn scenario() -> Scenario {
    Scenario {
        protocol: ProtocolConfig::Raft(RaftConfig::default()),
        nodes: ["A", "B", "C"].map(str::to_owned).into(),
        clients: vec![ClientConfig {
            name: "c1".into(),
            near: Vec::new(),
            write_every: None,
            does: Vec::new(),
            timeout: Span::from_secs(2),
        }],
        seed: 7,
        network: Network::default(),
        script: Vec::new(),
        until: Time(30_000_000),
    }
}

fn length(span: Span) -> String {
    format!("{}us", span.0)
}

/// How a dial stands, as [`set`] takes it.
fn text(dial: &Dial) -> String {
    let or_never = |text: Option<String>| text.unwrap_or_else(|| "never".to_owned());
    match dial {
        Dial::Switch(on) => on.to_string(),
        Dial::Span { value, .. } => or_never(value.map(length)),
        Dial::Range { low, high, .. } => format!("{}..{}", length(*low), length(*high)),
        Dial::Number { value, .. } => or_never(value.map(|value| value.to_string())),
        Dial::Share(Share(ppm)) => format!("{}.{:04}%", ppm / 10_000, ppm % 10_000),
        Dial::Choice { value, of } => of[*value].to_owned(),
    }
}

fn dial(scenario: &Scenario, key: &str) -> Dial {
    let found = settings(scenario).into_iter().find(|setting| setting.key == key);
    found.unwrap_or_else(|| panic!("there is no setting {key}")).dial
}

#[test]
fn every_setting_can_be_set_to_what_it_is() {
    let mut changed = scenario();
    changed.network.quality.loss = Share(500);
    changed.clients[0].write_every = Some(Span(12_500));
    for before in [scenario(), changed] {
        for setting in settings(&before) {
            let mut after = before.clone();
            set(&mut after, &setting.key, &text(&setting.dial)).unwrap_or_else(|why| panic!("{}: {why}", setting.key));
            assert_eq!(after, before, "{}", setting.key);
            assert!(setting.help.ends_with('.') && !setting.label.is_empty(), "{}", setting.key);
        }
    }
}

#[test]
fn every_setting_can_be_turned_and_shows_it() {
    let turns = [
        ("raft.election_timeout", "200ms..400ms"),
        ("raft.heartbeat", "12.5ms"),
        ("network.latency", "5ms..9ms"),
        ("network.loss", "0.05%"),
        ("clients.c1.write_every", "100ms"),
        ("clients.c1.timeout", "1s"),
        ("raft.pre_vote", "true"),
        ("raft.check_quorum", "true"),
        ("raft.no_op", "false"),
        ("raft.reads", "lease"),
        ("raft.batch", "1"),
        ("raft.window", "9"),
        ("raft.compact_at", "100"),
        ("raft.rules.forget_vote", "true"),
        ("seed", "12"),
    ];
    let before = scenario();
    let others = |key: &str| settings(&before).into_iter().filter(|s| s.key == key).count();
    for (key, value) in turns {
        let mut after = before.clone();
        assert_eq!((set(&mut after, key, value), others(key)), (Ok(()), 1), "{key}");
        assert_ne!(dial(&after, key), dial(&before, key), "{key}");
        let changed = settings(&after).into_iter().zip(settings(&before)).filter(|(a, b)| a != b).count();
        assert_eq!(changed, 1, "{key} changes itself alone");
    }
    let rules = settings(&before).into_iter().filter(|setting| setting.key.starts_with("raft.rules."));
    assert_eq!(rules.count(), 9, "every rule that can be broken");
}

#[test]
fn what_is_never_and_what_takes_one_length_can_be_set() {
    let mut scenario = scenario();
    for (key, value) in [("raft.compact_at", "5"), ("raft.compact_at", "never"), ("network.latency", "15ms")] {
        assert_eq!(set(&mut scenario, key, value), Ok(()));
    }
    assert!(matches!(dial(&scenario, "raft.compact_at"), Dial::Number { value: None, .. }));
    assert_eq!(scenario.network.quality.latency, Latency::Fixed(Span::from_millis(15)));
    scenario.network.quality.latency = Latency::LongTail { usual: Span(1_000), most: Span(2_000) };
    assert!(settings(&scenario).iter().all(|setting| setting.key != "network.latency"), "a long tail is no range");
}

#[test]
fn what_can_not_be_is_refused_and_changes_nothing() {
    let refused = [
        ("raft.heartbeat", "200ms", "comes too late"),
        ("raft.heartbeat", "often", "a length of time"),
        ("raft.election_timeout", "300ms..150ms", "swap the two"),
        ("raft.batch", "0", "choose from 1 to 1000"),
        ("raft.batch", "99999999999", "choose from 1 to 1000"),
        ("raft.reads", "quickly", "log, index, lease or local"),
        ("raft.no_op", "on", "true or false"),
        ("network.loss", "101%", "at most 100 %"),
        ("network.loss", "2", "a share"),
        ("clients.c9.timeout", "1s", "there is no setting"),
    ];
    for (key, value, why) in refused {
        let mut after = scenario();
        let refusal = set(&mut after, key, value).expect_err(key);
        assert!(refusal.0.contains(why), "{key}: {refusal}");
        assert_eq!(after, scenario(), "{key}");
    }
}

#[test]
fn each_warning_has_its_reason_and_the_usual_settings_raise_none() {
    assert_eq!(warnings(&scenario()), [""; 0]);
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("network.latency", "30ms..40ms")], "A round trip can take 80 ms, near"),
        (&[("network.latency", "80ms..90ms")], "A round trip can take 180 ms, no less than"),
        (&[("raft.heartbeat", "100ms")], "one lost heartbeat is enough"),
        (&[("raft.rules.same_timeouts", "true")], "wait for the same 150 ms"),
        (&[("raft.election_timeout", "150ms..160ms")], "lie within 10 ms"),
        (&[("clients.c1.timeout", "50ms")], "c1 gives up after 50 ms"),
        (&[("raft.reads", "lease")], "Without CheckQuorum"),
        (&[("raft.reads", "lease"), ("raft.check_quorum", "true")], ""),
    ];
    for (turns, words) in cases {
        let mut scenario = scenario();
        for (key, value) in turns {
            set(&mut scenario, key, value).unwrap();
        }
        let found = warnings(&scenario);
        assert_eq!(found.iter().any(|warning| warning.contains(words)), !words.is_empty(), "{turns:?}: {found:#?}");
        assert!(found.iter().all(|warning| warning.ends_with('.') && !warning.contains("  ")), "{found:#?}");
    }
    let mut drifting = scenario();
    let change = ClockChange::Drift(20_000);
    let action = Action::SetClock { who: Target::Process(sim::ProcessId(0)), change };
    drifting.script.push(Scheduled { at: Time(1), by: sim::By::Lesson, action });
    set(&mut drifting, "raft.check_quorum", "true").unwrap();
    assert_eq!(warnings(&drifting), [""; 0], "without leases drift does no harm");
    set(&mut drifting, "raft.reads", "lease").unwrap();
    assert!(warnings(&drifting)[0].contains("here they do by 20 ms"));
}
