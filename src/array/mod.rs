//! Views of the caller's arrays: what they hold, and how it lies in memory.

use std::ffi::c_void;

use crate::error::{Error, PAREXACT_ERROR_NULL_POINTER, PAREXACT_ERROR_SIZE_OVERFLOW, Result};
use crate::exact::Unaligned;
use dtype::PAREXACT_DTYPE_F64;
use space::{Dim, MAX_NDIM, Space};

pub mod axes;
pub mod dtype;
pub mod space;
pub mod view;

pub use dtype::Dtype;
pub use view::View;

/// A view of an array, as it lies in memory. The library only reads it, during the call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Array {
    /// The element with all indices 0, at any alignment. May be NULL if there are no elements.
    pub data: *const c_void,
    /// One of PAREXACT_DTYPE_*, in the machine's byte order; with PAREXACT_DTYPE_SWAPPED added, in the other
    /// one.
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
        let dtype = Dtype::of_code(self.dtype, name)?;
        // SAFETY: the caller's promise.
        let space = unsafe { self.space(dtype.size(), name)? };
        if !space.is_empty() && self.data.is_null() {
            return Err(Error::null(&format!("data of {name}")));
        }
        // SAFETY: the caller's promise; the extent was checked.
        Ok(unsafe { View::new(self.data.cast(), dtype, space) })
    }

    /// The elements, if the array is valid, and they are doubles in C order with nothing between them. A view
    /// takes a hundred nanoseconds to make, more than it takes to add up a few values.
    ///
    /// # Safety
    /// As for [`Self::view`].
    pub unsafe fn contiguous_doubles<'a>(&self) -> Option<&'a [Unaligned]> {
        let ndim = usize::try_from(self.ndim).ok()?;
        if self.dtype != PAREXACT_DTYPE_F64 || ndim > MAX_NDIM || ndim > 0 && self.shape.is_null() {
            return None;
        }
        let mut extent = size_of::<Unaligned>() as i64;
        for axis in (0..ndim).rev() {
            // SAFETY: the caller promises so many lengths.
            let length = unsafe { self.shape.add(axis).read_unaligned() };
            // SAFETY: the caller promises so many strides, unless the pointer is NULL.
            let is_next = || unsafe { self.strides.add(axis).read_unaligned() } == extent;
            if length < 0 || !(self.strides.is_null() || is_next()) {
                return None;
            }
            extent = extent.checked_mul(length)?;
        }
        if extent == 0 {
            return Some(&[]);
        }
        let bytes = usize::try_from(extent)
            .ok()
            .filter(|&it| it <= isize::MAX as usize)?;
        // SAFETY: the caller promises the elements, which have no alignment as bytes, and the pointer is not
        // NULL.
        (!self.data.is_null()).then(|| unsafe {
            std::slice::from_raw_parts(self.data.cast(), bytes / size_of::<Unaligned>())
        })
    }

    /// Does another array have the same shape?
    ///
    /// # Safety
    /// As for [`Self::view`], of both; and both have been found to be valid.
    pub unsafe fn has_shape_of(&self, other: &Self) -> bool {
        // SAFETY: the caller promises so many lengths.
        let length = |array: &Self, i| unsafe { array.shape.add(i).read_unaligned() };
        self.ndim == other.ndim
            && (0..self.ndim as usize).all(|i| length(self, i) == length(other, i))
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

#[cfg(test)]
mod tests {
    use super::dtype::PAREXACT_DTYPE_I64;
    use super::*;
    use crate::exact::as_unaligned;
    use std::ptr::null;

    #[test]
    fn contiguous_doubles_are_found_and_nothing_else() {
        let values: Vec<f64> = (0..24).map(f64::from).collect();
        let array = |shape: &[i64], strides: Option<&[i64]>| Array {
            data: values.as_ptr().cast(),
            dtype: PAREXACT_DTYPE_F64,
            ndim: shape.len() as i32,
            shape: shape.as_ptr(),
            strides: strides.map_or(null(), <[i64]>::as_ptr),
        };
        // SAFETY: shapes, strides and elements are as promised, or refused before they are used.
        let count = |array: Array| unsafe {
            let found = array.contiguous_doubles()?;
            assert_eq!(found, &as_unaligned(&values)[..found.len()]);
            Some(found.len())
        };
        assert_eq!(count(array(&[], None)), Some(1));
        assert_eq!(count(array(&[24], None)), Some(24));
        assert_eq!(count(array(&[2, 3, 4], None)), Some(24));
        assert_eq!(count(array(&[2, 3, 4], Some(&[96, 32, 8]))), Some(24));
        assert_eq!(count(array(&[2, 0, 4], None)), Some(0));
        for (shape, strides) in [
            ([4, 3], [24, 16]),
            ([4, 3], [32, 8]),
            ([4, 3], [8, 32]),
            ([4, 3], [0, 8]),
            ([4, 3], [24, -8]),
            ([-1, 3], [24, 8]),
            ([1 << 40, 1 << 40], [1 << 43, 8]),
        ] {
            assert_eq!(count(array(&shape, Some(&strides))), None, "{shape:?}");
        }
        assert_eq!(count(array(&[12], Some(&[16]))), None);
        let null_data = Array {
            data: null(),
            ..array(&[2], None)
        };
        assert_eq!(count(null_data), None);
        let integers = Array {
            dtype: PAREXACT_DTYPE_I64,
            ..array(&[2], None)
        };
        assert_eq!(count(integers), None);
        let no_shape = Array {
            shape: null(),
            ..array(&[2], None)
        };
        assert_eq!(count(no_shape), None);
        let negative_ndim = Array {
            ndim: -1,
            ..array(&[2], None)
        };
        assert_eq!(count(negative_ndim), None);
        let (flat, square) = (array(&[4], None), array(&[2, 2], None));
        // SAFETY: as above.
        unsafe {
            assert!(square.has_shape_of(&array(&[2, 2], Some(&[16, 8]))));
            assert!(!square.has_shape_of(&flat) && !flat.has_shape_of(&array(&[3], None)));
        }
    }
}
