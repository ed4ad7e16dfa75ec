//! Reductions of whole arrays.

use std::marker::PhantomData;
use std::ops::Range;

use super::chunk::chunk;
use super::statistic::Statistic;
use crate::array::View;
use crate::array::dtype::Visitor;
use crate::error::Result;
use crate::exact::quantity::Quantity;
use crate::exact::short::{self, Short};
use crate::exact::small;
use crate::exact::{Accumulate, Accumulator, Element, Moments, Unaligned};
use crate::parallel::{fold_values, single_chunk};
use crate::simd::in_force;

/// A statistic of a vector.
pub fn vector<S: Statistic>(values: &[Unaligned], statistic: S) -> Result<S::Output> {
    if values.len() <= small::MAX_VALUES
        && let Some(short) = in_few_words::<S::Quantity>(values)
    {
        return single_chunk(values.len(), || statistic.round(&short));
    }
    let add = |accumulator: &mut Accumulator<S::Quantity>, range: Range<usize>| {
        accumulator.add(&values[range]);
    };
    gather(values.len(), add, |accumulator| {
        round(accumulator, statistic)
    })
}

/// A statistic of all elements of an array.
pub fn array<S: Statistic>(view: &View, statistic: S) -> Result<S::Output> {
    struct Reduce<'a, S>(&'a View, S);
    impl<S: Statistic> Visitor for Reduce<'_, S> {
        type Output = Result<S::Output>;

        fn visit<T: Element>(self) -> Self::Output {
            let Self(view, statistic) = self;
            elements(view, |accumulator: &mut T::Accumulator<S::Quantity>| {
                round(accumulator, statistic)
            })
        }
    }
    let view = view.by_memory();
    view.dtype().visit(Reduce(&view, statistic))
}

/// The moments of all elements of an array.
pub fn moments<Q: Quantity>(view: &View) -> Result<Moments> {
    struct Reduce<'a, Q>(&'a View, PhantomData<Q>);
    impl<Q: Quantity> Visitor for Reduce<'_, Q> {
        type Output = Result<Moments>;

        fn visit<T: Element>(self) -> Result<Moments> {
            elements(self.0, |accumulator: &mut T::Accumulator<Q>| {
                Ok(accumulator.finish())
            })
        }
    }
    let view = view.by_memory();
    view.dtype().visit(Reduce::<Q>(&view, PhantomData))
}

/// The moments of at most [`small::MAX_VALUES`] values, if a few words hold them.
#[inline]
fn in_few_words<Q: Quantity>(values: &[Unaligned]) -> Option<Short> {
    /// For so many values, integer operations take less time than to begin and to end a kernel.
    const WORTH_KERNEL: usize = 8;
    if values.len() >= WORTH_KERNEL
        && let Some(short) = small::moments::<Q>(in_force(), values)
    {
        return Some(short);
    }
    if values.len() > short::MAX_VALUES {
        return None;
    }
    let mut few = [0.0; short::MAX_VALUES];
    let few = &mut few[..values.len()];
    for (x, &value) in few.iter_mut().zip(values) {
        *x = f64::from_ne_bytes(value);
    }
    Short::new::<Q>(few)
}

/// Gathers an array's elements, which are walked in the order of its dimensions.
fn elements<A: Accumulate, R>(view: &View, finish: impl FnOnce(&mut A) -> Result<R>) -> Result<R> {
    let add = |accumulator: &mut A, range: Range<usize>| {
        view.for_each_tile::<A::Raw>(range, |values| accumulator.add(values));
    };
    gather(view.space().len(), add, finish)
}

/// Lets `add` add values to accumulators, on all threads if there are enough values, and makes the result of
/// the accumulator that has them all. If there is one thread, its accumulator stays where it is: to move it
/// would take longer than a small call does.
fn gather<A: Accumulate, R>(
    len: usize,
    add: impl Fn(&mut A, Range<usize>) + Sync,
    finish: impl FnOnce(&mut A) -> Result<R>,
) -> Result<R> {
    let chunk = chunk(len);
    if len <= chunk {
        return single_chunk(len, || {
            let mut accumulator = A::new(in_force());
            add(&mut accumulator, 0..len);
            finish(&mut accumulator)
        });
    }
    let add = |accumulator: &mut A, range: Range<usize>| {
        add(accumulator, range);
        Ok(())
    };
    let mut accumulator = fold_values(len, 1, chunk, || A::new(in_force()), add, A::merge)?;
    finish(&mut accumulator)
}

/// Rounds what an accumulator has gathered.
fn round<A: Accumulate, S: Statistic>(accumulator: &mut A, statistic: S) -> Result<S::Output> {
    match accumulator.short() {
        Some(short) => statistic.round(&short),
        None => statistic.round(&accumulator.finish()),
    }
}
