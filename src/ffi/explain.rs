//! What the library does and why, as JSON for people and bug reports.

use std::ffi::c_char;

use super::guard::guard;
use super::pointers::out_ptr;
use crate::error::{Error, Status};
use crate::report::report;

/// Writes a description of the library's present behaviour, one JSON object in ASCII: the version; the number
/// of threads that a call from this thread would use, the rule that decided and the value it read; what the
/// default follows from, as the documentation of parexact_set_num_threads explains: the processors in the
/// affinity mask, the quota of the control group, what SLURM_CPUS_PER_TASK says (null: none), the number of
/// ranks on this node and the variable that tells it (null: no launcher does), the processors that these
/// ranks have together; the workers that exist and those the system refused, and the time in seconds until
/// a worker helps, as far as calls have met it: those that are too short for that stay on one thread; the SIMD
/// path in use, what PAREXACT_SIMD requests (null: not set; a name that the processor lacks, or nobody knows,
/// has no effect) and the processor's features; how many forks lie between this process and the one that
/// loaded the library. Fields may be added in later versions.
///
/// `buffer`, `capacity`: where to write, and how many bytes it has; NULL and 0 only ask for the size.
/// `needed`: receives the size of the description in bytes, the terminating NUL included; it may
/// differ from one call to the next.
///
/// Errors: NULL_POINTER if `needed` is NULL, or `buffer` is NULL with a nonzero capacity;
/// INVALID_ARGUMENT if the capacity is nonzero and less than needed; the message says how much that is.
/// After a failure `buffer` and `needed` are untouched.
/// Takes microseconds and starts no threads. Thread safety: any thread may call it at any time.
///
/// # Safety
/// `buffer` is NULL or `capacity` bytes may be written there; `needed` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_explain(
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let needed = unsafe { out_ptr(needed, "needed") }?;
        if buffer.is_null() && capacity > 0 {
            return Err(Error::null("buffer"));
        }
        let text = report().to_string();
        let size = text.len() + 1;
        if capacity > 0 && capacity < size {
            return Err(Error::invalid(format!(
                "capacity is {capacity} bytes, the description needs {size}"
            )));
        }
        if capacity > 0 {
            // SAFETY: the pointer is not NULL, and `size` bytes fit into the capacity that the caller vouches
            // for.
            unsafe {
                buffer.copy_from_nonoverlapping(text.as_ptr().cast(), text.len());
                buffer.add(text.len()).write(0);
            }
        }
        needed.write(size);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{PAREXACT_ERROR_INVALID_ARGUMENT, PAREXACT_ERROR_NULL_POINTER, PAREXACT_OK};
    use std::ptr::null_mut;

    #[test]
    fn sizes() {
        let mut needed = 0;
        let mut buffer: [c_char; 4096] = [1; 4096];
        // SAFETY: the buffer has the capacity passed, and `needed` is live.
        unsafe {
            assert_eq!(
                parexact_explain(null_mut(), 0, null_mut()),
                PAREXACT_ERROR_NULL_POINTER
            );
            assert_eq!(
                parexact_explain(null_mut(), 9, &mut needed),
                PAREXACT_ERROR_NULL_POINTER
            );
            assert_eq!(needed, 0);
            assert_eq!(parexact_explain(null_mut(), 0, &mut needed), PAREXACT_OK);
            let size = needed;
            let status = parexact_explain(buffer.as_mut_ptr(), size - 1, &mut needed);
            assert_eq!(status, PAREXACT_ERROR_INVALID_ARGUMENT);
            assert!(buffer.iter().all(|&byte| byte == 1));
            assert_eq!(needed, size);
            // Other tests of this process may set counts meanwhile.
            assert_eq!(
                parexact_explain(buffer.as_mut_ptr(), buffer.len(), &mut needed),
                PAREXACT_OK
            );
        }
        assert_eq!(buffer[needed - 1], 0);
        assert_eq!(
            (buffer[0], buffer[needed - 2]),
            (b'{' as c_char, b'}' as c_char)
        );
        assert_eq!(buffer[needed], 1);
    }
}
