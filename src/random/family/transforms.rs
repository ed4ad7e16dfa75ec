//! Laws that are a formula of one uniform or normal variable.

use rand_distr::{Distribution, StandardNormal};

use super::rng::SampleRng;
use crate::random::subnormals;

/// The lognormal law.
#[derive(Debug, Clone)]
pub struct LogNormal {
    mu: f64,
    sigma: f64,
}

impl LogNormal {
    /// LOGNORMAL (mu, sigma).
    pub fn new([mu, sigma, _]: [f64; 3]) -> Self {
        Self { mu, sigma }
    }

    /// A value >= 0.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        let normal: f64 = StandardNormal.sample(rng);
        libm::exp(self.mu + self.sigma * normal)
    }
}

/// The Weibull law.
#[derive(Debug, Clone)]
pub struct Weibull {
    log_scale: f64,
    shape: f64,
}

impl Weibull {
    /// WEIBULL (scale, shape).
    pub fn new([scale, shape, _]: [f64; 3]) -> Self {
        Self {
            log_scale: libm::log(scale), // -∞ for 0, which gives 0
            shape,
        }
    }

    /// A value >= 0, computed by its logarithm: E^(1/shape) may overflow or underflow where its product with
    /// the scale does not, and a power takes longer.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        let exponential = -libm::log(rng.open_unit()); // positive
        libm::exp(self.log_scale + libm::log(exponential) / self.shape)
    }
}

/// The Cauchy law.
#[derive(Debug, Clone)]
pub struct Cauchy {
    median: f64,
    scale: f64,
}

impl Cauchy {
    /// CAUCHY (median, scale).
    pub fn new([median, scale, _]: [f64; 3]) -> Self {
        Self { median, scale }
    }

    /// Any value. The tangent is finite, for no double is π/2; fused, the product overflows only if the sum
    /// does.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        let tangent = libm::tan(std::f64::consts::PI * rng.unit());
        libm::fma(self.scale, tangent, self.median)
    }
}

/// The triangular law.
#[derive(Debug, Clone)]
pub struct Triangular {
    /// 1, or 2 if high - low would overflow. The bounds and their range are divided by it.
    scale: f64,
    low: f64,
    high: f64,
    /// high - low.
    range: f64,
    /// (mode - low) / range: the probability of values below the mode.
    rising: f64,
    /// (high - mode) / range, not 1 - rising, which would lose a mode close to the upper end.
    falling: f64,
    /// What replaces a sample that would be subnormal.
    stand_in: f64,
}

impl Triangular {
    /// TRIANGULAR (low, high, mode).
    pub fn new([low, high, mode]: [f64; 3]) -> Self {
        let stand_in = subnormals::stand_in(low, high).unwrap_or(0.0);
        let scale = if (high - low).is_finite() { 1.0 } else { 2.0 };
        let [low, high, mode] = [low, high, mode].map(|x| x / scale);
        let range = high - low;
        // Without a range there are no slopes: every sample is high - 0.
        let part = |x: f64| if range > 0.0 { x / range } else { 0.0 };
        Self {
            scale,
            low,
            high,
            range,
            rising: part(mode - low),
            falling: part(high - mode),
            stand_in,
        }
    }

    /// A value in [low, high], by inversion. No square of the range occurs, which could overflow.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        let u = rng.unit();
        let x = if u < self.rising {
            self.low + self.range * (u * self.rising).sqrt()
        } else {
            self.high - self.range * ((1.0 - u) * self.falling).sqrt()
        };
        subnormals::replaced(self.scale * x.clamp(self.low, self.high), self.stand_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rng(index: u64) -> SampleRng {
        SampleRng::new([1, 2], 9, index)
    }

    #[test]
    fn weibull_powers_may_overflow_where_the_value_does_not() {
        // E^1000 · 1e-300 exceeds the doubles only if E > 10^0.608 = 4.06, of probability 0.017.
        let law = Weibull::new([1e-300, 0.001, 0.0]);
        let infinite = (0..10_000)
            .filter(|&i| law.sample(&mut rng(i)).is_infinite())
            .count();
        assert!((130..220).contains(&infinite), "{infinite}");
    }

    #[test]
    fn triangular_stays_in_its_bounds() {
        for [low, high, mode] in [
            [-1e300, 7e307, 0.0],
            [-1.7e308, 1e308, 0.9e308],
            [f64::MIN, f64::MAX, f64::MAX],
            [-2.5, -2.5, -2.5],
            [-1e-307, -5e-324, -5e-324],
            [5e-324, 1e-307, 5e-324],
            [0.0, 1.0, 1.0],
            [1.0, 1.0 + f64::EPSILON, 1.0],
            [0.1, 0.3, 0.1],
        ] {
            let law = Triangular::new([low, high, mode]);
            assert!((0..1000).all(|i| (low..=high).contains(&law.sample(&mut rng(i)))));
        }
    }
}
