//! A value of any type of elements, with nothing rounded.

use super::float::{Parts, parts};

/// A double, or a 64-bit integer that no double is equal to.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    /// The nearest double.
    pub nearest: f64,
    /// The exact difference of the number from it.
    pub rest: f64,
}

impl Number {
    /// A double.
    pub fn double(x: f64) -> Self {
        Self {
            nearest: x,
            rest: 0.0,
        }
    }

    /// The sign, the significand and its exponent, of a finite number. The significand of an integer has up
    /// to 64 bits.
    pub fn parts(self) -> Parts {
        if self.rest == 0.0 {
            return parts(self.nearest);
        }
        // Both are integers, below 2^65 and 2^11.
        let integer = self.nearest as i128 + self.rest as i128;
        Parts {
            negative: integer < 0,
            significand: integer.unsigned_abs() as u64,
            exponent: 0,
        }
    }
}

/// The product of some significands as limbs, least significant first: `N` limbs must hold it.
pub fn product<const N: usize>(factors: &[u64]) -> [u64; N] {
    let mut limbs = [0; N];
    limbs[0] = 1;
    for &factor in factors {
        let mut carry = 0;
        for limb in &mut limbs {
            let t = u128::from(*limb) * u128::from(factor) + carry;
            *limb = t as u64;
            carry = t >> 64;
        }
        debug_assert_eq!(carry, 0);
    }
    limbs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_64_bits_are_exact() {
        for x in [u64::MAX, (1 << 53) + 1, (1 << 63) + 1] {
            let nearest = x as f64;
            let rest = (i128::from(x) - nearest as i128) as f64;
            let parts = Number { nearest, rest }.parts();
            assert_eq!(
                (parts.negative, parts.significand, parts.exponent),
                (false, x, 0)
            );
        }
        let x = Number {
            nearest: -9007199254740992.0,
            rest: -1.0,
        };
        assert_eq!(x.parts().significand, (1 << 53) + 1);
        assert!(x.parts().negative);
        assert_eq!(Number::double(-0.5).parts(), parts(-0.5));
    }

    #[test]
    fn products_carry() {
        let max = u64::MAX;
        assert_eq!(product::<2>(&[max, max]), [1, max - 1]);
        assert_eq!(product::<3>(&[max, max, max]), [max, 2, max - 2]);
        assert_eq!(product::<4>(&[3, 5, 7]), [105, 0, 0, 0]);
    }
}
