//! The sums of eight results.

use crate::exact::columns::{PACK, PackExtremes, Quantities};

/// The sums of eight results.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct LaneSums {
    /// For x, RN(x²) and the error x² - RN(x²): what each of both folds has moved by. Quantities that are not
    /// gathered are 0. NaN if a value of the lane is NaN or infinite, or too large for the folds; if only
    /// extremes are gathered, the first one is NaN if a value is NaN. NaNs that are left out do nothing.
    pub moved: Quantities<f64>,
    /// Bounds of what the folds have lost of each quantity; 0 where that is known to be nothing.
    pub lost: [[f64; PACK]; 3],
    /// The greatest magnitudes.
    pub high: [f64; PACK],
    /// The least nonzero magnitudes, infinite or 0 if there is none; only if the sums are complete.
    pub least: [f64; PACK],
    /// The extremes, if they are gathered.
    pub extremes: PackExtremes,
    /// How many values each result has.
    pub count: usize,
    /// How many of them are NaNs that were left out.
    pub nans: [f64; PACK],
    /// Were any left out?
    pub has_nans: bool,
}

impl LaneSums {
    /// The sums of no values.
    pub fn new() -> Self {
        Self {
            moved: Quantities::default(),
            lost: Default::default(),
            high: [0.0; PACK],
            least: [0.0; PACK],
            extremes: PackExtremes::NONE,
            count: 0,
            nans: [0.0; PACK],
            has_nans: false,
        }
    }

    /// How many values of a lane were not left out.
    pub fn numbers(&self, lane: usize) -> f64 {
        self.count as f64 - self.nans[lane]
    }

    /// Is a sum of the lane NaN?
    pub fn is_nan(&self, lane: usize) -> bool {
        self.moved.iter().flatten().any(|fold| fold[lane].is_nan())
    }

    /// May a sum of the lane be NaN because a value is? An infinity makes it NaN in any case.
    pub fn may_have_nans(&self, lane: usize) -> bool {
        self.is_nan(lane) && self.high[lane] < f64::INFINITY
    }
}
