//! Where the folds of each lane start: the window of [`crate::exact::window`], by vector operations.

use super::sums::LaneSums;
use crate::exact::columns::FOLDS;
use crate::exact::extract::Running;
use crate::exact::float::{MIN_EXPONENT, power_of_two};
use crate::exact::quantity::Quantity;
use crate::exact::sums::Sums;
use crate::simd::{F64s, Simd};

/// The exponent field of a double.
const EXPONENT_FIELD: u64 = 0x7ff << 52;

/// Is the sum with this index gathered: of x, of RN(x²), of its error?
#[inline(always)]
pub fn is_gathered<Q: Quantity>(quantity: usize) -> bool {
    if quantity == 0 { Q::SUM } else { Q::SQUARES }
}

/// The start values of the folds.
pub struct Start<S: Simd> {
    /// Of both folds, for x, RN(x²) and the error.
    folds: [[S::F64; FOLDS]; 3],
    /// Of the fold of each that may lose bits.
    last: [S::F64; 3],
}

impl<S: Simd> Start<S> {
    /// The start values for magnitudes up to `high` and 2^k additions, where k is `log2_adds`, at most 12.
    ///
    /// The first fold's m is e + 2 + k where magnitudes are below 2^(e+1), the second fold's is by 52 - k
    /// less, and none is below -1022. Squares have 2e + 1 in the place of e, and their errors 2e - 53. Unless
    /// the sums are to be `complete`, errors are summed up plainly, from 0 on.
    #[inline(always)]
    pub fn new<Q: Quantity>(simd: S, high: S::F64, log2_adds: u32, complete: bool) -> Self {
        let k = log2_adds as i32;
        let lowest = simd.splat(1.5 * power_of_two(MIN_EXPONENT));
        let to_second = simd.splat(power_of_two(k - 52));
        // Powers of two are multiplied without an error, or underflow below `lowest`. Infinity stays so, and
        // makes sums that are NaN.
        let exponent_field = simd.splat(f64::from_bits(EXPONENT_FIELD));
        let unit = high
            .and(exponent_field)
            .max(simd.splat(power_of_two(MIN_EXPONENT)));
        let zero = simd.splat(0.0);
        let mut folds = [[zero; FOLDS]; 3];
        let mut last = [zero; 3];
        if Q::SUM {
            let first = unit.mul(simd.splat(1.5 * power_of_two(2 + k)));
            last[0] = first.mul(to_second).max(lowest);
            folds[0] = [first, last[0]];
        }
        if Q::SQUARES {
            let square = unit.mul(unit).mul(simd.splat(1.5 * power_of_two(3 + k)));
            let first = square.max(lowest);
            last[1] = first.mul(to_second).max(lowest);
            folds[1] = [first, last[1]];
            let first = square.mul(simd.splat(power_of_two(-54))).max(lowest);
            if complete {
                last[2] = first.mul(to_second).max(lowest);
                folds[2] = [first, last[2]];
            } else {
                last[2] = first;
            }
        }
        Self { folds, last }
    }

    /// The running sums that start here.
    #[inline(always)]
    pub fn running<Q: Quantity>(&self) -> Sums<S, Q, 1, FOLDS> {
        let [[a, b], [c, d], [e, f]] = self.folds;
        Sums::from_running([
            Running::from_folds([[a], [b]]),
            Running::from_folds([[c], [d]]),
            Running::from_folds([[e], [f]]),
        ])
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
            if is_gathered::<Q>(quantity) {
                let start = self.folds[quantity];
                // NaN unless m <= 1022: otherwise sums might overflow.
                let double = start[0].add(start[0]);
                let too_large = double.sub(double);
                let ends = ends.running[quantity].folds();
                for (fold, ([end], start)) in ends.iter().zip(start).enumerate() {
                    let moved = end.sub(start).add(too_large);
                    // SAFETY: there are a vector's lanes from `lane` on.
                    unsafe { moved.store(sums.moved[quantity][fold].as_mut_ptr().add(lane)) };
                }
            }
        }
    }

    /// Writes bounds of what the folds have lost of `count` values whose nonzero magnitudes are at least
    /// `least`; 0 where that is nothing.
    ///
    /// A fold that starts at 1.5·2^m loses at most half a unit 2^(m-52) with each value. It loses nothing of
    /// multiples of its unit, and nothing at all if that is 2^-1074. A value of exponent f is a multiple of
    /// 2^(f-52), its rounded square of 2^(2f-52), and the error of 2^(2f-104) unless that underflows, f <
    /// -485; then it is wrong by less than 8·2^-1074, also where the partial products of Dekker's underflow.
    ///
    /// Errors, at most 2^(2e-52) each, may be summed up plainly instead, by at most 2^k additions a lane; and
    /// if eight lanes are added in the end, each value takes part in three more. That loses at most
    /// n·(2^k + 3)·2^(2e-105) with m = 2e - 51 + k: no more than 2^(m-52) for each of n values. So
    /// 24·2^(m-52) for each value, and for 8 more, are more than enough in all cases.
    #[inline(always)]
    pub fn store_lost<Q: Quantity>(
        &self,
        simd: S,
        least: S::F64,
        count: f64,
        sums: &mut LaneSums,
        lane: usize,
    ) {
        let exponent_field = simd.splat(f64::from_bits(EXPONENT_FIELD));
        let zero = simd.splat(0.0);
        let factor = simd.splat((count + 8.0) * power_of_two(-48));
        let leading = least.and(exponent_field);
        let [of_sum, of_square, of_error] = &mut sums.lost;
        let [sum, square, error] = self.last;
        // Where the limit minus the leading bit is positive, bits may be lost.
        if Q::SUM {
            let limit = sum.and(exponent_field);
            let limit = limit.replace_below(simd.splat(power_of_two(MIN_EXPONENT + 1)), zero);
            let lost = zero.replace_below(limit.sub(leading), sum.mul(factor));
            // SAFETY: there are a vector's lanes from `lane` on.
            unsafe { lost.store(of_sum.as_mut_ptr().add(lane)) };
        }
        if Q::SQUARES {
            let leading = leading.replace_below(simd.splat(power_of_two(-485)), zero);
            let leading = leading.mul(leading);
            let limit = square.and(exponent_field);
            let lost = zero.replace_below(limit.sub(leading), square.mul(factor));
            // SAFETY: as above.
            unsafe { lost.store(of_square.as_mut_ptr().add(lane)) };
            let limit = error.and(exponent_field).mul(simd.splat(power_of_two(52)));
            let lost = zero.replace_below(limit.sub(leading), error.mul(factor));
            // SAFETY: as above.
            unsafe { lost.store(of_error.as_mut_ptr().add(lane)) };
        }
    }
}
