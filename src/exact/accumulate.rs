//! What all accumulators have in common.

use super::Moments;
use crate::simd::InstructionSet;

/// A reduction under way.
pub trait Accumulate: Send {
    /// The bytes of a value, at any alignment.
    type Raw: Copy + Send + Sync + 'static;

    /// Nothing added yet.
    fn new(set: InstructionSet) -> Self;
    /// Adds values.
    fn add(&mut self, values: &[Self::Raw]);
    /// Adds what another accumulator holds.
    fn merge(&mut self, other: Self);
    /// What was added.
    fn finish(self) -> Moments;
}
