//! How many locks a thread holds. If it ends without releasing them, they are held for ever, and the threads
//! that wait for them must learn that.
//!
//! POSIX has the same for its robust mutexes (EOWNERDEAD). The end of a thread is noticed by a destructor of
//! thread-specific data (`pthread_key_create`), in the last round of destructors: until then destructors of
//! other data may still release what is held.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::wait_graph;

/// How many rounds of destructors there are when a thread ends: the least number that POSIX allows, which is
/// glibc's and musl's.
const ROUNDS: usize = 4;

thread_local! {
    static HOLDINGS: Cell<Holdings> = const { Cell::new(Holdings { locks: 0, watched: false }) };
}

#[derive(Clone, Copy)]
struct Holdings {
    /// How many locks this thread holds.
    locks: usize,
    /// Whether the end of this thread will be noticed.
    watched: bool,
}

/// Counts a lock that the present thread has taken.
pub fn acquired() {
    HOLDINGS.with(|holdings| {
        let Holdings { locks, watched } = holdings.get();
        holdings.set(Holdings {
            locks: locks + 1,
            watched: watched || watch(1),
        });
    });
}

/// Counts a lock less: the present thread has released one, or has freed one that it holds.
pub fn released() {
    HOLDINGS.with(|holdings| {
        let Holdings { locks, watched } = holdings.get();
        holdings.set(Holdings {
            locks: locks.saturating_sub(1),
            watched,
        });
    });
}

/// Makes sure that the end of this thread is noticed in that round of destructors; false if the system
/// refuses memory or a key for that.
#[cold]
fn watch(round: usize) -> bool {
    let Some(key) = key() else {
        return false;
    };
    let value = std::ptr::without_provenance::<c_void>(round);
    // SAFETY: the key exists and is never deleted; the value is a number that nobody dereferences.
    unsafe { libc::pthread_setspecific(key, value) == 0 }
}

/// The key of the thread-specific data, made on first use; none if the system refuses it. A `Once` would not
/// do: a child that is forked while another thread makes the key would wait for that for ever.
fn key() -> Option<libc::pthread_key_t> {
    /// The key plus 1; 0 before there is one.
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

/// The destructor. It runs once in each round, which is its argument, as long as it sets the data anew.
unsafe extern "C" fn thread_ends(round: *mut c_void) {
    let Holdings { locks, .. } = HOLDINGS.get();
    let watched = locks > 0 && round.addr() < ROUNDS && watch(round.addr() + 1);
    HOLDINGS.set(Holdings { locks, watched });
    if locks > 0 && !watched {
        wait_graph::thread_ends();
    }
}
