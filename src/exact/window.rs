//! Which bits the folds hold: the exponents of their start values, and what a block must satisfy to fit them.
//!
//! Notation: lanes take 2^k additions in a block, where k is `log2_adds`; all |x| < 2^(e+1); a fold starts at
//! 1.5·2^m and works in units of 2^(m-52). The head comment of [`super::extract`] has the proofs.

use super::dyadic::Dyadic;
use super::extremes::Extremes;
use super::float::{LEAST_BIT, MIN_EXPONENT, exponent, power_of_two};
use super::moments::Counts;
use super::natural::Natural;
use super::quantity::{NARROW_BITS, Quantity, folds_of_x};
use super::short::{Short, add, shifted, subtract};
use super::superaccumulator::{OnDemand, Squares, Sum, Superaccumulator};
use crate::simd::MAX_LANES;

/// The most folds of one quantity.
pub const MAX_DEPTH: usize = 3;

/// How many folds a block takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Two folds, which hold most blocks.
    Two = 2,
    /// Three folds, for exponents further apart.
    Three = 3,
}

/// The most blocks that totals hold. A block changes a lane by at most 2^51 units, and the lanes of up to 4
/// vectors share a total: so totals stay below 2^63.
const MAX_BLOCKS: u32 = 1 << 9;

/// The folds of one quantity.
#[derive(Debug, Clone, Copy, Default)]
pub struct Folds {
    /// The start value of each fold's lanes: 1.5·2^m.
    pub start: [f64; MAX_DEPTH],
    /// The exponent of each fold's unit: m - 52.
    unit: [i32; MAX_DEPTH],
}

impl Folds {
    /// The first fold's m, from values below 2^(e+1), is e + 2 + k. Rounding leaves residuals of at most half
    /// a unit, 2^(m-53), so the next m is m - 52 + k. No m is below -1022, whose unit 2^-1074 all doubles are
    /// multiples of.
    fn new(e: i32, log2_adds: u32) -> Self {
        let mut folds = Self::default();
        let mut m = e + 2 + log2_adds as i32;
        for j in 0..MAX_DEPTH {
            m = m.max(MIN_EXPONENT);
            folds.start[j] = one_and_a_half(m);
            folds.unit[j] = m - 52;
            m = m - 52 + log2_adds as i32;
        }
        folds
    }

    /// The sum of the totals of all lanes in units of the second fold, if the third one is empty.
    ///
    /// A total is below 2^62 in magnitude ([`MAX_BLOCKS`]), the units of the folds are at most 2^52 apart:
    /// the sum over all lanes is below 2^118.
    #[inline(always)]
    fn total_of_two(&self, lanes: &Lanes) -> Option<i128> {
        let [first, second, third] = lanes;
        if third.iter().any(|&total| total != 0) {
            return None;
        }
        Some((total(first) << (self.unit[0] - self.unit[1])) + total(second))
    }

    /// The same in units of 2^(2·exponent), modulo 2^256.
    #[inline(always)]
    fn squares_of_two(&self, lanes: &Lanes, exponent: i32) -> Option<[u64; 4]> {
        let total = self.total_of_two(lanes)?;
        // The shift is below 128, but for windows of magnitudes that have no squares here: of 0 in total.
        let shift = (self.unit[1] - 2 * exponent) & 127;
        Some(shifted(total, shift as u32))
    }

    /// Adds the totals of one lane, an integer for each fold, to a superaccumulator.
    pub fn deposit<const DIGITS: usize, const LSB: i32>(
        &self,
        totals: &[i64],
        into: &mut Superaccumulator<DIGITS, LSB>,
    ) {
        for (&total, &unit) in totals.iter().zip(&self.unit) {
            if total != 0 {
                into.deposit(total < 0, total.unsigned_abs(), unit);
            }
        }
    }
}

/// The folds of a block's values and squares, and its admission test.
#[derive(Debug, Clone, Copy, Default)]
pub struct Window {
    /// Folds of x.
    pub sum: Folds,
    /// Folds of h = RN(x²).
    pub square: Folds,
    /// Folds of x² - h.
    pub error: Folds,
    /// Blocks that fit have all |x| < `above`.
    pub above: f64,
    /// Blocks that fit have all nonzero |x| >= the first of these for two folds, the second for three.
    least: [f64; 2],
}

impl Window {
    /// The window for values up to `largest` (finite, not 0) in magnitude; `None` if the lanes might
    /// overflow. Lanes do 2^`log2_adds` additions in a block.
    pub fn new<Q: Quantity>(largest: f64, log2_adds: u32) -> Option<Self> {
        let e = exponent(largest);
        let top = if Q::SQUARES { 2 * e + 1 } else { e } + 2 + log2_adds as i32;
        if top > 1022 {
            return None;
        }
        let mut window = Self {
            sum: Folds::new(e, log2_adds),
            above: power_of_two(e + 1),
            ..Self::default()
        };
        if Q::SQUARES {
            // h < 2^(2e+2), and its error is at most half an ulp of that: 2^(2e-52).
            window.square = Folds::new(2 * e + 1, log2_adds);
            window.error = Folds::new(2 * e - 53, log2_adds);
        }
        // How many bits follow the leading one, in a value and in h.
        let (fraction, square_fraction) = if Q::NARROW {
            (NARROW_BITS - 1, 2 * NARROW_BITS - 2)
        } else {
            (52, 52)
        };
        for (depth, least) in window.least.iter_mut().enumerate() {
            let last = depth + 1;
            let last_of_x = folds_of_x::<Q>(last + 1) - 1;
            // A value of exponent f is a multiple of 2^(f-52), h of 2^(2f-52), and the error of 2^(2f-104);
            // narrow values and their h of larger powers. The unit of the error's last fold is at least
            // 2^-1074: so a value whose error underflows, f < -485, does not fit.
            *least = match window.sum.unit[last_of_x] {
                LEAST_BIT => 0.0,
                unit => power_of_two(unit + fraction),
            };
            if Q::SQUARES {
                let root = |exponent: i32| power_of_two((exponent + 1).div_euclid(2));
                *least = least.max(root(window.square.unit[last] + square_fraction));
                if !Q::NARROW {
                    *least = least.max(root(window.error.unit[last] + 104));
                }
            }
        }
        Some(window)
    }

    /// The least nonzero magnitude that folds of this depth hold.
    pub fn least(&self, depth: Depth) -> f64 {
        self.least[depth as usize - 2]
    }

    /// Do folds of this depth hold nonzero magnitudes from `least` to `largest`?
    pub fn holds(&self, depth: Depth, least: f64, largest: f64) -> bool {
        largest < self.above && least >= self.least(depth)
    }

    /// How many folds hold nonzero magnitudes from `least` to `largest`; `None` if three do not.
    pub fn depth(&self, least: f64, largest: f64) -> Option<Depth> {
        [Depth::Two, Depth::Three]
            .into_iter()
            .find(|&depth| self.holds(depth, least, largest))
    }
}

/// The window of products x·y: like a window of squares, but with exponents of both factors.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProductWindow {
    /// The folds of RN(x·y) as those of squares, and the folds of its error; `above` bounds the products.
    pub folds: Window,
    /// The least sum of the factors' exponents, for two folds and for three.
    least: [i32; 2],
}

impl ProductWindow {
    /// The window for factors up to these magnitudes (finite, not 0); `None` if the lanes might overflow.
    pub fn new(largest: (f64, f64), log2_adds: u32) -> Option<Self> {
        let e = exponent(largest.0) + exponent(largest.1) + 1;
        if e + 2 + log2_adds as i32 > 1022 {
            return None;
        }
        let mut window = Self {
            folds: Window {
                square: Folds::new(e, log2_adds),
                // Half an ulp of a product below 2^(e+1) is at most 2^(e-53).
                error: Folds::new(e - 54, log2_adds),
                above: power_of_two(e + 1),
                ..Window::default()
            },
            least: [0; 2],
        };
        for (depth, least) in window.least.iter_mut().enumerate() {
            // The product of values of exponents f and g is a multiple of 2^(f+g-104), and so is its error;
            // RN of the product is a multiple of 2^(f+g-52).
            let rounded = window.folds.square.unit[depth + 1] + 52;
            *least = rounded.max(window.folds.error.unit[depth + 1] + 104);
        }
        Some(window)
    }

    /// Do folds of this depth hold products of factors with these least nonzero magnitudes?
    #[inline(always)]
    pub fn reaches(&self, depth: Depth, least: (f64, f64)) -> bool {
        // Without a nonzero factor there is no nonzero product.
        least.0 == f64::INFINITY
            || least.1 == f64::INFINITY
            || leading_bit(least.0) + leading_bit(least.1) >= self.least[depth as usize - 2]
    }
}

/// 1.5·2^m, for m of a normal number.
#[inline(always)]
fn one_and_a_half(m: i32) -> f64 {
    f64::from_bits(((m + 1023) as u64) << 52 | 1 << 51)
}

/// floor(log2 x) of x > 0, subnormals included: a subnormal factor makes the unit in the last place of the
/// rounded product finer than its own.
#[inline(always)]
fn leading_bit(x: f64) -> i32 {
    if x < f64::MIN_POSITIVE {
        exponent(x * power_of_two(64)) - 64
    } else {
        exponent(x)
    }
}

/// The totals of one quantity: for each fold and lane an integer in units of the fold.
pub type Lanes = [[i64; MAX_LANES]; MAX_DEPTH];

/// Sums of blocks under one window.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Totals of x.
    pub sum: Lanes,
    /// Totals of h = RN(x²).
    pub square: Lanes,
    /// Totals of x² - h.
    pub error: Lanes,
    /// How many blocks were added.
    pub blocks: u32,
}

impl Totals {
    /// How many blocks may be added until the totals must be deposited.
    pub fn room(&self) -> usize {
        (MAX_BLOCKS - self.blocks) as usize
    }

    /// The moments of the values added, in a few words, if two folds hold them; the totals stay. `counts` and
    /// `extremes` are those of the values, which may include zeros and NaNs that were not added.
    ///
    /// The units are that of the second fold of x, at least 2^(e + 2k - 102), and its square, where
    /// 2 <= k <= 8. At most 2^19 values of at most 2^(e+1) were added: so Σx is below 2^(122 - 2k) units, and
    /// Σx² below 2^(225 - 4k).
    ///
    /// The unit of the second fold of h is 2^(103 - 2k) of the units, and that of the error 2^(49 - 2k), or
    /// more if it would be below 2^-1074. But where squares are gathered e is at least -485, as smaller
    /// values do not fit, and narrow ones are no smaller than 2^-149: so the unit of the error is
    /// 2^(100 - 4k) of the units at most.
    #[inline(always)]
    pub fn short<Q: Quantity>(
        &self,
        window: &Window,
        counts: Counts,
        extremes: Extremes,
    ) -> Option<Short> {
        // The values that were not added count as well in n·Σx², which must be below 2^256.
        if counts.all >> 32 > 0 {
            return None;
        }
        let mut short = Short {
            counts,
            sum: 0,
            squares: [0; 4],
            exponent: window.sum.unit[1],
            extremes,
        };
        if Q::SUM {
            short.sum = window.sum.total_of_two(&self.sum)?;
        }
        if Q::SQUARES {
            short.squares = window.square.squares_of_two(&self.square, short.exponent)?;
            if !Q::NARROW {
                let errors = window.error.squares_of_two(&self.error, short.exponent)?;
                short.squares = add(short.squares, errors);
            }
        }
        Some(short)
    }

    /// The sum of the products added, in a few words, if two folds hold it; the totals stay.
    ///
    /// The unit is that of the error's second fold, and that of the rounded products is 2^54 of it, or less
    /// if it would be below 2^-1074: the sum is below 2^(118 + 55).
    #[inline(always)]
    pub fn products(&self, window: &ProductWindow) -> Option<Dyadic<4>> {
        let Window { square, error, .. } = &window.folds;
        let rounded = square.total_of_two(&self.square)?;
        let errors = error.total_of_two(&self.error)?;
        let [exponent, finer] = [square, error].map(|folds| folds.unit[1]);
        let sum = add(
            shifted(rounded, (exponent - finer) as u32),
            shifted(errors, 0),
        );
        let negative = sum[3] >> 63 > 0;
        let magnitude = if negative { subtract([0; 4], sum) } else { sum };
        Some(Dyadic {
            negative,
            magnitude: Natural::from_array(magnitude, finer),
        })
    }

    /// Moves the totals into superaccumulators, and leaves zeros.
    pub fn deposit<Q: Quantity>(
        &mut self,
        window: &Window,
        sum: &mut OnDemand<Sum>,
        squares: &mut OnDemand<Squares>,
    ) {
        if self.blocks > 0 {
            if Q::SUM {
                deposit(&mut self.sum, &window.sum, sum.get());
            }
            if Q::SQUARES {
                deposit(&mut self.square, &window.square, squares.get());
                deposit(&mut self.error, &window.error, squares.get());
            }
            self.blocks = 0;
        }
    }
}

/// The sum of all lanes of a fold.
#[inline(always)]
fn total(fold: &[i64; MAX_LANES]) -> i128 {
    let mut total = 0;
    for &lane in fold {
        total += i128::from(lane);
    }
    total
}

/// Moves the totals of one quantity into a superaccumulator, and leaves zeros.
fn deposit<const DIGITS: usize, const LSB: i32>(
    lanes: &mut Lanes,
    folds: &Folds,
    into: &mut Superaccumulator<DIGITS, LSB>,
) {
    for (fold, unit) in lanes.iter_mut().zip(folds.unit) {
        let total = total(fold);
        if total != 0 {
            into.deposit_wide(total, unit);
        }
        *fold = [0; MAX_LANES];
    }
}
