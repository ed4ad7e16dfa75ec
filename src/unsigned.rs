//! Unsigned numbers in messages.

use std::fmt;

/// An unsigned number that came from outside, as a message shows it.
///
/// A C program that computes -1 for a `size_t` hands over 2^64 - 1, and ctypes and Fortran do the same.
/// Nobody recognises the twenty digits, so a number from 2^63 on is shown as the signed number, too, that it
/// may have been meant as.
#[derive(Debug, Clone, Copy)]
pub struct Unsigned(pub u64);

impl From<usize> for Unsigned {
    fn from(number: usize) -> Self {
        Self(number as u64)
    }
}

impl fmt::Display for Unsigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number) = *self;
        match number as i64 {
            signed @ ..0 => write!(f, "{signed} as a signed number ({number})"),
            _ => write!(f, "{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Unsigned;

    #[test]
    fn what_may_have_been_negative_is_shown_with_its_sign() {
        assert_eq!(Unsigned(0).to_string(), "0");
        assert_eq!(Unsigned(i64::MAX as u64).to_string(), "9223372036854775807");
        assert_eq!(
            Unsigned::from(usize::MAX).to_string(),
            "-1 as a signed number (18446744073709551615)"
        );
        assert_eq!(
            Unsigned(1 << 63).to_string(),
            "-9223372036854775808 as a signed number (9223372036854775808)"
        );
    }
}
