//! Pointers from outside, checked: NULL, misalignment, lengths whose bytes overflow.

use crate::error::{Error, PAREXACT_ERROR_SIZE_OVERFLOW, Result};
use crate::reduce::results::Results;
use crate::unsigned::Unsigned;

/// A place for a result, which may be misaligned. It is written last, so that a failure leaves it as it was.
#[derive(Debug)]
pub struct Out<T>(*mut T);

impl<T> Out<T> {
    /// Writes the result.
    #[inline]
    pub fn write(self, value: T) {
        // SAFETY: the caller of `out_ptr` has promised that the memory may be written.
        unsafe { self.0.write_unaligned(value) };
    }

    /// Writes a copy of a result, which is large and does not go over the stack.
    pub fn write_copy(self, value: &T)
    where
        T: Copy,
    {
        // SAFETY: as in `write`; the bytes need no alignment.
        unsafe {
            std::ptr::from_ref(value)
                .cast::<u8>()
                .copy_to_nonoverlapping(self.0.cast(), size_of::<T>());
        }
    }
}

/// A required place for a result.
///
/// # Safety
/// NULL, or `size_of::<T>()` writable bytes that stay so until the write.
#[inline]
pub unsafe fn out_ptr<T>(ptr: *mut T, name: &str) -> Result<Out<T>> {
    if ptr.is_null() {
        return Err(Error::null(name));
    }
    Ok(Out(ptr))
}

/// A copy of a required input, which may be misaligned.
///
/// # Safety
/// NULL, or `size_of::<T>()` readable bytes; every bit pattern must be a valid `T`.
#[inline]
pub unsafe fn in_ptr<T: Copy>(ptr: *const T, name: &str) -> Result<T> {
    if ptr.is_null() {
        return Err(Error::null(name));
    }
    // SAFETY: the pointer is not NULL, and the caller promises the rest.
    Ok(unsafe { ptr.read_unaligned() })
}

/// A copy of a required input, which is large: not on the stack, where calls may have little.
///
/// # Safety
/// As for [`in_ptr`].
pub unsafe fn in_box<T: Copy>(ptr: *const T, name: &str) -> Result<Box<T>> {
    if ptr.is_null() {
        return Err(Error::null(name));
    }
    let mut copy = Box::<T>::new_uninit();
    // SAFETY: the pointer is not NULL, the caller promises the rest, and bytes need no alignment. All of the
    // copy is written.
    unsafe {
        let to = copy.as_mut_ptr().cast::<u8>();
        ptr.cast::<u8>().copy_to_nonoverlapping(to, size_of::<T>());
        Ok(copy.assume_init())
    }
}

/// The bytes of `n` items of `SIZE` bytes each; at any address, so they are views of bytes. If `n` is 0, the
/// pointer is not looked at. `[name, length]` are the C names of the pointer and of `n`.
///
/// # Safety
/// NULL, or `n * SIZE` readable bytes that nobody writes while the slice lives.
#[inline]
pub unsafe fn bytes<'a, const SIZE: usize>(
    ptr: *const [u8; SIZE],
    n: usize,
    names: [&str; 2],
) -> Result<&'a [[u8; SIZE]]> {
    if n == 0 {
        return Ok(&[]);
    }
    check_length(ptr.is_null(), n, SIZE, names)?;
    // SAFETY: the pointer is not NULL, bytes need no alignment, there are at most isize::MAX of them, and the
    // caller promises the rest.
    Ok(unsafe { std::slice::from_raw_parts(ptr, n) })
}

/// The bytes of `n` items of `SIZE` bytes each, to be written; otherwise as [`bytes`].
///
/// # Safety
/// NULL, or `n * SIZE` readable and writable bytes that nobody else uses while the slice lives.
#[inline]
pub unsafe fn bytes_mut<'a, const SIZE: usize>(
    ptr: *mut [u8; SIZE],
    n: usize,
    names: [&str; 2],
) -> Result<&'a mut [[u8; SIZE]]> {
    if n == 0 {
        return Ok(&mut []);
    }
    check_length(ptr.is_null(), n, SIZE, names)?;
    // SAFETY: the pointer is not NULL, bytes need no alignment, there are at most isize::MAX of them, and the
    // caller promises the rest.
    Ok(unsafe { std::slice::from_raw_parts_mut(ptr, n) })
}

/// Places for `n` results, at any address; on the terms of [`bytes`].
///
/// # Safety
/// NULL, or `n` items that may be read and written, which nobody else uses while the places are in use; any
/// bit pattern must be a valid `T`.
pub unsafe fn results<T: Copy>(ptr: *mut T, n: usize, names: [&str; 2]) -> Result<Results<T>> {
    if n > 0 {
        check_length(ptr.is_null(), n, size_of::<T>(), names)?;
    }
    // SAFETY: the pointer is not NULL, there are at most isize::MAX bytes, and the caller promises the rest.
    Ok(unsafe { Results::new(ptr, n) })
}

/// The bytes of `n` doubles, at any address. The argument for their number is called `n`.
///
/// # Safety
/// As for [`bytes`].
#[inline]
pub unsafe fn f64_bytes<'a>(ptr: *const f64, n: usize, name: &str) -> Result<&'a [[u8; 8]]> {
    // SAFETY: passed on from the caller.
    unsafe { bytes(ptr.cast(), n, [name, "n"]) }
}

/// The bytes of `n` doubles, at any address, to be written.
///
/// # Safety
/// As for [`bytes_mut`].
#[inline]
pub unsafe fn f64_bytes_mut<'a>(ptr: *mut f64, n: usize, name: &str) -> Result<&'a mut [[u8; 8]]> {
    // SAFETY: passed on from the caller.
    unsafe { bytes_mut(ptr.cast(), n, [name, "n"]) }
}

/// Refuses NULL, and lengths of more than `isize::MAX` bytes: no object is larger, and slices rely on that.
#[inline]
fn check_length(is_null: bool, n: usize, size: usize, [name, length]: [&str; 2]) -> Result<()> {
    if is_null {
        return Err(Error::null(name));
    }
    let most = isize::MAX as usize / size;
    if n > most {
        let n = Unsigned::from(n);
        return Err(Error::new(
            PAREXACT_ERROR_SIZE_OVERFLOW,
            format!(
                "{length} is {n}; it must be at most {most}, or {name} exceeds the address space"
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::PAREXACT_ERROR_NULL_POINTER;
    use std::ptr::{NonNull, null, null_mut};

    #[test]
    fn lengths() {
        let anywhere = NonNull::<f64>::dangling().as_ptr().cast_const();
        let most = isize::MAX as usize / 8;
        for n in [most + 1, usize::MAX / 8 + 1, usize::MAX] {
            // SAFETY: refused before anything is read.
            let result = unsafe { f64_bytes(anywhere, n, "x") };
            assert_eq!(result.unwrap_err().status, PAREXACT_ERROR_SIZE_OVERFLOW);
        }
        assert!(check_length(false, most, 8, ["x", "n"]).is_ok());
        // SAFETY: zero items are not read.
        assert_eq!(unsafe { f64_bytes(null(), 0, "x") }, Ok(&[][..]));
        // SAFETY: NULL is refused.
        let error = unsafe { f64_bytes(null(), 1, "x") }.unwrap_err();
        assert_eq!(error.status, PAREXACT_ERROR_NULL_POINTER);
    }

    #[test]
    fn misaligned() {
        let mut memory = [[0u8; 8]; 3];
        let odd = memory
            .as_mut_ptr()
            .cast::<u8>()
            .wrapping_add(3)
            .cast::<f64>();
        // SAFETY: eight bytes from the third on lie inside the array.
        unsafe {
            out_ptr(odd, "out").expect("not NULL").write(1.5);
            assert_eq!(in_ptr(odd, "in"), Ok(1.5));
            assert_eq!(f64_bytes(odd, 1, "x"), Ok(&[1.5f64.to_ne_bytes()][..]));
        }
        // SAFETY: NULL is refused.
        unsafe {
            assert!(out_ptr(null_mut::<f64>(), "out").is_err());
            assert!(in_ptr(null::<f64>(), "in").is_err());
        }
    }
}
