//! Sums of values of any exponent: one integer for each exponent, to which significands are added.
//!
//! The large superaccumulator of Neal, "Fast exact summation using small and large superaccumulators" (2015),
//! extended to squares. A significand goes unshifted into the bin of its sign and exponent; [`Bins::drain`]
//! shifts the sums.

use super::Unaligned;
use super::float::{LEAST_BIT, parts};
use super::quantity::Quantity;
use super::superaccumulator::{Squares, Sum};
use super::zeroed::zeroed;

/// How many values the exponent field of a double has.
const EXPONENTS: usize = 2048;
/// How many values the bins hold: a square has at most 106 bits, so that 2^22 of them fit 128 bits.
const CAPACITY: usize = 1 << 22;

/// Bins for Σx and Σx².
pub struct Bins {
    /// Low words of Σ significands, by sign and exponent field.
    low: [u64; 2 * EXPONENTS],
    /// How often each low word overflowed.
    high: [u32; 2 * EXPONENTS],
    /// Σ significands², by exponent field.
    squares: [u128; EXPONENTS],
    /// How many values were added since the bins were drained.
    values: usize,
}

impl Bins {
    /// Empty bins; `None` if there is no memory for them (they take 80 KiB).
    pub fn new() -> Option<Box<Self>> {
        // SAFETY: All-zero bytes are valid `Bins`.
        unsafe { zeroed() }
    }

    /// How many values may be added until the bins must be drained.
    pub fn room(&self) -> usize {
        CAPACITY - self.values
    }

    /// Adds finite values, at most [`Self::room`] of them, to the sums that `Q` gathers.
    pub fn add<Q: Quantity>(&mut self, values: &[Unaligned]) {
        debug_assert!(values.len() <= self.room());
        self.values += values.len();
        for &value in values {
            let x = f64::from_ne_bytes(value);
            let index = (x.to_bits() >> 52) as usize;
            let significand = parts(x).significand;
            if Q::SUM {
                let (sum, carry) = self.low[index].overflowing_add(significand);
                self.low[index] = sum;
                // The branch is well predicted: a word overflows at most once in 2^11 additions.
                if carry {
                    self.high[index] += 1;
                }
            }
            if Q::SQUARES {
                let square = u128::from(significand) * u128::from(significand);
                self.squares[index % EXPONENTS] += square;
            }
        }
    }

    /// Moves everything into the superaccumulators, and leaves the bins empty.
    pub fn drain(&mut self, sum: &mut Sum, squares: &mut Squares) {
        let last_bit = |index: usize| LEAST_BIT + (index % EXPONENTS).max(1) as i32 - 1;
        for (index, (low, high)) in self.low.iter_mut().zip(&mut self.high).enumerate() {
            if *low != 0 || *high != 0 {
                let negative = index >= EXPONENTS;
                sum.deposit(negative, *low, last_bit(index));
                sum.deposit(negative, u64::from(*high), last_bit(index) + 64);
                (*low, *high) = (0, 0);
            }
        }
        for (index, total) in self.squares.iter_mut().enumerate() {
            if *total != 0 {
                let exponent = 2 * last_bit(index);
                squares.deposit(false, *total as u64, exponent);
                squares.deposit(false, (*total >> 64) as u64, exponent + 64);
                *total = 0;
            }
        }
        self.values = 0;
    }
}
