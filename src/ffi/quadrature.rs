//! π and other integrals, by the midpoint rule.

use std::ffi::c_void;

use super::guard::guard;
use super::pointers::out_ptr;
use crate::error::Status;
use crate::quadrature::{self, BlockFn};

/// π(n), the integral of 4/(1+x²) from 0 to 1 by the midpoint rule with n points: the workshop's exercise.
///
/// Each term is computed in doubles, with every step rounded to nearest: x = (i-½)/n, s = x·x, y = 1+s, t =
/// 1/y. The sum of the terms, times 4/n, is exact and rounded once: the same bits on any number of threads,
/// and no error grows with n. π(n) exceeds π by about 1/(12·n²), until that is below the rounding of the
/// terms.
///
/// `n`: 1 to 2^52.
/// Errors: NULL_POINTER, INVALID_ARGUMENT, CANCELLED. On failure `out` is untouched.
/// Cost: about 0.35 ns a point on one thread with AVX-512; all threads in force if n is large; constant
/// memory. Thread safety: any thread. Source: the code test of the PRACE Summer of HPC 2017.
///
/// # Safety
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_pi(n: u64, out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let out = unsafe { out_ptr(out, "out") }?;
        out.write(quadrature::pi(n)?);
        Ok(())
    })
}

/// The integral of `f` from `a` to `b` by the midpoint rule with `n` points, in parallel.
///
/// With h = (b-a)/n, the exact quotient rounded once, the points are x(i) = (i-½)·h + a, i = 1 to n, rounded
/// once each; the result is h·Σf(x(i)), the exact sum of the values, times h, rounded once. So it does not
/// depend on the number of threads, if f(x) depends on x alone.
///
/// `f`: gets blocks of 1024 points, the last one perhaps fewer, and writes as many values; which points make
/// a block depends on n alone. Answers 0, or anything else to give up. `a`, `b`: finite, and so is b - a; a
/// may exceed b. `n`: 1 to 2^52. A NaN among the values makes the result NaN; infinite ones make it infinite,
/// or NaN if both signs occur or b is a.
/// Errors: NULL_POINTER, INVALID_ARGUMENT, CALLBACK_FAILED, CANCELLED, FORKED. On failure `out` is untouched.
/// Cost: about 0.5 ns a point beside f; constant memory. Thread safety: as parexact_map.
///
/// # Safety
/// `f` may be called on any thread, several at once; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_integrate(
    f: BlockFn,
    user_data: *mut c_void,
    a: f64,
    b: f64,
    n: u64,
    out: *mut f64,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let out = unsafe { out_ptr(out, "out") }?;
        // SAFETY: passed on from the caller.
        let integral = unsafe { quadrature::integrate(f, user_data, (a, b), n) }?;
        out.write(integral);
        Ok(())
    })
}
