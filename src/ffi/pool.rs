//! Pools: a predetermined number of workers, for maps and jobs.
//!
//! Where a pool is asked for, NULL means the library's own, whose size follows parexact_set_num_threads.
//! Pools that a program makes keep their size; several may exist at once, and any number of threads may use
//! each.
//!
//! Callbacks run on any worker, several at once, and on the calling thread. They must not throw C++
//! exceptions, longjmp out of themselves nor call pthread_exit, and no exception of another language may
//! leave them. The message of a failed call belongs to the thread that made it (parexact_last_error): a
//! callback that wants it must copy it. They may call this library: calls nested in a callback on a worker
//! run serially, on that worker.
//!
//! Waiting for locks and jobs without a timeout is safe as far as this library can see: where it could never
//! end, the answer is DEADLOCK. It sees circles of any length, including those through a job that any one of
//! several workers could begin, and locks whose holder has ended. It assumes that these go on: a wait with a
//! timeout; a wait at a queue, where any thread might put or get; a wait outside this library (for a mutex, a
//! thread, a file); and a thread that holds a lock and does not wait, such as a worker whose job left without
//! releasing it. Where a wait depends on one of these, give it a timeout.

use std::sync::Arc;

use super::guard::{guard, guard_value};
use super::handle;
use super::pointers::out_ptr;
use crate::error::Status;
use crate::parallel::threads::{self, PAREXACT_MAX_THREADS};
use crate::parallel::user_pool::UserPool;
use crate::reserve;

/// Bytes that a pool takes without its workers, rounded up.
const POOL_BYTES: usize = 4 << 10;

/// Makes a pool of `workers` threads, or of as many as the system grants.
///
/// `workers`: up to PAREXACT_MAX_THREADS; 0 means parexact_get_num_threads. `out`: receives the handle, to be
/// released with parexact_pool_free; untouched on failure. In a forked child the handle stands for a pool of
/// the same size, made on first use there.
/// Errors: NULL_POINTER, INVALID_ARGUMENT, NO_MEMORY. Cost: some 50 µs a worker, more beyond a few hundred,
/// and 2 MiB of address space each.
/// Thread safety: any thread.
///
/// # Safety
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_pool_new(workers: usize, out: *mut *mut UserPool) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let out = unsafe { out_ptr(out, "out") }?;
        if workers > PAREXACT_MAX_THREADS {
            return Err(threads::out_of_range("workers", workers));
        }
        let workers = match workers {
            0 => threads::for_process(),
            workers => workers,
        };
        reserve::check_system(POOL_BYTES)?;
        out.give(Arc::new(UserPool::new(workers)));
        Ok(())
    })
}

/// Waits for the maps and jobs of the pool, those not yet begun included, and lets its workers end.
///
/// Callbacks of the pool may go on using it meanwhile, as long as they run: what they give it is done and
/// waited for, too. A callback that frees a pool does not wait, since it might wait for itself: the pool then
/// ends with the last of its work. NULL is harmless, and so is a pool inherited by a forked child. The
/// handles of its jobs stay valid.
/// Thread safety: any thread may call it, once for each pool. From then on only callbacks of the pool may use
/// the handle.
///
/// # Safety
/// `pool` is NULL or a pool that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_pool_free(pool: *mut UserPool) {
    guard_value(|| {
        // SAFETY: passed on from the caller.
        if let Some(pool) = unsafe { handle::reclaimed(pool) } {
            pool.free();
        }
        Ok(())
    });
}
