//! Builds the site and serves it with our own server, and with `--watch` keeps it up to date.

use std::net::{IpAddr, TcpListener};
use std::process::Command;

use crate::problem::Problem;
use crate::project::Project;
use crate::{shell, site, watch};

/// How the site is served.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The address to listen at.
    pub(crate) bind: IpAddr,
    /// The port to listen at.
    pub(crate) port: u16,
    /// Whether the site is built again when a file changes.
    pub(crate) watch: bool,
}

/// Builds and serves, until it is interrupted.
pub(crate) fn run(project: &Project, options: &Options) -> Result<(), Problem> {
    // Better now than after minutes of building.
    drop(TcpListener::bind((options.bind, options.port)).map_err(|error| {
        Problem::new(format!(
            "nothing can be served at {}:{}: {error}\nAnother one may be free: `cargo xtask serve --port {}`",
            options.bind,
            options.port,
            options.port.checked_add(1).unwrap_or(8080)
        ))
    })?);
    if !options.watch {
        // The first page soon matters more here than its last bytes.
        site::build(project, &site::Options { smallest: false, ..site::Options::release() })?;
        return shell::run(&mut server(project, options));
    }
    let mut seen = watch::Snapshot::take(project);
    site::build(project, &site::Options::draft())?;
    let mut child =
        server(project, options).spawn().map_err(|error| Problem::new(format!("the server did not start: {error}")))?;
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Err(Problem::new(format!("the server has ended ({status})")));
        }
        watch::update(project, &mut seen);
    }
}

fn server(project: &Project, options: &Options) -> Command {
    let mut command = project.command(site::cutset_program(project));
    command.arg("serve").arg(project.dist());
    command.args(["--bind", &options.bind.to_string(), "--port", &options.port.to_string()]);
    command
}
