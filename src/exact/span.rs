//! The range of a block's values, found before the block is added: extremes, the least nonzero magnitude, and
//! whether all values are finite.

use super::Unaligned;
use super::range::MinMax;
use crate::simd::{F64s, InstructionSet, Kernel, LeastNonzero, Simd};

/// The range of some values, which decides how a block that the kernel declined is added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The least and the greatest value, NaNs skipped.
    pub min_max: MinMax,
    /// The least nonzero magnitude; infinite if there is none.
    pub least: f64,
    /// Are all values finite?
    pub finite: bool,
}

impl Span {
    /// The span of values, whose number is a multiple of every vector's lanes.
    pub fn of(set: InstructionSet, values: &[Unaligned]) -> Self {
        set.run(FindSpan(values))
    }

    /// The largest magnitude.
    pub fn largest(&self) -> f64 {
        self.min_max.1.max(-self.min_max.0)
    }
}

/// The kernel of [`Span::of`].
struct FindSpan<'a>(&'a [Unaligned]);

impl Kernel for FindSpan<'_> {
    type Output = Span;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Span {
        let Self(values) = self;
        assert!(values.len().is_multiple_of(S::LANES));
        let mut least = simd.no_least();
        let mut low = simd.splat(f64::INFINITY);
        let mut high = simd.splat(f64::NEG_INFINITY);
        let mut witness = simd.splat(0.0);
        for vector in values.chunks_exact(S::LANES) {
            let at: *const f64 = vector.as_ptr().cast();
            // SAFETY: the chunk has as many values as a vector has lanes.
            let x = unsafe { simd.load(at) };
            least = least.with(x.abs());
            low = x.min(low);
            high = x.max(high);
            witness = witness.add(x.sub(x));
        }
        Span {
            min_max: (low.reduce_min(), high.reduce_max()),
            least: least.reduce(),
            finite: witness.none_is_nan(),
        }
    }
}
