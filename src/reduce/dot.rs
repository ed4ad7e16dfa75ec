//! Dot products of arrays, whole and along axes.
//!
//! Elements of other types and layouts than contiguous doubles are converted exactly: 64-bit integers to
//! unevaluated sums of two doubles, all others to doubles.

use std::ops::Range;

use super::chunk::chunk;
use super::outcomes::Outcomes;
use super::pairs::Pairs;
use super::results::Results;
use super::tile::PAIRS_IN_TILE;
use crate::array::View;
use crate::error::Result;
use crate::exact::collect::Collect;
use crate::exact::float::CANONICAL_NAN;
use crate::exact::moments::Counts;
use crate::exact::products::{self, Products};
use crate::exact::{Unaligned, small};
use crate::parallel::{fold_values, single_chunk};
use crate::round::special::NanPolicy;
use crate::round::statistics;
use crate::simd::{InstructionSet, in_force};

/// Σxy of two vectors of equal length.
pub fn vectors(x: &[Unaligned], y: &[Unaligned]) -> Result<f64> {
    if x.len() <= small::MAX_VALUES
        && let Some(sum) = small::dot(in_force(), x, y)
    {
        // All factors are finite.
        let counts = Counts::default();
        return single_chunk(x.len(), || {
            Ok(statistics::dot(&products::Dot { counts, sum }))
        });
    }
    sum(x.len(), |products, range| {
        products.add(&x[range.clone()], &y[range]);
    })
}

/// Σxy of two arrays, which must have the same shape.
pub fn arrays(x: &View, y: &View) -> Result<f64> {
    let pairs = Pairs::new(x, Some(y), None, |_| true);
    Dot::round(&mut pairs.whole()?, NanPolicy::Propagate)
}

/// Σxy of each result, under a policy for pairs with a NaN; the places are those of the caller's argument
/// `out`.
pub fn axes(pairs: &Pairs, policy: NanPolicy, results: Results<f64>) -> Result<()> {
    let outcomes = Outcomes::new(results);
    pairs.run(&|index, dot: &mut Dot| {
        outcomes.write(index, dot.round(policy));
    })?;
    outcomes.finish("out")
}

/// Lets `add` add the products of `len` pairs, on all threads if there are enough, and rounds their sum. If
/// there is one thread, its accumulator stays where it is: to move it would take longer than a small call
/// does.
fn sum(len: usize, add: impl Fn(&mut Products, Range<usize>) + Sync) -> Result<f64> {
    let chunk = chunk(len);
    if len <= chunk {
        return single_chunk(len, || {
            let mut products = Products::new(in_force());
            add(&mut products, 0..len);
            Ok(round(&mut products))
        });
    }
    let add = |products: &mut Products, range: Range<usize>| {
        add(products, range);
        Ok(())
    };
    let new = || Products::new(in_force());
    let mut products = fold_values(len, 1, chunk, new, add, Products::merge)?;
    Ok(round(&mut products))
}

/// Rounds the sum of the products, of which none is left afterwards.
fn round(products: &mut Products) -> f64 {
    match products.take_short() {
        Some(dot) => statistics::dot(&dot),
        None => statistics::dot(&products.finish()),
    }
}

/// A dot product of any numbers under way.
struct Dot {
    products: Products,
    /// The products with one rest and those with two. They are kept apart from the products of values, as
    /// their magnitudes differ so much that a common window would move to and fro.
    with_rests: Option<Box<[Products; 2]>>,
    /// How many pairs there are without NaNs.
    numbers: u64,
    /// How many pairs have a NaN.
    nans: u64,
}

impl Collect for Dot {
    fn new(set: InstructionSet) -> Self {
        Self {
            products: Products::new(set),
            with_rests: None,
            numbers: 0,
            nans: 0,
        }
    }

    fn add(&mut self, x: &[Unaligned], y: &[Unaligned]) {
        self.numbers += x.len() as u64;
        self.products.add(x, y);
    }

    fn add_numbers(&mut self, [x, x_rests]: [&[Unaligned]; 2], [y, y_rests]: [&[Unaligned]; 2]) {
        self.add(x, y);
        let new = || Box::new([(); 2].map(|()| Products::new(in_force())));
        let [with_one, with_two] = &mut **self.with_rests.get_or_insert_with(new);
        // Rests belong to integers, which are finite: the product of the values above has already told what
        // becomes of an infinity, so the products with rests take 0 instead.
        with_one.add(x_rests, &finite(y)[..y.len()]);
        with_one.add(&finite(x)[..x.len()], y_rests);
        with_two.add(x_rests, y_rests);
    }

    fn add_nans(&mut self, pairs: u64) {
        self.nans += pairs;
    }

    fn merge(&mut self, mut other: Self) {
        other.add_with_rests();
        self.products.merge_from(&mut other.products);
        self.numbers += other.numbers;
        self.nans += other.nans;
    }
}

impl Dot {
    /// The dot product, rounded. The collection is empty afterwards.
    fn round(&mut self, policy: NanPolicy) -> Result<f64> {
        self.add_with_rests();
        let numbers = std::mem::take(&mut self.numbers);
        let nan = std::mem::take(&mut self.nans);
        let counts = Counts {
            all: numbers + nan,
            nan,
            ..Counts::default()
        };
        let value = round(&mut self.products);
        Ok(if policy.finds_nan(&counts)? {
            CANONICAL_NAN
        } else {
            value
        })
    }

    /// Adds the products with rests to the others.
    fn add_with_rests(&mut self) {
        for with_rests in self
            .with_rests
            .take()
            .iter_mut()
            .flat_map(|both| both.iter_mut())
        {
            self.products.merge_from(with_rests);
        }
    }
}

/// The values, at most those of a tile, with 0 in the place of those that are not finite.
fn finite(values: &[Unaligned]) -> [Unaligned; PAIRS_IN_TILE] {
    let mut finite = [[0; 8]; PAIRS_IN_TILE];
    for (out, &value) in finite.iter_mut().zip(values) {
        if f64::from_ne_bytes(value).is_finite() {
            *out = value;
        }
    }
    finite
}
