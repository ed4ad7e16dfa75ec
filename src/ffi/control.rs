//! Progress and cancellation.

use std::ptr::null_mut;

use super::guard::{guard, guard_value};
use super::handle;
use super::pointers::out_ptr;
use crate::error::Status;
use crate::parallel::control::Control;
use crate::parallel::settings::attach;
use crate::reserve;

/// Makes a control: a progress counter and a wish to stop, for the long calls of any thread it gets
/// attached to. Release it with parexact_control_free.
///
/// `out`: receives the handle; untouched on failure.
/// Errors: NULL_POINTER, NO_MEMORY. Thread safety: any thread may call it at any time.
///
/// # Safety
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_control_new(out: *mut *mut Control) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let out = unsafe { out_ptr(out, "out") }?;
        out.give(reserve::try_arc(Control::default())?);
        Ok(())
    })
}

/// Attaches a control to the calling thread: from now on it governs the calls that this thread
/// makes, and the work and jobs that they start on other threads. A call that is running keeps the control
/// it began with. NULL detaches.
///
/// A governed call reports its progress and answers CANCELLED soon after parexact_control_cancel, within some
/// 50 ms unless a callback takes longer; calls that begin while the control is cancelled answer CANCELLED at
/// once, taking a lock or an item of a queue included: to clean up, detach first. parexact_submit and
/// parexact_map_async answer OK, and their jobs CANCELLED. One control may be attached to several threads;
/// the progress of calls that run at once is mixed up then. Calls made by callbacks of a governed call are
/// governed too and leave its progress alone.
///
/// A callback may attach a control, too: it governs what is called there, and when the callback returns, its
/// thread has the control again that it had before.
///
/// Returns the control that was attached to this thread before, or NULL: put it back after the call
/// to let controls nest.
///
/// Ownership: the thread holds a reference of its own until another control is attached, or the thread
/// ends. So a control may be freed while it is attached. The returned pointer is not a new reference: it
/// is valid as long as its owner has not freed it, and must not be freed on account of this call.
///
/// Errors: a misaligned pointer cannot be a control. NULL is returned, parexact_last_error says why, and the
/// control before stays attached. The functions below treat such a pointer as NULL.
///
/// # Safety
/// `control` is NULL or a control that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_control_attach(control: *mut Control) -> *mut Control {
    guard_value(|| {
        // SAFETY: passed on from the caller.
        let previous = attach(unsafe { handle::optional(control) }?);
        Ok(previous.map_or(null_mut(), |previous| handle::lent(&previous)))
    })
}

/// Asks the calls that the control governs to stop. They answer CANCELLED, now and until
/// parexact_control_reset; what they had done so far is dropped.
///
/// This is one atomic store: any thread may call it at any time, and so may a signal handler. NULL is
/// harmless.
///
/// # Safety
/// `control` is NULL or a control that nobody frees meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_control_cancel(control: *mut Control) {
    // There is no guard: it would touch thread-local memory, which a signal handler should not do, and a
    // store cannot fail.
    // SAFETY: passed on from the caller.
    if let Some(control) = unsafe { handle::borrowed(control) } {
        control.cancel();
    }
}

/// How far the governed call is, or the last one if none is running: `done` of `total` items, equal when it
/// has succeeded. What an item is depends on the call: a value of an array, a group of results of a reduction
/// over axes, 4096 random numbers, an item of a map, 2^15 points of parexact_pi or 1024 of
/// parexact_integrate.
///
/// `done`, `total`: either may be NULL if it is not wanted. With a NULL control both stay untouched.
/// Thread safety: any thread may call it at any time. Takes nanoseconds.
///
/// # Safety
/// `control` is NULL or a control that nobody frees meanwhile; `done` and `total` are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_control_progress(
    control: *const Control,
    done: *mut u64,
    total: *mut u64,
) {
    guard_value(|| {
        // SAFETY: passed on from the caller.
        if let Some(control) = unsafe { handle::borrowed(control) } {
            let (now, all) = control.progress();
            for (place, value, name) in [(done, now, "done"), (total, all, "total")] {
                if !place.is_null() {
                    // SAFETY: passed on from the caller.
                    unsafe { out_ptr(place, name) }?.write(value);
                }
            }
        }
        Ok(())
    });
}

/// Takes a cancellation back and sets the progress to 0 of 0. For use between calls: a call that is
/// running may miss a cancellation that is taken back at once.
///
/// NULL is harmless. Thread safety: any thread may call it at any time.
///
/// # Safety
/// `control` is NULL or a control that nobody frees meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_control_reset(control: *mut Control) {
    guard_value(|| {
        // SAFETY: passed on from the caller.
        if let Some(control) = unsafe { handle::borrowed(control) } {
            control.reset();
        }
        Ok(())
    });
}

/// Releases the handle. Threads that the control is attached to, and calls that are running, keep it
/// alive for themselves as long as they need it; the handle must not be used any more.
///
/// NULL is harmless. Thread safety: any thread may call it, once for each control.
///
/// # Safety
/// `control` is NULL or a control that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_control_free(control: *mut Control) {
    guard_value(|| {
        // SAFETY: passed on from the caller.
        drop(unsafe { handle::reclaimed(control) });
        Ok(())
    });
}
