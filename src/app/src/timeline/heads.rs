//! The playhead, in c and in d: written straight to its elements with every frame.

use sim::Time;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node, SvgGraphicsElement, SvgTransform};

use super::{Axis, flag_shift};
use crate::diagram::Field;
use crate::stage::ms;
use crate::state::{Bench, Shot};

/// Handles into what moves with time.
pub(crate) struct Heads {
    axis: Axis,
    flag: Option<SvgTransform>,
    tag: Option<SvgTransform>,
    veil: Option<SvgTransform>,
    texts: Vec<Node>,
    near: Option<Field>,
    near_line: Option<SvgTransform>,
    near_veil: Option<SvgTransform>,
}

impl Heads {
    /// Finds the handles in a plate that shows this shot.
    pub(crate) fn of(state: &Bench, figure: &HtmlElement, shot: &Shot) -> Self {
        let find = |selector: &str| figure.query_selector(selector).ok().flatten();
        let moved = |selector: &str| find(selector).and_then(|el| translation(&el));
        let width = state.live.width.get_untracked();
        let text = |selector: &str| find(selector).and_then(|el| el.first_child());
        let texts = ["[data-playhead] .cursor-n", "[data-near-now] .cursor-n"].into_iter().filter_map(text).collect();
        Self {
            axis: width.axis(shot.story.frontier, shot.end),
            flag: moved("[data-playhead]"),
            tag: moved("[data-playhead] .cursor-tag"),
            veil: moved("[data-veil]"),
            texts,
            near: Field::of(shot, width),
            near_line: moved("[data-near-now]"),
            near_veil: moved("[data-near-veil]"),
        }
    }

    /// Puts the playhead where it is at this moment.
    pub(crate) fn write(&self, now: Time) {
        let put = |what: &Option<SvgTransform>, x: f32, y: f32| {
            if let Some(what) = what {
                let _ = what.set_translate(x, y);
            }
        };
        put(&self.flag, self.axis.x(now), 0.0);
        put(&self.tag, flag_shift(self.axis, now), 0.0);
        put(&self.veil, self.axis.x(now), 0.0);
        if let Some(field) = &self.near {
            let (x, y) = field.line_at(now);
            put(&self.near_line, x, y);
            let (x, y) = field.veil_at(now);
            put(&self.near_veil, x, y);
        }
        let mut said = ms(now).to_string();
        said.push_str(" ms");
        for text in &self.texts {
            text.set_node_value(Some(&said));
        }
    }
}

/// The element's first transform, which every mark here has as a translation.
fn translation(el: &Element) -> Option<SvgTransform> {
    let list = el.dyn_ref::<SvgGraphicsElement>()?.transform().base_val();
    (list.number_of_items() > 0).then(|| list.get_item(0).ok()).flatten()
}
