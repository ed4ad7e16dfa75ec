//! How many locks a thread holds: one that ends with any leaves them held for ever, and its waiters must
//! learn that.
//!
//! POSIX knows the same of its robust mutexes (EOWNERDEAD). The end is noticed by the destructor of
//! thread-specific data (`pthread_key_create`), in the last of its rounds: until then destructors of others
//! may still release what is held.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::wait_graph;

/// How many rounds of destructors a thread that ends is granted: the least number that POSIX allows, which is
/// glibc's and musl's.
const ROUNDS: usize = 4;

thread_local! {
    static HOLDINGS: Cell<Holdings> = const { Cell::new(Holdings { locks: 0, watched: false }) };
}

#[derive(Clone, Copy)]
struct Holdings {
    /// How many locks this thread holds.
    locks: usize,
    /// Whether its end will be noticed.
    watched: bool,
}

/// The present thread has got a lock.
pub fn acquired() {
    HOLDINGS.with(|holdings| {
        let Holdings { locks, watched } = holdings.get();
        holdings.set(Holdings {
            locks: locks + 1,
            watched: watched || watch(1),
        });
    });
}

/// The present thread has released one, or freed one that it holds.
pub fn released() {
    HOLDINGS.with(|holdings| {
        let Holdings { locks, watched } = holdings.get();
        holdings.set(Holdings {
            locks: locks.saturating_sub(1),
            watched,
        });
    });
}

/// Has the end of this thread noticed, in that round of its destructors. Where memory or keys are refused it
/// goes unnoticed.
#[cold]
fn watch(round: usize) -> bool {
    let Some(key) = key() else {
        return false;
    };
    let value = std::ptr::without_provenance::<c_void>(round);
    // SAFETY: the key exists and is never deleted; the value is a number that nobody dereferences.
    unsafe { libc::pthread_setspecific(key, value) == 0 }
}

/// The key, made on first use. Not by a `Once`: a child that is forked in the middle of that would wait for
/// its end for ever.
fn key() -> Option<libc::pthread_key_t> {
    /// The key and 1; 0 before there is one.
    static KEY: AtomicUsize = AtomicUsize::new(0);
    let seen = KEY.load(Ordering::Acquire);
    if seen != 0 {
        return libc::pthread_key_t::try_from(seen - 1).ok();
    }
    let mut made: libc::pthread_key_t = 0;
    // SAFETY: the key may be written, and the destructor lives as long as the library, which is never
    // unloaded.
    if unsafe { libc::pthread_key_create(&raw mut made, Some(thread_ends)) } != 0 {
        return None;
    }
    let published = usize::try_from(made).ok()? + 1;
    match KEY.compare_exchange(0, published, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => Some(made),
        Err(other) => {
            // SAFETY: nobody else has seen this key.
            unsafe { libc::pthread_key_delete(made) };
            libc::pthread_key_t::try_from(other - 1).ok()
        }
    }
}

unsafe extern "C" fn thread_ends(round: *mut c_void) {
    let Holdings { locks, .. } = HOLDINGS.get();
    let watched = locks > 0 && round.addr() < ROUNDS && watch(round.addr() + 1);
    HOLDINGS.set(Holdings { locks, watched });
    if locks > 0 && !watched {
        wait_graph::thread_ends();
    }
}
