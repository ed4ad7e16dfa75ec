//! The results of a reduction, cut into strips.

use super::strip::{RESULTS_IN_STRIP, Strip};
use crate::array::space::Space;
use crate::error::Result;
use crate::exact::columns::PACK;
use crate::parallel::threads_for_call;

/// The kept axes in the order of memory, cut into strips along the innermost one.
pub struct Strips {
    kept: Space<3>,
    /// Do neighbouring results lie closer together than the values of one?
    across: bool,
    /// Results along the innermost kept axis.
    inner: usize,
    /// Results in a strip; the last one along the innermost axis may have fewer.
    width: usize,
}

impl Strips {
    /// Cuts the results where the innermost axis in memory is a kept one; else each result is a strip of its
    /// own.
    pub fn new(kept: &Space<3>, reduced: &Space<2>) -> Self {
        let kept = kept.by_memory();
        let across = stride(&kept) < stride(reduced);
        let inner = kept.dims().last().map_or(1, |dim| dim.len);
        let width = if across { strip_width(inner) } else { 1 };
        Self {
            kept,
            across,
            inner,
            width,
        }
    }

    /// Makes strips of `width` neighbours along the innermost axis in memory.
    pub fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    /// Do neighbouring results lie closer together than the values of one?
    pub fn across(&self) -> bool {
        self.across
    }

    /// How many strips there are.
    pub fn count(&self) -> usize {
        self.kept.len() / self.inner * self.per_row()
    }

    /// Results in a strip.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Calls `work` with a strip.
    pub fn visit(&self, index: usize, mut work: impl FnMut(Strip) -> Result<()>) -> Result<()> {
        let start = index % self.per_row() * self.width;
        let first = index / self.per_row() * self.inner + start;
        let count = self.width.min(self.inner - start);
        let mut outcome = Ok(());
        self.kept.runs(
            first..first + count,
            |[offset, mark, result], len, [stride, mark_stride, index_step]| {
                outcome = work(Strip {
                    offset,
                    stride,
                    mark,
                    mark_stride,
                    result,
                    index_step,
                    len,
                });
            },
        );
        outcome
    }

    /// Strips along the innermost axis.
    fn per_row(&self) -> usize {
        self.inner.div_ceil(self.width)
    }
}

/// The distance in bytes of neighbours along the innermost axis; the largest number if there is no axis.
fn stride<const ARRAYS: usize>(space: &Space<ARRAYS>) -> usize {
    space
        .dims()
        .last()
        .map_or(usize::MAX, |dim| dim.strides[0].unsigned_abs())
}

/// How many results a strip gets where `results` lie side by side: as many as the other strips, and each
/// thread as many strips as the others, unless strips would get narrower than half of [`RESULTS_IN_STRIP`].
fn strip_width(results: usize) -> usize {
    let strips = results
        .div_ceil(RESULTS_IN_STRIP)
        .next_multiple_of(threads_for_call());
    let even = results.div_ceil(strips).next_multiple_of(PACK);
    if even >= RESULTS_IN_STRIP / 2 {
        even
    } else {
        RESULTS_IN_STRIP
    }
}
