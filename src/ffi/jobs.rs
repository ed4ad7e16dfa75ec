//! Jobs: functions that run in the background.

use std::ffi::c_void;
use std::sync::Arc;

use super::guard::{guard, guard_value};
use super::handle;
use super::map::crew;
use super::pointers::out_ptr;
use crate::error::Status;
use crate::parallel::job::Job;
use crate::parallel::task::{Task, TaskFn};
use crate::parallel::user_pool::UserPool;
use crate::parallel::wait::Timeout;

/// Runs `task` in the background, on a worker of the pool. Jobs begin in no particular order.
///
/// `pool`: NULL for the library's own. `user_data` is handed to the task and must stay until the job is done.
/// `out`: receives the job, before the task begins, to be waited for with parexact_job_wait and released with
/// parexact_job_free; untouched on failure. The control that is attached to the calling thread now governs
/// the job and the calls in it: if the control is cancelled before the job begins, the task is not called.
/// Errors: NULL_POINTER, INVALID_ARGUMENT, NO_MEMORY. parexact_job_wait answers what has come of the task.
/// Where the system grants no worker, the task has run before this returns. A process that exits does not
/// wait for jobs. A job that runs code of an interpreter, such as Python's, must be cancelled and waited for
/// before the exit, or the interpreter ends the process by a signal.
/// Cost: about 1 µs, and some 50 µs until a sleeping worker is awake. Thread safety: any thread, callbacks
/// included.
///
/// # Safety
/// `pool` is NULL or a pool; the task may be called on any thread; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_submit(
    pool: *mut UserPool,
    task: TaskFn,
    user_data: *mut c_void,
    out: *mut *mut Job,
) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let (task, out) = unsafe { (Task::new(task, user_data)?, out_ptr(out, "out")?) };
        // SAFETY: passed on from the caller.
        let crew = || unsafe { crew(pool) };
        let publish = |job: &Arc<Job>| out.give(job.clone());
        Job::start(crew, publish, move |_| task.run())
    })
}

/// Waits until the job is done, and answers what came of it: OK, CALLBACK_FAILED if its function answered
/// other than 0, CANCELLED, each time it is asked.
///
/// `timeout_seconds`: below 0 waits for ever, 0 only looks.
/// Errors: TIMEOUT if the job is not done by then; NULL_POINTER; INVALID_ARGUMENT if the timeout is NaN;
/// DEADLOCK if the job waits for the calling thread, or is what the calling callback belongs to, or has not
/// begun and every worker that could begin it waits, directly or not, for the calling thread or for a thread
/// that has ended; FORKED for a job of the parent process. A circle that has a wait with a timeout in it ends
/// by itself: TIMEOUT. CANCELLED means that the control of the job has stopped it. The control of the waiting
/// thread does not end the wait: as long as the job runs, it may use its arrays.
/// A callback that waits for a job that has not begun runs the job itself, unless the timeout is 0. Jobs that
/// wait for jobs that wait take half a MiB of stack in this way, and then leave the next one to another
/// worker. If none could ever begin it, they go on, on a worker, until half a MiB is left of its 2 MiB, and
/// room for one more job as large as the largest of them. NO_MEMORY if that is not enough: the stack is too
/// short, and the job has not begun.
/// Thread safety: any thread may call it at any time.
///
/// # Safety
/// `job` is NULL or a job that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_job_wait(job: *mut Job, timeout_seconds: f64) -> Status {
    guard(|| {
        // SAFETY: passed on from the caller.
        let job = unsafe { handle::required(job) }?;
        job.wait(Timeout::from_seconds(timeout_seconds)?)
    })
}

/// Releases the handle. A job that is running, or has not begun, is done all the same.
///
/// NULL is harmless, and so is a job of the parent process. Thread safety: any thread may call it, once for
/// each job.
///
/// # Safety
/// `job` is NULL or a job that has not been freed, and that no other call begins to use meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_job_free(job: *mut Job) {
    guard_value(|| {
        // SAFETY: passed on from the caller.
        drop(unsafe { handle::reclaimed(job) });
        Ok(())
    });
}
