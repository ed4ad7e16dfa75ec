//! Laws on the integers. Every value up to 2^53 is exact.

use rand_distr::Distribution;

use super::accepted::accepted;
use super::rng::SampleRng;
use crate::error::Result;

/// The Poisson law.
#[derive(Debug, Clone)]
pub struct Poisson {
    /// `None` for mean 0, where every value is 0.
    sampler: Option<rand_distr::Poisson<f64>>,
}

impl Poisson {
    /// POISSON (mean).
    pub fn new([mean, ..]: [f64; 3]) -> Result<Self> {
        let sampler = (mean > 0.0).then(|| accepted(rand_distr::Poisson::new(mean)));
        Ok(Self {
            sampler: sampler.transpose()?,
        })
    }

    /// A value >= 0.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        self.sampler.as_ref().map_or(0.0, |law| law.sample(rng))
    }
}

/// The number of successes among n trials.
#[derive(Debug, Clone)]
pub enum Binomial {
    /// The general case.
    General(rand_distr::Binomial),
    /// The rarer outcome is so rare that its number is a Poisson variable, cut off at n.
    Rare {
        /// The number of rare outcomes, before it is cut off: its mean is n·min(p, 1 - p).
        outcomes: Poisson,
        /// The number of trials.
        n: f64,
        /// Whether failures are the rare ones.
        failures: bool,
    },
}

impl Binomial {
    /// If p or 1 - p is below this, the Poisson law takes over. Their distance in total variation is at most
    /// that probability (Barbour and Hall, 1984). `rand_distr` computes with (1 - p)^n, whose rounding costs
    /// about as much at this point, and all precision at 2^-53.
    const RARE: f64 = 1.0 / (1u64 << 26) as f64;

    /// BINOMIAL (n, p).
    pub fn new([n, p, _]: [f64; 3]) -> Result<Self> {
        let failures = p > 0.5;
        let rare = if failures { 1.0 - p } else { p }; // exact
        if rare >= Self::RARE {
            let n = n as u64; // exact, as it is a whole number in [0, 2^53]
            return Ok(Self::General(accepted(rand_distr::Binomial::new(n, p))?));
        }
        Ok(Self::Rare {
            outcomes: Poisson::new([n * rare, 0.0, 0.0])?,
            n,
            failures,
        })
    }

    /// A value in [0, n].
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        match self {
            Self::General(law) => law.sample(rng) as f64,
            Self::Rare {
                outcomes,
                n,
                failures,
            } => {
                let outcomes = outcomes.sample(rng).min(*n);
                if *failures { n - outcomes } else { outcomes }
            }
        }
    }
}

/// The number of trials up to and including the first success.
#[derive(Debug, Clone)]
pub struct Geometric {
    /// -1 / ln(1 - p).
    mean_log: f64,
}

impl Geometric {
    /// GEOMETRIC (p).
    pub fn new([p, ..]: [f64; 3]) -> Self {
        Self {
            mean_log: -1.0 / libm::log1p(-p),
        }
    }

    /// A value >= 1, by inversion: P(X > k) = (1 - p)^k. p = 1 has mean_log 0, and always gives 1.
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        let exponential = -libm::log(1.0 - rng.unit());
        1.0 + (exponential * self.mean_log).floor()
    }
}

/// Equally likely integers.
#[derive(Debug, Clone)]
pub struct Integer {
    low: i64,
    count: u64,
    /// 2^64 mod count: so many of the 2^64 words have to be rejected, or some values would be more likely.
    excess: u64,
}

impl Integer {
    /// INTEGER (low, high), high excluded.
    pub fn new([low, high, _]: [f64; 3]) -> Self {
        let [low, high] = [low, high].map(|x| x as i64); // exact, as both are integers of at most 2^53
        let count = high.abs_diff(low); // at most 2^54
        Self {
            low,
            count,
            excess: count.wrapping_neg() % count,
        }
    }

    /// A value in [low, high): the upper half of word · count, unless the lower half is below the excess and
    /// the word is rejected (Lemire, 2019).
    pub fn sample(&self, rng: &mut SampleRng) -> f64 {
        loop {
            let product = u128::from(rng.word()) * u128::from(self.count);
            if product as u64 >= self.excess {
                return (self.low + (product >> 64) as i64) as f64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rng(index: u64) -> SampleRng {
        SampleRng::new([1, 2], 13, index)
    }

    #[test]
    fn certain_outcomes() {
        for (n, p, outcome) in [
            (0.0, 0.3, 0.0),
            (7.0, 0.0, 0.0),
            (7.0, 1.0, 7.0),
            (9007199254740992.0, 1.0, 9007199254740992.0),
            (9007199254740992.0, 5e-324, 0.0),
        ] {
            let law = Binomial::new([n, p, 0.0]).unwrap();
            assert!((0..100).all(|i| law.sample(&mut rng(i)) == outcome));
        }
        let law = Poisson::new([-0.0; 3]).unwrap();
        assert_eq!(law.sample(&mut rng(0)).to_bits(), 0);
        let law = Geometric::new([1.0; 3]);
        assert!((0..100).all(|i| law.sample(&mut rng(i)) == 1.0));
        let law = Integer::new([-3.0, -2.0, 0.0]);
        assert!((0..100).all(|i| law.sample(&mut rng(i)) == -3.0));
    }

    #[test]
    fn rare_failures_count_from_the_top() {
        let p = 1.0 - 2f64.powi(-30);
        let law = Binomial::new([1e10, p, 0.0]).unwrap();
        let failures: f64 = (0..10_000).map(|i| 1e10 - law.sample(&mut rng(i))).sum();
        assert!((9.0..9.6).contains(&(failures / 1e4)), "{failures}");
    }
}
