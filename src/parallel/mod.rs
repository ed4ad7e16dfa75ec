//! The parallel runtime: how many threads, which threads, and what stops them.
//!
//! | module | concept |
//! |---|---|
//! | [`fold`] | the entry for reductions: chunks claimed by the participants of a call |
//! | [`map`], [`job`] | the entries for callbacks: for each item, and in the background ([`task`]) |
//! | [`piecework`] | chunks of a map's items, which threads without work share |
//! | [`lock`], [`queue`] | between callbacks; [`wait`] is how they wait, [`wait_graph`] for whom |
//! | [`deadlock`] | which of those who wait can never go on |
//! | [`holdings`] | locks that a thread still holds when it ends |
//! | [`nesting`] | the stack that jobs take which run inside each other |
//! | [`crew`] | the threads of a call, of the library's pool or of a [`user_pool`] |
//! | [`team`] | the calling thread and the workers that come in time |
//! | [`runtime`] | the library's own pool, built on first use, anew in a forked child |
//! | [`pool`] | workers, as many as the system grants |
//! | [`memory`] | how many workers fit the limit of the address space |
//! | [`thread`] | starting one without the locks of Rust's standard library |
//! | [`worker`] | is this thread one of them? |
//! | [`threads`] | thread counts and their rules; from [`affinity`], [`cgroup`] and [`ranks`] by default |
//! | [`control`] | progress and cancellation |
//! | [`settings`] | what a thread has set for its own calls |
//! | [`callback`] | calling what the caller wrote |
//! | [`cancellation`] | and `pthread_cancel` is held off |
//! | [`event`] | something that one thread waits for |
//! | [`fork`] | which process are we? |
//! | [`fpenv`] | the floating-point environment |
//! | [`signals`] | the workers' signal mask |

pub mod affinity;
pub mod callback;
pub mod cancellation;
pub mod cgroup;
pub mod control;
pub mod crew;
pub mod deadlock;
pub mod event;
pub mod fold;
pub mod fork;
pub mod fpenv;
pub mod holdings;
pub mod job;
pub mod lock;
pub mod map;
pub mod memory;
pub mod nesting;
pub mod piecework;
pub mod pool;
pub mod queue;
pub mod ranks;
pub mod runtime;
pub mod settings;
pub mod signals;
pub mod task;
pub mod team;
pub mod thread;
pub mod threads;
pub mod user_pool;
pub mod wait;
pub mod wait_graph;
pub mod worker;

pub use fold::fold_chunks;
pub use threads::for_call as threads_for_call;
