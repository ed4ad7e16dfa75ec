//! Exact sums of pairs of values under way, of whatever kind.

use super::Unaligned;
use super::number::Number;
use crate::simd::InstructionSet;

/// What a reduction of pairs gathers.
pub trait Collect: Send {
    /// A collection of no pairs, for kernels on an instruction set.
    fn new(set: InstructionSet) -> Self;
    /// Adds pairs of doubles, none of which is NaN. Where there is one variable, `x` and `y` are the same.
    fn add(&mut self, x: &[Unaligned], y: &[Unaligned]);
    /// Adds pairs, none of which is NaN: the values and what is beyond them, see [`Number`].
    fn add_numbers(&mut self, x: [&[Unaligned]; 2], y: [&[Unaligned]; 2]);
    /// Counts pairs with a NaN.
    fn add_nans(&mut self, pairs: u64);
    /// Adds the pairs of another collection.
    fn merge(&mut self, other: Self);
}

/// Exact sums of one kind, at rest.
pub trait Sums: Default + Send {
    /// Adds a pair without NaNs.
    fn add(&mut self, x: Number, y: Number);
    /// Adds the sums of other pairs.
    fn merge(&mut self, other: &Self);
    /// How many pairs there are with a NaN.
    fn nans(&mut self) -> &mut u64;
}

/// Kernels that add many pairs at a time.
pub trait Kernels: Send {
    /// What they gather.
    type Sums: Sums;
    /// Kernels that hold no pairs.
    fn new(set: InstructionSet) -> Self;
    /// Adds pairs of doubles, none of which is NaN, to what the kernels hold, or to the sums.
    fn add(&mut self, x: &[Unaligned], y: &[Unaligned], sums: &mut Self::Sums);
    /// Moves what the kernels hold into the sums.
    fn settle(&mut self, sums: &mut Self::Sums);
}

/// Sums under way. What is large is not on the stack, where calls may have little.
pub struct Collector<K: Kernels> {
    kernels: Box<K>,
    sums: Box<K::Sums>,
}

impl<K: Kernels> Collector<K> {
    /// Calls `take` with the sums of all pairs added. The collection is empty afterwards.
    pub fn finish<R>(&mut self, take: impl FnOnce(&mut K::Sums) -> R) -> R {
        self.kernels.settle(&mut self.sums);
        let result = take(&mut self.sums);
        self.clear();
        result
    }

    /// Not inlined, so that no other frame has to hold empty sums.
    #[inline(never)]
    fn clear(&mut self) {
        *self.sums = K::Sums::default();
    }
}

impl<K: Kernels> Collect for Collector<K> {
    /// Not inlined, so that no other frame has to hold kernels that have just been made.
    #[inline(never)]
    fn new(set: InstructionSet) -> Self {
        Self {
            kernels: Box::new(K::new(set)),
            sums: Box::default(),
        }
    }

    fn add(&mut self, x: &[Unaligned], y: &[Unaligned]) {
        self.kernels.add(x, y, &mut self.sums);
    }

    fn add_numbers(&mut self, x: [&[Unaligned]; 2], y: [&[Unaligned]; 2]) {
        let number = |[values, rests]: [&[Unaligned]; 2], i: usize| Number {
            nearest: f64::from_ne_bytes(values[i]),
            rest: f64::from_ne_bytes(rests[i]),
        };
        for i in 0..x[0].len() {
            self.sums.add(number(x, i), number(y, i));
        }
    }

    fn add_nans(&mut self, pairs: u64) {
        *self.sums.nans() += pairs;
    }

    fn merge(&mut self, mut other: Self) {
        other.kernels.settle(&mut other.sums);
        self.sums.merge(&other.sums);
    }
}
