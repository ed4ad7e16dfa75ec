//! The parallel runtime: how many threads, which threads, and what stops them.
//!
//! | module | concept |
//! |---|---|
//! | `fold` | reductions: chunks that the threads of a call claim |
//! | `outlook`, [`wakeup`] | whether helpers are worth their waking, and how long that takes |
//! | `map` | a callback for each item |
//! | `job`, `task` | callbacks in the background |
//! | `piecework` | chunks of a map's items, parts of which other threads may take |
//! | `lock`, `queue` | what callbacks share |
//! | `wait` | waiting with a timeout |
//! | `wait_graph`, `deadlock` | which thread waits for which, and which of them can never go on |
//! | `holdings` | locks that a thread still holds when it ends |
//! | `nesting` | the stack that is taken by jobs that run inside each other |
//! | `crew` | the threads of a call, of the library's pool or of a `user_pool` |
//! | `team` | the calling thread and the workers that come in time |
//! | [`runtime`] | the library's own pool, built on first use, anew in a forked child |
//! | `pool`, `thread` | workers, as many as the system grants, and how one is started |
//! | `worker` | whether the present thread is a worker |
//! | `memory` | how many workers fit into the limit of the address space |
//! | [`threads`] | thread counts |
//! | `process_default` | the count that nobody has set, and the rule behind it |
//! | `processors`, `affinity`, `cgroup` | the processors that the system lets this process use |
//! | `ranks` | the ranks of a parallel program on this node |
//! | [`control`] | the wish to stop, and the progress |
//! | `governance` | how calls obey a control and report to it |
//! | [`settings`] | what a thread has set for its own calls |
//! | `callback` | running a function of the caller's |
//! | `cancellation` | `pthread_cancel`, which is held off inside the library |
//! | `event` | what one thread waits for and another one brings about |
//! | [`fork`] | which process in a line of forks this is |
//! | `per_process` | a value that each of these processes makes for itself |
//! | [`mutex`] | locking where the holder may not exist in a forked child |
//! | `thread_number` | numbers that tell threads apart |
//! | `thread_end` | noticing the end of a thread |
//! | [`signals`] | the workers' signal mask |
//! | `race_detector` | what ThreadSanitizer is told, if the program has it |

mod affinity;
pub(crate) mod callback;
pub(crate) mod cancellation;
mod cgroup;
pub mod control;
pub(crate) mod crew;
mod deadlock;
mod event;
mod fold;
pub mod fork;
pub(crate) mod governance;
mod holdings;
pub(crate) mod job;
pub(crate) mod lock;
pub(crate) mod map;
mod memory;
pub mod mutex;
mod nesting;
mod outlook;
mod per_process;
mod piecework;
mod pool;
pub(crate) mod process_default;
mod processors;
pub(crate) mod queue;
pub(crate) mod race_detector;
mod ranks;
pub mod runtime;
pub mod settings;
pub mod signals;
pub(crate) mod task;
mod team;
mod thread;
mod thread_end;
mod thread_number;
pub mod threads;
pub(crate) mod user_pool;
pub(crate) mod wait;
mod wait_graph;
pub mod wakeup;
pub(crate) mod worker;

pub use fold::{fold_chunks, fold_values, single_chunk};
pub use threads::for_call as threads_for_call;
