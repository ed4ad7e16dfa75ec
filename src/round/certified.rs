//! Statistics of eight results at a time, rounded without integers where a bound proves the rounding.
//!
//! The sums of [`crate::exact::lanes`] are pairs of doubles. A result is formed as an unevaluated sum of
//! doubles q + r, |r| far below |q|, with a bound on how far it is from the exact one. If q + (r - bound) and
//! q + (r + bound) round to the same double, that double is the exact result rounded once, as rounding is
//! monotonic. Otherwise the result is in doubt and must be found in another way: that is the rule for results
//! that are 0 (but see `is_zero`), for ties of variances and roots, and where sums cancel; else it is rare.
//!
//! # Bounds
//! There are n <= 2^12 values and at most 2^k <= 2^12 additions a lane; the greatest magnitude is from 2^e on
//! and below 2^(e+1); ε = 2^-53; and `lost` bounds what the folds have lost. NaNs that were left out are no
//! values: n is each result's own, while k and `lost` count the zeros in their places, too. That only makes
//! n less beside 2^k, and `lost` greater.
//!
//! - Σx = s1 + s2, both doubles: the addition rounds it.
//! - A quotient of d + l, |l| <= ε|d|, by a double D: q = RN(d / D); d - q·D is a double, at most ε|q·D|, and
//!   computed exactly from RN(q·D) and its error. To add l, and to divide the sum, which is at most
//!   (2ε + ε²)|d|, each adds an error of 2ε²|q|, and little more: together less than 2^-103 |q|. 2^-100 |q|
//!   is taken.
//! - A root of v + l, |l| < 2.1ε|v|: s = RN(√v); v - s² is a double, at most 2.1ε|v|, and
//!   (v - s² + l) / 2s is right up to three errors of 2.2ε²s: from the addition, from the division, and from
//!   2s in the place of s + √(v + l). 2^-100 s is taken.
//! - The mean needs no such bound. Let t be a tie, of 54 bits. Σx and n·t are multiples of the second fold's
//!   unit u, or of t's last bit if that is less. So if nothing was lost, the mean is t itself, and then all
//!   steps are exact; or it is away from t by more than the 2^-104 |q| (1 + 2^-50) from above: 2^-54 |t| / n
//!   is clearly more, and so is u / n for |q| < 2^(e+1). For u >= 2^(e-102+2k), and n <= 2^k in lanes of
//!   their own, n <= 2^(k+2) and k >= 1 for one result in eight lanes. Only n = 8 with k = 1 does not leave
//!   more, but division by 8 is exact. If anything was lost, the bound is 24·u at least, of which the losses
//!   need half a u.
//! - Σx² = h1 + h2 + l1 + l2. With k and n as above, |n·h2| <= 2^-26 T for T = n·Σx²: h2 gathers at most n
//!   residuals of half a unit of the first fold, 2^(2e+3+k-53), and T >= n·2^2e. In the same way, |n·l2| is
//!   at most n²·2^(2e-51+k-53) <= 2^-80 T, and |l1| hardly more than ε·Σx². Their sum for the norm is rounded
//!   once at 2^-53 of itself: an error of 2^-105 Σx² at most, which the root has room for.
//! - n·Σ(x - mean)² = T - P with P = (Σx)² <= T and Σx = a + b, |b| <= ε|a|. Each product is a double and its
//!   error. All terms but n·h1, a² and n·h2 are smaller than 2^-51 T. They are added with their rounding
//!   errors, which are below 2^-78 T. These are added plainly, by at most 10 additions with errors below
//!   2^-128 T each, and the products n·l2 and b² have less. 2^-120 (T + P) is taken. The last addition, to
//!   what is left of d = T - P, has an error of at most 2^-106 |d| more, which the quotient has room for.
//!
//! Products and quotients must not underflow, nor may the bounds: results, or the radicands of roots, below
//! 2^-900 are left in doubt. An error in a product that underflows all the same, as of a² with |a| < 2^-485,
//! is below 8·2^-1074, and far below 2^-120 (T + P). Overflow makes an infinity or NaN, which is left in
//! doubt as well.

use crate::exact::columns::PACK;
use crate::exact::float::{CANONICAL_NAN, power_of_two};
use crate::exact::lanes::LaneSums;
use crate::round::special::NanPolicy;
use crate::simd::{F64s, InstructionSet, Kernel, Simd};

/// The least positive double: doubts about sums may be as small.
const LEAST: f64 = f64::from_bits(1);

/// A statistic that is certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// Σx.
    Sum,
    /// Σx / n.
    Mean,
    /// Σ(x - mean)² / (n - ddof).
    Variance,
    /// The root of the exact variance.
    Std,
    /// √Σx².
    Norm,
}

/// Eight results, and which of them are in doubt.
#[derive(Debug, Clone, Copy)]
pub struct Certified {
    /// The results; those that are in doubt mean nothing.
    pub values: [f64; PACK],
    /// Bit i is set if result i is in doubt.
    pub doubtful: u8,
}

impl Certified {
    /// Puts the results under a policy for the NaNs that were left out: where they are an error, the result
    /// is in doubt. Changes them in place, as a copy would wait for what was just stored.
    #[cold]
    #[inline(never)]
    fn put_under(&mut self, policy: NanPolicy, sums: &LaneSums) {
        if policy == NanPolicy::Omit {
            return;
        }
        for (lane, value) in self.values.iter_mut().enumerate() {
            if sums.nans[lane] != 0.0 {
                let bit = 1 << lane;
                if policy == NanPolicy::Raise {
                    self.doubtful |= bit;
                } else {
                    self.doubtful &= !bit;
                    *value = CANONICAL_NAN;
                }
            }
        }
    }
}

/// Rounds a statistic of eight results. A variance has the divisor n - ddof.
pub fn certify(
    set: InstructionSet,
    sums: &LaneSums,
    statistic: Statistic,
    ddof: u64,
    policy: NanPolicy,
) -> Certified {
    let (mut values, mut doubts) = ([0.0; PACK], [0.0; PACK]);
    macro_rules! run {
        ($nans:literal) => {
            set.run(Certify::<$nans> {
                sums,
                statistic,
                ddof: ddof as f64,
                values: &mut values,
                doubts: &mut doubts,
            })
        };
    }
    let certain = if sums.has_nans {
        run!(true)
    } else {
        run!(false)
    };
    let mut doubtful = 0;
    if !certain {
        for (lane, doubt) in doubts.into_iter().enumerate() {
            if doubt != 0.0 {
                match exception(sums, statistic, ddof, lane) {
                    Some(value) => values[lane] = value,
                    None => doubtful |= 1 << lane,
                }
            }
        }
    }
    let mut certified = Certified { values, doubtful };
    if sums.has_nans {
        certified.put_under(policy, sums);
    }
    certified
}

/// The statistic of a lane where it is not defined, or proved to be 0.
fn exception(sums: &LaneSums, statistic: Statistic, ddof: u64, lane: usize) -> Option<f64> {
    let least_n = match statistic {
        Statistic::Sum | Statistic::Norm => 0.0,
        Statistic::Mean => 1.0,
        // From 2^53 on this may round, but all counts are less.
        Statistic::Variance | Statistic::Std => ddof as f64 + 1.0,
    };
    if sums.numbers(lane) < least_n {
        // Where a sum is NaN, NaNs may not have been counted.
        return (!sums.is_nan(lane)).then_some(CANONICAL_NAN);
    }
    is_zero(sums, statistic, lane).then_some(0.0)
}

/// Is the statistic of a lane proved to be 0? Squares may overflow, which proves nothing against the mean.
fn is_zero(sums: &LaneSums, statistic: Statistic, lane: usize) -> bool {
    if sums.high[lane] == 0.0 && !sums.is_nan(lane) {
        return true;
    }
    let [[s1, s2], ..] = sums.moved.map(|folds| folds.map(|fold| fold[lane]));
    let complete = sums.lost[0][lane] == 0.0;
    match statistic {
        Statistic::Mean => complete && s1 + s2 == 0.0,
        // All magnitudes are the same, zeros aside, and Σx is a multiple i·|x| of it, -n <= i <= n. No two
        // multiples round to the same double, as n <= 2^12: so all values are equal if i·|x| rounds as n·|x|
        // does.
        Statistic::Variance | Statistic::Std => {
            let high = sums.high[lane];
            complete && sums.least[lane] == high && (s1 + s2).abs() == sums.numbers(lane) * high
        }
        Statistic::Sum | Statistic::Norm => false,
    }
}

/// The kernel of [`certify`]; returns whether no result is in doubt. Without `NANS` no NaN was left out, and
/// one register holds the count of all results.
struct Certify<'a, const NANS: bool> {
    sums: &'a LaneSums,
    statistic: Statistic,
    ddof: f64,
    values: &'a mut [f64; PACK],
    /// 0 for results that are not in doubt, else another number or NaN.
    doubts: &'a mut [f64; PACK],
}

impl<const NANS: bool> Kernel for Certify<'_, NANS> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        self.certify(simd.eight())
    }
}

impl<const NANS: bool> Certify<'_, NANS> {
    #[inline(always)]
    fn certify<S: Simd>(self, simd: S) -> bool {
        let mut certain = true;
        let ddof = simd.splat(self.ddof);
        for lane in (0..PACK).step_by(S::LANES) {
            let mut n = simd.splat(self.sums.count as f64);
            if NANS {
                // SAFETY: there are a vector's lanes from `lane` on.
                n = n.sub(unsafe { simd.load(self.sums.nans.as_ptr().add(lane)) });
            }
            let sums = VectorSums::<S> {
                simd,
                sums: self.sums,
                lane,
                n,
            };
            let (value, doubt) = match self.statistic {
                Statistic::Sum => sums.sum(),
                Statistic::Mean => sums.mean(),
                Statistic::Variance => sums.variance(ddof).round(),
                Statistic::Std => sums.variance(ddof).sqrt(simd).round(),
                Statistic::Norm => sums.squares().sqrt(simd).round(),
            };
            certain &= doubt.abs().all_below(LEAST);
            // SAFETY: there are a vector's lanes from `lane` on.
            unsafe {
                value.store(self.values.as_mut_ptr().add(lane));
                doubt.store(self.doubts.as_mut_ptr().add(lane));
            }
        }
        certain
    }
}

/// The sums of the lanes of one vector.
#[derive(Clone, Copy)]
struct VectorSums<'a, S: Simd> {
    simd: S,
    sums: &'a LaneSums,
    /// The first of the lanes.
    lane: usize,
    /// How many values each lane has, without NaNs that were left out.
    n: S::F64,
}

/// A number as an unevaluated sum, and a bound of its distance from the exact one. NaN if the number is too
/// small or too large for the bounds.
struct Approximation<S: Simd> {
    high: S::F64,
    low: S::F64,
    bound: S::F64,
}

impl<S: Simd> VectorSums<'_, S> {
    /// What both folds of a quantity moved by, and a bound of what the second one lost.
    #[inline(always)]
    fn load(self, quantity: usize) -> (S::F64, S::F64, S::F64) {
        let [first, second] = &self.sums.moved[quantity];
        let lost = &self.sums.lost[quantity];
        // SAFETY: there are a vector's lanes from `lane` on.
        unsafe {
            (
                self.simd.load(first.as_ptr().add(self.lane)),
                self.simd.load(second.as_ptr().add(self.lane)),
                self.simd.load(lost.as_ptr().add(self.lane)),
            )
        }
    }

    /// Σx, and the doubt.
    #[inline(always)]
    fn sum(self) -> (S::F64, S::F64) {
        let (s1, s2, lost) = self.load(0);
        let doubt = s1.add(s2.add(lost)).sub(s1.add(s2.sub(lost)));
        (s1.add(s2), doubt)
    }

    /// The mean, and the doubt.
    #[inline(always)]
    fn mean(self) -> (S::F64, S::F64) {
        let (s1, s2, bound) = self.load(0);
        let (high, low) = two_sum(s1, s2);
        let sum = Approximation { high, low, bound };
        let mean = sum.divide(self.simd, self.n);
        // The division's own rounding errors decide nothing, as the head of this file proves.
        let bound = bound.div(self.n);
        Approximation { bound, ..mean }.round()
    }

    /// Σx².
    #[inline(always)]
    fn squares(self) -> Approximation<S> {
        let (h1, h2, h_lost) = self.load(1);
        let (l1, l2, l_lost) = self.load(2);
        let (middle, rest) = two_sum(h2, l1);
        let (high, low) = two_sum(h1, middle);
        let low = low.add(rest.add(l2));
        let (high, low) = two_sum(high, low);
        Approximation {
            high,
            low,
            bound: h_lost.add(l_lost),
        }
    }

    /// The variance. If n <= ddof, the divisor is 0, and the variance in doubt.
    #[inline(always)]
    fn variance(self, ddof: S::F64) -> Approximation<S> {
        let Self { simd, n, .. } = self;
        let divisor = n.mul(n.sub(ddof).max(simd.splat(0.0)));
        let (s1, s2, s_lost) = self.load(0);
        let (h1, h2, h_lost) = self.load(1);
        let (l1, l2, l_lost) = self.load(2);
        let (a, b) = two_sum(s1, s2);
        let (squares, squares_error) = two_product(n, h1);
        let (square, square_error) = two_product(a, a);
        let (second, second_error) = two_product(n, h2);
        let (errors, errors_error) = two_product(n, l1);
        let twice = a.add(a);
        let (cross, cross_error) = two_product(twice, b);
        let (high, rest) = two_difference(squares, square);
        let (low, e1) = two_difference(second, cross);
        let (low, e2) = two_sum(low, errors);
        let (low, e3) = two_sum(low, squares_error);
        let (low, e4) = two_difference(low, square_error);
        let (low, e5) = two_sum(low, rest);
        let small = e1.add(e2).add(e3.add(e4)).add(e5);
        let small = small.add(second_error.sub(cross_error));
        let small = small.add(errors_error.add(n.mul(l2)).sub(b.mul(b)));
        let (high, low) = two_sum(high, low);
        let (high, low) = two_sum(high, low.add(small));
        // The sums of squares lost some of Σx², and Σx some of itself.
        let of_squares = n.mul(h_lost.add(l_lost));
        let of_sum = twice.abs().add(s_lost).mul(s_lost);
        let bound = squares.add(square).mul(simd.splat(power_of_two(-120)));
        Approximation {
            high,
            low,
            bound: bound.add(of_squares.add(of_sum)),
        }
        .divide(simd, divisor)
    }
}

impl<S: Simd> Approximation<S> {
    /// self / divisor.
    #[inline(always)]
    fn divide(self, simd: S, divisor: S::F64) -> Self {
        let quotient = self.high.div(divisor);
        let (product, error) = two_product(quotient, divisor);
        let rest = self.high.sub(product).sub(error).add(self.low);
        let rounding = quotient.abs().mul(simd.splat(power_of_two(-100)));
        Self {
            high: large_enough(simd, quotient),
            low: rest.div(divisor),
            bound: self.bound.div(divisor).add(rounding),
        }
    }

    /// √self.
    #[inline(always)]
    fn sqrt(self, simd: S) -> Self {
        let radicand = large_enough(simd, self.high);
        let root = radicand.sqrt();
        let (square, error) = two_product(root, root);
        let rest = radicand.sub(square).sub(error).add(self.low);
        let rounding = root.mul(simd.splat(power_of_two(-100)));
        Self {
            high: root,
            low: rest.div(root.add(root)),
            // The root changes by at most bound / root, as it is concave.
            bound: self.bound.div(root).add(rounding),
        }
    }

    /// The number rounded, and the doubt: 0 if the bound decides the rounding.
    #[inline(always)]
    fn round(self) -> (S::F64, S::F64) {
        let Self { high, low, bound } = self;
        let doubt = high.add(low.add(bound)).sub(high.add(low.sub(bound)));
        (high.add(low), doubt)
    }
}

/// x, or NaN if its magnitude is below 2^-900.
#[inline(always)]
fn large_enough<S: Simd>(simd: S, x: S::F64) -> S::F64 {
    x.replace_below(simd.splat(power_of_two(-900)), simd.splat(f64::NAN))
}

/// RN(a + b) and its error (Knuth 1969).
#[inline(always)]
fn two_sum<V: F64s>(a: V, b: V) -> (V, V) {
    let sum = a.add(b);
    let of_b = sum.sub(a);
    (sum, a.sub(sum.sub(of_b)).add(b.sub(of_b)))
}

/// RN(a - b) and its error.
#[inline(always)]
fn two_difference<V: F64s>(a: V, b: V) -> (V, V) {
    let difference = a.sub(b);
    let of_b = difference.sub(a);
    (difference, a.sub(difference.sub(of_b)).sub(b.add(of_b)))
}

/// RN(a·b) and its error.
#[inline(always)]
fn two_product<V: F64s>(a: V, b: V) -> (V, V) {
    let product = a.mul(b);
    (product, a.product_error(b, product))
}

/// The minima, or the maxima, of eight results.
pub fn extremes(sums: &LaneSums, maxima: bool, policy: NanPolicy) -> Certified {
    let mut certified = Certified {
        values: [0.0; PACK],
        doubtful: 0,
    };
    for (lane, value) in certified.values.iter_mut().enumerate() {
        let (min, max) = sums.extremes.of_lane(lane);
        *value = if maxima { max } else { min };
        if sums.has_nans && sums.numbers(lane) == 0.0 {
            *value = CANONICAL_NAN;
        }
        if sums.moved[0][0][lane].is_nan() {
            certified.doubtful |= 1 << lane;
        }
    }
    if sums.has_nans {
        certified.put_under(policy, sums);
    }
    certified
}
