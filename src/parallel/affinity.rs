//! The processors this process may run on.

/// How many processors the scheduler may put the calling thread on; 1 if the system does not say.
pub fn count() -> usize {
    const BITS: usize = libc::c_ulong::BITS as usize;
    // libc's cpu_set_t ends at 1024 processors and the call fails on larger machines.
    let mut mask: Vec<libc::c_ulong> = vec![0; 1024 / BITS];
    while mask.len() * BITS <= 1 << 20 {
        let bytes = std::mem::size_of_val(mask.as_slice());
        // SAFETY: the kernel writes at most `bytes` bytes to the live buffer, which has the alignment of
        // sets.
        let status = unsafe { libc::sched_getaffinity(0, bytes, mask.as_mut_ptr().cast()) };
        if status == 0 {
            let set: u32 = mask.iter().map(|word| word.count_ones()).sum();
            return (set as usize).max(1);
        }
        mask.resize(mask.len() * 2, 0);
    }
    1
}

/// The processor that the calling thread is running on; none if the system does not say.
#[inline]
pub fn present() -> Option<usize> {
    // SAFETY: sched_getcpu has no precondition.
    usize::try_from(unsafe { libc::sched_getcpu() }).ok()
}

/// How many processors are online, in the whole system; 1 if it does not say.
pub fn online() -> usize {
    // SAFETY: sysconf has no precondition.
    let count = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    usize::try_from(count).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_mask_holds_processors_that_are_online() {
        assert!((1..=super::online()).contains(&super::count()));
    }

    #[test]
    fn a_thread_runs_on_some_processor() {
        assert!(super::present().is_some());
    }

    #[test]
    fn agrees_with_the_standard_library() {
        // The standard library also applies the quota of the control group, rounded down.
        let known = std::thread::available_parallelism().map_or(1, usize::from);
        assert!(super::count() >= known);
    }
}
