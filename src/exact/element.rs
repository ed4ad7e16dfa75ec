//! The element types of arrays, and how each is accumulated.

use super::accumulate::Accumulate;
use super::accumulator::Accumulator;
use super::blocking::{Blocking, MAX_STEP, Unrolling};
use super::integers::{Integer, IntegerAccumulator};
use super::quantity::{Narrow, Quantity};
use super::short::Short;
use super::supply::{Floats, UnalignedFloat, widened};
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
    /// Are elements recoded to another type before they are accumulated?
    const RECODED: bool = false;
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
    type Raw = UnalignedFloat;
    const EXCEEDS_F64: bool = false;
    #[inline(always)]
    fn to_doubles(raw: UnalignedFloat) -> (f64, f64) {
        (widened(raw), 0.0)
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
    /// The kernel takes a multiple of so many values.
    step: usize,
    doubles: Accumulator<Narrow<Q>>,
}

/// The kernel that adds floats in memory, a multiple of the step.
struct AddFloats<'a, Q>(&'a mut Accumulator<Narrow<Q>>, &'a [UnalignedFloat]);

impl<Q: Quantity> Kernel for AddFloats<'_, Q> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(accumulator, values) = self;
        let floats = Floats(values);
        match const { Unrolling::of::<S, Narrow<Q>>().vectors } {
            2 => accumulator.add_supply::<S, Floats, 2, 2>(simd, floats),
            _ => accumulator.add_supply::<S, Floats, 4, 4>(simd, floats),
        }
    }
}

impl<Q: Quantity> Accumulate for Widening<Q> {
    type Raw = UnalignedFloat;

    fn new(set: InstructionSet) -> Self {
        Self {
            set,
            step: Blocking::of::<Narrow<Q>>(set).step,
            doubles: Accumulate::new(set),
        }
    }

    fn add(&mut self, values: &[UnalignedFloat]) {
        let (values, rest) = values.split_at(values.len() - values.len() % self.step);
        self.set.run(AddFloats(&mut self.doubles, values));
        let mut doubles = [[0; 8]; MAX_STEP];
        for (double, &value) in doubles.iter_mut().zip(rest) {
            *double = widened(value).to_ne_bytes();
        }
        self.doubles.add(&doubles[..rest.len()]);
    }

    fn merge(&mut self, other: Self) {
        self.doubles.merge(other.doubles);
    }

    fn short(&mut self) -> Option<Short> {
        self.doubles.short()
    }

    fn finish(&mut self) -> Moments {
        self.doubles.finish()
    }
}
