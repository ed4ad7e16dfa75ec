//! The library's own pool: built on first use, one for each process in a line of forks.

use std::sync::{Arc, Mutex, PoisonError};

use super::per_process::PerProcess;
use super::pool::Pool;
use super::signals;

/// The pool of one process.
#[derive(Default)]
struct Slot {
    pool: Option<Arc<Pool>>,
    /// The last request that was not granted in full; it is not repeated at every call.
    refused: Option<usize>,
}

static SLOT: PerProcess<Mutex<Slot>> = PerProcess::new();

/// The pool, with `workers` workers or more; with fewer if the system refuses threads, perhaps none.
///
/// To be called inside [`signals::with_asynchronous_blocked`]: a handler that forks while this thread holds
/// the lock, or waits for it, would leave a child that can never have it.
pub(crate) fn pool(workers: usize) -> Arc<Pool> {
    let mut slot = SLOT
        .get_or_make(Mutex::default)
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

/// How large the pool is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many workers there are.
    pub granted: usize,
    /// How many more the last request asked for, which the system refused.
    pub refused: usize,
}

/// How large the pool of this process is at present. No pool is built for that.
pub fn summary() -> Summary {
    // No handler may fork while this thread waits for the lock.
    signals::with_asynchronous_blocked(|| {
        let Some(slot) = SLOT.get() else {
            return Summary::default();
        };
        let slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let granted = slot.pool.as_ref().map_or(0, |pool| pool.workers());
        let refused = slot
            .refused
            .map_or(0, |asked| asked.saturating_sub(granted));
        Summary { granted, refused }
    })
}
