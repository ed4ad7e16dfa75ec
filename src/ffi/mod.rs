//! The C boundary: check, convert, call. One file for each section of the header.

pub mod arrays;
pub mod control;
pub mod explain;
pub mod guard;
pub mod jobs;
pub mod lock;
pub mod map;
pub mod pointers;
pub mod pool;
pub mod quadrature;
pub mod queue;
pub mod random;
pub mod state;
pub mod states;
pub mod status;
pub mod threads;
pub mod vectors;
pub mod workshop;
