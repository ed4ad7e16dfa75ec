//! Which process in a line of forks this is. A forked child (Python's `multiprocessing` makes them) has one
//! thread, the one that forked: it has none of the parent's workers, and locks are in whatever state they
//! were.
//!
//! Every process in a line of forks has a number of its own, its generation. Whatever depends on threads is
//! tied to the generation that made it; a child finds another number, leaves the old thing alone and makes
//! its own. The number is counted by an atfork handler and, where the system call was made past the C
//! library, by comparing the process id.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The generation, from 1 so that 0 can stand for none, in the upper half; in the lower half the process that
/// it counts for, 0 before the first use. One word, so that no two threads of a new process count it twice.
static IDENTITY: AtomicU64 = AtomicU64::new(1 << 32);

/// How many threads are inside [`uninterrupted`].
static CRITICAL: AtomicUsize = AtomicUsize::new(0);

/// How many threads are forking. Either side is counted first and then looks at the other's number, so that
/// at least one of two sees the other.
static FORKING: AtomicUsize = AtomicUsize::new(0);

/// Either side waits for the other at most this long. If another library's fork handler holds what the
/// critical section needs, both go on after that, at the risk that [`uninterrupted`] describes.
const PATIENCE: Duration = Duration::from_secs(1);

/// The number of the generation, in a nanosecond: it relies on the atfork handler alone.
#[inline]
pub fn generation() -> u64 {
    generation_of(IDENTITY.load(Ordering::Acquire))
}

/// The number of the generation, after asking the system which process this is. For the beginning of anything
/// that relies on other threads.
pub fn checked_generation() -> u64 {
    // The identity is read before the process id: if a handler forks in between, the child finds that it has
    // been counted already.
    let known = IDENTITY.load(Ordering::Acquire);
    let process = process();
    if process_of(known) == process {
        return generation_of(known);
    }
    let first_use = process_of(known) == 0;
    if first_use {
        register_handlers();
    }
    let generation = generation_of(known) + u64::from(!first_use);
    // If the exchange fails, another thread of this process has made it meanwhile.
    let _ = IDENTITY.compare_exchange(
        known,
        identity(generation, process),
        Ordering::AcqRel,
        Ordering::Acquire,
    );
    self::generation()
}

fn identity(generation: u64, process: u64) -> u64 {
    generation << 32 | process
}

fn generation_of(identity: u64) -> u64 {
    identity >> 32
}

fn process_of(identity: u64) -> u64 {
    identity & u64::from(u32::MAX)
}

/// The id of this process, which is positive.
fn process() -> u64 {
    // SAFETY: getpid has no precondition.
    u64::from(unsafe { libc::getpid() }.unsigned_abs())
}

fn register_handlers() {
    static REGISTERED: AtomicBool = AtomicBool::new(false);
    if !REGISTERED.swap(true, Ordering::AcqRel) {
        // SAFETY: the handlers are functions that live as long as the library, which is never unloaded. If
        // memory for them is refused, the process id still tells.
        unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
    }
}

/// Runs `f`, which must be short, while forks by other threads wait for its end.
///
/// For code of dependencies that may initialise a process-wide `Once`: a child forked in the middle of that
/// would wait for it for ever.
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

/// Whether a fork would wait for some thread.
#[cfg(test)]
pub fn is_held_off() -> bool {
    CRITICAL.load(Ordering::SeqCst) != 0
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
    // The number may be 0: if a signal handler forks while this thread is in `before`, the number is 0 in the
    // handler's child, which then goes on with the fork that was interrupted.
    let _ = FORKING.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |forking| {
        forking.checked_sub(1)
    });
}

extern "C" fn in_child() {
    // The threads that were in critical sections, or were forking as well, are the parent's.
    CRITICAL.store(0, Ordering::SeqCst);
    FORKING.store(0, Ordering::SeqCst);
    // This is another process even if its id is the same, which happens in another namespace.
    IDENTITY.store(identity(generation() + 1, process()), Ordering::Release);
}
