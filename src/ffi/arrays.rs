//! Reductions of arrays.

use super::guard::guard;
use super::pointers::{in_ptr, out_ptr};
use crate::array::{Array, View};
use crate::error::{Result, Status};
use crate::reduce::{self, dot};
use crate::stats::{NanPolicy, Stats, checked_ddof};

/// The sum of all elements of an array: as parexact_sum_f64.
///
/// Errors: NULL_POINTER, INVALID_ARGUMENT (dtype, ndim, a negative length), SIZE_OVERFLOW (the extent in bytes exceeds
/// the address space), CANCELLED. On failure `out` is untouched.
/// Cost, memory and thread safety: as parexact_sum_f64.
///
/// # Safety
/// `a` is NULL or an array as parexact_array describes; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_sum(a: *const Array, out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (a, out) = unsafe { (view(a, "a")?, out_ptr(out, "out")?) };
        out.write(reduce::array::<true, false, false>(&a)?.propagated_sum());
        Ok(())
    })
}

/// The dot product of two arrays of the same shape, whose dtypes and strides may differ (of matrices: the Frobenius inner
/// product): as parexact_dot_f64. No element is rounded to double first.
///
/// Errors: as parexact_sum, and INVALID_ARGUMENT if the shapes differ. On failure `out` is untouched.
/// Cost: as parexact_dot_f64 for contiguous doubles; others are converted on the way.
/// Memory and thread safety: as parexact_dot_f64.
///
/// # Safety
/// `x` and `y` are NULL or arrays as parexact_array describes; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_dot(x: *const Array, y: *const Array, out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (x, y, out) = unsafe { (view(x, "x")?, view(y, "y")?, out_ptr(out, "out")?) };
        out.write(dot::arrays(&x, &y)?);
        Ok(())
    })
}

/// The Euclidean norm of all elements of an array (of a matrix: the Frobenius norm): as parexact_norm_f64.
///
/// Errors: as parexact_sum. On failure `out` is untouched.
/// Cost, memory and thread safety: as parexact_norm_f64.
///
/// # Safety
/// `a` is NULL or an array as parexact_array describes; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_norm(a: *const Array, out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (a, out) = unsafe { (view(a, "a")?, out_ptr(out, "out")?) };
        out.write(reduce::array::<false, true, false>(&a)?.norm());
        Ok(())
    })
}

/// Count, sum, mean, variance, standard deviation, minimum and maximum of all elements of an array, in one pass. Each
/// is the exact real result of the given values, rounded once to nearest, ties to even.
///
/// `ddof`: the divisor of the variance is count - ddof; 0 for the population's (NumPy's default), 1 for the unbiased
/// estimate. At least 0. Where count <= ddof, variance and std are NaN.
/// `nan_policy`: one of PAREXACT_NAN_*.
/// No elements: the count and the sum are 0, all else is NaN. Infinities: the sum and the mean are that infinity, or NaN if
/// both signs occur; variance and std are NaN.
///
/// Errors: as parexact_sum, INVALID_ARGUMENT for ddof and nan_policy too, and NAN_FOUND. On failure `out` is untouched.
/// Cost: one pass at about the speed of memory, on all threads in force if the array is large; constant memory.
/// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
///
/// # Safety
/// `a` is NULL or an array as parexact_array describes; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_describe(
    a: *const Array,
    ddof: i64,
    nan_policy: i32,
    out: *mut Stats,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (a, out) = unsafe { (view(a, "a")?, out_ptr(out, "out")?) };
        let (ddof, policy) = (checked_ddof(ddof)?, NanPolicy::try_from(nan_policy)?);
        let moments = reduce::array::<true, true, true>(&a)?;
        out.write(Stats::new(&moments, ddof, policy)?);
        Ok(())
    })
}

/// A required array.
///
/// # Safety
/// `a` is NULL or an array as its type describes, for as long as the view is in use.
pub unsafe fn view(a: *const Array, name: &str) -> Result<View> {
    // SAFETY: passed on from the caller.
    unsafe { in_ptr(a, name)?.view(name) }
}
