//! The kinds of distributions, and a distribution as the caller describes it.

use crate::c_enum::{CEnum, c_enum};

/// Uniform in [low, high); always low if both are equal.
pub const PAREXACT_DIST_UNIFORM: i32 = 0;
/// Normal: mean, sd. Always the mean if sd is 0.
pub const PAREXACT_DIST_NORMAL: i32 = 1;
/// Exponential: rate.
pub const PAREXACT_DIST_EXPONENTIAL: i32 = 2;
/// Lognormal: mu, sigma, the mean and standard deviation of the logarithm. sigma may be 0.
pub const PAREXACT_DIST_LOGNORMAL: i32 = 3;
/// Gamma: shape, scale. Always 0 if the scale is 0.
pub const PAREXACT_DIST_GAMMA: i32 = 4;
/// Beta: a, b.
pub const PAREXACT_DIST_BETA: i32 = 5;
/// Chi-squared: df, degrees of freedom.
pub const PAREXACT_DIST_CHI_SQUARED: i32 = 6;
/// Student's t: df.
pub const PAREXACT_DIST_STUDENT_T: i32 = 7;
/// Fisher's F: df1, df2.
pub const PAREXACT_DIST_FISHER_F: i32 = 8;
/// Weibull: scale, shape. Always 0 if the scale is 0.
pub const PAREXACT_DIST_WEIBULL: i32 = 9;
/// Cauchy: median, scale. Always the median if the scale is 0.
pub const PAREXACT_DIST_CAUCHY: i32 = 10;
/// Triangular, in [low, high]: low, high, mode. All three may be equal.
pub const PAREXACT_DIST_TRIANGULAR: i32 = 11;
/// Poisson: mean, up to 2^53. Values above 2^53 are rounded to doubles.
pub const PAREXACT_DIST_POISSON: i32 = 12;
/// Binomial: n, p.
pub const PAREXACT_DIST_BINOMIAL: i32 = 13;
/// Geometric: p; counts trials up to and including the first success, 1, 2, …, as NumPy does.
pub const PAREXACT_DIST_GEOMETRIC: i32 = 14;
/// Integers low, low + 1, … below high, all equally likely. Both bounds lie in [-2^53, 2^53], where every
/// integer is a double.
pub const PAREXACT_DIST_INTEGER: i32 = 15;

c_enum! {
    /// A kind of distribution.
    pub enum Kind: "PAREXACT_DIST_" {
        /// Uniform between two bounds.
        Uniform = PAREXACT_DIST_UNIFORM,
        /// Normal.
        Normal = PAREXACT_DIST_NORMAL,
        /// Exponential.
        Exponential = PAREXACT_DIST_EXPONENTIAL,
        /// The exponential of a normal variable.
        LogNormal = PAREXACT_DIST_LOGNORMAL,
        /// Gamma.
        Gamma = PAREXACT_DIST_GAMMA,
        /// Beta.
        Beta = PAREXACT_DIST_BETA,
        /// Chi-squared.
        ChiSquared = PAREXACT_DIST_CHI_SQUARED,
        /// Student's t.
        StudentT = PAREXACT_DIST_STUDENT_T,
        /// Fisher's F.
        FisherF = PAREXACT_DIST_FISHER_F,
        /// Weibull.
        Weibull = PAREXACT_DIST_WEIBULL,
        /// Cauchy.
        Cauchy = PAREXACT_DIST_CAUCHY,
        /// Triangular.
        Triangular = PAREXACT_DIST_TRIANGULAR,
        /// Poisson.
        Poisson = PAREXACT_DIST_POISSON,
        /// Successes among n trials.
        Binomial = PAREXACT_DIST_BINOMIAL,
        /// Trials up to the first success.
        Geometric = PAREXACT_DIST_GEOMETRIC,
        /// Uniform integers.
        Integer = PAREXACT_DIST_INTEGER,
    }
}

impl Kind {
    /// The name of its constant, without the prefix: how messages call it.
    pub fn name(self) -> &'static str {
        let (_, constant) = Self::ALL[self as usize];
        constant.trim_start_matches(Self::PREFIX)
    }
}

/// A distribution and its parameters.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    /// One of PAREXACT_DIST_*.
    pub kind: i32,
    /// Must be 0.
    pub reserved: i32,
    /// The distribution's parameters in the order given there; those it has no use for are ignored.
    pub parameter: [f64; 3],
}

impl Distribution {
    /// What the workshop's job draws.
    pub fn standard_normal() -> Self {
        Self {
            kind: PAREXACT_DIST_NORMAL,
            reserved: 0,
            parameter: [0.0, 1.0, 0.0],
        }
    }
}
