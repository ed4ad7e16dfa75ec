//! A pack of neighbouring columns: running sums and extremes, which passes over rows change.

use crate::exact::extract::Running;
use crate::simd::{F64s, MAX_LANES, Simd};

/// How many neighbouring columns make a pack: a cache line of doubles.
pub const PACK: usize = MAX_LANES;

/// log2 of the rows in a full block, which is log2 of the additions that a lane does.
pub const LOG2_BLOCK_ROWS: u32 = 6;

/// How many rows a full block has.
pub const BLOCK_ROWS: usize = 1 << LOG2_BLOCK_ROWS;

/// How many rows a pass takes at most: it loads and stores the running sums once for all of them.
pub const PASS_ROWS: usize = 8;

/// Folds of each quantity.
pub const FOLDS: usize = 2;

/// Numbers for each of x, RN(x²) and its error, for each fold, and for each column of a pack.
pub type Quantities<T> = [[[T; PACK]; FOLDS]; 3];

/// The running sums of a pack of columns in a block of rows, and the range of magnitudes.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct Pack {
    /// The running sums.
    pub folds: Quantities<f64>,
    /// The greatest magnitudes.
    pub high: [f64; PACK],
    /// The least nonzero magnitudes, infinite (or 0) where there is none.
    pub least: [f64; PACK],
}

/// The extremes of a pack of columns in a block of rows.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct PackExtremes {
    /// The minima by float comparison, to which -0.0 and +0.0 are equal.
    pub min: [f64; PACK],
    /// The maxima by float comparison.
    pub max: [f64; PACK],
    /// The bitwise or of all values: if the minimum is 0, its sign is the minimum's.
    or: [f64; PACK],
    /// The bitwise and of all values: if the maximum is 0, its sign is the maximum's.
    and: [f64; PACK],
}

impl PackExtremes {
    /// The extremes of no values.
    pub const NONE: Self = Self {
        min: [f64::INFINITY; PACK],
        max: [f64::NEG_INFINITY; PACK],
        or: [0.0; PACK],
        and: [f64::from_bits(u64::MAX); PACK],
    };

    /// Puts the extremes of one result, whose values were spread over all lanes of `places`, into a lane.
    pub fn set_lane(&mut self, lane: usize, places: &Self) {
        let reduce = |lanes: &[f64; PACK], choose: fn(f64, f64) -> f64| {
            let [first, rest @ ..] = lanes;
            rest.iter().fold(*first, |a, &b| choose(a, b))
        };
        self.min[lane] = reduce(&places.min, |a, b| if a < b { a } else { b });
        self.max[lane] = reduce(&places.max, |a, b| if a > b { a } else { b });
        self.or[lane] = reduce(&places.or, |a, b| f64::from_bits(a.to_bits() | b.to_bits()));
        self.and[lane] = reduce(&places.and, |a, b| {
            f64::from_bits(a.to_bits() & b.to_bits())
        });
    }

    /// The extremes of a column that has no NaN.
    pub fn of_lane(&self, lane: usize) -> (f64, f64) {
        let (mut min, mut max) = (self.min[lane], self.max[lane]);
        if min == 0.0 {
            min = f64::copysign(0.0, self.or[lane]);
        }
        if max == 0.0 {
            max = f64::copysign(0.0, self.and[lane]);
        }
        (min, max)
    }

    /// A vector of each field: minima, maxima, or, and, of the lanes from `lane` on.
    ///
    /// # Safety
    /// There are as many lanes from `lane` on as a vector has.
    #[inline(always)]
    pub unsafe fn load<S: Simd>(&self, simd: S, lane: usize) -> [S::F64; 4] {
        let Self { min, max, or, and } = self;
        // SAFETY: the caller's promise.
        unsafe {
            [
                simd.load(min.as_ptr().add(lane)),
                simd.load(max.as_ptr().add(lane)),
                simd.load(or.as_ptr().add(lane)),
                simd.load(and.as_ptr().add(lane)),
            ]
        }
    }

    /// Stores the vectors that [`Self::load`] returned, after changes.
    ///
    /// # Safety
    /// As for [`Self::load`].
    #[inline(always)]
    pub unsafe fn store<V: F64s>(&mut self, vectors: [V; 4], lane: usize) {
        let Self { min, max, or, and } = self;
        for (vector, to) in vectors.into_iter().zip([min, max, or, and]) {
            // SAFETY: the caller's promise.
            unsafe { vector.store(to.as_mut_ptr().add(lane)) };
        }
    }
}

impl Pack {
    /// The running sums of all quantities, of the lanes from `lane` on.
    ///
    /// # Safety
    /// There are as many lanes from `lane` on as a vector has.
    #[inline(always)]
    pub unsafe fn running<S: Simd>(&self, simd: S, lane: usize) -> [Running<S, 1, FOLDS>; 3] {
        let none = [[simd.splat(0.0)]; FOLDS];
        let mut loaded = [none; 3];
        for (folds, from) in loaded.iter_mut().zip(&self.folds) {
            for (fold, from) in folds.iter_mut().zip(from) {
                // SAFETY: the caller's promise.
                *fold = unsafe { [simd.load(from.as_ptr().add(lane))] };
            }
        }
        loaded.map(Running::from_folds)
    }

    /// Stores the running sums of one quantity, of the lanes from `lane` on.
    ///
    /// # Safety
    /// As for [`Self::running`].
    #[inline(always)]
    pub unsafe fn store<S: Simd>(
        &mut self,
        quantity: usize,
        sums: &Running<S, 1, FOLDS>,
        lane: usize,
    ) {
        for ([fold], to) in sums.folds().iter().zip(&mut self.folds[quantity]) {
            // SAFETY: the caller's promise.
            unsafe { fold.store(to.as_mut_ptr().add(lane)) };
        }
    }
}
