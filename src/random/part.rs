//! Parts of a stream.

use crate::error::{Error, PAREXACT_ERROR_SIZE_OVERFLOW, Result};
use crate::unsigned::Unsigned;

/// A part of a stream: `count` samples from `offset` on, which end below 2^64.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Seed and stream.
    pub key: [u64; 2],
    /// Index of the first sample.
    pub offset: u64,
    /// The number of samples.
    pub count: u64,
}

impl Part {
    /// Refuses a part that does not end below 2^64.
    pub fn new(seed: u64, stream: u64, offset: u64, count: u64) -> Result<Self> {
        if offset.checked_add(count).is_none() {
            let [offset, n] = [offset, count].map(Unsigned);
            return Err(Error::new(
                PAREXACT_ERROR_SIZE_OVERFLOW,
                format!("offset is {offset} and n is {n}; their sum must be below 2^64"),
            ));
        }
        Ok(Self {
            key: [seed, stream],
            offset,
            count,
        })
    }
}
