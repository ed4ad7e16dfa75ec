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
