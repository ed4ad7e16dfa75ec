//! Outliers: the values of a block that its window does not hold, where these are few.
//!
//! The kernel that sifts replaces outliers by zeros on their way to the folds, and collects them here.

use std::mem::MaybeUninit;

use super::Unaligned;
use super::blocking::{MAX_BLOCK, MAX_STEP};

/// One value in so many may be an outlier; with more of them other ways take less time.
const VALUES_PER_OUTLIER: usize = 16;

/// The outliers of some blocks. NaNs are counted, and neither kept nor limited.
pub struct Outliers {
    values: [MaybeUninit<Unaligned>; Self::CAPACITY],
    /// How many outliers there are.
    count: usize,
    nans: u64,
    /// How many outliers there may be at the end of the present block.
    limit: usize,
}

/// The number of outliers at some time, to which [`Outliers::truncate`] returns.
#[derive(Clone, Copy)]
pub struct Mark {
    count: usize,
    nans: u64,
}

impl Outliers {
    /// Room for the outliers of some blocks, and for those of a batch that exceeds the limit.
    const CAPACITY: usize = 4 * MAX_BLOCK / VALUES_PER_OUTLIER + MAX_STEP;

    /// No outliers.
    #[inline(always)]
    pub fn new() -> Self {
        Self {
            values: [MaybeUninit::uninit(); Self::CAPACITY],
            count: 0,
            nans: 0,
            limit: 0,
        }
    }

    /// How many NaNs there were.
    pub fn nans(&self) -> u64 {
        self.nans
    }

    /// The outliers that are not NaN.
    pub fn values(&self) -> &[Unaligned] {
        let values: *const Unaligned = self.values.as_ptr().cast();
        // SAFETY: `take` wrote the first `count` values.
        unsafe { std::slice::from_raw_parts(values, self.count) }
    }

    /// Begins a block of at most `length` values. Returns `None` if there might not be room for its outliers.
    #[inline(always)]
    pub fn begin_block(&mut self, length: usize) -> Option<Mark> {
        self.limit = self.count + length.div_ceil(VALUES_PER_OUTLIER);
        (self.limit + MAX_STEP <= Self::CAPACITY).then_some(Mark {
            count: self.count,
            nans: self.nans,
        })
    }

    /// Takes an outlier.
    #[inline]
    pub fn take(&mut self, value: f64) {
        // A NaN is overwritten by the next outlier.
        self.values[self.count].write(value.to_ne_bytes());
        self.count += usize::from(!value.is_nan());
        self.nans += u64::from(value.is_nan());
    }

    /// Are there no more outliers than the present block may have?
    pub fn are_few(&self) -> bool {
        self.count <= self.limit
    }

    /// Forgets the outliers of a declined block.
    #[inline(always)]
    pub fn truncate(&mut self, mark: Mark) {
        (self.count, self.nans) = (mark.count, mark.nans);
    }
}
