//! A system that refuses threads (`ulimit -u`) or address space (`ulimit -v`): fewer workers, at worst the
//! calling thread alone.

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

/// Limits the address space to so much more than is in use.
fn limit_address_space(left: u64) {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: u64 = statm
        .split_whitespace()
        .next()
        .and_then(|size| size.parse().ok())
        .expect("a number of pages");
    // SAFETY: plain system calls with live arguments.
    unsafe {
        let page = u64::try_from(libc::sysconf(libc::_SC_PAGESIZE)).expect("a size");
        let limit = libc::rlimit {
            rlim_cur: pages * page + left,
            rlim_max: libc::RLIM_INFINITY,
        };
        assert_eq!(libc::setrlimit(libc::RLIMIT_AS, &limit), 0);
    }
}

/// Workers would have to live from what the program needs itself: none of them, rather than an abort.
#[test]
fn address_space_for_no_worker() {
    if respawn::is_child() {
        set_local(64);
        limit_address_space(24 << 20);
        assert_eq!(sum(), Ok(10_000));
        let summary = runtime::summary();
        assert_eq!((summary.granted, summary.refused), (0, 63));
        return;
    }
    respawn::run("address_space_for_no_worker", &[]);
}

/// With room for some of them, the program keeps half of it.
#[test]
fn address_space_for_some_workers() {
    if respawn::is_child() {
        const LEFT: u64 = 600 << 20;
        set_local(64);
        limit_address_space(LEFT);
        for _ in 0..20 {
            assert_eq!(sum(), Ok(10_000));
        }
        let summary = runtime::summary();
        assert!((1..63).contains(&summary.granted), "{summary:?}");
        // SAFETY: a new mapping, of nobody's concern.
        let half = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                (LEFT / 2 - (80 << 20)) as usize,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        assert_ne!(half, libc::MAP_FAILED, "{summary:?}");
        return;
    }
    respawn::run("address_space_for_some_workers", &[]);
}
