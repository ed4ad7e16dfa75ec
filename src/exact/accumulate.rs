//! The trait of all accumulators.

use super::Moments;
use super::short::Short;
use crate::simd::InstructionSet;

/// An exact reduction under way.
pub trait Accumulate: Send {
    /// The bytes of a value, at any alignment.
    type Raw: Copy + Send + Sync + 'static;

    /// An accumulator of no values, for kernels on an instruction set.
    fn new(set: InstructionSet) -> Self;
    /// Adds values.
    fn add(&mut self, values: &[Self::Raw]);
    /// Adds the values of another accumulator.
    fn merge(&mut self, other: Self);
    /// The exact moments of all values added, if they are at hand in a few words; the accumulator is empty
    /// afterwards, and ready for values of about the same magnitude. `None` if they are not: nothing changes.
    fn short(&mut self) -> Option<Short> {
        None
    }
    /// The exact moments of all values added. The accumulator, which is large and stays where it is, is empty
    /// afterwards.
    fn finish(&mut self) -> Moments;
}
