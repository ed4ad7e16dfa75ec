//! The sums of eight results.

use crate::exact::columns::{PACK, PackExtremes, Quantities};

/// The sums of eight results.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct LaneSums {
    /// For x, RN(x²) and the error x² - RN(x²): what each of both folds has moved by. Quantities that are not
    /// gathered are 0. NaN if a value of the lane is NaN or infinite, or too large for the folds; if only
    /// extremes are gathered, the first one is NaN if a value is NaN.
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
        }
    }
}
