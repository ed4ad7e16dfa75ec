//! A pool of workers: a private rayon pool that makes do with the threads the system grants.

use std::io;
use std::thread::JoinHandle;

use rayon::{ThreadBuilder, ThreadPool, ThreadPoolBuilder};

use super::{fork, signals, worker};
use crate::panics;

/// Callbacks run here; give them the stack that threads of C programs have. Only touched pages count.
const STACK_BYTES: usize = 8 << 20;

/// Workers waiting for jobs. Dropping the pool lets them finish what was spawned, then end.
pub struct Pool {
    /// `None` when not a single thread was granted.
    workers: Option<ThreadPool>,
    granted: usize,
}

impl Pool {
    /// A pool of `wanted` workers, or of as many as the system grants, possibly none.
    pub fn new(wanted: usize) -> Self {
        Self::with_spawner(wanted, |thread| {
            std::thread::Builder::new()
                .name(format!("parexact-{}", thread.index()))
                .stack_size(STACK_BYTES)
                .spawn(|| work(thread))
        })
    }

    fn with_spawner(
        wanted: usize,
        spawn: impl Fn(ThreadBuilder) -> io::Result<JoinHandle<()>>,
    ) -> Self {
        // The new threads inherit the mask, and so does the first to use crossbeam-epoch's
        // collector: see `fork::uninterrupted` and `warm_up`.
        signals::with_asynchronous_blocked(|| {
            fork::uninterrupted(|| {
                let mut ask = wanted;
                while ask > 0 {
                    match Self::try_exactly(ask, &spawn) {
                        Ok(workers) => {
                            warm_up(&workers);
                            return Self {
                                workers: Some(workers),
                                granted: ask,
                            };
                        }
                        Err(granted) => ask = granted.min(ask - 1),
                    }
                }
                Self {
                    workers: None,
                    granted: 0,
                }
            })
        })
    }

    /// rayon gives up when a single spawn fails: then the answer is the number that succeeded, and
    /// those threads have ended, so that they do not count against the limit at the next attempt.
    fn try_exactly(
        count: usize,
        spawn: &impl Fn(ThreadBuilder) -> io::Result<JoinHandle<()>>,
    ) -> Result<ThreadPool, usize> {
        let mut started = Vec::new();
        let built = ThreadPoolBuilder::new()
            .num_threads(count)
            // Jobs catch their panics themselves; without a handler rayon would abort the process.
            .panic_handler(|_| ())
            .spawn_handler(|thread| {
                started.push(spawn(thread)?);
                Ok(())
            })
            .build();
        built.map_err(|_| {
            let granted = started.len();
            for thread in started {
                // An ended worker has nothing to say.
                let _ = thread.join();
            }
            granted
        })
    }

    /// How many workers there are.
    pub fn workers(&self) -> usize {
        self.granted
    }

    /// Runs `job` on some worker, some time; gives it back when there is no worker.
    ///
    /// A panic of the job is lost: catch it inside.
    pub fn spawn<J: FnOnce() + Send + 'static>(&self, job: J) -> Result<(), J> {
        match &self.workers {
            Some(workers) => {
                workers.spawn(job);
                Ok(())
            }
            None => Err(job),
        }
    }
}

/// The life of a worker.
fn work(thread: ThreadBuilder) {
    let _inside = panics::Inside::enter();
    worker::become_worker();
    thread.run();
}

/// Waits until every worker has looked for work once, which is when they initialise what they share.
fn warm_up(workers: &ThreadPool) {
    workers.broadcast(|_| ());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    /// A system that grants `limit` threads at a time.
    fn limited(wanted: usize, limit: usize) -> Pool {
        let alive = std::sync::Arc::new(AtomicUsize::new(0));
        Pool::with_spawner(wanted, |thread| {
            if alive.fetch_add(1, Ordering::SeqCst) >= limit {
                alive.fetch_sub(1, Ordering::SeqCst);
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let alive = alive.clone();
            std::thread::Builder::new().spawn(move || {
                work(thread);
                alive.fetch_sub(1, Ordering::SeqCst);
            })
        })
    }

    #[test]
    fn refused_threads_mean_fewer_workers() {
        for (wanted, limit, expected) in [
            (4, 9, 4),
            (4, 4, 4),
            (4, 3, 3),
            (4, 1, 1),
            (4, 0, 0),
            (0, 9, 0),
        ] {
            let pool = limited(wanted, limit);
            assert_eq!(pool.workers(), expected, "{wanted} wanted, {limit} granted");
            let (sender, receiver) = mpsc::channel();
            let spawned = pool.spawn(move || {
                sender
                    .send(worker::is_worker())
                    .expect("the test is waiting");
            });
            match spawned {
                Ok(()) => assert_eq!(receiver.recv(), Ok(true)),
                Err(_) => assert_eq!(expected, 0),
            }
        }
    }

    #[test]
    fn a_panicking_job_leaves_the_worker_alive() {
        let pool = Pool::new(1);
        let (sender, receiver) = mpsc::channel();
        assert!(pool.spawn(|| panic!("must not be printed")).is_ok());
        assert!(
            pool.spawn(move || sender.send(()).expect("the test is waiting"))
                .is_ok()
        );
        assert_eq!(receiver.recv(), Ok(()));
    }
}
