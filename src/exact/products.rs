//! The accumulator of dot products: feeds blocks of pairs to [`super::fold_products`], and adds the blocks
//! that it declines in other ways.

use super::Unaligned;
use super::blocking::{Blocking, MAX_STEP};
use super::dyadic::Dyadic;
use super::fold_products::{blocking, fold_products};
use super::moments::Counts;
use super::natural::MAX_LIMBS;
use super::quantity;
use super::span::Span;
use super::superaccumulator::{OnDemand, Squares};
use super::window::{Depth, ProductWindow, Totals};
use crate::simd::InstructionSet;

/// How many pairs of a block with NaNs or infinities are copied at a time to replace those by zeros: a
/// multiple of every kernel's step.
const CLEANED_PAIRS: usize = 128;

/// An exact dot product Σxy under way.
pub struct Products {
    set: InstructionSet,
    blocking: Blocking,
    window: Option<ProductWindow>,
    totals: Totals,
    /// The products with a factor that is not finite.
    counts: Counts,
    /// Σxy of the pairs that the totals do not hold.
    sum: OnDemand<Squares>,
}

/// An exact dot product, of at most `LIMBS` limbs.
#[derive(Debug, Clone)]
pub struct Dot<const LIMBS: usize> {
    /// The products with a factor that is not finite, by their values; other products are not counted.
    pub counts: Counts,
    /// Σxy over the pairs of finite factors.
    pub sum: Dyadic<LIMBS>,
}

impl Products {
    /// An accumulator of no pairs.
    pub fn new(set: InstructionSet) -> Self {
        Self {
            set,
            blocking: blocking(set),
            window: None,
            totals: Totals::default(),
            counts: Counts::default(),
            sum: OnDemand::default(),
        }
    }

    /// Adds the products of `xs` and `ys`, which have the same length.
    pub fn add(&mut self, xs: &[Unaligned], ys: &[Unaligned]) {
        let whole = xs.len() - xs.len() % self.blocking.step;
        let (mut x, x_rest) = xs.split_at(whole);
        let (mut y, y_rest) = ys.split_at(whole);
        while !x.is_empty() {
            let (done, fits) = self.fold(x, y);
            (x, y) = (&x[done..], &y[done..]);
            if !fits {
                let block = self.blocking.block().min(x.len());
                self.add_block(&x[..block], &y[..block]);
                (x, y) = (&x[block..], &y[block..]);
            }
        }
        if !x_rest.is_empty() {
            let mut padded = [[[0; 8]; MAX_STEP]; 2];
            padded[0][..x_rest.len()].copy_from_slice(x_rest);
            padded[1][..y_rest.len()].copy_from_slice(y_rest);
            let step = self.blocking.step;
            self.add_block(&padded[0][..step], &padded[1][..step]);
        }
    }

    /// Adds the products of another accumulator.
    pub fn merge(&mut self, mut other: Self) {
        self.merge_from(&mut other);
    }

    /// Adds the products of an accumulator that stays in place, and is not to be used afterwards.
    pub fn merge_from(&mut self, other: &mut Self) {
        other.deposit_totals();
        self.counts.merge(&other.counts);
        if other.sum.is_made() {
            self.sum.get().merge(other.sum.get());
        }
    }

    /// The exact dot product of all pairs added, if it is at hand in a few words; the accumulator is empty
    /// afterwards, and ready for factors of about the same magnitude. `None` if it is not: nothing changes.
    pub fn take_short(&mut self) -> Option<Dot<4>> {
        if self.sum.is_made() {
            return None;
        }
        let window = self.window.unwrap_or_default();
        let sum = self.totals.products(&window)?;
        self.totals = Totals::default();
        Some(Dot {
            counts: std::mem::take(&mut self.counts),
            sum,
        })
    }

    /// The exact dot product of all pairs added. The accumulator is empty afterwards.
    pub fn finish(&mut self) -> Dot<MAX_LIMBS> {
        let (counts, sum) = self.take();
        Dot {
            counts,
            sum: sum.unwrap_or_default().to_dyadic(),
        }
    }

    /// The products with a factor that is not finite, and the exact sum of the others, if it is not 0. The
    /// accumulator is empty afterwards.
    pub fn take(&mut self) -> (Counts, Option<Squares>) {
        self.deposit_totals();
        (
            std::mem::take(&mut self.counts),
            std::mem::take(&mut self.sum).into_made(),
        )
    }

    /// Lets the kernel take blocks as long as they fit, and returns how many pairs it took, and whether these
    /// were all that the totals had room for.
    fn fold(&mut self, x: &[Unaligned], y: &[Unaligned]) -> (usize, bool) {
        let Some(window) = self.window else {
            return (0, false);
        };
        let limit = x.len().min(self.make_room() * self.blocking.block());
        let (x, y) = (&x[..limit], &y[..limit]);
        let done = fold_products(self.set, Depth::Two, x, y, &window, &mut self.totals);
        (done, done == limit)
    }

    /// Adds one block after finding the spans of its factors.
    fn add_block(&mut self, x: &[Unaligned], y: &[Unaligned]) {
        let (x_span, y_span) = (Span::of(self.set, x), Span::of(self.set, y));
        if x_span.finite && y_span.finite {
            return self.add_finite(x, y, (x_span, y_span));
        }
        for (x, y) in x.chunks(CLEANED_PAIRS).zip(y.chunks(CLEANED_PAIRS)) {
            let mut finite = [[[0; 8]; CLEANED_PAIRS]; 2];
            for (i, (&x, &y)) in x.iter().zip(y).enumerate() {
                let (a, b) = (f64::from_ne_bytes(x), f64::from_ne_bytes(y));
                if a.is_finite() && b.is_finite() {
                    finite[0][i] = x;
                    finite[1][i] = y;
                } else {
                    self.counts.add_special(a * b);
                }
            }
            let (x, y) = (&finite[0][..x.len()], &finite[1][..y.len()]);
            let spans = (Span::of(self.set, x), Span::of(self.set, y));
            self.add_finite(x, y, spans);
        }
    }

    /// Adds pairs of finite factors with these spans, of at most a block.
    fn add_finite(&mut self, x: &[Unaligned], y: &[Unaligned], (x_span, y_span): (Span, Span)) {
        let largest = (x_span.largest(), y_span.largest());
        if largest.0 == 0.0 || largest.1 == 0.0 {
            return;
        }
        let least = (x_span.least, y_span.least);
        if let Some(window) = ProductWindow::new(largest, self.blocking.log2_adds) {
            for depth in [Depth::Two, Depth::Three] {
                if window.reaches(depth, least) {
                    self.deposit_totals();
                    self.window = Some(window);
                    let done = fold_products(self.set, depth, x, y, &window, &mut self.totals);
                    if done == x.len() {
                        return;
                    }
                    // Splitting a huge factor overflowed.
                    break;
                }
            }
        }
        for (&x, &y) in x.iter().zip(y) {
            self.sum
                .get()
                .add_product(f64::from_ne_bytes(x), f64::from_ne_bytes(y));
        }
    }

    /// How many blocks the totals have room for, at least one: full totals are deposited first.
    fn make_room(&mut self) -> usize {
        if self.totals.room() == 0 {
            self.deposit_totals();
        }
        self.totals.room()
    }

    /// Moves the totals into the sum.
    fn deposit_totals(&mut self) {
        if let Some(window) = &self.window {
            let no_values = &mut OnDemand::default();
            self.totals
                .deposit::<quantity::Squares>(&window.folds, no_values, &mut self.sum);
        }
    }
}
