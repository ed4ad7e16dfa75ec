//! Views of the caller's arrays: what they hold, and how it lies in memory.

use std::ffi::c_void;

use crate::c_enum::CEnum;
use crate::error::{Error, PAREXACT_ERROR_NULL_POINTER, PAREXACT_ERROR_SIZE_OVERFLOW, Result};
use space::{Dim, MAX_NDIM, Space};

pub mod axes;
pub mod dtype;
pub mod space;
pub mod view;

pub use dtype::Dtype;
pub use view::View;

/// A view of an array in native byte order, as it lies in memory. The library only reads it, during the call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Array {
    /// The element with all indices 0, at any alignment. May be NULL if there are no elements.
    pub data: *const c_void,
    /// One of PAREXACT_DTYPE_*.
    pub dtype: i32,
    /// Number of dimensions, 0 to 64; 0 is a scalar.
    pub ndim: i32,
    /// `ndim` lengths, each at least 0. May be NULL if ndim is 0.
    pub shape: *const i64,
    /// `ndim` distances in bytes from one element to the next along each dimension, as in NumPy: negative,
    /// zero, or any.
    /// NULL: C-contiguous.
    pub strides: *const i64,
}

impl Array {
    /// Checks the array; messages call it `name`.
    ///
    /// # Safety
    /// The pointers are what their documentation says, for as long as the view is in use.
    pub unsafe fn view(&self, name: &str) -> Result<View> {
        let dtype = Dtype::of_code(self.dtype, format_args!("dtype of {name}"))?;
        // SAFETY: the caller's promise.
        let space = unsafe { self.space(dtype.size(), name)? };
        if !space.is_empty() && self.data.is_null() {
            return Err(Error::null(&format!("data of {name}")));
        }
        // SAFETY: the caller's promise; the extent was checked.
        Ok(unsafe { View::new(self.data.cast(), dtype, space) })
    }

    /// Checks shape and strides of an array whose elements have `size` bytes.
    ///
    /// # Safety
    /// Both point to `ndim` numbers, at any alignment, or are NULL.
    unsafe fn space(&self, size: usize, name: &str) -> Result<Space<1>> {
        let ndim = usize::try_from(self.ndim)
            .ok()
            .filter(|&ndim| ndim <= MAX_NDIM)
            .ok_or_else(|| {
                let message = format!(
                    "ndim of {name} is {}; it must be 0 to {MAX_NDIM}",
                    self.ndim
                );
                Error::invalid(message)
            })?;
        if ndim > 0 && self.shape.is_null() {
            return Err(Error::new(
                PAREXACT_ERROR_NULL_POINTER,
                format!("shape of {name} must not be NULL, as ndim is not 0"),
            ));
        }
        let mut space = Space::scalar();
        // From the last dimension to the first, as that is how C-contiguous strides grow.
        let mut contiguous = Some(size as isize);
        for axis in (0..ndim).rev() {
            // SAFETY: the caller's promise.
            let length = unsafe { self.shape.add(axis).read_unaligned() };
            let len = usize::try_from(length).map_err(|_| {
                Error::invalid(format!(
                    "shape[{axis}] of {name} is {length}; it must not be negative"
                ))
            })?;
            let stride = if self.strides.is_null() {
                // Past an overflow only lengths 0 and 1 are left, which need no stride, or the extent
                // overflows as well.
                contiguous.unwrap_or(isize::MAX)
            } else {
                // SAFETY: the caller's promise.
                unsafe { self.strides.add(axis).read_unaligned() as isize }
            };
            contiguous = contiguous.and_then(|stride| stride.checked_mul(len.max(1) as isize));
            space.push_outer(Dim {
                len,
                strides: [stride],
            });
        }
        if space.is_addressable(size) {
            Ok(space)
        } else {
            Err(Error::new(
                PAREXACT_ERROR_SIZE_OVERFLOW,
                format!(
                    "shape of {name}: its extent in bytes or its number of elements exceeds the address space"
                ),
            ))
        }
    }
}
