//! Σwx² of pairs of any exponents: integers for each sign and exponent of the product.
//!
//! As in [`super::powers`], significands are multiplied as integers, and the product, of at most 159 bits, is
//! added unshifted to the bin of its sign and of the exponent of its last bit.

use std::ops::Range;

use super::Unaligned;
use super::float::{LEAST_BIT, parts};
use super::powers::add_words;
use super::superaccumulator::Cubes;
use super::zeroed::zeroed;

/// How many exponents the last bit of a product of three doubles may have: three from 0 to 2045, counted from
/// the least one.
const EXPONENTS: usize = 3 * 2045 + 1;

/// Bins for Σwx²: each holds 2^33 products.
pub struct WeightedSquares {
    bins: [[[u64; 3]; 2]; EXPONENTS],
    /// The exponents of the products in the bins lie in this range, counted from the least one.
    exponents: Range<usize>,
    /// How many products were added since the bins were drained.
    products: u64,
    /// How many of the values x are +∞ and -∞.
    infinities: [u64; 2],
}

/// How many products the bins hold.
const CAPACITY: u64 = 1 << 33;

impl WeightedSquares {
    /// Empty bins; `None` if there is no memory for them. They take 288 KiB, of which the system provides the
    /// pages whose exponents occur.
    pub fn new() -> Option<Box<Self>> {
        // SAFETY: All-zero bytes are valid `WeightedSquares`, whose range of exponents is empty.
        unsafe { zeroed() }
    }

    /// How many products may be added until the bins must be drained.
    pub fn room(&self) -> usize {
        (CAPACITY - self.products) as usize
    }

    /// Adds wx² for each pair of finite numbers, none of which is NaN; at most [`Self::room`] pairs.
    pub fn add(&mut self, xs: &[Unaligned], ws: &[Unaligned]) {
        assert!(xs.len() <= self.room());
        self.products += xs.len() as u64;
        let (mut least, mut greatest) = (EXPONENTS, 0);
        for (&x, &w) in xs.iter().zip(ws) {
            let (x, w) = (f64::from_ne_bytes(x), f64::from_ne_bytes(w));
            if !(x.is_finite() && w.is_finite()) {
                if x.is_infinite() {
                    self.infinities[usize::from(x < 0.0)] += 1;
                }
                continue;
            }
            let (x, w) = (parts(x), parts(w));
            let index = (2 * x.exponent + w.exponent - 3 * LEAST_BIT) as usize;
            least = least.min(index);
            greatest = greatest.max(index);
            let square = u128::from(x.significand) * u128::from(x.significand);
            let low = u128::from(square as u64) * u128::from(w.significand);
            let high = (square >> 64) * u128::from(w.significand) + (low >> 64);
            add_words(
                &mut self.bins[index][usize::from(w.negative)],
                [low as u64, high as u64, (high >> 64) as u64],
            );
        }
        if least <= greatest {
            self.exponents = match self.exponents.is_empty() {
                true => least..greatest + 1,
                false => self.exponents.start.min(least)..self.exponents.end.max(greatest + 1),
            };
        }
    }

    /// How many of the values x are +∞ and -∞; none are afterwards.
    pub fn take_infinities(&mut self) -> [u64; 2] {
        std::mem::take(&mut self.infinities)
    }

    /// Moves everything into a sum, and leaves the bins empty.
    pub fn drain(&mut self, sum: &mut Cubes) {
        for index in std::mem::take(&mut self.exponents) {
            for negative in [false, true] {
                let bin = std::mem::take(&mut self.bins[index][usize::from(negative)]);
                sum.deposit_limbs(negative, &bin, 3 * LEAST_BIT + index as i32);
            }
        }
        self.products = 0;
    }
}
