//! The project's tasks: `cargo xtask serve | test | build | bench | doctor`.
//!
//! It sets up what they need inside the project's own folder, and says what it does and how long it took.
//! It must compile in seconds on a fresh machine, so it depends on next to nothing, and it must never
//! depend on another crate of the workspace: it drives them from outside.

mod bench;
mod browser;
mod doctor;
mod frames;
mod problem;
mod project;
mod serve;
mod shell;
mod site;
mod steps;
mod tally;
mod test;
mod tools;
mod watch;

use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};

use problem::Problem;
use project::Project;

const HELP: &str = "\
cargo xtask <task>

  serve [--port 8080] [--bind 127.0.0.1] [--watch]
          set up, build the site and serve it; with --watch, rebuild it when a file changes
  test [--only STEP]
          everything that has to hold; ends with `N passed, N failed`
  build [--url https://example.org/course/]
          the site in dist/, ready to be hosted; the address is for the sitemap and for previews of links
  bench [--frames]
          how fast the simulator is, and the frames of a lab that plays; with --frames, only those
  doctor  what is installed, what is missing, and how to get it
";

enum Task {
    Serve(serve::Options),
    Test { only: Option<String> },
    Build { url: Option<String> },
    Bench { frames_only: bool },
    Doctor,
    Help,
}

fn main() -> ExitCode {
    let done = parse(Parser::from_env()).map_err(|error| Problem::new(format!("{error}\n\n{HELP}"))).and_then(run);
    match done {
        Ok(true) => ExitCode::SUCCESS,
        // What failed has been told, and the last line is the count.
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// Does the task. `Ok(false)`: it was done, and found something wrong.
fn run(task: Task) -> Result<bool, Problem> {
    let project = Project::here();
    match task {
        Task::Test { only } => return test::run(&project, only.as_deref()),
        Task::Serve(options) => serve::run(&project, &options)?,
        Task::Build { url } => site::build(&project, &site::Options { url, ..site::Options::release() })?,
        Task::Bench { frames_only } => {
            if !frames_only {
                bench::run(&project)?;
            }
            return frames::run(&project);
        }
        Task::Doctor => doctor::run(&project)?,
        Task::Help => print!("{HELP}"),
    }
    Ok(true)
}

fn parse(mut parser: Parser) -> Result<Task, lexopt::Error> {
    let mut task = match parser.next()? {
        None | Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Task::Help),
        Some(Arg::Value(word)) => match word.string()?.as_str() {
            "serve" => Task::Serve(serve::Options { bind: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 8080, watch: false }),
            "test" => Task::Test { only: None },
            "build" => Task::Build { url: None },
            "bench" => Task::Bench { frames_only: false },
            "doctor" => Task::Doctor,
            "help" => Task::Help,
            other => return Err(format!("there is no task `{other}`").into()),
        },
        Some(other) => return Err(other.unexpected()),
    };
    while let Some(arg) = parser.next()? {
        match (&mut task, arg) {
            (_, Arg::Short('h') | Arg::Long("help")) => return Ok(Task::Help),
            (Task::Serve(options), Arg::Long("port")) => options.port = parser.value()?.parse()?,
            (Task::Serve(options), Arg::Long("bind")) => options.bind = parser.value()?.parse()?,
            (Task::Serve(options), Arg::Long("watch")) => options.watch = true,
            (Task::Test { only }, Arg::Long("only")) => *only = Some(parser.value()?.string()?),
            (Task::Bench { frames_only }, Arg::Long("frames")) => *frames_only = true,
            (Task::Build { url }, Arg::Long("url")) => *url = Some(parser.value()?.string()?),
            (_, other) => return Err(other.unexpected()),
        }
    }
    Ok(task)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Task, lexopt::Error> {
        parse(Parser::from_args(words.split_whitespace()))
    }

    #[test]
    fn serve_takes_a_port_an_address_and_watch() {
        let Ok(Task::Serve(options)) = read("serve --port 9000 --bind 0.0.0.0 --watch") else {
            panic!("`serve` was not understood");
        };
        assert_eq!((options.port, options.bind.to_string().as_str(), options.watch), (9000, "0.0.0.0", true));
    }

    #[test]
    fn bench_takes_frames() {
        assert!(matches!(read("bench"), Ok(Task::Bench { frames_only: false })));
        assert!(matches!(read("bench --frames"), Ok(Task::Bench { frames_only: true })));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for words in
            ["sevre", "serve --prot 9", "build --watch", "serve --port many", "serve --bind here", "test --frames"]
        {
            assert!(read(words).is_err(), "`{words}` was accepted");
        }
    }
}
