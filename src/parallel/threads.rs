//! How many threads a call uses: what its thread or its process has set, or else the default.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::process_default::{self, Rule};
use super::{settings, worker};
use crate::error::{Error, Result};
use crate::unsigned::Unsigned;

pub use super::process_default::PAREXACT_MAX_THREADS;

/// The count that was set for the whole process; 0 if none was.
static PROCESS: AtomicUsize = AtomicUsize::new(0);

/// The refusal of a number of threads, for the argument of that name.
pub fn out_of_range(name: &str, count: usize) -> Error {
    let count = Unsigned::from(count);
    Error::invalid(format!(
        "{name} is {count}; it must be 0 to {PAREXACT_MAX_THREADS}"
    ))
}

/// Sets the count of the whole process; 0 returns to the default.
pub fn set_for_process(count: usize) -> Result<()> {
    if count > PAREXACT_MAX_THREADS {
        return Err(out_of_range("n", count));
    }
    PROCESS.store(count, Ordering::Relaxed);
    Ok(())
}

/// The count that is in force for the process.
pub fn for_process() -> usize {
    match PROCESS.load(Ordering::Relaxed) {
        0 => process_default::get().count,
        count => count,
    }
}

/// Sets the count for calls from this thread; 0 returns to the process's. Answers the previous one.
pub fn set_local(count: usize) -> usize {
    settings::set_threads(count.min(PAREXACT_MAX_THREADS))
}

/// How many threads, the calling one included, a call from this thread uses: 1 or more.
#[inline]
pub fn for_call() -> usize {
    if worker::is_worker() {
        return 1;
    }
    match settings::threads() {
        0 => for_process(),
        count => count,
    }
}

/// The largest number of threads that is of use for work that never waits, with a margin for processors that
/// come later and for calls from threads that wait otherwise. Starting and waking a thousand workers on two
/// processors takes seconds.
pub fn useful() -> usize {
    (4 * process_default::get().processors.affinity).clamp(64, PAREXACT_MAX_THREADS)
}

/// The count that a call from this thread uses, and the rule behind it.
pub fn explain() -> (usize, Rule) {
    let rule = if worker::is_worker() {
        Rule::Worker
    } else if settings::threads() != 0 {
        Rule::Local
    } else if PROCESS.load(Ordering::Relaxed) != 0 {
        Rule::Process
    } else {
        process_default::get().rule.clone()
    };
    (for_call(), rule)
}
