//! How fast the simulator is: the same measurements natively and in WASM in Chromium, as one table.

use crate::problem::Problem;
use crate::project::Project;
use crate::{browser, shell, tools};

/// What one measurement found, in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
struct Measured {
    name: String,
    ns: f64,
}

/// Measures, and prints the table.
pub(crate) fn run(project: &Project) -> Result<(), Problem> {
    println!("Measuring natively, about three minutes");
    let native = read(&shell::hear(bench(project, "bench").arg("--").arg("--noplot"))?);
    println!("Measuring in WASM, built as for the page, in Chromium");
    tools::ready(project)?;
    browser::ready(project)?;
    let driver = project.find("chromedriver").unwrap_or_default();
    let wasm = read(&shell::hear(
        bench(project, "wasm-release")
            .args(["--target", tools::WASM])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
            .env("WASM_BINDGEN_TEST_TIMEOUT", "600")
            .env("CHROMEDRIVER", driver),
    )?);
    print!("{}", table(&native, &wasm));
    Ok(())
}

fn bench(project: &Project, profile: &str) -> std::process::Command {
    let mut cargo = project.cargo();
    cargo.args(["bench", "--locked", "--package", "wasm-tests", "--bench", "speed", "--profile", profile]);
    cargo
}

/// Reads `NAME time: [LOW MIDDLE HIGH]`, in colours or not; a long name stands on the line before.
fn read(said: &str) -> Vec<Measured> {
    let mut name = String::new();
    let mut found = Vec::new();
    for line in said.lines().map(without_colours) {
        let Some((before, times)) = line.split_once("time:   [") else {
            name = line.trim().to_owned();
            continue;
        };
        if !before.trim().is_empty() {
            name = before.trim().to_owned();
        }
        let words: Vec<&str> = times.trim_end_matches(']').split_whitespace().collect();
        if let [_, _, middle, unit, ..] = words[..]
            && let (Ok(number), Some(scale)) = (middle.parse::<f64>(), scale(unit))
        {
            found.push(Measured { name: name.clone(), ns: number * scale });
        }
    }
    found
}

/// How many nanoseconds a unit of Criterion's is.
fn scale(unit: &str) -> Option<f64> {
    match unit {
        "ps" => Some(1e-3),
        "ns" => Some(1.0),
        "µs" | "us" => Some(1e3),
        "ms" => Some(1e6),
        "s" => Some(1e9),
        _ => None,
    }
}

/// A line without the sequences that colour it on a terminal.
fn without_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

/// A row a measurement: how long one takes, and where its name says what it simulates, the rate of that.
fn table(native: &[Measured], wasm: &[Measured]) -> String {
    let mut text = format!("\n{:<64} {:>11} {:>11} {:>24}\n", "", "natively", "in WASM", "natively, in WASM");
    for measured in native {
        let in_wasm = wasm.iter().find(|other| what(&other.name) == what(&measured.name)).map(|other| other.ns);
        let times = [Some(measured.ns), in_wasm].map(|ns| ns.map_or_else(|| "–".to_owned(), spoken));
        let rates = [Some(measured.ns), in_wasm].map(|ns| ns.and_then(|ns| rate(&measured.name, ns)));
        let rates: Vec<String> = rates.into_iter().flatten().collect();
        text += &format!("{:<64} {:>11} {:>11} {:>24}\n", measured.name, times[0], times[1], rates.join(", "));
    }
    text
}

/// Simulated seconds per second, if the name has `, N s`, with the nanoseconds an event takes, if it has `, N events`.
fn rate(name: &str, ns: f64) -> Option<String> {
    let number = |unit: &str| {
        let part = what(name).split(", ").find_map(|part| part.strip_suffix(unit))?;
        part.trim().parse::<f64>().ok()
    };
    let seconds = number(" s")?;
    let events = number(" events").map_or_else(String::new, |events| format!(" ({:.0} ns)", ns / events));
    Some(format!("{:.0}×{events}", seconds / (ns / 1e9)))
}

/// A name without the memory that it tells of, which is not the same everywhere.
fn what(name: &str) -> &str {
    name.split("; ").next().unwrap_or_default()
}

fn spoken(ns: f64) -> String {
    match ns {
        ..1e3 => format!("{ns:.0} ns"),
        ..1e6 => format!("{:.1} µs", ns / 1e3),
        ..1e9 => format!("{:.2} ms", ns / 1e6),
        _ => format!("{:.2} s", ns / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_criterion_prints_is_read_in_colours_and_over_two_lines() {
        let plain = "5 servers, 60 s         time:   [9.4655 ms 9.5759 ms 9.6972 ms]";
        let coloured = "\u{1b}[32mthe picture at 600 s\u{1b}[0m\n\u{1b}[32m\u{1b}[0m      time:   [\u{1b}[2m2.6 µs\u{1b}[0m \u{1b}[1m2.7 µs\u{1b}[0m \u{1b}[2m2.8 µs\u{1b}[0m]";
        let read = read(&format!("Benchmarking\n{plain}\nFound 1 outlier\n{coloured}\n"));
        let wanted = [("5 servers, 60 s", 9_575_900.0), ("the picture at 600 s", 2_700.0)];
        assert_eq!(read, wanted.map(|(name, ns)| Measured { name: name.to_owned(), ns }));
    }

    #[test]
    fn a_name_that_says_what_is_simulated_gives_a_rate() {
        assert_eq!(rate("5 servers, 60 s, 40000 events; 6000 KB", 6e6).as_deref(), Some("10000× (150 ns)"));
        assert_eq!(rate("a lab's first picture", 6e6), None);
    }
}
