//! A distribution with its parameters, checked and ready to draw from.

use super::bulk::Standard;
use super::family::{
    Beta, Binomial, Cauchy, Family, FisherF, Gamma, Geometric, Integer, LogNormal, Poisson,
    StudentT, Triangular, Weibull,
};
use super::parameters::greatest_below;
use super::{Distribution, Kind, subnormals};
use crate::c_enum::CEnum;
use crate::error::{Error, Result};
use crate::exact::Unaligned;
use crate::simd::{F64s, InstructionSet, Kernel, MAX_LANES, Simd};

/// A distribution, ready to draw from: how its samples are made.
#[derive(Debug)]
pub enum Sampler {
    /// In whole blocks, from standard samples.
    Bulk(Bulk),
    /// One by one, each with a generator of its own.
    Each {
        /// The kind.
        kind: Kind,
        /// The law.
        family: Family,
    },
}

impl Sampler {
    /// The sampler of a distribution; refuses parameters outside their domain.
    pub fn new(distribution: &Distribution) -> Result<Self> {
        let Distribution {
            kind,
            reserved,
            parameter: values,
        } = *distribution;
        if reserved != 0 {
            return Err(Error::invalid(format!(
                "reserved of the distribution is {reserved}; it must be 0"
            )));
        }
        let kind = Kind::of_code(kind, "kind of the distribution")?;
        kind.check(values)?;
        let bulk = |standard, transform| {
            Ok(Self::Bulk(Bulk {
                standard,
                kind,
                transform,
            }))
        };
        let family = match kind {
            Kind::Uniform => return bulk(Standard::Uniform, Transform::uniform(values)),
            Kind::Normal => return bulk(Standard::Normal, Transform::normal(values)),
            Kind::Exponential => {
                return bulk(Standard::Exponential, Transform::exponential(values));
            }
            Kind::LogNormal => Family::LogNormal(LogNormal::new(values)),
            Kind::Gamma => Family::Gamma(Gamma::new(values)?),
            Kind::Beta => Family::Beta(Beta::new(values)?),
            Kind::ChiSquared => Family::Gamma(Gamma::chi_squared(values)?),
            Kind::StudentT => Family::StudentT(StudentT::new(values)?),
            Kind::FisherF => Family::FisherF(FisherF::new(values)?),
            Kind::Weibull => Family::Weibull(Weibull::new(values)),
            Kind::Cauchy => Family::Cauchy(Cauchy::new(values)),
            Kind::Triangular => Family::Triangular(Triangular::new(values)),
            Kind::Poisson => Family::Poisson(Poisson::new(values)?),
            Kind::Binomial => Family::Binomial(Binomial::new(values)?),
            Kind::Geometric => Family::Geometric(Geometric::new(values)),
            Kind::Integer => Family::Integer(Integer::new(values)),
        };
        Ok(Self::Each { kind, family })
    }
}

/// A distribution that is a standard one, moved and scaled.
#[derive(Debug)]
pub struct Bulk {
    /// The standard form.
    pub standard: Standard,
    /// The kind.
    pub kind: Kind,
    /// From standard samples to those of the distribution.
    pub transform: Transform,
}

/// From standard samples to those of the distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Transform {
    /// The standard samples are the distribution's.
    None,
    /// min(u·range + low, below), with `below` the double below the upper bound.
    Uniform {
        /// high - low.
        range: f64,
        /// The lower bound.
        low: f64,
        /// The double below the upper one.
        below: f64,
    },
    /// Twice the uniform of these bounds, which are half of the distribution's, as their difference
    /// overflows.
    WideUniform {
        /// high/2 - low/2.
        range: f64,
        /// Half of the lower bound.
        low: f64,
        /// Half of the double below the upper one.
        below: f64,
    },
    /// z·sd + mean.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        sd: f64,
    },
    /// e / rate.
    Exponential {
        /// The rate.
        rate: f64,
    },
}

impl Transform {
    fn uniform([low, high, _]: [f64; 3]) -> Self {
        let below = greatest_below(low, high);
        let range = high - low;
        if low == 0.0 && high == 1.0 {
            Self::None
        } else if range.is_finite() {
            Self::Uniform { range, low, below }
        } else {
            // Halving is exact, as both bounds are far from the subnormals.
            Self::WideUniform {
                range: high / 2.0 - low / 2.0,
                low: low / 2.0,
                below: below / 2.0,
            }
        }
    }

    fn normal([mean, sd, _]: [f64; 3]) -> Self {
        if mean == 0.0 && sd == 1.0 {
            Self::None
        } else {
            Self::Normal { mean, sd }
        }
    }

    fn exponential([rate, ..]: [f64; 3]) -> Self {
        if rate == 1.0 {
            Self::None
        } else {
            Self::Exponential { rate }
        }
    }

    /// Transforms a vector of samples, but leaves subnormal ones as they are: see [`Self::stand_in`].
    #[inline(always)]
    pub fn of_vector<S: Simd>(self, simd: S, x: S::F64) -> S::F64 {
        match self {
            Self::None => x,
            Self::Uniform { range, low, below } => {
                let x = x.mul_add(simd.splat(range), simd.splat(low));
                x.min(simd.splat(below))
            }
            Self::WideUniform { range, low, below } => {
                let x = x.mul_add(simd.splat(range), simd.splat(low));
                let half = x.min(simd.splat(below));
                half.add(half)
            }
            Self::Normal { mean, sd } => x.mul_add(simd.splat(sd), simd.splat(mean)),
            Self::Exponential { rate } => x.div(simd.splat(rate)),
        }
    }

    /// What replaces the samples that become subnormal or 0.
    pub fn stand_in(self) -> f64 {
        match self {
            Self::Uniform { low, below, .. } => subnormals::stand_in(low, below).unwrap_or(0.0),
            _ => 0.0,
        }
    }

    /// Transforms samples in place.
    pub fn in_place(self, set: InstructionSet, samples: &mut [Unaligned]) {
        if self != Self::None {
            set.run(InPlace(self, samples));
        }
    }
}

/// The kernel of [`Transform::in_place`].
struct InPlace<'a>(Transform, &'a mut [Unaligned]);

impl Kernel for InPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(transform, samples) = self;
        let stand_in = simd.splat(transform.stand_in());
        let (vectors, rest) = samples.split_at_mut(samples.len() - samples.len() % S::LANES);
        let mut padded = [[0; 8]; MAX_LANES];
        padded[..rest.len()].copy_from_slice(rest);
        for vector in vectors.chunks_exact_mut(S::LANES) {
            // SAFETY: these are as many samples as a vector has lanes.
            unsafe { one_vector(simd, transform, stand_in, vector) };
        }
        // SAFETY: `padded` has as many samples as the longest vector has lanes.
        unsafe { one_vector(simd, transform, stand_in, &mut padded) };
        rest.copy_from_slice(&padded[..rest.len()]);
    }
}

/// Transforms the first samples, as many as a vector has lanes.
///
/// # Safety
/// There are at least as many samples as a vector has lanes.
#[inline(always)]
unsafe fn one_vector<S: Simd>(
    simd: S,
    transform: Transform,
    stand_in: S::F64,
    samples: &mut [Unaligned],
) {
    let at = samples.as_mut_ptr().cast();
    // SAFETY: the caller's promise.
    unsafe {
        let x = transform.of_vector(simd, simd.load(at));
        subnormals::replaced_lanes(simd, x, stand_in).store(at);
    }
}

#[cfg(test)]
mod tests;
