//! Whether helpers are worth their waking: how long they take to come is learnt at run time.
//!
//! A sleeping worker begins some 5 µs after it was asked on one machine, 60 µs on a virtual one, and several
//! milliseconds where other programs keep the processors busy. A call that asks in vain pays for the asking.
//! So calls whose work is uniform begin alone, and ask once what is left is worth it by what earlier calls
//! have met. No result depends on it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::per_process::PerProcess;

/// The estimate of this process. A forked child has to start its workers, so it begins anew.
static ESTIMATE: PerProcess<Wakeup> = PerProcess::new();

/// The longest estimate in nanoseconds, which is also the first one: by then workers can be started. Work of
/// several milliseconds always finds it worth while to ask, so that bad times are not remembered for ever.
const LONGEST: u64 = 1_000_000;

/// For each so many times the estimate that is left to do, one helper is asked for. With one helper, work of
/// twice the wake-up time is done in three quarters of its time, less what asking and waiting for the end
/// cost.
const WORTH: u64 = 2;

/// In so many nanoseconds of work that was done alone for the estimate's sake, the estimate fades to 1/e. The
/// asking in vain that comes of it takes about a hundredth of that time.
const FADING: u64 = 10_000_000;

/// How long helpers take to come, as far as is known.
#[derive(Debug)]
pub struct Wakeup {
    nanoseconds: AtomicU64,
}

impl Default for Wakeup {
    fn default() -> Self {
        Self {
            nanoseconds: AtomicU64::new(LONGEST),
        }
    }
}

impl Wakeup {
    /// That of this process.
    pub fn here() -> &'static Self {
        ESTIMATE
            .get_quickly()
            .unwrap_or_else(|| ESTIMATE.get_or_make(Self::default))
    }

    /// The estimate.
    pub fn estimate(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }

    /// How many helpers so much work is worth.
    pub fn helpers_worth(&self, work: Duration) -> usize {
        let helpers = nanoseconds(work) / (WORTH * self.nanoseconds.load(Ordering::Relaxed)).max(1);
        usize::try_from(helpers).unwrap_or(usize::MAX)
    }

    /// Takes into account how long it took until a helper came, or until the call was over if none did.
    ///
    /// The estimate moves by a quarter of the way. A single late helper says little, so that the estimate is
    /// not even doubled by it; if they all are late, it grows to its limit in a dozen calls.
    pub fn learn(&self, came_after: Duration) {
        self.change(|old| {
            let seen = nanoseconds(came_after).min(4 * old.max(1));
            (3 * old + seen).div_ceil(4)
        });
    }

    /// Takes into account that so much work was done alone since the estimate was too long: if that goes on,
    /// the next attempt comes nearer.
    pub fn fade(&self, work: Duration) {
        let work = nanoseconds(work).min(FADING / 4);
        self.change(|old| old - old * work / FADING);
    }

    /// Threads that change it at the same time may lose a change, which does no harm to an estimate.
    fn change(&self, change: impl FnOnce(u64) -> u64) {
        let old = self.nanoseconds.load(Ordering::Relaxed);
        self.nanoseconds
            .store(change(old).min(LONGEST), Ordering::Relaxed);
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
