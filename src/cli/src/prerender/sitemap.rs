//! What search engines are told: which pages there are.

use lesson::Course;

use super::address::SiteUrl;

/// `sitemap.xml`: the home page and every written lesson.
pub(super) fn sitemap(course: &Course, url: &SiteUrl) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let paths = std::iter::once(String::new()).chain(course.lessons().map(lesson::course::Lesson::path));
    for path in paths {
        out.push_str(&format!("<url><loc>{}</loc></url>\n", url.of(&path).replace('&', "&amp;")));
    }
    out.push_str("</urlset>\n");
    out
}

/// `robots.txt`: everything may be read.
pub(super) fn robots(url: &SiteUrl) -> String {
    format!("User-agent: *\nAllow: /\nSitemap: {}\n", url.of("sitemap.xml"))
}
