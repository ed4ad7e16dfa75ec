//! Gamma, and the laws made of it: chi-squared, beta, Student's t, Fisher's F.
//!
//! A gamma variate of shape a < 1 is G·U^(1/a) with G of shape a + 1 (Marsaglia and Tsang, 2000). At small
//! shapes the power underflows, with a probability of about 708·a not to, long before products and ratios
//! with it do: they are then made of logarithms.

use rand_distr::{Distribution, StandardNormal};

use super::accepted::accepted;
use super::rng::SampleRng;
use crate::error::Result;

/// Below this shape values are computed by logarithms. Above, U^(1/shape) >= 2^-848 leaves room for a ratio
/// of two.
const SMALL_SHAPE: f64 = 0.0625;
/// Logarithms are kept in this unit, 2^64, for ln(U)/shape overflows at the smallest shapes: two infinities
/// have no difference. A power of two, it costs no precision.
const LOG_UNIT: f64 = 18446744073709551616.0;

/// The gamma law of unit scale.
#[derive(Debug, Clone)]
struct UnitGamma {
    shape: f64,
    /// Draws gammas of shape `shape`, or `shape` + 1 where `shape` is below 1.
    sampler: rand_distr::Gamma<f64>,
}

impl UnitGamma {
    /// The law of a shape that is a normal number, or half of one.
    fn new(shape: f64) -> Result<Self> {
        let raised = if shape < 1.0 { shape + 1.0 } else { shape };
        Ok(Self {
            shape,
            sampler: accepted(rand_distr::Gamma::new(raised, 1.0))?,
        })
    }

    /// Is the shape so small that values may underflow, and logarithms must be used?
    #[inline]
    fn is_small(&self) -> bool {
        self.shape < SMALL_SHAPE
    }

    /// A positive value; not for small shapes.
    #[inline]
    fn sample(&self, rng: &mut SampleRng) -> f64 {
        debug_assert!(!self.is_small());
        let value = self.sampler.sample(rng);
        if self.shape >= 1.0 {
            return value;
        }
        let unit = rng.open_unit();
        if self.shape == 0.5 {
            return value * (unit * unit); // chi-squared of one degree, and the arcsine law
        }
        // Faster than a power, and as accurate: the exponent is at least -588.
        value * libm::exp(libm::log(unit) / self.shape)
    }

    /// The logarithm of a value, in `LOG_UNIT`s; finite.
    #[inline]
    fn sample_logarithm(&self, rng: &mut SampleRng) -> f64 {
        let logarithm = libm::log(self.sampler.sample(rng)) / LOG_UNIT;
        if self.shape >= 1.0 {
            return logarithm;
        }
        logarithm + libm::log(rng.open_unit()) / LOG_UNIT / self.shape
    }
}

/// The gamma law.
#[derive(Debug, Clone)]
pub struct Gamma {
    unit: UnitGamma,
    scale: f64,
    /// ln(scale), in `LOG_UNIT`s; -∞ for scale 0.
    log_scale: f64,
}

impl Gamma {
    /// GAMMA (shape, scale).
    pub fn new([shape, scale, _]: [f64; 3]) -> Result<Self> {
        Self::scaled(shape, scale)
    }

    /// CHI_SQUARED (df).
    pub fn chi_squared([df, ..]: [f64; 3]) -> Result<Self> {
        Self::scaled(df / 2.0, 2.0)
    }

    fn scaled(shape: f64, scale: f64) -> Result<Self> {
        Ok(Self {
            unit: UnitGamma::new(shape)?,
            scale,
            log_scale: libm::log(scale) / LOG_UNIT,
        })
    }

    /// A value >= 0.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        if self.unit.is_small() {
            libm::exp((self.unit.sample_logarithm(rng) + self.log_scale) * LOG_UNIT)
        } else {
            self.unit.sample(rng) * self.scale
        }
    }
}

/// The beta law.
#[derive(Debug, Clone)]
pub struct Beta {
    a: UnitGamma,
    b: UnitGamma,
}

impl Beta {
    /// BETA (a, b).
    pub fn new([a, b, _]: [f64; 3]) -> Result<Self> {
        Ok(Self {
            a: UnitGamma::new(a)?,
            b: UnitGamma::new(b)?,
        })
    }

    /// A value in [0, 1], ends included: x/(x + y).
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        if self.a.is_small() || self.b.is_small() {
            let x = self.a.sample_logarithm(rng);
            let y = self.b.sample_logarithm(rng);
            let ratio = libm::exp((x - y).abs() * -LOG_UNIT);
            share(x < y, ratio)
        } else {
            let x = self.a.sample(rng);
            let y = self.b.sample(rng);
            share(x < y, x.min(y) / x.max(y))
        }
    }
}

/// x/(x + y), from the ratio of the lesser of x and y to the greater.
///
/// The lesser share keeps its digits down to 0, and the greater one is what it leaves of 1. So every double
/// from ½ to 1 occurs, 1 itself just where it is the nearest: 1/(1 + y/x) would round the sum below it to
/// multiples of 2^-52, and skip every second double below 1. Given the ratio, the error of the lesser share
/// is at most 2 ulp, and that of the greater 1.25 ulp.
#[inline]
fn share(x_is_less: bool, ratio: f64) -> f64 {
    let lesser = ratio / (1.0 + ratio);
    if x_is_less { lesser } else { 1.0 - lesser }
}

/// Student's t.
#[derive(Debug, Clone)]
pub struct StudentT {
    gamma: UnitGamma,
}

impl StudentT {
    /// STUDENT_T (df).
    pub fn new([df, ..]: [f64; 3]) -> Result<Self> {
        Ok(Self {
            gamma: UnitGamma::new(df / 2.0)?,
        })
    }

    /// Any value: a normal one over the root of an independent chi-squared per degree, which is a gamma per
    /// shape.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        let normal: f64 = StandardNormal.sample(rng);
        let shape = self.gamma.shape;
        if !self.gamma.is_small() {
            return normal * (shape / self.gamma.sample(rng)).sqrt();
        }
        if normal == 0.0 {
            return 0.0; // the other factor may be infinite
        }
        let log_square = libm::log(shape) / LOG_UNIT - self.gamma.sample_logarithm(rng);
        let magnitude = libm::log(normal.abs()) / LOG_UNIT + log_square / 2.0;
        libm::exp(magnitude * LOG_UNIT).copysign(normal)
    }
}

/// Fisher's F.
#[derive(Debug, Clone)]
pub struct FisherF {
    numerator: UnitGamma,
    denominator: UnitGamma,
}

impl FisherF {
    /// FISHER_F (df1, df2).
    pub fn new([df1, df2, _]: [f64; 3]) -> Result<Self> {
        Ok(Self {
            numerator: UnitGamma::new(df1 / 2.0)?,
            denominator: UnitGamma::new(df2 / 2.0)?,
        })
    }

    /// A value >= 0: the ratio of two gammas, each over its shape.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        let (x, y) = (&self.numerator, &self.denominator);
        if x.is_small() || y.is_small() {
            let shapes = (libm::log(x.shape) - libm::log(y.shape)) / LOG_UNIT;
            let gammas = x.sample_logarithm(rng) - y.sample_logarithm(rng);
            return libm::exp((gammas - shapes) * LOG_UNIT);
        }
        let numerator = x.sample(rng) / x.shape;
        numerator / (y.sample(rng) / y.shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rng(index: u64) -> SampleRng {
        SampleRng::new([1, 2], 4, index)
    }

    #[test]
    fn an_underflowing_power_times_a_huge_scale() {
        // U^1000 alone is below 1e-308 half of the time; times 1e300 it is so for e^(-0.001·(708 + 691)) =
        // 0.247 of the values.
        let law = Gamma::new([0.001, 1e300, 0.0]).unwrap();
        let positive = (0..10_000)
            .filter(|&i| law.sample(&mut rng(i)) >= f64::MIN_POSITIVE)
            .count();
        assert!((7400..7700).contains(&positive), "{positive}");
    }

    /// |x - ratio/(1 + ratio)|, or for the greater share |x - 1/(1 + ratio)|, in units of x's last place.
    /// Exact in integers for ratios from 2^-8 to 1.
    fn error_in_ulps(x: f64, x_is_less: bool, ratio: f64) -> f64 {
        let ratio = (ratio * 2f64.powi(61)) as i128; // exact
        let one = 1i128 << 61;
        let numerator = if x_is_less { ratio } else { one };
        let digits = 52 - crate::exact::float::exponent(x); // after the binary point
        let units = (x * 2f64.powi(digits)) as i128;
        let error = units * (one + ratio) - (numerator << digits);
        error.unsigned_abs() as f64 / (one + ratio) as f64
    }

    #[test]
    fn shares_are_accurate() {
        let mut rng = rng(0);
        for _ in 0..100_000 {
            let ratio = (2.0 - rng.open_unit()) * 2f64.powi(-1 - (rng.word() % 8) as i32);
            for (x_is_less, bound) in [(true, 2.0), (false, 1.25)] {
                let error = error_in_ulps(share(x_is_less, ratio), x_is_less, ratio);
                assert!(error <= bound, "{ratio:?} {x_is_less}: {error} ulp");
            }
        }
        assert_eq!([share(true, 1.0), share(false, 1.0)], [0.5; 2]);
        assert_eq!([share(true, 0.0), share(false, 0.0)], [0.0, 1.0]);
    }

    #[test]
    fn shares_near_one_take_every_double() {
        let step = f64::EPSILON / 2.0;
        for steps in 0..1000 {
            let distance = f64::from(steps) * step;
            assert_eq!(share(false, distance / (1.0 - distance)), 1.0 - distance);
        }
        // 1 is the nearest to what is less than half a step away.
        assert_eq!(share(false, 0.4999 * step), 1.0);
        assert_eq!(share(false, 0.5001 * step), 1.0 - step);
    }

    #[test]
    fn the_smallest_and_the_largest_shapes_have_a_ratio() {
        for shape in [f64::MIN_POSITIVE, 1e-300] {
            let law = Beta::new([shape, 3.0 * shape, 0.0]).unwrap();
            let ones: f64 = (0..10_000).map(|i| law.sample(&mut rng(i))).sum();
            assert!((2300.0..2700.0).contains(&ones), "{ones}");
        }
        let law = Beta::new([f64::MAX, f64::MAX, 0.0]).unwrap();
        assert!((0..100).all(|i| (law.sample(&mut rng(i)) - 0.5).abs() < 1e-15));
    }
}
