//! The wider family of distributions: all kinds that are not made in bulk, one value at a time.
//!
//! Value i is drawn with a generator of its own ([`SampleRng`]), which hands out as many words as the law's
//! sampler happens to ask for, retries included. So value i is a function of (kind, parameters, seed, stream,
//! i) alone, whoever draws it, and seeking costs nothing.
//!
//! | kind | law |
//! |---|---|
//! | LOGNORMAL (mu, sigma) | exp(mu + sigma·Z) |
//! | GAMMA (shape, scale) | mean shape·scale |
//! | BETA (a, b) | on \[0, 1\], mean a/(a + b) |
//! | CHI_SQUARED (df) | GAMMA(df/2, 2) |
//! | STUDENT_T (df) | Z / sqrt(CHI_SQUARED(df)/df) |
//! | FISHER_F (df1, df2) | ratio of two CHI_SQUARED(df)/df |
//! | WEIBULL (scale, shape) | scale·E^(1/shape) |
//! | CAUCHY (median, scale) | median + scale·tan(π·U) |
//! | TRIANGULAR (low, high, mode) | by inversion |
//! | POISSON (mean) | mean 0 always gives 0 |
//! | BINOMIAL (n, p) | successes among n trials |
//! | GEOMETRIC (p) | **trials up to and including the first success: 1, 2, …** |
//! | INTEGER (low, high) | low, …, high - 1, equally likely |
//!
//! (Z: standard normal, E: standard exponential, U: uniform.) GEOMETRIC counts as NumPy and SciPy do;
//! `rand_distr`, C++ and others count the failures alone, one less. Every law is made from parameters that
//! [`parameters`](super::parameters) has checked, and takes those it uses from the front.
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

mod accepted;
mod counts;
mod gamma;
mod rng;
mod transforms;

use crate::random::subnormals;

pub use counts::{Binomial, Geometric, Integer, Poisson};
pub use gamma::{Beta, FisherF, Gamma, StudentT};
pub use rng::SampleRng;
pub use transforms::{Cauchy, LogNormal, Triangular, Weibull};

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
    /// The sample that is made of this generator's words.
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
