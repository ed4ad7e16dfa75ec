//! Work in the background: run by a worker, or by a callback that waits for it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::control::Governance;
use super::crew::Crew;
use super::wait::{Monitor, Timeout};
use super::wait_graph::{self, ThreadNumber};
use super::worker::{self, Participant};
use super::{fpenv, signals};
use crate::error::{Error, PAREXACT_ERROR_INTERNAL, Result};
use crate::{panics, reserve};

/// What a job does.
type Work = Box<dyn FnOnce(&Crew) -> Result<()> + Send>;

/// Bytes of stack that jobs may take which a thread runs one inside the other, each being waited for by the one before: a quarter
/// of a worker's, so that the last one has the most of it.
const DEEPEST: usize = 512 << 10;

/// What a job takes beside itself: its work, who may do it, and a new block of the pool's queue.
const JOB_BYTES: usize = 8 << 10;

thread_local! {
    /// Where the outermost of them waits; 0 if there is none.
    static OUTERMOST: Cell<usize> = const { Cell::new(0) };
}

/// A job.
pub struct Job {
    governance: Governance,
    state: Monitor<State>,
}

struct State {
    progress: Progress,
    /// Threads in the wait graph on account of this job and the thread that runs it.
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
    /// Counts as work of its pool until the outcome is known.
    crew: Crew,
    /// Those who may begin it.
    workers: Vec<ThreadNumber>,
}

impl Job {
    /// Gives work to the crew's pool, having published the job: the work itself may want to know it. Without a worker it is done
    /// right here.
    pub fn start(
        crew: impl FnOnce() -> Result<Crew>,
        publish: impl FnOnce(&Arc<Self>),
        work: impl FnOnce(&Crew) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        reserve::check_system(size_of::<Self>() + JOB_BYTES)?;
        // A handler that forks must do so before or after: in between, locks of the pool are held.
        let spawned = signals::with_asynchronous_blocked(|| {
            let crew = crew()?;
            let pool = crew.background();
            let workers = pool.as_ref().map_or(&[][..], |pool| pool.numbers());
            let job = Arc::new(Self {
                governance: Governance::current(),
                state: Monitor::new(State {
                    progress: Progress::Waiting(Waiting {
                        work: Box::new(work),
                        workers: workers.to_vec(),
                        crew,
                    }),
                    waiters: Vec::new(),
                }),
            });
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

    /// Does the work on this thread, if nobody has begun it.
    fn run_if_waiting(&self) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        if !matches!(state.progress, Progress::Waiting(_)) {
            return;
        }
        let running = Progress::Running(wait_graph::me());
        let Progress::Waiting(Waiting { work, crew, .. }) =
            std::mem::replace(&mut state.progress, running)
        else {
            return;
        };
        drop(state);
        let outcome = self.run(|| work(&crew));
        // In a child that the work forked nobody waits.
        if let Ok(mut state) = self.state.lock() {
            state.progress = Progress::Done(outcome);
            wait_graph::end(&mut state.waiters);
        }
        self.state.notify_all();
        // Not before: who waits for the pool's work may rely on the outcome.
        drop(crew);
    }

    fn run(&self, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let _participant = Participant::enter();
        let governed = || {
            self.governance.check()?;
            fpenv::with_default(work)
        };
        let run = || self.governance.apply(governed);
        catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
            Err(Error::new(
                PAREXACT_ERROR_INTERNAL,
                format!(
                    "internal error, please report it: {}",
                    panics::message(payload)
                ),
            ))
        })
    }

    /// Waits for the end of the work, and answers what that answered; CANCELLED also if its control was, before anybody began it.
    /// TIMEOUT if it takes too long; DEADLOCK if it waits for this thread, or all workers do. A callback does the work itself if
    /// nobody has begun it: all the workers might be waiting, too.
    pub fn wait(&self, timeout: Timeout) -> Result<()> {
        if worker::may_be_in_callback() && timeout != Timeout::Poll {
            let outermost = OUTERMOST.get();
            let here = (&raw const outermost).addr();
            if outermost == 0 || here.abs_diff(outermost) < DEEPEST {
                OUTERMOST.set(if outermost == 0 { here } else { outermost });
                self.run_if_waiting();
                OUTERMOST.set(outermost);
            }
        }
        let late = "the job is not done yet";
        // Dropped when the lock is no longer held.
        let mut given_up = None;
        let outcome = self.state.wait(0, timeout, late, |state| {
            match &state.progress {
                Progress::Done(outcome) => return Some(outcome.clone()),
                Progress::Waiting(waiting) => {
                    if let Err(cancelled) = self.governance.check() {
                        let done = Progress::Done(Err(cancelled.clone()));
                        given_up = Some(std::mem::replace(&mut state.progress, done));
                        return Some(Err(cancelled));
                    }
                    if timeout == Timeout::Never
                        && let Err(circle) = wait_graph::need_any(&waiting.workers)
                    {
                        return Some(Err(circle));
                    }
                }
                Progress::Running(runner) => {
                    let runner = *runner;
                    if timeout != Timeout::Poll
                        && let Err(circle) =
                            wait_graph::wait_for(runner, timeout, &mut state.waiters)
                    {
                        return Some(Err(circle));
                    }
                }
            }
            None
        })?;
        if given_up.is_some() {
            self.state.notify_all();
        }
        outcome
    }

    /// Was it started by the parent of this process?
    pub fn is_inherited(&self) -> bool {
        self.state.is_inherited()
    }
}
