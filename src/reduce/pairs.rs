//! Reductions along axes of pairs of values: one collection for each element of the kept axes.
//!
//! Contiguous doubles go to the kernels where they lie. Elements of other types and layouts, and those that a
//! mask selects, are converted exactly and brought together before: see [`super::pair_tiles`].

use std::ops::Range;

use super::chunk::{VALUES_IN_CHUNK, chunk};
use super::pair_tiles::PairTiles;
use super::source::Mark;
use super::tile::{PAIRS_IN_TILE, Reader, reader};
use crate::array::View;
use crate::array::space::{Dim, Space};
use crate::error::Result;
use crate::exact::Unaligned;
use crate::exact::collect::Collect;
use crate::parallel::governance::{self, Watch};
use crate::parallel::{fold_values, single_chunk, threads_for_call};
use crate::simd::in_force;

/// Runs of contiguous doubles from this length on are read where they lie; shorter ones are gathered.
const MIN_RUN_IN_PLACE: usize = 128;

/// How many neighbouring results are computed together where they share cache lines.
const NEIGHBOURS: usize = 8;

/// Two arrays of one shape, or one array twice, perhaps a mask, and the axes along which they are reduced.
pub struct Pairs<'a> {
    x: &'a View,
    /// The second array; `None` if there is one variable, and both are the same.
    y: Option<&'a View>,
    mask: Option<&'a View>,
    /// The kept axes: for each result the offsets in bytes of its first pair, in the arrays and in the mask,
    /// and its index.
    kept: Space<4>,
    /// The reduced axes: for each pair of a result its offsets in bytes from the first one, in the arrays and
    /// in the mask.
    reduced: Space<3>,
    readers: [Reader; 2],
    /// Are both arrays doubles, and is there no mask?
    plain: bool,
}

impl<'a> Pairs<'a> {
    /// The reduction over the axes marked in `reduce`, one mark for each dimension. All arrays have the same
    /// shape; the mask has an integer type or booleans.
    pub fn new(
        x: &'a View,
        y: Option<&'a View>,
        mask: Option<&'a View>,
        reduce: impl Fn(usize) -> bool,
    ) -> Self {
        let mut kept = Space::scalar();
        let mut reduced = Space::scalar();
        let mut results = 1isize;
        let empty = x.space().is_empty();
        for (axis, dim) in x.space().dims().iter().enumerate().rev() {
            // The strides of an array without elements were not checked and may be anything.
            let stride = |view: &View| {
                if empty {
                    0
                } else {
                    view.space().dims()[axis].strides[0]
                }
            };
            let (first, mark) = (stride(x), mask.map_or(0, stride));
            let second = y.map_or(first, stride);
            let len = dim.len;
            if reduce(axis) {
                reduced.push_outer(Dim {
                    len,
                    strides: [first, second, mark],
                });
            } else {
                kept.push_outer(Dim {
                    len,
                    strides: [first, second, mark, results],
                });
                results = results.saturating_mul(len as isize);
            }
        }
        let views = [x, y.unwrap_or(x)];
        Self {
            x,
            y,
            mask,
            kept,
            reduced: reduced.by_memory(),
            readers: views.map(reader),
            plain: views.iter().all(|view| view.dtype().is_f64()) && mask.is_none(),
        }
    }

    /// The number of results; `None` if they are more than memory can hold.
    pub fn results(&self) -> Option<usize> {
        self.kept
            .is_addressable(size_of::<f64>())
            .then(|| self.kept.len())
    }

    /// Does memory from `start` on overlap one of the arrays?
    pub fn overlaps(&self, start: *const u8, bytes: usize) -> bool {
        let mut views = [Some(self.x), self.y, self.mask].into_iter().flatten();
        views.any(|view| view.overlaps(start, bytes))
    }

    /// Collects the pairs of each result, and hands the collection to `sink` with the index of the result, in
    /// C order of the kept axes. `sink`, which is called on any thread, leaves the collection empty.
    pub fn run<C: Collect>(&self, sink: &(impl Fn(usize, &mut C) + Sync)) -> Result<()> {
        if self.kept.is_empty() {
            return Ok(());
        }
        let kept = self.kept.by_memory();
        let (results, values) = (kept.len(), self.reduced.len());
        if results < 2 * threads_for_call() && values > 2 * VALUES_IN_CHUNK {
            // All threads work on one result at a time. Progress counts the results, or the pairs if there is
            // only one result.
            let watch = (results > 1).then(|| Watch::begin(results as u64));
            let mut outcome = Ok(());
            kept.runs(0..results, |offsets, run, strides| {
                for i in 0..run as isize {
                    if outcome.is_ok() {
                        let at = |n: usize| offsets[n] + i * strides[n];
                        let collected = self.together([at(0), at(1), at(2)]);
                        outcome =
                            collected.map(|mut collected| sink(at(3) as usize, &mut collected));
                        if let Some(watch) = &watch {
                            watch.advance(1);
                        }
                    }
                }
            });
            return outcome;
        }
        let groups = Groups::new(&kept, self.neighbours(&kept));
        let in_group = values.saturating_mul(groups.width).max(1);
        let all = in_group.saturating_mul(groups.len());
        fold_values(
            groups.len(),
            in_group,
            chunk(all).div_ceil(in_group),
            Vec::<C>::new,
            |collections, range| {
                range.into_iter().try_for_each(|group| {
                    groups.visit(group, |offsets, run, strides| {
                        self.alone(offsets, run, strides, collections, sink)
                    })
                })
            },
            |_, _| (),
        )?;
        Ok(())
    }

    /// The collection of all pairs, if all axes are reduced.
    pub fn whole<C: Collect>(&self) -> Result<C> {
        self.together([0; 3])
    }

    /// The collection of one result, whose first pair and mark lie at these offsets, by all threads.
    fn together<C: Collect>(&self, first: [isize; 3]) -> Result<C> {
        let values = self.reduced.len();
        let chunk = chunk(values);
        if values <= chunk {
            return single_chunk(values, || {
                let mut collected = C::new(in_force());
                self.add(first, 0..values, &mut collected);
                Ok(collected)
            });
        }
        fold_values(
            values,
            1,
            chunk,
            || C::new(in_force()),
            |collected, range| {
                self.add(first, range, collected);
                Ok(())
            },
            C::merge,
        )
    }

    /// Computes `run` neighbouring results, whose first pairs lie at the offsets, on this thread.
    fn alone<C: Collect>(
        &self,
        offsets: [isize; 4],
        run: usize,
        strides: [isize; 4],
        collections: &mut Vec<C>,
        sink: &impl Fn(usize, &mut C),
    ) -> Result<()> {
        while collections.len() < run {
            collections.push(C::new(in_force()));
        }
        let values = self.reduced.len();
        // Neighbours share cache lines, so they take their pairs in turns.
        let part = if run == 1 {
            VALUES_IN_CHUNK
        } else {
            PAIRS_IN_TILE
        };
        for start in (0..values).step_by(part) {
            governance::check_attached()?;
            let range = start..values.min(start + part);
            for (i, collected) in (0..run as isize).zip(&mut *collections) {
                let at = |n: usize| offsets[n] + i * strides[n];
                self.add([at(0), at(1), at(2)], range.clone(), collected);
            }
        }
        for (i, collected) in (0..run as isize).zip(collections) {
            sink((offsets[3] + i * strides[3]) as usize, collected);
        }
        Ok(())
    }

    /// How many neighbouring results are computed together: more than one where their pairs lie closer
    /// together than the pairs of one result.
    fn neighbours(&self, kept: &Space<4>) -> usize {
        let (Some(kept), Some(reduced)) = (kept.dims().last(), self.reduced.dims().last()) else {
            return 1;
        };
        let closer = |array: usize| {
            let [kept, reduced] = [kept.strides[array], reduced.strides[array]];
            kept != 0 && kept.unsigned_abs() < reduced.unsigned_abs()
        };
        if closer(0) || closer(1) {
            NEIGHBOURS
        } else {
            1
        }
    }

    /// Adds the pairs `range` of a result, whose first pair and mark lie at the offsets `first`. Not inlined,
    /// so that no other frame has to hold the tiles.
    #[inline(never)]
    fn add<C: Collect>(&self, first: [isize; 3], range: Range<usize>, collected: &mut C) {
        let views = [self.x, self.y.unwrap_or(self.x)];
        let data = [0, 1].map(|i| views[i].data().wrapping_offset(first[i]));
        let marks = self.mask.map(|mask| Mark::new(mask).offset(first[2]));
        let mut gathered = PairTiles::new(self.readers, self.y.is_none());
        self.reduced.runs(range, |offsets, run, strides| {
            let first = [0, 1].map(|i| data[i].wrapping_offset(offsets[i]));
            if self.plain && strides[..2] == [8; 2] && run >= MIN_RUN_IN_PLACE {
                // SAFETY: each pointer leads to `run` elements of its array that lie one after the other, and
                // `Unaligned` needs no alignment.
                let [x, y]: [&[Unaligned]; 2] =
                    first.map(|first| unsafe { std::slice::from_raw_parts(first.cast(), run) });
                gathered.add_doubles(x, y, collected);
            } else {
                let marks = marks.map(|marks| marks.offset(offsets[2]));
                // SAFETY: `runs` visits elements of the arrays, whose types the readers were chosen for.
                unsafe { gathered.add(first, marks, run, strides, collected) };
            }
        });
        gathered.flush(collected);
    }
}

/// The results of a reduction in groups of neighbours.
struct Groups<'a> {
    kept: &'a Space<4>,
    /// How many results a group has at most.
    width: usize,
    /// The length of the innermost kept dimension.
    inner: usize,
    /// How many groups it has.
    in_inner: usize,
}

impl<'a> Groups<'a> {
    fn new(kept: &'a Space<4>, width: usize) -> Self {
        let inner = kept.dims().last().map_or(1, |dim| dim.len);
        Self {
            kept,
            width,
            inner,
            in_inner: inner.div_ceil(width),
        }
    }

    fn len(&self) -> usize {
        self.kept.len() / self.inner * self.in_inner
    }

    /// Calls `visit` with the offsets of a group's first result, the number of its results, and the distances
    /// from one to the next.
    fn visit(
        &self,
        group: usize,
        mut visit: impl FnMut([isize; 4], usize, [isize; 4]) -> Result<()>,
    ) -> Result<()> {
        let first = group % self.in_inner * self.width;
        let start = group / self.in_inner * self.inner + first;
        let run = self.width.min(self.inner - first);
        let mut outcome = Ok(());
        self.kept.runs(start..start + run, |offsets, run, strides| {
            outcome = visit(offsets, run, strides);
        });
        outcome
    }
}
