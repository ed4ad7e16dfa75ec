//! The accumulator of integers: sums of machine words, without floating point.

use std::marker::PhantomData;

use super::accumulate::Accumulate;
use super::moments::Moments;
use super::quantity::Quantity;
use crate::simd::{InstructionSet, Kernel, Simd};

/// How many values [`Integer::sum`] and [`Integer::squares`] take at most: their sums then fit the machine
/// words used, and the values stay in the nearest cache.
const MAX_RUN: usize = 1 << 12;

/// An integer type of a caller's array.
pub trait Integer: Copy + Ord + Send + Sync + 'static {
    /// The bytes of an integer in native order, at any alignment.
    type Raw: Copy + Send + Sync + 'static;

    /// The integer with these bytes.
    fn read(raw: Self::Raw) -> Self;
    /// The nearest double, ties to even.
    fn to_f64(self) -> f64;
    /// The nearest double, and the exact difference of the integer from it.
    #[inline(always)]
    fn to_doubles(self) -> (f64, f64) {
        (self.to_f64(), 0.0)
    }
    /// Σx of at most [`MAX_RUN`] values.
    fn sum(values: &[Self::Raw]) -> i128;
    /// Σx² of at most [`MAX_RUN`] values, as low + high · 2^64.
    fn squares(values: &[Self::Raw]) -> (u128, u128);
    /// Minimum and maximum of the values; `None` if there are none.
    #[inline(always)]
    fn extremes(values: &[Self::Raw]) -> Option<(Self, Self)> {
        let first = Self::read(*values.first()?);
        Some(values.iter().fold((first, first), |(min, max), &raw| {
            let x = Self::read(raw);
            (min.min(x), max.max(x))
        }))
    }
}

/// Integers of at most 16 bits: x² fits 32 bits, and compilers vectorise the loops.
macro_rules! short {
    ($type:ty, $raw:ty, $read:expr) => {
        impl Integer for $type {
            type Raw = $raw;
            #[inline(always)]
            fn read(raw: $raw) -> Self {
                $read(raw)
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                i32::from(self).into()
            }
            #[inline(always)]
            fn sum(values: &[$raw]) -> i128 {
                let sum: i32 = values.iter().map(|&raw| i32::from(Self::read(raw))).sum();
                sum.into()
            }
            #[inline(always)]
            fn squares(values: &[$raw]) -> (u128, u128) {
                let square = |&raw: &$raw| {
                    let x = i32::from(Self::read(raw));
                    u64::from(x.wrapping_mul(x).cast_unsigned())
                };
                (values.iter().map(square).sum::<u64>().into(), 0)
            }
        }
    };
}

/// Integers of 32 bits: x² fits 64 bits, and its halves are summed apart.
macro_rules! word {
    ($type:ty) => {
        impl Integer for $type {
            type Raw = [u8; 4];
            #[inline(always)]
            fn read(raw: [u8; 4]) -> Self {
                Self::from_ne_bytes(raw)
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn sum(values: &[[u8; 4]]) -> i128 {
                let sum: i64 = values.iter().map(|&raw| i64::from(Self::read(raw))).sum();
                sum.into()
            }
            #[inline(always)]
            fn squares(values: &[[u8; 4]]) -> (u128, u128) {
                let (mut low, mut high) = (0u64, 0u64);
                for &raw in values {
                    let x = i64::from(Self::read(raw));
                    let square = x.wrapping_mul(x).cast_unsigned();
                    low += square & u64::from(u32::MAX);
                    high += square >> 32;
                }
                (u128::from(low) + (u128::from(high) << 32), 0)
            }
        }
    };
}

/// Integers of 64 bits: the halves of x are summed apart; the carries of Σx², which may exceed 128 bits, are
/// counted.
macro_rules! long {
    ($type:ty, $half:ty, $magnitude:expr) => {
        impl Integer for $type {
            type Raw = [u8; 8];
            #[inline(always)]
            fn read(raw: [u8; 8]) -> Self {
                Self::from_ne_bytes(raw)
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn to_doubles(self) -> (f64, f64) {
                // Both halves are doubles, and the high one is 0 or the larger one: so the error of their
                // rounded sum is exact (Dekker 1971). Compilers vectorise these operations.
                let high = f64::from((self >> 32) as $half) * 4294967296.0;
                let low = f64::from(self as u32);
                let value = high + low;
                (value, low - (value - high))
            }
            #[inline(always)]
            fn sum(values: &[[u8; 8]]) -> i128 {
                let (mut low, mut high) = (0i64, 0i64);
                for &raw in values {
                    let x = Self::read(raw);
                    low += (x & 0xffff_ffff) as i64;
                    high += (x >> 32) as i64;
                }
                i128::from(low) + (i128::from(high) << 32)
            }
            #[inline(always)]
            fn squares(values: &[[u8; 8]]) -> (u128, u128) {
                let (mut low, mut high) = (0u128, 0u64);
                for &raw in values {
                    let x: u64 = $magnitude(Self::read(raw));
                    let square = u128::from(x) * u128::from(x);
                    let (sum, carry) = low.overflowing_add(square);
                    low = sum;
                    high += u64::from(carry);
                }
                (
                    low & u128::from(u64::MAX),
                    (low >> 64) + (u128::from(high) << 64),
                )
            }
        }
    };
}

short!(i8, [u8; 1], i8::from_ne_bytes);
short!(u8, [u8; 1], u8::from_ne_bytes);
short!(i16, [u8; 2], i16::from_ne_bytes);
short!(u16, [u8; 2], u16::from_ne_bytes);
short!(bool, [u8; 1], |[byte]: [u8; 1]| byte != 0);
word!(i32);
word!(u32);
long!(i64, i32, i64::unsigned_abs);
long!(u64, u32, std::convert::identity);

/// A reduction of integers under way.
///
/// The sums have room for 2^63 values.
pub struct IntegerAccumulator<T, Q> {
    set: InstructionSet,
    count: u64,
    sum: i128,
    /// Σx² = low + high · 2^64.
    squares: (u128, u128),
    extremes: Option<(T, T)>,
    quantity: PhantomData<Q>,
}

impl<T: Integer, Q: Quantity> Accumulate for IntegerAccumulator<T, Q> {
    type Raw = T::Raw;

    fn new(set: InstructionSet) -> Self {
        Self {
            set,
            count: 0,
            sum: 0,
            squares: (0, 0),
            extremes: None,
            quantity: PhantomData,
        }
    }

    fn add(&mut self, values: &[T::Raw]) {
        struct Add<'a, A, R>(&'a mut A, &'a [R]);
        impl<T: Integer, Q: Quantity> Kernel for Add<'_, IntegerAccumulator<T, Q>, T::Raw> {
            type Output = ();

            #[inline(always)]
            fn run<S: Simd>(self, _: S) {
                for run in self.1.chunks(MAX_RUN) {
                    self.0.add_run(run);
                }
            }
        }
        self.count += values.len() as u64;
        self.set.run(Add(self, values));
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.add_squares(other.squares);
        self.add_extremes(other.extremes);
    }

    fn finish(&mut self) -> Moments {
        let gathered = std::mem::replace(self, Self::new(self.set));
        let mut moments = Moments::default();
        moments.counts.all = gathered.count;
        moments.sum.deposit_wide(gathered.sum, 0);
        // Both parts are below 2^127.
        moments.squares.deposit_wide(gathered.squares.0 as i128, 0);
        moments.squares.deposit_wide(gathered.squares.1 as i128, 64);
        if let Some((min, max)) = gathered.extremes {
            moments.extremes.add(min.to_f64());
            moments.extremes.add(max.to_f64());
        }
        moments
    }
}

impl<T: Integer, Q: Quantity> IntegerAccumulator<T, Q> {
    /// Adds at most [`MAX_RUN`] values, but for their number.
    #[inline(always)]
    fn add_run(&mut self, run: &[T::Raw]) {
        if Q::SUM {
            self.sum += T::sum(run);
        }
        if Q::SQUARES {
            self.add_squares(T::squares(run));
        }
        if Q::EXTREMES {
            self.add_extremes(T::extremes(run));
        }
    }

    #[inline(always)]
    fn add_squares(&mut self, squares: (u128, u128)) {
        self.squares.0 += squares.0;
        self.squares.1 += squares.1;
    }

    #[inline(always)]
    fn add_extremes(&mut self, extremes: Option<(T, T)>) {
        self.extremes = match (self.extremes, extremes) {
            (Some((min, max)), Some((other_min, other_max))) => {
                Some((min.min(other_min), max.max(other_max)))
            }
            (mine, theirs) => mine.or(theirs),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first double is the nearest, and both add up to x.
    fn check<T: Integer + Into<i128> + std::fmt::Debug>(x: T) {
        let (value, rest) = x.to_doubles();
        assert_eq!(value.to_bits(), x.to_f64().to_bits(), "{x:?}");
        assert_eq!(value as i128 + rest as i128, x.into(), "{x:?}");
        assert_eq!(rest, rest.trunc(), "{x:?}");
    }

    #[test]
    fn long_integers_are_sums_of_two_doubles() {
        let ends = [
            0,
            1,
            2,
            1 << 31,
            1 << 32,
            1 << 52,
            1 << 53,
            1 << 54,
            1 << 62,
            1 << 63,
        ];
        for end in ends {
            for step in -1100i64..=1100 {
                let x = u64::wrapping_add_signed(end, step);
                check(x);
                check(x.cast_signed());
                check(x.cast_signed().wrapping_neg());
            }
        }
        let mut x = 1u64;
        for _ in 0..100_000 {
            x = x
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            check(x >> (x % 64));
            check(x.cast_signed() >> (x % 64));
        }
    }
}
