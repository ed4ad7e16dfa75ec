//! A team: the calling thread and those workers that come in time, all running one body.
//!
//! The caller never waits for a worker to start, only for those that have started. So a short call is over
//! before the workers are awake, a call is not held up while the workers are busy with other callers' work,
//! and it cannot deadlock if they wait for something that this caller holds. `rayon::scope` would not do, as
//! its end waits for every job in it. So each helper is a job of its own, which must pass a gate.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::crew::Crew;
use super::event::Event;
use super::thread_number::{self, ThreadNumber};
use super::{affinity, fork, mutex, race_detector, signals, wait_graph};
use crate::error::{Error, PAREXACT_ERROR_FORKED, Result};
use crate::{fpenv, reserve};

/// The gate is shut: a helper that has not entered by then must not touch the body, whose frame may be gone.
const SHUT: usize = 1 << (usize::BITS - 1);

/// How long a caller that waits for its helpers stays awake: a helper's last chunk is mostly over by then,
/// while waking the caller might take longer than the whole call. In between it yields to other threads.
const WAKEFUL: Duration = Duration::from_micros(50);

/// How often a caller that waits for its helpers looks whether it is a forked child.
const FORK_CHECK: Duration = Duration::from_millis(20);

/// Bytes that asking for a helper takes: for the job, and for its share of the pool's queue.
const HELPER_BYTES: usize = 256;

/// Bytes for all helpers whose presence is checked at most: the system must provide them and take them back.
const HELPERS_BYTES: usize = 64 << 10;

/// How a call was helped.
#[derive(Debug)]
pub struct Helped {
    /// How long it took, from the asking, until the first helper came, or all the time if none did.
    pub came_after: Duration,
    /// How long the caller waited for helpers when it had nothing left to do.
    pub awaited: Duration,
}

/// What helpers pass on their way to the body and back.
struct Gate {
    /// The number of helpers inside, and [`SHUT`].
    state: AtomicUsize,
    made: Instant,
    /// The processor that the caller was on at that moment.
    callers_processor: Option<usize>,
    /// After how many nanoseconds the first helper came to another processor; `u64::MAX` if none has come.
    /// One that came to the caller's is no help: the scheduler may let it run in place of the caller.
    came_after: AtomicU64,
    /// Happens when the gate is shut and the last helper has left.
    empty: Event,
    /// The number of the thread that waits for the helpers.
    caller_number: ThreadNumber,
    inside: Mutex<Inside>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

/// The helpers inside, for the wait graph.
#[derive(Default)]
struct Inside {
    helpers: Vec<ThreadNumber>,
    /// Whether the caller waits for them, and its wait is in the graph.
    awaited: bool,
}

impl Gate {
    fn new() -> Self {
        Self {
            state: AtomicUsize::new(0),
            made: Instant::now(),
            callers_processor: affinity::present(),
            came_after: AtomicU64::new(u64::MAX),
            empty: Event::default(),
            caller_number: thread_number::me(),
            inside: Mutex::default(),
            panic: Mutex::new(None),
        }
    }

    /// Lets a helper in; false if the gate is shut.
    fn enter(&self) -> bool {
        let entered = self
            .state
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, |state| {
                (state & SHUT == 0).then_some(state + 1)
            })
            .is_ok();
        if entered {
            race_detector::acquire(&self.made);
            let processor = affinity::present();
            if processor.is_none() || processor != self.callers_processor {
                self.came_after
                    .fetch_min(self.made.elapsed().as_nanos() as u64, Ordering::Relaxed);
            }
            self.inside().helpers.push(thread_number::me());
        }
        entered
    }

    /// How long it took until the first helper came, or all the time until now if none has come.
    fn came_after(&self) -> Duration {
        let came_after = Duration::from_nanos(self.came_after.load(Ordering::Relaxed));
        came_after.min(self.made.elapsed())
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a helper out that has entered.
    fn leave(&self) {
        let mut inside = self.inside();
        let me = thread_number::me();
        inside.helpers.retain(|&helper| helper != me);
        if inside.awaited {
            wait_graph::release(self.caller_number);
        }
        drop(inside);
        race_detector::release(&self.empty);
        if self.state.fetch_sub(1, Ordering::Release) == SHUT + 1 {
            self.empty.set();
        }
    }

    /// Shuts the gate, and waits until the last helper has left. False if this is a child forked since
    /// `generation` and helpers are inside: they stayed with the parent, and their part of the work is lost.
    fn shut(&self, generation: u64) -> bool {
        self.state.fetch_or(SHUT, Ordering::Relaxed);
        let began = Instant::now();
        let mut is_in_graph = false;
        let complete = loop {
            // The process is asked for first, as in `mutex::lock`: a helper that is inside once this is known
            // to be a child stays there for ever.
            let is_child = fork::checked_generation() != generation;
            if self.state.load(Ordering::Acquire) == SHUT {
                race_detector::acquire(&self.empty);
                break true;
            }
            if is_child {
                break false;
            }
            if began.elapsed() < WAKEFUL {
                std::thread::yield_now();
                continue;
            }
            // A signal handler may fork between the waits, and nobody will wake the child.
            self.empty.wait(FORK_CHECK);
            // There is no lock in a child if a helper that stayed with the parent holds it.
            if let Some(mut inside) = mutex::lock(&self.inside, generation)
                && !inside.helpers.is_empty()
            {
                inside.awaited = true;
                is_in_graph = true;
                wait_graph::wait_for_all(&inside.helpers);
            }
        };
        if is_in_graph {
            wait_graph::end(&mut vec![self.caller_number]);
        }
        complete
    }
}

/// The body, as workers get it. They may look at it only between [`Gate::enter`] and [`Gate::leave`].
struct Body(*const (dyn Fn(u64) + Sync));

// SAFETY: the pointee is Sync, and the gate keeps it alive while it is used.
unsafe impl Send for Body {}

impl Body {
    /// Runs the body on a worker.
    ///
    /// # Safety
    /// The worker has passed [`Gate::enter`], and [`Gate::leave`] comes after.
    unsafe fn run(&self, generation: u64) {
        // SAFETY: the caller is inside the gate, so `run` below has not returned.
        let body = unsafe { &*self.0 };
        fpenv::with_default(|| body(generation));
    }
}

/// Asks for helpers, which may run `body` while they are inside the gate.
fn summon(
    crew: &Crew,
    workers: usize,
    helpers: usize,
    generation: u64,
    body: *const (dyn Fn(u64) + Sync + 'static),
) -> Arc<Gate> {
    // If the system has no memory, the calling thread goes on alone.
    let has_memory = reserve::check_system((helpers * HELPER_BYTES).min(HELPERS_BYTES)).is_ok();
    let pool = has_memory.then(|| crew.pool(workers)).flatten();
    // The gate is made now that there are workers: its time is that in which they wake up.
    let gate = Arc::new(Gate::new());
    let Some(pool) = pool else {
        return gate;
    };
    race_detector::release(&gate.made);
    for _ in 0..helpers.min(pool.workers()) {
        let gate = gate.clone();
        let body = Body(body);
        let spawned = pool.spawn(move || {
            let body = body;
            if gate.enter() {
                // SAFETY: this helper has entered the gate, and leaves it below.
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
    gate
}

/// Runs `body` on this thread and on up to `helpers` workers of the crew's pool, which should have `workers`
/// of them, and returns when nobody runs it any more. Workers run it under the default floating-point
/// environment. The body learns which generation of [`fork`] its participants are of: see [`mutex::lock`].
///
/// A panic of the body, on whatever thread, unwinds from here. FORKED is the answer in a child that was
/// forked inside the body, if workers were helping.
pub fn run(
    crew: &Crew,
    workers: usize,
    helpers: usize,
    body: &(dyn Fn(u64) + Sync),
) -> Result<Helped> {
    // SAFETY: only the lifetime changes; the gate ends every use of the pointer before `run` returns.
    let erased = unsafe {
        std::mem::transmute::<*const (dyn Fn(u64) + Sync + '_), *const (dyn Fn(u64) + Sync + 'static)>(
            body,
        )
    };
    // No handler may fork in here, where locks of the pool are held.
    let (gate, generation) = signals::with_asynchronous_blocked(|| {
        let generation = fork::checked_generation();
        let gate = summon(crew, workers, helpers, generation, erased);
        (gate, generation)
    });
    let own = catch_unwind(AssertUnwindSafe(|| body(generation)));
    let ready = Instant::now();
    if !gate.shut(generation) {
        // The helpers stayed with the parent, and their locks are in an unknown state: nothing of theirs may
        // be touched.
        return Err(Error::new(
            PAREXACT_ERROR_FORKED,
            "the process forked inside this call; its workers stayed with the parent",
        ));
    }
    let awaited = ready.elapsed();
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
        None => Ok(Helped {
            came_after: gate.came_after(),
            awaited,
        }),
    }
}
