//! Locks for callbacks and any other threads.

use super::guard::{guard, guard_value};
use super::handle;
use super::pointers::out_ptr;
use crate::error::Status;
use crate::parallel::lock::Lock;
use crate::parallel::wait::Timeout;
use crate::reserve;

/// Makes a lock that nobody holds. Release it with parexact_lock_free.
///
/// `out`: receives the handle; untouched on failure.
/// Errors: NULL_POINTER, NO_MEMORY. Thread safety: any thread.
///
/// # Safety
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_lock_new(out: *mut *mut Lock) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let out = unsafe { out_ptr(out, "out") }?;
        out.give(reserve::try_arc(Lock::new())?);
        Ok(())
    })
}

/// Takes the lock for the calling thread, as soon as its holder has released it. Threads that wait for it get
/// it in no particular order.
///
/// `timeout_seconds`: below 0 waits for ever, 0 only tries.
/// Errors: TIMEOUT if it was not released by then; DEADLOCK if the calling thread holds it already, if the
/// holder waits for the calling thread (in a map whose callback wants the lock, say), or if the holder has
/// ended, noticed within some 50 ms; CANCELLED by the control attached to the calling thread; NULL_POINTER;
/// INVALID_ARGUMENT if the timeout is NaN; FORKED for a lock of the parent process. A timeout of 0 answers
/// TIMEOUT for any lock that another thread holds.
/// A circle that has a wait with a timeout in it ends by itself: TIMEOUT.
/// Cost: some 30 ns if nobody holds it. Thread safety: any thread.
///
/// # Safety
/// `lock` is NULL or a lock that nobody frees meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_lock_acquire(lock: *mut Lock, timeout_seconds: f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let lock = unsafe { handle::required(lock) }?;
        lock.acquire(Timeout::from_seconds(timeout_seconds)?)
    })
}

/// Releases the lock.
///
/// Errors: NOT_OWNER if the calling thread does not hold it; NULL_POINTER; INVALID_ARGUMENT; FORKED.
/// A thread that ends without releasing the lock, also in destructors of its data, leaves it held for ever:
/// threads that wait for it are answered DEADLOCK, and it can only be freed. What it protects may be in any
/// state.
///
/// # Safety
/// `lock` is NULL or a lock that nobody frees meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_lock_release(lock: *mut Lock) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        unsafe { handle::required(lock) }?.release()
    })
}

/// Frees the lock, held or not. NULL is harmless, and so is a lock of the parent process.
///
/// # Safety
/// `lock` is NULL or a lock that has not been freed, and that no other call begins to use meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_lock_free(lock: *mut Lock) {
    guard_value(|| {
        // SAFETY: passed on from the caller.
        drop(unsafe { handle::reclaimed(lock) });
        Ok(())
    });
}
