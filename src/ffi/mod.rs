//! The C boundary: check, convert, call. One file for each section of the header.
