//! Forks in the middle of everything: no child may hang, and each computes with workers of its own.

mod respawn;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

use parexact::error::{PAREXACT_ERROR_FORKED, PAREXACT_OK};
use parexact::ffi::explain::parexact_explain;
use parexact::parallel::{fold_chunks, fork, runtime, threads::set_local};

fn sum_is_right() -> bool {
    set_local(3);
    let sum = fold_chunks(
        2000,
        10,
        || 0,
        |sum, range| {
            *sum += range.sum::<usize>();
            Ok(())
        },
        |sum, other| *sum += other,
    );
    sum == Ok(1999 * 1000) && runtime::summary().granted >= 2
}

/// Forks; the child runs `f` and ends with its verdict, which is the answer here.
fn in_fork(f: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child runs the code under test and leaves by _exit, without destructors.
    judged(unsafe { libc::fork() }, f)
}

/// The same, the fork being done by a signal handler on this thread, from which the child returns.
fn in_fork_of_handler(f: impl FnOnce() -> bool) -> bool {
    thread_local! {
        static CHILD: Cell<libc::pid_t> = const { Cell::new(-1) };
    }
    extern "C" fn handler(_: libc::c_int) {
        // SAFETY: as in `in_fork`; the signal is raised where this thread is in no allocator.
        CHILD.set(unsafe { libc::fork() });
    }
    // SAFETY: the handler stays in place, and touches nothing but a thread-local cell.
    unsafe {
        libc::signal(libc::SIGUSR2, handler as *const () as libc::sighandler_t);
        libc::raise(libc::SIGUSR2);
    }
    judged(CHILD.get(), f)
}

fn judged(child: libc::pid_t, f: impl FnOnce() -> bool) -> bool {
    match child {
        0 => end_with(f),
        child => ended_well(child),
    }
}

/// The rest of a child's life. Should it hang, the alarm kills it: a failure.
fn end_with(f: impl FnOnce() -> bool) -> ! {
    // SAFETY: no precondition; the default action of SIGALRM is in place.
    unsafe { libc::alarm(10) };
    let verdict = catch_unwind(AssertUnwindSafe(f)).unwrap_or(false);
    // SAFETY: no precondition.
    unsafe { libc::_exit(if verdict { 0 } else { 1 }) }
}

fn ended_well(child: libc::pid_t) -> bool {
    assert!(child > 0, "the system refuses to fork");
    let mut status = 0;
    // SAFETY: the process is our own child, not yet waited for; the status is live.
    let waited = unsafe { libc::waitpid(child, &mut status, 0) };
    waited == child && status == 0
}

/// A call in a process of its own, by [`in_fork`] or [`in_fork_of_handler`].
type InFork = fn(fn() -> bool) -> bool;

fn fork_during_reductions(in_fork: InFork) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    assert!(sum_is_right());
                }
            });
        }
        // The first failure ends it.
        let well = (0..200).take_while(|_| in_fork(sum_is_right)).count();
        over.store(true, Ordering::Relaxed);
        assert_eq!(well, 200);
    });
}

#[test]
fn forks_during_reductions() {
    if respawn::is_child() {
        return fork_during_reductions(in_fork);
    }
    respawn::run("forks_during_reductions", &[]);
}

#[test]
fn forks_in_a_handler_during_reductions() {
    if respawn::is_child() {
        return fork_during_reductions(in_fork_of_handler);
    }
    respawn::run("forks_in_a_handler_during_reductions", &[]);
}

/// The first use of the pool in one thread and a fork in another: each child of an unused process is
/// such a beginning.
fn fork_during_first_use(in_fork_of_child: InFork) {
    let well = (0..100)
        .take_while(|round| {
            in_fork(|| {
                let first = std::thread::spawn(sum_is_right);
                std::thread::sleep(Duration::from_micros(round * 5));
                let grandchild = in_fork_of_child(sum_is_right);
                grandchild && first.join().unwrap_or(false)
            })
        })
        .count();
    assert_eq!(well, 100);
}

#[test]
fn forks_during_first_use() {
    if respawn::is_child() {
        return fork_during_first_use(in_fork);
    }
    respawn::run("forks_during_first_use", &[]);
}

#[test]
fn forks_in_a_handler_during_first_use() {
    if respawn::is_child() {
        return fork_during_first_use(in_fork_of_handler);
    }
    respawn::run("forks_in_a_handler_during_first_use", &[]);
}

/// A fork made past the C library runs no handler; the process id tells.
#[cfg(target_arch = "x86_64")]
#[test]
fn forks_past_the_c_library() {
    if respawn::is_child() {
        assert!(sum_is_right());
        let generation = fork::checked_generation();
        // SAFETY: no other thread is in the allocator now; the child leaves by _exit.
        let child = unsafe { libc::syscall(libc::SYS_fork) };
        if child == 0 {
            end_with(|| sum_is_right() && fork::generation() == generation + 1);
        }
        assert!(ended_well(child.try_into().expect("a process id")));
        return;
    }
    respawn::run("forks_past_the_c_library", &[]);
}

/// The first call of such a child may be the one that says how many forks there were.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_fork_past_the_c_library_is_explained() {
    if respawn::is_child() {
        assert!(sum_is_right());
        // SAFETY: no other thread is in the allocator now; the child leaves by _exit.
        let child = unsafe { libc::syscall(libc::SYS_fork) };
        if child == 0 {
            end_with(|| {
                let mut text = [0u8; 1 << 14];
                let mut needed = 0;
                // SAFETY: the buffer has this capacity, and `needed` is live.
                let status =
                    unsafe { parexact_explain(text.as_mut_ptr().cast(), text.len(), &mut needed) };
                let text = String::from_utf8_lossy(&text);
                status == PAREXACT_OK && text.contains(r#""fork_generation":1"#)
            });
        }
        assert!(ended_well(child.try_into().expect("a process id")));
        return;
    }
    respawn::run("a_fork_past_the_c_library_is_explained", &[]);
}

/// A callback that forks on the calling thread: in the child its helpers are gone, and their part of
/// the work with them.
#[test]
fn forks_inside_a_call() {
    if respawn::is_child() {
        let caller = std::thread::current().id();
        let parent = fork::checked_generation();
        let (came, forked) = (AtomicBool::new(false), AtomicBool::new(false));
        set_local(2);
        let result = fold_chunks(
            64,
            1,
            || (),
            |(), _| {
                if std::thread::current().id() != caller {
                    // Inside a chunk while the caller forks.
                    came.store(true, Ordering::SeqCst);
                    wait_for(&forked);
                } else if !forked.load(Ordering::SeqCst) {
                    wait_for(&came);
                    // SAFETY: both processes go on; the child leaves by _exit below.
                    let child = unsafe { libc::fork() };
                    forked.store(true, Ordering::SeqCst);
                    if child == 0 {
                        // SAFETY: no precondition; should the call hang, it kills the child.
                        unsafe { libc::alarm(10) };
                    } else {
                        assert!(ended_well(child));
                    }
                }
                Ok(())
            },
            |(), ()| (),
        );
        if fork::generation() != parent {
            end_with(|| {
                result.is_err_and(|error| error.status == PAREXACT_ERROR_FORKED) && sum_is_right()
            });
        }
        assert_eq!(result, Ok(()));
        return;
    }
    respawn::run("forks_inside_a_call", &[]);
}

fn wait_for(flag: &AtomicBool) {
    wait_until(|| flag.load(Ordering::SeqCst));
}

fn wait_until(condition: impl Fn() -> bool) {
    while !condition() {
        std::thread::yield_now();
    }
}

/// A callback that forks on a worker: the child's only thread is no worker any more.
#[test]
fn forks_on_a_worker() {
    if respawn::is_child() {
        let caller = std::thread::current().id();
        let forked = AtomicBool::new(false);
        set_local(2);
        let result = fold_chunks(
            64,
            1,
            || (),
            |(), _| {
                if std::thread::current().id() == caller {
                    wait_for(&forked);
                } else if !forked.load(Ordering::SeqCst) {
                    assert!(in_fork(sum_is_right));
                    forked.store(true, Ordering::SeqCst);
                }
                Ok(())
            },
            |(), ()| (),
        );
        assert_eq!(result, Ok(()));
        return;
    }
    respawn::run("forks_on_a_worker", &[]);
}

/// A fork waits for the sections that must not be cut in two.
#[test]
fn forks_wait_for_uninterrupted_sections() {
    if respawn::is_child() {
        fork::checked_generation();
        let (began, inside) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                fork::uninterrupted(|| {
                    inside.store(true, Ordering::SeqCst);
                    began.store(true, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(200));
                    inside.store(false, Ordering::SeqCst);
                });
            });
            wait_for(&began);
            assert!(in_fork(|| !inside.load(Ordering::SeqCst)));
        });
        return;
    }
    respawn::run("forks_wait_for_uninterrupted_sections", &[]);
}

/// The child that a signal handler has made; 0 there, -1 so far.
static CHILD_OF_HANDLER: AtomicI32 = AtomicI32::new(-1);

extern "C" fn fork_in_handler(_: libc::c_int) {
    // SAFETY: both processes go on with what the signal has interrupted, which is not the allocator.
    let child = unsafe { libc::fork() };
    CHILD_OF_HANDLER.store(child, Ordering::SeqCst);
    if child == 0 {
        // SAFETY: no precondition; should the call hang, it kills the child.
        unsafe { libc::alarm(10) };
    }
}

fn handler_has_forked() -> bool {
    CHILD_OF_HANDLER.load(Ordering::SeqCst) > 0
}

/// Runs `call` on this thread, where a handler forks 100 ms after `ready`; the call must answer FORKED in
/// the child, which then computes, and succeed here.
fn forked_by_handler(ready: &AtomicBool, call: impl FnOnce() -> parexact::error::Result<()>) {
    // SAFETY: the handler stays in place; pthread_self has no precondition.
    let caller = unsafe {
        libc::signal(
            libc::SIGUSR1,
            fork_in_handler as *const () as libc::sighandler_t,
        );
        libc::pthread_self()
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            wait_for(ready);
            std::thread::sleep(Duration::from_millis(100));
            // SAFETY: the thread is waiting for the end of this scope.
            assert_eq!(unsafe { libc::pthread_kill(caller, libc::SIGUSR1) }, 0);
        });
        let result = call();
        if CHILD_OF_HANDLER.load(Ordering::SeqCst) == 0 {
            end_with(|| {
                result.is_err_and(|error| error.status == PAREXACT_ERROR_FORKED) && sum_is_right()
            });
        }
        assert_eq!(result, Ok(()));
        assert!(ended_well(CHILD_OF_HANDLER.load(Ordering::SeqCst)));
    });
}

/// A signal handler forks while the caller is parked, waiting for its helper.
#[test]
fn forks_in_a_handler_while_waiting_for_helpers() {
    if respawn::is_child() {
        let caller = std::thread::current().id();
        let came = AtomicBool::new(false);
        set_local(2);
        forked_by_handler(&came, || {
            fold_chunks(
                2,
                1,
                || (),
                |(), _| {
                    if std::thread::current().id() == caller {
                        wait_for(&came);
                    } else {
                        came.store(true, Ordering::SeqCst);
                        wait_until(handler_has_forked);
                    }
                    Ok(())
                },
                |(), ()| (),
            )
        });
        return;
    }
    respawn::run("forks_in_a_handler_while_waiting_for_helpers", &[]);
}

/// The same while the caller waits for the lock that a helper holds in order to merge.
#[test]
fn forks_in_a_handler_while_a_helper_merges() {
    if respawn::is_child() {
        let caller = std::thread::current().id();
        let merging = AtomicBool::new(false);
        let inside = AtomicUsize::new(0);
        set_local(3);
        forked_by_handler(&merging, || {
            fold_chunks(
                3,
                1,
                || (),
                |(), _| {
                    inside.fetch_add(1, Ordering::SeqCst);
                    wait_until(|| inside.load(Ordering::SeqCst) == 3);
                    if std::thread::current().id() == caller {
                        wait_for(&merging);
                    }
                    Ok(())
                },
                |(), ()| {
                    merging.store(true, Ordering::SeqCst);
                    wait_until(handler_has_forked);
                },
            )
        });
        return;
    }
    respawn::run("forks_in_a_handler_while_a_helper_merges", &[]);
}
