//! A team: the calling thread and those workers that come in time, all running one body.
//!
//! The caller never waits for a worker to start, only for those that have started. So a short call
//! is over before the workers have woken up; a call is not held up when the workers are busy with
//! other callers' work; and it cannot deadlock when they are blocked on something this caller holds.
//! Therefore helpers are spawned one by one and pass a gate, instead of joining a `rayon::scope`,
//! whose end waits for every job in it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use super::{fork, fpenv, runtime, signals};
use crate::error::{Error, PAREXACT_ERROR_FORKED, Result};

/// The gate is shut: whoever has not entered must not touch the body, whose frame may be gone.
const SHUT: usize = 1 << (usize::BITS - 1);

/// How often a caller that waits for its helpers looks whether it is a forked child.
const FORK_CHECK: Duration = Duration::from_millis(20);

struct Gate {
    /// The number of helpers inside, and [`SHUT`].
    state: AtomicUsize,
    caller: Thread,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Gate {
    fn enter(&self) -> bool {
        self.state
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, |state| {
                (state & SHUT == 0).then_some(state + 1)
            })
            .is_ok()
    }

    fn leave(&self) {
        if self.state.fetch_sub(1, Ordering::Release) == SHUT + 1 {
            self.caller.unpark();
        }
    }

    /// Shuts, and waits until the last helper has left. False if this is a child forked since
    /// `generation`: the helpers inside stayed with the parent, and their part of the work is lost.
    fn shut(&self, generation: u64) -> bool {
        self.state.fetch_or(SHUT, Ordering::Relaxed);
        while self.state.load(Ordering::Acquire) != SHUT {
            if fork::checked_generation() != generation {
                return false;
            }
            // A signal handler may fork while this thread is parked, and nobody will wake the child.
            std::thread::park_timeout(FORK_CHECK);
        }
        true
    }
}

/// The body, for workers; only to be looked at between `enter` and `leave`.
struct Body(*const (dyn Fn(u64) + Sync));

// SAFETY: the pointee is Sync, and the gate keeps it alive while it is used.
unsafe impl Send for Body {}

impl Body {
    /// # Safety
    /// Between [`Gate::enter`] and [`Gate::leave`].
    unsafe fn run(&self, generation: u64) {
        // SAFETY: the caller is inside the gate, so `run` below has not returned.
        let body = unsafe { &*self.0 };
        fpenv::with_default(|| body(generation));
    }
}

/// Asks for helpers, who may run `body` while they are inside the gate.
fn summon(
    gate: &Arc<Gate>,
    workers: usize,
    helpers: usize,
    generation: u64,
    body: *const (dyn Fn(u64) + Sync + 'static),
) {
    let pool = runtime::pool(workers);
    for _ in 0..helpers.min(pool.workers()) {
        let gate = gate.clone();
        let body = Body(body);
        let spawned = pool.spawn(move || {
            let body = body;
            if gate.enter() {
                // SAFETY: inside the gate.
                let result = catch_unwind(AssertUnwindSafe(|| unsafe { body.run(generation) }));
                if let Err(payload) = result {
                    gate.panic
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .get_or_insert(payload);
                }
                gate.leave();
            }
        });
        if spawned.is_err() {
            break;
        }
    }
}

/// Runs `body` on this thread and on up to `helpers` workers of a pool that has `workers` of them,
/// and returns when nobody runs it any more. Workers run it under the default floating-point
/// environment. The body learns which generation of [`fork`] its participants are of: see [`fork::lock`].
///
/// A panic of the body, on whatever thread, unwinds from here. FORKED answers a body that forked,
/// in the child, if workers were helping.
pub fn run(workers: usize, helpers: usize, body: &(dyn Fn(u64) + Sync)) -> Result<()> {
    let gate = Arc::new(Gate {
        state: AtomicUsize::new(0),
        caller: std::thread::current(),
        panic: Mutex::new(None),
    });
    // SAFETY: only the lifetime changes; the gate ends every use of the pointer before `run` returns.
    let erased = unsafe {
        std::mem::transmute::<*const (dyn Fn(u64) + Sync + '_), *const (dyn Fn(u64) + Sync + 'static)>(
            body,
        )
    };
    // A signal handler that forks must do so before or after: in between, locks of the pool are held.
    let generation = signals::with_asynchronous_blocked(|| {
        let generation = fork::checked_generation();
        summon(&gate, workers, helpers, generation, erased);
        generation
    });
    let own = catch_unwind(AssertUnwindSafe(|| body(generation)));
    if !gate.shut(generation) {
        // Locks of the vanished helpers are in an unknown state: touch nothing of theirs.
        return Err(Error::new(
            PAREXACT_ERROR_FORKED,
            "the process forked inside this call; its workers stayed with the parent",
        ));
    }
    if let Err(payload) = own {
        resume_unwind(payload);
    }
    let panicked = gate
        .panic
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    match panicked {
        Some(payload) => resume_unwind(payload),
        None => Ok(()),
    }
}
