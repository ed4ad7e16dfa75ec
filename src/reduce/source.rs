//! Where the values of a reduction along axes lie, and which of them a mask selects.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::strip::Strip;
use crate::array::View;
use crate::array::space::Space;
use crate::array::view::written;
use crate::error::Result;
use crate::exact::Accumulate;
use crate::parallel::governance;

/// Values selected by a mask that are accumulated at a time: they take at most 4 KiB of the stack.
const VALUES_IN_TILE: usize = 512;

/// An array, perhaps a mask of the same shape, and the axes along which they are reduced.
pub struct Source<'a> {
    view: &'a View,
    mask: Option<&'a View>,
    /// For each value of a result its offsets in bytes from the first one, in the array and in the mask.
    reduced: Space<2>,
    /// The offsets in the array alone.
    values: Space<1>,
}

impl<'a> Source<'a> {
    /// `reduced` spans the reduced axes, best in the order of memory: see [`Space::by_memory`].
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

    /// Is there a mask?
    pub fn is_masked(&self) -> bool {
        self.mask.is_some()
    }

    /// The first value of a strip's first result.
    pub fn first(&self, strip: &Strip) -> *const u8 {
        self.view.data().wrapping_offset(strip.offset)
    }

    /// Calls `work` with one range of at most `part` values of a result after the other; before each call
    /// checks whether the attached control was cancelled.
    pub fn in_parts(
        &self,
        part: usize,
        mut work: impl FnMut(Range<usize>) -> Result<()>,
    ) -> Result<()> {
        let total = self.len();
        (0..total).step_by(part).try_for_each(|start| {
            governance::check_attached()?;
            work(start..total.min(start + part))
        })
    }

    /// Walks a result's values `range` by runs: calls `visit` with the offset of each run's first value, the
    /// number of values, and the distance from one to the next.
    pub fn runs(&self, range: Range<usize>, mut visit: impl FnMut(isize, usize, isize)) {
        self.values.runs(range, |[offset], run, [stride]| {
            visit(offset, run, stride);
        });
    }

    /// Calls `visit` with the address of each of the values `range` of a strip's first result, and with its
    /// element of the mask; does nothing without a mask.
    pub fn for_each_marked(
        &self,
        strip: &Strip,
        range: Range<usize>,
        mut visit: impl FnMut(*const u8, Mark),
    ) {
        let Some(mask) = self.mask else {
            return;
        };
        let first = self.first(strip);
        let mark = Mark::new(mask).offset(strip.mark);
        self.reduced.runs(
            range,
            |[offset, mark_offset], run, [stride, mark_stride]| {
                for i in 0..run as isize {
                    visit(
                        first.wrapping_offset(offset + i * stride),
                        mark.offset(mark_offset + i * mark_stride),
                    );
                }
            },
        );
    }

    /// Adds the values `range` of a strip's first result, only the selected ones if there is a mask.
    pub fn add_one<A: Accumulate>(&self, strip: &Strip, range: Range<usize>, result: &mut A) {
        if self.is_masked() {
            return self.add_selected(strip, range, result);
        }
        // SAFETY: the values of one result are elements of the array.
        let values = unsafe { self.view.part(strip.offset, self.values) };
        values.for_each_tile::<A::Raw>(range, |values| result.add(values));
    }

    /// As [`Self::add_one`], with a mask. Not inlined, so that no other frame has to hold the tile.
    #[inline(never)]
    fn add_selected<A: Accumulate>(&self, strip: &Strip, range: Range<usize>, result: &mut A) {
        let mut tile = [const { MaybeUninit::<A::Raw>::uninit() }; VALUES_IN_TILE];
        let mut filled = 0;
        self.for_each_marked(strip, range, |value, mark| {
            // SAFETY: `for_each_marked` visits elements of the array and of the mask; raw elements have no
            // alignment.
            let (value, selected) = unsafe { (value.cast::<A::Raw>().read(), mark.is_set()) };
            tile[filled].write(value);
            filled += usize::from(selected);
            if filled == VALUES_IN_TILE {
                // SAFETY: every value of the tile was written.
                result.add(unsafe { written(&tile) });
                filled = 0;
            }
        });
        // SAFETY: the first `filled` values were written.
        result.add(unsafe { written(&tile[..filled]) });
    }
}

/// An element of a mask, of an integer type or of booleans.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    at: *const u8,
    size: usize,
}

// SAFETY: a mark is only used within one call, and points into a mask that any thread may read.
unsafe impl Send for Mark {}

impl Mark {
    /// The element at the address that a mask's offsets count from.
    pub fn new(mask: &View) -> Self {
        Self {
            at: mask.data(),
            size: mask.dtype().size(),
        }
    }

    /// The element that lies `bytes` bytes further.
    #[must_use]
    pub fn offset(self, bytes: isize) -> Self {
        Self {
            at: self.at.wrapping_offset(bytes),
            ..self
        }
    }

    /// The size of the element in bytes.
    pub fn size(self) -> usize {
        self.size
    }

    /// Does the element, which has `SIZE` bytes, select a value? It does if one of them is not 0.
    ///
    /// # Safety
    /// These bytes may be read.
    #[inline(always)]
    pub unsafe fn selects<const SIZE: usize>(self) -> bool {
        // SAFETY: the caller's promise.
        unsafe { self.at.cast::<[u8; SIZE]>().read() != [0; SIZE] }
    }

    /// As [`Self::selects`], for an element of any size.
    ///
    /// # Safety
    /// The element may be read.
    #[inline(always)]
    pub unsafe fn is_set(self) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            match self.size {
                1 => self.selects::<1>(),
                2 => self.selects::<2>(),
                4 => self.selects::<4>(),
                _ => self.selects::<8>(),
            }
        }
    }
}
