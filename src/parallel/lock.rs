//! Locks for callbacks and any other threads of the program.

use super::deadlock::Wait;
use super::thread_number::{self, ThreadNumber};
use super::wait::{Condition, Monitor, Timeout};
use super::{governance, holdings, wait_graph};
use crate::error::{Error, PAREXACT_ERROR_NOT_OWNER, Result};

/// A lock, which one thread at a time holds and that thread alone may release.
#[derive(Debug)]
pub struct Lock(Monitor<State>);

#[derive(Debug, Default)]
struct State {
    holder: Option<ThreadNumber>,
    /// The threads whose waits for the present holder are in the wait graph.
    waiters: Vec<ThreadNumber>,
}

impl Lock {
    /// A lock that nobody holds.
    pub fn new() -> Self {
        Self(Monitor::new(State::default()))
    }

    /// Takes the lock; DEADLOCK if its holder waits for this thread, is this thread, or has ended.
    pub fn acquire(&self, timeout: Timeout) -> Result<()> {
        let me = thread_number::me();
        let late = "the lock was not released in time";
        let mut tries = 0;
        self.0.wait(Condition::Ready, timeout, late, |state| {
            if let Err(cancelled) = governance::check_attached() {
                wait_graph::give_up(&mut state.waiters);
                return Some(Err(cancelled));
            }
            let Some(holder) = state.holder else {
                state.holder = Some(me);
                holdings::acquired();
                return Some(Ok(()));
            };
            // Most locks are released before the first slice of the wait is over, so the graph is looked at
            // after that.
            if (holder == me || tries > 0)
                && let Err(deadlock) =
                    wait_graph::wait_for(Wait::one(holder), timeout, &mut state.waiters)
            {
                return Some(Err(deadlock));
            }
            tries += 1;
            None
        })?
    }

    /// Whether it was made by the parent of this process.
    pub fn is_inherited(&self) -> bool {
        self.0.is_inherited()
    }

    /// Releases the lock; NOT_OWNER if this thread does not hold it.
    pub fn release(&self) -> Result<()> {
        let mut state = self.0.lock()?;
        if state.holder != Some(thread_number::me()) {
            return Err(Error::new(
                PAREXACT_ERROR_NOT_OWNER,
                "the lock is not held by this thread",
            ));
        }
        state.holder = None;
        holdings::released();
        wait_graph::end(&mut state.waiters);
        drop(state);
        self.0.notify_one(Condition::Ready);
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Ok(state) = self.0.lock()
            && state.holder == Some(thread_number::me())
        {
            holdings::released();
        }
    }
}
