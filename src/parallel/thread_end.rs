//! Noticing the end of a thread.
//!
//! Destructors of thread-specific data (`pthread_key_create`) run in rounds, as they may set new data. What
//! is to be done at the end of a thread belongs into the last round: until then destructors of the program's
//! data may call this library. A destructor of a thread-local variable of Rust would run before all of them.

use std::ffi::c_void;
use std::ptr::without_provenance;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::race_detector;

/// How many rounds of destructors there are: the least number that POSIX allows, which is glibc's and musl's.
const ROUNDS: usize = 4;

/// A key of thread-specific data, whose value is the number of the round in which the destructor runs next.
///
/// The key is made on first use, and is never deleted, as the library is never unloaded. A `Once` would not
/// do: a child that is forked while another thread makes the key would wait for that for ever.
pub struct ThreadEnd {
    /// The key plus 1; 0 before it is made.
    key: AtomicUsize,
    destructor: unsafe extern "C" fn(*mut c_void),
}

impl ThreadEnd {
    /// A key with that destructor. It should call [`Self::is_last_round`] first.
    pub const fn new(destructor: unsafe extern "C" fn(*mut c_void)) -> Self {
        Self {
            key: AtomicUsize::new(0),
            destructor,
        }
    }

    /// Has the destructor run when this thread ends, unless that was asked for before. False if the system
    /// refuses a key, or memory for it.
    pub fn watch(&self) -> bool {
        self.key().is_some_and(|key| {
            // SAFETY: the key exists.
            let watched = unsafe { !libc::pthread_getspecific(key).is_null() };
            watched || self.set(1)
        })
    }

    /// Whether the destructor, which was called with `round`, will not be called again. Otherwise it will be,
    /// in the next round.
    pub fn is_last_round(&self, round: *mut c_void) -> bool {
        // In the last round ThreadSanitizer's own destructor forgets the thread, and may run before this one.
        let last = ROUNDS - usize::from(race_detector::is_there());
        round.addr() >= last || !self.set(round.addr() + 1)
    }

    fn set(&self, round: usize) -> bool {
        self.key().is_some_and(|key| {
            // SAFETY: the key exists; the value is a number that nobody dereferences.
            unsafe { libc::pthread_setspecific(key, without_provenance(round)) == 0 }
        })
    }

    fn key(&self) -> Option<libc::pthread_key_t> {
        let seen = self.key.load(Ordering::Acquire);
        if seen != 0 {
            return libc::pthread_key_t::try_from(seen - 1).ok();
        }
        let mut made: libc::pthread_key_t = 0;
        // SAFETY: the variable is live, and the destructor lives as long as the library, which is never
        // unloaded.
        if unsafe { libc::pthread_key_create(&raw mut made, Some(self.destructor)) } != 0 {
            return None;
        }
        let published = usize::try_from(made).ok()? + 1;
        match self
            .key
            .compare_exchange(0, published, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => Some(made),
            Err(other) => {
                // SAFETY: nobody else has seen this key, and no thread has data under it.
                unsafe { libc::pthread_key_delete(made) };
                libc::pthread_key_t::try_from(other - 1).ok()
            }
        }
    }
}
