//! Patching: new markup is written into the page by changing what differs and nothing else. What has the
//! focus keeps it, and what is being pressed stays under the pointer.

use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// Makes the inside of `place` what `html` says.
pub(crate) fn patch(place: &Element, html: &str) {
    // A shallow copy parses in the place's own namespace: HTML or SVG.
    let Ok(fresh) = place.clone_node() else { return };
    if let Some(fresh) = fresh.dyn_ref::<Element>() {
        fresh.set_inner_html(html);
        children(place, fresh);
    }
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
        if there.is_equal_node(Some(&wanted)) {
            continue;
        }
        if there.node_name() != wanted.node_name() {
            let _ = old.replace_child(&wanted, &there);
        } else if let (Some(there), Some(wanted)) = (there.dyn_ref::<Element>(), wanted.dyn_ref::<Element>()) {
            attributes(there, wanted);
            children(there, wanted);
        } else {
            there.set_node_value(wanted.node_value().as_deref());
        }
    }
    while let Some(surplus) = is {
        is = surplus.next_sibling();
        let _ = old.remove_child(&surplus);
    }
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
