//! Handles: pools, jobs, locks, queues and controls, as C programs hold them.
//!
//! Every handle is one counted reference (`Arc`) that its `_new` function has given away and its `_free`
//! function takes back. A call takes a reference of its own, so that the handle may be freed while it runs.
//! No other file of the boundary makes references of pointers to handles.

use std::sync::Arc;

use super::pointers::Out;
use crate::error::{Error, Result};
use crate::parallel::control::Control;
use crate::parallel::job::Job;
use crate::parallel::lock::Lock;
use crate::parallel::queue::Queue;
use crate::parallel::user_pool::UserPool;

/// A type whose pointers in the C interface are handles.
pub trait Handle: Send + Sync + Sized {
    /// The name of the arguments that are such handles.
    const NAME: &'static str;

    /// Was the value made by the parent of this process, where other threads may have been changing it at the
    /// fork? Then it must not even be dropped.
    fn is_inherited(&self) -> bool;
}

impl Handle for Control {
    const NAME: &'static str = "control";

    /// A control consists of atomic numbers, which no fork can find half changed.
    fn is_inherited(&self) -> bool {
        false
    }
}

impl Handle for Job {
    const NAME: &'static str = "job";

    fn is_inherited(&self) -> bool {
        self.is_inherited()
    }
}

impl Handle for Lock {
    const NAME: &'static str = "lock";

    fn is_inherited(&self) -> bool {
        self.is_inherited()
    }
}

impl Handle for Queue {
    const NAME: &'static str = "queue";

    fn is_inherited(&self) -> bool {
        self.is_inherited()
    }
}

impl Handle for UserPool {
    const NAME: &'static str = "pool";

    /// A pool makes new workers in a child, and leaves the inherited ones alone by itself.
    fn is_inherited(&self) -> bool {
        false
    }
}

impl<T: Handle> Out<*mut T> {
    /// Gives the reference away as a handle.
    pub fn give(self, value: Arc<T>) {
        self.write(Arc::into_raw(value).cast_mut());
    }
}

/// What a handle stands for; none if it is NULL or, being misaligned, cannot be a handle.
///
/// # Safety
/// `handle` is NULL, misaligned, or a handle that nobody frees while the reference is in use.
#[inline]
pub unsafe fn borrowed<'a, T: Handle>(handle: *const T) -> Option<&'a T> {
    if !handle.is_aligned() {
        return None;
    }
    // SAFETY: the pointer is NULL or, being aligned, a handle: it points to the value of an `Arc`.
    unsafe { handle.as_ref() }
}

/// Another reference to what a handle stands for; none if it is NULL. What cannot be a handle, being
/// misaligned, is refused.
///
/// # Safety
/// `handle` is NULL, misaligned, or a handle that nobody frees before this returns.
pub unsafe fn optional<T: Handle>(handle: *const T) -> Result<Option<Arc<T>>> {
    if !handle.is_aligned() {
        return Err(Error::invalid(format!(
            "{} is not a handle of this library",
            T::NAME
        )));
    }
    if handle.is_null() {
        return Ok(None);
    }
    // SAFETY: a handle comes from `Arc::into_raw` and stands for a reference, to which this adds one.
    unsafe {
        Arc::increment_strong_count(handle);
        Ok(Some(Arc::from_raw(handle)))
    }
}

/// Another reference to what a handle stands for, which must not be NULL either.
///
/// # Safety
/// As for [`optional`].
pub unsafe fn required<T: Handle>(handle: *const T) -> Result<Arc<T>> {
    // SAFETY: passed on from the caller.
    unsafe { optional(handle) }?.ok_or_else(|| Error::null(T::NAME))
}

/// Takes the reference back that a handle stands for; none for NULL, for what cannot be a handle, and for
/// what is inherited from the parent of this process, which is left as it is.
///
/// # Safety
/// `handle` is NULL, misaligned, or a handle, which is not used again.
pub unsafe fn reclaimed<T: Handle>(handle: *const T) -> Option<Arc<T>> {
    // SAFETY: passed on from the caller.
    let is_inherited = unsafe { borrowed(handle) }?.is_inherited();
    // SAFETY: a handle comes from `Arc::into_raw`, and the reference that it stands for was still its own.
    (!is_inherited).then(|| unsafe { Arc::from_raw(handle) })
}

/// The handle for which there is a reference elsewhere: it is valid as long as that one.
pub fn lent<T: Handle>(value: &Arc<T>) -> *mut T {
    Arc::as_ptr(value).cast_mut()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{PAREXACT_ERROR_INVALID_ARGUMENT, PAREXACT_ERROR_NULL_POINTER};
    use crate::ffi::pointers::out_ptr;
    use std::ptr::{null, null_mut};

    #[test]
    fn references_are_counted() {
        let value = Arc::new(Lock::new());
        let mut handle = null_mut();
        // SAFETY: the handle is live until it is reclaimed.
        unsafe {
            out_ptr(&raw mut handle, "out")
                .expect("not NULL")
                .give(value.clone());
            assert_eq!(Arc::strong_count(&value), 2);
            assert_eq!(lent(&value), handle);
            assert!(borrowed(handle).is_some_and(|lock| std::ptr::eq(lock, &*value)));
            let during_a_call = required(handle).expect("a handle");
            assert_eq!(Arc::strong_count(&value), 3);
            drop(reclaimed(handle).expect("a handle"));
            assert_eq!(Arc::strong_count(&value), 2);
            drop(during_a_call);
        }
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn what_is_no_handle() {
        let odd = null::<Lock>().wrapping_byte_add(1);
        // SAFETY: NULL and misaligned pointers are refused.
        unsafe {
            let misaligned = required(odd).expect_err("misaligned");
            assert_eq!(misaligned.status, PAREXACT_ERROR_INVALID_ARGUMENT);
            assert_eq!(misaligned.message, "lock is not a handle of this library");
            assert!(optional(odd).is_err() && borrowed(odd).is_none());
            assert!(reclaimed(odd).is_none());
            let missing = required(null::<Queue>()).expect_err("NULL");
            assert_eq!(missing.status, PAREXACT_ERROR_NULL_POINTER);
            assert_eq!(missing.message, "queue must not be NULL");
            assert!(optional(null::<Lock>()).expect("NULL is none").is_none());
            assert!(borrowed(null::<Lock>()).is_none() && reclaimed(null::<Lock>()).is_none());
        }
    }
}
