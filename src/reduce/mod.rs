//! Reductions: exact accumulators on the pool.
//!
//! How the values are split follows the threads at hand and the layout in memory; results cannot depend on it.

use crate::array::View;
use crate::array::dtype::Visitor;
use crate::error::Result;
use crate::exact::accumulator::{Describing, Squaring, Summing};
use crate::exact::simd::kernels;
use crate::exact::{Accumulate, Element, Moments, Unaligned};
use crate::parallel::fold_chunks;

pub mod axes;
pub mod dot;
pub mod plan;
pub mod results;
pub mod source;
pub mod streamed;
pub mod strips;
pub mod transposed;

/// Values that a thread takes at a time: 512 KiB of doubles, tens of microseconds.
const CHUNK: usize = 1 << 16;

/// Fewer values than this are not worth a second thread, which takes some 50 µs to wake up.
const WORTH_THREADS: usize = 1 << 19;

/// The chunk for so many values: all of them if they are few, and larger ones if they are many: each chunk interrupts the stream
/// from memory (2 to 7 % of a sum of 5·10⁷ on two threads, with chunks of the smaller size).
fn chunk(values: usize) -> usize {
    if values < WORTH_THREADS {
        values
    } else {
        (values / 64).clamp(CHUNK, 4 * CHUNK)
    }
}

/// Counts and Σx of a vector.
pub fn sum(values: &[Unaligned]) -> Result<Moments> {
    vector::<Summing>(values)
}

/// Counts and Σx² of a vector.
pub fn squares(values: &[Unaligned]) -> Result<Moments> {
    vector::<Squaring>(values)
}

/// Counts, Σx, Σx² and extremes of a vector.
pub fn describe(values: &[Unaligned]) -> Result<Moments> {
    vector::<Describing>(values)
}

fn vector<A: Accumulate<Raw = Unaligned>>(values: &[Unaligned]) -> Result<Moments> {
    let accumulator = fold_chunks(
        values.len(),
        chunk(values.len()),
        || A::new(kernels()),
        |accumulator, range| {
            accumulator.add(&values[range]);
            Ok(())
        },
        A::merge,
    )?;
    Ok(accumulator.finish())
}

/// Counts and, as asked for, Σx, Σx² and extremes of all elements of an array.
pub fn array<const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(
    view: &View,
) -> Result<Moments> {
    struct Reduce<'a, const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(&'a View);
    impl<const SUM: bool, const SQUARES: bool, const EXTREMES: bool> Visitor
        for Reduce<'_, SUM, SQUARES, EXTREMES>
    {
        type Output = Result<Moments>;

        fn visit<T: Element>(self) -> Result<Moments> {
            elements::<T::Accumulator<SUM, SQUARES, EXTREMES>>(self.0)
        }
    }
    let view = view.by_memory();
    view.dtype().visit(Reduce::<SUM, SQUARES, EXTREMES>(&view))
}

/// All elements of an array, in the order of its dimensions.
fn elements<A: Accumulate>(view: &View) -> Result<Moments> {
    let accumulator = fold_chunks(
        view.space().len(),
        chunk(view.space().len()),
        || A::new(kernels()),
        |accumulator, range| {
            view.for_each_tile::<A::Raw>(range, |values| accumulator.add(values));
            Ok(())
        },
        A::merge,
    )?;
    Ok(accumulator.finish())
}
