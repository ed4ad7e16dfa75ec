//! Folds that ask for helpers where they are worth it: the results, errors and progress are the same whatever
//! wake-up time has been learnt, and it decides who takes part.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use parexact::error::{Error, PAREXACT_ERROR_CANCELLED, Result};
use parexact::parallel::control::Control;
use parexact::parallel::threads::set_local;
use parexact::parallel::wakeup::Wakeup;
use parexact::parallel::{fold_values, runtime, settings};

/// The wake-up time belongs to the process, so its tests take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the library believe that helpers come at once.
fn helpers_are_quick() {
    for _ in 0..50 {
        Wakeup::here().learn(Duration::ZERO);
    }
}

/// Makes the library believe that helpers are very late.
fn helpers_are_late() {
    for _ in 0..50 {
        Wakeup::here().learn(Duration::MAX);
    }
}

/// The sum of the items' numbers, and one more for each item.
fn sum(total: usize, chunk: usize) -> Result<u64> {
    fold_values(
        total,
        1,
        chunk,
        || 0u64,
        |sum, range| {
            *sum += range.map(|item| item as u64 + 1).sum::<u64>();
            Ok(())
        },
        |sum, other| *sum += other,
    )
}

#[test]
fn every_item_once() {
    let _turn = turn();
    for threads in [1, 2, 3, 8] {
        set_local(threads);
        for total in [0, 1, 2, 9, 10, 11, 1000] {
            for chunk in [0, 1, 3, 10, 5000, usize::MAX] {
                let expected = Ok((total * (total + 1) / 2) as u64);
                helpers_are_quick();
                assert_eq!(
                    sum(total, chunk),
                    expected,
                    "{total} by {chunk} on {threads}"
                );
                helpers_are_late();
                assert_eq!(
                    sum(total, chunk),
                    expected,
                    "{total} by {chunk} on {threads}"
                );
            }
        }
    }
}

/// The threads that work on items of which the first one lets time pass, and all others wait until a second
/// thread comes, or for a moment.
fn threads_that_come(values: usize, patience: Duration) -> usize {
    let seen = Mutex::new(HashSet::new());
    let come = || seen.lock().expect("no panic inside").len();
    fold_values(
        64,
        values,
        1,
        || (),
        |(), range| {
            let here = std::thread::current().id();
            seen.lock().expect("no panic inside").insert(here);
            let start = Instant::now();
            let least = Duration::from_micros(if range.start == 0 { 5 } else { 0 });
            while start.elapsed() < least
                || range.start > 0 && come() < 2 && start.elapsed() < patience
            {
                std::thread::yield_now();
            }
            Ok(())
        },
        |(), ()| (),
    )
    .expect("nothing fails");
    come()
}

#[test]
fn helpers_come_where_they_are_quick() {
    let _turn = turn();
    set_local(2);
    helpers_are_quick();
    assert_eq!(threads_that_come(1, Duration::from_secs(20)), 2);
    assert!(runtime::summary().granted >= 1);
}

/// The first chunk has hardly begun to show the pace, and the rest seems too short: nobody is asked.
#[test]
fn nobody_is_asked_where_helpers_are_late() {
    let _turn = turn();
    set_local(2);
    for _ in 0..20 {
        helpers_are_late();
        let before = Wakeup::here().estimate();
        assert_eq!(sum(64, 1), Ok(64 * 65 / 2));
        let after = Wakeup::here().estimate();
        if after < before {
            // It was alone, and the estimate has faded by that.
            return;
        }
    }
    panic!("each of the calls has asked, although 64 additions are worth no helper");
}

/// Work that is long at any pace asks before the first chunk.
#[test]
fn many_values_ask_at_once() {
    let _turn = turn();
    set_local(2);
    helpers_are_late();
    let caller = std::thread::current().id();
    let start = Instant::now();
    let helped = AtomicUsize::new(0);
    fold_values(
        64,
        1 << 30,
        1,
        || (),
        |(), _| {
            if std::thread::current().id() != caller {
                helped.fetch_add(1, Ordering::SeqCst);
            }
            // The caller would wait here for ever if it had begun alone.
            while helped.load(Ordering::SeqCst) == 0 {
                assert!(start.elapsed() < Duration::from_secs(20), "no worker came");
                std::thread::yield_now();
            }
            Ok(())
        },
        |(), ()| (),
    )
    .expect("nothing fails");
}

#[test]
fn the_first_failing_chunk_decides() {
    let _turn = turn();
    for threads in [1, 2, 8] {
        set_local(threads);
        for first in [0, 10, 300] {
            for learn in [helpers_are_quick, helpers_are_late] {
                learn();
                let failed = fold_values(
                    1000,
                    1,
                    10,
                    || (),
                    |(), range| {
                        if range.start < first {
                            Ok(())
                        } else if range.start == first {
                            Err(Error::invalid("first"))
                        } else {
                            Err(Error::invalid("later"))
                        }
                    },
                    |(), ()| (),
                );
                assert_eq!(failed, Err(Error::invalid("first")), "{threads} threads");
            }
        }
    }
}

#[test]
fn panics_unwind_and_leave_the_pool_usable() {
    let _turn = turn();
    set_local(3);
    for panicking in [0, 1, 40] {
        helpers_are_quick();
        let caught = std::panic::catch_unwind(|| {
            fold_values(
                64,
                1,
                1,
                || (),
                |(), range| {
                    if range.start == panicking {
                        std::panic::panic_any(panicking);
                    }
                    Ok(())
                },
                |(), ()| (),
            )
        });
        let payload = caught.expect_err("the panic unwinds");
        assert_eq!(payload.downcast_ref::<usize>(), Some(&panicking));
        assert_eq!(sum(1000, 10), Ok(500_500));
    }
}

#[test]
fn progress_and_cancellation() {
    let _turn = turn();
    let control = Arc::new(Control::default());
    settings::attach(Some(control.clone()));
    for learn in [helpers_are_quick, helpers_are_late] {
        for cancelled_in in [0, 1, 500] {
            control.reset();
            set_local(3);
            learn();
            assert_eq!(sum(1000, 7), Ok(500_500));
            assert_eq!(control.progress(), (1000, 1000));
            let cancelled = fold_values(
                1000,
                1,
                1,
                || (),
                |(), range| {
                    if range.start == cancelled_in {
                        control.cancel();
                    }
                    Ok(())
                },
                |(), ()| (),
            );
            let error = cancelled.expect_err("cancelled");
            assert_eq!(error.status, PAREXACT_ERROR_CANCELLED);
            let (done, total) = control.progress();
            let first = cancelled_in as u64 + 1;
            assert!((first..first + 3).contains(&done), "{done} of {total}");
        }
    }
    settings::attach(None);
}

/// A call nested in a helper's part stays on that worker.
#[test]
fn nested_calls() {
    let _turn = turn();
    set_local(3);
    helpers_are_quick();
    let nested = fold_values(
        64,
        1,
        1,
        || 0,
        |all, _| {
            *all += sum(100, 1)?;
            Ok(())
        },
        |all, other| *all += other,
    );
    assert_eq!(nested, Ok(64 * 5050));
}

/// A child knows nothing of its parent's workers: it has to start its own.
#[test]
fn a_child_begins_anew() {
    let _turn = turn();
    set_local(2);
    helpers_are_quick();
    assert_eq!(sum(1000, 10), Ok(500_500));
    helpers_are_late();
    // SAFETY: the child does what a forked child of a program with threads may do with the library, and leaves
    // by _exit.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let first = Wakeup::here().estimate();
        let anew = Duration::ZERO < first && first < Duration::from_micros(900);
        helpers_are_quick();
        let right = sum(1000, 10) == Ok(500_500) && runtime::summary().granted == 1;
        // SAFETY: it has no precondition.
        unsafe { libc::_exit(i32::from(!(anew && right))) };
    }
    let mut status = -1;
    // SAFETY: the variable is live.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0);
}
