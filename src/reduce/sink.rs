//! Where the moments of results go.

use crate::error::Result;
use crate::exact::Moments;
use crate::exact::columns::PACK;
use crate::exact::lanes::LaneSums;

/// The places of up to eight results that are rounded together.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// The indices of the results, by lane.
    pub indices: [usize; PACK],
    /// Bit i is set if lane i has a result.
    pub owned: u8,
}

/// Makes a result of the moments, or of the few values, of each element of the kept axes.
pub trait Sink: Sync {
    /// Takes the moments of one result; `index` counts the results in C order of the kept axes. Called on any
    /// thread, at most once for each result.
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()>;

    /// Does the sink take the sums of few values, by [`Self::lanes`]?
    fn takes_lanes(&self) -> bool {
        false
    }

    /// Takes the sums of up to eight results, instead of their moments. Returns the lanes whose results are in
    /// doubt: their moments must follow.
    fn lanes(&self, places: &Places, sums: &LaneSums) -> u8 {
        let _ = sums;
        places.owned
    }

    /// Takes the values of a result, which are few, instead of its moments; `false` if it needs the moments.
    /// These then also come for neighbouring results whose values it has taken.
    fn values(&self, index: usize, values: &[f64]) -> bool {
        let _ = (index, values);
        false
    }
}
