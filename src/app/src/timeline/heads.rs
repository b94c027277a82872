//! The playhead, in c and in d: written straight to its elements with every frame.

use sim::Time;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node, SvgGraphicsElement, SvgTransform};

use super::{Axis, flag_shift};
use crate::diagram::Field;
use crate::stage::ms;
use crate::state::{Bench, Shot};

/// Handles into what moves with time. Each is good for the drawing that it was found in.
#[derive(Default)]
pub(crate) struct Heads {
    flag: Option<Flag>,
    near: Option<Near>,
}

/// The flag over the whole run.
struct Flag {
    axis: Axis,
    flag: Option<SvgTransform>,
    tag: Option<SvgTransform>,
    veil: Option<SvgTransform>,
    text: Option<Node>,
}

/// The line in the span that is enlarged.
struct Near {
    field: Field,
    line: Option<SvgTransform>,
    veil: Option<SvgTransform>,
    text: Option<Node>,
}

impl Heads {
    /// Finds anew what was drawn anew, in a plate that shows this shot.
    pub(crate) fn find(&mut self, state: &Bench, figure: &HtmlElement, shot: &Shot) {
        let find = |selector: &str| figure.query_selector(selector).ok().flatten();
        let moved = |selector: &str| find(selector).and_then(|el| translation(&el));
        let text = |selector: &str| find(selector).and_then(|el| el.first_child());
        let width = state.live.width.get_untracked();
        if state.live.flag_drawn.take() {
            self.flag = Some(Flag {
                axis: width.axis(shot.story.frontier, shot.end),
                flag: moved("[data-playhead]"),
                tag: moved("[data-playhead] .cursor-tag"),
                veil: moved("[data-veil]"),
                text: text("[data-playhead] .cursor-n"),
            });
        }
        if state.live.near_drawn.take() {
            self.near = Field::of(shot, width).map(|field| Near {
                field,
                line: moved("[data-near-now]"),
                veil: moved("[data-near-veil]"),
                text: text("[data-near-now] .cursor-n"),
            });
        }
    }

    /// Puts the playhead where it is at this moment.
    pub(crate) fn write(&self, now: Time) {
        let put = |what: &Option<SvgTransform>, x: f32, y: f32| {
            if let Some(what) = what {
                let _ = what.set_translate(x, y);
            }
        };
        let mut said = ms(now).to_string();
        said.push_str(" ms");
        let say = |what: &Option<Node>| {
            if let Some(text) = what {
                text.set_node_value(Some(&said));
            }
        };
        if let Some(head) = &self.flag {
            put(&head.flag, head.axis.x(now), 0.0);
            put(&head.tag, flag_shift(head.axis, now), 0.0);
            put(&head.veil, head.axis.x(now), 0.0);
            say(&head.text);
        }
        if let Some(head) = &self.near {
            let (x, y) = head.field.line_at(now);
            put(&head.line, x, y);
            let (x, y) = head.field.veil_at(now);
            put(&head.veil, x, y);
            say(&head.text);
        }
    }
}

/// The element's first transform, which every mark here has as a translation.
fn translation(el: &Element) -> Option<SvgTransform> {
    let list = el.dyn_ref::<SvgGraphicsElement>()?.transform().base_val();
    (list.number_of_items() > 0).then(|| list.get_item(0).ok()).flatten()
}
