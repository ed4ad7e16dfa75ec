//! Folding in parallel: every item once, the first error, panics, nesting, controls, and the state of
//! the workers. Thread counts are set for the test's own thread, so the tests do not meet.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use parexact::error::{Error, PAREXACT_ERROR_CANCELLED, PAREXACT_OK, Result};
use parexact::parallel::control::Control;
use parexact::parallel::settings;
use parexact::parallel::threads::{self, PAREXACT_MAX_THREADS, set_local};
use parexact::parallel::{fold_chunks, runtime, threads_for_call};

/// The sum of the items' numbers, and one more for each item.
fn sum(total: usize, chunk: usize) -> Result<u64> {
    fold_chunks(
        total,
        chunk,
        || 0u64,
        |sum, range| {
            *sum += range.map(|item| item as u64 + 1).sum::<u64>();
            Ok(())
        },
        |sum, other| *sum += other,
    )
}

/// Runs `work` on two threads at least, each chunk on whichever comes; answers the threads.
fn on_several_threads(
    work: impl Fn(Range<usize>) -> Result<()> + Sync,
) -> Result<HashSet<ThreadId>> {
    set_local(3);
    let seen = Mutex::new(HashSet::new());
    let start = Instant::now();
    fold_chunks(
        64,
        1,
        || (),
        |(), range| {
            seen.lock()
                .expect("no panic inside")
                .insert(std::thread::current().id());
            while seen.lock().expect("no panic inside").len() < 2 {
                assert!(start.elapsed() < Duration::from_secs(20), "no worker came");
                std::thread::yield_now();
            }
            work(range)
        },
        |(), ()| (),
    )?;
    Ok(seen.into_inner().expect("no panic inside"))
}

/// As the system knows it.
fn name_of_this_thread() -> String {
    let mut name = [0u8; 16];
    // SAFETY: the call writes 16 bytes at most, a NUL included.
    unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
    String::from_utf8_lossy(&name)
        .trim_end_matches('\0')
        .to_owned()
}

#[test]
fn every_item_once() {
    for threads in [1, 2, 3, 8] {
        set_local(threads);
        for total in [0, 1, 2, 9, 10, 11, 1000] {
            for chunk in [0, 1, 3, 10, 5000, usize::MAX] {
                let expected = (total * (total + 1) / 2) as u64;
                assert_eq!(
                    sum(total, chunk),
                    Ok(expected),
                    "{total} by {chunk} on {threads}"
                );
            }
        }
    }
}

#[test]
fn workers_take_part_and_not_too_many() {
    let threads = on_several_threads(|_| Ok(())).expect("nothing fails");
    assert!((2..=3).contains(&threads.len()), "{threads:?}");
}

#[test]
fn the_first_failing_chunk_decides() {
    for threads in [1, 2, 8] {
        set_local(threads);
        for round in 0..200 {
            // Now the later failure comes first, now the earlier one.
            let slow = [300, 310][round % 2];
            let failed = fold_chunks(
                1000,
                10,
                || (),
                |(), range| {
                    if range.start == slow {
                        std::thread::sleep(Duration::from_micros(50));
                    }
                    match range.start {
                        300 => Err(Error::invalid("300")),
                        310.. => Err(Error::invalid("later")),
                        _ => Ok(()),
                    }
                },
                |(), ()| (),
            );
            assert_eq!(failed, Err(Error::invalid("300")), "{threads} threads");
        }
    }
}

#[test]
fn a_panic_on_a_worker_reaches_the_caller_and_leaves_the_pool_usable() {
    let caller = std::thread::current().id();
    let caught = std::panic::catch_unwind(|| {
        on_several_threads(|_| {
            if std::thread::current().id() != caller {
                panic!("on a worker");
            }
            Ok(())
        })
    });
    let payload = caught.expect_err("the panic unwinds");
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"on a worker"));
    assert_eq!(sum(1000, 10), Ok(500_500));
}

#[test]
fn nested_calls_on_workers_stay_there() {
    let caller = std::thread::current().id();
    on_several_threads(|_| {
        let here = std::thread::current().id();
        if here == caller {
            return Ok(());
        }
        assert_eq!(threads_for_call(), 1);
        fold_chunks(
            100,
            1,
            || (),
            |(), _| {
                assert_eq!(std::thread::current().id(), here);
                Ok(())
            },
            |(), ()| (),
        )
    })
    .expect("nothing fails");
}

/// Workers blocked on something the caller holds do not keep the caller from its own calls.
#[test]
fn busy_workers_do_not_hold_up_a_caller() {
    let lock = Arc::new(Mutex::new(()));
    let held = lock.lock().expect("no panic inside");
    let waiting = Arc::new(AtomicUsize::new(0));
    let others: Vec<_> = (0..4)
        .map(|_| {
            let (lock, waiting) = (lock.clone(), waiting.clone());
            std::thread::spawn(move || {
                set_local(9);
                fold_chunks(
                    64,
                    1,
                    || (),
                    |(), _| {
                        waiting.fetch_add(1, Ordering::SeqCst);
                        drop(lock.lock());
                        Ok(())
                    },
                    |(), ()| (),
                )
            })
        })
        .collect();
    // Four callers and all eight workers.
    while waiting.load(Ordering::SeqCst) < 12 {
        std::thread::yield_now();
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        set_local(3);
        sender.send(sum(1000, 10))
    });
    let result = receiver.recv_timeout(Duration::from_secs(20));
    drop(held);
    assert_eq!(result, Ok(Ok(500_500)));
    for other in others {
        assert_eq!(other.join().expect("no panic inside"), Ok(()));
    }
}

#[test]
fn progress_and_cancellation() {
    let control = Arc::new(Control::default());
    settings::attach(Some(control.clone()));
    for threads in [1, 3] {
        control.reset();
        set_local(threads);
        assert_eq!(sum(1000, 7), Ok(500_500));
        assert_eq!(control.progress(), (1000, 1000));
        let started = AtomicUsize::new(0);
        let cancelled = fold_chunks(
            1000,
            1,
            || (),
            |(), _| {
                if started.fetch_add(1, Ordering::SeqCst) == 20 {
                    control.cancel();
                }
                Ok(())
            },
            |(), ()| (),
        );
        assert_eq!(
            cancelled.expect_err("cancelled").status,
            PAREXACT_ERROR_CANCELLED
        );
        assert!(started.into_inner() <= 20 + 3);
        let (done, total) = control.progress();
        assert!(
            (21..=23).contains(&done) && total == 1000,
            "{done} of {total}"
        );
        // Until the reset nothing starts, however small.
        assert_eq!(
            sum(1, 1).expect_err("cancelled").status,
            PAREXACT_ERROR_CANCELLED
        );
        assert_eq!(
            sum(0, 1).expect_err("cancelled").status,
            PAREXACT_ERROR_CANCELLED
        );
    }
    control.reset();
    // Calls nested on workers and caller are governed and leave the progress alone.
    on_several_threads(|_| sum(500, 10).map(drop)).expect("nothing fails");
    assert_eq!(control.progress(), (64, 64));
    let governed = on_several_threads(|_| {
        control.cancel();
        assert!(sum(5, 1).is_err());
        Ok(())
    });
    assert!(governed.is_err());
    settings::attach(None);
    assert_eq!(sum(1000, 7), Ok(500_500));
}

#[cfg(target_arch = "x86_64")]
#[test]
fn workers_compute_under_the_default_environment() {
    use parexact::ffi::guard::guard;
    use parexact::fpenv::{DEFAULT_MXCSR, mxcsr, set_mxcsr};
    let before = mxcsr();
    let mut workers = HashSet::new();
    let mut values = HashSet::new();
    for _ in 0..20 {
        // What each worker finds in its first chunk.
        let found = Mutex::new(HashMap::new());
        // A host with flush-to-zero, denormals-are-zero and another rounding mode.
        // SAFETY: no reserved bit; set back below.
        unsafe { set_mxcsr(0xFFC0) };
        let status = guard(|| {
            on_several_threads(|_| {
                if name_of_this_thread().starts_with("parexact-") {
                    let mut found = found.lock().expect("no panic inside");
                    let here = std::thread::current().id();
                    found.entry(here).or_insert_with(mxcsr);
                    // A callback that leaves its mess behind.
                    // SAFETY: no reserved bit, and no floating-point code follows on this worker.
                    unsafe { set_mxcsr(0xFFC0) };
                }
                Ok(())
            })
            .map(drop)
        });
        let after = mxcsr();
        // SAFETY: the value read at the start.
        unsafe { set_mxcsr(before) };
        assert_eq!((status, after), (PAREXACT_OK, 0xFFC0));
        for (worker, value) in found.into_inner().expect("no panic inside") {
            workers.insert(worker);
            values.insert(value);
        }
    }
    assert!(!workers.is_empty());
    assert_eq!(values, HashSet::from([DEFAULT_MXCSR]));
}

#[test]
fn workers_are_named_and_deaf_to_asynchronous_signals() {
    let caller = std::thread::current().id();
    on_several_threads(|_| {
        if std::thread::current().id() == caller {
            return Ok(());
        }
        let name = name_of_this_thread();
        assert!(name.starts_with("parexact-"), "{name}");
        // SAFETY: a NULL new mask only queries; the sets are plain bits.
        let blocked = |signal| unsafe {
            let mut mask: libc::sigset_t = std::mem::zeroed();
            libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), &mut mask);
            libc::sigismember(&mask, signal) == 1
        };
        for signal in [
            libc::SIGINT,
            libc::SIGTERM,
            libc::SIGUSR1,
            libc::SIGALRM,
            libc::SIGCHLD,
        ] {
            assert!(blocked(signal), "signal {signal} is open");
        }
        for signal in parexact::parallel::signals::OPEN {
            assert!(!blocked(signal), "signal {signal} is blocked");
        }
        Ok(())
    })
    .expect("nothing fails");
}

/// Beyond what the machine has use for, workers only cost time to start and to wake.
#[test]
fn no_more_workers_than_are_of_use() {
    set_local(PAREXACT_MAX_THREADS);
    let seen = Mutex::new(HashSet::new());
    let counted = fold_chunks(
        10_000,
        1,
        || 0,
        |count, range| {
            let mut seen = seen.lock().expect("no panic inside");
            seen.insert(std::thread::current().id());
            *count += range.len();
            Ok(())
        },
        |count, other| *count += other,
    );
    assert_eq!(counted, Ok(10_000));
    let useful = threads::useful();
    assert!((64..=PAREXACT_MAX_THREADS).contains(&useful));
    let workers = runtime::summary().granted;
    assert!(workers < useful, "{workers} workers");
    assert!(seen.into_inner().expect("no panic inside").len() <= useful);
}
