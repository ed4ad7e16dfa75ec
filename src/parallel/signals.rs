//! Signal masks: an asynchronous signal (Ctrl-C, a timer, a scheduler's SIGUSR1) must be delivered to a
//! thread of the program, whose handlers may rely on that, and never to a worker.

use std::mem::MaybeUninit;

/// Signals that a faulting instruction, `abort` or a profiler sends to one thread. Blocking them would turn a
/// crash that can be diagnosed into a silent end of the process, or leave the profiler without samples.
pub const OPEN: [libc::c_int; 8] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGSYS,
    libc::SIGABRT,
    libc::SIGPROF,
];

/// Runs `f` while this thread blocks all signals but [`OPEN`], and those of them that it blocked before.
///
/// Threads that `f` starts inherit the mask from their first instruction on; a mask that they set themselves
/// would come too late. Of [`OPEN`] they inherit what the program has chosen: if it blocks a signal on all
/// its threads, in order to fetch it by sigwait, that signal would kill the process if a worker did not block
/// it.
///
/// No handler of the program for an asynchronous signal runs on this thread meanwhile, so that none can fork
/// in the middle of `f`.
pub fn with_asynchronous_blocked<R>(f: impl FnOnce() -> R) -> R {
    let mut previous = MaybeUninit::<libc::sigset_t>::uninit();
    let mut added = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: sigfillset initialises the set before the other calls read it; every pointer is live.
    let status = unsafe {
        libc::sigfillset(added.as_mut_ptr());
        for signal in OPEN {
            libc::sigdelset(added.as_mut_ptr(), signal);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, added.as_ptr(), previous.as_mut_ptr())
    };
    // pthread_sigmask fails only for an unknown first argument, and then it changes nothing.
    // SAFETY: on success it has written the previous mask.
    let _restore = (status == 0).then(|| Restore(unsafe { previous.assume_init() }));
    f()
}

struct Restore(libc::sigset_t);

impl Drop for Restore {
    fn drop(&mut self) {
        // SAFETY: the mask was filled by pthread_sigmask.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_blocked(signal: libc::c_int) -> bool {
        let mut mask = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: a NULL new mask only queries; the result is initialised by the call.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), mask.as_mut_ptr());
            libc::sigismember(mask.as_ptr(), signal) == 1
        }
    }

    #[test]
    fn inherited_by_threads_and_restored_here() {
        assert!(!is_blocked(libc::SIGINT));
        with_asynchronous_blocked(|| {
            std::thread::spawn(|| {
                for signal in [
                    libc::SIGINT,
                    libc::SIGTERM,
                    libc::SIGALRM,
                    libc::SIGUSR1,
                    libc::SIGCHLD,
                ] {
                    assert!(is_blocked(signal), "signal {signal} reaches a worker");
                }
                for signal in OPEN {
                    assert!(
                        !is_blocked(signal),
                        "signal {signal} is blocked on a worker"
                    );
                }
            })
            .join()
            .expect("the thread's assertions hold");
        });
        assert!(!is_blocked(libc::SIGINT));
    }

    /// What the host has blocked stays blocked, here and on the threads spawned inside.
    #[test]
    fn opens_nothing() {
        let set = |how, signal| {
            let mut set = MaybeUninit::<libc::sigset_t>::uninit();
            // SAFETY: sigemptyset initialises the set before the other calls read it.
            unsafe {
                libc::sigemptyset(set.as_mut_ptr());
                libc::sigaddset(set.as_mut_ptr(), signal);
                libc::pthread_sigmask(how, set.as_ptr(), std::ptr::null_mut());
            }
        };
        for signal in OPEN {
            set(libc::SIG_BLOCK, signal);
            with_asynchronous_blocked(|| {
                assert!(is_blocked(signal), "signal {signal} is opened");
                let inherited = std::thread::spawn(move || is_blocked(signal)).join();
                assert!(inherited.expect("no panic"), "signal {signal} is opened");
            });
            assert!(is_blocked(signal), "signal {signal} is left open");
            set(libc::SIG_UNBLOCK, signal);
        }
    }
}
