//! Where the values of a reduction along axes lie, and which of them a mask selects.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::strips::Strip;
use crate::array::View;
use crate::array::space::Space;
use crate::array::view::written;
use crate::exact::Accumulate;

/// Values that a mask has selected, gathered at a time: 4 KiB of the stack.
const TILE: usize = 512;

/// An array, perhaps a mask of the same shape, and the axes along which they are reduced.
pub struct Source<'a> {
    view: &'a View,
    mask: Option<&'a View>,
    /// Where a result's values lie in the array and in the mask, relative to the first.
    reduced: Space<2>,
    /// The same in the array alone.
    values: Space<1>,
}

impl<'a> Source<'a> {
    /// `reduced` in an order that suits the memory.
    pub fn new(view: &'a View, mask: Option<&'a View>, reduced: Space<2>) -> Self {
        Self {
            view,
            mask,
            values: reduced.array(0),
            reduced,
        }
    }

    /// How many values a result has, selected or not.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Has a result no values?
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Is there a mask?
    pub fn is_masked(&self) -> bool {
        self.mask.is_some()
    }

    /// The first value of a strip's first result.
    pub fn first(&self, strip: &Strip) -> *const u8 {
        self.view.data().wrapping_offset(strip.offset)
    }

    /// Its element of the mask.
    fn first_mark(&self, strip: &Strip) -> Option<Mark> {
        let mask = self.mask?;
        Some(Mark {
            at: mask.data().wrapping_offset(strip.mark),
            size: mask.dtype().size(),
        })
    }

    /// Walks a result's values `range` by runs: calls `visit` with the offset of each run's first value, the number of
    /// values, and the distance from one to the next.
    pub fn runs(&self, range: Range<usize>, mut visit: impl FnMut(isize, usize, isize)) {
        self.values.runs(range, |[offset], run, [stride]| {
            visit(offset, run, stride);
        });
    }

    /// The same with the mask's elements.
    fn marked_runs(&self, range: Range<usize>, visit: impl FnMut([isize; 2], usize, [isize; 2])) {
        self.reduced.runs(range, visit);
    }

    /// Adds the selected ones of the values `range` of a strip's first result.
    pub fn add_one<A: Accumulate>(&self, strip: &Strip, range: Range<usize>, result: &mut A) {
        let Some(mark) = self.first_mark(strip) else {
            // SAFETY: the values of one result are elements of the array.
            let values = unsafe { self.view.part(strip.offset, self.values) };
            values.for_each_tile::<A::Raw>(range, |values| result.add(values));
            return;
        };
        let first = self.first(strip);
        let mut tile = [const { MaybeUninit::<A::Raw>::uninit() }; TILE];
        let mut filled = 0;
        self.marked_runs(
            range,
            |[offset, mark_offset], run, [stride, mark_stride]| {
                for i in 0..run as isize {
                    let value = first.wrapping_offset(offset + i * stride);
                    // SAFETY: an element of the array; raw elements have no alignment.
                    tile[filled].write(unsafe { value.cast::<A::Raw>().read() });
                    // SAFETY: an element of the mask.
                    filled += usize::from(unsafe {
                        mark.offset(mark_offset + i * mark_stride).selects()
                    });
                    if filled == TILE {
                        // SAFETY: all were written.
                        result.add(unsafe { written(&tile) });
                        filled = 0;
                    }
                }
            },
        );
        // SAFETY: these were written.
        result.add(unsafe { written(&tile[..filled]) });
    }
}

/// An element of a mask, of an integer type or of booleans.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    at: *const u8,
    size: usize,
}

impl Mark {
    /// The element so many bytes further.
    #[must_use]
    pub fn offset(self, bytes: isize) -> Self {
        Self {
            at: self.at.wrapping_offset(bytes),
            ..self
        }
    }

    /// Does it select a value: is any of its bits set?
    ///
    /// # Safety
    /// It may be read.
    #[inline(always)]
    pub unsafe fn selects(self) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            match self.size {
                1 => self.at.read() != 0,
                2 => self.at.cast::<u16>().read_unaligned() != 0,
                4 => self.at.cast::<u32>().read_unaligned() != 0,
                _ => self.at.cast::<u64>().read_unaligned() != 0,
            }
        }
    }
}
