//! Waiting with a timeout, in slices, so that nobody waits in a forked child for threads that stayed with the
//! parent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{fork, mutex, signals};
use crate::error::{Error, PAREXACT_ERROR_FORKED, PAREXACT_ERROR_TIMEOUT, Result};

/// How often a waiting thread looks whether it is a forked child: a signal handler of the host may fork while
/// it waits.
const SLICE: Duration = Duration::from_millis(20);

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeout {
    /// Until it comes about.
    Never,
    /// Until then.
    At(Instant),
    /// Not at all.
    Poll,
}

impl Timeout {
    /// From seconds: below 0 for ever, 0 not at all.
    pub fn from_seconds(seconds: f64) -> Result<Self> {
        if seconds.is_nan() {
            return Err(Error::invalid("timeout_seconds must not be NaN"));
        }
        if seconds < 0.0 {
            return Ok(Self::Never);
        }
        if seconds == 0.0 {
            return Ok(Self::Poll);
        }
        // Beyond what clocks can tell is for ever.
        let duration = Duration::try_from_secs_f64(seconds).ok();
        let end = duration.and_then(|duration| Instant::now().checked_add(duration));
        Ok(end.map_or(Self::Never, Self::At))
    }
}

/// What a thread waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// That something has come about: an item to take, an end, a lock given back.
    Ready,
    /// That there is room for more.
    Room,
}

/// A value behind a mutex, with condition variables for its changes.
#[derive(Debug)]
pub struct Monitor<T> {
    /// Threads of which process may use it.
    generation: u64,
    value: Mutex<T>,
    /// One for each [`Condition`].
    changed: [Condvar; 2],
    /// How many threads wait for each, changed under the lock: waking nobody costs a system call.
    waiting: [AtomicUsize; 2],
}

impl<T> Monitor<T> {
    /// Guards a value.
    pub fn new(value: T) -> Self {
        Self {
            generation: fork::checked_generation(),
            value: Mutex::new(value),
            changed: Default::default(),
            waiting: Default::default(),
        }
    }

    /// Was it made by the parent of this process? Then not even to be dropped: threads that stayed there may
    /// have been changing it.
    pub fn is_inherited(&self) -> bool {
        fork::checked_generation() != self.generation
    }

    /// FORKED if it was made by the parent of this process; else the value may be used.
    ///
    /// Trusts the fork handler: who was cloned past the C library is found out once there is something to
    /// wait for.
    pub fn lock(&self) -> Result<MutexGuard<'_, T>> {
        if fork::generation() != self.generation {
            return Err(forked());
        }
        mutex::lock(&self.value, self.generation).ok_or_else(forked)
    }

    /// Waits for a condition until `take` finds what it looks for; TIMEOUT if that takes too long, and `late`
    /// is its message.
    pub fn wait<R>(
        &self,
        condition: Condition,
        timeout: Timeout,
        late: &'static str,
        mut take: impl FnMut(&mut T) -> Option<R>,
    ) -> Result<R> {
        let mut value = self.lock()?;
        let (waiting, changed) = self.of(condition);
        loop {
            if let Some(taken) = take(&mut value) {
                return Ok(taken);
            }
            let slice = match timeout {
                Timeout::Never => SLICE,
                Timeout::Poll => Duration::ZERO,
                Timeout::At(end) => end.saturating_duration_since(Instant::now()).min(SLICE),
            };
            if slice.is_zero() {
                return Err(Error::new(PAREXACT_ERROR_TIMEOUT, late));
            }
            waiting.fetch_add(1, Ordering::Relaxed);
            // A handler that forks while this thread has not got the lock back would leave a child that might
            // never get it.
            let woken = signals::with_asynchronous_blocked(|| changed.wait_timeout(value, slice));
            waiting.fetch_sub(1, Ordering::Relaxed);
            value = woken.unwrap_or_else(PoisonError::into_inner).0;
            if self.is_inherited() {
                return Err(forked());
            }
        }
    }

    /// Wakes one thread that waits for a condition, after the value has been changed.
    pub fn notify_one(&self, condition: Condition) {
        // Who began to wait before the change has been counted; who comes after it finds it.
        let (waiting, changed) = self.of(condition);
        if waiting.load(Ordering::Relaxed) > 0 {
            changed.notify_one();
        }
    }

    fn of(&self, condition: Condition) -> (&AtomicUsize, &Condvar) {
        let index = condition as usize;
        (&self.waiting[index], &self.changed[index])
    }

    /// Wakes everybody, likewise.
    pub fn notify_all(&self) {
        for (changed, waiting) in self.changed.iter().zip(&self.waiting) {
            if waiting.load(Ordering::Relaxed) > 0 {
                changed.notify_all();
            }
        }
    }
}

fn forked() -> Error {
    Error::new(
        PAREXACT_ERROR_FORKED,
        "the handle was made by the parent of this forked process",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds() {
        let parse = |seconds| Timeout::from_seconds(seconds).expect("no NaN");
        assert_eq!(parse(-1.0), Timeout::Never);
        assert_eq!(parse(f64::NEG_INFINITY), Timeout::Never);
        assert_eq!(parse(f64::INFINITY), Timeout::Never);
        assert_eq!(parse(1e300), Timeout::Never);
        assert_eq!(parse(0.0), Timeout::Poll);
        assert_eq!(parse(-0.0), Timeout::Poll);
        assert!(matches!(parse(1e-300), Timeout::At(_)));
        assert!(Timeout::from_seconds(f64::NAN).is_err());
    }
}
