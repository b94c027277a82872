//! `cutset poster`: one lab's plate as HTML, as a page holds it. For pages that are made to measure.

use crate::problem::Problem;
use crate::run;

/// Which lab.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// A lab: a TOML file that holds what a `lab` block holds, or LESSON.md#LAB-ID
    lab: String,
}

/// Prints what a page needs once for all its labs, icons and templates, and the plate.
pub(crate) fn run(options: &Options) -> Result<(), Problem> {
    let lab = run::find(&options.lab)?;
    let mut run = lab.scenario.start().map_err(|invalid| Problem(format!("lab {}: {invalid}", lab.id)))?;
    let icons = app::sprite().into_string();
    println!("<svg width=\"0\" height=\"0\" class=\"vh\" aria-hidden=\"true\">{icons}</svg>");
    println!("{}", app::templates().into_string());
    println!("{}", app::poster(&lab, &mut *run, ""));
    Ok(())
}
