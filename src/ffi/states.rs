//! States along axes: one for each result of a reduction.
//!
//! Arrays of states are processed by all threads in force, and checked as a whole: a call that refuses an
//! argument or a state leaves all of them untouched, and the message names the first one. After CANCELLED,
//! FORKED and INTERNAL some states have been changed and some have not. So the error word of each holds the
//! status then, and calls that use the state answer BAD_STATE until parexact_states_init makes it anew.

use super::arrays::{check_result_count, mask, plan, view};
use super::guard::guard;
use super::pointers::results;
use crate::array::Array;
use crate::error::{Error, Status};
use crate::reduce::results::Results;
use crate::round::special::NanPolicy;
use crate::state::State;
use crate::states;
use crate::stats::{Stats, checked_ddof};

/// Makes states of no values.
///
/// Errors: NULL_POINTER, unless there are no states; SIZE_OVERFLOW (the states exceed the address space);
/// CANCELLED.
///
/// # Safety
/// `states` is NULL or `state_count` states may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_states_init(states: *mut State, state_count: usize) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let states = unsafe { results(states, state_count, ["states", "state_count"])? };
        states::init(&states)
    })
}

/// Adds the values of each state of `from` to the state of `into` at the same place, as parexact_state_merge
/// does. Both may be the same array; otherwise they must not overlap.
///
/// Errors: NULL_POINTER, unless there are no states; BAD_STATE; SIZE_OVERFLOW (a count would exceed 2^63 - 1,
/// or the states exceed the address space); INVALID_ARGUMENT (an overlap); CANCELLED.
/// Cost: less than a microsecond a state, on all threads in force.
///
/// # Safety
/// `into` and `from` are NULL or `state_count` states each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_states_merge(
    into: *mut State,
    from: *const State,
    state_count: usize,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller; `from` is only read.
        let (into, from) = unsafe {
            (
                results(into, state_count, ["into", "state_count"])?,
                results(from.cast_mut(), state_count, ["from", "state_count"])?,
            )
        };
        if into.start() != from.start() && overlap(&into, &from) {
            return Err(Error::invalid(
                "from must not overlap into, unless it is the same array",
            ));
        }
        states::merge(&into, &from)
    })
}

/// Adds the elements of an array to states, one state for each element of the axes that stay: what
/// parexact_state_update does for each slice by itself, in one pass over the array.
///
/// `states`: in C order of the axes that stay, as the results of parexact_reduce; they must not overlap the
/// array or the mask. May be NULL if there are none.
/// `state_count`: the product of the lengths of the axes that stay.
/// `where`: NULL, or a mask of the shape of `a`, of PAREXACT_DTYPE_BOOL or any integer type (Fortran's
/// logical(c_bool) is U8, logical(4) is I32): elements of `a` count where it is not 0. Strides of 0
/// broadcast.
/// `axes`: `axis_count` axes to reduce, as for parexact_reduce. NULL, or none: all of them, into one state.
///
/// Errors: as parexact_sum; BAD_STATE; SIZE_OVERFLOW also if a count would exceed 2^63 - 1; INVALID_ARGUMENT
/// also for state_count, the mask's type and shape, axes, axis_count and an overlap.
/// Cost: one pass at about the speed of memory in any order of axes, on all threads in force, and less than a
/// microsecond a state; less than 6 MiB for each thread.
/// Thread safety: any thread may call it, as long as no two use one state at the same time. Source:
/// docs/algorithms.md.
///
/// # Safety
/// `states` is NULL or `state_count` states; `a` and `where` are NULL or arrays as parexact_array describes;
/// `axes` is NULL or has `axis_count` numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_state_update_axes(
    states: *mut State,
    state_count: usize,
    a: *const Array,
    r#where: *const Array,
    axes: *const i32,
    axis_count: i32,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let a = unsafe { view(a, "a")? };
        // SAFETY: passed on from the caller.
        let mask = unsafe { mask(r#where, &a, "a")? };
        // SAFETY: passed on from the caller.
        let plan = unsafe { plan(&a, mask.as_ref(), axes, axis_count)? };
        check_result_count(plan.results(), state_count, "state_count")?;
        // SAFETY: passed on from the caller.
        let states = unsafe { results(states, state_count, ["states", "state_count"])? };
        if plan.overlaps(states.start(), states.bytes()) {
            return Err(Error::invalid(
                "states must not overlap the array or the mask",
            ));
        }
        states::update(&states, &plan)
    })
}

/// The statistics of each state: what parexact_state_result gives.
///
/// `ddof`, `nan_policy`: as for parexact_describe.
/// `out`: one result for each state, in their order; it must not overlap them.
///
/// Errors: NULL_POINTER, unless there are no states; INVALID_ARGUMENT (ddof, nan_policy, an overlap);
/// SIZE_OVERFLOW (states or results exceed the address space); BAD_STATE; NAN_FOUND; CANCELLED. The message
/// names the first state that is refused. After an error of an argument `out` is untouched, after others
/// unspecified.
/// Cost: some microseconds a state, on all threads in force.
///
/// # Safety
/// `states` is NULL or `state_count` states; `out` is NULL or as many results may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_state_results(
    states: *const State,
    state_count: usize,
    ddof: i64,
    nan_policy: i32,
    out: *mut Stats,
) -> Status {
    guard(|| {
        let (ddof, policy) = (checked_ddof(ddof)?, NanPolicy::try_from(nan_policy)?);
        // SAFETY: passed on from the caller; the states are only read.
        let (states, out) = unsafe {
            (
                results(states.cast_mut(), state_count, ["states", "state_count"])?,
                results(out, state_count, ["out", "state_count"])?,
            )
        };
        if overlap(&states, &out) {
            return Err(Error::invalid("out must not overlap the states"));
        }
        states::results(&states, ddof, policy, &out)
    })
}

/// Whether two arrays have a byte in common.
fn overlap<T: Copy, U: Copy>(x: &Results<T>, y: &Results<U>) -> bool {
    let range = |start: *const u8, bytes: usize| start.addr()..start.addr() + bytes;
    let (x, y) = (range(x.start(), x.bytes()), range(y.start(), y.bytes()));
    !x.is_empty() && !y.is_empty() && x.start < y.end && y.start < x.end
}
