//! Waiting with a timeout. Every wait is made of short slices: between them a thread notices that it is in a
//! forked child, where nobody will wake it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{fork, mutex, race_detector, signals};
use crate::error::{Error, PAREXACT_ERROR_FORKED, PAREXACT_ERROR_TIMEOUT, Result};

/// How long a slice is. A signal handler of the program may fork while the thread waits.
const SLICE: Duration = Duration::from_millis(20);

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeout {
    /// As long as it takes.
    Never,
    /// Until that instant.
    At(Instant),
    /// Not at all.
    Poll,
}

impl Timeout {
    /// A timeout in seconds: below 0 it is for ever, 0 is not at all.
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
        // An instant that the clock cannot tell is never reached.
        let duration = Duration::try_from_secs_f64(seconds).ok();
        let end = duration.and_then(|duration| Instant::now().checked_add(duration));
        Ok(end.map_or(Self::Never, Self::At))
    }
}

/// What a thread waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// There is something to be taken, or something has ended: an item of a queue, a lock, a job.
    Ready,
    /// There is room for more.
    Room,
}

/// A value behind a mutex, with condition variables for its changes.
#[derive(Debug)]
pub struct Monitor<T> {
    /// The generation of the process whose threads may use it: see [`fork`].
    generation: u64,
    value: Mutex<T>,
    /// One for each [`Condition`].
    changed: [Condvar; 2],
    /// How many threads wait for each, which saves the system call for waking them if there are none. Changed
    /// under the lock.
    waiting: [AtomicUsize; 2],
}

impl<T> Monitor<T> {
    /// A monitor of that value.
    pub fn new(value: T) -> Self {
        Self {
            generation: fork::checked_generation(),
            value: Mutex::new(value),
            changed: Default::default(),
            waiting: Default::default(),
        }
    }

    /// Whether it was made by the parent of this process. Then it is not even to be dropped: threads that
    /// stayed with the parent may have been changing it.
    pub fn is_inherited(&self) -> bool {
        fork::checked_generation() != self.generation
    }

    /// The value, locked; FORKED if it was made by the parent of this process.
    ///
    /// This relies on the fork handler. A process that was cloned past the C library is noticed once there is
    /// something to wait for.
    pub fn lock(&self) -> Result<MutexGuard<'_, T>> {
        if fork::generation() != self.generation {
            return Err(forked());
        }
        let value = mutex::lock(&self.value, self.generation).ok_or_else(forked)?;
        self.note_order();
        Ok(value)
    }

    /// Tells the race detector what the mutex means, which this thread has now. It may be told of the release
    /// already: no code of the caller's runs until then.
    fn note_order(&self) {
        race_detector::acquire(self);
        race_detector::release(self);
    }

    /// Whoever takes the lock later knows what this thread has done so far.
    pub fn publish(&self) {
        race_detector::release(self);
    }

    /// Waits until `take` answers something, which is asked again after each change of that condition.
    /// TIMEOUT with the message `late` if that takes too long.
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
            // No handler may fork before this thread has the lock again, which the child might never get.
            let woken = signals::with_asynchronous_blocked(|| changed.wait_timeout(value, slice));
            waiting.fetch_sub(1, Ordering::Relaxed);
            value = woken.unwrap_or_else(PoisonError::into_inner).0;
            if self.is_inherited() {
                return Err(forked());
            }
            self.note_order();
        }
    }

    /// Wakes one thread that waits for a condition, after the value has been changed.
    pub fn notify_one(&self, condition: Condition) {
        // A thread that began to wait before the change has been counted; one that comes later finds the
        // change.
        let (waiting, changed) = self.of(condition);
        if waiting.load(Ordering::Relaxed) > 0 {
            changed.notify_one();
        }
    }

    fn of(&self, condition: Condition) -> (&AtomicUsize, &Condvar) {
        let index = condition as usize;
        (&self.waiting[index], &self.changed[index])
    }

    /// Wakes all threads that wait for either condition, after the value has been changed.
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
