//! Natural numbers on the stack: the magnitudes of exact values, and their arithmetic.
//!
//! Operations trim zero limbs on both sides: work grows with the limbs that are left, which are few for usual
//! data, so that wide numbers need no code of their own.

use std::cmp::Ordering;

/// Limbs that suffice for all that is computed from superaccumulators: n·Σx² has 67 + 1, (Σx)² has 2·34.
pub const MAX_LIMBS: usize = 68;

/// Σ limbs[i] · 2^(64·i + exponent) over the limbs in use, of which the last is nonzero. Operations whose
/// results need more than `LIMBS` limbs panic.
#[derive(Debug, Clone)]
pub struct Natural<const LIMBS: usize> {
    limbs: [u64; LIMBS],
    len: usize,
    exponent: i32,
}

impl<const LIMBS: usize> Natural<LIMBS> {
    /// The number with limbs `limb(0), limb(1), …, limb(count - 1)`, in units of 2^exponent.
    pub fn from_limbs(count: usize, exponent: i32, limb: impl Fn(usize) -> u64) -> Self {
        let first = (0..count).find(|&i| limb(i) != 0).unwrap_or(count);
        let last = (first..count).rfind(|&i| limb(i) != 0).unwrap_or(first);
        let mut limbs = [0; LIMBS];
        let len = if first == count { 0 } else { last + 1 - first };
        for (i, out) in limbs[..len].iter_mut().enumerate() {
            *out = limb(first + i);
        }
        Self {
            limbs,
            len,
            exponent: exponent + 64 * first as i32,
        }
    }

    /// Σ limbs[i] · 2^(64·i + exponent). Low zero limbs are kept, as a search would take longer than they do.
    #[inline]
    pub fn from_array(limbs: [u64; LIMBS], exponent: i32) -> Self {
        let zeros = limbs.iter().rev().take_while(|&&limb| limb == 0).count();
        Self {
            limbs,
            len: LIMBS - zeros,
            exponent,
        }
    }

    /// value · 2^exponent.
    #[inline]
    pub fn from_u128(value: u128, exponent: i32) -> Self {
        let (low, high) = (value as u64, (value >> 64) as u64);
        let mut limbs = [0; LIMBS];
        (limbs[0], limbs[1]) = (low, high);
        Self {
            limbs,
            len: if high == 0 { usize::from(low != 0) } else { 2 },
            exponent,
        }
    }

    /// Is the number 0?
    pub fn is_zero(&self) -> bool {
        self.len == 0
    }

    /// The limbs in use, least significant first.
    pub fn limbs(&self) -> &[u64] {
        &self.limbs[..self.len]
    }

    /// The exponent e of the unit 2^e.
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// self · n.
    #[must_use]
    pub fn times(&self, n: u64) -> Self {
        let mut product = self.clone();
        let mut carry = 0u128;
        for limb in &mut product.limbs[..self.len] {
            let t = u128::from(*limb) * u128::from(n) + carry;
            *limb = t as u64;
            carry = t >> 64;
        }
        if carry != 0 {
            product.limbs[product.len] = carry as u64;
            product.len += 1;
        }
        product.trimmed()
    }

    /// self · 2^exponent.
    #[must_use]
    pub fn shifted(mut self, exponent: i32) -> Self {
        self.exponent += exponent;
        self
    }

    /// self².
    #[must_use]
    pub fn squared(&self) -> Self {
        let mut limbs = [0; LIMBS];
        for (i, &a) in self.limbs().iter().enumerate() {
            let mut carry = 0u128;
            for (j, &b) in self.limbs().iter().enumerate() {
                let t = u128::from(a) * u128::from(b) + u128::from(limbs[i + j]) + carry;
                limbs[i + j] = t as u64;
                carry = t >> 64;
            }
            limbs[i + self.len] = carry as u64;
        }
        Self {
            limbs,
            len: 2 * self.len,
            exponent: 2 * self.exponent,
        }
        .trimmed()
    }

    /// The sign and the magnitude of self - other, whose exponents must differ by a multiple of 64.
    #[must_use]
    pub fn difference(&self, other: &Self) -> (Ordering, Self) {
        if self.is_zero() || other.is_zero() {
            let sign = self.len.min(1).cmp(&other.len.min(1));
            let larger = if other.is_zero() { self } else { other };
            return (sign, larger.clone());
        }
        let exponent = self.exponent.min(other.exponent);
        let aligned = |number: &Self| {
            let offset = (number.exponent - exponent) as usize;
            debug_assert_eq!(offset % 64, 0);
            let mut limbs = [0; LIMBS];
            limbs[offset / 64..][..number.len].copy_from_slice(number.limbs());
            limbs
        };
        let (mut a, mut b) = (aligned(self), aligned(other));
        let sign = a.iter().rev().cmp(b.iter().rev());
        if sign == Ordering::Less {
            std::mem::swap(&mut a, &mut b);
        }
        let mut borrow = false;
        for (a, b) in a.iter_mut().zip(&b) {
            let (t, first) = a.overflowing_sub(*b);
            let (t, second) = t.overflowing_sub(u64::from(borrow));
            *a = t;
            borrow = first || second;
        }
        let difference = Self {
            limbs: a,
            len: LIMBS,
            exponent,
        };
        (sign, difference.trimmed())
    }

    /// The same number without zero limbs on either side.
    fn trimmed(self) -> Self {
        let high = self.limbs().iter().rposition(|&limb| limb != 0);
        let low = self.limbs().iter().position(|&limb| limb != 0);
        match (low, high) {
            (Some(0), Some(high)) => Self {
                len: high + 1,
                ..self
            },
            _ => Self::from_limbs(self.len, self.exponent, |i| self.limbs[i]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn natural(limbs: &[u64], exponent: i32) -> Natural<4> {
        Natural::from_limbs(limbs.len(), exponent, |i| limbs[i])
    }

    #[test]
    fn zeros_are_trimmed_on_both_sides() {
        let a = natural(&[0, 7, 0, 9, 0], -64);
        assert_eq!((a.limbs(), a.exponent()), (&[7, 0, 9][..], 0));
        assert!(natural(&[0, 0], 0).is_zero());
        assert!(natural(&[5], 0).times(0).is_zero());
    }

    #[test]
    fn arithmetic_carries() {
        let max = natural(&[u64::MAX, u64::MAX], 0);
        assert_eq!(max.times(u64::MAX).limbs(), [1, u64::MAX, u64::MAX - 1]);
        assert_eq!(max.squared().limbs(), [1, 0, u64::MAX - 1, u64::MAX]);
    }

    #[test]
    fn differences_align_units() {
        let a = natural(&[1], 64);
        let b = natural(&[1], 0);
        let (sign, d) = a.difference(&b);
        assert_eq!((sign, d.limbs()), (Ordering::Greater, &[u64::MAX][..]));
        assert_eq!(b.difference(&a).0, Ordering::Less);
        let (sign, zero) = a.difference(&a.clone());
        assert!(sign == Ordering::Equal && zero.is_zero());
        let nothing = natural(&[], 0);
        assert_eq!(nothing.difference(&a).0, Ordering::Less);
        assert_eq!(nothing.difference(&nothing.clone()).0, Ordering::Equal);
    }
}
