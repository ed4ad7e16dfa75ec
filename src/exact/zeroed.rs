//! Large values in a box, all of whose bytes are 0.

use std::alloc::{Layout, alloc_zeroed};

/// A value in a box; `None` if there is no memory for it. The system provides pages that are touched alone.
///
/// # Safety
/// Bytes that are all 0 are a valid `T`, which is not empty.
pub unsafe fn zeroed<T>() -> Option<Box<T>> {
    let layout = Layout::new::<T>();
    // SAFETY: the caller promises that the layout is not empty, and that the bytes are a `T`; a box owns
    // memory of this layout.
    unsafe {
        let value = alloc_zeroed(layout).cast::<T>();
        (!value.is_null()).then(|| Box::from_raw(value))
    }
}
