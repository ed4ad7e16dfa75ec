//! Which word of a summary is what, for each kind: one description, by which words are read and written.

use super::kind::Kind;
use crate::error::Result;
use crate::exact::collect::Sums;
use crate::exact::extremes::Extremes;
use crate::exact::moments::Counts;
use crate::exact::pair::PairSums;
use crate::exact::shape::ShapeSums;
use crate::exact::superaccumulator::Superaccumulator;
use crate::exact::weighted::WeightedSums;

/// How many counters a summary has: all pairs, those with a NaN, then by sign the infinities of x and of y
/// and the infinite products of pairs without NaNs, and last the products 0·∞. Those of other kinds are 0.
pub const COUNTERS: usize = 9;

/// The counters of a summary, in this order.
pub type Counters = [u64; COUNTERS];

/// What visits the parts of a summary in the order of its words.
pub trait Visitor {
    /// Visits the digits of a sum.
    fn digits<const DIGITS: usize, const LSB: i32>(
        &mut self,
        sum: &mut Superaccumulator<DIGITS, LSB>,
    ) -> Result<()>;
    /// Visits the keys of extremes.
    fn extremes(&mut self, extremes: &mut Extremes) -> Result<()>;
}

/// Sums that a summary can have.
pub trait Layout: Sums {
    /// The kind of the summary.
    const KIND: Kind;
    /// The counters.
    fn counters(&self) -> Counters;
    /// Sets the counters, which are possible.
    fn set_counters(&mut self, counters: &Counters);
    /// Visits the parts in the order of the words.
    fn visit(&mut self, visitor: &mut impl Visitor) -> Result<()>;
}

/// The counters of one variable among pairs without NaNs.
fn counts(all: u64, positive_infinity: u64, negative_infinity: u64, nan: u64) -> Counts {
    Counts {
        all,
        nan,
        positive_infinity,
        negative_infinity,
    }
}

impl Layout for ShapeSums {
    const KIND: Kind = Kind::Shape;

    fn counters(&self) -> Counters {
        let x = &self.moments.counts;
        let mut counters = [0; COUNTERS];
        counters[..4].copy_from_slice(&[
            x.all + self.nans,
            self.nans,
            x.positive_infinity,
            x.negative_infinity,
        ]);
        counters
    }

    fn set_counters(&mut self, &[all, nans, plus, minus, ..]: &Counters) {
        self.nans = nans;
        self.moments.counts = counts(all - nans, plus, minus, 0);
    }

    fn visit(&mut self, visitor: &mut impl Visitor) -> Result<()> {
        visitor.digits(&mut self.moments.sum)?;
        visitor.digits(&mut self.moments.squares)?;
        visitor.digits(&mut self.cubes)?;
        visitor.digits(&mut self.fourths)?;
        visitor.extremes(&mut self.moments.extremes)
    }
}

impl Layout for PairSums {
    const KIND: Kind = Kind::Pair;

    fn counters(&self) -> Counters {
        let (x, y, products) = (&self.x.counts, &self.y.counts, &self.products.counts);
        [
            x.all + self.nans,
            self.nans,
            x.positive_infinity,
            x.negative_infinity,
            y.positive_infinity,
            y.negative_infinity,
            products.positive_infinity,
            products.negative_infinity,
            products.nan,
        ]
    }

    fn set_counters(&mut self, c: &Counters) {
        self.nans = c[1];
        self.x.counts = counts(c[0] - c[1], c[2], c[3], 0);
        self.y.counts = counts(c[0] - c[1], c[4], c[5], 0);
        self.products.counts = counts(0, c[6], c[7], c[8]);
    }

    fn visit(&mut self, visitor: &mut impl Visitor) -> Result<()> {
        visitor.digits(&mut self.x.sum)?;
        visitor.digits(&mut self.x.squares)?;
        visitor.digits(&mut self.y.sum)?;
        visitor.digits(&mut self.y.squares)?;
        visitor.digits(&mut self.products.sum)?;
        visitor.extremes(&mut self.x.extremes)?;
        visitor.extremes(&mut self.y.extremes)
    }
}

impl Layout for WeightedSums {
    const KIND: Kind = Kind::Weighted;

    fn counters(&self) -> Counters {
        let (x, w, products) = (&self.counts, &self.weights.counts, &self.products.counts);
        [
            x.all + self.nans,
            self.nans,
            x.positive_infinity,
            x.negative_infinity,
            w.positive_infinity,
            w.negative_infinity,
            products.positive_infinity,
            products.negative_infinity,
            products.nan,
        ]
    }

    fn set_counters(&mut self, c: &Counters) {
        self.nans = c[1];
        self.counts = counts(c[0] - c[1], c[2], c[3], 0);
        self.weights.counts = counts(c[0] - c[1], c[4], c[5], 0);
        self.products.counts = counts(0, c[6], c[7], c[8]);
    }

    fn visit(&mut self, visitor: &mut impl Visitor) -> Result<()> {
        visitor.digits(&mut self.weights.sum)?;
        visitor.digits(&mut self.weights.squares)?;
        visitor.digits(&mut self.products.sum)?;
        visitor.digits(&mut self.squares)?;
        visitor.extremes(&mut self.extremes)
    }
}
