//! Reductions over some axes of an array: one result for each element of the others.
//!
//! Where the reduced axes are the closer ones in memory, each result's values are walked by themselves. Where
//! a kept axis is, that would touch a cache line for each value; so a strip of neighbouring results is filled
//! together, from rows of values that lie together: see [`super::strip_moments`].

use std::marker::PhantomData;

use super::chunk::CHUNK;
use super::source::Source;
use super::strip::{Strip, WIDTH};
use super::strip_moments::StripMoments;
use crate::array::View;
use crate::array::dtype::Visitor;
use crate::array::space::{Dim, Space};
use crate::error::{PAREXACT_ERROR_NO_MEMORY, Result};
use crate::exact::columns::{BLOCK_ROWS, PACK};
use crate::exact::quantity::Quantity;
use crate::exact::{Accumulate, Element, Moments, short};
use crate::parallel::governance::Watch;
use crate::parallel::{fold_chunks, threads_for_call};
use crate::simd::in_force;

/// What is made of the moments of each result.
pub trait Sink: Sync {
    /// Takes the moments of one result, by its index in C order of the kept axes; once for each result, on
    /// any thread.
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()>;

    /// Takes the values of a result instead, which are few; `false` if it needs the moments, which then also
    /// come for results whose values it has taken.
    fn values(&self, index: usize, values: &[f64]) -> bool {
        let _ = (index, values);
        false
    }
}

/// A reduction over axes, planned.
pub struct Plan<'a> {
    view: &'a View,
    mask: Option<&'a View>,
    /// Offsets of the results' first values in the array and in the mask, and of the results themselves, by
    /// number.
    kept: Space<3>,
    /// Where one result's values lie in the array and in the mask, relative to the first.
    reduced: Space<2>,
}

impl<'a> Plan<'a> {
    /// The reduction of `view` over the axes marked in `reduce`, one mark for each dimension. A mask has the
    /// same shape, and an integer type or booleans; where it is not 0, values count.
    pub fn new(view: &'a View, mask: Option<&'a View>, reduce: &[bool]) -> Self {
        let mut kept = Space::scalar();
        let mut reduced = Space::scalar();
        let mut results = 1isize;
        let empty = view.space().is_empty();
        for (axis, dim) in view.space().dims().iter().enumerate().rev() {
            // Between no elements there are no distances: the strides are not checked and may be anything.
            let stride = |view: &View| {
                if empty {
                    0
                } else {
                    view.space().dims()[axis].strides[0]
                }
            };
            let (value, mark) = (stride(view), mask.map_or(0, stride));
            let len = dim.len;
            if reduce[axis] {
                reduced.push_outer(Dim {
                    len,
                    strides: [value, mark],
                });
            } else {
                kept.push_outer(Dim {
                    len,
                    strides: [value, mark, results],
                });
                results = results.saturating_mul(len as isize);
            }
        }
        Self {
            view,
            mask,
            kept,
            reduced,
        }
    }

    /// How many results there are; `None` if they are more than memory can hold.
    pub fn results(&self) -> Option<usize> {
        self.kept
            .is_addressable(size_of::<f64>())
            .then(|| self.kept.len())
    }

    /// How many values each result has, selected or not.
    pub fn values(&self) -> u64 {
        self.reduced.len() as u64
    }

    /// How many values of a result count.
    pub fn selected_values(&self, index: usize) -> Result<u64> {
        let source = Source::new(self.view, self.mask, self.reduced);
        if !source.is_masked() {
            return Ok(self.values());
        }
        let mut selected = 0;
        let mut outcome = Ok(());
        self.kept
            .runs(index..index + 1, |[offset, mark, result], _, _| {
                let strip = Strip {
                    offset,
                    mark,
                    result,
                    ..Strip::default()
                };
                outcome = source.in_parts(CHUNK, |range| {
                    source.for_each_marked(&strip, range, |_, mark| {
                        // SAFETY: an element of the mask.
                        selected += u64::from(unsafe { mark.is_set() });
                    });
                    Ok(())
                });
            });
        outcome.map(|()| selected)
    }

    /// Does memory from `start` on overlap the array or the mask?
    pub fn overlaps(&self, start: *const u8, bytes: usize) -> bool {
        let overlaps = |view: &View| view.overlaps(start, bytes);
        overlaps(self.view) || self.mask.is_some_and(overlaps)
    }

    /// Computes the moments of all results.
    pub fn run<Q: Quantity>(&self, sink: &dyn Sink) -> Result<()> {
        struct Run<'a, Q>(&'a Plan<'a>, &'a dyn Sink, PhantomData<Q>);
        impl<Q: Quantity> Visitor for Run<'_, Q> {
            type Output = Result<()>;

            fn visit<T: Element>(self) -> Result<()> {
                self.0.reduce::<T, Q>(self.1)
            }
        }
        if self.kept.is_empty() {
            return Ok(());
        }
        let run = Run::<Q>(self, sink, PhantomData);
        self.view.dtype().visit(run)
    }

    fn reduce<T: Element, Q: Quantity>(&self, sink: &dyn Sink) -> Result<()> {
        let kept = self.kept.by_memory();
        let reduced = self.reduced.by_memory();
        let stride = |dims: &[isize]| dims.first().map_or(usize::MAX, |s| s.unsigned_abs());
        let kept_stride = kept
            .dims()
            .last()
            .map_or(usize::MAX, |dim| stride(&dim.strides));
        let reduced_stride = reduced
            .dims()
            .last()
            .map_or(usize::MAX, |dim| stride(&dim.strides));
        let across = kept_stride < reduced_stride || reduced.len() <= short::MAX_VALUES;
        // Strips go along the innermost kept axis.
        let inner = kept.dims().last().map_or(1, |dim| dim.len);
        let width = if across { strip_width(inner) } else { 1 };
        let per_row = inner.div_ceil(width);
        let strips = kept.len() / inner * per_row;
        let task = Task {
            source: Source::new(self.view, self.mask, reduced),
            sink,
        };
        let strip = |index: usize, visit: &mut dyn FnMut(Strip) -> Result<()>| {
            let first = index / per_row * inner + index % per_row * width;
            let count = width.min(inner - index % per_row * width);
            let mut outcome = Ok(());
            kept.runs(
                first..first + count,
                |[offset, mark, result], len, [stride, mark_stride, step]| {
                    outcome = visit(Strip {
                        offset,
                        stride,
                        mark,
                        mark_stride,
                        result,
                        step,
                        len,
                    });
                },
            );
            outcome
        };
        let values = task.source.len().saturating_mul(width);
        if strips < 2 * threads_for_call() && values > 2 * CHUNK {
            // Few large strips: the threads share each of them. One of them reports its values as progress,
            // several report themselves.
            let watch = (strips > 1).then(|| Watch::begin(strips as u64));
            return (0..strips).try_for_each(|index| {
                strip(index, &mut |strip| task.together::<T, Q>(&strip))?;
                if let Some(watch) = &watch {
                    watch.advance(1);
                }
                Ok(())
            });
        }
        fold_chunks(
            strips,
            (CHUNK / values.max(1)).max(1),
            StripMoments::<T, Q>::default,
            |moments, range| {
                range
                    .into_iter()
                    .try_for_each(|index| strip(index, &mut |strip| task.alone(&strip, moments)))
            },
            |_, _| (),
        )?;
        Ok(())
    }
}

/// Results in a strip where so many lie side by side: as many in each one, and an equal number of strips for
/// each thread, if that does not make them much narrower.
fn strip_width(results: usize) -> usize {
    let strips = results.div_ceil(WIDTH).next_multiple_of(threads_for_call());
    let even = results.div_ceil(strips).next_multiple_of(PACK);
    if even >= WIDTH / 2 { even } else { WIDTH }
}

/// What all strips of a reduction have in common.
struct Task<'a> {
    source: Source<'a>,
    sink: &'a dyn Sink,
}

impl Task<'_> {
    /// Reduces a strip on this thread.
    fn alone<T: Element, Q: Quantity>(
        &self,
        strip: &Strip,
        moments: &mut StripMoments<T, Q>,
    ) -> Result<()> {
        if self.source.len() <= short::MAX_VALUES && !T::EXCEEDS_F64 && self.short::<T>(strip) {
            return Ok(());
        }
        match self.fill(strip, moments) {
            Err(error) if error.status == PAREXACT_ERROR_NO_MEMORY => {
                *moments = StripMoments::default();
                self.one_by_one::<T, Q>(strip)
            }
            Err(error) => Err(error),
            Ok(()) => self.hand_over(strip, moments),
        }
    }

    /// Adds all values of a strip.
    fn fill<T: Element, Q: Quantity>(
        &self,
        strip: &Strip,
        moments: &mut StripMoments<T, Q>,
    ) -> Result<()> {
        moments.begin(&self.source, strip)?;
        // Long parts, for the sake of prefetching; still below a millisecond.
        self.source.in_parts(8 * CHUNK / strip.len, |range| {
            moments.add(&self.source, strip, range)
        })
    }

    /// Reduces a strip's results one after the other, which takes no memory. Not inlined: the accumulator
    /// belongs into no frame but its own.
    #[cold]
    #[inline(never)]
    fn one_by_one<T: Element, Q: Quantity>(&self, strip: &Strip) -> Result<()> {
        for i in 0..strip.len {
            let result = strip.result_alone(i);
            let mut accumulator = T::Accumulator::<Q>::new(in_force());
            self.source.in_parts(CHUNK, |range| {
                self.source.add_one(&result, range, &mut accumulator);
                Ok(())
            })?;
            self.sink
                .moments(strip.index(i), &mut accumulator.finish())?;
        }
        Ok(())
    }

    /// Reduces a strip of a few values for each result, if they are easy.
    fn short<T: Element>(&self, strip: &Strip) -> bool {
        if self.source.is_masked() {
            return false;
        }
        let count = self.source.len();
        let mut offsets = [0; short::MAX_VALUES];
        let mut filled = 0;
        self.source.runs(0..count, |offset, run, stride| {
            for (i, out) in offsets[filled..filled + run].iter_mut().enumerate() {
                *out = offset + i as isize * stride;
            }
            filled += run;
        });
        let first = self.source.first(strip);
        (0..strip.len).all(|i| {
            let mut values = [0.0; short::MAX_VALUES];
            for (value, offset) in values.iter_mut().zip(&offsets[..count]) {
                let element = first.wrapping_offset(i as isize * strip.stride + offset);
                // SAFETY: an element of the array; raw elements have no alignment.
                *value = T::to_doubles(unsafe { element.cast::<T::Raw>().read() }).0;
            }
            self.sink.values(strip.index(i), &values[..count])
        })
    }

    /// Reduces a strip on all threads.
    fn together<T: Element, Q: Quantity>(&self, strip: &Strip) -> Result<()> {
        let moments = fold_chunks(
            self.source.len(),
            self.part(strip),
            StripMoments::<T, Q>::default,
            |moments, range| {
                moments.begin(&self.source, strip)?;
                moments.add(&self.source, strip, range)
            },
            StripMoments::merge,
        );
        match moments {
            Err(error) if error.status == PAREXACT_ERROR_NO_MEMORY => {
                self.one_by_one::<T, Q>(strip)
            }
            Err(error) => Err(error),
            Ok(mut moments) => self.hand_over(strip, &mut moments),
        }
    }

    /// Values of each result that make a chunk for the whole strip: whole blocks of the column kernel.
    fn part(&self, strip: &Strip) -> usize {
        let values = self.source.len().saturating_mul(strip.len);
        let chunk = (values / 64).clamp(CHUNK, 4 * CHUNK);
        (chunk / strip.len).next_multiple_of(BLOCK_ROWS)
    }

    /// Gives the moments of a strip's results to the sink. Not inlined: they belong into no frame but its
    /// own.
    #[inline(never)]
    fn hand_over<T: Element, Q: Quantity>(
        &self,
        strip: &Strip,
        moments: &mut StripMoments<T, Q>,
    ) -> Result<()> {
        moments.finish(|i, moments| self.sink.moments(strip.index(i), moments))
    }
}
