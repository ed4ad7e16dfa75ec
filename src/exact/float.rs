//! The binary64 format: fields, powers of two, and order-preserving keys.

/// Exponent of the least significant bit of the smallest subnormal: every finite `f64` is a multiple of
/// 2^-1074.
pub const LEAST_BIT: i32 = -1074;

/// Exponent of the smallest normal number.
pub const MIN_EXPONENT: i32 = -1022;

/// Bits of the fraction field.
const FRACTION_BITS: u32 = 52;
/// The mask of the fraction field.
const FRACTION: u64 = (1 << FRACTION_BITS) - 1;

/// `|x| = significand · 2^exponent`, with the sign apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// True for negative numbers and -0.0.
    pub negative: bool,
    /// The significand as an integer of at most 53 bits.
    pub significand: u64,
    /// The exponent of the significand's last bit: -1074 to 971.
    pub exponent: i32,
}

/// The sign, significand and exponent of a finite number.
#[inline(always)]
pub fn parts(x: f64) -> Parts {
    debug_assert!(x.is_finite());
    let bits = x.to_bits();
    let field = ((bits >> FRACTION_BITS) & 0x7ff) as i32;
    let implicit = u64::from(field != 0) << FRACTION_BITS;
    Parts {
        negative: bits >> 63 != 0,
        significand: (bits & FRACTION) | implicit,
        exponent: LEAST_BIT + (field - 1).max(0),
    }
}

/// floor(log2 |x|) of a finite nonzero number, but -1022 of a subnormal one.
#[inline(always)]
pub fn exponent(x: f64) -> i32 {
    parts(x).exponent + FRACTION_BITS as i32
}

/// 2^e as `f64`, for -1074 <= e <= 1023; infinity above, 0 below.
pub const fn power_of_two(e: i32) -> f64 {
    if e > 1023 {
        f64::INFINITY
    } else if e >= MIN_EXPONENT {
        f64::from_bits(((e + 1023) as u64) << FRACTION_BITS)
    } else if e >= LEAST_BIT {
        f64::from_bits(1 << (e - LEAST_BIT))
    } else {
        0.0
    }
}

/// An integer for each number but NaN, infinities included, in the same order, with -0.0 below +0.0.
#[inline(always)]
pub fn order_key(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// The number of an [`order_key`].
#[inline(always)]
pub fn from_order_key(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}

/// The bits of every NaN that the library returns: quiet, positive, without payload.
pub const CANONICAL_NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0000);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_give_the_number_back() {
        for x in [0.0, 5e-324, 2.2250738585072014e-308, 1.0, 0.1, f64::MAX] {
            let p = parts(-x);
            assert!(p.negative);
            assert_eq!(p.significand as f64 * power_of_two(p.exponent), x);
        }
    }

    #[test]
    fn keys_order_like_the_numbers() {
        let ordered = [
            f64::NEG_INFINITY,
            f64::MIN,
            -1.0,
            -5e-324,
            -0.0,
            0.0,
            5e-324,
            1.0,
            f64::INFINITY,
        ];
        for pair in ordered.windows(2) {
            assert!(order_key(pair[0]) < order_key(pair[1]), "{pair:?}");
        }
        for x in ordered {
            assert_eq!(from_order_key(order_key(x)).to_bits(), x.to_bits());
        }
    }

    #[test]
    fn powers_of_two_reach_both_ends() {
        assert_eq!(power_of_two(-1074), 5e-324);
        assert_eq!(power_of_two(-1022), f64::MIN_POSITIVE);
        assert_eq!(power_of_two(1024), f64::INFINITY);
        assert_eq!(power_of_two(-1075), 0.0);
    }
}
