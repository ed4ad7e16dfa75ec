//! What a thread has set for its own calls: the control that governs them, and a thread count.
//!
//! Callbacks run on workers, which serve all callers, and on the thread of the caller. What a callback sets
//! is put back when it returns ([`preserve`]); otherwise it would govern other calls on that thread.
//!
//! The variable has no destructor, so that it is usable to the last moment of a thread: in destructors of
//! thread-specific data, in `atexit` handlers and in destructors of shared objects.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::null;
use std::sync::Arc;

use super::control::Control;
use super::thread_end::ThreadEnd;

#[derive(Debug, Clone, Copy)]
struct Settings {
    /// Governs the calls of this thread; null if none does.
    control: *const Control,
    /// Whether this variable owns a reference to the control. If not, whoever set it holds one until the
    /// control before is put back.
    owned: bool,
    /// A call that reports progress is running on this thread; those nested in it do not report.
    reporting: bool,
    /// The thread count of calls from this thread; 0 if it has none of its own.
    threads: usize,
}

thread_local! {
    static SETTINGS: Cell<Settings> = const {
        Cell::new(Settings { control: null(), owned: false, reporting: false, threads: 0 })
    };
}

/// Makes `control` govern the calls of this thread; answers the one that did so far.
pub fn attach(control: Option<Arc<Control>>) -> Option<Arc<Control>> {
    let owned = control.is_some();
    if owned {
        // If the system refuses, the control is never released.
        END.watch();
    }
    let before = SETTINGS.get();
    SETTINGS.set(Settings {
        control: control.map_or(null(), Arc::into_raw),
        owned,
        ..before
    });
    match before.owned {
        // SAFETY: the reference was this variable's, which has just given it up.
        true => Some(unsafe { Arc::from_raw(before.control) }),
        false => reference(before.control),
    }
}

/// The control that governs the calls of this thread.
#[inline]
pub fn attached() -> Option<Arc<Control>> {
    reference(SETTINGS.get().control)
}

/// Hands the control that governs the calls of this thread to `f`, which must attach nothing and call no
/// callback: the reference is not counted.
#[inline]
pub fn with_attached<R>(f: impl FnOnce(Option<&Control>) -> R) -> R {
    // SAFETY: somebody holds a reference as long as it is attached, and `f` leaves it attached.
    f(unsafe { SETTINGS.get().control.as_ref() })
}

/// Another reference to a control that is attached to this thread.
#[inline]
fn reference(control: *const Control) -> Option<Arc<Control>> {
    // SAFETY: what is attached came from `Arc::into_raw` or `Arc::as_ptr`, and somebody holds a reference
    // as long as it is attached.
    (!control.is_null()).then(|| unsafe {
        Arc::increment_strong_count(control);
        Arc::from_raw(control)
    })
}

/// Whether a call that reports progress is running on this thread.
#[inline]
pub fn is_reporting() -> bool {
    SETTINGS.get().reporting
}

/// Sets whether a call that reports progress is running on this thread; answers what it was.
#[inline]
pub fn set_reporting(reporting: bool) -> bool {
    let before = SETTINGS.get();
    SETTINGS.set(Settings {
        reporting,
        ..before
    });
    before.reporting
}

/// The thread count of calls from this thread; 0 if it has none of its own.
#[inline]
pub fn threads() -> usize {
    SETTINGS.get().threads
}

/// Sets the thread count of calls from this thread; answers what it was.
pub fn set_threads(threads: usize) -> usize {
    let before = SETTINGS.get();
    SETTINGS.set(Settings { threads, ..before });
    before.threads
}

/// Runs `f`, then puts back what this thread had set, whatever `f` has set.
#[inline]
pub fn preserve<R>(f: impl FnOnce() -> R) -> R {
    during(|settings| settings, f)
}

/// Runs `f`, a part of some call, under the control of that call or under none, then puts back what this
/// thread had set.
pub fn govern<R>(control: Option<&Arc<Control>>, reporting: bool, f: impl FnOnce() -> R) -> R {
    let change = |settings| Settings {
        control: control.map_or(null(), Arc::as_ptr),
        reporting,
        ..settings
    };
    during(change, f)
}

/// Runs `f` with settings that are made from those of this thread.
#[inline]
fn during<R>(change: impl FnOnce(Settings) -> Settings, f: impl FnOnce() -> R) -> R {
    // The variable is looked up once: maps come here for each item.
    SETTINGS.with(|settings| {
        let before = settings.get();
        let _restore = Restore(settings, before);
        // The reference to the control belongs to the caller, or to the settings that are put back. Both
        // outlive `f`.
        settings.set(Settings {
            owned: false,
            ..change(before)
        });
        f()
    })
}

/// Puts settings back.
struct Restore<'a>(&'a Cell<Settings>, Settings);

impl Drop for Restore<'_> {
    #[inline]
    fn drop(&mut self) {
        let left = self.0.replace(self.1);
        if left.owned {
            // SAFETY: the reference was this variable's, which has just given it up.
            drop(unsafe { Arc::from_raw(left.control) });
        }
    }
}

static END: ThreadEnd = ThreadEnd::new(at_thread_end);

/// Releases the control that is attached to a thread that ends, in the last round of destructors: those of
/// other data may use it. A control is never released if a destructor attaches it in the last round, or if
/// the system does not let the end of the thread be noticed.
unsafe extern "C" fn at_thread_end(round: *mut c_void) {
    if END.is_last_round(round) {
        drop(attach(None));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_attached(control: &Arc<Control>) -> bool {
        attached().is_some_and(|attached| Arc::ptr_eq(&attached, control))
    }

    #[test]
    fn what_is_set_inside_is_put_back() {
        let (own, others) = (Arc::new(Control::default()), Arc::new(Control::default()));
        attach(Some(own.clone()));
        set_threads(3);
        preserve(|| {
            assert!(is_attached(&own) && threads() == 3);
            assert!(attach(Some(others.clone())).is_some_and(|it| Arc::ptr_eq(&it, &own)));
            attach(Some(others.clone()));
            set_threads(7);
            preserve(|| drop(attach(None)));
            assert!(is_attached(&others));
        });
        assert!(is_attached(&own) && threads() == 3);
        govern(None, true, || {
            assert!(attached().is_none() && is_reporting());
            attach(Some(others.clone()));
        });
        govern(Some(&others), false, || {
            assert!(is_attached(&others));
            drop(attach(None));
        });
        assert!(is_attached(&own) && !is_reporting());
        drop(attach(None));
        // Every reference that was taken has been released.
        assert_eq!(
            (Arc::strong_count(&own), Arc::strong_count(&others)),
            (1, 1)
        );
    }

    #[test]
    fn the_end_of_a_thread_releases() {
        let control = Arc::new(Control::default());
        let attached = control.clone();
        std::thread::spawn(move || drop(attach(Some(attached))))
            .join()
            .expect("no panic");
        assert_eq!(Arc::strong_count(&control), 1);
    }
}
