//! A checked array, and the walk through its values.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::dtype::Dtype;
use super::space::Space;

/// Values that are gathered at a time: they stay in the nearest cache, and take at most 4 KiB of the stack.
const VALUES_IN_TILE: usize = 512;

/// Contiguous runs from this length on are read where they lie; shorter ones are gathered.
const MIN_RUN_IN_PLACE: usize = 512;

/// A caller's array.
#[derive(Debug, Clone, Copy)]
pub struct View {
    data: *const u8,
    dtype: Dtype,
    space: Space<1>,
}

// SAFETY: the memory is only read, and whoever made the view has promised that it may be.
unsafe impl Send for View {}
// SAFETY: as for `Send`.
unsafe impl Sync for View {}

impl View {
    /// The array of elements `dtype` at `data` plus the offsets of `space`, which is addressable.
    ///
    /// # Safety
    /// All elements may be read as long as the view is in use.
    pub unsafe fn new(data: *const u8, dtype: Dtype, space: Space<1>) -> Self {
        Self { data, dtype, space }
    }

    /// The type of the elements.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Shape and strides.
    pub fn space(&self) -> &Space<1> {
        &self.space
    }

    /// The address that offsets count from.
    pub fn data(&self) -> *const u8 {
        self.data
    }

    /// Does a byte of the memory from `start` on lie between the first and the last byte of the array?
    pub fn overlaps(&self, start: *const u8, bytes: usize) -> bool {
        let range = self.space.byte_range(0, self.dtype.size());
        let array = self.data.addr().wrapping_add_signed(range.start)
            ..self.data.addr().wrapping_add_signed(range.end);
        let other = start.addr()..start.addr() + bytes;
        let empty = self.space.is_empty() || bytes == 0;
        !empty && array.start < other.end && other.start < array.end
    }

    /// Some of the elements: those of `space`, counted from `offset` bytes further on.
    ///
    /// # Safety
    /// The elements are among those of `self`.
    #[must_use]
    pub unsafe fn part(&self, offset: isize, space: Space<1>) -> Self {
        Self {
            data: self.data.wrapping_offset(offset),
            dtype: self.dtype,
            space,
        }
    }

    /// The view of all its elements in the order of memory: see [`Space::by_memory`].
    #[must_use]
    pub fn by_memory(&self) -> Self {
        Self {
            space: self.space.by_memory(),
            ..*self
        }
    }

    /// Hands the values `range`, counted in the order of the dimensions, to `take`, some at a time and
    /// perhaps in another order. `R` is the elements' type in bytes.
    pub fn for_each_tile<R: Copy>(&self, range: Range<usize>, mut take: impl FnMut(&[R])) {
        assert_eq!(size_of::<R>(), self.dtype.size());
        assert_eq!(align_of::<R>(), 1);
        let mut tile = [const { MaybeUninit::<R>::uninit() }; VALUES_IN_TILE];
        let mut filled = 0;
        self.space.runs(range, |[offset], run, [stride]| {
            let first = self.data.wrapping_offset(offset);
            if stride == size_of::<R>() as isize && run >= MIN_RUN_IN_PLACE {
                // SAFETY: `run` elements of the array lie one after the other here, and `R` needs no
                // alignment.
                take(unsafe { std::slice::from_raw_parts(first.cast(), run) });
                return;
            }
            let mut at = 0;
            while at < run {
                let count = (run - at).min(VALUES_IN_TILE - filled);
                let part = first.wrapping_offset(at as isize * stride);
                let out = &mut tile[filled..filled + count];
                if stride == size_of::<R>() as isize {
                    // SAFETY: `count` elements of the array lie one after the other here.
                    unsafe {
                        part.copy_to_nonoverlapping(out.as_mut_ptr().cast(), size_of_val(out))
                    };
                } else {
                    for (i, out) in out.iter_mut().enumerate() {
                        let element = part.wrapping_offset(i as isize * stride);
                        // SAFETY: this is an element of the array, and `R` needs no alignment.
                        out.write(unsafe { element.cast::<R>().read() });
                    }
                }
                at += count;
                filled += count;
                if filled == VALUES_IN_TILE {
                    // SAFETY: every value of the tile was written.
                    take(unsafe { written(&tile) });
                    filled = 0;
                }
            }
        });
        if filled > 0 {
            // SAFETY: the first `filled` values were written.
            take(unsafe { written(&tile[..filled]) });
        }
    }
}

/// The values of a buffer that began uninitialised.
///
/// # Safety
/// All of them were written.
pub unsafe fn written<R>(values: &[MaybeUninit<R>]) -> &[R] {
    // SAFETY: `MaybeUninit<R>` has the layout of `R`, and the caller promises that all values were written.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), values.len()) }
}
