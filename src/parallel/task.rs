//! Tasks: functions that callers have run once, in the background.

use std::ffi::c_void;

use super::race_detector::Watched;
use crate::error::{Error, PAREXACT_ERROR_CALLBACK_FAILED, Result};

/// A function to run in the background. Answers 0, or anything else if it failed. It may run on any thread.
pub type TaskFn = Option<unsafe extern "C" fn(user_data: *mut c_void) -> i32>;

/// A task whose function is known to be there.
pub struct Task {
    function: unsafe extern "C" fn(*mut c_void) -> i32,
    user_data: *mut c_void,
}

// SAFETY: that another thread may use what the pointer points to is the caller's promise.
unsafe impl Send for Task {}

impl Task {
    /// A task; NULL_POINTER without a function.
    ///
    /// # Safety
    /// The function may be called once, on any thread and at any time.
    pub unsafe fn new(function: TaskFn, user_data: *mut c_void) -> Result<Self> {
        let function = function.ok_or_else(|| Error::null("task"))?;
        Ok(Self {
            function,
            user_data,
        })
    }

    /// Calls the function.
    pub fn run(&self) -> Result<()> {
        let watched = Watched::begin();
        // SAFETY: the caller of `new` has promised that the function may be called.
        let answer = unsafe { (self.function)(self.user_data) };
        drop(watched);
        match answer {
            0 => Ok(()),
            value => Err(Error::new(
                PAREXACT_ERROR_CALLBACK_FAILED,
                format!("the task failed: it returned {value}"),
            )),
        }
    }
}
