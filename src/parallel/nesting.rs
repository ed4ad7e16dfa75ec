//! How much of its stack a thread gives to jobs that it runs one inside the other, each being waited for by
//! the one before.
//!
//! Running a job where it is waited for saves a change of threads, and is the only way on if no worker is
//! left to begin it. As a convenience a quarter of a worker's stack may go to that, so that the innermost job
//! has the most of it. If it is the only way, it goes on until half a MiB is left, and room for one more job
//! as large as the largest so far: that much a job may rely on.

use std::cell::Cell;

/// Bytes of stack for jobs inside each other that could as well wait for a worker.
const CONVENIENT: usize = 512 << 10;

/// Bytes of stack that the innermost job has at least.
const RESERVE: usize = 512 << 10;

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

/// The stack of a thread, which grows downwards. Addresses are 0 as long as they are not known.
#[derive(Clone, Copy)]
struct Stack {
    /// Where it begins, and its size: known of workers alone.
    base: usize,
    size: usize,
    /// Where the outermost of the jobs waits, and the innermost.
    outermost: usize,
    innermost: usize,
    /// What the largest of them has taken until it waited.
    largest: usize,
}

/// Why a job is to be run inside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It saves waiting for a worker.
    Convenience,
    /// There is no other way.
    Necessity,
}

/// The present thread is a worker, at the beginning of a stack of `size` bytes.
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

/// Runs something inside the job that waits for it; otherwise answers how the stack is used.
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
        Reason::Convenience => outermost.abs_diff(here) < CONVENIENT,
        Reason::Necessity => before.base != 0 && used + RESERVE + largest <= before.size,
    };
    if !has_room {
        return Err(match before.base {
            0 => Shortage {
                used: outermost.abs_diff(here),
                size: CONVENIENT,
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
    used: usize,
    /// A worker's stack, or what jobs may take of another thread's.
    size: usize,
}

impl Shortage {
    /// What to say, and what to do about it.
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
