//! Checks of a distribution's parameters; a refusal names the parameter, its value and its range.

use crate::error::{Error, Result};

/// 2^53: up to here every integer is a double.
pub const INTEGERS: f64 = (1u64 << 53) as f64;

/// The parameters of a distribution, and its name for messages.
pub struct Parameters {
    kind: &'static str,
    values: [f64; 3],
}

impl Parameters {
    /// The parameters of a distribution of the kind `PAREXACT_DIST_<kind>`.
    pub fn new(kind: &'static str, values: [f64; 3]) -> Self {
        Self { kind, values }
    }

    /// Any finite number.
    pub fn finite(&self, index: usize, name: &str) -> Result<f64> {
        self.check(index, name, f64::is_finite, "it must be finite")
    }

    /// A finite number that is not negative.
    pub fn not_negative(&self, index: usize, name: &str) -> Result<f64> {
        let valid = |x: f64| x.is_finite() && x >= 0.0;
        self.check(index, name, valid, "it must be finite and not negative")
    }

    /// A finite positive number. Subnormal ones would lose the digits that the law needs.
    pub fn positive(&self, index: usize, name: &str) -> Result<f64> {
        let valid = |x: f64| x.is_normal() && x > 0.0;
        let range = "it must be positive, finite and not subnormal";
        self.check(index, name, valid, range)
    }

    /// A factor: positive as above, or 0, which makes the law a constant.
    pub fn scale(&self, index: usize, name: &str) -> Result<f64> {
        let valid = |x: f64| x == 0.0 || x.is_normal() && x > 0.0;
        let range = "it must be 0 or positive, finite and not subnormal";
        self.check(index, name, valid, range)
    }

    /// A number in [0, 1].
    pub fn probability(&self, index: usize, name: &str) -> Result<f64> {
        let valid = |x: f64| (0.0..=1.0).contains(&x);
        self.check(index, name, valid, "it must lie in [0, 1]")
    }

    /// A number in [0, 2^53].
    pub fn mean_count(&self, index: usize, name: &str) -> Result<f64> {
        let valid = |x: f64| (0.0..=INTEGERS).contains(&x);
        self.check(index, name, valid, "it must lie in [0, 2^53]")
    }

    /// A whole number in [0, 2^53].
    pub fn count(&self, index: usize, name: &str) -> Result<u64> {
        let valid = |x: f64| (0.0..=INTEGERS).contains(&x) && x.fract() == 0.0;
        let range = "it must be a whole number in [0, 2^53]";
        Ok(self.check(index, name, valid, range)? as u64)
    }

    /// A whole number in [-2^53, 2^53].
    pub fn integer(&self, index: usize, name: &str) -> Result<i64> {
        let valid = |x: f64| x.abs() <= INTEGERS && x.fract() == 0.0;
        let range = "it must be a whole number in [-2^53, 2^53]";
        Ok(self.check(index, name, valid, range)? as i64)
    }

    /// The parameter, if it satisfies `valid`, which no NaN may do.
    pub fn check(
        &self,
        index: usize,
        name: &str,
        valid: impl FnOnce(f64) -> bool,
        range: &str,
    ) -> Result<f64> {
        let value = self.values[index];
        if valid(value) {
            return Ok(value);
        }
        let kind = self.kind;
        Err(Error::invalid(format!(
            "{name} (parameter[{index}]) of {kind} is {value:?}; {range}"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_parameter() {
        let refused = Parameters::new("GAMMA", [-1.0, 5e-324, 0.0]);
        assert_eq!(
            refused.positive(0, "shape").unwrap_err().message,
            "shape (parameter[0]) of GAMMA is -1.0; it must be positive, finite and not subnormal"
        );
        assert!(refused.positive(1, "scale").is_err());
    }

    #[test]
    fn casts_are_exact() {
        let parameters = Parameters::new("BINOMIAL", [INTEGERS, -INTEGERS, 0.5]);
        assert_eq!(parameters.count(0, "n"), Ok(1 << 53));
        assert_eq!(parameters.integer(1, "low"), Ok(-1 << 53));
        assert!(parameters.count(1, "n").is_err());
        assert!(parameters.count(2, "n").is_err());
        let beyond = Parameters::new("BINOMIAL", [INTEGERS + 2.0, f64::NAN, f64::INFINITY]);
        for index in 0..3 {
            assert!(beyond.count(index, "n").is_err());
            assert!(beyond.integer(index, "low").is_err());
            assert!(beyond.probability(index, "p").is_err());
        }
    }
}
