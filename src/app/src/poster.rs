//! The static plate: what the page shows before any script runs, and in print. Drawn natively by the same
//! components as the live lab.

use lesson::Lab;
use protocols::Run;

use crate::skeleton::{class_of, plate};
use crate::state::{Bench, Shot};

/// The whole figure of a lab at its poster's moment, with the lab itself in `data-lab` for the script that
/// mounts it, but for its caption, which stands in the figure. Moves the run's cursor there. `links` is trusted HTML for the home plate's buttons, kept when the
/// lab is mounted; empty for all others.
pub fn poster(lab: &Lab, run: &mut dyn Run, links: &str) -> String {
    run.seek(lab.poster);
    let state = Bench::new(lab.clone(), Shot::opening(run, lab));
    let inside = plate(&state, links).into_string();
    let code = lesson::encode(&Lab { caption: String::new(), ..lab.clone() });
    let (class, id) = (class_of(lab.size), &lab.id);
    format!(
        "<figure class=\"{class}\" id=\"{id}\" data-plate=\"{id}\" aria-labelledby=\"{id}-title\" data-lab=\"{code}\">{inside}</figure>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::lab;
    use lesson::Size;

    const SIZES: [Size; 4] = [Size::Tiny, Size::Small, Size::Full, Size::Hero];

    fn keep(name: &str, html: &str) {
        if let Ok(dir) = std::env::var("POSTERS") {
            std::fs::write(format!("{dir}/{name}.html"), html).unwrap();
        }
    }

    #[test]
    fn a_poster_is_the_whole_plate_shows_the_cut_and_holds_the_lab() {
        for size in SIZES {
            let lab = lab(size);
            let html = poster(&lab, lab.scenario.start().unwrap().as_mut(), "");
            keep(&format!("{size:?}"), &html);
            assert!(!html.contains("style="), "the page's policy forbids inline styles");
            assert!(html.contains("This plate in words"));
            assert!(html.contains("data-role=\"leader\""));
            assert!(html.contains("data-cut=\"both\""));
            let code = html.split("data-lab=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
            assert!(html.contains(&format!("data-caption=\"{}\"", lab.caption)));
            assert_eq!(lesson::decode(code), Ok(Lab { caption: String::new(), ..lab }));
        }
    }
}
