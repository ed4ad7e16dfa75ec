//! Reductions over some axes of an array: one result for each element of the others.
//!
//! Where the innermost axis in memory is a reduced one, each result's values are walked by themselves. Where
//! it is a kept one, that would touch a cache line for each value, so the results of a strip are computed
//! together from rows of values that lie together: see [`super::strip_moments`].

use std::marker::PhantomData;

use super::chunk::{VALUES_IN_CHUNK, chunk};
use super::few::{Few, Scratch};
use super::sink::Sink;
use super::source::Source;
use super::strip::Strip;
use super::strip_moments::StripMoments;
use super::strips::Strips;
use super::task::Task;
use crate::array::View;
use crate::array::dtype::Visitor;
use crate::array::space::{Dim, Space};
use crate::error::Result;
use crate::exact::Element;
use crate::exact::quantity::{self, Quantity};
use crate::parallel::governance::Watch;
use crate::parallel::{fold_values, threads_for_call};

/// A reduction of an array over some of its axes.
pub struct Plan<'a> {
    view: &'a View,
    mask: Option<&'a View>,
    /// The kept axes: for each result the offsets in bytes of its first value in the array and in the mask,
    /// and its index.
    kept: Space<3>,
    /// The reduced axes: for each value of a result its offsets in bytes from the first one, in the array and
    /// in the mask.
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
            // The strides of an array without elements were not checked and may be anything.
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

    /// The number of results; `None` if they are more than memory can hold.
    pub fn results(&self) -> Option<usize> {
        self.kept
            .is_addressable(size_of::<f64>())
            .then(|| self.kept.len())
    }

    /// How many values each result has, selected or not.
    pub fn values(&self) -> u64 {
        self.reduced.len() as u64
    }

    /// How many values of a result the mask selects; without a mask all of them.
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
                outcome = source.in_parts(VALUES_IN_CHUNK, |range| {
                    source.for_each_marked(&strip, range, |_, mark| {
                        // SAFETY: `for_each_marked` visits elements of the mask, which may be read.
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

    /// Computes all results and hands each of them to `sink`.
    pub fn run<Q: Quantity>(&self, sink: &dyn Sink) -> Result<()> {
        struct Run<'a, Q>(&'a Plan<'a>, &'a dyn Sink, PhantomData<Q>);
        impl<Q: Quantity> Visitor for Run<'_, Q> {
            type Output = Result<()>;

            fn visit<T: Element>(self) -> Result<()> {
                // Types that are recoded are rarer: they share the code that gathers everything, as the
                // library would else be half as large again.
                if const { T::RECODED } {
                    self.0.reduce::<T, quantity::Describe>(self.1)
                } else {
                    self.0.reduce::<T, Q>(self.1)
                }
            }
        }
        if self.kept.is_empty() {
            return Ok(());
        }
        let run = Run::<Q>(self, sink, PhantomData);
        self.view.dtype().visit(run)
    }

    fn reduce<T: Element, Q: Quantity>(&self, sink: &dyn Sink) -> Result<()> {
        let reduced = self.reduced.by_memory();
        let mut strips = Strips::new(&self.kept, &reduced);
        let task = Task {
            source: Source::new(self.view, self.mask, reduced),
            sink,
        };
        if let Some(few) = Few::new::<T>(&task.source, &reduced, sink, strips.across()) {
            strips.set_width(few.width());
            let values = few.width() * task.source.len();
            let all = values.saturating_mul(strips.count());
            fold_values(
                strips.count(),
                values,
                chunk(all).div_ceil(values),
                Scratch::default,
                |scratch, range| {
                    range.into_iter().try_for_each(|index| {
                        strips.visit(index, |strip| few.reduce::<T, Q>(&strip, scratch))
                    })
                },
                |_, _| (),
            )?;
            return Ok(());
        }
        let values = task.source.len().saturating_mul(strips.width());
        if strips.count() < 2 * threads_for_call() && values > 2 * VALUES_IN_CHUNK {
            // Few large strips: all threads work on one strip at a time. Progress counts the strips, or the
            // values if there is only one strip.
            let watch = (strips.count() > 1).then(|| Watch::begin(strips.count() as u64));
            return (0..strips.count()).try_for_each(|index| {
                strips.visit(index, |strip| task.together::<T, Q>(&strip))?;
                if let Some(watch) = &watch {
                    watch.advance(1);
                }
                Ok(())
            });
        }
        let all = values.saturating_mul(strips.count());
        fold_values(
            strips.count(),
            values,
            chunk(all).div_ceil(values.max(1)),
            StripMoments::<T, Q>::default,
            |moments, range| {
                range
                    .into_iter()
                    .try_for_each(|index| strips.visit(index, |strip| task.alone(&strip, moments)))
            },
            |_, _| (),
        )?;
        Ok(())
    }
}
