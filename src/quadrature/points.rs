//! The number of points of the midpoint rule.

use crate::error::{Error, Result};
use crate::unsigned::Unsigned;

/// The most points: i - ½ must be a double for each of them.
const MAX_POINTS: u64 = 1 << 52;

/// Refuses `n` points unless they are 1 to [`MAX_POINTS`].
pub fn check_points(n: u64) -> Result<()> {
    if n == 0 || n > MAX_POINTS {
        let n = Unsigned(n);
        return Err(Error::invalid(format!("n is {n}; it must be 1 to 2^52")));
    }
    Ok(())
}
