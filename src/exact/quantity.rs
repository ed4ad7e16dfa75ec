//! What a reduction gathers of its values: marker types that kernels and accumulators are compiled for.

use std::marker::PhantomData;

/// A set of quantities to gather. The counts of values, NaNs and infinities are gathered with every set.
pub trait Quantity: Send + Sync + 'static {
    /// Is Σx gathered?
    const SUM: bool;
    /// Is Σx² gathered?
    const SQUARES: bool;
    /// Are minimum and maximum gathered?
    const EXTREMES: bool;
    /// Is any sum gathered? If not, every value fits every window.
    const SUMS: bool = Self::SUM || Self::SQUARES;
    /// Are values promised to have at most [`NARROW_BITS`] significant bits? Then x takes one fold fewer, and
    /// x² is a double, without an error part.
    const NARROW: bool = false;

    /// These quantities without the extremes.
    type Sums: Quantity;
}

/// The most significant bits that a narrow value may have: those of an `f32`. Its square then has at most
/// 48, and neither its square nor its folds underflow.
pub const NARROW_BITS: i32 = 24;

/// How many folds the sums of x take, where others take `folds`: narrow values need one fewer.
pub const fn folds_of_x<Q: Quantity>(folds: usize) -> usize {
    if Q::NARROW { folds - 1 } else { folds }
}

/// Gathers Σx.
pub struct Sum;

/// Gathers Σx².
pub struct Squares;

/// Gathers Σx and Σx².
pub struct SumAndSquares;

/// Gathers Σx, Σx², minimum and maximum.
pub struct Describe;

/// Gathers minimum and maximum.
pub struct Extremes;

/// Gathers the quantities `Q` of narrow values.
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

impl Quantity for Extremes {
    const SUM: bool = false;
    const SQUARES: bool = false;
    const EXTREMES: bool = true;
    // The kernel for values whose extremes are known has nothing to do but to find NaNs.
    type Sums = Self;
}

impl<Q: Quantity> Quantity for Narrow<Q> {
    const SUM: bool = Q::SUM;
    const SQUARES: bool = Q::SQUARES;
    const EXTREMES: bool = Q::EXTREMES;
    const NARROW: bool = true;
    type Sums = Narrow<Q::Sums>;
}
