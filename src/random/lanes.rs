//! Eight lanes of 64 bits, which the generators are defined by, on any instruction set.

use crate::simd::{Kernel, MAX_LANES, Simd};

/// The number of lanes, on every instruction set.
pub const LANES: usize = MAX_LANES;

/// A kernel that is compiled for eight lanes of every instruction set, and for nothing else.
pub struct OnLanes<K>(pub K);

impl<K: Kernel> Kernel for OnLanes<K> {
    type Output = K::Output;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> K::Output {
        self.0.run(simd.eight())
    }
}
