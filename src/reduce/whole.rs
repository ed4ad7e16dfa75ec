//! Reductions of whole arrays.

use std::marker::PhantomData;

use super::chunk::chunk;
use crate::array::View;
use crate::array::dtype::Visitor;
use crate::error::Result;
use crate::exact::quantity::Quantity;
use crate::exact::{Accumulate, Accumulator, Element, Moments, Unaligned};
use crate::parallel::fold_values;
use crate::simd::in_force;

/// The moments of a vector.
pub fn vector<Q: Quantity>(values: &[Unaligned]) -> Result<Moments> {
    let accumulator = fold_values(
        values.len(),
        1,
        chunk(values.len()),
        || Accumulator::<Q>::new(in_force()),
        |accumulator, range| {
            accumulator.add(&values[range]);
            Ok(())
        },
        Accumulator::merge,
    )?;
    Ok(accumulator.finish())
}

/// The moments of all elements of an array.
pub fn array<Q: Quantity>(view: &View) -> Result<Moments> {
    struct Reduce<'a, Q>(&'a View, PhantomData<Q>);
    impl<Q: Quantity> Visitor for Reduce<'_, Q> {
        type Output = Result<Moments>;

        fn visit<T: Element>(self) -> Result<Moments> {
            elements::<T::Accumulator<Q>>(self.0)
        }
    }
    let view = view.by_memory();
    view.dtype().visit(Reduce::<Q>(&view, PhantomData))
}

/// The moments of an array's elements, which are walked in the order of its dimensions.
fn elements<A: Accumulate>(view: &View) -> Result<Moments> {
    let accumulator = fold_values(
        view.space().len(),
        1,
        chunk(view.space().len()),
        || A::new(in_force()),
        |accumulator, range| {
            view.for_each_tile::<A::Raw>(range, |values| accumulator.add(values));
            Ok(())
        },
        A::merge,
    )?;
    Ok(accumulator.finish())
}
