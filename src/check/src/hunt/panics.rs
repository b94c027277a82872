//! Panics inside a run: they are findings, too.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

static HOOKED: Once = Once::new();

thread_local! {
    /// Whether this thread catches what panics, so that nothing needs to be printed.
    static CATCHES: Cell<bool> = const { Cell::new(false) };
    /// Where it panicked last.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What the function returns, or what it panicked with and where, as a phrase. What it left behind may be in the middle
/// of a step: fit to be looked at, not to be run on.
pub(super) fn caught<T>(function: impl FnOnce() -> T) -> Result<T, String> {
    HOOKED.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| if CATCHES.get() { remember(info) } else { usual(info) }));
    });
    let before = CATCHES.replace(true);
    let result = catch_unwind(AssertUnwindSafe(function));
    CATCHES.set(before);
    result.map_err(|payload| {
        let place = PLACE.take().unwrap_or_else(|| "an unknown place".to_owned());
        format!("{} at {place}", message(&*payload))
    })
}

fn remember(info: &PanicHookInfo<'_>) {
    PLACE.set(info.location().map(|location| format!("{}:{}", location.file(), location.line())));
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "something".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_with_its_message_and_its_place() {
        assert_eq!(caught(|| 7), Ok(7));
        let told = caught(|| panic!("a constant")).expect_err("it panics");
        assert!(told.starts_with("a constant at ") && told.contains("panics.rs:"), "{told}");
        let told = caught(|| panic!("the number {}", 7)).expect_err("it panics");
        assert!(told.starts_with("the number 7 at "), "{told}");
    }

    #[test]
    fn what_a_panic_leaves_behind_can_be_looked_at() {
        let mut steps = 0;
        let told = caught(|| {
            for _ in 0..5 {
                steps += 1;
                assert!(steps < 3, "three steps");
            }
        });
        assert!(told.is_err());
        assert_eq!(steps, 3);
    }
}
