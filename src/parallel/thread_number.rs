//! Numbers that tell threads apart: unlike the system's identifiers they are never given to a later thread.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of a thread, from 1.
pub type ThreadNumber = u64;

/// The number of the present thread.
pub fn me() -> ThreadNumber {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local! {
        /// 0 before the first use.
        static NUMBER: Cell<ThreadNumber> = const { Cell::new(0) };
    }
    if NUMBER.get() == 0 {
        NUMBER.set(NEXT.fetch_add(1, Ordering::Relaxed));
    }
    NUMBER.get()
}
