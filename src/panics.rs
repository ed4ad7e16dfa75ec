//! Panics inside the library: caught at the boundary, reported as a status, never printed.

use std::any::Any;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, PAREXACT_ERROR_INTERNAL};

thread_local! {
    /// How many guards of the library this thread is inside of. The variable has no destructor, so that it
    /// can be used to the last moment of a thread.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// While it lives, the library reports a panic of this thread itself, and the hook prints nothing.
pub struct Inside(());

impl Inside {
    /// Marks this thread as being inside the library. The first call of all installs the hook.
    #[inline]
    pub fn enter() -> Self {
        install_hook();
        DEPTH.set(DEPTH.get() + 1);
        Self(())
    }
}

impl Drop for Inside {
    #[inline]
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Installs a hook that leaves panics outside the library to the hook that was there before. The thread that
/// sets the flag installs the hook. A `Once` would not do: if another thread held it at the moment of a fork,
/// the child would wait for it for ever.
#[inline]
fn install_hook() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    // The standard library refuses to change the hook on a panicking thread.
    if !INSTALLED.load(Ordering::Relaxed)
        && !std::thread::panicking()
        && !INSTALLED.swap(true, Ordering::AcqRel)
    {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if DEPTH.get() == 0 {
                previous(info);
            }
        }));
    }
}

/// The failure that a panic inside the library is reported as.
pub fn internal_error(payload: Box<dyn Any + Send>) -> Error {
    Error::new(
        PAREXACT_ERROR_INTERNAL,
        format!("internal error, please report it: {}", message(payload)),
    )
}

/// The text that a panic was raised with.
fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => (*text).to_owned(),
            Err(other) => {
                // The destructor of a payload of another type could panic in its turn.
                std::mem::forget(other);
                "a panic without a message".to_owned()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_both_kinds_and_none() {
        assert_eq!(message(Box::new("plain")), "plain");
        assert_eq!(message(Box::new(String::from("formatted"))), "formatted");
        assert_eq!(message(Box::new(7)), "a panic without a message");
    }
}
