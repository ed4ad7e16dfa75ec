//! The threads that work on a call: how many they are, and of which pool.

use std::sync::Arc;

use super::pool::Pool;
use super::user_pool::{Busy, UserPool};
use super::{runtime, threads, worker};
use crate::error::Result;

/// The threads that may work on one call, the calling one included.
pub struct Crew {
    threads: usize,
    /// A caller's pool, and the mark that it has work; none for the library's own pool.
    pool: Option<(Arc<Pool>, Busy)>,
}

impl Crew {
    /// Threads of the library's pool, as many as a call from this thread may use.
    pub fn for_call() -> Self {
        Self {
            threads: threads::for_call().min(threads::useful()),
            pool: None,
        }
    }

    /// Threads of a caller's pool. The calling thread works in place of one of the workers, so that the call
    /// makes progress even if all of them are busy. A call from a worker is worked on by that worker alone.
    pub fn of(pool: &Arc<UserPool>) -> Result<Self> {
        let (pool, busy) = pool.engage()?;
        let threads = if worker::is_worker() {
            1
        } else {
            pool.workers()
        };
        Ok(Self {
            threads: threads.max(1),
            pool: Some((pool, busy)),
        })
    }

    /// How many threads they are: 1 or more.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The pool. The library's own has `workers` workers or more, if the system grants them. None if the pool
    /// was inherited by a forked child. To be called as [`runtime::pool`].
    pub fn pool(&self, workers: usize) -> Option<Arc<Pool>> {
        match &self.pool {
            Some((pool, _)) => (!pool.is_inherited()).then(|| pool.clone()),
            None => Some(runtime::pool(workers)),
        }
    }

    /// The pool for work in the background. To be called as [`runtime::pool`].
    pub fn background(&self) -> Option<Arc<Pool>> {
        self.pool(threads::for_process().min(threads::useful()))
    }
}
