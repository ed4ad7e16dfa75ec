//! Pools that callers make: a number of workers of their own, in each process of a line of forks.

use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::pool::Pool;
use super::wait::{Monitor, Timeout};
use super::{fork, signals, wait_graph, worker};
use crate::error::Result;

/// A caller's pool.
pub struct UserPool {
    wanted: usize,
    /// Of the present generation or an older one, whose workers a child does not have: that is leaked.
    staff: AtomicPtr<Staff>,
}

/// The workers in one process, and what they have to do.
struct Staff {
    generation: u64,
    pool: Arc<Pool>,
    busy: Arc<Monitor<usize>>,
}

/// Counts as work of the pool while it lives.
#[derive(Debug)]
pub struct Busy(Arc<Monitor<usize>>);

impl Drop for Busy {
    fn drop(&mut self) {
        // In a forked child nobody waits.
        if let Ok(mut count) = self.0.lock() {
            *count -= 1;
        }
        self.0.notify_one(0);
    }
}

impl UserPool {
    /// A pool of `wanted` workers, or of as many as the system grants.
    pub fn new(wanted: usize) -> Self {
        Self {
            wanted,
            staff: AtomicPtr::new(Box::into_raw(Box::new(Staff::new(wanted)))),
        }
    }

    fn staff(&self) -> &Staff {
        loop {
            let seen = self.staff.load(Ordering::Acquire);
            // SAFETY: never null, and freed by `free` alone.
            let staff = unsafe { &*seen };
            if staff.generation == fork::checked_generation() {
                return staff;
            }
            let fresh = Box::into_raw(Box::new(Staff::new(self.wanted)));
            if self
                .staff
                .compare_exchange(seen, fresh, Ordering::AcqRel, Ordering::Acquire)
                .is_err()
            {
                // SAFETY: it came from a box and nobody else has seen it.
                drop(unsafe { Box::from_raw(fresh) });
            }
        }
    }

    /// Its workers, of this process, and a mark that there is work for them.
    pub fn engage(&self) -> Result<(Arc<Pool>, Busy)> {
        let staff = self.staff();
        *staff.busy.lock()? += 1;
        Ok((staff.pool.clone(), Busy(staff.busy.clone())))
    }

    /// Ends the pool: waits for its work, unless the caller is a callback, which might wait for itself; then the workers end once
    /// their work is done. In a forked child that has not used it there is nothing to end.
    pub fn free(self) {
        let staff = self.staff.load(Ordering::Acquire);
        // SAFETY: as in `staff`.
        let inherited = unsafe { &*staff }.generation != fork::checked_generation();
        if inherited {
            return; // leaked: its locks are in whatever state they were
        }
        // SAFETY: made by a box; the handle was the only way to it.
        let staff = unsafe { Box::from_raw(staff) };
        if !worker::may_be_in_callback() {
            // It can only fail in a child forked meanwhile.
            let idle = staff.busy.wait(0, Timeout::Never, "", |count| {
                if *count == 0 {
                    return Some(());
                }
                wait_graph::wait_for_all(staff.pool.numbers());
                None
            });
            wait_graph::end(&mut vec![wait_graph::me()]);
            if idle.is_err() {
                std::mem::forget(staff);
                return;
            }
        }
        signals::with_asynchronous_blocked(|| drop(staff));
    }
}

impl Staff {
    fn new(wanted: usize) -> Self {
        Self {
            generation: fork::checked_generation(),
            pool: Arc::new(Pool::new(wanted)),
            busy: Arc::new(Monitor::new(0)),
        }
    }
}
