//! A function for each of many items, in parallel, the results in order.

use std::ffi::c_void;
use std::ops::Range;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

use super::crew::Crew;
use super::fold::fold_chunks_by;
use super::governance::Watch;
use super::piecework::Piecework;
use super::worker::Participant;
use super::{callback, settings};
use crate::error::{
    Error, PAREXACT_ERROR_CALLBACK_FAILED, PAREXACT_ERROR_NULL_POINTER,
    PAREXACT_ERROR_SIZE_OVERFLOW, Result,
};
use crate::unsigned::Unsigned;

/// Computes one result from one item: `item` and `result` point into the arrays given to the map, or are
/// the map's own pointers where the size is 0.
/// Answers 0, or anything else if it failed. It may run on any thread, several at once.
pub type MapFn = Option<
    unsafe extern "C" fn(item: *const c_void, result: *mut c_void, user_data: *mut c_void) -> i32,
>;

/// Items of a chunk at most, if the caller leaves that to the library: enough to make claiming it cheap.
const MAX_AUTO_CHUNK: usize = 256;

/// Chunks for each thread at least, if there are so many items and the caller leaves that to the library.
const CHUNKS: usize = 64;

/// A map whose arguments have been checked.
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
// SAFETY: that several threads may use them at once is the caller's promise, too.
unsafe impl Sync for Map {}

impl Map {
    /// # Safety
    /// The function may be called on any thread with any of the items, which stay readable, and the results
    /// writable, as long as the map runs.
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
                let [count, size] = [count, size].map(Unsigned::from);
                return Err(Error::new(
                    PAREXACT_ERROR_SIZE_OVERFLOW,
                    format!(
                        "count is {count} and {name}_size is {size}; \
                         their product exceeds the address space"
                    ),
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

    /// Calls the function for all items. The failure of the lowest index decides the answer; items of greater
    /// indices for which the function has not been called by then are left out.
    pub fn run(&self, crew: &Crew) -> Result<()> {
        let threads = crew.threads();
        let chunk = match self.chunk {
            0 => (self.count / (CHUNKS * threads)).clamp(1, MAX_AUTO_CHUNK),
            chunk => chunk,
        };
        let work = Piecework::new(self.count, chunk, threads, self.chunk == 0);
        // If only the thread that has claimed a chunk works on it, there are no helpers, and the fold knows
        // the first failure.
        let failures: Box<[Failure]> = (0..work.helpers()).map(|_| Failure::default()).collect();
        let first_failure = AtomicUsize::new(usize::MAX);

        let _participant = Participant::enter();
        let control = settings::attached();
        // Progress is in items. The fold below counts turns, and does not report as it is nested in this
        // call.
        let progress = Watch::begin(self.count as u64);
        let run = |me: usize, range: Range<usize>| {
            let items = range.len();
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
                    if let Some(failure) = failures.get(me) {
                        failure.note(index, value);
                    }
                    return Err(callback_failed(index, value));
                }
            }
            progress.advance(items as u64);
            Ok(())
        };
        fold_chunks_by(
            crew,
            work.turns(),
            1,
            || work.join(),
            |&mut me, turns| {
                turns
                    .into_iter()
                    .try_for_each(|turn| work.turn(me, turn, |range| run(me, range)))
            },
            |_, _| (),
        )
        .map(drop)
        .map_err(|error| {
            if error.status != PAREXACT_ERROR_CALLBACK_FAILED {
                return error;
            }
            // The fold answers the first turn that failed. But the turns of helpers are the last ones,
            // whichever chunks they work on.
            let first = failures.iter().filter_map(Failure::get).min();
            first.map_or(error, |(index, value)| callback_failed(index, value))
        })
    }

    #[inline]
    fn call(&self, index: usize) -> i32 {
        let item = self.items.wrapping_add(index * self.item_size);
        let result = self.results.wrapping_add(index * self.result_size);
        // SAFETY: the caller of `new` has promised that the function may be called with any item.
        callback::run(|| unsafe { (self.function)(item.cast(), result.cast(), self.user_data) })
    }
}

fn callback_failed(index: usize, value: i32) -> Error {
    Error::new(
        PAREXACT_ERROR_CALLBACK_FAILED,
        format!("the callback failed for index {index}: it returned {value}"),
    )
}

/// The failure of lowest index that one thread has met. It is read once all threads are done.
#[derive(Default)]
struct Failure {
    index: AtomicUsize,
    /// What the callback returned; 0 if it has not failed.
    value: AtomicI32,
}

impl Failure {
    /// Notes a failure. For the thread alone that the place belongs to.
    fn note(&self, index: usize, value: i32) {
        self.index.store(index, Ordering::Relaxed);
        self.value.store(value, Ordering::Relaxed);
    }

    fn get(&self) -> Option<(usize, i32)> {
        let value = self.value.load(Ordering::Relaxed);
        (value != 0).then(|| (self.index.load(Ordering::Relaxed), value))
    }
}
