//! A distribution with its parameters, checked and ready to draw from.

use super::bulk::Standard;
use super::family::Family;
use super::subnormals;
use super::{
    Distribution, PAREXACT_DIST_EXPONENTIAL, PAREXACT_DIST_INTEGER, PAREXACT_DIST_LOGNORMAL,
    PAREXACT_DIST_NORMAL, PAREXACT_DIST_UNIFORM,
};
use crate::error::{Error, Result};
use crate::exact::Unaligned;
use crate::simd::{F64s, InstructionSet, Kernel, MAX_LANES, Simd};

/// How samples come about.
#[derive(Debug)]
pub enum Sampler {
    /// In whole blocks, from standard samples.
    Bulk(Bulk),
    /// One by one, each with a generator of its own.
    Each {
        /// The kind.
        kind: i32,
        /// The law.
        family: Family,
    },
}

impl Sampler {
    /// Refuses parameters outside their domain.
    pub fn new(distribution: &Distribution) -> Result<Self> {
        let Distribution {
            kind,
            reserved,
            parameter: [a, b, _],
        } = *distribution;
        if reserved != 0 {
            return Err(Error::invalid(format!(
                "reserved of the distribution is {reserved}; it must be 0"
            )));
        }
        let (standard, transform) = match kind {
            PAREXACT_DIST_UNIFORM => (Standard::Uniform, Transform::uniform(a, b)?),
            PAREXACT_DIST_NORMAL => (Standard::Normal, Transform::normal(a, b)?),
            PAREXACT_DIST_EXPONENTIAL => (Standard::Exponential, Transform::exponential(a)?),
            PAREXACT_DIST_LOGNORMAL..=PAREXACT_DIST_INTEGER => {
                let family = Family::new(kind, distribution.parameter)?;
                return Ok(Self::Each { kind, family });
            }
            _ => {
                return Err(Error::invalid(format!(
                    "kind of the distribution is {kind}; it must be one of PAREXACT_DIST_*, 0 to 15"
                )));
            }
        };
        Ok(Self::Bulk(Bulk {
            standard,
            kind,
            transform,
        }))
    }
}

/// A distribution that is a standard one, moved and scaled.
#[derive(Debug)]
pub struct Bulk {
    /// The standard form.
    pub standard: Standard,
    /// The kind.
    pub kind: i32,
    /// What makes it of the standard form.
    pub transform: Transform,
}

/// From standard samples to those asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Transform {
    /// They are the same.
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
    /// Twice the uniform of these bounds: half of bounds whose difference would overflow.
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
    fn uniform(low: f64, high: f64) -> Result<Self> {
        finite("low", 0, "UNIFORM", low)?;
        finite("high", 1, "UNIFORM", high)?;
        if low > high {
            return Err(Error::invalid(format!(
                "low (parameter[0]) of UNIFORM is {low:?}; it must not exceed high (parameter[1]), {high:?}"
            )));
        }
        let below = if low == high { low } else { high.next_down() };
        if subnormals::stand_in(low, below).is_none() {
            return Err(Error::invalid(format!(
                "low and high (parameter[0] and [1]) of UNIFORM are {low:?} and {high:?}; \
                 0 or a normal number must lie in [low, high), for no sample is subnormal"
            )));
        }
        let range = high - low;
        Ok(if low == 0.0 && high == 1.0 {
            Self::None
        } else if range.is_finite() {
            Self::Uniform { range, low, below }
        } else {
            // Exact: both bounds are far from the subnormals.
            Self::WideUniform {
                range: high / 2.0 - low / 2.0,
                low: low / 2.0,
                below: below / 2.0,
            }
        })
    }

    fn normal(mean: f64, sd: f64) -> Result<Self> {
        finite("mean", 0, "NORMAL", mean)?;
        finite("sd", 1, "NORMAL", sd)?;
        if sd < 0.0 {
            return Err(Error::invalid(format!(
                "sd (parameter[1]) of NORMAL is {sd:?}; it must not be negative"
            )));
        }
        Ok(if mean == 0.0 && sd == 1.0 {
            Self::None
        } else {
            Self::Normal { mean, sd }
        })
    }

    fn exponential(rate: f64) -> Result<Self> {
        finite("rate", 0, "EXPONENTIAL", rate)?;
        if rate < f64::MIN_POSITIVE {
            return Err(Error::invalid(format!(
                "rate (parameter[0]) of EXPONENTIAL is {rate:?}; it must be positive, and not subnormal"
            )));
        }
        Ok(if rate == 1.0 {
            Self::None
        } else {
            Self::Exponential { rate }
        })
    }

    /// Transforms samples, but for what is too small to be a normal number.
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

    /// What samples are replaced by that become subnormal, or 0.
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

/// [`Transform::in_place`].
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
        // SAFETY: no vector has more lanes.
        unsafe { one_vector(simd, transform, stand_in, &mut padded) };
        rest.copy_from_slice(&padded[..rest.len()]);
    }
}

/// Transforms the first samples, as many as a vector has lanes.
///
/// # Safety
/// There are so many.
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

/// Refuses NaN and infinities.
fn finite(name: &str, index: usize, kind: &str, value: f64) -> Result<()> {
    if value.is_finite() {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "{name} (parameter[{index}]) of {kind} is {value:?}; it must be finite"
    )))
}

#[cfg(test)]
mod tests;
