//! Serves a built site to a room: the right types, compressed copies, caching and security headers, under any path.
//!
//! It only ever reads the site's folder, and knows nothing of lessons.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::problem::Problem;

/// What is served, and where.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// The folder of the built site
    #[arg(default_value = "dist")]
    dir: PathBuf,
    /// The address to listen at; 0.0.0.0 serves the whole network
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,
    /// The port to listen at; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The path that the site is served under, such as /a/b/
    #[arg(long, default_value = "/")]
    base: Base,
}

/// Serves until the process is ended. Prints the address as soon as it answers there.
pub(crate) fn run(options: &Options) -> Result<(), Problem> {
    if !options.dir.join("index.html").is_file() {
        return Err(Problem(format!(
            "{} holds no site: `cargo xtask build` makes one in dist/",
            options.dir.display()
        )));
    }
    let wanted = SocketAddr::new(options.bind, options.port);
    let failed = |error: std::io::Error| Problem(format!("can't serve at {wanted}: {error}; --port takes another one"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        println!("Serving {} at {}", options.dir.display(), address(options.bind, port, &options.base));
        axum::serve(listener, site(&options.dir, &options.base)).await.map_err(failed)
    })
}

/// The address to open: one that can be typed, whatever is listened at.
fn address(bind: IpAddr, port: u16, base: &Base) -> String {
    if bind.is_unspecified() {
        return format!("http://127.0.0.1:{port}{base} (and at this machine's other addresses)", base = base.0);
    }
    format!("http://{}{}", SocketAddr::new(bind, port), base.0)
}

/// The path that the site is served under, from slash to slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base(String);

impl std::str::FromStr for Base {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split('/').filter(|part| !part.is_empty()).collect();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        if parts.iter().any(|part| part.starts_with('.') || !part.chars().all(plain)) {
            return Err("give a path of letters, digits and hyphens, such as /a/b/".into());
        }
        Ok(Self(parts.iter().fold("/".into(), |path, part| format!("{path}{part}/"))))
    }
}

/// All answers of the server.
fn site(dir: &Path, base: &Base) -> Router {
    let (page, here) = (dir.join("404.html"), base.clone());
    let missing = any(move || missing(page.clone(), here.clone()));
    let files = ServeDir::new(dir)
        .precompressed_br()
        .precompressed_gzip()
        .redirect_path_prefix(base.0.trim_end_matches('/'))
        .not_found_service(missing);
    let router = if base.0 == "/" {
        Router::new().fallback_service(files)
    } else {
        // Without its last slash, a page's relative addresses would miss the site.
        let (to, hint) = (base.0.clone(), format!("The site is at {}\n", base.0));
        Router::new()
            .route(base.0.trim_end_matches('/'), get(move || async move { Redirect::permanent(&to) }))
            .nest_service(&base.0, files)
            .fallback(move || async move { (StatusCode::NOT_FOUND, hint) })
    };
    router.layer(middleware::from_fn(finish))
}

/// The page for what is not found. It is shown at any depth, so its addresses begin at the root, with the path
/// that the site was built for: here they get the path that it is served under.
async fn missing(page: PathBuf, base: Base) -> Html<String> {
    let page = tokio::fs::read_to_string(page).await.unwrap_or_else(|_| "<!doctype html><p>Not found".into());
    let built_for = page.split_once("name=\"base\" content=\"").and_then(|(_, rest)| rest.split('"').next());
    match built_for {
        Some(built_for) => Html(page.replace(&format!("=\"{built_for}"), &format!("=\"{}", base.0))),
        None => Html(page),
    }
}

/// No inline script or style, nothing from other origins. WASM needs its one word.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const ALWAYS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Refuses hidden files, and gives every answer its headers.
async fn finish(request: Request, next: Next) -> Response {
    let hashed = is_hashed(request.uri());
    let mut response =
        if is_hidden(request.uri()) { StatusCode::NOT_FOUND.into_response() } else { next.run(request).await };
    let good = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A name made from the content never means other content. Everything else is asked for again, by its ETag.
    let cache = if hashed && good { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if let Some(kind) = kind.filter(|kind| kind.starts_with("text/") && !kind.contains("charset"))
        && let Ok(kind) = HeaderValue::from_str(&format!("{kind}; charset=utf-8"))
    {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

/// Whether the file's name carries a digest of its content: `app-0123456789abcdef.js`.
fn is_hashed(uri: &Uri) -> bool {
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let parts = name.split(['-', '_', '.']).skip(1);
    parts.into_iter().any(|part| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether a part of the path begins with a dot, however it is written: a file that no page refers to.
fn is_hidden(uri: &Uri) -> bool {
    let parts = uri.path().split('/').map(str::to_ascii_lowercase);
    parts.into_iter().any(|part| part.starts_with('.') || part.starts_with("%2e"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use axum::body::{Body, to_bytes};
    use tower::ServiceExt as _;

    use super::*;

    const PAGE: &str = "<!doctype html><title>a page</title>";

    /// A small site in a folder of its own, beside a file that is none of it.
    fn folder() -> tempfile::TempDir {
        let outer = tempfile::tempdir().unwrap();
        let files = [
            ("secret.txt", "not yours"),
            ("dist/index.html", PAGE),
            ("dist/lesson/index.html", PAGE),
            ("dist/404.html", r#"<meta name="base" content="/x/"><a href="/x/">nothing here</a>"#),
            ("dist/.stage/x.txt", "hidden"),
            ("dist/app-0123456789abcdef.wasm", "plain wasm"),
            ("dist/app-0123456789abcdef.wasm.br", "brotli wasm"),
            ("dist/app-0123456789abcdef.wasm.gz", "gzip wasm"),
            ("dist/boot-00aa11bb22cc33dd.js", "js"),
            ("dist/style-00aa11bb22cc33dd.css", "css"),
            ("dist/icon.svg", "<svg/>"),
            ("dist/text.woff2", "font"),
            ("dist/site.webmanifest", "{}"),
            ("dist/sitemap.xml", "<urlset/>"),
        ];
        for (path, content) in files {
            let path = outer.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        outer
    }

    struct Answer {
        status: u16,
        headers: axum::http::HeaderMap,
        body: String,
    }

    impl Answer {
        fn header(&self, name: &str) -> &str {
            self.headers.get(name).map_or("", |value| value.to_str().unwrap())
        }
    }

    /// Asks a server of that folder at that base path.
    fn ask(base: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let folder = folder();
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        let router = site(&folder.path().join("dist"), &base.parse().unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
            Answer { status: parts.status.as_u16(), headers: parts.headers, body }
        })
    }

    #[test]
    fn every_file_has_its_type() {
        let types = [
            ("/", "text/html; charset=utf-8"),
            ("/lesson/", "text/html; charset=utf-8"),
            ("/app-0123456789abcdef.wasm", "application/wasm"),
            ("/boot-00aa11bb22cc33dd.js", "text/javascript; charset=utf-8"),
            ("/style-00aa11bb22cc33dd.css", "text/css; charset=utf-8"),
            ("/icon.svg", "image/svg+xml"),
            ("/text.woff2", "font/woff2"),
            ("/site.webmanifest", "application/manifest+json"),
            ("/sitemap.xml", "text/xml; charset=utf-8"),
        ];
        for (path, kind) in types {
            let answer = ask("/", path, &[]);
            assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path}");
        }
    }

    #[test]
    fn the_smallest_copy_that_the_reader_takes_is_sent() {
        let cases = [("br, gzip", "br", "brotli wasm"), ("gzip", "gzip", "gzip wasm"), ("identity", "", "plain wasm")];
        for (accepts, encoding, body) in cases {
            let answer = ask("/", "/app-0123456789abcdef.wasm", &[("accept-encoding", accepts)]);
            assert_eq!((answer.header("content-encoding"), answer.body.as_str()), (encoding, body), "{accepts}");
            assert_eq!(answer.header("content-type"), "application/wasm", "{accepts}");
            assert_eq!(answer.header("vary"), "accept-encoding", "{accepts}");
        }
        let plain = ask("/", "/", &[("accept-encoding", "br")]);
        assert_eq!((plain.status, plain.body.as_str()), (200, PAGE), "a file without a copy is sent as it is");
    }

    #[test]
    fn names_that_carry_a_digest_are_kept_and_all_else_is_asked_for_again() {
        for path in ["/app-0123456789abcdef.wasm", "/boot-00aa11bb22cc33dd.js"] {
            assert_eq!(ask("/", path, &[]).header("cache-control"), "public, max-age=31536000, immutable", "{path}");
        }
        for path in ["/", "/lesson/", "/icon.svg", "/gone-0123456789abcdef.js"] {
            assert_eq!(ask("/", path, &[]).header("cache-control"), "no-cache", "{path}");
        }
    }

    #[test]
    fn a_page_that_has_not_changed_is_not_sent_again() {
        let folder = folder();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let router = site(&folder.path().join("dist"), &"/".parse().unwrap());
            let first = router.clone().oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
            assert!(first.headers().contains_key(header::LAST_MODIFIED));
            let etag = first.headers()[header::ETAG].clone();
            let again = Request::get("/").header(header::IF_NONE_MATCH, etag).body(Body::empty()).unwrap();
            assert_eq!(router.oneshot(again).await.unwrap().status(), StatusCode::NOT_MODIFIED);
        });
    }

    #[test]
    fn every_answer_carries_the_policy() {
        for path in ["/", "/nowhere", "/.stage/x.txt", "/lesson"] {
            let answer = ask("/", path, &[]);
            let policy = answer.header("content-security-policy");
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"),
                "{path}: {policy}"
            );
            assert!(!policy.contains("unsafe-inline") && !policy.contains("  "), "{path}: {policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        }
    }

    #[test]
    fn what_is_not_there_is_told_with_a_page_whose_links_lead_into_the_site() {
        for (base, path) in [("/", "/nowhere"), ("/", "/lesson/nowhere/"), ("/a/b/", "/a/b/nowhere")] {
            let answer = ask(base, path, &[]);
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (404, "text/html; charset=utf-8"),
                "{base} {path}"
            );
            assert!(
                answer.body.contains(&format!("<a href=\"{base}\">nothing here</a>")),
                "{base} {path}: {}",
                answer.body
            );
        }
    }

    #[test]
    fn nothing_outside_the_folder_and_nothing_hidden_is_served() {
        let paths = [
            "/../secret.txt",
            "/lesson/../../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/lesson/..%2f..%2fsecret.txt",
            "/..%5csecret.txt",
            "/%2e%2e%2fsecret.txt",
            "//etc/passwd",
            "/.stage/x.txt",
            "/%2estage/x.txt",
            "/%2Estage/x.txt",
        ];
        for path in paths {
            let answer = ask("/", path, &[]);
            assert_eq!(answer.status, 404, "{path}");
            assert!(!answer.body.contains("not yours") && !answer.body.contains("hidden"), "{path}");
        }
    }

    #[test]
    fn a_site_is_served_under_any_path() {
        for base in ["/", "/a/", "/a/b/"] {
            assert_eq!(ask(base, base, &[]).body, PAGE, "{base}");
            assert_eq!(ask(base, &format!("{base}lesson/"), &[]).body, PAGE, "{base}");
            let folder = ask(base, &format!("{base}lesson"), &[]);
            assert_eq!((folder.status, folder.header("location")), (307, format!("{base}lesson/").as_str()), "{base}");
        }
        let short = ask("/a/b/", "/a/b", &[]);
        assert_eq!((short.status, short.header("location")), (308, "/a/b/"));
        assert_eq!(ask("/a/b/", "/lesson/", &[]).status, 404);
    }

    #[test]
    fn a_base_path_is_written_from_slash_to_slash() {
        for (text, base) in [("", "/"), ("/", "/"), ("a", "/a/"), ("/a/b", "/a/b/"), ("/a//b/", "/a/b/")] {
            assert_eq!(text.parse(), Ok(Base(base.into())), "{text}");
        }
        for bad in ["/a b/", "/../", "/a/{x}/", "/a?b"] {
            assert!(bad.parse::<Base>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_printed_address_can_be_opened() {
        let base = Base("/a/".into());
        assert_eq!(address([127, 0, 0, 1].into(), 80, &base), "http://127.0.0.1:80/a/");
        assert_eq!(address("::1".parse().unwrap(), 81, &base), "http://[::1]:81/a/");
        assert!(address([0, 0, 0, 0].into(), 82, &base).starts_with("http://127.0.0.1:82/a/ "));
    }
}
