//! The slow and plain version of [`super::Accumulator`]: one integer deposit for each value. The oracle of
//! the tests.

use super::{Moments, Unaligned};

/// Exact moments, one value after the other.
pub fn moments(values: &[Unaligned]) -> Moments {
    let mut moments = Moments::default();
    for &value in values {
        let x = f64::from_ne_bytes(value);
        moments.counts.all += 1;
        moments.extremes.add(x);
        if x.is_finite() {
            moments.sum.add(x);
            moments.squares.add_product(x, x);
        } else {
            moments.counts.add_special(x);
        }
    }
    moments
}
