//! Minimum and maximum, with -0.0 below +0.0.

use super::float::{from_order_key, order_key};

/// The least and greatest value seen, as order keys; empty until the first value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extremes {
    /// Key of the minimum; `i64::MAX`, the key of no number, while empty.
    pub min_key: i64,
    /// Key of the maximum; `i64::MIN`, the key of no number, while empty.
    pub max_key: i64,
}

impl Default for Extremes {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Extremes {
    /// The extremes of no values.
    pub const EMPTY: Self = Self {
        min_key: i64::MAX,
        max_key: i64::MIN,
    };

    /// The extremes of values; `None` if one is NaN.
    #[inline]
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut extremes = Self::EMPTY;
        for &x in values {
            if x.is_nan() {
                return None;
            }
            extremes.add(x);
        }
        Some(extremes)
    }

    /// Has no value been seen?
    pub fn is_empty(&self) -> bool {
        self.min_key > self.max_key
    }

    /// The minimum; meaningless while empty.
    pub fn min(&self) -> f64 {
        from_order_key(self.min_key)
    }

    /// The maximum; meaningless while empty.
    pub fn max(&self) -> f64 {
        from_order_key(self.max_key)
    }

    /// Takes one value in; NaN is skipped.
    #[inline]
    pub fn add(&mut self, x: f64) {
        if !x.is_nan() {
            self.min_key = self.min_key.min(order_key(x));
            self.max_key = self.max_key.max(order_key(x));
        }
    }

    /// Takes the extremes of another set in.
    pub fn merge(&mut self, other: &Self) {
        self.min_key = self.min_key.min(other.min_key);
        self.max_key = self.max_key.max(other.max_key);
    }

    /// Takes in the extremes of some values as float comparison found them. It does not tell -0.0 from +0.0:
    /// where an extreme is 0 and its sign matters, the values are searched for the other zero. `contains`
    /// tells whether one of them has the bits of a number.
    pub fn add_compared(&mut self, min: f64, max: f64, contains: impl Fn(f64) -> bool) {
        if min > max {
            return; // all values are NaN
        }
        self.add(min);
        self.add(max);
        if min == 0.0 && self.min_key == order_key(0.0) && contains(-0.0) {
            self.min_key = order_key(-0.0);
        }
        if max == 0.0 && self.max_key == order_key(-0.0) && contains(0.0) {
            self.max_key = order_key(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_of_zero_is_found_where_it_decides() {
        for values in [[0.0f64, -0.0], [-0.0, 0.0]] {
            // Either zero may come out of float comparison.
            for min in [0.0, -0.0] {
                for max in [0.0, -0.0] {
                    let mut e = Extremes::default();
                    e.add_compared(min, max, |x| {
                        values.iter().any(|value| value.to_bits() == x.to_bits())
                    });
                    assert_eq!(e.min().to_bits(), (-0.0f64).to_bits());
                    assert_eq!(e.max().to_bits(), 0);
                }
            }
        }
    }

    #[test]
    fn nothing_seen_is_empty() {
        let mut e = Extremes::default();
        e.add(f64::NAN);
        e.add_compared(f64::INFINITY, f64::NEG_INFINITY, |_| false);
        assert!(e.is_empty());
    }
}
