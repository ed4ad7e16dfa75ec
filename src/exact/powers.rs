//! Sums of the first four powers of values of any exponent: integers for each sign and exponent.
//!
//! What [`super::bins`] does for x and x², to the fourth power: a significand m has at most 53 bits, and m,
//! m², m³ and m⁴ go unshifted into the bin of the value's sign and exponent. There is no other way for them:
//! all values, usual ones and those over the whole range, take the same time.

use std::ops::Range;

use super::Unaligned;
use super::float::LEAST_BIT;
use super::zeroed::zeroed;

/// How many values sign and exponent field of a double have together.
const BINS: usize = 1 << 12;
/// How many values the exponent field has.
const EXPONENTS: usize = BINS / 2;
/// How many values the bins hold: m² has at most 106 bits, so that 2^22 of them fit two words.
const CAPACITY: usize = 1 << 22;

/// Σm, Σm², Σm³ and Σm⁴, least significant words first.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Bin {
    first: [u64; 2],
    second: u128,
    third: [u64; 3],
    fourth: [u64; 4],
}

const EMPTY: Bin = Bin {
    first: [0; 2],
    second: 0,
    third: [0; 3],
    fourth: [0; 4],
};

/// Bins for Σx, Σx², Σx³ and Σx⁴.
pub struct Powers {
    bins: [Bin; BINS],
    /// The exponent fields of the values in the bins lie in this range.
    fields: Range<usize>,
    /// How many values were added since the bins were drained.
    values: usize,
    /// How many of them are +∞ and -∞.
    infinities: [u64; 2],
}

impl Powers {
    /// Empty bins; `None` if there is no memory for them. They take 384 KiB, of which the system provides the
    /// pages whose exponents occur.
    pub fn new() -> Option<Box<Self>> {
        // SAFETY: All-zero bytes are valid `Powers`, whose range of fields is empty.
        unsafe { zeroed() }
    }

    /// How many values may be added until the bins must be drained.
    pub fn room(&self) -> usize {
        CAPACITY - self.values
    }

    /// Adds the powers of these values, at most [`Self::room`] of them and none of them NaN; infinities are
    /// counted instead.
    pub fn add(&mut self, values: &[Unaligned]) {
        assert!(values.len() <= self.room());
        self.values += values.len();
        let (mut least, mut greatest) = (EXPONENTS, 0);
        for &value in values {
            let bits = u64::from_ne_bytes(value);
            let index = (bits >> 52) as usize;
            let field = index % EXPONENTS;
            if field == EXPONENTS - 1 {
                self.infinities[index / EXPONENTS] += 1;
                continue;
            }
            least = least.min(field);
            greatest = greatest.max(field);
            let m = bits & ((1 << 52) - 1) | u64::from(field != 0) << 52;
            self.bins[index].add(m);
        }
        if least <= greatest {
            self.fields = match self.fields.is_empty() {
                true => least..greatest + 1,
                false => self.fields.start.min(least)..self.fields.end.max(greatest + 1),
            };
        }
    }

    /// How many values are +∞ and -∞; none are afterwards.
    pub fn take_infinities(&mut self) -> [u64; 2] {
        std::mem::take(&mut self.infinities)
    }

    /// Calls `take` for each bin that is not empty: with its sign, the exponent of the last bit of m, and Σm,
    /// Σm², Σm³ and Σm⁴ as words. Leaves the bins empty.
    pub fn drain(&mut self, mut take: impl FnMut(bool, i32, [&[u64]; 4])) {
        for field in std::mem::take(&mut self.fields) {
            let exponent = LEAST_BIT + field.max(1) as i32 - 1;
            for negative in [false, true] {
                let bin = &mut self.bins[field + EXPONENTS * usize::from(negative)];
                if *bin == EMPTY {
                    continue;
                }
                let sums = std::mem::replace(bin, EMPTY);
                let second = [sums.second as u64, (sums.second >> 64) as u64];
                let words = [&sums.first[..], &second, &sums.third, &sums.fourth];
                take(negative, exponent, words);
            }
        }
        self.values = 0;
    }
}

impl Bin {
    /// Adds the powers of a significand.
    #[inline(always)]
    fn add(&mut self, m: u64) {
        let wide = u128::from;
        let square = wide(m) * wide(m);
        let (low, high) = (square as u64, (square >> 64) as u64); // high is below 2^42
        let cube_low = wide(low) * wide(m);
        let cube_high = wide(high) * wide(m) + (cube_low >> 64);
        // (low + high·2^64)² = low² + 2·low·high·2^64 + high²·2^128, and 2·low·high is below 2^107.
        let fourth_low = wide(low) * wide(low);
        let middle = 2 * (wide(low) * wide(high)) + (fourth_low >> 64);
        let fourth_high = wide(high) * wide(high) + (middle >> 64);

        let (sum, carry) = self.first[0].overflowing_add(m);
        self.first = [sum, self.first[1] + u64::from(carry)];
        self.second += square;
        add_words(
            &mut self.third,
            [cube_low as u64, cube_high as u64, (cube_high >> 64) as u64],
        );
        add_words(
            &mut self.fourth,
            [
                fourth_low as u64,
                middle as u64,
                fourth_high as u64,
                (fourth_high >> 64) as u64,
            ],
        );
    }
}

/// Adds a number to another one of as many words, least significant first, which must hold the sum.
#[inline(always)]
pub fn add_words<const N: usize>(words: &mut [u64; N], more: [u64; N]) {
    let mut carry = false;
    for (word, more) in words.iter_mut().zip(more) {
        let (sum, first) = word.overflowing_add(more);
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        *word = sum;
        carry = first | second;
    }
}
