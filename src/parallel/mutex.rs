//! Locking a mutex in a process that may turn out to be a forked child, where whoever holds it may not exist.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use super::{fork, worker};

/// How often a thread yields to others, before it sleeps between its attempts.
const YIELDS: u32 = 50;

/// The sleep between two attempts.
const PAUSE: Duration = Duration::from_micros(50);

/// Locks a mutex that the threads of `generation` (see [`fork`]) hold for short times only. None in a child
/// that was forked since then, be it by a signal handler while this thread was waiting, if the mutex was held
/// by a thread that stayed with the parent; then whatever that thread was about to do is lost, too.
pub fn lock<T>(mutex: &Mutex<T>, generation: u64) -> Option<MutexGuard<'_, T>> {
    if let Ok(guard) = try_lock(mutex) {
        return Some(guard);
    }
    if worker::is_worker() {
        // Workers block asynchronous signals, so that no handler forks here.
        return Some(mutex.lock().unwrap_or_else(PoisonError::into_inner));
    }
    let mut attempts = 0;
    loop {
        // The process is asked for before the mutex is tried: a mutex that is held once this is known to be a
        // child is held for ever. The other way round, the holder might release it, and end its part of the
        // work, before a handler forks.
        let is_child = fork::checked_generation() != generation;
        match try_lock(mutex) {
            Ok(guard) => return Some(guard),
            Err(WouldBlock) if is_child => return None,
            Err(WouldBlock) => {
                attempts += 1;
                if attempts <= YIELDS {
                    std::thread::yield_now();
                } else {
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }
}

/// Another thread holds the mutex.
struct WouldBlock;

/// A mutex that a panic has poisoned is locked like any other: what it guards is left valid by every step.
fn try_lock<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>, WouldBlock> {
    match mutex.try_lock() {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(guard)) => Ok(guard.into_inner()),
        Err(TryLockError::WouldBlock) => Err(WouldBlock),
    }
}
