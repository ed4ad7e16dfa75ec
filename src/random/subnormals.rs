//! No sample is subnormal, as computing with subnormal numbers is slow.

use crate::simd::{F64s, Simd};

/// The sample, or `stand_in` for one that is smaller in magnitude than any normal number, zeros of either
/// sign included.
#[inline(always)]
pub fn replaced(sample: f64, stand_in: f64) -> f64 {
    if sample.abs() < f64::MIN_POSITIVE {
        stand_in
    } else {
        sample
    }
}

/// As [`replaced`], for every lane.
#[inline(always)]
pub fn replaced_lanes<S: Simd>(simd: S, samples: S::F64, stand_in: S::F64) -> S::F64 {
    samples.replace_below(simd.splat(f64::MIN_POSITIVE), stand_in)
}

/// The stand-in of a law on [low, high]: 0 if it is in the interval, or else the interval's normal number
/// next to 0. `None` if all numbers in the interval are subnormal.
pub fn stand_in(low: f64, high: f64) -> Option<f64> {
    if low > 0.0 {
        (high >= f64::MIN_POSITIVE).then_some(f64::MIN_POSITIVE)
    } else if high < 0.0 {
        (low <= -f64::MIN_POSITIVE).then_some(-f64::MIN_POSITIVE)
    } else {
        Some(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_lie_in_the_interval() {
        let (normal, subnormal) = (f64::MIN_POSITIVE, f64::MIN_POSITIVE / 2.0);
        for (low, high, expected) in [
            (-1.0, 1.0, Some(0.0)),
            (-0.0, -0.0, Some(0.0)),
            (-1.0, -subnormal, Some(-normal)),
            (-normal, -subnormal, Some(-normal)),
            (-subnormal, -5e-324, None),
            (5e-324, subnormal, None),
            (subnormal, normal, Some(normal)),
            (5e-324, 1.0, Some(normal)),
        ] {
            assert_eq!(stand_in(low, high), expected, "[{low:?}, {high:?}]");
        }
    }
}
