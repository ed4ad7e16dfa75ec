//! Signal handlers that fork at the worst of moments: after a look at what other threads do, and before the
//! library asks which process it is in. Those threads go on in between.

mod respawn;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use parexact::error::{PAREXACT_ERROR_FORKED, Result};
use parexact::parallel::{fold_chunks, fork, mutex, threads::set_local};

/// The thread whose question which process it is in is answered late; 0 if there is none.
static INTERRUPTED: AtomicU64 = AtomicU64::new(0);
/// So many of its questions are answered at once before that.
static QUESTIONS: AtomicI32 = AtomicI32::new(0);
/// The handler forks once the question has been answered: the child is told its parent's number.
static AFTER_ANSWER: AtomicBool = AtomicBool::new(false);
/// The question has been asked: the other threads may go on.
static ASKED: AtomicBool = AtomicBool::new(false);
/// They have gone on: the handler may fork.
static READY: AtomicBool = AtomicBool::new(false);
/// The child that the handler has made; 0 there, -1 so far.
static CHILD: AtomicI32 = AtomicI32::new(-1);

/// Stands in for the C library's, in this program and the library under test.
#[unsafe(no_mangle)]
extern "C" fn getpid() -> libc::pid_t {
    let process = current_process();
    // SAFETY: no precondition.
    let here = unsafe { libc::pthread_self() };
    if INTERRUPTED.load(Ordering::SeqCst) != here
        || !is_open(libc::SIGUSR1)
        || QUESTIONS.fetch_sub(1, Ordering::SeqCst) != 0
    {
        return process;
    }
    INTERRUPTED.store(0, Ordering::SeqCst);
    ASKED.store(true, Ordering::SeqCst);
    wait_for(&READY);
    std::thread::sleep(Duration::from_millis(2));
    // SAFETY: the handler is in place.
    unsafe { libc::raise(libc::SIGUSR1) };
    if AFTER_ANSWER.load(Ordering::SeqCst) {
        process
    } else {
        current_process()
    }
}

fn current_process() -> libc::pid_t {
    // SAFETY: no precondition.
    unsafe { libc::syscall(libc::SYS_getpid) as libc::pid_t }
}

fn is_open(signal: libc::c_int) -> bool {
    let mut mask = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: a null new mask only queries; the result is initialised by the call.
    unsafe {
        libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), mask.as_mut_ptr());
        libc::sigismember(mask.as_ptr(), signal) == 0
    }
}

extern "C" fn fork_in_handler(_: libc::c_int) {
    // SAFETY: both processes go on with what the signal has interrupted, which is not the allocator.
    let child = unsafe { libc::fork() };
    CHILD.store(child, Ordering::SeqCst);
    if child == 0 {
        // SAFETY: no precondition; should the call hang, it kills the child.
        unsafe { libc::alarm(20) };
    }
}

/// From now on: a handler forks when this thread asks for its process, after so many questions that it
/// leaves alone.
fn interrupt_here(questions: i32) {
    // SAFETY: the handler stays in place; pthread_self has no precondition.
    let here = unsafe {
        libc::signal(
            libc::SIGUSR1,
            fork_in_handler as *const () as libc::sighandler_t,
        );
        libc::pthread_self()
    };
    CHILD.store(-1, Ordering::SeqCst);
    QUESTIONS.store(questions, Ordering::SeqCst);
    INTERRUPTED.store(here, Ordering::SeqCst);
}

fn is_child() -> bool {
    INTERRUPTED.store(0, Ordering::SeqCst);
    CHILD.load(Ordering::SeqCst) == 0
}

fn exit(status: i32) -> ! {
    // SAFETY: no precondition; without destructors.
    unsafe { libc::_exit(status) }
}

/// What the child answers by its exit status.
fn answer() -> i32 {
    let child = CHILD.load(Ordering::SeqCst);
    assert!(child > 0, "nothing has forked");
    let mut status = -1;
    // SAFETY: the process is our own child, not yet waited for; the status is live.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert!(
        libc::WIFEXITED(status),
        "the child ended by signal {}",
        libc::WTERMSIG(status)
    );
    libc::WEXITSTATUS(status)
}

fn wait_for(flag: &AtomicBool) {
    wait_until(|| flag.load(Ordering::SeqCst));
}

fn wait_until(condition: impl Fn() -> bool) {
    while !condition() {
        std::thread::yield_now();
    }
}

/// Exit statuses of children.
const RIGHT: i32 = 0;
const FORKED: i32 = 1;
const WRONG: i32 = 2;

fn judge<T: PartialEq>(result: Result<T>, right: T) -> i32 {
    match result {
        Ok(value) if value == right => RIGHT,
        Err(error) if error.status == PAREXACT_ERROR_FORKED => FORKED,
        _ => WRONG,
    }
}

/// A child is one generation further than its parent, whenever it is forked.
#[test]
fn one_generation_for_each_fork() {
    if respawn::is_child() {
        READY.store(true, Ordering::SeqCst);
        let parent = fork::checked_generation();
        for after_answer in [false, true] {
            AFTER_ANSWER.store(after_answer, Ordering::SeqCst);
            interrupt_here(0);
            let first = fork::checked_generation();
            if is_child() {
                // An answer that was right before the fork may be given after it.
                let well = first == parent + 1 || (after_answer && first == parent);
                let again = [(); 2].map(|()| fork::checked_generation());
                exit(if well && again == [parent + 1; 2] {
                    RIGHT
                } else {
                    WRONG
                });
            }
            assert_eq!(answer(), RIGHT);
            assert_eq!(fork::checked_generation(), parent);
        }
        return;
    }
    respawn::run("one_generation_for_each_fork", &[]);
}

/// The lock was held, its holder releases it, and then the handler forks: nothing is lost.
#[test]
fn a_lock_that_was_released_before_the_fork() {
    if respawn::is_child() {
        let generation = fork::checked_generation();
        let (mutex, held) = (Mutex::new(1), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut value = mutex.lock().expect("not poisoned");
                held.store(true, Ordering::SeqCst);
                wait_for(&ASKED);
                *value = 2;
                drop(value);
                READY.store(true, Ordering::SeqCst);
            });
            wait_for(&held);
            interrupt_here(0);
            let seen = mutex::lock(&mutex, generation).map(|value| *value);
            if is_child() {
                exit(if seen == Some(2) { RIGHT } else { WRONG });
            }
            assert_eq!(seen, Some(2));
            assert_eq!(answer(), RIGHT);
        });
        return;
    }
    respawn::run("a_lock_that_was_released_before_the_fork", &[]);
}

/// The same with the lock under which the parts of a reduction are brought together: none is left out.
#[test]
fn the_last_part_of_a_reduction() {
    if respawn::is_child() {
        let caller = std::thread::current().id();
        let (inside, merging) = (AtomicUsize::new(0), AtomicBool::new(false));
        set_local(3);
        let result = fold_chunks(
            3,
            1,
            || 0,
            |sum, range| {
                *sum += 1 << range.start;
                inside.fetch_add(1, Ordering::SeqCst);
                wait_until(|| inside.load(Ordering::SeqCst) == 3);
                if std::thread::current().id() == caller {
                    // The first helper has brought its part, the second one is adding to it.
                    wait_for(&merging);
                    interrupt_here(0);
                }
                Ok(())
            },
            |sum, other| {
                if std::thread::current().id() != caller {
                    merging.store(true, Ordering::SeqCst);
                    wait_for(&ASKED);
                    READY.store(true, Ordering::SeqCst);
                }
                *sum += other;
            },
        );
        if is_child() {
            exit(judge(result, 7));
        }
        assert_eq!(result, Ok(7));
        assert_ne!(answer(), WRONG);
        return;
    }
    respawn::run("the_last_part_of_a_reduction", &[]);
}

/// Helpers that have left before the fork have left nothing undone.
#[test]
fn helpers_that_left_before_the_fork() {
    if respawn::is_child() {
        let caller = std::thread::current().id();
        set_local(2);
        let mut right = 0;
        for _ in 0..20 {
            ASKED.store(false, Ordering::SeqCst);
            READY.store(false, Ordering::SeqCst);
            let inside = AtomicUsize::new(0);
            let result = fold_chunks(
                2,
                1,
                || 0,
                |sum, range| {
                    *sum += range.start + 1;
                    inside.fetch_add(1, Ordering::SeqCst);
                    wait_until(|| inside.load(Ordering::SeqCst) == 2);
                    if std::thread::current().id() == caller {
                        interrupt_here(0);
                    } else {
                        wait_for(&ASKED);
                        READY.store(true, Ordering::SeqCst);
                    }
                    Ok(())
                },
                |sum, other| *sum += other,
            );
            if is_child() {
                exit(judge(result, 3));
            }
            assert_eq!(result, Ok(3));
            let answer = answer();
            assert_ne!(answer, WRONG);
            right += i32::from(answer == RIGHT);
        }
        assert!(right > 0, "every child took its helpers for lost");
        return;
    }
    respawn::run("helpers_that_left_before_the_fork", &[]);
}

/// At whichever question, and in the work itself: the child answers the right value or FORKED, and can
/// compute.
#[test]
fn at_any_moment_of_a_reduction() {
    if respawn::is_child() {
        READY.store(true, Ordering::SeqCst);
        let caller = std::thread::current().id();
        let sum = |fork_at: Option<usize>| {
            fold_chunks(
                2000,
                10,
                || 0,
                |sum, range| {
                    if fork_at == Some(range.start / 10) && std::thread::current().id() == caller {
                        // SAFETY: the handler is in place.
                        unsafe { libc::raise(libc::SIGUSR1) };
                    }
                    *sum += range.sum::<usize>();
                    Ok(())
                },
                |sum, other| *sum += other,
            )
        };
        let right = 1999 * 1000;
        set_local(3);
        let mut forks = 0;
        for round in 0..400 {
            let in_work = round % 2 == 0;
            AFTER_ANSWER.store(round % 4 == 1, Ordering::SeqCst);
            let questions = if in_work { i32::MAX } else { round / 4 % 6 };
            interrupt_here(questions);
            let result = sum(in_work.then_some(usize::try_from(round).expect("not negative") / 2));
            if is_child() {
                let first = judge(result, right);
                exit(if sum(None) == Ok(right) { first } else { WRONG });
            }
            assert_eq!(result, Ok(right));
            if CHILD.load(Ordering::SeqCst) > 0 {
                forks += 1;
                assert_ne!(answer(), WRONG);
            }
        }
        assert!(forks > 20, "only {forks} forks");
        return;
    }
    respawn::run("at_any_moment_of_a_reduction", &[]);
}
