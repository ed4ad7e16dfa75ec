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

/// Limits this user to `threads` threads in all. Root is exempt from that limit, so become a user
/// without processes.
fn limit(threads: libc::rlim_t) {
    let limit = libc::rlimit {
        rlim_cur: threads,
        rlim_max: threads,
    };
    // SAFETY: plain system calls with live arguments.
    unsafe {
        assert_eq!(libc::setrlimit(libc::RLIMIT_NPROC, &limit), 0);
        if libc::geteuid() == 0 {
            assert_eq!(libc::setuid(59_999), 0);
        }
    }
}

#[test]
fn all_refused() {
    if respawn::is_child() {
        limit(1);
        set_local(8);
        for _ in 0..1000 {
            assert_eq!(sum(), Ok(10_000));
        }
        let expected = runtime::Summary {
            granted: 0,
            refused: 7,
        };
        assert_eq!(runtime::summary(), expected);
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
        limit(5);
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
