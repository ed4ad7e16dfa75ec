//! Columns of numbers, each hard in one particular way.

use crate::exact::float::power_of_two;

/// Makes a column of so many values.
pub type Maker = fn(&mut Random, usize) -> Vec<f64>;

/// Data as people have them.
pub const ORDINARY: [(&str, Maker); 6] = [
    ("around 0", |random, n| random.each(n, |r| r.unit() - 0.5)),
    ("from 0 to 1", |random, n| random.each(n, |r| r.unit())),
    ("bells", |random, n| {
        random.each(n, |r| 0.7 * ((0..12).map(|_| r.unit()).sum::<f64>() - 6.0))
    }),
    ("1e6 and spread 1", |random, n| {
        random.each(n, |r| 1e6 + r.unit())
    }),
    ("one decimal", |random, n| {
        random.each(n, |r| r.below(1000) as f64 / 10.0)
    }),
    ("integers", |random, n| {
        random.each(n, |r| r.below(19) as f64 - 9.0)
    }),
];

/// Data that are hard for sums, for squares or for the rounding.
pub const HARD: [(&str, Maker); 23] = [
    ("equal", |random, n| vec![random.of_exponents(-3, 3); n]),
    ("equal but for one", |random, n| {
        let mut values = vec![0.1; n];
        values[random.below(n)] = -0.1;
        values
    }),
    ("full lanes", |random, n| {
        random.each(n, |r| 2.0 - 0.01 * r.unit())
    }),
    ("neighbours", |random, n| {
        random.each(n, |r| 1.0 + r.below(3) as f64 * f64::EPSILON)
    }),
    ("cancelling", |random, n| random.cancelling(n, 0.0)),
    ("nearly cancelling", |random, n| {
        let rest = random.of_exponents(-100, -20);
        random.cancelling(n, rest)
    }),
    ("cancelling to the least double", |random, n| {
        let scale = power_of_two(random.below(60) as i32 - 1000);
        let values = random.cancelling(n, 0.0);
        let mut values: Vec<f64> = values.iter().map(|x| x * scale).collect();
        if n % 2 == 1 {
            values[n - 1] = 5e-324;
        }
        values
    }),
    ("ties", |random, n| {
        let mut values = vec![0.0; n];
        let tiny = [0.0, 5e-324, -5e-324, power_of_two(-60), -power_of_two(-80)];
        let some = [
            1.0 + random.below(8) as f64 * f64::EPSILON,
            f64::EPSILON / 2.0,
            tiny[random.below(5)],
        ];
        for (value, some) in values.iter_mut().zip(some) {
            *value = some;
        }
        values
    }),
    ("subnormal", |random, n| {
        random.each(n, |r| r.of_exponents(-1074, -1040))
    }),
    ("about the least normal", |random, n| {
        random.each(n, |r| r.of_exponents(-1024, -1020))
    }),
    ("squares that underflow", |random, n| {
        random.each(n, |r| r.of_exponents(-545, -500))
    }),
    ("errors that underflow", |random, n| {
        random.each(n, |r| r.of_exponents(-490, -480))
    }),
    ("neighbours whose variance underflows", |random, n| {
        let scale = power_of_two(-450 - random.below(36) as i32);
        random.each(n, |r| (1.0 + r.below(9) as f64 * f64::EPSILON) * scale)
    }),
    ("about the least norm", |random, n| {
        random.each(n, |r| r.of_exponents(-455, -447))
    }),
    ("squares about overflow", |random, n| {
        let top = 500 + random.below(13) as i32;
        random.each(n, |r| r.of_exponents(top - 3, top))
    }),
    ("about overflow", |random, n| {
        let top = 1008 + random.below(16) as i32;
        random.each(n, |r| r.of_exponents(top - 3, top))
    }),
    ("exponents within 50", |random, n| {
        random.each(n, |r| r.of_exponents(-50, 0))
    }),
    ("exponents within 100", |random, n| {
        random.each(n, |r| r.of_exponents(-100, 0))
    }),
    ("any exponents", |random, n| {
        random.each(n, |r| r.of_exponents(-1074, 1023))
    }),
    ("zeros", |random, n| {
        random.each(n, |r| if r.below(2) == 0 { 0.0 } else { -0.0 })
    }),
    ("zeros and a few others", |random, n| {
        random.each(n, |r| {
            [0.0, -0.0, 0.0, -0.0, r.unit(), -r.unit()][r.below(6)]
        })
    }),
    ("a NaN", |random, n| {
        random.with_one(n, &[f64::NAN, -f64::NAN])
    }),
    ("infinities", |random, n| {
        let mut values = random.with_one(n, &[f64::INFINITY, f64::NEG_INFINITY]);
        values[random.below(n)] = f64::INFINITY;
        values
    }),
];

/// Random numbers that are the same each time (SplitMix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    /// A number from 0 to 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 * power_of_two(-53)
    }

    /// A natural number below n.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// A number of either sign with an exponent in this range, which may be subnormal.
    pub fn of_exponents(&mut self, low: i32, high: i32) -> f64 {
        let exponent = low + self.below((high - low + 1) as usize) as i32;
        let x = 1.0 + self.unit();
        let x = if exponent < -1022 {
            x * power_of_two(exponent + 100) * power_of_two(-100)
        } else {
            x.min(2.0f64.next_down()) * power_of_two(exponent)
        };
        if self.below(2) == 0 { x } else { -x }
    }

    fn each(&mut self, n: usize, make: impl Fn(&mut Self) -> f64) -> Vec<f64> {
        (0..n).map(|_| make(self)).collect()
    }

    /// Pairs that cancel, and `rest` at the end if n is odd.
    fn cancelling(&mut self, n: usize, rest: f64) -> Vec<f64> {
        let mut values = Vec::with_capacity(n);
        for _ in 0..n / 2 {
            let x = self.of_exponents(-3, 3);
            values.extend([x, -x]);
        }
        values.resize(n, rest);
        values
    }

    /// Puts NaNs of both signs in a place, in some places, in every other one or in all.
    pub fn put_nans(&mut self, values: &mut [f64]) {
        let n = values.len();
        let some = [1, n.div_ceil(50), n.div_ceil(2), 3 * n];
        for _ in 0..some[self.below(some.len())] {
            values[self.below(n)] = [f64::NAN, -f64::NAN][self.below(2)];
        }
        if self.below(8) == 0 {
            values.fill(f64::NAN);
        }
    }

    fn with_one(&mut self, n: usize, odd: &[f64]) -> Vec<f64> {
        let mut values = self.each(n, |r| r.unit());
        let at = self.below(n);
        values[at] = odd[self.below(odd.len())];
        values
    }
}

/// Packs of eight columns of n values, of neighbouring kinds in the list of all, so that each kind lies
/// beside others.
pub fn packs(random: &mut Random, n: usize) -> Vec<[(&'static str, Vec<f64>); 8]> {
    let kinds: Vec<&(&str, Maker)> = ORDINARY.iter().chain(&HARD).collect();
    let starts = (0..kinds.len()).step_by(8);
    let pack = |start: usize| {
        std::array::from_fn(|lane| {
            let (name, make) = kinds[(start + lane) % kinds.len()];
            (*name, make(random, n))
        })
    };
    starts.map(pack).collect()
}
