//! The wider family of distributions: thirteen laws, one value at a time.
//!
//! Value i is drawn with a generator of its own ([`SampleRng`]), which hands out as many words as the law's
//! sampler happens to ask for, retries included. So value i is a function of (kind, parameters, seed, stream,
//! i) alone, whoever draws it, and seeking costs nothing.
//!
//! | kind | parameters | valid | law |
//! |---|---|---|---|
//! | LOGNORMAL | mu, sigma | sigma >= 0 | exp(mu + sigma·Z) |
//! | GAMMA | shape, scale | shape > 0, scale >= 0 | mean shape·scale |
//! | BETA | a, b | both > 0 | on \[0, 1\], mean a/(a + b) |
//! | CHI_SQUARED | df | > 0 | GAMMA(df/2, 2) |
//! | STUDENT_T | df | > 0 | Z / sqrt(CHI_SQUARED(df)/df) |
//! | FISHER_F | df1, df2 | both > 0 | ratio of two CHI_SQUARED(df)/df |
//! | WEIBULL | scale, shape | scale >= 0, shape > 0 | scale·E^(1/shape) |
//! | CAUCHY | median, scale | scale >= 0 | median + scale·tan(π·U) |
//! | TRIANGULAR | low, high, mode | low <= mode <= high | |
//! | POISSON | mean | 0 <= mean <= 2^53 | mean 0 always gives 0 |
//! | BINOMIAL | n, p | whole n in \[0, 2^53\], p in \[0, 1\] | successes among n trials |
//! | GEOMETRIC | p | 0 < p <= 1 | **trials up to and including the first success: 1, 2, …** |
//! | INTEGER | low, high | whole, absolutely at most 2^53, low < high | low, …, high - 1, equally likely |
//!
//! (Z: standard normal, E: standard exponential, U: uniform.) GEOMETRIC counts as NumPy and SciPy do;
//! `rand_distr`, C++ and others count the failures alone, one less. Every parameter in use must be finite,
//! and those that must be positive not subnormal either; parameters a kind does not use are ignored.
//!
//! Results are never NaN. Magnitudes below the smallest normal number become +0.0, but for triangles that
//! exclude 0, and there is no -0.0. What exceeds the largest double becomes an infinity of its sign:
//! STUDENT_T of 0.01 degrees of freedom really is that wide. Where a law reaches such magnitudes, it is
//! computed by logarithms, so that zeros and infinities come with the law's own probabilities.
//!
//! The samplers are those of `rand_distr`, save where they leave the law: GAMMA and its relatives at tiny
//! shapes and huge scales, BETA beyond 1e14, TRIANGULAR over a range of 1e154, BINOMIAL at p near 2^-53,
//! GEOMETRIC at p near 0. Logarithms and exponentials come from the crate `libm`, never from the system,
//! whose bits differ.

mod counts;
mod gamma;
mod parameters;
mod rng;
mod transforms;

use crate::error::{Error, PAREXACT_ERROR_INTERNAL, Result};
use crate::random::{
    PAREXACT_DIST_BETA, PAREXACT_DIST_BINOMIAL, PAREXACT_DIST_CAUCHY, PAREXACT_DIST_CHI_SQUARED,
    PAREXACT_DIST_FISHER_F, PAREXACT_DIST_GAMMA, PAREXACT_DIST_GEOMETRIC, PAREXACT_DIST_INTEGER,
    PAREXACT_DIST_LOGNORMAL, PAREXACT_DIST_POISSON, PAREXACT_DIST_STUDENT_T,
    PAREXACT_DIST_TRIANGULAR, PAREXACT_DIST_WEIBULL, subnormals,
};

use counts::{Binomial, Geometric, Integer, Poisson};
use gamma::{Beta, FisherF, Gamma, StudentT};
use parameters::Parameters;
pub use rng::SampleRng;
use transforms::{Cauchy, LogNormal, Triangular, Weibull};

/// One law with valid parameters, ready to be sampled.
#[derive(Debug, Clone)]
pub enum Family {
    /// The exponential of a normal variable.
    LogNormal(LogNormal),
    /// Gamma, and chi-squared with it.
    Gamma(Gamma),
    /// Beta.
    Beta(Beta),
    /// Student's t.
    StudentT(StudentT),
    /// Fisher's F.
    FisherF(FisherF),
    /// Weibull.
    Weibull(Weibull),
    /// Cauchy.
    Cauchy(Cauchy),
    /// Triangular.
    Triangular(Triangular),
    /// Poisson.
    Poisson(Poisson),
    /// Successes among n trials.
    Binomial(Binomial),
    /// Trials up to the first success.
    Geometric(Geometric),
    /// Uniform integers.
    Integer(Integer),
}

impl Family {
    /// The law of this kind; fails with the name of the parameter that is out of range.
    pub fn new(kind: i32, parameter: [f64; 3]) -> Result<Self> {
        let of = |kind| Parameters::new(kind, parameter);
        Ok(match kind {
            PAREXACT_DIST_LOGNORMAL => Self::LogNormal(LogNormal::new(&of("LOGNORMAL"))?),
            PAREXACT_DIST_GAMMA => Self::Gamma(Gamma::new(&of("GAMMA"))?),
            PAREXACT_DIST_BETA => Self::Beta(Beta::new(&of("BETA"))?),
            PAREXACT_DIST_CHI_SQUARED => Self::Gamma(Gamma::chi_squared(&of("CHI_SQUARED"))?),
            PAREXACT_DIST_STUDENT_T => Self::StudentT(StudentT::new(&of("STUDENT_T"))?),
            PAREXACT_DIST_FISHER_F => Self::FisherF(FisherF::new(&of("FISHER_F"))?),
            PAREXACT_DIST_WEIBULL => Self::Weibull(Weibull::new(&of("WEIBULL"))?),
            PAREXACT_DIST_CAUCHY => Self::Cauchy(Cauchy::new(&of("CAUCHY"))?),
            PAREXACT_DIST_TRIANGULAR => Self::Triangular(Triangular::new(&of("TRIANGULAR"))?),
            PAREXACT_DIST_POISSON => Self::Poisson(Poisson::new(&of("POISSON"))?),
            PAREXACT_DIST_BINOMIAL => Self::Binomial(Binomial::new(&of("BINOMIAL"))?),
            PAREXACT_DIST_GEOMETRIC => Self::Geometric(Geometric::new(&of("GEOMETRIC"))?),
            PAREXACT_DIST_INTEGER => Self::Integer(Integer::new(&of("INTEGER"))?),
            _ => {
                return Err(Error::invalid(format!(
                    "kind is {kind}, which is no PAREXACT_DIST_*"
                )));
            }
        })
    }

    /// The value that this generator's sample has.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        let x = match self {
            Self::LogNormal(law) => law.sample(rng),
            Self::Gamma(law) => law.sample(rng),
            Self::Beta(law) => law.sample(rng),
            Self::StudentT(law) => law.sample(rng),
            Self::FisherF(law) => law.sample(rng),
            Self::Weibull(law) => law.sample(rng),
            Self::Cauchy(law) => law.sample(rng),
            Self::Triangular(law) => law.sample(rng),
            Self::Poisson(law) => law.sample(rng),
            Self::Binomial(law) => law.sample(rng),
            Self::Geometric(law) => law.sample(rng),
            Self::Integer(law) => law.sample(rng),
        };
        debug_assert!(!x.is_nan());
        subnormals::replaced(x, 0.0)
    }
}

/// A sampler of `rand_distr`, which must accept what has passed our own, narrower checks.
fn accepted<T, E: std::fmt::Display>(sampler: std::result::Result<T, E>) -> Result<T> {
    sampler.map_err(|refusal| {
        Error::new(
            PAREXACT_ERROR_INTERNAL,
            format!("internal error, please report it: rand_distr: {refusal}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The corners of what is valid: the smallest, the largest, and where the samplers change their method.
    const CORNERS: [f64; 17] = [
        f64::MIN_POSITIVE,
        1e-300,
        1e-160,
        1e-20,
        1e-9,
        0.01,
        0.0624,
        0.0625,
        0.5,
        1.0,
        2.0,
        12.0,
        1e10,
        9007199254740992.0,
        1e155,
        1e300,
        f64::MAX,
    ];

    #[test]
    fn no_corner_gives_nan_subnormals_or_negative_zero() {
        let signed = CORNERS.iter().flat_map(|&x| [x, -x]).chain([0.0, -0.0]);
        let signed: Vec<f64> = signed.collect();
        let mut valid = 0;
        for kind in PAREXACT_DIST_LOGNORMAL..=PAREXACT_DIST_INTEGER {
            for &first in &signed {
                for &second in &signed {
                    let Ok(law) = Family::new(kind, [first, second, first]) else {
                        continue;
                    };
                    valid += 1;
                    for index in 0..200 {
                        let x = law.sample(&mut SampleRng::new([1, 2], kind, index));
                        let good = if x == 0.0 {
                            x.is_sign_positive()
                        } else {
                            x.is_normal() || x.is_infinite()
                        };
                        assert!(good, "{kind} {first:?} {second:?} {index}: {x:?}");
                    }
                }
            }
        }
        assert!(valid > 2000, "{valid}");
    }

    #[test]
    fn other_kinds_are_refused() {
        for kind in [-1, 2, 16, i32::MAX] {
            let error = Family::new(kind, [1.0; 3]).unwrap_err();
            assert!(
                error.message.contains(&format!("kind is {kind}")),
                "{error}"
            );
        }
    }
}
