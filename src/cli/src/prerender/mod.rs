//! Turns a course and what Trunk built into a finished site: every page whole without a script, every link
//! checked, every text file compressed beside itself.
//!
//! Trunk calls it once, when all else is built. It may be called again on the finished site after an edit of
//! a lesson or a style: addresses of what was built are read back from the home page.
//! It never draws a lab itself (`app` does) and never judges one (`lesson` does).

mod address;
mod chrome;
mod files;
mod glyph;
mod home_page;
mod lesson_page;
mod plate;
mod shell;
mod sitemap;
mod split;
mod streams;
mod styles;
mod verify;

use std::fmt;
use std::path::{Path, PathBuf};

use lesson::Course;

use address::{Links, SiteUrl};
use chrome::Context;
use shell::Shell;

/// Write every page of the site.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// The folder of the course
    #[arg(long, default_value = "content")]
    content: PathBuf,
    /// The folder of the stylesheets
    #[arg(long, default_value = "style")]
    style: PathBuf,
    /// The built site to finish
    #[arg(long, env = "TRUNK_STAGING_DIR", default_value = "dist")]
    out: PathBuf,
    /// The address that the site will be published at: for search engines, previews and the page for what is not found
    #[arg(long, env = "CUTSET_URL", default_value = "http://127.0.0.1:8080/")]
    url: SiteUrl,
    /// The `wasm-opt` to make the WASM smaller with
    #[arg(long, env = "CUTSET_WASM_OPT")]
    wasm_opt: Option<PathBuf>,
    #[command(flatten)]
    split: split::Tools,
    /// Leave out smaller WASM and compressed copies, which take the longest: for a site that is still being written
    #[arg(long, env = "CUTSET_QUICK")]
    quick: bool,
}

/// Why a site could not be finished.
#[derive(Debug)]
pub(crate) enum Problem {
    /// A file could not be read or written.
    Io(PathBuf, std::io::Error),
    /// What Trunk should have left is not there.
    Shell(String),
    /// A stylesheet can't be joined.
    Style(String),
    /// The course is wrong in these places.
    Course(Vec<lesson::Problem>),
    /// A lab, by its id, can't be run.
    Lab(String, String),
    /// The pages are wrong in these places.
    Broken(Vec<String>),
}

impl Problem {
    fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io(path.to_owned(), source)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, source) => write!(f, "{}: {source}", path.display()),
            Self::Shell(what) | Self::Style(what) => f.write_str(what),
            Self::Course(problems) => crate::problem::Problem::of_course(problems).fmt(f),
            Self::Lab(id, why) => write!(f, "lab {id}: {why}"),
            Self::Broken(findings) => f.write_str(&findings.join("\n")),
        }
    }
}

impl std::error::Error for Problem {}

/// Finishes the site and says on stdout what was made.
///
/// # Errors
/// What is wrong with the course, with what was built, or with the pages as written.
pub(crate) fn run(options: &Options) -> Result<(), Problem> {
    let course = Course::read(&options.content).map_err(Problem::Course)?;
    let mut shell = Shell::read(&options.out)?;
    if let Some(tool) = options.wasm_opt.as_ref().filter(|_| !options.quick) {
        shell.optimise(&options.out, tool, &options.split)?;
    }
    shell.style_css = write_styles(&options.style, &options.out)?;
    sweep(&options.out, &shell)?;

    let pages = render(&course, &shell, &options.url)?;
    for (path, html) in &pages {
        files::write(&options.out.join(path), html.as_bytes())?;
    }
    for (name, text) in
        [("sitemap.xml", sitemap::sitemap(&course, &options.url)), ("robots.txt", sitemap::robots(&options.url))]
    {
        files::write(&options.out.join(name), text.as_bytes())?;
    }
    verify::site(&options.out, &options.url, &pages)?;
    if !options.quick {
        files::compress(&options.out)?;
    }
    println!("{} pages in {}", pages.len(), options.out.display());
    Ok(())
}

/// Every page as (file within the site, HTML).
fn render(course: &Course, shell: &Shell, url: &SiteUrl) -> Result<Vec<(String, String)>, Problem> {
    let context = |path: String, links: Links| Context { course, shell, url, links, path };
    let mut pages = vec![
        ("index.html".to_owned(), home_page::render(&context(String::new(), Links::from_page("")))?),
        ("404.html".to_owned(), home_page::not_found(&context("404.html".into(), Links::from_anywhere(url)))),
    ];
    for lesson in course.lessons() {
        let path = lesson.path();
        let page = lesson_page::render(&context(path.clone(), Links::from_page(&path)), lesson)?;
        pages.push((format!("{path}index.html"), page));
    }
    Ok(pages)
}

/// Writes the one stylesheet under a name made from its content.
fn write_styles(folder: &Path, out: &Path) -> Result<String, Problem> {
    let css = styles::join(folder)?;
    let name = format!("site-{}.css", files::digest(css.as_bytes()));
    files::write(&out.join(&name), css.as_bytes())?;
    Ok(name)
}

/// Removes what earlier runs made under names that no page uses any more.
fn sweep(out: &Path, shell: &Shell) -> Result<(), Problem> {
    for path in files::walk(out)?.iter().filter(|path| path.parent() == Some(out)) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let ours = [("site-", ".css"), ("app-", ".js"), ("app-", ".wasm"), ("more-", ".wasm")];
        let is_ours = ours.iter().any(|(start, end)| name.starts_with(start) && name.ends_with(end));
        let used = [&shell.style_css, &shell.app_js, &shell.app_wasm, &shell.more_wasm];
        if is_ours && !used.iter().any(|used| *used == name) {
            files::remove_all(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
