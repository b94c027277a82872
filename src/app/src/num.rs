//! Numbers for SVG attributes: one decimal at most, written with integers alone, so that the page's
//! WASM carries no float formatting.

use core::f32::consts::{FRAC_PI_2, PI, TAU};
use core::fmt;

/// A coordinate in user units, printed to a tenth: `12`, `-3.4`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct N(pub f32);

impl fmt::Display for N {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() as i32;
        let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
        if tenths < 0 {
            f.write_str("-")?;
        }
        if rest == 0 { write!(f, "{whole}") } else { write!(f, "{whole}.{rest}") }
    }
}

/// Sine and cosine, good to 1 in 100 000: drawings need no more, and the standard library's carry a table for
/// huge angles into the page.
#[must_use]
pub(crate) fn sin_cos(radians: f32) -> (f32, f32) {
    (sin(radians), sin(radians + FRAC_PI_2))
}

fn sin(radians: f32) -> f32 {
    let turns = radians / TAU;
    let x = (turns - (turns + 0.5).floor()) * TAU;
    // Fold onto the two quadrants around zero, where the series converges fast.
    let x = if x > FRAC_PI_2 {
        PI - x
    } else if x < -FRAC_PI_2 {
        -PI - x
    } else {
        x
    };
    let q = x * x;
    x * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0))))
}

impl maud::Render for N {
    fn render_to(&self, w: &mut String) {
        let _ = fmt::Write::write_fmt(w, format_args!("{self}"));
    }
}

#[cfg(test)]
mod tests {
    use super::{N, sin_cos};

    #[test]
    fn sines_are_good_enough_to_draw_with() {
        for i in -400..400_i16 {
            let x = f32::from(i) / 40.0;
            let ((sin, cos), exact) = (sin_cos(x), x.sin_cos());
            assert!((sin - exact.0).abs() < 2e-5 && (cos - exact.1).abs() < 2e-5, "at {x}");
        }
    }

    #[test]
    fn coordinates_print_to_a_tenth() {
        for (x, text) in [(0.0, "0"), (12.04, "12"), (12.06, "12.1"), (-0.26, "-0.3"), (-0.01, "0"), (-3.0, "-3")] {
            assert_eq!(N(x).to_string(), text);
        }
    }
}
