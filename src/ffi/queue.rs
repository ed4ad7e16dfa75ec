//! Queues of fixed-size items, between any number of producers and consumers.
//!
//! Which threads will put and get cannot be foreseen. So waiting at a queue is never answered by DEADLOCK,
//! and a thread that waits there is assumed to go on. A callback that waits for an
//! item of a job that has not begun, in the same pool, needs a timeout, or a pool with more workers.

use std::ffi::c_void;

use super::guard::{guard, guard_value};
use super::handle;
use super::pointers::out_ptr;
use crate::error::{Error, Status};
use crate::parallel::queue::Queue;
use crate::parallel::wait::Timeout;
use crate::reserve;

/// Makes an empty queue, first in, first out. Release it with parexact_queue_free.
///
/// `capacity`: how many items it holds at most; 0 for any number. `item_size`: bytes of an item; 0 for items
/// without content.
/// `out`: receives the handle; untouched on failure.
/// Errors: NULL_POINTER; SIZE_OVERFLOW if capacity · item_size exceeds the address space; NO_MEMORY.
/// Memory is taken as items come, and given back as they go.
/// Thread safety: any thread.
///
/// # Safety
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_queue_new(
    capacity: usize,
    item_size: usize,
    out: *mut *mut Queue,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let out = unsafe { out_ptr(out, "out") }?;
        out.give(reserve::try_arc(Queue::new(capacity, item_size)?)?);
        Ok(())
    })
}

/// Puts a copy of the item at the end of the queue, waiting while it is full.
///
/// `item`: item_size bytes; may be NULL if that is 0. `timeout_seconds`: below 0 waits for ever, 0 only
/// tries.
/// Errors: TIMEOUT if it stayed full; CLOSED; CANCELLED by the control attached to the calling thread;
/// NO_MEMORY; NULL_POINTER; INVALID_ARGUMENT if the timeout is NaN; FORKED for a queue of the parent process.
/// After any of them the item is not in the queue.
/// Cost: some 50 ns for a small item, if no other thread uses the queue at that moment. Thread safety: any
/// thread.
///
/// # Safety
/// `queue` is NULL or a queue that has not been freed; `item` is NULL or item_size bytes may be read there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_queue_put(
    queue: *mut Queue,
    item: *const c_void,
    timeout_seconds: f64,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let queue = unsafe { handle::required(queue) }?;
        let timeout = Timeout::from_seconds(timeout_seconds)?;
        let item = match queue.item_size() {
            0 => &[],
            _ if item.is_null() => return Err(Error::null("item")),
            // SAFETY: the pointer is not NULL, and the caller promises the rest.
            size => unsafe { std::slice::from_raw_parts(item.cast::<u8>(), size) },
        };
        queue.put(item, timeout)
    })
}

/// Takes the first item out of the queue, waiting while it is empty.
///
/// `item`: receives item_size bytes; untouched on failure; may be NULL if item_size is 0. `timeout_seconds`:
/// below 0 waits for ever, 0 only tries.
/// Errors: TIMEOUT if it stayed empty; CLOSED if it is closed and empty; CANCELLED by the control attached to
/// the calling thread; NULL_POINTER; INVALID_ARGUMENT if the timeout is NaN; FORKED for a queue of the parent
/// process. Cost and thread safety: as parexact_queue_put.
///
/// # Safety
/// `queue` is NULL or a queue that has not been freed; `item` is NULL or item_size bytes may be written
/// there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_queue_get(
    queue: *mut Queue,
    timeout_seconds: f64,
    item: *mut c_void,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let queue = unsafe { handle::required(queue) }?;
        let timeout = Timeout::from_seconds(timeout_seconds)?;
        if item.is_null() && queue.item_size() > 0 {
            return Err(Error::null("item"));
        }
        let item = item.cast::<u8>();
        queue.get(timeout, |front, back| {
            // SAFETY: the two parts have item_size bytes in all. If these are any, the pointer is not NULL,
            // and the caller promises the rest.
            unsafe {
                item.copy_from_nonoverlapping(front.as_ptr(), front.len());
                let rest = item.wrapping_add(front.len());
                rest.copy_from_nonoverlapping(back.as_ptr(), back.len());
            }
        })
    })
}

/// How many items are in the queue at the moment; 0 for NULL and for a queue of the parent process.
///
/// # Safety
/// `queue` is NULL or a queue that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_queue_length(queue: *const Queue) -> usize {
    // SAFETY: passed on from the caller.
    guard_value(|| Ok(unsafe { handle::borrowed(queue) }.map_or(0, Queue::len)))
}

/// Closes the queue: nothing more can be put, and all threads that wait at it are woken. What is inside can
/// still be got; after that parexact_queue_get answers CLOSED.
///
/// Closing again is harmless. Errors: NULL_POINTER, INVALID_ARGUMENT, FORKED. Thread safety: any thread.
///
/// # Safety
/// `queue` is NULL or a queue that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_queue_close(queue: *mut Queue) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        unsafe { handle::required(queue) }?.close()
    })
}

/// Closes and frees the queue; what is inside is lost. The calls of threads that wait at it answer CLOSED.
///
/// NULL is harmless, and so is a queue of the parent process. Thread safety: any thread may call it, once for
/// each queue.
///
/// # Safety
/// `queue` is NULL or a queue that has not been freed, and that no other call begins to use meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_queue_free(queue: *mut Queue) {
    guard_value(|| {
        // SAFETY: passed on from the caller.
        if let Some(queue) = unsafe { handle::reclaimed(queue) } {
            queue.close()?;
        }
        Ok(())
    });
}
