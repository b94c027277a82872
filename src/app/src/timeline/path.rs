//! Path data for drawings of many strokes: everything that looks the same is one path, so that a busy span costs as
//! few elements as a quiet one. Numbers are written without the formatting machinery.

use maud::PreEscaped;

/// The data of one path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path(String);

impl Path {
    /// Moves to a place.
    pub(crate) fn go(&mut self, x: f32, y: f32) -> &mut Self {
        self.pair('M', x, y)
    }

    /// A straight line to a place.
    pub(crate) fn line(&mut self, x: f32, y: f32) -> &mut Self {
        self.pair('L', x, y)
    }

    /// A horizontal line to there.
    pub(crate) fn across(&mut self, x: f32) -> &mut Self {
        self.0.push('H');
        write(&mut self.0, x);
        self
    }

    /// A vertical line to there.
    pub(crate) fn down(&mut self, y: f32) -> &mut Self {
        self.0.push('V');
        write(&mut self.0, y);
        self
    }

    /// Strokes relative to where the path is.
    pub(crate) fn with(&mut self, strokes: &str) -> &mut Self {
        self.0.push_str(strokes);
        self
    }

    /// A circle around a place.
    pub(crate) fn circle(&mut self, x: f32, y: f32, r: f32) -> &mut Self {
        self.go(x - r, y);
        for way in [2.0, -2.0] {
            self.0.push('a');
            write(&mut self.0, r);
            self.0.push(' ');
            write(&mut self.0, r);
            self.0.push_str(" 0 1 0 ");
            write(&mut self.0, way * r);
            self.0.push_str(" 0");
        }
        self
    }

    fn pair(&mut self, how: char, x: f32, y: f32) -> &mut Self {
        self.0.push(how);
        write(&mut self.0, x);
        self.0.push(' ');
        write(&mut self.0, y);
        self
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stands in the attribute `d`.
    #[must_use]
    pub(crate) fn d(&self) -> PreEscaped<&str> {
        PreEscaped(&self.0)
    }
}

/// Writes a coordinate to a tenth.
fn write(out: &mut String, x: f32) {
    let tenths = (x * 10.0).round() as i32;
    if tenths < 0 {
        out.push('-');
    }
    let tenths = tenths.unsigned_abs();
    let mut digits = [0_u8; 10];
    let (mut whole, mut first) = (tenths / 10, digits.len());
    loop {
        first -= 1;
        digits[first] = (whole % 10) as u8;
        whole /= 10;
        if whole == 0 || first == 0 {
            break;
        }
    }
    for digit in &digits[first..] {
        out.push(char::from(b'0' + digit));
    }
    if !tenths.is_multiple_of(10) {
        out.push('.');
        out.push(char::from(b'0' + (tenths % 10) as u8));
    }
}

/// Paths by how they look: a class and a hue.
#[derive(Debug, Default)]
pub(crate) struct Strokes(Vec<(&'static str, &'static str, Path)>);

impl Strokes {
    /// The path of what looks like this.
    pub(crate) fn at(&mut self, class: &'static str, hue: &'static str) -> &mut Path {
        let place = self.0.iter().position(|(c, h, _)| *c == class && *h == hue).unwrap_or_else(|| {
            self.0.push((class, hue, Path::default()));
            self.0.len() - 1
        });
        &mut self.0[place].2
    }

    /// The paths, in the order in which they were begun.
    #[must_use]
    pub(crate) fn draw(&self) -> maud::Markup {
        maud::html! { @for (class, hue, path) in &self.0 { path class={ (class) " " (hue) } d=(path.d()) {} } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_written_to_a_tenth() {
        let mut path = Path::default();
        path.go(0.0, 12.04).line(-0.26, 1140.0).across(-3.0).down(12.06);
        assert_eq!(path.d().0, "M0 12L-0.3 1140H-3V12.1");
    }
}
