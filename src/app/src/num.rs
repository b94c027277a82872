//! Numbers for SVG attributes: one decimal at most, written with integers alone, so that the page's
//! WASM carries no float formatting.

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

impl maud::Render for N {
    fn render_to(&self, w: &mut String) {
        let _ = fmt::Write::write_fmt(w, format_args!("{self}"));
    }
}

#[cfg(test)]
mod tests {
    use super::N;

    #[test]
    fn coordinates_print_to_a_tenth() {
        for (x, text) in [(0.0, "0"), (12.04, "12"), (12.06, "12.1"), (-0.26, "-0.3"), (-0.01, "0"), (-3.0, "-3")] {
            assert_eq!(N(x).to_string(), text);
        }
    }
}
