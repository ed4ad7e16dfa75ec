//! Controls through the C functions: ownership, NULL, cancellation from a signal handler.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use parexact::error::*;
use parexact::ffi::control::*;
use parexact::parallel::control::Control;
use parexact::parallel::{fold_chunks, threads::set_local};

fn new() -> *mut Control {
    let mut control = null_mut();
    // SAFETY: the place is live.
    assert_eq!(unsafe { parexact_control_new(&mut control) }, PAREXACT_OK);
    assert!(!control.is_null());
    control
}

fn call(items: usize) -> Result<()> {
    fold_chunks(items, 1, || (), |(), _| Ok(()), |(), ()| ())
}

#[test]
fn null_is_harmless() {
    let (mut done, mut total) = (7, 8);
    // SAFETY: NULL is part of the contract of each; the places are live.
    unsafe {
        assert_eq!(
            parexact_control_new(null_mut()),
            PAREXACT_ERROR_NULL_POINTER
        );
        assert!(parexact_control_attach(null_mut()).is_null());
        parexact_control_cancel(null_mut());
        parexact_control_progress(null_mut(), &mut done, &mut total);
        parexact_control_reset(null_mut());
        parexact_control_free(null_mut());
        let control = new();
        parexact_control_progress(control, null_mut(), null_mut());
        parexact_control_free(control);
    }
    assert_eq!((done, total), (7, 8));
}

/// An odd address is no handle: functions without a status leave everything alone.
#[test]
fn what_cannot_be_a_handle_is_harmless() {
    let (mut done, mut total) = (7, 8);
    let control = new();
    let odd = control.wrapping_byte_add(1);
    // SAFETY: misaligned pointers are refused; the places are live.
    unsafe {
        assert!(parexact_control_attach(control).is_null());
        assert!(parexact_control_attach(odd).is_null());
        parexact_control_cancel(odd);
        parexact_control_progress(odd, &mut done, &mut total);
        parexact_control_reset(odd);
        parexact_control_free(odd);
        // The refused attachment has changed nothing.
        assert_eq!(parexact_control_attach(null_mut()), control);
        parexact_control_free(control);
    }
    assert_eq!((done, total), (7, 8));
}

#[test]
fn attachment_nests_and_outlives_the_handle() {
    let (first, second) = (new(), new());
    let (mut done, mut total) = (0, 0);
    // SAFETY: each handle is used before it is freed, but for the attachment that owns a reference.
    unsafe {
        assert!(parexact_control_attach(first).is_null());
        assert_eq!(parexact_control_attach(second), first);
        assert_eq!(call(5), Ok(()));
        parexact_control_progress(second, &mut done, &mut total);
        assert_eq!((done, total), (5, 5));
        parexact_control_progress(first, &mut done, &mut total);
        assert_eq!((done, total), (0, 0));
        assert_eq!(parexact_control_attach(first), second);
        parexact_control_free(second);

        parexact_control_cancel(first);
        assert_eq!(
            call(1).map_err(|error| error.status),
            Err(PAREXACT_ERROR_CANCELLED)
        );
        let elsewhere = std::thread::spawn(|| call(1)).join();
        assert_eq!(elsewhere.expect("no panic inside"), Ok(()));
        parexact_control_reset(first);
        assert_eq!(call(1), Ok(()));
        parexact_control_free(first);
        assert_eq!(call(1), Ok(()), "the thread keeps its own reference");
        parexact_control_attach(null_mut());
    }
}

static CONTROL: AtomicPtr<Control> = AtomicPtr::new(null_mut());

extern "C" fn on_signal(_: libc::c_int) {
    // SAFETY: NULL or a control that lives to the end of the test.
    unsafe { parexact_control_cancel(CONTROL.load(Ordering::SeqCst)) };
}

#[test]
fn cancelled_by_a_signal_handler() {
    let control = new();
    CONTROL.store(control, Ordering::SeqCst);
    for threads in [1, 3] {
        set_local(threads);
        // SAFETY: the handler does what a handler may do; the handle is freed at the end alone.
        unsafe {
            libc::signal(libc::SIGUSR2, on_signal as *const () as libc::sighandler_t);
            parexact_control_reset(control);
            parexact_control_attach(control);
        }
        let result = fold_chunks(
            1 << 40,
            1,
            || (),
            |(), range| {
                if range.start == 1000 {
                    // To the process, not to this thread, which may be a worker: deaf to it.
                    // SAFETY: the handler is in place.
                    unsafe { libc::kill(libc::getpid(), libc::SIGUSR2) };
                }
                Ok(())
            },
            |(), ()| (),
        );
        let status = result.map_err(|error| error.status);
        assert_eq!(status, Err(PAREXACT_ERROR_CANCELLED));
    }
    // SAFETY: the handler, which does not come again, is the only other user.
    unsafe {
        parexact_control_attach(null_mut());
        CONTROL.store(null_mut(), Ordering::SeqCst);
        parexact_control_free(control);
    }
}
