//! Whether helpers are worth their waking: what they cost is learnt at run time.
//!
//! A sleeping worker begins some 5 µs after it was asked on one machine, 60 µs on a virtual one, and several
//! milliseconds where other programs keep the processors busy. There the caller may also have to wait for a
//! helper in the end that has lost its processor in the middle of a chunk. So calls whose work is uniform
//! begin alone, and ask once what is left is worth it by what earlier calls have met. No result depends on
//! that.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::fork;

/// What this process has learnt.
static HERE: Wakeup = Wakeup::new();

/// The first estimate in nanoseconds, which also has to be worth starting a worker.
const FIRST: u64 = 60_000;

/// The shortest estimate in nanoseconds. No processor tells another one anything in less time.
const SHORTEST: u64 = 100;

/// The longest estimate in nanoseconds. Longer calls always ask, so that bad times are not remembered for
/// ever.
const LONGEST: u64 = 10_000_000;

/// For each so many times the estimate that is left to do, one helper is asked for. With one helper, work of
/// twice the wake-up time is done in three quarters of its time, less what asking and waiting for the end
/// cost.
const WORTH: u64 = 2;

/// The estimate fades to 1/e in so many nanoseconds of work that was done alone for its sake, and in
/// [`FADING_TIMES`] times the estimate. An attempt in vain costs some 10 µs of asking, or up to the estimate
/// if the caller has to wait in the end: a few hundredths of that time.
const FADING: u64 = 10_000_000;

/// See [`FADING`].
const FADING_TIMES: u64 = 50;

/// How much time it takes until a helper helps, as far as is known.
#[derive(Debug)]
pub struct Wakeup {
    /// The generation of the process that has learnt something, as [`fork`] counts them, and below it 32 bits
    /// for nanoseconds. A forked child has to start workers of its own, so it begins anew.
    learnt: AtomicU64,
}

impl Default for Wakeup {
    fn default() -> Self {
        Self::new()
    }
}

impl Wakeup {
    /// Nothing is known but the first estimate.
    pub const fn new() -> Self {
        Self {
            learnt: AtomicU64::new(0),
        }
    }

    /// What this process has learnt.
    pub fn here() -> &'static Self {
        &HERE
    }

    /// The estimate.
    pub fn estimate(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds())
    }

    fn nanoseconds(&self) -> u64 {
        let learnt = self.learnt.load(Ordering::Relaxed);
        if learnt >> 32 == fork::generation() {
            learnt & u64::from(u32::MAX)
        } else {
            FIRST
        }
    }

    /// How many helpers so much work is worth.
    pub fn helpers_worth(&self, work: Duration) -> usize {
        let helpers = nanoseconds(work) / (WORTH * self.nanoseconds());
        usize::try_from(helpers).unwrap_or(usize::MAX)
    }

    /// Takes into account how much time a call has lost until a helper helped, or all its time if none did.
    ///
    /// The estimate moves by a quarter of the way. A single late helper says little, so that the estimate is
    /// not even doubled by it; if they all are late, it grows to its limit in some ten calls.
    pub fn learn(&self, lost: Duration) {
        self.change(|old| {
            let seen = nanoseconds(lost).min(4 * old);
            (3 * old + seen) / 4
        });
    }

    /// Takes into account that so much work was done alone since the estimate was too long: if that goes on,
    /// the next attempt comes nearer.
    pub fn fade(&self, work: Duration) {
        self.change(|old| {
            let fading = FADING + FADING_TIMES * old;
            old - old * nanoseconds(work).min(fading / 4) / fading
        });
    }

    /// Threads that change it at the same time may lose a change, which does no harm to an estimate.
    fn change(&self, change: impl FnOnce(u64) -> u64) {
        let new = change(self.nanoseconds()).clamp(SHORTEST, LONGEST);
        self.learnt
            .store(fork::generation() << 32 | new, Ordering::Relaxed);
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn us(microseconds: u64) -> Duration {
        Duration::from_micros(microseconds)
    }

    /// After so many helpers that came after `seen`.
    fn learnt(seen: Duration, times: usize) -> Wakeup {
        let wakeup = Wakeup::new();
        for _ in 0..times {
            wakeup.learn(seen);
        }
        wakeup
    }

    /// Ratio of the estimate to a time.
    fn ratio(wakeup: &Wakeup, time: Duration) -> f64 {
        wakeup.estimate().as_secs_f64() / time.as_secs_f64()
    }

    #[test]
    fn any_machine_is_learnt_in_some_calls() {
        for time in [us(3), us(10), us(57), us(300), us(900)] {
            let wakeup = learnt(time, 20);
            assert!(
                (0.99..1.1).contains(&ratio(&wakeup, time)),
                "{wakeup:?}, {time:?}"
            );
        }
    }

    /// So many helpers are worth the time that they gain.
    #[test]
    fn helpers_for_twice_the_wakeup_time_each() {
        let wakeup = learnt(us(10), 40);
        for (work, helpers) in [(0, 0), (19, 0), (21, 1), (39, 1), (43, 2), (1001, 50)] {
            assert_eq!(wakeup.helpers_worth(us(work)), helpers, "{work} µs");
        }
        assert!(wakeup.helpers_worth(Duration::MAX) > 1 << 32);
    }

    #[test]
    fn one_late_helper_changes_little_and_many_keep_short_calls_alone() {
        let wakeup = learnt(us(10), 40);
        wakeup.learn(Duration::MAX);
        assert!(wakeup.helpers_worth(us(40)) > 0);
        for _ in 0..12 {
            wakeup.learn(us(4000));
        }
        assert_eq!(wakeup.helpers_worth(us(5000)), 0);
        for _ in 0..12 {
            wakeup.learn(us(1_000_000));
        }
        let long = wakeup.helpers_worth(us(20_000));
        assert_eq!(long, 1, "long calls ask whatever was met");
    }

    /// How much work is done alone, in such calls, until one asks.
    fn alone(wakeup: &Wakeup, call: Duration) -> Duration {
        let mut alone = Duration::ZERO;
        while wakeup.helpers_worth(call) == 0 {
            wakeup.fade(call);
            alone += call;
            assert!(alone < us(1_000_000), "{call:?}");
        }
        alone
    }

    /// Work that was done alone brings the next attempt nearer: by so much that asking in vain takes a small
    /// part of the time, and that it is soon found out when times are better.
    #[test]
    fn attempts_are_rare_but_do_not_end() {
        for call in [us(5), us(50), us(500), us(5000)] {
            let wakeup = learnt(us(20_000), 40);
            alone(&wakeup, call);
            // The attempt is in vain.
            wakeup.learn(call);
            let alone = alone(&wakeup, call);
            assert!(alone > us(2000).max(call * 5), "{call:?}: after {alone:?}");
        }
    }

    /// Zero and times beyond all clocks are as good as any.
    #[test]
    fn extremes() {
        let quick = learnt(Duration::ZERO, 100);
        assert_eq!(quick.estimate(), Duration::from_nanos(100));
        assert_eq!(quick.helpers_worth(us(1)), 5);
        quick.learn(Duration::MAX);
        quick.fade(Duration::MAX);
        assert!(quick.estimate() < us(1));
        let slow = learnt(Duration::MAX, 100);
        assert_eq!(slow.estimate(), us(10_000));
        for _ in 0..100 {
            slow.fade(Duration::MAX);
        }
        assert!(slow.estimate() < us(1));
    }
}
