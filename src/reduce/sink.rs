//! Where the moments of results go.

use crate::error::Result;
use crate::exact::Moments;

/// Makes a result of the moments, or of the few values, of each element of the kept axes.
pub trait Sink: Sync {
    /// Takes the moments of one result; `index` counts the results in C order of the kept axes. Called on any
    /// thread, at most once for each result.
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()>;

    /// Takes the values of a result, which are few, instead of its moments; `false` if it needs the moments.
    /// These then also come for neighbouring results whose values it has taken.
    fn values(&self, index: usize, values: &[f64]) -> bool {
        let _ = (index, values);
        false
    }
}
