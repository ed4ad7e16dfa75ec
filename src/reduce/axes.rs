//! Reductions over some axes of an array: one result for each element of the others.
//!
//! Where the reduced axes are the closer ones in memory, each result's values are walked by themselves. Where a kept axis is,
//! that would touch a cache line for each value; so a strip of neighbouring results is filled together, from rows of values
//! that lie together: see [`super::strips`].

use super::CHUNK;
use super::strips::{Strip, StripMoments, WIDTH};
use crate::array::View;
use crate::array::dtype::Visitor;
use crate::array::space::{Dim, Space};
use crate::error::{Error, Result};
use crate::exact::extremes::Extremes;
use crate::exact::short::{self, Short};
use crate::exact::{Element, Moments};
use crate::parallel::control::{self, Watch};
use crate::parallel::{fold_chunks, threads_for_call};
use crate::stats::NanPolicy;

/// Sum.
pub const PAREXACT_OP_SUM: i32 = 0;
/// Arithmetic mean.
pub const PAREXACT_OP_MEAN: i32 = 1;
/// Variance, with divisor count - ddof.
pub const PAREXACT_OP_VAR: i32 = 2;
/// Standard deviation, with divisor count - ddof.
pub const PAREXACT_OP_STD: i32 = 3;
/// Minimum, -0.0 below +0.0.
pub const PAREXACT_OP_MIN: i32 = 4;
/// Maximum, +0.0 above -0.0.
pub const PAREXACT_OP_MAX: i32 = 5;
/// Euclidean norm.
pub const PAREXACT_OP_NORM: i32 = 6;

/// What to compute of each result's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// Their variance.
    Variance,
    /// Their standard deviation.
    Std,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The root of the sum of their squares.
    Norm,
}

impl TryFrom<i32> for Op {
    type Error = Error;

    fn try_from(op: i32) -> Result<Self> {
        Ok(match op {
            PAREXACT_OP_SUM => Self::Sum,
            PAREXACT_OP_MEAN => Self::Mean,
            PAREXACT_OP_VAR => Self::Variance,
            PAREXACT_OP_STD => Self::Std,
            PAREXACT_OP_MIN => Self::Min,
            PAREXACT_OP_MAX => Self::Max,
            PAREXACT_OP_NORM => Self::Norm,
            _ => {
                return Err(Error::invalid(format!(
                    "op is {op}; it must be one of PAREXACT_OP_*, 0 to 6"
                )));
            }
        })
    }
}

/// What becomes of the moments of one result's values.
#[derive(Debug, Clone, Copy)]
pub struct Rounding {
    /// What to compute.
    pub op: Op,
    /// Delta degrees of freedom, of variance and standard deviation.
    pub ddof: u64,
    /// What is done about NaNs.
    pub policy: NanPolicy,
}

impl Rounding {
    /// The result of a few values that [`Short`] can hold, or that need no more than comparison.
    fn round_short(&self, values: &[f64]) -> Option<f64> {
        let nan = crate::exact::float::CANONICAL_NAN;
        Some(match self.op {
            Op::Sum => Short::new::<false>(values)?.sum(),
            Op::Mean => Short::new::<false>(values)?.mean(),
            Op::Variance => {
                let variance = Short::new::<true>(values)?.variance(self.ddof);
                variance.map_or(nan, |variance| variance.round(false))
            }
            Op::Std => {
                let variance = Short::new::<true>(values)?.variance(self.ddof);
                variance.map_or(nan, |variance| variance.sqrt().round(false))
            }
            Op::Norm => Short::new::<true>(values)?.norm(),
            Op::Min | Op::Max => {
                let mut extremes = Extremes::default();
                for &x in values {
                    if x.is_nan() {
                        return None;
                    }
                    extremes.add(x);
                }
                match self.op {
                    _ if extremes.is_empty() => nan,
                    Op::Min => extremes.min(),
                    _ => extremes.max(),
                }
            }
        })
    }

    fn round(&self, moments: &Moments) -> Result<f64> {
        if self.policy.finds_nan(moments)? {
            return Ok(crate::exact::float::CANONICAL_NAN);
        }
        Ok(match self.op {
            Op::Sum => moments.rounded_sum(),
            Op::Mean => moments.mean(),
            Op::Variance => moments.rounded_variance(self.ddof),
            Op::Std => moments.std(self.ddof),
            Op::Min => moments.min(),
            Op::Max => moments.max(),
            Op::Norm => moments.norm(),
        })
    }
}

/// Where results go, in C order of the kept axes, at any alignment.
#[derive(Clone, Copy)]
pub struct Results(*mut f64);

// SAFETY: each result is written by one thread alone.
unsafe impl Send for Results {}
// SAFETY: as above.
unsafe impl Sync for Results {}

impl Results {
    /// # Safety
    /// All results may be written, and are of no concern to anybody else meanwhile.
    pub unsafe fn new(first: *mut f64) -> Self {
        Self(first)
    }

    /// # Safety
    /// It is the index of a result.
    unsafe fn write(self, index: isize, value: f64) {
        // SAFETY: the promises of both functions.
        unsafe { self.0.offset(index).write_unaligned(value) };
    }
}

/// A reduction over axes, planned.
pub struct Plan {
    view: View,
    /// Offsets of the results' first values in the array, and of the results themselves, in values.
    kept: Space<2>,
    /// Where one result's values lie, relative to the first.
    reduced: Space<1>,
}

impl Plan {
    /// The reduction of `view` over the axes marked in `reduce`, one mark for each dimension.
    pub fn new(view: View, reduce: &[bool]) -> Self {
        let mut kept = Space::scalar();
        let mut reduced = Space::scalar();
        let mut results = 1isize;
        let empty = view.space().is_empty();
        for (dim, &reduce) in view.space().dims().iter().zip(reduce).rev() {
            // Between no elements there are no distances: the strides are not checked and may be anything.
            let stride = if empty { 0 } else { dim.strides[0] };
            if reduce {
                reduced.push_outer(Dim {
                    len: dim.len,
                    strides: [stride],
                });
            } else {
                kept.push_outer(Dim {
                    len: dim.len,
                    strides: [stride, results],
                });
                results = results.saturating_mul(dim.len as isize);
            }
        }
        Self {
            view,
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

    /// Computes all results.
    pub fn run(&self, rounding: Rounding, results: Results) -> Result<()> {
        struct Run<'a>(&'a Plan, Rounding, Results);
        impl Visitor for Run<'_> {
            type Output = Result<()>;

            fn visit<T: Element>(self) -> Result<()> {
                let Self(plan, rounding, results) = self;
                match rounding.op {
                    Op::Sum | Op::Mean => plan.reduce::<T, true, false, false>(rounding, results),
                    Op::Norm => plan.reduce::<T, false, true, false>(rounding, results),
                    Op::Variance | Op::Std => {
                        plan.reduce::<T, true, true, false>(rounding, results)
                    }
                    Op::Min | Op::Max => plan.reduce::<T, true, true, true>(rounding, results),
                }
            }
        }
        if self.kept.is_empty() {
            return Ok(());
        }
        self.view.dtype().visit(Run(self, rounding, results))
    }

    fn reduce<T: Element, const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(
        &self,
        rounding: Rounding,
        results: Results,
    ) -> Result<()> {
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
        let across = kept_stride < reduced_stride || reduced.len() <= short::MOST;
        let width = if across { WIDTH } else { 1 };
        // Strips go along the innermost kept axis.
        let inner = kept.dims().last().map_or(1, |dim| dim.len);
        let per_row = inner.div_ceil(width);
        let strips = kept.len() / inner * per_row;
        let task = Task {
            view: &self.view,
            reduced,
            rounding,
            results,
        };
        let strip = |index: usize, visit: &mut dyn FnMut(Strip) -> Result<()>| {
            let first = index / per_row * inner + index % per_row * width;
            let count = width.min(inner - index % per_row * width);
            let mut outcome = Ok(());
            kept.runs(
                first..first + count,
                |[offset, result], len, [stride, step]| {
                    outcome = visit(Strip {
                        offset,
                        stride,
                        result,
                        step,
                        len,
                    });
                },
            );
            outcome
        };
        let values = task.reduced.len().saturating_mul(width);
        if strips < 2 * threads_for_call() && values > 2 * CHUNK {
            // Few large strips: the threads share each of them. One of them reports its values as progress, several report
            // themselves.
            let watch = (strips > 1).then(|| Watch::begin(strips as u64));
            return (0..strips).try_for_each(|index| {
                strip(index, &mut |strip| {
                    task.together::<T, SUM, SQUARES, EXTREMES>(&strip)
                })?;
                if let Some(watch) = &watch {
                    watch.advance(1);
                }
                Ok(())
            });
        }
        fold_chunks(
            strips,
            (CHUNK / values.max(1)).max(1),
            StripMoments::<T, SUM, SQUARES, EXTREMES>::default,
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

/// What all strips of a reduction have in common.
struct Task<'a> {
    view: &'a View,
    reduced: Space<1>,
    rounding: Rounding,
    results: Results,
}

impl Task<'_> {
    /// Reduces a strip on this thread.
    fn alone<T: Element, const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(
        &self,
        strip: &Strip,
        moments: &mut StripMoments<T, SUM, SQUARES, EXTREMES>,
    ) -> Result<()> {
        if self.reduced.len() <= short::MOST && !T::HAS_RESTS && self.short::<T>(strip) {
            return Ok(());
        }
        moments.begin(strip)?;
        // Long parts, for the sake of prefetching; still below a millisecond.
        let (total, part) = (self.reduced.len(), 8 * self.part(strip));
        for start in (0..total).step_by(part) {
            control::check_attached()?;
            let range = start..total.min(start + part);
            moments.add(self.view, &self.reduced, strip, range)?;
        }
        self.write(strip, moments)
    }

    /// Reduces a strip of a few values for each result, if they are easy.
    fn short<T: Element>(&self, strip: &Strip) -> bool {
        let count = self.reduced.len();
        let mut offsets = [0; short::MOST];
        let mut filled = 0;
        self.reduced.runs(0..count, |[offset], run, [stride]| {
            for (i, out) in offsets[filled..filled + run].iter_mut().enumerate() {
                *out = offset + i as isize * stride;
            }
            filled += run;
        });
        let first = self.view.data().wrapping_offset(strip.offset);
        for i in 0..strip.len as isize {
            let mut values = [0.0; short::MOST];
            for (value, offset) in values.iter_mut().zip(&offsets[..count]) {
                let element = first.wrapping_offset(i * strip.stride + offset);
                // SAFETY: an element of the array; raw elements have no alignment.
                *value = T::to_doubles(unsafe { element.cast::<T::Raw>().read() }).0;
            }
            let Some(result) = self.rounding.round_short(&values[..count]) else {
                return false;
            };
            // SAFETY: the strips' results are those of the plan.
            unsafe { self.results.write(strip.result + i * strip.step, result) };
        }
        true
    }

    /// Reduces a strip on all threads.
    fn together<T: Element, const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(
        &self,
        strip: &Strip,
    ) -> Result<()> {
        let mut moments = fold_chunks(
            self.reduced.len(),
            self.part(strip),
            StripMoments::<T, SUM, SQUARES, EXTREMES>::default,
            |moments, range| {
                moments.begin(strip)?;
                moments.add(self.view, &self.reduced, strip, range)
            },
            StripMoments::merge,
        )?;
        self.write(strip, &mut moments)
    }

    /// Values of each result that make a chunk for the whole strip.
    fn part(&self, strip: &Strip) -> usize {
        CHUNK / strip.len
    }

    fn write<T: Element, const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(
        &self,
        strip: &Strip,
        moments: &mut StripMoments<T, SUM, SQUARES, EXTREMES>,
    ) -> Result<()> {
        moments.finish(|i, moments| {
            let value = self.rounding.round(moments)?;
            let index = strip.result + i as isize * strip.step;
            // SAFETY: the strips' results are those of the plan.
            unsafe { self.results.write(index, value) };
            Ok(())
        })
    }
}
