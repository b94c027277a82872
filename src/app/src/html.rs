//! Drawings are text: pure functions from a lab's state to markup, the same for the live lab and its poster.
//! A component only holds them and renews the text when it has changed.

use leptos::prelude::*;
use maud::Markup;

use crate::scene::Scene;
use crate::state::LabState;

/// The text of a panel, renewed with the lab.
pub(crate) fn drawn(state: LabState, draw: fn(LabState) -> Markup) -> impl Fn() -> String + Send + Sync + Clone + 'static {
    move || draw(state).into_string()
}

/// The text of a layer of the stage, renewed with the lab.
pub(crate) fn layer(
    state: LabState,
    scene: Memo<Scene>,
    draw: fn(LabState, &Scene) -> Markup,
) -> impl Fn() -> String + Send + Sync + Clone + 'static {
    move || scene.with(|s| draw(state, s).into_string())
}
