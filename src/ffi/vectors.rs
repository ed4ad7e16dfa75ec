//! Plain vectors of doubles.

use super::guard::guard;
use super::pointers::{f64_bytes, out_ptr};
use crate::error::Status;
use crate::reduce::{dot, statistic, whole};

/// The sum of `n` doubles: the exact real sum, rounded once to nearest, ties to even.
///
/// `x`: n values at any alignment; may be NULL if n is 0. The sum of nothing, or an exact zero, is +0.0. A
/// NaN, or infinities of both signs, give NaN; infinities of one sign give that infinity. No intermediate
/// result overflows.
///
/// Errors: NULL_POINTER, SIZE_OVERFLOW (8·n bytes exceed the address space), CANCELLED. On failure `out` is
/// untouched.
/// Cost: one pass at about the speed of memory, on all threads in force if n is large; constant memory.
/// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
///
/// # Safety
/// `x` is NULL or n doubles may be read there; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_sum_f64(x: *const f64, n: usize, out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (x, out) = unsafe { (f64_bytes(x, n, "x")?, out_ptr(out, "out")?) };
        out.write(whole::vector(x, statistic::Sum)?);
        Ok(())
    })
}

/// The Euclidean norm of `n` doubles: the square root of the exact sum of squares, rounded once to nearest,
/// ties to even.
///
/// `x`: n values at any alignment; may be NULL if n is 0. Squares neither overflow nor underflow: the norm of
/// (3e300, 4e300) is 5e300. A NaN gives NaN, else an infinity gives +infinity. The norm of nothing is +0.0.
///
/// Errors: NULL_POINTER, SIZE_OVERFLOW (8·n bytes exceed the address space), CANCELLED. On failure `out` is
/// untouched.
/// Cost: one pass at about the speed of memory, on all threads in force if n is large; constant memory.
/// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
///
/// # Safety
/// `x` is NULL or n doubles may be read there; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_norm_f64(x: *const f64, n: usize, out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (x, out) = unsafe { (f64_bytes(x, n, "x")?, out_ptr(out, "out")?) };
        out.write(whole::vector(x, statistic::Norm)?);
        Ok(())
    })
}

/// The dot product of two vectors of `n` doubles: the exact real sum of the exact products, rounded once to
/// nearest, ties to even.
///
/// `x`, `y`: n values each, at any alignment; may be NULL if n is 0. Products neither overflow nor underflow.
/// NaN if a factor is NaN, for 0 times an infinity, or for infinite products of both signs; else an infinite
/// product gives that infinity.
///
/// Errors: NULL_POINTER, SIZE_OVERFLOW (8·n bytes exceed the address space), CANCELLED. On failure `out` is
/// untouched.
/// Cost: one pass at about the speed of memory, on all threads in force if n is large; constant memory.
/// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
///
/// # Safety
/// `x` and `y` are NULL or n doubles may be read there; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_dot_f64(
    x: *const f64,
    y: *const f64,
    n: usize,
    out: *mut f64,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (x, y, out) = unsafe {
            (
                f64_bytes(x, n, "x")?,
                f64_bytes(y, n, "y")?,
                out_ptr(out, "out")?,
            )
        };
        out.write(dot::vectors(x, y)?);
        Ok(())
    })
}
