//! How kernels divide values into blocks.

use std::marker::PhantomData;

use super::quantity::Quantity;
use crate::simd::{InstructionSet, Kernel, MAX_LANES, Simd};

/// The longest step of any kernel, in values.
pub const MAX_STEP: usize = 4 * MAX_LANES;

/// The longest block of any kernel, in values.
pub const MAX_BLOCK: usize = 1024;

/// log2 of the most additions that a lane of any kernel does in a block.
pub const MAX_LOG2_ADDS: u32 = 6;

/// How a kernel divides values into blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocking {
    /// The lanes that a kernel has for each fold: it takes a multiple of so many values.
    pub step: usize,
    /// log2 of the additions that a lane does in a block.
    pub log2_adds: u32,
}

impl Blocking {
    /// How many values a full block has.
    pub fn block(self) -> usize {
        self.step << self.log2_adds
    }

    /// The blocking of [`fold`] for these quantities.
    pub fn of<Q: Quantity>(set: InstructionSet) -> Self {
        struct ChooseBlocking<Q>(PhantomData<Q>);
        impl<Q: Quantity> Kernel for ChooseBlocking<Q> {
            type Output = Blocking;

            #[inline(always)]
            fn run<S: Simd>(self, _: S) -> Blocking {
                let Unrolling { vectors, log2_adds } = const { Unrolling::of::<S, Q>() };
                Blocking {
                    step: vectors * S::LANES,
                    log2_adds,
                }
            }
        }
        set.run(ChooseBlocking::<Q>(PhantomData))
    }
}

/// How many vectors are under way at a time, and how often each lane is added to in a block.
pub struct Unrolling {
    /// How many vectors have lanes of their own.
    pub vectors: usize,
    /// log2 of the additions that a lane does in a block.
    pub log2_adds: u32,
}

/// [`Unrolling::log2_adds`] of every kernel with squares.
pub const LOG2_ADDS_WITH_SQUARES: u32 = 6;

/// How many values a full block of a kernel with lanes for `VECTORS` vectors has.
pub const fn block<S: Simd, Q: Quantity, const VECTORS: usize>() -> usize {
    (VECTORS * S::LANES) << Unrolling::of::<S, Q>().log2_adds
}

impl Unrolling {
    /// The unrolling that was measured to be fastest. 16 registers hold the folds of two vectors, or of one
    /// with squares; with 32 registers, two vectors with squares keep all execution ports busy. Narrow values
    /// have fewer folds.
    pub const fn of<S: Simd, Q: Quantity>() -> Self {
        let (vectors, log2_adds) = match (S::REGISTERS >= 32, Q::SQUARES, Q::NARROW) {
            (true, false, _) => (4, 5),
            (false, false, false) => (2, 6),
            (false, false, true) => (4, 6),
            (true, true, _) => (2, LOG2_ADDS_WITH_SQUARES),
            (false, true, false) => (1, LOG2_ADDS_WITH_SQUARES),
            (false, true, true) => (2, LOG2_ADDS_WITH_SQUARES),
        };
        Self { vectors, log2_adds }
    }
}
