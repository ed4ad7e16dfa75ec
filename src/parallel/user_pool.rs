//! Pools that callers make: a number of workers of their own, in each process of a line of forks.

use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::pool::Pool;
use super::wait::{Condition, Monitor, Timeout};
use super::{fork, wait_graph, worker};
use crate::error::{Error, PAREXACT_ERROR_CLOSED, Result};

/// A caller's pool.
//
// The caller's handle holds it, and so does each piece of its work: a callback may use the pool that it runs
// on, whoever frees the handle meanwhile.
pub struct UserPool {
    wanted: usize,
    /// From `Arc::into_raw`. Of the present generation or an older one, whose workers a child does not have:
    /// that is leaked.
    staff: AtomicPtr<Staff>,
}

/// The workers in one process, and what they have to do.
struct Staff {
    generation: u64,
    state: Monitor<State>,
}

struct State {
    /// None once the pool has ended.
    pool: Option<Arc<Pool>>,
    /// Maps and jobs that have not ended.
    works: usize,
    /// The pool ends with the last of them: a callback has freed it, which could not wait for that.
    ends_when_idle: bool,
}

/// Counts as work of the pool while it lives.
pub struct Busy {
    staff: Arc<Staff>,
    /// The work may use the pool.
    _pool: Arc<UserPool>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        // In a forked child nobody waits, and there are no workers to be ended.
        let Ok(mut state) = self.staff.state.lock() else {
            return;
        };
        state.works -= 1;
        let is_last = state.works == 0 && state.ends_when_idle;
        let ended = if is_last { state.pool.take() } else { None };
        drop(state);
        self.staff.state.notify_one(Condition::Ready);
        drop(ended);
    }
}

impl UserPool {
    /// A pool of `wanted` workers, or of as many as the system grants.
    pub fn new(wanted: usize) -> Self {
        Self {
            wanted,
            staff: AtomicPtr::new(Arc::into_raw(Arc::new(Staff::new(wanted))).cast_mut()),
        }
    }

    /// That of this process, if it has one.
    fn existing(&self) -> std::result::Result<Arc<Staff>, *mut Staff> {
        let seen = self.staff.load(Ordering::Acquire);
        // SAFETY: never null, and this counted reference is given up only when `self` is dropped.
        unsafe {
            if (*seen).generation != fork::checked_generation() {
                return Err(seen);
            }
            Arc::increment_strong_count(seen);
            Ok(Arc::from_raw(seen))
        }
    }

    fn staff(&self) -> Arc<Staff> {
        loop {
            let inherited = match self.existing() {
                Ok(staff) => return staff,
                Err(inherited) => inherited,
            };
            let fresh = Arc::into_raw(Arc::new(Staff::new(self.wanted))).cast_mut();
            if self
                .staff
                .compare_exchange(inherited, fresh, Ordering::AcqRel, Ordering::Acquire)
                .is_err()
            {
                // SAFETY: made above, and nobody else has seen it.
                drop(unsafe { Arc::from_raw(fresh) });
            }
        }
    }

    /// Its workers, of this process, and a mark that there is work for them. CLOSED if they have ended.
    pub fn engage(self: &Arc<Self>) -> Result<(Arc<Pool>, Busy)> {
        let staff = self.staff();
        let mut state = staff.state.lock()?;
        let Some(pool) = state.pool.clone() else {
            return Err(Error::new(
                PAREXACT_ERROR_CLOSED,
                "the pool has been freed, and its work is done",
            ));
        };
        state.works += 1;
        drop(state);
        let busy = Busy {
            staff,
            _pool: self.clone(),
        };
        Ok((pool, busy))
    }

    /// Ends the pool: waits for its work, and for what that gives the pool meanwhile. A callback does not
    /// wait, since it might wait for itself: then the workers end with the last of the work. In a forked
    /// child that has not used the pool there is nothing to end.
    pub fn free(&self) {
        let Ok(staff) = self.existing() else {
            return;
        };
        let in_callback = worker::may_be_in_callback();
        let timeout = if in_callback {
            Timeout::Poll
        } else {
            Timeout::Never
        };
        let ended = staff.state.wait(Condition::Ready, timeout, "", |state| {
            if state.works == 0 {
                return Some(state.pool.take());
            }
            state.ends_when_idle = in_callback;
            if let Some(pool) = &state.pool
                && !in_callback
            {
                wait_graph::wait_for_all(pool.numbers());
            }
            None
        });
        if !in_callback {
            wait_graph::end(&mut vec![wait_graph::me()]);
        }
        // An error means that a callback leaves the rest to the last of the work, or that this is a child,
        // forked meanwhile.
        drop(ended);
    }
}

impl Drop for UserPool {
    fn drop(&mut self) {
        // That of a parent is leaked: its lock is in whatever state it was.
        if let Ok(staff) = self.existing() {
            // SAFETY: the reference that `self.staff` stands for, which nobody uses any more.
            unsafe { Arc::decrement_strong_count(Arc::as_ptr(&staff)) };
        }
    }
}

impl Staff {
    fn new(wanted: usize) -> Self {
        Self {
            generation: fork::checked_generation(),
            state: Monitor::new(State {
                pool: Some(Arc::new(Pool::new(wanted))),
                works: 0,
                ends_when_idle: false,
            }),
        }
    }
}
