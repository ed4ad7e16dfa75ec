//! Dyadic rationals, ±m·2^e: the form of every exact sum of doubles and of their products.

use super::natural::Natural;

/// A dyadic rational whose magnitude has at most `LIMBS` limbs.
#[derive(Debug, Clone)]
pub struct Dyadic<const LIMBS: usize> {
    /// Is the number below 0? Either value may stand beside a magnitude of 0.
    pub negative: bool,
    /// The magnitude of the number.
    pub magnitude: Natural<LIMBS>,
}
