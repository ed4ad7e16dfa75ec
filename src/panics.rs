//! Panics inside the library: caught at the boundary, reported as a status, never printed.

use std::any::Any;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    /// How many of our guards this thread is inside of. Without a destructor, hence usable to the
    /// last moment of a thread.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// While it lives, a panic on this thread is ours to report, and the hook prints nothing.
pub struct Inside(());

impl Inside {
    /// Enters; on the library's first call, installs the hook.
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

/// The hook hands panics outside our guards to its predecessor. Whoever flips the flag first
/// installs it: a `Once` could be held by another thread at the moment of a fork.
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

/// The text a panic was raised with.
pub fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => (*text).to_owned(),
            Err(other) => {
                // Dropping what we do not know could panic in its turn.
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
