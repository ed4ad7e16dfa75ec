//! The parallel runtime: how many threads, which threads, and what stops them.
//!
//! | module | concept |
//! |---|---|
//! | [`fold`] | the entry for reductions: chunks claimed by the participants of a call |
//! | [`team`] | the calling thread and the workers that come in time |
//! | [`runtime`] | the library's own pool, built on first use, anew in a forked child |
//! | [`pool`] | workers, as many as the system grants |
//! | [`memory`] | and as the address space has room for |
//! | [`thread`] | starting one without the locks of Rust's standard library |
//! | [`worker`] | is this thread one of them? |
//! | [`threads`] | thread counts and their rules; from [`affinity`] and [`cgroup`] by default |
//! | [`control`] | progress and cancellation |
//! | [`fork`] | which process are we? |
//! | [`fpenv`] | the floating-point environment |
//! | [`signals`] | the workers' signal mask |

pub mod affinity;
pub mod cgroup;
pub mod control;
pub mod fold;
pub mod fork;
pub mod fpenv;
pub mod memory;
pub mod pool;
pub mod runtime;
pub mod signals;
pub mod team;
pub mod thread;
pub mod threads;
pub mod worker;

pub use fold::fold_chunks;
pub use threads::for_call as threads_for_call;
