//! Where the moments of results go.

use super::results::Results;
use crate::error::Result;
use crate::exact::Moments;
use crate::exact::columns::PACK;
use crate::exact::lanes::LaneSums;
use crate::exact::short::Short;

/// The places of up to eight results that are rounded together.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// The index of the result of lane 0.
    pub first: usize,
    /// From one lane's index to the next one's.
    pub step: isize,
    /// Bit i is set if lane i has a result.
    pub owned: u8,
}

impl Places {
    /// Writes results to their places, but for those that are `doubtful`.
    pub fn write(&self, values: &[f64; PACK], doubtful: u8, results: &Results<f64>) {
        let certain = self.owned & !doubtful;
        if certain == u8::MAX && self.step == 1 {
            return results.write_run(self.first, values);
        }
        for (lane, &value) in values.iter().enumerate() {
            if certain >> lane & 1 != 0 {
                results.write(self.index(lane), value);
            }
        }
    }

    /// The index of a lane's result.
    pub fn index(&self, lane: usize) -> usize {
        (self.first as isize + lane as isize * self.step) as usize
    }
}

/// Makes a result of the moments of each element of the kept axes.
pub trait Sink: Sync {
    /// Takes the moments of one result; `index` counts the results in C order of the kept axes. Called on any
    /// thread, at most once for each result.
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()>;

    /// Takes the moments of one result in a few words, instead of [`Self::moments`].
    fn short(&self, index: usize, short: &Short) -> Result<()> {
        self.moments(index, &mut short.to_moments())
    }

    /// Does the sink take the sums of few values, by [`Self::lanes`]?
    fn takes_lanes(&self) -> bool {
        false
    }

    /// Takes the sums of up to eight results, instead of their moments. Returns the lanes whose results are
    /// in doubt: their moments must follow.
    fn lanes(&self, places: &Places, sums: &LaneSums) -> u8 {
        let _ = sums;
        places.owned
    }
}
