//! Random numbers.
//!
//! Value i of (distribution, seed, stream) never depends on who draws it: not on threads, on chunks, on the
//! CPU, or on what else is drawn. So every rank of a cluster may draw its own part of one stream, by
//! `offset`, or streams of its own. docs/random.md defines the numbers so that anybody can draw them, and
//! says how they were tested.
//!
//! Parameters must be finite; docs/random.md lists their domains. A law without width (sd, sigma or scale 0,
//! low = high) is a constant; shapes, rates and degrees of freedom must be positive. Samples are never NaN
//! and never subnormal: a sample that would be subnormal is +0.0, or the normal number next to 0 if the
//! bounds of a uniform or triangular law exclude 0. Where a sample exceeds the largest double, which takes
//! extreme parameters, it is infinite.

use super::guard::guard;
use super::pointers::{f64_bytes_mut, in_ptr, out_ptr};
use super::state;
use crate::error::Status;
use crate::random::{Distribution, Part, generate};
use crate::state::{State, check_count};

/// Draws the `n` samples from number `offset` on of a distribution's stream.
///
/// `d`: the distribution. `seed`, `stream`: any numbers; different ones give independent samples, and so do
/// different kinds of distribution. `out`: n doubles at any alignment; may be NULL if n is 0.
///
/// Errors: NULL_POINTER; INVALID_ARGUMENT if there is no such kind, `reserved` is not 0, or a parameter is
/// outside its domain: the message names it; SIZE_OVERFLOW if 8·n bytes exceed the address space or offset +
/// n is not below 2^64; CANCELLED. After a failure `out` is unspecified; arguments that are refused leave it
/// untouched.
/// Cost: about 0.3 ns a uniform, 0.8 ns a normal or exponential on one thread with AVX-512, twice that with
/// AVX2, 1.5 and 30 ns without FMA; other kinds 15 to 150 ns. On all threads in force if n is large; constant
/// memory. Any offset costs the same.
/// Thread safety: any thread may call it at any time. Source: docs/random.md.
///
/// # Safety
/// `d` is NULL or a distribution; `out` is NULL or n doubles may be written there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_random_fill(
    d: *const Distribution,
    seed: u64,
    stream: u64,
    offset: u64,
    out: *mut f64,
    n: usize,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (d, out) = unsafe { (in_ptr(d, "d")?, f64_bytes_mut(out, n, "out")?) };
        generate::fill(&d, Part::new(seed, stream, offset, n as u64)?, out)
    })
}

/// Draws the `n` samples from number `offset` on of a distribution's stream and adds them to a state, without
/// storing any: as parexact_random_fill and parexact_state_update.
///
/// `d`, `seed`, `stream`, `offset`: as for parexact_random_fill. `s`: a state, empty (parexact_state_init) or
/// with values. Parts that are added to one state, or to several that are merged, give just the state of the
/// whole.
///
/// Errors: as for parexact_random_fill; BAD_STATE; SIZE_OVERFLOW also if the count would exceed 2^63 - 1. On
/// failure the state is untouched.
/// Cost: as parexact_random_fill and parexact_describe in cache; constant memory. Thread safety: as for
/// states.
///
/// # Safety
/// `d` is NULL or a distribution; `s` is NULL or a state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_random_state(
    d: *const Distribution,
    seed: u64,
    stream: u64,
    offset: u64,
    n: u64,
    s: *mut State,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        unsafe {
            let d = in_ptr(d, "d")?;
            out_ptr(s, "s")?;
            let part = Part::new(seed, stream, offset, n)?;
            // The count is checked before the work rather than after it.
            check_count(state::count(s)?, n, "n")?;
            state::add(s, &generate::reduce(&d, part)?)
        }
    })
}
