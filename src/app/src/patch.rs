//! Patching: new markup is written into the page by changing what differs and nothing else. What has the
//! focus keeps it, and what is being pressed stays under the pointer.

use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// Makes the inside of `place` what `html` says.
pub(crate) fn patch(place: &Element, html: &str) {
    if let Some(fresh) = parsed(place, html) {
        children(place, &fresh);
    }
}

/// A shallow copy of `place` with this inside. It parses in the place's own namespace: HTML or SVG.
fn parsed(place: &Element, html: &str) -> Option<Element> {
    let fresh = place.clone_node().ok()?.dyn_into::<Element>().ok()?;
    fresh.set_inner_html(html);
    Some(fresh)
}

fn children(old: &Node, new: &Node) {
    let (mut is, mut should) = (old.first_child(), new.first_child());
    while let Some(wanted) = should {
        should = wanted.next_sibling();
        let Some(there) = is else {
            let _ = old.append_child(&wanted);
            continue;
        };
        is = there.next_sibling();
        if !there.is_equal_node(Some(&wanted)) {
            one(old, &there, &wanted);
        }
    }
    while let Some(surplus) = is {
        is = surplus.next_sibling();
        let _ = old.remove_child(&surplus);
    }
}

/// Makes one child what another is. Says whether it had to be replaced.
fn one(parent: &Node, there: &Node, wanted: &Node) -> bool {
    if there.node_name() != wanted.node_name() {
        let _ = parent.replace_child(wanted, there);
        return true;
    }
    if let (Some(there), Some(wanted)) = (there.dyn_ref::<Element>(), wanted.dyn_ref::<Element>()) {
        attributes(there, wanted);
        children(there, wanted);
    } else {
        there.set_node_value(wanted.node_value().as_deref());
    }
    false
}

fn attributes(old: &Element, new: &Element) {
    for name in old.get_attribute_names().iter().filter_map(|n| n.as_string()) {
        if !new.has_attribute(&name) {
            let _ = old.remove_attribute(&name);
        }
    }
    for name in new.get_attribute_names().iter().filter_map(|n| n.as_string()) {
        let value = new.get_attribute(&name);
        if old.get_attribute(&name) != value {
            let _ = old.set_attribute(&name, value.as_deref().unwrap_or_default());
        }
    }
}

/// A row of elements, each known by a key, of which only those are touched whose looks have changed.
pub(crate) struct Row {
    place: Element,
    kept: Vec<Kept>,
}

struct Kept {
    key: u32,
    looks: u64,
    el: Element,
}

impl Row {
    /// The row that stands in `place` as this list of keys and looks says. If it does not, it is begun anew.
    pub(crate) fn adopt(place: Element, marks: &[(u32, u64)]) -> Self {
        let there = place.children();
        let mut kept = Vec::new();
        for (i, &(key, looks)) in (0..there.length()).zip(marks) {
            kept.extend(there.item(i).map(|el| Kept { key, looks, el }));
        }
        if kept.len() != marks.len() || there.length() as usize != marks.len() {
            place.set_inner_html("");
            kept.clear();
        }
        Self { place, kept }
    }

    /// The element in a place of the row, with its looks.
    pub(crate) fn get(&self, nth: usize) -> Option<(u64, &Element)> {
        self.kept.get(nth).map(|k| (k.looks, &k.el))
    }

    /// Makes the row what the list says; what has to be drawn is asked for by its place in it.
    pub(crate) fn update(&mut self, marks: &[(u32, u64)], draw: &dyn Fn(usize) -> String) {
        for (nth, &(key, looks)) in marks.iter().enumerate() {
            if let Some(skipped) = self.kept[nth..].iter().position(|k| k.key == key) {
                for gone in self.kept.drain(nth..nth + skipped) {
                    gone.el.remove();
                }
                let kept = &mut self.kept[nth];
                if kept.looks != looks {
                    kept.looks = looks;
                    redraw(&self.place, &mut kept.el, &draw(nth));
                }
            } else if let Some(el) = parsed(&self.place, &draw(nth)).and_then(|fresh| fresh.first_element_child()) {
                let before = self.kept.get(nth).map(|k| &*k.el);
                let _ = self.place.insert_before(&el, before);
                self.kept.insert(nth, Kept { key, looks, el });
            }
        }
        for gone in self.kept.drain(marks.len().min(self.kept.len())..) {
            gone.el.remove();
        }
    }
}

fn redraw(place: &Element, el: &mut Element, html: &str) {
    let wanted = parsed(place, html).and_then(|fresh| fresh.first_element_child());
    if let Some(wanted) = wanted
        && one(place, el, &wanted)
    {
        *el = wanted;
    }
}

/// Parses markup at the end of `place`. Gives the new elements.
pub(crate) fn append(place: &Element, html: &str) -> Vec<Element> {
    let Some(fresh) = parsed(place, html) else { return Vec::new() };
    let mut all = Vec::new();
    while let Some(el) = fresh.first_element_child() {
        if place.append_child(&el).is_err() {
            break;
        }
        all.push(el);
    }
    all
}
