//! Whether values can have the sums of a summary: necessary conditions, between exact integers.
//!
//! They also bound every sum by the count, so that summaries that pass can be merged without overflow.

use super::layout::Layout;
use crate::exact::Moments;
use crate::exact::big::Big;
use crate::exact::extremes::Extremes;
use crate::exact::moments::Counts;
use crate::exact::pair::PairSums;
use crate::exact::shape::ShapeSums;
use crate::exact::weighted::WeightedSums;
use crate::plausibility::{check, check_sums, extremes_fit_counts, finite, range_before_rounding};
use crate::round::special::infinite_sum;

/// Sums that can be checked.
pub trait Plausible: Layout {
    /// Refuses sums, with canonical digits, that no values have.
    fn check(&self) -> Result<(), String>;
}

fn refuse_unless(condition: bool, message: &str) -> Result<(), String> {
    if condition {
        Ok(())
    } else {
        Err(message.to_owned())
    }
}

impl Plausible for ShapeSums {
    /// (Σx²)² <= n·Σx⁴ and (Σx³)² <= Σx²·Σx⁴ (Cauchy-Schwarz); Σx⁴ <= (Σx²)², as no square is negative, and
    /// Σx⁴ <= m²·Σx² with the largest magnitude m among the finite values.
    fn check(&self) -> Result<(), String> {
        check(&self.moments, "the summary")?;
        let n = Big::from(finite(&self.moments.counts));
        let squares = self.moments.squares.to_big();
        let (cubes, fourths) = (self.cubes.to_big(), self.fourths.to_big());
        let square = squares.squared();
        let largest = largest(&self.moments.counts, &self.moments.extremes);
        refuse_unless(
            square.is_at_most(&(&n * &fourths))
                && cubes.squared().is_at_most(&(&squares * &fourths))
                && fourths.is_at_most(&square)
                && fourths.is_at_most(&(&squares * &Big::from_double(largest).squared())),
            "no set of values has the sums of powers of the summary",
        )
    }
}

impl Plausible for PairSums {
    /// (Σxy)² <= Σx²·Σy², and, if all values are finite, (n·Σxy - Σx·Σy)² <= (n·Σx² - (Σx)²)·(n·Σy² - (Σy)²)
    /// (Cauchy-Schwarz).
    fn check(&self) -> Result<(), String> {
        check(&self.x, "x in the summary")?;
        check(&self.y, "y in the summary")?;
        let (xx, yy) = (self.x.squares.to_big(), self.y.squares.to_big());
        let xy = self.products.sum.to_big();
        let mut possible = xy.squared().is_at_most(&(&xx * &yy));
        let all_finite = [&self.x.counts, &self.y.counts]
            .iter()
            .all(|counts| infinite_sum(counts).is_none());
        if all_finite {
            let n = Big::from(self.x.counts.numbers());
            let (x, y) = (self.x.sum.to_big(), self.y.sum.to_big());
            let deviations = |squares: &Big, sum: &Big| &(&n * squares) - &sum.squared();
            let products = &(&n * &xy) - &(&x * &y);
            let bound = &deviations(&xx, &x) * &deviations(&yy, &y);
            possible &= products.squared().is_at_most(&bound);
        }
        refuse_unless(
            possible,
            "no set of pairs has the sum of products of the summary",
        )
    }
}

impl Plausible for WeightedSums {
    /// n·Σw² >= (Σw)²; and, with the largest magnitude m among the finite values, (Σwx)² <= n·m²·Σw² and
    /// (Σwx²)² <= n·m⁴·Σw² (Cauchy-Schwarz).
    fn check(&self) -> Result<(), String> {
        check_sums(&self.weights, "the weights in the summary")?;
        let values = Moments {
            counts: self.counts,
            extremes: self.extremes,
            ..Moments::default()
        };
        refuse_unless(
            extremes_fit_counts(&values),
            "the extremes of the summary contradict its counters",
        )?;
        let n = Big::from(finite(&self.counts));
        let square = Big::from_double(largest(&self.counts, &self.extremes)).squared();
        let bound = &(&n * &square) * &self.weights.squares.to_big();
        refuse_unless(
            self.products.sum.to_big().squared().is_at_most(&bound)
                && self
                    .squares
                    .to_big()
                    .squared()
                    .is_at_most(&(&bound * &square)),
            "no set of weighted values has the sums of the summary",
        )
    }
}

/// An upper bound of the magnitudes of the finite values.
fn largest(counts: &Counts, extremes: &Extremes) -> f64 {
    if finite(counts) == 0 {
        return 0.0;
    }
    if infinite_sum(counts).is_some() {
        return f64::MAX;
    }
    let largest = extremes.min().abs().max(extremes.max().abs());
    range_before_rounding(largest).1
}
