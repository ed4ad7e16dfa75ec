//! What a reduction gathers of its values: marker types that kernels and accumulators are compiled for.

use std::marker::PhantomData;

/// A set of quantities. The counts of values, NaNs and infinities belong to every one.
pub trait Quantity: Send + Sync + 'static {
    /// Σx?
    const SUM: bool;
    /// Σx²?
    const SQUARES: bool;
    /// Minimum and maximum?
    const EXTREMES: bool;
    /// Are values promised to have at most [`NARROW_BITS`] significant bits? Then x² is a double, without an
    /// error part.
    const NARROW: bool = false;

    /// The same without extremes.
    type Sums: Quantity;
}

/// Most significant bits of a narrow value: squares have 52, and neither folds nor squares of `f32` can
/// underflow.
pub const NARROW_BITS: i32 = 26;

/// Σx.
pub struct Sum;

/// Σx².
pub struct Squares;

/// Σx and Σx².
pub struct SumAndSquares;

/// Σx, Σx², minimum and maximum.
pub struct Describe;

/// Another set of quantities, of narrow values.
pub struct Narrow<Q>(PhantomData<Q>);

impl Quantity for Sum {
    const SUM: bool = true;
    const SQUARES: bool = false;
    const EXTREMES: bool = false;
    type Sums = Self;
}

impl Quantity for Squares {
    const SUM: bool = false;
    const SQUARES: bool = true;
    const EXTREMES: bool = false;
    type Sums = Self;
}

impl Quantity for SumAndSquares {
    const SUM: bool = true;
    const SQUARES: bool = true;
    const EXTREMES: bool = false;
    type Sums = Self;
}

impl Quantity for Describe {
    const SUM: bool = true;
    const SQUARES: bool = true;
    const EXTREMES: bool = true;
    type Sums = SumAndSquares;
}

impl<Q: Quantity> Quantity for Narrow<Q> {
    const SUM: bool = Q::SUM;
    const SQUARES: bool = Q::SQUARES;
    const EXTREMES: bool = Q::EXTREMES;
    const NARROW: bool = true;
    type Sums = Narrow<Q::Sums>;
}
