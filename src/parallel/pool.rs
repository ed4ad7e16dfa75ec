//! A pool of workers: a private rayon pool that makes do with the threads the system grants.

use std::ffi::CString;
use std::io;
use std::sync::{Arc, mpsc};

use rayon::{ThreadBuilder, ThreadPool, ThreadPoolBuilder};

use super::thread_number::{self, ThreadNumber};
use super::{fork, memory, nesting, signals, thread, worker};
use crate::fpenv::X87;
use crate::{last_error, panics};

/// The stack of a worker, the same as that of Rust's threads: the library's own work takes some 64 KiB,
/// the rest is for callbacks. Not the main thread's 8 MiB, since address space may be limited.
const STACK_BYTES: usize = 2 << 20;

/// Workers waiting for jobs. Dropping the pool lets them finish what was spawned, then end; a pool of the
/// parent of this process is left as it is, since threads that stayed there may have been changing it.
pub struct Pool {
    /// The generation of the process that the workers are threads of.
    generation: u64,
    /// None if the system has not granted a single thread.
    workers: Option<ThreadPool>,
    /// The numbers of the workers.
    numbers: Arc<[ThreadNumber]>,
}

impl Pool {
    /// A pool of `wanted` workers, or of as many as the system grants, possibly none.
    ///
    /// Asynchronous signals are blocked meanwhile: the new threads inherit that, and no handler forks a child
    /// whose only thread waits for workers that do not exist there.
    pub fn new(wanted: usize) -> Self {
        signals::with_asynchronous_blocked(|| {
            Self::with_spawner(memory::room(wanted, STACK_BYTES), |worker| {
                let name = CString::new(format!("parexact-{}", worker.index()))?;
                thread::spawn(&name, STACK_BYTES, || work(worker))
            })
        })
    }

    fn with_spawner(
        wanted: usize,
        spawn: impl Fn(ThreadBuilder) -> io::Result<thread::Handle>,
    ) -> Self {
        let generation = fork::checked_generation();
        initialise_collector();
        let mut workers = None;
        let mut ask = wanted;
        while workers.is_none() && ask > 0 {
            match Self::try_exactly(ask, &spawn) {
                Ok(built) => workers = Some(built),
                Err(granted) => ask = granted.min(ask - 1),
            }
        }
        Self {
            generation,
            numbers: workers
                .as_ref()
                .map_or_else(|| Arc::new([]) as Arc<[_]>, numbers),
            workers,
        }
    }

    /// A pool of `count` workers. rayon gives up if the system refuses a single thread: then the answer is
    /// how many threads were granted. They have ended by then, so that they do not count against the limit at
    /// the next attempt.
    fn try_exactly(
        count: usize,
        spawn: &impl Fn(ThreadBuilder) -> io::Result<thread::Handle>,
    ) -> Result<ThreadPool, usize> {
        let mut started = Vec::new();
        let built = ThreadPoolBuilder::new()
            .num_threads(count)
            // Jobs catch their panics themselves; without a handler rayon would abort the process.
            .panic_handler(|_| ())
            .spawn_handler(|worker| {
                started.push(spawn(worker)?);
                Ok(())
            })
            .build();
        built.map_err(|_| {
            let granted = started.len();
            for thread in started {
                thread.join();
            }
            granted
        })
    }

    /// How many workers there are.
    pub fn workers(&self) -> usize {
        self.numbers.len()
    }

    /// The numbers of the workers.
    pub fn numbers(&self) -> &Arc<[ThreadNumber]> {
        &self.numbers
    }

    /// Whether it was made by the parent of this process.
    pub fn is_inherited(&self) -> bool {
        fork::checked_generation() != self.generation
    }

    /// Has `job` run by one of the workers; gives it back if there is none.
    ///
    /// The job must catch its panics, of which nobody would learn.
    pub fn spawn<J: FnOnce() + Send + 'static>(&self, job: J) -> Result<(), J> {
        match &self.workers {
            Some(workers) => {
                workers.spawn(|| {
                    last_error::forget();
                    job();
                });
                Ok(())
            }
            None => Err(job),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // No handler may fork in here, where locks of the pool are held.
        signals::with_asynchronous_blocked(|| {
            let workers = self.workers.take();
            if self.is_inherited() {
                std::mem::forget(workers);
            }
        });
    }
}

/// What a worker does from its beginning to its end.
fn work(worker: ThreadBuilder) {
    let _inside = panics::Inside::enter();
    worker::become_worker();
    nesting::stack_begins(STACK_BYTES);
    // A new thread has the x87 environment of the thread that made it.
    let _x87 = X87::default_environment();
    worker.run();
}

/// Makes the garbage collector that rayon's queues share, if there is none yet. Otherwise the first worker
/// that looks for work would make it. If another thread forked at that moment, the child's workers would wait
/// for it for ever.
fn initialise_collector() {
    fork::uninterrupted(|| {
        crossbeam_epoch::default_collector();
    });
}

/// Asks every worker for its number.
///
/// The answers come through a channel. rayon's own way of waiting for them would take up other jobs meanwhile
/// if this thread is a worker of another pool.
fn numbers(workers: &ThreadPool) -> Arc<[ThreadNumber]> {
    let (sender, receiver) = mpsc::channel();
    workers.spawn_broadcast(move |_| {
        // This cannot fail: the receiver lives until all workers have sent.
        let _ = sender.send(thread_number::me());
    });
    receiver
        .iter()
        .take(workers.current_num_threads())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    /// A system that grants `limit` threads at a time.
    fn limited(wanted: usize, limit: usize) -> Pool {
        let alive = std::sync::Arc::new(AtomicUsize::new(0));
        Pool::with_spawner(wanted, |worker| {
            if alive.fetch_add(1, Ordering::SeqCst) >= limit {
                alive.fetch_sub(1, Ordering::SeqCst);
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let alive = alive.clone();
            thread::spawn(c"parexact-test", STACK_BYTES, move || {
                work(worker);
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

    /// A pool of many workers takes its time; a fork meanwhile does not.
    #[test]
    fn forks_do_not_wait_for_the_workers() {
        let pool = Pool::with_spawner(2, |worker| {
            let start = Instant::now();
            // Other tests hold forks off, too, for a moment.
            while fork::is_held_off() {
                assert!(start.elapsed() < Duration::from_secs(20));
            }
            thread::spawn(c"parexact-test", STACK_BYTES, || work(worker))
        });
        assert_eq!(pool.workers(), 2);
    }

    /// If rayon used another version of the crate, [`initialise_collector`] would make another collector than
    /// rayon's.
    #[test]
    fn one_collector_for_rayon_and_us() {
        let locked = include_str!("../../Cargo.lock");
        assert_eq!(locked.matches("name = \"crossbeam-epoch\"").count(), 1);
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
