//! Jobs: work in the background that a worker runs, or a callback that waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::crew::Crew;
use super::deadlock::Wait;
use super::governance::Governance;
use super::nesting::{self, Reason};
use super::thread_number::{self, ThreadNumber};
use super::wait::{Condition, Monitor, Timeout};
use super::worker::{self, Participant};
use super::{signals, wait_graph};
use crate::error::{Error, PAREXACT_ERROR_NO_MEMORY, Result};
use crate::{fpenv, panics, reserve};

/// What a job does.
type Work = Box<dyn FnOnce(&Crew) -> Result<()> + Send>;

/// Bytes that a job takes beside itself: for its work, for the numbers of the workers that may run it, and
/// for a new block of the pool's queue.
const JOB_BYTES: usize = 8 << 10;

/// Work in the background, and what has come of it.
pub struct Job {
    governance: Governance,
    state: Monitor<State>,
}

struct State {
    progress: Progress,
    /// The threads whose waits for this job, or for the thread that runs it, are in the wait graph.
    waiters: Vec<ThreadNumber>,
}

enum Progress {
    Waiting(Waiting),
    Running(ThreadNumber),
    Done(Result<()>),
}

/// A job that nobody has begun.
struct Waiting {
    work: Work,
    /// The threads for the work. The pool counts the job as work until this is dropped.
    crew: Crew,
    /// The workers that may begin it.
    workers: Arc<[ThreadNumber]>,
}

/// What a wait has come to.
enum End {
    /// The outcome of the job, or of the wait for it.
    Outcome(Result<()>),
    /// Nobody but the waiting thread can begin the job.
    LeftToThisThread,
}

impl Job {
    /// Gives work to the crew's pool. The job is published before: the work itself may use its handle.
    /// Without a worker the work is done before this returns.
    pub fn start(
        crew: impl FnOnce() -> Result<Crew>,
        publish: impl FnOnce(&Arc<Self>),
        work: impl FnOnce(&Crew) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        reserve::check_system(size_of::<Self>() + JOB_BYTES)?;
        // No handler may fork in here, where locks of the pool are held.
        let spawned = signals::with_asynchronous_blocked(|| {
            let crew = crew()?;
            let pool = crew.background();
            let workers = match &pool {
                Some(pool) if pool.workers() > 0 => pool.numbers().clone(),
                _ => Arc::new([thread_number::me()]),
            };
            let job = Arc::new(Self {
                governance: Governance::current(),
                state: Monitor::new(State {
                    progress: Progress::Waiting(Waiting {
                        work: Box::new(work),
                        workers,
                        crew,
                    }),
                    waiters: Vec::new(),
                }),
            });
            job.state.publish();
            publish(&job);
            let begin = move || job.run_if_waiting();
            Ok(match pool {
                Some(pool) => pool.spawn(begin),
                None => Err(begin),
            })
        })?;
        if let Err(begin) = spawned {
            begin();
        }
        Ok(())
    }

    /// Does the work on this thread if nobody has begun it.
    fn run_if_waiting(&self) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        if !matches!(state.progress, Progress::Waiting(_)) {
            return;
        }
        let running = Progress::Running(thread_number::me());
        let Progress::Waiting(Waiting { work, crew, .. }) =
            std::mem::replace(&mut state.progress, running)
        else {
            return;
        };
        // The threads that waited for any of the workers wait for this thread now, which they will note anew.
        wait_graph::end(&mut state.waiters);
        drop(state);
        let outcome = self.run(|| work(&crew));
        // If the work has forked, this may be the child, where nobody waits for the job.
        if let Ok(mut state) = self.state.lock() {
            state.progress = Progress::Done(outcome);
            wait_graph::end(&mut state.waiters);
        }
        self.state.notify_all();
        // After the outcome is known: whoever waits for the pool's work may rely on that.
        drop(crew);
    }

    fn run(&self, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let _participant = Participant::enter();
        let governed = || {
            self.governance.check()?;
            fpenv::with_default(work)
        };
        let run = || self.governance.apply(governed);
        catch_unwind(AssertUnwindSafe(run))
            .unwrap_or_else(|payload| Err(panics::internal_error(payload)))
    }

    /// Waits for the end of the work and answers what the work has answered, or CANCELLED if the control was
    /// cancelled before the work began. TIMEOUT if it takes too long; DEADLOCK if the job waits for this
    /// thread, or has not begun and all workers wait for this thread. A callback runs the job itself if
    /// nobody has begun it, since all workers might be waiting as well; NO_MEMORY if there is no other way
    /// and its stack is too short for that.
    pub fn wait(&self, timeout: Timeout) -> Result<()> {
        let may_run_it = worker::may_be_in_callback() && timeout != Timeout::Poll;
        if may_run_it {
            // If that would take too much stack, the job is left to a worker.
            let _ = nesting::run_inside(Reason::Convenience, || self.run_if_waiting());
        }
        loop {
            match self.wait_for_end(timeout, may_run_it)? {
                End::Outcome(outcome) => return outcome,
                End::LeftToThisThread => {
                    nesting::run_inside(Reason::Necessity, || self.run_if_waiting()).map_err(
                        |shortage| Error::new(PAREXACT_ERROR_NO_MEMORY, shortage.message()),
                    )?;
                }
            }
        }
    }

    fn wait_for_end(&self, timeout: Timeout, may_run_it: bool) -> Result<End> {
        let late = "the job is not done yet";
        // The work of a cancelled job, whose destructor must not run under the lock.
        let mut given_up = None;
        let end = self.state.wait(Condition::Ready, timeout, late, |state| {
            match &state.progress {
                Progress::Done(outcome) => return Some(End::Outcome(outcome.clone())),
                Progress::Waiting(waiting) => {
                    if let Err(cancelled) = self.governance.check() {
                        let done = Progress::Done(Err(cancelled.clone()));
                        given_up = Some(std::mem::replace(&mut state.progress, done));
                        wait_graph::end(&mut state.waiters);
                        return Some(End::Outcome(Err(cancelled)));
                    }
                    let any = Wait::Any(waiting.workers.clone());
                    if may_run_it {
                        // This thread can always go on by running the job, so its wait is not noted.
                        if wait_graph::look(any).is_err() {
                            return Some(End::LeftToThisThread);
                        }
                    } else if timeout == Timeout::Never
                        && let Err(deadlock) =
                            wait_graph::wait_for(any, timeout, &mut state.waiters)
                    {
                        return Some(End::Outcome(Err(deadlock)));
                    }
                }
                Progress::Running(runner) => {
                    let runner = Wait::one(*runner);
                    if timeout != Timeout::Poll
                        && let Err(deadlock) =
                            wait_graph::wait_for(runner, timeout, &mut state.waiters)
                    {
                        return Some(End::Outcome(Err(deadlock)));
                    }
                }
            }
            None
        })?;
        if given_up.is_some() {
            self.state.notify_all();
        }
        Ok(end)
    }

    /// Whether it was started by the parent of this process.
    pub fn is_inherited(&self) -> bool {
        self.state.is_inherited()
    }
}
