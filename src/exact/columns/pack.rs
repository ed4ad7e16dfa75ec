//! A pack of neighbouring columns: what the passes over a block of rows change.

use crate::exact::extract::Running;
use crate::simd::{F64s, MAX_LANES, Simd};

/// Neighbouring columns that are kept together: a cache line of doubles.
pub const PACK: usize = MAX_LANES;

/// log2 of the rows in a block, that is of the additions a lane does.
pub const LOG2_ROWS: u32 = 6;

/// Rows in a full block.
pub const BLOCK: usize = 1 << LOG2_ROWS;

/// Rows to go over in one pass: the running sums are loaded and stored once for so many.
pub const PASS: usize = 8;

/// Folds of each quantity.
pub const DEPTH: usize = 2;

/// Of x, of RN(x²) and of its error; for each the folds; for each the columns of a pack.
pub type Quantities<T> = [[[T; PACK]; DEPTH]; 3];

/// What the passes over a block of rows change.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct Pack {
    /// The lanes under way.
    pub folds: Quantities<f64>,
    /// The greatest magnitudes.
    pub high: [f64; PACK],
    /// The least nonzero magnitudes, infinite (or 0) where there is none.
    pub least: [f64; PACK],
}

/// What the passes over a block of rows find out about the extremes, for the columns of a pack.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct Spread {
    /// As float comparison finds them, which does not tell zeros apart.
    pub min: [f64; PACK],
    /// Likewise.
    pub max: [f64; PACK],
    /// Bits that some value has, and that all have: their signs tell which zero an extreme of 0 is.
    some: [f64; PACK],
    all: [f64; PACK],
}

impl Spread {
    /// Of no values.
    pub const NONE: Self = Self {
        min: [f64::INFINITY; PACK],
        max: [f64::NEG_INFINITY; PACK],
        some: [0.0; PACK],
        all: [f64::from_bits(u64::MAX); PACK],
    };

    /// The extremes of a column that has no NaN.
    pub fn extremes(&self, lane: usize) -> (f64, f64) {
        let (mut min, mut max) = (self.min[lane], self.max[lane]);
        if min == 0.0 {
            min = f64::copysign(0.0, self.some[lane]);
        }
        if max == 0.0 {
            max = f64::copysign(0.0, self.all[lane]);
        }
        (min, max)
    }
}

impl Spread {
    /// All four of the lanes from `lane` on.
    ///
    /// # Safety
    /// There are as many lanes as a vector has.
    #[inline(always)]
    pub unsafe fn load<S: Simd>(&self, simd: S, lane: usize) -> [S::F64; 4] {
        let Self {
            min,
            max,
            some,
            all,
        } = self;
        // SAFETY: the caller's promise.
        [min, max, some, all].map(|lanes| unsafe { simd.load(lanes.as_ptr().add(lane)) })
    }

    /// Keeps all four.
    ///
    /// # Safety
    /// As for [`Self::load`].
    #[inline(always)]
    pub unsafe fn store<V: F64s>(&mut self, spread: [V; 4], lane: usize) {
        let Self {
            min,
            max,
            some,
            all,
        } = self;
        for (vector, to) in spread.into_iter().zip([min, max, some, all]) {
            // SAFETY: the caller's promise.
            unsafe { vector.store(to.as_mut_ptr().add(lane)) };
        }
    }
}

impl Pack {
    /// The running sums of all quantities, of the lanes from `lane` on.
    ///
    /// # Safety
    /// There are as many lanes as a vector has.
    #[inline(always)]
    pub unsafe fn running<S: Simd>(&self, simd: S, lane: usize) -> [Running<S, 1, DEPTH>; 3] {
        let none = [[simd.splat(0.0)]; DEPTH];
        let mut loaded = [none; 3];
        for (folds, from) in loaded.iter_mut().zip(&self.folds) {
            for (fold, from) in folds.iter_mut().zip(from) {
                // SAFETY: the caller's promise.
                *fold = unsafe { [simd.load(from.as_ptr().add(lane))] };
            }
        }
        loaded.map(Running::from_folds)
    }

    /// Keeps the running sums of one quantity.
    ///
    /// # Safety
    /// As for [`Self::running`].
    #[inline(always)]
    pub unsafe fn store<S: Simd>(
        &mut self,
        quantity: usize,
        sums: &Running<S, 1, DEPTH>,
        lane: usize,
    ) {
        for ([fold], to) in sums.folds().iter().zip(&mut self.folds[quantity]) {
            // SAFETY: the caller's promise.
            unsafe { fold.store(to.as_mut_ptr().add(lane)) };
        }
    }
}
