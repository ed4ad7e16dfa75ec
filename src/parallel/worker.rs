//! Is this thread a worker of ours?
//!
//! On a worker every call runs serially: a worker that waited for others could wait for itself, and
//! one that took up foreign work while its caller holds a lock could want that very lock.

use std::cell::Cell;

use super::fork;

thread_local! {
    /// The generation in which this thread became a worker; 0 for all other threads. A callback that
    /// forks leaves a child whose only thread has this set but is nobody's worker any more.
    static GENERATION: Cell<u64> = const { Cell::new(0) };
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
