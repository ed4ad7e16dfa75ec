//! Reductions of arrays.

use super::guard::guard;
use super::pointers::{bytes, in_ptr, out_ptr, results};
use crate::array::axes::marked;
use crate::array::{Array, View};
use crate::error::{Error, Result, Status};
use crate::parallel::threads_for_call;
use crate::reduce::axes::{self, Rounding};
use crate::reduce::op::Op;
use crate::reduce::pairs::Pairs;
use crate::reduce::plan::Plan;
use crate::reduce::statistic::{self, Statistic};
use crate::reduce::{describe, dot, whole};
use crate::reserve::check_system;
use crate::round::special::NanPolicy;
use crate::stats::{Stats, checked_ddof};
use crate::unsigned::Unsigned;

/// The sum of all elements of an array, which is rounded as by parexact_sum_f64.
///
/// Errors: NULL_POINTER, INVALID_ARGUMENT (dtype, ndim, a negative length), SIZE_OVERFLOW (the extent in
/// bytes exceeds the address space), CANCELLED. On failure `out` is untouched.
/// Cost, memory and thread safety: as parexact_sum_f64.
///
/// # Safety
/// `a` is NULL or an array as parexact_array describes; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_sum(a: *const Array, out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        unsafe { reduce_whole(a, out, || Ok(statistic::Sum)) }
    })
}

/// The dot product of two arrays of the same shape, whose dtypes and strides may differ (of matrices: the
/// Frobenius inner product): as parexact_dot_f64. No element is rounded to double first.
///
/// Errors: as parexact_sum, and INVALID_ARGUMENT if the shapes differ. On failure `out` is untouched.
/// Cost: as parexact_dot_f64 for contiguous doubles. Others are converted on the way: in cache that takes up
/// to three times as long, and up to twelve times for 64-bit integers beyond 2^53.
/// Memory and thread safety: as parexact_dot_f64.
///
/// # Safety
/// `x` and `y` are NULL or arrays as parexact_array describes; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_dot(x: *const Array, y: *const Array, out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        unsafe {
            let (x, y) = (in_ptr(x, "x")?, in_ptr(y, "y")?);
            if let (Some(a), Some(b)) = (x.contiguous_doubles(), y.contiguous_doubles())
                && x.has_shape_of(&y)
            {
                let out = out_ptr(out, "out")?;
                out.write(dot::vectors(a, b)?);
                return Ok(());
            }
            let (x, y, out) = (x.view("x")?, y.view("y")?, out_ptr(out, "out")?);
            check_shapes(&x, &y)?;
            out.write(dot::arrays(&x, &y)?);
            Ok(())
        }
    })
}

/// Dot products along axes: one for each element of the axes that stay, of the pairs of its slice. Matrix
/// products are dot products along an axis: of A (m × k) and B (k × n), both as arrays of shape (m, n, k), A
/// with a stride of 0 along the second axis and B along the first.
///
/// `x`, `y`: of the same shape; dtypes and strides may differ, and strides of 0 broadcast.
/// `axes`: `axis_count` axes to reduce, as for parexact_reduce. NULL, or none: all of them.
/// `nan_policy`: one of PAREXACT_NAN_*, for each result by itself. OMIT leaves out pairs with a NaN, and
/// RAISE looks for NaN factors; products that are NaN, such as 0·inf, make the result NaN under each policy.
/// `out`: the results in C order of the axes that stay, at any alignment; it must not overlap the arrays. May
/// be NULL if there are none. A slice without elements gives +0.0.
/// `out_len`: the number of results: the product of the lengths of the axes that stay.
///
/// Errors: as parexact_dot; INVALID_ARGUMENT also for axes, axis_count, nan_policy, out_len and an overlap;
/// NAN_FOUND, whose message names the first result with a NaN; NO_MEMORY. After an error of an argument
/// `out` is untouched, after others unspecified.
/// Cost: as parexact_dot, on all threads in force, and about half a microsecond a result.
/// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
///
/// # Safety
/// `x` and `y` are NULL or arrays as parexact_array describes; `axes` is NULL or has `axis_count` numbers;
/// `out` is NULL or `out_len` doubles may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_dot_axes(
    x: *const Array,
    y: *const Array,
    axes: *const i32,
    axis_count: i32,
    nan_policy: i32,
    out: *mut f64,
    out_len: usize,
) -> Status {
    guard(|| {
        check_memory_of_kernels()?;
        // SAFETY: passed on from the caller.
        let (x, y) = unsafe { (view(x, "x")?, view(y, "y")?) };
        check_shapes(&x, &y)?;
        // SAFETY: passed on from the caller.
        let marks = unsafe { marks(&x, axes, axis_count, "x")? };
        let policy = NanPolicy::try_from(nan_policy)?;
        let pairs = Pairs::new(&x, Some(&y), None, |axis| marks[axis]);
        check_result_count(pairs.results(), out_len, "out_len")?;
        // SAFETY: passed on from the caller.
        let out = unsafe { results(out, out_len, ["out", "out_len"])? };
        if pairs.overlaps(out.start(), out.bytes()) {
            return Err(Error::invalid("out must not overlap x or y"));
        }
        dot::axes(&pairs, policy, out)
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
        unsafe { reduce_whole(a, out, || Ok(statistic::Norm)) }
    })
}

/// Count, sum, mean, variance, standard deviation, minimum and maximum of all elements of an array, in one
/// pass. Each is the exact real result of the given values, rounded once to nearest, ties to even.
///
/// `ddof`: the divisor of the variance is count - ddof; 0 for the population's (NumPy's default), 1 for the
/// unbiased estimate. At least 0. Where count <= ddof, variance and std are NaN.
/// `nan_policy`: one of PAREXACT_NAN_*.
/// No elements: the count and the sum are 0, all else is NaN. Infinities: the sum and the mean are that
/// infinity, or NaN if both signs occur; variance and std are NaN.
///
/// Errors: as parexact_sum, INVALID_ARGUMENT for ddof and nan_policy too, and NAN_FOUND. On failure `out` is
/// untouched.
/// Cost: one pass at about the speed of memory, on all threads in force if the array is large; constant
/// memory.
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
        let describe = || {
            let (ddof, policy) = (checked_ddof(ddof)?, NanPolicy::try_from(nan_policy)?);
            Ok(statistic::Describe { ddof, policy })
        };
        // SAFETY: passed on from the caller.
        unsafe { reduce_whole(a, out, describe) }
    })
}

/// Reduces an array over some of its axes: one result for each element of the other axes, which is bit for
/// bit that of the whole-array function on the slice.
///
/// `op`: one of PAREXACT_OP_*.
/// `axes`: `axis_count` axes, each from -ndim to ndim - 1 and given once; negative ones count from the end.
/// NULL, or none: all of them.
/// `ddof`: for PAREXACT_OP_VAR and _STD, as for parexact_describe; at least 0.
/// `nan_policy`: one of PAREXACT_NAN_*, for each result by itself; NAN_FOUND if any has a NaN.
/// `out`: the results in C order of the axes that stay, at any alignment; it must not overlap the array. May
/// be NULL if there are none. A slice without elements gives 0 for sums and norms, NaN for the rest.
/// `out_len`: the number of results: the product of the lengths of the axes that stay.
///
/// Errors: as parexact_sum; INVALID_ARGUMENT also for op, axes, axis_count, ddof, nan_policy, out_len and an
/// overlap; NAN_FOUND, whose message names the first result with a NaN; NO_MEMORY. After an error of an
/// argument `out` is untouched, after others unspecified.
/// Cost: one pass at about the speed of memory in any order of axes, on all threads in force; less than 2 MiB
/// for each thread.
/// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
///
/// # Safety
/// `a` is NULL or an array as parexact_array describes; `axes` is NULL or has `axis_count` numbers; `out` is
/// NULL or `out_len` doubles may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_reduce(
    a: *const Array,
    op: i32,
    axes: *const i32,
    axis_count: i32,
    ddof: i64,
    nan_policy: i32,
    out: *mut f64,
    out_len: usize,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let a = unsafe { view(a, "a")? };
        let rounding = Rounding {
            op: Op::try_from(op)?,
            ddof: checked_ddof(ddof)?,
            policy: NanPolicy::try_from(nan_policy)?,
        };
        // SAFETY: passed on from the caller.
        let plan = unsafe { plan(&a, None, axes, axis_count)? };
        check_result_count(plan.results(), out_len, "out_len")?;
        // SAFETY: passed on from the caller.
        let out = unsafe { results(out, out_len, ["out", "out_len"])? };
        if plan.overlaps(out.start(), out.bytes()) {
            return Err(Error::invalid("out must not overlap the array"));
        }
        axes::reduce(&plan, rounding, out)
    })
}

/// Statistics along axes: what parexact_describe gives for each slice, in one pass over the array.
///
/// `where`, `axes`: as for parexact_state_update_axes.
/// `ddof`, `nan_policy`: as for parexact_describe, for each result by itself; NAN_FOUND if any has a NaN,
/// and the message names the first.
/// `out`: the results in C order of the axes that stay, at any alignment; it must not overlap the array or
/// the mask. May be NULL if there are none.
/// `out_len`: the number of results: the product of the lengths of the axes that stay.
///
/// Errors: as parexact_reduce; INVALID_ARGUMENT also for the mask's type and shape. After an error of an
/// argument `out` is untouched, after others unspecified.
/// Cost, memory and thread safety: as parexact_reduce.
///
/// # Safety
/// `a` and `where` are NULL or arrays as parexact_array describes; `axes` is NULL or has `axis_count`
/// numbers; `out` is NULL or `out_len` results may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_describe_axes(
    a: *const Array,
    r#where: *const Array,
    axes: *const i32,
    axis_count: i32,
    ddof: i64,
    nan_policy: i32,
    out: *mut Stats,
    out_len: usize,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let a = unsafe { view(a, "a")? };
        // SAFETY: passed on from the caller.
        let mask = unsafe { mask(r#where, &a, "a")? };
        // SAFETY: passed on from the caller.
        let plan = unsafe { plan(&a, mask.as_ref(), axes, axis_count)? };
        let (ddof, policy) = (checked_ddof(ddof)?, NanPolicy::try_from(nan_policy)?);
        check_result_count(plan.results(), out_len, "out_len")?;
        // SAFETY: passed on from the caller.
        let out = unsafe { results(out, out_len, ["out", "out_len"])? };
        if plan.overlaps(out.start(), out.bytes()) {
            return Err(Error::invalid("out must not overlap the array or the mask"));
        }
        describe::reduce(&plan, ddof, policy, out)
    })
}

/// Writes a statistic of all elements of an array to `out`; `statistic` checks the arguments that follow.
///
/// # Safety
/// `a` is NULL or an array as parexact_array describes; `out` is NULL or may be written.
unsafe fn reduce_whole<S: Statistic>(
    a: *const Array,
    out: *mut S::Output,
    statistic: impl FnOnce() -> Result<S>,
) -> Result<()> {
    // SAFETY: passed on from the caller.
    let a = unsafe { in_ptr(a, "a")? };
    // SAFETY: passed on from the caller.
    if let Some(doubles) = unsafe { a.contiguous_doubles() } {
        // SAFETY: passed on from the caller.
        let out = unsafe { out_ptr(out, "out")? };
        out.write(whole::vector(doubles, statistic()?)?);
        return Ok(());
    }
    // SAFETY: passed on from the caller.
    let (a, out) = unsafe { (a.view("a")?, out_ptr(out, "out")?) };
    out.write(whole::array(&a, statistic()?)?);
    Ok(())
}

/// The view of a mask, which must fit the array, which messages call `name`; none if the mask is NULL.
///
/// # Safety
/// `mask` is NULL or an array as its type describes, for as long as the view is in use.
pub unsafe fn mask(mask: *const Array, a: &View, name: &str) -> Result<Option<View>> {
    if mask.is_null() {
        return Ok(None);
    }
    // SAFETY: passed on from the caller.
    let mask = unsafe { view(mask, "where")? };
    if mask.dtype().is_floating() {
        return Err(Error::invalid(
            "dtype of where is a floating-point type; it must be PAREXACT_DTYPE_BOOL or an integer type",
        ));
    }
    if mask.space().with(a.space()).is_none() {
        return Err(Error::invalid(format!(
            "where must have the shape of {name}"
        )));
    }
    Ok(Some(mask))
}

/// NO_MEMORY if the system has not as much as the kernels for neighbouring results take on each thread.
pub fn check_memory_of_kernels() -> Result<()> {
    const BYTES_OF_A_THREAD: usize = 1 << 18;
    check_system(BYTES_OF_A_THREAD * threads_for_call())
}

/// Refuses two arrays `x` and `y` whose shapes differ.
pub fn check_shapes(x: &View, y: &View) -> Result<()> {
    match x.space().with(y.space()) {
        Some(_) => Ok(()),
        None => Err(Error::invalid("x and y must have the same shape")),
    }
}

/// The plan of a reduction over some axes of an array, or of those elements that a mask selects.
///
/// # Safety
/// `axes` is NULL or has `axis_count` numbers.
pub unsafe fn plan<'a>(
    a: &'a View,
    mask: Option<&'a View>,
    axes: *const i32,
    axis_count: i32,
) -> Result<Plan<'a>> {
    // SAFETY: passed on from the caller.
    let marks = unsafe { marks(a, axes, axis_count, "a")? };
    Ok(Plan::new(a, mask, &marks))
}

/// For each axis of an array `name` whether it is reduced.
///
/// # Safety
/// `axes` is NULL or has `axis_count` numbers.
pub unsafe fn marks(a: &View, axes: *const i32, axis_count: i32, name: &str) -> Result<Vec<bool>> {
    let ndim = a.space().dims().len();
    // Axes differ from one another: more of them than the array has are refused before the first one is read.
    let count = usize::try_from(axis_count).ok();
    let count = count.filter(|&count| count <= ndim).ok_or_else(|| {
        Error::invalid(format!(
            "axis_count is {axis_count}; it must be 0 to {ndim}, as ndim of {name} is {ndim}"
        ))
    })?;
    // SAFETY: passed on from the caller.
    let axes = unsafe { bytes(axes.cast(), count, ["axes", "axis_count"])? };
    let axes = axes.iter().map(|&axis| i32::from_ne_bytes(axis));
    marked(axes, ndim, name)
}

/// Refuses a number of results that is not that of a reduction, `results`, which is `None` if no memory can
/// hold them; `name` is the name of that argument.
pub fn check_result_count(results: Option<usize>, given: usize, name: &str) -> Result<()> {
    if results == Some(given) {
        return Ok(());
    }
    let given = Unsigned::from(given);
    Err(Error::invalid(match results {
        Some(results) => {
            format!("{name} is {given}; it must be {results}, the number of results")
        }
        None => format!("{name} is {given}; no memory can hold the results"),
    }))
}

/// The view of an array that must be given.
///
/// # Safety
/// `a` is NULL or an array as its type describes, for as long as the view is in use.
pub unsafe fn view(a: *const Array, name: &str) -> Result<View> {
    // SAFETY: passed on from the caller.
    unsafe { in_ptr(a, name)?.view(name) }
}
