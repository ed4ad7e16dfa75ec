//! Which process are we? A forked child (Python's `multiprocessing` makes them) has one thread, the
//! one that forked: no worker of the parent, and locks in whatever state they were.
//!
//! Every process in a line of forks has its own generation. Whatever depends on threads is tied to
//! the generation that made it; a child finds another number, leaks the old thing and makes its own.
//! A generation is told by an atfork handler and, where the system call was made past the C library,
//! by the process id.

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use super::worker;

/// From 1, so that 0 can stand for none.
static GENERATION: AtomicU64 = AtomicU64::new(1);

/// The process that `GENERATION` counts for; 0 before the first use.
static PROCESS: AtomicI32 = AtomicI32::new(0);

/// How many threads are inside [`uninterrupted`], and how many are forking: each side announces
/// itself first and then looks at the other.
static CRITICAL: AtomicUsize = AtomicUsize::new(0);
static FORKING: AtomicUsize = AtomicUsize::new(0);

/// Either side waits for the other at most this long. Should another library's fork handler hold
/// what the critical section needs, both go on, at the risk that [`uninterrupted`] describes.
const PATIENCE: Duration = Duration::from_secs(1);

/// The number of the generation, cheaply: trusts the atfork handler alone.
#[inline]
pub fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// The number of the generation, having asked the system which process this is. For the start of
/// anything that relies on other threads.
pub fn checked_generation() -> u64 {
    // SAFETY: getpid has no precondition.
    let process = unsafe { libc::getpid() };
    let seen = PROCESS.load(Ordering::Acquire);
    if seen != process {
        // Counted up before the process is published: whoever finds the process known must also find
        // the new number. Two threads may both count; a number too many is harmless.
        if seen == 0 {
            register_handlers();
        } else {
            GENERATION.fetch_add(1, Ordering::AcqRel);
        }
        let _ = PROCESS.compare_exchange(seen, process, Ordering::AcqRel, Ordering::Acquire);
    }
    generation()
}

/// Locks a mutex that threads of `generation` hold for short times only. None in a child forked since
/// then, be it by a signal handler while this thread was waiting, if the mutex was held by a thread
/// that stayed with the parent.
pub fn lock<T>(mutex: &Mutex<T>, generation: u64) -> Option<MutexGuard<'_, T>> {
    if worker::is_worker() {
        // No signal handler forks there.
        return Some(mutex.lock().unwrap_or_else(PoisonError::into_inner));
    }
    let mut attempts = 0;
    loop {
        match mutex.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(guard)) => return Some(guard.into_inner()),
            Err(TryLockError::WouldBlock) if checked_generation() != generation => return None,
            Err(TryLockError::WouldBlock) => {
                attempts += 1;
                if attempts <= 50 {
                    std::thread::yield_now();
                } else {
                    std::thread::sleep(Duration::from_micros(50));
                }
            }
        }
    }
}

fn register_handlers() {
    static REGISTERED: AtomicBool = AtomicBool::new(false);
    if !REGISTERED.swap(true, Ordering::AcqRel) {
        // SAFETY: the handlers are plain functions that live as long as the library, which is never
        // unloaded. A refusal (no memory) leaves the process id to tell.
        unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
    }
}

/// Runs `f` such that forks by other threads wait for its end.
///
/// For code of dependencies that may initialise a process-wide `Once` (crossbeam-epoch's collector,
/// on a worker's first steal): a child forked in the middle of that would wait for it for ever.
pub fn uninterrupted<R>(f: impl FnOnce() -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            CRITICAL.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let start = Instant::now();
    loop {
        CRITICAL.fetch_add(1, Ordering::SeqCst);
        if FORKING.load(Ordering::SeqCst) == 0 || start.elapsed() > PATIENCE {
            break;
        }
        CRITICAL.fetch_sub(1, Ordering::SeqCst);
        std::thread::yield_now();
    }
    let _leave = Leave;
    f()
}

extern "C" fn before() {
    FORKING.fetch_add(1, Ordering::SeqCst);
    if CRITICAL.load(Ordering::SeqCst) == 0 {
        return;
    }
    let start = Instant::now();
    while CRITICAL.load(Ordering::SeqCst) != 0 && start.elapsed() < PATIENCE {
        std::thread::yield_now();
    }
}

extern "C" fn in_parent() {
    FORKING.fetch_sub(1, Ordering::SeqCst);
}

extern "C" fn in_child() {
    // The threads that were in critical sections, or forking too, are the parent's.
    CRITICAL.store(0, Ordering::SeqCst);
    FORKING.store(0, Ordering::SeqCst);
    GENERATION.fetch_add(1, Ordering::AcqRel);
    // SAFETY: getpid has no precondition.
    PROCESS.store(unsafe { libc::getpid() }, Ordering::Release);
}
