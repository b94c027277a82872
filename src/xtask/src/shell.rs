//! Runs other programs: seen, when a person waits for them, or heard out, when only their failure is of interest.

use std::io::Read;
use std::process::Command;
use std::time::Duration;

use crate::problem::Problem;

/// Runs a command with its output on the screen.
pub(crate) fn run(command: &mut Command) -> Result<(), Problem> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(Problem::new(format!("`{}` failed ({status})", words(command)))) }
}

/// Runs a command and returns all that it printed, both streams in order; `Err` holds the same for a failed one.
pub(crate) fn hear(command: &mut Command) -> Result<String, Problem> {
    let (mut reader, writer) = std::io::pipe().map_err(|error| not_started(command, &error))?;
    let twin = writer.try_clone().map_err(|error| not_started(command, &error))?;
    let mut child = command.stdout(twin).stderr(writer).spawn().map_err(|error| not_started(command, &error))?;
    // The command holds our ends of the pipe: it would never read as closed while they are open.
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(|error| not_started(command, &error))?;
    let status = child.wait().map_err(|error| not_started(command, &error))?;
    let said = String::from_utf8_lossy(&bytes).into_owned();
    if status.success() { Ok(said) } else { Err(Problem::new(format!("{said}`{}` failed ({status})", words(command)))) }
}

/// What a program says of its version, if it runs at all.
pub(crate) fn version(command: &mut Command) -> Option<String> {
    let output = command.arg("--version").output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then(|| said.lines().next().unwrap_or_default().trim().to_owned())
}

/// A command as a person would type it.
pub(crate) fn words(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let args = command.get_args().map(|arg| arg.to_string_lossy());
    std::iter::once(name).chain(args).collect::<Vec<_>>().join(" ")
}

/// A length of time as a person would say it: `0.4 s`, `3 min 12 s`.
pub(crate) fn spoken(time: Duration) -> String {
    let tenths = time.as_millis() / 100;
    match tenths / 10 {
        0..60 => format!("{}.{} s", tenths / 10, tenths % 10),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

fn not_started(command: &Command, error: &std::io::Error) -> Problem {
    Problem::new(format!("`{}` could not be run: {error}", words(command)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_are_heard_and_a_failure_is_told_with_them() {
        let heard = hear(Command::new("sh").args(["-c", "echo one; echo two >&2"])).expect("the command works");
        assert_eq!(heard, "one\ntwo\n");
        let problem = hear(Command::new("sh").args(["-c", "echo why; exit 3"])).expect_err("the command fails");
        assert!(problem.to_string().starts_with("why\n`sh -c "), "{problem}");
        assert!(problem.to_string().contains('3'), "{problem}");
    }

    #[test]
    fn lengths_of_time_are_spoken_in_seconds_and_minutes() {
        for (ms, words) in [(449, "0.4 s"), (59_990, "59.9 s"), (192_000, "3 min 12 s")] {
            assert_eq!(spoken(Duration::from_millis(ms)), words);
        }
    }
}
