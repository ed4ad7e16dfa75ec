//! Summaries: exact sums of higher powers, of pairs and of weighted values.
//!
//! A summary is what a state is, for other sums: the sums are exact, a summary merges with others of its kind
//! by integer addition in any order, and each result is the exact real result of the given values, rounded
//! once. docs/state-format.md defines the words. There are three kinds:
//!
//! PAREXACT_SUMMARY_SHAPE: moments of one variable x, to the fourth.
//! PAREXACT_SUMMARY_PAIR: first and second moments of pairs (x, y).
//! PAREXACT_SUMMARY_WEIGHTED: values x with weights y, of any sign.
//!
//! A pair with a NaN enters the counts alone. Under PAREXACT_NAN_PROPAGATE one such pair makes every result
//! but the counts NaN; under PAREXACT_NAN_OMIT results are those of the other pairs. Infinities: sums, means
//! and norms of a variable are that infinity, or NaN if both signs occur; so is Σxy, which is NaN for 0·inf
//! too. Variances, higher moments, the covariance and all that follows from it are NaN.

use std::ffi::{c_int, c_void};

use super::arrays::{check_memory_of_kernels, check_result_count, check_shapes, marks, mask, view};
use super::guard::{guard, guard_value};
use super::pointers::{bytes, in_box, out_ptr, results};
use super::state::mpi_pairs;
use crate::array::{Array, View};
use crate::error::{Error, PAREXACT_ERROR_NULL_POINTER, Result, Status};
use crate::reduce::pairs::Pairs;
use crate::reduce::plan::Plan;
use crate::reserve::check_system;
use crate::round::special::NanPolicy;
use crate::stats::checked_ddof;
use crate::summarize::{self, Wanted};
use crate::summary::words::PAREXACT_SUMMARY_WORDS;
use crate::summary::{Kind, Statistic, Summary};

/// PAREXACT_SUMMARY_WORDS, for programs that allocate summaries without the header.
#[unsafe(no_mangle)]
pub extern "C" fn parexact_summary_words() -> usize {
    PAREXACT_SUMMARY_WORDS
}

/// Makes a summary of no values.
///
/// `kind`: one of PAREXACT_SUMMARY_SHAPE, _PAIR and _WEIGHTED.
///
/// Errors: NULL_POINTER, INVALID_ARGUMENT (kind). On failure `s` is untouched.
///
/// # Safety
/// `s` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_summary_init(s: *mut Summary, kind: i32) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        unsafe { out_ptr(s, "s")? }.write(Summary::empty(Kind::of_code(kind)?));
        Ok(())
    })
}

/// Adds all elements of arrays to a summary.
///
/// `x`: the values, or the first variable.
/// `y`: of the shape of `x`, the second variable or the weights; NULL for PAREXACT_SUMMARY_SHAPE. Strides of
/// 0 broadcast.
/// `where`: NULL, or a mask of the shape of `x`, as for parexact_state_update_axes.
///
/// Errors: as parexact_sum; NULL_POINTER also if `y` is missing; INVALID_ARGUMENT also if it is given for
/// PAREXACT_SUMMARY_SHAPE, and for shapes that differ; BAD_STATE; SIZE_OVERFLOW also if the count would
/// exceed 2^63 - 1. On failure `s` is untouched.
/// Cost: one pass on all threads in force, if the array is large. Pairs of contiguous doubles take about as
/// long as three dot products; fourth powers, and the squares of weighted values, are sums of integers, which
/// take several times as long as statistics do.
/// Thread safety: any thread may call it, as long as no two use one summary at the same time. Source:
/// docs/algorithms.md.
///
/// # Safety
/// `s` is NULL or a summary; `x`, `y` and `where` are NULL or arrays as parexact_array describes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_summary_update(
    s: *mut Summary,
    x: *const Array,
    y: *const Array,
    r#where: *const Array,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        unsafe {
            check_memory_of_kernels()?;
            let (mut summary, out) = (in_box(s, "s")?, out_ptr(s, "s")?);
            let kind = summary.kind()?;
            let x = view(x, "x")?;
            let y = second(kind, y, &x)?;
            let mask = mask(r#where, &x, "x")?;
            let pairs = Pairs::new(&x, y.as_ref(), mask.as_ref(), |_| true);
            summarize::update(&mut summary, &pairs)?;
            out.write_copy(&summary);
        }
        Ok(())
    })
}

/// Adds a summary to another one of the same kind.
///
/// Errors: NULL_POINTER; BAD_STATE (one of them is damaged); INVALID_ARGUMENT (their kinds differ);
/// SIZE_OVERFLOW (the count would exceed 2^63 - 1); NO_MEMORY. On failure `into` is untouched.
/// Cost: some microseconds.
///
/// # Safety
/// `into` and `from` are NULL or summaries; they may be the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_summary_merge(
    into: *mut Summary,
    from: *const Summary,
) -> Status {
    guard(|| {
        check_memory()?;
        // SAFETY: passed on from the caller.
        let (mut summary, out, from) = unsafe {
            (
                in_box(into, "into")?,
                out_ptr(into, "into")?,
                in_box(from, "from")?,
            )
        };
        summary.merge(&from)?;
        out.write_copy(&summary);
        Ok(())
    })
}

/// A result of a summary.
///
/// `result`: one of PAREXACT_RESULT_*. A SHAPE has COUNT to KURTOSIS_UNBIASED; a PAIR has COUNT to NORM,
/// SUM_Y to INTERCEPT, and MIN_Y to SLOPE_ORIGIN; a WEIGHTED has COUNT to MAX, and SUM_WEIGHTS to
/// RELIABILITY_STD.
/// `ddof`: at least 0; VARIANCE(_Y), STD(_Y) and COVARIANCE use it.
/// `nan_policy`: one of PAREXACT_NAN_*.
/// NaN: VARIANCE(_Y), STD(_Y) and COVARIANCE if n <= ddof. Skewness and kurtosis if all values are equal, the
/// unbiased ones also if n < 3 and n < 4. CORRELATION if x or y is constant; SLOPE and INTERCEPT if x is;
/// R_SQUARED, RESIDUAL_STD and standard errors also if n < 3; SLOPE_ORIGIN if all x are 0. Of weighted values
/// MEAN and VARIANCE if Σw = 0, VARIANCE also if ddof > 0 and Σw <= ddof, RELIABILITY_VARIANCE if its divisor
/// is 0, and the std of a negative variance.
///
/// Errors: NULL_POINTER; BAD_STATE; INVALID_ARGUMENT (result, ddof, nan_policy); UNSUPPORTED (a result that
/// the summary's kind does not have); NAN_FOUND; NO_MEMORY. On failure `out` is untouched.
/// Cost: some microseconds, more for values over the whole range of exponents.
///
/// # Safety
/// `s` is NULL or a summary; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_summary_result(
    s: *const Summary,
    result: i32,
    ddof: i64,
    nan_policy: i32,
    out: *mut f64,
) -> Status {
    guard(|| {
        check_memory()?;
        // SAFETY: passed on from the caller.
        let (summary, out) = unsafe { (in_box(s, "s")?, out_ptr(out, "out")?) };
        let statistic = Statistic::of(Some(summary.kind()?), result, "result")?;
        let (ddof, policy) = (checked_ddof(ddof)?, NanPolicy::try_from(nan_policy)?);
        let mut value = 0.0;
        summary.results(&[statistic], ddof, policy, |_, result| value = result)?;
        out.write(value);
        Ok(())
    })
}

/// Several results of a summary: what parexact_summary_result gives for each.
///
/// `results`: `result_count` of PAREXACT_RESULT_*.
/// `out`: as many results, in their order.
///
/// Errors: as parexact_summary_result; the message names the first result that is refused. On failure `out`
/// is untouched, but unspecified after NAN_FOUND.
///
/// # Safety
/// `s` is NULL or a summary; `results` is NULL or `result_count` numbers; `out` is NULL or as many results
/// may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_summary_results(
    s: *const Summary,
    results: *const i32,
    result_count: usize,
    ddof: i64,
    nan_policy: i32,
    out: *mut f64,
) -> Status {
    guard(|| {
        check_memory()?;
        // SAFETY: passed on from the caller.
        let (summary, wanted, out) = unsafe {
            (
                in_box(s, "s")?,
                bytes::<4>(results.cast(), result_count, ["results", "result_count"])?,
                super::pointers::results(out, result_count, ["out", "result_count"])?,
            )
        };
        let kind = Some(summary.kind()?);
        let statistics = wanted.iter().enumerate().map(|(i, &result)| {
            let argument = format!("results[{i}]");
            Statistic::of(kind, i32::from_ne_bytes(result), &argument)
        });
        let statistics = statistics.collect::<Result<Vec<_>>>()?;
        let (ddof, policy) = (checked_ddof(ddof)?, NanPolicy::try_from(nan_policy)?);
        summary.results(&statistics, ddof, policy, |i, result| out.write(i, result))
    })
}

/// A 128-bit hash of a summary: equal for equal sets of pairs, whatever the order and the splitting. It is
/// XXH3-128 with seed 0 of the canonical words as little-endian bytes, the low half first.
///
/// Errors: NULL_POINTER, BAD_STATE, NO_MEMORY. On failure `out` is untouched.
///
/// # Safety
/// `s` is NULL or a summary; `out` is NULL or two numbers may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_summary_fingerprint(s: *const Summary, out: *mut u64) -> Status {
    guard(|| {
        check_memory()?;
        // SAFETY: passed on from the caller.
        let (summary, out) = unsafe { (in_box(s, "s")?, out_ptr(out.cast::<[u64; 2]>(), "out")?) };
        out.write(summary.fingerprint()?);
        Ok(())
    })
}

/// Merges summaries in MPI_Reduce, MPI_Allreduce and MPI_Iallreduce: an MPI_User_function, as
/// parexact_mpi_merge is for states. Its datatype is PAREXACT_SUMMARY_WORDS of MPI_INT64_T, contiguous; `len`
/// counts summaries, all of which are merged with one of the same kind.
///
/// Errors: as parexact_mpi_merge. The error word, where parexact_summary_result and the others find the
/// status and answer BAD_STATE, is the fifth of the words that merge by the maximum.
///
/// # Safety
/// `in` and `inout` are NULL or `*len` summaries each; `len` is NULL or may be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_summary_mpi_merge(
    r#in: *mut c_void,
    inout: *mut c_void,
    len: *mut c_int,
    datatype: *mut c_void,
) {
    let _ = datatype;
    guard_value(|| {
        // SAFETY: passed on from the caller.
        unsafe {
            for (from, into) in mpi_pairs::<Summary>(r#in, inout, len)? {
                let (mut summary, out) = (in_box(into, "inout")?, out_ptr(into, "inout")?);
                match check_memory().and_then(|()| in_box(from, "in")) {
                    Ok(from) => summary.merge_or_poison(&from),
                    Err(error) => summary.poison(error.status),
                }
                out.write_copy(&summary);
            }
        }
        Ok(())
    });
}

/// A result along axes: what parexact_summary_result gives for each slice, without keeping summaries.
///
/// `kind`: one of PAREXACT_SUMMARY_*, or 0 for the results of a state, COUNT to NORM.
/// `result`, `ddof`, `nan_policy`: as for parexact_summary_result, for each result by itself.
/// `x`, `y`, `where`: as for parexact_summary_update; `y` is NULL for kind 0, too.
/// `axes`: `axis_count` axes to reduce, as for parexact_reduce. NULL, or none: all of them.
/// `out`: the results in C order of the axes that stay, at any alignment; it must not overlap the arrays. May
/// be NULL if there are none.
/// `out_len`: the number of results: the product of the lengths of the axes that stay.
///
/// Errors: as parexact_summary_update and parexact_summary_result; INVALID_ARGUMENT also for kind, axes,
/// axis_count, out_len and an overlap; NO_MEMORY. The message of NAN_FOUND names the first result with a NaN.
/// After an error of an argument `out` is untouched, after others unspecified.
/// Cost: one pass, as parexact_summary_update, and some microseconds a result; kind 0: as parexact_reduce.
/// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
///
/// # Safety
/// `x`, `y` and `where` are NULL or arrays as parexact_array describes; `axes` is NULL or has `axis_count`
/// numbers; `out` is NULL or `out_len` doubles may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_summarize(
    kind: i32,
    result: i32,
    x: *const Array,
    y: *const Array,
    r#where: *const Array,
    axes: *const i32,
    axis_count: i32,
    ddof: i64,
    nan_policy: i32,
    out: *mut f64,
    out_len: usize,
) -> Status {
    guard(|| {
        check_memory_of_kernels()?;
        let kind = match kind {
            0 => None,
            kind => Some(Kind::of_code(kind)?),
        };
        let wanted = Wanted {
            statistic: Statistic::of(kind, result, "result")?,
            ddof: checked_ddof(ddof)?,
            policy: NanPolicy::try_from(nan_policy)?,
        };
        // SAFETY: passed on from the caller.
        let (x, y, mask, marks) = unsafe {
            let x = view(x, "x")?;
            let y = match kind {
                Some(kind) => second(kind, y, &x)?,
                None => refused(y, "kind is 0, the results of a state")?,
            };
            let mask = mask(r#where, &x, "x")?;
            let marks = marks(&x, axes, axis_count, "x")?;
            (x, y, mask, marks)
        };
        let plan = Plan::new(&x, mask.as_ref(), &marks);
        check_result_count(plan.results(), out_len, "out_len")?;
        // SAFETY: passed on from the caller.
        let out = unsafe { results(out, out_len, ["out", "out_len"])? };
        let pairs = Pairs::new(&x, y.as_ref(), mask.as_ref(), |axis| marks[axis]);
        if pairs.overlaps(out.start(), out.bytes()) {
            return Err(Error::invalid("out must not overlap x, y or where"));
        }
        match kind {
            // Skewness and kurtosis alone need more than a state has.
            Some(kind) if kind.has_two_variables() || !wanted.statistic.is_of(None) => {
                summarize::pairs(kind, wanted, &pairs, out)
            }
            _ => summarize::values(wanted, &plan, out),
        }
    })
}

/// NO_MEMORY if the system has not as much as a few summaries take, their sums, and big integers of at most
/// 17 000 bits.
fn check_memory() -> Result<()> {
    check_system(1 << 16)
}

/// The view of the second variable, which a kind has or has not.
///
/// # Safety
/// `y` is NULL or an array as its type describes, for as long as the view is in use.
unsafe fn second(kind: Kind, y: *const Array, x: &View) -> Result<Option<View>> {
    if !kind.has_two_variables() {
        return refused(y, "a summary of kind SHAPE has one variable");
    }
    if y.is_null() {
        return Err(Error::new(
            PAREXACT_ERROR_NULL_POINTER,
            format!(
                "y must not be NULL, as a summary of kind {} has two variables",
                kind.name()
            ),
        ));
    }
    // SAFETY: passed on from the caller.
    let y = unsafe { view(y, "y")? };
    check_shapes(x, &y)?;
    Ok(Some(y))
}

/// Refuses a second variable where there is none.
fn refused(y: *const Array, reason: &str) -> Result<Option<View>> {
    if y.is_null() {
        Ok(None)
    } else {
        Err(Error::invalid(format!("y must be NULL, as {reason}")))
    }
}
