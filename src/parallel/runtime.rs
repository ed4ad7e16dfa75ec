//! The library's own pool: built on first use, one for each process in a line of forks.

use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::deadlock::Graph;
use super::pool::Pool;
use super::{fork, signals};

/// What belongs to one generation of [`fork`]. Never freed: a child finds its parent's, with the lock
/// in whatever state it was and workers that do not exist, and leaves it alone.
struct Runtime {
    generation: u64,
    slot: Mutex<Slot>,
    waits: Mutex<Graph>,
}

#[derive(Default)]
struct Slot {
    pool: Option<Arc<Pool>>,
    /// The last request that was not granted in full; it is not repeated at every call.
    refused: Option<usize>,
}

static RUNTIME: AtomicPtr<Runtime> = AtomicPtr::new(std::ptr::null_mut());

/// This process's runtime, if it has one.
fn existing(generation: u64) -> Result<&'static Runtime, *mut Runtime> {
    let seen = RUNTIME.load(Ordering::Acquire);
    // SAFETY: null, or published by `runtime` below and never freed.
    match unsafe { seen.as_ref() } {
        Some(runtime) if runtime.generation == generation => Ok(runtime),
        _ => Err(seen),
    }
}

fn runtime() -> &'static Runtime {
    loop {
        let generation = fork::checked_generation();
        let seen = match existing(generation) {
            Ok(runtime) => return runtime,
            Err(seen) => seen,
        };
        let fresh = Box::into_raw(Box::new(Runtime {
            generation,
            slot: Mutex::default(),
            waits: Mutex::default(),
        }));
        if RUNTIME
            .compare_exchange(seen, fresh, Ordering::AcqRel, Ordering::Acquire)
            .is_err()
        {
            // SAFETY: it came from a box and nobody else has seen it.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
}

/// The pool, with `workers` workers or more; with fewer if the system refuses threads, perhaps none.
///
/// To be called inside [`signals::with_asynchronous_blocked`]: a handler that forks while this thread
/// holds the lock, or waits for it, would leave a child that can never have it.
pub fn pool(workers: usize) -> Arc<Pool> {
    let mut slot = runtime()
        .slot
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let have = slot.pool.as_ref().map_or(0, |pool| pool.workers());
    if let Some(pool) = &slot.pool
        && (have >= workers || slot.refused == Some(workers))
    {
        return pool.clone();
    }
    let grown = Arc::new(Pool::new(workers));
    slot.refused = (grown.workers() < workers).then_some(workers);
    if grown.workers() > have || slot.pool.is_none() {
        // The smaller pool ends by itself once the calls that use it are done.
        slot.pool = Some(grown.clone());
    }
    slot.pool.clone().unwrap_or(grown)
}

/// The waits of this process's threads.
pub fn waits() -> &'static Mutex<Graph> {
    &runtime().waits
}

/// What the pool looks like, for people; building nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Workers that exist.
    pub granted: usize,
    /// Workers that the last request asked for in vain, beyond those.
    pub refused: usize,
}

/// The present state of the pool.
pub fn summary() -> Summary {
    // No handler may fork while this thread waits for the lock.
    signals::with_asynchronous_blocked(summarize)
}

fn summarize() -> Summary {
    existing(fork::checked_generation()).map_or_else(
        |_| Summary::default(),
        |runtime| {
            let slot = runtime.slot.lock().unwrap_or_else(PoisonError::into_inner);
            let granted = slot.pool.as_ref().map_or(0, |pool| pool.workers());
            Summary {
                granted,
                refused: slot
                    .refused
                    .map_or(0, |asked| asked.saturating_sub(granted)),
            }
        },
    )
}
