//! The kernels alone, on one thread: every quantity on every SIMD path that this CPU has, by size and by kind
//! of data.
//!
//! One accumulator takes the same values again and again; what it costs to make one and to round its sums is
//! left out.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use parexact::internals::{
    Accumulate, Accumulator, InstructionSet, Unaligned, as_unaligned, quantity,
};

/// 16 KiB, 256 KiB and 8 MiB: within a cache of each level.
const SIZES: [(&str, usize); 3] = [("L1", 1 << 11), ("L2", 1 << 15), ("L3", 1 << 20)];

/// The number of values at which kinds of data are compared.
const SIZE_OF_KINDS: usize = SIZES[1].1;

/// SplitMix64 (Steele, Lea, Flood 2014): well mixed bits from a counter.
struct SplitMix(u64);

impl SplitMix {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * 2f64.powi(-53)
    }

    /// Standard normal, by Box and Muller.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A finite number of any sign and fraction, all exponents up to 2^976 equally likely.
    fn wide(&mut self) -> f64 {
        let exponent = self.bits() % 2000;
        f64::from_bits(self.bits() & !(0x7ff << 52) | exponent << 52)
    }
}

/// A kind of data: its name, and the function that makes the value at an index.
type Kind = (&'static str, fn(&mut SplitMix, usize) -> f64);

/// A window of two folds holds all of these values.
const NORMALS: Kind = ("normals", |random, _| random.normal());

const OTHER_KINDS: [Kind; 5] = [
    ("uniforms", |random, _| random.uniform()),
    // A window of two folds does not hold all of these values, one of three folds does.
    ("outliers", |random, i| match i % 1000 {
        0 => 1e12 * random.normal(),
        _ => random.normal(),
    }),
    // Not even a window of three folds holds all of these values.
    ("far outliers", |random, i| match i % 1000 {
        0 => 1e30 * random.normal(),
        _ => random.normal(),
    }),
    ("wide", |random, _| random.wide()),
    ("1% NaN", |random, i| match i % 100 {
        0 => f64::NAN,
        _ => random.normal(),
    }),
];

fn values(kind: Kind, n: usize) -> Vec<f64> {
    let mut random = SplitMix(20_260_101);
    (0..n).map(|i| kind.1(&mut random, i)).collect()
}

fn measure<A: Accumulate<Raw = Unaligned>>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    set: InstructionSet,
    name: &str,
    values: &[f64],
) {
    let mut accumulator = A::new(set);
    group.throughput(Throughput::Elements(values.len() as u64));
    group.bench_function(BenchmarkId::new(set.name(), name), |bencher| {
        bencher.iter(|| accumulator.add(as_unaligned(black_box(values))));
    });
    black_box(accumulator.finish());
}

fn quantity<A: Accumulate<Raw = Unaligned>>(criterion: &mut Criterion, title: &str) {
    let mut group = criterion.benchmark_group(title);
    for set in InstructionSet::supported() {
        for (level, n) in SIZES {
            let name = format!("{} in {level}", NORMALS.0);
            measure::<A>(&mut group, set, &name, &values(NORMALS, n));
        }
        for kind in OTHER_KINDS {
            measure::<A>(&mut group, set, kind.0, &values(kind, SIZE_OF_KINDS));
        }
    }
    group.finish();
}

fn quantities(criterion: &mut Criterion) {
    quantity::<Accumulator<quantity::Sum>>(criterion, "sum");
    quantity::<Accumulator<quantity::Squares>>(criterion, "squares");
    quantity::<Accumulator<quantity::Describe>>(criterion, "describe");
}

criterion_group! {
    name = kernels;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .sample_size(30);
    targets = quantities
}
criterion_main!(kernels);
