//! The oracle of the tests: a slow and plain version of [`super::Accumulator`], with one integer deposit for
//! each value.

use super::{Moments, Unaligned};

/// The exact moments of values, added one after the other.
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
