//! Who works on a call: how many threads, and which pool's.

use std::sync::Arc;

use super::pool::Pool;
use super::user_pool::{Busy, UserPool};
use super::{runtime, threads, worker};
use crate::error::Result;

/// The threads of one call, the calling one included.
pub struct Crew {
    threads: usize,
    /// The library's own pool if none.
    pool: Option<(Arc<Pool>, Busy)>,
}

impl Crew {
    /// The library's pool, and as many threads as a call from this one may use.
    pub fn for_call() -> Self {
        Self {
            threads: threads::for_call().min(threads::useful()),
            pool: None,
        }
    }

    /// A caller's pool: the calling thread works in place of one of its workers, so that there is progress
    /// though all of them be busy. A call from a worker goes on alone.
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

    /// How many threads.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// A pool with so many workers, or with those it has; none in a child forked since. To be called as
    /// [`runtime::pool`].
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
