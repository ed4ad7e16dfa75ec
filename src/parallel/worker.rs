//! Is this thread a worker of ours?
//!
//! On a worker every call runs serially: a worker that waited for others could wait for itself, and
//! one that took up foreign work while its caller holds a lock could want that very lock.

use std::cell::Cell;

use super::fork;
use crate::fpenv::X87;

thread_local! {
    /// The generation in which this thread became a worker; 0 for all other threads. A callback that
    /// forks leaves a child whose only thread has this set but is nobody's worker any more.
    static GENERATION: Cell<u64> = const { Cell::new(0) };

    /// How many calls with callbacks this thread takes part in without being a worker, one inside the other.
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Marks this thread as a worker, for good.
pub fn become_worker() {
    GENERATION.set(fork::generation());
}

/// Whether calls on this thread are nested ones on a worker of ours.
#[inline]
pub fn is_worker() -> bool {
    let made = GENERATION.get();
    made != 0 && made == fork::generation()
}

/// While it lives, this thread runs callbacks of a call that it made, as workers do, and in the same
/// environment.
#[derive(Debug)]
pub struct Participant {
    _x87: X87,
}

impl Participant {
    /// Begins.
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

/// Whether calls on this thread may come from a callback: there, whatever waits for workers might wait for
/// itself.
pub fn may_be_in_callback() -> bool {
    is_worker() || CALLS.get() > 0
}
