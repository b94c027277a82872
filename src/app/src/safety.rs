//! Panel f: the promises of the protocol, and whether they hold. Quiet when right, loud when wrong.

use leptos::prelude::*;
use protocols::view::PromiseView;

use crate::icon::icon;
use crate::stage::ms;
use crate::state::LabState;

/// The panel.
#[must_use]
pub(crate) fn safety(state: LabState, key: &'static str) -> AnyView {
    view! {
        <div class="safety-panel">
            {move || {
                let shot = state.shot.get();
                let broken = shot.view.promises.iter().filter(|p| p.broken.is_some()).count();
                let label = if broken == 0 { "Promises, all kept".to_owned() } else { format!("Promises, {broken} broken") };
                view! {
                    <ul class="safety" aria-label=label>
                        {(!key.is_empty()).then(|| view! { <li aria-hidden="true"><span class="panel-k">{key}</span></li> })}
                        {shot.view.promises.iter().map(promise).collect_view()}
                    </ul>
                }
            }}
            <div role="alert">
                {move || state.shot.get().view.promises.iter().filter_map(breach).collect_view()}
            </div>
        </div>
    }
    .into_any()
}

fn promise(promise: &PromiseView) -> AnyView {
    let (class, mark) = if promise.broken.is_some() { ("is-broken", "crash") } else { ("", "ok") };
    view! { <li class=class title=promise.promise>{icon(mark)}{promise.name}</li> }.into_any()
}

fn breach(promise: &PromiseView) -> Option<AnyView> {
    let (at, facts) = promise.broken.as_ref()?;
    Some(
        view! {
            <p class="breach">
                {format!("{} broke at {} ms. {facts}. ", promise.name, ms(*at))}
                <button type="button" class="moment" data-at-us=at.0.to_string()>"Show me that moment"</button>
            </p>
        }
        .into_any(),
    )
}
