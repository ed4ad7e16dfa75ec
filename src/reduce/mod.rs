//! Reductions: exact accumulators on the pool.
//!
//! How the values are split follows the threads at hand and the layout in memory; results cannot depend on
//! it.

use std::marker::PhantomData;

use crate::array::View;
use crate::array::dtype::Visitor;
use crate::error::Result;
use crate::exact::quantity::Quantity;
use crate::exact::{Accumulate, Accumulator, Element, Moments, Unaligned};
use crate::parallel::fold_chunks;
use crate::simd::in_force;

pub mod axes;
pub mod describe;
pub mod dot;
pub mod op;
pub mod plan;
pub mod results;
pub mod selected;
pub mod source;
pub mod streamed;
pub mod strips;
pub mod transposed;

/// Values that a thread takes at a time: 512 KiB of doubles, tens of microseconds.
const CHUNK: usize = 1 << 16;

/// Fewer values than this are not worth a second thread, which takes some 50 µs to wake up.
const WORTH_THREADS: usize = 1 << 19;

/// The chunk for so many values: all of them if they are few, and larger ones if they are many: each chunk
/// interrupts the stream from memory (2 to 7 % of a sum of 5·10⁷ on two threads, with chunks of the smaller
/// size).
fn chunk(values: usize) -> usize {
    if values < WORTH_THREADS {
        values
    } else {
        (values / 64).clamp(CHUNK, 4 * CHUNK)
    }
}

/// The moments of a vector.
pub fn vector<Q: Quantity>(values: &[Unaligned]) -> Result<Moments> {
    let accumulator = fold_chunks(
        values.len(),
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

/// All elements of an array, in the order of its dimensions.
fn elements<A: Accumulate>(view: &View) -> Result<Moments> {
    let accumulator = fold_chunks(
        view.space().len(),
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
