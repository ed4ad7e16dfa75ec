//! Views of the caller's arrays.

use std::ffi::c_void;

use crate::error::{
    Error, PAREXACT_ERROR_NULL_POINTER, PAREXACT_ERROR_SIZE_OVERFLOW, PAREXACT_ERROR_UNSUPPORTED,
    Result,
};
use crate::exact::Unaligned;

/// IEEE 754 binary64, `double`.
pub const PAREXACT_DTYPE_F64: i32 = 0;
/// IEEE 754 binary32, `float`.
pub const PAREXACT_DTYPE_F32: i32 = 1;
/// `int64_t`.
pub const PAREXACT_DTYPE_I64: i32 = 2;
/// `int32_t`.
pub const PAREXACT_DTYPE_I32: i32 = 3;
/// `int16_t`.
pub const PAREXACT_DTYPE_I16: i32 = 4;
/// `int8_t`.
pub const PAREXACT_DTYPE_I8: i32 = 5;
/// `uint64_t`.
pub const PAREXACT_DTYPE_U64: i32 = 6;
/// `uint32_t`.
pub const PAREXACT_DTYPE_U32: i32 = 7;
/// `uint16_t`.
pub const PAREXACT_DTYPE_U16: i32 = 8;
/// `uint8_t`.
pub const PAREXACT_DTYPE_U8: i32 = 9;
/// One byte: 0 is false, anything else is true and counts as 1.
pub const PAREXACT_DTYPE_BOOL: i32 = 10;

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
    /// `ndim` distances in bytes from one element to the next along each dimension, as in NumPy: negative, zero, or any.
    /// NULL: C-contiguous.
    pub strides: *const i64,
}

/// Numbers of a caller, at any alignment.
type Numbers<'a> = &'a [[u8; 8]];

/// Most dimensions of an array.
const MAX_NDIM: usize = 64;

/// The size of an element in bytes.
fn item_size(dtype: i32) -> Result<usize> {
    match dtype {
        PAREXACT_DTYPE_F64 | PAREXACT_DTYPE_I64 | PAREXACT_DTYPE_U64 => Ok(8),
        PAREXACT_DTYPE_F32 | PAREXACT_DTYPE_I32 | PAREXACT_DTYPE_U32 => Ok(4),
        PAREXACT_DTYPE_I16 | PAREXACT_DTYPE_U16 => Ok(2),
        PAREXACT_DTYPE_I8 | PAREXACT_DTYPE_U8 | PAREXACT_DTYPE_BOOL => Ok(1),
        _ => Err(Error::invalid(format!(
            "dtype is {dtype}; it must be one of PAREXACT_DTYPE_*, 0 to 10"
        ))),
    }
}

impl Array {
    /// The elements of a contiguous array of `f64`.
    ///
    /// # Safety
    /// The pointers are what their documentation says, for as long as the elements are in use.
    pub unsafe fn contiguous_f64<'a>(&self) -> Result<&'a [Unaligned]> {
        let size = item_size(self.dtype)?;
        // SAFETY: the caller's promise.
        let (shape, strides) = unsafe { self.dimensions()? };
        let count = element_count(shape, size)?;
        if count == 0 {
            return Ok(&[]);
        }
        if self.data.is_null() {
            return Err(Error::null("data of the array"));
        }
        if self.dtype != PAREXACT_DTYPE_F64 {
            return Err(Error::new(
                PAREXACT_ERROR_UNSUPPORTED,
                format!(
                    "dtype is {}; this version takes PAREXACT_DTYPE_F64 alone",
                    self.dtype
                ),
            ));
        }
        if strides.is_some_and(|strides| !is_contiguous(shape, strides, size)) {
            return Err(Error::new(
                PAREXACT_ERROR_UNSUPPORTED,
                "strides of the array: this version takes C-contiguous arrays alone",
            ));
        }
        // SAFETY: `count` elements lie behind the pointer, by the caller's promise; their size in bytes was checked.
        Ok(unsafe { std::slice::from_raw_parts(self.data.cast(), count) })
    }

    /// Shape and strides.
    ///
    /// # Safety
    /// Both point to `ndim` numbers, or are NULL.
    unsafe fn dimensions<'a>(&self) -> Result<(Numbers<'a>, Option<Numbers<'a>>)> {
        let ndim = usize::try_from(self.ndim)
            .ok()
            .filter(|&ndim| ndim <= MAX_NDIM)
            .ok_or_else(|| {
                Error::invalid(format!("ndim is {}; it must be 0 to {MAX_NDIM}", self.ndim))
            })?;
        if ndim == 0 {
            return Ok((&[], None));
        }
        if self.shape.is_null() {
            return Err(Error::new(
                PAREXACT_ERROR_NULL_POINTER,
                "shape of the array must not be NULL, as ndim is not 0",
            ));
        }
        // SAFETY: the caller's promise; numbers are read as bytes, at any alignment.
        unsafe {
            let numbers = |at: *const i64| std::slice::from_raw_parts(at.cast::<[u8; 8]>(), ndim);
            let strides = (!self.strides.is_null()).then(|| numbers(self.strides));
            Ok((numbers(self.shape), strides))
        }
    }
}

/// The product of the lengths, if the bytes of so many elements can be addressed.
fn element_count(shape: Numbers, size: usize) -> Result<usize> {
    let mut count = Some(1usize);
    let mut empty = false;
    for (axis, &length) in shape.iter().enumerate() {
        let length = i64::from_ne_bytes(length);
        let length = usize::try_from(length).map_err(|_| {
            Error::invalid(format!(
                "shape[{axis}] of the array is {length}; it must not be negative"
            ))
        })?;
        empty |= length == 0;
        count = count.and_then(|count| count.checked_mul(length));
    }
    if empty {
        return Ok(0);
    }
    count
        .filter(|count| {
            count
                .checked_mul(size)
                .is_some_and(|bytes| bytes <= isize::MAX as usize)
        })
        .ok_or_else(|| {
            Error::new(
                PAREXACT_ERROR_SIZE_OVERFLOW,
                "shape of the array: its size in bytes overflows",
            )
        })
}

/// Are these the strides of a C-contiguous array? Those of dimensions of length 1 do not matter.
fn is_contiguous(shape: Numbers, strides: Numbers, size: usize) -> bool {
    let mut expected = size as i64;
    shape.iter().zip(strides).rev().all(|(&length, &stride)| {
        let length = i64::from_ne_bytes(length);
        let fits = length == 1 || i64::from_ne_bytes(stride) == expected;
        expected *= length;
        fits
    })
}
