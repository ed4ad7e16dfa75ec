//! Which bits the folds hold: the exponents of their start values, and what a block must satisfy to fit them.
//!
//! Notation: lanes take 2^k additions in a block, where k is `log2_adds`; all |x| < 2^(e+1); a fold starts at
//! 1.5·2^m and works in units of 2^(m-52). The head comment of [`super::extract`] has the proofs.

use super::float::{LEAST_BIT, MIN_EXPONENT, exponent, power_of_two};
use super::quantity::{NARROW_BITS, Quantity, folds_of_x};
use super::superaccumulator::{Squares, Sum, Superaccumulator};
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
            folds.start[j] = 1.5 * power_of_two(m);
            folds.unit[j] = m - 52;
            m = m - 52 + log2_adds as i32;
        }
        folds
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
#[derive(Debug, Clone, Copy)]
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

    /// Moves the totals into superaccumulators, and leaves zeros.
    pub fn deposit<Q: Quantity>(&mut self, window: &Window, sum: &mut Sum, squares: &mut Squares) {
        if self.blocks > 0 {
            if Q::SUM {
                deposit(&mut self.sum, &window.sum, sum);
            }
            if Q::SQUARES {
                deposit(&mut self.square, &window.square, squares);
                deposit(&mut self.error, &window.error, squares);
            }
            self.blocks = 0;
        }
    }
}

/// Moves the totals of one quantity into a superaccumulator, and leaves zeros.
fn deposit<const DIGITS: usize, const LSB: i32>(
    lanes: &mut Lanes,
    folds: &Folds,
    into: &mut Superaccumulator<DIGITS, LSB>,
) {
    for (fold, unit) in lanes.iter_mut().zip(folds.unit) {
        let total: i128 = fold.iter().map(|&lane| i128::from(lane)).sum();
        if total != 0 {
            into.deposit_wide(total, unit);
        }
        *fold = [0; MAX_LANES];
    }
}
