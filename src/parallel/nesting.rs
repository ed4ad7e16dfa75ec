//! How much of its stack a thread gives to jobs that it runs inside each other: each waits for the next one.
//!
//! Running a job on the thread that waits for it saves waking another one, and is the only way to go on if no
//! worker is left to begin the job. To save waking a thread, a quarter of a worker's stack may be used, so
//! that the innermost job has most of it. If it is the only way, jobs go on inside each other until half a
//! MiB is left, and room for one more job as large as the largest so far: a job may rely on so much stack.

use std::cell::Cell;

/// Bytes of stack that jobs inside each other may take if they could as well wait for a worker.
const MAX_CONVENIENT_STACK: usize = 512 << 10;

/// Bytes of stack that the innermost job has at least.
const MIN_JOB_STACK: usize = 512 << 10;

thread_local! {
    static STACK: Cell<Stack> = const {
        Cell::new(Stack {
            base: 0,
            size: 0,
            outermost: 0,
            innermost: 0,
            largest: 0,
        })
    };
}

/// The stack of a thread. Addresses are 0 as long as they are not known.
#[derive(Clone, Copy)]
struct Stack {
    /// The address of its beginning. It is known for workers alone, and so is the size.
    base: usize,
    /// Its size in bytes.
    size: usize,
    /// An address in the frame in which the outermost of the jobs waits.
    outermost: usize,
    /// An address in the frame in which the innermost of the jobs waits.
    innermost: usize,
    /// Bytes that the largest of the jobs has taken until it waited.
    largest: usize,
}

/// Why a job is to be run inside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It saves waiting for a worker.
    Convenience,
    /// Nobody else can begin the job.
    Necessity,
}

/// Notes that the present thread is a worker, whose stack of `size` bytes begins here.
pub fn stack_begins(size: usize) {
    let here = 0_u8;
    let base = (&raw const here).addr();
    STACK.set(Stack {
        base,
        size,
        innermost: base,
        ..STACK.get()
    });
}

/// Runs a job inside the one that waits for it if there is enough stack; else says how little there is.
pub fn run_inside(reason: Reason, run: impl FnOnce()) -> Result<(), Shortage> {
    let before = STACK.get();
    let here = (&raw const before).addr();
    let first = before.outermost == 0;
    let outermost = if first { here } else { before.outermost };
    let taken = match before.innermost {
        0 => 0,
        innermost => innermost.abs_diff(here),
    };
    let largest = before.largest.max(taken);
    let used = before.base.abs_diff(here);
    let has_room = match reason {
        Reason::Convenience => outermost.abs_diff(here) < MAX_CONVENIENT_STACK,
        Reason::Necessity => before.base != 0 && used + MIN_JOB_STACK + largest <= before.size,
    };
    if !has_room {
        return Err(match before.base {
            0 => Shortage {
                used: outermost.abs_diff(here),
                size: MAX_CONVENIENT_STACK,
            },
            _ => Shortage {
                used,
                size: before.size,
            },
        });
    }
    STACK.set(Stack {
        outermost,
        innermost: here,
        largest,
        ..before
    });
    run();
    STACK.set(before);
    Ok(())
}

/// Too little stack is left to run another job.
#[derive(Debug, Clone, Copy)]
pub struct Shortage {
    /// Bytes that jobs have taken.
    used: usize,
    /// Bytes that there are for them: a worker's stack, or what jobs may take of another thread's.
    size: usize,
}

impl Shortage {
    /// The message: what the matter is, and what the caller can do about it.
    pub fn message(self) -> String {
        format!(
            "too little stack: the job has not begun, no worker can begin it, and jobs that wait for \
             jobs have taken {} KiB of the {} KiB that this thread has for them; nest them less \
             deeply, keep less in local variables, or use more workers",
            self.used >> 10,
            self.size >> 10
        )
    }
}
