//! A look at a block before it is added: its extremes, its least nonzero magnitude, and whether all of it is
//! finite.

use super::Unaligned;
use super::fold::Compared;
use super::supply::PREFETCH;
use crate::simd::{F64s, InstructionSet, Kernel, LeastNonzero, Simd};

/// What the caller of a declined block needs to know of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The least and the greatest value by float comparison, NaNs skipped; (∞, -∞) if there are none.
    pub compared: Compared,
    /// The least nonzero magnitude, infinite if there is none.
    pub least: f64,
    /// Is neither NaN nor an infinity among them?
    pub finite: bool,
}

impl Span {
    /// The span of values, whose number is a multiple of every vector's lanes.
    pub fn of(set: InstructionSet, values: &[Unaligned]) -> Self {
        set.run(Look(values))
    }

    /// The largest magnitude.
    pub fn largest(&self) -> f64 {
        self.compared.1.max(-self.compared.0)
    }
}

struct Look<'a>(&'a [Unaligned]);

impl Kernel for Look<'_> {
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
            simd.prefetch(at.wrapping_add(PREFETCH));
            // SAFETY: a vector of values.
            let x = unsafe { simd.load(at) };
            least = least.with(x.abs());
            low = x.min(low);
            high = x.max(high);
            witness = witness.add(x.sub(x));
        }
        Span {
            compared: (low.reduce_min(), high.reduce_max()),
            least: least.reduce(),
            finite: witness.none_is_nan(),
        }
    }
}
