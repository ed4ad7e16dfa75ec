//! What a call that has begun alone may expect of helpers.

use std::time::{Duration, Instant};

use super::wakeup::Wakeup;

/// A value takes at least an eighth of a nanosecond, on any machine and in any reduction.
const VALUES_IN_NANOSECOND: usize = 8;

/// The outlook of a call whose chunks take about the same time.
#[derive(Debug)]
pub struct Outlook<'a> {
    wakeup: &'a Wakeup,
    began: Instant,
    chunks: usize,
    least: Duration,
}

impl<'a> Outlook<'a> {
    /// The outlook of a call that begins now, of so many chunks and values.
    pub fn new(wakeup: &'a Wakeup, chunks: usize, values: usize) -> Self {
        Self {
            wakeup,
            began: Instant::now(),
            chunks,
            least: Duration::from_nanos((values / VALUES_IN_NANOSECOND) as u64),
        }
    }

    /// How many of at most `most` helpers are worth their waking now that `done` chunks are done.
    pub fn helpers(&self, most: usize, done: usize) -> usize {
        self.helpers_after(self.began.elapsed(), most, done)
    }

    /// The same, as `done` chunks have taken the time `elapsed`.
    fn helpers_after(&self, elapsed: Duration, most: usize, done: usize) -> usize {
        let left = self.chunks - done;
        if done == 0 {
            // The pace is not known yet, but work that is worth all the helpers at any pace need not wait.
            let worth = self.wakeup.helpers_worth(self.least);
            return if worth < most { 0 } else { most };
        }
        let at_this_pace = elapsed.mul_f64(left as f64 / done as f64);
        let worth = self.wakeup.helpers_worth(at_this_pace);
        worth.min(most).min(left - 1)
    }

    /// The call is over, and has asked nobody for help.
    pub fn was_alone(&self) {
        self.wakeup.fade(self.began.elapsed());
    }

    /// The call has asked for help, which came after that time; or it was over then, and none had come.
    pub fn was_helped(&self, came_after: Duration) {
        self.wakeup.learn(came_after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The time that a helper needs here.
    const WAKEUP: Duration = Duration::from_micros(10);

    fn wakeup() -> Wakeup {
        let wakeup = Wakeup::new();
        for _ in 0..60 {
            wakeup.learn(WAKEUP);
        }
        wakeup
    }

    #[test]
    fn helpers_for_what_is_left_at_the_pace_so_far() {
        let wakeup = wakeup();
        let outlook = Outlook::new(&wakeup, 10, 1000);
        // So much is done in units of the wake-up time: one chunk takes a unit, and nine are left.
        let helpers =
            |elapsed, most, done| outlook.helpers_after(WAKEUP.mul_f64(elapsed), most, done);
        assert_eq!(helpers(1.05, 63, 1), 4);
        assert_eq!(helpers(1.05, 3, 1), 3);
        assert_eq!(helpers(0.1, 63, 1), 0);
        assert_eq!(helpers(0.3, 63, 1), 1);
        assert_eq!(helpers(5.05, 63, 5), 2);
        assert_eq!(helpers(7.05, 63, 7), 1);
        assert_eq!(helpers(8.05, 63, 8), 1);
        assert_eq!(helpers(7.9, 63, 8), 0);
        // Nobody can help with the last chunk, however long it takes.
        assert_eq!(helpers(1e6, 63, 8), 1);
        assert_eq!(helpers(1e6, 63, 9), 0);
    }

    /// Before the first chunk nothing is known but the number of values.
    #[test]
    fn many_values_do_not_wait_for_the_pace() {
        let wakeup = wakeup();
        let at_once = |values, most| {
            let outlook = Outlook::new(&wakeup, 1000, values);
            outlook.helpers_after(Duration::from_secs(1), most, 0)
        };
        assert_eq!(at_once(159_000, 1), 0);
        assert_eq!(at_once(170_000, 1), 1);
        assert_eq!(at_once(170_000, 2), 0);
        assert_eq!(at_once(170_000 * 63, 63), 63);
        assert_eq!(at_once(usize::MAX, 63), 63);
    }
}
