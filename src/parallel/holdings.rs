//! How many locks a thread holds. If it ends without releasing them, they are held for ever, and the threads
//! that wait for them must learn that. POSIX has the same for its robust mutexes (EOWNERDEAD).

use std::cell::Cell;
use std::ffi::c_void;

use super::thread_end::ThreadEnd;
use super::wait_graph;

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
            watched: watched || END.watch(),
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

static END: ThreadEnd = ThreadEnd::new(thread_ends);

/// Notes the end of a thread, in the last round of destructors: those of other data may still release what is
/// held.
unsafe extern "C" fn thread_ends(round: *mut c_void) {
    let Holdings { locks, .. } = HOLDINGS.get();
    let ends = locks == 0 || END.is_last_round(round);
    HOLDINGS.set(Holdings {
        locks,
        watched: !ends,
    });
    if locks > 0 && ends {
        wait_graph::thread_ends();
    }
}
