//! A function for each of many items, in parallel, the results in order.

use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::crew::Crew;
use super::fold::fold_chunks_by;
use super::worker::Participant;
use super::{callback, control};
use crate::error::{
    Error, PAREXACT_ERROR_CALLBACK_FAILED, PAREXACT_ERROR_NULL_POINTER,
    PAREXACT_ERROR_SIZE_OVERFLOW, Result,
};

/// Computes one result from one item: `item` and `result` point into the arrays given to the map, or are
/// the map's own pointers where the size is 0.
/// Answers 0, or anything else if it failed. It may run on any thread, several at once.
pub type MapFn = Option<
    unsafe extern "C" fn(item: *const c_void, result: *mut c_void, user_data: *mut c_void) -> i32,
>;

/// Items that a thread takes at a time at most, if that is left to us: few enough to balance, enough to make claiming them cheap.
const MOST: usize = 256;

/// Chunks for each thread, if the items are so many.
const CHUNKS: usize = 64;

/// A map, checked.
pub struct Map {
    function: unsafe extern "C" fn(*const c_void, *mut c_void, *mut c_void) -> i32,
    user_data: *mut c_void,
    items: *const u8,
    item_size: usize,
    results: *mut u8,
    result_size: usize,
    count: usize,
    chunk: usize,
}

// SAFETY: that other threads may use what the pointers point to is the caller's promise.
unsafe impl Send for Map {}
// SAFETY: as above.
unsafe impl Sync for Map {}

impl Map {
    /// # Safety
    /// The function may be called on any thread with any of the items, which stay readable, and the results writable, as
    /// long as the map runs.
    #[expect(clippy::too_many_arguments, reason = "those of parexact_map")]
    pub unsafe fn new(
        function: MapFn,
        user_data: *mut c_void,
        items: *const c_void,
        item_size: usize,
        results: *mut c_void,
        result_size: usize,
        count: usize,
        chunk_size: usize,
    ) -> Result<Self> {
        let function = function.ok_or_else(|| Error::null("fn"))?;
        for (name, is_null, size) in [
            ("item", items.is_null(), item_size),
            ("result", results.is_null(), result_size),
        ] {
            if count
                .checked_mul(size)
                .is_none_or(|bytes| bytes > isize::MAX as usize)
            {
                return Err(Error::new(
                    PAREXACT_ERROR_SIZE_OVERFLOW,
                    format!("count · {name}_size, {count} · {size}, exceeds the address space"),
                ));
            }
            if is_null && count > 0 && size > 0 {
                return Err(Error::new(
                    PAREXACT_ERROR_NULL_POINTER,
                    format!("{name}s must not be NULL, as {name}_size is not 0"),
                ));
            }
        }
        Ok(Self {
            function,
            user_data,
            items: items.cast(),
            item_size,
            results: results.cast(),
            result_size,
            count,
            chunk: chunk_size,
        })
    }

    /// How many items there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Calls the function for all items. The first failure, by index, decides the answer; what has a greater index is then left
    /// out, if it has not begun.
    pub fn run(&self, crew: &Crew) -> Result<()> {
        let chunk = match self.chunk {
            0 => (self.count / (CHUNKS * crew.threads())).clamp(1, MOST),
            chunk => chunk,
        };
        let _participant = Participant::enter();
        let control = control::attached();
        let first_failure = AtomicUsize::new(usize::MAX);
        fold_chunks_by(
            crew,
            self.count,
            chunk,
            || (),
            |(), range| {
                for index in range {
                    if index > first_failure.load(Ordering::Relaxed) {
                        return Ok(());
                    }
                    if let Some(control) = &control {
                        control.check()?;
                    }
                    let value = self.call(index);
                    if value != 0 {
                        first_failure.fetch_min(index, Ordering::Relaxed);
                        return Err(Error::new(
                            PAREXACT_ERROR_CALLBACK_FAILED,
                            format!("the callback failed for index {index}: it returned {value}"),
                        ));
                    }
                }
                Ok(())
            },
            |(), ()| (),
        )
    }

    #[inline]
    fn call(&self, index: usize) -> i32 {
        let item = self.items.wrapping_add(index * self.item_size);
        let result = self.results.wrapping_add(index * self.result_size);
        // SAFETY: the promise made to `new`.
        callback::run(|| unsafe { (self.function)(item.cast(), result.cast(), self.user_data) })
    }
}
