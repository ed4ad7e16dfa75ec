//! Outliers: the values of a block that its window does not hold, where these are few.
//!
//! The kernel that sifts replaces outliers by zeros on their way to the folds, which changes no sum, and
//! marks where they were. What is left fits the window, so that no admission test is needed. After the block
//! the outliers are taken from where the values lie.

use std::mem::MaybeUninit;

use super::Unaligned;
use super::blocking::{MAX_BLOCK, MAX_LOG2_ADDS};

/// One value in so many may be an outlier; with more of them other ways take less time.
const VALUES_PER_OUTLIER: usize = 16;

/// How many outliers there is room for: those of some blocks that have few.
const CAPACITY: usize = 2 * MAX_BLOCK / VALUES_PER_OUTLIER;

/// The room for outliers. It is apart from their number, as the compiler would clear both together.
pub type Room = [MaybeUninit<Unaligned>; CAPACITY];

/// The outliers of some blocks. NaNs are counted, and neither kept nor limited.
pub struct Outliers<'a> {
    values: &'a mut [MaybeUninit<Unaligned>],
    /// How many outliers there are, NaNs left out.
    count: usize,
    nans: u64,
}

/// The most batches of a block: each adds once to a lane.
const MAX_BATCHES: usize = 1 << MAX_LOG2_ADDS;

/// Where a block has outliers: the batches that have any, and their lanes.
///
/// The kernel notes them without a branch or a call, which would cost it the registers that hold its sums.
pub struct Marked<'a> {
    /// The index of the batch's first value, and a bit for each of its lanes, that of the first one lowest.
    batches: &'a mut MarkRoom,
    count: usize,
}

/// The room for marked batches, which is apart from their number as [`Room`] is.
pub type MarkRoom = [MaybeUninit<(u32, u32)>; MAX_BATCHES];

impl<'a> Marked<'a> {
    /// Room for marked batches.
    pub const ROOM: MarkRoom = [MaybeUninit::uninit(); MAX_BATCHES];

    /// No batches.
    #[inline(always)]
    pub fn new(room: &'a mut MarkRoom) -> Self {
        Self {
            batches: room,
            count: 0,
        }
    }

    /// Takes the next batch of a block, which begins with the value number `first`, if one of its lanes is
    /// set.
    #[inline(always)]
    pub fn push(&mut self, first: usize, lanes: u32) {
        // A batch without outliers is overwritten by the next one.
        self.batches[self.count % MAX_BATCHES].write((first as u32, lanes));
        self.count += usize::from(lanes != 0);
    }

    /// The batches that have outliers.
    fn batches(&self) -> &[(u32, u32)] {
        let batches = &self.batches[..self.count];
        // SAFETY: `push` wrote the first `count` batches.
        unsafe { std::slice::from_raw_parts(batches.as_ptr().cast(), batches.len()) }
    }
}

impl<'a> Outliers<'a> {
    /// Room for outliers.
    pub const ROOM: Room = [MaybeUninit::uninit(); CAPACITY];

    /// No outliers.
    #[inline(always)]
    pub fn new(room: &'a mut Room) -> Self {
        Self {
            values: room,
            count: 0,
            nans: 0,
        }
    }

    /// Nothing, for a kernel that does not sift.
    #[inline(always)]
    pub fn none() -> Self {
        Self {
            values: &mut [],
            count: 0,
            nans: 0,
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

    /// Is there room for the outliers of another block?
    #[inline(always)]
    pub fn have_room(&self) -> bool {
        self.count <= CAPACITY - MAX_BLOCK / VALUES_PER_OUTLIER
    }

    /// Takes the marked values of a block of `length` values, which `value` returns by index. Returns
    /// `false`, with nothing taken, if there are too many outliers.
    #[inline]
    pub fn take(&mut self, marked: &Marked, length: usize, value: impl Fn(usize) -> f64) -> bool {
        let room = &mut self.values[self.count..];
        let limit = length.div_ceil(VALUES_PER_OUTLIER).min(room.len());
        let (mut count, mut nans) = (0, 0);
        for &(first, mut lanes) in marked.batches() {
            while lanes != 0 {
                let outlier = value((first + lanes.trailing_zeros()) as usize);
                lanes &= lanes - 1;
                if outlier.is_nan() {
                    nans += 1;
                } else if count < limit {
                    room[count].write(outlier.to_ne_bytes());
                    count += 1;
                } else {
                    return false;
                }
            }
        }
        self.count += count;
        self.nans += nans;
        true
    }
}
