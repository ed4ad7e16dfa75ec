//! The element types of arrays, and how each is accumulated.

use super::accumulate::Accumulate;
use super::accumulator::Accumulator;
use super::integers::{Integer, IntegerAccumulator};
use super::quantity::{Narrow, Quantity};
use super::{Moments, Unaligned};
use crate::simd::{InstructionSet, Kernel, Simd};

/// The type of an array's elements.
pub trait Element {
    /// The bytes of an element in native order, at any alignment.
    type Raw: Copy + Send + Sync + 'static;
    /// Is the type `f64` itself?
    const IS_DOUBLE: bool = false;
    /// Do some values need two doubles, as 64-bit integers do?
    const EXCEEDS_F64: bool;
    /// The double nearest to a value, and the exact difference of the value from it.
    fn to_doubles(raw: Self::Raw) -> (f64, f64);
    /// The accumulator of elements.
    type Accumulator<Q: Quantity>: Accumulate<Raw = Self::Raw>;
}

impl Element for f64 {
    type Raw = Unaligned;
    const IS_DOUBLE: bool = true;
    const EXCEEDS_F64: bool = false;
    #[inline(always)]
    fn to_doubles(raw: Unaligned) -> (f64, f64) {
        (f64::from_ne_bytes(raw), 0.0)
    }
    type Accumulator<Q: Quantity> = Accumulator<Q>;
}

impl Element for f32 {
    type Raw = [u8; 4];
    const EXCEEDS_F64: bool = false;
    #[inline(always)]
    fn to_doubles(raw: [u8; 4]) -> (f64, f64) {
        (f32::from_ne_bytes(raw).into(), 0.0)
    }
    type Accumulator<Q: Quantity> = Widening<Q>;
}

impl<T: Integer> Element for T {
    type Raw = T::Raw;
    const EXCEEDS_F64: bool = size_of::<T>() == 8;
    #[inline(always)]
    fn to_doubles(raw: T::Raw) -> (f64, f64) {
        T::read(raw).to_doubles()
    }
    type Accumulator<Q: Quantity> = IntegerAccumulator<T, Q>;
}

/// The accumulator of `f32`: widens them to doubles, which have no more significant bits than [`Narrow`]
/// allows.
pub struct Widening<Q> {
    set: InstructionSet,
    doubles: Accumulator<Narrow<Q>>,
}

/// How many values are widened at a time: a multiple of every kernel's block, and 8 KiB of the stack, which
/// stay in the nearest cache.
const WIDENED_VALUES: usize = 1024;

impl<Q: Quantity> Accumulate for Widening<Q> {
    type Raw = [u8; 4];

    fn new(set: InstructionSet) -> Self {
        Self {
            set,
            doubles: Accumulate::new(set),
        }
    }

    fn add(&mut self, values: &[[u8; 4]]) {
        struct Widen<'a>(&'a mut [Unaligned], &'a [[u8; 4]]);
        impl Kernel for Widen<'_> {
            type Output = ();

            #[inline(always)]
            fn run<S: Simd>(self, _: S) {
                for (out, &value) in self.0.iter_mut().zip(self.1) {
                    *out = f64::from(f32::from_ne_bytes(value)).to_ne_bytes();
                }
            }
        }
        let mut tile = [[0; 8]; WIDENED_VALUES];
        for values in values.chunks(WIDENED_VALUES) {
            let tile = &mut tile[..values.len()];
            self.set.run(Widen(tile, values));
            self.doubles.add(tile);
        }
    }

    fn merge(&mut self, other: Self) {
        self.doubles.merge(other.doubles);
    }

    fn finish(self) -> Moments {
        self.doubles.finish()
    }
}
