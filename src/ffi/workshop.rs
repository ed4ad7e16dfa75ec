//! The functions of the workshop's slides, under their own names.

use super::guard::{guard, guard_value};
use super::pointers::{f64_bytes, f64_bytes_mut, out_ptr};
use crate::error::Status;
use crate::random::{Distribution, Part, generate};
use crate::reduce::{statistic, whole};
use crate::round::special::NanPolicy;
use crate::state::check_count;
use crate::stats::Stats;

/// Sums `n` doubles and then, as on the slide, negates `numbers[n/2]` in place, to show that the caller's own
/// array was passed. The sum is that of parexact_sum_f64.
///
/// `numbers`: n values at any alignment. With n = 0 nothing is touched, and the sum is 0.
/// Errors: NaN is returned and nothing is touched; parexact_last_error says why (NULL, or 8·n bytes exceed
/// the address space, or a cancelled control).
/// Cost and thread safety: as parexact_sum_f64; the array must not be in use elsewhere.
///
/// # Safety
/// `numbers` is NULL or n doubles may be read and written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sum_my_numbers(numbers: *mut f64, n: usize) -> f64 {
    guard_value(|| {
        // SAFETY: passed on from the caller.
        let numbers = unsafe { f64_bytes_mut(numbers, n, "numbers")? };
        let sum = whole::vector(numbers, statistic::Sum)?;
        if let Some(middle) = numbers.get_mut(n / 2) {
            *middle = (-f64::from_ne_bytes(*middle)).to_ne_bytes();
        }
        Ok(sum)
    })
}

/// Statistics of `n` doubles in one pass, in parallel: parexact_describe with ddof 0 and
/// PAREXACT_NAN_PROPAGATE.
///
/// `numbers`: n values at any alignment; may be NULL if n is 0.
/// Errors: NULL_POINTER, SIZE_OVERFLOW, CANCELLED. On failure `out` is untouched.
/// Cost and thread safety: as parexact_describe.
///
/// # Safety
/// `numbers` is NULL or n doubles may be read there; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parallel_stats(numbers: *const f64, n: usize, out: *mut Stats) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (numbers, out) = unsafe { (f64_bytes(numbers, n, "numbers")?, out_ptr(out, "out")?) };
        let (ddof, policy) = (0, NanPolicy::Propagate);
        out.write(whole::vector(
            numbers,
            statistic::Describe { ddof, policy },
        )?);
        Ok(())
    })
}

/// Draws `n` standard normals and reduces them with ddof 0, without storing any: the workshop's job.
///
/// The samples are those that parexact_random_fill gives for PAREXACT_DIST_NORMAL with mean 0 and sd 1,
/// stream 0 and offset 0, and the statistics those of parallel_stats for them: the same bits on any number of
/// threads. With ddof, or in parts for machines to share: parexact_random_state and parexact_state_result.
///
/// `seed`: any number. `n`: below 2^63.
/// Errors: NULL_POINTER; SIZE_OVERFLOW if n is 2^63 or more; CANCELLED. On failure `out` is untouched.
/// Cost: one to two nanoseconds a sample and thread, in constant memory. Thread safety: any thread may call
/// it at any time.
/// Source: docs/random.md.
///
/// # Safety
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn my_statistics(n: u64, seed: u64, out: *mut Stats) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let out = unsafe { out_ptr(out, "out")? };
        check_count(0, n, "n")?;
        let part = Part::new(seed, 0, 0, n)?;
        let moments = generate::reduce(&Distribution::standard_normal(), part)?;
        out.write(Stats::new(&moments, 0, NanPolicy::Propagate)?);
        Ok(())
    })
}
