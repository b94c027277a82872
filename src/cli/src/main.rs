//! The `cutset` command: everything about the course that needs no browser.

mod check;
mod claims;
mod hunt;
mod poster;
mod prerender;
mod problem;
mod run;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use problem::Problem;

/// An interactive course on distributed systems: its runs, its claims, its pages, its server
#[derive(Debug, Parser)]
#[command(name = "cutset", version)]
enum Command {
    /// Run a lab and print what happens
    Run(run::Options),
    /// Run a lab with many seeds and random faults until a promise is broken
    Hunt(hunt::Options),
    /// Judge a history of clients: is it linearizable, and if not, why?
    Check(check::Options),
    /// Replay what the lessons claim of their labs
    Claims(claims::Options),
    /// Print a lab's plate as HTML
    Poster(poster::Options),
    /// Write every page of the site that Trunk has built
    Prerender(prerender::Options),
    /// Serve a built site, for a room
    Serve(serve::Options),
}

fn main() -> ExitCode {
    match perform(&Command::parse()) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: &Command) -> Result<ExitCode, Problem> {
    let done = match command {
        // Its exit code says more than whether it could do its work.
        Command::Check(options) => return Ok(check::run(options)),
        Command::Run(options) => run::run(options),
        Command::Hunt(options) => hunt::run(options),
        Command::Claims(options) => claims::run(options),
        Command::Poster(options) => poster::run(options),
        Command::Prerender(options) => prerender::run(options).map_err(|problem| Problem(problem.to_string())),
        Command::Serve(options) => serve::run(options),
    };
    done.map(|()| ExitCode::SUCCESS)
}
