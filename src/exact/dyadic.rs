//! Exact values: dyadic rationals, ±m·2^e, which all sums of doubles and of their products are.

use super::natural::Natural;

/// A sign and a magnitude of at most `LIMBS` limbs.
#[derive(Debug, Clone)]
pub struct Dyadic<const LIMBS: usize> {
    /// Is it below 0? Of 0 meaningless.
    pub negative: bool,
    /// |x|.
    pub magnitude: Natural<LIMBS>,
}
