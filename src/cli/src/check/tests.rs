use super::*;

/// Lines of a history, briefly: `0 invoke write 1`, with a value in JSON if there is one.
fn lines(brief: &str) -> String {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let mut next = || words.next().unwrap();
        let (process, kind, f) = (next(), next(), next());
        let value: String = words.collect::<Vec<_>>().join(" ");
        let value = if value.is_empty() { "null" } else { &value };
        format!("{{\"process\":{process},\"type\":\"{kind}\",\"f\":\"{f}\",\"value\":{value}}}\n")
    };
    brief.lines().map(str::trim).filter(|text| !text.is_empty()).map(line).collect()
}

fn history(text: &str) -> Result<History, String> {
    read_from(text.as_bytes()).map_err(|problem| problem.to_string())
}

fn judged(text: &str, level: Level) -> (History, Report) {
    let history = history(text).unwrap();
    let report = ::check::history::judge(&history, &[level], Judging::default()).unwrap();
    (history, report)
}

/// What a history that is not linearizable is told to be.
fn why(brief: &str) -> String {
    let (history, report) = judged(&lines(brief), Level::Linearizable);
    let words = report::words("h", &history, &report);
    let line = words.lines().nth(1).unwrap();
    line.strip_prefix("It is not linearizable: ").unwrap_or(line).to_owned()
}

#[test]
fn each_failure_is_told_in_one_sentence() {
    let cases = [
        ("C1 read 7, which nobody had written.", "1 invoke read\n 1 ok read 7"),
        ("C1 read 1 before C0's write of 1 began.", "1 invoke read\n 1 ok read 1\n 0 invoke write 1\n 0 ok write 1"),
        (
            "C2 read 3 after C1's write of 4 had returned.",
            "0 invoke write 3\n 0 ok write\n 1 invoke write 4\n 1 ok write\n 2 invoke read\n 2 ok read 3",
        ),
        (
            "C1 read nothing after C0's write of 4 had returned.",
            "0 invoke write 4\n 0 ok write\n 1 invoke read\n 1 ok read",
        ),
        (
            "C2 read 3 after C1 read 4, which came later.",
            "0 invoke write 3\n 0 ok write\n 3 invoke write 4\n 1 invoke read\n 1 ok read 4\n 2 invoke read\n 2 ok read 3\n 3 ok write",
        ),
        (
            // Whatever was there before the last write: the values come again and again.
            "C2 read 3 after C1's write of 4 had returned.",
            "0 invoke write 3\n 0 ok write\n 0 invoke write 4\n 0 ok write\n 0 invoke write 3\n 0 ok write\n \
             0 invoke read\n 0 ok read 3\n 0 invoke write 5\n 0 ok write\n 0 invoke write 3\n 0 ok write\n \
             1 invoke write 4\n 1 ok write\n 2 invoke read\n 2 ok read 3",
        ),
        ("C1 acquired the lock while C0 held it.", "0 invoke acquire\n 0 ok acquire\n 1 invoke acquire\n 1 ok acquire"),
        ("C1 released the lock without holding it.", "1 invoke release\n 1 ok release"),
        ("C1 took 7 out of the queue, which nobody had put in.", "1 invoke dequeue\n 1 ok dequeue 7"),
        (
            "C2 took 7 out of the queue, which C1 had taken out already.",
            "0 invoke enqueue 7\n 0 ok enqueue\n 1 invoke dequeue\n 1 ok dequeue 7\n 2 invoke dequeue\n 2 ok dequeue 7",
        ),
        (
            "C0 found the queue empty after C0's enqueue of 7 had returned, before anybody could have taken that out.",
            "0 invoke enqueue 7\n 0 ok enqueue\n 0 invoke dequeue\n 0 ok dequeue",
        ),
    ];
    for (sentence, brief) in cases {
        assert_eq!(why(brief), sentence);
    }
}

#[test]
fn what_may_or_may_not_have_happened_explains_what_was_seen() {
    let holds = [
        "0 invoke write 1\n 0 info write 1\n 1 invoke read\n 1 ok read 1",
        "0 invoke write 1\n 0 info write 1\n 1 invoke read\n 1 ok read",
        "0 invoke write 1\n 0 fail write 1\n 1 invoke read\n 1 ok read",
        "0 invoke write 1\n 0 ok write 1\n 1 invoke cas [2, 3]\n 1 ok cas false\n 1 invoke cas [1, 3]\n 1 ok cas true",
        "0 invoke append \"a\"\n 0 ok append\n 0 invoke append \"b\"\n 0 ok append\n 0 invoke get\n 0 ok get \"ab\"",
    ];
    for brief in holds {
        assert_eq!(why(brief), "It is linearizable.", "{brief}");
    }
    assert_eq!(
        why("0 invoke write 1\n 0 fail write 1\n 1 invoke read\n 1 ok read 1"),
        "C1 read 1, which nobody had written."
    );
}

#[test]
fn a_line_that_is_wrong_is_told_with_its_number_and_what_was_expected() {
    let good = lines("0 invoke write 1");
    let cases = [
        ("nonsense", "line 2: is no event: "),
        ("{\"process\":0,\"type\":\"done\",\"f\":\"write\"}", "expected invoke, ok, fail or info"),
        ("{\"process\":0,\"type\":\"ok\",\"f\":\"jump\"}", "expected read, write, cas, "),
        ("{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"vaule\":1}", "unknown field `vaule`"),
        ("{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":1.5}", "expected a whole number"),
        ("{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":{}}", "has an object"),
        ("{\"process\":-1,\"type\":\"ok\",\"f\":\"write\"}", "expected a whole number or a name"),
        ("{\"process\":1,\"type\":\"ok\",\"f\":\"write\"}", "put its `invoke` line before"),
        ("{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":2}", "another operation than it invoked in line 1"),
        ("{\"process\":0,\"type\":\"invoke\",\"f\":\"read\"}", "before its operation of line 1 ended"),
        ("{\"process\":1,\"type\":\"invoke\",\"f\":\"cas\",\"value\":3}", "needs the value [expected, new]"),
        ("{\"process\":1,\"type\":\"invoke\",\"f\":\"enqueue\"}", "a value is needed here"),
    ];
    for (line, part) in cases {
        let problem = history(&format!("{good}{line}\n")).unwrap_err();
        assert!(problem.starts_with("line 2: ") && problem.contains(part), "{problem}");
    }
    let crashed = lines("0 invoke write 1\n 0 info write\n 0 invoke read");
    assert!(history(&crashed).unwrap_err().contains("as a new process"));
    let backwards = "{\"process\":0,\"type\":\"invoke\",\"f\":\"read\",\"time\":5}\n\
                     {\"process\":0,\"type\":\"ok\",\"f\":\"read\",\"time\":4}";
    assert!(history(backwards).unwrap_err().contains("sort the lines by time"));
}

#[test]
fn a_history_of_jepsen_is_read_as_the_same_history_in_json() {
    let json =
        lines("0 invoke write 1\n 1 invoke read\n 0 ok write\n 1 ok read 1\n 1 invoke cas [1, 2]\n 1 ok cas [1, 2]");
    let bare = "{:type :invoke, :f :write, :value 1, :process 0, :index 0}\n\
                {:process :nemesis, :type :info, :f :start, :value \"cut\"}\n\
                {:type :invoke, :f :read, :value nil, :process 1}\n\
                {:type :ok, :f :write, :value 1, :process 0} ; done\n\
                {:type :ok, :f :read, :value 1, :process 1}\n\
                #jepsen.history.Op{:type :invoke, :f :cas, :value [1 2], :process 1, :error [:timeout {:a 1}]}\n\
                {:type :ok, :f :cas, :value [1 2], :process 1}\n";
    let calls = |text: &str| -> Vec<_> {
        history(text).unwrap().ops().iter().map(|op| (op.process, op.call, op.end)).collect()
    };
    assert_eq!(calls(bare), calls(&json));
    assert_eq!(calls(&format!("[{bare}]\n")), calls(&json));
}

#[test]
fn what_is_no_history_in_edn_is_told_with_its_line() {
    let cases = [
        ("{:type :invoke :f :read", "the end of the map on the same line"),
        ("{:type :invoke :f :read :process}", "a value for each key"),
        ("{:type :invoke :f :write :process 0 :value [3 4]}", "Give the key as `:key`"),
        ("{:type :invoke :f :read :process 0 :value 1.5}", "has `1.5`"),
        ("{:type :invoke :process 0}", "expected `:f`"),
        ("{:f :read :type \"invoke\" :process 0}", "is no keyword"),
        (&format!("{{:value {}", "[".repeat(100)), "brackets within each other"),
        ("]", "there is `]`"),
    ];
    for (line, part) in cases {
        let problem = history(line).unwrap_err();
        assert!(problem.starts_with("line 1: ") && problem.contains(part), "{problem}");
    }
}

#[test]
fn whatever_a_line_becomes_reading_it_ends_in_a_history_or_a_problem() {
    let seeds = [
        lines("0 invoke write 1\n 1 invoke cas [1, \"a\"]\n 0 ok write 1\n 1 ok cas false\n 2 invoke append \"xé\""),
        "{:type :invoke, :f :cas, :value [1 2], :process 1, :error [:t {:a 1}]}\n{:process 1 :type :ok :f :cas}".into(),
    ];
    let mut word: u64 = 7;
    let mut next = |end: usize| {
        word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(word >> 33).unwrap() % end
    };
    let mut read = 0;
    for _ in 0..100_000 {
        let mut bytes = seeds[next(2)].as_bytes().to_vec();
        for _ in 0..=next(3) {
            let at = next(bytes.len());
            match next(4) {
                0 => bytes[at] = u8::try_from(next(256)).unwrap(),
                1 if bytes.len() > 1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"{}[]\":,0\\\n"[next(10)]),
                _ => bytes.truncate(at + 1),
            }
        }
        if let Ok(history) = read_from(&bytes[..]) {
            read += 1;
            let small = Limits { steps: 10_000, bytes: 1 << 20 };
            let judging = Judging { limits: small, ..Judging::default() };
            if let Ok(report) = ::check::history::judge(&history, &Level::ALL, judging) {
                report::words("h", &history, &report);
            }
        }
    }
    assert!(read > 1_000, "{read} can be read: that is no test");
}

fn options(history: PathBuf) -> Options {
    Options {
        history,
        model: None,
        consistency: Asked::One(Level::Linearizable),
        json: false,
        html: None,
        steps: Limits::default().steps,
        memory: 64,
        jobs: Some(2),
    }
}

#[test]
fn the_exit_code_says_whether_it_is_satisfied() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let stale = file(
        "stale",
        &lines("0 invoke write 3\n 0 ok write\n 1 invoke write 4\n 1 ok write\n 2 invoke read\n 2 ok read 3"),
    );
    let fresh = file("fresh", &lines("0 invoke write 3\n 0 ok write\n 2 invoke read\n 2 ok read 3"));
    let mixed = file("mixed", &lines("0 invoke write 3\n 1 invoke acquire"));
    let cas = file("cas", &lines("0 invoke write 3\n 0 ok write\n 0 invoke cas [3, 4]\n 0 ok cas true"));
    assert_eq!(judge(&options(fresh)), Ok(0));
    assert_eq!(judge(&options(stale.clone())), Ok(FAILS));
    let strongest = Options { consistency: Asked::Strongest, ..options(stale.clone()) };
    assert_eq!(judge(&strongest), Ok(0));
    assert_eq!(judge(&Options { steps: 0, ..options(cas) }), Ok(UNKNOWN));
    for unreadable in [
        options(mixed),
        options(folder.path().join("none")),
        Options { model: Some(ModelKind::Queue), ..options(stale) },
    ] {
        assert!(judge(&unreadable).is_err());
    }
}

#[test]
fn json_holds_the_verdict_the_sentence_and_the_window() {
    let text = lines("0 invoke write 3\n 0 ok write\n 1 invoke write 4\n 1 ok write\n 2 invoke read\n 2 ok read 3");
    let (history, report) = judged(&text, Level::Linearizable);
    let json: serde_json::Value = serde_json::from_str(&report::json(&history, &report).unwrap()).unwrap();
    assert_eq!(json["verdicts"][0]["verdict"], "fails");
    assert_eq!(json["verdicts"][0]["witness"]["window"][2]["what"], "read 3");
    assert_eq!(json["verdicts"][0]["witness"]["stuck"], 5);
    assert_eq!(json["model"], "register");
}

#[test]
fn the_page_is_whole_escaped_and_loads_nothing() {
    let text = "{\"process\":\"<b>\",\"type\":\"invoke\",\"f\":\"read\",\"key\":\"</title>\"}\n\
                {\"process\":\"<b>\",\"type\":\"ok\",\"f\":\"read\",\"value\":\"<script>&\"}\n";
    let (history, report) = judged(text, Level::Linearizable);
    let page = picture::page("a<i>.jsonl", &history, &report);
    for hostile in ["<script", "<b>", "<i>", "</title>.", "http://", "https://", "url("] {
        assert!(!page.contains(hostile), "{hostile} is in:\n{page}");
    }
    for part in [
        "<!DOCTYPE html>",
        "prefers-color-scheme:dark",
        "&lt;script&gt;&amp;",
        "class=\"op core\"",
        "which nobody had written.",
    ] {
        assert!(page.contains(part), "{part} is not in:\n{page}");
    }
}
