//! The mergeable state.

use std::ffi::{c_int, c_void};

use super::arrays::view;
use super::guard::{guard, guard_value};
use super::pointers::{in_ptr, out_ptr};
use crate::array::Array;
use crate::error::{Error, Result, Status};
use crate::exact::Moments;
use crate::exact::quantity;
use crate::reduce::whole;
use crate::round::special::NanPolicy;
use crate::round::statistics;
use crate::state::{PAREXACT_STATE_WORDS, State};
use crate::stats::{Stats, checked_ddof};

/// The number of words of a parexact_state: PAREXACT_STATE_WORDS, for callers that do not read this header.
#[unsafe(no_mangle)]
pub extern "C" fn parexact_state_words() -> usize {
    PAREXACT_STATE_WORDS
}

/// Makes a state of no values.
///
/// Errors: NULL_POINTER.
/// Thread safety: any thread may call this function and all others of states, as long as no two use one state
/// at the same time.
///
/// # Safety
/// `s` is NULL or a state may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_state_init(s: *mut State) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        unsafe { out_ptr(s, "s")? }.write(State::default());
        Ok(())
    })
}

/// Adds all elements of an array to a state. The words come out canonical: equal for equal sets of values,
/// whatever the order and the splitting into updates and merges.
///
/// Errors: as parexact_sum; BAD_STATE; SIZE_OVERFLOW also if the count would exceed 2^63 - 1. On failure the
/// state is untouched.
/// Cost: as parexact_describe, and about a microsecond.
///
/// # Safety
/// `s` is NULL or a state; `a` is NULL or an array as parexact_array describes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_state_update(s: *mut State, a: *const Array) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        unsafe {
            out_ptr(s, "s")?;
            add(s, &whole::moments::<quantity::Describe>(&view(a, "a")?)?)
        }
    })
}

/// Adds moments to a state. This is not inlined, so that the copy of the state takes no stack while moments
/// are computed.
///
/// # Safety
/// `s` is NULL or a state.
#[inline(never)]
pub unsafe fn add(s: *mut State, moments: &Moments) -> Result<()> {
    // SAFETY: passed on from the caller.
    let (mut state, out) = unsafe { (in_ptr(s, "s")?, out_ptr(s, "s")?) };
    state.add(moments)?;
    out.write(state);
    Ok(())
}

/// How many values a state has. This is not inlined, so that the copy of the state takes no stack afterwards.
///
/// # Safety
/// `s` is NULL or a state.
#[inline(never)]
pub unsafe fn count(s: *const State) -> Result<u64> {
    // SAFETY: passed on from the caller.
    Ok(unsafe { in_ptr(s, "s")? }.moments()?.counts.all)
}

/// Adds the values of one state to another, `into`, whose words come out canonical. Both may be the same
/// state.
///
/// Errors: NULL_POINTER; BAD_STATE if the words of either contradict each other, so that no set of values has
/// them (docs/state-format.md lists the rules); SIZE_OVERFLOW if the count would exceed 2^63 - 1. On failure
/// `into` is untouched.
/// Cost: about a microsecond.
///
/// # Safety
/// Both are NULL or states.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_state_merge(into: *mut State, from: *const State) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (mut state, out, from) = unsafe {
            (
                in_ptr(into, "into")?,
                out_ptr(into, "into")?,
                in_ptr(from, "from")?,
            )
        };
        state.add(&from.moments()?)?;
        out.write(state);
        Ok(())
    })
}

/// The statistics of a state's values: just those that parexact_describe gives for an array of them.
///
/// `ddof`, `nan_policy`: as for parexact_describe.
/// Errors: NULL_POINTER, BAD_STATE, INVALID_ARGUMENT (ddof, nan_policy), NAN_FOUND. On failure `out` is
/// untouched.
/// Cost: microseconds.
///
/// # Safety
/// `s` is NULL or a state; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_state_result(
    s: *const State,
    ddof: i64,
    nan_policy: i32,
    out: *mut Stats,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (state, out) = unsafe { (in_ptr(s, "s")?, out_ptr(out, "out")?) };
        let (ddof, policy) = (checked_ddof(ddof)?, NanPolicy::try_from(nan_policy)?);
        out.write(Stats::new(&state.moments()?, ddof, policy)?);
        Ok(())
    })
}

/// The Euclidean norm of a state's values: just that of parexact_norm for an array of them.
///
/// Errors: NULL_POINTER, BAD_STATE (also after a failed parexact_mpi_merge). On failure `out` is untouched.
/// Cost: about a microsecond.
///
/// # Safety
/// `s` is NULL or a state; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_state_norm(s: *const State, out: *mut f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (state, out) = unsafe { (in_ptr(s, "s")?, out_ptr(out, "out")?) };
        let moments = state.moments()?;
        out.write(statistics::propagated_norm(&moments));
        Ok(())
    })
}

/// A hash of the state's values: XXH3-128 with seed 0 of the canonical words as little-endian bytes, its low
/// half first. Two parties that get the same fingerprint have the same counts, exact sums and extremes.
///
/// `out`: two numbers.
/// Errors: NULL_POINTER, BAD_STATE (also after a failed parexact_mpi_merge). On failure `out` is untouched.
/// Cost: about a microsecond.
///
/// # Safety
/// `s` is NULL or a state; `out` is NULL or two numbers may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_state_fingerprint(s: *const State, out: *mut u64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (state, out) = unsafe { (in_ptr(s, "s")?, out_ptr(out.cast::<[u64; 2]>(), "out")?) };
        out.write(state.fingerprint()?);
        Ok(())
    })
}

/// Merges `*len` states at `in` into those at `inout`: the function of an MPI operation that reduces states.
///
/// The operation and the datatype belong together. MPI tells the function how many elements there are, and
/// nothing about them; the function takes each element for a whole state. So the datatype must be one
/// contiguous type of PAREXACT_STATE_WORDS words, and every count is a count of states:
///
///     MPI_Type_contiguous(PAREXACT_STATE_WORDS, MPI_INT64_T, &type);
///     MPI_Type_commit(&type);
///     MPI_Op_create((MPI_User_function *)parexact_mpi_merge, 1, &op);
///
///     MPI_Allreduce(MPI_IN_PLACE, &state, 1, type, op, comm);
///
/// WARNING: with 256 elements of MPI_INT64_T instead of one of this type, the function is told of 256 states
/// where there is one, and reads and writes half a megabyte beyond it. The program crashes, under every MPI.
///
/// The operation is commutative (the 1 in MPI_Op_create). MPI_Op_free and MPI_Type_free release the two.
/// Fortran's modules parexact_mpi and parexact_mpi_f08 make them, and so does parexact.mpi in Python.
///
/// The alternative needs neither. MPI's own integer reductions merge states, too, as long as `all` was made
/// by parexact_state_init and no more than 2^31 states are merged (docs/state-format.md):
///
///     MPI_Allreduce(&one.words[PAREXACT_STATE_ADDITIVE_FIRST], &all.words[PAREXACT_STATE_ADDITIVE_FIRST],
///                   PAREXACT_STATE_ADDITIVE_COUNT, MPI_INT64_T, MPI_SUM, comm);
///     MPI_Allreduce(&one.words[PAREXACT_STATE_MAX_FIRST], &all.words[PAREXACT_STATE_MAX_FIRST],
///                   PAREXACT_STATE_MAX_COUNT, MPI_INT64_T, MPI_MAX, comm);
///
/// Errors: MPI gives the function no way to report one. If two states cannot be merged, because one of them
/// is damaged or the count would exceed 2^63 - 1, the last of the words that merge by the maximum becomes the
/// status, in `inout`. The reduction hands it on to every rank that gets the result, where
/// parexact_state_result, _norm, _fingerprint and _merge answer BAD_STATE. A rank whose own computation
/// failed can tell all others in the same way, and without leaving them waiting, by taking part with a state
/// that has its status there:
///
///     one.words[PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT - 1] = status;
///
/// A NULL `in` is noted in the same way: that word becomes NULL_POINTER in every state at `inout`. If `inout`
/// or `len` is NULL, or the length is negative, nothing is merged. `datatype` is ignored.
/// Cost: about a microsecond a state.
///
/// # Safety
/// `in` and `inout` are NULL or `*len` states each; `len` is NULL or may be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_mpi_merge(
    r#in: *mut c_void,
    inout: *mut c_void,
    len: *mut c_int,
    datatype: *mut c_void,
) {
    let _ = datatype;
    guard_value(|| {
        // SAFETY: passed on from the caller.
        unsafe {
            for (from, into) in mpi_pairs(r#in, inout, len)? {
                merge_or_poison(from, into)?;
            }
        }
        Ok(())
    });
}

/// The pairs of elements that MPI gives to an MPI_User_function, each of which is merged into the other one.
/// NULL stays NULL.
///
/// # Safety
/// `len` is NULL or may be read.
pub unsafe fn mpi_pairs<T>(
    from: *const c_void,
    into: *mut c_void,
    len: *const c_int,
) -> Result<impl Iterator<Item = (*const T, *mut T)>> {
    // SAFETY: passed on from the caller.
    let len = unsafe { in_ptr(len, "len")? };
    let len = usize::try_from(len)
        .map_err(|_| Error::invalid(format!("len is {len}; it must not be negative")))?;
    let (from, into) = (from.cast::<T>(), into.cast::<T>());
    Ok((0..len).map(move |i| {
        let step = if from.is_null() { 0 } else { i };
        (from.wrapping_add(step), into.wrapping_add(i))
    }))
}

/// Merges one state into another one, or notes there why that cannot be done.
///
/// # Safety
/// Both are NULL or states.
unsafe fn merge_or_poison(from: *const State, into: *mut State) -> Result<()> {
    // SAFETY: passed on from the caller.
    let (from, mut state, out) = unsafe {
        (
            in_ptr(from, "in"),
            in_ptr(into, "inout")?,
            out_ptr(into, "inout")?,
        )
    };
    match from {
        Ok(from) => state.merge_or_poison(&from),
        Err(error) => state.poison(&error),
    }
    out.write(state);
    Ok(())
}
