//! A distribution with its parameters, checked and ready to draw from.

use super::bulk::Standard;
use super::family::{
    Beta, Binomial, Cauchy, Family, FisherF, Gamma, Geometric, Integer, LogNormal, Poisson,
    StudentT, Triangular, Weibull,
};
use super::lanes::Lanes;
use super::parameters::greatest_below;
use super::{Distribution, Kind, subnormals};
use crate::c_enum::CEnum;
use crate::error::{Error, Result};
use crate::exact::Unaligned;
use crate::simd::{Kernel, Simd, in_force};

/// How samples come about.
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
    /// Refuses parameters outside their domain.
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
    fn uniform([low, high, _]: [f64; 3]) -> Self {
        let below = greatest_below(low, high);
        let range = high - low;
        if low == 0.0 && high == 1.0 {
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

    /// Transforms samples, but for what is too small to be a normal number.
    #[inline(always)]
    pub fn of_lanes<L: Lanes>(self, lanes: L, x: L::F) -> L::F {
        match self {
            Self::None => x,
            Self::Uniform { range, low, below } => {
                let x = L::fma(x, lanes.splat(range), lanes.splat(low));
                L::min(x, lanes.splat(below))
            }
            Self::WideUniform { range, low, below } => {
                let x = L::fma(x, lanes.splat(range), lanes.splat(low));
                let half = L::min(x, lanes.splat(below));
                L::add(half, half)
            }
            Self::Normal { mean, sd } => L::fma(x, lanes.splat(sd), lanes.splat(mean)),
            Self::Exponential { rate } => L::div(x, lanes.splat(rate)),
        }
    }

    /// Transforms samples in place.
    pub fn in_place(self, samples: &mut [Unaligned]) {
        match self {
            Self::None => (),
            Self::Uniform { range, low, below } => {
                let stand_in = subnormals::stand_in(low, below).unwrap_or(0.0);
                each(samples, stand_in, move |u| {
                    let x = u.mul_add(range, low);
                    if x < below { x } else { below }
                });
            }
            Self::WideUniform { range, low, below } => each(samples, 0.0, move |u| {
                let x = u.mul_add(range, low);
                2.0 * if x < below { x } else { below }
            }),
            Self::Normal { mean, sd } => each(samples, 0.0, move |z| z.mul_add(sd, mean)),
            Self::Exponential { rate } => each(samples, 0.0, move |e| e / rate),
        }
    }
}

/// Transforms every sample, on the best instruction set; those that become subnormal, or 0, are replaced by
/// `stand_in`.
#[inline(always)]
fn each(samples: &mut [Unaligned], stand_in: f64, transform: impl Fn(f64) -> f64) {
    struct Each<'a, F>(&'a mut [Unaligned], f64, F);
    impl<F: Fn(f64) -> f64> Kernel for Each<'_, F> {
        type Output = ();

        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            for sample in self.0 {
                let x = (self.2)(f64::from_ne_bytes(*sample));
                *sample = subnormals::replaced(x, self.1).to_ne_bytes();
            }
        }
    }
    in_force().run(Each(samples, stand_in, transform));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::family::SampleRng;

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
        for kind in 0..Kind::ALL.len() as i32 {
            for (&first, &second) in signed
                .iter()
                .flat_map(|x| signed.iter().map(move |y| (x, y)))
            {
                let distribution = Distribution {
                    kind,
                    reserved: 0,
                    parameter: [first, second, first],
                };
                let Ok(Sampler::Each { family, .. }) = Sampler::new(&distribution) else {
                    continue;
                };
                valid += 1;
                for index in 0..200 {
                    let x = family.sample(&mut SampleRng::new([1, 2], kind, index));
                    let good = if x == 0.0 {
                        x.is_sign_positive()
                    } else {
                        x.is_normal() || x.is_infinite()
                    };
                    assert!(good, "{kind} {first:?} {second:?} {index}: {x:?}");
                }
            }
        }
        assert!(valid > 2000, "{valid}");
    }
}
