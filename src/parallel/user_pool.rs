//! Pools that callers make: a number of workers of their own, in each process of a line of forks.

use std::sync::Arc;

use super::per_process::PerProcess;
use super::pool::Pool;
use super::wait::{Condition, Monitor, Timeout};
use super::{thread_number, wait_graph, worker};
use crate::error::{Error, PAREXACT_ERROR_CLOSED, Result};

/// A caller's pool.
//
// The caller's handle holds a reference, and so does each piece of its work: a callback may use the pool that
// it runs on even if the handle is freed meanwhile.
pub struct UserPool {
    /// How many workers the caller wants.
    wanted: usize,
    staff: PerProcess<Arc<Staff>>,
}

/// The workers of the pool in one process, and what they have to do.
struct Staff(Monitor<State>);

struct State {
    /// None once the pool has ended.
    pool: Option<Arc<Pool>>,
    /// Maps and jobs that have not ended.
    works: usize,
    /// Whether the pool ends with the last of them: a callback has freed it, which could not wait for that.
    ends_when_idle: bool,
}

/// While it lives, the pool has a piece of work.
pub struct Busy {
    staff: Arc<Staff>,
    /// Kept because the work may use the pool.
    _pool: Arc<UserPool>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        // In a forked child nobody waits for the work, and there are no workers to be ended.
        let Ok(mut state) = self.staff.0.lock() else {
            return;
        };
        state.works -= 1;
        let is_last = state.works == 0 && state.ends_when_idle;
        let ended = if is_last { state.pool.take() } else { None };
        drop(state);
        self.staff.0.notify_one(Condition::Ready);
        drop(ended);
    }
}

impl UserPool {
    /// A pool of `wanted` workers, or of as many as the system grants.
    pub fn new(wanted: usize) -> Self {
        let pool = Self {
            wanted,
            staff: PerProcess::new(),
        };
        pool.staff();
        pool
    }

    /// The workers of this process. They are started if there are none.
    fn staff(&self) -> &Arc<Staff> {
        self.staff.get_or_make(|| Arc::new(Staff::new(self.wanted)))
    }

    /// The workers of this process, and the mark that there is work for them. CLOSED if they have ended.
    pub fn engage(self: &Arc<Self>) -> Result<(Arc<Pool>, Busy)> {
        let staff = self.staff();
        let mut state = staff.0.lock()?;
        let Some(pool) = state.pool.clone() else {
            return Err(Error::new(
                PAREXACT_ERROR_CLOSED,
                "the pool has been freed, and its work is done",
            ));
        };
        state.works += 1;
        drop(state);
        let busy = Busy {
            staff: staff.clone(),
            _pool: self.clone(),
        };
        Ok((pool, busy))
    }

    /// Ends the pool: waits for its work, and for the work that it is given by that meanwhile. A callback
    /// does not wait, since it might wait for itself: then the workers end with the last of the work. In a
    /// forked child that has not used the pool there is nothing to end.
    pub fn free(&self) {
        let Some(staff) = self.staff.get() else {
            return;
        };
        let in_callback = worker::may_be_in_callback();
        let timeout = if in_callback {
            Timeout::Poll
        } else {
            Timeout::Never
        };
        let ended = staff.0.wait(Condition::Ready, timeout, "", |state| {
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
            wait_graph::end(&mut vec![thread_number::me()]);
        }
        // An error means that this is a callback, and the workers end with the last of the work, or that this
        // is a child, forked meanwhile.
        drop(ended);
    }
}

impl Staff {
    fn new(wanted: usize) -> Self {
        Self(Monitor::new(State {
            pool: Some(Arc::new(Pool::new(wanted))),
            works: 0,
            ends_when_idle: false,
        }))
    }
}
