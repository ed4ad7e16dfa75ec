//! Where the folds of each lane start: the window of [`crate::exact::window`], by vector operations.

use super::LaneSums;
use crate::exact::columns::FOLDS;
use crate::exact::extract::Running;
use crate::exact::float::{MIN_EXPONENT, power_of_two};
use crate::exact::quantity::Quantity;
use crate::exact::sums::Sums;
use crate::simd::{F64s, Simd};

/// The exponent field of a double.
const EXPONENT_FIELD: u64 = 0x7ff << 52;

/// The start values of both folds, for x, RN(x²) and the error.
pub struct Start<S: Simd>(pub [[S::F64; 2]; 3]);

impl<S: Simd> Start<S> {
    /// The start values for magnitudes up to `high` and 2^`log2_adds` additions, at most 2^13: the first
    /// fold's m is e + 2 + log2_adds where magnitudes are below 2^(e+1), the second fold's is by 52 -
    /// log2_adds less, and none is below -1022. Squares have 2e + 1 in the place of e, and their errors 2e -
    /// 53.
    #[inline(always)]
    pub fn new<Q: Quantity>(simd: S, high: S::F64, log2_adds: u32) -> Self {
        let k = log2_adds as i32;
        let power = |exponent| simd.splat(1.5 * power_of_two(exponent));
        let lowest = simd.splat(1.5 * power_of_two(MIN_EXPONENT));
        let to_second = simd.splat(power_of_two(k - 52));
        // Powers of two are multiplied without an error, or underflow below `lowest`. Infinity stays so, and
        // makes sums that are NaN.
        let exponent_field = simd.splat(f64::from_bits(EXPONENT_FIELD));
        let unit = high
            .and(exponent_field)
            .max(simd.splat(power_of_two(MIN_EXPONENT)));
        let none = [simd.splat(0.0); 2];
        let mut start = [none; 3];
        if Q::SUM {
            let first = unit.mul(power(2 + k));
            start[0] = [first, first.mul(to_second).max(lowest)];
        }
        if Q::SQUARES {
            let square = unit.mul(unit).mul(power(3 + k));
            let first = square.max(lowest);
            start[1] = [first, first.mul(to_second).max(lowest)];
            let first = square.mul(simd.splat(power_of_two(-54))).max(lowest);
            start[2] = [first, first.mul(to_second).max(lowest)];
        }
        Self(start)
    }

    /// The running sums that start here.
    #[inline(always)]
    pub fn running(&self) -> [Running<S, 1, 2>; 3] {
        let [[a, b], [c, d], [e, f]] = self.0;
        [
            Running::from_folds([[a], [b]]),
            Running::from_folds([[c], [d]]),
            Running::from_folds([[e], [f]]),
        ]
    }
    /// Writes what the folds have moved by.
    #[inline(always)]
    pub fn store_moved<Q: Quantity>(
        &self,
        ends: &Sums<S, Q, 1, FOLDS>,
        sums: &mut LaneSums,
        lane: usize,
    ) {
        for quantity in 0..3 {
            if if quantity == 0 { Q::SUM } else { Q::SQUARES } {
                let start = self.0[quantity];
                // NaN unless m <= 1022: otherwise sums might overflow.
                let double = start[0].add(start[0]);
                let too_large = double.sub(double);
                // SAFETY: there are a vector's lanes from `lane` on.
                unsafe {
                    for fold in 0..FOLDS {
                        let [end] = ends.running[quantity].folds()[fold];
                        let moved = end.sub(start[fold]).add(too_large);
                        moved.store(sums.moved[quantity][fold].as_mut_ptr().add(lane));
                    }
                }
            }
        }
    }

    /// Writes the start values of the second folds, or 0 where these lose nothing for nonzero magnitudes from
    /// `least` on.
    ///
    /// A value of exponent f is a multiple of 2^(f-52), its rounded square of 2^(2f-52), and the error of
    /// 2^(2f-104) unless that underflows, f < -485. A fold loses nothing of multiples of its unit 2^(m-52),
    /// and nothing at all if that is 2^-1074.
    #[inline(always)]
    pub fn store_losses<Q: Quantity>(
        &self,
        simd: S,
        least: S::F64,
        sums: &mut LaneSums,
        lane: usize,
    ) {
        let exponent_field = simd.splat(f64::from_bits(EXPONENT_FIELD));
        let zero = simd.splat(0.0);
        let leading = least.and(exponent_field);
        let [sum, square, error] = &mut sums.last;
        // Where the limit minus the leading bit is positive, bits may be lost.
        if Q::SUM {
            let start = self.0[0][1];
            let limit = start.and(exponent_field);
            let limit = limit.replace_below(simd.splat(power_of_two(MIN_EXPONENT + 1)), zero);
            let lost = zero.replace_below(limit.sub(leading), start);
            // SAFETY: there are a vector's lanes from `lane` on.
            unsafe { lost.store(sum.as_mut_ptr().add(lane)) };
        }
        if Q::SQUARES {
            let leading = leading.replace_below(simd.splat(power_of_two(-485)), zero);
            let leading = leading.mul(leading);
            let [_, start] = self.0[1];
            let limit = start.and(exponent_field);
            let lost = zero.replace_below(limit.sub(leading), start);
            // SAFETY: as above.
            unsafe { lost.store(square.as_mut_ptr().add(lane)) };
            let [_, start] = self.0[2];
            let limit = start.and(exponent_field).mul(simd.splat(power_of_two(52)));
            let lost = zero.replace_below(limit.sub(leading), start);
            // SAFETY: as above.
            unsafe { lost.store(error.as_mut_ptr().add(lane)) };
        }
    }
}
