//! How many workers fit the limit of the address space.
//!
//! Under `ulimit -v`, which batch systems set, the system grants threads until nothing is left. Then the next
//! small allocation of any library ends the process, be it the C library's for thread-local memory. So the
//! workers that fit are counted before any is started, and half of what is left stays with the program.
//!
//! Sources: getrlimit(2), proc_pid_statm(5), glibc's malloc/arena.c.

use std::fs;

use super::affinity;
use crate::reserve;

/// Bytes of address space, not of memory, that malloc reserves for a thread on its first allocation.
const ARENA_BYTES: u64 = if cfg!(all(target_env = "gnu", target_pointer_width = "64")) {
    64 << 20
} else {
    1 << 20
};

/// glibc makes at most so many such arenas for each processor; further threads share them.
const ARENAS_PER_PROCESSOR: u64 = 8;

/// Bytes that a worker takes otherwise: for its guard page, its queue and its thread-local memory.
const SUNDRY_BYTES: u64 = 64 << 10;

/// How many of `wanted` workers with stacks of `stack` bytes fit into the limits of this process.
pub fn room(wanted: usize, stack: usize) -> usize {
    let stack = stack as u64 + SUNDRY_BYTES;
    // What malloc reserves counts for RLIMIT_DATA only once it is used.
    let limits = [
        (libc::RLIMIT_AS, Field::Size, ARENA_BYTES),
        (libc::RLIMIT_DATA, Field::Data, 0),
    ];
    let fitting = limits.map(|(resource, field, arena)| match soft_limit(resource) {
        None => wanted,
        // If there is a limit and it cannot be told what is in use, no worker is the safe answer.
        Some(limit) => used(field).map_or(0, |used| {
            fit(
                limit.saturating_sub(used) / 2,
                stack,
                arena,
                affinity::online() as u64,
            )
        }),
    });
    let mut workers = fitting.into_iter().fold(wanted, usize::min);
    // What workers take otherwise is allocated in small pieces, which must not be refused.
    while workers > 0 && reserve::check_system(workers * SUNDRY_BYTES as usize).is_err() {
        workers /= 2;
    }
    workers
}

/// How many workers `free` bytes are enough for.
fn fit(free: u64, stack: u64, arena: u64, processors: u64) -> usize {
    let arenas = ARENAS_PER_PROCESSOR * processors;
    let workers = match free / (stack + arena) {
        few if few <= arenas => few,
        _ => (free - arenas * arena) / stack,
    };
    usize::try_from(workers).unwrap_or(usize::MAX)
}

#[cfg(target_env = "gnu")]
type Resource = libc::__rlimit_resource_t;
#[cfg(not(target_env = "gnu"))]
type Resource = libc::c_int;

/// The limit that is in force, if there is one.
fn soft_limit(resource: Resource) -> Option<u64> {
    let mut limit = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: the structure is live; after a failure it holds what was there.
    unsafe { libc::getrlimit(resource, &mut limit) };
    (limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur)
}

/// The columns of /proc/self/statm.
#[derive(Clone, Copy)]
enum Field {
    Size = 0,
    Data = 5,
}

/// What a column says, in bytes; none if it cannot be read.
fn used(field: Field) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(field as usize)?.parse().ok()?;
    // SAFETY: sysconf has no precondition.
    let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()?;
    pages.checked_mul(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn arenas_are_shared_in_the_end() {
        assert_eq!(fit(0, 2 * MIB, 64 * MIB, 2), 0);
        assert_eq!(fit(65 * MIB, 2 * MIB, 64 * MIB, 2), 0);
        assert_eq!(fit(140 * MIB, 2 * MIB, 64 * MIB, 2), 2);
        assert_eq!(fit(16 * 66 * MIB, 2 * MIB, 64 * MIB, 2), 16);
        assert_eq!(fit((16 * 64 + 50 * 2) * MIB, 2 * MIB, 64 * MIB, 2), 50);
        assert_eq!(fit(7 * MIB, 2 * MIB, 0, 2), 3);
        assert_eq!(fit(700 * MIB, 2 * MIB, 0, 2), 350);
    }

    #[test]
    fn what_the_system_says() {
        let (size, data) = (used(Field::Size), used(Field::Data));
        assert!(data > Some(0) && size > data, "{size:?} {data:?}");
    }
}
