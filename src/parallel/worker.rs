//! Whether the present thread is a worker of the library.
//!
//! On a worker every call runs serially. A worker that waited for others could wait for itself; and if it did
//! other work meanwhile, that could want a lock that the waiting callback holds.

use std::cell::Cell;

use super::fork;
use crate::fpenv::X87;

thread_local! {
    /// The generation in which this thread became a worker; 0 for all other threads. If a callback forks,
    /// this is set in the only thread of the child, which is no worker of that process.
    static GENERATION: Cell<u64> = const { Cell::new(0) };

    /// How many calls with callbacks this thread takes part in, one inside the other, as their caller.
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Marks this thread as a worker until it ends.
pub fn become_worker() {
    GENERATION.set(fork::generation());
}

/// Whether this thread is a worker, and so calls from it are nested in another call.
#[inline]
pub fn is_worker() -> bool {
    let made = GENERATION.get();
    made != 0 && made == fork::generation()
}

/// While it lives, this thread runs callbacks of a call that it has made, in the x87 environment that workers
/// have.
#[derive(Debug)]
pub struct Participant {
    _x87: X87,
}

impl Participant {
    /// Counts a call whose callbacks this thread runs, until the answer is dropped.
    pub fn enter() -> Self {
        CALLS.set(CALLS.get() + 1);
        Self {
            _x87: X87::default_environment(),
        }
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        CALLS.set(CALLS.get() - 1);
    }
}

/// Whether calls from this thread may come from a callback, where a wait for workers might be one for the
/// callback itself.
pub fn may_be_in_callback() -> bool {
    is_worker() || CALLS.get() > 0
}
