//! The pages of a small course: where they lie, what their heads say, and that a site of them holds together.

use lesson::course::{Block, Entry, Home, Lesson, Meta, Page, Part, Predict, Section};
use sim::Time;

use super::*;

fn shell() -> Shell {
    let name = |name: &str| name.to_owned();
    Shell {
        app_js: name("app-1.js"),
        app_wasm: name("app-1.wasm"),
        more_wasm: name("more-1.wasm"),
        theme_js: name("theme-1.js"),
        page_js: name("page-1.js"),
        boot_js: name("boot-1.js"),
        share_js: name("share-1.js"),
        style_css: name("site-1.css"),
    }
}

fn predict() -> Predict {
    Predict {
        id: "who".into(),
        question: "Who leads?".into(),
        choices: vec!["<em>A</em>".into(), "Nobody".into()],
        answer: 1,
        lab: "gone".into(),
        at: Time::ZERO,
        because: "Because.".into(),
        claims: Vec::new(),
        line: 1,
    }
}

/// Two lessons to read and one to come.
fn course() -> Course {
    let entry = |number: u32, id: &str, written: bool| Entry {
        id: id.into(),
        number,
        title: format!("Lesson <{id}>"),
        blurb: "One line & more.".into(),
        lesson: written.then(|| Lesson {
            id: id.into(),
            part: "part".into(),
            meta: Meta {
                number,
                title: format!("Lesson <{id}>"),
                deck: "A \"deck\".".into(),
                minutes: 20,
                goals: vec!["know".into()],
                misconception: Some("that it is <em>so</em>".into()),
                builds_on: vec!["one".into()],
                takeaways: vec!["remember".into()],
                sources: Vec::new(),
            },
            page: Page {
                file: String::new(),
                sections: vec![Section { number: "1.1".into(), title: "Here".into(), anchor: "here".into() }],
                body: vec![
                    Block::Html("<h2 id=\"here\">Here</h2><p>Client c₁. <a href=\"#here\">Up</a></p>".into()),
                    Block::Predict(predict()),
                ],
                words: 3,
            },
        }),
    };
    Course {
        title: "Cutset".into(),
        promise: "Learn.".into(),
        parts: vec![Part {
            id: "part".into(),
            title: "A part".into(),
            blurb: "Its line.".into(),
            entries: vec![entry(1, "one", true), entry(2, "two", true), entry(3, "three", false)],
        }],
        home: Home { title: "Cutset".into(), deck: "Learn.".into(), page: Page::default() },
    }
}

fn pages(url: &str) -> Vec<(String, String)> {
    render(&course(), &shell(), &url.parse().unwrap()).unwrap()
}

fn page(path: &str) -> String {
    pages("https://example.org/a/b/").into_iter().find(|(p, _)| p == path).unwrap().1
}

/// A folder with what the pages refer to besides each other.
fn built() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public");
    for file in files::walk(&public).unwrap() {
        let to = folder.path().join(file.strip_prefix(&public).unwrap());
        files::write(&to, &std::fs::read(&file).unwrap()).unwrap();
    }
    let shell = shell();
    for name in [
        &shell.app_js,
        &shell.app_wasm,
        &shell.more_wasm,
        &shell.theme_js,
        &shell.page_js,
        &shell.boot_js,
        &shell.share_js,
        &shell.style_css,
    ] {
        files::write(&folder.path().join(name), b"x").unwrap();
    }
    folder
}

#[test]
fn the_site_holds_together_below_any_path() {
    for url in ["http://127.0.0.1:8080/", "https://example.org/a/", "https://example.org/a/b"] {
        verify::site(built().path(), &url.parse().unwrap(), &pages(url)).unwrap();
    }
}

#[test]
fn every_page_is_the_same_wherever_it_is_published_but_for_what_must_be_absolute() {
    let (here, there) = (pages("http://127.0.0.1:8080/"), pages("https://example.org/a/b/"));
    for ((path, here), (_, there)) in here.iter().zip(&there).filter(|((path, _), _)| path != "404.html") {
        assert_eq!(*here, there.replace("https://example.org/a/b/", "http://127.0.0.1:8080/"), "{path}");
        assert!(!here.contains("=\"/"), "{path} has an address from the root");
    }
}

#[test]
fn a_page_that_lacks_what_it_links_to_fails_the_build() {
    let folder = built();
    files::remove(&folder.path().join("favicon.svg")).unwrap();
    let url = "http://127.0.0.1:8080/";
    let problem = verify::site(folder.path(), &url.parse().unwrap(), &pages(url)).unwrap_err().to_string();
    assert!(problem.contains("part/two/index.html: `../../favicon.svg` leads nowhere"), "{problem}");
}

#[test]
fn a_head_says_what_the_page_is_to_readers_previews_and_search_engines() {
    let html = page("part/two/index.html");
    for needed in [
        "<!DOCTYPE html><html lang=\"en\">",
        "<meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
        "<title>Lesson &lt;two&gt; · Cutset</title>",
        "<meta name=\"description\" content=\"A &quot;deck&quot;.\">",
        "<link rel=\"canonical\" href=\"https://example.org/a/b/part/two/\">",
        "<meta property=\"og:url\" content=\"https://example.org/a/b/part/two/\">",
        "<meta property=\"og:title\" content=\"Lesson &lt;two&gt; · Cutset\">",
        "<meta property=\"og:image\" content=\"https://example.org/a/b/social.png\">",
        "<meta name=\"twitter:card\" content=\"summary_large_image\">",
        "<link rel=\"icon\" href=\"../../favicon.svg\" type=\"image/svg+xml\">",
        "<link rel=\"manifest\" href=\"../../manifest.webmanifest\">",
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
        "<link rel=\"preload\" href=\"../../fonts/source-serif-4-latin-opsz-normal.woff2\" as=\"font\"",
    ] {
        assert!(html.contains(needed), "{needed} is missing");
    }
    let policy = html.find("Content-Security-Policy").unwrap();
    assert!(policy < html.find("<script").unwrap(), "the policy stands before what it governs");
}

#[test]
fn a_lesson_to_come_is_listed_and_leads_nowhere() {
    let home = page("index.html");
    assert!(home.contains("Lesson &lt;three&gt;") && home.contains("to come"));
    assert!(!home.contains("part/three"));
    assert!(page("part/two/index.html").contains("lesson 3, to come"));
}

#[test]
fn the_page_for_what_is_not_found_works_at_any_depth_and_stays_out_of_indexes() {
    let html = page("404.html");
    assert!(html.contains("href=\"/a/b/#contents\"") && html.contains("href=\"/a/b/site-1.css\""));
    assert!(html.contains("<meta name=\"base\" content=\"/a/b/\">"), "for servers that show it elsewhere");
    assert!(html.contains("noindex") && !html.contains("canonical"));
}

#[test]
fn a_question_reads_without_a_script() {
    let html = page("part/one/index.html");
    assert!(html.contains("<fieldset class=\"predict\" id=\"who\""));
    assert!(html.contains("<input type=\"radio\" name=\"who\" value=\"b\">"));
    assert!(html.contains("c<sub>1</sub>"));
    assert!(html.contains("</b>that it is <em>so</em></p>"));
    let answer = plate::recall(&predict()).into_string();
    assert!(answer.starts_with("<details class=\"recall\" data-predict=\"who\" data-answer=\"b\">"));
    assert!(answer.contains("Because."));
}

#[test]
fn the_sitemap_lists_what_can_be_read() {
    let text = sitemap::sitemap(&course(), &"https://example.org/a".parse().unwrap());
    let listed: Vec<_> = text.split("<loc>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(
        listed,
        ["https://example.org/a/", "https://example.org/a/part/one/", "https://example.org/a/part/two/"]
    );
}

#[test]
fn what_earlier_runs_left_is_swept_away_with_its_compressed_copies() {
    let folder = built();
    for stale in ["site-0.css", "site-0.css.br", "app-0_bg.wasm", "app-0.js.gz", "app-0.js"] {
        files::write(&folder.path().join(stale), b"old").unwrap();
    }
    let before = built();
    sweep(folder.path(), &shell()).unwrap();
    let names = |folder: &tempfile::TempDir| {
        let all = files::walk(folder.path()).unwrap();
        all.iter().map(|path| path.strip_prefix(folder.path()).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&folder), names(&before));
}

#[test]
fn the_preloaded_fonts_and_all_fonts_keep_to_their_budgets() {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/fonts");
    let size = |file: &Path| std::fs::metadata(file).unwrap().len();
    let all: u64 = files::walk(&fonts)
        .unwrap()
        .iter()
        .filter(|f| f.extension().is_some_and(|e| e == "woff2"))
        .map(|f| size(f))
        .sum();
    let preloaded: u64 = chrome::PRELOADED.iter().map(|f| size(&fonts.join("..").join(f))).sum();
    assert!(preloaded <= 170_000 && all <= 260_000, "preloaded {preloaded}, all {all}");
}
