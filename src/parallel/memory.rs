//! How many workers fit the limit of the address space.
//!
//! Under `ulimit -v` (batch systems set it) threads are granted until nothing is left, and then the
//! next small allocation, of whatever library, ends the process: the C library's own for thread-local
//! memory, or Rust's. So count first, and leave half of what there is to the program.
//!
//! Sources: getrlimit(2), proc_pid_statm(5), glibc's malloc/arena.c.

use std::fs;

use crate::reserve;

/// What malloc reserves in a thread's name, on the first allocation there: address space, not memory.
const ARENA_BYTES: u64 = if cfg!(all(target_env = "gnu", target_pointer_width = "64")) {
    64 << 20
} else {
    1 << 20
};

/// glibc makes at most so many of them for each processor; then threads share.
const ARENAS_PER_PROCESSOR: u64 = 8;

/// What else a worker comes to, with guard page, queue and what thread-local memory it uses.
const SUNDRY_BYTES: u64 = 64 << 10;

/// How many of `wanted` workers with stacks of `stack` bytes fit into the limits of this process.
pub fn room(wanted: usize, stack: usize) -> usize {
    let stack = stack as u64 + SUNDRY_BYTES;
    // Reserved address space is no data before it is used.
    let limits = [
        (libc::RLIMIT_AS, Field::Size, ARENA_BYTES),
        (libc::RLIMIT_DATA, Field::Data, 0),
    ];
    let fitting = limits.map(|(resource, field, arena)| match soft_limit(resource) {
        None => wanted,
        // A limit, and no telling what is in use: stay on the safe side.
        Some(limit) => used(field).map_or(0, |used| {
            fit(limit.saturating_sub(used) / 2, stack, arena, processors())
        }),
    });
    let mut workers = fitting.into_iter().fold(wanted, usize::min);
    // What describes them is asked for in small pieces, which would be refused one by one.
    while workers > 0 && reserve::check_system(workers * SUNDRY_BYTES as usize).is_err() {
        workers /= 2;
    }
    workers
}

/// How many workers `free` bytes hold.
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

fn soft_limit(resource: Resource) -> Option<u64> {
    let mut limit = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: the structure is live; after a failure it holds what was there.
    unsafe { libc::getrlimit(resource, &mut limit) };
    (limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur)
}

/// The columns of statm.
#[derive(Clone, Copy)]
enum Field {
    Size = 0,
    Data = 5,
}

/// In bytes.
fn used(field: Field) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(field as usize)?.parse().ok()?;
    // SAFETY: no precondition.
    let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()?;
    pages.checked_mul(page)
}

fn processors() -> u64 {
    // SAFETY: no precondition.
    let online = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    u64::try_from(online).unwrap_or(1).max(1)
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
