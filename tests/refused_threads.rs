//! A system that refuses threads (`ulimit -u`): fewer of them, at worst the calling thread alone.

mod respawn;

use parexact::parallel::{fold_chunks, runtime, threads::set_local};

fn sum() -> parexact::error::Result<usize> {
    fold_chunks(
        10_000,
        10,
        || 0,
        |sum, range| {
            *sum += range.len();
            Ok(())
        },
        |sum, other| *sum += other,
    )
}

/// Limits this user to `threads` threads in all, or as many as allowed. Root is exempt from that limit,
/// so become a user without processes.
fn limit(threads: Option<libc::rlim_t>) {
    // SAFETY: plain system calls with live arguments; the limits are plain numbers.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        assert_eq!(libc::getrlimit(libc::RLIMIT_NPROC, &mut limit), 0);
        limit.rlim_cur = threads.unwrap_or(limit.rlim_max);
        assert_eq!(libc::setrlimit(libc::RLIMIT_NPROC, &limit), 0);
        if libc::geteuid() == 0 {
            // One for each process: tests run at the same time.
            assert_eq!(libc::setuid(1_000_000 + std::process::id()), 0);
        }
    }
}

#[test]
fn all_refused() {
    if respawn::is_child() {
        limit(Some(1));
        set_local(8);
        let refused = runtime::Summary {
            granted: 0,
            refused: 7,
        };
        assert_eq!(sum(), Ok(10_000));
        assert_eq!(runtime::summary(), refused);
        // The same request is not repeated at every call, even if it would be granted now.
        limit(None);
        assert_eq!(sum(), Ok(10_000));
        assert_eq!(runtime::summary(), refused);
        set_local(3);
        assert_eq!(sum(), Ok(10_000));
        let granted = runtime::Summary {
            granted: 2,
            refused: 0,
        };
        assert_eq!(runtime::summary(), granted);
        return;
    }
    respawn::run("all_refused", &[]);
}

#[test]
fn some_refused() {
    if respawn::is_child() {
        // SAFETY: no precondition.
        let root = unsafe { libc::geteuid() } == 0;
        if !root {
            // Other processes of this user count as well: no telling what would be granted.
            return;
        }
        // The harness runs the test on the main thread or on a second one.
        limit(Some(5));
        set_local(8);
        assert_eq!(sum(), Ok(10_000));
        let summary = runtime::summary();
        assert!((1..=4).contains(&summary.granted), "{summary:?}");
        assert_eq!(summary.granted + summary.refused, 7);
        // Asking for what is there is not a new request.
        set_local(2);
        assert_eq!(sum(), Ok(10_000));
        assert_eq!(runtime::summary(), summary);
        return;
    }
    respawn::run("some_refused", &[]);
}
