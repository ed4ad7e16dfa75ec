//! The C boundary: check, convert, call. One file for each section of the header.

mod arrays;
pub mod control;
pub mod explain;
pub mod guard;
mod handle;
mod jobs;
mod lock;
mod map;
mod pointers;
mod pool;
mod quadrature;
mod queue;
mod random;
mod state;
mod states;
mod status;
mod summary;
pub mod threads;
mod vectors;
mod workshop;
