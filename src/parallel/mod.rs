//! The parallel runtime.
