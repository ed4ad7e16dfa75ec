//! Something that one thread waits for and another brings about.
//!
//! Not `std::thread::park`, which knows the waiting thread by data that is gone while the thread ends: calls
//! are also made by destructors of thread-specific data and by `atexit` handlers.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::signals;

/// It has happened or not.
#[derive(Debug, Default)]
pub struct Event {
    happened: Mutex<bool>,
    changed: Condvar,
}

impl Event {
    /// Brings it about, for good.
    pub fn set(&self) {
        *self.happened.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits until it has happened, or for the given time at most.
    ///
    /// A signal handler that forks does so before or after: in a child that is forked in between, a thread
    /// that stayed with the parent might hold the lock.
    pub fn wait(&self, at_most: Duration) {
        signals::with_asynchronous_blocked(|| {
            let happened = self.happened.lock().unwrap_or_else(PoisonError::into_inner);
            // Woken too early or late, the caller looks again at what it waits for.
            let _ = self
                .changed
                .wait_timeout_while(happened, at_most, |happened| !*happened);
        });
    }
}
