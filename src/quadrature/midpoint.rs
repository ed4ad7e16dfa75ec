//! The integral of a caller's function by the midpoint rule.

use std::ffi::c_void;
use std::ops::Range;

use super::points::check_points;
use crate::error::{Error, PAREXACT_ERROR_CALLBACK_FAILED, Result};
use crate::exact::{Accumulate, Accumulator, as_unaligned, quantity};
use crate::parallel::worker::Participant;
use crate::parallel::{callback, fold_chunks};
use crate::round::statistics;
use crate::simd::{Kernel, Simd, in_force};

/// Computes a block of function values: `y[i]` from `x[i]`, `count` of them. Answers 0, or anything else if
/// it failed. It may run on any thread, several at once.
pub type BlockFn = Option<
    unsafe extern "C" fn(x: *const f64, y: *mut f64, count: usize, user_data: *mut c_void) -> i32,
>;

/// Points that one call of the integrand gets; the last block may have fewer.
const POINTS_IN_BLOCK: usize = 1024;

/// h·Σ f(x(i)), i = 1 … n, with h = RN((b-a)/n) and x(i) = RN((i-½)·h + a): the exact sum times h, rounded
/// once.
///
/// # Safety
/// While this runs, any thread may call the function with `user_data`, several threads at once.
pub unsafe fn integrate(
    function: BlockFn,
    user_data: *mut c_void,
    (a, b): (f64, f64),
    n: u64,
) -> Result<f64> {
    let function = function.ok_or_else(|| Error::null("f"))?;
    check_points(n)?;
    check_bounds(a, b)?;
    let h = step(a, b, n);
    let integral = Integral {
        function,
        user_data,
        a,
        h,
        n,
    };
    let _participant = Participant::enter();
    let mut sum = fold_chunks(
        n.div_ceil(POINTS_IN_BLOCK as u64) as usize,
        1,
        || Accumulator::<quantity::Sum>::new(in_force()),
        |sum, blocks| integral.add_blocks(blocks, sum),
        Accumulator::merge,
    )?;
    Ok(statistics::scaled_sum(&sum.finish(), h))
}

/// Refuses bounds that are not finite, or whose difference is not.
fn check_bounds(a: f64, b: f64) -> Result<()> {
    for (name, bound) in [("a", a), ("b", b)] {
        if !bound.is_finite() {
            return Err(Error::invalid(format!(
                "{name} is {bound:?}; it must be finite"
            )));
        }
    }
    if (b - a).is_infinite() {
        return Err(Error::invalid(format!(
            "a is {a:?} and b is {b:?}; b - a must be finite"
        )));
    }
    Ok(())
}

/// (b-a)/n, rounded once.
fn step(a: f64, b: f64, n: u64) -> f64 {
    let mut width = Accumulator::<quantity::Sum>::new(in_force());
    width.add(as_unaligned(&[b, -a]));
    statistics::quotient(&width.finish().sum.to_dyadic(), n)
}

/// The integrand and its points.
struct Integral {
    function: unsafe extern "C" fn(*const f64, *mut f64, usize, *mut c_void) -> i32,
    user_data: *mut c_void,
    a: f64,
    h: f64,
    n: u64,
}

// SAFETY: the caller of `integrate` promises that any thread may use `user_data`.
unsafe impl Sync for Integral {}

impl Integral {
    /// Adds the integrand's values at the points of some blocks. Not inlined, so that no other frame has to
    /// hold the points and the values.
    #[inline(never)]
    fn add_blocks(&self, blocks: Range<usize>, sum: &mut Accumulator<quantity::Sum>) -> Result<()> {
        let (mut x, mut y) = ([0.0; POINTS_IN_BLOCK], [0.0; POINTS_IN_BLOCK]);
        for block in blocks {
            let start = block as u64 * POINTS_IN_BLOCK as u64;
            let count = (POINTS_IN_BLOCK as u64).min(self.n - start) as usize;
            let (x, y) = (&mut x[..count], &mut y[..count]);
            let (h, a) = (self.h, self.a);
            in_force().run(Abscissae { start, h, a, x });
            self.evaluate(start, x, y)?;
            sum.add(as_unaligned(y));
        }
        Ok(())
    }

    /// Has the integrand write its values at the points `x`, which begin with number `start`, to `y`.
    fn evaluate(&self, start: u64, x: &[f64], y: &mut [f64]) -> Result<()> {
        let count = x.len();
        debug_assert_eq!(y.len(), count);
        // SAFETY: the caller of `integrate` promises that the function may be called, and there are `count`
        // points and places for their values.
        let answer = callback::run(|| unsafe {
            (self.function)(x.as_ptr(), y.as_mut_ptr(), count, self.user_data)
        });
        if answer == 0 {
            return Ok(());
        }
        Err(Error::new(
            PAREXACT_ERROR_CALLBACK_FAILED,
            format!(
                "the integrand failed for points {start} to {}: it returned {answer}",
                start + count as u64
            ),
        ))
    }
}

/// Writes the points from number `start` on to `x`.
struct Abscissae<'a> {
    start: u64,
    h: f64,
    a: f64,
    x: &'a mut [f64],
}

impl Kernel for Abscissae<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (i, x) in self.x.iter_mut().enumerate() {
            *x = ((self.start + i as u64) as f64 + 0.5).mul_add(self.h, self.a);
        }
    }
}
