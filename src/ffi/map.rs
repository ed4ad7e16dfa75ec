//! Map: a function for each of many items, in parallel, the results in order.

use std::ffi::c_void;
use std::sync::Arc;

use super::guard::guard;
use super::handle;
use super::pointers::out_ptr;
use crate::error::{Result, Status};
use crate::parallel::crew::Crew;
use crate::parallel::governance;
use crate::parallel::job::Job;
use crate::parallel::map::{Map, MapFn};
use crate::parallel::user_pool::UserPool;

/// The threads that a pool argument stands for.
///
/// # Safety
/// NULL, misaligned or a pool.
pub unsafe fn crew(pool: *const UserPool) -> Result<Crew> {
    // SAFETY: passed on from the caller.
    unsafe { handle::optional(pool) }?.map_or_else(|| Ok(Crew::for_call()), |pool| Crew::of(&pool))
}

/// Calls `fn` for each of `count` items, on as many threads as the pool has workers, the calling thread being
/// one of them.
///
/// `pool`: NULL for the library's own, with the threads of any call. `items`: an array of `count` records of
/// `item_size` bytes, a C struct being what tuples and dictionaries are to Python. `results`: as many of
/// `result_size` bytes; the result of item i lands at place i. Either may be NULL if its size is 0; fn then
/// gets the pointer as it was given. They may be one array, changed in place.
/// `chunk_size`: how many items stay with one thread. If it is 0, the library chooses: 1 if there are few
/// items, and 256 at most; threads that have no items left then take some of the others', so that slow items
/// may lie together.
///
/// If fn answers other than 0, the rest is given up as soon as possible: CALLBACK_FAILED, and the message has
/// the lowest failing index seen and what fn answered.
/// Errors: NULL_POINTER; SIZE_OVERFLOW if the bytes of either array exceed the address space;
/// INVALID_ARGUMENT; CALLBACK_FAILED; CANCELLED; FORKED. After a failure `results` is unspecified.
/// Cost: some nanoseconds an item beside fn itself; constant memory. A second thread needs some 50 µs to wake
/// up. The control attached to the calling thread is looked at before each item; progress is counted in items
/// and reported some at a time: if fn is slow, chunk_size 1 shows it best.
/// Thread safety: any thread may call it at any time. On a worker it runs serially.
///
/// # Safety
/// `pool` is NULL or a pool; the arrays are as above and nobody else writes them meanwhile; fn may be called
/// on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_map(
    pool: *mut UserPool,
    r#fn: MapFn,
    user_data: *mut c_void,
    items: *const c_void,
    item_size: usize,
    results: *mut c_void,
    result_size: usize,
    count: usize,
    chunk_size: usize,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let map = unsafe {
            Map::new(
                r#fn,
                user_data,
                items,
                item_size,
                results,
                result_size,
                count,
                chunk_size,
            )
        }?;
        // SAFETY: passed on from the caller.
        map.run(&unsafe { crew(pool) }?)
    })
}

/// parexact_map in the background: returns at once, and all of it happens on workers.
///
/// Arguments are those of parexact_map; the arrays and `user_data` must stay until the job is done. `out`:
/// receives the job, to be waited for with parexact_job_wait and released with parexact_job_free; untouched
/// on failure. The control that is attached to the calling thread now governs the job: its progress is that
/// of the map, from 0 of `count` on. A map that a callback on a worker starts is serial, as all calls there
/// are.
/// Errors: those of the arguments, and NO_MEMORY, here; CALLBACK_FAILED and CANCELLED are answered by
/// parexact_job_wait. Where the system grants no worker, the map is done before this returns.
///
/// # Safety
/// As for parexact_map, until the job is done; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_map_async(
    pool: *mut UserPool,
    r#fn: MapFn,
    user_data: *mut c_void,
    items: *const c_void,
    item_size: usize,
    results: *mut c_void,
    result_size: usize,
    count: usize,
    chunk_size: usize,
    out: *mut *mut Job,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (map, out) = unsafe {
            (
                Map::new(
                    r#fn,
                    user_data,
                    items,
                    item_size,
                    results,
                    result_size,
                    count,
                    chunk_size,
                )?,
                out_ptr(out, "out")?,
            )
        };
        let count = map.count() as u64;
        // SAFETY: passed on from the caller.
        let crew = || unsafe { crew(pool) };
        let publish = |job: &Arc<Job>| {
            governance::announce(count);
            out.give(job.clone());
        };
        Job::start(crew, publish, move |crew| map.run(crew))
    })
}
